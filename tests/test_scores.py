"""Scores by hand and by oracle (seqeval, scikit-learn)."""

from __future__ import annotations

import pytest
from hypothesis import given
from msgspec.structs import replace
from strategies import corpora

import benchmark
from benchmark import corpus, run
from benchmark.documents import Argument, Document, Entity, Event, Prediction, Span, Time, as_prediction
from benchmark.errors import InvalidInput
from benchmark.scoring.families import registry, select
from benchmark.scoring.score import tally

ONTOLOGY = corpus.ontology()
TEXT = "Marec a annoncé un sommet avec Solvane le 3 mai à Valdris ; Marec l’a annulé hier."


def span(words: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = TEXT.index(words, at + 1)
    return at, at + len(words)


MAREC, MAREC_AGAIN, SOLVANE, VALDRIS = span("Marec"), span("Marec", 1), span("Solvane"), span("Valdris")
MAY, YESTERDAY = span("le 3 mai"), span("hier")


def event(number: int, label: str, words: str, *arguments: Argument, factuality: str = "asserted") -> Event:
    return Event(f"V{number}", label, Span(*span(words)), factuality, "sommet", arguments)


GOLD = Document(
    doc_id="a-01",
    text=TEXT,
    published="2030-04-12",
    storyline="a",
    entities=(
        Entity("E1", "PER", "Marec", (Span(*MAREC), Span(*MAREC_AGAIN))),
        Entity("E2", "PER", "Solvane", (Span(*SOLVANE),)),
        Entity("E3", "GPE", "Valdris", (Span(*VALDRIS),)),
    ),
    times=(Time("T1", *MAY, "DATE", "2030-05-03"), Time("T2", *YESTERDAY, "DATE", "2030-04-11")),
    events=(
        event(
            1,
            "SummitAnnounced",
            "annoncé",
            Argument("Participant", *MAREC, "E1"),
            Argument("Participant", *SOLVANE, "E2"),
            Argument("Place", *VALDRIS, "E3"),
            Argument("Date", *MAY, "T1"),
        ),
        event(
            2, "SummitCancelled", "annulé", Argument("Agent", *MAREC_AGAIN, "E1"), Argument("ActDate", *YESTERDAY, "T2")
        ),
    ),
)


def prediction(*events: Event, times: tuple[Time, ...] = GOLD.times) -> Prediction:
    return Prediction("a-01", events=events, times=times)


def counts(metric: str, given: Prediction, gold: Document = GOLD) -> tuple[float, float, float]:
    """tp, predicted, gold."""
    row = tally([gold], [given], select([metric]), ONTOLOGY).rows(metric).sum(0)
    return float(row[0]), float(row[1]), float(row[3])


ANNOUNCED, CANCELLED = GOLD.events


EVENING = Time("T3", *span("hier"), "TIME", "2030-05-03TEV")
WITH_EVENING = replace(ANNOUNCED, arguments=(Argument("Date", *MAY, "T1"), Argument("Date", *span("hier"), "T3")))


@pytest.mark.parametrize(
    ("metric", "given", "expected"),
    [
        ("TI", prediction(replace(ANNOUNCED, type="CallHeld")), (1, 1, 2)),
        ("TC", prediction(replace(ANNOUNCED, type="CallHeld")), (0, 1, 2)),
        ("TC-phase", prediction(replace(ANNOUNCED, type="CallAnnounced")), (1, 1, 2)),
        ("TC-format", prediction(replace(ANNOUNCED, type="SummitHeld")), (1, 1, 2)),
        ("TC-fact", prediction(replace(ANNOUNCED, factuality="possible"), CANCELLED), (1, 2, 2)),
        ("TC", prediction(ANNOUNCED, ANNOUNCED), (1, 2, 2)),
        # The second mention of an entity is that entity by entity, and another filler by span.
        ("AC+", prediction(replace(ANNOUNCED, arguments=(Argument("Participant", *MAREC_AGAIN),))), (1, 1, 6)),
        ("AC+:exact", prediction(replace(ANNOUNCED, arguments=(Argument("Participant", *MAREC_AGAIN),))), (0, 1, 6)),
        # Two mentions of one entity for one slot: one is right.
        (
            "AC+",
            prediction(
                replace(ANNOUNCED, arguments=(Argument("Participant", *MAREC), Argument("Participant", *MAREC_AGAIN)))
            ),
            (1, 2, 6),
        ),
        ("AI+", prediction(replace(ANNOUNCED, arguments=(Argument("Agent", *SOLVANE),))), (1, 1, 6)),
        ("AC", prediction(replace(ANNOUNCED, trigger=Span(0, 2))), (4, 4, 6)),
        ("AC+", prediction(replace(ANNOUNCED, trigger=Span(0, 2))), (0, 4, 6)),
        # A time stands for its type and value: its own span does not matter, a wrong value does.
        ("AC+", prediction(ANNOUNCED, times=(Time("T1", 0, 5, "DATE", "2030-05-03"),)), (4, 4, 6)),
        ("AC+", prediction(ANNOUNCED, times=(Time("T1", *MAY, "DATE", "2031-05-03"),)), (3, 4, 6)),
        ("Date-V", prediction(ANNOUNCED, CANCELLED), (2, 2, 2)),
        ("Date-V", prediction(ANNOUNCED, times=(Time("T1", *MAY, "DATE", "2030-05"),)), (0, 1, 2)),
        ("Date-V~", prediction(ANNOUNCED, times=(Time("T1", *MAY, "DATE", "2030-05"),)), (1, 1, 2)),
        ("Date-V~", prediction(ANNOUNCED, times=(Time("T1", *MAY, "DATE", "2030-W18"),)), (1, 1, 2)),
        ("Date-V~", prediction(ANNOUNCED, times=(Time("T1", *MAY, "DATE", "2030"),)), (0, 1, 2)),
        ("Date-V~", prediction(ANNOUNCED, times=(Time("T1", *MAY, "TIME", "2030-05-03T14:00"),)), (1, 1, 2)),
        ("Date-V", prediction(ANNOUNCED, times=(Time("T1", *MAY, "DATE", "FUTURE_REF"),)), (0, 1, 2)),
        ("Date-V", prediction(replace(ANNOUNCED, arguments=(Argument("Date", *MAY),))), (0, 1, 2)),
        # Two expressions that say one day of one role are one date, one expression given twice is two.
        ("Date-V", prediction(WITH_EVENING, times=(*GOLD.times, EVENING)), (1, 1, 2)),
        ("Date-V", prediction(replace(ANNOUNCED, arguments=(Argument("Date", *MAY, "T1"),) * 2)), (1, 2, 2)),
        ("IOB2", prediction(ANNOUNCED, CANCELLED), (2, 2, 2)),
    ],
)
def test_counts_by_hand(metric: str, given: Prediction, expected: tuple[int, int, int]) -> None:
    assert counts(metric, given) == expected


def shared(*arguments: Argument, spare: tuple[Entity, ...] = ()) -> Document:
    """Gold in which the span of Solvane is a mention of a second entity too."""
    other = Entity("E4", "PER", "Autre", (Span(*SOLVANE),))
    return replace(GOLD, entities=(*spare, *GOLD.entities, other), events=(replace(ANNOUNCED, arguments=arguments),))


def participant(where: tuple[int, int], ref: str | None = None) -> Argument:
    return Argument("Participant", *where, ref)


@pytest.mark.parametrize(
    ("given", "row"),
    [
        ([participant(SOLVANE)], (1, 1, 2)),
        # The same thing again gains nothing; two things that are said to be different may be both.
        ([participant(SOLVANE), participant(SOLVANE)], (1, 2, 2)),
        ([participant(SOLVANE, "E2"), participant(SOLVANE, "E4")], (2, 2, 2)),
        ([participant(SOLVANE, "E2"), participant(SOLVANE, "E4"), participant(SOLVANE, "E4")], (2, 3, 2)),
    ],
)
def test_a_span_of_two_entities_stands_for_one_that_gold_has(given: list[Argument], row: tuple[int, int, int]) -> None:
    gold = shared(participant(SOLVANE, "E2"), participant(SOLVANE, "E4"))
    side = Prediction("a-01", (replace(ANNOUNCED, arguments=tuple(given)),), gold.entities)
    assert counts("AC+", side, gold) == row


def test_a_span_of_two_entities_leaves_to_the_others_what_only_they_can_be() -> None:
    """Solvane may be E2 or E4; « Valdris », here a mention of E2, can only be that."""
    gold = shared(participant(VALDRIS, "E2"), participant(SOLVANE, "E4"))
    place = replace(gold.entities[1], mentions=(Span(*SOLVANE), Span(*VALDRIS)))
    gold = replace(gold, entities=(gold.entities[0], place, gold.entities[3]))
    for order in (1, -1):
        side = prediction(replace(ANNOUNCED, arguments=(participant(SOLVANE), participant(VALDRIS))[::order]))
        assert counts("AC+", side, gold) == (2, 2, 2)


def test_a_span_of_two_entities_in_the_wrong_place_is_what_is_nearest() -> None:
    gold = shared(Argument("Agent", *SOLVANE, "E4"))
    assert counts("AI+", prediction(replace(ANNOUNCED, arguments=(participant(SOLVANE),))), gold) == (1, 1, 1)
    elsewhere = prediction(replace(ANNOUNCED, trigger=Span(0, 2), arguments=(Argument("Agent", *SOLVANE),)))
    assert counts("AC", elsewhere, gold) == (1, 1, 1)


def test_a_span_of_two_entities_gains_nothing_by_a_role_that_gold_does_not_have() -> None:
    gold = shared(participant(SOLVANE, "E2"), participant(SOLVANE, "E4"))
    side = prediction(replace(ANNOUNCED, arguments=(participant(SOLVANE), Argument("Agent", *SOLVANE))))
    assert counts("AI", side, gold) == (1, 1, 2)
    assert counts("AC+", side, gold) == (1, 2, 2)


@pytest.mark.parametrize("metric", ["AI+", "AI+:exact"])
@pytest.mark.parametrize(
    ("given", "row"),
    [
        # Without roles an event has a filler once, however many roles it has in it.
        ([Argument("Agent", *MAREC), Argument("Participant", *MAREC)], (1, 1, 1)),
        ([Argument("Agent", *MAREC)], (1, 1, 1)),
        ([Argument("Agent", *MAREC), Argument("Agent", *MAREC)], (1, 2, 1)),
    ],
)
def test_a_filler_in_two_roles_is_one_without_roles(
    metric: str, given: list[Argument], row: tuple[int, int, int]
) -> None:
    gold = replace(
        GOLD,
        events=(
            replace(ANNOUNCED, arguments=(Argument("Agent", *MAREC, "E1"), Argument("Participant", *MAREC, "E1"))),
        ),
    )
    assert counts(metric, prediction(replace(ANNOUNCED, arguments=tuple(given))), gold) == row


def test_undefined_is_null() -> None:
    nothing = replace(GOLD, events=(), entities=(), times=())
    scores = benchmark.score([nothing], [Prediction("a-01")])
    assert {s.f1 for s in scores.values()} == {None}
    empty = benchmark.score([GOLD], [Prediction("a-01")])["TC"]
    assert (empty.p, empty.r, empty.f1) == (None, 0.0, 0.0)


def test_event_free_documents_count() -> None:
    bare = replace(GOLD, doc_id="a-02", events=())
    noisy = Prediction("a-02", events=(Event("V1", "SummitHeld", Span(0, 5)),))
    with_bare = benchmark.score([GOLD, bare], [as_prediction(GOLD), noisy])["TC"]
    assert (with_bare.tp, with_bare.fp) == (2, 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "1 of 1 documents without a prediction"),
        ([Prediction("b-01")], "unknown document"),
        ([Prediction("a-01"), Prediction("a-01")], "given twice"),
        ([Prediction("a-01", events=(Event("V1", "SummitHold", Span(0, 1)),))], "expected SummitHeld"),
        ([Prediction("a-01", events=(replace(ANNOUNCED, arguments=(Argument("Agnt", 0, 1),)),))], "expected Agent"),
        ([Prediction("a-01", events=(Event("V1", "SummitHeld", Span(0, 900)),))], "within the text"),
    ],
)
def test_score_refuses(given: list[Prediction], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        benchmark.score([GOLD], given)
    assert message in str(caught.value)


def test_missing_documents_can_count_as_empty() -> None:
    assert benchmark.score([GOLD], [], allow_missing=True)["TC"].fn == 2


def test_signature_says_what_the_score_is() -> None:
    parts = benchmark.score([GOLD], [as_prediction(GOLD)])["AC+"].signature.split("|")
    assert parts[:3] == ["metric:AC+", "filler:entity", "avg:micro"]
    assert parts[-2:] == ["protocol:1", f"v:{benchmark.__version__}"]
    assert "docs:1" in parts


@given(corpora())
def test_seqeval_and_scikit_learn_agree(case: tuple[list[Document], list[Prediction]]) -> None:
    gold, given_ = case
    run.verify(gold, given_, ONTOLOGY)


def test_every_metric_is_documented_and_named_once() -> None:
    for name, metric in registry().items():
        assert metric.definition.endswith(".")
        assert " " not in name
        assert select([name]) == [metric]
        assert metric in select([metric.family])
    with pytest.raises(InvalidInput, match=r"expected AC\+"):
        select(["AC++"])
