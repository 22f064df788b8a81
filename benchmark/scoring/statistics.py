"""Intervals, paired tests and corrections, as matrix products on rows that add.

The unit of resampling and of permutation is the storyline: documents of one storyline are not independent. Everything is
seeded, so that the same rows give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeVar

import numpy as np

from benchmark.scoring.core import Array

SEED = 20251016
RESAMPLES = 2_000
PERMUTATIONS = 10_000
_CHUNK = 1_000

Value = Callable[[Array], Array]
Test = TypeVar("Test")


def bootstrap_totals(rows: Array, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """Corpus totals of ``resamples`` samples of the units, drawn with replacement.

    Args:
        rows: units × columns.

    Returns:
        resamples × columns.
    """
    units = rows.shape[0]
    generator = np.random.default_rng(seed)
    parts = []
    for at in range(0, resamples, _CHUNK):
        drawn = generator.multinomial(units, np.full(units, 1 / units), size=min(_CHUNK, resamples - at))
        parts.append(drawn.astype(np.float64) @ rows)
    return np.concatenate(parts)


def interval(
    rows: Array, value: Value, level: float = 0.95, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float] | None:
    """Percentile bootstrap interval of ``value`` over units (Efron 1979; Koehn 2004 for systems of NLP).

    Returns:
        ``None`` with fewer than two units, without resamples, or where the score is undefined in a resample.
    """
    if rows.shape[0] < 2 or resamples == 0:
        return None
    scores = value(bootstrap_totals(rows, resamples, seed))
    if np.isnan(scores).any():
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(scores, [tail, 1 - tail])
    return float(low), float(high)


Alternative = Literal["two-sided", "lower", "higher"]


def paired_p(
    base: Array,
    candidate: Array,
    value: Value,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alternative: Alternative = "two-sided",
) -> float | None:
    """p of a paired approximate randomisation test over units (Noreen 1989; Riezler & Maxwell 2005).

    In each of ``permutations`` rounds the two systems exchange their rows on a random half of the units. The p-value is
    ``(c + 1) / (n + 1)`` with c the rounds whose difference is at least the observed one: with the observed assignment
    counted as one of the rounds the test keeps its level and never gives 0 (Phipson & Smyth 2010).

    Args:
        base, candidate: units × columns, the same units in the same order.
        alternative: what is held against chance: that the scores differ, or that the candidate's is ``lower`` or
            ``higher``.

    Returns:
        ``None`` where a score is undefined; 1.0 for equal rows.
    """
    if alternative == "higher":
        base, candidate = candidate, base
    totals = base.sum(0), candidate.sum(0)
    observed = value(totals[0]) - value(totals[1])
    if np.isnan(observed):
        return None
    difference = base - candidate
    moved = difference.any(axis=1)
    if not moved.any():
        return 1.0
    difference = difference[moved]
    generator = np.random.default_rng(seed)
    reached = 0
    for at in range(0, permutations, _CHUNK):
        size = (min(_CHUNK, permutations - at), difference.shape[0])
        shift = generator.integers(0, 2, size=size).astype(np.float64) @ difference
        scores = value(totals[0] - shift) - value(totals[1] + shift)
        least = observed
        if alternative == "two-sided":
            scores, least = np.abs(scores), abs(observed)
        # A round in which a score is undefined counts against significance.
        reached += int(np.sum(~(scores < least - 1e-12)))
    return (reached + 1) / (permutations + 1)


def holm(p_values: Mapping[Test, float | None]) -> dict[Test, float | None]:
    """p-values adjusted for their number by Holm's step-down (Holm 1979); undefined ones are left out and stay ``None``."""
    known = sorted(((p, key) for key, p in p_values.items() if p is not None), key=lambda pair: pair[0])
    adjusted: dict[Test, float | None] = dict.fromkeys(p_values)
    highest = 0.0
    for i, (p, key) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - i)))
        adjusted[key] = highest
    return adjusted


def difference_interval(
    base: Array, candidate: Array, value: Value, level: float = 0.95, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[float, float] | None:
    """Percentile bootstrap interval of ``value(candidate) - value(base)``, both resampled over the same units.

    Returns:
        ``None`` with fewer than two units, or where the difference is undefined in a resample.
    """
    if base.shape[0] < 2:
        return None
    differences = _bootstrap_differences(base, candidate, value, resamples, seed)
    if np.isnan(differences).any():
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    return float(low), float(high)


def _bootstrap_differences(base: Array, candidate: Array, value: Value, resamples: int, seed: int) -> Array:
    both = bootstrap_totals(np.concatenate([base, candidate], axis=1), resamples, seed)
    columns = base.shape[1]
    return value(both[:, columns:]) - value(both[:, :columns])


def smallest_detectable(
    base: Array, candidate: Array, value: Value, alpha: float = 0.05, power: float = 0.8, seed: int = SEED
) -> float | None:
    """The true drop that a one-sided test at ``alpha`` over these units finds with probability ``power``.

    The standard error of the difference is taken from a paired bootstrap; the figure is
    ``(z(1 - alpha) + z(power)) · standard error``, the normal approximation (Card et al. 2020).
    """
    units = base.shape[0]
    if units < 2:
        return None
    differences = _bootstrap_differences(base, candidate, value, RESAMPLES, seed)
    if np.isnan(differences).any():
        return None
    from statistics import NormalDist

    z = NormalDist().inv_cdf(1 - alpha) + NormalDist().inv_cdf(power)
    return float(z * differences.std(ddof=1))


def ranks(
    systems: Sequence[str], scores: Mapping[str, float | None], better: Callable[[str, str], bool]
) -> dict[str, int]:
    """Rank of each system: 1 + the number of systems that are significantly better.

    Args:
        scores: headline score by system; a system without one is ranked behind those with one.
        better: whether the first system is significantly better than the second.
    """
    return {
        s: 1 + sum(scores[o] is not None and (scores[s] is None or better(o, s)) for o in systems if o != s)
        for s in systems
    }
