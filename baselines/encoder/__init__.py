"""A pretrained French encoder (Hugging Face transformers), fine-tuned: token classification, then pair scoring.

One encoder with four heads (:mod:`baselines.encoder.network`). Each token is a trigger with a label or is none, has a
factuality, and an IOB2 tag that makes mentions of entities; a trigger and an entity or time of the document make a pair
that has each role or not. Times come from :mod:`baselines.dates`; mentions that share their last word are one entity;
events of one format with the same participants are mentions of one encounter.
"""

from __future__ import annotations

import logging
import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from baselines import dates
from baselines.crf import OUTSIDE, iob_spans, iob_tags
from baselines.encoder.network import Layout, Network, Sizes, device, libraries
from baselines.fillers import Filler
from baselines.linear import encounter_id
from benchmark.corpus import ontology
from benchmark.documents import (
    MAX_ITEMS,
    MAX_NAME,
    Argument,
    Document,
    Entity,
    Event,
    Prediction,
    Span,
    Time,
    stripped,
)
from benchmark.scoring.families import select
from benchmark.scoring.score import Setting, figures, tally

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)
_WATCHED = ("TC", "AC+")  # their mean on dev decides when to stop
_WARM_UP = 0.1  # share of the steps in which the learning rate rises
_FAR = 3  # sentences between trigger and filler beyond which all are alike
_WHEN = ("", "vague", "past", "ahead")


class Classes(msgspec.Struct, frozen=True):
    """Names of the classes of each head, in order; kept as JSON beside the weights."""

    trigger: list[str]
    factuality: list[str]
    mention: list[str]
    role: list[str]
    kind: list[str]

    def sizes(self) -> Sizes:
        """How many there are: features of a pair are label, distance in sentences, type of the filler, and when it is."""
        features = (len(self.trigger), 2 * _FAR + 3, len(self.kind), len(_WHEN))
        return Sizes(len(self.trigger), len(self.factuality), len(self.mention), len(self.role), features)


