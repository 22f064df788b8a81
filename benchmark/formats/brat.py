"""A brat collection: ``<storyline>/{meta.yaml,NN.txt,NN.ann}`` (DESIGN section 4).

Entity mentions are T lines tied by ``Equiv``, times are T lines with ``N … TIMEX3:<value>``, events are E lines,
factuality is an A line where it is not the default, the encounter is ``N … ENCOUNTER:<slug>``. ``meta.yaml`` holds what
standoff has no place for: canonical names of entities, zones, and the status in which a document leaves each encounter.
Reading what was written gives the canonical document back, and writing what was read gives the same bytes.

In a folder whose ``meta.yaml`` says ``kit: true`` a person annotates in brat itself (gold/kit). brat has no place for names
of entities, and its normalisations need a database, so there a note on a time is its value, a note on an event is its
encounter and, behind a space, that encounter's status; an entity is called by its longest mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

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
)
from benchmark.errors import InvalidInput
from benchmark.files import read_text, write_atomic
from benchmark.formats import place
from benchmark.ontology import read_yaml

DEFAULT_FACTUALITY = Event(id="", type="", trigger=Span(0, 1)).factuality


class DocumentMeta(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What ``meta.yaml`` says of one document."""

    published: str | None = None
    outlet: str = ""
    tells: str = ""
    entities: dict[str, str] = {}
    zones: list[tuple[int, int, str]] = []
    status: dict[str, str] = {}


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the fact sheet."""

    what: str
    when: str = ""
    who: list[str] = []
    where: str = ""


class StorylineMeta(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``meta.yaml``: the fact sheet of a storyline, written before its texts, and what belongs to each document.

    ``twin`` names the storyline that this one tells with every name and date exchanged; ``canary`` is a GUID by which
    training data that holds this file can be told; ``kit`` marks a folder that a person annotates in brat.
    """

    title: str = ""
    subset: str = ""
    arc: str = ""
    twin: str = ""
    canary: str = ""
    kit: bool = False
    facts: list[Fact] = []
    sources: list[str] = []
    documents: dict[str, DocumentMeta] = {}


class _Dumper(yaml.SafeDumper):
    """Short lists of numbers and names on one line, everything else in blocks."""


def _sequence(dumper: yaml.SafeDumper, value: Sequence[object]) -> yaml.Node:
    flat = all(isinstance(item, int | str) and len(str(item)) < 40 for item in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flat)


_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(tuple, _sequence)


def read_meta(folder: Path) -> StorylineMeta:
    """Read ``folder/meta.yaml``.

    Raises:
        InvalidInput: the file is missing, not YAML, or has unknown keys.
    """
    path = folder / "meta.yaml"
    data = read_yaml(path, "the fact sheet of a storyline")
    if isinstance(data, dict):
        for document in (data.get("documents") or {}).values():
            if isinstance(document, dict) and document.get("published") in ("", "null", "~"):
                document["published"] = None
    try:
        return msgspec.convert(data, StorylineMeta, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), "the keys of a fact sheet", file=str(path)) from error


def write_meta(folder: Path, meta: StorylineMeta) -> None:
    """Write ``folder/meta.yaml``."""
    write_atomic(folder / "meta.yaml", meta_text(meta))


def meta_text(meta: StorylineMeta) -> str:
    """A ``meta.yaml``, keys in the order of the struct, documents in order of name."""
    data = msgspec.to_builtins(meta)
    data["documents"] = dict(sorted(data.get("documents", {}).items()))
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))


# ---------------------------------------------------------------------------------------------------------------------
# Reading


def read(path: Path) -> Iterator[Document]:
    """Documents of a collection, of a folder of storylines, or of one storyline, in order of name.

    Raises:
        InvalidInput: a file is missing or does not follow the format.
    """
    if not path.is_dir():
        raise InvalidInput("no such folder", "a brat collection", file=str(path))
    metas = sorted(path.glob("**/meta.yaml"))
    if not metas:
        raise InvalidInput("no storyline", "folders with a meta.yaml", file=str(path))
    for meta in metas:
        yield from read_storyline(meta.parent)


def read_storyline(folder: Path) -> Iterator[Document]:
    """Documents of one storyline, in order of name.

    Raises:
        InvalidInput: a file is missing or does not follow the format.
    """
    meta = read_meta(folder)
    names = {p.stem for p in folder.glob("*.txt")}
    for name in sorted(names ^ set(meta.documents)):
        where = "meta.yaml" if name in names else f"{name}.txt"
        raise InvalidInput(f"document {name} is missing", "one entry and one text each", file=str(folder / where))
    for name in sorted(names):
        yield _read_document(folder, name, meta)


