"""The record of one system on one split: schema, reading, writing, and where results lie (DESIGN section 8)."""

from __future__ import annotations

import hashlib
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from benchmark import __version__, segment
from benchmark.analysis import Analysis
from benchmark.documents import Document, Prediction
from benchmark.errors import InvalidInput, shorten
from benchmark.files import open_bytes, write_atomic
from benchmark.formats import jsonl
from benchmark.scoring.score import MetricScore, Setting

SCHEMA = 1
RECORD = "record.json"
PREDICTIONS = "predictions.jsonl"

# ASCII and short, so that a name is one folder on every file system.
_FOLDER_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


class CorpusPart(msgspec.Struct, frozen=True):
    """The gold that a record is about."""

    name: str
    version: str
    split: str
    fingerprint: str
    docs: int
    storylines: int


class TrainPart(msgspec.Struct, frozen=True):
    """The part of train that a system was fitted on."""

    share: float = 1.0
    subset: str | None = None
    storylines: int = 0


class SystemPart(msgspec.Struct, frozen=True):
    """The system: what it is, its config and its linker's, and the fingerprint of each split it was trained on.

    ``given`` names the gold layers that it was shown; ``parameters`` is how many numbers it learned, where it says so.
    """

    name: str
    version: str
    kind: str
    config: dict[str, Any]
    config_sha256: str
    trained_on: dict[str, str]
    deterministic: bool
    linker: dict[str, Any] = {}
    given: list[str] = []
    train: TrainPart = TrainPart()
    parameters: int | None = None


class PredictionsPart(msgspec.Struct, frozen=True):
    """Hash of the prediction file, and the documents on which the system gave nothing because it failed."""

    sha256: str
    failed: int


class CodePart(msgspec.Struct, frozen=True):
    """The code that ran; never part of a comparison."""

    version: str
    commit: str | None
    dirty: bool | None


class RunPart(msgspec.Struct, frozen=True):
    """What the run took, seconds of wall time and peak memory in MiB; never part of a comparison of quality.

    ``reference_seconds`` is what the reference work (:func:`reference`) took in the same process on the same documents,
    and ``start_memory_mib`` what the process held before the run, so that two machines can be compared by ratios.
    """

    fit_seconds: float
    extract_seconds: float
    documents_per_second: float | None
    resumed_documents: int
    peak_memory_mib: float
    python: str
    reference_seconds: float = 0.0
    start_memory_mib: float = 0.0
    packages: dict[str, str] = {}


class Record(msgspec.Struct, frozen=True):
    """Everything published of one system on one split; ``errors`` sorts its mistakes (:mod:`benchmark.analysis`)."""

    corpus: CorpusPart
    system: SystemPart
    predictions: PredictionsPart
    scores: dict[str, MetricScore]
    code: CodePart
    run: RunPart
    errors: Analysis | None = None
    schema: int = SCHEMA

    @property
    def setting(self) -> Setting:
        """What the signatures of its scores share."""
        c = self.corpus
        return Setting(c.name, c.version, c.split, c.fingerprint, c.docs, ",".join(self.system.given))


def write(folder: Path, record: Record, predictions: Sequence[Prediction]) -> None:
    """Write ``predictions.jsonl`` and ``record.json``, each at once, the record last."""
    write_atomic(folder / PREDICTIONS, prediction_bytes(predictions))
    write_atomic(folder / RECORD, encode(record))


def encode(record: Record) -> bytes:
    """The bytes of ``record.json``: sorted keys, full precision, one line end at the end."""
    return msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=1) + b"\n"


def prediction_bytes(predictions: Sequence[Prediction]) -> bytes:
    """The bytes of ``predictions.jsonl``: documents in order of id."""
    return b"".join(jsonl.encode(p) for p in sorted(predictions, key=lambda p: p.doc_id))


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def read(path: Path) -> Record:
    """Read a ``record.json`` or the one in a folder.

    Raises:
        InvalidInput: it is missing, is no record, has a schema that this version does not know, or names a system as no
            folder can be named.
    """
    file = path / RECORD if path.is_dir() else path
    with open_bytes(file) as stream:
        data = stream.read()
    try:
        schema = msgspec.json.decode(data, type=_SchemaOnly).schema
        if schema > SCHEMA:
            raise InvalidInput(
                f"record of schema {schema}", f"schema {SCHEMA} or older; a newer sommet reads it", file=str(file)
            )
        record = msgspec.json.decode(data, type=Record)
    except msgspec.MsgspecError as error:
        raise InvalidInput(str(error), "a record written by sommet run", file=str(file)) from error
    check_name(record.system.name, "system", file=str(file))
    return record


