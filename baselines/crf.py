"""Conditional random fields (python-crfsuite): triggers as IOB2 tags, then the roles of each trigger as IOB2 tags.

The second field reads the sentence of a trigger once for each trigger, with features that say where the trigger is and
what it is called.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from baselines import dates, mentions
from benchmark import segment
from benchmark.documents import MAX_ITEMS, Argument, Document, Event, Prediction, Span, Time
from benchmark.errors import MissingExtra

OUTSIDE = "O"
Offsets = tuple[int, int]


class Names(msgspec.Struct):
    """What the features know of names; kept as JSON beside the models."""

    types: dict[str, str] = {}
    ordinary: set[str] = set()


class Crf:
    """Two linear-chain fields.

    Args:
        c1, c2: L1 and L2 regularisation.
        max_iterations: of L-BFGS.
    """

    kind = "statistical"
    deterministic = True

    def __init__(self, c1: float = 0.2, c2: float = 0.001, max_iterations: int = 150) -> None:
        self.options = {"c1": c1, "c2": c2, "max_iterations": max_iterations}
        self.names = Names()
        self._models: dict[str, bytes] = {}
        self._taggers: dict[str, Any] = {}

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Train both fields on ``train``; ``dev`` is not looked at."""
        self.names = Names(mentions.name_types(train), mentions.ordinary_words(train))
        triggers, roles = [], []
        for document in train:
            view = _View(document, self.names)
            for tokens, features in view.sentences():
                tags = iob_tags(tokens, [(v.trigger.start, v.trigger.end, v.type) for v in document.events])
                triggers.append((features, tags))
                for event in document.events:
                    if tokens[0][0] <= event.trigger.start < tokens[-1][1]:
                        spans = [(a.start, a.end, a.role) for a in event.arguments]
                        roles.append(
                            (_with_trigger(tokens, features, event.trigger, event.type), iob_tags(tokens, spans))
                        )
        self._open({"triggers": self._train(triggers), "roles": self._train(roles)})

    def _train(self, sequences: Sequence[tuple[list[list[str]], list[str]]]) -> bytes:
        trainer = _pycrfsuite().Trainer(verbose=False)
        trainer.set_params(self.options)
        for features, tags in sequences:
            trainer.append(features, tags)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            trainer.train(str(path))
            return path.read_bytes()

    def _open(self, models: dict[str, bytes]) -> None:
        self._models = models
        for name, model in models.items():
            self._taggers[name] = _pycrfsuite().Tagger()
            self._taggers[name].open_inmemory(model)

    def extract(self, document: Document) -> Prediction:
        """Tag each sentence for triggers, then once more for the roles of each trigger."""
        times = dates.find(document)
        ref = {(t.start, t.end): t.id for t in times}
        events: list[Event] = []
        for tokens, features in _View(document, self.names, times).sentences():
            for start, end, label in iob_spans(tokens, self._taggers["triggers"].tag(features)):
                if any(z.start <= start < z.end for z in document.zones):
                    continue
                trigger = Span(start, end)
                tags = self._taggers["roles"].tag(_with_trigger(tokens, features, trigger, label))
                arguments = tuple(Argument(role, a, b, ref.get((a, b))) for a, b, role in iob_spans(tokens, tags))
                events.append(Event(f"V{len(events) + 1}", label, trigger, arguments=arguments))
        return Prediction(doc_id=document.doc_id, events=tuple(events[:MAX_ITEMS]), times=tuple(times))

    @property
    def parameters(self) -> int:
        """Weights of both fields."""
        known = [tagger.info() for tagger in self._taggers.values()]
        return sum(len(info.state_features) + len(info.transitions) for info in known)

    def save(self, folder: Path) -> None:
        """Write both models (crfsuite's own format) and the names."""
        for name, model in self._models.items():
            (folder / f"{name}.crfsuite").write_bytes(model)
        (folder / "names.json").write_bytes(msgspec.json.encode(self.names, order="sorted"))

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        self.names = msgspec.json.decode((folder / "names.json").read_bytes(), type=Names)
        self._open({name: (folder / f"{name}.crfsuite").read_bytes() for name in ("triggers", "roles")})


def _pycrfsuite() -> Any:
    try:
        import pycrfsuite
    except ImportError as error:
        raise MissingExtra("python-crfsuite", "crf") from error
    return pycrfsuite


