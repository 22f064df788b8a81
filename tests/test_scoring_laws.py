"""Laws that every metric of protocol 1 keeps, over random corpora."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from strategies import ONTOLOGY, corpora

from benchmark.documents import Document, Entity, Event, Prediction, Span, Status, as_prediction
from benchmark.ontology import Ontology
from benchmark.scoring import score
from benchmark.scoring.core import Array, Metric
from benchmark.scoring.families import registry

METRICS = registry()
Gold = Sequence[Document]
Given = Sequence[Prediction]


def totals(gold: Gold, given_: Given, ontology: Ontology = ONTOLOGY) -> dict[str, Array]:
    counts = score.tally(gold, given_, METRICS.values(), ontology)
    return {name: counts.rows(name).sum(0) for name in METRICS}


def value(metric: Metric, row: Array) -> float:
    return float(metric.value(row))


def same(one: dict[str, Array], other: dict[str, Array]) -> bool:
    """Whether all totals are the same; says which are not."""
    apart = [name for name in METRICS if not np.allclose(one[name], other[name], rtol=1e-9, atol=1e-9)]
    assert apart == []
    return True


def never_raised(before: dict[str, Array], after: dict[str, Array]) -> bool:
    """Whether no score is better ``after``; an undefined one may be anything then."""
    raised = {}
    for name, metric in METRICS.items():
        was, now = value(metric, before[name]), value(metric, after[name])
        if not np.isnan(was) and (now - was) * (1 if metric.higher_is_better else -1) > 1e-9:
            raised[name] = (was, now)
    assert raised == {}
    return True


def as_gold(document: Document, side: Prediction) -> Document:
    return replace(document, events=side.events, entities=side.entities, times=side.times, statuses=side.statuses)


# ---------------------------------------------------------------------------------------------------------------------
# The laws


def order_of_everything(gold: Gold, given_: Given, choose: random.Random) -> None:
    def mixed(side: Prediction) -> Prediction:
        return replace(
            side,
            events=tuple(replace(v, arguments=tuple(some(v.arguments))) for v in some(side.events)),
            entities=tuple(replace(e, mentions=tuple(some(e.mentions))) for e in some(side.entities)),
            times=tuple(some(side.times)),
            statuses=tuple(some(side.statuses)),
        )

    def some(items: Sequence[object]) -> list[object]:
        return choose.sample([*items], len(items))

    order = some(range(len(gold)))
    assert same(totals(gold, given_), totals([mixed(gold[i]) for i in order], [mixed(given_[i]) for i in order]))


def identity(gold: Gold, given_: Given, choose: random.Random) -> None:
    found = totals(gold, [as_prediction(d) for d in gold])
    scores = {name: value(metric, found[name]) for name, metric in METRICS.items()}
    best = {name: float(metric.higher_is_better) for name, metric in METRICS.items()}
    assert {n: v for n, v in scores.items() if not np.isnan(v) and not np.isclose(v, best[n])} == {}


def bounds(gold: Gold, given_: Given, choose: random.Random) -> None:
    for name, row in totals(gold, given_).items():
        found = value(METRICS[name], row)
        assert np.isnan(found) or -1e-9 <= found <= 1 + 1e-9, name
        if METRICS[name].columns == 4:
            assert (row[[0, 2]] <= row[[1, 3]] + 1e-9).all(), name


def swap(gold: Gold, given_: Given, choose: random.Random) -> None:
    forth = totals(gold, given_)
    back = totals([as_gold(*pair) for pair in zip(gold, given_, strict=True)], [as_prediction(d) for d in gold])
    for name, metric in METRICS.items():
        if metric.symmetric:
            assert np.isclose(value(metric, back[name]), value(metric, forth[name]), equal_nan=True), name
            if metric.columns == 4:
                assert np.allclose(back[name], forth[name][[2, 3, 0, 1]]), name


def duplicates(gold: Gold, given_: Given, choose: random.Random) -> None:
    """Where gold has each trigger, extent and date once, so that a second copy can only be wrong."""
    i = choose.randrange(len(gold))
    side = given_[i]
    changed = []
    for layer in ("events", "entities", "times"):
        if items := getattr(side, layer):
            changed.append(replace(side, **{layer: (*items, replace(choose.choice(items), id="again"))}))
    if told := [v for v in side.events if v.arguments]:
        event = choose.choice(told)
        repeated = replace(event, arguments=(*event.arguments, choose.choice(event.arguments)))
        changed.append(replace(side, events=tuple(repeated if v is event else v for v in side.events)))
    before = totals(gold, given_)
    for more in changed:
        assert never_raised(before, totals(gold, [*given_[:i], more, *given_[i + 1 :]]))


def nothing_more(gold: Gold, given_: Given, choose: random.Random) -> None:
    """An entity without mentions, a document without events, a label that the schema does not have.

    A role that it does not have is refused (tests/test_scores.py); counted, it could be right for AI, which has no roles.
    """
    before = totals(gold, given_)
    hollow = [replace(p, entities=(*p.entities, Entity("hollow", "PER"))) for p in given_]
    assert never_raised(before, totals(gold, hollow))
    bare = Document(doc_id="bare", text="rien du tout", published="2025-08-14", storyline=gold[0].storyline)
    assert never_raised(before, totals([*gold, bare], [*given_, Prediction("bare")]))
    # Where gold has nothing: a trigger may be right whatever its label.
    free = [not any(v.trigger.start < 2 for v in d.events) for d in gold]
    event = Event("strange", "Étiquette", Span(0, 2))
    labelled = [replace(p, events=(*p.events, event)) if alone else p for p, alone in zip(given_, free, strict=True)]
    assert never_raised(before, totals(gold, labelled))


def emptiness(gold: Gold, given_: Given, choose: random.Random) -> None:
    """Giving nothing scores nothing: a score that is defined is at its worst."""
    for name, row in totals(gold, [Prediction(d.doc_id) for d in gold]).items():
        found = value(METRICS[name], row)
        assert np.isnan(found) or found == 0, name


def shards(gold: Gold, given_: Given, choose: random.Random) -> None:
    parts = {name: np.zeros(m.columns) for name, m in METRICS.items()}
    for storyline in {d.storyline for d in gold}:
        shard = [(d, p) for d, p in zip(gold, given_, strict=True) if d.storyline == storyline]
        for name, row in totals([d for d, _ in shard], [p for _, p in shard]).items():
            parts[name] += row
    assert same(parts, totals(gold, given_))


def labels_and_subsets(gold: Gold, given_: Given, choose: random.Random) -> None:
    gold = [replace(d, subset=choose.choice("ab")) for d in gold]
    counts = score.tally(gold, given_, METRICS.values(), ONTOLOGY)
    whole = {name: counts.rows(name).sum(0) for name in METRICS}
    zero = {name: np.zeros(metric.columns) for name, metric in METRICS.items()}
    assert same(whole, {n: sum(cells.by_label().values(), zero[n]) for n, cells in counts.cells.items()})
    assert same(whole, {n: sum(counts.subset_rows(n).values(), zero[n]) for n in METRICS})


def names_of_labels(gold: Gold, given_: Given, choose: random.Random) -> None:
    new = {name: f"L{i}" for i, name in enumerate(sorted(ONTOLOGY.labels, reverse=True))}
    renamed = msgspec.structs.replace(
        ONTOLOGY,
        labels={new[n]: v for n, v in ONTOLOGY.labels.items()},
        acts={new[n]: v for n, v in ONTOLOGY.acts.items()},
    )

    def other(side: Prediction) -> Prediction:
        return replace(side, events=tuple(replace(v, type=new[v.type]) for v in side.events))

    assert same(totals(gold, given_), totals([other(d) for d in gold], [other(p) for p in given_], renamed))  # type: ignore[misc, arg-type]


def names_of_encounters(gold: Gold, given_: Given, choose: random.Random) -> None:
    renamed = [
        replace(
            p,
            events=tuple(replace(v, encounter=v.encounter and f"x-{v.encounter[::-1]}") for v in p.events),
            statuses=tuple(Status(f"x-{s.encounter[::-1]}", s.status) for s in p.statuses),
        )
        for p in given_
    ]
    assert same(totals(gold, given_), totals(gold, renamed))


def vectorised(gold: Gold, given_: Given, choose: random.Random) -> None:
    rows = [totals(gold, given_), totals(gold[:1], given_[:1])]
    for name, metric in METRICS.items():
        table = np.stack([r[name] for r in rows])
        assert np.allclose(metric.value(table), [value(metric, r[name]) for r in rows], equal_nan=True), name


class Law(NamedTuple):
    """A law, and whether two gold items may share an extent in the corpora that it is tried on."""

    holds: Callable[[Gold, Given, random.Random], None]
    shared: bool = True


LAWS = {
    law.holds.__name__: law
    for law in (
        Law(order_of_everything),
        Law(identity),
        Law(bounds),
        Law(swap),
        Law(duplicates, shared=False),
        Law(nothing_more),
        Law(emptiness),
        Law(shards),
        Law(labels_and_subsets),
        Law(names_of_labels),
        Law(names_of_encounters),
        Law(vectorised),
    )
}


def _try(law: Law, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), database=None)
    @given(corpora(shared=law.shared), st.randoms(use_true_random=False))
    def run(case: tuple[list[Document], list[Prediction]], choose: random.Random) -> None:
        law.holds(*case, choose)

    run()


@pytest.mark.parametrize("name", LAWS)
def test_law(name: str) -> None:
    _try(LAWS[name], 25)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_law_at_length(name: str) -> None:
    _try(LAWS[name], 300)


def test_nothing_on_either_side_is_undefined() -> None:
    document = Document(doc_id="d", text="a b", published="2025-01-01")
    assert {
        n for n, row in totals([document], [Prediction("d")]).items() if not np.isnan(value(METRICS[n], row))
    } == set()
