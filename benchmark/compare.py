"""Comparing two sets of results: differences with their tests, verdicts, and the policy that a gate applies.

Both sides are always scored anew from their predictions, on the same gold, by the same code; what a record says of its
scores plays no part. One :class:`Report` carries everything that any output shows.
"""

from __future__ import annotations

import datetime
import io
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from benchmark import results
from benchmark.corpus import Corpus, fingerprint
from benchmark.documents import Document, Event, Prediction, nearest
from benchmark.errors import EXIT_NOT_COMPARABLE, EXIT_WORSE, InvalidInput, NotComparable, SommetError
from benchmark.files import open_bytes, write_atomic
from benchmark.leaderboard.board import read_predictions
from benchmark.ontology import read_yaml
from benchmark.scoring import statistics
from benchmark.scoring.core import Array, Metric
from benchmark.scoring.families import registry, select
from benchmark.scoring.score import Setting, Tally, tally

SCHEMA = 1
Verdict = Literal["same", "better", "noise", "accepted", "worse", "incomparable", "missing"]

# The gravest verdict of its parts is the verdict of the whole.
_ORDER: tuple[Verdict, ...] = ("same", "better", "noise", "accepted", "worse", "incomparable", "missing")

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a metric must keep to.

    Attributes:
        floor: the least score that is right, whatever the base has.
        hard: a drop beyond it is a loss, significant or not.
        margin: a drop beyond it is a loss when it is significant.
    """

    floor: Share = 0.0
    hard: Share = 1.0
    margin: Share = 0.0


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A loss that was accepted, why, and until when (inclusive)."""

    system: str
    metric: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]
    until: datetime.date


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a gate asks for. Unknown keys are refused.

    Attributes:
        split: the split that results are compared on.
        systems: systems that must be there on both sides; all of the base for an empty list.
        metrics: primary metrics with their thresholds; all must be there.
        alpha: level of the paired test, after Holm over systems and metrics; above the smallest p that its rounds give.
        repeats: how many runs (``<system>/repeat-1``, …) stand for a system that is not deterministic.
        accepted: losses that do not fail the gate.
    """

    schema: Literal[1]
    split: str
    metrics: Annotated[dict[str, Threshold], msgspec.Meta(min_length=1)]
    systems: list[str] = []
    alpha: Annotated[float, msgspec.Meta(gt=1 / (statistics.PERMUTATIONS + 1), lt=1)] = 0.05
    repeats: dict[str, Annotated[int, msgspec.Meta(ge=1, le=100)]] = {}
    accepted: list[Accepted] = []


def read_policy(path: Path) -> Policy:
    """Read a policy.

    Raises:
        InvalidInput: it is not YAML, has an unknown key (the message names the nearest) or metric, or a bad value.
    """
    try:
        policy = msgspec.convert(read_yaml(path, "a policy"), Policy, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), _keys(str(error)), file=str(path)) from error
    for name in policy.metrics:
        if name not in registry():
            raise InvalidInput(f"unknown metric {name!r}", nearest(name, registry()), file=str(path))
    named = [("metric", a.metric, list(policy.metrics)) for a in policy.accepted]
    if policy.systems:
        named += [("system", name, policy.systems) for name in [*policy.repeats, *(a.system for a in policy.accepted)]]
    for kind, name, known in named:
        if name not in known:
            raise InvalidInput(f"{kind} {name!r} in accepted or repeats", nearest(name, known), file=str(path))
    if any(not a.reason.strip() for a in policy.accepted):
        raise InvalidInput("an accepted loss without a reason", "why it was accepted", file=str(path))
    return policy


def _keys(message: str) -> str:
    """The key that was probably meant, from msgspec's message on an unknown one."""
    import re

    found = re.search(r"unknown field `([^`]*)`", message)
    known = {f for s in (Policy, Threshold, Accepted) for f in s.__struct_fields__}
    return nearest(found[1], sorted(known)) if found else "the keys and values of a policy (docs/gate.md)"


# ---------------------------------------------------------------------------------------------------------------------
# Sides


