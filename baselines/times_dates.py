"""Our French dates alone, as a system for the times track: see :mod:`baselines.dates`."""

from __future__ import annotations

from collections.abc import Sequence

from baselines import dates
from benchmark.documents import Document, Prediction


class Dates:
    """Time expressions by rules, and nothing else."""

    kind = "times"
    deterministic = True

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """The document's time expressions."""
        return Prediction(doc_id=document.doc_id, times=tuple(dates.find(document)))
