"""Interval and paired test of ten metrics over 1,000 documents, 10,000 resamples, against scoring each resample anew."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import common
import numpy as np
from msgspec.structs import replace

from benchmark import corpus
from benchmark.documents import Document, Prediction
from benchmark.scoring import statistics
from benchmark.scoring.core import Array
from benchmark.scoring.families import select
from benchmark.scoring.score import tally

METRICS = select(["TI", "TC", "TC-fact", "AI", "AC", "AI+", "AC+", "Date-V", "Record", "CEAF-REE"])
ROUNDS = 20


def totals(gold: Sequence[Document], given: Sequence[Prediction]) -> list[Array]:
    """Total rows of each metric."""
    counts = tally(gold, given, METRICS, corpus.ontology())
    return [counts.rows(metric.name).sum(0) for metric in METRICS]


def naive_interval(gold: list[Document], given: list[Prediction]) -> list[list[Array]]:
    """Total rows of each of ``ROUNDS`` resamples, each document scored as often as it was drawn."""
    generator = np.random.default_rng(statistics.SEED)
    drawn = generator.multinomial(len(gold), np.full(len(gold), 1 / len(gold)), size=ROUNDS)
    rounds = []
    for row in drawn:
        # Each copy is a document of its own.
        chosen = [(i, k) for i, n in enumerate(row) for k in range(n)]
        rounds.append(
            totals(
                [replace(gold[i], doc_id=f"{gold[i].doc_id}.{k}") for i, k in chosen],
                [replace(given[i], doc_id=f"{given[i].doc_id}.{k}") for i, k in chosen],
            )
        )
    return rounds


def naive_test(
    gold: list[Document], base: list[Prediction], candidate: list[Prediction], swaps: Array
) -> list[list[Array]]:
    """Total rows of what stands for the first system in each exchange; the other side is scored anew as well."""
    rounds = []
    for swap in swaps:
        sides = [(b, a) if s else (a, b) for a, b, s in zip(base, candidate, swap, strict=True)]
        rounds.append(totals(gold, [a for a, _ in sides]))
        totals(gold, [b for _, b in sides])
    return rounds


def main() -> None:
    """Measure and print."""
    quick = common.quick()
    number, resamples, runs = (60, 200, 1) if quick else (1_000, 10_000, common.RUNS)
    pairs = list(common.documents(number))
    # A document is a unit: storylines would make it four times as easy.
    gold = [replace(d, storyline="") for d, _ in pairs]
    base = [p for _, p in pairs]
    # Another system: the first one without every third event.
    candidate = [replace(p, events=p.events[i % 3 :]) for i, p in enumerate(base)]

    def ours() -> list[tuple[tuple[float, float] | None, float | None]]:
        one, other = (tally(gold, side, METRICS, corpus.ontology()) for side in (base, candidate))
        return [
            (
                statistics.interval(one.rows(m.name), m.value, resamples=resamples),
                statistics.paired_p(one.rows(m.name), other.rows(m.name), m.value, permutations=resamples),
            )
            for m in METRICS
        ]

    taken, _ = common.seconds(ours, runs)
    interval, rounds = common.seconds(lambda: naive_interval(gold, base), 1)
    swaps = np.random.default_rng(statistics.SEED).integers(0, 2, size=(ROUNDS, number)).astype(float)
    test, exchanged = common.seconds(lambda: naive_test(gold, base, candidate, swaps), 1)
    naive = (interval + test) * resamples / ROUNDS
    common.show(
        f"Interval and paired test, {number:,} documents, {len(METRICS)} metrics, {resamples:,} resamples",
        [
            ("sommet", taken, f"{100 * taken / naive:.2g} %", "< 1 %"),
            (f"scoring anew, from {ROUNDS} resamples", naive, "100 %", ""),
        ],
    )
    different = []
    one, other = (tally(gold, side, METRICS, corpus.ontology()) for side in (base, candidate))
    for i, metric in enumerate(METRICS):
        rows, theirs = one.rows(metric.name), other.rows(metric.name)
        if not np.allclose(statistics.bootstrap_totals(rows, ROUNDS), [r[i] for r in rounds]):
            different.append(f"{metric.name}: totals of resamples")
        if not np.allclose(rows.sum(0) - swaps @ (rows - theirs), [r[i] for r in exchanged]):
            different.append(f"{metric.name}: totals of exchanges")
    common.finish(different)


if __name__ == "__main__":
    sys.exit(main())