def _read_document(folder: Path, name: str, meta: StorylineMeta) -> Document:
    text = read_text(folder / f"{name}.txt")
    own = meta.documents[name]
    standoff = (_Returned if meta.kit else _Standoff)(folder / f"{name}.ann", f"{folder.name}-{name}", text)
    statuses = {**own.status, **standoff.statuses}
    return Document(
        doc_id=f"{folder.name}-{name}",
        text=text,
        published=own.published,
        subset=meta.subset,
        storyline=folder.name,
        outlet=own.outlet,
        canary=meta.canary,
        zones=tuple(Zone(*zone) for zone in own.zones),
        sentences=segment.sentences(text),
        statuses=tuple(sorted(Status(encounter, status) for encounter, status in statuses.items())),
        **standoff.layers(own.entities),
    )


_LINE = re.compile(
    r"T(?P<text>\d+)\t(?P<label>\S+) (?P<start>\d+) (?P<end>\d+)\t(?P<quote>.*)"
    r"|\*\tEquiv (?P<equiv>T\d+(?: T\d+)+)"
    r"|E(?P<event>\d+)\t(?P<type>\S+):T(?P<trigger>\d+)(?P<arguments>(?: [A-Za-z]+\d*:T\d+)*) ?"
    r"|A\d+\tFactuality E(?P<fact_of>\d+) (?P<factuality>\S+)"
    r"|N\d+\tReference (?P<of>[TE]\d+) (?P<resource>TIMEX3|ENCOUNTER):(?P<value>\S+)\t.*"
)


class _Standoff:
    """The lines of one ``.ann`` file, by kind."""

    def __init__(self, path: Path, doc_id: str, text: str) -> None:
        self.path, self.doc_id, self.text = path, doc_id, text
        self.spans: dict[str, tuple[str, Span]] = {}
        self.equiv: list[list[str]] = []
        self.events: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}
        self.factuality: dict[str, str] = {}
        self.notes: dict[tuple[str, str], str] = {}
        self.statuses: dict[str, str] = {}
        for number, line in enumerate(read_text(path).split("\n"), 1):
            if line:
                self._add(line, number)

    def _fail(self, found: str, expected: str, line: int = 0) -> InvalidInput:
        return InvalidInput(found, expected, file=str(self.path), line=line, document=self.doc_id)

    def _add(self, line: str, number: int) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            raise self._fail(f"{line[:60]!r}", "a T, E, A, N or Equiv line of brat", number)
        if name := found["text"]:
            span = Span(int(found["start"]), int(found["end"]))
            quote = _quote(span.of(self.text))
            if quote != found["quote"]:
                raise self._fail(f"T{name} quotes {found['quote']!r}", f"{quote!r}, which stands there", number)
            self._once(self.spans, f"T{name}", (found["label"], span), number)
        elif found["equiv"]:
            self.equiv.append(found["equiv"].split(" "))
        elif name := found["event"]:
            pairs = [a.split(":") for a in found["arguments"].split()]
            roles = [(re.sub(r"\d+$", "", role), target) for role, target in pairs]
            self._once(self.events, f"E{name}", (found["type"], f"T{found['trigger']}", roles), number)
        elif name := found["fact_of"]:
            self._once(self.factuality, f"E{name}", found["factuality"], number)
        else:
            self._once(self.notes, (found["of"], found["resource"]), found["value"], number)

    def _once(self, table: dict[Any, Any], key: Any, value: Any, line: int) -> None:
        if key in table:
            raise self._fail(f"{key} given twice", "once", line)
        table[key] = value

    def _span(self, name: str, user: str) -> tuple[str, Span]:
        if name not in self.spans:
            raise self._fail(f"{user} refers to {name}", "a T line of that name")
        return self.spans[name]

    def layers(self, names: Mapping[str, str]) -> dict[str, Any]:
        triggers = {trigger for _, trigger, _ in self.events.values()}
        for name, (kind, trigger, _) in self.events.items():
            if self._span(trigger, name)[0] != kind:
                raise self._fail(f"{name} is a {kind}, its trigger a {self.spans[trigger][0]}", "the same label")
        timed = self._timed()
        groups = self._groups()
        grouped = {t for g in groups for t in g}
        groups += [[t] for t in self.spans if t not in grouped | timed | triggers]
        entities = [self._entity(group) for group in groups]
        entities.sort(key=lambda e: (e[0].mentions, e[0].type))
        times = sorted(
            (
                (Time("", s.start, s.end, kind, self.notes[t, "TIMEX3"]), t)
                for t in timed
                for kind, s in [self._span(t, "TIMEX3")]
            ),
            key=lambda pair: (pair[0].start, pair[0].end, pair[0].type, pair[0].value),
        )
        ref: dict[str, str] = {}
        for i, (_, members) in enumerate(entities, 1):
            for member in members:
                self._once(ref, member, f"E{i}", 0)
        ref |= {t: f"T{i}" for i, (_, t) in enumerate(times, 1)}
        names = self._names(names, [entity for entity, _ in entities])
        document = canonical(
            Document(
                doc_id="",
                entities=tuple(
                    msgspec.structs.replace(e, id=f"E{i}", name=names[f"E{i}"]) for i, (e, _) in enumerate(entities, 1)
                ),
                times=tuple(msgspec.structs.replace(t, id=f"T{i}") for i, (t, _) in enumerate(times, 1)),
                events=tuple(self._event(name, ref) for name in self.events),
            )
        )
        return {"entities": document.entities, "times": document.times, "events": document.events}

    def _timed(self) -> set[str]:
        """T lines that are times."""
        return {of for of, resource in self.notes if resource == "TIMEX3"}

    def _groups(self) -> list[list[str]]:
        """T lines that are mentions of one entity."""
        return list(self.equiv)

    def _names(self, given: Mapping[str, str], entities: Sequence[Entity]) -> Mapping[str, str]:
        """Canonical names of ``entities``, by id."""
        if set(given) != {f"E{i}" for i in range(1, len(entities) + 1)}:
            raise self._fail(
                f"{len(given)} entity names in meta.yaml", f"one for each of {len(entities)} entities, E1 on"
            )
        return given

    def _entity(self, members: list[str]) -> tuple[Entity, list[str]]:
        spans = [self._span(t, "Equiv") for t in members]
        if len({kind for kind, _ in spans}) > 1:
            raise self._fail(f"Equiv {' '.join(members)} ties different types", "mentions of one type")
        return Entity("", spans[0][0], "", tuple(sorted(span for _, span in spans))), members

    def _event(self, name: str, ref: Mapping[str, str]) -> Event:
        kind, trigger, arguments = self.events[name]
        fillers = []
        for role, target in arguments:
            span = self._span(target, name)[1]
            if target not in ref:
                raise self._fail(f"{role} of {name} is {target}", "an entity mention or a time")
            fillers.append(Argument(role, span.start, span.end, ref[target]))
        return Event(
            id=name,
            type=kind,
            trigger=self.spans[trigger][1],
            factuality=self.factuality.get(name, DEFAULT_FACTUALITY),
            encounter=self.notes.get((name, "ENCOUNTER")),
            arguments=tuple(fillers),
        )


