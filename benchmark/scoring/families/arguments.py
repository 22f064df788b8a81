"""Argument identification and classification, attached to a trigger (``+``) or not: AI, AC, AI+, AC+ (TextEE 2024).

``AI`` and ``AC`` are sets by document of (label, filler[, role]); ``AI+`` and ``AC+`` are multisets that also hold the
trigger. Without roles a filler that an event has in several of them is one item, as in TextEE's sets; given twice in one
role it is two. The filler is

* ``entity`` (default): a predicted argument stands for the gold entity that has exactly its span among its mentions, or,
  where it refers to a predicted time, for that time's (type, value). Predicted entities are never looked at, so one giant
  cluster gains nothing. What hits no gold mention is a false positive.
* ``exact``: the filler is the span of the argument, as in most of the literature.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice

from benchmark.documents import Argument, Document, Entity, Event, Prediction, Span
from benchmark.scoring.core import Grouping, Groups, Key, Metric, Place, grouping
from benchmark.scoring.matching import assign_pairs

Filler = tuple[Event, str, Key]


def entity_fillers(gold: Document, side: Prediction) -> Iterator[Filler]:
    """``(event, role, what the argument stands for)`` for each argument of ``side``.

    A span that is a mention of several gold entities stands for the one that :func:`_standing` finds for it.
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
    standing = _standing(gold, side, at, times.keys()) if any(len(ids) > 1 for ids in at.values()) else {}
    for event in side.events:
        for a in event.arguments:
            time = times.get(a.ref or "")
            ids = at.get((a.start, a.end), ())
            if time:
                yield event, a.role, time
            elif len(ids) < 2:
                yield event, a.role, ("entity", ids[0]) if ids else ("span", a.start, a.end)
            else:
                # Copies of a claim are alike, so it does not matter which of them stands for what.
                yield event, a.role, ("entity", standing[_claim(event, a)].pop())


Slot = tuple[Key, ...]  # trigger, label, role
Claim = tuple[Slot, tuple[int, int, str]]  # slot, span and what the prediction refers to


def _slot(event: Event, role: str) -> Slot:
    return (event.trigger.start, event.trigger.end), event.type, role


def _claim(event: Event, a: Argument) -> Claim:
    return _slot(event, a.role), (a.start, a.end, a.ref or "")


def _standing(
    gold: Document, side: Prediction, at: Mapping[tuple[int, int], Sequence[str]], times: Collection[str]
) -> Mapping[Claim, list[str]]:
    """The gold entity that each copy of a claim stands for, the first copy's last; claims with one candidate included.

    Claims of a slot are given as many of its gold entities as can be, one-to-one. The k-th copy of a claim (same slot,
    span and ``ref``) may only have an entity that gold has k times in the slot: repeating a claim gains nothing that
    gold does not repeat, and the gold as prediction meets itself. What is left over stands for what the span stands for
    elsewhere in the event, or for the first candidate that gold has in an event of the same trigger and label, of the
    same label and role, of the same label, or for the first of all, in order of what gold says of the entities.
    """
    order = {e.id: i for i, e in enumerate(sorted(gold.entities, key=_content))}
    wanted: dict[Slot, Counter[str]] = defaultdict(Counter)
    near: dict[Key, set[str]] = defaultdict(set)
    for event in gold.events:
        for a in event.arguments:
            if a.ref in order:
                slot = _slot(event, a.role)
                wanted[slot][a.ref] += 1
                for place in _around(slot):
                    near[place].add(a.ref)
    claims = Counter(
        _claim(v, a) for v in side.events for a in v.arguments if (a.start, a.end) in at and a.ref not in times
    )
    of_slot: dict[Slot, list[Claim]] = defaultdict(list)
    for claim in sorted(claims):
        of_slot[claim[0]].append(claim)
    met: dict[tuple[Claim, int], str] = {}
    for slot, own in of_slot.items():
        entities = sorted(wanted.get(slot, Counter()).items(), key=lambda item: order[item[0]])
        credit = {
            ((claim, k), (entity, n)): 1
            for claim in own
            for k in range(claims[claim])
            for entity, most in entities
            if entity in at[claim[1][:2]]
            for n in range(k, most)
        }
        met.update((copy, entity) for copy, (entity, _) in assign_pairs(credit))
    known: dict[Key, str] = {}
    for claim, k in sorted(met):
        known.setdefault(_span_of_event(claim), met[claim, k])
    standing = {}
    for claim, copies in claims.items():
        slot, (start, end, _) = claim
        rest = known.get(_span_of_event(claim)) or _nearest(at[start, end], slot, near, order)
        standing[claim] = [met.get((claim, k), rest) for k in reversed(range(copies))]
    return standing


def _span_of_event(claim: Claim) -> Key:
    (trigger, label, _), (start, end, _) = claim
    return trigger, label, start, end


def _content(entity: Entity) -> tuple[list[Span], str, str, str]:
    return sorted(entity.mentions), entity.type, entity.name, entity.id


def _around(slot: Slot) -> tuple[Key, ...]:
    trigger, label, role = slot
    return slot, (trigger, label), (label, role), label


def _nearest(ids: Sequence[str], slot: Slot, near: Mapping[Key, set[str]], order: Mapping[str, int]) -> str:
    candidates = sorted(ids, key=order.__getitem__)
    return next((i for place in _around(slot) for i in candidates if i in near.get(place, ())), candidates[0])


Fillers = tuple[Sequence[Key], Sequence[Key]]  # of some arguments, without and with their roles


def _exact(_: Document, side: Prediction) -> list[Fillers]:
    return [_fillers([((a.start, a.end), a.role) for a in v.arguments]) for v in side.events]


def _entity(gold: Document, side: Prediction) -> list[Fillers]:
    found = entity_fillers(gold, side)
    return [_fillers([(filler, role) for _, role, filler in islice(found, len(v.arguments))]) for v in side.events]


def _fillers(of_event: list[tuple[Key, str]]) -> Fillers:
    """A filler in two roles of an event is one filler; twice in one role it is two."""
    fillers: Sequence[Key] = [filler for filler, _ in of_event]
    if len(set(fillers)) < len(fillers):
        copies = Counter(of_event)
        most = Counter[Key]()
        for (filler, _), n in copies.items():
            most[filler] = max(most[filler], n)
        fillers = list(most.elements())
    return fillers, of_event


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
            f"{'entity' if entity else 'span'}, {'multiset' if attached else 'set by document'}"
            f"{'' if role or not attached else ', once in an event whatever its roles'}."
        ),
        count=grouping(_ENTITY if entity else _EXACT, int(attached), int(role), "multiset" if attached else "set"),
        symmetric=not entity,
        variant={"filler": filler},
    )


METRICS = tuple(_metric(name, entity) for entity in (True, False) for name in ("AI", "AC", "AI+", "AC+"))
