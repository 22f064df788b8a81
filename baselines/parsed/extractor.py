"""The strong baseline without a transformer: linear models over a parse (spaCy ``fr_core_news_md``) and its vectors.

What the rules of :mod:`baselines.rules` say is evidence among the rest. In a row: which tokens are triggers and of which
phase; a first look at the format of each and at what fills its roles; which events are of one encounter; a second look
in the light of that; the status of each encounter. What a second look learns from is what the first says of documents
that it was not trained on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from baselines import dates
from baselines.parsed import encounters, entities
from baselines.parsed.arguments import Page
from baselines.parsed.encounters import Second, Seen
from baselines.parsed.entities import Names
from baselines.parsed.learning import Classifier, Features, Floats
from baselines.parsed.syntax import Syntax
from baselines.parsed.triggers import Tokens, Told
from baselines.rules import Rules
from benchmark.corpus import ontology
from benchmark.documents import MAX_ITEMS, MAX_NAME, Argument, Document, Entity, Event, Prediction, Span, Status

NONE, YES = "", "yes"
_PARTY = "Participant"
_FOLDS = 5
_MOST_EVENTS = 500  # of a document: what they tell each other is by pairs
_MOST = 60  # entities, and times, that are looked at


class Parsed:
    """Linear models over a parse.

    Args:
        trigger_threshold: probability from which a token is a trigger.
        role_threshold, time_threshold: probability from which an entity or a time has a role.
        encounter_threshold: mean probability from which an event joins an encounter.
    """

    kind = "statistical"
    deterministic = True

    def __init__(
        self,
        trigger_threshold: float = 0.3,
        role_threshold: float = 0.37,
        time_threshold: float = 0.3,
        encounter_threshold: float = 0.5,
    ) -> None:
        self.trigger_threshold, self.encounter_threshold = trigger_threshold, encounter_threshold
        self.role_threshold, self.time_threshold = role_threshold, time_threshold
        self.names = Names()
        self.rules = Rules()
        self.models = {
            "phase": Classifier(0.1, 2, 0.1),
            "factuality": Classifier(0.3),
            **_first(),
            "same": Classifier(1.0),
            "format again": Classifier(0.1),
            "entity again": Classifier(1.0),
            "time again": Classifier(1.0),
        }

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Train on ``train``; ``dev`` is not looked at."""
        self.learn(train, [Syntax(document) for document in train])

    def learn(self, train: Sequence[Document], syntax: Sequence[Syntax]) -> None:
        """Train on documents that are parsed."""
        self.names = entities.learn(train, syntax)
        self.rules.fit(train, ())
        lessons = [_Lesson(d, _Read(s, self.names, self.rules)) for d, s in zip(train, syntax, strict=True)]
        self._learn_triggers(lessons)
        storylines = sorted({d.storyline for d in train})
        fold = {name: n % _FOLDS for n, name in enumerate(storylines)}
        self.models |= _fitted(lessons)
        for held in set(fold.values()):
            others = [v for v in lessons if fold[v.document.storyline] != held]
            models = _fitted(others) if others else self.models  # one storyline alone has nothing to be held against
            for lesson in lessons:
                if fold[lesson.document.storyline] == held:
                    lesson.seen = _look(lesson.read.page, lesson.tokens, lesson.phases, models)
        self._learn_encounters(lessons)

    def _learn_triggers(self, lessons: Sequence[_Lesson]) -> None:
        rows: list[Features] = []
        labels: list[str] = []
        dense: list[Floats] = []
        doubts: list[tuple[Features, str]] = []
        for lesson in lessons:
            read = lesson.read
            events = {read.syntax.token_at(v.trigger.start): v for v in lesson.document.events}
            for i in read.free:
                rows.append(read.tokens.features(i))
                labels.append(phase(events[i].type) if i in events else NONE)
                if i in events:
                    doubts.append((rows[-1], events[i].factuality))
            dense.append(read.tokens.dense(read.free))
        self.models["phase"].fit(rows, labels, np.vstack(dense))
        self.models["factuality"].fit(*_columns(doubts))

    def _learn_encounters(self, lessons: Sequence[_Lesson]) -> None:
        pairs: list[tuple[Features, str]] = []
        for v in lessons:
            for a, b in encounters.pairs(v.seen):
                one = v.document.events[a].encounter == v.document.events[b].encounter
                pairs.append((encounters.same(v.read.page, v.seen, a, b), YES if one else NONE))
        self.models["same"].fit(*_columns(pairs))
        seconds = [Second(v.read.page, v.seen, self._together(v.read.page, v.seen)) for v in lessons]
        for name in ("entity", "time"):
            examples: list[tuple[Features, str]] = []
            for v, second in zip(lessons, seconds, strict=True):
                for n, step in enumerate(v.phases):
                    for role, k, kind in _choices(v.read.page, step, name):
                        examples.append((second.choice(n, role, k, kind), YES if v.fills(n, role, k, name) else NONE))
            self.models[f"{name} again"].fit(*_columns(examples))
        forms: list[tuple[Features, str]] = []
        for v, second in zip(lessons, seconds, strict=True):
            parties = self._parties(
                second, [self._scored(v.read.page, second, n, "entity") for n in range(len(v.tokens))]
            )
            for n, event in enumerate(v.document.events):
                if form := ontology().labels[event.type].format:
                    forms.append((second.form(n, self.models["format"].names, parties), form))
        self.models["format again"].fit(*_columns(forms))

    def _scored(self, page: Page, second: Second, n: int, name: str) -> list[_Scored]:
        """The second look at the entities, or times, for the ``n``-th event."""
        choices = list(_choices(page, second.seen.phases[n], name))
        rows = [second.choice(n, role, k, kind) for role, k, kind in choices]
        scores = _yes(self.models[f"{name} again"], rows)
        return [_Scored(role, k, float(p)) for (role, k, _), p in zip(choices, scores, strict=True)]

    def _parties(self, second: Second, scored: Sequence[Sequence[_Scored]]) -> Floats:
        """Probability that an entity is a participant: events × entities."""
        found = np.zeros((len(scored), len(second.ranks)))
        for n, row in enumerate(scored):
            for role, k, p in row:
                if role == _PARTY:
                    found[n, k] = p
        return found

    def _together(self, page: Page, seen: Seen) -> Floats:
        """Probability that two events are of one encounter: events × events."""
        found = np.eye(len(seen.tokens))
        pairs = encounters.pairs(seen)
        scores = _yes(self.models["same"], [encounters.same(page, seen, a, b) for a, b in pairs])
        for (a, b), p in zip(pairs, scores, strict=True):
            found[a, b] = found[b, a] = p
        return found

    def extract(self, document: Document) -> Prediction:
        """Triggers, labels, arguments, encounters, statuses."""
        return self.predict(Syntax(document))

    def predict(self, syntax: Syntax) -> Prediction:
        """Triggers, labels, arguments, encounters, statuses of a parsed document."""
        document = syntax.document
        if not syntax.tokens:
            return Prediction(document.doc_id)
        read = _Read(syntax, self.names, self.rules)
        page = read.page
        found = self._triggers(read)
        if not found:
            return Prediction(document.doc_id, times=tuple(page.times))
        tokens, phases = [i for i, _ in found], [step for _, step in found]
        facts = _best(self.models["factuality"], [read.tokens.features(i) for i in tokens])
        seen = _look(page, tokens, phases, self.models)
        return self.tell(page, seen, facts)

    def tell(self, page: Page, seen: Seen, facts: Sequence[str]) -> Prediction:
        """The second look, and the prediction that follows from it."""
        document = page.syntax.document
        together = self._together(page, seen)
        kinds = [p if p in ontology().acts else NONE for p in seen.phases]
        group = encounters.clusters(together, len(seen.tokens), kinds, self.encounter_threshold)
        second = Second(page, seen, together)
        fillers = [self._scored(page, second, n, "entity") for n in range(len(group))]
        parties, names = self._parties(second, fillers), self.models["format"].names
        forms = self._forms([second.form(n, names, parties) for n in range(len(group))], group)
        events: list[Event] = []
        for n, (i, step, form, fact) in enumerate(zip(seen.tokens, seen.phases, forms, facts, strict=True)):
            label = step if step in ontology().acts else f"{form}{step}"
            arguments = (
                *self._entities(page, i, fillers[n]),
                *self._times(page, self._scored(page, second, n, "time")),
            )
            events.append(Event(f"V{n + 1}", label, Span(*page.syntax.tokens[i]), fact, None, arguments))
        events = list(_named(events, group, page))
        used = {a.ref for v in events for a in v.arguments}
        kept = tuple(
            Entity(g.id, g.type, g.name[:MAX_NAME], tuple(Span(*s) for s in g.sure[:MAX_ITEMS]))
            for g in page.groups
            if g.id in used
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
        steps = [model.names[int(k)] for k in scores.argmax(axis=1)]
        sure = [n for n in np.argsort(-some, kind="stable")[:_MOST_EVENTS] if some[n] >= self.trigger_threshold]
        return [(read.free[n], steps[n]) for n in sorted(sure)]

    def _forms(self, rows: Sequence[Features], group: Sequence[int]) -> list[str]:
        """One format for each encounter: the likeliest of all its events together (guideline F6)."""
        model = self.models["format again"]
        scores = np.log(model.probabilities(rows) + 1e-6)
        sums = {g: scores[[n for n, h in enumerate(group) if h == g]].sum(axis=0) for g in set(group)}
        return [model.names[int(sums[g].argmax())] for g in group]

    def _entities(self, page: Page, i: int, scored: Sequence[_Scored]) -> Iterator[Argument]:
        """The entities of trigger token ``i``; an encounter has a party at least (guideline A3)."""
        least = max((p for role, _, p in scored if role == _PARTY), default=1.0)
        for role, k, p in scored:
            if p >= self.role_threshold or (role == _PARTY and p >= least):
                group = page.groups[k]
                start, end = group.spans[group.pointed(i, page.syntax.sentence[i])]
                yield Argument(role, start, end, group.id)

    def _times(self, page: Page, scored: Sequence[_Scored]) -> Iterator[Argument]:
        """The likeliest time of each role."""
        for role in dict.fromkeys(s.role for s in scored):
            best = max((s for s in scored if s.role == role), key=lambda s: (s.p, -s.k))
            if best.p >= self.time_threshold:
                time = page.times[best.k]
                yield Argument(role, time.start, time.end, time.id)

    @property
    def parameters(self) -> int:
        """Weights of all classifiers; the parser's own are not counted."""
        return sum(model.weights.size + model.bias.size for model in self.models.values())

    def save(self, folder: Path) -> None:
        """Write every classifier and what is known of names."""
        for name, model in self.models.items():
            model.save(folder / f"{name.replace(' ', '-')}.npz")
        self.rules.save(folder)
        (folder / "names.json").write_bytes(msgspec.json.encode(self.names, order="sorted"))

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        for name, model in self.models.items():
            model.load(folder / f"{name.replace(' ', '-')}.npz")
        self.rules.load(folder)
        self.names = msgspec.json.decode((folder / "names.json").read_bytes(), type=Names)


class _Scored(NamedTuple):
    """An entity or time as the filler of a role: its index, and the probability."""

    role: str
    k: int
    p: float


class _Read:
    """A document, parsed and with its candidates."""

    def __init__(self, syntax: Syntax, names: Names, rules: Rules) -> None:
        self.syntax = syntax
        told = {syntax.token_at(v.trigger.start): _told(v) for v in rules.extract(syntax.document).events}
        self.page = Page(syntax, entities.groups(syntax, names)[:_MOST], dates.find(syntax.document)[:_MOST], told)
        self.tokens = Tokens(syntax, self.page.kinds, told)
        self.free = self.tokens.candidates()


class _Lesson:
    """A document of train with what it teaches."""

    seen: Seen  # what models that were not trained on it say of it

    def __init__(self, document: Document, read: _Read) -> None:
        self.document, self.read = document, read
        self.tokens = [read.syntax.token_at(v.trigger.start) for v in document.events]
        self.phases = [phase(v.type) for v in document.events]
        spans = {e.id: {(m.start, m.end) for m in e.mentions} for e in document.entities}
        values = {t.id: (t.type, t.value) for t in document.times}
        self._spans: list[set[tuple[str, int, int]]] = []
        self._values: list[set[tuple[str, str, str]]] = []
        for event in document.events:
            self._spans.append({(a.role, *s) for a in event.arguments for s in spans.get(a.ref or "", ())})
            self._values.append({(a.role, *values[a.ref]) for a in event.arguments if a.ref in values})

    def fills(self, n: int, role: str, k: int, name: str) -> bool:
        """Whether the ``k``-th entity or time fills a role of the ``n``-th event: by any mention, or by its value."""
        if name == "entity":
            return any((role, *span) in self._spans[n] for span in self.read.page.groups[k].spans)
        time = self.read.page.times[k]
        return (role, time.type, time.value) in self._values[n]

    def examples(self, name: str) -> Iterator[tuple[Features, str]]:
        """What the document teaches a classifier of the first look."""
        page = self.read.page
        for n, (i, event) in enumerate(zip(self.tokens, self.document.events, strict=True)):
            if name == "format":
                if form := ontology().labels[event.type].format:
                    yield page.form(i), form
                continue
            for role, k, _ in _choices(page, self.phases[n], name):
                yield _features(page, i, self.phases[n], role, k, name), YES if self.fills(n, role, k, name) else NONE


def _told(event: Event) -> Told:
    """What the rules say of a trigger."""
    fillers = frozenset((a.role, a.start, a.end) for a in event.arguments)
    return Told(phase(event.type), ontology().labels[event.type].format or event.type, event.factuality, fillers)


def phase(label: str) -> str:
    """Phase of a label; an act counts as itself."""
    return ontology().labels[label].phase or label


def _roles(step: str) -> tuple[str, ...]:
    """Roles that events of a phase, or an act, take."""
    return next(v.roles for name, v in ontology().labels.items() if step in (v.phase, name))


def _choices(page: Page, step: str, name: str) -> Iterator[tuple[str, int, str]]:
    """Each role of a phase with each entity or time that may fill it: role, index, type."""
    known = ontology()
    for role in _roles(step):
        if (role in known.time_roles) == (name == "time"):
            kinds = [t.type for t in page.times] if name == "time" else [g.type for g in page.groups]
            for k, kind in enumerate(kinds):
                if kind in known.fillers[role]:
                    yield role, k, kind


def _features(page: Page, i: int, step: str, role: str, k: int, name: str) -> Features:
    return page.dated(i, step, role, k) if name == "time" else page.entity(i, step, role, page.groups[k])


def _first() -> dict[str, Classifier]:
    return {"format": Classifier(0.1), "entity": Classifier(0.1), "time": Classifier(0.1)}


def _fitted(lessons: Sequence[_Lesson]) -> dict[str, Classifier]:
    models = _first()
    for name, model in models.items():
        model.fit(*_columns([e for v in lessons for e in v.examples(name)]))
    return models


def _look(page: Page, tokens: list[int], phases: list[str], models: Mapping[str, Classifier]) -> Seen:
    """The first look at the events of a document."""
    known = ontology()
    roles: dict[str, Floats] = {}
    for role in known.roles:
        width = len(page.times) if role in known.time_roles else len(page.groups)
        roles[role] = np.zeros((len(tokens), width))
    for name in ("entity", "time"):
        asked = [(n, role, k) for n in range(len(tokens)) for role, k, _ in _choices(page, phases[n], name)]
        rows = [_features(page, tokens[n], phases[n], role, k, name) for n, role, k in asked]
        for (n, role, k), p in zip(asked, _yes(models[name], rows), strict=True):
            roles[role][n, k] = p
    formats = models["format"].probabilities([page.form(i) for i in tokens])
    return Seen(tokens, phases, formats, roles)


def _columns(examples: Sequence[tuple[Features, str]]) -> tuple[list[Features], list[str]]:
    return [row for row, _ in examples], [label for _, label in examples]


def _yes(model: Classifier, rows: Sequence[Features]) -> Floats:
    if YES not in model.names:
        return np.zeros(len(rows))
    found: Floats = model.probabilities(rows)[:, model.names.index(YES)]
    return found


def _best(model: Classifier, rows: Sequence[Features]) -> list[str]:
    return [model.names[int(k)] for k in model.probabilities(rows).argmax(axis=1)]


def _named(events: Sequence[Event], group: Sequence[int], page: Page) -> Iterator[Event]:
    """Events with the id of their encounter: its format and participants, which other documents share."""
    known_as = {g.id: re.split(r"[\s-]+", g.name.lower())[-1] for g in page.groups}
    known = ontology()
    taken: dict[str, int] = {}
    for g in dict.fromkeys(group):
        ours = [v for v, h in zip(events, group, strict=True) if h == g]
        first = known.labels[ours[0].type]
        parties = sorted({known_as[a.ref or ""] for v in ours for a in v.arguments if a.role == first.roles[0]})
        name = "-".join([(first.format or ours[0].type).lower(), *parties])
        taken[name] = taken.get(name, 0) + 1
        for v, h in zip(events, group, strict=True):
            if h == g:
                yield msgspec.structs.replace(v, encounter=f"{name}-{taken[name]}")


def _statuses(events: Sequence[Event]) -> Iterator[Status]:
    """How the document leaves each encounter: the phase of its last asserted mention, else of its last."""
    left: dict[str, tuple[bool, str]] = {}
    for event in events:
        status = ontology().status_of(event.type)
        if status and event.encounter:
            asserted = event.factuality == ontology().default_factuality
            if asserted or not left.get(event.encounter, (False, ""))[0]:
                left[event.encounter] = (asserted, status)
    for encounter, (_, status) in left.items():
        yield Status(encounter, status)
