"""OmniEvent ``f1_score_overall`` at ec72e72 (Peng et al. 2023) and the RAMS scorer (Ebner et al. 2020, copy in gen-
arg d89baa8).

*OmniEvent*: corpus-level multisets, fractions. Trigger key (document, trigger, label); argument key the same with
argument span and role. With e = 1e-10: p = tp / (pred + e), r = tp / (gold + e), f1 = 2pr / (p + r + e), so a perfect
score is just below 1 and nothing against nothing is 0.

*RAMS* (only with gold triggers): for each gold event the multisets of (argument span, role) of it and of the
predicted event with its id; percent, 0/0 = 0. Gameable: arguments of a predicted event whose id gold does not have
are never counted.

Option ``setting``: ``end_to_end`` (default) gives the two of OmniEvent, ``gold_triggers`` its arguments and RAMS.
RAMS alone is in percent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from benchmark.documents import Document, Event, Prediction
from benchmark.scoring.families.partial import extent
from benchmark.scoring.peers._shared import common, joined, ratios

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("undefined",)
_E = 1e-10

Sides = Sequence[tuple[Document, Prediction]]


def _triggers(side: Prediction) -> list[Hashable]:
    return [(extent(v), v.type) for v in side.events]


def _arguments(side: Prediction) -> list[Hashable]:
    return [(extent(v), v.type, a.start, a.end, a.role) for v in side.events for a in v.arguments]


def _overall(pairs: Sides, keys: Callable[[Prediction], list[Hashable]]) -> dict[str, float]:
    tp = wanted = given = 0
    for document, prediction in pairs:
        ours, theirs = keys(document), keys(prediction)
        tp, wanted, given = tp + common(ours, theirs), wanted + len(ours), given + len(theirs)
    p, r = tp / (given + _E), tp / (wanted + _E)
    return {"p": p, "r": r, "f1": 2 * p * r / (p + r + _E), "pred": given, "gold": wanted}


def _slots(event: Event | None) -> Counter[tuple[str, int, int]]:
    return Counter((a.role, a.start, a.end) for a in event.arguments) if event else Counter()


def _rams(pairs: Sides) -> dict[str, Any]:
    roles: dict[str, Counter[str]] = {}
    for document, prediction in pairs:
        by_id = {v.id: v for v in prediction.events}
        for event in document.events:
            ours, theirs = _slots(event), _slots(by_id.get(event.id))
            for name, part in (("correct", ours & theirs), ("missing", ours - theirs), ("overpred", theirs - ours)):
                for (role, _, _), n in part.items():
                    roles.setdefault(role, Counter())[name] += n
    total = sum(roles.values(), Counter[str]())
    return {**_verdicts(total), "per_role": {role: _verdicts(counts) for role, counts in sorted(roles.items())}}


def _verdicts(counts: Counter[str]) -> dict[str, float]:
    correct, missing, overpred = counts["correct"], counts["missing"], counts["overpred"]
    parts = {"correct": correct, "missing": missing, "overpred": overpred}
    return {**parts, **ratios(correct, correct + overpred, correct, correct + missing, scale=100)}


def score(gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]) -> dict[str, Any]:
    """``{omnievent_trigger, omnievent_argument, rams}``, two of them by setting."""
    pairs = joined(gold, predictions)
    arguments = _overall(pairs, _arguments)
    if options.get("setting") == "gold_triggers":
        return {"omnievent_argument": arguments, "rams": _rams(pairs)}
    return {"omnievent_trigger": _overall(pairs, _triggers), "omnievent_argument": arguments}
