"""Leaderboard tables: in the terminal, and in Markdown for the files that carry them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmark.errors import InvalidInput
from benchmark.files import read_text, write_atomic
from benchmark.leaderboard.board import ALPHA, SANITY, TIMES, Board, Row
from benchmark.leaderboard.grid import UNDEFINED, Grid, markdown_table
from benchmark.leaderboard.grid import show as show_grids
from benchmark.scoring.families import registry
from benchmark.scoring.score import MetricScore

BEGIN, END = "<!-- leaderboard:begin -->", "<!-- leaderboard:end -->"


def show(boards: Sequence[Board]) -> None:
    """Print the tables of ``boards``."""
    show_grids([_grid(board, {"seconds": _seconds}) for board in boards], "text")


def caption(board: Board) -> str:
    """How to read the table, and what it was computed on."""
    accuracy = "; Status is an accuracy" if "Status" in board.metrics else ""
    return (
        f"F1 with 95 % interval (bootstrap over storylines){accuracy}. "
        f"Rank = 1 + systems significantly better on {board.metrics[0]} (paired randomisation, Holm, {ALPHA}). "
        f"{board.setting.shared}"
    )


def _grid(board: Board, extra: Mapping[str, Callable[[Row], str]]) -> Grid:
    """The table of a board, with columns of what each row's run took as its record says."""
    return Grid(
        title=f"{board.corpus} {board.version} · {_heading(board)}: "
        f"{board.documents} documents, {board.storylines} storylines",
        head=("#", "system", *board.metrics, *extra),
        rows=[
            (
                _rank(row, board),
                row.name,
                *(_cell(row.scores[m]) for m in board.metrics),
                *(of(row) for of in extra.values()),
            )
            for row in board.rows
        ],
        words=(1,),
        note=caption(board),
        faint=[i for i, row in enumerate(board.rows) if row.record.system.kind == SANITY],
    )


def _heading(board: Board) -> str:
    track = ", times" if board.track == TIMES else ""
    return board.split + track + (f", gold {board.given.replace(',', ', ')} given" if board.given else "")


def markdown(board: Board, *, costs: bool = False) -> str:
    """The table of a board in Markdown, with what each row's run took (``costs``) as its record says."""
    return markdown_table(_grid(board, _COSTS if costs else {}))


def _seconds(row: Row) -> str:
    return f"{row.record.run.fit_seconds + row.record.run.extract_seconds:.1f}"


def _speed(row: Row) -> str:
    speed = row.record.run.documents_per_second
    return UNDEFINED if speed is None else f"{speed:.0f}"


def _parameters(row: Row) -> str:
    learned = row.record.system.parameters
    return UNDEFINED if learned is None else f"{learned:,}"


_COSTS: Mapping[str, Callable[[Row], str]] = {
    "seconds to fit": lambda row: f"{row.record.run.fit_seconds:.1f}",
    "documents/s": _speed,
    "MiB": lambda row: f"{row.record.run.peak_memory_mib:.0f}",
    "parameters": _parameters,
}


def _rank(row: Row, board: Board) -> str:
    return str(row.ranks[board.metrics[0]]) if row.ranks else ""


def _cell(score: MetricScore) -> str:
    if score.f1 is None:
        return UNDEFINED
    if score.interval is None:
        return f"{score.f1:.3f}"
    low, high = (f"{bound:.3f}".removeprefix("0") for bound in score.interval)
    return f"{score.f1:.3f} {low}–{high}"


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
