"""Entities by shape, title and context: no list of names.

Mentions by name are runs of capitalised words; those that share a surname are one entity, and every mention votes on its
type. Descriptions (*le président orbanais*) go to the person that an apposition, or an adjective said before, ties them to.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from baselines.rules.page import Page, context, lexicon

_PARTICLES = context("particles")
_CORNERS = context("corners")
_PLACE_BEFORE = context("place_before")
_ARTICLES = context("articles")
_PLACE_FIRST = context("place_first")
_BEFORE_PARTICLE = frozenset(("m.", "mm.", "mme", "général"))
_GROUPS = context("groups")
_QUOTES = frozenset(["«", "“", '"', ":", "–", "—", "-", "(", "…"])
_ADJECTIVE = re.compile(
    r"\w+(?:ain|aine|ains|aines|ais|aise|aises|ois|oise|oises|ien|ienne|iens|iennes|éen|éenne|éens|éennes|ique|iques|ite|ites|al|ale|aux|ales"
    r"|arde?s?|ote?s?|in|ine|ins|ines|an|ane|ans|anes)$|^(?:russes?|turcs?|turques?|serbes?|belges?|suisses?|arabes?|tchèques?|grecs?|grecques?|bulgares?|slaves?"
    r"|général|générale|adjointe?|sortante?|fédérale?)$"
)


@dataclass(eq=False)
class Named:
    """An entity of a document."""

    key: str
    name: str
    spans: list[tuple[int, int]] = field(default_factory=list)  # first and last token, inclusive
    described: list[tuple[int, int]] = field(default_factory=list)
    votes: Counter[str] = field(default_factory=Counter)
    type: str = "GPE"
    ranks: Counter[str] = field(default_factory=Counter)
    id: str = ""

    @property
    def rank(self) -> str:
        """``leader`` or ``other``, as most titles say; empty where none is given."""
        leader, other = self.ranks["leader"], self.ranks["other"]
        return "" if not leader and not other else "leader" if leader >= other else "other"

    @cached_property
    def longest(self) -> tuple[int, int]:
        """The name with most words, the first of equals."""
        return max(self.spans, key=lambda s: (s[1] - s[0], -s[0]))

    @cached_property
    def mentions(self) -> list[tuple[int, int]]:
        """Mentions by name and by description, in order; read once all are found."""
        return sorted({*self.spans, *self.described})


@lru_cache(1)
def _words_of_rank() -> tuple[dict[str, str], frozenset[str]]:
    """The rank of each word of rank, and the words that these begin with."""
    ranks = {w: rank for rank, group in lexicon()["ranks"].items() for w in group}
    return ranks, frozenset(w.split()[0] for w in ranks)


class Names:
    """The entities of a page."""

    def __init__(self, page: Page, ordinary: frozenset[str]) -> None:
        self.page = page
        words = lexicon()
        self._ranks, self._heads = _words_of_rank()
        self._civility = frozenset(words["civility"])
        self._group, self._facility = frozenset(words["group"]), frozenset(words["facility"])
        self._lower = frozenset(filter(str.islower, page.words))
        self._ordinary = ordinary
        self._capitals = [i for i, word in enumerate(page.words) if word[0].isupper()]
        self._solo = self._standing_alone()
        self.ranks_said: list[str] = []  # rank of each word of rank on the page
        runs = self._runs()
        self.entities: list[Named] = []
        self._cluster(runs)
        self.owner: dict[int, Named] = {}
        for entity in self.entities:
            for a, b in entity.spans:
                for i in range(a, b + 1):
                    if page.words[i][0].isupper() or i not in self.owner:
                        self.owner.setdefault(i, entity)
        self._describe()
        self.people = [e for e in self.entities if e.type == "PER"]

    def in_sentence(self, start: int, end: int) -> list[tuple[int, int, Named]]:
        """Mentions whose tokens lie within ``start`` to ``end``, in order."""
        found = {}
        for i in range(start, end):
            for e, span in self._by_token.get(i, ()):
                found[span] = e
        return [(a, b, e) for (a, b), e in sorted(found.items(), key=lambda m: m[0])]

    # -----------------------------------------------------------------------------------------------------------------

    def _first(self, i: int) -> bool:
        page = self.page
        return i == page.sentence(i).start or page.low[i - 1] in _QUOTES or page.low[i - 1] in (".", "?", "!")

    def _is_name(self, i: int) -> bool:
        word, low = self.page.words[i], self.page.low[i]
        if not word[0].isupper() or low in self._civility or i in self.page.timed or not word[-1].isalnum():
            return False
        if low in (
            "direct",
            "urgent",
            "république",
            "première",
            "premier",
            "son",
            "conseil",
            "constitution",
            "merci",
            "dieu",
        ):
            return False
        if low in ("état", "etat", "affaires", "états") and self.page.low[i + 1 : i + 2] != ["-"]:
            return False
        if self._of_office(i):
            return False
        if self._first(i):
            return not (
                low in self._ordinary or low in self._lower or self.page.forms[i] or (len(low) < 3 and low != "xi")
            )
        return not (len(word) == 1 or (word.isupper() and len(word) > 6))

    def _of_office(self, i: int) -> bool:
        """A word that says of what somebody is minister: *ministre de l’Eau*."""
        low, first = self.page.low, self.page.sentence(i).start
        j = i - 1
        while j >= first and low[j] in ("de", "la", "l'", "du", "des", "d'", "et", "chargé", "chargée"):
            j -= 1
        return i - 1 > j >= first and low[j].removesuffix("s") in (
            "ministre",
            "vice-ministre",
            "ministère",
            "secrétariat",
        )

    def _standing_alone(self) -> set[str]:
        page = self.page
        found = set()
        for i in self._capitals:
            before = page.words[i - 1] if i else ""
            after = page.words[i + 1] if i + 1 < len(page.words) else ""
            if before != "-" and after != "-":
                found.add(page.words[i])
        return found

    def _runs(self) -> list[tuple[int, int]]:
        page, runs, past = self.page, list[tuple[int, int]](), 0
        for i in self._capitals:
            if i < past or not self._is_name(i):
                continue
            j = i
            end = page.sentence(i).end
            while True:
                k = j + 1
                if k < end and page.words[k][0].isupper() and self._is_name(k) and page.low[k] not in self._civility:
                    j = k
                    continue
                if k + 1 < end and page.words[k] == "-" and page.words[k + 1][0].isupper():
                    both = page.words[j] in self._solo and page.words[k + 1] in self._solo
                    if not both and page.spans[k][0] == page.spans[j][1]:
                        j = k + 1
                        continue
                if k + 1 < end and page.low[k] in _PARTICLES and page.words[k + 1][0].isupper():
                    j = k + 1
                    continue
                if (
                    k + 2 < end
                    and page.low[k] in _PARTICLES
                    and page.low[k + 1] in _PARTICLES
                    and page.words[k + 2][0].isupper()
                ):
                    j = k + 2
                    continue
                if k + 1 < end and page.low[k] == "du" and page.low[k + 1] in _CORNERS:
                    j = k + 1
                    continue
                if (
                    j == i
                    and k + 1 < end
                    and page.low[k] in ("de", "du", "d'", "des")
                    and page.words[k + 1][0].isupper()
                    and page.low[i] in self._group
                ):
                    j = k + 1
                    continue
                break
            first, past = i, j + 1
            if j > i and self._after_article(i) and _ADJECTIVE.match(page.low[i]) and page.low[i + 1] != "-":
                first += 1  # le Finlandais Alexander Stubb
            if first > 1 and page.low[first - 1] == "de" and page.low[first - 2] in _BEFORE_PARTICLE:
                first -= 1  # le général de Gaulle
            if not (j == first and page.low[first] in self._ranks):
                runs.append((first, j))
        return runs

    def _after_article(self, i: int) -> bool:
        return i > self.page.sentence(i).start and self.page.low[i - 1] in ("le", "la", "l'", "les", "du", "au", "des")

    def _cluster(self, runs: list[tuple[int, int]]) -> None:
        page = self.page
        groups: dict[str, Named] = {}
        firsts: dict[str, str] = {}
        ordered = sorted(runs, key=lambda r: (r[0] - r[1], r[0]))  # the longest first: they know both names
        for a, b in ordered:
            name = page.text[page.spans[a][0] : page.spans[b][1]].replace("’", "'")
            key = page.low[b]
            if a == b and key not in groups and key in firsts:
                key = firsts[key]
            elif b > a:
                firsts.setdefault(page.low[a], key)
            if "-" in name and b > a and page.low[b - 1] == "-":
                key = name.lower()
            entity = groups.setdefault(key, Named(key, name))
            entity.spans.append((a, b))
            entity.votes.update(self._votes(a, b))
            if rank := self._title(a):
                entity.ranks[rank] += 2
                entity.votes["PER"] += 3
        for entity in groups.values():
            entity.spans.sort()
            entity.type = self._type(entity)
        self._facilities(groups)
        self.entities = sorted(groups.values(), key=lambda e: e.spans[0])

    def _facilities(self, groups: dict[str, Named]) -> None:
        """A facility and the place that it is named after are two (*la base de Karst*, A8)."""
        low = self.page.low
        for entity in list(groups.values()):
            moved: set[tuple[int, int]] = set()
            for a, b in entity.spans:
                first = self.page.sentence(a).start
                start = (
                    a - 1
                    if a > first and low[a - 1] in self._facility
                    else a - 2
                    if a - 1 > first and low[a - 1] in ("de", "d'", "du", "des") and low[a - 2] in self._facility
                    else -1
                )
                if start < 0 or entity.type == "PER":
                    continue
                name = self.page.text[self.page.spans[start][0] : self.page.spans[b][1]]
                facility = groups.setdefault(name.lower(), Named(name.lower(), name, type="LOC"))
                facility.spans.append((start, b))
                if start == a - 1:
                    moved.add((a, b))
            entity.spans = [s for s in entity.spans if s not in moved]
            if (
                entity.type == "LOC"
                and entity.spans
                and self.page.low[entity.spans[0][0]] not in self._facility
                and any(e is not entity and e.type == "LOC" and e.key.endswith(entity.key) for e in groups.values())
            ):
                entity.type = "GPE"
        for key in [k for k, e in groups.items() if not e.spans]:
            del groups[key]

    def _type(self, entity: Named) -> str:
        if entity.votes:
            return min(entity.votes, key=lambda t: (-entity.votes[t], t))
        return "PER" if any(b > a and self.page.low[b - 1] != "-" for a, b in entity.spans) else "GPE"

    def _votes(self, a: int, b: int) -> Counter[str]:
        page, votes = self.page, Counter[str]()
        before = page.low[a - 1] if a > page.sentence(a).start else ""
        two = page.low[a - 2] if a - 1 > page.sentence(a).start else ""
        if before in self._civility:
            votes["PER"] += 4
        if page.low[a] in self._group:
            votes["ORG"] += 4
        if (
            page.low[a] in self._facility
            or before in self._facility
            or (before in ("de", "d'", "du", "des") and two in self._facility)
        ):
            votes["LOC"] += 4
        if b == a and page.words[a].isupper() and len(page.words[a]) > 2:
            votes["ORG"] += 2
        if before in _PLACE_BEFORE:
            votes["GPE"] += 3
        elif before in _ARTICLES and b == a:
            votes["GPE"] += 2
        elif before in ("la", "le", "l'", "les", "du", "au") or page.low[a] in _PLACE_FIRST:
            votes["GPE"] += 3
        if _ADJECTIVE.match(page.low[b]) and self._after_article(a):
            votes["GPE"] += 6  # l’Américain, les Nord-Coréens: whoever it is, no name
        if b > a and not votes and page.low[b - 1] not in ("du", "-"):
            votes["PER"] += 2
        return votes

    def _title(self, a: int) -> str:
        """Rank that the words right before a name give."""
        page = self.page
        low = page.low
        first = page.sentence(a).start
        i = a - 1
        if i >= first and low[i] in (",", "de", "du", "des", "d'", "la", "l'", "le", "les", "à", "au", "et"):
            return ""
        while i >= first and a - i < 7:
            word = low[i]
            if i - 1 >= first and f"{low[i - 1]} {word}" in self._ranks:
                return self._ranks[f"{low[i - 1]} {word}"]
            for size in (5, 4, 3):
                if i - size + 1 >= first and (joined := _joined(low[i - size + 1 : i + 1])) in self._ranks:
                    return self._ranks[joined]
            if word in self._ranks:
                return self._ranks[word]
            if word in ("homologue", "homologues", "collègue"):
                return "same"
            if (
                word in (",", ".", ";", ":")
                or word in _PLACE_BEFORE
                or (page.forms[i] and page.forms[i][0].tense not in ("pp", "noun"))
            ):
                return ""
            i -= 1
        return ""

    def _describe(self) -> None:
        """Descriptions: a word of rank, its adjectives and complements."""
        known: dict[str, Named] = {}  # by rank and adjective
        last: Named | None = None
        last_at, past = 0, 0
        for i in [i for i, word in enumerate(self.page.low) if word in self._heads or i in self.owner]:
            if i < past:
                continue
            owner = self.owner.get(i)
            if owner is not None:
                if owner.type == "PER":
                    last, last_at = owner, i
                continue
            size = self._rank_words(i)
            if not size:
                continue
            end = self.page.sentence(i).end
            head = _joined(self.page.low[i : i + size])
            rank = self._ranks[head]
            self.ranks_said.append(rank)
            j, adjectives = self._extent(i + size - 1, end)
            following = self.owner.get(j + 1) if j + 1 < end else None
            fused = following is not None and following.type == "PER"
            target = following if fused else None
            if not fused and not head.endswith("s"):
                target = self._apposed(i, j, end) or next(
                    (known[k] for w in adjectives if (k := f"{rank} {w}") in known), None
                )
                if target is None and not adjectives and last is not None and last.rank == rank:
                    target = last
                if target is not None:
                    target.ranks[rank] += 1
                    target.described.append((i, j))
                    last = target
                elif last is not None and not last.ranks and i - last_at < 60:
                    last.ranks[rank] += 1
            if target is not None and not head.endswith("s"):
                known |= {f"{rank} {word}": target for word in adjectives}
            past = j + 1
        self._groups()
        self._by_token: dict[int, list[tuple[Named, tuple[int, int]]]] = {}
        for entity in self.entities:
            for span in entity.mentions:
                for t in range(span[0], span[1] + 1):
                    self._by_token.setdefault(t, []).append((entity, span))

    def _rank_words(self, i: int) -> int:
        """How many words from ``i`` on are a word of rank, if ``i`` can begin one."""
        low = self.page.low
        if low[i] in ("général", "secrétaire", "prince") and i and low[i - 1] in ("au", "en"):
            return 0
        longest = min(5, self.page.sentence(i).end - i)
        return next((n for n in range(longest, 0, -1) if _joined(low[i : i + n]) in self._ranks), 0)

    def _extent(self, last: int, end: int) -> tuple[int, list[str]]:
        """Last token of a description whose rank ends at ``last``, and the stems of what says whose it is."""
        page, low = self.page, self.page.low
        j, adjectives = last, list[str]()

        def adjective(k: int) -> bool:
            return k < end and k not in self.owner and len(low[k]) > 3 and _ADJECTIVE.match(low[k]) is not None

        while adjective(j + 1):
            j += 1
            adjectives.append(_stem(low[j]))
        if j + 3 >= end or low[j + 1] not in ("des", "de", "du") or j + 1 in self.owner:
            return j, adjectives
        k = j + 2 + (low[j + 1] == "de" and low[j + 2] in ("la", "l'"))
        owner = self.owner.get(k)
        if owner is not None and owner.type != "PER":
            while k + 1 < end and self.owner.get(k + 1) is owner:
                k += 1
            return k, [*adjectives, _stem(low[k])]
        if k < end and low[k].startswith(("affaire", "défense", "commerce", "étranger")):
            j = k
            while adjective(j + 1) or (j + 1 < end and page.words[j + 1] == "Étrangères"):
                j += 1
                adjectives.append(_stem(low[j]))
        return j, adjectives

    def _groups(self) -> None:
        """Office-holders and delegations without a name that may meet (E10, A7)."""
        page, low = self.page, self.page.low
        found: dict[str, Named] = {}
        for i, word in enumerate(low):
            if word not in _GROUPS or i in self.owner:
                continue
            end = page.sentence(i).end
            before = low[i - 1] if i > page.sentence(i).start else ""
            if any(
                (o := self.owner.get(j)) is not None and o.type == "PER" for j in range(i + 1, min(i + 3, end))
            ) or before in ("deux", "deux-"):
                continue
            j = i
            while j + 1 < end and _ADJECTIVE.match(low[j + 1]) and j + 1 not in self.owner:
                j += 1
            if j + 2 < end and low[j + 1] in ("de", "du", "des", "d'"):
                k = j + 2 + (low[j + 2] in ("la", "l'"))
                if k < end and page.words[k][0].isupper():
                    j = k
            name = page.text[page.spans[i][0] : page.spans[j][1]]
            entity = found.setdefault(
                low[i] if word not in ("délégation", "ministres") else name.lower(),
                Named(name.lower(), name, type="ORG"),
            )
            entity.ranks["other"] += 1
            entity.spans.append((i, j))
        self.entities += found.values()
        self.entities.sort(key=lambda e: e.spans[0])

    def _apposed(self, i: int, j: int, end: int) -> Named | None:
        """The person named right before or after a comma."""
        low, start = self.page.low, self.page.sentence(i).start
        if j + 2 < end and low[j + 1] == ",":
            after = self.owner.get(j + 2)
            if after is not None and after.type == "PER":
                return after
        k = i - 1
        while k >= start and low[k] in ("le", "la", "l'", "son", "sa", "ancien", "ancienne", "nouveau", "nouvelle"):
            k -= 1
        if k - 1 >= start and low[k] == ",":
            before = self.owner.get(k - 1)
            if before is not None and before.type == "PER":
                return before
        return None


def _joined(words: list[str]) -> str:
    return " ".join(words).replace("' ", "'")


def _stem(word: str) -> str:
    """What the masculine and the feminine of an adjective share."""
    return re.sub(r"(?:ne|e|s|es|nes)$", "", word)[:7]
