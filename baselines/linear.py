"""The whole pipeline with linear models over sparse features (scikit-learn), in one file.

A token is a trigger or not; a trigger has a label, a factuality; a trigger and an entity or time of the document make a
pair that has a role or not. Mentions come from :mod:`baselines.mentions`, grouped by the names they share, times from
:mod:`baselines.dates`. Events of one format with the same participants are mentions of one encounter.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines import dates, mentions
from benchmark import segment
from benchmark.corpus import ontology
from benchmark.documents import MAX_ITEMS, MAX_NAME, Argument, Document, Entity, Event, Prediction, Span, Time

Features = dict[str, float]
NONE = ""
_HASHES = 2**18


class Classifier:
    """Logistic regression, one against the rest, over hashed features; kept as arrays, never as a pickle."""

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength
        self.names: list[str] = []
        self.weights: NDArray[np.float64] = np.zeros((0, _HASHES))
        self.bias: NDArray[np.float64] = np.zeros(0)

    def fit(self, rows: Sequence[Features], labels: Sequence[str]) -> None:
        """Learn ``labels`` from ``rows``; one class alone is learned as such."""
        from sklearn.linear_model import LogisticRegression

        self.names = sorted(set(labels))
        if len(self.names) < 2:
            self.weights, self.bias = np.zeros((len(self.names), _HASHES)), np.zeros(len(self.names))
            return
        matrix = _hashed(rows)
        weights, bias = [], []
        # Of two classes one is the mirror of the other.
        for name in self.names if len(self.names) > 2 else self.names[1:]:
            model = LogisticRegression(C=self.strength, solver="liblinear", dual=True, random_state=0, max_iter=1000)
            model.fit(matrix, [label == name for label in labels])
            weights.append(model.coef_[0])
            bias.append(model.intercept_[0])
        if len(weights) == 1:
            weights, bias = [-weights[0], weights[0]], [-bias[0], bias[0]]
        self.weights, self.bias = np.array(weights), np.array(bias)

    def scores(self, rows: Sequence[Features]) -> NDArray[np.float64]:
        """Probability of each class against the rest: rows × classes."""
        if not rows:
            return np.zeros((0, len(self.names)))
        found: NDArray[np.float64] = 1 / (1 + np.exp(-(_hashed(rows) @ self.weights.T + self.bias)))
        return found

    def best(self, rows: Sequence[Features]) -> list[str]:
        """The likeliest class of each row."""
        return [self.names[i] for i in self.scores(rows).argmax(axis=1)] if rows else []

    def save(self, path: Path) -> None:
        """Write the weights that are not 0."""
        row, column = self.weights.nonzero()
        values = self.weights[row, column]
        np.savez(path, names=json.dumps(self.names), row=row, column=column, values=values, bias=self.bias)

    def load(self, path: Path) -> None:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            self.names = json.loads(str(kept["names"]))
            self.weights = np.zeros((len(self.names), _HASHES))
            self.weights[kept["row"], kept["column"]] = kept["values"]
            self.bias = kept["bias"]


def _hashed(rows: Sequence[Features]) -> Any:
    from sklearn.feature_extraction import FeatureHasher

    return FeatureHasher(n_features=_HASHES, alternate_sign=False).transform(rows)


class Linear:
    """Five classifiers in a row.

    Args:
        strength: inverse regularisation of all of them.
        trigger_threshold: probability from which a token is a trigger.
        role_threshold: probability from which a pair has a role.
        reach: sentences around a trigger in which times are looked at.
        given: gold layers to build on instead of what is found: ``triggers`` (with their labels), ``entities``, ``times``.
    """

    kind = "statistical"
    deterministic = True

    def __init__(
        self,
        strength: float = 2.0,
        trigger_threshold: float = 0.28,
        role_threshold: float = 0.3,
        reach: int = 2,
        given: Sequence[str] = (),
    ) -> None:
        self.given = tuple(given)
        self.trigger_threshold, self.role_threshold, self.reach = trigger_threshold, role_threshold, reach
        self.models = {name: Classifier(strength) for name in ("trigger", "label", "factuality", "entity", "time")}
        self.types: dict[str, str] = {}
        self.ordinary: set[str] = set()

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Train on ``train``; ``dev`` is not looked at."""
        self.types, self.ordinary = mentions.name_types(train), mentions.ordinary_words(train)
        rows: dict[str, list[Features]] = {name: [] for name in self.models}
        labels: dict[str, list[str]] = {name: [] for name in self.models}

        def add(name: str, row: Features, label: str) -> None:
            rows[name].append(row)
            labels[name].append(label)

        for document in train:
            page = _Page(document, self.types, self.ordinary, self.given)
            events = {page.token_at(v.trigger.start): v for v in document.events}
            for i in range(len(page.tokens)):
                features = page.token(i)
                add("trigger", features, "trigger" if i in events else NONE)
                if i in events:
                    add("label", features | page.about(i), events[i].type)
                    add("factuality", features, events[i].factuality)
            for i, event in events.items():
                filled = _filled(document, event)
                for group in page.groups:
                    for role in _roles(event.type, times=False):
                        right = any((role, s, e) in filled for s, e in group.spans)
                        add("entity", page.pair(i, event.type, role, group), "yes" if right else NONE)
                for time in page.times_near(i, self.reach):
                    for role in _roles(event.type, times=True):
                        right = (role, time.start, time.end) in filled
                        add("time", page.dated(i, event.type, role, time), "yes" if right else NONE)
        for name, model in self.models.items():
            model.fit(rows[name], labels[name])

    def extract(self, document: Document) -> Prediction:
        """Triggers, then their labels, then their arguments, then what is one encounter."""
        page = _Page(document, self.types, self.ordinary, self.given)
        events: list[Event] = []
        for i, trigger, label, fact in islice(self._triggers(page), MAX_ITEMS):
            arguments = (*self._entities(page, i, label), *self._times(page, i, label))
            events.append(Event(f"V{len(events) + 1}", label, trigger, fact, encounter_id(label, arguments), arguments))
        used = {a.ref for v in events for a in v.arguments}
        entities = tuple(
            Entity(g.id, g.type, g.name[:MAX_NAME], tuple(Span(*s) for s in g.spans[:MAX_ITEMS]))
            for g in page.groups
            if g.id in used
        )
        return Prediction(document.doc_id, tuple(events), entities, tuple(page.times))

    def _triggers(self, page: _Page) -> Iterator[tuple[int, Span, str, str]]:
        """Token, trigger, label and factuality of each event."""
        if "triggers" in self.given:
            for event in page.document.events:
                yield page.token_at(event.trigger.start), event.trigger, event.type, event.factuality
            return
        free = [i for i in range(len(page.tokens)) if not page.in_zone(i)]
        scores = self._yes("trigger", [page.token(i) for i in free], "trigger")
        found = [i for i, score in zip(free, scores, strict=True) if score >= self.trigger_threshold]
        labels = self.models["label"].best([page.token(i) | page.about(i) for i in found])
        factuality = self.models["factuality"].best([page.token(i) for i in found])
        for i, label, fact in zip(found, labels, factuality, strict=True):
            yield i, Span(*page.tokens[i]), label, fact

    def _yes(self, name: str, rows: Sequence[Features], label: str = "yes") -> NDArray[np.float64]:
        model = self.models[name]
        if label not in model.names:
            return np.zeros(len(rows))
        return model.scores(rows)[:, model.names.index(label)]

    def _entities(self, page: _Page, i: int, label: str) -> Iterator[Argument]:
        pairs = [
            (role, group) for group in page.groups for role in _roles(label, times=False) if _fits(role, group.type)
        ]
        rows = [page.pair(i, label, role, group) for role, group in pairs]
        for (role, group), score in zip(pairs, self._yes("entity", rows), strict=True):
            if score >= self.role_threshold:
                start, end = page.nearest(i, group)
                yield Argument(role, start, end, group.id)

    def _times(self, page: _Page, i: int, label: str) -> Iterator[Argument]:
        """The likeliest time of each role."""
        for role in _roles(label, times=True):
            near = [t for t in page.times_near(i, self.reach) if _fits(role, t.type)]
            scores = self._yes("time", [page.dated(i, label, role, t) for t in near])
            likely = [(s, t) for s, t in zip(scores, near, strict=True) if s >= self.role_threshold]
            if likely:
                _, time = min(likely, key=lambda pair: (-pair[0], pair[1].start))
                yield Argument(role, time.start, time.end, time.id)

    @property
    def parameters(self) -> int:
        """Weights that are not 0."""
        return sum(int(np.count_nonzero(m.weights)) + m.bias.size for m in self.models.values())

    def save(self, folder: Path) -> None:
        """Write every classifier and what is known of names."""
        for name, model in self.models.items():
            model.save(folder / f"{name}.npz")
        names = {"types": self.types, "ordinary": sorted(self.ordinary)}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        for name, model in self.models.items():
            model.load(folder / f"{name}.npz")
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        self.types, self.ordinary = names["types"], set(names["ordinary"])


