"""Reports of scorers of the field, as text for the terminal, as Markdown, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from benchmark.leaderboard.grid import UNDEFINED, Grid, figure, show
from benchmark.ontology import Ontology
from benchmark.scoring.field import COMPARABLE, RATIOS, Report, differences, points

_SHOWN = 2  # documents in which two figures differ; all are in the JSON


def show_reports(reported: Mapping[str, Report], ontology: Ontology, form: str) -> None:
    """Print what scorers report as ``text``, ``md`` or ``json``; of two or more also where they part."""
    if form == "json":
        data = {"scorers": reported, "differences": differences(reported)}
        print(msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=1).decode())
        return
    grids = [_own(name, report, ontology) for name, report in reported.items()]
    if len(reported) > 1:
        grids += [_side_by_side(reported), _parting(reported)]
    show(grids, form)


def _own(name: str, report: Report, ontology: Ontology) -> Grid:
    """The figures of one scorer as it reports them, one row for each place that holds any; cells by label left out."""
    rows = dict(_leaves(report.figures, ()))
    general = {p: v for p, v in rows.items() if not any(step.partition(".")[0] in ontology.labels for step in p)}
    heads = list(dict.fromkeys(key for values in general.values() for key in values))
    digits = 2 if report.unit == "percent" else 4
    table = [
        [".".join(path) or "(all)", *(_cell(h, values.get(h), digits) for h in heads)]
        for path, values in general.items()
    ]
    left_out = len(rows) - len(general)
    note = f"{left_out} rows by label are in --format json." if left_out else ""
    return Grid(f"{name}, in {report.unit}", ["figure", *heads], table, note=note)


def _leaves(found: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if own := {key: value for key, value in found.items() if not isinstance(value, Mapping)}:
        yield path, own
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))


def _cell(key: str, value: float | str | None, digits: int) -> str:
    if isinstance(value, str):
        return value
    return _fixed(value, digits) if key in RATIOS else figure(value, digits)


def _fixed(value: float | None, digits: int = 2) -> str:
    return UNDEFINED if value is None else f"{value:.{digits}f}"


def _side_by_side(reported: Mapping[str, Report]) -> Grid:
    rows = []
    for concept, sources in COMPARABLE.items():
        if sum(name in sources for name in reported) > 1:
            paths = [sources[name].path if name in sources else None for name in reported]
            rows.append([concept, "figure", *(".".join(p) if p else UNDEFINED for p in paths)])
            found = [points(report, p) if p else {} for report, p in zip(reported.values(), paths, strict=True)]
            rows += [["", key, *(_fixed(f.get(key)) for f in found)] for key in RATIOS]
    note = "" if rows else "They report no figures that are meant to say the same."
    return Grid("Side by side, in percent", ["what counts", "", *reported], rows, words=(0, 1), note=note)


def _parting(reported: Mapping[str, Report]) -> Grid:
    rows = [
        [
            " and ".join(f"{s} {p}" for s, p in zip(d.scorers, d.paths, strict=True)),
            d.reason,
            UNDEFINED if d.difference is None else f"{d.difference:+.2f}",
            str(len(d.documents)),
            ", ".join(f"{doc_id} {gap:+.1f}" for doc_id, gap in islice(d.documents.items(), _SHOWN)) or UNDEFINED,
        ]
        for d in differences(reported)
    ]
    heads = ["figures", "why", "difference", "documents", "most in"]
    note = "Documents: how many differ when scored alone. --explain DOC_ID shows the items of one."
    return Grid("Where the definitions part, points of F1", heads, rows, words=(0, 1, 4), note=note if rows else "")
