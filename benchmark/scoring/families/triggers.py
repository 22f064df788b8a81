"""Trigger identification and classification: multisets of (document, trigger span, some part of the label).

TI and TC are the field's names (Ji & Grishman 2008; TextEE 2024). The other three cut the label otherwise: its phase, its
format, and the label together with the factuality of the mention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import Key, Metric, projection

Naming = Callable[[Event, Ontology], tuple[str, Key]]


def _projected(name: Naming) -> Callable[[Document, Prediction, Ontology], Iterator[tuple[str, Key]]]:
    def project(_: Document, side: Prediction, ontology: Ontology) -> Iterator[tuple[str, Key]]:
        for event in side.events:
            label, extra = name(event, ontology)
            yield label, (event.trigger.start, event.trigger.end, extra)

    return project


def _phase(event: Event, ontology: Ontology) -> tuple[str, Key]:
    label = ontology.labels.get(event.type)
    return (label.phase or event.type) if label else event.type, None


def _format(event: Event, ontology: Ontology) -> tuple[str, Key]:
    label = ontology.labels.get(event.type)
    return (label.format or event.type) if label else event.type, None


METRICS = (
    Metric(
        name="TI",
        family="triggers",
        definition="Trigger identification: (document, span).",
        count=projection(_projected(lambda event, _: ("", None))),
    ),
    Metric(
        name="TC",
        family="triggers",
        definition="Trigger classification: (document, span, label).",
        count=projection(_projected(lambda event, _: (event.type, None))),
    ),
    Metric(
        name="TC-phase",
        family="triggers",
        definition="Trigger classification by phase: (document, span, phase of the label; an act counts as itself).",
        count=projection(_projected(_phase)),
    ),
    Metric(
        name="TC-format",
        family="triggers",
        definition="Trigger classification by format: (document, span, format of the label; an act counts as itself).",
        count=projection(_projected(_format)),
    ),
    Metric(
        name="TC-fact",
        family="triggers",
        definition="Trigger classification with factuality: (document, span, label, factuality).",
        count=projection(_projected(lambda event, _: (event.type, event.factuality))),
    ),
)
