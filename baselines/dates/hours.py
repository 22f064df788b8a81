"""Values of hours and parts of a day."""

from __future__ import annotations

import re

from baselines.dates import days
from baselines.dates.clock import clock_time, part_of_day
from baselines.dates.context import Context
from baselines.dates.grammar import Expression
from baselines.dates.numbers import number
from baselines.dates.parts import ONE_DAY, UNKNOWN_DAY, Value, iso_day, words_before
from benchmark.review import WEEKDAYS


def this_part(e: Expression, context: Context) -> Value | None:
    """*ce soir*, *cette nuit-là*, *le matin même*."""
    code = part_of_day(e.get("part", "part2", "part3"))
    if not e.get("this") or e.get("that"):
        day = context.anchor(e.start, e.end)
    else:
        day = context.published
        if code == "TNI" and day and context.tense(e.start, e.end) < 0:
            day -= ONE_DAY
    if hour := e.get("hour"):
        return "TIME", f"{iso_day(day)}T{clock_time(hour, code in ('TAF', 'TEV'))}"
    return ("TIME", f"{iso_day(day)}{code}") if code else ("DATE", iso_day(day))


def later_today(e: Expression, context: Context) -> Value | None:
    """*plus tard dans la journée*."""
    day, code = context.anchor(e.start, e.end), part_of_day(e.get("part"))
    return ("TIME", f"{iso_day(day)}{code}") if code else ("DATE", iso_day(day))


def night(e: Expression, context: Context) -> Value | None:
    """*la nuit de lundi à mardi*, of the first day."""
    if e.get("day_after") in WEEKDAYS:  # the later day tells which week it is
        after = days.day_said(e.get("day_after"), e, context, e.end)
        return "TIME", f"{iso_day(after, -1)}TNI"
    return "TIME", f"{iso_day(days.day_said(e.get('day'), e, context, e.match.end('day')))}TNI"


def part_with_day(e: Expression, context: Context) -> Value | None:
    """*le matin du 12 février*, *la journée d’hier*."""
    day, code = iso_day(days.day_said(e.get("day"), e, context, e.end)), part_of_day(e.get("part"))
    return ("TIME", f"{day}{code}") if code else ("DATE", day)


def clock_day(e: Expression, context: Context) -> Value | None:
    """*16 h 40, hier*."""
    day = e.get("day")
    shift = {"hier": -1, "demain": 1}.get(day, 0)
    clock = clock_time(e.get("hour"), part_of_day(day) in ("TAF", "TEV"))
    return ("TIME", f"{iso_day(context.published, shift)}T{clock}") if clock else None


def clock_hour(e: Expression, context: Context) -> Value | None:
    """*14 h 30*, *dix heures du soir*."""
    words = e.get("hour", "hour2")
    clock = clock_time(words, is_late(words, e, context))
    return at_clock(clock, e, context) if clock else None


def at_clock(clock: str, e: Expression, context: Context) -> Value:
    """A clock time on the day of its passage; a small hour after an evening or night is of the next day."""
    if re.search(r"(?:chaque|tous les) \w+,? (?:\w+ )?$", words_before(e, context)):
        return "TIME", f"{UNKNOWN_DAY}T{clock}"
    small = clock < "06" and context.part == "TEV" and _near_part(e, context) and not context.live
    after = small or (clock < "12" and context.after_night())
    return "TIME", f"{iso_day(context.clock_day(e.start, e.end), int(after))}T{clock}"


def _near_part(e: Expression, context: Context) -> bool:
    return 0 <= e.start - context.part_at < 150 and context.line(context.part_at) == context.line(e.start)


def is_late(words: str, e: Expression, context: Context) -> bool:
    """Whether *trois heures* is 15:00: the passage is in an afternoon or evening, or just said so of the same hour."""
    hour = number(words.partition(" heure")[0])
    if words[:1].isdigit() or hour is None or hour > 8:
        return False
    again = context.clock is not None and context.clock.hour == hour + 12 and context.near(e.start)
    return again or (context.part in ("TAF", "TEV") and _near_part(e, context))


def day_part(e: Expression, context: Context) -> Value | None:
    """*la soirée*, *en fin d’après-midi*."""
    code = part_of_day(e.get("edge") + e.get("part"))
    if (e.get("whole") or words_before(e, context).endswith("toute ")) and not code:
        return "DURATION", "P1D"
    day = context.clock_day(e.start, e.end)
    if code == "TMO" and context.after_night():
        return "TIME", f"{iso_day(day, 1)}{code}"
    last_night = code == "TNI" and day == context.published and not context.live and not e.get("edge")
    if last_night and context.tense(e.start, e.end) <= 0:
        return "TIME", f"{iso_day(day, -1)}{code}"
    return ("TIME", f"{iso_day(day)}{code}") if code else ("DATE", iso_day(day))


def some_day(e: Expression, context: Context) -> Value | None:
    """*un soir*."""
    return "TIME", f"{UNKNOWN_DAY}{part_of_day(e.get('part'))}"


def part_only(e: Expression, context: Context) -> Value | None:
    """bulletin du *soir*."""
    return "TIME", f"{iso_day(context.clock_day(e.start, e.end))}{part_of_day(e.get('part'))}"


def meal(e: Expression, context: Context) -> Value | None:
    """*l’heure du déjeuner*, *le lever du jour*."""
    if e.get("rise"):
        return "TIME", f"{iso_day(context.clock_day(e.start, e.end))}TMO"
    code = {"petit déjeuner": "TMO", "dîner": "TEV", "souper": "TEV"}.get(e.get("meal"), "TMI")
    return "TIME", f"{iso_day(context.clock_day(e.start, e.end))}{code}"
