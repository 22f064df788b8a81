"""The Hydra application, the configs, and the baselines behind them."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import msgspec
import pytest
from conftest import Sommet

import baselines
from benchmark import corpus, extract, extractor, results, run, segment
from benchmark.documents import Document, Prediction, check
from benchmark.errors import InvalidInput, MissingExtra
from benchmark.extract import Storable
from benchmark.ontology import load_yaml
from benchmark.scoring.families import registry

CONFIGS = corpus.data_root() / "configs"
EXTRACTORS = sorted(p.stem for p in (CONFIGS / "extractor").glob("*.yaml"))
# These need weights or an endpoint; tests/test_transformers.py and tests/test_llm.py bring them and ask the same of them.
FITTED = [
    pytest.param(name, marks=pytest.mark.slow if name in ("heideltime", "parsed", "spacy") else ())
    for name in EXTRACTORS
    if name not in ("llm", "transformers")
]
TRAIN = corpus.load("train")
DEV = corpus.load("dev")


def record(folder: Path) -> results.Record:
    (found,) = results.find(folder / "runs")
    return results.read(found)


@pytest.mark.parametrize("name", EXTRACTORS)
def test_every_extractor_option_fits_its_class(name: str) -> None:
    system = extractor.build(extractor.config(name))
    assert isinstance(system, extractor.Extractor)
    assert isinstance(system.kind, str)  # type: ignore[attr-defined]
    assert isinstance(system.deterministic, bool)  # type: ignore[attr-defined]


def test_every_baseline_has_an_option() -> None:
    """A file in baselines/ that defines an extractor or a linker is reachable from configs/."""
    groups = {"extractor": ("fit", "extract"), "linker": ("link",)}
    targets = {
        load_yaml(path.read_text(encoding="utf-8")).get("_target_")
        for group in groups
        for path in (CONFIGS / group).glob("*.yaml")
    }
    for found in pkgutil.walk_packages(baselines.__path__, "baselines."):
        module = importlib.import_module(found.name)
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and any(
                all(hasattr(kind, method) for method in methods) for methods in groups.values()
            ):
                assert f"{module.__name__}.{name}" in targets


@pytest.mark.parametrize("group", ["corpus", "extractor", "linker", "metrics", "experiment"])
def test_every_option_composes(sommet: Sommet, group: str) -> None:
    for path in sorted((CONFIGS / group).glob("*.yaml")):
        extra = ["corpus.path=."] if path.stem == "folder" else []
        done = sommet("run", f"{group}={path.stem}", *extra, "--cfg", "job")
        assert done.returncode == 0, done.stderr


LONG = "one megabyte"
HOSTILE = {
    "empty": "",
    "one character": "a",
    LONG: "Le sommet annoncé mardi par Marec à Valdris a été annulé le 3 mai. " * 15_000,
    "one long word": "é" * 20_000,
    "no dates": "Rien ne s’est passé ici.",
    "other scripts": "习近平 и Путин встретились 五月三日 في موسكو",
    "control characters": "Le\x00 sommet\x07 annulé\x1b[31m mardi\u2028par Marec\u2029.",
    "only punctuation": "«»…--''’’.,;:!?\n\n\n",
    "impossible dates": "Le 31 février 2025, le 99 mai, le 0 juin, lundi 30 février, en 2099.",
    "surrogate pairs": "😀 sommet 😀 annulé 😀",
}


@cache
def trained(name: str) -> extractor.Extractor:
    """An extractor fitted on a few documents; skips where its extra is not installed."""
    system = extractor.build(extractor.config(name))
    try:
        system.fit(TRAIN[:10], DEV[:2])
        system.extract(Document("x", text="Rien.", sentences=((0, 5),)))
    except MissingExtra as error:
        pytest.skip(str(error))
    return system


@pytest.mark.parametrize("name", FITTED)
def test_extractors_survive_hostile_text(name: str) -> None:
    for case, text in HOSTILE.items():
        for published in ("2025-10-22", None):
            if case != LONG:
                survives(name, text, published)


@pytest.mark.slow
@pytest.mark.parametrize("name", [p.values[0] for p in FITTED])
def test_extractors_survive_long_text(name: str) -> None:
    survives(name, HOSTILE[LONG], "2025-10-22")


def survives(name: str, text: str, published: str | None) -> None:
    document = Document("x", text=text, published=published, sentences=segment.sentences(text))
    prediction = extractor.predict(trained(name), document, "opaque", corpus.ontology())
    check(prediction, corpus.ontology(), len(text))


@pytest.mark.parametrize("name", FITTED)
def test_what_is_kept_predicts_the_same(name: str, tmp_path: Path) -> None:
    system = trained(name)
    if not isinstance(system, Storable):
        pytest.skip("learns nothing")
    system.save(tmp_path)
    again = extractor.build(extractor.config(name))
    assert isinstance(again, Storable)
    again.load(tmp_path)
    assert [again.extract(d) for d in DEV[:12]] == [system.extract(d) for d in DEV[:12]]


class Spy:
    """Keeps what it is shown."""

    kind = "test"
    deterministic = True
    seen: list[Document]

    def __init__(self) -> None:
        self.seen = []

    def fit(self, train: object, dev: object) -> None:
        """Nothing."""

    def extract(self, document: Document) -> Prediction:
        self.seen.append(document)
        return Prediction(document.doc_id)


def test_a_system_is_prepared_once_for_what_it_is_then_shown_and_has_not_done() -> None:
    class Prepared(Spy):
        announced: tuple[Document, ...] = ()

        def prepare(self, documents: list[Document]) -> None:
            assert not self.announced
            self.announced = tuple(documents)

    system, kept = Prepared(), []
    done = {DEV[1].doc_id: Prediction(DEV[1].doc_id)}
    found = extractor.predictions(system, DEV[:4], None, corpus.ontology(), done, kept.append)
    assert [p.doc_id for p in found] == [d.doc_id for d in DEV[:4]]
    assert [p.doc_id for p in kept] == [DEV[i].doc_id for i in (0, 2, 3)]
    assert system.seen == list(system.announced)
    assert [d.doc_id for d in system.seen] == [extractor.opaque_id(DEV[i]) for i in (0, 2, 3)]


def test_extractors_see_no_gold_and_no_name() -> None:
    spy = Spy()
    gold = next(d for d in DEV if d.events)
    prediction = extractor.predict(spy, gold, extractor.opaque_id(gold), corpus.ontology())
    (shown,) = spy.seen
    assert prediction.doc_id == gold.doc_id
    assert (shown.text, shown.published, shown.sentences) == (gold.text, gold.published, gold.sentences)
    assert gold.storyline not in str(msgspec.structs.replace(shown, text=""))
    assert (shown.events, shown.entities, shown.times, shown.statuses, shown.subset) == ((), (), (), (), "")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"_target_": "os.system"}, "--trust"),
        ({"_target_": "baselines.lexicon.Lexicn"}, "expected Lexicon"),
        ({"_target_": "baselines.lexicon.Document"}, "is defined in benchmark.documents"),
        ({"_target_": "baselines.nowhere.X"}, "cannot be imported"),
        ({"_target_": "baselinesevil.X"}, "--trust"),
        ({"_target_": "baselines.lexicon.Lexicon", "min_cont": 3}, "expected min_count"),
        ({"_target_": "baselines.lexicon.Lexicon", "min_count": "three"}, "expected int"),
        ({}, "without _target_"),
    ],
)
def test_a_config_cannot_do_more_than_it_should(config: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        extractor.build(config)


def test_a_module_of_the_user_runs_when_trusted(sommet: Sommet, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from benchmark.documents import Event, Prediction, Span\n"
        "class Mine:\n"
        "    def __init__(self, label: str = 'SummitHeld'):\n"
        "        self.label = label\n"
        "    def fit(self, train, dev):\n"
        "        pass\n"
        "    def extract(self, document):\n"
        "        return Prediction(document.doc_id, events=(Event('V1', self.label, Span(0, 1)),))\n",
        encoding="utf-8",
    )
    env = {"PYTHONPATH": str(tmp_path)}
    words = ["extractor=empty", "extractor._target_=mine.Mine", "name=mine", "metrics=headline"]
    assert sommet("run", *words, env=env).returncode == 2
    done = sommet("run", "--trust", "mine", *words, env=env)
    assert done.returncode == 0, done.stderr
    assert record(tmp_path).system.name == "mine"
    # What it returns is checked: a label outside the ontology is a failed job, and leaves no record.
    failed = sommet("run", "--trust", "mine", *words, "+extractor.label=Nothing", env=env)
    assert failed.returncode == 4
    assert "invalid prediction" in failed.stderr
    assert len(list(results.find(tmp_path / "runs"))) == 1


# As hydra-joblib-launcher does: each job in a worker process, which gets the application by value.
LAUNCHER = """
from dataclasses import dataclass
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra.core.config_store import ConfigStore
from hydra.core.singleton import Singleton
from joblib import Parallel, delayed

