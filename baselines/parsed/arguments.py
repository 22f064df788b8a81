"""Features of an event with a possible filler, and of an event with its format and factuality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby

from baselines.parsed.entities import Group
from baselines.parsed.learning import Features
from baselines.parsed.syntax import Syntax
from baselines.parsed.triggers import Told
from baselines.parsed.words import CLASSES, classes
from benchmark.documents import Time

_TOPICS = tuple(sorted(CLASSES["call"] | CLASSES["leader"] | CLASSES["official"] | CLASSES["summit"]))


class Page:
    """A document with its entities and times, as the argument classifiers see it."""

    def __init__(
        self,
        syntax: Syntax,
        groups: Sequence[Group],
        times: Sequence[Time],
        told: Mapping[int, Told] | None = None,
    ) -> None:
        self.syntax, self.groups, self.times, self.told = syntax, groups, times, told or {}
        by_weight = sorted(groups, key=lambda g: (g.type, -len(g.spans), g.spans[0]))
        self.ranks = {g.id: n for _, same in groupby(by_weight, key=lambda g: g.type) for n, g in enumerate(same)}
        self.kinds: dict[int, str] = {}
        for group in groups:
            for first, last in group.tokens:
                self.kinds |= dict.fromkeys(range(first, last + 1), group.type)
        self.time_tokens = [(syntax.token_at(t.start), syntax.token_at(t.end - 1)) for t in times]
        for time, (first, last) in zip(times, self.time_tokens, strict=True):
            self.kinds |= dict.fromkeys(range(first, last + 1), time.type)
        self.published = syntax.document.published or ""

    @cached_property
    def people(self) -> int:
        """How many persons are named."""
        return sum(g.type == "PER" and g.named for g in self.groups)

    @cached_property
    def topics(self) -> list[str]:
        """Words of channel and rank on the page."""
        seen = set(self.syntax.lemma) | set(self.syntax.low)
        return [w for w in _TOPICS if w in seen]

    @cached_property
    def class_counts(self) -> dict[str, int]:
        """How often the page has a word of each class."""
        counts: dict[str, int] = {}
        for lemma, low in zip(self.syntax.lemma, self.syntax.low, strict=True):
            for name in classes(lemma, low):
                counts[name] = counts.get(name, 0) + 1
        return counts

    @cached_property
    def told_fillers(self) -> frozenset[tuple[str, int, int]]:
        """What the rules let fill a role of any trigger."""
        return frozenset(filler for told in self.told.values() for filler in told.fillers)

    def ruled(self, i: int, role: str, spans: Sequence[tuple[int, int]]) -> list[str]:
        """Whether the rules let one of ``spans`` fill a role of trigger ``i``, and of any trigger."""
        told = self.told.get(i)
        own = "none" if told is None else str(any((role, *s) in told.fillers for s in spans))
        ever = any((role, *s) in self.told_fillers for s in spans)
        return [f"rule={own}", f"rule={own}|{ever}"]

    def head(self, first: int, last: int) -> int:
        """The token of a span that its syntax hangs on."""
        return next((j for j in range(first, last + 1) if not first <= self.syntax.head[j] <= last), first)

    def between(self, i: int, j: int) -> str:
        """The path through the tree from token ``i`` to token ``j`` as relations, ``far`` when it is long."""
        s = self.syntax
        up, down = s.path(i), s.path(j)
        common = next((a for a in up if a in set(down)), None)
        if common is None:
            return "none"
        rise = [s.dep[a].split(":")[0] for a in up[: up.index(common)]]
        fall = [s.dep[a].split(":")[0] for a in down[: down.index(common)]]
        return "far" if len(rise) + len(fall) > 4 else f"{'^'.join(rise)}_{'v'.join(reversed(fall))}"

    def case(self, head: int) -> str:
        """Preposition before a span."""
        s = self.syntax
        return next((s.low[c] for c in s.children[head] if s.dep[c] == "case" and c < head), "")

    def place(self, i: int) -> str:
        """Where a token stands: which third, or the title."""
        home = self.syntax.sentence[i]
        return "title" if home == 0 else f"third{3 * home // (self.syntax.sentence[-1] + 1)}"

    def form(self, i: int) -> Features:
        """Features of the format of the encounter that trigger ``i`` speaks of."""
        s = self.syntax
        home = s.sentence[i]
        here = {(s.lemma[j], s.low[j]) for j in range(len(s.tokens)) if s.sentence[j] == home}
        near = {c for lemma, low in here for c in classes(lemma, low)}
        own = s.lemma[i]
        mine = classes(own, s.low[i])
        found = [f"l={own}", f"w={s.low[i]}", f"rule={self.told[i].format if i in self.told else 'none'}"]
        found += [
            f"rules={min(4, sum(t.format == f for t in self.told.values()))}{f}" for f in ("Call", "Meeting", "Summit")
        ]
        found += [f"in={lemma}" for lemma, _ in here]
        found += [f"sc={c}" for c in near] + [f"{own}|sc={c}" for c in near]
        found += [f"on={t}" for t in self.topics]
        found += [f"{c}|on={t}" for c in mine for t in self.topics]
        found += [f"c={c}" for c in mine]
        found += [
            f"many={c}{min(n, 4)}"
            for c, n in self.class_counts.items()
            if c in ("leader", "official", "call", "summit", "meet", "encounter")
        ]
        found += [f"hl={s.lemma[s.head[i]]}"] + [f"kl={s.lemma[c]}" for c in s.children[i]]
        people = [g for g in self.groups if g.type == "PER" and g.named]
        close = [g for g in people if g.away(home) == 0] or [g for g in people if g.away(home) == 1] or people[:4]
        for g in close:
            found += [f"t={'+'.join(sorted(g.titles))}", f"p={g.name.split()[-1]}"]
        found.append(f"leaders={min(3, sum('leader' in g.titles for g in close))}")
        found.append(f"officials={min(3, sum('official' in g.titles for g in close))}")
        found.append(
            f"all={min(3, sum('leader' in g.titles for g in people))}{min(3, sum('official' in g.titles for g in people))}"
        )
        return dict.fromkeys(found, 1.0)

    def entity(self, i: int, phase: str, role: str, group: Group) -> Features:
        """Features of a trigger and an entity for a role."""
        s = self.syntax
        home = s.sentence[i]
        away = group.away(home)
        n = group.nearest(i, home)
        first, last = group.tokens[n]
        kind = group.type if group.named else f"{group.type}-"
        rank = min(self.ranks[group.id], 6)
        top = self.head(first, last)
        case = self.case(top) or (s.low[first - 1] if first and s.pos[first - 1] in ("ADP", "DET") else "")
        cases = {self.case(self.head(*t)) for t in group.tokens}
        often = min(len(group.spans), 5)
        deps = {s.dep[self.head(*t)].split(":")[0] for t in group.tokens}
        f = [
            f"{kind}",
            f"rank={rank}|{kind}",
            f"often={often}|{kind}",
            f"first={min(group.homes[0], 3)}|{kind}",
            f"away={min(away, 5)}|{kind}",
            f"phase={phase}|{kind}",
            f"t={'+'.join(sorted(group.titles))}|{kind}",
            f"n={group.name.split()[-1].lower()}",
            f"in={'title' if group.homes[0] == 0 else ''}|{kind}",
            f"start={s.sentence[i] == 0}|{kind}",
        ]
        f += [f"ever={c}|{kind}" for c in cases if c] + [f"everdep={d}|{kind}" for d in deps]
        f.append(f"people={min(self.people, 5)}|{kind}|{min(rank, 3)}")
        if not group.named:
            f += [f"hl={s.lemma[first]}", f"hl={s.lemma[first]}|away={min(away, 2)}"]
        if away == 0:
            gap = min(abs(first - i), abs(i - last))
            side = "<" if first < i else ">"
            where = f"{side}{sum(gap > limit for limit in (1, 3, 6, 10, 20))}"
            path = self.between(i, top)
            same = s.clause[i] == s.clause[top]
            dep = s.dep[top].split(":")[0]
            f += [
                f"where={where}|{kind}",
                f"path={path}",
                f"path={path}|{kind}",
                f"case={case}|{kind}",
                f"case={case}|path={path}",
                f"dep={dep}|{kind}|{same}",
                f"same={same}|{kind}",
                f"l={s.lemma[i]}|path={path}",
                f"l={s.lemma[i]}|case={case}|{kind}",
                f"phase={phase}|path={path}",
                f"phase={phase}|{where}|{kind}",
                f"h={s.lemma[s.head[top]]}|{dep}|{kind}",
                f"pos={s.pos[i]}|path={path}",
            ]
            f += [f"hc={c}|{dep}|{kind}" for c in classes(s.lemma[s.head[top]], s.low[s.head[top]])]
            f += [f"phase={phase}|hc={c}|{dep}" for c in classes(s.lemma[s.head[top]], s.low[s.head[top]])]
            inside = sum(1 for g in self.groups if g.type == group.type and g.inside(home))
            f.append(f"rivals={min(inside, 4)}|{kind}|{same}")
        else:
            closer = sum(1 for g in self.groups if g.type == group.type and g is not group and g.away(home) == 0)
            f += [
                f"far|rivals={min(closer, 3)}|{kind}",
                f"far|rank={rank}|{kind}|{min(closer, 2)}",
                f"far|case={case}|{kind}",
                f"far|{'before' if group.homes[0] < home else 'after'}|{kind}|{min(away, 3)}",
            ]
            f += [f"far|ever={c}|{kind}|{min(away, 3)}" for c in cases if c]
        f += self.ruled(i, role, group.spans)
        return dict.fromkeys([f"{role}&{x}" for x in f], 1.0)

    def dated(self, i: int, phase: str, role: str, n: int) -> Features:
        """Features of a trigger and the ``n``-th time for a role."""
        s = self.syntax
        time = self.times[n]
        first, last = self.time_tokens[n]
        home = s.sentence[i]
        away = s.sentence[first] - home
        top = self.head(first, last)
        case = self.case(top) or s.low[first - 1] if first else ""
        when = self.when(time)
        tense = s.tense(s.clause[top])
        words = s.low[first : last + 1]
        rivals = sum(1 for f, _ in self.time_tokens if s.sentence[f] == home)
        f = [
            f"type={time.type}",
            f"phase={phase}|when={when}",
            f"away={max(-6, min(away, 6))}",
            f"len={len(time.value)}",
            f"phase={phase}|away={max(-3, min(away, 3))}|{when}",
            f"first={words[0]}",
            f"last={words[-1]}",
            f"case={case}",
            f"case={case}|phase={phase}",
            f"tense={tense}|phase={phase}|{when}",
            f"rivals={min(rivals, 3)}|{min(abs(away), 2)}",
            f"same={sum(t.value == time.value for t in self.times) > 1}",
            f"title={s.sentence[first] == 0}",
            f"lead={first == 0 or s.sentence[first - 1] != s.sentence[first]}|{min(abs(away), 2)}|{phase}",
            f"h={s.lemma[s.head[top]]}|{min(abs(away), 1)}",
            f"own={s.tense(i)}|{when}|{phase}",
            f"hour={time.type}|{len(time.value)}|{when}",
        ]
        hc = classes(s.lemma[s.head[top]], s.low[s.head[top]])
        f += [f"hc={c}|{phase}" for c in hc] + [f"hc={c}|{phase}|{when}" for c in hc]
        if away == 0:
            gap = min(abs(first - i), abs(i - last))
            side = "<" if first < i else ">"
            where = f"{side}{sum(gap > limit for limit in (2, 4, 8, 14))}"
            path = self.between(i, top)
            same = s.clause[i] == s.clause[top]
            closer = sum(1 for f0, l0 in self.time_tokens if min(abs(f0 - i), abs(i - l0)) < gap)
            f += [
                f"where={where}",
                f"path={path}",
                f"path={path}|{phase}|{when}",
                f"same={same}|{when}|{phase}",
                f"same={same}|{side}",
                f"closer={min(closer, 2)}",
                f"closer={min(closer, 2)}|{when}|{phase}",
                f"l={s.lemma[i]}|{when}",
                f"pos={s.pos[i]}|path={path}|{when}",
                f"l={s.lemma[i]}|case={case}",
                f"where={where}|{phase}",
            ]
        else:
            later = sum(1 for f0, _ in self.time_tokens if min(i, first) < f0 < max(i, first))
            f += [
                f"far|later={min(later, 3)}|{'before' if away < 0 else 'after'}",
                f"far|{when}|{phase}|{min(later, 2)}|{min(rivals, 2)}",
                f"far|l={s.lemma[i]}",
            ]
        f += self.ruled(i, role, [(t.start, t.end) for t in self.times if (t.type, t.value) == (time.type, time.value)])
        return dict.fromkeys([f"{role}&{x}" for x in f], 1.0)

    def when(self, time: Time) -> str:
        """A time against the date of publication."""
        value = time.value
        if "X" in value or "REF" in value:
            return "vague"
        day = value[:10]
        mark = self.published[: len(day)]
        return "past" if day < mark else "ahead" if day > mark else "now"
