"""Leaderboard tables: in the terminal, and in Markdown for the files that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from benchmark.errors import InvalidInput
from benchmark.files import read_text, write_atomic
from benchmark.leaderboard.board import ALPHA, SANITY, TIMES, Board, Row
from benchmark.leaderboard.terminal import console
from benchmark.scoring.families import registry
from benchmark.scoring.score import MetricScore

BEGIN, END = "<!-- leaderboard:begin -->", "<!-- leaderboard:end -->"
UNDEFINED = "–"


def show(boards: Sequence[Board]) -> None:
    """Print the tables of ``boards``."""
    out = console()
    for board in boards:
        out.print(terminal(board))
        out.print(Text(caption(board), style="dim"))


def caption(board: Board) -> str:
    """How to read the table, and what it was computed on."""
    accuracy = "; Status is an accuracy" if "Status" in board.metrics else ""
    return (
        f"F1 with 95 % interval (bootstrap over storylines){accuracy}. "
        f"Rank = 1 + systems significantly better on {board.metrics[0]} (paired randomisation, Holm, {ALPHA}). "
        f"{board.setting.shared}"
    )


def terminal(board: Board) -> Table:
    """The table of a board for the terminal."""
    table = Table(
        title=f"{board.corpus} {board.version} · {_heading(board)}: "
        f"{board.documents} documents, {board.storylines} storylines"
    )
    table.add_column("#", justify="right")
    table.add_column("system")
    for name in board.metrics:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("seconds", justify="right", no_wrap=True)
    for row in board.rows:
        sanity = row.record.system.kind == SANITY
        cells = [_cell(row.scores[m], "\n") for m in board.metrics]
        table.add_row(_rank(row, board), row.record.system.name, *cells, _seconds(row), style="dim" if sanity else None)
    return table


def _heading(board: Board) -> str:
    track = ", times" if board.track == TIMES else ""
    return board.split + track + (f", gold {board.given.replace(',', ', ')} given" if board.given else "")


def markdown(board: Board, *, costs: bool = False) -> str:
    """The table of a board in Markdown, with what each row's run took (``costs``) as its record says."""
    head = ["#", "system", *board.metrics, *(["seconds to fit", "documents/s", "MiB", "parameters"] if costs else [])]
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(['---:', ':---', *['---:'] * (len(head) - 2)])}|"]
    for row in board.rows:
        cells = [_cell(row.scores[m], " ") for m in board.metrics] + (_costs(row) if costs else [])
        lines.append(f"| {' | '.join([_rank(row, board), row.record.system.name, *cells])} |")
    return "\n".join(lines) + "\n"


def _costs(row: Row) -> list[str]:
    run, learned = row.record.run, row.record.system.parameters
    speed = UNDEFINED if run.documents_per_second is None else f"{run.documents_per_second:.0f}"
    return [
        f"{run.fit_seconds:.1f}",
        speed,
        f"{run.peak_memory_mib:.0f}",
        UNDEFINED if learned is None else f"{learned:,}",
    ]


def _rank(row: Row, board: Board) -> str:
    return str(row.ranks[board.metrics[0]]) if row.ranks else ""


def _cell(score: MetricScore, gap: str) -> str:
    if score.f1 is None:
        return UNDEFINED
    if score.interval is None:
        return f"{score.f1:.3f}"
    low, high = (f"{bound:.3f}".removeprefix("0") for bound in score.interval)
    return f"{score.f1:.3f}{gap}{low}–{high}"


def _seconds(row: Row) -> str:
    return f"{row.record.run.fit_seconds + row.record.run.extract_seconds:.1f}"


def page(boards: Sequence[Board]) -> str:
    """``results/README.md``: every board with its signatures."""
    parts = [
        "# Results\n",
        "Made by `sommet leaderboard`; do not edit. Each row can be scored again from its `predictions.jsonl`.\n",
    ]
    for board in boards:
        parts.append(f"## {board.corpus} {board.version}, {_heading(board)}\n")
        parts.append(markdown(board, costs=True))
        parts.append(caption(board) + "\n")
        signatures = "\n".join(board.setting.signature(registry()[m]) for m in board.metrics)
        parts.append(f"```text\n{signatures}\n```\n")
    return "\n".join(parts)


def block(boards: Sequence[Board]) -> str:
    """What stands between the markers in the project's README: the board of the test split, or the first there is."""
    if not boards:
        return f"{BEGIN}\n{END}"
    shown = next((b for b in boards if b.split == "test" and not b.given and b.track != TIMES), boards[0])
    return f"{BEGIN}\n{markdown(shown)}\n{caption(shown)}\n{END}"


def with_block(text: str, boards: Sequence[Board], path: Path) -> str:
    """``text`` with the block between its markers made anew.

    Raises:
        InvalidInput: the markers are not there.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InvalidInput("no leaderboard markers", f"{BEGIN} and {END}", file=str(path))
    return before + block(boards) + after


def generated(root: Path, readme: Path | None, boards: Sequence[Board]) -> dict[Path, str]:
    """Every generated file and what it should hold."""
    files = {root / "README.md": page(boards)}
    if readme is not None:
        files[readme] = with_block(read_text(readme), boards, readme)
    return files


def write(files: dict[Path, str]) -> None:
    """Write the generated files."""
    for path, text in files.items():
        write_atomic(path, text)


def stale(files: dict[Path, str]) -> list[Path]:
    """The files that do not hold what they should."""
    return [p for p, text in files.items() if not p.exists() or read_text(p) != text]
