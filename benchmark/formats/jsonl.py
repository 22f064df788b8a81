"""The native format: one document a line, the same for gold and for predictions (DESIGN section 4)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, overload

import msgspec

from benchmark.documents import AnyPrediction, Document, Prediction
from benchmark.errors import InvalidInput, shorten
from benchmark.files import STDIN, read_lines, write_atomic


@overload
def decode(path: Path, kind: type[Document]) -> Iterator[tuple[int, Document]]: ...
@overload
def decode(path: Path, kind: type[Prediction]) -> Iterator[tuple[int, Prediction]]: ...
def decode(path: Path, kind: type[Prediction]) -> Iterator[tuple[int, Prediction]]:
    """Documents of a JSONL file with their line numbers, as a stream.

    Raises:
        InvalidInput: a line is not UTF-8, not JSON, or not of the form of ``kind``; an id comes twice.
    """
    decoder = msgspec.json.Decoder(kind)
    seen: dict[str, int] = {}
    for number, line in read_lines(path):
        document = decode_line(decoder, line, path, number)
        if document.doc_id in seen:
            raise given_twice(document.doc_id, seen[document.doc_id], path, number)
        seen[document.doc_id] = number
        yield number, document


def decode_line(decoder: msgspec.json.Decoder[AnyPrediction], line: bytes, path: Path, number: int) -> AnyPrediction:
    """The document of one line.

    Raises:
        InvalidInput: it is not UTF-8, not JSON, or not of the form that ``decoder`` wants.
    """
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        wanted = "document" if issubclass(decoder.type, Document) else "prediction"
        raise InvalidInput(shorten(error, 200), f"one {wanted} as JSON", file=str(path), line=number) from error


def given_twice(doc_id: str, first: int, path: Path, number: int) -> InvalidInput:
    """The error for a document that two lines of a file are about."""
    found = f"document given twice, first on line {first}"
    return InvalidInput(found, "each document once", file=str(path), line=number, document=doc_id)


def encode(document: Prediction) -> bytes:
    """One line of JSONL with its line end. A :class:`Prediction` has no text; defaults are written out."""
    return msgspec.json.encode(document) + b"\n"


def read(path: Path) -> Iterator[Document]:
    """Documents of a JSONL file; see :func:`decode` for what is refused."""
    return (document for _, document in decode(path, Document))


def write(documents: Iterable[Document], path: Path) -> None:
    """Write documents to a file at once, or to standard output for ``-``."""
    data = b"".join(map(encode, documents))
    if path == STDIN:
        sys.stdout.buffer.write(data)
    else:
        write_atomic(path, data)


def schema(kind: Literal["gold", "predictions"]) -> dict[str, object]:
    """JSON Schema of one line of a gold file or of a prediction file, generated from the structs."""
    struct = Document if kind == "gold" else Prediction
    result = msgspec.json.schema(struct)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Sommet {kind}, one line", **result}
