"""Trigger identification and classification: multisets of (document, trigger span, some part of the label).

TI and TC are the field's names (Ji & Grishman 2008; TextEE 2024). The other three cut the label otherwise: its phase, its
format, and the label together with the factuality of the mention.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmark.documents import Event
from benchmark.ontology import Ontology
from benchmark.scoring.core import Metric, Projected, projection

Naming = Callable[[Event, Ontology], str]


def _spans(name: Naming) -> Projected:
    """Compares (what ``name`` makes of the label, span)."""
    return projection(
        lambda _, side, ontology: [(name(v, ontology), (v.trigger.start, v.trigger.end)) for v in side.events]
    )


def phase_of(event: Event, ontology: Ontology) -> str:
    """Phase of the label; an act counts as itself."""
    label = ontology.labels.get(event.type)
    return (label.phase or event.type) if label else event.type


def format_of(event: Event, ontology: Ontology) -> str:
    """Format of the label; an act counts as itself."""
    label = ontology.labels.get(event.type)
    return (label.format or event.type) if label else event.type


METRICS = (
    Metric(
        name="TI",
        family="triggers",
        definition="Trigger identification: (document, span).",
        count=_spans(lambda event, _: ""),
    ),
    Metric(
        name="TC",
        family="triggers",
        definition="Trigger classification: (document, span, label).",
        count=_spans(lambda event, _: event.type),
    ),
    Metric(
        name="TC-phase",
        family="triggers",
        definition="Trigger classification by phase: (document, span, phase of the label; an act counts as itself).",
        count=_spans(phase_of),
    ),
    Metric(
        name="TC-format",
        family="triggers",
        definition="Trigger classification by format: (document, span, format of the label; an act counts as itself).",
        count=_spans(format_of),
    ),
    Metric(
        name="TC-fact",
        family="triggers",
        definition="Trigger classification with factuality: (document, span, label, factuality).",
        count=projection(
            lambda _, side, __: [(v.type, (v.trigger.start, v.trigger.end, v.factuality)) for v in side.events]
        ),
    ),
)
