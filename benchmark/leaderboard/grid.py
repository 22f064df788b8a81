"""Plain tables of text: on the terminal and in Markdown, with nothing in a cell taken for markup."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from benchmark.errors import one_line
from benchmark.leaderboard.terminal import console

UNDEFINED = "–"

_MARKUP = re.compile(r"[\\`*_\[\]<>|~#&]")


@dataclass(frozen=True)
class Grid:
    """A table: its title, heads and rows of text. ``words`` are the columns of text, the others hold figures."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Collection[int] = (0,)
    note: str = ""


def figure(value: float | None, digits: int = 4) -> str:
    """A number as it is printed; a dash where there is none."""
    if value is None:
        return UNDEFINED
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.{digits}f}"


def show(grids: Iterable[Grid], form: str) -> None:
    """Print ``grids`` as ``text`` or ``md``; those without rows are left out, their notes are not."""
    for grid in grids:
        if form == "md":
            print(_markdown(grid))
        else:
            _print(grid)


def _markdown(grid: Grid) -> str:
    lines = [f"### {_escaped(grid.title)}", ""]
    if grid.rows:
        marks = [":---" if i in grid.words else "---:" for i in range(len(grid.head))]
        lines += [f"| {' | '.join(map(_escaped, row))} |" for row in (grid.head, *grid.rows)]
        lines.insert(3, f"| {' | '.join(marks)} |")
        lines.append("")
    if grid.note:
        lines += [_escaped(grid.note), ""]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: f"\\{found[0]}", one_line(text))


def _print(grid: Grid) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    out = console()
    if grid.rows:
        table = Table(title=Text(one_line(grid.title)), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        # A name is not broken to make room for figures; where there are several columns of text they share the width.
        names = max(map(len, (grid.head[0], *(row[0] for row in grid.rows))))
        for i, head in enumerate(grid.head):
            table.add_column(
                Text(head),
                justify="left" if i in grid.words else "right",
                overflow="fold",
                min_width=min(names, 40) if i == 0 else None,
            )
        for row in grid.rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        out.print(table)
    else:
        out.print(Text(one_line(grid.title), style="italic"))
    if grid.note:
        out.print(Text(one_line(grid.note), style="dim"), soft_wrap=True)
