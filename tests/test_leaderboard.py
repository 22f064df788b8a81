"""The results tree and the leaderboard: what is published where, and how rows are named and shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Sommet
from made import publish, weakened
from msgspec.structs import replace

from benchmark import corpus, results
from benchmark.compare import systems
from benchmark.documents import Prediction
from benchmark.errors import InvalidInput
from benchmark.results import Record

GOLD = corpus.load("dev")
TREE = Path("results") / f"sommet-{corpus.sommet().manifest.version}" / "dev"


@cache
def made(seed: int) -> tuple[Record, list[Prediction]]:
    """What a run leaves."""
    predictions = weakened(GOLD, 0.2, seed)
    with TemporaryDirectory() as folder:
        return results.read(publish(Path(folder), "mine", predictions)), predictions


def run(folder: Path, seed: int = 0, /, **system: object) -> Path:
    """A finished run in ``folder``, of a system of these properties."""
    record, predictions = made(seed)
    results.write(folder, replace(record, system=replace(record.system, **system)), predictions)
    return folder


def held(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.mark.parametrize(
    "name", ["..", ".", "", ".hidden", "a/b", "a\\b", "a b", "a\nb", "a\n", "a|b", "é", "x" * 101, "/etc"]
)
def test_a_system_has_the_name_of_a_folder(tmp_path: Path, name: str) -> None:
    folder = run(tmp_path, name=name)
    with pytest.raises(InvalidInput, match="system") as caught:
        results.read(folder)
    assert str(folder / results.RECORD) in str(caught.value)


def test_nothing_is_published_out_of_the_tree(sommet: Sommet, tmp_path: Path) -> None:
    run(tmp_path / "runs", name="../../../../escaped")
    before = held(tmp_path)
    done = sommet("publish", "runs")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert held(tmp_path) == before


@pytest.mark.parametrize("part", ["name", "version", "split"])
def test_no_part_of_a_record_leads_out_of_the_tree(sommet: Sommet, tmp_path: Path, part: str) -> None:
    record, predictions = made(0)
    corpus_part = replace(record.corpus, **{part: "x/../../../escaped"})
    results.write(tmp_path / "runs", replace(record, corpus=corpus_part), predictions)
    before = held(tmp_path)
    assert sommet("publish", "runs").returncode == 2
    assert held(tmp_path) == before


@pytest.mark.parametrize("name", ["lexicon", "lexicon-0.2", "my_LLM.v2", "2", "-"])
def test_names_that_are_folders(tmp_path: Path, name: str) -> None:
    assert results.read(run(tmp_path, name=name)).system.name == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"given": ["triggers"]}, {}),
        ({"deterministic": False}, {}),
        # By chance alone two runs differ in what they found, not in what they are.
        ({"deterministic": False}, {"deterministic": False, "config_sha256": "0" * 64}),
    ],
)
def test_two_runs_for_one_place_are_refused(
    sommet: Sommet, tmp_path: Path, one: dict[str, object], other: dict[str, object]
) -> None:
    run(tmp_path / "runs" / "a", **one)
    run(tmp_path / "runs" / "b", 1, **other)
    done = sommet("publish", "runs")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    for said in ("runs/a ", "runs/b ", "name="):
        assert said in done.stderr
    assert not (tmp_path / "results").exists()


def test_a_run_given_twice_is_one(sommet: Sommet, tmp_path: Path) -> None:
    run(tmp_path / "runs")
    done = sommet("publish", "runs", "./runs", tmp_path / "runs")
    assert done.stdout.split() == [str(TREE / "mine")]


def test_a_run_replaces_what_is_published(sommet: Sommet, tmp_path: Path) -> None:
    for seed, folder in enumerate(("a", "b")):
        source = run(tmp_path / folder, seed)
        assert sommet("publish", folder).returncode == 0
        assert held(tmp_path / TREE / "mine") == held(source)


def test_runs_of_a_system_that_is_not_deterministic_are_repeats(sommet: Sommet, tmp_path: Path) -> None:
    for seed in range(3):
        run(tmp_path / "runs" / str(seed), seed, deterministic=False, parameters=seed)
    done = sommet("publish", "runs")
    assert done.stdout.split() == [str(TREE / "mine" / f"repeat-{i}") for i in (1, 2, 3)]
    files = systems(tmp_path / "results", "dev")["mine"]
    assert sorted(f.read_bytes() for f in files) == sorted(
        (tmp_path / "runs" / str(i) / results.PREDICTIONS).read_bytes() for i in range(3)
    )
    # A lone run beside them would be a fourth.
    before = held(tmp_path / "results")
    alone = sommet("publish", "runs/0")
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "repeat-1" in alone.stderr
    # The tree and a new run together are four, and nothing is lost.
    run(tmp_path / "runs" / "3", 3, deterministic=False)
    assert held(tmp_path / "results") == before
    assert sommet("publish", "results", "runs/3").returncode == 0
    assert len({p.read_bytes() for p in (tmp_path / TREE / "mine").glob("repeat-*/predictions.jsonl")}) == 4


def test_nothing_is_published_of_a_run_without_predictions(sommet: Sommet, tmp_path: Path) -> None:
    run(tmp_path / "runs" / "a")
    (run(tmp_path / "runs" / "b", name="other") / results.PREDICTIONS).unlink()
    done = sommet("publish", "runs")
    assert done.returncode == 2
    assert "runs/b/predictions.jsonl" in done.stderr
    assert not (tmp_path / "results").exists()
