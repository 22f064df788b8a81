"""Conformance: whether our peers give the numbers that the scorers of the field gave on the same input.

A file holds one case a line: ``case``, ``peer``, ``options``, ``gold``, ``pred`` and ``expected``, what the scorer
printed or returned. Documents there say ``cluster`` and ``status`` for our ``encounter`` and ``factuality``, and use
labels of their own. Counts must be equal, ratios equal within 1e-9, ``null`` equal to ``null``, and the keys the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import msgspec

from benchmark.documents import Document, Prediction
from benchmark.errors import InvalidInput, shorten
from benchmark.files import read_lines
from benchmark.scoring import peers

TOLERANCE = 1e-9

_RENAMED = {"cluster": "encounter", "status": "factuality"}


class _Line(msgspec.Struct, frozen=True):
    case: str
    peer: str
    gold: list[dict[str, Any]]
    pred: list[dict[str, Any]]
    expected: dict[str, Any] | None = None
    options: dict[str, Any] | None = None


@dataclass(frozen=True)
class Case:
    """One case. ``expected`` is ``None`` where the file does not say."""

    name: str
    peer: str
    options: Mapping[str, object]
    gold: Sequence[Document]
    predictions: Sequence[Prediction]
    expected: Mapping[str, Any] | None


@dataclass(frozen=True)
class Result:
    """What we compute for a case, under the keys of what is expected.

    Attributes:
        equal: whether all of it is as expected; ``None`` where nothing is.
        difference: largest absolute difference of a number.
    """

    case: str
    peer: str
    computed: Mapping[str, Any]
    equal: bool | None
    difference: float


def _ours(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with our names for the fields of its events; what is null is as if it were not there."""
    present: dict[str, Any] = _without_null(document)
    events = [{_RENAMED.get(key, key): value for key, value in v.items()} for v in present.get("events", ())]
    return {**present, "events": events}


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(inner) for key, inner in value.items() if inner is not None}
    return [_without_null(inner) for inner in value] if isinstance(value, list) else value


def read_cases(path: Path) -> Iterator[Case]:
    """Cases of a file, decoded without regard to an ontology.

    Raises:
        InvalidInput: a line is not a case.
    """
    decoder = msgspec.json.Decoder(_Line)
    for number, line in read_lines(path):
        try:
            raw = decoder.decode(line)
            gold = msgspec.convert([_ours(d) for d in raw.gold], tuple[Document, ...])
            predictions = msgspec.convert([_ours(d) for d in raw.pred], tuple[Prediction, ...])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, AttributeError, TypeError) as error:
            raise InvalidInput(
                shorten(error, 200), "one conformance case as JSON", file=str(path), line=number
            ) from error
        try:
            peers.load(raw.peer)
        except InvalidInput as error:
            raise InvalidInput(error.found, error.expected, file=str(path), line=number) from error
        yield Case(raw.case, raw.peer, raw.options or {}, gold, predictions, raw.expected)


def difference(computed: object, expected: object) -> float:
    """Largest absolute difference between numbers of two structures; infinite where they are not of one shape."""
    if isinstance(computed, Mapping) and isinstance(expected, Mapping):
        if computed.keys() != expected.keys():
            return math.inf
        return max((difference(computed[key], expected[key]) for key in expected), default=0.0)
    if isinstance(computed, list | tuple) and isinstance(expected, list | tuple):
        if len(computed) != len(expected):
            return math.inf
        return max((difference(c, e) for c, e in zip(computed, expected, strict=True)), default=0.0)
    if _is_number(computed) and _is_number(expected):
        return abs(computed - expected)
    return 0.0 if computed == expected else math.inf


def equal(computed: object, expected: object) -> bool:
    """Whether two structures say the same: integers exactly, other numbers within 1e-9 (relative, or absolute near 0)."""
    if isinstance(computed, Mapping) and isinstance(expected, Mapping):
        return computed.keys() == expected.keys() and all(equal(computed[key], expected[key]) for key in expected)
    if isinstance(computed, list | tuple) and isinstance(expected, list | tuple):
        return len(computed) == len(expected) and all(map(equal, computed, expected))
    if _is_number(computed) and _is_number(expected) and not (isinstance(computed, int) and isinstance(expected, int)):
        return math.isclose(computed, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return computed == expected


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def judge(case: Case) -> Result:
    """Compute a case and compare it."""
    computed: Mapping[str, Any] = peers.load(case.peer).score(case.gold, case.predictions, case.options)
    if case.expected is None:
        return Result(case.name, case.peer, computed, None, 0.0)
    computed = {key: value for key, value in computed.items() if key in case.expected}
    return Result(case.name, case.peer, computed, equal(computed, case.expected), difference(computed, case.expected))


def run(path: Path) -> Iterator[Result]:
    """Results of every case of a file, in order.

    Raises:
        InvalidInput: the file is not one of cases.
    """
    return map(judge, read_cases(path))


def show(files: Sequence[Path], as_json: bool) -> bool:
    """Print a table of ``files``, or with ``as_json`` one line a case; says whether every case is equal.

    Raises:
        InvalidInput: a file is not of the form of the conformance vectors.
    """
    table = []
    for path in files:
        results = []
        for result in run(path):
            results.append(result)
            if as_json:
                line = {"file": str(path), **{k: getattr(result, k) for k in ("case", "peer", "computed", "equal")}}
                print(msgspec.json.encode(line).decode(), flush=True)
        table.append((path, results))
    if not as_json:
        _print(table)
    return all(result.equal is not False for _, results in table for result in results)


def _print(table: Sequence[tuple[Path, Sequence[Result]]]) -> None:
    from rich.table import Table

    from benchmark.leaderboard.terminal import console

    view = Table(box=None, pad_edge=False)
    view.add_column("file", min_width=max(len(str(path)) for path, _ in table), no_wrap=True)
    view.add_column("peer", no_wrap=True)
    for title in ("equal", "cases", "largest difference"):
        view.add_column(title, justify="right")
    for path, results in table:
        judged = [r for r in results if r.equal is not None]
        view.add_row(
            str(path),
            ", ".join(sorted({r.peer for r in results})),
            str(sum(bool(r.equal) for r in judged)),
            str(len(results)),
            f"{max(r.difference for r in judged):.2g}" if judged else "-",
        )
    console().print(view)
