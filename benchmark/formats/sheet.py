"""Annotation sheets: what a person or a model writes to annotate a document (guidelines section 11), and edits it by.

A storyline's folder holds ``NN.txt``, ``NN.yaml`` and a ``meta.yaml`` with the date of publication of each document. The
sheet names words, never offsets: ``3:Marec#2`` is the second *Marec* of sentence 3. What the guidelines fix by rule is
computed here from what the annotator says: arguments of an encounter go to all its mentions, and the span of an argument
is chosen among the mentions of its entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml

from benchmark import segment
from benchmark.corpus import ontology
from benchmark.documents import (
    Argument,
    Document,
    Entity,
    Event,
    Span,
    Status,
    Time,
    Zone,
    canonical,
    check,
    nearest,
)
from benchmark.errors import InvalidInput
from benchmark.files import read_text, write_atomic
from benchmark.formats import place
from benchmark.formats.brat import DEFAULT_FACTUALITY, DocumentMeta, StorylineMeta, meta_text, read_meta
from benchmark.ontology import read_yaml

_INHERITED = ("Participant", "Place", "Date")
_PRONOUN = re.compile(
    r"(?:il|elle|ils|elles|lui|leur|eux|celui|celle|ceux|celles|qui|l|le|la|les|se|s)(?:['’]|-ci|-là)?", re.I
)


class SheetEntity(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    name: str
    mentions: list[str]


class Sheet(msgspec.Struct, forbid_unknown_fields=True):
    """One sheet as written; see guidelines section 11."""

    zones: list[tuple[str, str]] = []
    entities: dict[str, SheetEntity] = {}
    times: dict[str, Annotated[list[str], msgspec.Meta(min_length=3, max_length=3)]] = {}
    encounters: dict[str, dict[str, Any]] = {}
    events: list[dict[str, Any]] = []


def read(path: Path) -> Iterator[Document]:
    """Documents of the sheets of one storyline's folder, or of a folder of storylines, in order of name, checked as gold.

    Raises:
        InvalidInput: a sheet is not YAML, names words that are not there, or breaks a rule of the ontology.
    """
    folders = [] if (path / "meta.yaml").exists() else sorted(p.parent for p in path.glob("*/meta.yaml"))
    for folder in folders or [path]:
        meta = read_meta(folder)
        for name, own in sorted(meta.documents.items()):
            yield msgspec.structs.replace(read_sheet(folder, name, own, meta.subset), canary=meta.canary)


def read_sheet(folder: Path, name: str, own: DocumentMeta, subset: str = "") -> Document:
    """The document ``name`` of a folder, from its text and its sheet.

    Raises:
        InvalidInput: see :func:`read`.
    """
    path = folder / f"{name}.yaml"
    text = read_text(folder / f"{name}.txt")
    doc_id = f"{folder.name}-{name}"
    try:
        sheet = msgspec.convert(read_yaml(path, "an annotation sheet") or {}, Sheet)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), "an annotation sheet", file=str(path)) from error
    try:
        compiled = _Compiler(text, sheet).document(doc_id)
    except InvalidInput as error:
        raise InvalidInput(error.found, error.expected, file=str(path), document=doc_id) from error
    document = msgspec.structs.replace(
        compiled, published=own.published, outlet=own.outlet, subset=subset, storyline=folder.name
    )
    check(document, ontology(), len(text), gold=True, file=str(path))
    return document


class _Compiler:
    def __init__(self, text: str, sheet: Sheet) -> None:
        self.text, self.sheet = text, sheet
        self.sentences = segment.sentences(text)
        self.spans = {i: [self.find(q) for q in e.mentions] for i, e in sheet.entities.items()}
        self.times = {i: (self.find(quote), kind, value) for i, (quote, kind, value) in sheet.times.items()}

    def find(self, quote: str) -> Span:
        """Offsets of ``sentence:words#occurrence``."""
        found = re.fullmatch(r"(\d+):(.+?)(?:#(\d+))?", quote, re.S)
        if not found:
            raise InvalidInput(f"quote {quote!r}", "<sentence>:<words>, for example 3:président")
        number, words, nth = int(found[1]), found[2], found[3]
        if not 1 <= number <= len(self.sentences):
            raise InvalidInput(f"quote {quote!r}", f"a sentence from 1 to {len(self.sentences)}")
        start, end = self.sentences[number - 1]
        places = [m.span() for m in _occurrences(words, self.text[start:end])]
        if not places:
            raise InvalidInput(f"quote {quote!r}", f"words of sentence {number}: {self.text[start:end]!r}")
        if nth is None and len(places) > 1:
            raise InvalidInput(
                f"quote {quote!r} stands {len(places)} times in its sentence", "#1, #2, … behind the words"
            )
        if nth is not None and not 1 <= int(nth) <= len(places):
            raise InvalidInput(f"quote {quote!r}", f"an occurrence from 1 to {len(places)}")
        a, b = places[int(nth or 1) - 1]
        return Span(start + a, start + b)

    def document(self, doc_id: str) -> Document:
        sheet = self.sheet
        zones = [(self.find(quote), kind) for kind, quote in sheet.zones]
        return canonical(
            Document(
                doc_id=doc_id,
                text=self.text,
                sentences=self.sentences,
                zones=tuple(sorted(Zone(span.start, span.end, kind) for span, kind in zones)),
                entities=tuple(
                    Entity(i, e.type, e.name, tuple(sorted(self.spans[i]))) for i, e in sheet.entities.items()
                ),
                times=tuple(Time(i, s.start, s.end, kind, value) for i, (s, kind, value) in self.times.items()),
                events=tuple(self.event(i, event) for i, event in enumerate(sheet.events, 1)),
                statuses=tuple(
                    Status(encounter, e["status"]) for encounter, e in sheet.encounters.items() if "status" in e
                ),
            )
        )

    def event(self, number: int, given: Mapping[str, Any]) -> Event:
        known = {"trigger", "label", "encounter", "factuality", *ontology().roles}
        for key in given:
            if key not in known:
                raise InvalidInput(f"key {key!r} of event {number}", nearest(key, known))
        for key in ("trigger", "label", "encounter"):
            if key not in given:
                raise InvalidInput(f"event {number} without {key}", f"trigger, label and encounter in {dict(given)}")
        encounter, label = given["encounter"], given["label"]
        if encounter not in self.sheet.encounters:
            raise InvalidInput(f"encounter {encounter!r} of event {number}", nearest(encounter, self.sheet.encounters))
        if label not in ontology().labels:
            raise InvalidInput(f"label {label!r} of event {number}", nearest(label, ontology().labels))
        trigger = self.find(given["trigger"])
        if " " in trigger.of(self.text):
            raise InvalidInput(f"trigger {given['trigger']!r}", "one token")
        arguments = []
        for role in ontology().labels[label].roles:
            shared = self.sheet.encounters[encounter].get(role, []) if role in _INHERITED else []
            fillers = given.get(role, shared)
            for filler in [fillers] if isinstance(fillers, str) else fillers:
                arguments.append(self.argument(role, filler, trigger))
        for role in given.keys() & ontology().roles.keys():
            if role not in ontology().labels[label].roles and given[role]:
                raise InvalidInput(
                    f"role {role} at event {number} ({label})", f"one of {ontology().labels[label].roles}"
                )
        return Event(
            id=str(number),
            type=label,
            trigger=trigger,
            factuality=given.get("factuality", DEFAULT_FACTUALITY),
            encounter=encounter,
            arguments=tuple(dict.fromkeys(arguments)),
        )

    def argument(self, role: str, filler: str, trigger: Span) -> Argument:
        """The span of a filler: nearest in the trigger's sentence, else the most informative of the document."""
        if filler in self.times:
            _, kind, value = self.times[filler]
            same = [(s, i) for i, (s, k, v) in self.times.items() if (k, v) == (kind, value)]
            near = self._in_sentence([s for s, _ in same], trigger)
            span = min(near, key=lambda s: (_distance(s, trigger), s.start)) if near else self.times[filler][0]
            return Argument(role, span.start, span.end, next(i for s, i in same if s == span))
        if filler not in self.spans:
            raise InvalidInput(f"{role} {filler!r}", nearest(filler, [*self.spans, *self.times]))
        mentions = self.spans[filler]
        if not mentions:
            raise InvalidInput(f"entity {filler!r} without a mention", "one mention or more")
        near = self._in_sentence(mentions, trigger)
        if near:
            span = min(near, key=lambda s: (_distance(s, trigger), s.start))
        else:
            name = self.sheet.entities[filler].name
            span = min(mentions, key=lambda s: (*_informative(s.of(self.text), name), s.start))
        return Argument(role, span.start, span.end, filler)

    def _in_sentence(self, spans: Iterable[Span], trigger: Span) -> list[Span]:
        home = [(a, b) for a, b in self.sentences if a <= trigger.start < b]
        return [s for s in spans for a, b in home if a <= s.start < b]


