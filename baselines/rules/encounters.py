"""Encounters, their format and status, and the arguments of their mentions (sections 1.1, 4 and 8 of the guidelines)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from baselines.rules.names import Named, Names
from baselines.rules.page import Page, context, lexicon
from baselines.rules.triggers import PHASES, Found
from benchmark.documents import Time

_REMOTE = re.compile(r"téléphon|visio|vidéo|combiné|écrans? interposés?|liaison|coup de fil|au bout du fil|par écran")
_CALL_WORDS = context("call_words")
_NEW = context("new")
_MEMORY = 40  # mentions or encounters that are looked back at
_CARRIED = context("carried")
_SAID = context("said")
_LEADERS = context("leaders")
_STATUS = {
    "Proposed": "proposed",
    "Announced": "announced",
    "Held": "held",
    "Postponed": "postponed",
    "Cancelled": "cancelled",
    "Refused": "refused",
}


@dataclass(eq=False)
class Encounter:
    """Mentions of one encounter or act, and what goes to all of them."""

    number: int
    call: bool = False
    again: bool = False  # a second one that follows another (S4)
    act: str = ""
    mentions: list[Found] = field(default_factory=list)
    parties: list[Named] = field(default_factory=list)
    places: list[Named] = field(default_factory=list)
    dates: list[Time] = field(default_factory=list)
    year: str = ""

    @property
    def last(self) -> int:
        """Token of the latest mention."""
        return self.mentions[-1].at


@dataclass(slots=True)
class Said:
    """What the sentence of a trigger says of it."""

    parties: list[Named]
    places: list[Named]
    agents: list[Named]
    date: Time | None = None
    act_date: Time | None = None
    new_date: Time | None = None
    until: Time | None = None
    target: Named | None = None


class Encounters:
    """Triggers grouped by encounter."""

    def __init__(self, page: Page, names: Names, found: list[Found]) -> None:
        self.page, self.names, self.found = page, names, found
        self._saying = frozenset(lexicon()["saying"])
        self.leads = self._leads()
        counts = Counter(names.ranks_said)
        self._of_leaders = (
            bool({"sommet", "présidents", "dirigeants"} & set(page.low)) or counts["leader"] >= counts["other"]
        )
        self.all: list[Encounter] = []
        self.of: dict[int, Encounter] = {}
        self._format: dict[int, str] = {}
        self._number = {t.id: n for n, t in enumerate(page.times)}
        self.headings = self._headings()
        self.said: dict[int, Said] = {f.at: self._said(f) for f in found}
        for trigger in found:
            self._place_in(trigger)
        for encounter in self.all:
            self._live(encounter)

    def _leads(self) -> list[Named]:
        """The two people that the document is about."""
        weight: Counter[int] = Counter()
        told = {self.page.home[f.at] for f in self.found if f.kind in PHASES}
        for n, e in enumerate(self.names.people):
            homes = {self.page.home[a] for a, _ in e.mentions}
            weight[n] = (
                len(e.mentions) + len(homes & told) + (2 if e.rank == "leader" else 0) - (1 if e.rank == "other" else 0)
            )
            if e.spans[0][0] < (self.page.sentences[0].end if self.page.sentences else 0):
                weight[n] += 2
        return [self.names.people[n] for n, _ in sorted(weight.items(), key=lambda w: (-w[1], w[0]))]

    # -- what a sentence says -----------------------------------------------------------------------------------------

    def _said(self, trigger: Found) -> Said:
        page, low = self.page, self.page.low
        sentence = page.sentence(trigger.at)
        near = self.names.in_sentence(sentence.start, sentence.end)
        parties: list[Named] = []
        places: list[Named] = []
        for a, b, e in near:
            before = low[a - 1] if a > sentence.start else ""
            two = low[a - 2] if a - 1 > sentence.start else ""
            if e.type in ("GPE", "LOC"):
                if a < trigger.at and before in ("à", "au", "en") and self._where_said(a, b, trigger.at):
                    continue
                if (
                    before in ("à", "au", "en", "dans", "aux")
                    or (e.type == "LOC" and before in ("la", "le", "l'", "du"))
                    or (
                        before in ("de", "d'", "du")
                        and (a - 2 in (trigger.noun, trigger.at))
                        and not near_list(near, a, b)
                    )
                ):
                    places.append(e)
            elif e.type == "PER" or (e.type == "ORG" and not page.words[a][0].isupper()):
                if before == "selon" or two == "selon" or (e.rank == "other" and self._speaks(a, b, trigger.at)):
                    continue
                parties.append(e)
        parties = list(dict.fromkeys(parties))
        if len(parties) > 1:
            parties = self._closest(trigger.at, near, parties)
        words = set(low[sentence.start : sentence.end])
        if (trigger.noun >= 0 and low[trigger.noun] == "sommet") or (words & _LEADERS and len(parties) < 2):
            leaders = [e for e in self.leads if e.rank != "other"][:2]
            if not [e for e in parties if e.rank != "other"]:
                parties = leaders
        said = Said(parties, list(dict.fromkeys(places)), self._agents(trigger, near))
        self._dates(trigger, said)
        return said

    def _where_said(self, a: int, b: int, at: int) -> bool:
        """The place is where somebody speaks: *à Moscou, le Kremlin a confirmé …*."""
        page = self.page
        return (
            a - 1 == page.sentence(a).start
            and page.low[b + 1 : b + 2] == [","]
            and any(page.any_of(i, _SAID) for i in range(b + 1, at))
        )

    def _speaks(self, a: int, b: int, at: int) -> bool:
        """Whether a name is the subject of a verb of saying next to it."""
        page = self.page
        sentence = page.sentence(a)
        return any(
            i != at and page.any_of(i, _SAID)
            for i in (*range(max(sentence.start, a - 6), a), *range(b + 1, min(sentence.end, b + 4)))
            if page.low[i] != ","
        )

    def _closest(self, at: int, near: list[tuple[int, int, Named]], parties: list[Named]) -> list[Named]:
        """The two parties nearest to a trigger, and those that a list adds to them."""
        low = self.page.low
        distance: dict[Named, int] = {}
        for a, b, e in near:
            if e in parties:
                gap = a - at if a > at else at - b
                if any(w in (";", ":") or w in ("mais", "puis") for w in low[min(b, at) : max(a, at)]):
                    gap += 12
                distance[e] = min(gap, distance.get(e, 10**6))
        ordered = sorted(parties, key=lambda e: distance[e])[:2]
        if ordered[0].type == "ORG" and distance[ordered[0]] <= 8 and ordered[1].type == "PER":
            return ordered[:1]
        if ordered[1].type == "ORG" and ordered[0].type == "PER":
            ordered = [e for e in sorted(parties, key=lambda e: distance[e]) if e.type == "PER"][:2]
        chosen = set(ordered)
        spans = [(a, b, e) for a, b, e in near if e in parties]
        for (_, end, first), (start, _, second) in pairwise(spans):
            # A list of three or more is one party each: A, B et C.
            if (
                0 < start - end <= 3
                and set(low[end + 1 : start]) <= {",", "et", "l'", "le", "la", "de", "d'", "mm.", "m.", "mme", "puis"}
                and len(spans) >= 3
                and (first in chosen or second in chosen)
            ):
                chosen |= {first, second}
        return [e for e in parties if e in chosen]

    def _agents(self, trigger: Found, near: list[tuple[int, int, Named]]) -> list[Named]:
        """Subject of the act, or its complement with *par*."""
        page, low = self.page, self.page.low
        at = trigger.at
        if trigger.kind in ("Held", "Agreement") or trigger.source == "noun":
            return []
        if trigger.source == "verb" and trigger.kind in ("Announced", "Proposed"):
            return self._speaker(at, near)
        passive = trigger.mood.passive or trigger.mood.time == "bare"
        for a, _, e in near:
            before = [low[k] for k in range(max(0, a - 3), a)]
            if at < a <= at + 8 and "par" in before and e.type != "LOC":
                return [e]
            if (
                trigger.mood.time == "now"
                and trigger.mood.head == at
                and at < a <= at + 3
                and low[a - 1] in ("de", "d'", "du")
                and e.type in ("PER", "GPE")
            ):
                return [e]
        if passive:
            return self._speaker(at, near)
        candidates = [
            (a, e)
            for a, b, e in near
            if b < at
            and e.type in ("PER", "GPE", "ORG")
            and at - b <= 25
            and (
                a == page.sentence(a).start
                or low[a - 1]
                not in (
                    "à",
                    "au",
                    "en",
                    "avec",
                    "de",
                    "d'",
                    "du",
                    "aux",
                    "entre",
                    "contre",
                    "sur",
                    "par",
                    "depuis",
                    "pour",
                )
            )
        ]
        if candidates:
            return [candidates[-1][1]]
        return self._speaker(at, near)

    def _speaker(self, at: int, near: list[tuple[int, int, Named]]) -> list[Named]:
        """Who makes it known: the subject of a verb of saying in the sentence (A5)."""
        page, low = self.page, self.page.low
        sentence = page.sentence(at)
        for i in range(sentence.start, sentence.end):
            if page.any_of(i, _SAID) and i != at:
                for a, b, e in near:
                    if (
                        e.type in ("PER", "GPE", "ORG")
                        and (0 < a - i <= 4 or 0 < i - b <= 4)
                        and low[a - 1] not in ("à", "au", "en", "de", "selon")
                    ):
                        return [e]
        for a, _, e in near:
            if (
                a > sentence.start
                and (low[a - 1] == "selon" or (a - 2 >= sentence.start and low[a - 2] == "selon"))
                and e.type in ("PER", "GPE")
            ):
                return [e]
        return []

    def _headings(self) -> dict[int, Time]:
        """The time at the head of an entry that each sentence stands under, in chronologies and live blogs."""
        page = self.page
        found: dict[int, Time] = {}
        current: Time | None = None
        for sentence in page.sentences:
            size = sentence.end - sentence.start
            timed = [i for i in range(sentence.start, sentence.end) if i in page.timed]
            if timed and (
                size <= len(timed) + 2
                or (
                    timed[0] == sentence.start
                    and page.low[timed[-1] + 1 : timed[-1] + 2] in (["-"], ["–"], ["—"], [":"])
                    and len(timed) < 6
                )
            ):
                time = page.times[page.timed[timed[0]]]
                if time.type in ("DATE", "TIME"):
                    current = time
            if current is not None:
                found[sentence.index] = current
        return found

    def _pair(self, time: Time) -> Time | None:
        """The end of the range or list that a time begins (*les 11 et 12 mai*)."""
        page = self.page
        n = self._number[time.id]
        if n + 1 < len(page.times):
            after = page.times[n + 1]
            if (
                page.text[time.end : after.start].strip().lower() in ("et", "au", "et le", "à", "et au")
                and after.type == time.type
            ):
                return after
        return None

    def _dates(self, trigger: Found, said: Said) -> None:
        """Give each role the nearest time of the sentence that may have it, else the time that the entry stands under."""
        page = self.page
        sentence = page.sentence(trigger.at)
        seen: dict[int, int] = {}
        for i in range(sentence.start, sentence.end):
            if i in page.timed:
                seen.setdefault(page.timed[i], i)
        nearest: dict[str, tuple[int, Time]] = {}
        for n, i in seen.items():
            role, gap = self._time_role(trigger, page.times[n], i, alone=len(seen) == 1)
            if role and (role not in nearest or gap < nearest[role][0]):
                nearest[role] = gap, page.times[n]
        said.date, said.act_date, said.new_date = (
            nearest[role][1] if role in nearest else None for role in ("Date", "ActDate", "NewDate")
        )
        heading = self.headings.get(sentence.index)
        if heading is not None and not seen:
            if trigger.kind in ("Held", "Agreement"):
                said.date = heading if trigger.source != "noun" or trigger.mood.time == "past" else None
            elif trigger.source in ("phase", "idiom") or trigger.kind == "Demand":
                said.act_date = heading
        if said.date is not None:
            said.until = self._pair(said.date)

    def _time_role(self, trigger: Found, time: Time, i: int, *, alone: bool) -> tuple[str, int]:
        """The role that a time at token ``i`` may have, and how far it is: past times date acts, others encounters."""
        low, kind = self.page.low, trigger.kind
        first, published = self.page.sentence(i).start, self.page.document.published or "9999"
        before = low[i - 1] if i > first else ""
        if time.type not in ("DATE", "TIME") or "REF" in time.value:
            return "", 0
        if before in ("depuis", "dès", "jusqu'au", "jusqu'à") and kind != "Announced":
            return "", 0
        past = time.value[: len(published)] <= published[: len(time.value)]
        saying = any(self.page.any_of(j, _SAID) for j in range(max(first, i - 3), i) if j != trigger.at)
        crossed = sum(w in (";", "mais", "puis") for w in low[min(i, trigger.at) : max(i, trigger.at)])
        gap = abs(i - trigger.at) + 10 * crossed
        if kind in ("Held", "Agreement"):
            held = past or trigger.factuality != "asserted"
            return ("Date" if held else ""), gap + (15 if saying and not alone else 0)
        act = trigger.source in ("phase", "idiom") or kind == "Demand"
        planned = kind == "Announced" and (trigger.mood.time == "bare" or before in ("de", "du", "d'", "pour"))
        if past and (saying or (act and not planned)):
            return "ActDate", gap
        if kind == "Postponed" and before in ("au", "à", "pour", "en") and i > trigger.at:
            return "NewDate", gap
        return "Date", gap

    # -- grouping -----------------------------------------------------------------------------------------------------

    def _remote(self, trigger: Found) -> bool:
        page = self.page
        if trigger.call or page.low[trigger.at] in ("appel", "appels", "visioconférence", "visio", "vidéo"):
            return True
        if trigger.noun >= 0 and page.low[trigger.noun] in ("appel", "appels", "visioconférence", "visio"):
            return True
        sentence = page.sentence(trigger.at)
        a = page.spans[max(sentence.start, trigger.at - 12)][0]
        b = page.spans[min(sentence.end - 1, trigger.at + 8)][1]
        return _REMOTE.search(page.text[a:b].lower()) is not None

    def _place_in(self, trigger: Found) -> None:
        said = self.said[trigger.at]
        if trigger.kind not in PHASES:
            encounter = Encounter(len(self.all) + 1, act=trigger.kind)
            self.all.append(encounter)
        else:
            encounter = self._matching(trigger, said)
        encounter.mentions.append(trigger)
        self.of[trigger.at] = encounter
        for e in said.parties:
            if e not in encounter.parties and (len(encounter.parties) < 2 or len(encounter.mentions) == 1):
                encounter.parties.append(e)
        if len(encounter.mentions) == 1:
            self._complete(encounter)
        for place in said.places:
            if place not in encounter.places and (len(encounter.places) < 2 or trigger.at == encounter.mentions[0].at):
                encounter.places.append(place)
        if said.date is not None and not encounter.dates:
            encounter.dates += [said.date, *([said.until] if said.until else [])]
        if trigger.source in ("phase", "idiom"):
            self._same_act(trigger, said, encounter)

    def _same_act(self, trigger: Found, said: Said, encounter: Encounter) -> None:
        """Agent and day of the act go to every mention of it that carries the phase (A4)."""
        for mention in reversed(encounter.mentions[-_MEMORY:-1]):
            if mention.kind == trigger.kind and mention.source != "noun":
                earlier = self.said[mention.at]
                said.agents = said.agents or earlier.agents
                said.act_date = said.act_date or earlier.act_date
                said.new_date = said.new_date or earlier.new_date
                return

    def _matching(self, trigger: Found, said: Said) -> Encounter:
        """The encounter that a trigger tells of: the same channel, parties that agree, the latest spoken of."""
        remote = self._remote(trigger)
        word = self.page.low[trigger.noun if trigger.noun >= 0 else trigger.at]
        again = trigger.noun >= 0 and bool(_NEW & {self.page.low[j] for j in self.page.left(trigger.noun, 2)})
        best, best_score = None, 0.0
        for encounter in self.all[-_MEMORY:]:
            if encounter.act:
                continue
            score = 1.0
            shared = sum(e in encounter.parties for e in said.parties)
            if len(said.parties) >= 2 and len(encounter.parties) >= 2 and shared < 2:
                continue
            if said.parties and encounter.parties and not shared and len(encounter.parties) >= 2:
                continue
            if encounter.call != remote and not (not remote and word in _CALL_WORDS and shared >= len(said.parties)):
                continue
            if encounter.again != again and (again or encounter.again) and word not in _CARRIED:
                continue
            if not trigger.bare and self._another(trigger, said, encounter):
                continue
            if (
                said.date
                and encounter.dates
                and said.date.value[:4] != encounter.dates[0].value[:4]
                and said.date.value[:4].isdigit()
            ):
                continue
            if (
                said.date
                and encounter.dates
                and trigger.kind == "Held"
                and encounter.mentions[-1].kind == "Held"
                and said.date.value[:10] != encounter.dates[0].value[:10]
            ):
                score -= 0.8
            score += shared
            score += 0.1 * min(len(encounter.mentions), 5)
            score += 1.0 / (1 + self.page.home[trigger.at] - self.page.home[encounter.last])
            if score > best_score:
                best, best_score = encounter, score
        if best is not None and best_score > 0.5:
            return best
        created = Encounter(len(self.all) + 1, call=remote, again=again)
        self.all.append(created)
        return created

    def _like(self, encounter: Encounter) -> list[Named]:
        """People of the document that may be a party, by weight: leaders for a summit."""
        words = {self.page.low[m.noun if m.noun >= 0 else m.at] for m in encounter.mentions}
        if words & {"sommet", "sommets"} or any(e.rank == "leader" for e in encounter.parties):
            return [e for e in self.leads if e.rank != "other"] or self.leads
        return self.leads

    def _complete(self, encounter: Encounter) -> None:
        if encounter.act == "Demand":
            return
        if len(encounter.parties) < 2 and not any(e.type == "ORG" for e in encounter.parties):
            for lead in self._like(encounter)[:2]:
                if lead not in encounter.parties and len(encounter.parties) < 2:
                    encounter.parties.append(lead)
        if not encounter.parties:
            encounter.parties += [e for e in self.names.entities if e.type in ("GPE", "ORG")][:2]

    def _another(self, trigger: Found, said: Said, encounter: Encounter) -> bool:
        """Whether a step cannot be one in the life of this encounter: held before it is planned, or held twice."""
        if trigger.factuality != "asserted":
            return False
        published = self.page.document.published or "9999"
        told = [m for m in encounter.mentions[-_MEMORY:] if m.factuality == "asserted" and not m.bare]
        held = any(m.kind == "Held" for m in told)
        day = encounter.dates[0].value if encounter.dates else ""
        if trigger.kind == "Held":
            if (
                not held
                and any(m.kind == "Announced" for m in told)
                and day[:4].isdigit()
                and day[: len(published)] > published[: len(day)]
            ):
                return True
            return (
                said.date is not None
                and held
                and said.date.value[:10] != day[:10]
                and min(len(day), len(said.date.value)) >= 10
            )
        return (
            held
            and trigger.kind in ("Proposed", "Announced", "Refused")
            and trigger.mood.time in ("now", "future", "conditional")
        )

    def _live(self, encounter: Encounter) -> None:
        """Give bare nouns the phase that the life of their encounter has reached (B2), else the one it ends in (B3)."""
        told = [m for m in encounter.mentions if not m.bare and m.factuality == "asserted"]
        every = [m.kind for m in told if m.kind != "Proposed"]
        whole = next((k for k in ("Held", "Cancelled", "Postponed") if k in every), every[-1] if every else "")
        before: list[str] = []
        for mention in encounter.mentions:
            if not mention.bare:
                if mention.factuality == "asserted" and mention.kind != "Proposed":
                    before.append(mention.kind)
            elif encounter.call and "Held" in every:
                mention.kind = "Held"
            elif before:
                latest = before[-4:]
                mention.kind = next((k for k in ("Held", "Cancelled", "Postponed") if k in latest), latest[-1])
            elif whole:
                mention.kind = whole
            elif encounter.call or not told:
                mention.kind = "Held"

    # -- answers ------------------------------------------------------------------------------------------------------

    def label(self, trigger: Found) -> str:
        """Label of a trigger: format and phase, or the act."""
        if trigger.kind not in PHASES:
            return trigger.kind
        encounter = self.of[trigger.at]
        if encounter.number not in self._format:
            self._format[encounter.number] = (
                "Call" if encounter.call else "Summit" if self.summit(encounter) else "Meeting"
            )
        return self._format[encounter.number] + trigger.kind

    def summit(self, encounter: Encounter) -> bool:
        """Leaders on two sides (F7): nobody of lower rank, and a leader, or nothing that says who they are."""
        words = {self.page.low[m.noun if m.noun >= 0 else m.at] for m in encounter.mentions}
        people = [e for e in encounter.parties if e.type == "PER"]
        if words & {"sommet", "sommets"}:
            return True
        if any(e.rank == "other" for e in encounter.parties):
            return False
        return len(people) >= 2 and (any(e.rank == "leader" for e in people) or self._of_leaders)

    def status(self, encounter: Encounter) -> str:
        """How the document leaves an encounter: its last asserted step, held and cancelled before plans (S5 to S7)."""
        steps = [m.kind for m in encounter.mentions if m.factuality == "asserted"] or [
            m.kind for m in encounter.mentions if m.factuality == "possible"
        ]
        if not steps:
            return "refused"
        order = [s for s in steps if s != "Proposed"] or steps
        for kind in ("Held", "Cancelled", "Postponed"):
            if kind in order:
                return _STATUS[kind]
        return _STATUS[order[-1]]


def near_list(near: list[tuple[int, int, Named]], a: int, b: int) -> bool:
    """Whether another name follows at once, as in *le sommet de Marec et Solvane*."""
    return any(0 < x - b <= 2 for x, _, _ in near)
