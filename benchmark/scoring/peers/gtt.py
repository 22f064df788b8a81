"""GTT ``eval.py`` at d829ed8 (Du et al. 2021), fractions, 0/0 = 0.

A template is an event: its type and the distinct fillers of each role. Of all one-to-one mappings between predicted
and gold templates of equal type in a document, the one with the largest F1 over all slots counts. In a mapped pair
the type gives one to p_num and r_num; a role gives to p_num the predicted fillers within some gold filler, to r_num
the gold fillers that some predicted filler is within.

GTT tries every mapping, which takes seconds for seven templates. Here each type is searched by dynamic programming
that keeps the undominated (p_num, r_num); with more than ``_MANY`` templates of one type on the smaller side, the
mapping of the largest p_num / p_den + r_num / r_den is taken for that type, which is the best F1 but for rare cases.
Of mappings with equal F1 the one with the largest p_num counts.

Gameable: not one-to-one within a role, so an entity given in pieces counts once for each. Fillers of roles outside
option ``roles`` are free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from benchmark.documents import Document, Prediction
from benchmark.scoring.matching import assign_pairs
from benchmark.scoring.peers import _shared
from benchmark.scoring.peers._shared import Filler, fillers, fractions, joined, same_type, within

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("undefined",)
_MANY = 10

Template = dict[str, list[Filler]]
Pair = tuple[int, int]
Pairs = tuple[Pair, ...]
Front = dict[tuple[int, int], Pairs]  # undominated (p_num, r_num) → a mapping that has it


def _gains(gold: Template, predicted: Template, role: str) -> tuple[int, int]:
    ours, theirs = gold.get(role, []), predicted.get(role, [])
    return (
        sum(any(within(p, g) for g in ours) for p in theirs),
        sum(any(within(p, g) for p in theirs) for g in ours),
    )


def _undominated(points: Iterable[tuple[tuple[int, int], Pairs]]) -> Front:
    front: Front = {}
    most = -1
    for (p, r), pairs in sorted(points, reverse=True):
        if r > most:
            front[p, r] = pairs
            most = r
    return front


def _sum(one: Front, other: Front) -> Front:
    return _undominated(
        ((p + q, r + s), mine + theirs) for (p, r), mine in one.items() for (q, s), theirs in other.items()
    )


def _mappings(rows: Sequence[int], columns: Sequence[int], gains: Mapping[Pair, tuple[int, int]]) -> Front:
    """Undominated mappings of ``rows`` to ``columns``, by the columns that are taken; columns are the shorter side."""
    states: dict[int, Front] = {0: {(0, 0): ()}}
    for i in rows:
        following: dict[int, list[tuple[tuple[int, int], Pairs]]] = {}
        for taken, front in states.items():
            following.setdefault(taken, []).extend(front.items())
            for bit, j in enumerate(columns):
                if not taken >> bit & 1:
                    p, r = gains[i, j]
                    following.setdefault(taken | 1 << bit, []).extend(
                        ((q + p, s + r), (*pairs, (i, j))) for (q, s), pairs in front.items()
                    )
        states = {taken: _undominated(points) for taken, points in following.items()}
    return _undominated(point for front in states.values() for point in front.items())


def _best(groups: Iterable[tuple[list[int], list[int]]], gains: Mapping[Pair, tuple[int, int]], sizes: Pair) -> Pairs:
    """The mapping (gold, predicted) with the largest F1; ``sizes`` are p_den and r_den of the document."""
    p_den, r_den = sizes
    fronts: Front = {(0, 0): ()}
    for ours, theirs in groups:
        if min(len(ours), len(theirs)) > _MANY:
            credit = {(i, j): gains[i, j][0] / p_den + gains[i, j][1] / r_den for i in ours for j in theirs}
            pairs = tuple(assign_pairs(credit))
            total = sum(gains[pair][0] for pair in pairs), sum(gains[pair][1] for pair in pairs)
            group: Front = {total: pairs}
        elif len(theirs) <= len(ours):
            group = _mappings(ours, theirs, gains)
        else:
            swapped = _mappings(theirs, ours, {(j, i): gain for (i, j), gain in gains.items()})
            group = {total: tuple((i, j) for j, i in pairs) for total, pairs in swapped.items()}
        fronts = _sum(fronts, group)

    def f1(point: tuple[int, int]) -> tuple[Fraction, int]:
        p, r = point
        down = p * r_den + r * p_den
        return (Fraction(2 * p * r, down) if down else Fraction(0)), p

    return fronts[max(fronts, key=f1)]


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, float]]:
    """``{type, each role, micro: {p_num, p_den, r_num, r_den, p, r, f1}}``."""
    roles = _shared.roles(options)
    sums = {slot: [0, 0, 0, 0] for slot in ("type", *roles)}
    for document, prediction in joined(gold, predictions):
        ours = [fillers(document, [v]) for v in document.events]
        theirs = [fillers(prediction, [v]) for v in prediction.events]
        for templates, den in ((theirs, 1), (ours, 3)):
            sums["type"][den] += len(templates)
            for role in roles:
                sums[role][den] += sum(len(t.get(role, ())) for t in templates)
        groups = list(same_type(document, prediction))
        by_role = {
            (i, j): [_gains(ours[i], theirs[j], role) for role in roles]
            for some, others in groups
            for i in some
            for j in others
        }
        gains = {pair: (1 + sum(p for p, _ in parts), 1 + sum(r for _, r in parts)) for pair, parts in by_role.items()}
        p_den, r_den = (sum(1 + sum(len(t.get(r, ())) for r in roles) for t in side) for side in (theirs, ours))
        for pair in _best(groups, gains, (p_den, r_den)):
            for slot, (p, r) in zip(("type", *roles), [(1, 1), *by_role[pair]], strict=True):
                sums[slot][0] += p
                sums[slot][2] += r
    sums["micro"] = [sum(row[i] for row in sums.values()) for i in range(4)]
    return {slot: fractions(*row) for slot, row in sums.items()}
