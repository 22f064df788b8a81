"""The Hydra application: corpus × extractor → predictions → record."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import hydra
import msgspec
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.experimental.callback import Callback
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from benchmark import __version__, corpus, extractor, results
from benchmark.analysis import analyse
from benchmark.documents import Document, Prediction, nearest
from benchmark.errors import InvalidInput, SommetError, one_line
from benchmark.files import write_atomic
from benchmark.formats import jsonl
from benchmark.ontology import Ontology, read_yaml
from benchmark.scoring.families import select
from benchmark.scoring.score import Setting, figures, tally

PACKAGES = (
    "dateparser",
    "hydra-core",
    "msgspec",
    "numpy",
    "python-crfsuite",
    "scikit-learn",
    "scipy",
    "seqeval",
    "spacy",
    "torch",
    "transformers",
)

_PARTIAL = Path("runs") / "partial"


@dataclass
class CorpusConfig:
    """Which corpus: a folder, or the Sommet gold for ``null``. The option of the group sets it."""

    path: str | None = MISSING


@dataclass
class MetricsConfig:
    """Which metrics or families: all for ``null``."""

    names: list[str] | None = None


@dataclass
class TrainConfig:
    """Which storylines of train the extractor is fitted on."""

    share: float = 1.0
    subset: str | None = None


@dataclass
class RunConfig:
    """Everything that ``sommet run`` takes."""

    corpus: CorpusConfig = field(default_factory=CorpusConfig)
    extractor: dict[str, Any] = field(default_factory=dict)
    linker: dict[str, Any] = field(default_factory=dict)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)
    split: str = "dev"
    train: TrainConfig = field(default_factory=TrainConfig)
    name: str = "system"
    resume: bool = True


def application(words: Sequence[str], trust: Sequence[str] = ()) -> None:
    """Run the Hydra application on command-line words.

    Raises:
        InvalidInput: an override, option or value is wrong; the message gives the nearest right one.
        SommetError: a job failed.
    """
    _check_options(words)
    ConfigStore.instance().store(name="schema", node=RunConfig)
    if not OmegaConf.has_resolver("sommet.id"):
        # Jobs started in the same second share Hydra's time stamp; the id keeps their folders apart.
        OmegaConf.register_new_resolver("sommet.id", lambda: uuid.uuid4().hex[:8], use_cache=True)

    # What a job raises is kept and told when all are done: Hydra would print it on top of our own line, and drop the
    # table of the jobs that went well. It is kept in a file, as a launcher may run the job in another process or on
    # another machine.
    failures = (_PARTIAL / f"failed-{uuid.uuid4().hex}").absolute()

    @hydra.main(version_base="1.3", config_path=str(corpus.data_root() / "configs"), config_name="config")
    def job(config: DictConfig) -> None:
        try:
            execute(config, trust)
        except Exception as error:
            _keep_failure(failures, error, words)

    saved = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv = ["sommet run", *words]
    # Without it Hydra prints failures itself and exits 1; with it they reach us as exceptions.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        job()
        _tell(failures)
    except (HydraException, OmegaConfBaseException) as error:
        raise _explained(error, words) from error
    finally:
        shutil.rmtree(failures, ignore_errors=True)
        sys.argv = saved[0]
        if saved[1] is None:
            del os.environ["HYDRA_FULL_ERROR"]


class JobFailed(SommetError):
    """What a job said when it failed, with the exit code that is to be that of the run."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Failure(msgspec.Struct, frozen=True):
    """A failed job; ``number`` and ``overrides`` are none outside a sweep, ``traceback`` is that of a defect."""

    message: str
    exit_code: int
    number: int | None = None
    overrides: list[str] = []
    traceback: str = ""

    @property
    def line(self) -> str:
        """Which job, and what it failed with."""
        if self.number is None:
            return self.message
        return f"job {self.number} ({' '.join(self.overrides)}): {self.message}"


