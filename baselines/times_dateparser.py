"""dateparser alone: what its search for dates finds in French text, as a system for the times track.

The search gives words and a moment. The words are found again in the text, from left to right; the value is the moment,
as coarse as dateparser's own period of these words. It knows no durations, sets or vague times.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from baselines.dates import in_zone
from benchmark.documents import MAX_ITEMS, Document, Prediction, Time
from benchmark.errors import MissingExtra

_LONGEST = 5_000  # characters searched at once: the search is slower than linear
_FORMATS = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d", "time": "%Y-%m-%dT%H:%M"}
_NO_DATE = datetime.datetime(2000, 1, 1)


class Dateparser:
    """The times that :func:`dateparser.search.search_dates` finds, with its own defaults."""

    kind = "times"
    deterministic = True

    def fit(self, train: Sequence[Document], dev: Sequence[Document]) -> None:
        """Nothing to learn."""

    def extract(self, document: Document) -> Prediction:
        """The document's times; without a date of publication only dates that are complete."""
        times: list[Time] = []
        for start, end, moment, period in _found(document):
            if len(times) == MAX_ITEMS:
                break
            if not in_zone(document, start, end):
                kind = "TIME" if period == "time" else "DATE"
                times.append(Time(f"T{len(times) + 1}", start, end, kind, f"{moment:{_FORMATS[period]}}"))
        return Prediction(doc_id=document.doc_id, times=tuple(times))


def _found(document: Document) -> Iterator[tuple[int, int, datetime.datetime, str]]:
    try:
        from dateparser.date import DateDataParser
        from dateparser.search import search_dates
    except ImportError as error:
        raise MissingExtra("dateparser", "time") from error
    published = datetime.datetime.fromisoformat(document.published) if document.published else None
    settings: dict[str, Any] = {"RELATIVE_BASE": published or _NO_DATE}
    if published is None:
        settings |= {"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
    parser = DateDataParser(languages=["fr"], settings={**settings, "RETURN_TIME_AS_PERIOD": True})
    for offset, part in _parts(document.text):
        at = 0
        for words, moment in search_dates(part, languages=["fr"], settings=settings) or ():
            start = part.find(words, at)
            if start >= 0:
                at = start + len(words)
                yield offset + start, offset + at, moment, parser.get_date_data(words).period or "day"


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a text with their offsets, those too long in pieces."""
    offset = 0
    for line in text.split("\n"):
        for begin in range(0, len(line), _LONGEST):
            yield offset + begin, line[begin : begin + _LONGEST]
        offset += len(line) + 1
