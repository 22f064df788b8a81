"""Triggers with their phase and factuality: the rules of sections 1.2 to 1.4, 3 and 7 of the guidelines.

Words that carry a phase are found first; a noun for an encounter is a mention where none of them takes it (T4), and then has
the phase that the life of the encounter has reached (B1 to B5).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from baselines.rules.names import Names
from baselines.rules.page import SEPARATORS, Mood, Page, context, lexicon

PHASES = ("Proposed", "Announced", "Held", "Postponed", "Cancelled", "Refused")
_ASSERTED, _POSSIBLE, _NEGATED = "asserted", "possible", "negated"
_DEFINITE = context("definite")
_DURING = context("during")
_MAYBE = context("maybe")
_DOUBT = context("doubt")
_CLITICS = context("clitics")
_FUTURE = re.compile(r"\w{2,}(?:era|eront|ira|iront|dra|dront|vra|vront|ura|uront)")
_ALSO_NOUNS = context("also_nouns")
_BEFORE_NOUN = context("before_noun")
_PRONOUNS_BEFORE_CLITIC = context("pronouns_before_clitic")
_REPORTING = context("reporting")
_OFFERS = context("offers")
_WANTING = context("wanting")
_PRONOUNS = context("pronouns")
_ANAPHORIC = context("anaphoric")
_ANAPHORS = context("anaphors")
_INTRANSITIVE = context("intransitive")
_GOALS = context("goals")
_SEEKING = context("seeking")
_PAPERS = context("papers")
_TELLING = context("telling")
_ADJECTIVES = ("aire", "oire", "ial", "iale", "al", "el", "ique")
_ACTS = frozenset(["accorder", "entendre", "convenir", "demander"])  # of agreement and demand, besides the lexicon's
_DECISIVE = context("decisive")
_PEOPLE = context("people")
_ELLIPTIC = context("elliptic")
_TAKE_BRIDGES = context("take_bridges")
# Phase words through which another phase word reaches the encounter: *l’invitation a été acceptée*.
_BRIDGES = context("bridges")


_NOW = Mood("now")


@dataclass(slots=True)
class Found:
    """A trigger: its token, what it says, and the word for an encounter that goes with it."""

    at: int
    kind: str  # a phase, Agreement or Demand
    factuality: str = _ASSERTED
    call: bool = False
    noun: int = -1  # token of the noun that it takes
    source: str = ""  # verb, phase, noun, idiom
    mood: Mood = _NOW
    bare: bool = False  # its phase follows from the life of its encounter (B2, B3)


class _Steps(dict[int, Found]):
    """Triggers by token, which know their sentences and what was decided before a token."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._home = page.home
        self.homes: Counter[int] = Counter()
        self.decided = len(page.low)  # first token at which something is decided

    def __setitem__(self, at: int, found: Found) -> None:
        if at not in self:
            self.homes[self._home[at]] += 1
        if found.kind in ("Announced", "Postponed", "Cancelled") and found.factuality == _ASSERTED:
            self.decided = min(self.decided, at)
        super().__setitem__(at, found)

    def __delitem__(self, at: int) -> None:
        self.homes[self._home[at]] -= 1
        super().__delitem__(at)


