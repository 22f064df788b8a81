"""What an experiment shows when its runs are done: Hydra callbacks that read the records of a sweep.

Each is named in ``configs/experiment/`` and prints a table; :class:`LearningCurve` draws a figure besides.
"""

from __future__ import annotations

import statistics as plain
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from benchmark import corpus as corpora
from benchmark import results
from benchmark.corpus import Corpus
from benchmark.errors import InvalidInput, MissingExtra
from benchmark.leaderboard.board import HEADLINE, load_system
from benchmark.leaderboard.grid import UNDEFINED, Grid, show
from benchmark.results import Record
from benchmark.scoring import statistics
from benchmark.scoring.core import Array
from benchmark.scoring.families import select
from benchmark.scoring.score import tally


class Summary(Callback):
    """Reads the records of a sweep once it has ended."""

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """Show what the sweep found, if any of its jobs ended well."""
        folder = Path(config.hydra.sweep.dir)
        if found := list(results.find(folder)):
            path = config.corpus.path
            self.show(folder, found, Corpus(Path(path)) if path else corpora.sommet())

    @abstractmethod
    def show(self, folder: Path, found: Sequence[Path], corpus: Corpus) -> None:
        """Print a table of the records in ``found``; files go to ``folder``."""


class LearningCurve(Summary):
    """Score by the number of storylines trained on, as a table and as ``learning-curve.svg``.

    Args:
        metrics: names of metrics, one panel each.
    """

    def __init__(self, metrics: Iterable[str] = ("TC", "AC+")) -> None:
        self.metrics = tuple(metrics)

    def show(self, folder: Path, found: Sequence[Path], corpus: Corpus) -> None:
        """One line a run, one curve a system."""
        curves: dict[str, list[Record]] = {}
        for record in sorted(map(results.read, found), key=lambda r: r.system.train.storylines):
            curves.setdefault(_family(record), []).append(record)
        rows = [
            (
                name,
                f"{record.system.train.share:.0%}",
                str(record.system.train.storylines),
                *(_figure(record.scores[m].f1) for m in self.metrics),
            )
            for name, records in sorted(curves.items())
            for record in records
        ]
        head = ("system", "share", "storylines", *self.metrics)
        show([Grid("Score by storylines of train", head, rows)], "text")
        self.draw(folder / "learning-curve.svg", curves)

    def draw(self, path: Path, curves: dict[str, list[Record]]) -> None:
        """The figure: F1 with its 95 % interval.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        try:
            import matplotlib as mpl
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingExtra("matplotlib", "figures") from error
        # Fixed ids and no date, so that the same runs give the same bytes.
        with mpl.rc_context({"svg.hashsalt": "sommet", "svg.fonttype": "none"}):
            figure = Figure(figsize=(4.2 * len(self.metrics), 3.4), layout="constrained")
            panels = figure.subplots(1, len(self.metrics), squeeze=False)[0]
            for panel, metric in zip(panels, self.metrics, strict=True):
                for name, records in sorted(curves.items()):
                    x = [r.system.train.storylines for r in records]
                    scores = [r.scores[metric] for r in records]
                    (line,) = panel.plot(x, [s.f1 for s in scores], marker="o", markersize=3, label=name)
                    bounds = [s.interval or (s.f1, s.f1) for s in scores]
                    panel.fill_between(x, *zip(*bounds, strict=True), alpha=0.12, color=line.get_color())
                panel.set(title=metric, xlabel="storylines of train", ylim=(0, None))
                panel.spines[["top", "right"]].set_visible(False)
            panels[0].set_ylabel("F1")
            panels[0].legend(frameon=False)
            figure.savefig(path, metadata={"Date": None})


class Spread(Summary):
    """Mean, standard deviation and range over runs that differ by their seed alone."""

    def show(self, folder: Path, found: Sequence[Path], corpus: Corpus) -> None:
        """One line a system."""
        groups: dict[str, list[Record]] = {}
        for record in map(results.read, found):
            groups.setdefault(_family(record), []).append(record)
        rows = [
            (name, str(len(records)), *(self._cell([r.scores[m].f1 for r in records]) for m in HEADLINE))
            for name, records in sorted(groups.items())
        ]
        title = "Over seeds: mean ± standard deviation (least to most)"
        show([Grid(title, ("system", "seeds", *HEADLINE), rows)], "text")

    @staticmethod
    def _cell(values: Sequence[float | None]) -> str:
        known = [v for v in values if v is not None]
        if not known:
            return UNDEFINED
        spread = plain.stdev(known) if len(known) > 1 else 0.0
        return f"{plain.mean(known):.3f} ± {spread:.3f} ({min(known):.3f}–{max(known):.3f})"


class CrossSubset(Summary):
    """Score on each subset by the subset trained on.

    Args:
        metric: name of a metric.
    """

    def __init__(self, metric: str = "TC") -> None:
        self.metric = metric

    def show(self, folder: Path, found: Sequence[Path], corpus: Corpus) -> None:
        """One line a system and subset of train."""
        records = [results.read(path) for path in found]
        subsets = sorted({s for r in records for s in r.scores[self.metric].subsets})
        rows = []
        for record in sorted(records, key=lambda r: (_family(r), r.system.train.subset or "")):
            part, by_subset = record.system.train, record.scores[self.metric].subsets
            cells = [_figure(by_subset[s].f1) if s in by_subset else UNDEFINED for s in subsets]
            rows.append((_family(record), part.subset or "all", str(part.storylines), *cells))
        head = ("system", "trained on", "storylines", *(f"on {s}" for s in subsets))
        show([Grid(f"{self.metric} by the subset trained on", head, rows, words=(0, 1))], "text")


class MemorisationGap(Summary):
    """How much lower a system scores on twins than on the documents that they tell anew, paired by storyline.

    The interval is a percentile bootstrap and p a two-sided paired randomisation, both over storylines; a system that
    profits from what it remembers of history has a negative difference.

    Args:
        original, twins: splits that hold both.
    """

    def __init__(self, original: str = "test", twins: str = "jumeaux") -> None:
        self.splits = original, twins

    def show(self, folder: Path, found: Sequence[Path], corpus: Corpus) -> None:
        """One line a system and metric."""
        runs: dict[str, dict[str, Path]] = {}
        for path in found:
            record = results.read(path)
            runs.setdefault(record.system.name, {})[record.corpus.split] = path
        rows = []
        for name, paths in sorted(runs.items()):
            if len(paths) < 2:
                raise InvalidInput(f"{name} ran on {', '.join(paths)} alone", " and ".join(self.splits))
            figures = gap(paths[self.splits[0]], paths[self.splits[1]], corpus, *self.splits)
            rows += [(name, *cells) for cells in figures]
        title = f"{self.splits[1]} against the documents of {self.splits[0]} that they tell anew"
        head = ("system", "metric", *self.splits, "difference", "95 % interval", "p")
        show([Grid(title, head, rows, words=(0, 1))], "text")


def gap(original: Path, twin: Path, corpus: Corpus, original_split: str, twin_split: str) -> list[list[str]]:
    """Cells of the headline metrics: name, both scores, their difference, its interval and p."""
    pairs = corpora.twins(corpus, twin_split)
    metrics = select(HEADLINE)
    tables: list[dict[str, Array]] = []
    for path, split, wanted in ((original, original_split, set(pairs.values())), (twin, twin_split, set(pairs))):
        gold = corpus.documents(split)
        _, predictions = load_system(path, corpus, gold)
        kept = [i for i, d in enumerate(gold) if d.doc_id in wanted]
        counts = tally([gold[i] for i in kept], [predictions[i] for i in kept], metrics, corpus.ontology)
        unit = {s: i for i, s in enumerate(counts.storylines)}
        order = [unit[s] for s in _storylines(pairs, split == twin_split)]
        tables.append({m.name: counts.rows(m.name)[order] for m in metrics})
    lines = []
    for metric in metrics:
        before, after = (t[metric.name] for t in tables)
        scores = [float(metric.value(rows.sum(0))) for rows in (before, after)]
        interval = statistics.difference_interval(before, after, metric.value)
        p = statistics.paired_p(before, after, metric.value)
        lines.append(
            [
                metric.name,
                *(f"{s:.3f}" for s in scores),
                f"{scores[1] - scores[0]:+.3f}",
                UNDEFINED if interval is None else f"{interval[0]:+.3f} … {interval[1]:+.3f}",
                UNDEFINED if p is None else f"{p:.3f}",
            ]
        )
    return lines


def _storylines(pairs: dict[str, str], twins: bool) -> list[str]:
    """Storylines of one side of the pairs, in the order of the twins."""
    both = dict.fromkeys((t.rpartition("-")[0], o.rpartition("-")[0]) for t, o in sorted(pairs.items()))
    return [twin if twins else original for twin, original in both]


def _family(record: Record) -> str:
    """The extractor that a run is of, whatever its name says of seed or share."""
    return str(record.system.config["_target_"]).rpartition(".")[2].lower()


def _figure(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3f}"
