"""What the values of many kinds of expression share."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from baselines.dates.clock import clock_time, part_of_day
from baselines.dates.context import Context
from baselines.dates.grammar import Expression
from baselines.dates.numbers import number

Value = tuple[str, str]
Resolver = Callable[[Expression, Context], Value | None]
UNKNOWN_DAY = "XXXX-XX-XX"
ONE_DAY = datetime.timedelta(days=1)


def iso_day(date: datetime.date | None, shift: int = 0) -> str:
    """The date ``shift`` days on, X where it is not known."""
    return str(date + shift * ONE_DAY) if date else UNKNOWN_DAY


def iso_week(date: datetime.date) -> str:
    """*2025-W42*."""
    iso = date.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def words_before(e: Expression, context: Context, width: int = 24) -> str:
    """The last characters before an expression, in lower case."""
    return context.text[max(0, e.start - width) : e.start].lower()


def words_behind(e: Expression, context: Context, width: int = 40) -> str:
    """The first characters behind an expression, in lower case."""
    return context.text[e.end : e.end + width].lower()


def timed(e: Expression, context: Context, day: str) -> Value:
    """A day with the hour or part of day that its expression goes on to name."""
    if words := e.get("hour", "hour2"):
        if words == "la même heure" and context.clock:
            return "TIME", f"{day}T{context.clock:%H:%M}"
        if clock := clock_time(words):
            return "TIME", f"{day}T{clock}"
    code = part_of_day(e.get("part", "part2", "part3"))
    return ("TIME", f"{day}{code}") if code else ("DATE", day)


def counted(anchor: datetime.date | None, n: int, unit: str, grain: str = "day") -> Value:
    """The date ``n`` units from ``anchor``, as coarse as the unit, or as the anchor if that is coarser."""
    if anchor is None:
        return "DATE", UNKNOWN_DAY
    if unit.startswith(("an", "décennie", "siècle")):
        years = 1 if unit.startswith("an") else 10 if unit.startswith("dé") else 100
        return "DATE", f"{anchor.year + n * years:04d}"
    if grain == "year":
        return "DATE", f"{anchor.year}"
    if unit.startswith("mois"):
        months = anchor.year * 12 + anchor.month - 1 + n
        return "DATE", f"{months // 12:04d}-{months % 12 + 1:02d}"
    if grain == "month":
        return "DATE", f"{anchor.year}-XX"
    if unit.startswith("semaine"):
        return "DATE", iso_week(anchor + datetime.timedelta(weeks=n))
    return "DATE", iso_day(anchor, n)


def count(words: str) -> int | None:
    """*deux*, *une dizaine de*; none for *quelques*."""
    return number(words.strip())


def direction(which: str) -> int:
    """-1 for *dernier*, 1 for *prochain*, 0 for neither."""
    if which.startswith(("prochain", "suivant", "d'après")):
        return 1
    return -1 if which.startswith(("dernier", "dernière", "passé", "précédent", "d'avant")) else 0
