"""Comparison and gate: verdicts, exit codes, and what cannot get past them."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from conftest import Sommet
from made import publish, weakened
from msgspec.structs import replace

from benchmark import compare, corpus, reports, results
from benchmark.documents import Event, Prediction, Span, as_prediction
from benchmark.errors import InvalidInput
from benchmark.formats import jsonl

GOLD = corpus.load("dev")
SOMMET = corpus.sommet()
POLICY = """
schema: 1
split: dev
systems: [mine]
metrics:
  TC: {margin: 0.01, hard: 0.5}
  AC+: {margin: 0.01, hard: 0.5}
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A folder with a policy and, as base, a system that finds nine events of ten."""
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    publish(tmp_path / "base", "mine", weakened(GOLD, 0.1, 1))
    return tmp_path


def check(sommet: Sommet, *words: str) -> subprocess.CompletedProcess[str]:
    return sommet("check", "--policy", "policy.yaml", "--base", "base", "--results", "results", *words)


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    report = json.loads(done.stdout)
    return {f"{s['system']}.{m['metric']}": m["verdict"] for s in report["systems"] for m in s["metrics"]}


def test_unchanged_predictions_are_exactly_the_same(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    done = check(sommet, "--format", "json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["verdict"] == "same"
    (system,) = report["systems"]
    assert {(m["difference"], m["p"], m["verdict"]) for m in system["metrics"]} == {(0.0, 1.0, "same")}
    assert system["changes"] == []


def test_a_real_loss_is_worse_and_says_what_was_lost(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.35, 2))
    done = check(sommet, "--format", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["verdict"] == "worse"
    metric = report["systems"][0]["metrics"][0]
    assert metric["p_holm"] < 0.05
    assert metric["interval"][1] < 0
    assert metric["losses"] > metric["wins"]
    lost = [c for c in report["systems"][0]["changes"] if c["kind"] == "lost"]
    assert lost
    assert all(c["trigger"] in c["sentence"] for c in lost)


def test_a_small_change_is_noise_and_says_what_could_be_seen(gate: Path, sommet: Sommet) -> None:
    predictions = weakened(GOLD, 0.1, 1)
    at = next(i for i, p in enumerate(predictions) if p.events)
    predictions[at] = replace(predictions[at], events=predictions[at].events[1:])
    publish(gate / "results", "mine", predictions)
    done = check(sommet)
    assert done.returncode == 0
    assert "the smallest drop this gold shows" in done.stdout
    assert "noise" in done.stdout


def test_a_gain_is_better(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", [as_prediction(d) for d in GOLD])
    done = check(sommet, "--format", "json")
    assert done.returncode == 0
    assert set(verdicts(done).values()) == {"better"}


def test_floor_and_hard_limit_need_no_significance(gate: Path, sommet: Sommet) -> None:
    predictions = weakened(GOLD, 0.1, 1)
    publish(gate / "results", "mine", predictions)
    (gate / "policy.yaml").write_text(POLICY.replace("margin: 0.01, hard: 0.5", "floor: 0.99", 1), encoding="utf-8")
    done = check(sommet, "--format", "json")
    assert (done.returncode, verdicts(done)["mine.TC"], verdicts(done)["mine.AC+"]) == (1, "worse", "same")
    at = next(i for i, p in enumerate(predictions) if p.events)
    predictions[at] = replace(predictions[at], events=predictions[at].events[1:])
    publish(gate / "results", "mine", predictions)
    (gate / "policy.yaml").write_text(POLICY.replace("hard: 0.5", "hard: 0.0001", 1), encoding="utf-8")
    assert verdicts(check(sommet, "--format", "json"))["mine.TC"] == "worse"


def test_an_accepted_loss_passes_until_it_expires(gate: Path) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.35, 2))
    accepted = [compare.Accepted("mine", m, "a trade for speed", datetime.date(2030, 1, 31)) for m in ("TC", "AC+")]
    policy = replace(compare.read_policy(gate / "policy.yaml"), accepted=accepted)

    def run(day: datetime.date) -> compare.Report:
        return compare.compare(str(gate / "base"), str(gate / "results"), SOMMET, policy, today=day)

    assert (run(datetime.date(2030, 1, 31)).verdict, run(datetime.date(2030, 1, 31)).exit_code) == ("accepted", 0)
    late = run(datetime.date(2030, 2, 1))
    assert (late.verdict, late.exit_code) == ("worse", 1)
    assert "it was accepted until 2030-01-31" in late.systems[0].metrics[0].why


def test_repeated_runs_are_compared_by_their_mean(gate: Path, sommet: Sommet) -> None:
    shutil.rmtree(gate / "base")
    for i in (1, 2, 3):
        publish(gate / "base", "mine", weakened(GOLD, 0.1, i), repeat=f"repeat-{i}")
        publish(gate / "results", "mine", weakened(GOLD, 0.1, 10 + i), repeat=f"repeat-{i}")
    assert check(sommet).returncode == 3
    (gate / "policy.yaml").write_text(POLICY + "repeats: {mine: 3}\n", encoding="utf-8")
    done = check(sommet, "--format", "json")
    assert done.returncode == 0, done.stdout
    assert set(verdicts(done).values()) == {"noise"}


# What must not get past the gate, and the exit code that stops it. ------------------------------------------------------


def record_of(gate: Path) -> Path:
    return next((gate / "results").rglob("record.json"))


def rewrite(path: Path, **parts: dict[str, object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    for part, values in parts.items():
        data[part] |= values
    path.write_text(json.dumps(data), encoding="utf-8")


def sealed(gate: Path, predictions: list[Prediction]) -> None:
    """Put other predictions in place, with a record whose hash fits them."""
    file = record_of(gate).parent / results.PREDICTIONS
    file.write_bytes(b"".join(map(jsonl.encode, predictions)))
    rewrite(record_of(gate), predictions={"sha256": results.sha256(file.read_bytes())})


def dropped_documents(gate: Path) -> None:
    sealed(gate, weakened(GOLD, 0.1, 1)[1:])


def another_system_name(gate: Path) -> None:
    rewrite(record_of(gate), system={"name": "mine2"})


def another_gold(gate: Path) -> None:
    rewrite(record_of(gate), corpus={"fingerprint": "000000000000"})


def no_results(gate: Path) -> None:
    shutil.rmtree(gate / "results")
    (gate / "results").mkdir()


def unreadable_base(gate: Path) -> None:
    next((gate / "base").rglob("predictions.jsonl")).write_bytes(b"\xff\xfe")


def misspelt_key(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY.replace("margin", "margn"), encoding="utf-8")


def misspelt_metric(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY.replace("AC+", "AC++"), encoding="utf-8")


def no_metric(gate: Path) -> None:
    (gate / "policy.yaml").write_text("schema: 1\nsplit: dev\nmetrics: {}\n", encoding="utf-8")


def newer_policy(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY.replace("schema: 1", "schema: 2"), encoding="utf-8")


def edited_record(gate: Path) -> None:
    """A loss behind a record that claims a perfect score."""
    sealed(gate, weakened(GOLD, 0.5, 3))
    data = json.loads(record_of(gate).read_text(encoding="utf-8"))
    for score in data["scores"].values():
        score |= {"f1": 1.0, "p": 1.0, "r": 1.0}
    record_of(gate).write_text(json.dumps(data), encoding="utf-8")


def newer_scorer(gate: Path) -> None:
    """A loss behind a record that says it was scored by another version."""
    edited_record(gate)
    data = record_of(gate).read_text(encoding="utf-8").replace("|v:", "|v:9")
    record_of(gate).write_text(data, encoding="utf-8")


def empty_lists(gate: Path) -> None:
    """A loss dressed up with events that have no argument, and entities that have no mention."""
    events = [replace(p, events=tuple(replace(v, arguments=()) for v in p.events)) for p in weakened(GOLD, 0.5, 3)]
    sealed(gate, events)


def doubled(gate: Path) -> None:
    """Every event given twice."""
    twice = [
        replace(p, events=p.events + tuple(replace(v, id=f"{v.id}b") for v in p.events)) for p in weakened(GOLD, 0.1, 1)
    ]
    sealed(gate, twice)


def nothing_to_judge(gate: Path) -> None:
    """A split for which neither side has results, and a policy that names no system."""
    text = POLICY.replace("split: dev", "split: train").replace("systems: [mine]\n", "")
    (gate / "policy.yaml").write_text(text, encoding="utf-8")


def key_given_twice(gate: Path) -> None:
    sealed(gate, weakened(GOLD, 0.9, 3))
    text = POLICY.replace("hard: 0.5}", "hard: 0.01, margin: 1, hard: 1}")
    (gate / "policy.yaml").write_text(text, encoding="utf-8")


def accepted_metric_misspelt(gate: Path) -> None:
    loss = "accepted: [{system: mine, metric: TCC, reason: known, until: 2099-01-01}]\n"
    (gate / "policy.yaml").write_text(POLICY + loss, encoding="utf-8")


def accepted_without_reason(gate: Path) -> None:
    loss = "accepted: [{system: mine, metric: TC, reason: ' ', until: 2099-01-01}]\n"
    (gate / "policy.yaml").write_text(POLICY + loss, encoding="utf-8")


def repeats_of_another_system(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY + "repeats: {mien: 3}\n", encoding="utf-8")


def less_is_better(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY.replace("AC+:", "Status-spurious:"), encoding="utf-8")


def an_alpha_that_no_test_reaches(gate: Path) -> None:
    sealed(gate, weakened(GOLD, 0.9, 3))
    text = re.sub(r", hard: 0\.5", "", POLICY) + "alpha: 0.0001\n"
    (gate / "policy.yaml").write_text(text, encoding="utf-8")


def an_alpha_below_every_p(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY + "alpha: 1.0e-300\n", encoding="utf-8")


def a_policy_nested_deep(gate: Path) -> None:
    (gate / "policy.yaml").write_text("[" * 50_000, encoding="utf-8")


def undetermined(folder: Path) -> None:
    edited(folder, lambda record: replace(record, system=replace(record.system, deterministic=False)))


def one_run_copied(gate: Path) -> None:
    """A lucky run of a system that is not deterministic, handed in three times."""
    (gate / "policy.yaml").write_text(POLICY + "repeats: {mine: 3}\n", encoding="utf-8")
    for side in ("base", "results"):
        shutil.rmtree(gate / side)
        for i in (1, 2, 3):
            seed = i if side == "base" else 1
            undetermined(publish(gate / side, "mine", weakened(GOLD, 0.1, seed), repeat=f"repeat-{i}"))


def one_repeat_shown_gold(gate: Path) -> None:
    (gate / "policy.yaml").write_text(POLICY + "repeats: {mine: 2}\n", encoding="utf-8")
    for side in ("base", "results"):
        shutil.rmtree(gate / side)
        folders = [publish(gate / side, "mine", weakened(GOLD, 0.1, i), repeat=f"repeat-{i}") for i in (1, 2)]
    edited(folders[1], lambda record: replace(record, system=replace(record.system, given=["times"])))


def a_file_that_is_a_folder(gate: Path) -> None:
    file = record_of(gate).parent / "predictions.jsonl"
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("trick", "code"),
    [
        (nothing_to_judge, 3),
        (key_given_twice, 2),
        (accepted_metric_misspelt, 2),
        (accepted_without_reason, 2),
        (repeats_of_another_system, 2),
        (less_is_better, 2),
        (an_alpha_that_no_test_reaches, 3),
        (an_alpha_below_every_p, 2),
        (a_policy_nested_deep, 2),
        (one_run_copied, 3),
        (one_repeat_shown_gold, 3),
        (a_file_that_is_a_folder, 3),
        (dropped_documents, 3),
        (another_system_name, 3),
        (another_gold, 3),
        (no_results, 3),
        (unreadable_base, 3),
        (misspelt_key, 2),
        (misspelt_metric, 2),
        (no_metric, 2),
        (newer_policy, 2),
        (edited_record, 1),
        (newer_scorer, 1),
        (empty_lists, 1),
        (doubled, 1),
    ],
)
def test_the_gate_cannot_be_passed_by(gate: Path, sommet: Sommet, trick: object, code: int) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    trick(gate)  # type: ignore[operator]
    done = check(sommet)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@t")
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_base_can_be_the_merge_base(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    git(gate, "init", "-q", "-b", "main")
    git(gate, "add", "results", "policy.yaml")
    git(gate, "commit", "-qm", "base")
    git(gate, "checkout", "-qb", "work")
    words = ["check", "--policy", "policy.yaml", "--base", "git:main"]
    assert sommet(*words).returncode == 0
    publish(gate / "results", "mine", weakened(GOLD, 0.35, 2))
    done = sommet(*words)
    assert done.returncode == 1, done.stderr
    missing = sommet("check", "--policy", "policy.yaml", "--base", "git:nowhere")
    assert missing.returncode == 3
    assert "nowhere" in missing.stderr


@pytest.mark.slow
def test_git_bisect_finds_the_commit_that_lost(gate: Path, sommet: Sommet) -> None:
    """Exit 3 is turned into a skip (125), as docs/gate.md says."""
    import sys

    git(gate, "init", "-q", "-b", "main")
    shares = {"good": 0.1, "unjudged": None, "fine": 0.1, "lost": 0.4, "after": 0.4}
    for name, share in shares.items():
        shutil.rmtree(gate / "results", ignore_errors=True)
        if share is None:
            (gate / "results").mkdir()
            (gate / "results" / "note").write_text("no results here")
        else:
            publish(gate / "results", "mine", weakened(GOLD, share, 1))
            (gate / "results" / "note").write_text(name)
        git(gate, "add", "-A", "results")
        git(gate, "commit", "-qm", name)
    git(gate, "bisect", "start", "HEAD", "HEAD~4")
    checked = f"{sys.executable} -m benchmark check --policy policy.yaml --base base"
    command = f"{checked}; code=$?; [ $code -eq 3 ] && exit 125; exit $code"
    said = git(gate, "bisect", "run", "sh", "-c", command)
    assert "is the first bad commit" in said
    assert "\n    lost\n" in said


@pytest.mark.parametrize("form", ["text", "md", "json", "junit"])
def test_every_form_tells_the_same_verdict(gate: Path, sommet: Sommet, form: str) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.35, 2))
    done = check(sommet, "--format", form)
    assert done.returncode == 1
    assert "worse" in done.stdout
    if form == "json":
        jsonschema.validate(json.loads(done.stdout), reports.schema())
    if form == "junit":
        root = ElementTree.fromstring(done.stdout)  # noqa: S314 - our own output
        assert len(root.findall(".//failure")) == 2


def test_two_prediction_files_are_compared_whatever_their_names(sommet: Sommet, tmp_path: Path) -> None:
    for name, share in (("one", 0.1), ("other", 0.4)):
        (tmp_path / f"{name}.jsonl").write_bytes(results.prediction_bytes(weakened(GOLD, share, 4)))
    assert sommet("compare", "one.jsonl", "other.jsonl").returncode == 1
    assert sommet("compare", "other.jsonl", "one.jsonl").returncode == 0
    assert sommet("compare", "one.jsonl", "absent.jsonl").returncode == 2


def test_hostile_words_do_not_get_into_html() -> None:
    change = compare.Change("<script>", "lost", "SummitHeld", "<b>|x|</b>", "a\n<img src=x>")
    report = compare.Report(
        "a",
        "b",
        "c",
        "1",
        "dev",
        "0",
        0.05,
        "worse",
        [compare.SystemReport("<i>", "worse", [], [change], "<u>\x1b[31m")],
    )
    page = reports.markdown(report)
    assert "<b>" not in page
    assert "<img" not in page
    assert "<u>" not in page
    assert "\x1b" not in page
    assert "<i>" not in page
    ElementTree.fromstring(reports.junit(report))  # noqa: S314 - our own output


def test_changes_are_a_partition() -> None:
    event = GOLD[0].events[0]
    wrong = Event("X", event.type, Span(0, 1))
    one = compare.Side(
        "a", (tuple(Prediction(d.doc_id, events=(wrong,) if d is GOLD[0] else ()) for d in GOLD),), ("1",)
    )
    other = compare.Side(
        "a", (tuple(Prediction(d.doc_id, events=(event,) if d is GOLD[0] else ()) for d in GOLD),), ("2",)
    )
    assert [(c.kind, c.label) for c in compare.changes(GOLD, one, other)] == [
        ("dropped", event.type),
        ("found", event.type),
    ]
    assert [c.kind for c in compare.changes(GOLD, other, one)] == ["invented", "lost"]


def test_time_and_memory_that_grew_are_a_warning() -> None:
    def took(seconds: float, reference: float, peak: float) -> results.RunPart:
        return results.RunPart(0, seconds, None, 0, peak, "3", reference, 100.0)

    slow = compare.costs([took(2, 1, 150)], [took(8, 2, 150)])
    assert [line.split(",")[0] for line in slow] == ["extraction takes 2.0 times as long as before"]
    assert "1.6 times" in compare.costs([took(2, 1, 150)], [took(2, 1, 240)])[0]
    assert compare.costs([took(2, 1, 150)], [took(4, 2, 150)]) == []
    assert compare.costs([], [took(4, 2, 150)]) == []


def edited(folder: Path, change: Callable[[results.Record], results.Record]) -> None:
    file = folder / results.RECORD
    file.write_bytes(results.encode(change(results.read(folder))))


def test_a_run_that_got_slower_is_warned_of_and_passes(gate: Path, sommet: Sommet) -> None:
    for root, seconds in (("base", 2.0), ("results", 8.0)):
        folder = publish(gate / root, "mine", weakened(GOLD, 0.1, 1))
        took = replace(results.read(folder).run, extract_seconds=seconds, reference_seconds=1.0)
        edited(folder, lambda record, took=took: replace(record, run=took))  # type: ignore[misc]
    done = check(sommet)
    assert done.returncode == 0
    assert "4.0 times as long" in done.stdout


def test_results_with_other_gold_given_are_not_comparable(gate: Path, sommet: Sommet) -> None:
    folder = publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    edited(folder, lambda record: replace(record, system=replace(record.system, given=["times"])))
    done = check(sommet)
    assert done.returncode == 3
    assert "gold given: none in the base, times in the candidate" in done.stdout


def test_the_projects_own_policy_reads() -> None:
    for path in sorted((corpus.data_root() / "configs" / "gate").glob("*.yaml")):
        assert compare.read_policy(path).metrics
    with pytest.raises(InvalidInput, match="absent"):
        compare.read_policy(Path("absent.yaml"))


def test_results_of_another_version_may_lie_beside(gate: Path, sommet: Sommet) -> None:
    folder = publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    for side in ("base", "results"):
        old = gate / side / "sommet-0.9.0" / "dev" / "mine"
        shutil.copytree(folder, old)
        edited(
            old, lambda record: replace(record, corpus=replace(record.corpus, version="0.9.0", fingerprint="0" * 12))
        )
    done = check(sommet)
    assert done.returncode == 0, done.stdout


def test_a_broken_record_of_another_split_is_not_judged(gate: Path, sommet: Sommet) -> None:
    folder = publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    other = gate / "results" / "sommet-1.0.0" / "test" / "mine"
    other.mkdir(parents=True)
    (other / results.RECORD).write_text("{", encoding="utf-8")
    assert check(sommet).returncode == 0
    (folder / results.RECORD).write_text("{", encoding="utf-8")
    assert check(sommet).returncode == 2


def test_a_single_run_of_a_system_that_is_not_deterministic_is_warned_of(gate: Path, sommet: Sommet) -> None:
    folder = publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    assert "single run" not in check(sommet).stdout
    undetermined(folder)
    done = check(sommet, "--format", "md")
    assert done.returncode == 0
    assert "judged on a single run" in done.stdout


def test_a_base_that_is_the_candidate_itself_is_warned_of(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    git(gate, "init", "-q", "-b", "main")
    git(gate, "add", "-A")
    git(gate, "commit", "-qm", "base")
    words = ["check", "--policy", "policy.yaml", "--format", "md", "--base"]
    assert "git:HEAD~1" in sommet(*words, "git:main").stdout
    git(gate, "commit", "-q", "--allow-empty", "-m", "next")
    done = sommet(*words, "git:HEAD~1")
    assert (done.returncode, "merge base" in done.stdout) == (0, False)


def test_a_base_is_read_from_below_the_top_and_with_other_line_ends(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    (gate / "below").mkdir()
    git(gate, "init", "-q", "-b", "main")
    git(gate, "add", "-A")
    git(gate, "commit", "-qm", "base")
    git(gate, "config", "core.autocrlf", "true")
    words = ["check", "--policy", "../policy.yaml", "--results", "../results", "--base", "git:main"]
    done = sommet(*words, below="below")
    assert done.returncode == 0, done.stdout + done.stderr


def test_too_few_storylines_for_any_test_cannot_pass_a_loss() -> None:
    threshold = compare.Threshold(margin=0.01)
    words = (0.9, 0.1, -0.8, False, 0.125, None)
    assert compare.verdict(*words, threshold, 0.05, 0.125)[0] == "incomparable"
    assert compare.verdict(*words, replace(threshold, hard=0.5), 0.05, 0.125)[0] == "worse"
    assert compare.verdict(*words, threshold, 0.05, 0.001)[0] == "noise"
    assert compare.verdict(0.9, 0.895, -0.005, False, 0.125, None, threshold, 0.05, 0.125)[0] == "noise"


def test_the_schema_of_reports_is_closed(gate: Path, sommet: Sommet) -> None:
    publish(gate / "results", "mine", weakened(GOLD, 0.1, 1))
    report = json.loads(check(sommet, "--format", "json").stdout)
    jsonschema.validate(report, reports.schema())
    with pytest.raises(jsonschema.ValidationError, match="extra"):
        jsonschema.validate({**report, "extra": 1}, reports.schema())