class _View:
    """Features of a document's tokens."""

    def __init__(self, document: Document, names: Names, times: Sequence[Time] | None = None) -> None:
        self.document = document
        self.inside: dict[int, str] = {}
        for start, end, kind in mentions.candidates(document, names.types, names.ordinary):
            self.inside |= dict.fromkeys(range(start, end), kind)
        for time in times if times is not None else dates.find(document):
            self.inside |= dict.fromkeys(range(time.start, time.end), "TIME")

    def sentences(self) -> Iterator[tuple[tuple[Offsets, ...], list[list[str]]]]:
        """Tokens and features of each sentence that has a token."""
        text = self.document.text
        for i, (start, end) in enumerate(self.document.sentences):
            tokens = segment.tokens(text, start, end)
            if tokens:
                words = [text[a:b] for a, b in tokens]
                own = [
                    [*_word_features(w), f"type={self.inside.get(a, '')}"]
                    for w, (a, _) in zip(words, tokens, strict=True)
                ]
                yield tokens, [self._in_context(own, words, j, i) for j in range(len(own))]

    def _in_context(self, own: list[list[str]], words: list[str], j: int, sentence: int) -> list[str]:
        features = list(own[j])
        for step in (-3, -2, -1, 1, 2, 3):
            near = j + step
            if 0 <= near < len(own):
                features += [f"{step}:{f}" for f in own[near][: 4 if abs(step) == 1 else 1]]
            else:
                features.append(f"{step}:edge")
        for step in (-1, 1):
            if 0 <= j + step < len(words):
                pair = (words[j + step], words[j]) if step < 0 else (words[j], words[j + step])
                features.append(f"{step}pair={'_'.join(pair).lower()}")
        left = [w.lower() for w in words[max(0, j - 6) : j]]
        features += [f"cue={w}" for w in left if w in _CUES]
        features.append(f"title={sentence == 0}")
        return features


_CUES = frozenset(
    (
        *("ne", "n’", "n'", "pas", "aucun", "aucune", "sans", "plus"),
        *("appel", "téléphone", "téléphonique", "sommet", "rencontre", "réunion", "visite", "entretien"),
    )
)


def _word_features(word: str) -> list[str]:
    lower = word.lower()
    shape = "".join("X" if c.isupper() else "x" if c.islower() else "9" if c.isdigit() else c for c in word[:8])
    return [
        f"w={lower}",
        f"stem={lower[:5]}",
        f"end={lower[-3:]}",
        f"shape={shape}",
        f"end2={lower[-2:]}",
        f"stem7={lower[:7]}",
    ]


def _with_trigger(tokens: Sequence[Offsets], features: list[list[str]], trigger: Span, label: str) -> list[list[str]]:
    """Features of a sentence as the roles of one of its triggers see it."""
    at = next((i for i, (a, b) in enumerate(tokens) if a <= trigger.start < b), 0)
    rows = []
    for i, row in enumerate(features):
        side = "on" if i == at else "before" if i < at else "after"
        distance = min(abs(i - at), 30)
        bucket = sum(distance > limit for limit in (1, 2, 4, 7, 12, 20))
        kind = row[6]
        rows.append(
            [
                *row,
                f"side={side}",
                f"far={side}{bucket}",
                f"label={label}",
                f"label={label}|{kind}",
                f"{kind}|{side}{bucket}",
            ]
        )
    return rows


def iob_tags(tokens: Sequence[Offsets], spans: Sequence[tuple[int, int, str]]) -> list[str]:
    """IOB2 tags; where spans overlap the first in order of position keeps its tokens."""
    tags = [OUTSIDE] * len(tokens)
    for start, end, label in sorted(spans):
        covered = [i for i, (a, b) in enumerate(tokens) if a < end and start < b]
        if covered and all(tags[i] == OUTSIDE for i in covered):
            for i in covered:
                tags[i] = f"{'B' if i == covered[0] else 'I'}-{label}"
    return tags


def iob_spans(tokens: Sequence[Offsets], tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Spans of IOB2 tags; an I- that continues nothing begins a span."""
    open_at, label = -1, ""
    for i, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, name = tag.partition("-")
        if open_at >= 0 and (prefix != "I" or name != label):
            yield tokens[open_at][0], tokens[i - 1][1], label
            open_at = -1
        if prefix in ("B", "I") and open_at < 0:
            open_at, label = i, name
