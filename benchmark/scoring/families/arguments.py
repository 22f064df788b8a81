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
from collections.abc import Iterator, Mapping, Sequence

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import DocumentCounter, Key, Metric, Projection, projection

Filler = tuple[Event, str, Key]


def exact_fillers(_: Document, side: Prediction) -> Iterator[Filler]:
    """``(event, role, (start, end))`` for each argument of ``side``."""
    for event in side.events:
        for argument in event.arguments:
            yield event, argument.role, (argument.start, argument.end)


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


def _counter(entity: bool, role: bool, attached: bool) -> DocumentCounter:
    fillers = entity_fillers if entity else exact_fillers

    def project(gold: Document, side: Prediction, _: Ontology) -> Iterator[tuple[str, Key]]:
        for event, name, filler in fillers(gold, side):
            trigger = event.trigger if attached else None
            yield event.type, (trigger and (trigger.start, trigger.end), filler, name if role else None)

    counted: Projection = project
    return projection(counted, "multiset" if attached else "set")


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
        count=_counter(entity, role, attached),
        symmetric=not entity,
        variant={"filler": filler},
    )


METRICS = tuple(_metric(name, entity) for entity in (True, False) for name in ("AI", "AC", "AI+", "AC+"))
