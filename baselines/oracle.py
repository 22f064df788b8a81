"""The gold itself: a sanity row. Whatever can be scored must come out as exactly 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from benchmark.documents import Document, Prediction


class Oracle:
    """Returns the gold annotations that it is shown.

    Args:
        encounters: ``storyline`` keeps the ids of encounters across documents as gold has them; ``document`` leaves it
            to a linker to find out which encounters of several documents are one.
    """

    kind = "sanity"
    deterministic = True
    sees_gold = True

    def __init__(self, encounters: Literal["storyline", "document"] = "storyline") -> None:
        self.links = encounters == "storyline"

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """The document's own annotations."""
        return document
