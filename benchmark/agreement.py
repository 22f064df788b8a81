"""How far two annotations of the same documents agree, layer by layer.

The figures are symmetric but for arguments by entity, where the first annotation's entities are those that count. Two
passes of one language model measure *self-consistency*, not agreement of people; the output says so.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

import msgspec

from benchmark.documents import Document, Event, Prediction, check
from benchmark.errors import InvalidInput, MissingExtra
from benchmark.formats import brat, jsonl
from benchmark.ontology import Ontology
from benchmark.scoring.families import registry, select
from benchmark.scoring.families.partial import extent
from benchmark.scoring.families.triggers import format_of, phase_of
from benchmark.scoring.matching import align
from benchmark.scoring.score import tally

_F1 = {
    "triggers": "TI",
    "triggers with label": "TC",
    "arguments, exact": "AC+:exact",
    "arguments, by entity": "AC+",
    "times, strict": "TIMEX-strict",
    "times, relaxed": "TIMEX-relaxed",
    "encounters, B³": "B3",
}


class Figure(msgspec.Struct, frozen=True):
    """One figure of agreement: its value (``None`` where undefined) and the number of items that it rests on."""

    layer: str
    measure: str
    value: float | None
    n: int


def read(path: Path, ontology: Ontology) -> dict[str, Document]:
    """Annotations by document: of a brat collection, or of a JSONL file of gold or of predictions.

    Raises:
        InvalidInput: the path is not to be read as either, or an annotation is not one of the ontology.
    """
    if path.is_dir():
        return {d.doc_id: d for d in brat.read(path)}
    found = {}
    for line, side in jsonl.decode(path, Document):
        # A file of predictions has no texts to hold offsets against.
        check(side, ontology, len(side.text) if side.text else sys.maxsize, file=str(path), line=line)
        found[side.doc_id] = side
    return found


def agreement(one: dict[str, Document], other: dict[str, Document], ontology: Ontology) -> list[Figure]:
    """Every figure, over the documents that both have.

    F1 and B³ are those of the metrics (:mod:`benchmark.scoring.families`); kappa is Cohen's (1960), on triggers of equal
    span, of the label, its phase, its format, and the factuality; value agreement is the share of overlapping time
    expressions with equal value.

    Raises:
        InvalidInput: the two have no document in common.
    """
    shared = sorted(one.keys() & other.keys())
    if not shared:
        raise InvalidInput("no document in common", "two annotations of the same documents")
    gold = [one[i] for i in shared]
    sides: list[Prediction] = [other[i] for i in shared]
    counts = tally(gold, sides, select([*_F1.values(), "TIMEX-value"]), ontology)

    def total(name: str) -> list[float]:
        row: list[float] = counts.rows(name).sum(0).tolist()
        return row

    figures = []
    for layer, name in _F1.items():
        value = float(registry()[name].value(counts.rows(name).sum(0)))
        figures.append(Figure(layer, "F1", None if value != value else value, int(max(total(name)[1], total(name)[3]))))
    overlapping = int(total("TIMEX-relaxed")[0])
    equal = total("TIMEX-value")[0]
    figures.append(Figure("times, value", "share equal", equal / overlapping if overlapping else None, overlapping))
    pairs = [pair for a, b in zip(gold, sides, strict=True) for pair in matched(a, b, ontology)]
    for layer, naming in _NAMINGS.items():
        named = [(naming(a, ontology), naming(b, ontology)) for a, b in pairs]
        figures.append(Figure(layer, "kappa", kappa(named), len(pairs)))
    return figures


# Of gamma: positional and categorical dissimilarity weigh the same, an item that the other side lacks costs 1; chance is
# estimated from sampled continua, at the precision of the paper's implementation.
ALPHA, BETA, DELTA, SAMPLES, PRECISION, GAMMA_SEED = 1.0, 1.0, 1.0, 30, 0.05, 20251016


def gamma(one: dict[str, Document], other: dict[str, Document]) -> Figure:
    """Gamma (Mathet, Widlöcher & Métivier 2015) of triggers with label, the mean over documents, by pygamma-agreement.

    It pairs and compares at once, so that a trigger moved by a word costs less than one left out. A document counts where
    both sides have an event; ``n`` is how many do.

    Raises:
        MissingExtra: pygamma-agreement is not installed.
        InvalidInput: no document has an event on both sides.
    """
    try:
        import cvxopt.glpk
        from pyannote.core import Segment
        from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum
    except ImportError as error:
        raise MissingExtra("pygamma-agreement", "agreement") from error
    import logging

    import numpy as np

    values = []
    # cvxpy silences the solver for each call and restores its option after, which threads undo for one another.
    cvxopt.glpk.options["msg_lev"] = "GLP_MSG_OFF"
    logging.disable(logging.WARNING)  # one line for each document says which solver it takes
    try:
        for doc_id in sorted(one.keys() & other.keys()):
            continuum = Continuum()
            for name, side in (("one", one[doc_id]), ("other", other[doc_id])):
                continuum.add_annotator(name)
                for event in side.events:
                    continuum.add(name, Segment(event.trigger.start, event.trigger.end), event.type)
            if one[doc_id].events and other[doc_id].events:
                np.random.seed(GAMMA_SEED)
                measure = CombinedCategoricalDissimilarity(alpha=ALPHA, beta=BETA, delta_empty=DELTA)
                found = continuum.compute_gamma(measure, n_samples=SAMPLES, precision_level=PRECISION)
                values.append(float(found.gamma))
    finally:
        logging.disable(logging.NOTSET)
    if not values:
        raise InvalidInput("no document with an event on both sides", "two annotations of the same documents")
    settings = f"gamma (alpha {ALPHA:g}, beta {BETA:g}, delta {DELTA:g}, precision {PRECISION:g})"
    return Figure("triggers with label", settings, sum(values) / len(values), len(values))


_NAMINGS: dict[str, Callable[[Event, Ontology], str]] = {
    "label": lambda event, _: event.type,
    "label, phase alone": phase_of,
    "label, format alone": format_of,
    "factuality": lambda event, _: event.factuality,
}


def matched(one: Prediction, other: Prediction, ontology: Ontology) -> list[tuple[Event, Event]]:
    """Events of equal trigger span, paired one to one so that most agree, in label before anything else."""

    def agree(a: Event, b: Event) -> list[bool]:
        return [naming(a, ontology) == naming(b, ontology) for naming in _NAMINGS.values()]

    ours, theirs = ([(extent(v), v) for v in side.events] for side in (one, other))
    pairs = [(one.events[i], other.events[j]) for i, j in align(ours, theirs, agree)]
    return [(a, b) for a, b in pairs if a.trigger == b.trigger]


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa (Cohen 1960); ``None`` without pairs, or where chance alone would agree on all."""
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    ours, theirs = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(ours[c] * theirs[c] for c in ours) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


