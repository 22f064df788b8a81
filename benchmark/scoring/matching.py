"""One-to-one matching where credit is graded, independent of order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)
T = TypeVar("T")


def assign(credit: ArrayLike) -> list[tuple[int, int]]:
    """Pairs ``(row, column)`` of a one-to-one matching with the largest total credit.

    Pairs without credit are left out. Small cases are settled without a solver.

    Args:
        credit: matrix of non-negative credits, rows × columns; either side may be empty.
    """
    matrix = np.asarray(credit, dtype=float)
    if matrix.size == 0 or not matrix.any():
        return []
    if min(matrix.shape) == 1:
        row, column = np.unravel_index(int(matrix.argmax()), matrix.shape)
        return [(int(row), int(column))]
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(matrix, maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if matrix[r, c] > 0]


def assign_pairs(credit: Mapping[tuple[R, C], float]) -> list[tuple[R, C]]:
    """:func:`assign` for credits given by pair; a pair that is not there has none.

    Rows and columns that meet nothing but each other are paired without a solver, which is nearly always all of them.
    """
    given = {pair: value for pair, value in credit.items() if value > 0}
    rows, columns = Counter(r for r, _ in given), Counter(c for _, c in given)
    settled = [(r, c) for r, c in given if rows[r] == 1 and columns[c] == 1]
    if len(settled) == len(given):
        return settled
    contested = {(r, c): value for (r, c), value in given.items() if rows[r] > 1 or columns[c] > 1}
    row_at = {r: i for i, r in enumerate(dict.fromkeys(r for r, _ in contested))}
    column_at = {c: i for i, c in enumerate(dict.fromkeys(c for _, c in contested))}
    matrix = np.zeros((len(row_at), len(column_at)))
    for (r, c), value in contested.items():
        matrix[row_at[r], column_at[c]] = value
    row_of, column_of = list(row_at), list(column_at)
    return settled + [(row_of[i], column_of[j]) for i, j in assign(matrix)]


Extent = tuple[int, int]


def align(
    wanted: Sequence[tuple[Extent, T]], given: Sequence[tuple[Extent, T]], agree: Callable[[T, T], Sequence[bool]]
) -> list[tuple[int, int]]:
    """Pairs of indices of gold and predicted extents that are equal or overlap, one-to-one and independent of order.

    Extents are matched one-to-one, equal ones with each other and the rest so that most items are paired; items of a
    matched pair of extents are then paired with each other. Ties go to the pairing with most agreement, the first of
    ``agree`` first, so every count over the pairs is unique. Since an extent meets one extent only, giving one long
    prediction several times gains nothing.

    Args:
        wanted, given: ``((start, end), what)`` of each item.
        agree: for two ``what``, which of their attributes agree, the most important one first.
    """
    base = min(len(wanted), len(given)) + 1
    at_wanted, at_given = _by_extent(wanted), _by_extent(given)

    def pair_up(mine: Extent, other: Extent) -> tuple[float, list[tuple[int, int]]]:
        credit: dict[tuple[int, int], float] = {}
        for i in at_wanted[mine]:
            for j in at_given[other]:
                value = 1
                for same in agree(wanted[i][1], given[j][1]):
                    value = value * base + same
                credit[i, j] = value
        chosen = assign_pairs(credit)
        return sum(credit[pair] for pair in chosen), chosen

    pairs: list[tuple[int, int]] = []
    for extent, ours in at_wanted.items():
        theirs = at_given.get(extent, [])
        if len(ours) == len(theirs) == 1:
            pairs.append((ours[0], theirs[0]))
        elif theirs:
            pairs += pair_up(extent, extent)[1]
    rest_wanted = [e for e in at_wanted if e not in at_given]
    rest_given = [e for e in at_given if e not in at_wanted]
    overlapping = {
        (mine, other): pair_up(mine, other)
        for mine in rest_wanted
        for other in rest_given
        if mine[0] < other[1] and other[0] < mine[1]
    }
    for met in assign_pairs({key: value for key, (value, _) in overlapping.items()}):
        pairs += overlapping[met][1]
    return pairs


def _by_extent(items: Sequence[tuple[Extent, T]]) -> dict[Extent, list[int]]:
    table: dict[Extent, list[int]] = defaultdict(list)
    for i, (extent, _) in enumerate(items):
        table[extent].append(i)
    return table