class Encoder:
    """Token classification and pair scoring on one encoder.

    Args:
        model: name of the encoder on the hub, or its folder; safetensors weights only.
        revision: branch, tag or commit on the hub; a commit pins the weights.
        offline: take it from the local cache, never from the network.
        device: ``auto`` (a GPU where there is one), ``cpu``, ``cuda`` or ``cuda:N``.
        seed: of heads, dropout and order; on a CPU the same seed gives the same weights.
        epochs: over train, at most.
        patience: epochs without a better mean of TC and AC+ on dev after which training stops and the best is kept.
        batch: documents a step.
        learning_rate: of the encoder.
        head_learning_rate: of the heads.
        window: sub-tokens that the encoder reads at once; a longer document is read in windows of whole sentences.
        reach: sentences from a trigger to the nearest span of a filler that may have a role.
        role_threshold: probability from which a pair has a role.
    """

    kind = "transformer"
    deterministic = True

    def __init__(
        self,
        model: str,
        revision: str | None = None,
        offline: bool = False,
        device: str = "auto",
        seed: int = 0,
        epochs: int = 40,
        patience: int = 6,
        batch: int = 4,
        learning_rate: float = 5e-5,
        head_learning_rate: float = 1e-3,
        window: int = 512,
        reach: int = 20,
        role_threshold: float = 0.5,
    ) -> None:
        self.model, self.revision, self.offline, self.device = model, revision, offline, device
        self.seed, self.epochs, self.patience, self.batch = seed, epochs, patience, batch
        self.learning_rate, self.head_learning_rate = learning_rate, head_learning_rate
        self.window, self.reach, self.role_threshold = window, reach, role_threshold
        self.losses: list[float] = []  # mean over the steps of each epoch
        self._classes = _classes()
        self._network: Network

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Fine-tune on ``train``; stop when ``dev`` gets no better (without ``dev``, after the last epoch)."""
        torch, _ = libraries()
        _seed(self.seed)
        self._network = self._open(self.model, self.revision, self.offline)
        module, pages = self._network.module, [self._page(d) for d in train]
        groups = [
            {"params": module["encoder"].parameters(), "lr": self.learning_rate},
            {"params": module["heads"].parameters(), "lr": self.head_learning_rate},
        ]
        optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = self.epochs * math.ceil(len(pages) / self.batch)
        rising = max(1, round(_WARM_UP * steps))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda n: min((n + 1) / rising, (steps - n) / max(1, steps - rising))
        )
        draw = random.Random(self.seed)  # noqa: S311 - order of training
        best, best_epoch, kept = -1.0, 0, None
        self.losses = []
        for epoch in range(self.epochs):
            module.train()
            draw.shuffle(pages)
            losses = []
            for at in range(0, len(pages), self.batch):
                loss = self._loss(pages[at : at + self.batch])
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                losses.append(loss.item())
            self.losses.append(sum(losses) / max(1, len(losses)))
            module.eval()
            if not dev:
                continue
            score = self._score(dev)
            _log.info("epoch %d: loss %.4f, dev %.4f", epoch + 1, self.losses[-1], score)
            if score > best:
                best, best_epoch, kept = score, epoch, self._network.weights()
            elif epoch - best_epoch >= self.patience:
                break
        if kept is not None:
            module.load_state_dict(kept)
        module.eval()

    @property
    def parameters(self) -> int:
        """Weights of encoder and heads together."""
        return sum(p.numel() for p in self._network.module.parameters())

    def _open(self, name: str, revision: str | None, offline: bool) -> Network:
        return Network(name, revision, offline, self._classes.sizes(), self.window, device(self.device))

    def _page(self, document: Document) -> _Page:
        return _Page(document, self._network.layout(document), self._classes, self.reach)

    def _loss(self, pages: Sequence[_Page]) -> torch.Tensor:
        """Sum of the mean losses of the four heads."""
        import torch

        network, where = self._network, self._network.where
        by_page = network.vectors([p.layout for p in pages])
        vectors = torch.cat(by_page)
        total = vectors.sum() * 0.0
        for name, targets in (
            ("trigger", [t for p in pages for t in p.triggers]),
            ("factuality", [t for p in pages for t in p.factuality]),
            ("mention", [t for p in pages for t in p.mentions]),
        ):
            if any(t != _UNSEEN for t in targets):
                gold = torch.tensor(targets, device=where)
                logits = network.heads[name](vectors)
                total = total + torch.nn.functional.cross_entropy(logits, gold, ignore_index=_UNSEEN)
        scores, gold_roles, allowed = [], [], []
        for own, page in zip(by_page, pages, strict=True):
            if page.pairs:
                scores.append(network.roles(own, torch.tensor([p.row for p in page.pairs], device=where)))
                gold_roles += [[float(r in p.roles) for r in self._classes.role] for p in page.pairs]
                allowed += [[float(r in p.allowed) for r in self._classes.role] for p in page.pairs]
        if scores:
            weight = torch.tensor(allowed, device=where)
            losses = torch.nn.functional.binary_cross_entropy_with_logits(
                torch.cat(scores), torch.tensor(gold_roles, device=where), weight=weight, reduction="sum"
            )
            total = total + losses / weight.sum().clamp(min=1.0)
        return total

    def _score(self, dev: Sequence[Document]) -> float:
        predictions = [self.extract(stripped(d, d.doc_id)) for d in dev]
        counts = tally(dev, predictions, select(list(_WATCHED)), ontology())
        found = figures(counts, Setting("-", "-", "-", "-", len(dev)), resamples=0)
        return sum(found[name].f1 or 0.0 for name in _WATCHED) / len(_WATCHED)

    def extract(self, document: Document) -> Prediction:
        """Tag the tokens, make mentions and triggers of the tags, then score the pairs."""
        import torch

        times = dates.find(document)
        with torch.inference_mode():
            layout = self._network.layout(document)
            (vectors,) = self._network.vectors([layout])
            tags = {
                name: [getattr(self._classes, name)[i] for i in self._network.heads[name](vectors).argmax(1).tolist()]
                for name in ("trigger", "factuality", "mention")
            }
            entities = _entities(document, iob_spans(layout.tokens, tags["mention"]))
            found = [
                (i, tag)
                for i, tag in enumerate(tags["trigger"])
                if tag != OUTSIDE and not any(z.start <= layout.tokens[i][0] < z.end for z in document.zones)
            ]
            page = _Page(document, layout, self._classes, self.reach)
            pairs = list(page.pair_up(found, _fillers(document, entities, times)))
            scored: dict[int, list[_Scored]] = {i: [] for i, _ in found}
            for pair, scores in zip(pairs, self._network.role_scores(vectors, [p.row for p in pairs]), strict=True):
                for role, score in zip(self._classes.role, scores, strict=True):
                    if role in pair.allowed and score >= self.role_threshold:
                        scored[pair.row[0]].append(_Scored(score, role, pair.filler))
        events: list[Event] = []
        for i, label in found:
            trigger = Span(*layout.tokens[i])
            arguments = tuple(_arguments(trigger, scored[i]))
            encounter = encounter_id(label, arguments)
            events.append(Event(f"V{len(events) + 1}", label, trigger, tags["factuality"][i], encounter, arguments))
        used = {a.ref for v in events for a in v.arguments}
        return Prediction(document.doc_id, tuple(events), tuple(e for e in entities if e.id in used), tuple(times))

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), tokenizer and classes (JSON)."""
        self._network.save(folder)
        (folder / "classes.json").write_bytes(msgspec.json.encode(self._classes))

    def load(self, folder: Path) -> None:
        """Read what :meth:`save` wrote; nothing is fetched."""
        self._classes = msgspec.json.decode((folder / "classes.json").read_bytes(), type=Classes)
        self._network = self._open(str(folder), None, offline=True)
        self._network.load_heads(folder)
        self._network.module.eval()


