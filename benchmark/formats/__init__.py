"""One file a format. Each has ``read(path) -> Iterator[Document]`` and, where it can, ``write(documents, path)``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from benchmark.documents import Document
from benchmark.errors import InvalidInput, shorten
from benchmark.modules import Folder


class Format(Protocol):
    """What a module of this folder offers; the path ``-`` is standard input or output where the format is one stream."""

    def read(self, path: Path) -> Iterator[Document]:
        """Documents with their annotations, in a stable order."""
        ...

    def write(self, documents: Iterable[Document], path: Path) -> None:
        """Write all ``documents`` to ``path``, or nothing where one of them is refused."""
        ...


_folder: Folder[Format] = Folder(__name__, "format")
names, load = _folder.names, _folder.load

# What file systems take (255 bytes), less an ending and what a temporary file has before and behind.
_LONGEST = 200


def file_name(name: str, doc_id: str) -> str:
    """``name``, which comes with a document, where it can be that of a file or folder: one step down, shown as it is.

    Raises:
        InvalidInput: it is empty or too long, starts with a dot, or has a separator or control character in it.
    """
    stays = name.isprintable() and not name.startswith(".") and not any(sign in name for sign in "/\\:")
    if not name or not stays or len(name.encode()) > _LONGEST:
        expected = f"a name for a file: 1 to {_LONGEST} bytes, no dot in front, no / \\ : or control character"
        raise InvalidInput(f"name {shorten(name)!r}", expected, document=doc_id)
    return name


def place(document: Document) -> tuple[str, str]:
    """Storyline and name of a document: its folder, and its files within.

    Raises:
        InvalidInput: its id is not ``<storyline>-<name>``, or one of these is no name for a file.
    """
    prefix, name = f"{document.storyline}-", document.doc_id[len(document.storyline) + 1 :]
    if not document.doc_id.startswith(prefix) or not re.fullmatch(r"\w+", name) or name == "meta":
        found = f"id {shorten(document.doc_id)!r} in storyline {shorten(document.storyline)!r}"
        raise InvalidInput(found, "<storyline>-<name>", document=document.doc_id)
    return file_name(document.storyline, document.doc_id), file_name(name, document.doc_id)
