"""Documents and their annotations: the structs, their JSONL form, and their validation.

The same format serves gold and predictions: a :class:`Prediction` is what an annotator or a system says of a document, a
:class:`Document` is that together with the text. Offsets are Unicode code points, end-exclusive, into a text that is
never altered.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from benchmark.errors import InvalidInput, shorten
from benchmark.ontology import Label, Ontology

Offset = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

# Bounds on what a file may claim, far above any real document: what is beyond is refused before it costs anything, and
# what is within is counted by every metric in seconds (tests/test_stream.py).
MAX_NAME = 256
Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
MAX_ITEMS = 10_000
_ITEMS = msgspec.Meta(max_length=MAX_ITEMS)


class Span(msgspec.Struct, frozen=True, order=True, gc=False, forbid_unknown_fields=True):
    """Characters ``start`` to ``end`` (exclusive) of a text."""

    start: Offset
    end: Offset

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


class Zone(msgspec.Struct, frozen=True, order=True, gc=False, forbid_unknown_fields=True):
    """A stretch that is not annotated: a byline, a notice, a list of other articles."""

    start: Offset
    end: Offset
    kind: Name


class Entity(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A person, state, organisation or place, with its mentions by name and by description."""

    id: Name
    type: Name
    name: Name = ""
    mentions: Annotated[tuple[Span, ...], _ITEMS] = ()


