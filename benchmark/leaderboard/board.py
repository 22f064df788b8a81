"""Boards: the systems of one split of one gold, scored anew from their predictions, compared and ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count
from pathlib import Path

from benchmark import results
from benchmark.corpus import Corpus, fingerprint
from benchmark.documents import Document, Prediction, check
from benchmark.errors import InvalidInput, NotComparable
from benchmark.files import open_bytes
from benchmark.formats import jsonl
from benchmark.results import Record
from benchmark.scoring import statistics
from benchmark.scoring.families import registry, select
from benchmark.scoring.score import MetricScore, Setting, Tally, figures, pair, tally, unknown_document

HEADLINE = ("TC", "Date-V", "Record", "Status", "AC+")
# Systems of the kind ``times`` say nothing of events: they have boards of their own.
TIMES = "times"
TIMES_HEADLINE = ("TIMEX-value", "TIMEX-type", "TIMEX-relaxed", "TIMEX-strict")
ALPHA = 0.05
SANITY = "sanity"


@dataclass(frozen=True)
class Row:
    """One system: its record, its scores made anew, and its rank for each headline metric (sanity rows have none).

    ``name`` is the system's, with its folder where another row of the board has the same.
    """

    name: str
    record: Record
    scores: Mapping[str, MetricScore]
    ranks: Mapping[str, int]


@dataclass(frozen=True)
class Board:
    """All systems of one split of one gold and one track that were shown the same gold layers, best first."""

    corpus: str
    version: str
    split: str
    fingerprint: str
    documents: int
    storylines: int
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    given: str = ""
    track: str = "events"

    @property
    def setting(self) -> Setting:
        """What the signatures of the board share."""
        return Setting(self.corpus, self.version, self.split, self.fingerprint, self.documents, self.given)


def read_predictions(
    path: Path, gold: Sequence[Document], corpus: Corpus, *, allow_missing: bool = False
) -> list[Prediction]:
    """Predictions of a file in the order of ``gold``, each checked against the text that it is about.

    Raises:
        InvalidInput: the message names file, line, document, what was found and what was expected.
    """
    texts = {d.doc_id: len(d.text) for d in gold}
    found = []
    for line, prediction in jsonl.decode(path, Prediction):
        if prediction.doc_id not in texts:
            raise unknown_document(prediction.doc_id, str(path), line)
        check(prediction, corpus.ontology, texts[prediction.doc_id], file=str(path), line=line)
        found.append(prediction)
    return pair(gold, found, allow_missing=allow_missing, file=str(path))


def load_system(folder: Path, corpus: Corpus, gold: Sequence[Document]) -> tuple[Record, list[Prediction]]:
    """A record and its predictions, checked to belong together and to this gold.

    Raises:
        InvalidInput: the predictions are not those of the record.
        NotComparable: the record is about another gold.
    """
    record = results.read(folder)
    here = corpus.manifest
    if (record.corpus.name, record.corpus.fingerprint) != (here.name, fingerprint(gold)):
        raise NotComparable(
            f"{folder}: scored on gold {record.corpus.fingerprint} of {record.corpus.name} {record.corpus.version}, "
            f"the gold here is {fingerprint(gold)} of {here.name} {here.version}; run the system again"
        )
    path = folder / results.PREDICTIONS
    with open_bytes(path) as stream:
        found = results.sha256(stream.read())
    if found != record.predictions.sha256:
        raise InvalidInput(
            f"sha256 {found[:12]}", f"{record.predictions.sha256[:12]} as the record says", file=str(path)
        )
    return record, read_predictions(path, gold, corpus)


def build(root: Path, corpus: Corpus) -> list[Board]:
    """The boards of all records below ``root``, one for each split, track, and choice of gold layers shown to the systems.

    Every score is made anew from the predictions; a record that says something else is refused.

    Raises:
        InvalidInput, NotComparable: see :func:`load_system`.
    """
    folders: dict[tuple[str, str, str], list[Path]] = {}
    for folder in results.find(root):
        record = results.read(folder)
        track = TIMES if record.system.kind == TIMES else "events"
        folders.setdefault((record.corpus.split, track, record.setting.given), []).append(folder)
    if not folders:
        raise InvalidInput(f"no {results.RECORD}", "results that sommet publish wrote", file=str(root))
    order = {split: i for i, split in enumerate(corpus.splits)}
    known = sorted((key for key in folders if key[0] in order), key=lambda key: (order[key[0]], *key[1:]))
    return [_board(*key, folders[key], root, corpus) for key in known]


def _board(split: str, track: str, given: str, folders: Sequence[Path], root: Path, corpus: Corpus) -> Board:
    gold = corpus.documents(split)
    setting = Setting(corpus.manifest.name, corpus.manifest.version, split, fingerprint(gold), len(gold), given)
    metrics = TIMES_HEADLINE if track == TIMES else HEADLINE
    records: dict[str, Record] = {}
    tallies: dict[str, Tally] = {}
    scores: dict[str, Mapping[str, MetricScore]] = {}
    for folder, name in _names(folders, root).items():
        record, predictions = load_system(folder, corpus, gold)
        records[name] = record
        tallies[name] = tally(gold, predictions, select(metrics), corpus.ontology)
        scores[name] = figures(tallies[name], setting)
        _same(folder, record, scores[name])
    ranked = [name for name, record in records.items() if record.system.kind != SANITY]
    ranks = _ranks(ranked, tallies, scores, metrics)
    order = sorted(records, key=lambda n: (n not in ranked, -(scores[n][metrics[0]].f1 or 0.0), n))
    return Board(
        corpus=corpus.manifest.name,
        version=corpus.manifest.version,
        split=split,
        fingerprint=setting.gold,
        documents=len(gold),
        storylines=len({d.storyline for d in gold}),
        metrics=metrics,
        rows=tuple(
            Row(n, records[n], scores[n], {m: ranks[m][n] for m in metrics} if n in ranked else {}) for n in order
        ),
        given=given,
        track=track,
    )


def _names(folders: Sequence[Path], root: Path) -> dict[Path, str]:
    """A name for each folder that no other has: the system's, and where several are of one name the ends of their paths."""
    systems: dict[str, list[Path]] = {}
    for folder in folders:
        systems.setdefault(results.read(folder).system.name, []).append(folder)
    found = {}
    for name, alike in systems.items():
        paths = [folder.relative_to(root).parts for folder in alike]
        ends = next(e for n in count(1) if len(set(e := [path[-n:] for path in paths])) == len(paths))
        for folder, end in zip(alike, ends, strict=True):
            found[folder] = f"{name} ({Path(*end)})" if len(alike) > 1 else name
    return {folder: found[folder] for folder in folders}


