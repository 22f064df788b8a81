"""Nothing at all: a sanity row. Recall is 0 and precision undefined."""

from __future__ import annotations

from collections.abc import Sequence

from benchmark.documents import Document, Prediction


class Empty:
    """Finds no event."""

    kind = "sanity"
    deterministic = True

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """No annotation."""
        return Prediction(doc_id=document.doc_id)