def _roles(label: str, *, times: bool) -> list[str]:
    known = ontology()
    return [r for r in known.labels[label].roles if (r in known.time_roles) == times]


def _fits(role: str, kind: str) -> bool:
    return kind in ontology().roles[role].filler


def _filled(document: Document, event: Event) -> set[tuple[str, int, int]]:
    """Every span of every filler of an event, with its role: any mention of an entity is right."""
    spans = {e.id: e.mentions for e in document.entities} | {t.id: (Span(t.start, t.end),) for t in document.times}
    return {(a.role, s.start, s.end) for a in event.arguments for s in spans.get(a.ref or "", ())}


def encounter_id(label: str, arguments: Sequence[Argument]) -> str:
    """An id that events of one format with the same participants share."""
    form = ontology().labels[label].format or label
    first = ontology().labels[label].roles[0]
    return "-".join([form.lower(), *sorted({str(a.ref).lower() for a in arguments if a.role == first})])


class _Group:
    """Mentions that seem to be of one entity."""

    def __init__(self, number: int, kind: str, name: str) -> None:
        self.id, self.type, self.name = f"E{number}", kind, name
        self.spans: list[tuple[int, int]] = []
        self.homes: list[int] = []  # sentence of each span

    @cached_property
    def longest(self) -> tuple[int, int]:
        """The longest span, the first of equals."""
        return max(self.spans, key=lambda s: (s[1] - s[0], -s[0]))

    def away(self, home: int) -> int:
        """Sentences between ``home`` and the nearest span."""
        at = bisect_left(self.homes, home)
        return min(abs(n - home) for n in self.homes[max(0, at - 1) : at + 1])


