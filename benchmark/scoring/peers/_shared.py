"""What several peers share: joining documents, ratios with 0/0 = 0, fillers of an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from benchmark.documents import Document, Event, Prediction
from benchmark.scoring.matching import Extent

# The roles that GRIT, GTT and PHEE know in the conformance files. Option ``roles`` gives those of another ontology.
ROLES = ("Organizer", "Participant", "Place", "Topic", "Victim")

Filler = tuple[Extent, ...]  # an entity with all its mentions, a time or a bare span with one


def joined(gold: Sequence[Document], predictions: Sequence[Prediction]) -> list[tuple[Document, Prediction]]:
    """Each gold document with its prediction, an empty one where there is none."""
    by_id = {p.doc_id: p for p in predictions}
    return [(d, by_id.get(d.doc_id) or Prediction(doc_id=d.doc_id)) for d in gold]


def roles(options: Mapping[str, object], default: tuple[str, ...] = ROLES) -> tuple[str, ...]:
    """The roles to score: option ``roles``, else those of the peer."""
    chosen = options.get("roles")
    return tuple(map(str, chosen)) if isinstance(chosen, Iterable) else default


def share(part: float, whole: float) -> float:
    """``part / whole``, 0 where ``whole`` is 0."""
    return part / whole if whole else 0.0


def ratios(p_num: float, p_den: float, r_num: float, r_den: float, scale: float = 1.0) -> dict[str, float]:
    """Precision, recall and their harmonic mean, times ``scale``; 0/0 = 0."""
    p, r = share(p_num, p_den), share(r_num, r_den)
    return {"p": scale * p, "r": scale * r, "f1": scale * share(2 * p * r, p + r)}


def _whole(value: float) -> float:
    """A sum of fractions that is a whole number but for rounding, as that number."""
    return round(value) if abs(value - round(value)) < 1e-9 else value


def counted(tp: float, pred: float, gold: float, scale: float = 1.0, name: str = "tp") -> dict[str, float]:
    """Counts and ratios of a metric with one numerator; ``name`` is what the peer calls it."""
    tp = _whole(tp)
    return {name: tp, "pred": pred, "gold": gold, **ratios(tp, pred, tp, gold, scale)}


def fractions(p_num: float, p_den: float, r_num: float, r_den: float) -> dict[str, float]:
    """Counts and ratios of a metric whose precision and recall have numerators of their own."""
    p_num, r_num = _whole(p_num), _whole(r_num)
    parts = {"p_num": p_num, "p_den": p_den, "r_num": r_num, "r_den": r_den}
    return {**parts, **ratios(p_num, p_den, r_num, r_den)}


def common(wanted: Iterable[Hashable], given: Iterable[Hashable]) -> int:
    """Size of the multiset intersection."""
    return (Counter(wanted) & Counter(given)).total()


def fillers(side: Prediction, events: Iterable[Event]) -> dict[str, list[Filler]]:
    """Distinct fillers of each role over ``events``, in order of first appearance.

    With ``ref`` an argument stands for that entity with all its mentions in listed order, or for that time; its own span is
    not used. Without, it stands for its span. Equal references are one filler, and so are equal spans without reference;
    one of each kind is two even on the same span.
    """
    targets: dict[str, Filler] = {e.id: tuple((m.start, m.end) for m in e.mentions) for e in side.entities}
    targets |= {t.id: ((t.start, t.end),) for t in side.times}
    found: dict[str, dict[Hashable, Filler]] = {}
    for event in events:
        for a in event.arguments:
            span = (a.start, a.end)
            known = a.ref is not None and a.ref in targets
            slot = found.setdefault(a.role, {})
            slot.setdefault(a.ref if known else span, targets[a.ref] if known and a.ref is not None else (span,))
    return {role: list(slot.values()) for role, slot in found.items()}


def within(predicted: Filler, gold: Filler) -> bool:
    """Whether every mention of ``predicted`` is one of ``gold``; an empty filler is within nothing."""
    return bool(predicted) and set(predicted) <= set(gold)


def same_type(gold: Prediction, prediction: Prediction) -> Iterator[tuple[list[int], list[int]]]:
    """Indices of the gold and of the predicted events of each type that both sides have."""
    for kind in dict.fromkeys(v.type for v in gold.events):
        theirs = [j for j, v in enumerate(prediction.events) if v.type == kind]
        if theirs:
            yield [i for i, v in enumerate(gold.events) if v.type == kind], theirs