@dataclass(frozen=True)
class Side:
    """One system on one side: its predictions (several where it is repeated), in the order of the gold."""

    name: str
    runs: tuple[tuple[Prediction, ...], ...]
    digests: tuple[str, ...]
    records: tuple[results.Record, ...] = ()

    @property
    def given(self) -> str | None:
        """Gold layers that the system was shown; ``None`` where no record says so."""
        return self.records[0].setting.given if self.records else None


@contextmanager
def opened(spec: str) -> Iterator[Path]:
    """The folder or file that ``spec`` names: a path, or ``git:REF[:PATH]`` for ``results`` at the merge base with REF.

    Raises:
        NotComparable: the reference or the path is not in the repository.
        InvalidInput: there is no such path.
    """
    if not spec.startswith("git:"):
        path = Path(spec)
        if not path.exists():
            raise InvalidInput("no such file or folder", "results, a record or predictions", file=spec)
        yield path
        return
    ref, _, inner = spec.removeprefix("git:").partition(":")
    inner = inner or "results"
    base = _merge_base(ref)
    with tempfile.TemporaryDirectory() as folder:
        # From the top, wherever in the repository we are; line ends as they were committed.
        top = _git("rev-parse", "--show-toplevel").decode().strip()
        archive = _git("-C", top, "-c", "core.autocrlf=false", "archive", "--format=tar", base, "--", inner)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            # Regular files inside the folder and nothing else; the filters of tarfile need Python 3.11.4.
            root = Path(folder).resolve()
            for member in tar:
                target = (root / member.name).resolve()
                content = tar.extractfile(member) if member.isfile() else None
                if content is not None and target.is_relative_to(root):
                    write_atomic(target, content.read())
        yield Path(folder) / inner


def _merge_base(ref: str) -> str:
    return _git("merge-base", "--", ref, "HEAD").decode().strip()


def _is_head(spec: str) -> bool:
    """Whether a specification names results of the commit that is checked out, as on a push to the branch itself."""
    if not spec.startswith("git:"):
        return False
    return _merge_base(spec.removeprefix("git:").partition(":")[0]) == _git("rev-parse", "HEAD").decode().strip()


def _git(*words: str) -> bytes:
    try:
        return subprocess.run(["git", *words], capture_output=True, check=True, timeout=120).stdout  # noqa: S603, S607
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        raise NotComparable(f"git {' '.join(words)}: {said.decode('utf-8', 'replace').strip()}") from error


def systems(path: Path, split: str, corpus: Corpus) -> dict[str, list[Path]]:
    """Prediction files by system below ``path``: those of records of ``split``, or the one file itself.

    Results of other corpora, or of other versions of this one, may lie beside them; they stand for a system only where
    it has none of this corpus and version. A system whose folder holds ``repeat-1``, ``repeat-2``, … has one file for each.
    """
    if path.is_file() and path.name != results.RECORD:
        return {path.stem if path.name != results.PREDICTIONS else path.parent.name: [path]}
    root = path.parent if path.is_file() else path
    found: dict[bool, dict[str, list[Path]]] = {False: {}, True: {}}
    for folder in results.find(root):
        try:
            record = results.read(folder)
        except InvalidInput:
            # The path of published results names their split: a fault in another split is not ours to judge.
            named = set(folder.relative_to(root).parts) & set(corpus.splits)
            if named and split not in named:
                continue
            raise
        if record.corpus.split == split:
            own = (record.corpus.name, record.corpus.version) == (corpus.manifest.name, corpus.manifest.version)
            found[own].setdefault(record.system.name, []).append(folder / results.PREDICTIONS)
    return found[False] | found[True]


