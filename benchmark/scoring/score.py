"""Scoring a set of predictions: pairing by id, counting per unit, and the figures that are folds over the counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import msgspec
import numpy as np

from benchmark import __version__
from benchmark.documents import Document, Prediction
from benchmark.errors import InvalidInput
from benchmark.ontology import Ontology
from benchmark.scoring import statistics
from benchmark.scoring.core import Array, Metric, StorylineCounter, Sums, Views, adder, precision, recall
from benchmark.scoring.families import select

PROTOCOL = 1


class Setting(msgspec.Struct, frozen=True):
    """What a score was computed on: the part of the signature that all metrics share."""

    corpus: str
    version: str
    split: str
    gold: str
    docs: int
    given: str = ""

    def signature(self, metric: Metric) -> str:
        """The signature of a score: two scores compare when all but the last field agree."""
        own = {"metric": metric.name, **metric.variant, "avg": "micro"}
        return "|".join([*(f"{key}:{value}" for key, value in own.items()), self.shared, f"v:{__version__}"])

    @property
    def shared(self) -> str:
        """The fields that the signatures of all metrics share."""
        parts = {
            "corpus": self.corpus,
            "version": self.version,
            "split": self.split,
            "gold": self.gold,
            "docs": str(self.docs),
            **({"given": self.given} if self.given else {}),
            "protocol": str(PROTOCOL),
        }
        return "|".join(f"{key}:{value}" for key, value in parts.items())


@dataclass
class Cells:
    """Rows of one metric: by document (or storyline) and label."""

    metric: Metric
    rows: list[tuple[int, str, tuple[float, ...]]] = field(default_factory=list)

    def by_unit(self, unit_of: Sequence[int], units: int) -> Array:
        """Sums by unit, units × columns; ``unit_of`` maps the index of a row's item to its unit."""
        table = np.zeros((units, self.metric.columns))
        for item, _, row in self.rows:
            table[unit_of[item]] += row
        return table

    def by_label(self) -> dict[str, Array]:
        """Sums by label, in order of name."""
        table: dict[str, Array] = {}
        for _, label, row in self.rows:
            table.setdefault(label, np.zeros(self.metric.columns))
            table[label] += row
        return dict(sorted(table.items()))


@dataclass
class Tally:
    """All counts of one system on one gold: everything printed of a system is a fold over them."""

    documents: list[str]
    storylines: list[str]
    subsets: list[str]
    storyline_of: list[int]
    storyline_subset: list[str]
    cells: dict[str, Cells]

    def rows(self, name: str) -> Array:
        """Counts of a metric by storyline: storylines × columns."""
        cells = self.cells[name]
        unit_of = self.storyline_of if cells.metric.unit == "document" else range(len(self.storylines))
        return cells.by_unit(unit_of, len(self.storylines))

    def document_rows(self, name: str) -> Array:
        """Counts of a metric of documents by document: documents × columns."""
        cells = self.cells[name]
        return cells.by_unit(range(len(self.documents)), len(self.documents))

    def subset_rows(self, name: str) -> dict[str, Array]:
        """Total counts of a metric by subset."""
        cells = self.cells[name]
        owner = self.subsets if cells.metric.unit == "document" else self.storyline_subset
        table: dict[str, Array] = {s: np.zeros(cells.metric.columns) for s in sorted(set(owner))}
        for item, _, row in cells.rows:
            table[owner[item]] += row
        return table


class LabelScore(msgspec.Struct, frozen=True, kw_only=True):
    """Precision, recall and F1 with their counts; ``None`` is undefined."""

    p: float | None
    r: float | None
    f1: float | None
    tp: float
    fp: float
    fn: float


class MetricScore(LabelScore, frozen=True, kw_only=True):
    """A metric's score on a corpus. For a composite metric ``f1`` is its value and the counts are of its first part."""

    signature: str
    interval: tuple[float, float] | None
    macro_f1: float | None = None
    weighted_f1: float | None = None
    labels: dict[str, LabelScore] = {}
    subsets: dict[str, LabelScore] = {}


def pair(
    gold: Sequence[Document], predictions: Iterable[Prediction], *, allow_missing: bool = False, file: str = ""
) -> list[Prediction]:
    """Predictions in the order of ``gold``, joined by id.

    Raises:
        InvalidInput: a prediction is for a document that gold does not have, a document comes twice, or one is missing
            (unless ``allow_missing``, then it counts as empty).
    """
    wanted = {d.doc_id for d in gold}
    found: dict[str, Prediction] = {}
    for prediction in predictions:
        if prediction.doc_id not in wanted:
            raise unknown_document(prediction.doc_id, file)
        if prediction.doc_id in found:
            raise InvalidInput("a document given twice", "each document once", file=file, document=prediction.doc_id)
        found[prediction.doc_id] = prediction
    missing = [d.doc_id for d in gold if d.doc_id not in found]
    if missing and not allow_missing:
        raise missing_documents(len(missing), len(gold), missing[0], file)
    return [found.get(d.doc_id) or Prediction(doc_id=d.doc_id) for d in gold]


def unknown_document(doc_id: str, file: str, line: int = 0) -> InvalidInput:
    """The error for a prediction about a document that gold does not have."""
    return InvalidInput("unknown document", "an id of the gold", file=file, line=line, document=doc_id)


def missing_documents(missing: int, documents: int, first: str, file: str) -> InvalidInput:
    """The error for gold documents that have no prediction."""
    return InvalidInput(
        f"{missing} of {documents} documents without a prediction, the first {first!r}",
        "one line for each gold document, an empty one if nothing is found (or --allow-missing)",
        file=file,
    )


