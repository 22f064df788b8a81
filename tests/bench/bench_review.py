"""How many annotation errors the programs find: 100 errors of known kinds planted in a copy of 60 documents of train.

A planted error counts as found when ``sommet validate --review`` says something of that document, and of that sentence
where it names one, that it did not say before. ``--write FOLDER`` writes the copy as sheets, for a reader who looks for
errors without knowing them, and the key beside the folder.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from planting import KINDS, plant

from benchmark import corpus
from benchmark.documents import Document, faults
from benchmark.formats import sheet
from benchmark.review import suspicions

SEED = 20251016


def said(document: Document) -> set[str]:
    """All that the programs say of a document."""
    ontology = corpus.ontology()
    found = {f"{f.found}; expected {f.expected}" for f in faults(document, ontology, len(document.text), gold=True)}
    return found | {
        line.partition(": ")[2] if "sentence" not in line else line for line in suspicions(document, ontology)
    }


def main() -> None:
    """Print the share found by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few documents and errors")
    parser.add_argument("--write", type=Path, help="folder for the sheets of the copy")
    words = parser.parse_args()
    train = corpus.load("train")
    storylines = sorted({d.storyline for d in train})
    random.Random(SEED).shuffle(storylines)  # noqa: S311 - a sample
    order = {s: i for i, s in enumerate(storylines)}
    chosen = sorted(train, key=lambda d: (order[d.storyline], d.doc_id))[: 6 if words.quick else 60]
    copy, errors = plant(chosen, corpus.ontology(), 11 if words.quick else 100, SEED)
    before, after = ({d.doc_id: said(d) for d in side} for side in (chosen, copy))
    found: Counter[str] = Counter()
    for error in errors:
        new = after[error.document] - before[error.document]
        sentences = {int(m[1]) for line in new if (m := re.search(r"sentence (\d+)", line))}
        found[error.kind] += error.sentence in sentences or any("sentence" not in line for line in new)
    planted = Counter(e.kind for e in errors)
    print(f"{'kind':24} planted  found by program")
    for kind in KINDS:
        print(f"{kind:24} {planted[kind]:7d}  {found[kind]:5d}")
    print(f"{'all':24} {len(errors):7d}  {found.total():5d}")
    if words.write:
        sheet.write(copy, words.write)
        key = words.write.parent / f"{words.write.name}-key.json"
        key.write_bytes(msgspec.json.format(msgspec.json.encode(errors)))


if __name__ == "__main__":
    main()
