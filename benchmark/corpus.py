"""Corpora: splits, fingerprints, the manifest, and the ``datasets`` view.

A corpus is a folder with ``ontology.yaml``, ``MANIFEST.yaml`` (name, version and what is counted) and its splits, each a
brat collection ``<split>/`` or a file ``<split>.jsonl`` in the native format. ``gold/`` is ours.
"""

from __future__ import annotations

import hashlib
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from benchmark import ontology as ontologies
from benchmark.documents import Document, canonical, check, nearest
from benchmark.errors import InvalidInput
from benchmark.ontology import Ontology
from benchmark.review import MONTHS

if TYPE_CHECKING:
    import datasets

PACKAGE = Path(__file__).parent


@cache
def data_root() -> Path:
    """Folder that holds ``gold/`` and ``configs/``: inside an installed wheel, else the checkout."""
    packaged = PACKAGE / "data"
    return packaged if packaged.is_dir() else PACKAGE.parent


class SplitCounts(msgspec.Struct, frozen=True):
    """What one split holds.

    ``arguments_outside`` are arguments that stand in another sentence than their trigger, ``times_anaphoric`` resolved
    dates and times whose words name neither a month nor a year, so that they lean on the date of publication or on the
    text (*hier*, *lundi*, *la veille*).
    """

    storylines: int
    documents: int
    words: int
    events: int
    arguments: int
    entities: int
    times: int
    arguments_outside: int
    times_anaphoric: int
    fingerprint: str
    arcs: list[str]
    labels: dict[str, int]
    factuality: dict[str, int]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name, version and canary of a corpus, and what was counted in it (``sommet stats --write``)."""

    name: str
    version: str
    canary: str = ""
    splits: dict[str, SplitCounts] = {}


class Corpus:
    """A corpus in a folder.

    Args:
        root: the folder; that of the Sommet gold for ``None``.

    Raises:
        InvalidInput: the folder has no ontology or no manifest.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = data_root() / "gold" if root is None else root
        self.ontology: Ontology = ontologies.read(self.root / "ontology.yaml")
        self.manifest = self._manifest()

    def _manifest(self) -> Manifest:
        path = self.root / "MANIFEST.yaml"
        expected = "a manifest: name, version and splits"
        try:
            return msgspec.convert(ontologies.read_yaml(path, expected), Manifest, strict=False)
        except msgspec.ValidationError as error:
            raise InvalidInput(str(error), expected, file=str(path)) from error

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits that are there; train, dev and test first."""
        folders = {p.parent.parent.name for p in self.root.glob("*/*/meta.yaml")} - {"layers"}
        found = folders | {p.stem for p in self.root.glob("*.jsonl")}
        usual = [s for s in ("train", "dev", "test") if s in found]
        return (*usual, *sorted(found - set(usual)))

    def documents(self, split: str) -> list[Document]:
        """Documents of a split in order of id, checked as gold.

        Raises:
            InvalidInput: there is no such split, or a document breaks a rule; the message names file and document.
        """
        from benchmark.formats import brat, jsonl

        if split not in self.splits:
            raise InvalidInput(
                f"no split {split!r} in {self.root.name}", nearest(split, self.splits), file=str(self.root)
            )
        file = self.root / f"{split}.jsonl"
        source = file if file.exists() else self.root / split
        documents = sorted((jsonl if file.exists() else brat).read(source), key=lambda d: d.doc_id)
        for document in documents:
            check(document, self.ontology, len(document.text), gold=True, file=str(source))
        return documents


@cache
def sommet() -> Corpus:
    """The corpus that this package is about."""
    return Corpus()


def ontology() -> Ontology:
    """The ontology of the Sommet corpus."""
    return ontologies.read(data_root() / "gold" / "ontology.yaml")


def load(split: str, *, root: Path | None = None) -> list[Document]:
    """Gold documents of a split, of the Sommet corpus or of one in another folder.

    Raises:
        InvalidInput: see :meth:`Corpus.documents`.
    """
    return (sommet() if root is None else Corpus(root)).documents(split)


def part(documents: Sequence[Document], share: float = 1.0, subset: str | None = None) -> list[Document]:
    """Documents of a share of the storylines, rounded up, and of one subset; a smaller share is part of a larger one.

    Raises:
        InvalidInput: the share is not above 0 and up to 1, or no document is of the subset.
    """
    if not 0 < share <= 1:
        raise InvalidInput(f"share {share} of train", "a number above 0, up to 1")
    subsets = {d.subset for d in documents}
    if subset is not None and subset not in subsets:
        raise InvalidInput(f"no subset {subset!r} in train", nearest(subset, sorted(subsets)))
    chosen = [d for d in documents if subset in (None, d.subset)]
    # In an order that has nothing to do with names or subsets, the same on every machine.
    order = sorted({d.storyline for d in chosen}, key=lambda s: hashlib.sha256(s.encode()).hexdigest())
    kept = set(order[: math.ceil(share * len(order))])
    return [d for d in chosen if d.storyline in kept]


def fingerprint(documents: Iterable[Document]) -> str:
    """Twelve hexadecimal digits that change when any text, annotation or date of ``documents`` does; order plays no part."""
    from benchmark.formats import jsonl

    lines = sorted(jsonl.encode(canonical(d)) for d in documents)
    return hashlib.sha256(b"".join(lines)).hexdigest()[:12]


def count(documents: Sequence[Document], arcs: Iterable[str] = ()) -> SplitCounts:
    """What ``documents`` hold."""
    events = [v for d in documents for v in d.events]
    return SplitCounts(
        storylines=len({d.storyline for d in documents}),
        documents=len(documents),
        words=sum(len(d.text.split()) for d in documents),
        events=len(events),
        arguments=sum(len(v.arguments) for v in events),
        entities=sum(len(d.entities) for d in documents),
        times=sum(len(d.times) for d in documents),
        arguments_outside=sum(_outside(d) for d in documents),
        times_anaphoric=sum(_leans(d.text[t.start : t.end], t.type, t.value) for d in documents for t in d.times),
        fingerprint=fingerprint(documents),
        arcs=sorted(set(arcs)),
        labels=dict(sorted(Counter(v.type for v in events).items())),
        factuality=dict(sorted(Counter(v.factuality for v in events).items())),
    )


def _outside(document: Document) -> int:
    """Arguments that stand in another sentence than their trigger."""
    starts = [a for a, _ in document.sentences]
    return sum(
        bisect_right(starts, a.start) != bisect_right(starts, v.trigger.start)
        for v in document.events
        for a in v.arguments
    )


_NAMED = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|\d{{4}}|^\d{{1,2}}\s?(?:h|:)", re.IGNORECASE)


def _leans(words: str, kind: str, value: str) -> bool:
    """Whether a time expression has a date that its own words do not name."""
    return kind in ("DATE", "TIME") and value[:4].isdigit() and _NAMED.search(words) is None


def arcs(corpus: Corpus, split: str) -> dict[str, str]:
    """Arc of each storyline of a split (storylines that share an encounter are one arc)."""
    from benchmark.formats.brat import read_meta

    return {p.parent.name: read_meta(p.parent).arc for p in sorted((corpus.root / split).glob("*/meta.yaml"))}


def twins(corpus: Corpus, split: str) -> dict[str, str]:
    """Documents of a split that are twins, by id, and the id of the document each tells anew (documents pair by number)."""
    from benchmark.formats.brat import read_meta

    found: dict[str, str] = {}
    for path in sorted((corpus.root / split).glob("*/meta.yaml")):
        meta = read_meta(path.parent)
        if meta.twin:
            found |= {f"{path.parent.name}-{name}": f"{meta.twin}-{name}" for name in meta.documents}
    return found


def current_manifest(corpus: Corpus) -> Manifest:
    """The manifest as it should be: name and version as they are, the counts made anew."""
    splits = {s: count(corpus.documents(s), arcs(corpus, s).values()) for s in corpus.splits}
    return msgspec.structs.replace(corpus.manifest, splits=splits)


def manifest_text(manifest: Manifest) -> str:
    """``MANIFEST.yaml``."""
    import yaml

    head = "# Name, version and canary are set by hand; the rest is counted: `sommet stats --write`.\n"
    return head + yaml.safe_dump(msgspec.to_builtins(manifest), sort_keys=False, allow_unicode=True, width=120)


# ---------------------------------------------------------------------------------------------------------------------
# The datasets view


def features(ontology: Ontology) -> datasets.Features:
    """Explicit nested features of a document, closed vocabularies as ``ClassLabel``."""
    from datasets import ClassLabel, Features, List, Value

    def label(names: Iterable[str]) -> ClassLabel:
        return ClassLabel(names=list(names))

    text, offset = Value("string"), Value("int32")
    span = {"start": offset, "end": offset}
    return Features(
        {
            "doc_id": text,
            "text": text,
            "published": text,
            "subset": text,
            "canary": text,
            "storyline": text,
            "outlet": text,
            "zones": List({**span, "kind": text}),
            "sentences": List(List(offset, length=2)),
            "entities": List({"id": text, "type": label(ontology.entity_types), "name": text, "mentions": List(span)}),
            "times": List({"id": text, **span, "type": label(ontology.time_types), "value": text}),
            "events": List(
                {
                    "id": text,
                    "type": label(ontology.labels),
                    "trigger": span,
                    "factuality": label(ontology.factuality),
                    "encounter": text,
                    "arguments": List({"role": label(ontology.roles), **span, "ref": text}),
                }
            ),
            "statuses": List({"encounter": text, "status": label(ontology.statuses)}),
        }
    )


def as_dataset(corpus: Corpus | None = None, splits: Sequence[str] | None = None) -> datasets.DatasetDict:
    """A corpus as a ``datasets.DatasetDict``, one row a document.

    Rows are built in memory from our own structs: the JSON reader of ``datasets`` would turn values that look like dates
    into time stamps.
    """
    import datasets

    corpus = corpus or sommet()
    return datasets.DatasetDict(
        {
            split: datasets.Dataset.from_list(
                [msgspec.to_builtins(d) for d in corpus.documents(split)],
                features=features(corpus.ontology),
                split=datasets.NamedSplit(split),
            )
            for split in splits or corpus.splits
        }
    )


def from_row(row: Mapping[str, Any], ontology: Ontology) -> Document:
    """The document of one row of :func:`as_dataset`: what ``ClassLabel`` made a number becomes its name again."""
    names = {
        "entities": {"type": ontology.entity_types},
        "times": {"type": ontology.time_types},
        "events": {"type": tuple(ontology.labels), "factuality": tuple(ontology.factuality)},
        "statuses": {"status": ontology.statuses},
    }
    roles = tuple(ontology.roles)
    data = dict(row)
    for layer, columns in names.items():
        data[layer] = [{**item, **{c: values[item[c]] for c, values in columns.items()}} for item in row[layer]]
    for event in data["events"]:
        event["arguments"] = [{**a, "role": roles[a["role"]]} for a in event["arguments"]]
    return msgspec.convert(data, Document)
