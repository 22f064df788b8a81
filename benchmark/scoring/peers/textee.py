"""TextEE (Huang et al. 2024), ``scorer.py`` at 25d5dca, task E2E: TI, TC, AI, AC, AI+, AC+ in percent, 0/0 = 0.

Corpus-level sets. The window is the sentence that holds the start of the trigger; an argument counts only if it lies
wholly in it. Keys: TI (document, window, trigger), TC with label; AI (document, window, label, argument), AC with
role; AI+ and AC+ also with trigger.

Gameable: sets make duplicates free, and since AI and AC have no trigger, two events of a label in one sentence share
their arguments. An argument outside the sentence of its trigger costs nothing on either side. A trigger that starts
outside all sentences has a window of its own without arguments. A document without sentences gets those of our splitter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence

from benchmark import segment
from benchmark.documents import Document, Prediction
from benchmark.scoring.families.partial import extent
from benchmark.scoring.peers._shared import counted, joined

UNIT = "percent"
BREAKS: tuple[str, ...] = ("duplicates_cost", "undefined")


def _keys(gold: Document, side: Prediction) -> Iterator[tuple[str, Hashable]]:
    sentences = sorted(gold.sentences or segment.sentences(gold.text))
    starts = [start for start, _ in sentences]
    for event in side.events:
        at = extent(event)
        window = bisect_right(starts, at[0]) - 1
        start, end = sentences[window] if window >= 0 else (0, 0)
        if at[0] >= end:
            window, start, end = -1, 0, 0
        yield "TI", (window, at)
        yield "TC", (window, at, event.type)
        for a in event.arguments:
            if start <= a.start and a.end <= end:
                span = (a.start, a.end)
                yield "AI", (window, event.type, span)
                yield "AC", (window, event.type, span, a.role)
                yield "AI+", (window, at, event.type, span)
                yield "AC+", (window, at, event.type, span, a.role)


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, float]]:
    """``{metric: {tp, gold, pred, p, r, f1}}``."""
    counts = {name: [0, 0, 0] for name in ("TI", "TC", "AI", "AC", "AI+", "AC+")}
    for document, prediction in joined(gold, predictions):
        wanted, given = set(_keys(document, document)), set(_keys(document, prediction))
        for i, keys in enumerate((wanted & given, given, wanted)):
            for name, _ in keys:
                counts[name][i] += 1
    return {name: counted(tp, given, wanted, scale=100) for name, (tp, given, wanted) in counts.items()}
