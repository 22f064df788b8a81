"""French time expressions of pages of news, found and normalised, against the search of dateparser, start-up apart."""

from __future__ import annotations

import datetime
import random
import statistics
import sys
import time
from collections.abc import Callable

import common

from baselines import dates
from baselines.times_dateparser import Dateparser
from benchmark import corpus
from benchmark.documents import Document
from benchmark.review import MONTHS


def differences(number: int) -> list[str]:
    """Where the two read a complete date in two ways."""
    generator = random.Random(common.SEED)  # noqa: S311 - data for a bench
    peer, found = Dateparser(), []
    for _ in range(number):
        day = datetime.date(generator.randint(1900, 2060), 1, 1) + datetime.timedelta(days=generator.randrange(365))
        text = f"Ils se sont vus le {day.day} {MONTHS[day.month - 1]} {day.year} à Valdris."
        document = Document("d", text=text, published="2031-05-14")
        ours, theirs = dates.find(document), peer.extract(document).times
        if [t.value for t in ours] != [str(day)] or [t.value for t in theirs] != [str(day)]:
            found.append(f"{text} {[t.value for t in ours]}, dateparser {[t.value for t in theirs]}")
    return found


def cpu_seconds(work: Callable[[], object]) -> float:
    """Seconds of processor time, which is what one core has to give whatever else the machine does."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    quick = common.quick()
    pages = [d for d in corpus.load("train") if 200 <= len(d.text.split()) <= 400]
    pages, runs = (pages[:5], 1) if quick else (pages, common.RUNS)
    words = sum(len(d.text.split()) for d in pages) / len(pages)
    peer = Dateparser()
    dates.find(pages[0])
    peer.extract(pages[0])  # start-up: dateparser reads its locales
    ours = statistics.median(cpu_seconds(lambda: [dates.find(d) for d in pages]) for _ in range(runs))
    theirs = cpu_seconds(lambda: [peer.extract(d) for d in pages])
    common.show(
        f"{len(pages)} pages of {words:.0f} words",
        [
            ("sommet", ours, len(pages) / ours, ">= 200"),
            ("dateparser, search", theirs, len(pages) / theirs, ""),
        ],
        ("what", "seconds of CPU", "documents/s", "target"),
    )
    common.finish(differences(20 if quick else 300))


if __name__ == "__main__":
    sys.exit(main())
