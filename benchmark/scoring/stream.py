"""Scoring two JSONL files as a stream: totals in memory that does not grow with the number of documents.

Both files are read line by line and side by side. Where their documents are not in the same order, or not the same,
they are joined by id through an index on disk, which also finds what is missing, unknown or given twice. Everything is
checked as elsewhere: form, labels, and offsets against the text.

No row of a unit is kept, so there are totals by label and subset but no intervals and no tests; metrics of storylines
need the documents of a storyline together and cannot be streamed. The gold is named by the SHA-256 of its file
(``gold:file-…``): the fingerprint of the signature elsewhere is of sorted documents, which a stream does not have.

A hash of the id of each document goes to a temporary file, so that one given twice is noticed.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmark.documents import Document, Name, Prediction, check
from benchmark.errors import InvalidInput, shorten
from benchmark.files import MAX_LINE, STDIN, located_lines, open_bytes
from benchmark.formats import jsonl
from benchmark.ontology import Ontology
from benchmark.scoring.core import Array, Metric, Row, Sums, Views, adder
from benchmark.scoring.families import registry
from benchmark.scoring.score import MetricScore, Setting, metric_score, missing_documents, unknown_document

# A batch is enough documents to be worth sending to another process, and few enough bytes for several to wait in memory.
_BATCH_DOCUMENTS = 200
_BATCH_BYTES = 4 * 2**20


class Totals(NamedTuple):
    """Sums over documents: by subset, for each metric in its order, rows by label."""

    documents: int
    rows: dict[str, list[dict[str, Row]]]


class Pair(NamedTuple):
    """A gold line and the line of its prediction, with their numbers; no line stands for an empty prediction."""

    gold_number: int
    gold: bytes
    number: int
    prediction: bytes | None


class Apart(NamedTuple):
    """Why two files cannot be read side by side."""

    why: str


class Counted(NamedTuple):
    """Totals of a batch, and a hash of each of its ids."""

    totals: Totals
    hashes: bytes


class Job(NamedTuple):
    """What every process has to know. Metrics travel by name."""

    gold: Path
    predictions: Path
    metrics: tuple[str, ...]
    ontology: Ontology


Batch = Sequence[Pair] | Apart


def score_files(
    gold: Path,
    predictions: Path,
    metrics: Sequence[Metric],
    ontology: Ontology,
    *,
    processes: int = 1,
    allow_missing: bool = False,
    notice: Callable[[str], None] = lambda _: None,
) -> Totals:
    """Totals of ``metrics``, the same whatever the order of the predictions and the number of processes.

    Sums of fractions follow the order of the gold, which may move their last bits.

    Args:
        metrics: metrics of the registry whose unit is the document.
        processes: how many work, this one among them. Others are spawned: a script that asks for them needs the usual
            ``if __name__ == "__main__"``.
        allow_missing: whether a document without a prediction counts as empty.
        notice: is told, once, when the files have to be joined through disk.

    Raises:
        InvalidInput: what :func:`benchmark.score` and the reading of files refuse; besides, a metric of storylines, and
            what cannot be read twice.
    """
    for metric in metrics:
        if metric.unit != "document":
            raise InvalidInput(f"{metric.name} in a stream", "metrics that are counted by document")
    for path in (gold, predictions):
        if path == STDIN or (path.exists() and not path.is_file()):
            raise InvalidInput("not a regular file", "a file on disk, which can be read twice", file=str(path))
    job = Job(gold, predictions, tuple(metric.name for metric in metrics), ontology)
    with _workers(job, processes - 1) as pool:
        found = _total(_results(job, _side_by_side(job), pool, processes - 1), metrics)
        if isinstance(found, Apart):
            notice(f"{found.why}; joining by id through disk")
            with _index(job, allow_missing) as index:
                found = _total(_results(job, _joined(job, index), pool, processes - 1), metrics)
    if isinstance(found, Apart):
        raise InvalidInput(found.why, "files that do not change while they are read", file=str(predictions))
    return found


def figures(totals: Totals, metrics: Sequence[Metric], setting: Setting) -> dict[str, MetricScore]:
    """Scores, per label and per subset, without intervals."""
    scores = {}
    for i, metric in enumerate(metrics):
        tables = {subset: rows[i] for subset, rows in sorted(totals.rows.items())}
        labels = sorted({label for table in tables.values() for label in table})
        by_label = {name: _sum((t[name] for t in tables.values() if name in t), metric) for name in labels}
        by_subset = {subset: _sum(table.values(), metric) for subset, table in tables.items()}
        scores[metric.name] = metric_score(metric, setting, by_label, by_subset, interval=None)
    return scores


def _sum(rows: Iterable[Row], metric: Metric) -> Array:
    return np.asarray(sum(map(np.array, rows), np.zeros(metric.columns)))


def file_digest(path: Path) -> str:
    """``file-`` and the first twelve digits of the SHA-256 of a file."""
    digest = hashlib.sha256()
    with open_bytes(path) as stream:
        while block := stream.read(2**20):
            digest.update(block)
    return f"file-{digest.hexdigest()[:12]}"


# ---------------------------------------------------------------------------------------------------------------------
# Counting


def _count(job: Job, pairs: Sequence[Pair]) -> Counted | Apart:
    """Check and count some documents."""
    decode_gold, decode_prediction = msgspec.json.Decoder(Document), msgspec.json.Decoder(Prediction)
    gold_file, prediction_file = str(job.gold), str(job.predictions)
    metrics = [registry()[name] for name in job.metrics]
    adders = [adder(metric) for metric in metrics]
    by_subset: dict[str, list[Sums]] = {}
    hashes = []
    for pair in pairs:
        gold = jsonl.decode_line(decode_gold, pair.gold, job.gold, pair.gold_number)
        length = len(gold.text)
        check(gold, job.ontology, length, gold=True, file=gold_file, line=pair.gold_number)
        side = Prediction(gold.doc_id)
        if pair.prediction is not None:
            side = jsonl.decode_line(decode_prediction, pair.prediction, job.predictions, pair.number)
            if side.doc_id != gold.doc_id:
                ours, theirs = shorten(gold.doc_id), shorten(side.doc_id)
                return Apart(
                    f"{gold_file}:{pair.gold_number} is {ours!r} where {prediction_file}:{pair.number} is {theirs!r}"
                )
            check(side, job.ontology, length, file=prediction_file, line=pair.number)
        hashes.append(hashlib.blake2b(gold.doc_id.encode(), digest_size=8).digest())
        sums = by_subset.get(gold.subset)
        if sums is None:
            sums = by_subset[gold.subset] = [Sums(metric.columns) for metric in metrics]
        views: Views = {}
        for add, into in zip(adders, sums, strict=True):
            add(into, gold, side, job.ontology, views)
    rows = {subset: [into.rows() for into in sums] for subset, sums in by_subset.items()}
    return Counted(Totals(len(pairs), rows), b"".join(hashes))


def _total(results: Iterator[Counted | Apart], metrics: Sequence[Metric]) -> Totals | Apart:
    """The sum of all batches, added in their order so that sums of fractions are always the same."""
    documents = 0
    by_subset: dict[str, list[Sums]] = {}
    with tempfile.SpooledTemporaryFile(_RUN * _HASH) as spool:
        ids = _Ids(cast(IO[bytes], spool))
        for result in results:
            if isinstance(result, Apart):
                return result
            documents += result.totals.documents
            ids.add(result.hashes)
            for subset, tables in result.totals.rows.items():
                sums = by_subset.setdefault(subset, [Sums(metric.columns) for metric in metrics])
                for into, table in zip(sums, tables, strict=True):
                    into.add(table)
        if ids.any_twice():  # nearly always a document given twice: the index tells
            return Apart("two documents seem to have the same id")
    return Totals(documents, {subset: [into.rows() for into in sums] for subset, sums in by_subset.items()})


_HASH = 8  # bytes
_RUN = 2**16  # hashes that are sorted and written together
_PARTS = 256  # by their first bits; equal hashes are in one part


class _Ids:
    """Hashes of ids, in sorted runs on disk: memory holds one run, then one part of all runs.

    Args:
        stream: an empty file to write and read.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._waiting = stream, bytearray()
        self._cuts: list[NDArray[np.uint32]] = []  # where the parts of each run start, and the end of the last

    def add(self, hashes: bytes) -> None:
        """Note some hashes, one after the other."""
        self._waiting += hashes
        while len(self._waiting) >= _RUN * _HASH:
            self._write(_RUN)

    def _write(self, count: int) -> None:
        run = np.sort(np.frombuffer(self._waiting[: count * _HASH], dtype=np.uint64))
        del self._waiting[: count * _HASH]
        bounds = np.arange(_PARTS, dtype=np.uint64) * np.uint64(2**64 // _PARTS)
        self._cuts.append(np.append(np.searchsorted(run, bounds), count).astype(np.uint32))
        self._stream.write(run.tobytes())

    def any_twice(self) -> bool:
        """Whether a hash was noted twice."""
        self._write(len(self._waiting) // _HASH)
        return any(self._twice_in(part) for part in range(_PARTS))

    def _twice_in(self, part: int) -> bool:
        found = []
        for number, cuts in enumerate(self._cuts):
            start, end = int(cuts[part]), int(cuts[part + 1])
            self._stream.seek((number * _RUN + start) * _HASH)
            found.append(self._stream.read((end - start) * _HASH))
        hashes = np.sort(np.frombuffer(b"".join(found), dtype=np.uint64))
        return bool((hashes[1:] == hashes[:-1]).any())


# ---------------------------------------------------------------------------------------------------------------------
# Processes

_job: Job  # in a process that was started to count


def _start(job: Job) -> None:
    global _job
    _job = job


def _count_here(pairs: Sequence[Pair]) -> Counted | Apart:
    return _count(_job, pairs)


@contextmanager
def _workers(job: Job, others: int) -> Iterator[Executor | None]:
    if others < 1:
        yield None
        return
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(others, get_context("spawn"), _start, (job,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _results(job: Job, batches: Iterator[Batch], pool: Executor | None, others: int) -> Iterator[Counted | Apart]:
    """What each batch gives, in order. While the others have enough to do, this process counts as well.

    An error in a batch is raised in its turn, so that the first fault of the files is the one that is told.
    """
    waiting: deque[Future[Counted | Apart]] = deque()
    more = True
    while more:
        pairs: Batch = ()
        future: Future[Counted | Apart] = Future()
        try:
            pairs = next(batches)
            if isinstance(pairs, Apart):
                future.set_result(pairs)
            elif pool is not None and sum(not f.done() for f in waiting) < 2 * others:
                future = pool.submit(_count_here, pairs)
            else:
                future.set_result(_count(job, pairs))
        except StopIteration:
            break
        except InvalidInput as error:
            future.set_exception(error)
            more = False
        waiting.append(future)
        while waiting and (waiting[0].done() or len(waiting) > 8 * others):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# ---------------------------------------------------------------------------------------------------------------------
# Pairs of lines


def _batches(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    size = 0
    for pair in pairs:
        batch.append(pair)
        size += len(pair.gold) + len(pair.prediction or b"")
        if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _side_by_side(job: Job) -> Iterator[Batch]:
    """Batches of lines in the order of the files, as long as both have one."""
    apart: list[Apart] = []

    def pairs() -> Iterator[Pair]:
        for ours, theirs in zip_longest(located_lines(job.gold), located_lines(job.predictions)):
            if ours is None or theirs is None:
                longer = job.predictions if ours is None else job.gold
                apart.append(Apart(f"{longer} has more documents"))
                return
            yield Pair(ours[0], ours[2], theirs[0], theirs[2])

    yield from _batches(pairs())
    yield from apart


_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;
CREATE TABLE gold (line INTEGER PRIMARY KEY, at INTEGER, id TEXT);
CREATE TABLE given (line INTEGER PRIMARY KEY, at INTEGER, id TEXT);
"""


class _Named(msgspec.Struct):
    """A line of which only the id is wanted yet."""

    doc_id: Name


@contextmanager
def _index(job: Job, allow_missing: bool) -> Iterator[sqlite3.Connection]:
    """Where the line of each document starts, on disk.

    Raises:
        InvalidInput: the documents of the two files are not the same, each once.
    """
    with (
        tempfile.TemporaryDirectory(prefix="sommet-") as folder,
        closing(sqlite3.connect(Path(folder) / "index.sqlite", isolation_level=None)) as index,
    ):
        index.executescript(_SCHEMA)
        for table, path, kind in (("gold", job.gold, Document), ("given", job.predictions, Prediction)):
            index.execute("BEGIN")
            index.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", _places(path, kind))  # noqa: S608 - our names
            index.execute("COMMIT")
            index.execute(f"CREATE INDEX {table}_id ON {table} (id)")
            again = index.execute(
                "SELECT line, id, first FROM"  # noqa: S608 - our names
                f" (SELECT line, id, MIN(line) OVER (PARTITION BY id) AS first FROM {table})"
                " WHERE line > first ORDER BY line LIMIT 1"
            ).fetchone()
            if again:
                raise jsonl.given_twice(again[1], again[2], path, again[0])
        unknown = index.execute(
            "SELECT given.line, given.id FROM given LEFT JOIN gold USING (id)"
            " WHERE gold.id IS NULL ORDER BY given.line LIMIT 1"
        ).fetchone()
        if unknown:
            raise unknown_document(unknown[1], str(job.predictions), unknown[0])
        absent = "FROM gold LEFT JOIN given USING (id) WHERE given.id IS NULL"
        missing = index.execute(f"SELECT COUNT(*) {absent}").fetchone()[0]
        if missing and not allow_missing:
            first = index.execute(f"SELECT gold.id {absent} ORDER BY gold.line LIMIT 1").fetchone()[0]
            documents = index.execute("SELECT COUNT(*) FROM gold").fetchone()[0]
            raise missing_documents(missing, documents, first, str(job.predictions))
        yield index


def _places(path: Path, kind: type[Prediction]) -> Iterator[tuple[int, int, str]]:
    decode, whole = msgspec.json.Decoder(_Named).decode, msgspec.json.Decoder(kind)
    for number, at, line in located_lines(path):
        try:
            name = decode(line).doc_id
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            name = jsonl.decode_line(whole, line, path, number).doc_id  # says what is wrong
        yield number, at, name


def _joined(job: Job, index: sqlite3.Connection) -> Iterator[Batch]:
    """Batches in the order of the gold, each line fetched from its place."""
    rows = index.execute(
        "SELECT gold.line, gold.at, given.line, given.at FROM gold LEFT JOIN given USING (id) ORDER BY gold.line"
    )
    with open_bytes(job.gold) as gold, open_bytes(job.predictions) as given:

        def line(stream: IO[bytes], at: int) -> bytes:
            stream.seek(at)
            return stream.readline(MAX_LINE)

        yield from _batches(
            Pair(ours, line(gold, at), theirs or 0, None if theirs is None else line(given, there))
            for ours, at, theirs, there in rows
        )
