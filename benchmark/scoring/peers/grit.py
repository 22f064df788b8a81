"""GRIT ``eval.py`` at d8212bc (Du et al. 2021): CEAF-REE, fractions, 0/0 = 0.

For each document and role the distinct fillers over all events (labels and triggers play no part) are paired
one-to-one for the largest total similarity. ``phi_strict`` is 1 where every mention of the predicted filler is one of
the gold filler, ``phi_prop`` the share of its mentions that are. Spans are compared where GRIT compares normalised
strings.

Gameable: one right mention is a whole filler. Only the roles of option ``roles`` are scored, so fillers of other
roles are free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchmark.documents import Document, Prediction
from benchmark.scoring.matching import assign_pairs
from benchmark.scoring.peers import _shared
from benchmark.scoring.peers._shared import Filler, counted, fillers, joined, share, within

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("duplicates_cost", "undefined")


def _strict(gold: Filler, predicted: Filler) -> float:
    return int(within(predicted, gold))


def _proportion(gold: Filler, predicted: Filler) -> float:
    return share(sum(m in gold for m in predicted), len(predicted))


def _table(
    pairs: Sequence[tuple[Document, Prediction]], roles: Sequence[str], phi: Callable[[Filler, Filler], float]
) -> dict[str, dict[str, float]]:
    sums: dict[str, list[float]] = {role: [0, 0, 0] for role in roles}
    for document, prediction in pairs:
        ours, theirs = fillers(document, document.events), fillers(prediction, prediction.events)
        for role, row in sums.items():
            want, give = ours.get(role, []), theirs.get(role, [])
            credit = {(i, j): phi(g, p) for i, g in enumerate(want) for j, p in enumerate(give)}
            row[0] += sum(credit[pair] for pair in assign_pairs(credit))
            row[1] += len(give)
            row[2] += len(want)
    sums["micro"] = [sum(row[i] for row in sums.values()) for i in range(3)]
    return {role: counted(best, given, wanted, name="similarity") for role, (best, given, wanted) in sums.items()}


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, dict[str, float]]]:
    """``{phi_strict, phi_prop: {role or micro: {similarity, pred, gold, p, r, f1}}}``."""
    pairs, roles = joined(gold, predictions), _shared.roles(options)
    return {"phi_strict": _table(pairs, roles, _strict), "phi_prop": _table(pairs, roles, _proportion)}
