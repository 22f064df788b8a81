"""The raw layers of the test documents: complete, and as consistent as aimed at."""

from __future__ import annotations

from benchmark import agreement, corpus

LAYERS = corpus.data_root() / "gold" / "layers"
FIRST, SECOND = (agreement.read(LAYERS / f"{name}.jsonl", corpus.ontology()) for name in ("first", "second"))


def test_both_layers_hold_every_test_document_and_more_than_a_fifth_of_dev() -> None:
    test, dev = ({d.doc_id for d in corpus.load(split)} for split in ("test", "dev"))
    assert FIRST.keys() == SECOND.keys()
    assert test <= FIRST.keys() <= test | dev
    assert len(FIRST.keys() & dev) >= len(dev) / 5
    assert FIRST != SECOND


def test_the_layers_are_as_consistent_as_was_aimed_at() -> None:
    figures = {(f.layer, f.measure): f.value for f in agreement.agreement(FIRST, SECOND, corpus.ontology())}
    assert (figures["triggers", "F1"] or 0) >= 0.80
    assert (figures["label", "kappa"] or 0) >= 0.75
    assert (figures["times, value", "share equal"] or 0) >= 0.90
    worst = min(value or 0 for value, n in agreement.by_label(FIRST, SECOND, corpus.ontology()).values() if n >= 15)
    assert worst >= 0.60
