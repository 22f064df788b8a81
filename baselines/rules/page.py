"""A document as the rules read it: tokens with their readings, sentences, and the mood of a verb."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from baselines import dates
from baselines.rules.french import Form, conjugated
from benchmark import segment
from benchmark.documents import Document, Time

SEPARATORS = frozenset([".", ";", ":", "(", ")", "[", "]", "«", "»", "“", "”", '"', "–", "—", "!", "?", "…"])
# Where a clause with a finite verb of its own begins.
OPENERS = frozenset(
    [
        "que",
        "qu'",
        "qui",
        "dont",
        "où",
        "mais",
        "car",
        "lorsque",
        "lorsqu'",
        "quand",
        "comme",
        "puisque",
        "puisqu'",
        "si",
        "s'il",
    ]
)
_NEGATIONS = frozenset(
    ["pas", "plus", "jamais", "rien", "aucun", "aucune", "ni", "point", "personne", "nul", "nulle", "guère"]
)
# Forms that are nearly always another word.
_OTHER_WORDS = frozenset(["maintenant", "sommes", "somme", "téléphones", "avant", "ouverte", "suis"])
_LONGEST = 300  # tokens; what is longer is no sentence, and is read in pieces
_MODALS = ("devoir", "pouvoir", "aller", "falloir")
_AUXILIARIES = ("avoir", "être")
_SUBJECTS = frozenset(
    ["-il", "-elle", "-ils", "-elles", "-on", "-t-il", "-t-elle", "-t-ils", "-t-elles", "-t-on", "-vous", "-nous"]
)


class Mood(NamedTuple):
    """How a verb stands in its clause.

    ``time`` is ``past``, ``now``, ``future``, ``conditional``, ``unreal`` (conditional perfect), ``bare`` (participle
    without auxiliary) or ``infinitive``; ``modal`` is *devoir*, *pouvoir* or *aller* before an infinitive.
    """

    time: str
    negated: bool = False
    only: bool = False
    modal: str = ""
    passive: bool = False
    reflexive: bool = False
    question: bool = False
    head: int = -1


@lru_cache(1)
def lexicon() -> dict[str, Any]:
    """The word lists of lexicon.yaml, with the plain apostrophe that texts are read with."""
    text = (Path(__file__).parent / "lexicon.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text.replace("’", "'"))
    return found


def context(name: str) -> frozenset[str]:
    """A list of words that a rule looks for around a trigger."""
    return frozenset(lexicon()["context"][name])


@lru_cache(1)
def known_forms() -> dict[str, tuple[Form, ...]]:
    """Every form of every word of the lexicon, with its readings."""
    words = lexicon()
    verbs = {v for group in words["verbs"].values() for v in group}
    verbs |= {w for lists in words["phases"].values() for group in lists.values() for w in group}
    verbs |= {*words["agreement"]["verbs"], *words["agreement"]["concluded"], *words["demand"]["verbs"]}
    verbs |= {
        "demander",
        "menacer",
        "insister",
        "presser",
        "avertir",
        *words["light"],
        *words["taking_place"],
        *words["saying"],
    }
    verbs |= {
        *_MODALS,
        *_AUXILIARIES,
        "venir",
        "rendre",
        "faire",
        "prendre",
        "durer",
        "mettre",
        "jeter",
        "poser",
        "tirer",
        "partir",
    }
    verbs |= {
        "échanger",
        "accorder",
        "entendre",
        "tomber",
        "tourner",
        "passer",
        "rester",
        "claquer",
        "envoyer",
        "remettre",
        "fermer",
        "dire",
    }
    found: dict[str, dict[Form, None]] = {}
    for word in sorted(verbs):
        if word.endswith(("er", "ir", "re", "oir")) and word not in ("dîner", "déjeuner", "petit-déjeuner"):
            for form, tense in conjugated(word):
                found.setdefault(form, {})[Form(word, tense)] = None
    for word in ("dîner", "déjeuner"):
        for form, tense in conjugated(word):
            if tense != "inf":
                found.setdefault(form, {})[Form(word, tense)] = None
    nouns = {w for group in words["nouns"].values() for w in group} | {
        *words["agreement"]["nouns"],
        *words["agreement"]["signature"],
    }
    nouns |= {*words["demand"]["nouns"]}
    nouns |= {w for lists in words["phases"].values() for g in lists.values() for w in g if not _is_verb(w)}
    for word in sorted(nouns):
        for form in (word, word + "s", word + "e", word + "es") if not word.endswith("s") else (word,):
            found.setdefault(form, {})[Form(word, "noun")] = None
    for form in _OTHER_WORDS:
        found.pop(form, None)
    return {form: tuple(readings) for form, readings in found.items()}


@lru_cache(1)
def known_verbs() -> dict[str, str]:
    """Every form of every verb of the lexicon, with its infinitive."""
    read = ((form, next((r.lemma for r in found if r.tense != "noun"), "")) for form, found in known_forms().items())
    return {form: infinitive for form, infinitive in read if infinitive}


def _is_verb(word: str) -> bool:
    return word.endswith(("er", "ir", "re", "oir")) and word not in (
        "dîner",
        "déjeuner",
        "petit-déjeuner",
        "désir",
        "offre",
        "rupture",
        "espoir",
    )


@dataclass(slots=True)
class Sentence:
    """Token numbers ``start`` to ``end`` (exclusive) of a sentence."""

    index: int
    start: int
    end: int
    title: bool


class Page:
    """Tokens, readings and times of a document; zones are left out."""

    def __init__(self, document: Document) -> None:
        self.document, self.text = document, document.text
        self.times: list[Time] = dates.find(document)
        zones = [(z.start, z.end) for z in document.zones]
        self.spans: list[tuple[int, int]] = []
        self.sentences: list[Sentence] = []
        self.home: list[int] = []
        for start, end in document.sentences:
            kept = segment.tokens(self.text, start, end)
            if touching := [(x, y) for x, y in zones if x < end and start < y]:
                kept = tuple(t for t in kept if not any(x <= t[0] < y for x, y in touching))
            for at in range(0, len(kept), _LONGEST):
                first, piece = len(self.spans), kept[at : at + _LONGEST]
                self.spans += piece
                self.home += [len(self.sentences)] * len(piece)
                title = start == document.sentences[0][0] and at == 0
                self.sentences.append(Sentence(len(self.sentences), first, first + len(piece), title))
        self.starts = [a for a, _ in self.spans]
        self.words = [self.text[a:b] for a, b in self.spans]
        self.low = " ".join(self.words).lower().replace("’", "'").split()  # all words at once: none has a space
        forms = known_forms()
        self.forms: list[tuple[Form, ...]] = [forms.get(w, ()) for w in self.low]
        verbs = known_verbs()
        self.lemmas = [verbs.get(w, w) for w in self.low]
        self.timed: dict[int, int] = {}
        for n, time in enumerate(self.times):
            for i in range(self.at(time.start), self.at(time.end - 1) + 1):
                self.timed[i] = n

    def at(self, offset: int) -> int:
        """Token that holds or precedes ``offset``."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def inside(self, start: int, end: int) -> tuple[int, int]:
        """Numbers of the tokens that begin within a stretch of text."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def sentence(self, i: int) -> Sentence:
        """Sentence of token ``i``."""
        return self.sentences[self.home[i]]

    def tense(self, i: int, lemma: str) -> str:
        """Tense that token ``i`` has as a form of ``lemma``; empty where it is none."""
        for form in self.forms[i]:
            if form.lemma == lemma:
                return form.tense
        return ""

    def any_of(self, i: int, lemmas: frozenset[str] | tuple[str, ...]) -> Form | None:
        """First reading of token ``i`` among ``lemmas``."""
        for form in self.forms[i]:
            if form.lemma in lemmas:
                return form
        return None

    def left(self, i: int, reach: int, *, commas: bool = False) -> Iterator[int]:
        """Tokens before ``i`` in its clause, nearest first."""
        first = self.sentence(i).start
        for j in range(i - 1, max(first, i - reach) - 1, -1):
            if self.low[j] in SEPARATORS or (commas and self.low[j] == ","):
                return
            yield j
            if self.low[j] in OPENERS:
                return

    def right(self, i: int, reach: int) -> Iterator[int]:
        """Tokens after ``i`` up to a strong separator."""
        last = self.sentence(i).end
        for j in range(i + 1, min(last, i + reach + 1)):
            if self.low[j] in SEPARATORS:
                return
            yield j

    def mood(self, i: int, tense: str) -> Mood:
        """Mood of the verb at ``i`` that is read as ``tense``."""
        head, modal, head_tense, passive = i, "", tense, False
        if tense in ("pp", "inf"):
            for j in self.left(i, 7):
                word = self.low[j]
                if tense == "pp" and (found := self.any_of(j, _AUXILIARIES)):
                    if word in ("été", "eu") and found.tense == "pp":
                        passive = True
                        continue
                    if found.tense == "inf":
                        head, head_tense = j, "inf"
                        modal = next((m for k in self.left(j, 4) for m in _MODALS if self.tense(k, m)), "")
                        passive = found.lemma == "être"
                        if modal:
                            head = next(k for k in self.left(j, 4) if self.tense(k, modal))
                        break
                    head, head_tense = j, found.tense
                    passive = passive or found.lemma == "être"
                    break
                if tense == "inf" and (found := self.any_of(j, _MODALS)) and found.tense != "inf":
                    head, modal, head_tense = j, found.lemma, found.tense
                    if found.tense == "pp":  # auraient dû se voir
                        aux = next((k for k in self.left(j, 4) if self.any_of(k, _AUXILIARIES)), None)
                        if aux is not None and (f := self.any_of(aux, _AUXILIARIES)) and f.tense == "cond":
                            return Mood("unreal", modal=modal, head=aux)
                    break
                if word == "," and tense == "inf":
                    break
                if tense == "pp" and j < i - 1 and word == ",":
                    break
        negated, only = self._negation(head, i)
        reflexive = any(self.low[j] in ("se", "s'") for j in range(max(self.sentence(i).start, min(head, i) - 2), i))
        after = self.low[head + 1] if head + 1 < len(self.low) else ""
        question = after in _SUBJECTS or (self.low[self.sentence(i).end - 1] == "?")
        return Mood(
            _time(tense, head_tense, modal, head != i), negated, only, modal, passive, reflexive, question, head
        )

    def _negation(self, head: int, i: int) -> tuple[bool, bool]:
        """Whether a verb is negated, and whether *ne* goes with *que*."""
        last = self.sentence(i).end
        near = list(self.left(head, 4))
        if not any(self.low[j] in ("ne", "n'") for j in near):
            short = [self.low[j] for j in self.left(head, 3, commas=True)]
            return bool({"pas", "sans", "jamais"} & set(short[:2])) and head == i, False
        around = {self.low[j] for j in (*range(head, min(last, max(i, head) + 4)), *self.left(head, 12))}
        if around & _NEGATIONS:
            return True, False
        return False, any(self.low[j] in ("que", "qu'") for j in range(head, min(last, i + 8)))


def _time(tense: str, head: str, modal: str, governed: bool) -> str:
    if tense == "inf":
        if modal in ("aller", "devoir") and head in ("pres", "fut", "imp"):
            return "future"
        return "conditional" if modal and head == "cond" else "future" if modal else "infinitive"
    if tense == "pp":
        if not governed:
            return "bare"
        return {"cond": "unreal", "fut": "future", "inf": "future" if modal else "infinitive"}.get(head, "past")
    return {"pres": "now", "imp": "past", "past": "past", "fut": "future", "cond": "conditional", "ger": "now"}.get(
        tense, "now"
    )
