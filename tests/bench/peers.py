"""What our speed is held against, written anew from the definitions of others.

:func:`textee` scores as TextEE's ``scorer.py`` does (Huang et al. 2024, task E2E): both files are read whole with the
standard ``json`` module; each of six functions then walks all documents, makes two lists of tuples for the corpus, and
compares them as sets. A document is one window here, so its numbers are those of ``TI``, ``TC``, and ``AI`` to ``AC+``
with exact fillers wherever nothing comes twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Keys = Callable[[Json], list[tuple[Any, ...]]]


def _ti(document: Json) -> list[tuple[Any, ...]]:
    name = document["doc_id"]
    return [(name, e["trigger"]["start"], e["trigger"]["end"]) for e in document["events"]]


def _tc(document: Json) -> list[tuple[Any, ...]]:
    name = document["doc_id"]
    return [(name, e["trigger"]["start"], e["trigger"]["end"], e["type"]) for e in document["events"]]


def _ai(document: Json) -> list[tuple[Any, ...]]:
    name = document["doc_id"]
    return [(name, e["type"], a["start"], a["end"]) for e in document["events"] for a in e["arguments"]]


def _ac(document: Json) -> list[tuple[Any, ...]]:
    name = document["doc_id"]
    return [(name, e["type"], a["start"], a["end"], a["role"]) for e in document["events"] for a in e["arguments"]]


def _ai_attached(document: Json) -> list[tuple[Any, ...]]:
    name = document["doc_id"]
    return [
        (name, e["trigger"]["start"], e["trigger"]["end"], e["type"], a["start"], a["end"])
        for e in document["events"]
        for a in e["arguments"]
    ]


def _ac_attached(document: Json) -> list[tuple[Any, ...]]:
    name = document["doc_id"]
    return [
        (name, e["trigger"]["start"], e["trigger"]["end"], e["type"], a["start"], a["end"], a["role"])
        for e in document["events"]
        for a in e["arguments"]
    ]


TEXTEE: dict[str, Keys] = {
    "TI": _ti,
    "TC": _tc,
    "AI:exact": _ai,
    "AC:exact": _ac,
    "AI+:exact": _ai_attached,
    "AC+:exact": _ac_attached,
}


def textee(gold_file: Path, prediction_file: Path) -> dict[str, tuple[int, int, int]]:
    """Matches, predicted and gold items of each metric."""
    with gold_file.open(encoding="utf-8") as lines:
        golds = [json.loads(line) for line in lines]
    with prediction_file.open(encoding="utf-8") as lines:
        predictions = [json.loads(line) for line in lines]
    assert len(golds) == len(predictions)
    result = {}
    for name, keys in TEXTEE.items():
        wanted: list[tuple[Any, ...]] = []
        given: list[tuple[Any, ...]] = []
        for gold, prediction in zip(golds, predictions, strict=True):
            assert gold["doc_id"] == prediction["doc_id"]
            wanted.extend(keys(gold))
            given.extend(keys(prediction))
        ours, theirs = set(wanted), set(given)
        result[name] = (len(ours & theirs), len(theirs), len(ours))
    return result