class Triggers:
    """The triggers of a page, in order."""

    def __init__(self, page: Page, names: Names) -> None:
        self.page, self.names = page, names
        words = lexicon()
        self._kinds = {w: kind for kind, group in words["nouns"].items() for w in group}
        self._nouns = {w + "s": w for w in self._kinds} | {w: w for w in self._kinds}
        self._verbs = {kind: frozenset(group) for kind, group in words["verbs"].items()}
        self._meeting = self._verbs["call"] | self._verbs["se"] | self._verbs["person"] | self._verbs["with"]
        self._phase_of = {
            w: (phase, strength)
            for phase, lists in words["phases"].items()
            for strength, group in lists.items()
            for w in group
        }
        self._light, self._place = frozenset(words["light"]), frozenset(words["taking_place"])
        self._saying, self._foreign = frozenset(words["saying"]), frozenset(words["foreign"])
        agreement = words["agreement"]
        self._accords = frozenset(agreement["nouns"])
        self._signing, self._signature = frozenset(agreement["verbs"]), frozenset(agreement["signature"])
        self._concluded = frozenset(agreement["concluded"])
        self._demands, self._demand_nouns = frozenset(words["demand"]["verbs"]), frozenset(words["demand"]["nouns"])
        self._acts = self._accords | self._signing | self._signature | self._demands | _ACTS
        self.nouns: dict[int, str] = {
            i: kind for i, word in enumerate(page.low) if word in self._nouns and (kind := self._noun(i))
        }
        self.apart = {i for i in self.nouns if self._circumstance(i)}
        self._noun_homes = {page.home[i] for i in self.nouns}
        self.found = _Steps(page)
        self._decisive = any(f.lemma in _DECISIVE for forms in page.forms for f in forms)
        self._idioms()
        for sentence in page.sentences:
            self._read(sentence.start, sentence.end)
        self._settle()
        self._bare()
        self.all = [self.found[i] for i in sorted(self.found)]

    # -- nouns --------------------------------------------------------------------------------------------------------

    def _noun(self, i: int) -> str:
        """Kind of the encounter that a noun is a word for; empty where it is none here."""
        page, low = self.page, self.page.low
        word = low[i]
        lemma = self._nouns[word]
        before = low[i - 1] if i > page.sentence(i).start else ""
        after = low[i + 1] if i + 1 < page.sentence(i).end else ""
        nxt = low[i + 2] if i + 2 < page.sentence(i).end else ""
        if (
            lemma in ("rencontre", "échange", "déjeuner", "dîner", "appel", "visite", "voyage", "contact", "dialogue")
            and before in ("se", "s'", "il", "elle", "ne", "n'", "qui", "on", "pour", "les", "lui")
            and not (before == "les" and word.endswith("s"))
        ):
            return ""
        if lemma == "appel" and ((after in ("à", "au", "aux", "d'") and nxt not in ("un",)) or after == "offres"):
            return ""
        if lemma in ("conférence", "point") and after == "de" and nxt == "presse":
            return ""
        if lemma == "sommet" and (before == "au" and after in ("de",) and nxt in ("l'", "la")):
            return ""
        if (
            lemma == "entretien"
            and after in ("d'", "à", "au", "du", "avec")
            and nxt in ("embauche", "la", "le", "l'")
            and after != "avec"
        ):
            return "" if nxt == "embauche" else self._kinds[lemma]
        if (
            (lemma == "échange" and word == "échanges")
            or (lemma == "échange" and after == "de")
            or (lemma == "échange" and before == "en")
        ):
            return ""
        if lemma in ("négociation", "contact", "voyage", "déplacement") and word.endswith("s"):
            return ""
        if lemma == "négociation":
            return "weak"
        if lemma == "conseil" and not (after in ("européen", "des") and (nxt in ("ministres",) or after == "européen")):
            return ""
        return str(self._kinds[lemma])

    def _circumstance(self, i: int) -> bool:
        """A noun that only says when: *lors d’un échange*, *à l’issue de leur entretien*."""
        low, first = self.page.low, self.page.sentence(i).start
        for j in range(i - 1, max(first, i - 5) - 1, -1):
            if low[j] in _DURING:
                return low[j] not in ("fin", "avant", "terme") or low[j - 1 : j] != ["mettre"]
            if low[j] == "," or j in self.page.timed or low[j] in ("et", "que", "à"):
                return False
        return False

    # -- idioms -------------------------------------------------------------------------------------------------------

    def _idioms(self) -> None:
        """Idioms in the order of their ends; of those with one end, the one whose second word comes last decides."""
        page = self.page
        seen = {*page.low, *page.lemmas}
        found: list[tuple[int, int, int, int, Idiom]] = []
        for idiom in filter(lambda idiom: seen.issuperset(idiom.words), _known_idioms()):
            for i, word in enumerate(self._as_in_idioms(idiom.words[0])):
                if word == idiom.words[0]:
                    found += ((*where, i, idiom) for where in self._idiom_from(i, idiom))
        for end, _, _, start, idiom in sorted(found):
            self._idiom(idiom.phase, idiom.head, start, end)

    def _idiom_from(self, i: int, idiom: Idiom) -> Iterator[tuple[int, int, int]]:
        """End of an idiom whose first word is token ``i``, the last token before its second word, and how many it skips."""
        page, last = self.page, self.page.sentence(i).end
        for skipped in range(3 if idiom.loose else 1):
            before = i + skipped
            end = before + len(idiom.words)
            if end > last or (skipped and _is_punctuation(page.low[before])):
                return
            if all(self._as_in_idioms(word)[j] == word for j, word in enumerate(idiom.words[1:], before + 1)):
                yield end, before, skipped

    def _as_in_idioms(self, word: str) -> list[str]:
        """The tokens as a word of an idiom may be among them: an infinitive stands for all forms of its verb."""
        return self.page.lemmas if word.endswith(("er", "ir", "re")) else self.page.low

    def _idiom(self, phase: str, head: str, start: int, end: int) -> None:
        page = self.page
        at = next((i for i in range(start, end) if head in (page.low[i], *(f.lemma for f in page.forms[i]))), start)
        if phase != "Held" and not self._topical(start, 2):
            return
        if head in ("fin", "terme") and not any(
            j in self.nouns or page.low[j] in _BRIDGES | {"préparatifs", "initiative"} for j in page.right(at, 6)
        ):
            return
        verb = at if page.forms[at] and page.forms[at][0].tense != "noun" else start
        mood = page.mood(verb, page.forms[verb][0].tense if page.forms[verb] else "noun")
        if phase == "Held" and mood.time == "future":
            phase = "Announced"
        self.found[at] = Found(at, phase, self._fact(at, mood), phase == "Held", self._noun_near(start), "idiom", mood)

    # -- reading ------------------------------------------------------------------------------------------------------

    def _read(self, start: int, end: int) -> None:
        page = self.page
        for i in range(start, end):
            if (not page.forms[i] and page.low[i] not in ("lieu", "y")) or i in self.found:
                continue
            if page.low[i] == "lieu":
                self._takes_place(i)
                continue
            if page.low[i] == "y" and self._there_is(i):
                continue
            for form in page.forms[i]:
                if form.tense in ("pres", "pp") and self._is_noun_here(i):
                    continue
                if (form.lemma in self._acts or page.low[i] in self._demand_nouns) and (
                    self._agrees(i, form.lemma, form.tense)
                    or self._accord(i, form.lemma, form.tense)
                    or self._demand(i, form.lemma, form.tense)
                ):
                    break
                if form.tense != "noun" and self._encounter_verb(i, form.lemma, form.tense):
                    break
                if form.lemma == "passer" and self._spends(i, form.tense):
                    break
                if form.lemma in self._verbs["travel"] and self._travel(i, form.lemma, form.tense):
                    break
                if form.lemma in self._phase_of and self._phase_word(i, form.lemma, form.tense):
                    break
                if form.lemma in self._place and form.tense != "noun" and self._taking_place(i, form.lemma, form.tense):
                    break

    def _is_noun_here(self, i: int) -> bool:
        """A form that could be a verb stands as a noun: *la presse*, *le téléphone*, *son invité*."""
        low, first = self.page.low, self.page.sentence(i).start
        if low[i] not in _ALSO_NOUNS:
            return False
        before = low[i - 1] if i > first else ""
        if before in ("le", "la", "l'", "les") and i - 1 > first and low[i - 2] in _PRONOUNS_BEFORE_CLITIC:
            return False
        return before in _BEFORE_NOUN or (
            before not in _PRONOUNS_BEFORE_CLITIC
            and i - 1 > first
            and low[i - 2] in _BEFORE_NOUN
            and before.isalpha()
            and before not in ("ont", "a", "est", "avait", "s'", "se")
        )

    def _topical(self, i: int, back: int = 1) -> bool:
        """Whether an encounter is spoken of in the sentence of ``i`` or shortly before."""
        home = self.page.home[i]
        near = range(max(0, home - back), home + (3 if home == 0 and back else 1))  # a title looks ahead
        return any(n in self._noun_homes or self.found.homes[n] > 0 for n in near)

    def _noun_near(self, i: int, forward: int = 9, backward: int = 9) -> int:
        """The noun for an encounter nearest to ``i`` in its clause; -1 where there is none."""
        page = self.page
        ahead = next((j for j in page.right(i, forward) if j in self.nouns and j not in self.apart), -1)
        behind = next((j for j in page.left(i, backward) if j in self.nouns and j not in self.apart), -1)
        if behind < 0:
            # The antecedent of a relative clause counts as part of it (T15).
            opened = next((j for j in page.left(i, backward) if page.low[j] in ("que", "qu'", "qui", "dont")), -1)
            if opened >= 0:
                behind = next(
                    (j for j in range(opened - 1, max(page.sentence(i).start, opened - 6) - 1, -1) if j in self.nouns),
                    -1,
                )
        if ahead >= 0 and (behind < 0 or ahead - i <= i - behind):
            return ahead
        return behind

    def _object(self, i: int, reach: int = 8) -> int:
        """The noun for an encounter that a verb governs: after it, in its clause."""
        for j in self.page.right(i, reach):
            if j in self.nouns and j not in self.apart:
                return j
            if self.page.low[j] in ("qui", "que", "dont", "où"):
                return -1
        return -1

    def _bridge(self, i: int) -> bool:
        """A word such as *invitation* or *principe* is the subject or object, and an encounter is being spoken of."""
        page = self.page
        return any(page.low[j] in _BRIDGES for j in (*page.left(i, 8), *page.right(i, 4))) and self._topical(i, 2)

    def _subject(self, i: int, reach: int = 10) -> int:
        for j in self.page.left(i, reach):
            if j in self.nouns and j not in self.apart:
                return j
        opened = next((j for j in self.page.left(i, reach) if self.page.low[j] in ("que", "qu'", "qui", "dont")), -1)
        if opened >= 0:
            first = self.page.sentence(i).start
            return next((j for j in range(opened - 1, max(first, opened - 8) - 1, -1) if j in self.nouns), -1)
        return -1

    def _far_subject(self, i: int) -> int:
        """The first noun for an encounter before ``i`` in the sentence, past a clause that hangs on it."""
        first = self.page.sentence(i).start
        return next((j for j in range(max(first, i - 40), i) if j in self.nouns and j not in self.apart), -1)

    def _clitic(self, head: int) -> bool:
        return any(self.page.low[j] in ("l'", "la", "le", "les", "en", "y") for j in self.page.left(head, 2)) and (
            head == 0 or self.page.low[head - 1] in _CLITICS
        )

    def _infinitive_after(self, i: int, reach: int = 7) -> int:
        """An encounter verb in the infinitive that ``i`` governs."""
        page = self.page
        for j in page.right(i, reach):
            if page.low[j] in ("qui", "dont", "où", "et"):
                return -1
            for form in page.forms[j]:
                if form.tense == "inf" and self._is_encounter(j, form.lemma):
                    return j
        return -1

    def _finite_after(self, i: int, reach: int = 14) -> int:
        """An encounter verb in a clause with *que* after ``i`` (T6)."""
        page, opened = self.page, False
        for j in page.right(i, reach):
            opened = opened or page.low[j] in ("que", "qu'")
            if opened:
                for form in page.forms[j]:
                    if form.tense in ("fut", "cond", "pp", "pres", "imp") and self._is_encounter(j, form.lemma):
                        return j
        return -1

    def _is_encounter(self, i: int, lemma: str) -> bool:
        """Whether a verb at ``i`` tells of an encounter, by its pronoun, object or complement."""
        page = self.page
        if lemma not in self._meeting:
            return False
        if lemma in self._verbs["call"]:
            return True
        before = [page.low[j] for j in page.left(i, 5)]
        reflexive = "se" in before[:5] or "s'" in before[:5]
        if lemma in self._verbs["se"] and reflexive:
            if lemma in ("retrouver", "asseoir", "rassembler", "croiser", "voir", "affronter", "appeler", "rappeler"):
                return self._people_near(i) and not (lemma == "voir" and self._voir_other(i))
            return True
        if lemma == "réunir" and page.low[i] in ("réunis", "réunies") and not reflexive:
            return page.low[i + 1 : i + 2] in (
                ["à"],
                ["en"],
                ["au"],
                ["dans"],
                ["autour"],
                ["hier"],
            ) and self._people_near(i)
        if reflexive and lemma in self._verbs["person"]:
            return False
        if lemma in self._verbs["person"]:
            return self._person_object(
                i, strict=lemma in ("voir", "appeler", "joindre", "retrouver", "accueillir", "convoquer", "revoir")
            )
        if lemma in self._verbs["with"]:
            return self._with_person(i) or self._several(i, lemma)
        return False

    def _voir_other(self, i: int) -> bool:
        after = [self.page.low[j] for j in self.page.right(i, 3)]
        return bool({"confier", "imposer", "contraint", "contrainte", "offrir"} & set(after))

    def _people_near(self, i: int) -> bool:
        sentence = self.page.sentence(i)
        low = self.page.low[sentence.start : sentence.end]
        if any(e.type in ("PER", "ORG") for _, _, e in self.names.in_sentence(sentence.start, sentence.end)):
            return True
        return bool(_PEOPLE & set(low))

    def _person_object(self, i: int, *, strict: bool) -> bool:
        """A person right after the verb, or as its subject in the passive."""
        page = self.page
        passive = bool(page.forms[i]) and any(f.tense == "pp" for f in page.forms[i])
        reach = 5 if strict else 7
        after = page.low[i + 1] if i + 1 < page.sentence(i).end else ""
        if any(f.tense == "inf" for f in (page.forms[i + 1] if after else ())) or after in (
            "de",
            "d'",
            "que",
            "qu'",
            "comment",
            "dans",
        ):
            return False
        if (
            any(f.tense == "inf" for f in page.forms[i])
            and page.low[i - 1 : i]
            and page.low[i - 1] in ("le", "la", "l'", "les", "lui")
        ):
            return True
        for j in page.right(i, reach):
            owner = self.names.owner.get(j)
            if owner is not None:
                if owner.type == "PER":
                    return True
                if not strict and owner.type == "ORG":
                    return True
            if page.low[j] in (
                "président",
                "présidente",
                "ministre",
                "premier",
                "homologue",
                "chancelier",
                "chef",
                "dirigeant",
                "m.",
                "mm.",
                "mme",
                "émissaire",
                "roi",
                "reine",
                "délégation",
                "délégations",
                "général",
                "visiteur",
                "collègue",
                "ambassadeur",
                "médiateur",
            ):
                return True
            if page.low[j] in ("que", "qu'", "qui", "si") or (strict and page.low[j] in ("un", "une", "des")):
                break
        if passive or not strict:
            for j in page.left(i, 7):
                if page.low[j] in ("l'", "les", "le", "la", "lui", "qu'", "que") and i - j <= 3:
                    return self._people_near(i) and (not strict or page.low[i][:3] in ("acc", "app"))
                owner = self.names.owner.get(j)
                if (
                    passive
                    and owner is not None
                    and owner.type == "PER"
                    and any(page.tense(k, "être") for k in page.left(i, 4))
                ):
                    return True
        return False

    def _several(self, i: int, lemma: str) -> bool:
        """A plural subject that can only be the parties: *ils ont parlé du pont*, *les deux hommes discutent*."""
        page = self.page
        if lemma in ("conférer", "deviser", "converser"):
            return True
        if lemma not in (
            "parler",
            "discuter",
            "conférer",
            "dîner",
            "déjeuner",
            "siéger",
            "débattre",
            "converser",
            "deviser",
            "négocier",
        ):
            return False
        if page.low[i].endswith(("ent", "ont")):
            plural = True
        else:
            plural = any(
                page.low[j] in ("ont", "avaient", "auront", "doivent", "devaient", "auraient") for j in page.left(i, 4)
            )
        if not plural or page.low[i + 1 : i + 2] == ["d'"]:
            return False
        subject = [page.low[j] for j in page.left(i, 9)]
        people = {e for a, b, e in self.names.in_sentence(page.sentence(i).start, i) if e.type == "PER"}
        return (
            len(people) >= 2
            or bool({"présidents", "ministres", "dirigeants", "délégations", "hommes", "chefs"} & set(subject))
            or (bool({"ils", "elles"} & set(subject)) and self._topical(i, 2))
        )

    def _with_person(self, i: int) -> bool:
        page = self.page
        for j in page.right(i, 12):
            if page.low[j] in ("avec", "à", "au", "auprès", "ensemble") and any(
                (o := self.names.owner.get(k)) is not None and o.type in ("PER", "ORG")
                for k in range(j + 1, min(j + 7, page.sentence(i).end))
            ):
                return True
            if page.low[j] in ("avec", "au") and any(
                page.low[k] in ("homologue", "président", "ministre", "chef")
                for k in range(j + 1, min(j + 4, page.sentence(i).end))
            ):
                return True
        return False

    # -- encounter verbs ----------------------------------------------------------------------------------------------

    def _encounter_verb(self, i: int, lemma: str, tense: str) -> bool:
        if not self._is_encounter(i, lemma):
            return False
        page = self.page
        mood = page.mood(i, tense)
        if mood.time == "infinitive" and not self._free_infinitive(i):
            return False
        phase, fact = self._phase_of_time(i, mood)
        self.found[i] = Found(
            i,
            phase,
            fact,
            lemma in ("téléphoner", "retéléphoner", "joindre") or (lemma in ("appeler", "rappeler")),
            -1,
            "verb",
            mood,
        )
        return True

    def _spends(self, i: int, tense: str) -> bool:
        """*Passer deux heures avec*, *passer une heure ensemble* (T13)."""
        page = self.page
        length = next(
            (j for j in page.right(i, 4) if j in page.timed and page.times[page.timed[j]].type == "DURATION"), -1
        )
        if (
            length < 0
            or not self._people_near(i)
            or not {"avec", "ensemble"} & {page.low[j] for j in page.right(length, 8)}
        ):
            return False
        mood = page.mood(i, tense)
        phase, fact = self._phase_of_time(i, mood)
        if mood.time == "infinitive":
            phase = "Held"
        self.found[i] = Found(i, phase, fact, source="verb", mood=mood)
        return True

    def _travel(self, i: int, lemma: str, tense: str) -> bool:
        """Travel to a known encounter, ahead or not done."""
        page = self.page
        if not self._topical(i, 2) or i in self.nouns:
            return False
        mood = page.mood(i, tense)
        if lemma == "rendre" and not mood.reflexive:
            return False
        if lemma in ("aller", "partir", "passer", "venir") and any(
            f.tense == "inf" for j in range(i + 1, min(i + 3, page.sentence(i).end)) for f in page.forms[j]
        ):
            return False
        if lemma in ("venir", "aller") and page.low[i + 1 : i + 2] in (["de"], ["d'"]):
            return False
        if not self._names_before(i) and not any(
            page.low[j] in ("il", "elle", "ils", "elles", "qui", "-il", "-elle", "président", "présidente", "personne")
            for j in page.left(i, 8)
        ):
            return False
        if lemma in ("passer", "aller", "partir") and mood.time not in ("future", "conditional"):
            return False
        ahead = mood.time in ("future",) or (mood.time == "conditional" and self._reported(i))
        if mood.negated and not mood.only:
            if mood.time == "infinitive":
                return False
            self.found[i] = Found(
                i,
                "Cancelled" if self._looks_decided() or self._decided(i) or mood.time == "past" else "Refused",
                noun=-1,
                source="verb",
                mood=mood,
            )
            return True
        if mood.time == "unreal" and mood.modal == "devoir":
            self.found[i] = Found(i, "Cancelled", source="verb", mood=mood)
            return True
        if not ahead or mood.modal == "pouvoir":
            return False
        self.found[i] = Found(i, "Announced", self._fact(i, mood), source="verb", mood=mood)
        return True

    def _free_infinitive(self, i: int) -> bool:
        """An infinitive that no word of its clause governs (*pour s'entretenir*, *après avoir reçu*)."""
        page = self.page
        for j in page.left(i, 7):
            for form in page.forms[j]:
                if form.lemma in self._phase_of and (
                    form.tense != "noun"
                    or form.lemma
                    in (
                        "prêt",
                        "disposé",
                        "promesse",
                        "désir",
                        "refus",
                        "souhait",
                        "idée",
                        "offre",
                        "proposition",
                        "demande",
                        "envie",
                    )
                ):
                    return False
            if j in self.found:
                return False
        return True

    def _phase_of_time(self, i: int, mood: Mood) -> tuple[str, str]:
        page = self.page
        fact = self._fact(i, mood)
        question = mood.question and fact == _ASSERTED
        if mood.modal == "pouvoir":
            return ("Announced", _POSSIBLE) if self._decided(i) else ("Proposed", _ASSERTED)
        if mood.time == "unreal":
            return (
                ("Cancelled", _ASSERTED)
                if mood.modal == "devoir"
                else ("Held", _NEGATED if mood.negated else _POSSIBLE)
            )
        if mood.time == "future" or (mood.time in ("now", "bare") and self._ahead(i)):
            if mood.negated and not mood.only:
                return ("Cancelled" if self._decided(i) else "Refused"), (_ASSERTED if fact == _NEGATED else fact)
            if mood.modal and page.tense(mood.head, mood.modal) == "imp" and mood.negated:
                return "Cancelled", _ASSERTED
            return "Announced", _POSSIBLE if question else fact
        if mood.time == "conditional":
            if mood.negated:
                return "Cancelled", _ASSERTED if self._reported(i) else _POSSIBLE
            return "Announced", _ASSERTED if self._reported(i) else _POSSIBLE
        if mood.time == "infinitive":
            before = [page.low[j] for j in page.left(i, 4)]
            if "sans" in before:
                return "Held", _NEGATED
            if "avoir" in before or "être" in before or "après" in before:
                return "Held", _ASSERTED
            return ("Announced", _ASSERTED) if self._ahead(i) or "avant" in before else ("Held", _ASSERTED)
        return "Held", _POSSIBLE if question else fact

    def _ahead(self, i: int) -> bool:
        """The sentence has a day after publication, and none before."""
        page = self.page
        published = page.document.published
        if published is None:
            return False
        sentence = page.sentence(i)
        days = [page.times[page.timed[j]].value for j in range(sentence.start, sentence.end) if j in page.timed]
        days = [v for v in days if v[:4].isdigit()]
        return bool(days) and all(v[: len(published)] > published[: len(v)] for v in days)

    def _reported(self, i: int) -> bool:
        """A verb of saying governs the clause of ``i`` (future in the past, H12)."""
        page = self.page
        first = page.sentence(i).start
        opened = next(
            (j for j in range(i - 1, max(first, i - 12) - 1, -1) if page.low[j] in ("que", "qu'", "dont", "où")), -1
        )
        return opened >= 0 and any(
            f.lemma in self._saying and f.tense != "noun"
            for j in range(max(first, opened - 12), opened)
            for f in page.forms[j]
        )

    def _decided(self, i: int) -> bool:
        """Whether the document speaks of something decided up to here."""
        return self.found.decided < i

    def _fact(self, i: int, mood: Mood) -> str:
        page = self.page
        if mood.negated and not mood.only:
            return _NEGATED
        near = {page.low[j] for j in (*page.left(i, 9), *page.right(i, 4))}
        if near & _MAYBE or near & _DOUBT:
            return _POSSIBLE
        if {"dément", "démenti", "nie", "nié", "démentent", "démentait"} & near:
            return _NEGATED
        if mood.time == "unreal":
            return _POSSIBLE
        if mood.time == "conditional" and not self._reported(i):
            return _POSSIBLE
        if (
            mood.question
            or page.low[page.sentence(i).end - 1] == "?"
            or next((page.low[j] for j in page.left(i, 9) if page.low[j] in ("si", "s'il")), "")
        ):
            return _POSSIBLE
        return _ASSERTED

    # -- avoir lieu, se tenir -----------------------------------------------------------------------------------------

    def _takes_place(self, i: int) -> None:
        page = self.page
        for j in page.left(i, 5):
            tense = page.tense(j, "avoir")
            if tense:
                break
        else:
            return
        if page.low[i - 1] in ("au", "de", "un", "le", "ce", "du", "ni"):
            return
        mood = page.mood(j, tense)
        if tense == "pp":
            mood = page.mood(j, "pp")
        subject = self._subject(j)
        if subject < 0:
            subject = self._far_subject(j)
        pronoun = any(page.low[k] in ("il", "elle", "ils", "elles", "-il", "-elle", "y", "ce") for k in page.left(j, 4))
        if subject < 0 and not (pronoun and self._topical(i, 2)) and not self._topical(i, 0):
            return
        self._news(i, subject, mood)

    def _there_is(self, i: int) -> bool:
        """*Il n’y aura pas de sommet*, *il y en aura un*, *il n’y a plus de sommet*."""
        page = self.page
        at = next((j for j in page.right(i, 2) if page.tense(j, "avoir")), -1)
        if at < 0:
            return False
        tense = page.tense(at, "avoir")
        noun = next((j for j in page.right(at, 5) if j in self.nouns), -1)
        anaphor = page.low[i + 1 : i + 2] == ["en"] and self._topical(i, 1)
        if noun < 0 and not anaphor:
            return False
        mood = page.mood(at, tense)
        if tense in ("fut", "cond"):
            if mood.negated and not mood.only:
                phase = "Cancelled" if self._decided(at) or self._looks_decided() else "Refused"
                self.found[at] = Found(at, phase, noun=noun, source="phase", mood=mood)
            elif tense == "fut":
                self.found[at] = Found(at, "Announced", self._fact(at, mood), noun=noun, source="phase", mood=mood)
            return True
        if noun >= 0 and mood.negated and "plus" in [page.low[j] for j in page.right(at, 2)]:
            self.found[noun] = Found(noun, "Cancelled", noun=noun, source="noun", mood=mood)
        return False

    def _taking_place(self, i: int, lemma: str, tense: str) -> bool:
        page = self.page
        mood = page.mood(i, tense)
        if not mood.reflexive:
            return False
        if lemma == "ouvrir" and tense not in ("pp", "fut", "inf", "pres", "past"):
            return False
        subject = self._subject(i)
        if subject < 0:
            subject = self._far_subject(i)
        pronoun = any(page.low[k] in ("il", "elle") for k in page.left(i, 5))
        if subject < 0 and not (pronoun and self._topical(i, 2)):
            return False
        self._news(i, subject, mood)
        return i in self.found

    def _news(self, i: int, subject: int, mood: Mood) -> None:
        """The verb is the trigger where it carries the phase, else its subject is (T3)."""
        decided = self._decided(i)
        if mood.modal == "pouvoir":
            phase, fact = ("Announced", _POSSIBLE) if decided else ("Proposed", _ASSERTED)
        elif mood.time == "unreal" and not mood.negated:
            phase, fact = ("Cancelled", _ASSERTED) if mood.modal == "devoir" else ("Held", _POSSIBLE)
        elif mood.negated and not mood.only:
            if mood.time == "past" and not decided:
                phase, fact = "Cancelled", _ASSERTED
            else:
                phase, fact = ("Cancelled" if decided or self._looks_decided() else "Refused"), _ASSERTED
        elif mood.time in ("future", "conditional"):
            phase, fact = "Announced", self._fact(i, mood)
        else:
            fact = self._fact(i, mood)
            phase = "Announced" if fact == _POSSIBLE and mood.time == "now" else "Held"
            if subject >= 0 and fact == _ASSERTED and not self._phase_beside(i, subject):
                self.found[subject] = Found(subject, "Held", fact, False, subject, "noun", mood)
                return
        self.found[i] = Found(i, phase, fact, False, subject, "phase", mood)

    def _phase_beside(self, i: int, subject: int) -> bool:
        return any(subject < n < i and self.found[n].source == "phase" for n in self.found)

    def _looks_decided(self) -> bool:
        """The document has words for what is only said of something decided."""
        return self._decisive

    # -- words of phase -----------------------------------------------------------------------------------------------

    def _phase_word(self, i: int, lemma: str, tense: str) -> bool:
        """A word of phase that is tied to an encounter."""
        page = self.page
        mood = page.mood(i, tense) if tense != "noun" else self._noun_mood(i)
        near = {page.low[j] for j in page.right(i, 5)} | {page.low[j] for j in page.left(i, 4)}
        noun, how = self._linked(i, lemma, tense, mood)
        if lemma == "attendre":
            if not self._expected(i, tense, mood, noun):
                return False
            how = how or "expected"
        if (noun < 0 and near & self._foreign) or not self._tied(i, lemma, how) or self._reports(i, lemma, how, near):
            return False
        step = self._step(i, lemma, mood, near)
        if step is None:
            return False
        phase, fact = step
        if phase in ("Cancelled", "Postponed") and fact == _ASSERTED:
            fact = self._only_wanted(i, mood)
        self.found[i] = Found(i, phase, fact, False, noun, "phase", mood)
        return True

    def _tied(self, i: int, lemma: str, how: str) -> bool:
        """Whether a word is tied to an encounter as firmly as the lexicon asks."""
        strength = self._phase_of[lemma][1]
        if strength == "always":
            return bool(how) or self._topical(i, 3) or self._people_near(i)
        return how in ("verb", "clause") if strength == "verb" else bool(how)

    def _reports(self, i: int, lemma: str, how: str, near: set[str]) -> bool:
        """A verb of saying whose object is another phase, or a clause with a verb of encounter (T6)."""
        if lemma in ("prévoir", "annoncer") and (
            self.page.low[i - 1 : i] == ["que"] or (not how and bool(near & self._accords))
        ):
            return True
        return lemma in _REPORTING and (
            any(self._other_phase(j) for j in self.page.right(i, 8)) or self._finite_after(i) >= 0
        )

    def _step(self, i: int, lemma: str, mood: Mood, near: set[str]) -> tuple[str, str] | None:
        """Phase and factuality of a word, its negation counted in (section 7, *Negated words*)."""
        phase, fact = self._phase_of[lemma][0], self._fact(i, mood)
        negated = fact == _NEGATED
        if lemma in ("repousser", "écarter") and _OFFERS & near:
            phase = "Refused"
        if phase == "Announced" and negated:
            if lemma in ("fixer", "choisir", "arrêter", "inscrire") and {"date", "lieu", "modalités"} & near:
                return None
            if lemma in ("prévoir", "programmer", "inscrire", "fixer"):
                no = any(self.page.low[j] in ("aucun", "aucune", "nul", "nulle") for j in self.page.left(i, 10))
                return ("Refused" if no or not self._decided(i) else "Cancelled"), _ASSERTED
            if lemma == "maintenir":
                return "Cancelled", _ASSERTED
        if phase == "Refused":
            if negated and lemma in ("exclure", "écarter"):
                return "Proposed", _ASSERTED
            if self._decided(i) and lemma in ("refuser", "refus") and not negated:
                phase = "Cancelled"
        return phase, fact

    def _only_wanted(self, i: int, mood: Mood) -> str:
        """A move or stop that is only asked for or threatened is possible, one that is refused is denied (Q8, Q9)."""
        page = self.page
        if any(page.any_of(j, ("refuser", "exclure")) for j in page.left(i, 5)):
            return _NEGATED
        asked = any(
            f.lemma in ("demander", "menacer") or (f.lemma in _WANTING and f.tense != "pp")
            for j in page.left(i, 6)
            for f in page.forms[j]
        )
        return _POSSIBLE if asked or mood.modal == "pouvoir" else _ASSERTED

    def _expected(self, i: int, tense: str, mood: Mood, noun: int) -> bool:
        """*Attendu à Valdris lundi*, *la rencontre attendue*, *on attendait un sommet*; not *s’attendre à*."""
        page = self.page
        if mood.reflexive:
            return False
        if tense == "pp" and (mood.passive or mood.time in ("bare", "past")):
            return noun >= 0 or (
                page.low[i + 1 : i + 2] in (["à"], ["en"], ["au"], ["chez"], ["ce"]) and self._people_near(i)
            )
        return noun >= 0 or (mood.time in ("past", "future") and self._clitic(mood.head) and self._topical(i, 1))

    def _noun_mood(self, i: int) -> Mood:
        page = self.page
        before = [page.low[j] for j in page.left(i, 6)]
        negated = bool({"aucun", "aucune", "nul", "nulle", "sans"} & set(before[:2])) or (
            bool({"ni"} & set(before[:2]))
            or ("pas" in before[:2] and bool({"de", "d'", "une", "un"} & set(before[:2])))
        )
        question = page.low[page.sentence(i).end - 1] == "?"
        return Mood("now", negated, question=question, head=i)

    def _other_phase(self, j: int) -> bool:
        return any(
            (
                f.lemma in self._phase_of
                and self._phase_of[f.lemma][0] in ("Cancelled", "Postponed", "Refused")
                and (f.tense in ("noun", "pp", "inf"))
                and self._phase_of[f.lemma][1] == "always"
            )
            or f.lemma in ("report", "annulation", "ajournement", "décaler", "reporter", "repousser")
            for f in self.page.forms[j]
        )

    def _linked(self, i: int, lemma: str, tense: str, mood: Mood) -> tuple[int, str]:
        """The noun for an encounter that a word of phase is about, and how it is tied to it."""
        page = self.page
        passive = mood.passive or mood.time == "bare" or any(page.tense(j, "être") for j in page.left(i, 4))
        if tense == "pp" and passive and (found := self._passive_subject(i, mood)):
            return found
        if (noun := self._object(i)) >= 0:
            return noun, "object"
        if self._infinitive_after(i) >= 0:
            return -1, "verb"
        if self._finite_after(i, 10) >= 0:
            return -1, "clause"
        return self._noun_linked(i, lemma) if tense == "noun" else self._verb_linked(i, lemma, tense, mood)

    def _passive_subject(self, i: int, mood: Mood) -> tuple[int, str] | None:
        """What a participle says something of."""
        page = self.page
        if (subject := self._subject(i)) >= 0:
            return subject, "subject"
        if mood.time == "bare":
            first = page.sentence(i).start
            near = next((j for j in range(i - 1, max(first, i - 8) - 1, -1) if j in self.nouns), -1)
            if near < 0 and i == first:
                near = next((j for j in page.right(i, 14) if j in self.nouns), -1)
            return (near, "subject") if near >= 0 else None
        pronoun = any(page.low[j] in _PRONOUNS for j in page.left(i, 6))
        return (-1, "pronoun") if pronoun and self._topical(i, 1) else None

    def _noun_linked(self, i: int, lemma: str) -> tuple[int, str]:
        """What a noun of phase is about: its complement before it, what was spoken of, or the other side of a title."""
        page = self.page
        sentence = page.sentence(i)
        subject = next((j for j in page.left(i, 5) if j in self.nouns), -1)
        if subject >= 0:
            return subject, "subject"
        if i > sentence.start and page.low[i - 1] in _ANAPHORIC and lemma in _ANAPHORS and self._topical(i, 1):
            return -1, "anaphor"
        noun = next((j for j in range(sentence.start, sentence.end) if j in self.nouns), -1)
        if sentence.title and noun >= 0 and ":" in page.low[sentence.start : sentence.end]:
            return noun, "title"
        return -1, ""

    def _verb_linked(self, i: int, lemma: str, tense: str, mood: Mood) -> tuple[int, str]:
        """What a verb of phase without object is about."""
        if self._clitic(mood.head if mood.head >= 0 else i) and self._topical(i, 1):
            return -1, "clitic"
        finite = mood.time in ("past", "now")
        if lemma in _ELLIPTIC and finite and self._ends_clause(i) and self._topical(i, 1):
            return -1, "ellipsis"
        if lemma in _TAKE_BRIDGES and self._bridge(i):
            return -1, "bridge"
        if lemma in _INTRANSITIVE and tense != "inf" and (subject := self._subject(i, 8)) >= 0:
            return subject, "subject"
        return -1, ""

    def _ends_clause(self, i: int) -> bool:
        after = i + 1
        return (
            after >= self.page.sentence(i).end
            or self.page.low[after] in SEPARATORS
            or self.page.low[after] == ","
            or after in self.page.timed
        )

    # -- accords and demands ------------------------------------------------------------------------------------------

    def _accord(self, i: int, lemma: str, tense: str) -> bool:
        """Words of accord; true where the word is settled, as a trigger or as none."""
        if lemma in self._accords:
            return self._accord_noun(i, lemma)
        if lemma in self._signing and tense != "noun":
            return self._signs(i, tense)
        if lemma in self._signature:
            return self._signing_noun(i)
        return lemma == "convenir" and tense != "noun" and self._convenes(i, tense)

    def _accord_noun(self, i: int, lemma: str) -> bool:
        page, low = self.page, self.page.low
        before, after = [low[j] for j in page.left(i, 6)], [low[j] for j in page.right(i, 6)]
        determiner, following = (before or [""])[0], (after or [""])[0]
        if lemma in ("convention", "charte", "entente", "protocole") and not any(
            page.any_of(j, ("signer",)) for j in page.left(i, 6)
        ):
            return False
        if lemma == "accord" and (settled := self._to_meet(i, determiner, following, after)):
            return settled
        if determiner in ("d'", "commun", "en"):
            reached = next((j for j in page.left(i, 4) if page.any_of(j, ("tomber", "mettre"))), -1)
            if reached >= 0 or "pas" in before[1:2] or "sans" in before[:3]:
                denied = reached < 0 or page.mood(reached, "pp").negated or "sans" in before
                self.found[i] = Found(i, "Agreement", _NEGATED if denied else _ASSERTED, source="act")
            return True
        if _GOALS & set(before[:4]) or following in ("possible", "éventuel"):
            return True
        negated = bool({"aucun", "aucune", "sans", "nul"} & set(before[:2])) or (
            "pas" in before[:2] and determiner in ("de", "d'")
        )
        concluded = any(page.any_of(j, self._concluded) for j in (*page.left(i, 8), *page.right(i, 8)))
        named = following in ("de", "d'", "du", "des") or following.endswith(_ADJECTIVES) or lemma == "trêve"
        if lemma in ("traité", "pacte") and not concluded:
            return True
        definite = determiner in ("l'", "la", "le", "cette", "cet", "ce", "du", "leur") and (concluded or named)
        if not (negated or definite or (determiner in ("un", "une") and concluded)):
            return lemma == "accord"
        if not negated and any(page.any_of(j, tuple(_SEEKING)) for j in page.left(i, 6)):
            return True
        for j in page.left(i, 6):
            if form := page.any_of(j, self._concluded):
                mood = page.mood(j, form.tense)
                if mood.time in ("infinitive", "future") and not (negated or mood.negated):
                    return True
                negated = negated or mood.negated
                break
        self.found[i] = Found(i, "Agreement", _NEGATED if negated else _ASSERTED, source="act")
        return True

    def _to_meet(self, i: int, determiner: str, following: str, after: list[str]) -> bool:
        """An agreement whose object is an encounter announces it (P3)."""
        page = self.page
        principle = determiner == "d'" or after[:2] == ["de", "principe"]
        given = (
            determiner == "son" and any(page.any_of(j, ("donner",)) for j in page.left(i, 5)) and self._topical(i, 1)
        )
        noun = self._object(i)
        if given or (noun >= 0 and (principle or following in ("sur", "pour"))):
            self.found[i] = Found(i, "Announced", noun=noun, source="phase")
            return True
        return after[:2] == ["de", "principe"]

    def _signs(self, i: int, tense: str) -> bool:
        """*Signer* without a noun of accord, of a text between parties (H19)."""
        page, low = self.page, self.page.low
        if any(low[j].removesuffix("s") in self._accords for j in (*page.right(i, 6), *page.left(i, 8))):
            return True
        mood = page.mood(i, tense)
        if _PAPERS & {low[j] for j in page.right(i, 5)} or mood.time in ("infinitive", "future", "conditional"):
            return True
        if self._people_near(i):
            self.found[i] = Found(i, "Agreement", self._fact(i, mood), source="act", mood=mood)
        return True

    def _signing_noun(self, i: int) -> bool:
        page, low = self.page, self.page.low
        if any(low[j] in self._accords for j in page.right(i, 4)) or not self._topical(i, 1):
            return True
        if i and low[i - 1] in ("la", "l'", "une"):
            dropped = any(
                page.any_of(j, ("annuler", "supprimer", "renoncer", "abandonner", "reporter"))
                for j in (*page.right(i, 8), *page.left(i, 6))
            )
            self.found[i] = Found(i, "Agreement", _NEGATED if dropped else _ASSERTED, source="act")
        return True

    def _convenes(self, i: int, tense: str) -> bool:
        """*Convenir de* what is no encounter."""
        page = self.page
        mood = page.mood(i, tense)
        following = page.low[i + 1] if i + 1 < page.sentence(i).end else ""
        if self._object(i) >= 0 or self._infinitive_after(i) >= 0 or self._clitic(mood.head):
            return False
        if following not in ("de", "d'", "que", "qu'", "du") or mood.time not in ("past", "now"):
            return False
        if not self._people_near(i):
            return False
        self.found[i] = Found(i, "Agreement", self._fact(i, mood), source="act", mood=mood)
        return True

    def _agrees(self, i: int, lemma: str, tense: str) -> bool:
        """*S’accorder sur, s’entendre sur*: an encounter is announced, anything else is an agreement (H19)."""
        page = self.page
        if lemma not in ("accorder", "entendre") or tense not in ("pres", "pp", "imp", "past"):
            return False
        mood = page.mood(i, tense)
        after = [page.low[j] for j in page.right(i, 3)]
        if (
            not mood.reflexive
            or not {"sur", "pour"} & set(after)
            or (not self._people_near(i) and not self._names_before(i))
        ):
            return False
        noun = self._object(i)
        kind = "Announced" if noun >= 0 else "Agreement"
        self.found[i] = Found(
            i, kind, self._fact(i, mood), noun=noun, source="phase" if noun >= 0 else "act", mood=mood
        )
        return True

    def _demand(self, i: int, lemma: str, tense: str) -> bool:
        """Words of demanding; of an encounter they propose it (P4)."""
        if tense == "noun":
            return self.page.low[i] in self._demand_nouns and self._demand_noun(i)
        if lemma in self._demands:
            return self._demands_of(i, tense)
        return lemma == "demander" and self._asks(i, tense)

    def _demands_of(self, i: int, tense: str) -> bool:
        page = self.page
        mood = page.mood(i, tense)
        noun = self._object(i, 4)
        fact = self._fact(i, mood)
        given_up = any(page.any_of(j, ("renoncer", "cesser", "refuser")) for j in page.left(i, 5))
        if noun >= 0 or self._infinitive_after(i, 3) >= 0:
            self.found[i] = Found(i, "Proposed", fact, noun=noun, source="phase", mood=mood)
            return True
        if (mood.time == "infinitive" and not given_up) or (mood.time == "bare" and page.low[i + 1 : i + 2] != ["par"]):
            return False
        self.found[i] = Found(i, "Demand", _NEGATED if given_up else fact, source="act", mood=mood)
        return True

    def _asks(self, i: int, tense: str) -> bool:
        """*Demander que*, or something of the other party; not a request (N15)."""
        page = self.page
        mood = page.mood(i, tense)
        following = page.low[i + 1] if i + 1 < page.sentence(i).end else ""
        if mood.reflexive or mood.negated or mood.time not in ("past", "now"):
            return False
        if self._object(i, 7) >= 0 or self._infinitive_after(i, 5) >= 0:
            return False
        if following in ("que", "qu'") or (following in ("le", "la", "l'", "des", "les") and self._names_before(i)):
            self.found[i] = Found(i, "Demand", self._fact(i, mood), source="act", mood=mood)
            return True
        return False

    def _demand_noun(self, i: int) -> bool:
        page, low = self.page, self.page.low
        before = low[i - 1] if i > page.sentence(i).start else ""
        if low[i] in ("conditions", "préalable", "demandes", "revendications"):
            posed = any(page.any_of(j, ("poser", "mettre", "fixer")) for j in page.left(i, 5))
            if before not in ("ses", "leurs") and not (before in ("les", "des") and posed):
                return False
            if {"réunies", "météo", "climatiques", "de"} & {low[j] for j in page.right(i, 2)}:
                return False
        elif before in ("aucune", "sans", "sous", "une") and low[i] != "ultimatum":
            return False
        if any(page.any_of(j, self._demands) for j in (*page.left(i, 6), *page.right(i, 6))):
            return False
        self.found[i] = Found(i, "Demand", source="act")
        return True

    def _names_before(self, i: int) -> bool:
        return any(j in self.names.owner for j in self.page.left(i, 8))

    # -- settling -----------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Of two words with one phase in a clause the governing one stays (T5, T6)."""
        page = self.page
        order = sorted(self.found)
        for a, b in pairwise(order):
            if page.home[a] != page.home[b] or a not in self.found or b not in self.found:
                continue
            first, second = self.found[a], self.found[b]
            between = page.low[a + 1 : b]
            if (
                first.kind == second.kind
                and first.factuality == second.factuality
                and b - a <= 9
                and not set(between) & {";", ".", ":", "»", ","}
            ):
                if first.source == "idiom":
                    del self.found[b]
                    self.found[a] = first
                elif first.kind in ("Agreement",) or (first.mood.time == "bare" and second.mood.time != "bare"):
                    del self.found[a]
                else:
                    del self.found[b]
            elif (
                first.kind == "Proposed"
                and second.kind in ("Held", "Announced")
                and second.mood.time == "infinitive"
                and b - a <= 8
            ):
                del self.found[b]

    # -- bare nouns ---------------------------------------------------------------------------------------------------

    def _bare(self) -> None:
        page = self.page
        taken = {f.noun for f in self.found.values() if f.source in ("phase", "idiom")}
        carriers: dict[int, list[Found]] = {}
        for found in self.found.values():
            carriers.setdefault(page.home[found.at], []).append(found)
        self._steps = [f for _, f in sorted(self.found.items()) if f.kind in PHASES and f.factuality == _ASSERTED]
        self._steps_at = [f.at for f in self._steps]
        self._later = {f.kind for f in self._steps}
        for i, kind in self.nouns.items():
            if i in self.found or i in taken or self._absorbed(i, carriers.get(page.home[i], ())):
                continue
            if (found_here := self._bare_noun(i, kind)) is not None:
                self.found[i] = found_here

    def _bare_noun(self, i: int, kind: str) -> Found | None:
        """A noun that no word of its clause takes, if it can be placed in time (T7)."""
        page, low = self.page, self.page.low
        first = page.sentence(i).start
        before = low[i - 1] if i > first else ""
        determiner = low[i - 2] if before not in _DEFINITE and len(before) > 3 and i - 2 >= first else before
        around = {low[j] for j in range(max(first, i - 5), i)}
        head = i == first or before in SEPARATORS
        definite, during, people = determiner in _DEFINITE, bool(_DURING & around), self._people_near(i)
        light = next((j for j in page.left(i, 6) if page.any_of(j, self._light)), None)
        if self._noun_mood(i).negated:
            denied = light is not None or any(low[j] in ("n'", "ne") for j in page.left(i, 6))
            return Found(i, "Held", _NEGATED, noun=i, source="noun") if denied else None
        if light is not None and not definite:
            mood = page.mood(light, next(f.tense for f in page.forms[light] if f.lemma in self._light))
            if mood.time in ("past", "unreal", "now", "future") and people:
                phase, fact = self._phase_of_time(light, mood)
                return Found(i, phase, fact, noun=i, source="noun", mood=mood)
            if mood.time == "infinitive":
                return None
        if kind == "carried":
            return None
        if kind == "weak" and not ((definite and (self._topical_before(i) or people)) or (during and people) or head):
            return None
        told = bool(_TELLING & around) and kind != "weak"
        if not (definite or during or head or told or (kind == "call" and people and determiner in ("un", "cet"))):
            return None
        if determiner in ("des", "les") and low[i].endswith("s") and not during and kind != "open":
            return None
        phase = self._life(i, during)
        if phase in ("", "Proposed"):
            return None
        own = during or self._ahead(i) or self._recalled(i)
        if not during and self._future_after(i):
            phase, own = "Announced", True
        elif self._recalled(i):
            phase = "Held"
        return Found(i, phase, noun=i, source="noun", bare=not own)

    def _future_after(self, i: int) -> bool:
        """The verb of a noun is in the future: *le sommet ne portera que sur le ciment*."""
        return any(_FUTURE.fullmatch(self.page.low[j]) for j in self.page.right(i, 4))

    def _recalled(self, i: int) -> bool:
        """*La dernière rencontre remonte à 2019*."""
        return any(
            page_word in ("remonte", "remontait", "date", "datait")
            for page_word in (self.page.low[j] for j in self.page.right(i, 6))
        )

    def _topical_before(self, i: int) -> bool:
        home = self.page.home[i]
        return any(self.found.homes[n] > 0 for n in range(max(0, home - 4), home + 1))

    def _absorbed(self, i: int, carriers: Sequence[Found]) -> bool:
        """A word of the clause carries the phase (T4)."""
        page, low = self.page, self.page.low
        sentence = page.sentence(i)
        during = bool(_DURING & {low[j] for j in range(max(sentence.start, i - 4), i)})
        if during:
            return False
        for found in carriers:
            n = found.at
            if found.source not in ("phase", "idiom", "verb") or found.kind in ("Agreement", "Demand"):
                continue
            if found.noun >= 0 and found.noun != i and abs(n - i) > 4:
                continue
            between = low[min(n, i) + 1 : max(n, i)]
            if (
                len(between) <= 12
                and not set(between) & {";", ".", "»", "mais", "puis"}
                and (sentence.title or ":" not in between)
            ):
                if found.source == "verb" and found.kind == "Held" and len(between) > 5:
                    continue
                return True
        return False

    def _life(self, i: int, during: bool) -> str:
        """The phase that the life of the encounter has reached at ``i`` (B1 to B3)."""
        if during:
            return "Held"
        if self._ahead(i):
            return "Announced"
        at = bisect_left(self._steps_at, i)
        phases = [f.kind for f in self._steps[max(0, at - 3) : at]]
        if phases:
            latest = phases[-1]
            for kind in ("Cancelled", "Held", "Postponed"):
                if kind in phases:
                    latest = kind
                    break
            if latest in ("Refused", "Proposed"):
                return "Held" if self._past(i) else ""
            return latest
        for kind in ("Held", "Cancelled", "Postponed", "Announced"):
            if kind in self._later:
                return kind
        return "Held" if self._past(i) else ""

    def _past(self, i: int) -> bool:
        page = self.page
        published = page.document.published
        sentence = page.sentence(i)
        days = [page.times[page.timed[j]].value for j in range(sentence.start, sentence.end) if j in page.timed]
        if published and any(v[:4].isdigit() and v[: len(published)] <= published[: len(v)] for v in days):
            return True
        return any(
            f.tense in ("imp", "past")
            or (f.tense == "pp" and any(page.any_of(k, ("avoir", "être")) for k in page.left(j, 3)))
            for j in range(sentence.start, sentence.end)
            for f in page.forms[j]
        )


class Idiom(NamedTuple):
    """An idiom: the phase it tells of, its trigger, its words, and whether two others may stand after the first."""

    phase: str
    head: str
    words: tuple[str, ...]
    loose: bool


@lru_cache(1)
def _known_idioms() -> list[Idiom]:
    """The idioms of the lexicon."""
    found = []
    for phase, idioms in lexicon()["idioms"].items():
        for idiom in idioms:
            words = tuple(w.lstrip("*") for w in idiom.split())
            head = next(w[1:] for w in idiom.split() if w.startswith("*"))
            found.append(Idiom(phase, head, words, words[1] not in ("de", "téléphonique")))
    return found


@lru_cache(2048)
def _is_punctuation(word: str) -> bool:
    return all(unicodedata.category(character).startswith("P") for character in word)
