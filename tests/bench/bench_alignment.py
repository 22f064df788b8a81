"""Alignment of records and templates: CEAF and the GTT style stay polynomial in the templates of a document."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial

import common
from msgspec.structs import replace

from benchmark import corpus
from benchmark.documents import Document, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring import peers
from benchmark.scoring.core import DocumentCounter
from benchmark.scoring.families import select

METRICS = ("Record", "Record-phi3", "Record-exact", "CEAF-REE", "CEAFe", "Partial", "Nugget-type")
PEERS = ("gtt", "iterx", "grit")
ROLES = {"roles": ("Participant", "Agent", "Place")}


def case(templates: int) -> tuple[Document, Prediction]:
    """A document of so many templates, all of one type, each with an encounter of its own: the worst case."""
    gold, prediction = next(iter(common.documents(1, events=templates)))
    sides = []
    for side in (gold, prediction):
        events = tuple(replace(v, type="SummitAnnounced", encounter=f"e-{i}") for i, v in enumerate(side.events))
        sides.append(replace(side, events=events, statuses=()))
    return sides[0], sides[1]  # type: ignore[return-value]


def main() -> None:
    """Measure and print."""
    quick = common.quick()
    sizes, runs = ((5, 10), 1) if quick else ((15, 30, 60), common.RUNS)
    cases = [case(n) for n in sizes]
    ontology = corpus.ontology()
    rows: list[tuple[object, ...]] = []
    different = []

    def timed(work: Callable[[Document, Prediction], object]) -> list[float]:
        work(*cases[0])  # imports the solver
        return [common.seconds(partial(work, *sides), runs)[0] for sides in cases]

    for name in METRICS:
        count: DocumentCounter = select([name])[0].count  # type: ignore[assignment]
        rows.append((name, *timed(partial(_counted, count, ontology))))
        for gold, _ in cases:
            perfect = count(gold, replace(gold, events=gold.events[::-1]), ontology).values()
            if any(not math.isclose(row[0], row[1]) or not math.isclose(row[2], row[3]) for row in perfect):
                different.append(f"{name}: gold in another order is not perfect")
    for name in PEERS:
        rows.append((f"{name} (peer)", *timed(partial(_reported, peers.load(name)))))
    rows.append(("target", *("< 1" if n == 30 else "" for n in sizes)))
    head = ("seconds a document", *(f"{n} templates" for n in sizes))
    common.show("Templates of one type in one document", rows, head)
    common.finish(different)


def _counted(count: DocumentCounter, ontology: Ontology, gold: Document, prediction: Prediction) -> object:
    return count(gold, prediction, ontology)


def _reported(scorer: peers.Peer, gold: Document, prediction: Prediction) -> object:
    return scorer.score([gold], [prediction], ROLES)


if __name__ == "__main__":
    sys.exit(main())
