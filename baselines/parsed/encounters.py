"""What the events of a document tell each other: which are of one encounter, and what that says of their arguments.

Participants, place, date and format belong to the encounter (guidelines F6, A2), agent and date of the act to the act
(A4). So a second look at each event has, beside what the first look gave it, what the first look gave the events that
seem to be of the same encounter, each by the probability that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from baselines.parsed.arguments import Page
from baselines.parsed.entities import Group
from baselines.parsed.learning import Features, Floats
from benchmark.corpus import ontology

_SURE = 0.2  # probability from which an entity counts among the two likeliest to meet
_FAR = 40  # events further apart in order are of two encounters


class Seen(NamedTuple):
    """What the first look gives: of each event its token and phase, and probabilities by event (row) and choice."""

    tokens: list[int]
    phases: list[str]
    formats: Floats
    roles: dict[str, Floats]  # by event and entity, or event and time; 0 where the role is not to be had


def logit(p: float) -> float:
    """Log odds, kept within ±6."""
    return float(np.clip(np.log(p + 1e-6) - np.log(1 - p + 1e-6), -6, 6))


def pairs(seen: Seen) -> list[tuple[int, int]]:
    """Pairs of events that may be of one encounter or act, the earlier first."""
    acts = ontology().acts
    kinds = [p if p in acts else "" for p in seen.phases]
    n = len(seen.tokens)
    return [(a, b) for b in range(n) for a in range(max(0, b - _FAR), b) if kinds[a] == kinds[b]]


def same(page: Page, seen: Seen, a: int, b: int) -> Features:
    """Features of two events as mentions of one encounter."""
    s = page.syntax
    i, j = seen.tokens[a], seen.tokens[b]
    act = seen.phases[a] if seen.phases[a] in ontology().acts else "encounter"
    far = s.sentence[j] - s.sentence[i]
    between = min(b - a, 6)
    found: Features = {f"far={min(far, 6)}": 1.0, f"between={between}": 1.0, act: 1.0}
    found |= dict.fromkeys(
        (f"{seen.phases[a]}+{seen.phases[b]}", f"{seen.phases[a]}+{seen.phases[b]}|{min(far, 2)}"), 1.0
    )
    found[f"lemma={s.lemma[i] == s.lemma[j]}"] = 1.0
    found[f"clause={s.clause[i] == s.clause[j]}"] = 1.0
    found[f"pos={s.pos[i]}+{s.pos[j]}"] = 1.0
    for role, scores in seen.roles.items():
        x, y = scores[a], scores[b]
        if x.size:
            found[f"cos {role}"] = float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + 1e-6))
            found[f"max {role}"] = float((x * y).max())
            found[f"clash {role}"] = float((x * (1 - y)).max() * (y * (1 - x)).max())
    found["format"] = float(seen.formats[a] @ seen.formats[b]) if act == "encounter" else 0.0
    det = next((s.low[c] for c in s.children[j] if s.dep[c].startswith("det")), "")
    found |= dict.fromkeys((f"det={det}|{s.pos[j]}", f"det={det}|far={min(far, 2)}"), 1.0)
    people = sum(g.type == "PER" and g.named for g in page.groups)
    found[f"people={min(people, 6)}|{min(far, 2)}"] = 1.0
    return found


def spread(seen: Seen, together: Floats) -> tuple[Floats, Floats]:
    """Weights of the other events for each event: by encounter, and by encounter and phase; rows add to at most 1."""
    weights = np.where(np.eye(len(seen.tokens), dtype=bool), 0.0, together) ** 2
    phase = np.array([[p == q for q in seen.phases] for p in seen.phases], dtype=float).reshape(weights.shape)
    by_phase = weights * phase
    return weights / (weights.sum(axis=1, keepdims=True) + 0.2), by_phase / (by_phase.sum(axis=1, keepdims=True) + 0.2)


class Second:
    """A second look at the choices of each event, given the probability that two events are of one encounter."""

    def __init__(self, page: Page, seen: Seen, together: Floats) -> None:
        self.seen = seen
        self.ranks = [_rank(group) for group in page.groups]
        self.together = np.where(np.eye(len(seen.tokens), dtype=bool), 0.0, together)
        everywhere, in_phase = spread(seen, together)
        self.mean = {role: everywhere @ scores for role, scores in seen.roles.items()}
        self.in_phase = {role: in_phase @ scores for role, scores in seen.roles.items()}
        self.page = {role: scores.mean(axis=0) for role, scores in seen.roles.items() if len(scores)}
        self.formats = everywhere @ seen.formats
        self.backed = everywhere.sum(axis=1)

    def choice(self, n: int, role: str, g: int, kind: str) -> Features:
        """Features of the ``g``-th filler for a role of the ``n``-th event."""
        seen = self.seen
        own, mean, act = seen.roles[role], self.mean[role], self.in_phase[role]
        p, m, a = float(own[n, g]), float(mean[n, g]), float(act[n, g])
        found: Features = {
            "own": logit(p),
            "mean": m,
            "act": a,
            "logmean": logit(min(m / (self.backed[n] + 1e-6), 1.0)) * float(self.backed[n] > 0.3),
            "page": float(self.page[role][g]),
            "backed": float(self.backed[n]),
            f"rank={min(int((own[n] > p).sum()), 3)}": 1.0,
            f"meanrank={min(int((mean[n] > m).sum()), 4)}": 1.0,
            f"ranks={min(int((own[n] > p).sum()), 3)}{min(int((mean[n] > m).sum()), 3)}": 1.0,
            f"phase={seen.phases[n]}": 1.0,
            kind: 1.0,
            "top": float(own[n].max()),
            "mass": float(own[n].sum()),
        }
        for other, scores in seen.roles.items():
            if other != role and scores.shape == own.shape:
                found[f"as {other}"] = float(scores[n, g])
                found[f"mean as {other}"] = float(self.mean[other][n, g])
        return {f"{role}&{name}": value for name, value in found.items()}

    def form(self, n: int, names: Sequence[str], parties: Floats) -> Features:
        """Features of the format of the ``n``-th event: what the first look said, and the rank of who meets.

        Args:
            names: the formats, in the order of their columns.
            parties: probability that an entity is a participant, by event and entity.
        """
        found: Features = {}
        for k, name in enumerate(names):
            column = self.seen.formats[:, k]
            found[f"own {name}"] = logit(float(column[n]))
            found[f"mean {name}"] = float(self.formats[n, k])
            found[f"most {name}"] = float((self.together[n] * column).max())
            found[f"page {name}"] = float(column.mean())
        absent: dict[str, float] = {}
        for rank, p in zip(self.ranks, parties[n], strict=True):
            absent[rank] = absent.get(rank, 1.0) * (1 - float(p))
        found |= {f"any {rank}": 1 - p for rank, p in absent.items()}
        top = [self.ranks[k] for k in np.argsort(-parties[n], kind="stable")[:2] if parties[n, k] > _SURE]
        found |= {f"top {'+'.join(sorted(top))}": 1.0, **{f"has {rank}": 1.0 for rank in top}}
        return found


def _rank(group: Group) -> str:
    """What may meet whom: rank of a person, else the type of the entity."""
    if group.type != "PER":
        return group.type
    if {"leader", "official"} <= group.titles:
        return "both"
    return next((rank for rank in ("official", "leader", "former") if rank in group.titles), "none")


def clusters(together: Floats, count: int, kinds: Sequence[str], threshold: float) -> list[int]:
    """Number of the encounter of each event: each joins, in order, those it is on average likeliest to be one with."""
    members: list[list[int]] = []
    of: list[int] = []
    for n in range(count):
        scores = [
            float(np.mean([together[n, m] for m in group])) if kinds[group[0]] == kinds[n] else 0.0 for group in members
        ]
        best = max(range(len(scores)), key=lambda k: (scores[k], -k), default=-1)
        if best < 0 or scores[best] < threshold:
            members.append([])
            best = len(members) - 1
        members[best].append(n)
        of.append(best)
    return of
