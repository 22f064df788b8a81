"""UIMA CAS XMI, as INCEpTION imports and exports it: one file a document, ``<doc_id>.xmi``, and ``TypeSystem.xml`` beside.

An entity mention is a span with category and ``entity``, the same word for all mentions of one entity; a time a span with
category and value; an event a span with label, factuality, encounter, the encounter's status and links to its arguments.
What else is known of a document (date, outlet, zones) stands in types of our own, which INCEpTION leaves out: then those
fields are empty. Offsets in XMI are UTF-16 code units; cassis converts them.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark import segment
from benchmark.documents import Argument, Document, Entity, Event, Span, Status, Time, Zone, canonical
from benchmark.errors import InvalidInput, MissingExtra
from benchmark.files import open_bytes, write_atomic
from benchmark.formats import file_name
from benchmark.formats.brat import DEFAULT_FACTUALITY

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

# Of layers that a project defines, INCEpTION expects the prefix, and of a link type the name of layer and feature.
ENTITY, TIME, EVENT = (f"webanno.custom.Sommet{name}" for name in ("Entity", "Time", "Event"))
LINK = f"{EVENT}ArgumentsLink"
LAYERS = {
    ENTITY: ("category", "entity", "name"),
    TIME: ("category", "value"),
    EVENT: ("label", "factuality", "encounter", "status"),
}
_DOCUMENT, _ZONE = "sommet.Document", "sommet.Zone"
_FIELDS = ("doc_id", "published", "subset", "storyline", "outlet", "canary")
_METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
_SEGMENTS = tuple(f"de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.{name}" for name in ("Sentence", "Token"))
_LARGEST = 2**26


def type_system() -> TypeSystem:
    """The types of a document of this format.

    Raises:
        MissingExtra: dkpro-cassis is not installed.
    """
    try:
        from cassis import TypeSystem
    except ImportError as error:
        raise MissingExtra("dkpro-cassis", "cas") from error
    types = TypeSystem()
    for name in _SEGMENTS:
        types.create_type(name)
    metadata = types.create_type(_METADATA, "uima.tcas.DocumentAnnotation")
    for feature in ("documentTitle", "documentId"):
        types.create_feature(metadata, feature, "uima.cas.String")
    for name, features in {**LAYERS, _DOCUMENT: _FIELDS, _ZONE: ("kind",)}.items():
        made = types.create_type(name)
        for feature in features:
            types.create_feature(made, feature, "uima.cas.String")
    link = types.create_type(LINK, "uima.cas.TOP")
    types.create_feature(link, "role", "uima.cas.String")
    types.create_feature(link, "target", "uima.tcas.Annotation")
    types.create_feature(types.get_type(EVENT), "arguments", "uima.cas.FSArray", elementType=link)
    return types


# ---------------------------------------------------------------------------------------------------------------------
# Writing


def write(documents: Iterable[Document], path: Path) -> None:
    """Write ``path/<doc_id>.xmi`` for each document, and ``path/TypeSystem.xml``.

    Raises:
        InvalidInput: an argument is not a mention of what it refers to, an id is no name for a file, or
            XML has no place for a character of the text.
        MissingExtra: dkpro-cassis is not installed.
    """
    types = type_system()
    files = {path / "TypeSystem.xml": types.to_xml()}
    for document in documents:
        file = path / f"{file_name(document.doc_id, document.doc_id)}.xmi"
        try:
            files[file] = _cas(canonical(document), types).to_xmi(pretty_print=True)
        except ValueError as error:
            raise InvalidInput(str(error), "characters of XML", document=document.doc_id) from error
    for file, content in files.items():
        write_atomic(file, content)


def _cas(document: Document, types: TypeSystem) -> Cas:
    from cassis import Cas

    cas = Cas(types, sofa_string=document.text)

    def add(layer: str, start: int, end: int, /, **features: object) -> Any:
        made = types.get_type(layer)(begin=start, end=end, **features)
        cas.add(made)
        return made

    # INCEpTION asks every document for its metadata, and writes its own into them.
    length, name = len(document.text), document.doc_id
    add(_METADATA, 0, length, language="fr", documentTitle=f"{name}.xmi", documentId=name)
    for kind, segments in zip(_SEGMENTS, (document.sentences, segment.tokens(document.text)), strict=True):
        for start, end in segments:
            add(kind, start, end)
    add(_DOCUMENT, 0, length, **{field: getattr(document, field) for field in _FIELDS})
    for zone in document.zones:
        add(_ZONE, zone.start, zone.end, kind=zone.kind)
    at: dict[tuple[str | None, int, int], Any] = {}
    for e in document.entities:
        for m in e.mentions:
            at[e.id, m.start, m.end] = add(ENTITY, m.start, m.end, category=e.type, entity=e.id, name=e.name)
    for t in document.times:
        at[t.id, t.start, t.end] = add(TIME, t.start, t.end, category=t.type, value=t.value)
    statuses = {s.encounter: s.status for s in document.statuses}
    for event in document.events:
        links = []
        for a in event.arguments:
            if (a.ref, a.start, a.end) not in at:
                expected = f"a mention of {a.ref}" if a.ref else "a ref"
                raise InvalidInput(f"argument {a.role} of event {event.id}", expected, document=document.doc_id)
            links.append(types.get_type(LINK)(role=a.role, target=at[a.ref, a.start, a.end]))
        add(
            EVENT,
            event.trigger.start,
            event.trigger.end,
            label=event.type,
            factuality=event.factuality,
            encounter=event.encounter,
            status=statuses.get(event.encounter or ""),
            arguments=types.get_type("uima.cas.FSArray")(elements=links),
        )
    return cas


# ---------------------------------------------------------------------------------------------------------------------
# Reading


def read(path: Path) -> Iterator[Document]:
    """Documents of a folder of XMI files, or of one file, in order of name; zips of INCEpTION's export are looked into.

    What an annotator left open (encounter, factuality, status, value, name) gets its default.

    Raises:
        InvalidInput: there is no XMI, a file is none, a document comes twice, or a label, category or role is missing.
        MissingExtra: dkpro-cassis is not installed.
    """
    found: dict[str, Path] = {}
    documents = []
    for file, xmi, types in _files(path):
        document = _Reader(file, xmi, types).document()
        if document.doc_id in found:
            raise InvalidInput(f"also in {found[document.doc_id]}", "once", file=str(file), document=document.doc_id)
        found[document.doc_id] = file
        documents.append(document)
    if not documents:
        raise InvalidInput("no document", "files named .xmi, or zips of them", file=str(path))
    yield from sorted(documents, key=lambda d: d.doc_id)


def _files(path: Path) -> Iterator[tuple[Path, bytes, bytes | None]]:
    """XMI files, each with the type system that came with it."""
    files = [path] if path.is_file() else [p for p in sorted(path.rglob("*")) if p.is_file()]
    for file in files:
        if file.suffix == ".xmi":
            beside = file.parent / "TypeSystem.xml"
            yield file, _bytes(file), _bytes(beside) if beside.is_file() else None
        # The untouched document, which INCEpTION exports as if by an annotator of this name.
        elif file.suffix == ".zip" and file.stem != "INITIAL_CAS":
            try:
                with zipfile.ZipFile(file) as archive:
                    if any(member.file_size > _LARGEST for member in archive.infolist()):
                        raise InvalidInput("a file too large", f"at most {_LARGEST} bytes", file=str(file))
                    names = archive.namelist()
                    types = next((archive.read(n) for n in names if Path(n).name == "TypeSystem.xml"), None)
                    for name in (n for n in names if n.endswith(".xmi")):
                        yield file / name, archive.read(name), types
            except zipfile.BadZipFile as error:
                raise InvalidInput(str(error), "a zip of XMI", file=str(file)) from error


def _bytes(path: Path) -> bytes:
    with open_bytes(path) as stream:
        return stream.read()


class _Reader:
    """One XMI file."""

    def __init__(self, file: Path, xmi: bytes, types: bytes | None) -> None:
        own = type_system()  # first, so that a missing extra is said
        from cassis import load_cas_from_xmi, load_typesystem

        self.file = file
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # layers that are not ours are left out, as meant
                known = load_typesystem(io.BytesIO(types)) if types else own
                self.cas: Cas = load_cas_from_xmi(io.BytesIO(xmi), typesystem=known, lenient=True)
                self.text = self.cas.sofa_string or ""
        except Exception as error:  # whatever a parser makes of bytes that are no CAS
            raise InvalidInput(f"{type(error).__name__}: {error}"[:200], "a UIMA CAS as XMI", file=str(file)) from error
        self.refs: dict[int, str] = {}

    def select(self, kind: str) -> list[Any]:
        known = self.cas.typesystem.contains_type(kind)
        return list(self.cas.select(kind)) if known else []

    def need(self, annotation: Any, feature: str) -> str:
        """A feature that may not be empty."""
        value = annotation.get(feature)
        if not value:
            where = f"{self.text[annotation.begin : annotation.end]!r} at {annotation.begin}-{annotation.end}"
            raise InvalidInput(f"{where} without {feature}", feature, file=str(self.file))
        return str(value)

    def document(self) -> Document:
        about = next(iter(self.select(_DOCUMENT)), None)
        fields = {f: about.get(f) for f in _FIELDS if about.get(f)} if about else {}
        doc_id = fields.setdefault("doc_id", self.doc_id())
        fields.setdefault("storyline", doc_id.rpartition("-")[0])
        entities, times = self.entities(), self.times()
        events = tuple(self.event(i, event) for i, event in enumerate(self.select(EVENT), 1))
        return canonical(
            Document(
                **fields,
                text=self.text,
                zones=tuple(sorted(Zone(z.begin, z.end, z.kind) for z in self.select(_ZONE))),
                sentences=segment.sentences(self.text),
                entities=entities,
                times=times,
                events=events,
                statuses=self.statuses(),
            )
        )

    def doc_id(self) -> str:
        """The name under which INCEpTION was given the document, else the file's."""
        titles = [m.get("documentTitle") for m in self.select(_METADATA)]
        outer = [part for part in self.file.parts if part.endswith(".xmi")]
        return str(next((t for t in titles if t), outer[0] if outer else self.file.name)).removesuffix(".xmi")

    def entities(self) -> tuple[Entity, ...]:
        groups: dict[tuple[str, str], list[Any]] = {}
        for i, mention in enumerate(self.select(ENTITY)):
            kind = self.need(mention, "category")
            groups.setdefault((kind, mention.get("entity") or f"#{i}"), []).append(mention)
        entities = []
        for i, ((kind, _), mentions) in enumerate(groups.items(), 1):
            self.refs |= {id(m): f"E{i}" for m in mentions}
            named = [m.get("name") for m in mentions if m.get("name")]
            name = named[0] if named else max((self.text[m.begin : m.end] for m in mentions), key=len)
            entities.append(Entity(f"E{i}", kind, name, tuple(sorted(Span(m.begin, m.end) for m in mentions))))
        return tuple(entities)

    def times(self) -> tuple[Time, ...]:
        times = []
        for i, time in enumerate(self.select(TIME), 1):
            self.refs[id(time)] = f"T{i}"
            kind = self.need(time, "category")
            times.append(Time(f"T{i}", time.begin, time.end, kind, (time.get("value") or "").strip()))
        return tuple(times)

    def event(self, number: int, event: Any) -> Event:
        array = event.get("arguments")
        arguments = []
        for link in array.elements if array else []:
            target = link.get("target")
            if id(target) not in self.refs:
                where = f"{link.get('role')} of {self.text[event.begin : event.end]!r} at {event.begin}-{event.end}"
                raise InvalidInput(where, "a link to an entity or a time", file=str(self.file))
            if not link.get("role"):
                where = f"{self.text[event.begin : event.end]!r} at {event.begin}-{event.end}"
                raise InvalidInput(f"a link of {where} without role", "a role", file=str(self.file))
            arguments.append(Argument(link.role, target.begin, target.end, self.refs[id(target)]))
        return Event(
            id=str(number),
            type=self.need(event, "label"),
            trigger=Span(event.begin, event.end),
            factuality=event.get("factuality") or DEFAULT_FACTUALITY,
            encounter=event.get("encounter") or None,
            arguments=tuple(arguments),
        )

    def statuses(self) -> tuple[Status, ...]:
        stated: dict[str, str] = {}
        for event in self.select(EVENT):
            encounter, status = event.get("encounter"), event.get("status")
            if encounter and status and stated.setdefault(encounter, status) != status:
                raise InvalidInput(
                    f"encounter {encounter} both {stated[encounter]} and {status}", "one status", file=str(self.file)
                )
        return tuple(Status(encounter, status) for encounter, status in sorted(stated.items()))
