"""The sentence splitter and the tokeniser: cases, and laws over any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark import segment


def words(text: str) -> list[str]:
    return [text[a:b] for a, b in segment.tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’annonce d'hier", ["L’", "annonce", "d'", "hier"]),
        ("sommet Trump-Poutine", ["sommet", "Trump", "-", "Poutine"]),
        ("un tête-à-tête, ce rendez-vous", ["un", "tête-à-tête", ",", "ce", "rendez-vous"]),
        ("a-t-elle dit", ["a", "-t-elle", "dit"]),
        ("aujourd’hui jusqu’alors", ["aujourd’hui", "jusqu’", "alors"]),
        ("le 1er mai, 3,5 %", ["le", "1er", "mai", ",", "3,5", "%"]),
        ("M. Macron à N’Djamena", ["M.", "Macron", "à", "N’Djamena"]),
        ("la vice-présidente des États-Unis", ["la", "vice-présidente", "des", "États", "-", "Unis"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Titre sans point\n\nUne phrase. Une autre !", ["Titre sans point", "Une phrase.", "Une autre !"]),
        ("M. Macron a vu J. Biden. Puis rien.", ["M. Macron a vu J. Biden.", "Puis rien."]),
        ("« Non. » Il a refusé.", ["« Non. »", "Il a refusé."]),
        ("À 14 h 30. 15 personnes.", ["À 14 h 30.", "15 personnes."]),
        ("Il hésite… puis part.", ["Il hésite… puis part."]),
        ("Une\u2028deux", ["Une", "deux"]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in segment.sentences(text)] == expected


@given(st.text(max_size=200))
def test_offsets_are_ordered_and_miss_nothing(text: str) -> None:
    sentences = segment.sentences(text)
    ends = [0, *(b for _, b in sentences)]
    assert all(before <= a < b for before, (a, b) in zip(ends, sentences, strict=False))
    covered = {i for a, b in sentences for i in range(a, b)}
    assert all(c.isspace() or i in covered or c in "\x1c\x1d\x1e" for i, c in enumerate(text))
    tokens = segment.tokens(text)
    assert all(a < b for a, b in tokens)
    assert all(x[1] <= y[0] for x, y in pairwise(tokens))
    inside = {i for a, b in tokens for i in range(a, b)}
    assert all(c.isspace() or i in inside for i, c in enumerate(text))
