"""Mistakes by kind, items by credit, and scorers side by side: small cases by hand, laws, and the command line."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from conftest import Sommet
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from strategies import ONTOLOGY, corpora
from test_scores import ANNOUNCED, CANCELLED, GOLD, MAREC, MAY, SOLVANE, TEXT, VALDRIS, prediction

from benchmark import corpus
from benchmark.analysis import LAYERS, Analysis, Kinds, Layers, analyse, date_mistake, lemma, period
from benchmark.documents import Argument, Document, Event, Prediction, Span, Status, Time, as_prediction
from benchmark.formats import jsonl
from benchmark.scoring import peers
from benchmark.scoring.explain import Explanation, explain
from benchmark.scoring.families import registry
from benchmark.scoring.field import COMPARABLE, differences, points, reports
from benchmark.scoring.score import tally

DEV = corpus.load("dev")
Corpus = tuple[list[Document], list[Prediction]]
ONE_SIDED = {"missed", "spurious"}


def analysed(side: Prediction, gold: Document = GOLD, **options: object) -> Analysis:
    return analyse([gold], [side], ONTOLOGY, **options)  # type: ignore[arg-type]


def found(analysis: Analysis, layer: str) -> dict[str, tuple[int, int]]:
    """Gold and predicted items of the categories that are there."""
    return {k: (s.gold, s.given) for k, s in analysis.layers[layer].items() if s.gold or s.given}


def totals(kinds: Kinds) -> tuple[int, int]:
    return sum(s.gold for s in kinds.values()), sum(s.given for s in kinds.values())


# ---------------------------------------------------------------------------------------------------------------------
# Mistakes by hand


def with_arguments(*arguments: Argument) -> Event:
    return replace(ANNOUNCED, arguments=arguments)


WHO, WITH, WHERE, WHEN = ANNOUNCED.arguments
WIDER = replace(ANNOUNCED, trigger=Span(ANNOUNCED.trigger.start - 2, ANNOUNCED.trigger.end))
ELSEWHERE = Event("V9", "SummitAnnounced", Span(0, 3))


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (ANNOUNCED, "right"),
        (WIDER, "span"),
        (replace(WIDER, type="CallHeld"), "span-label"),
        (replace(ANNOUNCED, type="CallAnnounced"), "format"),
        (replace(ANNOUNCED, type="SummitHeld"), "phase"),
        (replace(ANNOUNCED, type="CallHeld"), "label"),
        (replace(ANNOUNCED, type="Agreement"), "label"),
        (replace(ANNOUNCED, factuality="possible", arguments=()), "factuality"),
        (with_arguments(WHO, WITH, WHERE, replace(WHEN, ref="T2")), "date"),
        (with_arguments(replace(WHO, role="Agent"), WITH, WHERE, replace(WHEN, ref="T2")), "date"),
        (with_arguments(replace(WHO, role="Agent"), WITH, WHERE, WHEN), "role"),
        (with_arguments(Argument("Participant", *VALDRIS), WITH, WHERE, WHEN), "entity"),
        (with_arguments(Argument("Participant", MAREC[0], MAREC[1] - 1), WITH, WHERE, WHEN), "entity"),
        (with_arguments(WHO, WITH, WHEN), "arguments"),
    ],
)
def test_an_event_falls_into_the_first_category_that_applies(event: Event, kind: str) -> None:
    analysis = analysed(prediction(event, CANCELLED))
    other = {} if kind == "right" else {"right": (1, 1)}
    assert found(analysis, "events") == {kind: (2, 2) if kind == "right" else (1, 1), **other}


def test_events_that_meet_none_are_missed_and_spurious() -> None:
    analysis = analysed(prediction(CANCELLED, ELSEWHERE))
    assert found(analysis, "events") == {"missed": (1, 0), "spurious": (0, 1), "right": (1, 1)}
    assert analysis.by["label"]["SummitAnnounced"]["events"].keys() == {"missed", "spurious"}
    missed, spurious = (analysis.examples["events"][k][0] for k in ("missed", "spurious"))
    assert (missed.document, missed.expected, missed.given) == ("a-01", "SummitAnnounced « annoncé »", None)
    assert "annoncé un sommet" in missed.sentence
    assert (spurious.expected, spurious.given) == (None, "SummitAnnounced « Mar »")


@pytest.mark.parametrize(
    ("argument", "kinds"),
    [
        (WITH, {"right": (4, 4)}),
        (replace(WITH, role="Agent"), {"right": (3, 3), "role": (1, 1)}),
        (Argument("Participant", SOLVANE[0], SOLVANE[1] + 4), {"right": (3, 3), "extent": (1, 1)}),
        (Argument("Participant", *VALDRIS), {"right": (3, 3), "entity": (1, 1)}),
        (Argument("Target", 0, 3), {"right": (3, 3), "missed": (1, 0), "spurious": (0, 1)}),
    ],
)
def test_arguments_by_hand(argument: Argument, kinds: dict[str, tuple[int, int]]) -> None:
    alone = replace(GOLD, events=(ANNOUNCED,))
    analysis = analysed(prediction(with_arguments(WHO, argument, WHERE, WHEN)), alone)
    assert found(analysis, "arguments") == kinds


def test_arguments_of_other_events_go_with_them() -> None:
    analysis = analysed(prediction(replace(ANNOUNCED, type="CallHeld")))
    assert found(analysis, "arguments") == {"event": (6, 4)}


@pytest.mark.parametrize(
    ("gold", "given_", "kind"),
    [
        ("2030-05-03", "2030-05", "coarser"),
        ("2030-05-03", "2030-W18", "coarser"),
        ("2030-05-03", "2030-Q2", "coarser"),
        ("2030-05", "2030-H1", "coarser"),
        ("2030-05-04", "2030-W18-WE", "coarser"),
        ("2030-SP", "2030", "coarser"),
        ("2030-05-03", "203", "coarser"),
        ("2030", "2030-SP", "finer"),
        ("2030-05", "2030-05-03", "finer"),
        ("2030-05-03", "2029-05-03", "year"),
        ("2030-05", "2031-05", "year"),
        ("2030-05-03", "2030-05-02", "days"),
        ("2030-05-03", "2030-04-26", "weeks"),
        ("2030-W18", "2030-W19", "weeks"),
        ("2030-05-03", "2030-03-22", "other"),
        ("2030-05-03", "2030-05-13", "other"),
        ("2030-05", "2030-06", "other"),
        ("2030-05-03", "mardi", "other"),
        ("2030-05-03", "2030-99", "other"),
        ("2030-05-03", None, "unresolved"),
        (None, "2030-05-03", "open"),
        (None, None, "open"),
    ],
)
def test_wrong_dates_by_hand(gold: str | None, given_: str | None, kind: str) -> None:
    assert date_mistake(gold, given_) == kind


def test_a_time_of_day_counts_as_its_day() -> None:
    evening = (Time("T1", *MAY, "TIME", "2030-05-03TEV"), *GOLD.times[1:])
    assert found(analysed(prediction(ANNOUNCED, CANCELLED, times=evening)), "events") == {"right": (2, 2)}


@given(st.text(alphabet="0123456789-WHQE", max_size=10))
def test_no_value_breaks_a_period(value: str) -> None:
    bounds = period(value)
    assert bounds is None or bounds[0] <= bounds[1]


def test_encounters_split_and_merged() -> None:
    other = replace(CANCELLED, id="V3", trigger=Span(*MAY), encounter="autre")
    gold = replace(GOLD, events=(ANNOUNCED, CANCELLED, other))

    def told(*names: str | None) -> dict[str, tuple[int, int]]:
        events = [replace(v, encounter=n) for v, n in zip(gold.events, names, strict=True)]
        return found(analysed(prediction(*events), gold), "encounters")

    assert told("x", "x", "y") == {"whole": (2, 2)}
    assert told("x", None, "y") == {"split": (1, 2), "whole": (1, 1)}
    assert told("x", "x", "x") == {"merged": (2, 1)}
    assert told("x", "y", "y") == {"split-merged": (1, 1), "split": (0, 1), "merged": (1, 0)}
    assert found(analysed(prediction(ELSEWHERE), gold), "encounters") == {"missed": (2, 0), "spurious": (0, 1)}


def test_encounters_across_a_storyline() -> None:
    second = replace(GOLD, doc_id="a-02")
    sides = [as_prediction(GOLD), as_prediction(second)]
    apart = [replace(s, events=tuple(replace(v, encounter=s.doc_id) for v in s.events)) for s in sides]
    analysis = analyse([GOLD, second], apart, ONTOLOGY)
    assert found(analysis, "encounters") == {"whole": (2, 2)}
    assert found(analysis, "storyline encounters") == {"split": (1, 2)}


def test_triggers_seen_in_training() -> None:
    assert lemma("L’a\n Annoncé") == "l'a annoncé"
    train = [replace(GOLD, events=(replace(ANNOUNCED, type="CallHeld"), CANCELLED))]
    groups = analysed(as_prediction(GOLD), train=train).by["trigger"]
    assert {name: found_in["events"]["right"].gold for name, found_in in groups.items()} == {
        "other label": 1,
        "seen": 1,
    }
    assert "trigger" not in analysed(as_prediction(GOLD)).by
    assert analysed(as_prediction(GOLD), train=[]).by["trigger"].keys() == {"unseen"}


def test_distances_in_sentences() -> None:
    cut = TEXT.index(" ;") + 2
    gold = replace(GOLD, sentences=((0, cut), (cut + 1, len(TEXT))))
    far = replace(CANCELLED, arguments=(replace(CANCELLED.arguments[0], start=MAREC[0], end=MAREC[1]),))
    distances = analysed(prediction(ANNOUNCED, far), replace(gold, events=(ANNOUNCED, far))).by["distance"]
    assert {name: totals(layers["arguments"]) for name, layers in distances.items()} == {"0": (4, 4), "1": (1, 1)}


def test_confusions_are_counted() -> None:
    confusion = analysed(prediction(replace(ANNOUNCED, type="CallHeld"), CANCELLED)).confusion
    assert confusion["label"] == {"SummitAnnounced": {"CallHeld": 1}, "SummitCancelled": {"SummitCancelled": 1}}
    assert confusion["phase"] == {"Announced": {"Held": 1}, "Cancelled": {"Cancelled": 1}}
    assert confusion["format"] == {"Summit": {"Call": 1, "Summit": 1}}


# ---------------------------------------------------------------------------------------------------------------------
# Laws of mistakes


@given(corpora())
def test_every_item_is_in_exactly_one_category(case: Corpus) -> None:
    gold, given_ = case
    analysis = analyse(gold, given_, ONTOLOGY, train=gold[:1])
    events = tuple(sum(len(d.events) for d in side) for side in case)
    arguments = tuple(sum(len(v.arguments) for d in side for v in d.events) for side in case)
    assert totals(analysis.layers["events"]) == events
    assert totals(analysis.layers["arguments"]) == arguments
    wrong = analysis.layers["arguments"]["date"]
    assert totals(analysis.layers["dates"]) == (wrong.gold, wrong.given)
    encounters = [
        {(d.doc_id, v.encounter or i) for d in side for i, v in enumerate(d.events)} for side in (gold, given_)
    ]
    assert totals(analysis.layers["encounters"]) == tuple(map(len, encounters))
    for layer in ("events", "arguments", "dates"):
        for kind, sides in analysis.layers[layer].items():
            if kind not in (*ONE_SIDED, "event"):
                assert sides.gold == sides.given, (layer, kind)
    pairs = sum(s.gold for k, s in analysis.layers["events"].items() if k not in ONE_SIDED)
    for table in analysis.confusion.values():
        assert sum(n for row in table.values() for n in row.values()) == pairs


@given(corpora())
def test_the_parts_of_a_property_add_up(case: Corpus) -> None:
    gold, given_ = case
    analysis = analyse(gold, given_, ONTOLOGY, train=gold[:1])

    def summed(parts: list[Layers], layer: str, kind: str) -> tuple[int, int]:
        return totals({str(i): p[layer][kind] for i, p in enumerate(parts) if kind in p.get(layer, {})})

    for name, values in analysis.by.items():
        layers = ("arguments", "dates") if name in ("role", "distance") else ("events", "arguments", "dates")
        for layer in layers:
            for kind in LAYERS[layer]:
                whole = analysis.layers[layer][kind]
                assert summed([*values.values()], layer, kind) == (whole.gold, whole.given), (name, layer, kind)


@given(corpora(shared=False))
def test_categories_agree_with_the_metrics(case: Corpus) -> None:
    gold, given_ = case
    layers = analyse(gold, given_, ONTOLOGY).layers
    counted = tally(gold, given_, registry().values(), ONTOLOGY)
    tp = {name: counted.rows(name).sum(0)[0] for name in ("TI", "TC", "TC-fact", "AC+")}
    same_extent = {k: s.gold for k, s in layers["events"].items() if not k.startswith("span") and k not in ONE_SIDED}
    assert sum(same_extent.values()) == tp["TI"]
    same_label = {k: n for k, n in same_extent.items() if k not in ("format", "phase", "label")}
    assert sum(same_label.values()) == tp["TC"]
    assert sum(n for k, n in same_label.items() if k != "factuality") == tp["TC-fact"]
    right = layers["arguments"]["right"].gold
    assert right >= tp["AC+"]
    if not any(t.type == "TIME" for side in (*gold, *given_) for t in side.times):
        assert right == tp["AC+"]


@given(corpora(), st.integers(0, 1000))
def test_order_plays_no_part(case: Corpus, seed: int) -> None:
    gold, given_ = case
    shuffler = random.Random(seed)  # noqa: S311 - a test
    order = shuffler.sample(range(len(gold)), len(gold))

    def mixed(side: Prediction) -> Prediction:
        return replace(
            side,
            events=tuple(
                replace(v, arguments=tuple(shuffler.sample(v.arguments, len(v.arguments))))
                for v in shuffler.sample(side.events, len(side.events))
            ),
            entities=tuple(shuffler.sample(side.entities, len(side.entities))),
        )

    again = analyse([gold[i] for i in order], [mixed(given_[i]) for i in order], ONTOLOGY)
    assert again == analyse(gold, given_, ONTOLOGY)


def test_gold_makes_no_mistakes() -> None:
    analysis = analyse(DEV, [as_prediction(d) for d in DEV], ONTOLOGY)
    assert {k for layer in ("events", "arguments") for k in found(analysis, layer)} == {"right"}
    assert found(analysis, "dates") == {}
    assert {k for layer in ("encounters", "storyline encounters") for k in found(analysis, layer)} == {"whole"}
    assert not analysis.examples.get("events")


# ---------------------------------------------------------------------------------------------------------------------
# Item views

LISTED = [m for m in registry().values() if m.lister is not None]
# Their denominators are mentions; what is listed are fillers and chains.
BY_MENTION = {"Record-phi3", "CEAFm", "Entity-CEAFm"}


def test_which_metrics_have_an_item_view() -> None:
    families = {m.family for m in LISTED}
    assert families == {m.family for m in registry().values()} - {"factuality"}
    assert {m.name for m in registry().values() if m.family in families and m.lister is None} == {
        *(f"{of}{name}" for of in ("", "Entity-") for name in ("MUC", "B3", "LEA", "BLANC", "CoNLL")),
        "XDoc-CoNLL",
        "Status-spurious",
    }


@settings(max_examples=40)
@given(corpora(max_documents=2))
def test_credits_add_up_to_what_is_counted(case: Corpus) -> None:
    for metric in LISTED:
        units: list[Any] = [case] if metric.unit == "storyline" else [*zip(*case, strict=True)]
        for gold, side in units:
            assert metric.lister is not None
            matches = [*metric.lister(gold, side, ONTOLOGY)]
            rows = [*metric.count(gold, side, ONTOLOGY).values()]
            counted = [sum(row[i] for row in rows) for i in range(4)]
            assert sum(m.credit for m in matches) == pytest.approx(counted[0]), metric.name
            assert all(m.credit == 0 for m in matches if m.gold is None or m.given is None)
            if metric.name not in BY_MENTION:
                assert sum(m.given is not None for m in matches) == counted[1], metric.name
                assert sum(m.gold is not None for m in matches) == counted[3], metric.name


def explained(side: Prediction, *names: str, gold: Document = GOLD) -> list[Explanation]:
    return explain([gold], [side], gold.doc_id, [registry()[n] for n in names], ONTOLOGY)


def test_an_explanation_shows_both_sides_in_order_of_place() -> None:
    (trigger, dates, links) = explained(
        prediction(ANNOUNCED, replace(CANCELLED, type="SummitHeld"), ELSEWHERE), "TC", "Date-V", "MUC"
    )
    assert trigger.items is not None
    assert [(i.label, i.gold, i.given, i.credit) for i in trigger.items] == [
        ("SummitAnnounced", None, "0–3 « Mar »", 0),
        ("SummitAnnounced", "8–15 « annoncé »", "8–15 « annoncé »", 1),
        ("SummitCancelled", "70–76 « annulé »", None, 0),
        ("SummitHeld", None, "70–76 « annulé »", 0),
    ]
    assert (trigger.credit, trigger.given, trigger.gold) == (1, 3, 2)
    assert dates.items is not None
    assert dates.items[0].gold == "8–15 « annoncé », Date, 2030-05-03"
    assert links.items is None
    assert "no item view" in links.note


def test_fillers_are_shown_in_words() -> None:
    who = Argument("Participant", MAREC[0], MAREC[1] - 1)
    (found_,) = explained(prediction(with_arguments(who, WHEN)), "AC+")
    assert found_.items is not None
    assert [(i.gold, i.given) for i in found_.items][:2] == [
        ("8–15 « annoncé », DATE 2030-05-03, Date", "8–15 « annoncé », DATE 2030-05-03, Date"),
        ("8–15 « annoncé », E1 Marec, Participant", None),
    ]
    assert (None, "8–15 « annoncé », 0–4 « Mare » (no gold mention), Participant") in [
        (i.gold, i.given) for i in found_.items
    ]


def test_decisions_and_steps_of_a_storyline_are_shown() -> None:
    """Two documents of one affair, of which the system sees the first only."""
    first = replace(GOLD, events=(ANNOUNCED,), statuses=(Status("sommet", "announced"),))
    second = replace(GOLD, doc_id="a-02", published="2030-04-13", events=(CANCELLED,))
    second = replace(second, statuses=(Status("sommet", "cancelled"),))
    elsewhere = replace(first, doc_id="b-01", storyline="b")
    sides = [replace(as_prediction(first), statuses=()), Prediction("a-02"), Prediction("b-01")]
    metrics = [registry()["Step"], registry()["Status"]]
    steps, status = explain([first, second, elsewhere], sides, "a-02", metrics, ONTOLOGY)
    assert steps.items is not None
    assert status.items is not None
    assert [(i.label, i.gold, i.given, i.credit) for i in steps.items] == [
        ("Announced", "sommet, no date", "sommet, no date", 1),
        ("Cancelled", "sommet, 2030-04-11", None, 0),
    ]
    assert [(i.gold, i.given, i.credit) for i in status.items] == [
        ("sommet, 2030-04-12, announced", "sommet, 2030-04-12, announced", 1),
        ("sommet, 2030-04-13, cancelled", "sommet, 2030-04-13, announced", 0),
    ]
    assert status.note == "Over the 2 documents of the storyline a."


def test_a_long_chain_is_cut() -> None:
    many = tuple(Event(f"V{i}", "Demand", Span(i % 80, i % 80 + 1), encounter="x") for i in range(5000))
    (found_,) = explained(Prediction("a-01", many), "CEAFe")
    assert found_.items is not None
    assert [i.given.endswith("and 4960 more") for i in found_.items if i.given] == [True]


def test_fillers_of_a_record_stand_together_under_its_name() -> None:
    """Two records of one label, of which the second is not found."""
    other = replace(ANNOUNCED, id="V3", trigger=Span(*VALDRIS), encounter="autre", arguments=(WHERE, WHEN))
    gold = replace(GOLD, events=(replace(ANNOUNCED, arguments=(WHEN,)), other))
    mine = replace(ANNOUNCED, arguments=(WHERE, WHEN), encounter=None)
    (found_,) = explained(prediction(mine), "Record", gold=gold)
    assert found_.items is not None
    assert [(i.gold, i.given, i.credit) for i in found_.items] == [
        ("autre, Place, 50–57 « Valdris »", "V1, Place, 50–57 « Valdris »", 1),
        ("autre, Date, DATE 2030-05-03", "V1, Date, DATE 2030-05-03", 1),
        ("sommet, Date, DATE 2030-05-03", None, 0),
    ]


# ---------------------------------------------------------------------------------------------------------------------
# Scorers side by side

GOLD_SIDES = [as_prediction(d) for d in DEV]
ALL = reports(peers.names(), DEV, GOLD_SIDES, ONTOLOGY)


def test_comparable_figures_are_there() -> None:
    for concept, sources in COMPARABLE.items():
        assert len(sources) > 1, concept
        for name, source in sources.items():
            assert points(ALL[name], source.path)["f1"] == pytest.approx(100), (concept, name)


def test_reports_are_those_of_the_scorers() -> None:
    assert ALL["textee"].figures == peers.load("textee").score(DEV, GOLD_SIDES, {})
    assert set(ALL["gtt"].figures) == {"type", "micro", *ONTOLOGY.roles}
    assert set(ALL["multiset"].figures) == {"omnievent_trigger", "omnievent_argument"}


def test_every_difference_has_its_reason() -> None:
    copies = [replace(s, events=(*s.events, *(replace(v, id=f"X{v.id}") for v in s.events))) for s in GOLD_SIDES]
    (one,) = differences(reports(["textee", "multiset"], DEV, copies, ONTOLOGY))[:1]
    assert one.figure == "trigger and label"
    # Sets make copies free, multisets do not.
    assert one.f1[0] == pytest.approx(100)
    assert one.difference is not None
    assert one.difference > 30
    assert "a copy is free" in one.reason
    assert "a copy is a false positive" in one.reason
    # Events that share trigger and label are all copies to sets; where there is none, gold is right for both.
    assert set(one.documents) == {d.doc_id for d in DEV if d.events}
    assert [*one.documents.values()] == sorted(one.documents.values(), reverse=True)
    once = [GOLD_SIDES[0], *copies[1:]]
    alike = DEV[0].doc_id
    (other,) = differences(reports(["textee", "multiset"], DEV, once, ONTOLOGY))[:1]
    assert one.documents.keys() - other.documents.keys() == {alike}
    every = differences(ALL)
    assert len({(d.scorers, d.paths) for d in every}) == len(every)


# ---------------------------------------------------------------------------------------------------------------------
# The command line


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """The gold of dev with a label, a date and an encounter exchanged."""
    first = DEV[0].events[0]
    hostile = replace(first, encounter="[bold]x[/bold]|\u202e<b>")
    label = next(
        n for n, v in ONTOLOGY.labels.items() if n != first.type and v.phase and first.type.startswith(v.format)
    )
    sides = [as_prediction(d) for d in DEV]
    sides[0] = replace(sides[0], events=(replace(hostile, type=label, arguments=()), *sides[0].events[2:]))
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(b"".join(map(jsonl.encode, sides)))
    return path


def test_errors_in_every_form(sommet: Sommet, predictions: Path) -> None:
    words = ("--split", "dev", "--examples", 1)
    text, md = (sommet("errors", predictions, *words, "--format", form) for form in ("text", "md"))
    piped = sommet("errors", "-", *words, "--format", "json", stdin=predictions.read_bytes())
    assert (text.returncode, md.returncode, piped.returncode) == (0, 0, 0), piped.stderr
    analysis = json.loads(piped.stdout)
    assert analysis["layers"]["events"]["missed"] == {"gold": 1, "given": 0}
    assert analysis["layers"]["events"]["phase"] == {"gold": 1, "given": 1}
    assert {"label", "subset", "outlet", "trigger", "role", "distance"} == set(analysis["by"])
    for done in (text, md):
        assert "Confusion of phase" in done.stdout
        assert DEV[0].doc_id in done.stdout


def test_what_a_file_says_is_shown_as_it_is(sommet: Sommet, predictions: Path) -> None:
    lone = Event("V1", DEV[0].events[0].type, Span(0, 2), encounter="[bold]x[/bold]|\u202e<b>")
    gold = predictions.with_name("gold.jsonl")
    jsonl.write(DEV[:1], gold)
    predictions.write_bytes(jsonl.encode(Prediction(DEV[0].doc_id, events=(lone,))))
    text, md = (sommet("errors", predictions, "--gold", gold, "--format", form).stdout for form in ("text", "md"))
    assert "\u202e" not in text + md
    assert "[bold]x[/bold]" in text
    assert r"\[bold\]x\[/bold\]\|" in md
    assert r"\<b\>" in md


def test_explain_from_the_shell(sommet: Sommet, predictions: Path) -> None:
    words = ("score", predictions, "--split", "dev", "--explain", DEV[0].doc_id)
    done = sommet(*words, "--metrics", "TC,CoNLL,Status", "--format", "json")
    assert done.returncode == 0, done.stderr
    trigger, links, status = json.loads(done.stdout)["metrics"]
    events = len(DEV[0].events)
    assert (trigger["credit"], trigger["given"], trigger["gold"]) == (events - 2, events - 1, events)
    assert links["items"] is None
    assert f"of the storyline {DEV[0].storyline}" in status["note"]
    text = sommet(*words, "--metrics", "TC")
    assert f"TC on {DEV[0].doc_id}" in text.stdout
    assert f"Credit {events - 2}; precision divides it by {events - 1}, recall by {events}." in text.stdout


def test_scorers_side_by_side_from_the_shell(sommet: Sommet, predictions: Path) -> None:
    words = ("score", predictions, "--split", "dev", "--as", "textee", "--as", "seqeval")
    text, md = (sommet(*words, "--format", form) for form in ("text", "md"))
    for done in (text, md):
        assert done.returncode == 0, done.stderr
        assert "Side by side" in done.stdout
        assert "a copy is free" in " ".join(done.stdout.split())
    found_ = json.loads(sommet(*words, "--format", "json").stdout)
    assert found_["scorers"]["textee"]["unit"] == "percent"
    assert found_["differences"][0]["paths"] == ["TC", "strict.micro"]


def test_figures_of_nothing_are_undefined() -> None:
    """PHEE leaves out cells that no document has."""
    empty = [Document("d", text="Rien.")]
    assert {d.difference for d in differences(reports(["phee", "gtt"], empty, [Prediction("d")], ONTOLOGY))} <= {
        None,
        0,
    }
    assert points(reports(["phee"], empty, [], ONTOLOGY)["phee"], ("classification", "Trigger", "exact"))["f1"] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--as", "texte"], "expected textee"),
        (["--as", "textee", "--metrics", "TC"], "--as stands alone"),
        (["--explain", f"{DEV[0].doc_id}x"], f"expected {DEV[0].doc_id}"),
        (["--explain", ""], "no document"),
    ],
)
def test_bad_usage_exits_2(sommet: Sommet, predictions: Path, words: list[str], message: str) -> None:
    done = sommet("score", predictions, "--split", "dev", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_record_keeps_the_counts(sommet: Sommet, tmp_path: Path) -> None:
    assert sommet("run", "extractor=empty", "split=dev").returncode == 0
    (record,) = (tmp_path / "runs").rglob("record.json")
    kept = json.loads(record.read_text(encoding="utf-8"))["errors"]
    assert kept["layers"].keys() == LAYERS.keys()
    assert {"label", "subset", "outlet", "trigger"} <= kept["by"].keys()
    assert kept["layers"]["events"]["missed"] == {"gold": sum(len(d.events) for d in DEV), "given": 0}