def load(name: str, files: Sequence[Path], gold: Sequence[Document], corpus: Corpus) -> Side:
    """Read the predictions of a system; a record beside them must be about this gold and these predictions.

    Raises:
        InvalidInput: a file is malformed, or is not the one that its record names.
        NotComparable: the record is about another gold.
    """
    runs, digests, records = [], [], []
    for file in files:
        with open_bytes(file) as stream:
            digest = results.sha256(stream.read())
        beside = file.parent / results.RECORD
        if beside.exists():
            record = results.read(beside)
            if record.corpus.fingerprint != fingerprint(gold):
                raise NotComparable(
                    f"{name}: scored on gold {record.corpus.fingerprint} ({record.corpus.version}), "
                    f"the gold here is {fingerprint(gold)} ({corpus.manifest.version})"
                )
            if digest != record.predictions.sha256:
                raise InvalidInput(
                    f"sha256 {digest[:12]}", f"{record.predictions.sha256[:12]}, as its record says", file=str(file)
                )
            records.append(record)
        runs.append(tuple(read_predictions(file, gold, corpus)))
        digests.append(digest)
    if len({record.setting.given for record in records}) > 1:
        raise NotComparable(f"{name}: its runs were shown different layers of gold")
    if len(set(digests)) < len(digests) and not all(record.system.deterministic for record in records):
        raise NotComparable(f"{name}: is not deterministic, yet of {len(files)} runs some have the same predictions")
    return Side(name, tuple(runs), tuple(digests), tuple(records))


# What counts as grown: a ratio far from what one machine shows from run to run, and seconds that somebody would notice.
_GROWN, _NOTICED = 1.5, 1.0


def costs(base: Sequence[results.RunPart], candidate: Sequence[results.RunPart]) -> list[str]:
    """Warnings where extraction or memory grew by half or more, each as a ratio to what its own run had as reference."""

    def slowness(runs: Sequence[results.RunPart]) -> float | None:
        whole = [r for r in runs if r.reference_seconds and not r.resumed_documents]
        return min((r.extract_seconds / r.reference_seconds for r in whole), default=None)

    def memory(runs: Sequence[results.RunPart]) -> float | None:
        return min((r.peak_memory_mib / r.start_memory_mib for r in runs if r.start_memory_mib), default=None)

    found = []
    before, after = slowness(base), slowness(candidate)
    noticed = max((r.extract_seconds for r in candidate), default=0.0) > _NOTICED
    if before and after and after > _GROWN * before and noticed:
        found.append(f"extraction takes {after / before:.1f} times as long as before, both held against the tokeniser")
    before, after = memory(base), memory(candidate)
    if before and after and after > _GROWN * before:
        found.append(
            f"peak memory is {after / before:.1f} times that of before, both held against the start of the run"
        )
    return found


def warnings(base: Side, candidate: Side, base_is_head: bool) -> list[str]:
    """What to know beside the verdict on a system: a base that proves nothing, chance that was not averaged, costs."""
    found = []
    if base_is_head and base.digests == candidate.digests:
        found.append("the merge base is HEAD itself, whose results are held against themselves; try --base git:HEAD~1")
    records = (*base.records, *candidate.records)
    if len(base.runs) == 1 and not all(record.system.deterministic for record in records):
        found.append(
            "not deterministic by its record, and judged on a single run; `repeats` in the policy takes several"
        )
    return found + costs(*([record.run for record in side.records] for side in (base, candidate)))


# ---------------------------------------------------------------------------------------------------------------------
# Reports


class MetricReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One metric of one system on both sides.

    ``difference`` is candidate minus base with its 95 % interval. ``p`` is of the paired one-sided test in the direction
    of the difference, ``p_holm`` after Holm over all tests of that direction in the report, so that what is called worse
    by chance stays below alpha, and so does what is called better. ``detectable`` is the smallest drop that this gold
    shows with probability 0.8.
    """

    metric: str
    signature: str
    base: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    p: float | None
    p_holm: float | None
    wins: int | None
    losses: int | None
    detectable: float | None
    verdict: Verdict
    why: str


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event of one document that one side has right and the other has not."""

    document: str
    kind: Literal["lost", "found", "invented", "dropped"]
    label: str
    trigger: str
    sentence: str


class SystemReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One system on both sides; ``costs`` are warnings (:func:`warnings`), which have no part in the verdict."""

    system: str
    verdict: Verdict
    metrics: list[MetricReport]
    changes: list[Change]
    why: str = ""
    costs: list[str] = []


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole comparison."""

    base: str
    candidate: str
    corpus: str
    version: str
    split: str
    gold: str
    alpha: float
    verdict: Verdict
    systems: list[SystemReport]
    schema: int = SCHEMA

    @property
    def exit_code(self) -> int:
        """0, or 1 for a loss, or 3 where something cannot be judged."""
        if self.verdict in ("incomparable", "missing"):
            return EXIT_NOT_COMPARABLE
        return EXIT_WORSE if self.verdict == "worse" else 0


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The gravest of some verdicts; ``missing`` of none."""
    return max(verdicts, key=_ORDER.index, default="missing")


@dataclass(frozen=True)
class _Pair:
    base: Side
    candidate: Side
    rows: Mapping[str, tuple[Array, Array]]
    documents: Mapping[str, tuple[Array, Array] | None]


def compare(
    base: str,
    candidate: str,
    corpus: Corpus,
    policy: Policy,
    *,
    today: datetime.date | None = None,
    single: bool = False,
) -> Report:
    """Compare two sides under a policy.

    Args:
        base, candidate: specifications as :func:`opened` takes them.
        today: the day against which accepted losses expire.
        single: compare the one system of each side whatever its name (two prediction files).

    Raises:
        InvalidInput, NotComparable: see :func:`opened` and :func:`load`. Faults of one system are verdicts of that system.
    """
    gold = corpus.documents(policy.split)
    setting = Setting(corpus.manifest.name, corpus.manifest.version, policy.split, fingerprint(gold), len(gold))
    metrics = select(policy.metrics)
    for metric in metrics:
        if not metric.higher_is_better:
            raise InvalidInput(f"metric {metric.name!r}, of which less is better", "a metric of which more is better")
    base_is_head = _is_head(base)
    with opened(base) as base_path, opened(candidate) as candidate_path:
        ours, theirs = (systems(path, policy.split, corpus) for path in (base_path, candidate_path))
        if single and len(ours) == len(theirs) == 1:
            theirs = dict(zip(ours, theirs.values(), strict=True))
        pairs: dict[str, _Pair | SystemReport] = {}
        for name in policy.systems or sorted(ours) or sorted(theirs):
            pairs[name] = _paired(name, ours, theirs, gold, corpus, policy, metrics)
    judged = {name: pair for name, pair in pairs.items() if isinstance(pair, _Pair)}
    p_values: dict[statistics.Alternative, dict[tuple[str, str], float | None]] = {"lower": {}, "higher": {}}
    for name, own in judged.items():
        for metric in metrics:
            side, other = _directions(own, metric)
            p = statistics.paired_p(*own.rows[metric.name], metric.value, alternative=side)
            p_values[side][name, metric.name], p_values[other][name, metric.name] = p, None if p is None else 1.0
    adjusted = {side: statistics.holm(values) for side, values in p_values.items()}
    # No test over so few storylines, or at so small an alpha, can reach significance after Holm, whatever was lost.
    storylines = len({d.storyline for d in gold})
    least = max(0.5**storylines, 1 / (statistics.PERMUTATIONS + 1)) * len(judged) * len(metrics)
    day = today or datetime.datetime.now(tz=datetime.UTC).date()
    reports = []
    for name, pair in pairs.items():
        if isinstance(pair, SystemReport):
            reports.append(pair)
            continue
        shown = msgspec.structs.replace(setting, given=pair.candidate.given or "")
        found = []
        for metric in metrics:
            side, _ = _directions(pair, metric)
            key = name, metric.name
            p, p_holm = p_values[side][key], adjusted[side][key]
            found.append(_judge(name, metric, pair, shown, policy, p, p_holm, least, day))
        reports.append(
            SystemReport(
                name,
                gravest([m.verdict for m in found]),
                found,
                list(changes(gold, pair.base, pair.candidate)),
                costs=warnings(pair.base, pair.candidate, base_is_head),
            )
        )
    return Report(
        base=base,
        candidate=candidate,
        corpus=setting.corpus,
        version=setting.version,
        split=setting.split,
        gold=setting.gold,
        alpha=policy.alpha,
        verdict=gravest([r.verdict for r in reports]),
        systems=reports,
    )


def _directions(pair: _Pair, metric: Metric) -> tuple[statistics.Alternative, statistics.Alternative]:
    """What is tested of a metric, the direction of its difference, and the other one, against which nothing speaks."""
    before, after = (float(metric.value(rows.sum(0))) for rows in pair.rows[metric.name])
    return ("higher", "lower") if after > before else ("lower", "higher")


def _paired(
    name: str,
    ours: Mapping[str, list[Path]],
    theirs: Mapping[str, list[Path]],
    gold: Sequence[Document],
    corpus: Corpus,
    policy: Policy,
    metrics: Sequence[Metric],
) -> _Pair | SystemReport:
    for side, found in (("base", ours), ("candidate", theirs)):
        if name not in found:
            return SystemReport(
                name, "missing", [], [], f"not in the {side}; it has {', '.join(sorted(found)) or 'none'}"
            )
        wanted = policy.repeats.get(name, 1)
        if len(found[name]) != wanted:
            return SystemReport(
                name, "incomparable", [], [], f"{len(found[name])} runs in the {side}, {wanted} expected"
            )
    try:
        base, candidate = (load(name, found[name], gold, corpus) for found in (ours, theirs))
    except SommetError as error:
        return SystemReport(name, "incomparable", [], [], str(error))
    shown = [side.given for side in (base, candidate) if side.given is not None]
    if len(set(shown)) > 1:
        return SystemReport(
            name,
            "incomparable",
            [],
            [],
            f"gold given: {shown[0] or 'none'} in the base, {shown[1] or 'none'} in the candidate",
        )
    tallies = [[tally(gold, run, metrics, corpus.ontology) for run in base.runs]]
    # Unchanged predictions are not scored twice: they give the same rows.
    if candidate.digests == base.digests:
        tallies.append(tallies[0])
    else:
        tallies.append([tally(gold, run, metrics, corpus.ontology) for run in candidate.runs])
    rows = {m.name: (_mean(tallies[0], m), _mean(tallies[1], m)) for m in metrics}
    by_document = {m.name: _by_document(tallies, m) for m in metrics}
    return _Pair(base, candidate, rows, by_document)


def _mean(tallies: Sequence[Tally], metric: Metric) -> Array:
    rows: Array = np.mean([t.rows(metric.name) for t in tallies], axis=0)
    return rows


def _by_document(tallies: Sequence[Sequence[Tally]], metric: Metric) -> tuple[Array, Array] | None:
    if metric.unit != "document":
        return None
    base, candidate = (np.mean([t.document_rows(metric.name) for t in side], axis=0) for side in tallies)
    return base, candidate


def _judge(
    system: str,
    metric: Metric,
    pair: _Pair,
    setting: Setting,
    policy: Policy,
    p: float | None,
    p_holm: float | None,
    least_p: float,
    today: datetime.date,
) -> MetricReport:
    base_rows, candidate_rows = pair.rows[metric.name]
    base, candidate = (float(metric.value(rows.sum(0))) for rows in (base_rows, candidate_rows))
    threshold = policy.metrics[metric.name]
    equal = bool(np.array_equal(base_rows, candidate_rows))
    defined = not (np.isnan(base) or np.isnan(candidate))
    difference = 0.0 if equal else candidate - base
    detectable = None
    if defined and not equal:
        detectable = statistics.smallest_detectable(base_rows, candidate_rows, metric.value, policy.alpha)
    found, why = verdict(base, candidate, difference, equal, p_holm, detectable, threshold, policy.alpha, least_p)
    if found == "worse":
        for accepted in policy.accepted:
            if (accepted.system, accepted.metric) == (system, metric.name):
                if accepted.until >= today:
                    found, why = "accepted", f"{why}; accepted until {accepted.until}: {accepted.reason}"
                else:
                    why = f"{why}; it was accepted until {accepted.until}: {accepted.reason}"
    wins, losses = _wins(pair.documents[metric.name], metric)
    return MetricReport(
        metric=metric.name,
        signature=setting.signature(metric),
        base=None if np.isnan(base) else base,
        candidate=None if np.isnan(candidate) else candidate,
        difference=difference if defined else None,
        interval=(0.0, 0.0)
        if equal and defined
        else statistics.difference_interval(base_rows, candidate_rows, metric.value),
        p=p,
        p_holm=p_holm,
        wins=wins,
        losses=losses,
        detectable=detectable,
        verdict=found,
        why=why,
    )


def verdict(
    base: float,
    candidate: float,
    difference: float,
    equal: bool,
    p: float | None,
    detectable: float | None,
    threshold: Threshold,
    alpha: float,
    least_p: float = 0.0,
) -> tuple[Verdict, str]:
    """Verdict on one metric and the reason for it.

    Args:
        equal: whether the counts of both sides are equal.
        p: of the paired test, corrected.
        detectable: the smallest drop that the gold shows, for the reason.
        least_p: the smallest p that the test can give; where alpha is not above it and no ``hard`` limit is set, a drop
            beyond the margin cannot be judged.
    """
    if np.isnan(base) or np.isnan(candidate):
        return "incomparable", "the score is undefined on one side"
    if candidate < threshold.floor:
        return "worse", f"{candidate:.4f} is below the floor of {threshold.floor:g}"
    if equal:
        return "same", "the counts are equal"
    significant = p is not None and p < alpha
    if difference < 0:
        if -difference > threshold.hard:
            return "worse", f"a drop of {-difference:.4f} passes the hard limit of {threshold.hard:g}"
        if -difference > threshold.margin and significant:
            return "worse", f"a drop of {-difference:.4f} passes the margin of {threshold.margin:g} and is significant"
        if -difference > threshold.margin and least_p >= alpha and threshold.hard >= 1:
            return "incomparable", (
                f"a drop of {-difference:.4f} on so few storylines can be of no significance (p is {least_p:.2g} at least, "
                f"alpha {alpha:g}); set a hard limit, or judge on more storylines"
            )
    elif significant and difference > 0:
        return "better", f"a gain of {difference:.4f} is significant"
    seen = f"; the smallest drop this gold shows 4 times in 5 is {detectable:.4f}" if detectable else ""
    return "noise", f"a change of {difference:+.4f} may be chance{seen}"


def _wins(rows: tuple[Array, Array] | None, metric: Metric) -> tuple[int | None, int | None]:
    """Documents that the candidate has better, and worse; an undefined score counts as none."""
    if rows is None:
        return None, None
    base, candidate = (np.nan_to_num(metric.value(side), nan=0.0) for side in rows)
    return int(np.sum(candidate > base + 1e-12)), int(np.sum(candidate < base - 1e-12))


Key = tuple[int, int, str]


def changes(gold: Sequence[Document], base: Side, candidate: Side) -> Iterator[Change]:
    """Events that one side has and the other has not, by trigger and label, of the first run of each side."""
    if base.digests == candidate.digests:
        return
    for document, before, after in zip(gold, base.runs[0], candidate.runs[0], strict=True):
        wanted, old, new = (Counter(map(_key, side.events)) for side in (document, before, after))
        for key in sorted(wanted.keys() | old.keys() | new.keys()):
            right_before, right_after = min(wanted[key], old[key]), min(wanted[key], new[key])
            wrong_before, wrong_after = old[key] - right_before, new[key] - right_after
            if right_after < right_before:
                yield _change(document, "lost", key)
            elif right_after > right_before:
                yield _change(document, "found", key)
            if wrong_after > wrong_before:
                yield _change(document, "invented", key)
            elif wrong_after < wrong_before:
                yield _change(document, "dropped", key)


def _key(event: Event) -> Key:
    return event.trigger.start, event.trigger.end, event.type


def _change(document: Document, kind: Literal["lost", "found", "invented", "dropped"], key: Key) -> Change:
    start, end, label = key
    home = next(((a, b) for a, b in document.sentences if a <= start < b), (start, end))
    return Change(document.doc_id, kind, label, document.text[start:end], document.text[slice(*home)])