_NOTE = re.compile(r"#\d+\tAnnotatorNotes (?P<on>[TE]\d+)\t(?P<note>.*)")


class _Returned(_Standoff):
    """The lines that a person's work in brat leaves: notes where brat has no field, ties one by one."""

    def _add(self, line: str, number: int) -> None:
        found = _NOTE.fullmatch(line)
        if found is None:
            super()._add(line, number)
        elif words := found["note"].split():
            on, event = found["on"], found["on"].startswith("E")
            if event and len(words) > 1:
                if len(words) > 2 or words[1] not in ontology().statuses:
                    statuses = ", ".join(ontology().statuses)
                    raise self._fail(f"note {found['note'][:60]!r} on {on}", f"<encounter> [{statuses}]", number)
                if self.statuses.setdefault(words[0], words[1]) != words[1]:
                    raise self._fail(
                        f"encounter {words[0]} both {self.statuses[words[0]]} and {words[1]}", "one", number
                    )
            self._once(self.notes, (on, "ENCOUNTER" if event else "TIMEX3"), words[0], number)

    def _timed(self) -> set[str]:
        times = {t for t, (kind, _) in self.spans.items() if kind in ontology().time_types}
        for t in times:
            self.notes.setdefault((t, "TIMEX3"), "")
        return times

    def _groups(self) -> list[list[str]]:
        groups: list[list[str]] = []
        for tie in self.equiv:
            touched = [g for g in groups if not set(g).isdisjoint(tie)]
            groups = [g for g in groups if g not in touched]
            groups.append(sorted({t for g in [*touched, tie] for t in g}))
        return groups

    def _names(self, given: Mapping[str, str], entities: Sequence[Entity]) -> Mapping[str, str]:
        def longest(entity: Entity) -> str:
            return max((mention.of(self.text) for mention in entity.mentions), key=len)

        return {**{f"E{i}": longest(entity) for i, entity in enumerate(entities, 1)}, **given}


