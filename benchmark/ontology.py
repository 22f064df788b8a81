"""The ontology: labels, roles, fillers and phases, as data.

``gold/ontology.yaml`` is ours; a corpus of another domain brings its own file with the same keys. Nothing else in the
package knows a label by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec

from benchmark.errors import InvalidInput, shorten
from benchmark.files import read_text


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step in the life of an encounter: the status it leaves and the role whose time dates the step."""

    status: str
    dated_by: str
    meaning: str = ""


class Factuality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A factuality value; ``negates`` when it says that the event did not happen."""

    negates: bool = False


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role: the entity or time types that may fill it, and how many fillers one event may have."""

    filler: tuple[str, ...]
    max: int | None = None


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event label: its format and phase (both ``None`` for an act) and the roles that it takes."""

    roles: tuple[str, ...]
    format: str | None = None
    phase: str | None = None
    min: Mapping[str, int] = {}


class Ontology(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Everything that may be annotated. Build it with :func:`read`."""

    name: str
    labels: dict[str, Label]
    roles: dict[str, Role]
    entity_types: tuple[str, ...]
    time_types: tuple[str, ...]
    factuality: dict[str, Factuality]
    default_factuality: str
    formats: dict[str, str] = {}
    phases: dict[str, Phase] = {}
    acts: dict[str, str] = {}

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """Statuses an encounter can be left in, in the order of the phases."""
        return tuple(dict.fromkeys(phase.status for phase in self.phases.values()))

    def rank(self, label: str) -> tuple[int, str]:
        """A sort key for labels: the order in which they are listed here, whatever their names; unknown ones last."""
        return self._ranks.get(label, len(self._ranks)), label

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    @cached_property
    def time_roles(self) -> frozenset[str]:
        """Roles filled by a time expression."""
        return frozenset(name for name, role in self.roles.items() if set(role.filler) <= set(self.time_types))

    @cached_property
    def fillers(self) -> dict[str, frozenset[str]]:
        """Entity or time types that may fill each role."""
        return {name: frozenset(role.filler) for name, role in self.roles.items()}

    @cached_property
    def admits(self) -> Callable[[str, tuple[str, ...]], bool]:
        """Whether an event of a known label may have these roles, each as often as it comes."""

        # Few labels with few sets of roles, asked for every event of the gold.
        @lru_cache(2**12)
        def admitted(label: str, roles: tuple[str, ...]) -> bool:
            taken = self.labels[label]
            most = {role: self.roles[role].max for role in taken.roles}
            return (
                all(roles.count(role) >= least for role, least in taken.min.items())
                and all(role in most for role in roles)
                and all(n is None or roles.count(role) <= n for role, n in most.items())
            )

        return admitted

    @cached_property
    def negating(self) -> frozenset[str]:
        """Factuality values that deny the event."""
        return frozenset(name for name, value in self.factuality.items() if value.negates)

    def status_of(self, label: str) -> str | None:
        """Status that an event of ``label`` leaves its encounter in; ``None`` for an act or an unknown label."""
        known = self.labels.get(label)
        return self.phases[known.phase].status if known and known.phase else None

    def faults(self) -> list[str]:
        """Inconsistencies between the parts of the definition, one line each; empty when there are none."""
        found = []
        types = set(self.entity_types) | set(self.time_types)
        for name, label in self.labels.items():
            if (label.format is None) != (label.phase is None):
                found.append(f"label {name} has a format without a phase or a phase without a format")
            if label.format is None and self.acts and name not in self.acts:
                found.append(f"label {name} has no format and is not among acts")
            if label.format is not None and label.format not in self.formats:
                found.append(f"label {name} has format {label.format}, which is not defined")
            if label.phase is not None and label.phase not in self.phases:
                found.append(f"label {name} has phase {label.phase}, which is not defined")
            found += [f"label {name} takes role {r}, which is not defined" for r in label.roles if r not in self.roles]
            found += [f"label {name} needs role {r}, which it does not take" for r in label.min if r not in label.roles]
        for name, role in self.roles.items():
            found += [f"role {name} is filled by {t}, which is not defined" for t in role.filler if t not in types]
        found += [
            f"phase {name} is dated by {phase.dated_by}, which is not a role"
            for name, phase in self.phases.items()
            if phase.dated_by not in self.roles
        ]
        if self.default_factuality not in self.factuality:
            found.append(f"default factuality {self.default_factuality} is not defined")
        return found


