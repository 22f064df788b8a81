"""Partial credit over triggers: the verdicts of MUC-5 and SemEval-2013 task 9, and Dice nuggets (TAC KBP).

*Verdicts.* Triggers of gold and prediction are paired one-to-one, independent of order
(:func:`benchmark.scoring.matching.align`): equal extents first, then most overlaps, then most equal labels. Of the
pairs, ``Partial-type`` takes as correct those with equal labels, ``Partial-exact`` those with equal extents,
``Partial`` those with equal extents in full and the others at one half. The rest of what was predicted is incorrect
or spurious, the rest of gold incorrect or missing: both count in the denominators (``possible`` and ``actual`` of the
field).

*Nuggets.* The credit of a pair is Dice, 2 × common characters / sum of lengths; triggers are assigned so that the
total is largest, among all pairs (``Nugget-span``), those of equal label (``Nugget-type``) or of equal factuality
(``Nugget-fact``). Predictions in documents without events count.

Distinct extents are matched one-to-one, so one long trigger given several times does not cover several gold triggers.
Long triggers still earn credit that exact metrics do not give: read these beside ``TC``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import DocumentCounter, Metric, Rows
from benchmark.scoring.matching import Extent, align, assign_pairs


def extent(event: Event) -> Extent:
    """Extent of the trigger."""
    return event.trigger.start, event.trigger.end


def dice(one: Extent, other: Extent) -> float:
    """2 × common characters / sum of lengths."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * common / (one[1] - one[0] + other[1] - other[0]) if common > 0 else 0.0


def trigger_pairs(gold: Prediction, prediction: Prediction) -> list[tuple[Event, Event]]:
    """Events whose triggers are equal or overlap, paired as the module says."""
    pairs = align(
        [(extent(v), v.type) for v in gold.events],
        [(extent(v), v.type) for v in prediction.events],
        lambda g, p: (g == p,),
    )
    return [(gold.events[i], prediction.events[j]) for i, j in pairs]


def _verdicts(credit: Callable[[Event, Event], float]) -> DocumentCounter:
    def count(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
        total = sum(credit(g, p) for g, p in trigger_pairs(gold, prediction))
        return {"": (total, len(prediction.events), total, len(gold.events))}

    return count


def _same_type(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
    wanted, given = Counter(v.type for v in gold.events), Counter(v.type for v in prediction.events)
    right = Counter(g.type for g, p in trigger_pairs(gold, prediction) if g.type == p.type)
    return {label: (right[label], given[label], right[label], wanted[label]) for label in wanted | given}


def _nuggets(label: Callable[[Event], str], keep: bool) -> DocumentCounter:
    """Counter of Dice nuggets within equal ``label``; ``keep`` says whether rows are by that label."""

    def count(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
        sides: list[dict[str, Counter[Extent]]] = []
        for side in (gold, prediction):
            table: dict[str, Counter[Extent]] = defaultdict(Counter)
            for event in side.events:
                table[label(event)][extent(event)] += 1
            sides.append(table)
        wanted, given = sides
        rows: dict[str, list[float]] = {}
        for name in wanted | given:
            want, give = wanted.get(name, Counter()), given.get(name, Counter())
            credit = {(g, p): dice(g, p) * min(n, give[p]) for g, n in want.items() for p in give}
            row = rows.setdefault(name if keep else "", [0.0, 0, 0])
            row[0] += sum(credit[pair] for pair in assign_pairs(credit))
            row[1] += give.total()
            row[2] += want.total()
        return {name: (credit, p, credit, g) for name, (credit, p, g) in rows.items()}

    return count


_EXACT = "Triggers paired one-to-one by overlap; correct are those with equal"
_DICE = "Triggers paired one-to-one for the largest total Dice of characters (EvmEval, optimal assignment)"

METRICS = (
    Metric("Partial-type", "partial", f"{_EXACT} labels (SemEval-2013, type).", _same_type),
    Metric(
        "Partial-exact",
        "partial",
        f"{_EXACT} extents, labels ignored (SemEval-2013, exact).",
        _verdicts(lambda g, p: g.trigger == p.trigger),
    ),
    Metric(
        "Partial",
        "partial",
        f"{_EXACT} extents, other overlaps count one half, labels ignored (SemEval-2013, partial).",
        _verdicts(lambda g, p: 1 if g.trigger == p.trigger else 0.5),
    ),
    Metric("Nugget-span", "partial", f"{_DICE}.", _nuggets(lambda v: "", keep=False)),
    Metric("Nugget-type", "partial", f"{_DICE}, labels equal.", _nuggets(lambda v: v.type, keep=True)),
    Metric("Nugget-fact", "partial", f"{_DICE}, factualities equal.", _nuggets(lambda v: v.factuality, keep=False)),
)