def tally(
    gold: Sequence[Document], predictions: Sequence[Prediction], metrics: Iterable[Metric], ontology: Ontology
) -> Tally:
    """Count every metric on every unit. ``predictions`` are in the order of ``gold`` (see :func:`pair`).

    The order of documents plays no part in any figure: units are sorted by name.
    """
    order = sorted(range(len(gold)), key=lambda i: gold[i].doc_id)
    documents = [gold[i] for i in order]
    sides = [predictions[i] for i in order]
    # A document that belongs to no storyline is a unit of its own.
    unit = [d.storyline or d.doc_id for d in documents]
    storylines = sorted(set(unit))
    index = {name: i for i, name in enumerate(storylines)}
    storyline_of = [index[u] for u in unit]
    members: list[list[int]] = [[] for _ in storylines]
    for i, s in enumerate(storyline_of):
        members[s].append(i)
    for group in members:
        group.sort(key=lambda i: (documents[i].published or "", documents[i].doc_id))
    cells = {metric.name: Cells(metric) for metric in metrics}
    single = [(adder(c.metric), c) for c in cells.values() if c.metric.unit == "document"]
    for i, (document, side) in enumerate(zip(documents, sides, strict=True)):
        views: Views = {}
        for add, own in single:
            sums = Sums(own.metric.columns)
            add(sums, document, side, ontology, views)
            own.rows += [(i, label, row) for label, row in sums.rows().items()]
    for own in cells.values():
        if own.metric.unit == "storyline":
            count_all = cast(StorylineCounter, own.metric.count)
            for s, group in enumerate(members):
                counted = count_all([documents[i] for i in group], [sides[i] for i in group], ontology)
                own.rows += [(s, label, row) for label, row in counted.items()]
    return Tally(
        documents=[d.doc_id for d in documents],
        storylines=storylines,
        subsets=[d.subset for d in documents],
        storyline_of=storyline_of,
        storyline_subset=[documents[group[0]].subset for group in members],
        cells=cells,
    )


def figures(counts: Tally, setting: Setting, *, resamples: int = statistics.RESAMPLES) -> dict[str, MetricScore]:
    """Scores with intervals, per label and per subset, of every metric that was counted."""
    scores = {}
    for name, cells in counts.cells.items():
        rows = counts.rows(name)
        interval = None
        if not np.isnan(cells.metric.value(rows.sum(0))):
            interval = statistics.interval(rows, cells.metric.value, resamples=resamples)
        scores[name] = metric_score(cells.metric, setting, cells.by_label(), counts.subset_rows(name), interval)
    return scores


def metric_score(
    metric: Metric,
    setting: Setting,
    by_label: Mapping[str, Array],
    by_subset: Mapping[str, Array],
    interval: tuple[float, float] | None,
) -> MetricScore:
    """The score of a metric from its total rows; those by label add up to the whole."""
    labels = {label: _label_score(metric, row) for label, row in by_label.items() if label}
    # Mean over the labels in gold or prediction, plain and weighted by gold count, as seqeval has them.
    defined = [(s.f1, s.tp + s.fn) for s in labels.values() if s.f1 is not None]
    weight = sum(n for _, n in defined)
    total = _label_score(metric, sum(by_label.values(), np.zeros(metric.columns)))
    return MetricScore(
        signature=setting.signature(metric),
        interval=interval,
        macro_f1=sum(f for f, _ in defined) / len(defined) if defined else None,
        weighted_f1=sum(f * n for f, n in defined) / weight if weight else None,
        labels=labels,
        subsets={s: _label_score(metric, row) for s, row in by_subset.items()},
        **msgspec.structs.asdict(total),
    )


def _label_score(metric: Metric, row: Array) -> LabelScore:
    if metric.columns != 4:
        return LabelScore(p=None, r=None, f1=_number(metric.value(row)), tp=0, fp=0, fn=0)
    p_num, p_den, r_num, r_den = row.tolist()
    return LabelScore(
        p=_number(precision(row)),
        r=_number(recall(row)),
        f1=_number(metric.value(row)),
        tp=p_num,
        fp=p_den - p_num,
        fn=r_den - r_num,
    )


def _number(value: Array) -> float | None:
    return None if np.isnan(value) else float(value)


def score(
    gold: Sequence[Document],
    predictions: Iterable[Prediction],
    *,
    metrics: Iterable[str] | None = None,
    ontology: Ontology | None = None,
    setting: Setting | None = None,
    allow_missing: bool = False,
) -> Mapping[str, MetricScore]:
    """Score ``predictions`` against ``gold``: the public function, which the commands are thin over.

    Args:
        metrics: names or families; all of protocol 1 for ``None``.
        ontology: the gold's ontology; that of the Sommet corpus for ``None``.
        setting: what the signature says of the gold; an unnamed corpus with the gold's fingerprint for ``None``.
        allow_missing: whether a document without a prediction counts as empty.

    Raises:
        InvalidInput: a prediction is malformed, or the documents do not match those of the gold.
    """
    from benchmark import corpus
    from benchmark.documents import check

    ontology = ontology or corpus.ontology()
    setting = setting or Setting("-", "-", "-", corpus.fingerprint(gold), len(gold))
    sides = pair(gold, predictions, allow_missing=allow_missing)
    for document, side in zip(gold, sides, strict=True):
        check(side, ontology, len(document.text))
    return figures(tally(gold, sides, select(metrics), ontology), setting)
