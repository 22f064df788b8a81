"""Metrics of times, partial credit, coreference, records and storylines on small cases by hand."""

from __future__ import annotations

import itertools
import time as clock
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from strategies import ONTOLOGY, corpora
from test_scoring_laws import METRICS, totals, value

from benchmark.documents import (
    Argument,
    Document,
    Entity,
    Event,
    Prediction,
    Span,
    Status,
    Time,
    as_prediction,
)
from benchmark.errors import InvalidInput
from benchmark.scoring.families import records, select
from benchmark.scoring.matching import align, assign, assign_pairs

Corpus = tuple[list[Document], list[Prediction]]


def figure(name: str, gold: Document | Sequence[Document], given_side: Prediction | Sequence[Prediction]) -> float:
    golds = [gold] if isinstance(gold, Document) else gold
    sides = [given_side] if isinstance(given_side, Prediction) else given_side
    return value(METRICS[name], totals(golds, sides)[name])


# ---------------------------------------------------------------------------------------------------------------------
# Matching


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), max_size=4))
def test_assignment_finds_the_largest_total(matrix: list[list[int]]) -> None:
    best = max(
        sum(matrix[i][j] for i, j in zip(rows, columns, strict=True))
        for n in range(min(len(matrix), 3) + 1)
        for rows in itertools.permutations(range(len(matrix)), n)
        for columns in itertools.combinations(range(3), n)
    )
    pairs = assign(matrix)
    sparse = assign_pairs({(i, j): v for i, row in enumerate(matrix) for j, v in enumerate(row)})
    for found in (pairs, sparse):
        assert sum(matrix[i][j] for i, j in found) == best
        assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)


def test_equal_extents_are_aligned_before_overlaps() -> None:
    gold, given_side = [((0, 5), "A"), ((4, 9), "B")], [((4, 9), "A"), ((0, 9), "B")]
    assert sorted(align(gold, given_side, lambda a, b: (a == b,))) == [(0, 1), (1, 0)]


def test_a_long_extent_meets_one_extent_however_often_it_is_given() -> None:
    gold = [((0, 1), "A"), ((2, 3), "A"), ((4, 5), "A")]
    assert len(align(gold, [((0, 5), "A")] * 3, lambda a, b: (a == b,))) == 1


# ---------------------------------------------------------------------------------------------------------------------
# Times


def timed(*items: tuple[int, int, str, str]) -> tuple[Time, ...]:
    return tuple(Time(f"T{i}", start, end, kind, value) for i, (start, end, kind, value) in enumerate(items))


def test_times_by_hand() -> None:
    gold = Document(
        doc_id="d",
        text="x" * 40,
        times=timed((0, 5, "DATE", "2025-08-15"), (10, 15, "DATE", "2025"), (20, 25, "TIME", "2025-08-15TEV")),
    )
    given_side = Prediction(
        "d", times=timed((0, 5, "DATE", "2025-08-16"), (12, 18, "TIME", "2025"), (30, 35, "TIME", "2025-08-15TEV"))
    )
    rows = totals([gold], [given_side])
    assert rows["TIMEX-strict"].tolist() == [1, 3, 1, 3]
    assert rows["TIMEX-relaxed"].tolist() == [2, 3, 2, 3]
    assert rows["TIMEX-value"].tolist() == [1, 3, 1, 3]
    assert rows["TIMEX-type"].tolist() == [1, 3, 1, 3]


def test_relaxed_pairs_do_not_depend_on_a_greedy_choice() -> None:
    gold = Document(doc_id="d", text="x" * 40, times=timed((0, 10, "DATE", "1"), (12, 20, "DATE", "2")))
    given_side = Prediction("d", times=timed((8, 14, "DATE", "2"), (0, 4, "DATE", "1")))
    assert figure("TIMEX-value", gold, given_side) == 1


# ---------------------------------------------------------------------------------------------------------------------
# Partial credit


def triggered(*items: tuple[int, int, str]) -> tuple[Event, ...]:
    return tuple(Event(f"V{i}", label, Span(start, end)) for i, (start, end, label) in enumerate(items))