def _occurrences(words: str, sentence: str) -> Iterator[re.Match[str]]:
    """Where ``words`` stand in a sentence as whole words."""
    return re.finditer(rf"(?<![^\W_]){re.escape(words)}(?![^\W_])", sentence)


def _distance(span: Span, trigger: Span) -> int:
    return max(span.start - trigger.end, trigger.start - span.end, 0)


def _informative(words: str, name: str) -> tuple[int, int]:
    """Rank of a mention: by name, then by description, then a pronoun; the longer first."""
    if _PRONOUN.fullmatch(words):
        return 2, 0
    proper = {w for w in re.findall(r"\w+", name.lower()) if len(w) > 1}
    by_name = all(w in proper for w in re.findall(r"\w+", words.lower()))
    return (0 if by_name else 1), -len(words)


def write(documents: Iterable[Document], path: Path) -> None:
    """Sheets for ``documents``, texts beside them, under ``path/<storyline>/``: blank where nothing is annotated yet.

    A sheet that is there is left alone.

    Raises:
        InvalidInput: an annotation that a sheet cannot name, such as a zone over two sentences; an id that is not
            ``<storyline>-<name>``, or a storyline or name that is none for a folder or file.
    """
    files: dict[Path, str] = {}
    metas: dict[Path, StorylineMeta] = {}
    for document in documents:
        storyline, name = place(document)
        folder = path / storyline
        numbered = (f"# {i}| {document.text[a:b]}\n" for i, (a, b) in enumerate(segment.sentences(document.text), 1))
        files[folder / f"{name}.txt"] = document.text
        if not (folder / f"{name}.yaml").exists():
            head = f"# {document.doc_id}, published {document.published or 'at an unknown date'}\n"
            files[folder / f"{name}.yaml"] = head + "".join(numbered) + _Writer(document).sheet()
        if folder not in metas:
            new = StorylineMeta(subset=document.subset, canary=document.canary)
            metas[folder] = read_meta(folder) if (folder / "meta.yaml").exists() else new
        own = DocumentMeta(published=document.published, outlet=document.outlet)
        described = {**metas[folder].documents, name: own}
        metas[folder] = msgspec.structs.replace(metas[folder], documents=described)
    files |= {folder / "meta.yaml": meta_text(meta) for folder, meta in metas.items()}
    for file, content in files.items():
        write_atomic(file, content)


