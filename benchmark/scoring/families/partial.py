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
from collections.abc import Callable, Iterator

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import DocumentCounter, Key, Lister, Match, Metric, Rows, paired
from benchmark.scoring.matching import Extent, align, assign_pairs


def extent(event: Event) -> Extent:
    """Extent of the trigger."""
    return event.trigger.start, event.trigger.end


def dice(one: Extent, other: Extent) -> float:
    """2 × common characters / sum of lengths."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * common / (one[1] - one[0] + other[1] - other[0]) if common > 0 else 0.0


def _pairs(gold: Prediction, prediction: Prediction) -> list[tuple[int, int]]:
    return align(
        [(extent(v), v.type) for v in gold.events],
        [(extent(v), v.type) for v in prediction.events],
        lambda g, p: (g == p,),
    )


def trigger_pairs(gold: Prediction, prediction: Prediction) -> list[tuple[Event, Event]]:
    """Events whose triggers are equal or overlap, paired as the module says."""
    return [(gold.events[i], prediction.events[j]) for i, j in _pairs(gold, prediction)]


def _verdicts(credit: Callable[[Event, Event], float]) -> DocumentCounter:
    def count(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
        total = sum(credit(g, p) for g, p in trigger_pairs(gold, prediction))
        return {"": (total, len(prediction.events), total, len(gold.events))}

    return count


def _exactly(gold: Event, given: Event) -> float:
    return gold.trigger == given.trigger


def _half(gold: Event, given: Event) -> float:
    return 1 if gold.trigger == given.trigger else 0.5


def _same_type(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
    wanted, given = Counter(v.type for v in gold.events), Counter(v.type for v in prediction.events)
    right = Counter(g.type for g, p in trigger_pairs(gold, prediction) if g.type == p.type)
    return {label: (right[label], given[label], right[label], wanted[label]) for label in wanted | given}


def _items(credit: Callable[[Event, Event], float], labelled: bool = False) -> Lister:
    """The pairs of triggers with their ``credit``."""

    def listed(side: Prediction) -> list[tuple[str, Key]]:
        return [(v.type if labelled else "", (*extent(v), v.type)) for v in side.events]

    def items(gold: Document, prediction: Prediction, _: Ontology) -> Iterator[Match]:
        met = ((i, j, credit(gold.events[i], prediction.events[j])) for i, j in _pairs(gold, prediction))
        return paired(listed(gold), listed(prediction), met)

    return items


Extents = Counter[Extent]


def _by(label: Callable[[Event], str], gold: Prediction, prediction: Prediction) -> list[tuple[str, Extents, Extents]]:
    """Extents of gold and of predicted triggers for each ``label`` of an event."""
    sides: list[dict[str, Extents]] = []
    for side in (gold, prediction):
        table: dict[str, Extents] = defaultdict(Counter)
        for event in side.events:
            table[label(event)][extent(event)] += 1
        sides.append(table)
    wanted, given = sides
    return [(name, wanted.get(name, Counter()), given.get(name, Counter())) for name in wanted | given]


def _dice_pairs(want: Extents, give: Extents) -> Iterator[tuple[Extent, Extent, float]]:
    """Pairs of extents with the Dice of all their copies."""
    credit = {(g, p): dice(g, p) * min(n, give[p]) for g, n in want.items() for p in give}
    return ((*pair, credit[pair]) for pair in assign_pairs(credit))


def _nuggets(label: Callable[[Event], str], keep: bool) -> DocumentCounter:
    """Counter of Dice nuggets within equal ``label``; ``keep`` says whether rows are by that label."""

    def count(gold: Document, prediction: Prediction, _: Ontology) -> Rows:
        rows: dict[str, list[float]] = {}
        for name, want, give in _by(label, gold, prediction):
            row = rows.setdefault(name if keep else "", [0.0, 0, 0])
            row[0] += sum(credit for _, _, credit in _dice_pairs(want, give))
            row[1] += give.total()
            row[2] += want.total()
        return {name: (credit, p, credit, g) for name, (credit, p, g) in rows.items()}

    return count


def _nugget_items(label: Callable[[Event], str], keep: bool) -> Lister:
    def items(gold: Document, prediction: Prediction, _: Ontology) -> Iterator[Match]:
        for name, want, give in _by(label, gold, prediction):
            met_gold, met_given = Counter[Extent](), Counter[Extent]()
            shown = name if keep else ""
            for g, p, credit in _dice_pairs(want, give):
                met_gold[g] = met_given[p] = copies = min(want[g], give[p])
                yield from [Match(shown, (*g, name), (*p, name), credit / copies)] * copies
            yield from (Match(shown, (*g, name), None, 0) for g in (want - met_gold).elements())
            yield from (Match(shown, None, (*p, name), 0) for p in (give - met_given).elements())

    return items


def _nugget(name: str, definition: str, label: Callable[[Event], str], keep: bool = False) -> Metric:
    return Metric(name, "partial", definition, _nuggets(label, keep), items=_nugget_items(label, keep))


_EXACT = "Triggers paired one-to-one by overlap; correct are those with equal"
_DICE = "Triggers paired one-to-one for the largest total Dice of characters (EvmEval, optimal assignment)"

METRICS = (
    Metric(
        "Partial-type",
        "partial",
        f"{_EXACT} labels (SemEval-2013, type).",
        _same_type,
        items=_items(lambda g, p: g.type == p.type, labelled=True),
    ),
    Metric(
        "Partial-exact",
        "partial",
        f"{_EXACT} extents, labels ignored (SemEval-2013, exact).",
        _verdicts(_exactly),
        items=_items(_exactly),
    ),
    Metric(
        "Partial",
        "partial",
        f"{_EXACT} extents, other overlaps count one half, labels ignored (SemEval-2013, partial).",
        _verdicts(_half),
        items=_items(_half),
    ),
    _nugget("Nugget-span", f"{_DICE}.", lambda v: ""),
    _nugget("Nugget-type", f"{_DICE}, labels equal.", lambda v: v.type, keep=True),
    _nugget("Nugget-fact", f"{_DICE}, factualities equal.", lambda v: v.factuality),
)
