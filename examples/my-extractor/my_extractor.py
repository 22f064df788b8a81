"""An extractor of your own: replace the rules by your system."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmark.documents import Document, Event, Prediction, Span

RULES = {
    r"\bannulée?s?\b|\bannulation\b": "SummitCancelled",
    r"\breportée?s?\b|\breport\b": "SummitPostponed",
    r"\bsommet\b": "SummitHeld",
    r"\bappel\b|\btéléphonée?s?\b": "CallHeld",
    r"\baccord\b": "Agreement",
}


class MyExtractor:
    """A handful of patterns."""

    kind = "rules"
    deterministic = True

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """One event for each match."""
        found = [(m.span(), label) for rule, label in RULES.items() for m in re.finditer(rule, document.text)]
        events = tuple(Event(f"V{i}", label, Span(*span)) for i, (span, label) in enumerate(sorted(found), 1))
        return Prediction(document.doc_id, events)
