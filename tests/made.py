"""Results made for tests: records and predictions as `sommet publish` leaves them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmark import __version__, corpus, results
from benchmark.documents import Document, Prediction, as_prediction
from benchmark.leaderboard.board import HEADLINE
from benchmark.scoring.families import select
from benchmark.scoring.score import Setting, figures, tally


def weakened(gold: Sequence[Document], share: float, seed: int) -> list[Prediction]:
    """The gold with a share of its events left out, drawn one by one."""
    draw = random.Random(seed)  # noqa: S311 - a test
    return [replace(as_prediction(d), events=tuple(v for v in d.events if draw.random() >= share)) for d in gold]


def publish(root: Path, name: str, predictions: Sequence[Prediction], split: str = "dev", repeat: str = "") -> Path:
    """Write a record and its predictions into a results tree; returns their folder."""
    gold = corpus.load(split)
    manifest = corpus.sommet().manifest
    fingerprint = corpus.fingerprint(gold)
    counts = tally(gold, list(predictions), select(HEADLINE), corpus.ontology())
    setting = Setting(manifest.name, manifest.version, split, fingerprint, len(gold))
    record = results.Record(
        corpus=results.CorpusPart(
            manifest.name, manifest.version, split, fingerprint, len(gold), len(counts.storylines)
        ),
        system=results.SystemPart(name, __version__, "test", {}, results.sha256(b"{}"), {}, True),
        predictions=results.PredictionsPart(results.sha256(results.prediction_bytes(predictions)), 0),
        scores=figures(counts, setting),
        code=results.CodePart(__version__, None, None),
        run=results.run_part(0, 0, 0, 0, {}),
    )
    folder = results.published(root, record) / repeat
    results.write(folder, record, predictions)
    return folder
