"""Laws of protocol 1 that the field's scorers keep or break: each declares what it breaks, and the vectors show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmark.documents import Document, Prediction, as_prediction
from benchmark.scoring import conformance, peers

CASES = [
    case
    for path in sorted((Path(__file__).parent / "conformance").glob("*.jsonl"))
    for case in conformance.read_cases(path)
]
Score = Callable[[Sequence[Document], Sequence[Prediction]], dict[str, Any]]


def leaves(value: object, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], float | None]:
    """Every p, r and f1 of a report."""
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in leaves(inner, (*path, str(key))).items()}
    ratio = path[-1:] in (("p",), ("r",), ("f1",))
    return {path: value} if ratio and (value is None or isinstance(value, int | float)) else {}


def order(score: Score, gold: Sequence[Document], given: Sequence[Prediction], top: float) -> bool:
    """The order of documents and events plays no part."""
    turned = [replace(p, events=p.events[::-1]) for p in given[::-1]]
    return conformance.equal(score(gold[::-1], turned), score(gold, given))


def identity(score: Score, gold: Sequence[Document], given: Sequence[Prediction], top: float) -> bool:
    """The gold as prediction scores 1, where there is anything to score."""
    found = leaves(score(gold, [as_prediction(d) for d in gold]))
    # The RAMS block of `multiset` is in percent whatever the rest is in.
    return all(v in (None, 0) or min(abs(v - top), abs(v - 100)) < 1e-6 * top for v in found.values())


def undefined(score: Score, gold: Sequence[Document], given: Sequence[Prediction], top: float) -> bool:
    """A ratio over nothing is null, not 0 or 1."""
    bare = [replace(d, events=(), times=(), entities=()) for d in gold]
    return not any(v is not None for v in leaves(score(bare, [Prediction(d.doc_id) for d in bare])).values())


def _doubled(given: Sequence[Prediction]) -> list[Prediction]:
    return [
        replace(
            p,
            events=p.events + tuple(replace(v, id=f"{v.id}b") for v in p.events),
            times=p.times + tuple(replace(t, id=f"{t.id}b") for t in p.times),
        )
        for p in given
    ]


def duplicates_never_raise(score: Score, gold: Sequence[Document], given: Sequence[Prediction], top: float) -> bool:
    """Giving everything twice raises no F1."""
    before, after = leaves(score(gold, given)), leaves(score(gold, _doubled(given)))
    return all((after.get(k) or 0) <= (v or 0) + 1e-9 for k, v in before.items() if k[-1] == "f1")


def duplicates_cost(score: Score, gold: Sequence[Document], given: Sequence[Prediction], top: float) -> bool:
    """Giving everything twice lowers some F1, where anything was right."""
    before, after = leaves(score(gold, given)), leaves(score(gold, _doubled(given)))
    right = {k: v for k, v in before.items() if k[-1] == "f1" and v}
    return not right or any((after.get(k) or 0) < v - 1e-9 for k, v in right.items() if v)


LAWS = (order, identity, undefined, duplicates_never_raise, duplicates_cost)


def broken(name: str) -> set[str]:
    """The laws that a peer breaks on some case of its vectors."""
    peer = peers.load(name)
    top = 100.0 if peer.UNIT == "percent" else 1.0
    found = set()
    for case in (c for c in CASES if c.peer == name):

        def score(
            gold: Sequence[Document], given: Sequence[Prediction], case: conformance.Case = case
        ) -> dict[str, Any]:
            return peer.score(gold, given, case.options)

        for law in LAWS:
            if not law(score, case.gold, case.predictions, top):
                found.add(law.__name__)
    return found


@pytest.mark.parametrize("name", peers.names())
def test_a_peer_breaks_what_it_declares_and_nothing_else(name: str) -> None:
    assert broken(name) == set(peers.load(name).BREAKS)


def test_laws_have_names_that_peers_may_declare() -> None:
    assert {law for name in peers.names() for law in peers.load(name).BREAKS} <= {law.__name__ for law in LAWS}
