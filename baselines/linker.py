"""Which encounters of several documents are one: by format, participants, places and dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from benchmark.corpus import ontology
from benchmark.documents import Document, Event, Prediction, Status

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"\d{4}-\d\d")


@dataclass
class _Profile:
    """What is said of one encounter, in one document or in all that were read so far."""

    format: str
    parties: Counter[str] = field(default_factory=Counter)
    places: set[str] = field(default_factory=set)
    dates: set[str] = field(default_factory=set)

    def add(self, other: _Profile) -> None:
        """Take in what another document says."""
        self.parties += other.parties
        self.places |= other.places
        self.dates |= other.dates


class Overlap:
    """Each encounter of a document joins the one of the documents before it that it shares most with, or is a new one.

    Args:
        threshold: what it must share at least.
        place, date: weight of a shared place and of a shared or contradicted date, beside the share of parties that both
            name (Dice).
        other_format: what is taken off for another format (a summit that became a call).
    """

    def __init__(
        self, threshold: float = 0.6, place: float = 0.3, date: float = 0.5, other_format: float = 0.5
    ) -> None:
        self.threshold, self.place, self.date, self.other_format = threshold, place, date, other_format

    def link(self, documents: Sequence[Document]) -> list[Prediction]:
        """The predictions of ``documents`` with ids that they share."""
        known: list[_Profile] = []
        return [self._linked(document, known) for document in documents]

    def _linked(self, document: Document, known: list[_Profile]) -> Prediction:
        profiles = _profiles(document)
        pairs = [
            (score, name, i)
            for name, profile in profiles.items()
            for i, other in enumerate(known)
            if (score := self._shared(profile, other)) >= self.threshold
        ]
        joined: dict[str, int] = {}
        # The surest first; two encounters of one document are never one.
        for _, name, i in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if name not in joined and i not in joined.values():
                joined[name] = i
        for name, profile in profiles.items():
            if name in joined:
                known[joined[name]].add(profile)
            else:
                joined[name] = len(known)
                known.append(profile)
        ids = {name: f"encounter-{i}" for name, i in joined.items()}
        return replace(
            document,
            events=tuple(replace(v, encounter=ids[_name(i, v)]) for i, v in enumerate(document.events)),
            statuses=tuple(Status(ids.get(s.encounter, s.encounter), s.status) for s in document.statuses),
        )

    def _shared(self, one: _Profile, other: _Profile) -> float:
        mine, theirs = set(one.parties), set(other.parties)
        both = len(mine) + len(theirs)
        score = 2 * len(mine & theirs) / both if both else 0.0
        if one.places & other.places:
            score += self.place
        score += self.date * _agreement(one.dates, other.dates)
        return score - self.other_format * (one.format != other.format)


def _name(index: int, event: Event) -> str:
    return f"event {index}" if event.encounter is None else event.encounter


def _profiles(document: Document) -> dict[str, _Profile]:
    """What a document says of each of its encounters, in order of their first mention."""
    known = ontology()
    names = {e.id: e.name for e in document.entities}
    values = {t.id: t.value for t in document.times}
    formats: dict[str, Counter[str]] = {}
    found: dict[str, _Profile] = {}
    for i, event in enumerate(document.events):
        name = _name(i, event)
        label = known.labels.get(event.type)
        formats.setdefault(name, Counter())[(label and label.format) or event.type] += 1
        profile = found.setdefault(name, _Profile(""))
        for argument in event.arguments:
            words = names.get(argument.ref or "") or document.text[argument.start : argument.end]
            key = re.split(r"[\s’'-]+", words.lower())[-1]
            if argument.role == "Place":
                profile.places.add(key)
            elif argument.role in ("Date", "NewDate"):
                if value := values.get(argument.ref or ""):
                    profile.dates.add(value[:10])
            elif argument.role in ("Participant", "Agent", "Target"):
                profile.parties[key] += 1
    for name, counts in formats.items():
        found[name].format = min(counts, key=lambda form: (-counts[form], form))
    return found


def _agreement(one: set[str], other: set[str]) -> float:
    """1 for a date that both name (or one within a month that the other names), -1 for none, 0 where one names none."""
    if not one or not other:
        return 0.0
    if one & other or _months(one) & other or _months(other) & one:
        return 1.0
    days = [{v for v in side if _DAY.fullmatch(v)} for side in (one, other)]
    return -1.0 if all(days) else 0.0


def _months(values: set[str]) -> set[str]:
    return {found.group() for v in values if (found := _MONTH.match(v))}
