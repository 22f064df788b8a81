"""Folders whose modules are all the kinds of something there are: formats, scorers of the field, families of metrics."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Generic, TypeVar, cast

from benchmark.documents import nearest
from benchmark.errors import InvalidInput

Kind = TypeVar("Kind")


class Folder(Generic[Kind]):
    """The modules of a package, those with a leading underscore apart. Adding one is adding a file.

    Args:
        package: the package's ``__name__``.
        what: what one of its modules is, for messages.
    """

    def __init__(self, package: str, what: str) -> None:
        self._package, self._what = package, what

    def names(self) -> tuple[str, ...]:
        """Every module, in order of name."""
        found = pkgutil.iter_modules(import_module(self._package).__path__)
        return tuple(sorted(m.name for m in found if not m.name.startswith("_")))

    def load(self, name: str) -> Kind:
        """The module called ``name``.

        Raises:
            InvalidInput: there is none of that name; the message gives the nearest one.
        """
        if name not in self.names():
            raise InvalidInput(f"unknown {self._what} {name!r}", nearest(name, self.names()))
        return cast(Kind, import_module(f"{self._package}.{name}"))