def _keep_failure(folder: Path, error: Exception, words: Sequence[str]) -> None:
    """Leave what the current job failed with in a file of its own."""
    if isinstance(error, HydraException | OmegaConfBaseException):
        error = _explained(error, words)
    hydra_config = HydraConfig.get()
    number = None if OmegaConf.is_missing(hydra_config.job, "num") else int(hydra_config.job.num)
    overrides = [str(word) for word in hydra_config.overrides.task]
    if isinstance(error, SommetError):
        failure = Failure(str(error), error.exit_code, number, overrides)
    else:
        message = f"{error!r} is a defect of sommet; please report the lines above"
        failure = Failure(message, SommetError.exit_code, number, overrides, "".join(traceback.format_exception(error)))
    write_atomic(folder / f"{uuid.uuid4().hex}.json", msgspec.json.encode(failure))


def _tell(folder: Path) -> None:
    """One line for each failed job, in order; the last is raised, with the exit code of the first.

    Raises:
        JobFailed: there is one.
    """
    found = [msgspec.json.decode(p.read_bytes(), type=Failure) for p in folder.glob("*.json")]
    if not found:
        return
    found.sort(key=lambda f: f.number or 0)
    for failure in found:
        sys.stderr.write(failure.traceback)
    *others, last = found
    for failure in others:
        print(f"sommet: {one_line(failure.line)}", file=sys.stderr)
    raise JobFailed(last.line, found[0].exit_code)


def _explained(error: Exception, words: Sequence[str]) -> InvalidInput:
    """Hydra's message in one line, with the name that was probably meant."""
    text = " ".join(f"{error} {error.__cause__ or ''}".split())
    top = list(RunConfig.__dataclass_fields__)
    if found := re.search(r"Could not override '([^']+)'", text):
        group, _, key = found[1].rpartition(".")
        return InvalidInput(f"unknown key {found[1]!r}", nearest(key, _keys(group, words) if group else top))
    if found := re.search(r"Key '([^']+)' (?:is )?not in", text):
        return InvalidInput(f"unknown key {found[1]!r}", nearest(found[1], top))
    if found := re.search(r"Could not find '(\w+)/([^']*)'", text):
        return InvalidInput(f"no {found[1]} {found[2]!r}", nearest(found[2], options(found[1])))
    if found := re.search(r"Value '([^']*)'.* (?:not a valid|could not be converted to) (\w+).*full_key: (\S+)", text):
        return InvalidInput(f"value {found[1]!r} for {found[3]}", f"a {found[2].lower()}")
    if found := re.search(r"Missing mandatory value: .*full_key: (\S+)", text):
        return InvalidInput(f"no value for {found[1]}", f"{found[1]}=VALUE")
    return InvalidInput(text)


def _keys(group: str, words: Sequence[str]) -> list[str]:
    """Keys that the chosen option of a config group has."""
    chosen = [name for w in words if w.startswith(f"{group}=") for name in w.partition("=")[2].split(",")]
    folder = corpus.data_root() / "configs" / group
    files = [folder / f"{name}.yaml" for name in chosen] or sorted(folder.glob("*.yaml"))
    found = [read_yaml(f, "a config") for f in files if f.exists()]
    return sorted({key for config in found for key in config})


def _check_options(words: Sequence[str]) -> None:
    """Refuse an option that Hydra does not know: its parser would list it without saying what was meant."""
    from hydra._internal.utils import get_args_parser

    known = [o for action in get_args_parser()._actions for o in action.option_strings]
    for word in words:
        name = word.partition("=")[0]
        if name.startswith("-") and name not in known:
            raise InvalidInput(f"unknown option {name!r}", nearest(name, known))


def options(group: str) -> list[str]:
    """Names of the options of a config group."""
    return sorted(p.stem for p in (corpus.data_root() / "configs" / group).glob("*.yaml"))


