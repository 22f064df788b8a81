"""Candidate mentions of entities: runs of capitalised words, typed by what train and the context say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmark import segment
from benchmark.documents import Document


class Candidate(NamedTuple):
    """A stretch of text that may be a mention, and the type it seems to have."""

    start: int
    end: int
    type: str


_JOINING = {"de", "du", "des", "d’", "d'", "la", "le", "von", "van", "ben", "al"}
_PERSON_CUE = re.compile(
    r"\b(?:mm?\.|mme|président\w*|premi\w+ ministre|ministre|chancel\w+|roi|reine|émissaire"
    r"|secrétaire d[’']état|porte-parole|homologue|conseill\w+|ambassad\w+|général\w*|négociat\w+)\s(?:[a-zéèà]+\s){0,2}$",
    re.IGNORECASE,
)
_PLACE_CUE = re.compile(r"\b(?:à|en|au|aux|vers|depuis)\s$", re.IGNORECASE)


def name_types(train: Sequence[Document]) -> dict[str, str]:
    """The type that each word of a mention has most often in train."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for document in train:
        for entity in document.entities:
            for mention in entity.mentions:
                for a, b in segment.tokens(document.text, mention.start, mention.end):
                    if document.text[a].isupper():
                        seen[document.text[a:b]][entity.type] += 1
    return {word: min(counts, key=lambda t: (-counts[t], t)) for word, counts in sorted(seen.items())}


def ordinary_words(train: Sequence[Document]) -> set[str]:
    """Words that train has in lower case: at the head of a sentence they are capitalised and no name."""
    return {
        document.text[a:b]
        for document in train
        for a, b in segment.tokens(document.text)
        if document.text[a:b].islower()
    }


def candidates(document: Document, types: Mapping[str, str], ordinary: set[str]) -> list[Candidate]:
    """Runs of capitalised tokens of a document, in order."""
    text = document.text
    found: list[Candidate] = []
    for start, end in document.sentences:
        tokens = segment.tokens(text, start, end)
        run: list[tuple[int, int]] = []
        for i, (a, b) in enumerate(tokens):
            word = text[a:b]
            first = i == 0 or text[tokens[i - 1][0] : tokens[i - 1][1]] in '«"“:–—-'
            name = (
                word[0].isupper()
                and word[-1].isalnum()
                and not (first and word.lower() in ordinary and word not in types)
            )
            follows = i + 1 < len(tokens) and text[tokens[i + 1][0]].isupper()
            if name or (
                run and follows and (word in _JOINING or word == "-") and _one_name(text, run, tokens[i + 1], types)
            ):
                run.append((a, b))
                continue
            _close(text, run, types, found)
            run = []
        _close(text, run, types, found)
    return found


def _one_name(text: str, run: list[tuple[int, int]], following: tuple[int, int], types: Mapping[str, str]) -> bool:
    """Whether what joins two names makes one of them: *États-Unis*, not *Trump-Poutine*, *Charles de Gaulle*."""
    before, after = text[run[-1][0] : run[-1][1]], text[following[0] : following[1]]
    return types.get(before, "") == types.get(after, "")


def _close(text: str, run: list[tuple[int, int]], types: Mapping[str, str], found: list[Candidate]) -> None:
    if run:
        start, end = run[0][0], run[-1][1]
        found.append(Candidate(start, end, guess_type(text, start, end, types)))


def guess_type(text: str, start: int, end: int, types: Mapping[str, str]) -> str:
    """Type of a name: as train has its last word, else by title or preposition before it, else by its shape."""
    words = re.split(r"[\s-]+", text[start:end])
    for word in reversed(words):
        if word in types:
            return types[word]
    before = text[max(0, start - 40) : start]
    if _PERSON_CUE.search(before):
        return "PER"
    if _PLACE_CUE.search(before):
        return "GPE"
    if len(words) == 1 and words[0].isupper() and len(words[0]) > 1:
        return "ORG"
    return "PER" if len(words) > 1 else "GPE"
