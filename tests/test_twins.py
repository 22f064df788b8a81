"""Twins: the same documents with every name and date exchanged, of equal difficulty."""

from __future__ import annotations

import datetime
import re
from collections import Counter

import pytest

from benchmark import corpus
from benchmark.documents import Document, Event, Time

SOMMET = corpus.sommet()
PAIRS = corpus.twins(SOMMET, "jumeaux")
ORIGINALS = {d.doc_id: d for d in SOMMET.documents("test")}
TWINS = {d.doc_id: d for d in SOMMET.documents("jumeaux")}


def test_every_document_of_history_in_test_has_one_twin() -> None:
    assert set(PAIRS) == set(TWINS)
    assert Counter(PAIRS.values()) == Counter({d.doc_id: 1 for d in ORIGINALS.values() if d.subset == "histoire"})


def said(event: Event) -> tuple[object, ...]:
    return event.type, event.factuality, sorted(Counter(a.role for a in event.arguments).items())


def shape(time: Time) -> tuple[str, str]:
    """Type and granularity."""
    return time.type, re.sub(r"\d", "9", time.value)


def encounters(document: Document) -> list[list[int]]:
    """The triggers of each encounter, by their number in the text; two events may share one."""
    number = {t: i for i, t in enumerate(sorted({v.trigger for v in document.events}))}
    members: dict[str | None, list[int]] = {}
    for event in document.events:
        members.setdefault(event.encounter, []).append(number[event.trigger])
    return sorted(members.values())


@pytest.mark.parametrize("twin", PAIRS)
def test_a_twin_says_the_same(twin: str) -> None:
    one, other = ORIGINALS[PAIRS[twin]], TWINS[twin]
    assert one.outlet == other.outlet
    assert len(one.sentences) == len(other.sentences)
    assert [said(v) for v in one.events] == [said(v) for v in other.events]
    assert encounters(one) == encounters(other)
    assert Counter(s.status for s in one.statuses) == Counter(s.status for s in other.statuses)
    assert Counter(len(e.mentions) for e in one.entities) == Counter(len(e.mentions) for e in other.entities)
    assert [shape(t) for t in one.times] == [shape(t) for t in other.times]
    assert 0.9 < len(one.text.split()) / len(other.text.split()) < 1.1


def test_the_dates_of_a_storyline_move_by_one_number_of_weeks() -> None:
    shifts: dict[str, set[int]] = {}
    for twin, original in PAIRS.items():
        one, other = ORIGINALS[original], TWINS[twin]
        assert one.published
        assert other.published
        moved = datetime.date.fromisoformat(other.published) - datetime.date.fromisoformat(one.published)
        shifts.setdefault(other.storyline, set()).add(moved.days)
    for storyline, days in shifts.items():
        (shift,) = days
        assert shift, storyline
        assert shift % 7 == 0, storyline


def test_no_name_of_a_party_or_place_is_left() -> None:
    for twin, original in PAIRS.items():
        names = {e.name for e in ORIGINALS[original].entities if e.name[:1].isupper()}
        found = [n for n in names if re.search(rf"(?<!\w){re.escape(n)}(?!\w)", TWINS[twin].text)]
        assert found == [], twin
