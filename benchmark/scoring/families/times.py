"""Time expressions as in TempEval-3 (UzZaman et al. 2013): extents strict and relaxed, type and value.

``TIMEX-strict`` wants equal extents, ``TIMEX-relaxed`` extents that share a character. Type and value are counts of
the relaxed pairs: ``TIMEX-value`` those with an equal value string, whatever the type, ``TIMEX-type`` those with an
equal type, so that F1 is 2 × matches / (gold + predicted), as TempEval-3 prints it.

Pairs are one-to-one and independent of order (:func:`benchmark.scoring.matching.align`): equal extents first, then
most overlaps, then most equal values, then most equal types. The TempEval-3 toolkit pairs greedily by token; its own
numbers come from ``peers/timex.py``. Relaxed figures can be gamed by extents that are too long or too short: read
them beside the strict one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmark.documents import Document, Prediction, Time
from benchmark.ontology import Ontology
from benchmark.scoring.core import Key, Lister, Match, Metric, Rows, paired, projection
from benchmark.scoring.matching import align


def _pairs(gold: Document, prediction: Prediction) -> list[tuple[int, int]]:
    return align(
        [((t.start, t.end), t) for t in gold.times],
        [((t.start, t.end), t) for t in prediction.times],
        lambda g, p: (g.value == p.value, g.type == p.type),
    )


def relaxed_pairs(gold: Document, prediction: Prediction) -> list[tuple[Time, Time]]:
    """Gold and predicted times that overlap, paired as the module says."""
    return [(gold.times[i], prediction.times[j]) for i, j in _pairs(gold, prediction)]


def _extents(_: Document, side: Prediction, __: Ontology) -> Iterator[tuple[str, Key]]:
    for time in side.times:
        yield "", (time.start, time.end)


def _relaxed(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
    matches = len(relaxed_pairs(gold, prediction))
    return {"": (matches, len(prediction.times), matches, len(gold.times))}


def _value(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
    matches = sum(g.value == p.value for g, p in relaxed_pairs(gold, prediction))
    return {"": (matches, len(prediction.times), matches, len(gold.times))}


def _type(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
    rows: dict[str, list[int]] = {}
    for time in gold.times:
        rows.setdefault(time.type, [0, 0, 0])[2] += 1
    for time in prediction.times:
        rows.setdefault(time.type, [0, 0, 0])[1] += 1
    for g, p in relaxed_pairs(gold, prediction):
        rows[g.type][0] += g.type == p.type
    return {kind: (tp, given, tp, wanted) for kind, (tp, given, wanted) in rows.items()}


def _items(agree: Callable[[Time, Time], bool], labelled: bool = False) -> Lister:
    """The relaxed pairs, with credit where the two ``agree``."""

    def listed(side: Prediction) -> list[tuple[str, Key]]:
        return [(t.type if labelled else "", (t.start, t.end, t.type, t.value)) for t in side.times]

    def items(gold: Document, prediction: Prediction, _: Ontology) -> Iterator[Match]:
        met = ((i, j, agree(gold.times[i], prediction.times[j])) for i, j in _pairs(gold, prediction))
        return paired(listed(gold), listed(prediction), met)

    return items


METRICS = (
    Metric("TIMEX-strict", "times", "Time expressions, extents equal (TempEval-3).", projection(_extents)),
    Metric(
        "TIMEX-relaxed",
        "times",
        "Time expressions, extents share a character (TempEval-3).",
        _relaxed,
        items=_items(lambda g, p: True),
    ),
    Metric(
        "TIMEX-type",
        "times",
        "Relaxed pairs of time expressions with equal type (TempEval-3).",
        _type,
        items=_items(lambda g, p: g.type == p.type, labelled=True),
    ),
    Metric(
        "TIMEX-value",
        "times",
        "Relaxed pairs of time expressions with equal value (TempEval-3).",
        _value,
        items=_items(lambda g, p: g.value == p.value),
    ),
)
