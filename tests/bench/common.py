"""What the benches share: corpora of any size, medians of five, peak memory of a process, and one table.

Run a bench with ``python tests/bench/bench_<topic>.py [--quick]``. It prints what was measured with the target beside it
and fails only when our numbers and the peer's differ: a slow machine is no fault.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import msgspec
from msgspec.structs import replace

from benchmark import corpus, segment
from benchmark.documents import (
    Argument,
    Document,
    Entity,
    Event,
    Prediction,
    Span,
    Status,
    Time,
    as_prediction,
)

SEED = 20251016
RUNS = 5
DIFFERENT = 300  # documents that differ by more than their id
_WORDS = [
    "Le",
    "président",
    "Marec",
    "a",
    "annoncé",
    "mardi",
    "un",
    "sommet",
    "avec",
    "la",
    "chancelière",
    "de",
    "Solvane",
    "à",
    "Valdris",
    "le",
    "3",
    "mai",
    ".",
    "La",
    "rencontre",
    ",",
    "déjà",
    "reportée",
    "deux",
    "fois",
    ",",
    "n’était",
    "«",
    "plus",
    "d’actualité",
    "»",
    ",",
    "selon",
    "l’entourage",
    "du",
    "ministre",
    ";",
    "Élan",
    "diplomatique",
    "ou",
    "façade",
    "?",
]
_PEOPLE = ("PER", "GPE", "ORG")

T = TypeVar("T")


def quick() -> bool:
    """Whether ``--quick`` was given: small sizes and one run, for a test."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and one run")
    return bool(parser.parse_args().quick)


# ---------------------------------------------------------------------------------------------------------------------
# Data


def documents(number: int, events: int = 4, seed: int = SEED) -> Iterator[tuple[Document, Prediction]]:
    """Valid gold and a prediction for each document, with ``events`` events of four arguments in about 850 characters.

    No trigger, and no argument within an event, comes twice on one side, so that set-based scorers and multisets count
    the same. Documents differ in content until there are :data:`DIFFERENT`, then they repeat under other ids.
    """
    generator = random.Random(seed)  # noqa: S311 - data for a bench
    pool = [_pair(generator, events) for _ in range(min(number, DIFFERENT))]
    for i in range(number):
        gold, prediction = pool[i % len(pool)]
        name = f"doc-{i:07d}"
        yield replace(gold, doc_id=name, storyline=f"s{i // 4:07d}"), replace(prediction, doc_id=name)


def write(folder: Path, number: int, events: int = 4, shuffled: bool = False) -> tuple[Path, Path]:
    """:func:`documents` as two JSONL files, the predictions in another order if ``shuffled``."""
    folder.mkdir(parents=True, exist_ok=True)
    gold_file, prediction_file = folder / "gold.jsonl", folder / "predictions.jsonl"
    encode = msgspec.json.Encoder().encode
    with gold_file.open("wb") as gold, prediction_file.open("wb") as given:
        for document, prediction in documents(number, events):
            gold.write(encode(document) + b"\n")
            given.write(encode(prediction) + b"\n")
    if shuffled:
        lines = prediction_file.read_bytes().splitlines(keepends=True)
        random.Random(SEED).shuffle(lines)  # noqa: S311 - data for a bench
        prediction_file.write_bytes(b"".join(lines))
    return gold_file, prediction_file


def _pair(generator: random.Random, events: int) -> tuple[Document, Prediction]:
    ontology = corpus.ontology()
    text = " ".join(generator.choice(_WORDS) for _ in range(max(150, 12 * events)))
    tokens = [Span(*t) for t in segment.tokens(text)]
    generator.shuffle(tokens)
    take = iter(tokens)
    triggers = [next(take) for _ in range(events)]
    entities = tuple(
        Entity(f"E{i}", kind, f"Nom {i}", tuple(sorted((next(take), next(take)))))
        for i, kind in enumerate((*_PEOPLE, "LOC", "PER", "GPE"), 1)
    )
    days = [f"2030-05-{generator.randint(10, 28)}" for _ in range(max(5, events))]
    times = tuple(
        Time(f"T{i}", s.start, s.end, "DATE", day) for i, (s, day) in enumerate(zip(take, days, strict=False), 1)
    )
    labels = sorted(ontology.labels)
    found = []
    for i, trigger in enumerate(triggers):
        label = generator.choice(labels)
        arguments = []
        for role in ontology.labels[label].roles[:3]:
            used = {a.ref for a in arguments}
            fit = [e for e in entities if e.type in ontology.roles[role].filler and e.id not in used]
            for entity in generator.sample(fit, min(len(fit), 2 if role == "Participant" else 1)):
                span = generator.choice(entity.mentions)
                arguments.append(Argument(role, span.start, span.end, entity.id))
            if role in ontology.time_roles:
                time_ = generator.choice(times)
                arguments.append(Argument(role, time_.start, time_.end, time_.id))
        found.append(Event(f"V{i + 1}", label, trigger, "asserted", f"affaire-{i % 3}", tuple(arguments)))
    phased = sorted({v.encounter for v in found if v.encounter and ontology.labels[v.type].phase})
    gold = Document(
        doc_id="",
        text=text,
        published="2030-05-03",
        subset=generator.choice(("histoire", "fiction")),
        sentences=segment.sentences(text),
        entities=entities,
        times=times,
        events=tuple(found),
        statuses=tuple(Status(e, "announced") for e in phased),
    )
    return gold, _noisy(generator, gold, take)


def _noisy(generator: random.Random, gold: Document, free: Iterator[Span]) -> Prediction:
    labels = sorted(corpus.ontology().labels)
    events = []
    for event in gold.events:
        if generator.random() < 0.1:
            continue
        arguments = tuple(
            replace(a, start=a.start + (generator.random() < 0.1 and a.end - a.start > 1))
            for a in event.arguments
            if generator.random() > 0.15
        )
        label = event.type if generator.random() > 0.15 else generator.choice(labels)
        trigger = event.trigger if generator.random() > 0.1 else next(free)
        events.append(replace(event, type=label, trigger=trigger, arguments=arguments))
    return replace(as_prediction(gold), events=tuple(events))


# ---------------------------------------------------------------------------------------------------------------------
# Measures


def seconds(work: Callable[[], T], runs: int = RUNS) -> tuple[float, T]:
    """Median wall time of ``runs`` runs, and what the last one gave."""
    taken = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), result


def peak_memory(code: str, *words: object) -> tuple[int, str]:
    """Peak resident memory in bytes of ``python -c code words…`` with its children, and what it printed."""
    wrapper = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], check=True, stdout=subprocess.PIPE, text=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "print(done.stdout, end='')\n"
    )
    command = [sys.executable, "-c", wrapper, sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    peak, _, printed = done.stdout.partition("\n")
    return int(peak) * (1 if sys.platform == "darwin" else 1024), printed


def show(
    title: str, rows: Sequence[Sequence[object]], head: Sequence[str] = ("what", "seconds", "ratio", "target")
) -> None:
    """A plain table; a column is as wide as its widest cell."""
    cells = [list(map(str, head)), *([f"{c:.3g}" if isinstance(c, float) else str(c) for c in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for row in cells:
        print("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))))


def finish(different: Sequence[str]) -> NoReturn:
    """Exit 0, or 1 with a line for each number in which we and a peer differ."""
    for line in different:
        print(f"DIFFERENT: {line}")
    sys.exit(bool(different))