def test_verdicts_and_nuggets_by_hand() -> None:
    gold = Document(
        doc_id="d", text="x" * 40, events=triggered((0, 4, "CallHeld"), (10, 14, "Demand"), (20, 24, "Demand"))
    )
    given_side = Prediction(
        "d", triggered((0, 4, "Demand"), (12, 16, "Demand"), (30, 34, "Demand"), (36, 38, "Demand"))
    )
    rows = totals([gold], [given_side])
    assert rows["Partial-exact"].tolist() == [1, 4, 1, 3]
    assert rows["Partial"].tolist() == [1.5, 4, 1.5, 3]
    assert rows["Partial-type"].tolist() == [1, 4, 1, 3]
    assert rows["Nugget-span"].tolist() == [1.5, 4, 1.5, 3]
    assert rows["Nugget-type"].tolist() == [0.5, 4, 0.5, 3]
    assert rows["Nugget-fact"].tolist() == [1.5, 4, 1.5, 3]


def test_predictions_in_a_document_without_events_count() -> None:
    gold = [Document(doc_id="a", text="x" * 9, events=triggered((0, 4, "Demand"))), Document(doc_id="b", text="x" * 9)]
    given_side = [Prediction("a", gold[0].events), Prediction("b", gold[0].events)]
    assert figure("Nugget-span", gold, given_side) == figure("Partial", gold, given_side) == pytest.approx(2 / 3)


# ---------------------------------------------------------------------------------------------------------------------
# Coreference


def chained(*names: str | None) -> tuple[Event, ...]:
    return tuple(Event(f"V{i}", "CallHeld", Span(i, i + 1), encounter=name) for i, name in enumerate(names))


def test_coreference_by_hand() -> None:
    """Gold {a b c} {d}, predicted {a b} {c d}: the usual worked example."""
    gold = Document(doc_id="d", text="x" * 9, events=chained("1", "1", "1", "2"))
    given_side = Prediction("d", chained("p", "p", "q", "q"))
    rows = totals([gold], [given_side])
    assert rows["MUC"].tolist() == [1, 2, 1, 2]
    assert rows["B3"] == pytest.approx([2 + 0.5 + 0.5, 4, 4 / 3 + 1 / 3 + 1, 4])
    assert rows["CEAFe"] == pytest.approx([0.8 + 2 / 3, 2, 0.8 + 2 / 3, 2])
    assert rows["CEAFm"].tolist() == [3, 4, 3, 4]
    assert rows["LEA"] == pytest.approx([2, 4, 1, 4])
    assert rows["BLANC"].tolist() == [1, 2, 3, 2, 4, 3]
    assert figure("BLANC", gold, given_side) == pytest.approx((2 / 5 + 4 / 7) / 2)
    three = [figure(name, gold, given_side) for name in ("MUC", "B3", "CEAFe")]
    assert figure("CoNLL", gold, given_side) == pytest.approx(sum(three) / 3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=9))
def test_coreference_of_equal_mentions_against_scikit_learn(labels: list[tuple[int, int]]) -> None:
    from sklearn.metrics.cluster import contingency_matrix, pair_confusion_matrix

    ours, theirs = ([str(pair[k]) for pair in labels] for k in (0, 1))
    gold = Document(doc_id="d", text="x" * 9, events=chained(*ours))
    rows = totals([gold], [Prediction("d", chained(*theirs))])
    (apart, only_given), (only_gold, together) = pair_confusion_matrix(ours, theirs) // 2
    assert rows["BLANC"].tolist() == [
        *(together, together + only_given, together + only_gold),
        *(apart, apart + only_gold, apart + only_given),
    ]
    table = contingency_matrix(ours, theirs).astype(float)
    b_cubed = (table**2 / table.sum(0)).sum(), len(labels), (table**2 / table.sum(1, keepdims=True)).sum(), len(labels)
    assert rows["B3"] == pytest.approx(b_cubed)
    assert rows["CEAFm"][0] == sum(table[i, j] for i, j in assign(table))


def test_events_that_share_a_trigger_are_two_mentions() -> None:
    both = tuple(Event(f"V{i}", "CallHeld", Span(0, 1), encounter=e, arguments=(Argument("Place", 2 + i, 4),))
                 for i, e in enumerate(("lundi", "mardi")))  # fmt: skip
    gold = Document(doc_id="d", text="x" * 9, events=(*both, Event("V9", "CallHeld", Span(5, 6), encounter="mardi")))
    assert figure("CoNLL", gold, Prediction("d", gold.events[::-1])) == 1
    assert totals([gold], [Prediction("d", both[:1])])["B3"].tolist() == [1, 1, 1, 3]


