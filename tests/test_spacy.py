"""The spaCy baseline learns, is the same twice, and survives any text."""

from __future__ import annotations

from pathlib import Path

import pytest

from baselines.spacy_spans import SpacySpans
from benchmark import corpus, segment
from benchmark.documents import Argument, Document, Entity, Event, Span, Status, as_prediction
from benchmark.extractor import predict

pytest.importorskip("spacy")


def made(n: int, names: tuple[str, str], verb: str, label: str) -> Document:
    text = f"{names[0]} et {names[1]} {verb} à Valdris."
    people = [Span(text.index(name), text.index(name) + len(name)) for name in names]
    start = text.index(verb.split()[-1])
    entities = tuple(
        Entity(f"E{i}", "PER", name, (span,)) for i, (name, span) in enumerate(zip(names, people, strict=True))
    )
    arguments = tuple(Argument("Participant", s.start, s.end, f"E{i}") for i, s in enumerate(people))
    event = Event("V1", label, Span(start, start + len(verb.split()[-1])), encounter="x", arguments=arguments)
    return Document(
        f"d{n}",
        (event,),
        entities,
        (),
        (Status("x", "held"),),
        text=text,
        published="2025-10-16",
        sentences=segment.sentences(text),
    )


NAMES = ["Marec", "Solvane", "Quint", "Ourdal"]
TEXTS = [
    made(n, (a, b), verb, label)
    for n, (a, b, verb, label) in enumerate(
        (a, b, verb, label)
        for a in NAMES
        for b in NAMES
        if a != b
        for verb, label in (("se sont rencontrés", "MeetingHeld"), ("se sont téléphoné", "CallHeld"))
    )
]


def small() -> SpacySpans:
    return SpacySpans(width=32, depth=1, epochs=30, patience=30, dropout=0.0)


@pytest.fixture(scope="module")
def system() -> SpacySpans:
    found = small()
    found.fit(TEXTS, TEXTS[:4])
    return found


def test_it_learns_what_is_always_so(system: SpacySpans) -> None:
    for document in TEXTS[:6]:
        prediction = predict(system, document, "x", corpus.ontology())
        assert [(v.trigger, v.type) for v in prediction.events] == [(v.trigger, v.type) for v in document.events]
        (event,), (gold,) = prediction.events, document.events
        assert {(a.role, a.start) for a in event.arguments} == {(a.role, a.start) for a in gold.arguments}


@pytest.mark.slow
def test_two_trainings_give_one_system(system: SpacySpans) -> None:
    again = small()
    again.fit(TEXTS, TEXTS[:4])
    assert [as_prediction(again.extract(d)) for d in TEXTS] == [as_prediction(system.extract(d)) for d in TEXTS]


def test_what_is_kept_is_no_pickle_and_predicts_the_same(system: SpacySpans, tmp_path: Path) -> None:
    system.save(tmp_path)
    pickles = [p for p in tmp_path.rglob("*") if p.is_file() and p.read_bytes()[:2] in (b"\x80\x04", b"\x80\x05")]
    assert not [p for p in pickles if p.read_bytes().endswith(b".")]  # a pickle ends with its STOP
    again = small()
    again.load(tmp_path)
    assert [again.extract(d) for d in TEXTS[:20]] == [system.extract(d) for d in TEXTS[:20]]


@pytest.mark.parametrize(
    "text", ["", "a", "«»…--''.,;:!?\n\n", "Le\x00 sommet\x07 annulé\u2028par Marec.", "习近平 и Путин", "é" * 5000]
)
@pytest.mark.parametrize("published", ["2025-10-16", None])
def test_any_text_gives_a_valid_prediction(system: SpacySpans, text: str, published: str | None) -> None:
    document = Document("x", text=text, published=published, sentences=segment.sentences(text))
    predict(system, document, "x", corpus.ontology())  # checks what it gets
