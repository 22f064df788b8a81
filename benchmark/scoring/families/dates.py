"""Dates that count: the normalised value of an event's dates.

``Date-V`` is a multiset of (trigger, label, role, value) over the roles that times fill. Gold values count when they are
a resolved DATE or TIME (a TIME is cut to its day). What several expressions say of one role of an event (« jeudi soir »,
« le 16 octobre ») counts once; one expression given twice counts twice. Every predicted argument in such a role counts:
one without a resolved value is a false positive, unless it repeats a gold value of its slot that is itself unresolved.

``Date-V~`` also accepts a prediction one step coarser that wholly contains the gold value (day → week or month, month →
year), never a finer one.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from benchmark.documents import Document, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import Match, Metric, Rows, paired
from benchmark.scoring.matching import assign

_DATED_TYPES = ("DATE", "TIME")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"\d{4}-\d\d")

Slot = tuple[str, int, int, str]


def is_resolved(value: str) -> bool:
    """Whether a TIMEX3 value leaves nothing open."""
    return "X" not in value and not value.endswith("_REF")


def resolved(kind: str, value: str) -> str | None:
    """The value as a date, a TIME cut to its day; ``None`` for what is no date or is not resolved."""
    if kind not in _DATED_TYPES or not is_resolved(value):
        return None
    return value.split("T", 1)[0] or None


def contains(coarse: str, fine: str) -> bool:
    """Whether ``coarse`` is one step coarser than ``fine`` and wholly contains it."""
    if _DAY.fullmatch(fine):
        if coarse == fine[:7]:
            return True
        try:
            year, week, _ = datetime.date.fromisoformat(fine).isocalendar()
        except ValueError:
            return False
        return coarse == f"{year:04d}-W{week:02d}"
    return _MONTH.fullmatch(fine) is not None and coarse == fine[:4]


def _dates(side: Prediction, ontology: Ontology) -> dict[Slot, list[tuple[str, str]]]:
    """Type and value of each date of ``side`` by slot; ``("", "")`` for an argument that refers to no time."""
    times = {t.id: (t.type, t.value) for t in side.times}
    slots: dict[Slot, list[tuple[str, str]]] = defaultdict(list)
    for event in side.events:
        said: dict[tuple[str, object], Counter[tuple[str, str, str]]] = defaultdict(Counter)
        for a in event.arguments:
            if a.role in ontology.time_roles:
                value = times.get(a.ref or "", ("", ""))
                said[a.role, resolved(*value) or value][a.ref or "", *value] += 1
        for (role, _), expressions in said.items():
            (_, kind, what), copies = max(expressions.items(), key=lambda item: (item[1], item[0]))
            slots[event.type, event.trigger.start, event.trigger.end, role] += [(kind, what)] * copies
    return slots


def _slots(
    gold: Document, prediction: Prediction, ontology: Ontology
) -> Iterator[tuple[Slot, list[str], list[str | None]]]:
    """The values that are scored in each slot: gold ones, and predicted ones (``None`` is not resolved)."""
    wanted, given = _dates(gold, ontology), _dates(prediction, ontology)
    for slot in sorted(wanted.keys() | given.keys()):
        unscored = Counter(value for value in wanted.get(slot, ()) if resolved(*value) is None)
        want = [found for value in wanted.get(slot, ()) if (found := resolved(*value))]
        # What repeats a gold value that is not scored is not scored either.
        give = [resolved(*value) for value in (Counter(given.get(slot, ())) - unscored).elements()]
        yield slot, want, give


def _met(want: Sequence[str], give: Sequence[str | None], lenient: bool) -> list[tuple[int, int]]:
    fits = [[g is not None and (g == w or (lenient and contains(g, w))) for g in give] for w in want]
    if len(want) < 2 and len(give) < 2:  # nearly always: no matrix for one pair
        return [(0, 0)] if want and give and fits[0][0] else []
    return assign(fits)


def _count(gold: Document, prediction: Prediction, ontology: Ontology, lenient: bool) -> Rows:
    rows: dict[str, list[int]] = {}
    for slot, want, give in _slots(gold, prediction, ontology):
        row = rows.setdefault(slot[0], [0, 0, 0])
        row[0] += len(_met(want, give, lenient))
        row[1] += len(want)
        row[2] += len(give)
    return {label: (tp, p, tp, g) for label, (tp, g, p) in rows.items()}


def _items(gold: Document, prediction: Prediction, ontology: Ontology, lenient: bool) -> Iterator[Match]:
    for (label, *place), want, give in _slots(gold, prediction, ontology):
        yield from paired(
            [(label, (*place, value)) for value in want],
            [(label, (*place, value or "not resolved")) for value in give],
            ((i, j, 1) for i, j in _met(want, give, lenient)),
        )


METRICS = (
    Metric(
        name="Date-V",
        family="dates",
        definition="Normalised dates: multiset of (trigger, label, role, value), values equal.",
        count=lambda gold, prediction, ontology: _count(gold, prediction, ontology, lenient=False),
        items=lambda gold, prediction, ontology: _items(gold, prediction, ontology, lenient=False),
        symmetric=False,
    ),
    Metric(
        name="Date-V~",
        family="dates",
        definition="Date-V that accepts a value one step coarser which contains the gold value.",
        count=lambda gold, prediction, ontology: _count(gold, prediction, ontology, lenient=True),
        items=lambda gold, prediction, ontology: _items(gold, prediction, ontology, lenient=True),
        symmetric=False,
    ),
)