_MAX_NESTING = 50  # ours is some five deep; what is far deeper breaks whatever walks through it


def load_yaml(text: str) -> Any:
    """Parse YAML with every scalar kept as text, so that a date stays ``2025-10-16`` and *non* stays a word.

    Built from events, since PyYAML's own construction takes the last of repeated keys and breaks on deep nesting, with
    libyaml by a segfault.

    Raises:
        yaml.YAMLError: the text is not one YAML document, has a key twice in one mapping, or is nested more than
            ``_MAX_NESTING`` deep; a ``MarkedYAMLError`` says in ``problem`` and ``problem_mark`` what and where.
    """
    import yaml

    events = iter(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    next(events)  # start of the stream
    if isinstance(next(events), yaml.StreamEndEvent):
        return None
    document = _node(next(events), events, {}, 0)
    next(events)  # end of the document
    if not isinstance(after := next(events), yaml.StreamEndEvent):
        raise _yaml_fault("a second document", after)
    return document


def _node(event: Any, events: Iterator[Any], anchors: dict[str, Any], depth: int) -> Any:
    """What the node that starts with ``event`` holds; the rest of it is taken from ``events``."""
    import yaml

    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            raise _yaml_fault(f"undefined alias {shorten(event.anchor)!r}", event)
        return anchors[event.anchor]
    value: Any
    if isinstance(event, yaml.ScalarEvent):
        value = event.value
    elif depth == _MAX_NESTING:
        raise _yaml_fault(f"nested more than {_MAX_NESTING} deep", event)
    else:
        inside = takewhile(lambda item: not isinstance(item, yaml.CollectionEndEvent), events)
        if isinstance(event, yaml.SequenceStartEvent):
            value = [_node(item, events, anchors, depth + 1) for item in inside]
        else:
            value = {}
            for item in inside:
                key = _node(item, events, anchors, depth + 1)
                if not isinstance(key, str):
                    raise _yaml_fault("a key that is not text", item)
                if key in value:
                    raise _yaml_fault(f"key {shorten(key)!r} is there twice", item)
                value[key] = _node(next(events), events, anchors, depth + 1)
    if event.anchor is not None:
        anchors[event.anchor] = value
    return value


def _yaml_fault(problem: str, event: Any) -> Exception:
    import yaml

    return yaml.constructor.ConstructorError(None, None, problem, event.start_mark)


def read_yaml(path: Path, expected: str) -> Any:
    """What :func:`load_yaml` makes of a file that should hold ``expected``.

    Raises:
        InvalidInput: the file cannot be read or is not YAML; the message names file and line.
    """
    import yaml

    try:
        return load_yaml(read_text(path))
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        found = f"not YAML ({shorten(problem)})" if problem else "not YAML"
        raise InvalidInput(found, expected, file=str(path), line=mark.line + 1 if mark else 0) from error


@lru_cache
def read(path: Path) -> Ontology:
    """Read and check an ontology file.

    Raises:
        InvalidInput: the file is missing, is not YAML, or contradicts itself.
    """
    import yaml

    try:
        data = yaml.safe_load(read_text(path))  # with anchors and merge keys, so that a label may take what others do
    except yaml.YAMLError as error:
        raise InvalidInput(f"not YAML ({error})", "an ontology file", file=str(path)) from error
    if isinstance(data, dict):
        data["factuality"] = {name: value or {} for name, value in (data.get("factuality") or {}).items()}
    try:
        ontology = msgspec.convert(data, Ontology)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), "the keys of gold/ontology.yaml", file=str(path)) from error
    if faults := ontology.faults():
        raise InvalidInput(faults[0], "a definition that agrees with itself", file=str(path))
    return ontology
