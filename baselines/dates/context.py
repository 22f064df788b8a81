"""What the value of an expression leans on: the date of publication, the days named before it, the tense of its clause."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from itertools import pairwise

from baselines.dates.clock import clock_time
from baselines.dates.grammar import CLOCK, Expression
from baselines.dates.tense import tense
from baselines.dates.writing import straight
from benchmark.documents import Document
from benchmark.review import MONTHS

_AGAINST_TENSE = 120  # days by which a date may be farther away to agree with the tense
_FAR = 250  # characters beyond which a year that was named no longer colours what follows
_ASIDE = 21  # days from publication beyond which a day is an aside: the next paragraph does not lean on it
_LEAD = 300  # characters in which a text says what year it is about
_LONG_AGO = 5  # years before publication from which on such a text is about its past

_STAMP = re.compile(rf"^{CLOCK}", re.MULTILINE | re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_DATED = re.compile(rf"\d (?:{'|'.join(MONTHS)}) ((?:1[5-9]|20)\d\d)\b")
_HEAD = re.compile(r" ?(?:[.:–—]|- )")


class Context:
    """The state of reading one document from left to right."""

    def __init__(self, document: Document) -> None:
        self.text = straight(document.text)
        self.published = datetime.date.fromisoformat(document.published) if document.published else None
        self.last: datetime.date | None = None  # the last day named, and where
        self.last_at = -1
        self.last_past: datetime.date | None = None  # the last one that publication does not precede
        self.month: datetime.date | None = None  # first day of the last month named
        self.named_year: int | None = None  # the last year named on its own
        self.grain = "day"  # of what was named last: day, month or year
        self.head: datetime.date | None = None  # the day that heads the last entry of a chronology
        self.head_at = -1
        self.clock: datetime.datetime | None = None  # the last clock time
        self.part = ""  # the last part of a day named, and where
        self.part_at = -1
        self.year: int | None = None  # the last year that colours what follows, and where it was named
        self.year_at = -1
        self._lines = [m.start() for m in re.finditer("\n", self.text)]
        self._story_year = self._year_of_story()
        stamps = [(m.start(), clock_time(m.group().lower()) or "") for m in _STAMP.finditer(self.text)]
        passed = [at for (_, before), (at, after) in pairwise(stamps) if after < before and before > "18"]
        self.live = len(stamps) >= 3
        self._midnight = passed[0] if len(passed) == 1 else 0  # where the stamps of a live page pass midnight

    def _year_of_story(self) -> int | None:
        """A year of the past in the title, or one long ago in the lead: the text is about it."""
        if self.published is None:
            return None
        title = self._lines[0] if self._lines else 0
        if (found := _YEAR.search(self.text, 0, title)) and int(found[0]) < self.published.year:
            return int(found[0])
        if (found := _DATED.search(self.text, title, _LEAD)) and int(found[1]) <= self.published.year - _LONG_AGO:
            return int(found[1])
        return None

    def line(self, at: int) -> int:
        """Number of the line that holds this character."""
        return bisect_right(self._lines, at)

    def heads_line(self, start: int) -> bool:
        """Whether an expression opens its paragraph, alone or as the end of a range (*11 au 19 mars*)."""
        begin = self.text.rfind("\n", max(0, start - 12), start) + 1
        return start == 0 or (
            begin > 0 and re.fullmatch(r"(?:\d{1,2}(?:er)?(?:-| au | et ))?", self.text[begin:start]) is not None
        )

    def entry(self, start: int) -> datetime.date | None:
        """The day that heads this very paragraph, in a chronology."""
        return self.head if self.head and self.line(self.head_at) == self.line(start) else None

    def past_year(self, start: int) -> int | None:
        """A year before that of publication that the passage is about."""
        if self.published is None:
            return None
        if self.year is not None and (start - self.year_at <= _FAR or self._story_year or self.head):
            return self.year if self.year < self.published.year else None
        return self._story_year

    def near(self, start: int) -> bool:
        """Whether the last day was named in the same paragraph."""
        return self.last is not None and self.line(self.last_at) == self.line(start)

    def anchor(self, start: int, end: int) -> datetime.date | None:
        """The day that *la veille* leans on: the last one named.

        But not an aside of an earlier paragraph, and no day to come where the clause is in the past.
        """
        if self.last is None or self.published is None:
            return self.last or self.published
        last = self.last
        if last > self.published and self.tense(start, end) < 0:
            last = self.last_past or self.published
        aside = abs((last - self.published).days) > _ASIDE
        if aside and not self.near(start) and not self.past_year(start) and self.head is None:
            return self.published
        return last

    def clock_day(self, start: int, end: int) -> datetime.date | None:
        """The day of a bare clock time or part of day: of its entry on a live page, else the anchor."""
        if self.live and self.published:
            return self.published - datetime.timedelta(days=1) if start < self._midnight else self.published
        return self.anchor(start, end)

    def after_night(self) -> bool:
        """Whether the last day named is that of a night, so that the morning is of the next one."""
        return self.part == "TNI" and self.part_at == self.last_at and not self.live

    def tense(self, start: int, end: int) -> int:
        """See :func:`~baselines.dates.tense.tense`."""
        return tense(self.text, start, end)

    def year_of(self, month: int, day: int, start: int, end: int) -> int | None:
        """Year of a day or month without one: that of the passage, else the nearest, a little against the tense at most."""
        if self.published is None:
            return None
        if self.head is not None and self.heads_line(start):
            return self.head.year + ((month, day) < (self.head.month, self.head.day))
        centre, clause, past = self.published, self.tense(start, end), self.past_year(start)
        if self.head is not None and self.last is not None:
            centre = self.last
        elif past and abs(clause) < 2:
            centre, clause = self.last if self.last and self.last.year == past else datetime.date(past, 7, 1), 0
        return nearest_year(month, day, centre, clause)

    def saw(self, expression: Expression, value: str, colours: bool) -> None:
        """Remember what was named: a value, and whether its year colours what follows."""
        start = expression.start
        if day := re.match(r"\d{4}-\d\d-\d\d", value):
            self.last, self.last_at, self.grain = datetime.date.fromisoformat(day[0]), start, "day"
            if self.published is None or self.last <= self.published:
                self.last_past = self.last
            if (
                expression.kind in ("full", "weekday")
                and self.heads_line(start)
                and _HEAD.match(self.text, expression.end)
            ):
                self.head, self.head_at = self.last, start
        elif expression.kind == "month" and re.fullmatch(r"\d{4}-\d\d", value):
            self.month, self.grain = datetime.date.fromisoformat(f"{value}-01"), "month"
        elif expression.kind == "year":
            self.named_year, self.grain = int(value), "year"
        if (clock := re.search(r"T(\d\d):(\d\d)$", value)) and day and self.last:
            self.clock = datetime.datetime.combine(self.last, datetime.time(int(clock[1]) % 24, int(clock[2])))
        if part := re.search(r"T[A-Z]{2}$", value):
            self.part, self.part_at = part[0], start
        if colours:
            self.year, self.year_at = int(value[:4]), start


def nearest_year(month: int, day: int, centre: datetime.date, clause: int) -> int:
    """The year that brings a day nearest to ``centre``; one on the wrong side for the tense counts as farther away."""
    days = 30.5 * (month - centre.month) + day - centre.day

    def cost(year: int) -> float:
        away = days + 365 * year
        return abs(away) + (_AGAINST_TENSE * (4 if abs(clause) > 1 else 1) if away * clause < 0 else 0)

    return centre.year + min((0, -1, 1), key=cost)
