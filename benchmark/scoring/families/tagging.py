"""Triggers as IOB2 tags over our tokens, scored as seqeval does in strict mode.

A trigger becomes the tokens that it touches. Of triggers that share a token the first keeps it (by position, then label
in the order of the ontology),
the others are not taggable and are left out, on both sides alike. Well-formed IOB2 makes seqeval's strict score an exact
match of (sentence, token span, label); :func:`tags` gives the sequences, so that seqeval itself can be run on them, and
:func:`count_tags` counts sequences of any origin as seqeval does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark import segment
from benchmark.documents import Document, Prediction
from benchmark.errors import InvalidInput, shorten
from benchmark.ontology import Ontology
from benchmark.scoring.core import Key, Match, Metric, Row, projection

Tagged = tuple[int, int, int, str]
Integers = NDArray[np.signedinteger[Any]]


def tagged(gold: Document, side: Prediction, ontology: Ontology) -> Iterator[Tagged]:
    """``(sentence, first token, last token, label)`` of each taggable trigger, tokens numbered over the document."""
    bounds = gold.sentences or segment.sentences(gold.text)
    tokens = [t for start, end in bounds for t in segment.tokens(gold.text, start, end)]
    token_starts = [t[0] for t in tokens]
    token_ends = [t[1] for t in tokens]
    sentence_starts = [a for a, _ in bounds]
    free = 0
    for start, end, (_, label) in sorted((v.trigger.start, v.trigger.end, ontology.rank(v.type)) for v in side.events):
        first = bisect_right(token_ends, start)
        last = bisect_left(token_starts, end) - 1
        sentence = bisect_right(sentence_starts, start) - 1
        if first >= free and first <= last and tokens[last][1] <= bounds[sentence][1]:
            free = last + 1
            yield sentence, first, last, label


def tags(gold: Document, side: Prediction, ontology: Ontology) -> list[list[str]]:
    """IOB2 tags of the document, one list a sentence."""
    bounds = gold.sentences or segment.sentences(gold.text)
    counts = [len(segment.tokens(gold.text, start, end)) for start, end in bounds]
    flat = ["O"] * sum(counts)
    for _, first, last, label in tagged(gold, side, ontology):
        flat[first : last + 1] = [f"B-{label}"] + [f"I-{label}"] * (last - first)
    rows, at = [], 0
    for n in counts:
        rows.append(flat[at : at + n])
        at += n
    return rows


def count_tags(gold: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> dict[str, Row]:
    """Rows by label of two lists of IOB2 sequences, by exact match of spans (seqeval 1.2.2, mode strict).

    A span is a ``B-`` and the ``I-`` of its label that follow it; an ``I-`` that continues nothing is in no span. A tag
    without a label has the label ``_``.

    Raises:
        InvalidInput: the sequences are not equally many and equally long, or a tag is not one of IOB2.
    """
    lengths = list(map(len, gold))
    if lengths != list(map(len, given)):
        raise InvalidInput("sequences that differ in number or length", "a predicted tag for each gold tag")
    labels: dict[str, int] = {}
    codes: dict[str, int] = {}
    sides = []
    for side in (gold, given):
        flat = list(chain.from_iterable(side))
        for tag in sorted(set(flat) - codes.keys()):
            codes[tag] = _code(tag, labels)
        sides.append(np.fromiter(map(codes.__getitem__, flat), dtype=np.int32, count=len(flat)))
    first = np.zeros(sum(lengths) + 1, dtype=bool)
    first[np.cumsum([0, *lengths])] = True
    # A span in one number, at the token that it starts at.
    wanted, found = np.zeros((2, len(first)), dtype=np.int64)
    kinds = []
    for side_codes, spans in zip(sides, (wanted, found), strict=True):
        starts, ends, kind = _spans(side_codes, first)
        spans[starts] = ends * len(labels) + kind
        kinds.append(kind)
    common = wanted[(wanted == found) & (wanted > 0)] % max(len(labels), 1)
    tp, g, p = (np.bincount(k, minlength=len(labels)).tolist() for k in (common, *kinds))
    return {name: (tp[k], p[k], tp[k], g[k]) for name, k in sorted(labels.items()) if p[k] or g[k]}


def _code(tag: str, labels: dict[str, int]) -> int:
    """0 for ``O``, 2k + 1 for ``B-`` and 2k + 2 for ``I-`` of the k-th label."""
    if not tag or tag[0] not in "BIO":
        raise InvalidInput(f"tag {shorten(tag)!r}", "O, or a label after B- or I-")
    if tag[0] == "O":
        return 0
    return 2 * labels.setdefault(tag[1:].strip("-") or "_", len(labels)) + (1 if tag[0] == "B" else 2)


def _spans(codes: Integers, first: NDArray[np.bool_]) -> tuple[Integers, Integers, Integers]:
    """Starts, ends and labels of the spans; ``first`` is where sentences start, and one past the end."""
    code = np.append(codes, 0)
    before = np.roll(code, 1)
    continues = (code > 0) & (code % 2 == 0) & ((before == code) | (before == code - 1)) & ~first
    breaks = np.flatnonzero(~continues)
    opens = np.flatnonzero(code[breaks] % 2 == 1)
    starts = breaks[opens]
    return starts, breaks[opens + 1], (code[starts] - 1) // 2


def _project(gold: Document, side: Prediction, ontology: Ontology) -> Iterator[tuple[str, Key]]:
    for _sentence, first, last, label in tagged(gold, side, ontology):
        yield label, (first, last)


_COUNT = projection(_project)


def _items(gold: Document, side: Prediction, ontology: Ontology) -> Iterator[Match]:
    """The items with extents of the text instead of numbers of tokens."""
    bounds = gold.sentences or segment.sentences(gold.text)
    tokens = [t for start, end in bounds for t in segment.tokens(gold.text, start, end)]

    def extent(key: Key | None) -> Key | None:
        return (tokens[key[0]][0], tokens[key[1]][1]) if isinstance(key, tuple) else None

    for match in _COUNT.items(gold, side, ontology):
        yield match._replace(gold=extent(match.gold), given=extent(match.given))


METRICS = (
    Metric(
        name="IOB2",
        family="tagging",
        definition="seqeval, mode strict, scheme IOB2, over triggers as tags of the pinned tokeniser.",
        count=_COUNT,
        variant={"tokens": segment.VERSION},
        items=_items,
    ),
)
