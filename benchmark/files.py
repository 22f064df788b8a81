"""Reading and writing files so that bad input gets one clear line and nothing is ever half-written."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from benchmark.errors import InvalidInput

STDIN = Path("-")

# A document of this corpus takes some tens of kilobytes; a line beyond this is an attack or a wrong file.
MAX_LINE = 8 * 2**20

# A line is several kilobytes: with the usual buffer of eight, most of them are put together from pieces.
_BUFFER = 2**18


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, or standard input for ``-``.

    Raises:
        InvalidInput: there is no such file, it is a directory, or it cannot be read.
    """
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise InvalidInput(error.strerror or str(error), "a readable file", file=str(path)) from error
    with stream:
        yield stream


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines of a file with their 1-based numbers, blank ones left out; see :func:`located_lines`."""
    return ((number, line) for number, _, line in located_lines(path))


def located_lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Lines of a file with their 1-based numbers and the byte that they start at, blank ones left out.

    Raises:
        InvalidInput: the file cannot be read, holds no line, or has a line of more than ``MAX_LINE`` bytes.
    """
    empty = True
    with open_bytes(path) as stream:
        number = at = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise InvalidInput("line too long", f"at most {MAX_LINE} bytes", file=str(path), line=number)
            if not line.isspace():
                empty = False
                yield number, at, line
            at += len(line)
    if empty:
        raise InvalidInput("empty file", "one JSON document a line", file=str(path))


def read_text(path: Path) -> str:
    """A whole file as UTF-8 text, line ends untouched.

    Raises:
        InvalidInput: the file cannot be read or is not UTF-8.
    """
    with open_bytes(path) as stream:
        data = stream.read()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"not UTF-8 (byte {error.start})", "UTF-8 text", file=str(path), line=line) from error


def write_atomic(path: Path, data: str | bytes) -> None:
    """Write a file under a temporary name beside it, then rename it: readers see the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data.encode("utf-8") if isinstance(data, str) else data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
