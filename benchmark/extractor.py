"""Extractors: the protocol, and building one from a config with the checks that make a shared config safe."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import os
import sys
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import msgspec
from msgspec.structs import replace

from benchmark.corpus import PACKAGE, data_root
from benchmark.documents import LAYERS, Document, Prediction, Status, as_prediction, check, nearest, stripped
from benchmark.errors import InvalidInput, SommetError
from benchmark.files import MAX_LINE
from benchmark.ontology import Ontology

TRUSTED = ("baselines",)


@runtime_checkable
class Extractor(Protocol):
    """A system that finds events.

    ``fit`` may do nothing. ``extract`` gets a document stripped of its annotations, storyline and subset, under an opaque
    id, and returns a prediction with that id.

    What a system may have besides, all optional:

    - ``kind``, ``deterministic``, ``version`` (that of Sommet if not given) and ``parameters`` (how many numbers it
      learned), for its record;
    - ``given``, names of gold layers that it is shown; ``sees_gold``, true for a sanity row that gets the gold document
      itself;
    - ``links``, true where its encounter ids hold across documents: then no linker is asked;
    - ``prepare(documents)``, called once before the documents of a run are extracted (to fetch answers side by side, say);
    - ``failed``, how many documents it gave nothing for because it failed;
    - ``save`` and ``load`` of a folder, so that ``sommet extract`` need not train it again.
    """

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None: ...

    def extract(self, document: Document) -> Prediction: ...


@runtime_checkable
class Linker(Protocol):
    """A system that tells which encounters of several documents are one."""

    def link(self, documents: Sequence[Document]) -> Sequence[Prediction]:
        """Predictions for documents of one storyline, in the order given, with encounter ids that hold across them.

        Each document is as an extractor sees it, in order of publication, with what was predicted of it; ids of
        encounters hold within one document only.
        """
        ...


def config(name: str, group: str = "extractor") -> dict[str, Any]:
    """An option of a config group, ``configs/<group>/<name>.yaml``.

    Raises:
        InvalidInput: there is none of that name.
    """
    folder = data_root() / "configs" / group
    names = sorted(p.stem for p in folder.glob("*.yaml"))
    if name not in names:
        raise InvalidInput(f"no {group} {name!r}", nearest(name, names))
    return _read(folder / f"{name}.yaml")


def default(group: str) -> str:
    """The option of a config group that ``sommet run`` takes if none is chosen."""
    defaults = _read(data_root() / "configs" / "config.yaml")["defaults"]
    return next(str(entry[group]) for entry in defaults if isinstance(entry, dict) and group in entry)


def _read(path: Path) -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def resolve(target: str, trust: Iterable[str] = ()) -> type:
    """The class called ``target`` (``module.Class``).

    A config that someone shares is code that runs, so the class must be defined (its own ``__module__``, whatever path
    leads to it) in ``baselines`` or in a module that the user named on the command line.

    Raises:
        InvalidInput: there is no such class, or it lies in a module that is not trusted.
    """
    module_name, _, name = target.rpartition(".")
    allowed = (*TRUSTED, *trust)
    if not _within(module_name, allowed):
        raise InvalidInput(f"_target_ {target!r}", f"a class of {', '.join(allowed)} (--trust MODULE adds one)")
    # The script of an installed package, unlike `python -m`, does not see the folder that the user works in.
    if trust and (here := os.getcwd()) not in sys.path:
        sys.path.append(here)
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise InvalidInput(f"_target_ {target!r} cannot be imported ({error})", "a module that is installed") from error
    found = getattr(module, name, None)
    if not inspect.isclass(found):
        classes = [n for n, v in vars(module).items() if inspect.isclass(v) and v.__module__ == module_name]
        raise InvalidInput(f"no class {name!r} in {module_name}", nearest(name, classes))
    if not _within(found.__module__, allowed):
        raise InvalidInput(
            f"_target_ {target!r} is defined in {found.__module__}", f"a class defined in {', '.join(allowed)}"
        )
    return found


def _within(module: str, allowed: Iterable[str]) -> bool:
    return any(module == a or module.startswith(f"{a}.") for a in allowed)


def build(config: Mapping[str, Any], trust: Iterable[str] = ()) -> Extractor:
    """The extractor of a config: ``_target_`` and the arguments of its constructor.

    Raises:
        InvalidInput: the class is not to be had, an argument is unknown (the message gives the nearest) or of a wrong type.
    """
    extractor = _built(config, trust)
    if not isinstance(extractor, Extractor):
        raise InvalidInput(f"{config['_target_']} has no fit and extract", "the methods of an Extractor")
    for layer in given_layers(extractor):
        if layer not in LAYERS:
            raise InvalidInput(f"given layer {layer!r}", nearest(layer, LAYERS))
    return extractor


def build_linker(config: Mapping[str, Any] | None, trust: Iterable[str] = ()) -> Linker | None:
    """The linker of a config; none for an empty one.

    Raises:
        InvalidInput: see :func:`build`.
    """
    if not config:
        return None
    linker = _built(config, trust)
    if not isinstance(linker, Linker):
        raise InvalidInput(f"{config['_target_']} has no link", "the method of a Linker")
    return linker


def _built(config: Mapping[str, Any], trust: Iterable[str]) -> object:
    arguments = {str(k): v for k, v in config.items() if k != "_target_"}
    if "_target_" not in config:
        raise InvalidInput("a config without _target_", "_target_: module.Class")
    kind = resolve(str(config["_target_"]), trust)
    check_arguments(kind, arguments)
    return kind(**arguments)


def given_layers(extractor: Extractor) -> tuple[str, ...]:
    """Gold layers that an extractor asks to be shown, in order of name (its attribute ``given``)."""
    return tuple(sorted(getattr(extractor, "given", ())))


def check_arguments(kind: type, arguments: Mapping[str, Any]) -> None:
    """Check config keys and value types against the signature of the class that they are for.

    Raises:
        InvalidInput: a key is unknown, one is missing, or a value has a type that the annotation does not admit.
    """
    parameters = inspect.signature(kind).parameters
    hints = typing.get_type_hints(kind.__dict__.get("__init__", kind))
    for key, value in arguments.items():
        if key not in parameters:
            raise InvalidInput(f"unknown option {key!r} of {kind.__name__}", nearest(key, parameters))
        if key in hints:
            try:
                msgspec.convert(value, hints[key])
            except msgspec.ValidationError as error:
                raise InvalidInput(f"option {key}={value!r} of {kind.__name__}", _wanted(error)) from error
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise InvalidInput(f"{kind.__name__} without option {name!r}", f"a value for {name}")


def _wanted(error: Exception) -> str:
    text = str(error)
    return text.removeprefix("Expected ").replace("`", "")


def opaque_id(document: Document) -> str:
    """The id under which an extractor sees a document: it tells nothing of storyline, subset or order."""
    return hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def predictions(
    system: Extractor,
    documents: Sequence[Document],
    linker: Linker | None,
    ontology: Ontology,
    done: Mapping[str, Prediction] = MappingProxyType({}),
    keep: Callable[[Prediction], None] = lambda _: None,
) -> list[Prediction]:
    """What a fitted system and a linker make of ``documents``, in their order: prepared, extracted, linked.

    Args:
        linker: asked where the system does not link by itself (``links``); see :func:`link`.
        done: predictions of an earlier run by ``doc_id``, not yet linked; these documents are not extracted again.
        keep: called with each new prediction as soon as it is made, before it is linked.

    Raises:
        SommetError: system or linker failed, or returned something that is no valid prediction (exit 4).
    """
    left = [(d, _seen(system, d, opaque_id(d))) for d in documents if d.doc_id not in done]
    if prepare := getattr(system, "prepare", None):
        prepare([shown for _, shown in left])
    found = dict(done)
    for document, shown in left:
        found[document.doc_id] = _predicted(system, document, shown, ontology)
        keep(found[document.doc_id])
    ordered = [found[d.doc_id] for d in documents]
    return ordered if getattr(system, "links", False) else link(linker, documents, ordered, ontology)


def predict(extractor: Extractor, document: Document, opaque_id: str, ontology: Ontology) -> Prediction:
    """Run an extractor on one document and check what it returns.

    Raises:
        SommetError: the extractor failed, or returned something that is no valid prediction (exit 4).
    """
    return _predicted(extractor, document, _seen(extractor, document, opaque_id), ontology)


def _seen(extractor: Extractor, document: Document, opaque_id: str) -> Document:
    if getattr(extractor, "sees_gold", False):
        return document
    return stripped(document, opaque_id, given_layers(extractor))


def _predicted(extractor: Extractor, document: Document, shown: Document, ontology: Ontology) -> Prediction:
    try:
        prediction = extractor.extract(shown)
    except SommetError:
        raise
    except Exception as error:
        raise ExtractorFailed(f"{type(extractor).__name__} failed on {document.doc_id}: {error!r}") from error
    if not isinstance(prediction, Prediction):
        raise ExtractorFailed(
            f"{type(extractor).__name__} returned a {type(prediction).__name__}, expected a Prediction"
        )
    if prediction.doc_id != shown.doc_id:
        raise ExtractorFailed(
            f"{type(extractor).__name__} returned id {prediction.doc_id!r}, expected {shown.doc_id!r}"
        )
    result = as_prediction(prediction, document.doc_id)
    try:
        _check_form(result)
        check(result, ontology, len(document.text))
    except InvalidInput as error:
        raise ExtractorFailed(f"{type(extractor).__name__} returned an invalid prediction: {error}") from error
    return result


def _check_form(prediction: Prediction) -> None:
    """Refuse what a line of a prediction file cannot hold: a list or an id that is too long, a number of numpy.

    Raises:
        InvalidInput: what the line may hold.
    """
    found = "what a line of a prediction file cannot hold"
    try:
        line = msgspec.json.encode(prediction)
        msgspec.json.decode(line, type=Prediction)
    except (msgspec.MsgspecError, TypeError, OverflowError, UnicodeError) as error:
        raise InvalidInput(found, _wanted(error), document=prediction.doc_id) from error
    if len(line) >= MAX_LINE:
        raise InvalidInput(found, f"at most {MAX_LINE} bytes", document=prediction.doc_id)


def link(
    linker: Linker | None, documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology
) -> list[Prediction]:
    """Predictions with encounter ids that hold across the documents of each storyline, in the order of ``documents``.

    Without a linker no encounter is in two documents: an id that a system happens to give twice says nothing.

    Args:
        predictions: in the order of ``documents``; their encounter ids hold within a document.

    Raises:
        SommetError: the linker failed, or returned something that is no valid prediction (exit 4).
    """
    local = [_with_local_encounters(p) for p in predictions]
    if linker is None:
        return local
    groups: dict[str, list[int]] = {}
    for i in sorted(range(len(documents)), key=lambda i: (documents[i].published or "", documents[i].doc_id)):
        groups.setdefault(documents[i].storyline or documents[i].doc_id, []).append(i)
    linked = list(local)
    for members in groups.values():
        shown = [_shown(documents[i], local[i]) for i in members]
        try:
            found = list(linker.link(shown))
        except SommetError:
            raise
        except Exception as error:
            raise ExtractorFailed(
                f"{type(linker).__name__} failed on {documents[members[0]].doc_id}: {error!r}"
            ) from error
        if [p.doc_id for p in found] != [d.doc_id for d in shown]:
            raise ExtractorFailed(f"{type(linker).__name__} returned other documents, expected those given, in order")
        for i, prediction in zip(members, found, strict=True):
            linked[i] = as_prediction(prediction, documents[i].doc_id)
            try:
                check(linked[i], ontology, len(documents[i].text))
            except InvalidInput as error:
                raise ExtractorFailed(f"{type(linker).__name__} returned an invalid prediction: {error}") from error
    return linked


def _shown(document: Document, prediction: Prediction) -> Document:
    return replace(
        stripped(document, opaque_id(document)),
        events=prediction.events,
        entities=prediction.entities,
        times=prediction.times,
        statuses=prediction.statuses,
    )


def _with_local_encounters(prediction: Prediction) -> Prediction:
    names = [v.encounter for v in prediction.events] + [s.encounter for s in prediction.statuses]
    number = {name: i for i, name in enumerate(dict.fromkeys(n for n in names if n is not None), 1)}

    def local(name: str) -> str:
        digest = hashlib.sha256(prediction.doc_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return f"{digest}-{number[name]}"

    return replace(
        prediction,
        events=tuple(
            replace(v, encounter=None if v.encounter is None else local(v.encounter)) for v in prediction.events
        ),
        statuses=tuple(Status(local(s.encounter), s.status) for s in prediction.statuses),
    )


class ExtractorFailed(SommetError):
    """An extractor raised, or returned what is no prediction."""


def source_hash(config: Mapping[str, Any]) -> str:
    """Hash of what an extractor's output follows from: code and data of its top package, our code, and the ontology."""
    package = importlib.import_module(str(config["_target_"]).partition(".")[0])
    root = Path(str(package.__file__)).parent
    # Data belongs to a package; beside a module of its own lies whatever the user keeps there, runs included.
    kinds = (".py", ".yaml", ".json") if hasattr(package, "__path__") else (".py",)
    own = sorted(p for p in root.rglob("*") if p.suffix in kinds)
    # All of ours rather than what is known to be imported: such a list goes stale in silence, and hashing is cheap.
    ours = sorted(PACKAGE.rglob("*.py"))
    digest = hashlib.sha256()
    for file in (*own, *ours, data_root() / "gold" / "ontology.yaml"):
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
