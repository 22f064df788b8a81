"""The centre of scoring: statistics that add, and the declaration of a metric.

A metric turns one unit (a document, or the documents of a storyline) into a row of numbers for each label. Rows add: over
labels to the micro score, over units to the corpus, over shards to the whole; every score, interval and test is a fold
over them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast

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

Key = Hashable


class Match(NamedTuple):
    """A gold and a predicted item that met, or one that met none (the other is then ``None``), and what it earned.

    Items are nested tuples to be read by a person; two integers in a row are an extent of the text.
    """

    label: str
    gold: Key | None
    given: Key | None
    credit: float


Lister = Callable[[Document, Prediction, Ontology], Iterable[Match]]
StorylineLister = Callable[[Sequence[Document], Sequence[Prediction], Ontology], Iterable[Match]]


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
        items: the item view of a unit: every item of both sides once, with credits that add up to the numerator of
            ``count``. A :func:`projection` brings its own; ``None`` where the metric is no sum over items.
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
    items: Lister | StorylineLister | None = None

    @property
    def lister(self) -> Lister | StorylineLister | None:
        """What lists the items that the metric counts."""
        return self.items or (self.count.items if isinstance(self.count, Projected) else None)


Projection = Callable[[Document, Prediction, Ontology], Iterable[tuple[str, Key]]]
Matching = Literal["multiset", "set"]
Views = dict[Hashable, tuple[Any, Any]]  # what several metrics see of one document, gold and predicted, made once


class Sums(defaultdict[str, list[float]]):
    """Rows that are being summed, by label."""

    def __init__(self, columns: int) -> None:
        super().__init__(lambda: [0] * columns)

    def add(self, rows: Rows) -> None:
        """Add ``rows``."""
        for label, row in rows.items():
            into = self[label]
            for i, n in enumerate(row):
                into[i] += n

    def rows(self) -> dict[str, Row]:
        """The sums so far."""
        return {label: tuple(row) for label, row in self.items()}


@dataclass(frozen=True)
class Projected:
    """A counter that compares two collections of ``(label, key)``; see :func:`projection`."""

    project: Projection
    match: Matching

    def __call__(self, gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
        """Rows of a document."""
        sums = Sums(4)
        self.add(sums, gold, prediction, ontology, {})
        return sums.rows()

    def add(self, sums: Sums, gold: Document, prediction: Prediction, ontology: Ontology, views: Views) -> None:
        """Add the rows of a document to ``sums``."""
        wanted: Collection[tuple[str, Key]] = list(self.project(gold, gold, ontology))
        given: Collection[tuple[str, Key]] = list(self.project(gold, prediction, ontology))
        ours, theirs = set(wanted), set(given)
        if self.match == "set":
            wanted, given = ours, theirs
        for label, _ in wanted:
            sums[label][3] += 1
        for label, _ in given:
            sums[label][1] += 1
        # A copy is worth something only where the other side has copies too.
        if len(ours) == len(wanted) or len(theirs) == len(given):
            common: Iterable[tuple[str, Key]] = ours & theirs
        else:
            common = (Counter(wanted) & Counter(given)).elements()
        for label, _ in common:
            row = sums[label]
            row[0] += 1
            row[2] += 1

    def items(self, gold: Document, prediction: Prediction, ontology: Ontology) -> Iterator[Match]:
        """The items behind the rows."""
        wanted = Counter(self.project(gold, gold, ontology))
        given = Counter(self.project(gold, prediction, ontology))
        if self.match == "set":
            wanted, given = Counter(wanted.keys()), Counter(given.keys())
        for label, key in (wanted & given).elements():
            yield Match(label, key, key, 1)
        for label, key in (wanted - given).elements():
            yield Match(label, key, None, 0)
        for label, key in (given - wanted).elements():
            yield Match(label, None, key, 0)


def projection(project: Projection, match: Matching = "multiset") -> Projected:
    """A counter that compares two collections of ``(label, key)``.

    ``project(gold document, side, ontology)`` gives the items of one side; it is called once with the gold annotations
    and once with the prediction as ``side``. ``multiset`` matches each copy of a key once, ``set`` first drops copies.
    """
    return Projected(project, match)


Place = tuple[str, Key]  # the label and where below it a group of keys is
Groups = Mapping[Place, Sequence[Collection[Key]]]
Grouping = Callable[[Document, Prediction], Sequence[Groups]]


@dataclass(frozen=True)
class Grouped(Projected):
    """A projection whose items come in groups that cannot meet, so that only groups of the same place are compared.

    Metrics that differ in places and keys alone share one ``view``, which is then made once for a document.

    Attributes:
        view: what one side holds; ``view(…)[places]`` are groups by place, ``group[keys]`` the keys of one of them, each
            of which is an item ``(label, (where, key))``.
    """

    view: Grouping
    places: int
    keys: int

    def add(self, sums: Sums, gold: Document, prediction: Prediction, ontology: Ontology, views: Views) -> None:
        """Add the rows of a document to ``sums``."""
        sides: tuple[Sequence[Groups], Sequence[Groups]] | None = views.get(self.view)
        if sides is None:
            sides = views[self.view] = self.view(gold, gold), self.view(gold, prediction)
        wanted, given = sides[0][self.places], sides[1][self.places]
        copies, keys = self.match == "multiset", self.keys
        for place, group in wanted.items():
            ours = group[keys]
            row = sums[place[0]]
            if place not in given:
                row[3] += len(ours) if copies else len(set(ours))
                continue
            theirs = given[place][keys]
            mine = set(ours)
            if not copies:
                other = set(theirs)
                row[1] += len(other)
                row[3] += len(mine)
                common = len(mine & other)
            else:
                row[1] += len(theirs)
                row[3] += len(ours)
                # A copy is worth something only where the other side has copies too.
                if len(mine) == len(ours):
                    common = len(mine.intersection(theirs))
                else:
                    common = (Counter(ours) & Counter(theirs)).total()
            row[0] += common
            row[2] += common
        for place, group in given.items():
            if place not in wanted:
                sums[place[0]][1] += len(group[keys]) if copies else len(set(group[keys]))


def grouping(view: Grouping, places: int, keys: int, match: Matching = "multiset") -> Grouped:
    """A counter that compares the keys of two sides group by group; see :class:`Grouped`."""

    def project(gold: Document, side: Prediction, _: Ontology) -> Iterator[tuple[str, Key]]:
        for (label, where), group in view(gold, side)[places].items():
            yield from ((label, (where, key)) for key in group[keys])

    return Grouped(project, match, view, places, keys)


def adder(metric: Metric) -> Callable[[Sums, Document, Prediction, Ontology, Views], None]:
    """What adds the rows of a document to sums, for a metric of documents.

    ``views`` is a dictionary of that document, empty at first, that the metrics share.
    """
    count = cast(DocumentCounter, metric.count)
    if isinstance(count, Projected):
        return count.add

    def add(sums: Sums, gold: Document, prediction: Prediction, ontology: Ontology, views: Views) -> None:
        sums.add(count(gold, prediction, ontology))

    return add


def paired(
    wanted: Sequence[tuple[str, Key]], given: Sequence[tuple[str, Key]], pairs: Iterable[tuple[int, int, float]]
) -> Iterator[Match]:
    """The item view of an alignment: its ``(gold index, predicted index, credit)``, then what it leaves over.

    A pair goes under the label of its gold item.
    """
    met = list(pairs)
    for i, j, credit in met:
        yield Match(wanted[i][0], wanted[i][1], given[j][1], float(credit))
    ours, theirs = {i for i, _, _ in met}, {j for _, j, _ in met}
    yield from (Match(label, key, None, 0) for i, (label, key) in enumerate(wanted) if i not in ours)
    yield from (Match(label, None, key, 0) for j, (label, key) in enumerate(given) if j not in theirs)
