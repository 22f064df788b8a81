"""A trigger dictionary, and roles by distance and type: what can be learned by counting.

A word is a trigger where it is one in train often enough (``min_precision``), with its most frequent label. A mention
fills a role of a trigger where, in train, mentions of its type at that distance most often do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from baselines import dates, mentions
from benchmark import segment
from benchmark.documents import MAX_ITEMS, Argument, Document, Event, Prediction, Span

NO_ROLE = ""
_DISTANCES = (1, 3, 6, 10, 20)


class Learned(msgspec.Struct):
    """What counting train gives; kept as JSON."""

    labels: dict[str, str] = {}
    roles: dict[str, str] = {}
    types: dict[str, str] = {}
    ordinary: set[str] = set()


class Filler(msgspec.Struct, frozen=True):
    """A stretch that may fill a role."""

    start: int
    end: int
    type: str
    ref: str | None


class Lexicon:
    """Dictionary baseline.

    Args:
        min_precision: share of a word's occurrences in train that must be triggers of one label.
        min_count: how often it must be one.
        min_role_share: share of train's pairs at that type and distance that must have the role.
    """

    kind = "lexicon"
    deterministic = True

    def __init__(self, min_precision: float = 0.5, min_count: int = 1, min_role_share: float = 0.5) -> None:
        self.min_precision = min_precision
        self.min_count = min_count
        self.min_role_share = min_role_share
        self.learned = Learned()

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Count words and pairs in ``train``; ``dev`` is not looked at."""
        self.learned = Learned(types=mentions.name_types(train), ordinary=mentions.ordinary_words(train))
        words: Counter[str] = Counter()
        labels: dict[str, Counter[str]] = defaultdict(Counter)
        pairs: dict[str, Counter[str]] = defaultdict(Counter)
        for document in train:
            words.update(document.text[a:b].lower() for a, b in segment.tokens(document.text))
            for event in document.events:
                labels[event.trigger.of(document.text).lower()][event.type] += 1
                for key, role in self._pairs(document, event):
                    pairs[key][role] += 1
        for word, counts in sorted(labels.items()):
            label = min(counts, key=lambda name: (-counts[name], name))
            if counts[label] >= self.min_count and sum(counts.values()) >= self.min_precision * words[word]:
                self.learned.labels[word] = label
        for key, counts in sorted(pairs.items()):
            role = min(counts, key=lambda name: (-counts[name], name))
            if role != NO_ROLE and counts[role] >= self.min_role_share * counts.total():
                self.learned.roles[key] = role

    def extract(self, document: Document) -> Prediction:
        """Dictionary words as triggers, mentions of their sentence as arguments."""
        times = dates.find(document)
        fillers = self._fillers(document)
        fillers += [Filler(t.start, t.end, t.type, t.id) for t in times]
        fillers.sort(key=lambda f: f.start)
        starts = [f.start for f in fillers]
        events: list[Event] = []
        for start, end in document.sentences:
            near = fillers[bisect_left(starts, start) : bisect_left(starts, end)]
            for a, b in segment.tokens(document.text, start, end):
                label = self.learned.labels.get(document.text[a:b].lower())
                if label and not any(z.start <= a < z.end for z in document.zones):
                    trigger = Span(a, b)
                    arguments = tuple(self._arguments(document, trigger, label, near))
                    events.append(Event(f"V{len(events) + 1}", label, trigger, arguments=arguments))
        return Prediction(doc_id=document.doc_id, events=tuple(events[:MAX_ITEMS]), times=tuple(times))

    def _fillers(self, document: Document) -> list[Filler]:
        found = mentions.candidates(document, self.learned.types, self.learned.ordinary)
        return [Filler(c.start, c.end, c.type, None) for c in found]

    def _arguments(self, document: Document, trigger: Span, label: str, near: Sequence[Filler]) -> Iterator[Argument]:
        for filler in near:
            role = self.learned.roles.get(_key(document, trigger, label, filler))
            if role:
                yield Argument(role, filler.start, filler.end, filler.ref)

    def _pairs(self, document: Document, event: Event) -> Iterator[tuple[str, str]]:
        """Each mention in the sentence of an event, and the role it fills there."""
        roles = {(a.start, a.end): a.role for a in event.arguments}
        home = next(((a, b) for a, b in document.sentences if a <= event.trigger.start < b), (0, 0))
        fillers = [Filler(m.start, m.end, e.type, None) for e in document.entities for m in e.mentions]
        fillers += [Filler(t.start, t.end, t.type, None) for t in document.times]
        fillers += self._fillers(document)
        for filler in dict.fromkeys(fillers):
            if home[0] <= filler.start < home[1]:
                role = roles.get((filler.start, filler.end), NO_ROLE)
                yield _key(document, event.trigger, event.type, filler), role

    @property
    def parameters(self) -> int:
        """Entries of both dictionaries."""
        return len(self.learned.labels) + len(self.learned.roles)

    def save(self, folder: Path) -> None:
        """Write what was learned."""
        (folder / "lexicon.json").write_bytes(msgspec.json.encode(self.learned, order="sorted"))

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        self.learned = msgspec.json.decode((folder / "lexicon.json").read_bytes(), type=Learned)


def _key(document: Document, trigger: Span, label: str, filler: Filler) -> str:
    after = filler.start >= trigger.end
    gap = (trigger.end, filler.start) if after else (filler.end, trigger.start)
    distance = len(segment.tokens(document.text, *gap)) if gap[0] < gap[1] else 0
    bucket = sum(distance > limit for limit in _DISTANCES)
    preposition = document.text[max(0, filler.start - 3) : filler.start].strip().lower()
    place = "à" if preposition in ("à", "au", "en", "aux") else ""
    return f"{label}|{filler.type}|{'after' if after else 'before'}|{bucket}|{place}"
