"""The console that tables are printed on."""

from __future__ import annotations

from rich.console import Console

# Where output goes to a file or a pipe rich assumes 80 columns, too few for a table with intervals.
_PIPED_WIDTH = 120


def console() -> Console:
    """Standard output, wide enough for a table where it is no terminal."""
    out = Console()
    return out if out.is_terminal else Console(width=_PIPED_WIDTH)