ByLabel = dict[str, tuple[float | None, int]]


def by_label(one: dict[str, Document], other: dict[str, Document], ontology: Ontology) -> ByLabel:
    """F1 of triggers with label, and mentions of the larger side, by label."""
    shared = sorted(one.keys() & other.keys())
    cells = tally([one[i] for i in shared], [other[i] for i in shared], select(["TC"]), ontology).cells["TC"]
    found: ByLabel = {}
    for label, row in cells.by_label().items():
        tp, given, _, wanted = row.tolist()
        found[label] = (2 * tp / (given + wanted) if given + wanted else None, int(max(given, wanted)))
    return found


def show(figures: Sequence[Figure], labels: ByLabel, documents: int) -> None:
    """Print the tables."""
    from rich.table import Table

    from benchmark.leaderboard.terminal import console

    out = console()
    table = Table(
        title=f"Agreement on {documents} documents",
        caption="Between passes of one model this is self-consistency, not agreement of people.",
    )
    for head in ("layer", "measure", "value", "n"):
        table.add_column(head, justify="right" if head in ("value", "n") else "left")
    for f in figures:
        table.add_row(f.layer, f.measure, "–" if f.value is None else f"{f.value:.3f}", str(f.n))
    out.print(table)
    table = Table(title="Triggers by label")
    for head in ("label", "F1", "n"):
        table.add_column(head, justify="right" if head != "label" else "left")
    for label, (value, n) in labels.items():
        table.add_row(label, "–" if value is None else f"{value:.3f}", str(n))
    out.print(table)
