"""What the experiments show of their runs."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from conftest import Sommet

from benchmark import corpus, results
from benchmark.errors import InvalidInput

TRAIN = corpus.load("train")


def test_parts_of_train_are_nested_and_of_whole_storylines() -> None:
    sizes = []
    before: set[str] = set()
    for share in (0.1, 0.25, 0.5, 1.0):
        part = corpus.part(TRAIN, share)
        storylines = {d.storyline for d in part}
        assert [d for d in TRAIN if d.storyline in storylines] == part
        assert before <= storylines
        before = storylines
        sizes.append(len(storylines))
    assert sizes == sorted(set(sizes))
    assert corpus.part(TRAIN) == TRAIN
    assert {d.subset for d in corpus.part(TRAIN, 0.5, "fiction")} == {"fiction"}


@pytest.mark.parametrize(
    ("share", "subset", "said"), [(0.0, None, "share"), (1.5, None, "share"), (1.0, "fictoin", "fiction")]
)
def test_a_part_that_there_is_not_is_refused(share: float, subset: str | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        corpus.part(TRAIN, share, subset)


@pytest.mark.slow
def test_learning_curve(sommet: Sommet, tmp_path: Path) -> None:
    done = sommet("run", "experiment=learning-curve", "extractor=lexicon", "train.share=0.2,1.0")
    assert done.returncode == 0, done.stderr
    assert "Score by storylines of train" in done.stdout
    (figure,) = (tmp_path / "runs").rglob("learning-curve.svg")
    ElementTree.parse(figure)  # noqa: S314 - our own file
    shares = {r.system.train.share: r for r in map(results.read, results.find(tmp_path / "runs"))}
    assert shares[0.2].system.trained_on != shares[1.0].system.trained_on
    assert shares[0.2].system.train.storylines < shares[1.0].system.train.storylines
    assert {r.system.name for r in shares.values()} == {"lexicon-0.2", "lexicon-1.0"}


@pytest.mark.slow
def test_cross_subset(sommet: Sommet) -> None:
    done = sommet("run", "experiment=cross-subset", "extractor=lexicon")
    assert done.returncode == 0, done.stderr
    assert "on histoire" in done.stdout
    assert "fiction" in done.stdout


@pytest.mark.slow
def test_memorisation_gap(sommet: Sommet) -> None:
    """Who knows the gold has no gap; the difference is 0 whatever the pairing."""
    done = sommet("run", "experiment=memorisation-gap", "extractor=oracle")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("+0.000 … +0.000") == 5


def test_an_experiment_that_there_is_not_is_refused(sommet: Sommet) -> None:
    done = sommet("run", "experiment=seds")
    assert done.returncode == 2
    assert "seeds" in done.stderr


def test_gold_triggers_that_are_given_are_kept() -> None:
    from benchmark import extractor
    from benchmark.scoring import score

    dev = corpus.load("dev")[:6]
    system = extractor.build({**extractor.config("linear"), "given": ["triggers", "times"]})
    system.fit(TRAIN[:8], [])
    found = [extractor.predict(system, d, extractor.opaque_id(d), corpus.ontology()) for d in dev]
    scores = score.score(dev, found, metrics=["TC-fact", "TIMEX-value", "AC+"])
    assert scores["TC-fact"].f1 == 1
    assert scores["TIMEX-value"].f1 == 1
    assert (scores["AC+"].f1 or 0) < 1
    with pytest.raises(InvalidInput, match="triggers"):
        extractor.build({**extractor.config("linear"), "given": ["trigers"]})
