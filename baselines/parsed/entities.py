"""Entities of a document: names, the descriptions that go with them, and descriptions that stand alone.

Scores by entity accept any mention of an entity, so that a group needs no mention but a good one; descriptions matter
where an entity has no name, and as evidence of what its name does in a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from baselines import mentions
from baselines.parsed.syntax import Syntax
from baselines.parsed.words import CLASSES, DESCRIPTIONS
from benchmark.documents import Document

_CIVILITIES = frozenset(
    (
        *("m", "mm", "mme", "mmes", "mlle", "me", "mgr", "dr", "pr", "sir", "lord", "lady", "monsieur", "madame"),
        *("président", "présidente", "ministre", "premier", "première", "chancelier", "chancelière", "général"),
        *("colonel", "roi", "reine", "prince", "princesse", "sa", "son"),
    )
)
_LINKS = frozenset(("de", "du", "des", "d'", "la", "le", "l'", "les"))
_NER = {"PER": "PER", "LOC": "GPE", "ORG": "ORG"}


class Names(msgspec.Struct):
    """What train tells of names and of the nouns that head descriptions; kept as JSON."""

    types: dict[str, str] = {}
    ordinary: set[str] = set()
    heads: dict[str, str] = {}


def learn(train: Sequence[Document], read: Sequence[Syntax]) -> Names:
    """Types of names, ordinary words, and nouns that head a description often enough, with its type."""
    seen: Counter[str] = Counter()
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    named: list[Document] = []  # without descriptions, whose names are of others: *président de la République*
    for document, syntax in zip(train, read, strict=True):
        seen.update(lemma for lemma, pos in zip(syntax.lemma, syntax.pos, strict=True) if pos == "NOUN")
        for entity in document.entities:
            for mention in entity.mentions:
                first = syntax.token_at(mention.start)
                if syntax.pos[first] == "NOUN" and syntax.words[first][0].islower():
                    heads[syntax.lemma[first]][entity.type] += 1
        named.append(
            replace(
                document,
                entities=tuple(
                    replace(e, mentions=tuple(m for m in e.mentions if document.text[m.start].isupper()))
                    for e in document.entities
                ),
            )
        )
    kept = dict(DESCRIPTIONS)
    for lemma, counts in sorted(heads.items()):
        if counts.total() >= 2 and counts.total() >= 0.3 * seen[lemma]:
            kept[lemma] = min(counts, key=lambda t: (-counts[t], t))
    return Names(mentions.name_types(named), mentions.ordinary_words(train), kept)


class Group:
    """Mentions that seem to be of one entity."""

    def __init__(self, number: int, kind: str, name: str, *, named: bool) -> None:
        self.id, self.type, self.name, self.named = f"E{number}", kind, name, named
        self.spans: list[tuple[int, int]] = []
        self.tokens: list[tuple[int, int]] = []  # first and last token of each span
        self.homes: list[int] = []  # sentence of each span
        self.plain: list[bool] = []  # whether a span is a name
        self.titles: set[str] = set()  # classes of the titles it is given

    def add(self, syntax: Syntax, first: int, last: int, *, plain: bool) -> None:
        """Take the tokens ``first`` to ``last`` as a mention."""
        at = bisect_left(self.tokens, (first, last))
        self.tokens.insert(at, (first, last))
        self.spans.insert(at, (syntax.tokens[first][0], syntax.tokens[last][1]))
        self.homes.insert(at, syntax.sentence[first])
        self.plain.insert(at, plain)

    @cached_property
    def best(self) -> int:
        """The span that stands for the entity: a name before a description, the longest, the first of equals."""
        return max(range(len(self.spans)), key=lambda n: (self.plain[n], self.spans[n][1] - self.spans[n][0], -n))

    @property
    def sure(self) -> list[tuple[int, int]]:
        """The names, or the descriptions of an entity without a name: whom a description takes up is a guess."""
        return [s for s, plain in zip(self.spans, self.plain, strict=True) if plain or not any(self.plain)]

    def inside(self, home: int) -> range:
        """Indices of the spans in a sentence."""
        return range(bisect_left(self.homes, home), bisect_right(self.homes, home))

    def away(self, home: int) -> int:
        """Sentences between ``home`` and the nearest span."""
        at = bisect_left(self.homes, home)
        return min(abs(n - home) for n in self.homes[max(0, at - 1) : at + 1])

    def nearest(self, i: int, home: int) -> int:
        """Index of the span nearest to token ``i`` in its sentence, else of the best (guideline A9)."""
        inside = self.inside(home)
        if not inside:
            return self.best
        return min(inside, key=lambda n: (max(self.tokens[n][0] - i, i - self.tokens[n][1], 0), n))

    def pointed(self, i: int, home: int) -> int:
        """As :meth:`nearest`, but a name if there is one: which entity a description stands for is less sure."""
        n = self.nearest(i, home)
        return n if self.plain[n] else self.best


def groups(syntax: Syntax, names: Names) -> list[Group]:
    """Entities of a document in the order of their first mention."""
    found: dict[str, Group] = {}
    runs = list(_names(syntax, names))
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for _, last, kind in runs:
        kinds[_key(syntax, last)][kind] += 1
    for first, last, _ in runs:
        key = _key(syntax, last)
        if key not in found:
            votes = kinds[key]
            kind = min(votes, key=lambda t: (-votes[t], t))
            found[key] = Group(len(found) + 1, kind, " ".join(syntax.words[first : last + 1]), named=True)
        group = found[key]
        group.name = max(group.name, " ".join(syntax.words[first : last + 1]), key=len)
        group.add(syntax, first, last, plain=True)
    taken = {i for first, last, _ in runs for i in range(first, last + 1)}
    _describe(syntax, names, found, taken)
    return sorted(found.values(), key=lambda g: g.spans[0])


def _key(syntax: Syntax, last: int) -> str:
    return re.split(r"[\s-]+", syntax.low[last])[-1]


def _names(syntax: Syntax, names: Names) -> Iterator[tuple[int, int, str]]:
    """Runs of capitalised words that are names: first and last token, type."""
    document = syntax.document
    runs: list[tuple[int, int, str]] = []
    for start, end, kind in mentions.candidates(document, names.types, names.ordinary):
        first, last = syntax.token_at(start), syntax.token_at(end - 1)
        while first < last and (syntax.low[first].rstrip(".") in _CIVILITIES or syntax.low[first] == "."):
            first += 1
        if runs and runs[-1][1] == first - 2 and syntax.words[first - 1] == "-":
            runs[-1] = (runs[-1][0], last, kind)
        elif not any(z.start <= start < z.end for z in document.zones) and not _common(syntax, names, first, last):
            runs.append((first, last, kind))
    apart = {syntax.low[last] for first, last, _ in runs if "-" not in syntax.words[first : last + 1]}
    for first, last, guess in runs:
        kind = _kind(syntax, names, first, last, guess)
        hyphens = [j for j in range(first + 1, last) if syntax.words[j] == "-"]
        if len(hyphens) == 1:
            left, right = hyphens[0] - 1, hyphens[0] + 1
            both = {syntax.low[left], syntax.low[last]} & apart
            # Two names of two entities (guideline E5), where they stand alone elsewhere.
            if len(both) == 2 or (both and kind == "PER"):
                yield first, left, _kind(syntax, names, first, left, kind)
                yield right, last, _kind(syntax, names, right, last, kind)
                continue
        yield first, last, kind


_NO_NAME = frozenset(("VERB", "NUM", "DET", "PRON", "ADV", "INTJ", "ADP", "CCONJ", "SCONJ", "AUX"))


def _common(syntax: Syntax, names: Names, first: int, last: int) -> bool:
    """Whether a capitalised run is no name but a word at the head of something."""
    word = syntax.low[last].rstrip(".")
    if not word[:1].isalpha():
        return True
    if first < last:
        return False
    known = word in names.ordinary
    before = syntax.low[first - 1] if first else ""
    if (known and before in _LINKS) or (word.startswith("premi") and syntax.low[last + 1 : last + 2] == ["ministre"]):
        return True
    if syntax.words[last] in names.types:
        return False
    return word in _CIVILITIES or syntax.pos[last] in _NO_NAME or (known and not syntax.name[last])


def _kind(syntax: Syntax, names: Names, first: int, last: int, guess: str) -> str:
    """Type of a name: as train has a word of it, else by its title, by the pipeline, by its shape."""
    for word in reversed(syntax.words[first : last + 1]):
        if word in names.types:
            return names.types[word]
    if first and syntax.low[first - 1].rstrip(".") in ("m", "mm", "mme", "mmes", "mlle"):
        return "PER"
    # States have an article or a preposition of place before them, persons have not.
    if first and syntax.low[first - 1] in ("le", "la", "l'", "du", "au", "aux", "en", "à", "les", "des"):
        return "ORG" if "ORG" in syntax.name[first : last + 1] else "GPE"
    plain = all(word[0].isupper() for word in syntax.words[first : last + 1])
    if first < last and plain and "LOC" not in syntax.name[first : last + 1]:
        return "PER"
    seen = Counter(_NER[n] for n in syntax.name[first : last + 1] if n in _NER)
    return min(seen, key=lambda t: (-seen[t], t)) if seen else guess


class _Known(NamedTuple):
    """A title or description that goes with a named person."""

    head: str
    stems: set[str]
    owner: Group


def _describe(syntax: Syntax, names: Names, found: dict[str, Group], taken: set[int]) -> None:
    """Give names their titles and descriptions, and make groups of the descriptions that go with none."""
    at = {first: group for group in found.values() for first, _ in group.tokens}
    before = {last: group for group in found.values() for _, last in group.tokens}
    known: list[_Known] = []
    waiting: list[tuple[int, int, str, set[str]]] = []
    for i, lemma in enumerate(syntax.lemma):
        word = lemma if lemma in names.heads else syntax.low[i]
        if syntax.pos[i] not in ("NOUN", "PROPN") or i in taken or word not in names.heads:
            continue
        if any(z.start <= syntax.tokens[i][0] < z.end for z in syntax.document.zones):
            continue
        last = _reach(syntax, i)
        first = i - 1 if i and syntax.low[i - 1] in ("premier", "première") else i
        stems = {syntax.low[j][:5] for j in range(i + 1, last + 1) if syntax.low[j] not in _LINKS}
        owner = None
        if names.heads[word] == "PER":
            owner = next((at[j] for j in range(i + 1, last + 2) if j in at and at[j].type == "PER"), None)
            fused = owner is not None  # a title is no mention (guideline E3)
            owner = owner or _apposed(syntax, first, last, at, before)
            if owner is not None:
                known.append(_Known(word, stems, owner))
                owner.titles.add(_rank(syntax, i))
                if not fused:
                    owner.add(syntax, first, last, plain=False)
        if owner is None:
            waiting.append((first, last, word, stems))
        taken.update(range(first, last + 1))
    people = [g for g in found.values() if g.type == "PER"]
    for first, last, word, stems in waiting:
        kind = names.heads[word]
        owner = _recalled(syntax, first, word, stems, known, people) if kind == "PER" else None
        if (
            owner is None
            and kind == "PER"
            and (_plural(syntax, last if first == last else first) or (not stems and people))
        ):
            continue  # several persons (guideline E10), or one that remains unknown
        if owner is None:
            text = " ".join(syntax.words[first : last + 1])
            key = f"{word} {' '.join(sorted(stems))}"
            if key not in found:
                found[key] = Group(len(found) + 1, kind, text, named=False)
                found[key].titles.add(_rank(syntax, first))
            owner = found[key]
        owner.add(syntax, first, last, plain=False)
    for group in found.values():
        group.titles.discard("")


def _recalled(
    syntax: Syntax, first: int, word: str, stems: set[str], known: Sequence[_Known], people: Sequence[Group]
) -> Group | None:
    """The person named elsewhere whom a description takes up: called so there, or of that rank and named last."""
    home = syntax.sentence[first]
    called = [k.owner for k in known if k.head == word and (not stems or stems <= k.stems)]
    if called:
        return min(called, key=lambda g: (g.homes[0] > home, g.away(home)))
    rank = _rank(syntax, first) or _rank(syntax, first + 1 if first + 1 < len(syntax.low) else first)
    fitting = [g for g in people if rank in g.titles and g.homes[0] <= home]
    if stems:
        return fitting[0] if len(fitting) == 1 else None
    fitting = fitting or [g for g in people if not g.titles - {""} and g.homes[0] <= home]
    return min(fitting, key=lambda g: g.away(home), default=None)


def _apposed(syntax: Syntax, first: int, last: int, at: dict[int, Group], before: dict[int, Group]) -> Group | None:
    """The person whom a description between commas, or with the name in one, describes (guideline E4)."""
    if last + 2 < len(syntax.low) and syntax.low[last + 1] == ",":
        owner = at.get(last + 2)
        if owner is not None and owner.type == "PER":
            return owner
    start = first - 1
    if start > 0 and syntax.low[start] in ("le", "la", "l'", "son", "sa", "un", "une"):
        start -= 1
    if start > 0 and syntax.low[start] in (",", "("):
        owner = before.get(start - 1)
        if owner is not None and owner.type == "PER":
            return owner
    return None


def _plural(syntax: Syntax, i: int) -> bool:
    return syntax.morph[i].get("Number") == "Plur"


def _rank(syntax: Syntax, i: int) -> str:
    """``leader``, ``official`` or nothing: what a title noun says, with *premier ministre* and *ancien président*."""
    lemma, low = syntax.lemma[i], syntax.low
    near = {*low[max(0, i - 2) : i], *low[i + 1 : i + 2]}
    if low[i].startswith("ministre") and near & {"premier", "première", "premiers", "premières"}:
        return "leader"
    if lemma in CLASSES["official"] or low[i] in CLASSES["official"]:
        return "official"
    if lemma in CLASSES["leader"] or low[i] in CLASSES["leader"]:
        if near & {"ex", "ancien", "ancienne", "futur", "future"}:
            return "former"
        lower = low[i].startswith("chef") and not {"état", "gouvernement", "exécutif"} & set(low[i + 1 : i + 4])
        return "official" if lower else "leader"
    return ""


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
