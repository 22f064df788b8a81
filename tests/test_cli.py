"""The command line from the shell: exit codes, one clear line for bad input, and no import before it is needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Sommet

from benchmark import compare, corpus, reports
from benchmark.documents import Prediction, as_prediction
from benchmark.formats import jsonl

GOLD = corpus.load("dev")


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """The gold of dev as a prediction file."""
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(b"".join(jsonl.encode(as_prediction(d)) for d in GOLD))
    return path


def test_scores_a_file_and_standard_input_alike(sommet: Sommet, predictions: Path) -> None:
    from_file = sommet("score", predictions, "--split", "dev", "--format", "json")
    piped = sommet("score", "-", "--split", "dev", "--format", "json", stdin=predictions.read_bytes())
    assert (from_file.returncode, piped.returncode) == (0, 0)
    assert from_file.stdout == piped.stdout
    scores = json.loads(from_file.stdout)
    assert scores["TC"]["f1"] == 1
    assert "split:dev" in scores["TC"]["signature"]


@pytest.mark.parametrize("form", ["text", "md"])
def test_every_form_carries_the_signature(sommet: Sommet, predictions: Path, form: str) -> None:
    done = sommet("score", predictions, "--split", "dev", "--metrics", "triggers,AC+", "--format", form)
    assert done.returncode == 0
    assert "metric:AC+|filler:entity" in done.stdout
    assert "Date-V" not in done.stdout


FIRST = GOLD[0].doc_id
LENGTH = len(GOLD[0].text)


def line(**fields: object) -> str:
    return json.dumps({"doc_id": FIRST, **fields})


def trigger(start: int, end: int, label: str = "SummitHeld", **fields: object) -> dict[str, object]:
    return {"id": "V1", "type": label, "trigger": {"start": start, "end": end}, **fields}


BAD = {
    "unknown document": (line(doc_id="nowhere-01"), "unknown document"),
    "past the end": (line(events=[trigger(0, LENGTH + 1)]), "within the text"),
    "unknown label": (line(events=[trigger(0, 5, "SummitHold")]), "expected SummitHeld"),
    "unknown role": (
        line(events=[trigger(0, 5, arguments=[{"role": "Participent", "start": 0, "end": 5}])]),
        "expected Participant",
    ),
    "reversed span": (line(events=[trigger(5, 2)]), "start before end"),
    "negative offset": (line(events=[trigger(-1, 2)]), ">= 0"),
    "duplicate id": (line(events=[trigger(0, 5), trigger(6, 9)]), "event id 'V1' 2 times"),
    "duplicate document": (f"{line()}\n{line()}", "given twice"),
    "truncated line": (line(events=[trigger(0, 5)])[:-4], "expected one prediction as JSON"),
    "unknown key": (line(evnts=[]), "evnts"),
    "unknown reference": (
        line(events=[trigger(0, 5, arguments=[{"role": "Place", "start": 0, "end": 5, "ref": "E9"}])]),
        "the id of an entity or time",
    ),
    "NaN": (line().replace("}", ', "events": NaN}'), "JSON"),
    "huge integer": (line(events=[trigger(0, 10**400)]), ":1"),
    "nested beyond reason": ("[" * 100_000, ":1"),
    "empty file": ("", "empty file"),
    "only blank lines": ("\n\n", "empty file"),
    "missing document": (line(), "without a prediction"),
    "not an object": ("7", "Expected `object`"),
    "line break in an id": (line(doc_id="a\nsommet: all is well"), r"a\nsommet"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_predictions_get_one_clear_line(sommet: Sommet, tmp_path: Path, name: str) -> None:
    content, message = BAD[name]
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    done = sommet("score", path, "--split", "dev", "--metrics", "TC")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "bad.jsonl" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["score", "absent.jsonl", "--split", "dev"], "No such file"),
        (["score", ".", "--split", "dev"], "Is a directory"),
        (["score", "latin.jsonl", "--split", "dev"], "latin.jsonl:1"),
        (["score", "latin.jsonl", "--split", "dve"], "expected dev"),
        (["score", "latin.jsonl"], "either --split or --gold"),
        (["score", "latin.jsonl", "--split", "dev", "--metrics", "TCC"], "expected TC"),
        (["scor"], "scor"),
        (["validate", "latin.jsonl"], "1 faults"),
        (["validate", "absent"], "No such file"),
        (["stats", "--corpus", "absent"], "absent"),
        (["import", "brta", "."], "expected brat"),
        (["publish", "."], "no record.json"),
        (["leaderboard", "--results", "absent"], "no such folder"),
        (["leaderboard", "--results", "."], "no record.json"),
        (["extract", "lexcon", "latin.jsonl"], "expected lexicon"),
        (["extract", "empty", "latin.jsonl", "./latin.jsonl"], "two files of the name latin.jsonl"),
        ([], "Usage: sommet"),
        (["extract", "lexicon", "--published", "hier"], "a date such as"),
        (["extract", "lexicon", "latin.jsonl"], "not UTF-8"),
        (["run", "extractor=cfr"], "expected crf"),
        (["run", "splt=dev"], "expected split"),
        (["run", "extractor.min_precison=1"], "expected min_precision"),
        (["run", "extractor.min_precision=abc"], "expected float"),
        (["run", "resume=perhaps"], "expected a bool"),
        (["run", "corpus=folder"], "corpus.path=VALUE"),
        (["run", "--multrun"], "expected --multirun"),
        (["run", "extractor._target_=os.system"], "--trust"),
        (["run", "extractor._target_=benchmark.run.os.system"], "--trust"),
        (["run", "extractor._target_=baselines.lexicon.Path"], "is defined in pathlib"),
        (["run", "metrics.names=[TCC]"], "expected TC"),
    ],
)
def test_bad_usage_exits_2_without_a_traceback(sommet: Sommet, tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"doc_id": "\xe9"}\n')
    done = sommet(*words)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_the_gold_is_valid(sommet: Sommet) -> None:
    done = sommet("validate")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("kind", ["gold", "predictions"])
def test_the_schemas_fit_the_gold(sommet: Sommet, kind: str) -> None:
    import jsonschema
    import msgspec

    schema = json.loads(sommet("schema", kind).stdout)
    documents = GOLD if kind == "gold" else [as_prediction(d) for d in GOLD]
    for document in documents:
        jsonschema.validate(json.loads(msgspec.json.encode(document)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"doc_id": 7}, schema)


def test_gold_goes_out_and_comes_back(sommet: Sommet, tmp_path: Path) -> None:
    out = sommet("import", "brat", corpus.data_root() / "gold" / "dev")
    assert out.returncode == 0
    back = sommet("export", "brat", "-", tmp_path / "copy", stdin=out.stdout)
    assert back.returncode == 0, back.stderr
    again = sommet("import", "brat", tmp_path / "copy")
    assert again.stdout == out.stdout


def loaded_by(*words: str) -> set[str]:
    """Top-level packages that are imported when the command line has run these words."""
    code = (
        "import sys, contextlib, io\n"
        f"sys.argv = ['sommet', *{words!r}]\n"
        "from benchmark.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main()\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules}))\n"
    )
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["score", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    heavy = {"datasets", "sklearn", "hydra", "spacy", "numpy", "scipy", "seqeval", "yaml", "rich", "torch"}
    assert not loaded_by(*words) & heavy


def test_scoring_imports_neither_scikit_learn_nor_datasets(predictions: Path) -> None:
    loaded = loaded_by("score", str(predictions), "--split", "dev")
    assert "numpy" in loaded
    assert not loaded & {"datasets", "sklearn", "hydra", "spacy", "seqeval"}


def into(target: str, *words: object, **env: str) -> tuple[int, str]:
    """Exit code and messages of the command line whose output goes to ``target`` of the shell."""
    done = subprocess.run(
        ["bash", "-c", f'"$@" {target}; exit ${{PIPESTATUS[0]}}', "bash", sys.executable, "-m", "benchmark", *words],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NO_COLOR": "1", **env},
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def losing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Gold as predictions, and as many that hold nothing."""
    folder = tmp_path_factory.mktemp("sides")
    (folder / "one.jsonl").write_bytes(b"".join(jsonl.encode(as_prediction(d)) for d in GOLD))
    (folder / "other.jsonl").write_bytes(b"".join(jsonl.encode(Prediction(d.doc_id)) for d in GOLD))
    return folder / "one.jsonl", folder / "other.jsonl"


