"""Explanations of one document, as text for the terminal, as Markdown, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmark.leaderboard.grid import UNDEFINED, Grid, figure, show
from benchmark.scoring.explain import Explanation


def show_explanations(doc_id: str, explanations: Sequence[Explanation], form: str) -> None:
    """Print ``explanations`` of a document as ``text``, ``md`` or ``json``."""
    if form == "json":
        data = {"doc_id": doc_id, "metrics": explanations}
        print(msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=1).decode())
    else:
        show([_grid(doc_id, e) for e in explanations], form)


def _grid(doc_id: str, explanation: Explanation) -> Grid:
    title = f"{explanation.metric} on {doc_id}"
    if explanation.items is None:
        return Grid(title, (), (), note=explanation.note)
    labelled = any(item.label for item in explanation.items)
    rows = [[i.label, _side(i.gold), _side(i.given), figure(i.credit)] for i in explanation.items]
    sums = (figure(n) for n in (explanation.credit, explanation.given, explanation.gold))
    note = "{} Credit {}; precision divides it by {}, recall by {}.".format(explanation.definition, *sums)
    note = f"{note} {explanation.note}".rstrip()
    if labelled:
        return Grid(title, ("label", "gold", "given", "credit"), rows, words=(0, 1, 2), note=note)
    return Grid(title, ("gold", "given", "credit"), [row[1:] for row in rows], words=(0, 1), note=note)


def _side(item: str | None) -> str:
    return UNDEFINED if item is None else item