# ---------------------------------------------------------------------------------------------------------------------
# Writing


def write(documents: Iterable[Document], path: Path) -> None:
    """Write documents as ``path/<storyline>/…``; a ``meta.yaml`` that is there keeps its fact sheet.

    Raises:
        InvalidInput: a document's id is not ``<storyline>-<name>``, a storyline or name is none for a folder or file, or
            an argument is not a mention of what it refers to.
    """
    files: dict[Path, str] = {}
    ordered = sorted(documents, key=lambda d: (d.storyline, d.doc_id))
    names = {d.doc_id: place(d)[1] for d in ordered}
    for storyline, group in groupby(ordered, key=lambda d: d.storyline):
        folder = path / storyline
        meta = read_meta(folder) if (folder / "meta.yaml").exists() else StorylineMeta()
        described = dict(meta.documents)
        subset, canary = meta.subset, meta.canary
        for document in map(canonical, group):
            name = names[document.doc_id]
            subset, canary = document.subset, document.canary or canary
            described[name] = _document_meta(document, described.get(name, DocumentMeta()))
            files[folder / f"{name}.txt"] = document.text
            files[folder / f"{name}.ann"] = standoff(document)
        whole = msgspec.structs.replace(meta, subset=subset, canary=canary, documents=described)
        files[folder / "meta.yaml"] = meta_text(whole)
    for file, content in files.items():
        write_atomic(file, content)


def _document_meta(document: Document, known: DocumentMeta) -> DocumentMeta:
    return DocumentMeta(
        published=document.published,
        outlet=document.outlet,
        tells=known.tells,
        entities={e.id: e.name for e in document.entities},
        zones=[(z.start, z.end, z.kind) for z in document.zones],
        status={s.encounter: s.status for s in document.statuses},
    )


def standoff(document: Document) -> str:
    """The ``.ann`` file of a canonical document.

    Raises:
        InvalidInput: an argument has no ``ref``, or is not a mention of the entity or time that it refers to.
    """
    text = document.text
    lines: list[str] = []
    ties: list[str] = []
    notes: list[tuple[str, str, Span]] = []
    at: dict[tuple[str | None, int, int], str] = {}

    def add(kind: str, span: Span) -> str:
        name = f"T{len(lines) + 1}"
        lines.append(f"{name}\t{kind} {span.start} {span.end}\t{_quote(span.of(text))}")
        return name

    for entity in document.entities:
        names = [add(entity.type, mention) for mention in entity.mentions]
        at |= {(entity.id, m.start, m.end): name for m, name in zip(entity.mentions, names, strict=True)}
        if len(names) > 1:
            ties.append(f"*\tEquiv {' '.join(names)}")
    for time in document.times:
        span = Span(time.start, time.end)
        at[time.id, time.start, time.end] = name = add(time.type, span)
        notes.append((name, f"TIMEX3:{time.value}", span))
    triggers = [add(event.type, event.trigger) for event in document.events]
    facts: list[str] = []
    for i, (event, trigger) in enumerate(zip(document.events, triggers, strict=True), 1):
        seen: dict[str, int] = {}
        parts = [f"{event.type}:{trigger}"]
        for a in event.arguments:
            if (a.ref, a.start, a.end) not in at:
                raise InvalidInput(
                    f"argument {a.role} of event {event.id} at {a.start}-{a.end}",
                    f"a mention of {a.ref}" if a.ref else "a ref",
                    document=document.doc_id,
                )
            seen[a.role] = n = seen.get(a.role, 0) + 1
            parts.append(f"{a.role}{n if n > 1 else ''}:{at[a.ref, a.start, a.end]}")
        lines.append(f"E{i}\t{' '.join(parts)}")
        if event.factuality != DEFAULT_FACTUALITY:
            facts.append(f"A{len(facts) + 1}\tFactuality E{i} {event.factuality}")
        if event.encounter is not None:
            notes.append((f"E{i}", f"ENCOUNTER:{event.encounter}", event.trigger))
    references = [
        f"N{i}\tReference {of} {value}\t{_quote(span.of(text))}" for i, (of, value, span) in enumerate(notes, 1)
    ]
    return "".join(line + "\n" for line in [*lines, *ties, *facts, *references])


def _quote(text: str) -> str:
    return re.sub(r"[\n\r\t]", " ", text)
