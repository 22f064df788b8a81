"""Factuality on matched triggers: scikit-learn's macro F1 over the classes.

The sample is the triggers that the system found (equal span and label), another one for each system: the figure that
compares systems is ``TC-fact``. A row is the confusion matrix of the unit, flattened, so that rows add.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from benchmark.documents import Document, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import Array, Metric, Rows, ratio

# A row holds a matrix of this many classes; an ontology has three or four.
CLASSES = 6


def matched(gold: Document, prediction: Prediction) -> Iterator[tuple[str, str, str]]:
    """``(label, gold factuality, predicted factuality)`` of each trigger found, equal factualities paired first."""
    wanted: dict[tuple[int, int, str], Counter[str]] = defaultdict(Counter)
    given: dict[tuple[int, int, str], Counter[str]] = defaultdict(Counter)
    for table, side in ((wanted, gold), (given, prediction)):
        for event in side.events:
            table[event.trigger.start, event.trigger.end, event.type][event.factuality] += 1
    for key, want in wanted.items():
        give = given.get(key, Counter())
        both = want & give
        rest = zip(sorted((want - both).elements()), sorted((give - both).elements()), strict=False)
        yield from ((key[2], f, f) for f in both.elements())
        yield from ((key[2], g, p) for g, p in rest)


def _count(gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
    index = {name: i for i, name in enumerate(ontology.factuality)}
    row = [0.0] * (CLASSES * CLASSES)
    for _, want, give in matched(gold, prediction):
        row[index[want] * CLASSES + index[give]] += 1
    return {"": tuple(row)}


def _macro_f1(rows: Array) -> Array:
    matrix = rows.reshape(*rows.shape[:-1], CLASSES, CLASSES)
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    total = matrix.sum(-1) + matrix.sum(-2)
    present = total > 0
    scores = np.where(present, ratio(2 * hits, total), 0.0)
    return ratio(scores.sum(-1), present.sum(-1))


METRICS = (
    Metric(
        name="Factuality",
        family="factuality",
        definition="Macro F1 over the factuality classes in gold or prediction, on triggers found (scikit-learn).",
        count=_count,
        columns=CLASSES * CLASSES,
        value=_macro_f1,
    ),
)
