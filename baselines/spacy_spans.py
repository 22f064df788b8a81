"""spaCy trained from scratch: two entity recognisers, one for triggers and one for mentions, then a classifier of roles.

A trigger is an entity whose label is that of its event. Both recognisers are spaCy's transition-based parser over its small
convolutional tok2vec, sentence by sentence, stopped where F1 on dev stops growing. A logistic regression then says which
entities and times fill which role of a trigger. Training is seeded; what it gives is kept by spaCy's ``to_disk``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from baselines import dates
from baselines.fillers import Filler
from baselines.linear import Classifier, Features, encounter_id
from benchmark import segment
from benchmark.corpus import ontology
from benchmark.documents import MAX_ITEMS, MAX_NAME, Argument, Document, Entity, Event, Prediction, Span
from benchmark.errors import MissingExtra

NONE = ""
Labelled = tuple[int, int, str]  # start, end, label
_DISTANCES = (8, 20, 50, 100, 200)  # characters


class SpacySpans:
    """Recognisers of triggers and mentions, and a classifier of roles.

    Args:
        vectors: installed spaCy package whose word vectors the recognisers build on, or ``None`` for none.
        width, depth: of the convolutional encoder.
        epochs, patience: at most so many passes over train, and so many without a better F1 on dev.
        dropout: share of units left out in training.
        threshold: probability from which a pair of trigger and filler has a role.
        seed: of initialisation and of the order of sentences.
    """

    kind = "neural"
    deterministic = True

    def __init__(
        self,
        vectors: str | None = None,
        width: int = 96,
        depth: int = 4,
        epochs: int = 12,
        patience: int = 3,
        dropout: float = 0.3,
        threshold: float = 0.35,
        seed: int = 0,
    ) -> None:
        self.vectors, self.width, self.depth = vectors, width, depth
        self.epochs, self.patience, self.dropout, self.threshold, self.seed = epochs, patience, dropout, threshold, seed
        self.recognisers: dict[str, Any] = {}
        self.roles = Classifier(2.0)

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Train on ``train``, stop by ``dev`` (by ``train`` itself where ``dev`` is empty)."""
        self.recognisers = {
            name: self._recogniser(train, dev or train, spans)
            for name, spans in (("triggers", _triggers), ("mentions", _mentions))
        }
        rows: list[Features] = []
        labels: list[str] = []
        for document in train:
            gold = [Filler(e.id, e.type, e.mentions, document) for e in document.entities if e.mentions]
            gold += [Filler(t.id, t.type, [Span(t.start, t.end)], document) for t in document.times]
            for event in document.events:
                filled = {(a.role, a.ref) for a in event.arguments}
                for role, filler in _pairs(event.type, gold):
                    rows.append(_features(document, event.trigger, event.type, role, filler))
                    labels.append("yes" if (role, filler.id) in filled else NONE)
        self.roles.fit(rows, labels)

    def _recogniser(self, train: Sequence[Document], dev: Sequence[Document], spans: Any) -> Any:
        """A pipeline with the parameters of the epoch that was best on ``dev``."""
        spacy = _spacy()
        from spacy.training import Example
        from spacy.util import minibatch

        spacy.util.fix_random_seed(self.seed)
        order = random.Random(self.seed)  # noqa: S311 - an order, no secret
        nlp = spacy.blank("fr")
        nlp.config["initialize"]["vectors"] = self.vectors
        nlp.add_pipe("ner", config={"model": self._architecture()})
        examples = []
        for document in train:
            for doc, starts in _docs(nlp.vocab, document):
                gold = [starts[a, b] for a, b, _ in spans(document) if (a, b) in starts]
                names = [label for a, b, label in spans(document) if (a, b) in starts]
                entities = [doc[i:j] for i, j in gold]
                reference = doc.copy()
                reference.ents = [
                    reference.char_span(e.start_char, e.end_char, label=n) for e, n in zip(entities, names, strict=True)
                ]
                examples.append(Example(doc, reference))
        optimizer = nlp.initialize(lambda: examples)
        best, kept, since = -1.0, nlp.to_bytes(), 0
        for _ in range(self.epochs):
            order.shuffle(examples)
            for batch in minibatch(examples, size=16):  # type: ignore[no-untyped-call]
                nlp.update(batch, drop=self.dropout, sgd=optimizer)
            score = _f1(nlp, dev, spans)
            if score > best:
                best, kept, since = score, nlp.to_bytes(), 0
            else:
                since += 1
                if since >= self.patience:
                    break
        return nlp.from_bytes(kept)

    def _architecture(self) -> dict[str, Any]:
        """The parser over hashed features of words, as spaCy's own small pipelines have it."""
        embed = {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": self.width,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": [5000, 1000, 2500, 2500],
            "include_static_vectors": self.vectors is not None,
        }
        encode = {"width": self.width, "depth": self.depth, "window_size": 1, "maxout_pieces": 3}
        encode["@architectures"] = "spacy.MaxoutWindowEncoder.v2"  # type: ignore[assignment]
        return {
            "@architectures": "spacy.TransitionBasedParser.v2",
            "state_type": "ner",
            "extra_state_tokens": False,
            "hidden_width": 64,
            "maxout_pieces": 2,
            "use_upper": True,
            "tok2vec": {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode},
        }

    def extract(self, document: Document) -> Prediction:
        """Triggers and mentions as recognised, then the roles of each trigger."""
        times = dates.find(document)
        fillers = list(_grouped(document, _found(self.recognisers["mentions"], document)))
        fillers += [Filler(t.id, t.type, [Span(t.start, t.end)], document) for t in times]
        known = ontology()
        events: list[Event] = []
        for start, end, label in list(_found(self.recognisers["triggers"], document))[:MAX_ITEMS]:
            if label not in known.labels:
                continue
            trigger = Span(start, end)
            arguments = tuple(self._arguments(document, trigger, label, fillers))
            events.append(
                Event(f"V{len(events) + 1}", label, trigger, "asserted", encounter_id(label, arguments), arguments)
            )
        used = {a.ref for v in events for a in v.arguments}
        text = document.text
        entities = tuple(
            Entity(f.id, f.type, f.longest.of(text)[:MAX_NAME], tuple(f.spans[:MAX_ITEMS]))
            for f in fillers
            if f.id in used and f.type in known.entity_types
        )
        return Prediction(document.doc_id, tuple(events), entities, tuple(times))

    def _arguments(
        self, document: Document, trigger: Span, label: str, fillers: Sequence[Filler]
    ) -> Iterator[Argument]:
        """The fillers of each role that are likely enough, the likeliest where it takes only so many."""
        if "yes" not in self.roles.names:
            return
        near = [f for f in fillers if f.type in ontology().entity_types or abs(f.nearest(trigger)[1]) <= 2]
        pairs = list(_pairs(label, near))
        rows = [_features(document, trigger, label, role, filler) for role, filler in pairs]
        scores = self.roles.scores(rows)[:, self.roles.names.index("yes")]
        ranked = sorted(zip(scores, range(len(pairs)), strict=True), key=lambda s: (-s[0], s[1]))
        taken: dict[str, int] = {}
        for score, n in ranked:
            role, filler = pairs[n]
            # A second date of a range is rare, and a second guess at one date is not.
            most = 1 if role in ontology().time_roles else ontology().roles[role].max
            if score >= self.threshold and (most is None or taken.get(role, 0) < most):
                taken[role] = taken.get(role, 0) + 1
                span = filler.argument(trigger)
                yield Argument(role, span.start, span.end, filler.id)

    def save(self, folder: Path) -> None:
        """Write both pipelines and the classifier."""
        for name, nlp in self.recognisers.items():
            nlp.to_disk(folder / name)
        self.roles.save(folder / "roles.npz")

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote."""
        spacy = _spacy()
        self.recognisers = {name: spacy.load(folder / name) for name in ("triggers", "mentions")}
        self.roles.load(folder / "roles.npz")


def _spacy() -> Any:
    try:
        import spacy
    except ImportError as error:
        raise MissingExtra("spacy", "spacy") from error
    return spacy


def _triggers(document: Document) -> list[Labelled]:
    """Triggers of a document; of two events on one trigger the first."""
    found = {(v.trigger.start, v.trigger.end): v.type for v in reversed(document.events)}
    return [(a, b, label) for (a, b), label in sorted(found.items())]


def _mentions(document: Document) -> list[Labelled]:
    """Mentions of a document; of two that overlap the longer."""
    spans = sorted(
        ((m.start, m.end, e.type) for e in document.entities for m in e.mentions), key=lambda s: (s[0] - s[1], s)
    )
    free: list[Labelled] = []
    for a, b, kind in spans:
        if all(b <= x or y <= a for x, y, _ in free):
            free.append((a, b, kind))
    return sorted(free)


def _docs(vocab: Any, document: Document) -> Iterator[tuple[Any, _Tokens]]:
    """Each sentence outside zones as a spaCy document, with the tokens that each stretch of characters is made of."""
    from spacy.tokens import Doc

    text = document.text
    for start, end in document.sentences:
        tokens = [
            t for t in segment.tokens(text, start, end) if not any(z.start <= t[0] < z.end for z in document.zones)
        ]
        if not tokens:
            continue
        # A hash of a lone surrogate cannot be taken.
        words = [text[a:b].encode("utf-8", "replace").decode() for a, b in tokens]
        gaps = [after[0] > before[1] for before, after in pairwise(tokens)]
        begins, ends = {a: i for i, (a, _) in enumerate(tokens)}, {b: i + 1 for i, (_, b) in enumerate(tokens)}
        yield Doc(vocab, words=words, spaces=[*gaps, False]), _Tokens(begins, ends)


class _Tokens(dict[tuple[int, int], tuple[int, int]]):
    """From a stretch of characters to the tokens that it is made of."""

    def __init__(self, begins: Mapping[int, int], ends: Mapping[int, int]) -> None:
        super().__init__()
        self.begins, self.ends = begins, ends

    def __contains__(self, stretch: object) -> bool:
        return isinstance(stretch, tuple) and stretch[0] in self.begins and stretch[1] in self.ends

    def __missing__(self, stretch: tuple[int, int]) -> tuple[int, int]:
        return self.begins[stretch[0]], self.ends[stretch[1]]


def _found(nlp: Any, document: Document) -> list[Labelled]:
    """What a recogniser finds in a document."""
    docs = list(_docs(nlp.vocab, document))
    found: list[Labelled] = []
    for (_, tokens), doc in zip(docs, nlp.pipe([d for d, _ in docs], batch_size=64), strict=True):
        begins = {i: a for a, i in tokens.begins.items()}
        ends = {i: b for b, i in tokens.ends.items()}
        found += [(begins[e.start], ends[e.end], e.label_) for e in doc.ents]
    return found


def _f1(nlp: Any, documents: Sequence[Document], spans: Any) -> float:
    """F1 of labelled spans."""
    right = guessed = wanted = 0
    for document in documents:
        gold, found = set(spans(document)), set(_found(nlp, document))
        right, guessed, wanted = right + len(gold & found), guessed + len(found), wanted + len(gold)
    return 2 * right / (guessed + wanted) if guessed + wanted else 0.0


def _grouped(document: Document, found: Sequence[Labelled]) -> Iterator[Filler]:
    """Mentions by name with one last word are one entity; a description is one with its like."""
    groups: dict[str, list[Labelled]] = {}
    for a, b, kind in found:
        words = document.text[a:b].lower().replace("’", "'")
        name = document.text[a].isupper()
        key = re.split(r"[\s-]+", words)[-1] if name else words
        groups.setdefault(f"{kind} {key}", []).append((a, b, kind))
    for n, spans in enumerate(groups.values(), 1):
        yield Filler(f"E{n}", spans[0][2], [Span(a, b) for a, b, _ in spans], document)


def _pairs(label: str, fillers: Sequence[Filler]) -> Iterator[tuple[str, Filler]]:
    """Each role of a label with each filler that it may take."""
    known = ontology()
    for role in known.labels[label].roles:
        for filler in fillers:
            if filler.type in known.roles[role].filler:
                yield role, filler


def _features(document: Document, trigger: Span, label: str, role: str, filler: Filler) -> Features:
    """How a filler stands to a trigger: type, side, distance, weight in the document, the words around."""
    text = document.text
    span, away = filler.nearest(trigger)
    gap = max(span.start - trigger.end, trigger.start - span.end, 0)
    side = "after" if span.start >= trigger.end else "before"
    where = f"{side}{sum(gap > n for n in _DISTANCES)}" if not away else f"far{min(abs(away), 4)}"
    before = text[max(0, span.start - 12) : span.start].lower().replace("’", "'").split()[-1:] or [""]
    between = text[min(span.end, trigger.end) : max(span.start, trigger.start)] if not away else ""
    known = ontology().labels[label]
    phase, form = known.phase or label, known.format or label
    weight = min(len(filler.spans), 5)
    first = bool(document.sentences) and filler.spans[0].start < document.sentences[0][1]
    word = trigger.of(text).lower()
    features = [
        f"{filler.type}|{where}",
        f"{phase}|{filler.type}|{where}",
        f"{phase}|{where}",
        f"{form}|{filler.type}|{weight}",
        f"{filler.type}|{weight}|{first}",
        f"before={before[0]}|{where[:5]}",
        f"before={before[0]}|{filler.type}|{phase}",
        f"word={word[:6]}|{where}",
        f"ending={word[-3:]}|{where}",
        f"comma={'; ' in between or ', ' in between}|{where}",
    ]
    return dict.fromkeys([f"{role}&{f}" for f in features], 1.0)