@pytest.mark.parametrize("form", ["text", "md"])
def test_a_reader_that_goes_away_changes_no_verdict(losing: tuple[Path, Path], form: str) -> None:
    one, other = losing
    assert into("| true", "compare", one, other, "--format", form) == (1, "")
    assert into("| true", "compare", other, one, "--format", form) == (0, "")


@pytest.mark.parametrize(
    "words", [["--help"], ["stats"], ["schema", "gold"], ["run", "--cfg", "job"], ["import", "brat", "gold/dev"]]
)
def test_a_reader_that_goes_away_is_no_verdict(words: list[str]) -> None:
    words = [str(corpus.data_root() / w) if w == "gold/dev" else w for w in words]
    assert into("| true", *words) == (141, "")


def test_messages_that_nobody_reads_change_no_exit_code() -> None:
    assert into("2>&1 | true", "score", "absent.jsonl", "--split", "dev")[0] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["stats"], ["schema", "gold"], ["import", "brat", "gold/dev"]])
def test_a_full_disk_is_one_line(words: list[str]) -> None:
    words = [str(corpus.data_root() / w) if w == "gold/dev" else w for w in words]
    assert into("> /dev/full", *words) == (2, "sommet: No space left on device\n")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
def test_output_is_utf_8_in_every_locale(sommet: Sommet, losing: tuple[Path, Path], env: dict[str, str]) -> None:
    plain, odd = (sommet("compare", *losing, "--format", "md", env=e) for e in ({}, env))
    assert (odd.returncode, odd.stdout, odd.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert not odd.stdout.isascii()
    assert sommet("score", "Réunion\udcff.jsonl", "--split", "dev", env=env).returncode == 2


def report(verdict: str, *systems: compare.SystemReport) -> compare.Report:
    return compare.Report("a", "b", "c", "1", "dev", "0", 0.05, verdict, list(systems))  # type: ignore[arg-type]


def test_hostile_words_forge_nothing_in_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    words = "@all\x1b[2J\nsame: all is well"
    metric = compare.MetricReport("TC", "", 1, 0, -1, None, None, None, 0, 1, None, "accepted", words)
    change = compare.Change("`@all\nd", "lost", "SummitHeld", words, words)
    made = report("accepted", compare.SystemReport(words, "accepted", [metric], [change], words, [words]))
    reports.show(made, "text")
    for shown in (capsys.readouterr().out, reports.markdown(made), reports.junit(made)):
        assert "\x1b" not in shown
        assert not re.search("^same", shown, re.M)
    assert "@" not in reports.markdown(made)


def test_a_report_without_systems_is_not_green() -> None:
    root = ElementTree.fromstring(reports.junit(report("missing")))  # noqa: S314 - our own output
    assert [e.get("type") for e in root.findall("testsuite/testcase/error")] == ["missing"]
    assert [s.get("errors") for s in root] == ["1"]


def test_a_view_obeys_nothing_in_the_text(sommet: Sommet, tmp_path: Path) -> None:
    """Neither a terminal nor rich finds orders in a text or in a file's name, and offsets stay where they were."""
    text = "Paris\x1b]0;owned\x07 \0\x08\x0b\x9b2J\u202e. Le sommet\u202fde Paris\r\nest annulé."
    (tmp_path / "[red]a.txt").write_text(text, encoding="utf-8", newline="")
    done = sommet("extract", "lexicon", "[red]a.txt", "--view")
    assert (done.returncode, done.stderr) == (0, "")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", done.stdout)
    assert "Le sommet\u202fde Paris" in done.stdout
    assert "[red]a.txt" in done.stdout
    (found,) = (json.loads(line) for line in sommet("extract", "lexicon", "[red]a.txt").stdout.splitlines())
    for event in found["events"]:
        assert f" {text[event['trigger']['start'] : event['trigger']['end']]} " in done.stdout
