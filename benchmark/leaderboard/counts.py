"""What a corpus holds, as tables for the terminal."""

from __future__ import annotations

from rich.table import Table

from benchmark.corpus import Manifest, SplitCounts
from benchmark.leaderboard.terminal import console

_ROWS = {
    "storylines": "storylines",
    "documents": "documents",
    "words": "words",
    "events": "events",
    "arguments": "arguments",
    "arguments_outside": "  in another sentence than the trigger",
    "entities": "entities",
    "times": "times",
    "times_anaphoric": "  anaphoric or deictic",
    "fingerprint": "fingerprint",
}


def show(manifest: Manifest) -> None:
    """Print counts by split, by label and by factuality."""
    out = console()
    table = Table(title=f"{manifest.name} {manifest.version}")
    table.add_column("")
    for split in manifest.splits:
        table.add_column(split, justify="right")
    for name, title in _ROWS.items():
        table.add_row(title, *(str(getattr(counts, name)) for counts in manifest.splits.values()))
    out.print(table)
    out.print(_by_name("label", manifest.splits, "labels"))
    out.print(_by_name("factuality", manifest.splits, "factuality"))


def _by_name(title: str, splits: dict[str, SplitCounts], column: str) -> Table:
    table = Table(title=f"Mentions by {title}")
    table.add_column(title)
    for split in splits:
        table.add_column(split, justify="right")
    names = sorted({name for counts in splits.values() for name in getattr(counts, column)})
    for name in names:
        table.add_row(name, *(str(getattr(counts, column).get(name, 0)) for counts in splits.values()))
    return table
