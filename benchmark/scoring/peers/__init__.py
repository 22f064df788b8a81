"""Scorers of the field, one module each: what they would say of the same gold and predictions.

Each has ``score(gold, predictions, options)`` and ``UNIT``. They follow the definitions of the scorers, including
what is wrong with them, so that figures can be compared with published ones; ``shared/conformance`` holds them to the
numbers that the scorers themselves gave. Sommet's own metrics are in ``families/``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from benchmark.documents import Document, Prediction
from benchmark.modules import Folder


class Peer(Protocol):
    """What a module of this folder offers; ``BREAKS`` names the laws of protocol 1 that it does not keep.

    ``undefined``: a ratio over nothing is 0 instead of null. ``duplicates_cost``: giving everything twice is free.
    ``identity``: the gold as prediction is not 1. ``tests/test_peer_laws.py`` shows each on the vectors.
    """

    BREAKS: tuple[str, ...]
    UNIT: Literal["percent", "fraction"]

    def score(
        self, gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
    ) -> dict[str, Any]:
        """Everything that the scorer reports, joined by ``doc_id``; ``None`` where its value is undefined."""
        ...


_folder: Folder[Peer] = Folder(__name__, "scorer")
names, load = _folder.names, _folder.load