def _same(folder: Path, record: Record, scores: Mapping[str, MetricScore]) -> None:
    for name, ours in scores.items():
        theirs = record.scores.get(name)
        if theirs is None:
            continue
        differs = (theirs.f1 is None) != (ours.f1 is None) or abs((theirs.f1 or 0) - (ours.f1 or 0)) > 1e-9
        if differs:
            raise InvalidInput(
                f"{name} {theirs.f1}", f"{ours.f1} from the predictions", file=str(folder / results.RECORD)
            )


def _ranks(
    systems: Sequence[str],
    tallies: Mapping[str, Tally],
    scores: Mapping[str, Mapping[str, MetricScore]],
    metrics: Sequence[str],
) -> dict[str, dict[str, int]]:
    """Rank of each system for each metric; Holm runs over all pairs and metrics of the board together."""
    tests = {
        (metric, a, b): statistics.paired_p(tallies[a].rows(metric), tallies[b].rows(metric), registry()[metric].value)
        for metric in metrics
        for a, b in combinations(sorted(systems), 2)
    }
    adjusted = statistics.holm(tests)

    def ranked(metric: str) -> dict[str, int]:
        own = {s: scores[s][metric].f1 for s in systems}

        def better(one: str, other: str) -> bool:
            p = adjusted[metric, min(one, other), max(one, other)]
            return p is not None and p < ALPHA and (own[one] or 0.0) > (own[other] or 0.0)

        return statistics.ranks(systems, own, better)

    return {metric: ranked(metric) for metric in metrics}
