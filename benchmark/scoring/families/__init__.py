"""One file a family of metrics; each has ``METRICS``, a tuple of declarations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol

from benchmark.documents import nearest
from benchmark.errors import InvalidInput
from benchmark.modules import Folder
from benchmark.scoring.core import Metric


class Family(Protocol):
    """What a module of this folder offers."""

    METRICS: tuple[Metric, ...]


_folder: Folder[Family] = Folder(__name__, "family")


@cache
def registry() -> dict[str, Metric]:
    """Every metric by name, in order of family and declaration."""
    found: dict[str, Metric] = {}
    for name in _folder.names():
        for metric in _folder.load(name).METRICS:
            if metric.name in found:
                raise ValueError(f"two metrics are called {metric.name}")
            found[metric.name] = metric
    return found


def select(names: Iterable[str] | None = None) -> list[Metric]:
    """The metrics of these names or families; all of them for ``None``.

    Raises:
        InvalidInput: a name is unknown; the message gives the nearest one.
    """
    known = registry()
    if names is None:
        return list(known.values())
    chosen: dict[str, Metric] = {}
    for name in map(str.strip, names):
        members = [m for m in known.values() if name in (m.name, m.family)]
        if not members:
            families = dict.fromkeys(m.family for m in known.values())
            raise InvalidInput(f"unknown metric {name!r}", nearest(name, [*known, *families]))
        chosen |= {m.name: m for m in members}
    return list(chosen.values())