_UNSEEN = -100  # a token that a head does not learn from


def _seed(seed: int) -> None:
    import torch

    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)


def _classes() -> Classes:
    known = ontology()
    mentions = [f"{prefix}-{kind}" for kind in known.entity_types for prefix in "BI"]
    return Classes(
        [OUTSIDE, *known.labels],
        list(known.factuality),
        [OUTSIDE, *mentions],
        list(known.roles),
        [*known.entity_types, *known.time_types],
    )


class _Pair(NamedTuple):
    """A trigger and a filler: the row that the network reads, the roles it may have, and in gold those it has."""

    row: tuple[int, ...]
    filler: Filler
    allowed: frozenset[str]
    roles: frozenset[str] = frozenset()


class _Scored(NamedTuple):
    """A filler that seems to have a role, and how probable that is."""

    score: float
    role: str
    filler: Filler


class _Page:
    """A document as the heads see it: with its annotations, what they learn from."""

    def __init__(self, document: Document, layout: Layout, classes: Classes, reach: int) -> None:
        self.document, self.layout, self.classes, self.reach = document, layout, classes, reach
        self._starts = [a for a, _ in layout.tokens]
        # Of two events on one word the first is learned; the arguments of both are.
        events: dict[int, list[Event]] = {}
        for event in document.events:
            if (at := self.token(event.trigger.start)) is not None:
                events.setdefault(at, []).append(event)
        self.triggers, self.factuality = [0] * len(layout.tokens), [_UNSEEN] * len(layout.tokens)
        for at, same in events.items():
            self.triggers[at] = classes.trigger.index(same[0].type)
            self.factuality[at] = classes.factuality.index(same[0].factuality)
        spans = [(m.start, m.end, e.type) for e in document.entities for m in e.mentions]
        self.mentions = [classes.mention.index(tag) for tag in iob_tags(layout.tokens, spans)]
        labels = [(at, same[0].type) for at, same in events.items()]
        roles = {
            (at, ref): frozenset(a.role for v in same for a in v.arguments if a.ref == ref)
            for at, same in events.items()
            for ref in {a.ref for v in same for a in v.arguments}
        }
        self.pairs = [
            pair._replace(roles=roles.get((pair.row[0], pair.filler.id), frozenset()))
            for pair in self.pair_up(labels, _fillers(document, document.entities, document.times))
        ]

    def token(self, offset: int) -> int | None:
        """Index of the token that holds ``offset``."""
        at = bisect_right(self._starts, offset) - 1
        return at if at >= 0 and offset < self.layout.tokens[at][1] else None

    def pair_up(self, triggers: Sequence[tuple[int, str]], fillers: Mapping[Filler, str]) -> Iterator[_Pair]:
        """Pairs of a trigger (token, label) and a filler within reach that may have a role there."""
        starts = [a for a, _ in self.document.sentences]
        by_sentence: dict[int, list[Filler]] = {}
        for filler in fillers:
            for home in dict.fromkeys(bisect_right(starts, s.start) for s in filler.spans):
                by_sentence.setdefault(home, []).append(filler)
        for at, label in triggers:
            trigger = Span(*self.layout.tokens[at])
            home = bisect_right(starts, trigger.start)
            around = range(home - self.reach, home + self.reach + 1)
            for filler in dict.fromkeys(f for i in around for f in by_sentence.get(i, ())):
                allowed, (near, away) = _allowed(label, filler.type), filler.nearest(trigger)
                token = self.token(near.start)
                if allowed and token is not None:
                    features = (
                        self.classes.trigger.index(label),
                        max(-_FAR - 1, min(away, _FAR + 1)) + _FAR + 1,
                        self.classes.kind.index(filler.type),
                        _when(fillers[filler], self.document.published or ""),
                    )
                    yield _Pair((at, token, *features), filler, allowed)


