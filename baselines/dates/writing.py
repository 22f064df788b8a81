"""One form for spaces and apostrophes, so that patterns need not know of the others."""

from __future__ import annotations


def straight(text: str) -> str:
    """The text with straight apostrophes and plain spaces, each character in its place."""
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")


def lowered(text: str) -> str:
    """The text in lower case, each character in its place: İ, whose lower case is two characters, gives way to ı."""
    return text.replace("İ", "ı").lower()
