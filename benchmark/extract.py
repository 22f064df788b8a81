"""Extraction from the user's own texts, with an extractor trained on train and kept in a cache."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec

from benchmark import corpus, extractor, segment
from benchmark.documents import Document, Prediction
from benchmark.errors import InvalidInput, one_line
from benchmark.extractor import Extractor
from benchmark.files import STDIN, read_text


@runtime_checkable
class Storable(Protocol):
    """An extractor that can keep what it learned in a folder. The files are data, never a pickle."""

    def save(self, folder: Path) -> None: ...

    def load(self, folder: Path) -> None: ...


def extract(
    name: str, files: Sequence[Path], published: str | None, trust: Sequence[str] = ()
) -> Iterator[tuple[Document, Prediction]]:
    """Run a baseline on text files (``-`` is standard input).

    Args:
        name: an option of ``configs/extractor/``.
        published: ISO date against which dates are resolved; without it what cannot be resolved stays unresolved.

    Raises:
        InvalidInput: the extractor or a file is not to be had, or the date is no date.
    """
    if published is not None:
        try:
            datetime.date.fromisoformat(published)
        except ValueError as error:
            raise InvalidInput(f"--published {published!r}", "a date such as 2025-10-22") from error
    chosen = extractor.config(name)
    names = ["stdin" if file == STDIN else file.name for file in files]
    for doc_id in names:
        if names.count(doc_id) > 1:
            raise InvalidInput(f"two files of the name {doc_id}", "each name once: it becomes the id of the document")
        if not doc_id.isprintable():
            raise InvalidInput(
                f"the file name {doc_id!r}", "a name that can be printed: it becomes the id of the document"
            )
    texts = [read_text(file) for file in files]
    system = fitted(chosen, trust)
    known = corpus.sommet().ontology
    for doc_id, text in zip(names, texts, strict=True):
        document = Document(doc_id=doc_id, text=text, published=published, sentences=segment.sentences(text))
        yield document, extractor.predict(system, document, doc_id, known)


def fitted(config: dict[str, Any], trust: Sequence[str] = ()) -> Extractor:
    """The extractor of a config, trained on train; from the cache when data, code and config are those of last time."""
    system = extractor.build(config, trust)
    gold = corpus.sommet()
    train, dev = gold.documents("train"), gold.documents("dev")
    if not isinstance(system, Storable):
        system.fit(train, dev)
        return system
    folder = cache_folder() / cache_key(config, train, dev)
    if folder.is_dir():
        system.load(folder)
        return system
    system.fit(train, dev)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed, so that another process never sees half a model.
    temporary = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        system.save(temporary)
        temporary.rename(folder)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)  # somebody else was first
    return system


def cache_folder() -> Path:
    """``$SOMMET_CACHE``, else ``sommet`` in the user's cache folder."""
    if own := os.environ.get("SOMMET_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sommet"


def cache_key(config: dict[str, Any], train: Sequence[Document], dev: Sequence[Document]) -> str:
    """Name of a trained extractor: the training data, the code and the config it follows from."""
    parts = [corpus.fingerprint(train), corpus.fingerprint(dev)]
    parts += [extractor.source_hash(config), msgspec.json.encode(config, order="sorted").decode()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


_SHOWN_AS = {"\n": "\n", "\t": "\t", "\r": " "}


def show(document: Document, prediction: Prediction) -> None:
    """Print the text with its events, entities and times highlighted, and a line for each event."""
    from rich.table import Table
    from rich.text import Text

    from benchmark.leaderboard.terminal import console

    out = console()
    # One for one, so that offsets stay: what a terminal would obey, and what rich would leave out.
    shown = "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else _SHOWN_AS.get(c, "\ufffd") for c in document.text
    )
    text = Text(shown)
    for entity in prediction.entities:
        for mention in entity.mentions:
            text.stylize("cyan", mention.start, mention.end)
    for time in prediction.times:
        text.stylize("green", time.start, time.end)
    for event in prediction.events:
        for argument in event.arguments:
            text.stylize("underline", argument.start, argument.end)
        text.stylize("bold reverse", event.trigger.start, event.trigger.end)
    out.print(text)
    title = f"{document.doc_id}, published {document.published or 'at an unknown date'}"
    table = Table(title=Text(one_line(title)))
    for head in ("label", "trigger", "arguments"):
        table.add_column(head)
    values = {t.id: t.value for t in prediction.times}
    for event in prediction.events:
        label = event.type if event.factuality == "asserted" else f"{event.type} ({event.factuality})"
        arguments = ", ".join(
            f"{a.role}={shown[a.start : a.end]}" + (f" [{one_line(values[a.ref])}]" if a.ref in values else "")
            for a in event.arguments
        )
        table.add_row(Text(label), Text(event.trigger.of(shown)), Text(arguments))
    out.print(table)
