"""French time expressions: where they stand, and their TIMEX3 value against the date of publication.

Rules, in four parts: numbers in words (:mod:`~baselines.dates.numbers`), how a time is said
(:mod:`~baselines.dates.grammar`), what it leans on (:mod:`~baselines.dates.context`), and what it amounts to
(:mod:`~baselines.dates.values`). A document is read from left to right: what leans on another date (*la veille*, *trois
jours plus tard*, *le 12*) leans on the last one named; what leans on the reader's today leans on the date of publication.
Without that date, what cannot be resolved keeps X.
"""

from __future__ import annotations

from collections.abc import Sequence

from baselines.dates import grammar, values
from baselines.dates.context import Context
from baselines.dates.numbers import number
from benchmark.documents import MAX_ITEMS, Document, Time

__all__ = ["find", "in_zone", "normalise", "number"]


def find(document: Document) -> list[Time]:
    """Time expressions of a document, in order, with type and value; those of zones are left out."""
    context = Context(document)
    times: list[Time] = []
    for expression in grammar.scan(context.text):
        start, end = expression.start, expression.end
        if in_zone(document, start, end) or not values.is_time(expression, context):
            continue
        if (found := values.value(expression, context)) is not None:
            times.append(Time(f"T{len(times) + 1}", start, end, *found))
            if len(times) == MAX_ITEMS:
                break
    return times


def in_zone(document: Document, start: int, end: int) -> bool:
    """Whether characters ``start`` to ``end`` touch a zone, where nothing is annotated."""
    return any(zone.start < end and start < zone.end for zone in document.zones)


def normalise(document: Document, spans: Sequence[tuple[int, int]]) -> list[tuple[str, str] | None]:
    """Type and value of the time expressions at ``spans`` (start, end), in their order.

    The spans should be all the expressions of the document, since each may lean on those before it. ``None`` stands for
    one that is not understood.
    """
    context = Context(document)
    found: dict[tuple[int, int], tuple[str, str] | None] = {}
    for start, end in sorted(set(spans)):
        tried = (values.value(e, context) for e in grammar.readings(context.text, start, end))
        found[start, end] = next((value for value in tried if value is not None), None)
    return [found[span] for span in spans]
