"""Rules written from the guidelines: a lexicon of the life of encounters, and grammar in the small. No training.

The text is read with Sommet's own tokeniser; verb forms are made from infinitives, and an idiom is looked for where all
its words are on the page. ``fit`` looks at the words of train, never at its annotations: a word that train has in lower
case is no name at the head of a sentence. A parser was not used: spaCy's fr_core_news_md reads some fifteen documents a
second on the core that runs these rules at two hundred.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path

from baselines import mentions
from baselines.rules.encounters import Encounter, Encounters
from baselines.rules.names import Named, Names
from baselines.rules.page import Page
from baselines.rules.triggers import Found, Triggers
from benchmark.corpus import ontology
from benchmark.documents import MAX_ITEMS, MAX_NAME, Argument, Document, Entity, Event, Prediction, Span, Status, Time
from benchmark.ontology import Ontology


class Rules:
    """Rule-based extractor."""

    kind = "rules"
    deterministic = True

    def __init__(self) -> None:
        self.ordinary: frozenset[str] = frozenset()

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Take the words of ``train`` that are written in lower case."""
        self.ordinary = frozenset(mentions.ordinary_words(train))
        self._prepare()

    def extract(self, document: Document) -> Prediction:
        """Triggers, then encounters, then the arguments of each mention."""
        page, known = Page(document), ontology()
        names = Names(page, self.ordinary)
        triggers = Triggers(page, names)
        encounters = Encounters(page, names, triggers.all)
        used: dict[Named, str] = {}
        events: list[Event] = []
        for trigger in triggers.all[:MAX_ITEMS]:
            label = encounters.label(trigger)
            arguments = tuple(_arguments(known, page, encounters, trigger, label, used))
            encounter = f"x{encounters.of[trigger.at].number}"
            events.append(
                Event(
                    f"V{len(events) + 1}",
                    label,
                    Span(*page.spans[trigger.at]),
                    trigger.factuality,
                    encounter,
                    arguments,
                )
            )
        entities = tuple(
            Entity(
                i,
                e.type,
                e.name[:MAX_NAME],
                tuple(Span(page.spans[a][0], page.spans[b][1]) for a, b in e.mentions[:MAX_ITEMS]),
            )
            for e, i in used.items()
        )
        told = {v.encounter for v in events}
        statuses = tuple(
            Status(f"x{x.number}", encounters.status(x)) for x in encounters.all if not x.act and f"x{x.number}" in told
        )
        return Prediction(document.doc_id, tuple(events), entities, tuple(page.times), statuses)

    def save(self, folder: Path) -> None:
        """Write the ordinary words."""
        (folder / "ordinary.json").write_text(json.dumps(sorted(self.ordinary), ensure_ascii=False), encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        self.ordinary = frozenset(json.loads((folder / "ordinary.json").read_text(encoding="utf-8")))
        self._prepare()

    def _prepare(self) -> None:
        """Conjugate the lexicon and compile the patterns now, so that no document pays for it."""
        text = "Le sommet du 3 mai est tombé à l’eau."
        self.extract(Document("", text=text, published="2025-01-01", sentences=((0, len(text)),)))


def _arguments(
    known: Ontology, page: Page, encounters: Encounters, trigger: Found, label: str, used: dict[Named, str]
) -> Iterator[Argument]:
    """What a mention takes from its encounter and from its own sentence."""
    encounter: Encounter = encounters.of[trigger.at]
    said = encounters.said[trigger.at]
    entities: dict[str, list[Named]] = {
        "Participant": encounter.parties,
        "Agent": said.agents,
        "Place": [] if encounter.call else encounter.places,
        "Target": [said.target] if said.target else [],
    }
    times: dict[str, list[Time]] = {
        "Date": [said.date, *([said.until] if said.until else [])] if said.date else encounter.dates,
        "ActDate": [said.act_date] if said.act_date else [],
        "NewDate": [said.new_date] if said.new_date else [],
    }
    for role in known.labels[label].roles:
        for entity in entities.get(role, []):
            if entity.type in known.roles[role].filler:
                start, end = _mention(page, trigger.at, entity)
                yield Argument(role, start, end, used.setdefault(entity, f"E{len(used) + 1}"))
        for time in times.get(role, []):
            yield Argument(role, time.start, time.end, time.id)


def _mention(page: Page, at: int, entity: Named) -> tuple[int, int]:
    """The mention that an argument points at: nearest in the sentence, else the longest name (A9)."""
    start, end = page.spans[at]
    sentence = page.sentence(at)
    first, last = bisect_left(entity.mentions, (sentence.start, 0)), bisect_left(entity.mentions, (sentence.end, 0))
    spans = [(page.spans[a][0], page.spans[b][1]) for a, b in entity.mentions[first:last]]
    if spans:
        return min(spans, key=lambda s: (max(s[0] - end, start - s[1], 0), s[0]))
    a, b = entity.longest
    return page.spans[a][0], page.spans[b][1]
