"""Entities of a document: names and descriptions, grouped.

Scores by entity accept any mention of an entity, so that a group needs no mention but a good one; descriptions matter
where an entity has no name, and as evidence of what its name does in a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property

import msgspec

from baselines import mentions
from baselines.parsed.syntax import Syntax
from baselines.parsed.words import CLASSES
from benchmark.documents import Document

_CIVILITIES = frozenset(
    (
        *("m", "mm", "mme", "mmes", "mlle", "me", "mgr", "dr", "pr", "sir", "lord", "lady", "monsieur", "madame"),
        *("président", "présidente", "ministre", "premier", "première", "chancelier", "chancelière", "général"),
        *("colonel", "roi", "reine", "prince", "princesse", "sa", "son"),
    )
)


class Names(msgspec.Struct):
    """What train tells of names and of the nouns that head descriptions; kept as JSON."""

    types: dict[str, str] = {}
    ordinary: list[str] = []
    heads: dict[str, str] = {}


def learn(train: Sequence[Document], read: Sequence[Syntax]) -> Names:
    """Types of names, ordinary words, and nouns that head a description often enough, with its type."""
    seen: Counter[str] = Counter()
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    for document, syntax in zip(train, read, strict=True):
        seen.update(lemma for lemma, pos in zip(syntax.lemma, syntax.pos, strict=True) if pos == "NOUN")
        for entity in document.entities:
            for mention in entity.mentions:
                first = syntax.token_at(mention.start)
                if syntax.pos[first] == "NOUN" and syntax.words[first][0].islower():
                    heads[syntax.lemma[first]][entity.type] += 1
    kept = {}
    for lemma, counts in sorted(heads.items()):
        kind = min(counts, key=lambda t: (-counts[t], t))
        if counts.total() >= 2 and counts.total() >= 0.3 * seen[lemma]:
            kept[lemma] = kind
    return Names(mentions.name_types(train), sorted(mentions.ordinary_words(train)), kept)


class Group:
    """Mentions that seem to be of one entity."""

    def __init__(self, number: int, kind: str, name: str) -> None:
        self.id, self.type, self.name = f"E{number}", kind, name
        self.named = True
        self.spans: list[tuple[int, int]] = []
        self.tokens: list[tuple[int, int]] = []  # first and last token of each span
        self.homes: list[int] = []  # sentence of each span
        self.titles: set[str] = set()  # classes of the titles it is given

    @cached_property
    def best(self) -> int:
        """The span that stands for the entity: the longest, the first of equals."""
        return max(range(len(self.spans)), key=lambda n: (self.spans[n][1] - self.spans[n][0], -n))

    def inside(self, home: int) -> range:
        """Indices of the spans in a sentence."""
        return range(bisect_left(self.homes, home), bisect_right(self.homes, home))

    def away(self, home: int) -> int:
        """Sentences between ``home`` and the nearest span."""
        at = bisect_left(self.homes, home)
        return min(abs(n - home) for n in self.homes[max(0, at - 1) : at + 1])

    def nearest(self, i: int, home: int) -> int:
        """Index of the span an argument of trigger token ``i`` points at (guideline A9)."""
        inside = self.inside(home)
        if not inside:
            return self.best
        return min(inside, key=lambda n: (max(self.tokens[n][0] - i, i - self.tokens[n][1], 0), n))


def groups(syntax: Syntax, names: Names) -> list[Group]:
    """Entities of a document in the order of their first mention."""
    document, text = syntax.document, syntax.document.text
    zones = document.zones
    found: dict[str, Group] = {}
    taken: set[int] = set()

    def add(key: str, kind: str, first: int, last: int, named: bool) -> Group:
        start, end = syntax.tokens[first][0], syntax.tokens[last][1]
        group = found.get(key)
        if group is None:
            group = found[key] = Group(len(found) + 1, kind, text[start:end])
            group.named = named
        if len(text[start:end]) > len(group.name) and named == group.named:
            group.name = text[start:end]
        group.spans.append((start, end))
        group.tokens.append((first, last))
        group.homes.append(syntax.sentence[first])
        taken.update(range(first, last + 1))
        return group

    def zoned(offset: int) -> bool:
        return any(z.start <= offset < z.end for z in zones)

    for start, end, kind in mentions.candidates(document, names.types, set(names.ordinary)):
        first, last = syntax.token_at(start), syntax.token_at(end - 1)
        while first < last and syntax.low[first].rstrip(".") in _CIVILITIES:
            first += 1
        if zoned(start) or (first == last and syntax.low[first].rstrip(".") in _CIVILITIES):
            continue
        key = re.split(r"[\s-]+", syntax.low[last])[-1]
        group = add(key, kind, first, last, True)
        group.titles |= _titles(syntax, first, last)
    for i, lemma in enumerate(syntax.lemma):
        if syntax.pos[i] == "NOUN" and i not in taken and lemma in names.heads and not zoned(syntax.tokens[i][0]):
            last = _reach(syntax, i)
            if last + 1 in taken and names.heads[lemma] == "PER":
                continue  # a title before a name
            add(" ".join(syntax.low[i : last + 1]), names.heads[lemma], i, last, False)
    ordered = list(found.values())
    for group in ordered:
        order = sorted(range(len(group.spans)), key=lambda n: group.spans[n])
        group.spans = [group.spans[n] for n in order]
        group.tokens = [group.tokens[n] for n in order]
        group.homes = [group.homes[n] for n in order]
    return sorted(ordered, key=lambda g: g.spans[0])


def _titles(syntax: Syntax, first: int, last: int) -> set[str]:
    """Classes of the words that give a name its rank: before it, or after a comma."""
    near = [*range(max(0, first - 5), first), *range(last + 1, min(len(syntax.low), last + 6))]
    home = syntax.sentence[first]
    words = {syntax.lemma[j] for j in near if syntax.sentence[j] == home}
    return {name for name in ("leader", "official") if words & CLASSES[name]}


_LINKS = frozenset(("de", "du", "des", "d'", "la", "le", "l'", "les"))


def _reach(syntax: Syntax, head: int) -> int:
    """Last token of a description: its adjectives and complements of name (guideline E4)."""
    last, at = head, head + 1
    while at < len(syntax.tokens) and syntax.sentence[at] == syntax.sentence[head]:
        pos, before = syntax.pos[at], syntax.low[at - 1]
        adjective = pos == "ADJ" and head <= syntax.head[at] < at
        complement = (pos in ("NOUN", "PROPN") and before in _LINKS) or (pos == "PROPN" and head < at - 1 == last)
        if adjective or complement:
            last = at
        elif syntax.low[at] not in _LINKS:
            break
        at += 1
    return last
