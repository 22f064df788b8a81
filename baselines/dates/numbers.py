"""Numbers in French words."""

from __future__ import annotations

import re

_UNITS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize"),
)
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_ROUND = {
    "huit": 8,
    "diz": 10,
    "douz": 12,
    "quinz": 15,
    "vingt": 20,
    "trent": 30,
    "quarant": 40,
    "cinquant": 50,
    "soixant": 60,
    "cent": 100,
}
_WORD = rf"(?:{'|'.join(sorted((*_UNITS, 'une', *_TENS, 'vingts', 'cents?', 'mille'), key=len, reverse=True))})"

# As sources of regular expressions, for the grammar.
WORDS = rf"{_WORD}(?:(?:-| et | ){_WORD}(?!\w)){{0,6}}"
NUMBER = rf"(?:\d{{1,6}}|{WORDS})"
ABOUT = rf"(?:une )?(?:{'|'.join(_ROUND)})aine (?:de |d')"
_ROUNDED = re.compile(rf"(?:une )?({'|'.join(_ROUND)})aine\b")
_PARTS = re.compile(r"[-\s]+")


def number(words: str) -> int | None:
    """Value of a number in figures or French words; ``None`` where it is none.

    >>> number("cent quatre-vingts"), number("vingt et un"), number("une quinzaine de ")
    (180, 21, 15)
    """
    if words.isdecimal():
        return int(words)
    if found := _ROUNDED.match(words):
        return _ROUND[found[1]]
    total = 0
    for part in _PARTS.split(words.strip()):
        part = {"une": "un", "vingts": "vingt", "cents": "cent"}.get(part, part)
        if part == "et":
            continue
        if part == "cent":
            total = (total or 1) * 100
        elif part == "mille":
            total = (total or 1) * 1000
        elif part == "vingt" and total % 100 == 4:
            total += 76
        elif part in _TENS:
            total += _TENS[part]
        elif part in _UNITS:
            total += _UNITS.index(part)
        else:
            return None
    return total
