"""One file a format. Each has ``read(path) -> Iterator[Document]`` and, where it can, ``write(documents, path)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from benchmark.documents import Document
from benchmark.modules import Folder


class Format(Protocol):
    """What a module of this folder offers; the path ``-`` is standard input or output where the format is one stream."""

    def read(self, path: Path) -> Iterator[Document]:
        """Documents with their annotations, in a stable order."""
        ...

    def write(self, documents: Iterable[Document], path: Path) -> None:
        """Write all ``documents`` to ``path``; nothing is half-written."""
        ...


_folder: Folder[Format] = Folder(__name__, "format")
names, load = _folder.names, _folder.load
