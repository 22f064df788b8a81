"""EvmEval scorer 1.8 at 9f60e17 (Liu, Mitamura & Hovy 2015), character mode: event nuggets in percent.

For each of four views (``span``, ``type``, ``status``, ``type_status``: what has to be equal) and each document the
overlapping pairs are taken greedily by Dice, ties by predicted then gold position in the file; tp is the sum of Dice.
``macro`` is the mean of the documents' p and r, one without predictions adding 0 to both, f1 from the two means. p is
``None`` where nothing is predicted, f1 where p is ``None`` or p + r = 0.

The scorer itself drops false positives in documents without gold events; they count here (``families/partial.py``
counts them too, with the optimal assignment). Gameable: long triggers earn part of their credit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmark.documents import Document, Event, Prediction
from benchmark.scoring.families.partial import dice, extent
from benchmark.scoring.peers._shared import joined, share

UNIT = "percent"
BREAKS: tuple[str, ...] = ("undefined",)

_VIEWS: dict[str, Callable[[Event], object]] = {
    "span": lambda v: None,
    "type": lambda v: v.type,
    "status": lambda v: v.factuality,
    "type_status": lambda v: (v.type, v.factuality),
}


def _credit(gold: Prediction, prediction: Prediction, view: Callable[[Event], object]) -> float:
    pairs = sorted(
        (-dice(extent(g), extent(p)), j, i)
        for j, p in enumerate(prediction.events)
        for i, g in enumerate(gold.events)
        if view(g) == view(p)
    )
    used: set[int] = set()
    taken: set[int] = set()
    total = 0.0
    for negative, j, i in pairs:
        if negative and i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            total -= negative
    return total


def _figures(p: float | None, r: float | None) -> dict[str, float | None]:
    f1 = 2 * p * r / (p + r) if p is not None and r is not None and p + r else None
    return {"p": p, "r": r, "f1": f1}


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    """``{view: {tp, gold, pred, micro: {p, r, f1}, macro: {p, r, f1}}}``."""
    sides = joined(gold, predictions)
    wanted, given = (sum(len(pair[k].events) for pair in sides) for k in (0, 1))
    result = {}
    for name, view in _VIEWS.items():
        credit_of = [_credit(document, prediction, view) for document, prediction in sides]
        tp = sum(credit_of)
        macro_p = [share(c, len(prediction.events)) for c, (_, prediction) in zip(credit_of, sides, strict=True)]
        macro_r = [share(c, len(document.events)) for c, (document, _) in zip(credit_of, sides, strict=True)]
        result[name] = {
            "tp": tp,
            "gold": wanted,
            "pred": given,
            "micro": _figures(100 * tp / given if given else None, 100 * tp / wanted if wanted else None),
            "macro": _figures(*(100 * sum(m) / len(sides) if sides else None for m in (macro_p, macro_r))),
        }
    return result
