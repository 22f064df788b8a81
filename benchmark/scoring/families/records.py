"""Records: what a document says of each encounter, as one form filled in (CEAF-RME, Chen et al. 2023; CEAF-REE, Du et
al. 2021).

One record per (document, encounter, label, negated or not); its slots are the roles, filled over all mentions of the
encounter, so that an argument repeated over mentions counts once. An event without ``encounter`` gives a record of
its own; of several such that say exactly the same one counts, so repeating a prediction gains nothing.

*Fillers.* An argument that refers to an entity stands for it with all its mentions, the argument's own span among
them; one that refers to a time stands for its (type, value), whichever expression gives it; one without ``ref`` for
its own span. A time whose value is not resolved says nothing that could be compared: it is left out, on both sides.

*Similarity.* φ⊆ pairs the fillers of a role one-to-one where all mentions of the predicted one are mentions of the
gold one; φ3 pairs them for most common mentions (a time is one mention). Records of equal label and negation are then
paired one-to-one within a document for the largest total.

``Record`` divides the total of φ⊆ by the numbers of fillers, ``Record-phi3`` that of φ3 by the numbers of mentions
(with fillers as the denominator it could exceed 1), ``Record-exact`` counts the records whose slots are all filled as
gold fills them. ``CEAF-REE`` leaves events aside: φ⊆ over the fillers of each role in the document; its rows are by
role.

Unlike the IterX scorer, two predicted fillers never hit the same gold filler. What remains to be gamed: φ⊆ gives a
single right mention full credit, and takes it back for one mention that gold does not list, so a system does best by
listing only the mention that it is surest of; φ3 rewards the whole list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import Key, Lister, Match, Metric, Rows, paired
from benchmark.scoring.families.dates import is_resolved
from benchmark.scoring.matching import assign_pairs

Filler = frozenset[Hashable]  # the mentions of an entity, or the one (type, value) of a time
Slots = Mapping[str, list[Filler]]
Similarity = Callable[[Filler, Filler], float]


class Record(NamedTuple):
    """One record: what kind it is, who and what fills it, and a name for it."""

    label: str
    negated: bool
    slots: Slots
    name: str


def slots(side: Prediction, events: Iterable[Event]) -> Slots:
    """Distinct fillers of each role over ``events`` of ``side``."""
    entities = {e.id: e.mentions for e in side.entities}
    times = {t.id: t for t in side.times}
    found: dict[str, dict[Hashable, set[Hashable]]] = defaultdict(dict)
    for event in events:
        for a in event.arguments:
            own = (a.start, a.end)
            time = times.get(a.ref or "")
            if time is not None:
                if is_resolved(time.value):
                    value = (time.type, time.value)
                    found[a.role][value] = {value}
            elif a.ref in entities:
                filler = found[a.role].get(a.ref)
                if filler is None:
                    filler = found[a.role][a.ref] = {(m.start, m.end) for m in entities[a.ref]}
                filler.add(own)
            else:
                found[a.role][own] = {own}
    return {role: [frozenset(filler) for filler in fillers.values()] for role, fillers in found.items()}


def records(side: Prediction, ontology: Ontology) -> list[Record]:
    """Records of one document."""
    groups: dict[tuple[Hashable, str, bool], list[Event]] = defaultdict(list)
    for i, event in enumerate(side.events):
        negated = event.factuality in ontology.negating
        groups[i if event.encounter is None else event.encounter, event.type, negated].append(event)
    found = []
    said: set[Hashable] = set()
    for (encounter, label, negated), events in groups.items():
        name = events[0].id if isinstance(encounter, int) else str(encounter)
        record = Record(label, negated, slots(side, events), f"{name}, negated" if negated else name)
        if isinstance(encounter, int):
            content = (label, negated, frozenset((role, frozenset(f)) for role, f in record.slots.items()))
            if content in said:
                continue
            said.add(content)
        found.append(record)
    return found


def subset(gold: Filler, predicted: Filler) -> float:
    """φ⊆: 1 where all mentions of the predicted filler are mentions of the gold one."""
    return 1 if predicted <= gold else 0


def common(gold: Filler, predicted: Filler) -> float:
    """φ3: number of common mentions."""
    return len(gold & predicted)


def filler_pairs(ours: Sequence[Filler], theirs: Sequence[Filler], phi: Similarity) -> list[tuple[int, int, float]]:
    """``(gold index, predicted index, phi)`` of the one-to-one pairing of fillers with the largest total."""
    if len(ours) == len(theirs) == 1:
        credit_of_one = phi(ours[0], theirs[0])
        return [(0, 0, credit_of_one)] if credit_of_one else []
    credit = {(i, j): phi(g, p) for i, g in enumerate(ours) for j, p in enumerate(theirs)}
    return [(i, j, credit[i, j]) for i, j in assign_pairs(credit)]


def similarity(gold: Slots, predicted: Slots, phi: Similarity) -> float:
    """Largest total of ``phi`` over one-to-one pairings of fillers of the same role."""
    return sum(
        credit
        for role, theirs in predicted.items()
        if role in gold
        for _, _, credit in filler_pairs(gold[role], theirs, phi)
    )


def _fillers(side: Slots) -> int:
    return sum(map(len, side.values()))


def _mentions(side: Slots) -> int:
    return sum(len(filler) for fillers in side.values() for filler in fillers)


def _exact(gold: Slots, predicted: Slots) -> float:
    same = {r: len(f) for r, f in gold.items()} == {r: len(f) for r, f in predicted.items()}
    return 1 if same and similarity(gold, predicted, subset) == _fillers(gold) else 0


class _Kind(NamedTuple):
    """The records of one label and negation on both sides, and how they are paired."""

    label: str
    gold: Sequence[Record]
    given: Sequence[Record]
    pairs: Sequence[tuple[int, int, float]]


def _kinds(
    gold: Prediction, prediction: Prediction, ontology: Ontology, credit: Callable[[Slots, Slots], float]
) -> Iterator[_Kind]:
    wanted: dict[tuple[str, bool], list[Record]] = defaultdict(list)
    given: dict[tuple[str, bool], list[Record]] = defaultdict(list)
    for table, side in ((wanted, gold), (given, prediction)):
        for record in records(side, ontology):
            table[record.label, record.negated].append(record)
    for kind in [*wanted, *(k for k in given if k not in wanted)]:
        ours, theirs = wanted.get(kind, []), given.get(kind, [])
        scores = {(i, j): credit(g.slots, p.slots) for i, g in enumerate(ours) for j, p in enumerate(theirs)}
        yield _Kind(kind[0], ours, theirs, [(i, j, scores[i, j]) for i, j in assign_pairs(scores)])


def _count(
    gold: Prediction,
    prediction: Prediction,
    ontology: Ontology,
    credit: Callable[[Slots, Slots], float],
    size: Callable[[Slots], int],
) -> Rows:
    rows: dict[str, list[float]] = {}
    for kind in _kinds(gold, prediction, ontology, credit):
        row = rows.setdefault(kind.label, [0, 0, 0])
        row[0] += sum(gained for _, _, gained in kind.pairs)
        row[1] += sum(size(record.slots) for record in kind.given)
        row[2] += sum(size(record.slots) for record in kind.gold)
    return {label: (tp, p, tp, g) for label, (tp, p, g) in rows.items()}


def _shown(slots: Slots) -> list[tuple[str, Key]]:
    """Fillers for a person to read, each with its role."""
    return [(role, (role, *_in_order(filler))) for role, fillers in slots.items() for filler in fillers]


def _in_order(filler: Filler) -> Iterator[Key]:
    """The mentions of a filler: extents, or the (type, value) of a time, marked as one."""
    for one, other in sorted(cast(frozenset[tuple[Any, Any]], filler)):
        yield (one, other) if isinstance(one, int) else ("time", one, other)


def _listed(phi: Similarity) -> Lister:
    """The fillers of paired records, each named, role by role; those of a record that met none stand alone."""

    def items(gold: Document, prediction: Prediction, ontology: Ontology) -> Iterator[Match]:
        for kind in _kinds(gold, prediction, ontology, lambda g, p: similarity(g, p, phi)):
            met_gold, met_given = {i for i, _, _ in kind.pairs}, {j for _, j, _ in kind.pairs}
            nothing = Record(kind.label, False, {}, "")
            forms = [(kind.gold[i], kind.given[j]) for i, j, _ in kind.pairs]
            forms += [(g, nothing) for i, g in enumerate(kind.gold) if i not in met_gold]
            forms += [(nothing, p) for j, p in enumerate(kind.given) if j not in met_given]
            for ours, theirs in forms:
                for match in _slot_items(ours.slots, theirs.slots, phi):
                    want, give = match.gold and (ours.name, match.gold), match.given and (theirs.name, match.given)
                    yield Match(kind.label, want, give, match.credit)

    return items


def _slot_items(ours: Slots, theirs: Slots, phi: Similarity) -> Iterator[Match]:
    """Fillers one-to-one within each role, which is the label."""
    for role in dict.fromkeys([*ours, *theirs]):
        want, give = ours.get(role, []), theirs.get(role, [])
        yield from paired(_shown({role: want}), _shown({role: give}), filler_pairs(want, give, phi))


def _exact_items(gold: Document, prediction: Prediction, ontology: Ontology) -> Iterator[Match]:
    for kind in _kinds(gold, prediction, ontology, _exact):
        wanted, given = (
            [(kind.label, (record.name, *(filler for _, filler in _shown(record.slots)))) for record in side]
            for side in (kind.gold, kind.given)
        )
        yield from paired(wanted, given, kind.pairs)


def _record(gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
    return _count(gold, prediction, ontology, lambda g, p: similarity(g, p, subset), _fillers)


def _record_phi3(gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
    return _count(gold, prediction, ontology, lambda g, p: similarity(g, p, common), _mentions)


def _record_exact(gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
    return _count(gold, prediction, ontology, _exact, lambda _: 1)


def _ree(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
    ours, theirs = slots(gold, gold.events), slots(prediction, prediction.events)
    rows = {}
    for role in sorted(ours.keys() | theirs.keys()):
        want, give = ours.get(role, []), theirs.get(role, [])
        total = similarity({role: want}, {role: give}, subset)
        rows[role] = (total, len(give), total, len(want))
    return rows


def _ree_items(gold: Document, prediction: Prediction, _: Ontology) -> Iterator[Match]:
    return _slot_items(slots(gold, gold.events), slots(prediction, prediction.events), subset)


METRICS = (
    Metric(
        "Record",
        "records",
        "CEAF-RME φ⊆ over records of (document, encounter, label, negated), entity denominators (Chen et al. 2023).",
        _record,
        items=_listed(subset),
        symmetric=False,
        variant={"phi": "subset", "filler": "entity"},
    ),
    Metric(
        "Record-phi3",
        "records",
        "CEAF-RME φ3 over the same records, mention denominators (Chen et al. 2023).",
        _record_phi3,
        items=_listed(common),
        variant={"phi": "3", "filler": "mention"},
    ),
    Metric(
        "Record-exact",
        "records",
        "Records whose slots all hold the fillers of a gold record, one-to-one by φ⊆, and nothing else.",
        _record_exact,
        items=_exact_items,
        symmetric=False,
        variant={"phi": "subset"},
    ),
    Metric(
        "CEAF-REE",
        "records",
        "Fillers of each role over the document, one-to-one by φ⊆, whatever the event (Du et al. 2021).",
        _ree,
        items=_ree_items,
        symmetric=False,
        variant={"phi": "subset", "filler": "entity"},
    ),
)
