"""How often the gate errs, by simulation on our own gold with a real baseline's decisions.

*No true change*: one decision in ten (a gold event found or not, a wrong event given or not) is drawn anew with the
system's own rates, so that the candidate differs from the base by chance alone; what is called worse is a false alarm.
*A true loss*: found events are dropped at the rate that takes a number of points off F1 in expectation, on top of the same
redrawing; what is called worse is found. Judged is TC alone, as a policy with one primary metric does, and TC as one of
the five metrics of the default policy (Holm over five).
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from benchmark import compare, corpus, extract
from benchmark.extractor import opaque_id, predict
from benchmark.scoring import statistics
from benchmark.scoring.families import registry

Array = np.ndarray


def decisions(name: str, split: str) -> tuple[Array, Array, Array, Array]:
    """Of a baseline: storyline and found-or-not of each gold event, storyline of each wrong one, gold by storyline."""
    gold = corpus.load(split)
    system = extract.fitted(extract.config(name))
    storylines = sorted({d.storyline for d in gold})
    home, found, wrong = [], [], []
    for document in gold:
        unit = storylines.index(document.storyline)
        given = Counter(
            (v.trigger, v.type) for v in predict(system, document, opaque_id(document), corpus.ontology()).events
        )
        for event in document.events:
            key = (event.trigger, event.type)
            hit = given[key] > 0
            given[key] -= hit
            home.append(unit)
            found.append(hit)
        wrong += [unit] * given.total()
    return np.array(home), np.array(found), np.array(wrong), np.bincount(home, minlength=len(storylines))


def rows(home: Array, found: Array, wrong: Array, gold: Array) -> Array:
    """Counts by storyline: columns of a metric."""
    n = len(gold)
    hits = np.bincount(home[found], minlength=n)
    given = hits + np.bincount(wrong, minlength=n)
    return np.stack([hits, given, hits, gold], axis=1).astype(float)


def simulate(
    name: str, split: str, points: float, rounds: int, threshold: compare.Threshold, tests: int
) -> tuple[float, float]:
    """Share of rounds called worse, and the mean drop of F1."""
    home, found, wrong, gold = decisions(name, split)
    metric = registry()["TC"]
    base = rows(home, found, wrong, gold)
    score = float(metric.value(base.sum(0)))
    # Dropping a share q of what is found takes F1 = 2TP / (given + gold) down; solve for the loss that is asked for.
    tp, given, total = base[:, 0].sum(), base[:, 1].sum(), gold.sum()
    wanted = score - points
    drop = 1 - wanted * (given + total - tp) / (tp * (2 - wanted))
    draw = np.random.default_rng(7)
    worse, drops = 0, []
    for _ in range(rounds):
        redrawn = draw.random(len(found)) < 0.1
        new = np.where(redrawn, draw.random(len(found)) < found.mean(), found) & (draw.random(len(found)) >= drop)
        keep = draw.random(len(wrong)) >= 0.1
        others = draw.choice(wrong, size=int((~keep).sum())) if len(wrong) else wrong
        candidate = rows(home, new, np.concatenate([wrong[keep], others]).astype(int), gold)
        p = statistics.paired_p(base, candidate, metric.value, permutations=2_000)
        value = float(metric.value(candidate.sum(0)))
        verdict, _ = compare.verdict(
            score, value, value - score, False, None if p is None else min(1, p * tests), None, threshold, 0.05
        )
        worse += verdict == "worse"
        drops.append(score - value)
    return worse / rounds, float(np.mean(drops))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds")
    rounds = 40 if parser.parse_args().quick else 500
    policy = compare.read_policy(Path(__file__).parents[2] / "configs" / "gate" / "default.yaml")
    print(f"{'system':10} {'split':6} {'true loss':>10} {'mean drop':>10} {'TC alone':>10} {'of five':>10}")
    for split in ("dev", "test"):
        for name in ("lexicon",):
            for points in (0.0, 0.02, 0.03, 0.05):
                alone, mean = simulate(name, split, points, rounds, policy.metrics["TC"], 1)
                five, _ = simulate(name, split, points, rounds, policy.metrics["TC"], len(policy.metrics))
                print(f"{name:10} {split:6} {points:10.3f} {mean:10.4f} {alone:10.3f} {five:10.3f}")


if __name__ == "__main__":
    main()