class _Page:
    """A document as the classifiers see it."""

    def __init__(
        self, document: Document, types: Mapping[str, str], ordinary: set[str], given: Sequence[str] = ()
    ) -> None:
        self.document, text = document, document.text
        self.tokens = [t for a, b in document.sentences for t in segment.tokens(text, a, b)]
        self.starts = [a for a, _ in self.tokens]
        self.sentence_starts = [a for a, _ in document.sentences]
        self.words = [text[a:b] for a, b in self.tokens]
        self.low = [w.lower().replace("’", "'") for w in self.words]
        self.times: list[Time] = list(document.times) if "times" in given else dates.find(document)
        self.time_homes = [self.sentence(t.start) for t in self.times]
        self.groups = (
            [self._known(e) for e in document.entities if e.mentions]
            if "entities" in given
            else self._grouped(mentions.candidates(document, types, ordinary))
        )
        by_weight = sorted(self.groups, key=lambda g: (g.type, -len(g.spans), g.spans[0]))
        self.ranks = {g.id: n for _, same in groupby(by_weight, key=lambda g: g.type) for n, g in enumerate(same)}
        self.kinds: dict[int, str] = {}
        for group in self.groups:
            for start, end in group.spans:
                self.kinds |= dict.fromkeys(range(self.token_at(start), self.token_at(end - 1) + 1), group.type)
        for time in self.times:
            self.kinds |= dict.fromkeys(range(self.token_at(time.start), self.token_at(time.end - 1) + 1), time.type)
        counts = Counter(w[:6] for w in self.low)
        self.topics = [w for w in _TOPICS if counts[w[:6]]]

    def _known(self, entity: Entity) -> _Group:
        """An entity that is given."""
        group = _Group(0, entity.type, entity.name)
        group.id = entity.id
        group.spans = [(m.start, m.end) for m in sorted(entity.mentions)]
        group.homes = [self.sentence(start) for start, _ in group.spans]
        return group

    def _grouped(self, found: Sequence[mentions.Candidate]) -> list[_Group]:
        """Candidates that share their last word are one entity; the longest is its name."""
        groups: dict[str, _Group] = {}
        for candidate in found:
            words = self.document.text[candidate.start : candidate.end]
            key = re.split(r"[\s-]+", words)[-1].lower()
            group = groups.setdefault(key, _Group(len(groups) + 1, candidate.type, words))
            group.name = max(group.name, words, key=len)
            group.spans.append((candidate.start, candidate.end))
            group.homes.append(self.sentence(candidate.start))
        return list(groups.values())

    def token_at(self, offset: int) -> int:
        """Index of the token that holds ``offset``."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def sentence(self, offset: int) -> int:
        """Index of the sentence that holds ``offset``."""
        return max(0, bisect_right(self.sentence_starts, offset) - 1)

    def in_zone(self, i: int) -> bool:
        """Whether a token lies in a zone that is not annotated."""
        return any(z.start <= self.tokens[i][0] < z.end for z in self.document.zones)

    def times_near(self, i: int, reach: int) -> list[Time]:
        """Times within ``reach`` sentences of token ``i``."""
        home = self.sentence(self.tokens[i][0])
        return self.times[bisect_left(self.time_homes, home - reach) : bisect_right(self.time_homes, home + reach)]

    def nearest(self, i: int, group: _Group) -> tuple[int, int]:
        """The mention of ``group`` that an argument of the trigger points at."""
        start, end = self.tokens[i]
        home = self.sentence(start)
        inside = group.spans[bisect_left(group.homes, home) : bisect_right(group.homes, home)]
        if inside:
            return min(inside, key=lambda s: (max(s[0] - end, start - s[1], 0), s[0]))
        return group.longest

    def token(self, i: int) -> Features:
        """Features of a token in its sentence."""
        word, low = self.words[i], self.low[i]
        home = self.sentence(self.tokens[i][0])
        features = [
            f"w={low}",
            f"s5={low[:5]}",
            f"s7={low[:7]}",
            f"e3={low[-3:]}",
            f"e2={low[-2:]}",
            f"kind={self.kinds.get(i, '')}",
        ]
        features += [f"cap={word[:1].isupper()}", f"title={home == 0}"]
        for step in (-4, -3, -2, -1, 1, 2, 3, 4):
            j = i + step
            if 0 <= j < len(self.low) and self.sentence(self.tokens[j][0]) == home:
                features.append(f"{step}={self.low[j]}")
                features.append(f"{'<' if step < 0 else '>'}{self.low[j][:6]}")
                if abs(step) <= 2:
                    features.append(f"{step}e={self.low[j][-3:]}|k={self.kinds.get(j, '')}")
                if abs(step) == 1:
                    features.append(f"{step}+{self.low[j]}_{low}")
            else:
                features.append(f"{step}=edge")
        return dict.fromkeys(features, 1.0)

    def about(self, i: int) -> Features:
        """Features of the sentence and of the page around a trigger: channel, rank of those named."""
        home = self.sentence(self.tokens[i][0])
        start, end = self.document.sentences[home]
        words = {self.low[j][:6] for j in range(self.token_at(start), self.token_at(end - 1) + 1)}
        features = [f"in={w}" for w in words] + [f"on={t}" for t in self.topics]
        features += [f"{self.low[i][:6]}|{t}" for t in self.topics]
        return dict.fromkeys(features, 1.0)

    def pair(self, i: int, label: str, role: str, group: _Group) -> Features:
        """Features of a trigger and an entity."""
        home = self.sentence(self.tokens[i][0])
        away = group.away(home)
        span = self.nearest(i, group)
        first, last = self.token_at(span[0]), self.token_at(span[1] - 1)
        gap = min(abs(first - i), abs(i - last))
        side = "before" if first < i else "after"
        rank = self.ranks[group.id]
        before = self.low[first - 1] if first else ""
        after = self.low[last + 1] if last + 1 < len(self.low) else ""
        form = ontology().labels[label].format or label
        where = f"{side}{sum(gap > n for n in (1, 3, 6, 10, 20))}" if away == 0 else f"far{min(away, 4)}"
        base = [
            f"type={group.type}",
            f"where={where}",
            f"type={group.type}|where={where}",
            f"rank={min(rank, 6)}|{group.type}",
            f"often={min(len(group.spans), 5)}|{group.type}",
            f"title={group.homes[0] == 0}|{group.type}",
            f"{form}|{group.type}|rank={min(rank, 6)}",
            f"before={before}",
            f"after={after}",
            f"before={before}|{group.type}|away={min(away, 1)}",
            f"w={self.low[i][:6]}|{where}",
            f"{label}|{group.type}|{where}",
        ]
        return dict.fromkeys([f"{role}&{f}" for f in base], 1.0)

    def dated(self, i: int, label: str, role: str, time: Time) -> Features:
        """Features of a trigger and a time."""
        start = self.tokens[i][0]
        away = self.sentence(time.start) - self.sentence(start)
        first = self.token_at(time.start)
        gap = abs(first - i)
        side = "before" if first < i else "after"
        where = f"{side}{sum(gap > n for n in (2, 4, 8, 14))}" if away == 0 else f"far{away}"
        published = self.document.published or ""
        when = (
            "vague"
            if "X" in time.value or "REF" in time.value
            else "past"
            if time.value < published[: len(time.value)]
            else "ahead"
        )
        before = self.low[first - 1] if first else ""
        phase = ontology().labels[label].phase or label
        bounds = sorted((time.start, start))
        between = sum(bounds[0] < t.start < bounds[1] for t in self.times_near(i, 2))
        base = [
            f"{time.type}|{where}",
            f"{phase}|{when}",
            f"{phase}|{when}|{where}",
            f"before={before}",
            f"before={before}|{phase}",
            f"between={min(between, 2)}|away={min(abs(away), 1)}",
            f"w={self.low[i][:6]}|{when}",
            f"e={self.low[i][-3:]}|{when}|{side}",
            f"first={self.document.text[time.start : time.end].split()[0].lower()}|{phase}",
        ]
        return dict.fromkeys([f"{role}&{f}" for f in base], 1.0)


# Words that tell the channel or the rank of an encounter wherever they stand on the page.
_TOPICS = (
    *("sommet", "appel", "téléphone", "téléphonique", "visioconférence", "visio", "combiné", "rencontre", "entretien"),
    *("ministre", "ministres", "président", "présidente", "présidents", "chancelier", "premier", "roi", "émissaire"),
    *("délégation", "délégations", "pourparlers", "visite", "réunion", "trêve", "accord", "traité"),
)