class _Writer:
    """The sheet that compiles to a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.sentences = segment.sentences(document.text)

    def quote(self, start: int, end: int) -> str:
        """``sentence:words#occurrence`` of a span."""
        words = self.document.text[start:end]
        for number, (a, b) in enumerate(self.sentences, 1):
            if a <= start and end <= b:
                places = [m.start() + a for m in _occurrences(words, self.document.text[a:b])]
                if start in places:
                    nth = f"#{places.index(start) + 1}" if len(places) > 1 else ""
                    return f"{number}:{words}{nth}"
        raise InvalidInput(f"{words!r} at {start}-{end}", "whole words of one sentence", document=self.document.doc_id)

    def sheet(self) -> str:
        """The text of the sheet."""
        document = self.document
        parts: dict[str, list[Any] | dict[str, Any]] = {
            "zones": [[z.kind, self.quote(z.start, z.end)] for z in document.zones],
            "entities": {
                e.id: {"type": e.type, "name": e.name, "mentions": [self.quote(m.start, m.end) for m in e.mentions]}
                for e in document.entities
            },
            "times": {t.id: [self.quote(t.start, t.end), t.type, t.value] for t in document.times},
            "encounters": {v.encounter: {} for v in document.events if v.encounter}
            | {s.encounter: {"status": s.status} for s in document.statuses},
            "events": [self.event(v) for v in document.events],
        }
        return "".join(_block(name, content) for name, content in parts.items())

    def event(self, event: Event) -> dict[str, Any]:
        """The line of an event, every filler written out."""
        line: dict[str, Any] = {
            "trigger": self.quote(event.trigger.start, event.trigger.end),
            "label": event.type,
            "encounter": event.encounter,
        }
        if event.factuality != DEFAULT_FACTUALITY:
            line["factuality"] = event.factuality
        for argument in event.arguments:
            line.setdefault(argument.role, []).append(argument.ref)
        return line


def _block(name: str, content: list[Any] | dict[str, Any]) -> str:
    """A key of a sheet, one item a line."""

    def flow(value: object) -> str:
        return yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=2**20).strip()

    if not content:
        return f"{name}: {flow(content)}\n"
    if isinstance(content, dict):
        return f"{name}:\n" + "".join(f"  {flow({key: value})[1:-1]}\n" for key, value in content.items())
    return f"{name}:\n" + "".join(f"  - {flow(item)}\n" for item in content)
