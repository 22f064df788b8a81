"""What may fill a role, and which of its spans an argument points at (guidelines, A9)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from benchmark.documents import Document, Span


class Filler:
    """An entity or a time of a document.

    Args:
        id: of the entity or time.
        type: one of the ontology's entity or time types.
        spans: its mentions, at least one.
        document: whose sentences count.
    """

    def __init__(self, id: str, type: str, spans: Sequence[Span], document: Document) -> None:  # noqa: A002
        self.id, self.type, self.spans = id, type, tuple(sorted(spans))
        self._sentence_starts = [start for start, _ in document.sentences]
        # Of equals the first; that the longest mention tells most is what the guidelines say of names.
        self.longest = max(self.spans, key=lambda s: (s.end - s.start, -s.start))

    def nearest(self, trigger: Span) -> tuple[Span, int]:
        """The span nearest to ``trigger`` in characters, one of the same sentence before any other.

        With it the number of sentences from the trigger to it, negative where it stands before.
        """
        at, home = bisect_left(self.spans, trigger), self._sentence(trigger)
        near = [(s, self._sentence(s) - home) for s in self.spans[max(0, at - 1) : at + 1]]
        return min(
            near, key=lambda n: (n[1] != 0, max(n[0].start - trigger.end, trigger.start - n[0].end, 0), n[0].start)
        )

    def argument(self, trigger: Span) -> Span:
        """The span of an argument: the nearest in the trigger's sentence, else the longest of the document."""
        near, away = self.nearest(trigger)
        return self.longest if away else near

    def _sentence(self, span: Span) -> int:
        return bisect_right(self._sentence_starts, span.start)
