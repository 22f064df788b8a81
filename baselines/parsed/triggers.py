"""Features of a token as a possible trigger: itself, what governs it, what it governs, its clause, its page.

A feature that begins with ``c=`` joins something with a class of the token (:mod:`baselines.parsed.words`), one that
begins with ``l=`` with its lemma.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from baselines.parsed.learning import Features, Floats
from baselines.parsed.syntax import Syntax
from baselines.parsed.words import classes

_CONTENT = frozenset(("NOUN", "VERB", "ADJ", "ADV", "AUX", "PROPN", "INTJ", "X"))
_PARTIES = frozenset(("PER", "GPE", "LOC", "ORG"))
_ABOVE = 6  # heads looked at on the way to the root
_BELOW = 60  # descendants looked at


class Told(NamedTuple):
    """What the rules say of a trigger: its phase (an act counts as itself), format, factuality, and fillers by role."""

    phase: str
    format: str
    factuality: str
    fillers: frozenset[tuple[str, int, int]]  # role, start and end of the span


class Tokens:
    """The tokens of a document as the trigger classifier sees them.

    Args:
        kinds: type of the entity or time that a token is part of.
        told: what the rules of :mod:`baselines.rules` say of a token that they take for a trigger.
    """

    def __init__(self, syntax: Syntax, kinds: Mapping[int, str], told: Mapping[int, Told] | None = None) -> None:
        self.syntax, self.kinds, self.told = syntax, kinds, told or {}
        self.classes = [classes(a, b) for a, b in zip(syntax.lemma, syntax.low, strict=True)]
        self.sentences: dict[int, list[int]] = {}
        self.clauses: dict[int, list[int]] = {}
        for i, home in enumerate(syntax.sentence):
            self.sentences.setdefault(home, []).append(i)
            self.clauses.setdefault(syntax.clause[i], []).append(i)

    def candidates(self) -> list[int]:
        """Tokens that may be triggers: content words outside zones."""
        s = self.syntax
        zones = s.document.zones
        return [
            i
            for i, (a, _) in enumerate(s.tokens)
            if s.pos[i] in _CONTENT and len(s.words[i]) > 1 and not any(z.start <= a < z.end for z in zones)
        ]

    def features(self, i: int) -> Features:
        """Named features of token ``i``."""
        found: list[str] = []
        parts = (self._own, self._function_words, self._above, self._below, self._clause, self._window, self._rules)
        for part in parts:
            found += part(i)
        return dict.fromkeys(found, 1.0)

    def dense(self, index: Sequence[int]) -> Floats:
        """Vectors of tokens and of their heads, in context and out of it."""
        s, own = self.syntax, list(index)
        head = [s.head[i] for i in own]
        return np.hstack([s.tensor[own], s.vector[own], s.tensor[head], s.vector[head]]).astype(np.float64)

    def _own(self, i: int) -> Iterator[str]:
        s = self.syntax
        lemma, low, pos, dep = s.lemma[i], s.low[i], s.pos[i], s.relation(i)
        tense, around = s.tense(i), s.tense(s.clause[i])
        number, title = s.morph[i].get("Number", ""), s.sentence[i] == 0
        yield from (f"w={low}", f"l={lemma}", f"s={low[:6]}", f"s4={low[:4]}", f"e3={low[-3:]}")
        yield from (f"pos={pos}", f"dep={dep}", f"l={lemma}|dep={dep}", f"pos={pos}|dep={dep}")
        yield from (f"tense={tense}", f"l={lemma}|tense={tense}", f"l={lemma}|ct={around}")
        yield from (f"name={s.name[i]}", f"k={self.kinds.get(i, '')}", f"l={lemma}|{number}")
        yield from (f"{m}={s.morph[i].get(m, '')}|{pos}" for m in ("Number", "Gender"))
        yield from (f"title={title}", f"title={title}|{pos}")
        for c in self.classes[i] or ("-",):
            yield from (f"c={c}", f"c={c}|{pos}", f"c={c}|dep={dep}", f"c={c}|tense={tense}", f"c={c}|ct={around}")
            yield from (f"c={c}|title={title}", f"c={c}|num={number}")

    def _function_words(self, i: int) -> Iterator[str]:
        """Determiner, preposition, negation, auxiliary, reflexive."""
        s = self.syntax
        lemma, kids, head = s.lemma[i], s.children[i], s.head[i]
        det = next((s.low[c] for c in kids if s.dep[c].startswith(("det", "nmod:poss"))), "")
        case = next((s.low[c] for c in kids if s.dep[c] == "case"), "")
        mark = next((s.low[c] for c in kids if s.dep[c] == "mark"), "")
        aux = "_".join(s.lemma[c] for c in kids if s.dep[c].startswith(("aux", "cop")))
        reflexive = any(s.morph[c].get("Reflex") == "Yes" or s.low[c] in ("se", "s'") for c in kids)
        denied = any("negation" in self.classes[c] for c in kids)
        around = any("negation" in self.classes[c] for c in s.children[s.clause[i]])
        yield from (f"det={det}", f"case={case}", f"mark={mark}", f"aux={aux}", f"l={lemma}|det={det}")
        yield from (f"l={lemma}|aux={aux}", f"refl={reflexive}|{lemma}", f"ownneg={denied}|{lemma}")
        yield f"clneg={around}|{lemma}"
        near = (*kids, *s.children[head]) if head != i else kids
        yield from {f"neg={s.low[c]}" for c in near if "negation" in self.classes[c]}
        for c in self.classes[i] or ("-",):
            yield from (f"c={c}|det={det}", f"c={c}|neg={denied}{around}", f"c={c}|refl={reflexive}")
            yield from (f"c={c}|aux={aux}", f"c={c}|case={case}")

    def _rules(self, i: int) -> Iterator[str]:
        """What the rules say of the token, and of others in its sentence."""
        s, told = self.syntax, self.told.get(i)
        own = told.phase if told else "none"
        yield from (f"rule={own}", f"rule={own}|{s.pos[i]}", f"l={s.lemma[i]}|rule={own}")
        if told:
            yield from (f"fact={told.factuality}", f"fact={told.factuality}|{own}")
        for c in self.classes[i] or ("-",):
            yield f"c={c}|rule={own}"
        for other in {self.told[j].phase for j in self.sentences[s.sentence[i]] if j != i and j in self.told}:
            yield f"rule={own}|near={other}"

    def _above(self, i: int) -> Iterator[str]:
        s, own = self.syntax, self.classes[i]
        head, dep = s.head[i], s.relation(i)
        if head == i:
            yield "root"
        else:
            lemma = s.lemma[head]
            yield from (f"hl={lemma}", f"hpos={s.pos[head]}|{dep}", f"hl={lemma}|{dep}", f"ht={s.tense(head)}")
            yield f"l={s.lemma[i]}|hl={lemma}"
            for h in self.classes[head]:
                yield from (f"hc={h}", f"hc={h}|{dep}")
                yield from (f"c={c}|hc={h}{more}" for c in own for more in ("", f"|{dep}"))
        for h in {h for a in s.path(i)[1 : 1 + _ABOVE] for h in self.classes[a]}:
            yield f"ab={h}"
            yield from (f"c={c}|ab={h}" for c in own)
        yield from (f"c={c}|cl={h}" for h in self.classes[s.clause[i]] for c in own)

    def _below(self, i: int) -> Iterator[str]:
        s, own = self.syntax, self.classes[i]
        for j in s.children[i]:
            dep = s.relation(j)
            yield from (f"kl={s.lemma[j]}|{dep}", f"kd={dep}", f"kd={dep}|{self.kinds.get(j, s.name[j])}")
            yield f"l={s.lemma[i]}|kd={dep}"
            for k in self.classes[j]:
                yield f"kc={k}|{dep}"
                yield from (f"c={c}|kc={k}{more}" for c in own for more in ("", f"|{dep}"))
        below: set[str] = set()
        waiting, seen = list(s.children[i]), 0
        while waiting and seen < _BELOW:
            j = waiting.pop()
            seen += 1
            below.update(self.classes[j])
            if not s.finite(j):
                waiting += s.children[j]
        for k in below:
            yield f"below={k}"
            yield from (f"c={c}|below={k}" for c in own)

    def _clause(self, i: int) -> Iterator[str]:
        s, own, home = self.syntax, self.classes[i], self.syntax.sentence[i]
        members = [j for j in self.clauses[s.clause[i]] if j != i]
        kinds = {self.kinds.get(j) or s.name[j] for j in members} - {""}
        for m in {c for j in members for c in self.classes[j]}:
            yield f"mc={m}"
            yield from (f"c={c}|mc={m}" for c in own or ("-",))
        for m in kinds:
            yield f"mk={m}|{s.pos[i]}"
            yield from (f"c={c}|mk={m}" for c in own)
        here = {c for j in self.sentences[home] if j != i for c in self.classes[j]}
        before = {c for j in self.sentences.get(home - 1, ()) for c in self.classes[j]}
        yield from (f"c={c}|sc={m}" for c in own for m in here)
        yield from (f"c={c}|pv={m}" for c in own for m in before)
        asked = s.words[self.sentences[home][-1]] == "?"
        yield f"q={asked}"
        third = 3 * home // (s.sentence[-1] + 1)
        for c in own:
            yield from (f"c={c}|q={asked}", f"c={c}|third={third}", f"c={c}|nobody={not kinds & _PARTIES}")

    def _window(self, i: int) -> Iterator[str]:
        s, lemma, pos = self.syntax, self.syntax.lemma[i], self.syntax.pos[i]
        for step in (-3, -2, -1, 1, 2, 3):
            j = i + step
            if not (0 <= j < len(s.tokens) and s.sentence[j] == s.sentence[i]):
                yield f"{step}=edge"
                continue
            yield from (f"{step}={s.low[j]}", f"{'<' if step < 0 else '>'}{s.lemma[j]}")
            if abs(step) == 1:
                yield from (f"{step}|{s.low[j]}|{lemma}", f"{step}p={s.pos[j]}|{pos}")
                yield f"{step}k={self.kinds.get(j, '')}|{pos}"
