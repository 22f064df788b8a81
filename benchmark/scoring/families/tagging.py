"""Triggers as IOB2 tags over our tokens, scored as seqeval does in strict mode.

A trigger becomes the tokens that it touches. Of triggers that share a token the first keeps it (by position, then label),
the others are not taggable and are left out, on both sides alike. Well-formed IOB2 makes seqeval's strict score an exact
match of (sentence, token span, label); :func:`tags` gives the sequences, so that seqeval itself can be run on them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from benchmark import segment
from benchmark.documents import Document, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import Key, Metric, projection

Tagged = tuple[int, int, int, str]


def tagged(gold: Document, side: Prediction) -> Iterator[Tagged]:
    """``(sentence, first token, last token, label)`` of each taggable trigger, tokens numbered over the document."""
    bounds = gold.sentences or segment.sentences(gold.text)
    tokens = [t for start, end in bounds for t in segment.tokens(gold.text, start, end)]
    token_starts = [t[0] for t in tokens]
    token_ends = [t[1] for t in tokens]
    sentence_starts = [a for a, _ in bounds]
    free = 0
    for start, end, label in sorted((v.trigger.start, v.trigger.end, v.type) for v in side.events):
        first = bisect_right(token_ends, start)
        last = bisect_left(token_starts, end) - 1
        sentence = bisect_right(sentence_starts, start) - 1
        if first >= free and first <= last and tokens[last][1] <= bounds[sentence][1]:
            free = last + 1
            yield sentence, first, last, label


def tags(gold: Document, side: Prediction) -> list[list[str]]:
    """IOB2 tags of the document, one list a sentence."""
    bounds = gold.sentences or segment.sentences(gold.text)
    counts = [len(segment.tokens(gold.text, start, end)) for start, end in bounds]
    flat = ["O"] * sum(counts)
    for _, first, last, label in tagged(gold, side):
        flat[first : last + 1] = [f"B-{label}"] + [f"I-{label}"] * (last - first)
    rows, at = [], 0
    for n in counts:
        rows.append(flat[at : at + n])
        at += n
    return rows


def _project(gold: Document, side: Prediction, _: Ontology) -> Iterator[tuple[str, Key]]:
    for _sentence, first, last, label in tagged(gold, side):
        yield label, (first, last)


METRICS = (
    Metric(
        name="IOB2",
        family="tagging",
        definition="seqeval, mode strict, scheme IOB2, over triggers as tags of the pinned tokeniser.",
        count=projection(_project),
        variant={"tokens": segment.VERSION},
    ),
)
