"""One form for spaces and apostrophes, so that patterns need not know of the others."""

from __future__ import annotations

_STRAIGHT = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " "})


def straight(text: str) -> str:
    """The text with straight apostrophes and plain spaces, each character in its place."""
    return text.translate(_STRAIGHT)
