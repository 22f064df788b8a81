"""Encounters across documents: what the run does with ids, and the linker."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from baselines.linker import Overlap
from baselines.oracle import Oracle
from benchmark import corpus
from benchmark.documents import Argument, Document, Entity, Event, Prediction, Span, Status, Time, as_prediction
from benchmark.extractor import ExtractorFailed, link, predictions
from benchmark.scoring import score
from benchmark.scoring.families import registry

ONTOLOGY = corpus.ontology()
DEV = corpus.load("dev")
GOLD = [as_prediction(d) for d in DEV]


def value(name: str, predictions: list[Prediction]) -> float:
    metric = registry()[name]
    return float(metric.value(score.tally(DEV, predictions, [metric], ONTOLOGY).rows(name).sum(0)))


def test_without_a_linker_no_encounter_is_in_two_documents() -> None:
    alone = link(None, DEV, GOLD, ONTOLOGY)
    seen: dict[str | None, str] = {}
    for prediction in alone:
        for event in prediction.events:
            assert seen.setdefault(event.encounter, prediction.doc_id) == prediction.doc_id
    assert value("CoNLL", alone) == 1
    assert value("XDoc-CoNLL", alone) < 1


def test_the_linker_finds_back_more_than_documents_alone_show() -> None:
    alone, linked = link(None, DEV, GOLD, ONTOLOGY), link(Overlap(), DEV, GOLD, ONTOLOGY)
    assert value("XDoc-CoNLL", linked) > value("XDoc-CoNLL", alone)
    assert value("CoNLL", linked) == 1  # two encounters of one document are never one
    assert value("Status-spurious", linked) < value("Status-spurious", alone)


def test_order_of_documents_and_names_of_encounters_play_no_part() -> None:
    linked = link(Overlap(), DEV, GOLD, ONTOLOGY)
    order = np.random.default_rng(3).permutation(len(DEV))
    mixed = link(Overlap(), [DEV[i] for i in order], [GOLD[i] for i in order], ONTOLOGY)
    assert [linked[i] for i in order] == mixed
    renamed = [
        replace(
            p,
            events=tuple(replace(v, encounter=f"x{(v.encounter or '')[::-1]}") for v in p.events),
            statuses=tuple(Status(f"x{s.encounter[::-1]}", s.status) for s in p.statuses),
        )
        for p in GOLD
    ]
    assert link(Overlap(), DEV, renamed, ONTOLOGY) == linked


def page(doc_id: str, published: str, party: str, value: str) -> tuple[Document, Prediction]:
    text = f"{party} voit Solvane à Valdris le 3 mai."
    document = Document(doc_id, text=text, published=published, storyline="s")
    entities = (
        Entity("E1", "PER", party, (Span(0, len(party)),)),
        Entity("E2", "PER", "Solvane", (Span(text.index("Solvane"), text.index("Solvane") + 7),)),
    )
    day = Span(text.index("le 3 mai"), text.index("le 3 mai") + 8)
    arguments = (
        *(Argument("Participant", e.mentions[0].start, e.mentions[0].end, e.id) for e in entities),
        Argument("Date", day.start, day.end, "T1"),
    )
    event = Event("V1", "MeetingHeld", Span(len(party) + 1, len(party) + 5), encounter="a", arguments=arguments)
    return document, Prediction(doc_id, (event,), entities, (Time("T1", day.start, day.end, "DATE", value),))


@pytest.mark.parametrize(
    ("party", "value", "same"),
    [("Marec", "2030-05-03", True), ("Marec", "2030-06-03", False), ("Quint", "2030-05-03", True)],
)
def test_a_day_that_is_contradicted_parts_what_parties_alone_would_join(party: str, value: str, same: bool) -> None:
    pages = [page("d1", "2030-05-04", "Marec", "2030-05-03"), page("d2", "2030-05-05", party, value)]
    one, other = link(Overlap(), [d for d, _ in pages], [p for _, p in pages], ONTOLOGY)
    assert (one.events[0].encounter == other.events[0].encounter) == same


def test_a_linker_that_returns_other_documents_is_refused() -> None:
    class Wrong:
        def link(self, documents: list[Document]) -> list[Prediction]:
            return [Prediction("other") for _ in documents]

    with pytest.raises(ExtractorFailed, match="other documents"):
        link(Wrong(), DEV[:1], GOLD[:1], ONTOLOGY)


def test_a_system_that_links_is_not_linked_again() -> None:
    class Never:
        def link(self, documents: Sequence[Document]) -> list[Prediction]:
            raise AssertionError

    assert value("Status", predictions(Oracle(), DEV, Never(), ONTOLOGY)) == 1
    assert value("Status", predictions(Oracle("document"), DEV, Overlap(), ONTOLOGY)) < 1
