"""TempEval-3 toolkit (UzZaman et al. 2013) as in jspotter/TempEval-3 at 7687471: TIMEX3 entities, fractions.

Gold and predicted times that share a whitespace token are paired greedily, in order of the place where the overlap
begins. ``relaxed`` counts the pairs, ``strict`` those of equal extent, ``value`` and ``type`` those of equal value,
equal type. 0/0 = 0, except that with no time on either side every f1 is 1. ``printed`` holds the percentages rounded
to two decimals.

Gameable: one token is an overlap, so a long extent is a relaxed match. ``families/times.py`` pairs optimally instead.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.documents import Document, Prediction, Time
from benchmark.scoring.peers._shared import joined, ratios

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("duplicates_cost", "undefined")


def _pairs(gold: Document, prediction: Prediction) -> list[tuple[Time, Time]]:
    tokens = [m.span() for m in re.finditer(r"\S+", gold.text)]
    starts, ends = [t[0] for t in tokens], [t[1] for t in tokens]

    def touched(time: Time) -> range:
        return range(bisect_right(ends, time.start), bisect_left(starts, time.end))

    ours, theirs = [touched(t) for t in gold.times], [touched(t) for t in prediction.times]
    overlaps = sorted(
        (max(g.start, p.start), i, j)
        for i, g in enumerate(ours)
        for j, p in enumerate(theirs)
        if max(g.start, p.start) < min(g.stop, p.stop)
    )
    used: set[int] = set()
    taken: set[int] = set()
    pairs = []
    for _, i, j in overlaps:
        if i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            pairs.append((gold.times[i], prediction.times[j]))
    return pairs


def score(gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]) -> dict[str, Any]:
    """``{gold, pred, strict, relaxed: {match, p, r, f1}, value, type: {match, f1}, printed}``."""
    match: Counter[str] = Counter()
    wanted = given = 0
    for document, prediction in joined(gold, predictions):
        wanted += len(document.times)
        given += len(prediction.times)
        for g, p in _pairs(document, prediction):
            match["relaxed"] += 1
            match["strict"] += (g.start, g.end) == (p.start, p.end)
            match["value"] += g.value == p.value
            match["type"] += g.type == p.type
    result: dict[str, Any] = {"gold": wanted, "pred": given}
    for name in ("strict", "relaxed", "value", "type"):
        figures = ratios(match[name], given, match[name], wanted)
        if not wanted and not given:
            figures["f1"] = 1.0
        if name in ("value", "type"):
            figures = {"f1": figures["f1"]}
        result[name] = {"match": match[name], **figures}
    result["printed"] = {
        f"{name}_f1": round(100 * result[name]["f1"], 2) for name in ("strict", "relaxed", "value", "type")
    }
    return result
