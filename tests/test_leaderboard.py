"""The results tree and the leaderboard: what is published where, and how rows are named and shown."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Sommet
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from made import publish, weakened
from msgspec.structs import replace

import benchmark
from benchmark import corpus, results
from benchmark.compare import systems
from benchmark.documents import Prediction
from benchmark.errors import InvalidInput, NotComparable
from benchmark.leaderboard import board, grid, scores, tables
from benchmark.leaderboard.board import Row
from benchmark.ontology import load_yaml
from benchmark.results import Record
from benchmark.run import RunConfig

GOLD = corpus.load("dev")
CONFIGS = corpus.data_root() / "configs"
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
    files = systems(tmp_path / "results", "dev", corpus.sommet())["mine"]
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


# Rows of the leaderboard. -----------------------------------------------------------------------------------------------


def rows(root: Path) -> list[Row]:
    (found,) = board.build(root, corpus.sommet())
    return list(found.rows)


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (["a"], ["mine"]),
        (["0", "1"], ["mine (0)", "mine (1)"]),
        (["a/0", "b/0", "c/0"], ["mine (a/0)", "mine (b/0)", "mine (c/0)"]),
        (["a/0", "b/1", "c/2"], ["mine (0)", "mine (1)", "mine (2)"]),
        (["0", "a/0", "b/a/0"], ["mine (0)", "mine (a/0)", "mine (b/a/0)"]),
        ([".", "a"], ["mine (.)", "mine (a)"]),
    ],
)
def test_rows_of_one_name_are_told_apart_by_their_folders(tmp_path: Path, folders: list[str], names: list[str]) -> None:
    run(tmp_path / "other" / "0", 9, name="other")
    for seed, folder in enumerate(folders):
        run(tmp_path / folder, seed)
    shown = rows(tmp_path)
    assert sorted(r.name for r in shown) == [*names, "other"]
    # Each name stands for the run of its folder.
    places = {r.record.predictions.sha256: r.name for r in shown}
    assert [places[made(seed)[0].predictions.sha256] for seed in range(len(folders))] == names


def test_names_are_shown_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder is named by anyone: nothing in it is markup of the terminal or of Markdown."""
    for seed, folder in enumerate(("x|y [/bold]", "<b>*z*/bold]")):
        run(tmp_path / folder, seed)
    boards = board.build(tmp_path, corpus.sommet())
    tables.show(boards)
    printed = capsys.readouterr().out
    head, _, *lines = tables.markdown(boards[0]).splitlines()
    for name in ("mine (x|y [/bold])", "mine (<b>*z*/bold])"):
        assert name in printed
        (line,) = [one for one in lines if name in re.sub(r"\\(.)", r"\1", one)]
        assert len(re.findall(r"(?<!\\)\|", line)) == head.count("|")
        assert not re.search(r"(?<!\\)[*<>\[\]]", line)


def test_a_subset_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    gold = [replace(GOLD[0], subset="[/bold]")]
    scores.show(benchmark.score(gold, weakened(gold, 0, 0), metrics=["TC"]), "text")
    assert "[/bold]" in capsys.readouterr().out


def test_a_grid_in_markdown_is_a_table_of_as_many_cells(capsys: pytest.CaptureFixture[str]) -> None:
    grid.show([grid.Grid("#1 title", ("#", "a|b"), [("1", "#2"), ("", "c\nd")], words=(1,))], "md")
    title, _, *table = capsys.readouterr().out.splitlines()
    assert title == r"### \#1 title"
    assert table[:4] == ["| # | a\\|b |", "|---:|:---|", r"| 1 | \#2 |", r"|  | c\\nd |"]


# The headline metrics, spelt in one place. ------------------------------------------------------------------------------


def test_the_headline_option_holds_the_headline_metrics() -> None:
    option = load_yaml((CONFIGS / "metrics" / "headline.yaml").read_text(encoding="utf-8"))
    assert tuple(option["names"]) == board.HEADLINE


@pytest.mark.parametrize("path", sorted((CONFIGS / "experiment").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_experiment_scores_all_metrics_or_the_headline(path: Path) -> None:
    assert "names" not in path.read_text(encoding="utf-8")
    ConfigStore.instance().store(name="schema", node=RunConfig)
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        names = compose("config", [f"experiment={path.stem}"]).metrics.names
        asked = compose("config", [f"experiment={path.stem}", "metrics=all"]).metrics.names
    assert names is None or tuple(names) == board.HEADLINE
    assert asked is None


def test_two_results_are_compared_on_the_headline_metrics(sommet: Sommet, tmp_path: Path) -> None:
    for seed in (0, 1):
        run(tmp_path / str(seed), seed)
    report = json.loads(sommet("compare", "0", "1", "--format", "json").stdout)
    assert [m["metric"] for m in report["systems"][0]["metrics"]] == list(board.HEADLINE)


def test_results_of_one_corpus_are_not_shown_as_those_of_another(tmp_path: Path) -> None:
    """Not even where the texts are the same."""
    shutil.copytree(corpus.data_root() / "gold" / "dev", tmp_path / "dev")
    shutil.copy(corpus.data_root() / "gold" / "ontology.yaml", tmp_path)
    (tmp_path / "MANIFEST.yaml").write_text("name: mine\nversion: 0.1\n", encoding="utf-8")
    folder = corpus.data_root() / "results" / "sommet-1.0.0" / "dev"
    with pytest.raises(NotComparable, match=r"of mine 0\.1"):
        board.build(folder, corpus.Corpus(tmp_path))
