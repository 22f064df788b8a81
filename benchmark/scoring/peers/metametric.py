"""metametric 0.2.1 (Chen et al. 2023), event extraction, micro average, fractions, 0/0 = 0.

TI, TC: events one-to-one by equal trigger, for TC and label. AI, AC: events of equal trigger and label are paired
one-to-one for the largest total of common argument spans, for AC with role, as multisets; totals over numbers of
arguments.

The package itself gives an empty side a credit of one against an empty side, which is not repeated here. Unlike AC+
of the field a matched argument belongs to a matched event, so events that share trigger and label cannot lend each
other arguments.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence

from benchmark.documents import Argument, Document, Event, Prediction
from benchmark.scoring.families.partial import extent
from benchmark.scoring.matching import assign_pairs
from benchmark.scoring.peers._shared import common, joined, ratios

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("undefined",)


def _argument(argument: Argument, role: bool) -> Hashable:
    return argument.start, argument.end, argument.role if role else None


def _typed(side: Prediction) -> list[Hashable]:
    return [(extent(v), v.type) for v in side.events]


def _attached(gold: Prediction, prediction: Prediction, role: bool) -> int:
    by_key: dict[tuple[tuple[int, int], str], tuple[list[Event], list[Event]]] = defaultdict(lambda: ([], []))
    for k, side in enumerate((gold, prediction)):
        for event in side.events:
            by_key[extent(event), event.type][k].append(event)
    total = 0
    for ours, theirs in by_key.values():
        sides = [[Counter(_argument(a, role) for a in v.arguments) for v in events] for events in (ours, theirs)]
        credit = {(i, j): (g & p).total() for i, g in enumerate(sides[0]) for j, p in enumerate(sides[1])}
        total += sum(credit[pair] for pair in assign_pairs(credit))
    return total


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, float]]:
    """``{TI, TC, AI, AC: {p, r, f1}}``."""
    sides = joined(gold, predictions)
    events = [sum(len(pair[k].events) for pair in sides) for k in (0, 1)]
    arguments = [sum(len(v.arguments) for pair in sides for v in pair[k].events) for k in (0, 1)]
    found = {
        "TI": sum(common(map(extent, d.events), map(extent, p.events)) for d, p in sides),
        "TC": sum(common(_typed(d), _typed(p)) for d, p in sides),
        "AI": sum(_attached(d, p, role=False) for d, p in sides),
        "AC": sum(_attached(d, p, role=True) for d, p in sides),
    }
    result = {}
    for name, tp in found.items():
        wanted, given = events if name.startswith("T") else arguments
        result[name] = ratios(tp, given, tp, wanted)
    return result
