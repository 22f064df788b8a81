"""Six trigger and argument metrics over two JSONL files: throughput against a set-based scorer, memory, and growth."""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
from pathlib import Path

import common
import peers

from benchmark import corpus
from benchmark.scoring.families import select
from benchmark.scoring.stream import score_files

NAMES = list(peers.TEXTEE)

# Scores once to have everything imported and made ready, then again against the clock.
STREAM = """
import sys, time
from pathlib import Path
from benchmark import corpus
from benchmark.scoring.families import select
from benchmark.scoring.stream import score_files
if __name__ == "__main__":
    warm, folder, names = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(",")
    for files in (warm, folder):
        start = time.perf_counter()
        score_files(files / "gold.jsonl", files / "predictions.jsonl", select(names), corpus.ontology())
    print(time.perf_counter() - start)
"""
PEER = "import sys; sys.path.insert(0, sys.argv[1]); import peers; from pathlib import Path\n"
PEER += "print(len(peers.textee(*(Path(sys.argv[2]) / f for f in ('gold.jsonl', 'predictions.jsonl')))))"


def ours(gold: Path, predictions: Path, processes: int = 1) -> dict[str, tuple[int, int, int]]:
    """Matches, predicted and gold items of each metric."""
    totals = score_files(gold, predictions, select(NAMES), corpus.ontology(), processes=processes)
    result = {}
    for i, name in enumerate(NAMES):
        rows = [row for tables in totals.rows.values() for row in tables[i].values()]
        tp, given, wanted = (int(sum(row[k] for row in rows)) for k in (0, 1, 3))
        result[name] = (tp, given, wanted)
    return result


def main() -> None:
    """Measure and print."""
    quick = common.quick()
    sizes = [100, 1_000] if quick else [1_000, 10_000, 100_000, 1_000_000]
    compared = 1_000 if quick else 100_000
    runs = 1 if quick else common.RUNS
    different = []
    with tempfile.TemporaryDirectory(prefix="sommet-bench-") as name:
        root = Path(name)
        folders = {n: root / str(n) for n in sizes}
        for n, folder in folders.items():
            common.write(folder, n)
        files = common.write(root / "compared", compared)
        other = common.write(root / "other", compared, shuffled=True)
        # One after the other, so that what else the machine does falls on all of them.
        taken: dict[str, list[float]] = {"peer": [], "one": [], "two": [], "disk": []}
        for _ in range(runs):
            for what, work in (
                ("peer", lambda: peers.textee(*files)),
                ("one", lambda: ours(*files)),
                ("two", lambda: ours(*files, processes=2)),
                ("disk", lambda: ours(*other)),
            ):
                time, found = common.seconds(work, 1)
                taken[what].append(time)
                if what == "peer":
                    wanted = found
                elif found != wanted:
                    different.append(f"{what}: {found}, peer {wanted}")
        median = {what: statistics.median(times) for what, times in taken.items()}
        common.show(
            f"{compared:,} documents, 4 events each, six metrics, from JSONL",
            [
                ("set-based scorer, json", median["peer"], 1.0, ""),
                ("sommet, one process", median["one"], median["peer"] / median["one"], ">= 5"),
                ("sommet, two processes", median["two"], median["peer"] / median["two"], ">= 9"),
                ("sommet, other order, through disk", median["disk"], median["peer"] / median["disk"], ""),
            ],
        )
        grown = {}
        rows: list[tuple[object, ...]] = []
        for n, folder in folders.items():
            repeats = runs if n < 1_000_000 else 1
            peaks, times = zip(
                *(common.peak_memory(STREAM, folders[sizes[0]], folder, ",".join(NAMES)) for _ in range(repeats)),
                strict=True,
            )
            grown[n] = statistics.median(map(float, times))
            target = "< 200" if n >= 100_000 else ""
            rows.append((f"sommet, {n:,} documents", grown[n], max(peaks) / 2**20, target))
        peak, _ = common.peak_memory(PEER, Path(__file__).parent, root / "compared")
        rows.append((f"set-based scorer, {compared:,} documents", "", peak / 2**20, ""))
        common.show("Growth and peak memory, one process, same order", rows, ("what", "seconds", "MB", "target"))
        slope = statistics.linear_regression([math.log(n) for n in grown], [math.log(t) for t in grown.values()]).slope
        common.show("Cost by documents", [("exponent", slope, "<= 1.05")], ("what", "value", "target"))
    common.finish(different)


if __name__ == "__main__":
    sys.exit(main())
