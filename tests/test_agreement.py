"""Agreement of two annotations: kappa against scikit-learn, and what is counted."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from conftest import Sommet
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from strategies import ONTOLOGY, corpora

from benchmark import agreement
from benchmark.documents import Document, Event, Prediction, Span
from benchmark.errors import InvalidInput
from benchmark.formats import jsonl


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30))
def test_kappa_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    import math
    import warnings

    from sklearn.metrics import cohen_kappa_score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs])
    ours = agreement.kappa(pairs)
    assert ours == pytest.approx(theirs) if ours is not None else math.isnan(theirs)


@given(corpora(shared=False))
def test_an_annotation_agrees_with_itself(case: tuple[list[Document], list[Prediction]]) -> None:
    gold = {d.doc_id: d for d in case[0]}
    figures = agreement.agreement(gold, gold, ONTOLOGY)
    assert all(f.value is None or f.value == pytest.approx(1) for f in figures)


@given(corpora(shared=False))
def test_triggers_are_paired_once(case: tuple[list[Document], list[Prediction]]) -> None:
    for one, other in zip(*case, strict=True):
        pairs = agreement.matched(one, other, ONTOLOGY)
        assert len({id(a) for a, _ in pairs}) == len({id(b) for _, b in pairs}) == len(pairs)
        assert all(a.trigger == b.trigger for a, b in pairs)


@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_events_plays_no_part(
    case: tuple[list[Document], list[Prediction]], choose: random.Random
) -> None:
    gold = {d.doc_id: d for d in case[0]}
    sides = [
        {
            d.doc_id: replace(
                d, events=tuple(choose.sample(p.events, len(p.events))), entities=p.entities, times=p.times
            )
            for d, p in zip(*case, strict=True)
        }
        for _ in range(2)
    ]
    one, other = (agreement.agreement(gold, side, ONTOLOGY) for side in sides)  # type: ignore[arg-type]
    assert [f.value for f in one] == pytest.approx([f.value for f in other])


def test_an_annotation_of_another_ontology_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    event = Event("V1", "Party", Span(0, 1))
    file.write_bytes(jsonl.encode(Prediction("d", (event,))))
    with pytest.raises(InvalidInput, match=r"a\.jsonl:1, .*unknown label 'Party'"):
        agreement.read(file, ONTOLOGY)


def test_what_is_counted() -> None:
    from test_scores import GOLD

    moved = replace(GOLD, events=(replace(GOLD.events[0], trigger=Span(0, 5)), GOLD.events[1]))
    figures = {(f.layer, f.measure): f for f in agreement.agreement({"a-01": GOLD}, {"a-01": moved}, ONTOLOGY)}
    assert figures["triggers", "F1"].value == 0.5
    assert figures["label", "kappa"].n == 1
    assert agreement.by_label({"a-01": GOLD}, {"a-01": moved}, ONTOLOGY)["SummitCancelled"] == (1.0, 1)
    with pytest.raises(InvalidInput, match="no document in common"):
        agreement.agreement({"a": GOLD}, {"b": GOLD}, ONTOLOGY)


def test_the_command_says_what_it_is(sommet: Sommet, tmp_path: Path) -> None:
    from test_scores import GOLD

    path = tmp_path / "one.jsonl"
    path.write_bytes(jsonl.encode(GOLD))
    shown = sommet("agreement", path, path)
    assert shown.returncode == 0
    assert "self-consistency" in " ".join(shown.stdout.split())
    figures = json.loads(sommet("agreement", path, path, "--json").stdout)
    assert figures[0]["value"] == 1


def test_gamma_falls_with_what_is_left_out() -> None:
    pytest.importorskip("pygamma_agreement", reason="extra `agreement`")
    from benchmark import corpus

    gold = {d.doc_id: d for d in corpus.load("dev")[:3]}
    fewer = {i: replace(d, events=d.events[::2]) for i, d in gold.items()}
    assert agreement.gamma(gold, gold).value == pytest.approx(1)
    less = agreement.gamma(gold, fewer)
    assert less.n == 3
    assert less.value is not None
    assert less.value < 0.9