@dataclass
class Config:
    _target_: str = "hydra_plugins.elsewhere.Elsewhere"

ConfigStore.instance().store(group="hydra/launcher", name="elsewhere", node=Config, provider="test")

def one(launcher, state, overrides, number):
    Singleton.set_state(state)
    return BasicLauncher.launch(launcher, [overrides], number)[0]

class Elsewhere(BasicLauncher):
    def launch(self, job_overrides, initial_job_idx):
        state = Singleton.get_state()
        return Parallel(n_jobs=2, backend="loky")(
            delayed(one)(self, state, words, initial_job_idx + i) for i, words in enumerate(job_overrides)
        )
"""


@pytest.mark.parametrize("launcher", ["basic", "elsewhere"])
def test_a_sweep_tells_of_every_failed_job(sommet: Sommet, tmp_path: Path, launcher: str) -> None:
    (tmp_path / "hydra_plugins").mkdir()
    (tmp_path / "hydra_plugins" / "elsewhere.py").write_text(LAUNCHER, encoding="utf-8")
    (tmp_path / "mine.py").write_text(
        "class Mine:\n"
        "    def fit(self, train, dev):\n"
        "        raise ZeroDivisionError('of mine')\n"
        "    def extract(self, document):\n"
        "        pass\n",
        encoding="utf-8",
    )
    words = ["extractor=empty", "extractor._target_=mine.Mine,baselines.empty.Empty", "split=dev,nowhere"]
    done = sommet(
        "run",
        "--trust",
        "mine",
        "-m",
        f"hydra/launcher={launcher}",
        *words,
        "metrics=headline",
        env={"PYTHONPATH": str(tmp_path)},
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("sommet: ")]
    assert [line[: len("sommet: job 0")] for line in told] == ["sommet: job 0", "sommet: job 1", "sommet: job 3"]
    assert "extractor._target_=mine.Mine split=dev" in told[0]
    assert "no split 'nowhere'" in told[1]
    assert 'raise ZeroDivisionError("of mine")' in done.stderr.replace("'", '"')
    assert done.returncode == 4  # that of the first; the others are 2
    assert len(list(results.find(tmp_path / "runs"))) == 1
    assert "empty" in done.stdout
    assert not list((tmp_path / "runs" / "partial").iterdir())


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sweep over the sanity rows and the lexicon, on every split."""
    folder = tmp_path_factory.mktemp("sweep")
    splits = ",".join(corpus.sommet().splits)
    done = subprocess.run(
        [sys.executable, "-m", "benchmark", "run", "-m", "extractor=oracle,empty,lexicon", f"split={splits}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "lexicon" in done.stdout
    return folder


def test_oracle_is_one_and_empty_is_undefined_in_every_split(sweep: Path) -> None:
    seen = set()
    for folder in results.find(sweep / "runs"):
        found = results.read(folder)
        seen.add((found.system.name, found.corpus.split))
        for name, score in found.scores.items():
            if found.system.name == "oracle":
                assert score.f1 in (None, float(registry()[name].higher_is_better)), (name, found.corpus.split)
            if found.system.name == "empty" and (score.p, score.r) != (None, None):
                assert score.p is None, name
                assert score.r in (0.0, None), name
    assert len(seen) == 3 * len(corpus.sommet().splits)


def test_runs_do_not_overwrite_one_another(sweep: Path) -> None:
    records = list(results.find(sweep / "runs"))
    assert len(records) == 3 * len(corpus.sommet().splits)
    assert not list((sweep / "runs" / "partial").iterdir())


def test_published_results_make_a_leaderboard_that_checks(sweep: Path, sommet: Sommet, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine\n<!-- leaderboard:begin -->\n<!-- leaderboard:end -->\nEnd.\n")
    done = sommet("publish", sweep / "runs")
    assert done.returncode == 0
    assert (
        tmp_path / "results" / f"sommet-{corpus.sommet().manifest.version}" / "dev" / "lexicon" / "record.json"
    ).exists()
    assert sommet("leaderboard", "--check").returncode == 2
    assert sommet("leaderboard").returncode == 0
    assert sommet("leaderboard", "--check").returncode == 0
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# Mine\n")
    assert readme.endswith("End.\n")
    assert "| lexicon |" in readme
    # The sanity rows are shown without a rank.
    assert "|  | oracle |" in readme
    page = tmp_path / "results" / "README.md"
    page.write_text(page.read_text(encoding="utf-8").replace("lexicon", "mine"), encoding="utf-8")
    stale = sommet("leaderboard", "--check")
    assert stale.returncode == 2
    assert "is stale" in stale.stderr


def test_a_record_edited_by_hand_is_refused(sweep: Path, sommet: Sommet, tmp_path: Path) -> None:
    sommet("publish", sweep / "runs")
    path = next((tmp_path / "results").rglob("dev/lexicon/record.json"))
    data = json.loads(path.read_text(encoding="utf-8"))
    data["scores"]["TC"]["f1"] = 0.99
    path.write_text(json.dumps(data), encoding="utf-8")
    done = sommet("leaderboard")
    assert done.returncode == 2
    assert "from the predictions" in done.stderr
    data["schema"] = 9
    path.write_text(json.dumps(data), encoding="utf-8")
    assert "schema 9" in sommet("leaderboard").stderr


def test_predictions_edited_by_hand_are_refused(sweep: Path, sommet: Sommet, tmp_path: Path) -> None:
    sommet("publish", sweep / "runs")
    path = next((tmp_path / "results").rglob("dev/lexicon/predictions.jsonl"))
    path.write_bytes(path.read_bytes() + b"\n")
    done = sommet("leaderboard")
    assert done.returncode == 2
    assert "as the record says" in done.stderr


def comparable(folder: Path) -> tuple[bytes, dict[str, object]]:
    """Predictions and record, less the parts that tell of code and run."""
    (found,) = results.find(folder / "runs")
    data = json.loads((found / results.RECORD).read_bytes())
    return (found / results.PREDICTIONS).read_bytes(), {k: v for k, v in data.items() if k not in ("code", "run")}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lexicon", "crf"])
def test_the_same_bytes_whatever_the_hash_seed(sommet: Sommet, tmp_path: Path, name: str) -> None:
    seen = []
    for seed in ("0", "1"):
        folder = tmp_path / seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "benchmark", "run", f"extractor={name}"],
            cwd=folder,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        seen.append(comparable(folder))
    assert seen[0] == seen[1]


@pytest.mark.slow
def test_an_interrupted_run_resumes(sommet: Sommet, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\n"
        "from benchmark.documents import Prediction\n"
        "class Slow:\n"
        "    def fit(self, train, dev):\n"
        "        pass\n"
        "    def extract(self, document):\n"
        "        time.sleep(0.15)\n"
        "        return Prediction(document.doc_id)\n",
        encoding="utf-8",
    )
    words = [
        "run",
        "--trust",
        "slow",
        "extractor=empty",
        "extractor._target_=slow.Slow",
        "name=slow",
        "metrics=headline",
    ]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    first = subprocess.Popen(
        [sys.executable, "-m", "benchmark", *words], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL
    )
    partial = tmp_path / "runs" / "partial"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(p.stat().st_size for p in partial.glob("*.jsonl")):
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    (log,) = partial.glob("*.jsonl")
    done_before = log.read_bytes().count(b"\n")
    assert 0 < done_before < len(DEV)
    with log.open("ab") as stream:
        stream.write(b'{"doc_id": "cut o')  # the line that was being written
    done = sommet(*words, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    found = record(tmp_path)
    assert found.run.resumed_documents == done_before
    assert found.corpus.docs == len(DEV)
    assert not log.exists()


def changed(documents: list[Document]) -> list[Document]:
    return [msgspec.structs.replace(documents[0], text=documents[0].text + " "), *documents[1:]]


def test_a_run_resumes_only_what_followed_from_the_same_data() -> None:
    settings = run.RunConfig(extractor=extractor.config("lexicon"))
    data = [DEV, TRAIN, DEV[:5]]
    key = run._key(settings, corpus.sommet(), data)
    assert run._key(settings, corpus.Corpus(), [list(part) for part in data]) == key
    for i in range(len(data)):
        other = [changed(part) if i == j else part for j, part in enumerate(data)]
        assert run._key(settings, corpus.sommet(), other) != key


def test_what_is_kept_follows_from_the_data_themselves() -> None:
    config = extractor.config("lexicon")
    key = extract.cache_key(config, TRAIN, DEV)
    assert extract.cache_key(config, list(TRAIN), list(DEV)) == key
    assert extract.cache_key(config, changed(TRAIN), DEV) != key
    assert extract.cache_key(config, TRAIN, changed(DEV)) != key


@pytest.mark.parametrize(
    "file",
    ["benchmark/ontology.py", "benchmark/review.py", "benchmark/scoring/score.py", "gold/ontology.yaml"],
)
def test_code_that_a_baseline_builds_on_is_part_of_its_hash(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = extractor.config("lexicon")
    known = extractor.source_hash(config)
    shutil.copytree(extractor.PACKAGE, tmp_path / "benchmark", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "gold").mkdir()
    shutil.copy(corpus.data_root() / "gold" / "ontology.yaml", tmp_path / "gold")
    monkeypatch.setattr(extractor, "PACKAGE", tmp_path / "benchmark")
    monkeypatch.setattr(extractor, "data_root", lambda: tmp_path)
    assert extractor.source_hash(config) == known  # content counts, not where it lies
    with (tmp_path / file).open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    assert extractor.source_hash(config) != known


def test_extract_runs_on_text_and_keeps_what_it_learned(sommet: Sommet, tmp_path: Path) -> None:
    text = "Le sommet prévu le 3 mai à Valdris a été annulé hier, a annoncé M. Marec.\n"
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    first = sommet("extract", "lexicon", "article.txt", "--published", "2025-10-22")
    assert first.returncode == 0, first.stderr
    prediction = msgspec.json.decode(first.stdout, type=Prediction)
    assert prediction.doc_id == "article.txt"
    assert "2025-10-21" in {t.value for t in prediction.times}
    assert prediction.events
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == 1
    piped = sommet("extract", "lexicon", "--published", "2025-10-22", stdin=text)
    assert msgspec.json.decode(piped.stdout, type=Prediction).events == prediction.events
    assert list((tmp_path / "cache").iterdir()) == kept
    view = sommet("extract", "lexicon", "article.txt", "--view")
    assert "SummitCancelled" in view.stdout or "annulé" in view.stdout


def test_a_failed_write_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmark.files import write_atomic

    target = tmp_path / "record.json"
    write_atomic(target, "old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_that_no_reader_of_results_accepts_is_refused_before_any_work(sommet: Sommet, tmp_path: Path) -> None:
    done = sommet("run", "extractor=empty", "name='a b'")
    assert done.returncode == 2
    assert "system 'a b'" in done.stderr
    assert not list(tmp_path.rglob("record.json"))
