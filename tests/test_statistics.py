"""Intervals and tests against scipy, by law, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from benchmark.scoring import statistics
from benchmark.scoring.core import f1

RNG = np.random.default_rng(7)


def system(units: int, quality: float, rng: np.random.Generator, gold: np.ndarray | None = None) -> np.ndarray:
    """Rows of a made-up system: gold counts by unit, and hits and predictions that follow ``quality``."""
    gold = rng.integers(3, 12, units) if gold is None else gold
    hits = rng.binomial(gold, quality)
    predicted = hits + rng.poisson(2, units)
    return np.stack([hits, predicted, hits, gold], axis=1).astype(float)


def test_interval_is_scipys_percentile_bootstrap() -> None:
    rows = system(40, 0.7, RNG)
    ours = statistics.interval(rows, f1, resamples=20_000)
    theirs = stats.bootstrap(
        (np.arange(40),),
        lambda index, axis: f1(rows[index].sum(axis=-2)),
        n_resamples=20_000,
        method="percentile",
        vectorized=True,
        random_state=3,
    ).confidence_interval
    assert ours is not None
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.004)


@pytest.mark.parametrize(
    ("ours_is", "theirs_is"), [("two-sided", "two-sided"), ("lower", "greater"), ("higher", "less")]
)
def test_paired_p_is_scipys_permutation_test(ours_is: statistics.Alternative, theirs_is: str) -> None:
    base = system(30, 0.7, np.random.default_rng(4))
    candidate = base.copy()
    candidate[:12, [0, 2]] = np.maximum(candidate[:12, [0, 2]] - 1, 0)
    ours = statistics.paired_p(base, candidate, f1, permutations=20_000, alternative=ours_is)

    def statistic(one: np.ndarray, other: np.ndarray, axis: int) -> np.ndarray:
        return f1(base_or(one).sum(axis=axis - 1)) - f1(base_or(other).sum(axis=axis - 1))

    both = np.stack([base, candidate])

    def base_or(codes: np.ndarray) -> np.ndarray:
        """Rows that codes ``system * 30 + unit`` stand for."""
        flat = codes.astype(int)
        return both[flat // 30, flat % 30]

    codes = np.arange(30, dtype=float)
    theirs = stats.permutation_test(
        (codes, codes + 30),
        statistic,
        permutation_type="samples",
        n_resamples=20_000,
        vectorized=True,
        alternative=theirs_is,
        random_state=5,
        axis=-1,
    ).pvalue
    assert ours == pytest.approx(theirs, abs=0.012)


def test_one_side_up_is_the_other_side_down() -> None:
    one = system(30, 0.7, np.random.default_rng(1))
    other = system(30, 0.6, np.random.default_rng(2), one[:, 3].astype(int))
    lower = statistics.paired_p(one, other, f1, alternative="lower")
    higher = statistics.paired_p(one, other, f1, alternative="higher")
    assert lower == statistics.paired_p(other, one, f1, alternative="higher")
    assert lower is not None
    assert higher is not None
    assert lower + higher >= 1


def test_equal_rows_give_one_and_are_seeded() -> None:
    rows = system(20, 0.6, RNG)
    other = system(20, 0.6, RNG)
    assert statistics.paired_p(rows, rows, f1) == 1.0
    assert statistics.paired_p(rows, other, f1) == statistics.paired_p(rows, other, f1)
    assert statistics.paired_p(rows, other, f1) == pytest.approx(statistics.paired_p(other, rows, f1))
    assert statistics.interval(rows, f1) == statistics.interval(rows, f1)


def test_nothing_is_claimed_of_what_is_undefined() -> None:
    nothing = np.zeros((10, 4))
    assert statistics.interval(nothing, f1) is None
    assert statistics.paired_p(nothing, nothing, f1) is None
    assert statistics.interval(system(1, 0.5, RNG), f1) is None


def test_holm_by_hand() -> None:
    adjusted = statistics.holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": None})
    assert adjusted == {"a": pytest.approx(0.03), "b": pytest.approx(0.06), "c": pytest.approx(0.06), "d": None}


def test_ranks_are_shared_by_what_cannot_be_told_apart() -> None:
    scores = {"a": 0.8, "b": 0.79, "c": 0.5, "d": None}
    ranks = statistics.ranks(list(scores), scores, lambda one, other: (one, other) in {("a", "c"), ("b", "c")})
    assert ranks == {"a": 1, "b": 1, "c": 3, "d": 4}


def test_the_smallest_detectable_difference_falls_with_the_root_of_the_units() -> None:
    few, many = (statistics.smallest_detectable(system(n, 0.7, RNG), system(n, 0.7, RNG), f1) for n in (40, 640))
    assert few is not None
    assert many is not None
    assert few / many == pytest.approx(4, rel=0.35)
    assert statistics.smallest_detectable(system(1, 0.7, RNG), system(1, 0.7, RNG), f1) is None


def test_the_smallest_detectable_difference_is_found_four_times_in_five() -> None:
    """A true difference of that size, as the bootstrap estimates it, is significant in about 80 % of new samples."""
    rng = np.random.default_rng(5)
    gold = rng.integers(3, 12, 60)
    base = system(60, 0.7, rng, gold)
    size = statistics.smallest_detectable(base, system(60, 0.7, rng, gold), f1)
    assert size is not None
    found = 0
    for _ in range(60):
        sample = rng.integers(3, 12, 60)
        one, other = system(60, 0.7, rng, sample), system(60, 0.7 - 1.25 * size, rng, sample)
        p = statistics.paired_p(one, other, f1, permutations=499, alternative="lower")
        found += p is not None and p <= 0.05
    assert 0.6 < found / 60 <= 1


@pytest.mark.slow
def test_false_alarms_come_at_the_nominal_rate() -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(400):
        shared = rng.uniform(0.4, 0.9)
        gold = rng.integers(3, 12, 40)
        one, other = system(40, shared, rng, gold), system(40, shared, rng, gold)
        p = statistics.paired_p(one, other, f1, permutations=999)
        alarms += p is not None and p <= 0.05
    assert stats.binomtest(alarms, 400, 0.05).pvalue > 0.001
