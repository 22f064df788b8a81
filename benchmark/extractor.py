"""Extractors: the protocol, and building one from a config with the checks that make a shared config safe."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from benchmark.documents import Document, Prediction, as_prediction, check, nearest, stripped
from benchmark.errors import InvalidInput, SommetError
from benchmark.ontology import Ontology

TRUSTED = ("baselines",)


@runtime_checkable
class Extractor(Protocol):
    """A system that finds events.

    ``fit`` may do nothing. ``extract`` gets a document stripped of its annotations, storyline and subset, under an opaque
    id, and returns a prediction with that id.
    """

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None: ...

    def extract(self, document: Document) -> Prediction: ...


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
    arguments = {str(k): v for k, v in config.items() if k != "_target_"}
    if "_target_" not in config:
        raise InvalidInput("an extractor without _target_", "_target_: module.Class")
    kind = resolve(str(config["_target_"]), trust)
    check_arguments(kind, arguments)
    extractor = kind(**arguments)
    if not isinstance(extractor, Extractor):
        raise InvalidInput(f"{config['_target_']} has no fit and extract", "the methods of an Extractor")
    return extractor


def check_arguments(kind: type, arguments: Mapping[str, Any]) -> None:
    """Check config keys and value types against the signature of the class that they are for.

    Raises:
        InvalidInput: a key is unknown, one is missing, or a value has a type that the annotation does not admit.
    """
    import msgspec

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


def predict(extractor: Extractor, document: Document, opaque_id: str, ontology: Ontology) -> Prediction:
    """Run an extractor on one document and check what it returns.

    Raises:
        SommetError: the extractor failed, or returned something that is no valid prediction (exit 4).
    """
    shown = document if getattr(extractor, "sees_gold", False) else stripped(document, opaque_id)
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
        check(result, ontology, len(document.text))
    except InvalidInput as error:
        raise ExtractorFailed(f"{type(extractor).__name__} returned an invalid prediction: {error}") from error
    return result


class ExtractorFailed(SommetError):
    """An extractor raised, or returned what is no prediction."""


def source_hash(config: Mapping[str, Any]) -> str:
    """Hash of the code that an extractor's output follows from: its top package, and the modules it builds on."""
    package = importlib.import_module(str(config["_target_"]).partition(".")[0])
    root = Path(str(package.__file__)).parent
    here = Path(__file__).parent
    files = [*sorted(root.rglob("*.py")), here / "segment.py", here / "documents.py", here / "extractor.py"]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
