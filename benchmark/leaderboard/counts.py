"""What a corpus holds, as tables for the terminal."""

from __future__ import annotations

from benchmark.corpus import Manifest, SplitCounts
from benchmark.leaderboard.grid import Grid
from benchmark.leaderboard.grid import show as show_grids

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
    rows = [
        (title, *(str(getattr(counts, name)) for counts in manifest.splits.values())) for name, title in _ROWS.items()
    ]
    grids = [
        Grid(f"{manifest.name} {manifest.version}", ("", *manifest.splits), rows),
        _by_name("label", manifest.splits, "labels"),
        _by_name("factuality", manifest.splits, "factuality"),
    ]
    show_grids(grids, "text")


def _by_name(title: str, splits: dict[str, SplitCounts], column: str) -> Grid:
    names = sorted({name for counts in splits.values() for name in getattr(counts, column)})
    rows = [(name, *(str(getattr(counts, column).get(name, 0)) for counts in splits.values())) for name in names]
    return Grid(f"Mentions by {title}", (title, *splits), rows)
