"""nervaluate 1.2.1: the four schemes of SemEval-2013 task 9 over triggers with their label, fractions, 0/0 = 0.

A pair of overlapping spans is ``correct`` under ``strict`` with equal span and label, under ``exact`` with equal
span, under ``ent_type`` with equal label, else ``incorrect``; under ``partial`` it is ``correct`` with equal span,
else ``partial``, which counts one half. Predictions without a pair are ``spurious``, gold spans without one
``missed``. ``per_type`` is the same with both sides cut down to one label first.

nervaluate pairs greedily in order of start, so its numbers depend on the order of predictions. Here pairs are the
optimal ones of ``families/partial.py``, which give its numbers wherever those do not depend on order. Gameable: half
credit for any overlap of one character.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmark.documents import Document, Event, Prediction
from benchmark.scoring.families.partial import trigger_pairs
from benchmark.scoring.peers._shared import joined, ratios

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("undefined",)

_CORRECT: dict[str, Callable[[Event, Event], bool]] = {
    "ent_type": lambda g, p: g.type == p.type,
    "exact": lambda g, p: g.trigger == p.trigger,
    "partial": lambda g, p: g.trigger == p.trigger,
    "strict": lambda g, p: g.trigger == p.trigger and g.type == p.type,
}


def _schemes(sides: Sequence[tuple[Prediction, Prediction]]) -> dict[str, dict[str, float]]:
    pairs = [pair for gold, prediction in sides for pair in trigger_pairs(gold, prediction)]
    wanted = sum(len(gold.events) for gold, _ in sides)
    given = sum(len(prediction.events) for _, prediction in sides)
    table = {}
    for scheme, correct in _CORRECT.items():
        right = sum(correct(g, p) for g, p in pairs)
        rest = len(pairs) - right
        partial = rest if scheme == "partial" else 0
        credit = right + 0.5 * partial
        table[scheme] = {
            "correct": right,
            "incorrect": rest - partial,
            "partial": partial,
            "missed": wanted - len(pairs),
            "spurious": given - len(pairs),
            "possible": wanted,
            "actual": given,
            **ratios(credit, given, credit, wanted),
        }
    return table


def _only(side: Prediction, label: str) -> Prediction:
    return Prediction(doc_id=side.doc_id, events=tuple(v for v in side.events if v.type == label))


def score(gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]) -> dict[str, Any]:
    """``{overall: {scheme: counts and ratios}, per_type: {label: {scheme: …}}}``."""
    sides: list[tuple[Prediction, Prediction]] = [*joined(gold, predictions)]
    labels = sorted(Counter(v.type for pair in sides for side in pair for v in side.events))
    by_type = {t: _schemes([(_only(g, t), _only(p, t)) for g, p in sides]) for t in labels}
    return {"overall": _schemes(sides), "per_type": by_type}