def test_conll_is_undefined_where_there_is_no_link() -> None:
    gold = Document(doc_id="d", text="x" * 9, events=chained("1", "2"))
    assert np.isnan(figure("CoNLL", gold, Prediction("d", gold.events)))
    assert figure("BLANC", gold, Prediction("d", gold.events)) == 1


def test_entities_are_scored_where_a_system_gives_them() -> None:
    entities = (Entity("E1", "PER", mentions=(Span(0, 1), Span(2, 3))), Entity("E2", "GPE", mentions=(Span(4, 5),)))
    gold = Document(doc_id="d", text="x" * 9, entities=entities)
    assert figure("Entity-CoNLL", gold, Prediction("d", entities=entities[::-1])) == 1
    assert totals([gold], [Prediction("d", entities=entities[:1])])["Entity-mention"].tolist() == [2, 2, 2, 3]


# ---------------------------------------------------------------------------------------------------------------------
# Records

TRUMP = Entity("E1", "PER", "Donald Trump", (Span(0, 5), Span(10, 15)))
PUTIN = Entity("E2", "PER", "Vladimir Poutine", (Span(6, 9), Span(16, 19)))
DAY = Time("T1", 30, 35, "DATE", "2025-08-15")


def held(number: int, *arguments: Argument, encounter: str | None = "e", factuality: str = "asserted") -> Event:
    return Event(f"V{number}", "SummitHeld", Span(40 + number, 41 + number), factuality, encounter, arguments)


def participant(span: Span, ref: str | None = None) -> Argument:
    return Argument("Participant", span.start, span.end, ref)


GOLD = Document(
    doc_id="d",
    text="x" * 60,
    entities=(TRUMP, PUTIN),
    times=(DAY,),
    events=(
        held(1, participant(Span(0, 5), "E1"), participant(Span(6, 9), "E2"), Argument("Date", 30, 35, "T1")),
        held(2, participant(Span(10, 15), "E1")),
    ),
)


def test_an_argument_repeated_over_mentions_counts_once() -> None:
    rows = totals([GOLD], [as_prediction(GOLD)])
    assert rows["Record"].tolist() == [3, 3, 3, 3]
    assert rows["Record-phi3"].tolist() == [5, 5, 5, 5]
    assert rows["Record-exact"].tolist() == [1, 1, 1, 1]
    assert rows["CEAF-REE"].tolist() == [3, 3, 3, 3]


def test_any_mention_names_the_entity_and_a_second_one_is_wrong() -> None:
    one = Prediction("d", (held(1, participant(Span(10, 15))),))
    assert totals([GOLD], [one])["Record"].tolist() == [1, 1, 1, 3]
    two = Prediction("d", (held(1, participant(Span(10, 15)), participant(Span(0, 5))),))
    assert totals([GOLD], [two])["Record"].tolist() == [1, 2, 1, 3]
    assert totals([GOLD], [two])["Record-exact"].tolist() == [0, 1, 0, 1]


def test_a_cluster_of_everything_names_nobody() -> None:
    everything = Entity("E1", "PER", mentions=TRUMP.mentions + PUTIN.mentions)
    side = Prediction("d", (held(1, participant(Span(0, 5), "E1")),), (everything,))
    assert totals([GOLD], [side])["Record"].tolist() == [0, 1, 0, 3]
    assert totals([GOLD], [side])["Record-phi3"].tolist() == [2, 4, 2, 5]


def test_the_span_of_an_argument_is_one_of_the_mentions_considered() -> None:
    """An entity list that leaves out a wrong span of the argument itself does not hide it."""
    side = Prediction("d", (held(1, participant(Span(20, 25), "E1")),), (TRUMP,))
    assert totals([GOLD], [side])["Record"].tolist() == [0, 1, 0, 3]


def test_times_compare_by_value_and_unresolved_ones_say_nothing() -> None:
    def side(kind: str, value: str) -> Prediction:
        return Prediction("d", (held(1, Argument("Date", 0, 1, "T9")),), times=(Time("T9", 0, 1, kind, value),))

    assert totals([GOLD], [side("DATE", "2025-08-15")])["Record"].tolist() == [1, 1, 1, 3]
    assert totals([GOLD], [side("TIME", "2025-08-15TEV")])["Record"].tolist() == [0, 1, 0, 3]
    assert totals([GOLD], [side("DATE", "PAST_REF")])["Record"].tolist() == [0, 0, 0, 3]
    vague = replace(GOLD, times=(replace(DAY, value="XXXX-WXX-5"),))
    assert totals([vague], [as_prediction(vague)])["Record"].tolist() == [2, 2, 2, 2]


