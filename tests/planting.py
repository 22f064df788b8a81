"""Errors of known kinds planted in annotated documents, to measure how many a check or a reader finds."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from benchmark import segment
from benchmark.documents import Document, Event, Span, canonical
from benchmark.ontology import Ontology


class Planted(NamedTuple):
    """One error: where it is and what was done."""

    document: str
    kind: str
    sentence: int
    what: str


Planter = Callable[[Document, Ontology, random.Random], tuple[Document, int, str] | None]


def _event(document: Document, pick: random.Random, fits: Callable[[Event], bool]) -> Event | None:
    events = [v for v in document.events if fits(v)]
    return pick.choice(events) if events else None


def _with(document: Document, old: Event, *new: Event) -> Document:
    return replace(document, events=tuple(v for v in document.events if v.id != old.id) + new)


def _words(document: Document, event: Event) -> str:
    return f"{event.trigger.of(document.text)!r} {event.type}"


def _relabel(keep: str) -> Planter:
    def plant(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
        event = _event(document, pick, lambda v: ontology.labels[v.type].phase is not None)
        if event is None:
            return None
        own = ontology.labels[event.type]
        others = [
            name
            for name, label in ontology.labels.items()
            if label.phase and name != event.type and getattr(label, keep) == getattr(own, keep)
        ]
        new = pick.choice(sorted(others))
        roles = ontology.labels[new].roles
        changed = replace(event, type=new, arguments=tuple(a for a in event.arguments if a.role in roles))
        return _with(document, event, changed), event.trigger.start, f"{_words(document, event)} became {new}"

    return plant


def _left_out(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    event = _event(document, pick, lambda v: sum(o.encounter == v.encounter for o in document.events) > 1)
    if event is None:
        return None
    return _with(document, event), event.trigger.start, f"{_words(document, event)} taken out"


def _spurious(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    model = _event(document, pick, lambda v: True)
    taken = {v.trigger.start for v in document.events}
    fillers = [m for e in document.entities for m in e.mentions] + [Span(t.start, t.end) for t in document.times]
    words = [
        Span(a, b)
        for s, e in document.sentences
        for a, b in segment.tokens(document.text, s, e)
        if b - a > 5
        and document.text[a:b].isalpha()
        and document.text[a].islower() and a not in taken
        and not any(m.start <= a < m.end for m in fillers) and not any(z.start <= a < z.end for z in document.zones)
    ]  # fmt: skip
    if model is None or not words:
        return None
    trigger = pick.choice(words)
    return (
        replace(document, events=(*document.events, replace(model, id="planted", trigger=trigger))),
        trigger.start,
        f"{trigger.of(document.text)!r} made a {model.type}",
    )


def _moved(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    event = _event(document, pick, lambda v: True)
    if event is None:
        return None
    start, end = next((s, e) for s, e in document.sentences if s <= event.trigger.start < e)
    tokens = segment.tokens(document.text, start, end)
    at = next((i for i, (a, _) in enumerate(tokens) if a == event.trigger.start), None)
    taken = {v.trigger for v in document.events}
    near = [
        Span(*tokens[i])
        for i in ((at - 1, at + 1) if at is not None else ())
        if 0 <= i < len(tokens) and document.text[slice(*tokens[i])].isalpha() and Span(*tokens[i]) not in taken
    ]
    if not near:
        return None
    trigger = pick.choice(near)
    what = f"{_words(document, event)} moved to {trigger.of(document.text)!r}"
    return _with(document, event, replace(event, trigger=trigger)), event.trigger.start, what


def _party_left_out(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    event = _event(document, pick, lambda v: sum(a.role == "Participant" for a in v.arguments) > 1)
    if event is None:
        return None
    argument = pick.choice([a for a in event.arguments if a.role == "Participant"])
    name = next(e.name for e in document.entities if e.id == argument.ref)
    changed = replace(event, arguments=tuple(a for a in event.arguments if a != argument))
    what = f"{_words(document, event)} lost Participant {name}"
    return _with(document, event, changed), event.trigger.start, what


def _wrong_party(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    event = _event(document, pick, lambda v: any(a.role == "Participant" for a in v.arguments))
    if event is None:
        return None
    used = {a.ref for a in event.arguments}
    kinds = {e.id: e.type for e in document.entities}
    argument = pick.choice([a for a in event.arguments if a.role == "Participant"])
    others = [e for e in document.entities if e.id not in used and e.type == kinds[argument.ref or ""]]
    if not others:
        return None
    other = pick.choice(others)
    mention = other.mentions[0]
    wrong = replace(argument, start=mention.start, end=mention.end, ref=other.id)
    changed = replace(event, arguments=tuple(wrong if a == argument else a for a in event.arguments))
    what = f"{_words(document, event)} got Participant {other.name}"
    return _with(document, event, changed), event.trigger.start, what


def _wrong_date(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    times = [t for t in document.times if re.fullmatch(r"\d{4}-\d\d-\d\d", t.value)]
    if not times:
        return None
    time = pick.choice(times)
    shift = pick.choice((-7, -1, 1, 7))
    day = datetime.date.fromisoformat(time.value) + datetime.timedelta(days=shift)
    changed = replace(time, value=day.isoformat())
    what = f"{document.text[time.start : time.end]!r} {time.value} became {changed.value}"
    return replace(document, times=tuple(changed if t == time else t for t in document.times)), time.start, what


def _time_left_out(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    used = {a.ref for v in document.events for a in v.arguments}
    times = [t for t in document.times if t.id not in used]
    if not times:
        return None
    time = pick.choice(times)
    what = f"{document.text[time.start : time.end]!r} taken out"
    return replace(document, times=tuple(t for t in document.times if t != time)), time.start, what


def _mention_left_out(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    used = {(a.start, a.end) for v in document.events for a in v.arguments}
    choices = [
        (e, m) for e in document.entities if len(e.mentions) > 1 for m in e.mentions if (m.start, m.end) not in used
    ]
    if not choices:
        return None
    entity, mention = pick.choice(choices)
    changed = replace(entity, mentions=tuple(m for m in entity.mentions if m != mention))
    what = f"mention {mention.of(document.text)!r} of {entity.name} taken out"
    entities = tuple(changed if e == entity else e for e in document.entities)
    return replace(document, entities=entities), mention.start, what


def _factuality(document: Document, ontology: Ontology, pick: random.Random) -> tuple[Document, int, str] | None:
    event = _event(document, pick, lambda v: True)
    if event is None:
        return None
    new = pick.choice([f for f in ontology.factuality if f != event.factuality])
    what = f"{_words(document, event)} {event.factuality} became {new}"
    return _with(document, event, replace(event, factuality=new)), event.trigger.start, what


KINDS: dict[str, Planter] = {
    "phase": _relabel("format"),
    "format": _relabel("phase"),
    "event left out": _left_out,
    "event made up": _spurious,
    "trigger moved": _moved,
    "participant left out": _party_left_out,
    "participant exchanged": _wrong_party,
    "date moved": _wrong_date,
    "time left out": _time_left_out,
    "mention left out": _mention_left_out,
    "factuality": _factuality,
}


def plant(
    documents: Sequence[Document], ontology: Ontology, number: int, seed: int
) -> tuple[list[Document], list[Planted]]:
    """``documents`` with ``number`` errors, kinds in turn, no two in one sentence, and the list of them."""
    pick = random.Random(seed)  # noqa: S311 - data for a measurement
    changed = {d.doc_id: d for d in documents}
    errors: list[Planted] = []
    names = list(KINDS)
    for _ in range(number * 50):
        if len(errors) == number:
            break
        kind = names[len(errors) % len(names)]
        document = changed[pick.choice(sorted(changed))]
        made = KINDS[kind](document, ontology, pick)
        if made is None:
            continue
        new, offset, what = made
        sentence = next(i for i, (a, b) in enumerate(document.sentences, 1) if a <= offset < b)
        if any(e.document == document.doc_id and e.sentence == sentence for e in errors):
            continue
        changed[document.doc_id] = canonical(new)
        errors.append(Planted(document.doc_id, kind, sentence, what))
    return [changed[d.doc_id] for d in documents], errors
