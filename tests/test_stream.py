"""Scoring as a stream gives the totals of scoring in memory, refuses what that refuses, and bears hostile files."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from conftest import Sommet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from strategies import ONTOLOGY, corpora

from benchmark.documents import Argument, Document, Event, Prediction, Span, as_prediction
from benchmark.errors import InvalidInput, SommetError
from benchmark.extractor import predict
from benchmark.files import STDIN
from benchmark.formats import jsonl
from benchmark.scoring import score, stream
from benchmark.scoring.core import Projected
from benchmark.scoring.families import registry, select
from benchmark.scoring.families.tagging import count_tags

METRICS = [m for m in registry().values() if m.unit == "document"]
SETTING = score.Setting("-", "-", "-", "-", 0)


def write(folder: Path, gold: Sequence[Document], given_: Sequence[Prediction]) -> tuple[Path, Path]:
    gold_file, prediction_file = folder / "gold.jsonl", folder / "predictions.jsonl"
    gold_file.write_bytes(b"".join(map(jsonl.encode, gold)))
    prediction_file.write_bytes(b"".join(map(jsonl.encode, given_)))
    return gold_file, prediction_file


def small(number: int) -> tuple[list[Document], list[Prediction]]:
    """Documents with an event each, some of them found."""
    gold, given_ = [], []
    for i in range(number):
        events = (Event("V1", "Demand", Span(0, 2), "asserted", "affaire"),)
        gold.append(
            Document(f"d{i:04d}", events=events, text="Il dit.", subset=("a", "b")[i % 2], storyline=f"s{i % 7}")
        )
        given_.append(Prediction(f"d{i:04d}", events=events if i % 3 else ()))
    return gold, given_


# ---------------------------------------------------------------------------------------------------------------------
# The same numbers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(corpora(), st.randoms(use_true_random=False))
def test_totals_are_those_of_scoring_in_memory(
    tmp_path: Path, case: tuple[list[Document], list[Prediction]], shuffler: random.Random
) -> None:
    gold, given_ = case
    wanted = score.figures(score.tally(gold, given_, METRICS, ONTOLOGY), SETTING, resamples=2)
    mixed = list(given_)
    shuffler.shuffle(mixed)
    for order in (given_, mixed):
        totals = stream.score_files(*write(tmp_path, gold, order), METRICS, ONTOLOGY)
        assert totals.documents == len(gold)
        found = stream.figures(totals, METRICS, SETTING)
        for name, ours in found.items():
            theirs = wanted[name]
            assert ours.interval is None
            assert set(ours.labels) == set(theirs.labels)
            assert set(ours.subsets) == set(theirs.subsets)
            for mine, other in (
                (ours, theirs),
                *((ours.labels[k], theirs.labels[k]) for k in ours.labels),
                *((ours.subsets[k], theirs.subsets[k]) for k in ours.subsets),
            ):
                assert (mine.tp, mine.fp, mine.fn) == pytest.approx((other.tp, other.fp, other.fn))
                assert mine.f1 == (None if other.f1 is None else pytest.approx(other.f1))


@given(corpora())
def test_metrics_count_their_items(case: tuple[list[Document], list[Prediction]]) -> None:
    """The count of a projection is a fast way to the multiset intersection of its items."""
    for metric in METRICS:
        if isinstance(metric.count, Projected):
            for document, side in zip(*case, strict=True):
                # Copies on both sides, of which some are too many.
                document, side = (
                    replace(d, events=d.events + d.events[: i + 1]) for i, d in enumerate((document, side))
                )
                items = list(metric.count.items(document, side, ONTOLOGY))
                row = np.sum([np.zeros(4), *map(np.array, metric.count(document, side, ONTOLOGY).values())], axis=0)
                met = sum(m.credit for m in items)
                sizes = [sum(m[i] is not None for m in items) for i in (2, 1)]
                assert row.tolist() == [met, sizes[0], met, sizes[1]], metric.name


@pytest.mark.parametrize("order", ["same", "other"])
def test_totals_do_not_depend_on_the_number_of_processes(tmp_path: Path, order: str) -> None:
    gold, given_ = small(1000)
    if order == "other":
        given_.reverse()
    files = write(tmp_path, gold, given_)
    metrics = select(["triggers", "partial", "coreference"])
    said: list[str] = []
    one, two = (stream.score_files(*files, metrics, ONTOLOGY, processes=n, notice=said.append) for n in (1, 2))
    assert one == two
    assert len(said) == (0 if order == "same" else 2)
    assert all("joining by id through disk" in line for line in said)
    assert one.rows["a"][0][""][0] == sum(
        bool(p.events) for d, p in zip(gold, sorted(given_, key=lambda p: p.doc_id), strict=True) if d.subset == "a"
    )


def test_missing_documents_can_count_as_empty(tmp_path: Path) -> None:
    gold, given_ = small(10)
    files = write(tmp_path, gold, given_[:4] + given_[5:])
    totals = stream.score_files(*files, select(["TC"]), ONTOLOGY, allow_missing=True)
    given_[4] = Prediction("d0004")
    assert totals == stream.score_files(*write(tmp_path, gold, given_), select(["TC"]), ONTOLOGY)


def _hashes(*numbers: int) -> bytes:
    return np.array(numbers, dtype=np.uint64).tobytes()


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 20), max_size=60), st.integers(1, 7))
def test_what_was_noted_twice_is_found_in_any_run(numbers: list[int], run: int) -> None:
    with pytest.MonkeyPatch.context() as patch, BytesIO() as spool:
        patch.setattr(stream, "_RUN", run)
        ids = stream._Ids(spool)
        for number in numbers:
            ids.add(_hashes(number))
        assert ids.any_twice() == (len(set(numbers)) < len(numbers))


# ---------------------------------------------------------------------------------------------------------------------
# Errors

Change = Callable[[list[Document], list[Prediction]], object]


def _long(gold: list[Document], given_: list[Prediction]) -> None:
    given_[700] = replace(given_[700], events=(Event("V1", "Demand", Span(0, 8)),))


def _bad_gold(gold: list[Document], given_: list[Prediction]) -> None:
    gold[5] = replace(gold[5], events=(replace(gold[5].events[0], encounter=None),))


def _early_and_late(gold: list[Document], given_: list[Prediction]) -> None:
    _long(gold, given_)
    given_[300] = replace(given_[300], events=(Event("V1", "Demands", Span(0, 2)),))


def _twice_in_both(gold: list[Document], given_: list[Prediction]) -> None:
    gold.append(gold[2])
    given_.append(given_[2])


FAULTS: dict[str, tuple[Change, str]] = {
    "past the end": (_long, "predictions.jsonl:701, document d0700: trigger of event V1 at 0-8"),
    "the first of two": (_early_and_late, "predictions.jsonl:301, document d0300"),
    "gold breaks a rule": (_bad_gold, "gold.jsonl:6, document d0005: event V1 without an encounter"),
    "missing": (lambda _, p: p.pop(3), "1 of 1000 documents without a prediction, the first 'd0003'"),
    "last missing": (lambda _, p: p.pop(), "1 of 1000 documents without a prediction, the first 'd0999'"),
    "unknown": (lambda _, p: p.append(Prediction("e1")), "predictions.jsonl:1001, document e1: unknown document"),
    "twice": (
        lambda _, p: p.insert(9, p[2]),
        "predictions.jsonl:10, document d0002: document given twice, first on line 3",
    ),
    "twice in both": (_twice_in_both, "gold.jsonl:1001, document d0002: document given twice, first on line 3"),
}


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_told_as_elsewhere(tmp_path: Path, name: str, processes: int) -> None:
    change, message = FAULTS[name]
    gold, given_ = small(1000)
    change(gold, given_)
    with pytest.raises(InvalidInput) as caught:
        stream.score_files(*write(tmp_path, gold, given_), select(["TC"]), ONTOLOGY, processes=processes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "predictions.jsonl:3: Input data was truncated"),
        (b'{"doc_id": 7}', "predictions.jsonl:3: Expected `str`"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_bad_lines_are_told_in_any_order(tmp_path: Path, line: bytes, message: str, order: int) -> None:
    gold, given_ = small(20)
    gold_file, prediction_file = write(tmp_path, gold, given_)
    lines = prediction_file.read_bytes().splitlines(keepends=True)[::order]
    lines[2] = line + b"\n"
    prediction_file.write_bytes(b"".join(lines))
    with pytest.raises(InvalidInput) as caught:
        stream.score_files(gold_file, prediction_file, select(["TC"]), ONTOLOGY)
    assert message in str(caught.value)


def test_what_cannot_be_streamed_is_refused(tmp_path: Path) -> None:
    files = write(tmp_path, *small(2))
    with pytest.raises(InvalidInput, match="counted by document"):
        stream.score_files(*files, select(["Status"]), ONTOLOGY)
    with pytest.raises(InvalidInput, match="regular file"):
        stream.score_files(files[0], Path("/dev/null"), select(["TC"]), ONTOLOGY)
    with pytest.raises(InvalidInput, match="regular file"):
        stream.score_files(files[0], STDIN, select(["TC"]), ONTOLOGY)
    with pytest.raises(InvalidInput, match="No such file"):
        stream.score_files(files[0], tmp_path / "absent", select(["TC"]), ONTOLOGY)


def test_command_line(sommet: Sommet, tmp_path: Path) -> None:
    gold, given_ = small(30)
    gold_file, prediction_file = write(tmp_path, gold, given_[::-1])
    words = ["score", prediction_file, "--gold", gold_file, "--metrics", "TC,AC+", "--format", "json"]
    streamed, plain = sommet(*words, "--stream", "--processes", 2), sommet(*words)
    assert (streamed.returncode, plain.returncode, plain.stderr) == (0, 0, "")
    assert streamed.stderr.count("\n") == 1
    assert "joining by id through disk" in streamed.stderr
    ours, theirs = json.loads(streamed.stdout), json.loads(plain.stdout)
    for name, metric in ours.items():
        assert metric.pop("interval") is None
        assert f"gold:{stream.file_digest(gold_file)}|docs:30" in metric.pop("signature")
        assert metric == {k: v for k, v in theirs[name].items() if k not in ("interval", "signature")}
    assert sommet("score", prediction_file, "--split", "dev", "--stream").returncode == 2
    assert sommet("score", prediction_file, "--gold", gold_file, "--processes", 2).returncode == 2


# ---------------------------------------------------------------------------------------------------------------------
# Hostile predictions


def _event(number: int = 1, **fields: object) -> dict[str, object]:
    return {"id": f"V{number}", "type": "Demand", "trigger": {"start": 0, "end": 2}, **fields}


def _line(**fields: object) -> bytes:
    return json.dumps({"doc_id": "d0000", **fields}).encode()


_ARGUMENT = {"role": "Agent", "start": 0, "end": 2}

REFUSED: dict[str, Callable[[], bytes]] = {
    "a million events": lambda: _line(events=[_event()] * 10**6),
    "too many events": lambda: _line(events=[_event(i) for i in range(10_001)]),
    "too many arguments": lambda: _line(events=[_event(arguments=[_ARGUMENT] * 10_001)]),
    "an id of a megabyte": lambda: _line(events=[_event(id="V" * 2**20)]),
    "a document id of a megabyte": lambda: _line(doc_id="d" * 2**20),
    "a label of a megabyte": lambda: _line(events=[_event(type="D" * 2**20)]),
    "huge integers": lambda: _line(events=[_event(trigger={"start": 0, "end": 10**4000})]),
    "an integer beyond 64 bits": lambda: _line(events=[_event(trigger={"start": 0, "end": 2**64})]),
    "infinity": lambda: _line(events=[_event(trigger={"start": 0, "end": float("inf")})]),
    "nested lists": lambda: b"[" * 4_000_000,
    "a nested unknown field": lambda: b'{"doc_id": "d0000", "x": ' + b'{"x": ' * 1_000_000,
    "one endless line": lambda: b'{"doc_id": "' + b"d" * 20_000_000,
    "not UTF-8": lambda: b'{"doc_id": "d0000\xff"}',
    "surrogates": lambda: b'{"doc_id": "\\ud800"}',
}


def _limited(memory: int, seconds: int) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    return limit


def _score_limited(folder: Path, *words: str, memory: int = 2 * 2**30, seconds: int = 60) -> tuple[int, str]:
    command = [sys.executable, "-m", "benchmark", "score", "predictions.jsonl", "--gold", "gold.jsonl", *words]
    done = subprocess.run(
        [*command, "--format", "json"],
        cwd=folder,
        # One thread: each of a numeric library reserves address space of its own.
        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PATH": "", "PYTHONPATH": str(Path.cwd())},
        preexec_fn=_limited(memory, seconds),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", [(), ("--stream",)])
@pytest.mark.parametrize("name", REFUSED)
def test_hostile_predictions_are_refused(tmp_path: Path, name: str, words: tuple[str, ...]) -> None:
    gold, given_ = small(1)
    write(tmp_path, gold, given_)
    (tmp_path / "predictions.jsonl").write_bytes(REFUSED[name]() + b"\n")
    code, said = _score_limited(tmp_path, *words)
    assert code == 2, said
    assert said.count("\n") == 1
    assert "predictions.jsonl:1" in said
    assert len(said) < 600


def _crowd() -> list[Event]:
    """As many events as may be, in chains, on top of each other, of all labels."""
    labels, roles = sorted(ONTOLOGY.labels), sorted(ONTOLOGY.roles)
    return [
        Event(
            f"V{i}",
            labels[i % len(labels)],
            Span(i % 7, i % 7 + 1 + i % 11),
            "asserted",
            None if i % 3 else f"x{i % 100}",
            (Argument(roles[i % len(roles)], i % 5, 6 + i % 11), Argument(roles[i % 3], 0, 6)),
        )
        for i in range(10_000)
    ]


def _copies() -> list[Event]:
    """One event again and again."""
    return [Event(f"V{i}", "Demand", Span(0, 2), "asserted", "affaire") for i in range(10_000)]


@pytest.mark.slow
@pytest.mark.parametrize("events", [_crowd, _copies])
def test_every_metric_bears_what_is_not_refused(tmp_path: Path, events: Callable[[], list[Event]]) -> None:
    gold, _ = small(1)
    text = "Il dit. " * 10
    wanted = tuple(Event(f"V{i}", "Demand", Span(i, i + 3), "asserted", "affaire") for i in range(40))
    gold[0] = replace(gold[0], text=text, events=wanted)
    write(tmp_path, gold, [replace(as_prediction(gold[0]), events=tuple(events()))])
    code, said = _score_limited(tmp_path, seconds=120)
    assert (code, said) == (0, "")


class Fixed:
    """An extractor that always says the same."""

    def __init__(self, events: tuple[Event, ...]) -> None:
        self.events = events

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None: ...

    def extract(self, document: Document) -> Prediction:
        return Prediction(document.doc_id, self.events)


_EVENT = Event("V1", "Demand", Span(0, 2))
UNWRITABLE: dict[str, tuple[tuple[Event, ...], str]] = {
    "too many events": ((_EVENT,) * 10_001, "length <= 10000 - at $.events"),
    "an id that is too long": ((replace(_EVENT, id="V" * 257),), "length <= 256 - at $.events"),
    "a number of numpy": ((replace(_EVENT, trigger=Span(np.int64(0), 2)),), "numpy.int64"),  # type: ignore[arg-type]
    "more than a line": (
        tuple(
            replace(_EVENT, id=f"V{i}", arguments=(Argument("Agent", 0, 2),) * 300, encounter="x" * 200)
            for i in range(1000)
        ),
        f"at most {8 * 2**20} bytes",
    ),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_what_a_line_cannot_hold_is_refused_when_it_is_extracted(name: str) -> None:
    events, message = UNWRITABLE[name]
    with pytest.raises(SommetError) as caught:
        predict(Fixed(events), Document(doc_id="page.txt", text="Il dit."), "opaque", ONTOLOGY)
    said = str(caught.value)
    assert "document page.txt: what a line of a prediction file cannot hold" in said
    assert message in said
    assert len(said) < 300


# ---------------------------------------------------------------------------------------------------------------------
# Tags

_TAGS = st.sampled_from(("O", "B-A", "I-A", "B-B", "I-B", "B-C-D", "I-C-D", "B", "I", "O-A"))


@given(st.lists(st.lists(st.tuples(_TAGS, _TAGS), min_size=1, max_size=8), min_size=1, max_size=5))
def test_tags_are_counted_as_seqeval_counts_them(pairs: list[list[tuple[str, str]]]) -> None:
    from seqeval.metrics.v1 import precision_recall_fscore_support
    from seqeval.scheme import IOB2, Entities

    gold, given_ = ([[pair[i] for pair in row] for row in pairs] for i in (0, 1))
    rows = count_tags(gold, given_)
    assert sorted(rows) == sorted(Entities(gold, IOB2).unique_tags | Entities(given_, IOB2).unique_tags)
    if rows:
        p, r, _, support = precision_recall_fscore_support(gold, given_, mode="strict", scheme=IOB2, zero_division=0)
        ours = [(row[0] / (row[1] or 1), row[2] / (row[3] or 1), row[3]) for row in rows.values()]
        assert np.allclose(ours, np.stack([p, r, support], axis=1))


def test_tags_that_cannot_be_counted() -> None:
    assert count_tags([], []) == {}
    with pytest.raises(InvalidInput, match="number or length"):
        count_tags([["O"]], [["O", "O"]])
    with pytest.raises(InvalidInput, match="tag 'E-A'"):
        count_tags([["O"]], [["E-A"]])