def test_negation_is_part_of_a_record() -> None:
    denied = Prediction("d", tuple(replace(v, factuality="negated") for v in GOLD.events), GOLD.entities, GOLD.times)
    assert figure("Record", GOLD, denied) == 0
    assert figure("CEAF-REE", GOLD, denied) == 1


def test_events_without_encounter_are_records_of_their_own_and_equal_ones_count_once() -> None:
    alone = Prediction("d", tuple(replace(v, encounter=None) for v in GOLD.events), GOLD.entities, GOLD.times)
    assert totals([GOLD], [alone])["Record"].tolist() == [3, 4, 3, 3]
    twice = replace(alone, events=(*alone.events, replace(alone.events[1], id="V9", trigger=Span(50, 51))))
    assert totals([GOLD], [twice])["Record"].tolist() == [3, 4, 3, 3]


@settings(max_examples=60, deadline=None)
@given(corpora(max_documents=1))
def test_records_are_assigned_for_the_largest_total(pair: Corpus) -> None:
    (gold,), (side,) = pair
    ours, theirs = ([replace(v, type="CallHeld") for v in s.events] for s in (gold, side))
    gold, side = replace(gold, events=tuple(ours)), replace(side, events=tuple(theirs))
    wanted, given_records = records.records(gold, ONTOLOGY), records.records(side, ONTOLOGY)
    best = 0.0
    short, long = sorted((wanted, given_records), key=len)
    for chosen in itertools.permutations(long, len(short)):
        pairs = zip(short, chosen, strict=True) if short is wanted else zip(chosen, short, strict=True)
        total = sum(records.similarity(g.slots, p.slots, records.common) for g, p in pairs if g.negated == p.negated)
        best = max(best, total)
    assert totals([gold], [side])["Record-phi3"][0] == best


def test_thirty_records_take_no_time() -> None:
    entities = tuple(Entity(f"E{i}", "PER", "x", (Span(i, i + 1), Span(i + 50, i + 51))) for i in range(40))
    events = tuple(
        Event(
            f"V{i}",
            "CallHeld",
            Span(100 + i, 101 + i),
            encounter=f"e{i}",
            arguments=tuple(
                Argument(role, (i * k) % 40, (i * k) % 40 + 1, f"E{(i * k) % 40}")
                for role in ("Participant", "Place")
                for k in (1, 3, 7)
            ),
        )
        for i in range(30)
    )
    gold = Document(doc_id="d", text="x" * 200, entities=entities, events=events)
    side = Prediction("d", tuple(replace(v, encounter=f"p{i}") for i, v in enumerate(events[::-1])), entities)
    start = clock.perf_counter()
    assert figure("Record", gold, side) == 1
    assert clock.perf_counter() - start < 5, "all metrics on thirty records of three hundred arguments"


# ---------------------------------------------------------------------------------------------------------------------
# Storylines


def told(*statuses: str | None, encounter: str = "budapest", first: int = 1, place: int = 0) -> list[Document]:
    """Documents on successive days, each with one mention of the encounter and the status it leaves it in."""
    phases = {"announced": "SummitAnnounced", "cancelled": "SummitCancelled", "held": "SummitHeld"}
    return [
        Document(
            doc_id=f"d{day}",
            text="x" * 20,
            published=f"2025-10-{day:02d}",
            storyline="s",
            events=(Event("V1", phases[status], Span(place, place + 1), encounter=encounter),) if status else (),
            statuses=(Status(encounter, status),) if status else (),
        )
        for day, status in enumerate(statuses, first)
    ]


def sides(documents: Sequence[Document]) -> list[Prediction]:
    return [as_prediction(d) for d in documents]


def test_status_of_the_design() -> None:
    """Gold Announced, Cancelled, Cancelled against Announced, Announced, Cancelled is 2/3."""
    gold = told("announced", "cancelled", "cancelled")
    given_side = sides(told("announced", "announced", "cancelled", encounter="x"))
    assert figure("Status", gold, given_side) == pytest.approx(2 / 3)
    # The same from the phases of the last mentions, where a system states no status.
    assert figure("Status", gold, [replace(p, statuses=()) for p in given_side]) == pytest.approx(2 / 3)


