"""One file a format. Each has ``read(path) -> Iterator[Document]`` and, where it can, ``write(documents, path)``."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from benchmark.documents import Document, nearest
from benchmark.errors import InvalidInput


class Format(Protocol):
    """What a module of this folder offers; the path ``-`` is standard input or output where the format is one stream."""

    def read(self, path: Path) -> Iterator[Document]:
        """Documents with their annotations, in a stable order."""
        ...

    def write(self, documents: Iterable[Document], path: Path) -> None:
        """Write all ``documents`` to ``path``; nothing is half-written."""
        ...


def names() -> tuple[str, ...]:
    """Every format there is: the modules of this folder."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__)))


def load(name: str) -> Format:
    """The format called ``name``.

    Raises:
        InvalidInput: there is none of that name.
    """
    if name not in names():
        raise InvalidInput(f"unknown format {name!r}", nearest(name, names()))
    return cast(Format, import_module(f"{__name__}.{name}"))
