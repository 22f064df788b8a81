"""Checks that look for likely annotation errors. What they find is to be read by someone; not all of it is wrong."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from benchmark.documents import Document
from benchmark.ontology import Ontology

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_TIME_WORDS = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS)}|{'|'.join(MONTHS)}|hier|avant-hier|demain|après-demain|aujourd['’]hui|veille|lendemain|surlendemain"
    r"|(?:19|20)\d\d|semaines?|siècles?|printemps|été(?= \d{4})|automne|hiver"
    r"|bientôt|prochainement|actuellement|récemment|naguère|jadis)\b",
    re.IGNORECASE,
)


def suspicions(document: Document, ontology: Ontology) -> Iterator[str]:
    """One line for each place of an annotated document that looks like an oversight, with its sentence number."""
    starts = [a for a, _ in document.sentences]

    def where(offset: int) -> str:
        return f"{document.doc_id} sentence {bisect_right(starts, offset)}"

    for start, word in _left_out_mentions(document):
        yield f"{where(start)}: {word!r} is a mention elsewhere, not here"
    for start, word in _left_out_times(document):
        yield f"{where(start)}: {word!r} looks like a time and is not annotated"
    for start, word in _left_out_triggers(document):
        yield f"{where(start)}: {word!r} is a trigger elsewhere, not here"
    for time in document.times:
        for problem in _value_problems(document.text[time.start : time.end].lower(), time.value):
            yield f"{where(time.start)}: {document.text[time.start : time.end]!r} has value {time.value}: {problem}"
    yield from (f"{document.doc_id}: {problem}" for problem in _order_problems(document, ontology))
    parties: dict[str, set[str | None]] = {}
    for event in document.events:
        label = ontology.labels.get(event.type)
        if event.encounter and label and label.phase:
            parties.setdefault(event.encounter, set()).update(a.ref for a in event.arguments if a.role in label.min)
    for encounter, refs in parties.items():
        if len(refs) < 2:
            yield f"{document.doc_id}: encounter {encounter} has {len(refs)} participant"


def _outside(document: Document, spans: list[tuple[int, int]], start: int, end: int) -> bool:
    zones = [(z.start, z.end) for z in document.zones]
    return not any(a < end and start < b for a, b in spans + zones)


def _words(document: Document, word: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", document.text):
        yield found.span()


def _left_out_mentions(document: Document) -> Iterator[tuple[int, str]]:
    mentions = [(m.start, m.end) for e in document.entities for m in e.mentions]
    strings = {document.text[a:b] for a, b in mentions}
    for word in sorted(strings):
        if word[:1].isupper() or " " in word:
            for start, end in _words(document, word):
                if _outside(document, mentions, start, end):
                    yield start, word


def _left_out_times(document: Document) -> Iterator[tuple[int, str]]:
    times = [(t.start, t.end) for t in document.times]
    for found in _TIME_WORDS.finditer(document.text):
        if _outside(document, times, *found.span()):
            yield found.start(), found.group()


def _left_out_triggers(document: Document) -> Iterator[tuple[int, str]]:
    triggers = [(v.trigger.start, v.trigger.end) for v in document.events]
    for word in sorted({document.text[a:b] for a, b in triggers}):
        for start, end in _words(document, word):
            if _outside(document, triggers, start, end):
                yield start, word


def _order_problems(document: Document, ontology: Ontology) -> Iterator[str]:
    """Lives whose dates run backwards: an encounter held after the day of publication, planned for a day before the act
    that plans it, or stopped before it was announced.
    """
    values = {t.id: t.value for t in document.times}
    acts: dict[str, dict[str, list[str]]] = {}
    for event in document.events:
        label = ontology.labels.get(event.type)
        if label is None or label.phase is None or event.factuality != "asserted":
            continue
        days = {a.role: day for a in event.arguments if (day := _day(values.get(a.ref or "", "")))}
        held, date, act = label.phase == "Held", days.get("Date"), days.get("ActDate")
        if held and date and document.published and date > document.published:
            yield f"encounter {event.encounter} held on {date}, after the day of publication"
        if label.phase in ("Proposed", "Announced") and date and act and date < act:
            yield f"encounter {event.encounter} {label.phase.lower()} on {act} for {date}, a day before"
        if act:
            acts.setdefault(event.encounter or "", {}).setdefault(label.phase, []).append(act)
    for encounter, by_phase in acts.items():
        if (
            "Announced" in by_phase
            and "Cancelled" in by_phase
            and max(by_phase["Cancelled"]) < min(by_phase["Announced"])
        ):
            yield f"encounter {encounter} cancelled on {max(by_phase['Cancelled'])}, before it was announced"


def _day(value: str) -> str | None:
    """The day of a value that has one."""
    found = re.match(r"\d{4}-\d\d-\d\d", value)
    return found.group() if found else None


def life_problems(documents: Iterable[Document]) -> Iterator[str]:
    """Statuses that do not follow one another in the documents of one storyline, in order of publication: what was held
    becomes nothing else, what was cancelled or refused comes back only where a document says so.
    """
    left: dict[str, tuple[str, str]] = {}
    for document in sorted(documents, key=lambda d: (d.published or "", d.doc_id)):
        for status in document.statuses:
            doc_id, before = left.get(status.encounter, ("", ""))
            if status.status != before and before in ("held", "cancelled", "refused"):
                yield f"{document.doc_id}: encounter {status.encounter} is {status.status}, and was {before} in {doc_id}"
            left[status.encounter] = document.doc_id, status.status


def _value_problems(words: str, value: str) -> Iterator[str]:
    """What an expression says outright and its value denies: weekday, day of the month, month, year, granularity."""
    numbered = re.search(rf"\b\d{{1,2}}(?:er)? (?:{'|'.join(MONTHS)})\b", words)
    if numbered and re.fullmatch(r"\d{4}(?:-\d\d)?", value):
        yield "the text names a day"
    if re.fullmatch(
        rf"(?:(?:le mois d[e’'] ?)?(?:{'|'.join(MONTHS)})(?: \d{{4}}| dernier| prochain)?|(?:19|20)\d\d)", words
    ) and _day(value):
        yield "the text names no day"
    day = re.match(r"(\d{4})-(\d\d)-(\d\d)", value)
    # A night from one day to the next names both and has the value of the first; *il y aura neuf mois samedi* counts back.
    if day and not re.search(r"\b(?:au|à|il y)\b", words):
        date = datetime.date(*map(int, day.groups()))
        named = [w for w in WEEKDAYS if re.search(rf"\b{w}\b", words)]
        if named and WEEKDAYS[date.weekday()] not in named:
            yield f"that day is a {WEEKDAYS[date.weekday()]}"
        number = re.search(rf"\b(\d{{1,2}})(?:er)? (?:{'|'.join(MONTHS)})\b", words)
        if number and int(number[1]) != date.day:
            yield f"the text says {number[1]}"
    month = re.match(r"\d{4}-(\d\d)", value)
    months = [i for i, m in enumerate(MONTHS, 1) if re.search(rf"\b{m}\b", words)]
    if month and len(months) == 1 and int(month[1]) != months[0]:
        yield f"the text says {MONTHS[months[0] - 1]}"
    years = re.findall(r"\b(?:19|20)\d\d\b", words)
    if len(years) == 1 and re.match(r"\d{4}", value) and value[:4] != years[0]:
        yield f"the text says {years[0]}"
