"""The centre of scoring: statistics that add, and the declaration of a metric.

A metric turns one unit (a document, or the documents of a storyline) into a row of numbers for each label. Rows add: over
labels to the micro score, over units to the corpus, over shards to the whole; every score, interval and test is a fold
over them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmark.documents import Document, Prediction
from benchmark.ontology import Ontology

Row = tuple[float, ...]
Rows = Mapping[str, Row]  # label → row; the label is "" where the metric knows none
Array = NDArray[np.float64]


class Counts(NamedTuple):
    """The four sums that precision, recall and F1 are made of. Integers for most families."""

    p_num: float
    p_den: float
    r_num: float
    r_den: float


def ratio(numerator: Array, denominator: Array) -> Array:
    """``numerator / denominator``, NaN (undefined) where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / np.where(denominator > 0, denominator, 1), np.nan)


def precision(rows: Array) -> Array:
    """Precision of rows ``(..., 4)``; NaN where nothing was predicted."""
    return ratio(rows[..., 0], rows[..., 1])


def recall(rows: Array) -> Array:
    """Recall of rows ``(..., 4)``; NaN where gold is empty."""
    return ratio(rows[..., 2], rows[..., 3])


def f1(rows: Array) -> Array:
    """F1 of rows ``(..., 4)``.

    Where both numerators are the same count this is 2TP / (gold + predicted): 0 when one side is empty, NaN when both
    are. Otherwise it is the harmonic mean of precision and recall, 0 when both are 0.
    """
    p_num, p_den, r_num, r_den = (rows[..., i] for i in range(4))
    counted = ratio(p_num + r_num, p_den + r_den)
    p, r = precision(rows), recall(rows)
    harmonic = np.where((p + r) > 0, 2 * p * r / np.where((p + r) > 0, p + r, 1), counted)
    return np.where(p_num == r_num, counted, harmonic)


def accuracy(rows: Array) -> Array:
    """Share of right decisions: recall of rows whose denominators count decisions."""
    return recall(rows)


DocumentCounter = Callable[[Document, Prediction, Ontology], Rows]
StorylineCounter = Callable[[Sequence[Document], Sequence[Prediction], Ontology], Rows]


@dataclass(frozen=True)
class Metric:
    """A metric, declared.

    Attributes:
        name: printed name, unique; the field's own (``AC+``) where there is one.
        family: the family of DESIGN section 6 that it belongs to.
        definition: one sentence that defines it, and its source.
        count: rows of a unit; ``unit`` says whether it gets one document or the documents of a storyline.
        columns: how many numbers a row has. The first four are :class:`Counts` where ``columns`` is 4.
        value: headline score from rows ``(..., columns)``, vectorised; NaN where undefined.
        symmetric: whether swapping gold and prediction swaps precision and recall.
        higher_is_better: whether a larger value is the better one.
        variant: what the signature adds (``filler:entity``, ``tokens:sommet-fr-1``).
    """

    name: str
    family: str
    definition: str
    count: DocumentCounter | StorylineCounter
    unit: Literal["document", "storyline"] = "document"
    columns: int = 4
    value: Callable[[Array], Array] = f1
    symmetric: bool = True
    higher_is_better: bool = True
    variant: Mapping[str, str] = field(default_factory=dict)


Key = Hashable
Projection = Callable[[Document, Prediction, Ontology], Iterable[tuple[str, Key]]]


def projection(project: Projection, match: Literal["multiset", "set"] = "multiset") -> DocumentCounter:
    """A counter that compares two collections of ``(label, key)``.

    ``project(gold document, side, ontology)`` gives the items of one side; it is called once with the gold annotations
    and once with the prediction as ``side``. ``multiset`` matches each copy of a key once, ``set`` first drops copies.
    """

    def count(gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
        wanted = Counter(project(gold, gold, ontology))
        given = Counter(project(gold, prediction, ontology))
        if match == "set":
            wanted, given = Counter(wanted.keys()), Counter(given.keys())
        rows: dict[str, list[int]] = {}
        for (label, _), n in wanted.items():
            rows.setdefault(label, [0, 0, 0])[1] += n
        for item, n in given.items():
            row = rows.setdefault(item[0], [0, 0, 0])
            row[2] += n
            if item in wanted:
                row[0] += min(n, wanted[item])
        return {label: (tp, p, tp, g) for label, (tp, g, p) in rows.items()}

    return count
