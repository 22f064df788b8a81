"""What kind of mistakes a system makes: every event, argument and encounter of both sides in exactly one category.

Events of a document are paired one-to-one, independent of order (:func:`benchmark.scoring.matching.align`): equal
triggers first, then most overlaps, then most equal labels, phases, formats, factualities, dates and arguments. An event
falls into the first category of :data:`EVENTS` that applies, so the categories of gold events add up to the gold events
and those of predicted events to the predicted ones. Equal trigger and label are what ``TC`` counts.

Arguments are compared within such pairs of equal trigger and label, by the fillers of ``AC+`` (a gold entity by any of
its mentions) and, for dates, by the values of ``Date-V`` (a time of day cut to its day). Arguments of other events fall
into ``event``. Wrong dates are told apart by :func:`date_mistake`.

Encounters are judged by the paired mentions that they share, within a document and across a storyline.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

import msgspec

from benchmark import segment
from benchmark.documents import Argument, Document, Event, Prediction, Span, as_prediction, canonical
from benchmark.errors import one_line, shorten
from benchmark.ontology import Ontology
from benchmark.scoring.core import Key
from benchmark.scoring.families.arguments import entity_fillers
from benchmark.scoring.families.dates import resolved
from benchmark.scoring.families.triggers import format_of, phase_of
from benchmark.scoring.matching import align, assign_pairs

EVENTS = {
    "missed": "no predicted event on any of its characters",
    "spurious": "no gold event on any of its characters",
    "span": "the trigger overlaps but has another extent, the label is right",
    "span-label": "the trigger has another extent, and the label is wrong",
    "format": "the phase is right, the format is not",
    "phase": "the format is right, the phase is not",
    "label": "the label is wrong otherwise",
    "factuality": "trigger and label are right, the factuality is not",
    "date": "so far right, a date of the event is wrong",
    "role": "so far right, an argument has the wrong role",
    "entity": "so far right, an argument has the wrong filler or another extent",
    "arguments": "so far right, arguments are missing or too many",
    "right": "right with everything",
}
ARGUMENTS = {
    "event": "its event is missed, spurious or has another trigger or label",
    "missed": "the event has it, the prediction has nothing in its place",
    "spurious": "the event has nothing in its place",
    "role": "the filler is right, the role is not",
    "date": "the role is right, the date is not",
    "extent": "the role is right, the extent overlaps a mention of the right entity but is none",
    "entity": "the role is right, the filler is not",
    "right": "right",
}
DATES = {
    "coarser": "the gold date lies within the one given (a month for a day)",
    "finer": "the date given lies within the gold one",
    "year": "another year, the rest is right",
    "days": "off by one to six days: the wrong anchor",
    "weeks": "off by one to four whole weeks: the wrong anchor",
    "unresolved": "gold is resolved, what was given is not",
    "open": "gold is not resolved, something else was given",
    "other": "another date",
}
ENCOUNTERS = {
    "missed": "none of its mentions was found",
    "spurious": "none of its mentions is of a gold encounter",
    "split": "its mentions are spread over several encounters",
    "merged": "an encounter that holds mentions of it also holds those of others",
    "split-merged": "both",
    "whole": "its mentions found are together, and no others with them",
}
LAYERS: Mapping[str, Mapping[str, str]] = {
    "events": EVENTS,
    "arguments": ARGUMENTS,
    "dates": DATES,
    "encounters": ENCOUNTERS,
    "storyline encounters": ENCOUNTERS,
}
_DISTANCES = ("0", "1", "2", "3+")


class Sides(msgspec.Struct, frozen=True):
    """How many gold and how many predicted items."""

    gold: int = 0
    given: int = 0


Kinds = dict[str, Sides]  # category → items
Layers = dict[str, Kinds]


class Example(msgspec.Struct, frozen=True):
    """One mistake: where, what gold has and what was given; ``None`` for nothing."""

    document: str
    sentence: str
    expected: str | None
    given: str | None


class Analysis(msgspec.Struct, frozen=True):
    """The mistakes of a system.

    Attributes:
        documents: how many there are.
        layers: items by layer (:data:`LAYERS`) and category.
        by: the same for each value of a property: ``label``, ``subset``, ``outlet``; ``trigger`` (whether the trigger was
            in the training data with its label, with another label only, or not at all) where these are known; for
            arguments ``role`` and ``distance`` (sentences between argument and trigger).
        confusion: for ``label``, ``phase`` and ``format`` gold value → predicted value → pairs of events.
        examples: by layer and category.
    """

    documents: int
    layers: Layers
    by: dict[str, dict[str, Layers]]
    confusion: dict[str, dict[str, dict[str, int]]]
    examples: dict[str, dict[str, list[Example]]]


def analyse(
    gold: Sequence[Document],
    predictions: Sequence[Prediction],
    ontology: Ontology,
    *,
    train: Iterable[Document] | None = None,
    examples: int = 3,
) -> Analysis:
    """Sort the mistakes of ``predictions``, which are in the order of ``gold``.

    Args:
        train: the documents whose triggers count as seen; ``None`` where they are not known.
        examples: how many to keep of each category, the first in order of document and place.
    """
    book = _Book(examples)
    known = None if train is None else _triggers(train)
    stories: dict[str, list[_Links]] = defaultdict(list)
    for document, side in sorted(zip(gold, predictions, strict=True), key=lambda pair: pair[0].doc_id):
        page = _Page(canonical(document), canonical(as_prediction(side)), ontology, known, book)
        links = page.write()
        _encounters([links], "encounters", book)
        stories[document.storyline or document.doc_id].append(links)
    for _, story in sorted(stories.items()):
        _encounters(story, "storyline encounters", book)
    return book.closed(len(gold))


def lemma(trigger: str) -> str:
    """A trigger without what differs by accident: lower case, one kind of apostrophe, single spaces.

    Crude on purpose: no lemmatiser is needed, and *annonce* and *annoncent* are two.
    """
    return " ".join(trigger.lower().replace("’", "'").split())


def _triggers(documents: Iterable[Document]) -> Mapping[str, set[str]]:
    """Labels of each trigger in ``documents``."""
    table: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        for event in document.events:
            table[lemma(event.trigger.of(document.text))].add(event.type)
    return table


# ---------------------------------------------------------------------------------------------------------------------
# Dates

_WEEK = re.compile(r"(\d{4})-W(\d\d)(-WE)?")
_PART = re.compile(r"(\d{4})-([HQ])([1-4])")
_YEARS = re.compile(r"\d{2,4}")


def period(value: str) -> tuple[datetime.date, datetime.date] | None:
    """First and last day of a resolved value; ``None`` for what has no fixed bounds (a season) or is no date."""
    try:
        if week := _WEEK.fullmatch(value):
            year, number = int(week[1]), int(week[2])
            first = datetime.date.fromisocalendar(year, number, 6 if week[3] else 1)
            return first, datetime.date.fromisocalendar(year, number, 7)
        if part := _PART.fullmatch(value):
            months = 6 if part[2] == "H" else 3
            return _months(int(part[1]), (int(part[3]) - 1) * months + 1, months)
        if _YEARS.fullmatch(value):
            missing = 4 - len(value)
            first_year = int(value) * 10**missing
            return datetime.date(first_year, 1, 1), datetime.date(first_year + 10**missing - 1, 12, 31)
        if len(value) == len("2025-08"):
            return _months(int(value[:4]), int(value[5:]), 1)
        day = datetime.date.fromisoformat(value)
    except ValueError:
        return None
    return day, day


def _months(year: int, first: int, count: int) -> tuple[datetime.date, datetime.date]:
    after = datetime.date(year + (first + count - 1) // 12, (first + count - 1) % 12 + 1, 1)
    return datetime.date(year, first, 1), after - datetime.timedelta(days=1)


def date_mistake(gold: str | None, given: str | None) -> str:
    """Category of :data:`DATES` for two resolved values that differ; ``None`` is one that is not resolved."""
    if gold is None:
        return "open"
    if given is None:
        return "unresolved"
    if len(gold) > 4 and gold[4:] == given[4:]:
        return "year"
    want, give = period(gold), period(given)
    if want is None or give is None:
        # What has no fixed bounds, such as a season, still lies within its year.
        return "coarser" if gold.startswith(f"{given}-") else "finer" if given.startswith(f"{gold}-") else "other"
    if give[0] <= want[0] and want[1] <= give[1]:
        return "coarser"
    if want[0] <= give[0] and give[1] <= want[1]:
        return "finer"
    shift = abs((want[0] - give[0]).days)
    if want[1] - want[0] == give[1] - give[0]:
        if shift < 7:
            return "days"
        if shift <= 28 and shift % 7 == 0:
            return "weeks"
    return "other"


# ---------------------------------------------------------------------------------------------------------------------
# Counting


class _Book:
    """Where everything is written down."""

    def __init__(self, examples: int) -> None:
        self.most = examples
        self.counts: Counter[tuple[str, str, str]] = Counter()  # layer, category, side
        self.groups: dict[str, dict[str, Counter[tuple[str, str, str]]]] = {}
        self.confusion: dict[str, dict[str, Counter[str]]] = {p: {} for p in ("label", "phase", "format")}
        self.examples: dict[str, dict[str, list[Example]]] = {}

    def write(self, layer: str, kind: str, side: str, groups: Mapping[str, str]) -> None:
        self.counts[layer, kind, side] += 1
        for name, value in groups.items():
            self.groups.setdefault(name, {}).setdefault(value, Counter())[layer, kind, side] += 1

    def example(self, layer: str, kind: str, make: Callable[[], Example]) -> None:
        kept = self.examples.setdefault(layer, {}).setdefault(kind, [])
        if len(kept) < self.most:
            kept.append(make())

    def closed(self, documents: int) -> Analysis:
        return Analysis(
            documents=documents,
            layers={layer: {k: _sides(self.counts, layer, k) for k in kinds} for layer, kinds in LAYERS.items()},
            by={
                name: {value: _present(counts) for value, counts in sorted(values.items())}
                for name, values in sorted(self.groups.items())
            },
            confusion={
                name: {gold: dict(sorted(row.items())) for gold, row in sorted(rows.items())}
                for name, rows in self.confusion.items()
            },
            examples=self.examples,
        )


def _sides(counts: Counter[tuple[str, str, str]], layer: str, kind: str) -> Sides:
    return Sides(counts[layer, kind, "gold"], counts[layer, kind, "given"])


def _present(counts: Counter[tuple[str, str, str]]) -> Layers:
    table: Layers = {}
    for layer, kinds in LAYERS.items():
        found = {kind: sides for kind in kinds if (sides := _sides(counts, layer, kind)) != Sides()}
        if found:
            table[layer] = found
    return table


class _Filled(NamedTuple):
    """An argument and what it stands for."""

    argument: Argument
    filler: tuple[object, ...]

    @property
    def value(self) -> str | None:
        """The date, if it is one and resolved."""
        _, *what = self.filler
        return resolved(*map(str, what)) if self.filler[0] == "time" else None

    def same(self, other: _Filled) -> bool:
        """Whether both stand for the same entity, or the same date."""
        return self.filler == other.filler or (self.value is not None and self.value == other.value)


class _Told(NamedTuple):
    """An event with its arguments."""

    event: Event
    arguments: list[_Filled]

    @property
    def extent(self) -> tuple[int, int]:
        return self.event.trigger.start, self.event.trigger.end

    def values(self, time_roles: frozenset[str]) -> Counter[tuple[str, str | None]]:
        return Counter((f.argument.role, f.value) for f in self.arguments if f.argument.role in time_roles)

    def fillers(self) -> Counter[Key]:
        return Counter((f.argument.role, f.filler) for f in self.arguments)


class _Links(NamedTuple):
    """Encounters of the events of a document, gold and predicted, and which events were paired."""

    document: Document
    side: Prediction
    pairs: list[tuple[int, int]]


class _Page:
    """One document."""

    def __init__(
        self,
        gold: Document,
        side: Prediction,
        ontology: Ontology,
        known: Mapping[str, set[str]] | None,
        book: _Book,
    ) -> None:
        self.gold, self.side, self.ontology, self.known, self.book = gold, side, ontology, known, book
        self.sentences = gold.sentences or segment.sentences(gold.text)
        self.starts = [start for start, _ in self.sentences]
        self.mentions = {e.id: [(m.start, m.end) for m in e.mentions] for e in gold.entities}

    def write(self) -> _Links:
        """Write the document into the book."""
        wanted, given = self._told(self.gold), self._told(self.side)
        pairs = align([(t.extent, t) for t in wanted], [(t.extent, t) for t in given], self._agree)
        for i, j in sorted(pairs):
            self._pair(wanted[i], given[j])
        met_gold, met_given = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, told in enumerate(wanted):
            if i not in met_gold:
                self._alone(told, "missed", "gold")
        for j, told in enumerate(given):
            if j not in met_given:
                self._alone(told, "spurious", "given")
        return _Links(self.gold, self.side, pairs)

    def _told(self, side: Prediction) -> list[_Told]:
        # One filler an argument, in the order of events and arguments.
        fillers = (filler for _, _, filler in entity_fillers(self.gold, side))
        return [
            _Told(
                v,
                [
                    _Filled(a, f if isinstance(f, tuple) else (f,))
                    for a, f in zip(v.arguments, islice(fillers, len(v.arguments)), strict=True)
                ],
            )
            for v in side.events
        ]

    def _agree(self, mine: _Told, other: _Told) -> tuple[bool, ...]:
        return (
            mine.event.type == other.event.type,
            phase_of(mine.event, self.ontology) == phase_of(other.event, self.ontology),
            format_of(mine.event, self.ontology) == format_of(other.event, self.ontology),
            mine.event.factuality == other.event.factuality,
            mine.values(self.ontology.time_roles) == other.values(self.ontology.time_roles),
            mine.fillers() == other.fillers(),
        )

    def _groups(self, event: Event) -> dict[str, str]:
        groups = {"label": event.type, "subset": self.gold.subset, "outlet": self.gold.outlet}
        if self.known is not None:
            labels = self.known.get(lemma(event.trigger.of(self.gold.text)))
            groups["trigger"] = "unseen" if labels is None else "seen" if event.type in labels else "other label"
        return groups

    def _argument_groups(self, event: Event, argument: Argument) -> dict[str, str]:
        distance = abs(self._sentence(argument.start) - self._sentence(event.trigger.start))
        return {
            **self._groups(event),
            "role": argument.role,
            "distance": _DISTANCES[min(distance, len(_DISTANCES) - 1)],
        }

    def _sentence(self, at: int) -> int:
        return bisect_right(self.starts, at) - 1

    # -- events

    def _alone(self, told: _Told, kind: str, side: str) -> None:
        """An event that met none, and its arguments."""
        self.book.write("events", kind, side, self._groups(told.event))
        shown = self._words(told)
        expected, given = (shown, None) if side == "gold" else (None, shown)
        self._example("events", kind, told.event.trigger, expected, given)
        self._lost(told, side)

    def _lost(self, told: _Told, side: str) -> None:
        for filled in told.arguments:
            self.book.write("arguments", "event", side, self._argument_groups(told.event, filled.argument))

    def _pair(self, mine: _Told, other: _Told) -> None:
        for name, of in (("label", lambda v, _: v.type), ("phase", phase_of), ("format", format_of)):
            row = self.book.confusion[name].setdefault(of(mine.event, self.ontology), Counter())
            row[of(other.event, self.ontology)] += 1
        wrong: list[tuple[str, _Filled | None, _Filled | None]] = []
        if mine.event.trigger == other.event.trigger and mine.event.type == other.event.type:
            met = self._arguments(mine, other)
            wrong = [found for found in met if found[0] != "right"]
            for found in met:
                self._argument(mine, other, *found)
        else:
            self._lost(mine, "gold")
            self._lost(other, "given")
        kind = self._kind(mine.event, other.event, {name for name, _, _ in wrong})
        self.book.write("events", kind, "gold", self._groups(mine.event))
        self.book.write("events", kind, "given", self._groups(other.event))
        if kind != "right":
            expected = self._words(mine, [g for _, g, _ in wrong if g])
            given = self._words(other, [p for _, _, p in wrong if p])
            self._example("events", kind, mine.event.trigger, expected, given)

    def _kind(self, mine: Event, other: Event, wrong: set[str]) -> str:
        if mine.trigger != other.trigger:
            return "span" if mine.type == other.type else "span-label"
        if mine.type != other.type:
            same_phase = phase_of(mine, self.ontology) == phase_of(other, self.ontology)
            same_format = format_of(mine, self.ontology) == format_of(other, self.ontology)
            return "format" if same_phase else "phase" if same_format else "label"
        if mine.factuality != other.factuality:
            return "factuality"
        if "date" in wrong or "role" in wrong:
            return "date" if "date" in wrong else "role"
        return "entity" if wrong & {"entity", "extent"} else "arguments" if wrong else "right"

    # -- arguments

    def _arguments(self, mine: _Told, other: _Told) -> list[tuple[str, _Filled | None, _Filled | None]]:
        """Arguments of two events paired one-to-one, the better kinds of agreement first, and what is left."""
        ours, theirs = dict(enumerate(mine.arguments)), dict(enumerate(other.arguments))
        found: list[tuple[str, _Filled | None, _Filled | None]] = []
        for kind, credit in (
            ("right", self._credit_right),
            ("role", self._credit_role),
            ("extent", self._credit_extent),
            ("date", self._credit_date),
            ("entity", self._credit_entity),
        ):
            earned = {(i, j): credit(g, p) for i, g in ours.items() for j, p in theirs.items()}
            for i, j in sorted(assign_pairs(earned)):
                found.append((kind, ours.pop(i), theirs.pop(j)))
        found += [("missed", filled, None) for filled in ours.values()]
        return found + [("spurious", None, filled) for filled in theirs.values()]

    def _credit_right(self, g: _Filled, p: _Filled) -> float:
        # Of two times of one day the one of equal type and value is taken first.
        return (g.argument.role == p.argument.role and g.same(p)) * (1 + 1e-6 * (g.filler == p.filler))

    def _credit_role(self, g: _Filled, p: _Filled) -> float:
        return g.argument.role != p.argument.role and g.same(p)

    def _credit_extent(self, g: _Filled, p: _Filled) -> float:
        if g.argument.role != p.argument.role or g.argument.role in self.ontology.time_roles:
            return 0
        own = (g.argument.start, g.argument.end)
        mentions = [own, *self.mentions.get(g.argument.ref or "", [])]
        return p.filler[0] == "span" and any(s < p.argument.end and p.argument.start < e for s, e in mentions)

    def _credit_date(self, g: _Filled, p: _Filled) -> float:
        if g.argument.role != p.argument.role or g.argument.role not in self.ontology.time_roles:
            return 0
        # Of several dates in one role those are paired that differ in the kind named first.
        return 1 + 1e-6 * (len(DATES) - list(DATES).index(date_mistake(g.value, p.value)))

    def _credit_entity(self, g: _Filled, p: _Filled) -> float:
        return g.argument.role == p.argument.role

    def _argument(self, mine: _Told, other: _Told, kind: str, g: _Filled | None, p: _Filled | None) -> None:
        date = date_mistake(g.value, p.value) if kind == "date" and g and p else None
        for side, told, filled in (("gold", mine, g), ("given", other, p)):
            if filled is not None:
                groups = self._argument_groups(told.event, filled.argument)
                self.book.write("arguments", kind, side, groups)
                if date:
                    self.book.write("dates", date, side, groups)
        if kind != "right":
            place = next(filled.argument for filled in (g, p) if filled)
            shown = [self._words(t, [f]) if f else None for t, f in ((mine, g), (other, p))]
            self._example("arguments", kind, Span(place.start, place.end), *shown)
            if date:
                self._example("dates", date, Span(place.start, place.end), *shown)

    # -- examples

    def _example(self, layer: str, kind: str, place: Span, expected: str | None, given: str | None) -> None:
        self.book.example(layer, kind, lambda: Example(self.gold.doc_id, self._around(place), expected, given))

    def _words(self, told: _Told, filled: Sequence[_Filled] = ()) -> str:
        """An event in a few words, with some of its arguments."""
        event = told.event
        fact = "" if event.factuality == self.ontology.default_factuality else f" ({event.factuality})"
        words = [f"{event.type}{fact} {self._quoted(event.trigger)}"]
        for argument, filler in filled:
            value = f" = {shorten(filler[-1], 30)}" if filler[0] == "time" else ""
            words.append(f"{argument.role} {self._quoted(Span(argument.start, argument.end))}{value}")
        return ", ".join(words)

    def _quoted(self, span: Span) -> str:
        return f"« {one_line(shorten(span.of(self.gold.text), 40))} »"

    def _around(self, place: Span) -> str:
        """The sentence of ``place``, cut to what stands around it."""
        at = self._sentence(place.start)
        start, end = self.sentences[at] if at >= 0 else (0, len(self.gold.text))
        left, right = max(start, place.start - 50), min(end, max(place.end, place.start + 20) + 30)
        cut = self.gold.text[left:right]
        return one_line(f"{'…' * (left > start)}{cut}{'…' * (right < end)}")


# ---------------------------------------------------------------------------------------------------------------------
# Encounters

_Encounter = Hashable


def _encounters(story: Sequence[_Links], layer: str, book: _Book) -> None:
    """Judge the encounters of the documents of ``story``, taken together."""
    wanted: dict[_Encounter, list[str]] = {}  # encounter → its mentions in words
    given: dict[_Encounter, list[str]] = {}
    theirs: dict[_Encounter, set[_Encounter]] = defaultdict(set)  # gold encounter → predicted ones with its mentions
    ours: dict[_Encounter, set[_Encounter]] = defaultdict(set)
    for links in story:
        text = links.document.text
        sides = [
            [(v.encounter or (links.document.doc_id, i), v) for i, v in enumerate(side.events)]
            for side in (links.document, links.side)
        ]
        for table, events in zip((wanted, given), sides, strict=True):
            for encounter, event in events:
                table.setdefault(encounter, []).append(f"« {shorten(event.trigger.of(text), 30)} »")
        for i, j in links.pairs:
            mine, other = sides[0][i][0], sides[1][j][0]
            theirs[mine].add(other)
            ours[other].add(mine)

    def words(encounters: Iterable[_Encounter], table: Mapping[_Encounter, list[str]]) -> str:
        parts = (f"{e + ': ' if isinstance(e, str) else ''}{', '.join(table[e])}" for e in encounters)
        return one_line(shorten("; ".join(parts), 160))

    place = story[0].document.doc_id
    for g in wanted:
        kind = _fate(theirs[g], ours) or "missed"
        book.write(layer, kind, "gold", {})
        if kind != "whole":
            met = words(sorted(theirs[g], key=str), given) or None
            book.example(layer, kind, partial(Example, place, "", words([g], wanted), met))
    for p in given:
        kind = _fate(ours[p], theirs, gold=False) or "spurious"
        book.write(layer, kind, "given", {})
        if kind == "spurious":
            book.example(layer, kind, partial(Example, place, "", None, words([p], given)))


def _fate(met: set[_Encounter], back: Mapping[_Encounter, set[_Encounter]], gold: bool = True) -> str | None:
    """Category of an encounter that shares mentions with ``met``; ``back`` says which encounters these meet."""
    spread, shared = len(met) > 1, any(len(back[other]) > 1 for other in met)
    split, merged = (spread, shared) if gold else (shared, spread)
    if not met:
        return None
    return "split-merged" if split and merged else "split" if split else "merged" if merged else "whole"
