"""Checking gold: everything wrong with a corpus, a collection or a file, one line each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmark import corpus as corpora
from benchmark import review
from benchmark.corpus import Corpus
from benchmark.documents import Document
from benchmark.documents import faults as document_faults
from benchmark.errors import InvalidInput
from benchmark.files import STDIN
from benchmark.formats import brat, jsonl
from benchmark.ontology import Ontology, read_yaml

# Suspicions that somebody looked at and found right, each with the reason.
REVIEWED = "REVIEWED.yaml"


def faults(path: Path | None) -> Iterator[str]:
    """Faults of a corpus folder (the Sommet gold for ``None``), of a brat collection, or of a JSONL file.

    A corpus is besides held to its manifest and to its splits: no arc and no encounter is in two of them.
    """
    ontology = _ontology(path)
    groups = _sources(path)
    for source, read in groups:
        try:
            for document in read:
                where = f"{source}, document {document.doc_id}"
                for fault in document_faults(document, ontology, len(document.text), gold=True):
                    yield f"{where}: {fault.found}; expected {fault.expected}"
        except InvalidInput as error:
            yield str(error)
    corpus = _corpus(path)
    if corpus is not None:
        yield from _split_faults(corpus)


def suspicions(path: Path | None) -> Iterator[str]:
    """Places that look like oversights (:mod:`benchmark.review`), but for those that ``REVIEWED.yaml`` gives a reason for.

    A reason for something that is no longer there is told too.
    """
    ontology = _ontology(path)
    reviewed = _root(path) / REVIEWED
    reasons: dict[str, str] = read_yaml(reviewed, "reasons by suspicion") if reviewed.is_file() else {}
    open_reasons = dict(reasons)
    for _, group in _sources(path):
        documents = list(group)
        lines = [line for document in documents for line in review.suspicions(document, ontology)]
        for line in dict.fromkeys([*lines, *review.life_problems(documents)]):
            open_reasons.pop(line, None)
            if line not in reasons:
                yield line
    for line in open_reasons:
        yield f"{reviewed}: nothing to give a reason for: {line}"


def _root(path: Path | None) -> Path:
    return corpora.data_root() / "gold" if path is None else path


def _corpus(path: Path | None) -> Corpus | None:
    root = _root(path)
    return Corpus(root) if (root / "MANIFEST.yaml").exists() else None


def _ontology(path: Path | None) -> Ontology:
    corpus = _corpus(path)
    return corpus.ontology if corpus else corpora.ontology()


def _sources(path: Path | None) -> Iterator[tuple[Path, Iterator[Document]]]:
    root = _root(path)
    if root == STDIN or root.is_file() or not root.exists():
        yield root, jsonl.read(root)
        return
    for file in sorted(root.glob("*.jsonl")):
        yield file, jsonl.read(file)
    storylines = sorted(p.parent for p in root.glob("**/meta.yaml"))
    for folder in storylines:
        yield folder, brat.read_storyline(folder)
    if not storylines and not list(root.glob("*.jsonl")):
        raise InvalidInput("no document", "storylines with a meta.yaml, or JSONL files", file=str(root))


def _split_faults(corpus: Corpus) -> Iterator[str]:
    manifest = corpus.root / "MANIFEST.yaml"
    homes: dict[str, set[str]] = defaultdict(set)
    try:
        if corpora.current_manifest(corpus) != corpus.manifest:
            yield f"{manifest}: counts or fingerprints are not those of the gold; expected sommet stats --write"
        for split in corpus.splits:
            for arc in corpora.arcs(corpus, split).values():
                homes[f"arc {arc}"].add(split)
            for document in corpus.documents(split):
                canary = corpus.manifest.canary
                if document.canary != canary or (canary and canary in document.text):
                    where = f"{corpus.root}, document {document.doc_id}"
                    yield f"{where}: canary {document.canary!r}; expected {canary!r}, and in no text"
                for event in document.events:
                    homes[f"encounter {event.encounter}"].add(split)
    except InvalidInput:
        return  # told by its document already
    for name, splits in sorted(homes.items()):
        if len(splits) > 1:
            yield f"{corpus.root}: {name} is in {', '.join(sorted(splits))}; expected one split"
