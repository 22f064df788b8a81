"""Sommet: a benchmark for event extraction from French diplomatic news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["score"]

if TYPE_CHECKING:
    from benchmark.scoring.score import score


def __getattr__(name: str) -> Any:
    if name == "score":  # imported on use: numpy is not needed for `sommet --help`
        from benchmark.scoring.score import score

        return score
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
