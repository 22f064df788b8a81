"""Plain tables of text: on the terminal and in Markdown, with nothing in a cell taken for markup."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from benchmark.errors import one_line
from benchmark.leaderboard.terminal import console

UNDEFINED = "–"

# A hash alone is the head of a column of ranks; before a word it may refer to an issue.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&]|#(?!$)")


@dataclass(frozen=True)
class Grid:
    """A table: its title, heads and rows of text.

    ``words`` are the columns of text, the others hold figures; ``faint`` are rows that stand apart, ``ends`` those that
    end a group of rows.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Collection[int] = (0,)
    note: str = ""
    faint: Collection[int] = ()
    ends: Collection[int] = ()


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
    lines = [f"### {_escaped(grid.title)}\n"]
    if grid.rows:
        lines.append(markdown_table(grid))
    if grid.note:
        lines.append(_escaped(grid.note) + "\n")
    return "\n".join(lines)


def markdown_table(grid: Grid) -> str:
    """The heads and rows of ``grid`` as a table of Markdown."""
    marks = [":---" if i in grid.words else "---:" for i in range(len(grid.head))]
    head, *rows = (f"| {' | '.join(map(_escaped, row))} |" for row in (grid.head, *grid.rows))
    return "\n".join([head, f"|{'|'.join(marks)}|", *rows]) + "\n"


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
        first = min(grid.words)
        names = max(map(len, (grid.head[first], *(row[first] for row in grid.rows))))
        for i, head in enumerate(grid.head):
            table.add_column(
                Text(head),
                justify="left" if i in grid.words else "right",
                overflow="fold",
                min_width=min(names, 40) if i == first else None,
            )
        for i, row in enumerate(grid.rows):
            cells = (Text(one_line(cell)) for cell in row)
            table.add_row(*cells, style="dim" if i in grid.faint else None, end_section=i in grid.ends)
        out.print(table)
    else:
        out.print(Text(one_line(grid.title), style="italic"))
    if grid.note:
        out.print(Text(one_line(grid.note), style="dim"), soft_wrap=True)
