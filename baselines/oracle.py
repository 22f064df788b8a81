"""The gold itself: a sanity row. Whatever can be scored must come out as exactly 1."""

from __future__ import annotations

from collections.abc import Sequence

from benchmark.documents import Document, Prediction


class Oracle:
    """Returns the gold annotations that it is shown."""

    kind = "sanity"
    deterministic = True
    sees_gold = True

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """The document's own annotations."""
        return document