class Time(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A TIMEX3: extent, type and ISO value."""

    id: Name
    start: Offset
    end: Offset
    type: Name
    value: Name


class Argument(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A filler of a role: the span in the text, and the entity or time that it stands for."""

    role: Name
    start: Offset
    end: Offset
    ref: Name | None = None


class Event(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One event mention. ``encounter`` is shared by all mentions of one encounter or act."""

    id: Name
    type: Name
    trigger: Span
    factuality: Name = "asserted"
    encounter: Name | None = None
    arguments: Annotated[tuple[Argument, ...], _ITEMS] = ()


class Status(msgspec.Struct, frozen=True, order=True, gc=False, forbid_unknown_fields=True):
    """How a document leaves an encounter."""

    encounter: Name
    status: Name


class Prediction(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What is said of a document: one line of a prediction file."""

    doc_id: Name
    events: Annotated[tuple[Event, ...], _ITEMS] = ()
    entities: Annotated[tuple[Entity, ...], _ITEMS] = ()
    times: Annotated[tuple[Time, ...], _ITEMS] = ()
    statuses: Annotated[tuple[Status, ...], _ITEMS] = ()


class Document(Prediction, frozen=True, gc=False, forbid_unknown_fields=True):
    """A text with its date of publication, its segmentation and, in gold, its annotations.

    ``published`` is an ISO date, or ``None`` when it is not known. ``outlet`` is the kind of outlet (dispatch,
    editorial, …), ``storyline`` the set of documents that tell one affair. ``canary`` is a GUID of the corpus by which
    data that a model was trained on can be searched for it; it never stands in a text.
    """

    text: str = ""
    published: Name | None = None
    subset: Name = ""
    storyline: Name = ""
    outlet: Name = ""
    canary: Name = ""
    zones: Annotated[tuple[Zone, ...], _ITEMS] = ()
    sentences: tuple[tuple[Offset, Offset], ...] = ()


AnyPrediction = TypeVar("AnyPrediction", bound=Prediction)


LAYERS = ("triggers", "entities", "times")


def stripped(document: Document, doc_id: str, given: Collection[str] = ()) -> Document:
    """The document as an extractor receives it: text, date and segmentation, under an opaque id.

    ``given`` names the gold layers (of :data:`LAYERS`) that it is shown besides: ``triggers`` are events with trigger,
    label and factuality alone.
    """
    triggers = [Event(v.id, v.type, v.trigger, v.factuality) for v in document.events] if "triggers" in given else ()
    return Document(
        doc_id=doc_id,
        events=tuple(triggers),
        entities=document.entities if "entities" in given else (),
        times=document.times if "times" in given else (),
        text=document.text,
        published=document.published,
        zones=document.zones,
        sentences=document.sentences,
    )


def blank(document: Document) -> Document:
    """The document without its annotations; what is known of it besides stays."""
    return replace(document, events=(), entities=(), times=(), statuses=())


def as_prediction(document: Prediction, doc_id: str | None = None) -> Prediction:
    """The annotations of ``document`` without its text."""
    return Prediction(
        doc_id=document.doc_id if doc_id is None else doc_id,
        events=document.events,
        entities=document.entities,
        times=document.times,
        statuses=document.statuses,
    )


def canonical(document: AnyPrediction) -> AnyPrediction:
    """``document`` with everything in order of position and ids numbered in that order (E1…, T1…, V1…).

    Two documents that say the same have the same canonical form.
    """
    entities = sorted(
        (replace(e, mentions=tuple(sorted(e.mentions))) for e in document.entities),
        key=lambda e: (e.mentions, e.type, e.name, e.id),
    )
    times = sorted(document.times, key=lambda t: (t.start, t.end, t.type, t.value, t.id))
    new_id = {e.id: f"E{i}" for i, e in enumerate(entities, 1)} | {t.id: f"T{i}" for i, t in enumerate(times, 1)}
    events = [
        replace(
            v,
            arguments=tuple(
                sorted(
                    (replace(a, ref=new_id.get(a.ref, a.ref) if a.ref is not None else None) for a in v.arguments),
                    key=lambda a: (a.role, a.start, a.end, a.ref or ""),
                )
            ),
        )
        for v in document.events
    ]
    events.sort(key=lambda v: (v.trigger, v.type, v.encounter or "", v.factuality, _argument_keys(v), v.id))
    return replace(
        document,
        entities=tuple(replace(e, id=new_id[e.id]) for e in entities),
        times=tuple(replace(t, id=new_id[t.id]) for t in times),
        events=tuple(replace(v, id=f"V{i}") for i, v in enumerate(events, 1)),
        statuses=tuple(sorted(document.statuses)),
    )


def _argument_keys(event: Event) -> list[tuple[str, int, int, str]]:
    return [(a.role, a.start, a.end, a.ref or "") for a in event.arguments]


# ---------------------------------------------------------------------------------------------------------------------
# Validation


class Fault(NamedTuple):
    """One thing wrong with a document: what was found and what was expected."""

    found: str
    expected: str


_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_VALUE = {
    "DATE": re.compile(
        rf"{_DAY}|\d{{2,4}}|\d{{4}}-(?:0[1-9]|1[0-2])|\d{{4}}-W(?:0[1-9]|[1-4]\d|5[0-3])(?:-WE)?"
        r"|(?:\d{4}|XXXX)-(?:SP|SU|FA|WI|H[12]|Q[1-4])"
        r"|XXXX(?:-(?:XX|\d{2}))?(?:-(?:XX|\d{2}))?|XXXX-WXX(?:-(?:[1-7]|WE))?|\d{4}-(?:XX|\d{2}-XX)"
        r"|(?:PAST|PRESENT|FUTURE)_REF"
    ),
    "TIME": re.compile(
        rf"(?:{_DAY}|XXXX-XX-XX|XXXX-WXX-[1-7])?T(?:MO|MI|AF|EV|NI|DT|(?:[01]\d|2[0-4])(?::[0-5]\d(?::[0-5]\d)?)?)(?:Z|[+-]\d\d(?::\d\d)?)?"
        r"|(?:PAST|PRESENT|FUTURE)_REF"
    ),
    "DURATION": re.compile(
        r"P(?:\d+(?:\.\d+)?|X{1,2})(?:[YMWDE]|Q|H|DE|CE)?(?:\d+[MWD])*|P(?:\d+[YMWD])*T(?:(?:\d+(?:\.\d+)?|X{1,2})[HMS])+"
    ),
    "SET": re.compile(r"P(?:\d+|X{1,2})(?:[YMWDEQ])|PT(?:\d+|X{1,2})[HMS]|XXXX-.+|\d{4}-.+|T\w+"),
}


@lru_cache(2**14)
def is_timex_value(kind: str, value: str) -> bool:
    """Whether ``value`` has the form that a TIMEX3 of type ``kind`` may have (guidelines section 6)."""
    return kind in _VALUE and _VALUE[kind].fullmatch(value) is not None


def faults(document: Prediction, ontology: Ontology, length: int, *, gold: bool = False) -> Iterator[Fault]:
    """Everything wrong with the annotations of a document whose text has ``length`` characters.

    A prediction must be well formed (spans inside the text, known labels, roles and values, ids unique, references that
    resolve); gold must besides keep the ontology's cardinalities, point each argument at an entity or time of a type
    that its role takes, and give each event an encounter and each encounter a status.
    """
    kinds = {e.id: e.type for e in document.entities}
    kinds |= {t.id: t.type for t in document.times}
    if len(kinds) < len(document.entities) + len(document.times):
        ids = [e.id for e in document.entities] + [t.id for t in document.times]
        yield from _duplicates("entity or time id", ids)
    yield from _duplicates("event id", [v.id for v in document.events])
    yield from _duplicates("status of encounter", [s.encounter for s in document.statuses])
    yield from _mention_faults(document, ontology, length, gold)
    roles = ontology.roles
    for event in document.events:
        trigger = event.trigger
        if not trigger.start < trigger.end <= length:
            yield _bad_span(f"trigger of event {event.id}", trigger.start, trigger.end, length)
        if event.type not in ontology.labels:
            yield Fault(f"event {event.id} with unknown label {event.type!r}", nearest(event.type, ontology.labels))
        if event.factuality not in ontology.factuality:
            yield Fault(f"event {event.id} with factuality {event.factuality!r}", one_of(ontology.factuality))
        # One test for nearly every argument, another one in gold; what is wrong is found out only where something is.
        for a in () if gold else event.arguments:
            if not a.start < a.end <= length or a.role not in roles or (a.ref is not None and a.ref not in kinds):
                yield from _argument_faults(event, a, ontology, length, kinds)
    for status in document.statuses:
        if status.status not in ontology.statuses:
            yield Fault(f"status {status.status!r} of encounter {status.encounter}", one_of(ontology.statuses))
    if gold:
        yield from _gold_faults(document, ontology, length, kinds)


def _mention_faults(document: Prediction, ontology: Ontology, length: int, gold: bool) -> Iterator[Fault]:
    for entity in document.entities:
        if entity.type not in ontology.entity_types:
            yield Fault(f"entity {entity.id} of type {entity.type!r}", one_of(ontology.entity_types))
        for mention in entity.mentions:
            if not mention.start < mention.end <= length:
                yield _bad_span(f"mention of entity {entity.id}", mention.start, mention.end, length)
    for time in document.times:
        if not time.start < time.end <= length:
            yield _bad_span(f"time {time.id}", time.start, time.end, length)
        if time.type not in ontology.time_types:
            yield Fault(f"time {time.id} of type {time.type!r}", one_of(ontology.time_types))
        elif gold and not is_timex_value(time.type, time.value):
            yield Fault(f"time {time.id} with value {time.value!r}", f"a TIMEX3 value of type {time.type}")


def _argument_faults(
    event: Event, argument: Argument, ontology: Ontology, length: int, kinds: Mapping[str, str]
) -> Iterator[Fault]:
    what = f"argument {argument.role} of event {event.id}"
    if argument.role not in ontology.roles:
        yield Fault(f"event {event.id} with unknown role {argument.role!r}", nearest(argument.role, ontology.roles))
    if not argument.start < argument.end <= length:
        yield _bad_span(what, argument.start, argument.end, length)
    if argument.ref is not None and argument.ref not in kinds:
        yield Fault(f"{what} refers to {argument.ref!r}", "the id of an entity or time of the document")


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_is_slug = lru_cache(2**14)(_SLUG.fullmatch)  # values and names of encounters come again and again


def _gold_faults(document: Prediction, ontology: Ontology, length: int, kinds: Mapping[str, str]) -> Iterator[Fault]:
    if isinstance(document, Document):
        yield from _frame_faults(document, length)
    yield from _entity_faults(document)
    places: set[tuple[str | None, int, int]] = {(e.id, m.start, m.end) for e in document.entities for m in e.mentions}
    places.update([(t.id, t.start, t.end) for t in document.times])
    fillers = ontology.fillers
    lives = set()
    for event in document.events:
        label = ontology.labels.get(event.type)
        if event.encounter is None:
            yield Fault(f"event {event.id} without an encounter", "the id of its encounter or act")
        elif not _is_slug(event.encounter):
            yield Fault(f"encounter {event.encounter!r}", "lower-case letters, digits and hyphens")
        if label is not None:
            refs = {a.ref for a in event.arguments}
            roles = tuple([a.role for a in event.arguments])
            if len(refs) < len(roles) or not ontology.admits(event.type, roles):
                yield from _cardinality_faults(event, label, ontology)
            if label.phase is not None and event.encounter is not None:
                lives.add(event.encounter)
        for a in event.arguments:
            if (a.ref, a.start, a.end) not in places or kinds[a.ref or ""] not in fillers.get(a.role, ()):
                yield from _argument_faults(event, a, ontology, length, kinds)
                yield from _filler_faults(event, a, ontology, kinds, places)
    stated = {s.encounter for s in document.statuses}
    for encounter in sorted(lives - stated):
        yield Fault(f"encounter {encounter} without a status", one_of(ontology.statuses))
    for encounter in sorted(stated - lives):
        yield Fault(f"status of encounter {encounter}, which has no mention", "an encounter of the document")


@lru_cache(2**14)
def _is_date(published: str) -> bool:
    if not re.fullmatch(_DAY, published):
        return False
    try:
        datetime.date.fromisoformat(published)
    except ValueError:
        return False
    return True


def _frame_faults(document: Document, length: int) -> Iterator[Fault]:
    """What is wrong with the date and the segmentation, which everybody reads and nobody checks again."""
    if document.published is not None and not _is_date(document.published):
        yield Fault(f"published {shorten(document.published)!r}", "a date as YYYY-MM-DD, or null")
    end_before = 0
    for start, end in document.sentences:
        if not end_before <= start <= end <= length:
            expected = f"sentences in order, apart, within the text of {length} characters"
            yield Fault(f"sentence at {start}-{end} after {end_before}", expected)
        end_before = end
    for zone in document.zones:
        if not zone.start < zone.end <= length:
            yield _bad_span(f"zone {zone.kind}", zone.start, zone.end, length)


def _entity_faults(document: Prediction) -> Iterator[Fault]:
    for entity in document.entities:
        if not entity.mentions:
            yield Fault(f"entity {entity.id} without a mention", "one mention or more")
        if not entity.name:
            yield Fault(f"entity {entity.id} without a name", "its canonical name")
        if len(set(entity.mentions)) < len(entity.mentions):
            yield from _duplicates(f"mention of entity {entity.id}", [f"{m.start}-{m.end}" for m in entity.mentions])


def _cardinality_faults(event: Event, label: Label, ontology: Ontology) -> Iterator[Fault]:
    yield from _duplicates(f"argument of event {event.id}", [f"{a.role} {a.ref}" for a in event.arguments])
    roles = [a.role for a in event.arguments]
    for role, least in label.min.items():
        if (n := roles.count(role)) < least:
            yield Fault(f"event {event.id} ({event.type}) with {n} {role}", f"{least} or more")
    for role in dict.fromkeys(roles):
        most = ontology.roles[role].max if role in ontology.roles else None
        if role not in label.roles:
            yield Fault(f"event {event.id} ({event.type}) with role {role}", one_of(label.roles))
        elif most is not None and (n := roles.count(role)) > most:
            yield Fault(f"event {event.id} ({event.type}) with {n} {role}", f"{most} at most")


def _filler_faults(
    event: Event,
    argument: Argument,
    ontology: Ontology,
    kinds: Mapping[str, str],
    places: Container[tuple[str | None, int, int]],
) -> Iterator[Fault]:
    what = f"argument {argument.role} of event {event.id}"
    if argument.ref is None:
        yield Fault(f"{what} without ref", "the id of its entity or time")
    elif argument.ref in kinds and argument.role in ontology.roles:
        fillers = ontology.roles[argument.role].filler
        if kinds[argument.ref] not in fillers:
            yield Fault(f"{what} filled by a {kinds[argument.ref]}", one_of(fillers))
        if (argument.ref, argument.start, argument.end) not in places:
            yield Fault(f"{what} at {argument.start}-{argument.end}", f"a span of {argument.ref}")


def _bad_span(what: str, start: int, end: int, length: int) -> Fault:
    if start >= end:
        return Fault(f"{what} at {start}-{end}", "start before end")
    return Fault(f"{what} at {start}-{end}", f"offsets within the text of {length} characters")


def _duplicates(what: str, ids: list[str]) -> Iterator[Fault]:
    if len(set(ids)) < len(ids):
        yield from (Fault(f"{what} {i!r} {n} times", "once") for i, n in Counter(ids).items() if n > 1)


def one_of(names: Iterable[str]) -> str:
    """``one of A, B, C``."""
    return "one of " + ", ".join(names)


_SHOWN = 400  # characters of a list of names


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks like ``name``, whatever its case; else all of them, or as many as a line holds."""
    import difflib

    names = list(known)
    lower = {n.lower(): n for n in reversed(names)}
    if close := difflib.get_close_matches(shorten(name).lower(), lower, n=1, cutoff=0.6):
        return lower[close[0]]
    shown = one_of(names)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN].rpartition(', ')[0]} … ({len(names)} in all)"


def check(
    document: Prediction, ontology: Ontology, length: int, *, gold: bool = False, file: str = "", line: int = 0
) -> None:
    """Raise for the first of :func:`faults`.

    Raises:
        InvalidInput: the document has a fault; the message names file, line, document, found and expected.
    """
    for fault in faults(document, ontology, length, gold=gold):
        raise InvalidInput(fault.found, fault.expected, file=file, line=line, document=document.doc_id)
