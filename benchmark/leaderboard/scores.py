"""The scores of one system, as text for the terminal, as Markdown, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import msgspec

from benchmark.leaderboard.grid import UNDEFINED, Grid, markdown_table
from benchmark.leaderboard.grid import show as show_grids
from benchmark.leaderboard.terminal import console
from benchmark.scoring.families import registry
from benchmark.scoring.score import LabelScore, MetricScore


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


def _grid(scores: Mapping[str, MetricScore]) -> Grid:
    families = [registry()[name].family for name in scores]
    ends = [i for i, (family, after) in enumerate(pairwise(families)) if family != after]
    return Grid("Scores", _HEAD, _rows(scores), ends=ends)


def _markdown(scores: Mapping[str, MetricScore]) -> str:
    signatures = "\n".join(s.signature for s in scores.values())
    return f"{markdown_table(_grid(scores))}\n```text\n{signatures}\n```\n"


def _show_tables(scores: Mapping[str, MetricScore]) -> None:
    grids = [_grid(scores)]
    shown = "TC" if "TC" in scores else next((n for n, s in scores.items() if s.labels), None)
    if shown:
        labels, subsets = scores[shown].labels, scores[shown].subsets
        rows = [_cells(label, score) for label, score in labels.items()]
        rows += [_cells(subset or "(no subset)", score) for subset, score in subsets.items()]
        head = ("label", *_HEAD[1:7])
        grids.append(Grid(f"{shown} by label and subset", head, rows, ends=[len(labels) - 1]))
    show_grids(grids, "text")
    out = console()
    for score in scores.values():
        out.print(score.signature, style="dim", soft_wrap=True, highlight=False, markup=False)
