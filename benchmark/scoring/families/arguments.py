"""Argument identification and classification, attached to a trigger (``+``) or not: AI, AC, AI+, AC+ (TextEE 2024).

``AI`` and ``AC`` are sets by document of (label, filler[, role]); ``AI+`` and ``AC+`` are multisets that also hold the
trigger. The filler is

* ``entity`` (default): a predicted argument stands for the gold entity that has exactly its span among its mentions, or,
  where it refers to a predicted time, for that time's (type, value). Predicted entities are never looked at, so one giant
  cluster gains nothing. What hits no gold mention is a false positive.
* ``exact``: the filler is the span of the argument, as in most of the literature.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from benchmark.documents import Document, Event, Prediction
from benchmark.scoring.core import Grouping, Groups, Key, Metric, Place, grouping

Filler = tuple[Event, str, Key]


def entity_fillers(gold: Document, side: Prediction) -> Iterator[Filler]:
    """``(event, role, what the argument stands for)`` for each argument of ``side``.

    A span that is a mention of several gold entities stands for one that gold has in that role of an event of the same
    trigger and label (its k-th copy for the k-th of these), else of the same label, else for the first of them.
    """
    times = {t.id: ("time", t.type, t.value) for t in side.times}
    if side is gold:
        entities = {e.id: ("entity", e.id) for e in gold.entities}
        for event in gold.events:
            for a in event.arguments:
                key: Key = entities.get(a.ref or "") or times.get(a.ref or "")
                yield event, a.role, key or ("span", a.start, a.end)
        return
    at: dict[tuple[int, int], list[str]] = defaultdict(list)
    for entity in gold.entities:
        for mention in entity.mentions:
            at[mention.start, mention.end].append(entity.id)
    wanted = _wanted(gold) if any(len(ids) > 1 for ids in at.values()) else {}
    used: Counter[Key] = Counter()
    for event in side.events:
        for a in event.arguments:
            time = times.get(a.ref or "")
            ids = at.get((a.start, a.end), ())
            if time:
                yield event, a.role, time
            elif len(ids) < 2:
                yield event, a.role, ("entity", ids[0]) if ids else ("span", a.start, a.end)
            else:
                choice = _choose(ids, event, a.role, wanted)
                slot = (event.trigger, event.type, a.role, a.start, a.end)
                yield event, a.role, ("entity", choice[min(used[slot], len(choice) - 1)])
                used[slot] += 1


def _wanted(gold: Document) -> Mapping[Key, set[str | None]]:
    table: dict[Key, set[str | None]] = defaultdict(set)
    for event in gold.events:
        for a in event.arguments:
            table[event.trigger, event.type, a.role].add(a.ref)
            table[event.type, a.role].add(a.ref)
    return table


def _choose(ids: Sequence[str], event: Event, role: str, wanted: Mapping[Key, set[str | None]]) -> list[str]:
    for slot in ((event.trigger, event.type, role), (event.type, role)):
        if found := [i for i in ids if i in wanted.get(slot, ())]:
            return found
    return list(ids)


Fillers = tuple[Sequence[Key], Sequence[Key]]  # of some arguments, without and with their roles


def _exact(_: Document, side: Prediction) -> list[Fillers]:
    return [
        ([(a.start, a.end) for a in v.arguments], [(a.start, a.end, a.role) for a in v.arguments]) for v in side.events
    ]


def _entity(gold: Document, side: Prediction) -> list[Fillers]:
    found = entity_fillers(gold, side)
    of_event = [[(filler, role) for _, role, filler in islice(found, len(v.arguments))] for v in side.events]
    return [([filler for filler, _ in fillers], fillers) for fillers in of_event]


def _viewing(fillers: Callable[[Document, Prediction], list[Fillers]]) -> Grouping:
    """Groups of fillers by label, and by label and trigger."""

    def view(gold: Document, side: Prediction) -> tuple[Groups, Groups]:
        found = fillers(gold, side)
        return (
            _groups([(v.type, None) for v in side.events], found),
            _groups([(v.type, (v.trigger.start, v.trigger.end)) for v in side.events], found),
        )

    return view


def _groups(places: Sequence[Place], found: Sequence[Fillers]) -> dict[Place, Fillers]:
    groups = dict(zip(places, found, strict=True))
    if len(groups) < len(places):  # events of one place are one group
        parts: dict[Place, list[Fillers]] = {place: [] for place in groups}
        for place, some in zip(places, found, strict=True):
            parts[place].append(some)
        for place, more in parts.items():
            groups[place] = [k for fillers, _ in more for k in fillers], [k for _, roles in more for k in roles]
    return groups


_EXACT, _ENTITY = _viewing(_exact), _viewing(_entity)


def _metric(name: str, entity: bool) -> Metric:
    role, attached = "C" in name, name.endswith("+")
    parts = ["label", *(["role"] if role else []), *(["trigger"] if attached else [])]
    filler = "entity" if entity else "exact"
    return Metric(
        name=name if entity else f"{name}:exact",
        family="arguments",
        definition=(
            f"Argument {'classification' if role else 'identification'}: ({', '.join(parts)}, filler), filler by "
            f"{'entity' if entity else 'span'}, {'multiset' if attached else 'set by document'}."
        ),
        count=grouping(_ENTITY if entity else _EXACT, int(attached), int(role), "multiset" if attached else "set"),
        symmetric=not entity,
        variant={"filler": filler},
    )


METRICS = tuple(_metric(name, entity) for entity in (True, False) for name in ("AI", "AC", "AI+", "AC+"))
