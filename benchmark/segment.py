"""The one sentence splitter and the one tokeniser of Sommet.

Both are plain rules over characters, so that a number that depends on them (seqeval tagging, token distance) can be
made again anywhere. A change of their output is a new ``VERSION``, which is part of the signature of such scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VERSION = "sommet-fr-1"

Offsets = tuple[int, int]

_ELISION = r"(?:[ldjmtscnLDJMTSC]|N(?=['’][a-zà-ÿ])|(?:[Qq]u|[Ll]orsqu|[Pp]uisqu|[Jj]usqu|[Qq]uoiqu))['’](?=\w)"
_CLITIC = r"t-(?:il|elle|on|ils|elles)|ils?|elles?|on|ce|je|tu|nous|vous|les?|la|lui|leur|moi|toi|y|en|ci|là"
_WORD = rf"""
    [Aa]ujourd['’]hui | [Qq]uelqu['’]une?\b | [Pp]resqu['’]île | [Pp]rud['’]hom\w+
  | {_ELISION}
  | \d+(?:[.,]\d+)+
  | \d+(?:er|re|e|ème|h|nd|nde)?\b
  | (?:[^\W\d_]\.){{2,}}
  | (?:MM?|Mgr|Dr|Pr|St|Ste)\.(?=\s)
  | rendez-vous
  | \w+(?:['’](?=[A-ZÀ-Þ])\w+)?(?:-(?!(?:{_CLITIC})\b)(?<![A-ZÀ-Þ]-)(?![A-ZÀ-Þ])\w+)*
  | -(?:{_CLITIC})\b
  | \.{{3}} | [^\w\s]
"""
_TOKEN = re.compile(_WORD, re.VERBOSE)

# A full stop after one of these does not end a sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"'’])(?:MM?|Mgr|Mme?s?|Mlles?|Dr|Pr|St|Ste|[A-ZÀ-Þ]|[A-ZÀ-Þ]\.-[A-ZÀ-Þ]|cf|av|art|env|etc|p|n|vol|janv|févr|juil|sept|oct|nov|déc)\.$"
)
_BOUNDARY = re.compile(
    r"""[.!?…]+(?:[\s\u00a0\u202f]*[»”"')\]])*(?=[\s\u00a0\u202f]+[«“"'(\[—–-]*[\s\u00a0\u202f]*[A-ZÀ-ÞŒ0-9])"""
)


def sentences(text: str) -> tuple[Offsets, ...]:
    """Sentences of ``text`` as end-exclusive code-point offsets, in order, without surrounding white space.

    A line break always ends a sentence (headlines and live entries have no full stop).
    """
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Offsets]:
    for line in re.finditer(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+", text):
        start, stop = line.span()
        for boundary in _BOUNDARY.finditer(text, start, stop):
            if boundary.group()[0] == "." and _ABBREVIATION.search(
                text, max(start, boundary.start() - 12), boundary.start() + 1
            ):
                continue
            yield from _stripped(text, start, boundary.end())
            start = boundary.end()
        yield from _stripped(text, start, stop)


def _stripped(text: str, start: int, end: int) -> Iterator[Offsets]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def tokens(text: str, start: int = 0, end: int | None = None) -> tuple[Offsets, ...]:
    """Tokens of ``text[start:end]`` as code-point offsets into ``text``.

    An elided word keeps its apostrophe (``l’`` ``annonce``), both apostrophes count, a hyphenated word is one token
    (``tête-à-tête``, ``rendez-vous``) unless the hyphen joins names (``Trump`` ``-`` ``Poutine``) or an inverted
    pronoun (``a`` ``-t-il``).
    """
    return tuple(m.span() for m in _TOKEN.finditer(text, start, len(text) if end is None else end))