def test_status_holds_until_a_document_speaks_of_the_encounter_again() -> None:
    gold = told("announced", None, "cancelled", None)
    assert totals(gold, sides(gold))["Status"].tolist() == [4, 4, 4, 4]
    late = [Prediction(d.doc_id) for d in gold[:2]] + sides(gold[2:])
    assert totals(gold, late)["Status"].tolist() == [2, 2, 2, 4]


def test_an_encounter_that_is_not_found_is_wrong_and_one_that_is_not_there_is_spurious() -> None:
    gold = told("announced", "cancelled")
    given_side = sides(told("announced", "cancelled", encounter="x", place=5))
    assert figure("Status", gold, given_side) == 0
    assert figure("Status-spurious", gold, given_side) == 1
    both = [replace(g, events=(*g.events, *p.events)) for g, p in zip(sides(gold), given_side, strict=True)]
    assert figure("Status", gold, both) == 1
    assert figure("Status-spurious", gold, both) == 0.5


def test_of_documents_of_one_day_the_last_by_id_counts() -> None:
    gold = [replace(d, published="2025-10-01") for d in told("announced", "cancelled")]
    assert totals(gold, sides(gold))["Status"].tolist() == [1, 1, 1, 1]
    swapped = sides(told("cancelled", "announced"))
    assert figure("Status", gold, swapped) == 0


def test_documents_without_a_date_have_no_place_in_time() -> None:
    gold = [replace(d, published=None) for d in told("announced", "cancelled")]
    assert np.isnan(figure("Status", gold, sides(gold)))


def dated(label: str, role: str, value: str | None, factuality: str = "asserted") -> Document:
    kind = "TIME" if value and "T" in value else "DATE"
    return Document(
        doc_id="d1",
        text="x" * 20,
        published="2025-10-01",
        storyline="s",
        times=(Time("T1", 5, 9, kind, value),) if value else (),
        events=(Event("V1", label, Span(0, 1), factuality, "e", (Argument(role, 5, 9, "T1"),) if value else ()),),
    )


@pytest.mark.parametrize(
    ("gold", "given_side", "row"),
    [
        (dated("CallHeld", "Date", "2025-10-02"), dated("CallHeld", "Date", "2025-10-02TEV"), [1, 1, 1, 1]),
        (dated("CallHeld", "Date", "2025-10-02"), dated("CallHeld", "ActDate", "2025-10-02"), [0, 1, 0, 1]),
        (dated("CallHeld", "Date", "PAST_REF"), dated("CallHeld", "Date", None), [1, 1, 1, 1]),
        (dated("CallPostponed", "NewDate", "2025-11"), dated("CallPostponed", "NewDate", "2025-11"), [1, 1, 1, 1]),
        (dated("CallPostponed", "Date", "2025-11"), dated("CallPostponed", "NewDate", "2025-11"), [0, 1, 0, 1]),
        (dated("CallCancelled", "ActDate", "2025-11"), dated("SummitCancelled", "ActDate", "2025-11"), [1, 1, 1, 1]),
        (dated("CallHeld", "Date", None, "negated"), dated("CallHeld", "Date", None), [0, 1, 0, 0]),
    ],
)
def test_steps_by_hand(gold: Document, given_side: Document, row: list[int]) -> None:
    assert totals([gold], sides([given_side]))["Step"].tolist() == row


def test_a_mention_without_date_adds_no_step_where_another_has_one() -> None:
    with_date, without = dated("CallHeld", "Date", "2025-10-02"), dated("CallHeld", "Date", None)
    gold = [with_date, replace(without, doc_id="d2")]
    assert totals(gold, sides(gold))["Step"].tolist() == [1, 1, 1, 1]


def test_chains_run_across_documents() -> None:
    gold = told("announced", "cancelled", "held")
    assert figure("XDoc-CoNLL", gold, sides(gold)) == 1
    unlinked = [
        replace(p, events=tuple(replace(v, encounter=p.doc_id) for v in p.events), statuses=()) for p in sides(gold)
    ]
    assert totals(gold, unlinked)["XDoc-CoNLL"][:4].tolist() == [0, 0, 0, 2]
    assert np.isnan(figure("CoNLL", gold, sides(gold)))


def test_metrics_are_chosen_by_name_or_family() -> None:
    assert [m.name for m in select(["TC", " AC+"])] == ["TC", "AC+"]
    assert {m.family for m in select(["dates"])} == {"dates"}
    with pytest.raises(InvalidInput, match="unknown metric 'tc'; expected TC"):
        select(["tc"])
