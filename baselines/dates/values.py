"""From an expression to its type and TIMEX3 value: which function resolves which kind, and what is no time after all."""

from __future__ import annotations

import re

from baselines.dates import days, hours, lengths, periods
from baselines.dates.context import Context
from baselines.dates.grammar import Expression
from baselines.dates.numbers import number
from baselines.dates.parts import Resolver, Value, words_before, words_behind
from benchmark.documents import is_timex_value


def value(expression: Expression, context: Context) -> Value | None:
    """Type and value of an expression, and the context moved on; ``None`` where it is no time after all."""
    try:
        found = _RESOLVERS[expression.kind](expression, context)
    except (OverflowError, ValueError):  # a day that the calendar does not have, a year beyond it
        return None
    if found is not None and not is_timex_value(*found):  # a year beyond all calendars
        found = ("DATE", "XXXX") if found[0] == "DATE" else None
    if found is not None:
        context.saw(expression, found[1], _colours(expression, context))
    return found


def _colours(e: Expression, context: Context) -> bool:
    """Whether an expression names a year that colours what follows: a date with its year, or *En 1960,* at the head."""
    if not e.get("year"):
        return False
    before = context.text[max(0, e.start - 12) : e.start]
    return e.kind == "full" or re.search(r"(?:^|[.?!\n] ?)(?:En |À |Au |À l')?$", before) is not None


def _constant(kind: str, timex: str) -> Resolver:
    return lambda e, context: (kind, timex)


def instant(e: Expression, context: Context) -> Value | None:
    """pour *l’instant*."""
    return ("DATE", "PRESENT_REF") if words_before(e, context).endswith("pour ") else None


_RESOLVERS: dict[str, Resolver] = {
    "instant": instant,
    "iso": days.iso,
    "slashes": days.slashes,
    "full": days.full,
    "day_only": days.day_number,
    "day_loose": days.day_number,
    "range_start": days.day_number,
    "weekday": days.weekday,
    "deictic": days.deictic,
    "eve": days.eve,
    "same": days.same,
    "day_when": days.same,
    "this_part": hours.this_part,
    "later_today": hours.later_today,
    "night": hours.night,
    "part_of_day": hours.part_with_day,
    "clock_day": hours.clock_day,
    "clock": hours.clock_hour,
    "day_part": hours.day_part,
    "some_day": hours.some_day,
    "part_only": hours.part_only,
    "meal": hours.meal,
    "ago": days.ago,
    "ahead": days.ahead,
    "shift": days.shift,
    "week": periods.week_ref,
    "weeks": lengths.weeks,
    "weekend": periods.weekend,
    "month_ref": periods.month_ref,
    "year_ref": periods.year_ref,
    "season": periods.season,
    "month": periods.month_named,
    "week_of_month": periods.week_of_month,
    "half": periods.half_year,
    "decade": periods.decade,
    "century": periods.century,
    "year": periods.year_alone,
    "feast": periods.feast,
    "weekly": lengths.weekly,
    "set": lengths.every,
    "per": lengths.every,
    "alternate": lengths.alternate,
    "frequency": lengths.frequency,
    "half_hour": lengths.half_hour,
    "long": lengths.vaguely,
    "number": lengths.bare_number,
    "duration": lengths.duration,
    "within": lengths.within,
    "fortnight": lengths.fortnight,
    "some_part": lengths.some_part,
    "now": _constant("DATE", "PRESENT_REF"),
    "present": _constant("DATE", "PRESENT_REF"),
    "past": _constant("DATE", "PAST_REF"),
    "future": _constant("DATE", "FUTURE_REF"),
}

# ---------------------------------------------------------------------------------------------------------------------
# What looks like a time and is none

_AGE = re.compile(
    r"(?:(?:^|[\n.,»(—–-] ?)à|\b(?:mort|morte|engagé|engagée|samedi|dimanche|élu|élue) à"
    r"|\b(?:a|ont|avait|avaient|âgée?s? de|aîné de|cadet de|habitué de|fils de|fille de)) $"
)
_APPOSED = re.compile(r"\w, $")
_LASTS = ("pendant ", "durant ", "dure ", "duré ", "en ", "d'", "passer ", "passait ", "passé ")


def is_time(e: Expression, context: Context) -> bool:
    """Whether a match is a time: no age, no participle *été*, no *une seconde* rencontre."""
    words, before, after = e.match.group(), words_before(e, context), words_behind(e, context, 8)
    if e.kind == "season":
        return not before.endswith("jardin d'") and (words != "été" or before.endswith("d'"))
    if e.kind != "duration":
        return True
    unit = e.get("unit")
    if unit.startswith("an") and (n := number(e.get("n").strip())) is not None and n > 1:
        apposed = _APPOSED.search(before) and after[:1] in (",", ".", ")") and n > 15
        return not apposed and (after.startswith((" de ", " d'")) or not _AGE.search(before))
    if words in ("un jour", "une nuit"):
        return before.endswith(_LASTS) or after.startswith(" de plus")
    if words.startswith("des "):
        return before.endswith(("depuis ", "après ", "pendant ", "durant ")) or after.startswith(" durant")
    return words != "une seconde"