def execute(config: DictConfig, trust: Sequence[str] = ()) -> None:
    """One job: fit, extract, score, write the record into Hydra's output folder."""
    folder = Path(HydraConfig.get().runtime.output_dir)
    chosen = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    assert isinstance(chosen, dict)  # noqa: S101 - the schema is a mapping
    settings = msgspec.convert(chosen, RunConfig)
    results.check_name(settings.name, "system")
    gold = corpus.Corpus(Path(settings.corpus.path)) if settings.corpus.path else corpus.sommet()
    metrics = select(settings.metrics.names)
    extractor.build(settings.extractor, trust)  # what is wrong with the config is said before any work
    linker = extractor.build_linker(settings.linker, trust)
    documents = gold.documents(settings.split)
    train = (
        corpus.part(gold.documents("train"), settings.train.share, settings.train.subset)
        if "train" in gold.splits
        else []
    )
    dev = gold.documents("dev") if "dev" in gold.splits else []
    fingerprint = corpus.fingerprint(documents)

    memory = results.peak_memory()
    system, fit_seconds = _fitted(settings, trust, train, dev)
    given = extractor.given_layers(system)
    failed = _failed(system)
    fitted = time.perf_counter()
    key = _key(settings, gold, [documents, train, dev])
    with (
        _partial(key, settings.resume) as (done, log),
        _progress(settings.name, len(documents) - len(done)) as advance,
    ):
        resumed = len(done)

        def keep(prediction: Prediction) -> None:
            log.write(jsonl.encode(prediction))
            log.flush()
            advance()

        predictions = extractor.predictions(system, documents, linker, gold.ontology, done, keep)
    finished = time.perf_counter()

    setting = Setting(
        gold.manifest.name, gold.manifest.version, settings.split, fingerprint, len(documents), ",".join(given)
    )
    counts = tally(documents, predictions, metrics, gold.ontology)
    verify(documents, predictions, gold.ontology)
    kind = str(getattr(system, "kind", "other"))
    plain = msgspec.to_builtins(settings.extractor)
    linking = msgspec.to_builtins(settings.linker)
    record = results.Record(
        corpus=results.CorpusPart(
            gold.manifest.name,
            gold.manifest.version,
            settings.split,
            fingerprint,
            len(documents),
            len(counts.storylines),
        ),
        system=results.SystemPart(
            name=settings.name,
            version=str(getattr(system, "version", __version__)),
            kind=kind,
            config=plain,
            config_sha256=results.sha256(msgspec.json.encode([plain, linking], order="sorted")),
            trained_on={} if kind == "sanity" else {"train": corpus.fingerprint(train)},
            deterministic=bool(getattr(system, "deterministic", False)),
            linker=linking,
            given=list(given),
            train=results.TrainPart(settings.train.share, settings.train.subset, len({d.storyline for d in train})),
            parameters=getattr(system, "parameters", None),
        ),
        predictions=results.PredictionsPart(
            results.sha256(results.prediction_bytes(predictions)), failed=_failed(system) - failed
        ),
        scores=figures(counts, setting),
        errors=analyse(documents, predictions, gold.ontology, train=train, examples=0),
        code=results.code_part(),
        run=results.run_part(
            fit_seconds,
            finished - fitted,
            len(documents) - resumed,
            resumed,
            results.package_versions(PACKAGES),
            reference_seconds=results.reference(documents),
            start_memory_mib=memory,
        ),
    )
    results.write(folder, record, predictions)


def _failed(system: extractor.Extractor) -> int:
    return int(getattr(system, "failed", 0))


# The system that the last job of this process fitted, so that a sweep over splits fits once; more would hold memory.
_last: dict[str, tuple[extractor.Extractor, float]] = {}


def _fitted(
    settings: RunConfig, trust: Sequence[str], train: Sequence[Document], dev: Sequence[Document]
) -> tuple[extractor.Extractor, float]:
    """The fitted system of a config, and the seconds that fitting took."""
    config = msgspec.json.encode(settings.extractor, order="sorted").decode()
    key = "|".join([config, corpus.fingerprint(train), corpus.fingerprint(dev)])
    if key not in _last:
        _last.clear()
        system = extractor.build(settings.extractor, trust)
        started = time.perf_counter()
        system.fit(train, dev)
        _last[key] = system, time.perf_counter() - started
    return _last[key]