class _SchemaOnly(msgspec.Struct):
    schema: int


def find(root: Path) -> Iterator[Path]:
    """Folders below ``root`` that hold a record, in order of path."""
    yield from sorted(p.parent for p in root.rglob(RECORD))


def check_name(name: str, what: str, *, file: str = "") -> None:
    """Refuse a name that is no safe name of a folder: results lie in folders of these names.

    Raises:
        InvalidInput: the message calls the name ``what``.
    """
    if not _FOLDER_NAME.fullmatch(name):
        raise InvalidInput(
            f"{what} {shorten(repr(name))}",
            "1 to 100 letters (a to z), digits, dots, hyphens or underscores, no dot first",
            file=file,
        )


def published(root: Path, record: Record) -> Path:
    """Folder of a record in a results tree: ``<corpus>-<version>/<split>/<system>``.

    Raises:
        InvalidInput: corpus, split or system has a name that would lead elsewhere.
    """
    parts = {
        "corpus": f"{record.corpus.name}-{record.corpus.version}",
        "split": record.corpus.split,
        "system": record.system.name,
    }
    for what, name in parts.items():
        check_name(name, what)
    return root.joinpath(*parts.values())


def places(root: Path, folders: Iterable[Path]) -> dict[Path, Path]:
    """Where each of the ``folders``, which hold a record, goes in a results tree.

    Several runs of one system that is not deterministic go to ``repeat-1``, ``repeat-2``, … in its folder.

    Raises:
        InvalidInput: two other runs would go to one place, or there are results in it that these would not replace.
    """
    runs: dict[Path, list[tuple[Path, Record]]] = {}
    for folder in {f.resolve(): f for f in folders}.values():
        record = read(folder)
        runs.setdefault(published(root, record), []).append((folder, record))
    found: dict[Path, Path] = {}
    for place, group in runs.items():
        first, *others = group
        for folder, record in others:
            if record.system.deterministic or _run_of(record) != _run_of(first[1]):
                raise InvalidInput(
                    f"{first[0]} and {folder} are both {record.system.name} on {record.corpus.split}",
                    "one run of a name and split (sommet run name=…), or runs alike of a system that is not deterministic",
                )
        inside = [place / f"repeat-{i}" for i, _ in enumerate(group, 1)] if others else [place]
        if left := [str(f) for f in find(place) if f not in inside]:
            raise InvalidInput(
                f"holds other results, {', '.join(left)}", "all runs of a system published together", file=str(place)
            )
        found |= dict(zip((folder for folder, _ in group), inside, strict=True))
    return found


def _run_of(record: Record) -> tuple[CorpusPart, SystemPart]:
    """What runs of one system on one gold share, whatever chance had them learn."""
    return record.corpus, replace(record.system, parameters=None)


def code_part() -> CodePart:
    """Version of the package, and commit of the checkout that it runs from, if it does."""
    here = Path(__file__).parent.parent

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603, S607
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    commit = git("rev-parse", "HEAD") if (here / ".git").exists() else None
    changed = git("status", "--porcelain", "--untracked-files=no") if commit else None
    return CodePart(__version__, commit, None if changed is None else bool(changed))


def package_versions(names: Sequence[str]) -> dict[str, str]:
    """Installed versions of these distributions, those that are not installed left out."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in sorted(names):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def peak_memory() -> float:
    """Most memory that this process has held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10, 1)


def reference(documents: Sequence[Document]) -> float:
    """Seconds of the reference work on ``documents``: our tokeniser over every sentence, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for document in documents:
            for start, end in segment.sentences(document.text):
                segment.tokens(document.text, start, end)
        best = min(best, time.perf_counter() - started)
    return round(best, 6)


def run_part(
    fit: float,
    extract: float,
    documents: int,
    resumed: int,
    packages: Mapping[str, str],
    *,
    reference_seconds: float = 0.0,
    start_memory_mib: float = 0.0,
) -> RunPart:
    """What a run took, with the peak memory of this process."""
    return RunPart(
        fit_seconds=round(fit, 3),
        extract_seconds=round(extract, 3),
        documents_per_second=round(documents / extract, 1) if documents and extract > 0 else None,
        resumed_documents=resumed,
        peak_memory_mib=peak_memory(),
        python=platform.python_version(),
        reference_seconds=reference_seconds,
        start_memory_mib=start_memory_mib,
        packages=dict(packages),
    )
