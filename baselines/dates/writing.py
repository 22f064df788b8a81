"""The forms in which spaces and apostrophes are written."""

from __future__ import annotations

_PLAIN = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " "})


def plain(words: str) -> str:
    """Lower case, straight apostrophes, plain spaces; as long as before."""
    return words.translate(_PLAIN).lower()


def any_writing(pattern: str) -> str:
    """The source of a pattern in plain writing, made to take each space and apostrophe in any of its forms."""
    return pattern.replace(" ", "[ \u00a0\u202f]").replace("'", "['’]")