@contextmanager
def _progress(name: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar of ``total`` documents on stderr, where that is a terminal, and what moves it by one."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(name, total=total)
        yield lambda: bar.advance(task)


def _key(settings: RunConfig, gold: corpus.Corpus, data: Sequence[Sequence[Document]]) -> str:
    """Names a run by all that its predictions follow from: gold, training data (train and dev), config and code."""
    parts = [gold.manifest.name, settings.name, settings.split, extractor.source_hash(settings.extractor)]
    parts += [results.sha256((gold.root / "ontology.yaml").read_bytes()), *map(corpus.fingerprint, data)]
    config = msgspec.json.encode(settings.extractor, order="sorted")
    return hashlib.sha256(b"\0".join([*map(str.encode, parts), config])).hexdigest()[:24]


@contextmanager
def _partial(key: str, resume: bool) -> Iterator[tuple[dict[str, Prediction], IO[bytes]]]:
    """The log that each prediction is appended to, and what an interrupted run of the same key left in it.

    The log is removed when the run ends well. A log that another process holds is left to it.
    """
    _PARTIAL.mkdir(parents=True, exist_ok=True)
    path = _PARTIAL / f"{key}.jsonl"
    log = path.open("a+b")
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        log.close()
        path = _PARTIAL / f"{key}-{uuid.uuid4().hex[:8]}.jsonl"
        log = path.open("a+b")
    with log:
        done = _left_over(log) if resume else {}
        if not resume:
            log.truncate(0)
        yield done, log
        path.unlink(missing_ok=True)


def _left_over(log: IO[bytes]) -> dict[str, Prediction]:
    """Whole lines of an interrupted log; a line that was cut off is dropped from the file."""
    log.seek(0)
    done: dict[str, Prediction] = {}
    good = 0
    for line in log:
        if not line.endswith(b"\n"):
            break
        try:
            prediction = msgspec.json.decode(line, type=Prediction)
        except msgspec.MsgspecError:
            break
        done[prediction.doc_id] = prediction
        good += len(line)
    log.truncate(good)
    log.seek(0, os.SEEK_END)
    return done


class CountsDisagree(SommetError):
    """Our counts and those of seqeval or scikit-learn differ: a defect of ours."""


def verify(documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology) -> None:
    """Hold our tagging and factuality figures against seqeval and scikit-learn on the same run.

    Raises:
        CountsDisagree: they differ by more than rounding.
    """
    from seqeval.metrics.v1 import precision_recall_fscore_support
    from seqeval.scheme import IOB2
    from sklearn.metrics import f1_score

    from benchmark.scoring.families import factuality, tagging

    by_id = {p.doc_id: p for p in predictions}
    pairs = [(d, by_id[d.doc_id]) for d in documents]
    gold_tags = [row for d, _ in pairs for row in tagging.tags(d, d, ontology)]
    tags = [row for d, p in pairs for row in tagging.tags(d, p, ontology)]
    counts = tally([d for d, _ in pairs], [p for _, p in pairs], select(["IOB2", "Factuality"]), ontology)
    if any(t != "O" for row in gold_tags + tags for t in row):
        ours = figures(counts, Setting("-", "-", "-", "-", 0), resamples=0)["IOB2"]
        for average, mine in (("micro", ours.f1), ("macro", ours.macro_f1), ("weighted", ours.weighted_f1)):
            theirs = precision_recall_fscore_support(
                gold_tags, tags, mode="strict", scheme=IOB2, average=average, zero_division=0
            )
            _agree(f"seqeval ({average})", mine or 0.0, float(theirs[2]))
    matched = [found for d, p in pairs for found in factuality.matched(d, p)]
    if matched:
        metric = select(["Factuality"])[0]
        classes = sorted({c for _, g, p in matched for c in (g, p)})
        score = f1_score(
            [g for _, g, _ in matched], [p for _, _, p in matched], labels=classes, average="macro", zero_division=0
        )
        _agree("scikit-learn", float(metric.value(counts.rows("Factuality").sum(0))), float(score))


def _agree(who: str, ours: float, theirs: float) -> None:
    if abs(ours - theirs) > 1e-9:
        raise CountsDisagree(f"our counts give {ours}, {who} gives {theirs}")


class PrintTable(Callback):
    """Prints the table of what has just run."""

    def on_run_end(self, config: DictConfig, **_: Any) -> None:
        """After a single run."""
        self._print(Path(config.hydra.run.dir), config)

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """After a sweep."""
        self._print(Path(config.hydra.sweep.dir), config)

    def _print(self, folder: Path, config: DictConfig) -> None:
        from benchmark.leaderboard import board, tables

        if not any(results.find(folder)):
            return  # every job failed
        path = config.corpus.path
        tables.show(board.build(folder, corpus.Corpus(Path(path)) if path else corpus.sommet()))
