"""What scorers of the field would report on the same files, side by side, and where their definitions part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import msgspec

from benchmark.documents import Document, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring import peers

PERCENT = "percent"
RATIOS = ("p", "r", "f1")
ROUNDING = 1e-6  # points; OmniEvent adds 1e-10 to its denominators


class Source(NamedTuple):
    """Where a scorer reports a figure, and what sets its definition apart."""

    path: tuple[str, ...]
    note: str


_ATTACHED = "an argument counts in an event of equal trigger and label"
_BY_ID = (
    "a predicted event belongs to a gold one only with its id, type and trigger; ids of a system of its own meet none"
)
_OMNI = "corpus multisets, a copy is a false positive; 1e-10 in each denominator"
_TEXTEE = "corpus sets, a copy is free"
_WINDOW = f"{_TEXTEE}; an argument outside the sentence of its trigger is dropped on both sides"

# The figures of different scorers that are meant to say the same. Equal names alone do not make them so: ``type`` is the
# slot of a template for GTT and an attribute of a time for TempEval-3.
COMPARABLE: Mapping[str, Mapping[str, Source]] = {
    "trigger": {
        "textee": Source(("TI",), _TEXTEE),
        "metametric": Source(("TI",), "events one-to-one by trigger, a copy is a false positive"),
        "nervaluate": Source(("overall", "exact"), "pairs that overlap, right with equal extents whatever the label"),
        "evmeval": Source(("span", "micro"), "pairs that overlap earn the Dice of their characters"),
    },
    "trigger and label": {
        "textee": Source(("TC",), _TEXTEE),
        "metametric": Source(("TC",), "events one-to-one by trigger and label, a copy is a false positive"),
        "seqeval": Source(("strict", "micro"), "tags, so equal triggers of one label are one"),
        "multiset": Source(("omnievent_trigger",), _OMNI),
        "nervaluate": Source(("overall", "strict"), "pairs that overlap, right with equal extents and label"),
        "evmeval": Source(("type", "micro"), "pairs of one label that overlap earn the Dice of their characters"),
        "phee": Source(
            ("classification", "Trigger", "exact"), "strings of a label in the document, wherever they stand"
        ),
    },
    "argument": {
        "textee": Source(("AI",), f"{_WINDOW}; the trigger plays no part"),
        "metametric": Source(("AI",), f"{_ATTACHED}, multisets"),
        "genarg": Source(("AI",), f"{_BY_ID}; sets"),
    },
    "argument and role": {
        "textee": Source(("AC",), f"{_WINDOW}; the trigger plays no part"),
        "metametric": Source(("AC",), f"{_ATTACHED}, multisets"),
        "genarg": Source(("AC",), f"{_BY_ID}; sets"),
        "phee": Source(("classification", "Arguments", "exact"), "strings of a label and role, wherever they stand"),
    },
    "argument with trigger": {
        "textee": Source(("AI+",), _WINDOW),
        "metametric": Source(("AI",), f"{_ATTACHED}, multisets"),
        "genarg": Source(("AI",), f"{_BY_ID}; sets"),
    },
    "argument and role with trigger": {
        "textee": Source(("AC+",), _WINDOW),
        "metametric": Source(("AC",), f"{_ATTACHED}, multisets"),
        "multiset": Source(("omnievent_argument",), _OMNI),
        "genarg": Source(("AC",), f"{_BY_ID}; sets"),
    },
    "templates": {
        "gtt": Source(
            ("micro",), "the mapping of templates with the largest F1 over slots, the type being one of them"
        ),
        "iterx": Source(
            ("phi_subset",), "templates one-to-one; any right mention makes a filler a hit, the type earns 0"
        ),
        "grit": Source(("phi_strict", "micro"), "fillers of a role over the document, whatever the event"),
    },
}


class Report(msgspec.Struct, frozen=True):
    """Everything that one scorer reports, in its own unit, and the options that it was given.

    ``documents`` has the F1 of each comparable figure, in percent, of each document scored alone.
    """

    unit: str
    options: dict[str, Any]
    figures: dict[str, Any]
    documents: dict[str, dict[str, float | None]]


class Difference(msgspec.Struct, frozen=True):
    """Two comparable figures in points of F1, and where their definitions part.

    ``documents`` are those in which the two differ, the largest difference first.
    """

    figure: str
    scorers: tuple[str, str]
    paths: tuple[str, str]
    f1: tuple[float | None, float | None]
    difference: float | None
    reason: str
    documents: dict[str, float]


def reports(
    names: Sequence[str], gold: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology
) -> dict[str, Report]:
    """The report of each scorer, with the roles of ``ontology`` and the end-to-end setting.

    Raises:
        InvalidInput: there is no scorer of a name; the message gives the nearest one.
    """
    loaded = {name: peers.load(name) for name in names}
    options: dict[str, Any] = {"roles": list(ontology.roles), "setting": "end_to_end"}
    by_id = {side.doc_id: side for side in predictions}
    found = {}
    for name, peer in loaded.items():
        paths = {sources[name].path for sources in COMPARABLE.values() if name in sources}
        documents = {}
        for document in gold:
            side = by_id.get(document.doc_id) or Prediction(doc_id=document.doc_id)
            alone = peer.score([document], [side], options)
            documents[document.doc_id] = {".".join(p): _ratios(alone, peer.UNIT, p)["f1"] for p in sorted(paths)}
        found[name] = Report(peer.UNIT, options, peer.score(gold, predictions, options), documents)
    return found


def points(report: Report, path: Sequence[str]) -> dict[str, float | None]:
    """Precision, recall and F1 at ``path``, in percent; ``None`` where undefined."""
    return _ratios(report.figures, report.unit, path)


def _ratios(figures: Mapping[str, Any], unit: str, path: Sequence[str]) -> dict[str, float | None]:
    found: Any = figures
    for step in path:
        found = found.get(step, {})  # a scorer may leave out what there is nothing of
    scale = 1 if unit == PERCENT else 100
    return {key: None if found.get(key) is None else scale * found[key] for key in RATIOS}


def differences(reported: Mapping[str, Report]) -> list[Difference]:
    """Each pair of comparable figures of these scorers."""
    found = []
    compared: set[tuple[str, ...]] = set()
    for concept, sources in COMPARABLE.items():
        for one, other in combinations([name for name in reported if name in sources], 2):
            mine, theirs = sources[one], sources[other]
            # A figure that stands for two things is compared once.
            pair = (one, *mine.path, other, *theirs.path)
            if pair in compared:
                continue
            compared.add(pair)
            a, b = points(reported[one], mine.path)["f1"], points(reported[other], theirs.path)["f1"]
            found.append(
                Difference(
                    figure=concept,
                    scorers=(one, other),
                    paths=(".".join(mine.path), ".".join(theirs.path)),
                    f1=(a, b),
                    difference=None if a is None or b is None else a - b,
                    reason=f"{one}: {mine.note}. {other}: {theirs.note}.",
                    documents=_apart(reported[one], mine.path, reported[other], theirs.path),
                )
            )
    return found


def _apart(one: Report, path: Sequence[str], other: Report, other_path: Sequence[str]) -> dict[str, float]:
    """Documents whose F1 differs by more than rounding does."""
    found = {}
    for doc_id, figures in one.documents.items():
        a, b = figures[".".join(path)], other.documents[doc_id][".".join(other_path)]
        if a is not None and b is not None and abs(a - b) > ROUNDING:
            found[doc_id] = a - b
    return dict(sorted(found.items(), key=lambda item: (-abs(item[1]), item[0])))
