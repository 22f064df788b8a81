"""The rules, on sentences of our own: each test is a rule of the guidelines."""

from __future__ import annotations

import pytest

from baselines.rules import Rules
from baselines.rules.french import conjugated
from benchmark import corpus, segment
from benchmark.documents import Document, Prediction
from benchmark.extractor import predict


def read(text: str, published: str | None = "2025-10-16") -> Prediction:
    document = Document("x", text=text, published=published, sentences=segment.sentences(text))
    system = Rules()
    system.ordinary = frozenset(w.lower() for w in ("Les", "Aucune", "Leur", "Après", "Selon", "Lors"))
    return predict(system, document, "x", corpus.ontology())


def found(text: str) -> list[tuple[str, str]]:
    """Trigger and phase or act of each event."""
    formats = ("Summit", "Meeting", "Call")
    return [
        (v.trigger.of(text), next((v.type.removeprefix(f) for f in formats if v.type.startswith(f)), v.type))
        for v in read(text).events
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le sommet entre Ilan Marec et Nora Solvane a été annulé mardi.", [("annulé", "Cancelled")]),
        ("La rencontre entre Ilan Marec et Nora Solvane a été reportée au 3 mai.", [("reportée", "Postponed")]),
        ("Ilan Marec et Nora Solvane se sont longuement rencontrés à Valdris.", [("rencontrés", "Held")]),
        ("Ilan Marec rencontrera Nora Solvane en mars.", [("rencontrera", "Announced")]),
        ("Ilan Marec propose un sommet à Nora Solvane.", [("propose", "Proposed")]),
        ("Aucune rencontre entre Ilan Marec et Nora Solvane n’est prévue.", [("prévue", "Refused")]),
        ("Ilan Marec et Nora Solvane ont tenu une réunion à Valdris.", [("réunion", "Held")]),
        ("Le sommet entre Ilan Marec et Nora Solvane aura lieu le 3 novembre.", [("lieu", "Announced")]),
        ("Le sommet entre Ilan Marec et Nora Solvane est tombé à l’eau.", [("tombé", "Cancelled")]),
        ("L’Orbanie exige le retrait des barrages.", [("exige", "Demand")]),
        ("Ilan Marec et Nora Solvane ont conclu un accord sur l’eau.", [("accord", "Agreement")]),
    ],
)
def test_the_word_that_carries_the_phase_is_the_trigger(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Le prix du pain a augmenté de trois pour cent.",
        "Le ministre a tenu une conférence de presse.",
        "Il a lancé un appel au calme.",
        "L’annulation de la dette a été votée.",
        "Le scrutin prévu lundi se tiendra dans les écoles.",
    ],
)
def test_look_alikes_are_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ilan Marec et Nora Solvane se seraient rencontrés à Valdris.", "possible"),
        ("Ilan Marec et Nora Solvane ne se sont pas rencontrés.", "negated"),
        ("Ilan Marec et Nora Solvane se sont rencontrés à Valdris.", "asserted"),
        ("Ilan Marec menace d’annuler le sommet avec Nora Solvane.", "possible"),
        ("Ilan Marec a annoncé qu’il rencontrerait Nora Solvane.", "asserted"),
    ],
)
def test_factuality_follows_mood_and_negation(text: str, expected: str) -> None:
    (event,) = read(text).events
    assert event.factuality == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le président Ilan Marec et la présidente Nora Solvane se sont rencontrés à Valdris.", "Summit"),
        ("Le président Ilan Marec a rencontré le ministre Davor Quint à Valdris.", "Meeting"),
        ("Les ministres Lena Ourdal et Davor Quint se sont entretenus par téléphone.", "Call"),
    ],
)
def test_the_format_follows_channel_and_rank(text: str, expected: str) -> None:
    (event,) = read(text).events
    assert event.type.startswith(expected)


def test_participants_place_and_date_go_to_every_mention() -> None:
    text = (
        "Le président Ilan Marec et la présidente Nora Solvane se sont rencontrés lundi à Valdris. "
        "Leur entretien a duré une heure."
    )
    prediction = read(text)
    first, second = prediction.events
    names = {e.id: e.name for e in prediction.entities} | {t.id: t.value for t in prediction.times}
    given = [{(a.role, names[a.ref or ""]) for a in v.arguments} for v in (first, second)]
    assert given[0] == given[1]
    assert given[0] == {
        ("Participant", "Ilan Marec"),
        ("Participant", "Nora Solvane"),
        ("Place", "Valdris"),
        ("Date", "2025-10-13"),
    }
    assert first.encounter == second.encounter


def test_the_status_is_the_step_that_the_document_leaves() -> None:
    text = (
        "Le sommet entre Ilan Marec et Nora Solvane, annoncé en mai, a été annulé. Le sommet devait durer deux jours."
    )
    (status,) = read(text).statuses
    assert status.status == "cancelled"


def test_a_repetition_changes_nothing_before_it() -> None:
    text = "Ilan Marec a annulé le sommet avec Nora Solvane. "
    once, twice = read(text), read(text * 2)
    assert [v.trigger for v in twice.events][: len(once.events)] == [v.trigger for v in once.events]


@pytest.mark.parametrize("verb", ["annoncer", "recevoir", "tenir", "réunir", "rompre", "exclure", "remettre", "revoir"])
def test_a_conjugation_has_every_tense(verb: str) -> None:
    assert {tense for _, tense in conjugated(verb)} == {"inf", "pp", "ger", "pres", "imp", "past", "fut", "cond"}


@pytest.mark.parametrize(
    ("verb", "form", "tense"),
    [
        ("appeler", "appellera", "fut"),
        ("annoncer", "annonçait", "imp"),
        ("suggérer", "suggère", "pres"),
        ("recevoir", "reçu", "pp"),
        ("voir", "verraient", "cond"),
        ("convenir", "convenus", "pp"),
        ("remettre", "remise", "pp"),
        ("renvoyer", "renverra", "fut"),
    ],
)
def test_forms_are_french(verb: str, form: str, tense: str) -> None:
    assert (form, tense) in set(conjugated(verb))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "«»…--''’’.,;:!?\n\n",
        "Le\x00 sommet\x07 annulé\u2028par Marec\u2029.",
        "习近平 и Путин встретились",
        "que " * 3000,
    ],
)
@pytest.mark.parametrize("published", ["2025-10-16", None])
def test_any_text_gives_a_valid_prediction(text: str, published: str | None) -> None:
    read(text, published)  # predict checks what it gets
