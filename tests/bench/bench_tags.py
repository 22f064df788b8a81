"""Strict scoring of spans in IOB2 sequences against ``seqeval.metrics.classification_report``."""

from __future__ import annotations

import math
import random
import sys
from typing import Any

import common
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from benchmark.scoring.peers import seqeval

_NAMES = {"p": "precision", "r": "recall", "f1": "f1-score", "support": "support"}


def sentence(generator: random.Random, length: int = 20, labels: int = 8) -> list[str]:
    """Tags of a sentence, about three spans of one to three tokens."""
    tags: list[str] = []
    while len(tags) < length:
        if generator.random() < 0.15:
            label = f"L{generator.randrange(labels)}"
            tags += [f"B-{label}", *[f"I-{label}"] * generator.randrange(3)]
        else:
            tags.append("O")
    return tags[:length]


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Where the two reports do not say the same."""
    pairs = {f"{k} avg": ours[k] for k in ("micro", "macro", "weighted")} | ours["per_type"]
    found = [f"labels {sorted(set(pairs) ^ set(theirs))}"] if set(pairs) != set(theirs) else []
    for name, row in pairs.items():
        for key, value in row.items():
            if not math.isclose(value, theirs[name][_NAMES[key]], rel_tol=1e-12):
                found.append(f"{name} {key}: {value}, seqeval {theirs[name][_NAMES[key]]}")
    return found


def main() -> None:
    """Measure and print."""
    quick = common.quick()
    number, runs = (500, 1) if quick else (100_000, common.RUNS)
    generator = random.Random(common.SEED)  # noqa: S311 - data for a bench
    gold = [sentence(generator) for _ in range(number)]
    given = [s if generator.random() < 0.6 else sentence(generator) for s in gold]
    ours, report = common.seconds(lambda: seqeval.classification_report(gold, given), runs)
    strict, theirs = common.seconds(
        lambda: classification_report(gold, given, mode="strict", scheme=IOB2, output_dict=True, zero_division=0), runs
    )
    lenient, _ = common.seconds(lambda: classification_report(gold, given, output_dict=True, zero_division=0), runs)
    common.show(
        f"{number:,} sentences of 20 tags, eight labels: per label, micro, macro, weighted",
        [
            ("sommet", ours, 1.0, ""),
            ("seqeval, strict", strict, strict / ours, ">= 20"),
            ("seqeval, default mode", lenient, lenient / ours, ""),
        ],
    )
    common.finish(differences(report, theirs))


if __name__ == "__main__":
    sys.exit(main())