@lru_cache
def _allowed(label: str, kind: str) -> frozenset[str]:
    """Roles that a filler of a type may have in an event."""
    known = ontology()
    return frozenset(r for r in known.labels[label].roles if kind in known.roles[r].filler)


def _when(value: str, published: str) -> int:
    """Where a TIMEX3 value lies from the day of publication, as an index of ``_WHEN``."""
    if not value:
        return 0
    if "X" in value or "REF" in value or not published:
        return _WHEN.index("vague")
    return _WHEN.index("past" if value < published[: len(value)] else "ahead")


def _fillers(document: Document, entities: Sequence[Entity], times: Sequence[Time]) -> dict[Filler, str]:
    """What may fill a role, with the value of a time."""
    found = {Filler(e.id, e.type, e.mentions, document): "" for e in entities}
    return found | {Filler(t.id, t.type, [Span(t.start, t.end)], document): t.value for t in times}


def _entities(document: Document, mentions: Iterable[tuple[int, int, str]]) -> list[Entity]:
    """Mentions of one type that share their last word are one entity; the longest is its name."""
    groups: dict[tuple[str, str], list[Span]] = {}
    for start, end, kind in mentions:
        last = document.text[start:end].replace("-", " ").split()[-1:]
        groups.setdefault((kind, "".join(last).lower()), []).append(Span(start, end))
    return [
        Entity(f"E{n}", kind, max((s.of(document.text) for s in spans), key=len)[:MAX_NAME], tuple(spans[:MAX_ITEMS]))
        for n, ((kind, _), spans) in enumerate(groups.items(), 1)
    ]


def _arguments(trigger: Span, scored: Sequence[_Scored]) -> Iterator[Argument]:
    """The likeliest fillers of each role, as many as the ontology lets it have."""
    taken: Counter[str] = Counter()
    for _, role, filler in sorted(scored, key=lambda s: (-s.score, s.filler.spans)):
        taken[role] += 1
        if taken[role] <= (ontology().roles[role].max or len(scored)):
            span = filler.argument(trigger)
            yield Argument(role, span.start, span.end, filler.id)
