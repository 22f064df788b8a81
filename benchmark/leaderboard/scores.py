"""The scores of one system, as text for the terminal, as Markdown, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from benchmark.leaderboard.terminal import console
from benchmark.scoring.families import registry
from benchmark.scoring.score import LabelScore, MetricScore

UNDEFINED = "–"


def show(scores: Mapping[str, MetricScore], form: str) -> None:
    """Print ``scores`` as ``text``, ``md`` or ``json``; every form carries the signatures."""
    if form == "json":
        print(msgspec.json.format(msgspec.json.encode(scores, order="sorted"), indent=1).decode())
    elif form == "md":
        print(_markdown(scores), end="")
    else:
        _show_tables(scores)


def _cells(name: str, score: LabelScore) -> list[str]:
    counted = score.tp or score.fp or score.fn
    figures = [_figure(score.p), _figure(score.r), _figure(score.f1)]
    counts = [f"{n:g}" for n in (score.tp, score.fp, score.fn)] if counted else [UNDEFINED] * 3
    return [name, *figures, *counts]


def _figure(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.4f}"


def _interval(score: MetricScore) -> str:
    return f"[{score.interval[0]:.4f}, {score.interval[1]:.4f}]" if score.interval else UNDEFINED


_HEAD = ("metric", "p", "r", "f1", "tp", "fp", "fn", "95 % interval", "macro", "weighted")


def _rows(scores: Mapping[str, MetricScore]) -> list[list[str]]:
    return [[*_cells(name, s), _interval(s), _figure(s.macro_f1), _figure(s.weighted_f1)] for name, s in scores.items()]


def _markdown(scores: Mapping[str, MetricScore]) -> str:
    lines = [f"| {' | '.join(_HEAD)} |", "|:---|" + "---:|" * (len(_HEAD) - 1)]
    lines += [f"| {' | '.join(row)} |" for row in _rows(scores)]
    lines += ["", "```text", *(s.signature for s in scores.values()), "```"]
    return "\n".join(lines) + "\n"


def _show_tables(scores: Mapping[str, MetricScore]) -> None:
    from rich.table import Table

    out = console()
    table = Table(title="Scores")
    for i, head in enumerate(_HEAD):
        table.add_column(head, justify="left" if i == 0 else "right")
    family = ""
    for name, row in zip(scores, _rows(scores), strict=True):
        if family and registry()[name].family != family:
            table.add_section()
        family = registry()[name].family
        table.add_row(*row)
    out.print(table)
    shown = "TC" if "TC" in scores else next((n for n, s in scores.items() if s.labels), None)
    if shown:
        labels = Table(title=f"{shown} by label and subset")
        for i, head in enumerate(_HEAD[:7]):
            labels.add_column(head if i else "label", justify="left" if i == 0 else "right")
        for label, score in scores[shown].labels.items():
            labels.add_row(*_cells(label, score))
        labels.add_section()
        for subset, score in scores[shown].subsets.items():
            labels.add_row(*_cells(subset or "(no subset)", score))
        out.print(labels)
    for score in scores.values():
        out.print(score.signature, style="dim", soft_wrap=True, highlight=False, markup=False)
