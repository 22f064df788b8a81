"""From an expression to its type and TIMEX3 value: one function a kind of expression."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from baselines.dates.clock import clock_time, part_of_day
from baselines.dates.context import Context, nearest_year
from baselines.dates.grammar import ORDINALS, SEASONS, Expression
from baselines.dates.numbers import number
from benchmark.documents import is_timex_value
from benchmark.review import MONTHS, WEEKDAYS

Value = tuple[str, str]
Resolver = Callable[[Expression, Context], Value | None]
_RESOLVERS: dict[str, Resolver] = {}

_UNKNOWN_DAY = "XXXX-XX-XX"
_MONTH, _DAY_NAME = "|".join(MONTHS), "|".join(WEEKDAYS)
_MIDSEASON = {"SP": (5, 5), "SU": (8, 5), "FA": (11, 5), "WI": (2, 4)}
_ONE = datetime.timedelta(days=1)


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


def _of(*kinds: str) -> Callable[[Resolver], Resolver]:
    def register(function: Resolver) -> Resolver:
        _RESOLVERS.update(dict.fromkeys(kinds, function))
        return function

    return register


def _constant(kind: str, timex: str) -> Resolver:
    return lambda e, context: (kind, timex)


for _kinds, _value in (
    (("now", "present"), "PRESENT_REF"),
    (("past",), "PAST_REF"),
    (("future",), "FUTURE_REF"),
):
    _of(*_kinds)(_constant("DATE", _value))


@_of("instant")
def _instant(e: Expression, context: Context) -> Value | None:
    return ("DATE", "PRESENT_REF") if _before(e, context).endswith("pour ") else None


# ---------------------------------------------------------------------------------------------------------------------
# Parts that many kinds share


def _day(date: datetime.date | None, shift: int = 0) -> str:
    return str(date + shift * _ONE) if date else _UNKNOWN_DAY


def _week(date: datetime.date) -> str:
    iso = date.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def _before(e: Expression, context: Context, width: int = 24) -> str:
    return context.text[max(0, e.start - width) : e.start].lower()


def _after(e: Expression, context: Context, width: int = 40) -> str:
    return context.text[e.end : e.end + width].lower()


def _timed(e: Expression, context: Context, day: str) -> Value:
    """A day with the hour or part of day that its expression goes on to name."""
    if words := e.get("hour", "hour2"):
        if words == "la même heure" and context.clock:
            return "TIME", f"{day}T{context.clock:%H:%M}"
        if clock := clock_time(words):
            return "TIME", f"{day}T{clock}"
    code = part_of_day(e.get("part", "part2", "part3"))
    return ("TIME", f"{day}{code}") if code else ("DATE", day)


def _shifted(anchor: datetime.date | None, n: int, unit: str, grain: str = "day") -> Value:
    """The date ``n`` units from ``anchor``, as coarse as the unit, or as the anchor if that is coarser."""
    if anchor is None:
        return "DATE", _UNKNOWN_DAY
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
        return "DATE", _week(anchor + datetime.timedelta(weeks=n))
    return "DATE", _day(anchor, n)


_MONTH_AHEAD = re.compile(
    r"(?:(?:-|–| au | et | ou |, )(?:le )?(?:[12]?\d|3[01])(?:er)?){1,6} "
    rf"(?:(?P<month>{_MONTH})(?: (?P<year>(?:1[5-9]|20)\d\d))?|de ce mois\b)"
)
_WEEKDAY_AHEAD = re.compile(
    rf"(?: soir| matin)? (?:à|au|et) (?:le )?(?P<name>{_DAY_NAME})s?(?: (?P<which>derniers?|prochains?))?"
)


def _monthly(day: int, e: Expression, context: Context, end: int | None = None) -> datetime.date | None:
    """The day of that number: of the month that follows (*du 9 au 10 mai*), else of the one the passage is in."""
    end = e.end if end is None else end
    if ahead := _MONTH_AHEAD.match(context.text[end : end + 60].lower()):
        if ahead["month"] is None:
            return context.published.replace(day=day) if context.published else None
        month = MONTHS.index(ahead["month"]) + 1
        year = int(ahead["year"]) if ahead["year"] else context.year_of(month, day, e.start, end + ahead.end())
        return datetime.date(year, month, day) if year else None
    anchor = context.month if context.grain == "month" else context.anchor(e.start, e.end)
    if anchor is None:
        return None
    tense, today = context.tense(e.start, end), anchor if context.head else context.published or anchor
    first = anchor.replace(day=1)
    months = [(0, first), (20, (first - _ONE).replace(day=1)), (20, (first + 32 * _ONE).replace(day=1))]
    fitting = []
    for cost, month_start in months:
        try:
            date = month_start.replace(day=day)
        except ValueError:
            continue
        fitting.append((cost + (45 if (date - today).days * tense < 0 and not context.past_year(e.start) else 0), date))
    return min(fitting, default=(0, None))[1]


# ---------------------------------------------------------------------------------------------------------------------
# Days


@_of("iso")
def _iso(e: Expression, context: Context) -> Value | None:
    return "DATE", str(datetime.date.fromisoformat(e.match.group()))


@_of("slashes")
def _slashes(e: Expression, context: Context) -> Value | None:
    return "DATE", str(datetime.date(int(e.get("year")), int(e.get("month")), int(e.get("day"))))


@_of("full")
def _full(e: Expression, context: Context) -> Value | None:
    day = int(e.get("day"))
    if this := e.get("this"):
        base = context.published if this == "de ce mois" else context.month or context.anchor(e.start, e.end)
        return _timed(e, context, str(base.replace(day=day))) if base else ("DATE", f"XXXX-XX-{day:02d}")
    month, which = MONTHS.index(e.get("month")) + 1, e.get("which")
    year = int(e.get("year") or 0) or context.year_of(month, day, e.start, e.end)
    if year is None:
        return "DATE", f"XXXX-{month:02d}-{day:02d}"
    if context.published and which[:4] in ("dern", "proc"):
        passed = (month, day) < (context.published.month, context.published.day)
        year = context.published.year + (0 if passed else -1) if which[0] == "d" else context.published.year + passed
    return _timed(e, context, str(datetime.date(year, month, day)))


@_of("day_only", "day_loose", "range_start")
def _day_number(e: Expression, context: Context) -> Value | None:
    day = int(e.get("day").removesuffix("er"))
    date = _monthly(day, e, context)
    return _timed(e, context, str(date)) if date else ("DATE", f"XXXX-XX-{day:02d}")


def _back(day: datetime.date, weekday: int) -> datetime.date:
    return day - (day.weekday() - weekday) % 7 * _ONE


def _ahead(day: datetime.date, weekday: int) -> datetime.date:
    return day + (weekday - day.weekday()) % 7 * _ONE


def _nearest(day: datetime.date, weekday: int) -> datetime.date:
    return min((_back(day, weekday), _ahead(day, weekday)), key=lambda d: abs((d - day).days))


@_of("weekday")
def _weekday(e: Expression, context: Context) -> Value | None:
    index = WEEKDAYS.index(e.get("name"))
    anchor = context.anchor(e.start, e.end)
    date = _date_of_weekday(index, e, context, anchor) if anchor else None
    return _timed(e, context, str(date) if date else f"XXXX-WXX-{index + 1}")


def _date_of_weekday(index: int, e: Expression, context: Context, anchor: datetime.date) -> datetime.date | None:
    if number_of := e.get("number"):
        near = [anchor + n * _ONE for n in range(-60, 61)]
        fitting = [d for d in near if d.day == int(number_of) and d.weekday() == index]
        return min(fitting, key=lambda d: abs((d - anchor).days), default=None)
    if e.get("that"):
        return _back(anchor, index)
    if e.get("same"):
        return _nearest(anchor, index)
    if e.get("article") == "un":
        return anchor if anchor.weekday() == index else None
    if e.get("which"):
        return _weekday_pointed_at(index, e.get("which"), context.published or anchor, anchor)
    second = _WEEKDAY_AHEAD.match(_after(e, context))
    if not second and _is_article(e, context):
        if context.near(e.start) or context.past_year(e.start):
            return _nearest(anchor, index)
        if e.get("article"):
            return None  # a habit
    published = context.published
    if published is None or context.past_year(e.start) or context.head:
        return _nearest(anchor, index)
    clause = context.tense(e.start, e.end)
    if second:  # *lundi et mardi derniers*, *de lundi à vendredi*: the day before the other
        if second["which"]:
            clause = _step(second["which"])
        return _back(_by_tense(WEEKDAYS.index(second["name"]), clause, published), index)
    return _by_tense(index, clause, published)


def _is_article(e: Expression, context: Context) -> bool:
    """Whether a bare weekday has its article, *le* or that of *du*: one of the narrative, or a habit."""
    bare = not e.get("hour", "hour2", "part", "part2", "part3")
    return bare and (e.get("article") == "le" or re.search(r"\b(?:du|au) $", _before(e, context)) is not None)


def _weekday_pointed_at(index: int, which: str, published: datetime.date, anchor: datetime.date) -> datetime.date:
    """*lundi dernier*, *jeudi en huit*: from publication; *le lundi suivant*: from the anchor."""
    if "semaine" in which:
        monday = published - published.weekday() * _ONE
        return monday + (index + 7 * (1 if "prochaine" in which or "suivante" in which else -1)) * _ONE
    if which in ("en huit", "en quinze"):
        return _ahead(published + _ONE, index) + (7 if which == "en huit" else 14) * _ONE
    base = anchor if which.startswith(("suivant", "précédent", "d'a")) else published
    return _ahead(base + _ONE, index) if _step(which) > 0 else _back(base - _ONE, index)


def _by_tense(index: int, clause: int, published: datetime.date) -> datetime.date:
    return _ahead(published, index) if clause > 0 else _back(published, index)


@_of("deictic")
def _deictic(e: Expression, context: Context) -> Value | None:
    said = e.get("said")
    shift = {"avant-hier": -2, "hier": -1, "demain": 1, "après-demain": 2}.get(said, 0)
    if said == "aujourd'hui" and (context.published is None or _loosely(e, context)):
        return "DATE", "PRESENT_REF"
    return _timed(e, context, _day(context.entry(e.start) or context.published, shift))


def _loosely(e: Expression, context: Context) -> bool:
    """Whether *aujourd’hui* means these times: beside a past year."""
    return context.past_year(e.start) is not None and context.tense(e.start, e.end) >= 0


@_of("eve")
def _eve(e: Expression, context: Context) -> Value | None:
    said = e.get("said")
    shift = -2 if "avant" in said else -1 if "veille" in said else 2 if "surlendemain" in said else 1
    if feast := e.get("feast"):
        date = _feast_day(feast, e, context)
        return ("DATE", _day(date, shift)) if date else ("DATE", _UNKNOWN_DAY)
    if re.match(r"(?: même| donc)? (?:de |du |des |d')", _after(e, context)):
        shift = 0  # the day before an event is the day that is being told
    return _timed(e, context, _day(context.anchor(e.start, e.end), shift))


@_of("same", "day_when")
def _same(e: Expression, context: Context) -> Value | None:
    words = e.match.group().lower()
    if words == "ce jour":
        if _before(e, context).endswith("à ") and not _before(e, context).endswith("compter à "):
            return "DATE", "PRESENT_REF"
        return "DATE", _day(context.published)
    heads = context.head is not None and context.heads_line(e.start)
    return "DATE", _day(context.head if heads else context.anchor(e.start, e.end))


# ---------------------------------------------------------------------------------------------------------------------
# Parts of a day and the clock


@_of("this_part")
def _this_part(e: Expression, context: Context) -> Value | None:
    code = part_of_day(e.get("part", "part2", "part3"))
    if not e.get("this") or e.get("that"):
        day = context.anchor(e.start, e.end)
    else:
        day = context.published
        if code == "TNI" and day and context.tense(e.start, e.end) < 0:
            day -= _ONE
    if hour := e.get("hour"):
        return "TIME", f"{_day(day)}T{clock_time(hour, code in ('TAF', 'TEV'))}"
    return ("TIME", f"{_day(day)}{code}") if code else ("DATE", _day(day))


@_of("later_today")
def _later_today(e: Expression, context: Context) -> Value | None:
    day, code = context.anchor(e.start, e.end), part_of_day(e.get("part"))
    return ("TIME", f"{_day(day)}{code}") if code else ("DATE", _day(day))


def _day_said(words: str, e: Expression, context: Context, end: int) -> datetime.date | None:
    """The day that some words within an expression say."""
    words = words.lower()
    if words in ("hier", "la veille", "lendemain"):
        base = context.published if words == "hier" else context.anchor(e.start, e.end)
        return base + (1 if words == "lendemain" else -1) * _ONE if base else None
    if words in WEEKDAYS:
        published = context.published
        if published is None or context.past_year(e.start):
            anchor = context.anchor(e.start, e.end)
            return _nearest(anchor, WEEKDAYS.index(words)) if anchor else None
        return _by_tense(WEEKDAYS.index(words), context.tense(e.start, e.end), published)
    found = re.fullmatch(rf"(?:(?:{_DAY_NAME}) )?(\d{{1,2}})(?:er)?(?: ({_MONTH})(?: (\d{{4}}))?)?", words)
    if not found:
        return None
    if not found[2]:
        return _monthly(int(found[1]), e, context, end)
    month = MONTHS.index(found[2]) + 1
    year = int(found[3]) if found[3] else context.year_of(month, int(found[1]), e.start, e.end)
    return datetime.date(year, month, int(found[1])) if year else None


@_of("night")
def _night(e: Expression, context: Context) -> Value | None:
    if e.get("day_after") in WEEKDAYS:  # the later day tells which week it is
        after = _day_said(e.get("day_after"), e, context, e.end)
        return "TIME", f"{_day(after, -1)}TNI"
    return "TIME", f"{_day(_day_said(e.get('day'), e, context, e.match.end('day')))}TNI"


@_of("part_of_day")
def _part_of_day(e: Expression, context: Context) -> Value | None:
    day, code = _day(_day_said(e.get("day"), e, context, e.end)), part_of_day(e.get("part"))
    return ("TIME", f"{day}{code}") if code else ("DATE", day)


@_of("clock_day")
def _clock_day(e: Expression, context: Context) -> Value | None:
    day = e.get("day")
    shift = {"hier": -1, "demain": 1}.get(day, 0)
    clock = clock_time(e.get("hour"), part_of_day(day) in ("TAF", "TEV"))
    return ("TIME", f"{_day(context.published, shift)}T{clock}") if clock else None


@_of("clock")
def _hour(e: Expression, context: Context) -> Value | None:
    words = e.get("hour", "hour2")
    clock = clock_time(words, _is_late(words, e, context))
    return _at(clock, e, context) if clock else None


def _at(clock: str, e: Expression, context: Context) -> Value:
    """A clock time on the day of its passage; a small hour after an evening or night is of the next day."""
    if re.search(r"(?:chaque|tous les) \w+,? (?:\w+ )?$", _before(e, context)):
        return "TIME", f"{_UNKNOWN_DAY}T{clock}"
    small = clock < "06" and context.part == "TEV" and _near_part(e, context) and not context.live
    after = small or (clock < "12" and context.after_night())
    return "TIME", f"{_day(context.clock_day(e.start, e.end), int(after))}T{clock}"


def _near_part(e: Expression, context: Context) -> bool:
    return 0 <= e.start - context.part_at < 150 and context.line(context.part_at) == context.line(e.start)


def _is_late(words: str, e: Expression, context: Context) -> bool:
    """Whether *trois heures* is 15:00: the passage is in an afternoon or evening, or just said so of the same hour."""
    hour = number(words.partition(" heure")[0])
    if words[:1].isdigit() or hour is None or hour > 8:
        return False
    again = context.clock is not None and context.clock.hour == hour + 12 and context.near(e.start)
    return again or (context.part in ("TAF", "TEV") and _near_part(e, context))


@_of("day_part")
def _day_part(e: Expression, context: Context) -> Value | None:
    code = part_of_day(e.get("edge") + e.get("part"))
    if (e.get("whole") or _before(e, context).endswith("toute ")) and not code:
        return "DURATION", "P1D"
    day = context.clock_day(e.start, e.end)
    if code == "TMO" and context.after_night():
        return "TIME", f"{_day(day, 1)}{code}"
    last_night = code == "TNI" and day == context.published and not context.live and not e.get("edge")
    if last_night and context.tense(e.start, e.end) <= 0:
        return "TIME", f"{_day(day, -1)}{code}"
    return ("TIME", f"{_day(day)}{code}") if code else ("DATE", _day(day))


@_of("some_day")
def _some_day(e: Expression, context: Context) -> Value | None:
    return "TIME", f"{_UNKNOWN_DAY}{part_of_day(e.get('part'))}"


@_of("part_only")
def _part_only(e: Expression, context: Context) -> Value | None:
    return "TIME", f"{_day(context.clock_day(e.start, e.end))}{part_of_day(e.get('part'))}"


@_of("meal")
def _meal(e: Expression, context: Context) -> Value | None:
    if e.get("rise"):
        return "TIME", f"{_day(context.clock_day(e.start, e.end))}TMO"
    code = {"petit déjeuner": "TMO", "dîner": "TEV", "souper": "TEV"}.get(e.get("meal"), "TMI")
    return "TIME", f"{_day(context.clock_day(e.start, e.end))}{code}"


# ---------------------------------------------------------------------------------------------------------------------
# Counted from a day


def _count(words: str) -> int | None:
    return number(words.strip())


@_of("ago")
def _ago(e: Expression, context: Context) -> Value | None:
    n, unit = _count(e.get("n")), e.get("unit")
    if n is None:
        return "DATE", "PAST_REF"
    if e.get("today") and context.published and unit.startswith("an"):
        return "DATE", str(context.published.replace(year=context.published.year - n))
    if unit.startswith("heure") and n % 24 == 0:
        n, unit = n // 24, "jours"
    return ("DATE", "PAST_REF") if unit[:3] in ("sec", "min", "heu") else _shifted(context.published, -n, unit)


@_of("ahead")
def _in(e: Expression, context: Context) -> Value | None:
    n, unit = _count(e.get("n")), e.get("unit")
    if n is None or unit[:3] in ("sec", "min", "heu"):
        return "DATE", "FUTURE_REF"
    return _shifted(context.published, n, unit)


@_of("shift")
def _shift(e: Expression, context: Context) -> Value | None:
    sign = 1 if e.get("way") in ("plus tard", "après") else -1
    n, unit, anchor = _count(e.get("n")), e.get("unit"), context.anchor(e.start, e.end)
    grain = "day"
    if context.grain == "month" and context.month:
        anchor, grain = context.month, "month"
    elif context.grain == "year" and context.named_year:
        anchor, grain = datetime.date(context.named_year, 7, 1), "year"
    if unit[:3] in ("sec", "min", "heu"):
        return _hours_on(n, sign, unit, anchor, context)
    if anchor is None:
        return "DATE", _UNKNOWN_DAY
    if n is None:
        return "DATE", f"{anchor:%Y-%m}-XX" if unit.startswith("jour") and grain == "day" else f"{anchor.year}-XX"
    if n >= 10 and sign > 0 and unit.startswith("an"):
        return _shifted(context.published, 0, "ans")  # an anniversary: the years have passed today
    return _shifted(anchor, sign * n, unit, grain)


def _hours_on(n: int | None, sign: int, unit: str, anchor: datetime.date | None, context: Context) -> Value:
    """Hours after a clock time, which gives another; else the day itself."""
    if n is not None and context.clock and context.clock.date() == anchor:
        step = datetime.timedelta(
            **{"hours" if unit[0] == "h" else "minutes" if unit[0] == "m" else "seconds": sign * n}
        )
        return "TIME", f"{context.clock + step:%Y-%m-%dT%H:%M}"
    return "DATE", _day(anchor)


# ---------------------------------------------------------------------------------------------------------------------
# Weeks, months, years


def _step(which: str) -> int:
    """-1 for *dernier*, 1 for *prochain*, 0 for neither."""
    if which.startswith(("prochain", "suivant", "d'après")):
        return 1
    return -1 if which.startswith(("dernier", "dernière", "passé", "précédent", "d'avant")) else 0


def _leans(e: Expression) -> bool:
    """Whether a reference leans on the passage (*la semaine suivante*), not on today."""
    return (
        bool(e.get("same", "edge_same"))
        or e.get("that") == "-là"
        or e.get("which", "edge_which")[:3] in ("sui", "pré", "d'a")
    )


@_of("week")
def _week_ref(e: Expression, context: Context) -> Value | None:
    anchor = context.anchor(e.start, e.end) if _leans(e) else context.published
    return "DATE", _week(anchor + 7 * _step(e.get("which", "edge_which")) * _ONE) if anchor else "XXXX-WXX"


@_of("weeks")
def _weeks(e: Expression, context: Context) -> Value | None:
    return "DURATION", f"P{number(e.get('n')) or 'X'}W"


@_of("weekend")
def _weekend(e: Expression, context: Context) -> Value | None:
    anchor = context.anchor(e.start, e.end) if e.get("that") else context.published
    if anchor is None:
        return "DATE", "XXXX-WXX-WE"
    step = _step(e.get("which"))
    if not step and not e.get("that") and anchor.weekday() < 5 and context.tense(e.start, e.end) < 0:
        step = -1
    return "DATE", f"{_week(anchor + 7 * step * _ONE)}-WE"


@_of("month_ref")
def _month_ref(e: Expression, context: Context) -> Value | None:
    anchor = context.published
    if _leans(e) or (context.past_year(e.start) and not e.get("which", "edge_which")):
        anchor = context.month if context.grain == "month" else context.anchor(e.start, e.end)
    return _shifted(anchor, _step(e.get("which", "edge_which")), "mois") if anchor else ("DATE", "XXXX-XX")


@_of("year_ref")
def _year_ref(e: Expression, context: Context) -> Value | None:
    if e.get("year"):
        return "DATE", e.get("year")
    anchor, past = context.published, context.past_year(e.start)
    which = e.get("which", "edge_which")
    if past and (_leans(e) or not which):
        return "DATE", f"{past + _step(which):04d}"
    if _leans(e):
        anchor = context.month if context.grain == "month" else context.anchor(e.start, e.end)
    return ("DATE", f"{anchor.year + _step(which):04d}") if anchor else ("DATE", "XXXX")


@_of("season")
def _season(e: Expression, context: Context) -> Value | None:
    code, which = SEASONS[e.get("season")], e.get("which")
    if e.get("year"):
        return "DATE", f"{e.get('year')}-{code}"
    if e.get("article") == "un " or context.published is None:
        return "DATE", f"XXXX-{code}"
    month, day = _MIDSEASON[code]
    if step := _step(which):
        published = context.published
        year = published.year + (step > 0 and (month, day) <= (published.month, published.day))
        year -= step < 0 and (month, day) >= (published.month, published.day)
    elif e.get("article").startswith("ce") and not context.past_year(e.start):
        year = nearest_year(month, day, context.published, 0)
    else:
        year = context.year_of(month, day, e.start, e.end) or context.published.year
    return "DATE", f"{year - (code == 'WI')}-{code}"  # a winter has the year it begins in


@_of("month")
def _month(e: Expression, context: Context) -> Value | None:
    month, published = MONTHS.index(e.get("month")) + 1, context.published
    if e.get("year"):
        return "DATE", f"{e.get('year')}-{month:02d}"
    if published is None:
        return "DATE", f"XXXX-{month:02d}"
    which = e.get("which")
    if which.startswith(("suivant", "d'après")) and (
        anchor := context.month if context.grain == "month" else context.anchor(e.start, e.end)
    ):
        return "DATE", f"{anchor.year + (month <= anchor.month)}-{month:02d}"
    if step := _step(which):
        year = published.year + (month <= published.month if step > 0 else -(month >= published.month))
    else:
        year = context.year_of(month, 15, e.start, e.end) or published.year
    return "DATE", f"{year}-{month:02d}"


@_of("week_of_month")
def _week_of_month(e: Expression, context: Context) -> Value | None:
    month, rank = MONTHS.index(e.get("month")) + 1, ORDINALS[e.get("rank")]
    year = int(e.get("year") or 0) or context.year_of(month, 15, e.start, e.end)
    if year is None:
        return "DATE", f"XXXX-{month:02d}"
    first = datetime.date(year, month, 1)
    if rank < 0:
        return "DATE", _week((first + 32 * _ONE).replace(day=1) - _ONE)
    return "DATE", _week(first + (3 + 7 * (rank - 1)) * _ONE)


@_of("half")
def _half(e: Expression, context: Context) -> Value | None:
    rank, kind = ORDINALS[e.get("rank")], "H" if e.get("half") == "semestre" else "Q"
    most = 2 if kind == "H" else 4
    year = e.get("year") or (str(context.published.year) if context.published else "XXXX")
    return ("DATE", f"{year}-{kind}{rank if rank > 0 else most}") if rank <= most else None


@_of("decade")
def _decade(e: Expression, context: Context) -> Value | None:
    digits = e.get("decade")
    return "DATE", digits[:3] if len(digits) == 4 else f"19{digits[0]}"


@_of("century")
def _century(e: Expression, context: Context) -> Value | None:
    digits = e.get("century")
    n = int(digits) if digits.isdecimal() else _roman(digits)
    return ("DATE", f"{n - 1:02d}") if 2 <= n <= 22 else None


def _roman(digits: str) -> int:
    values = [{"x": 10, "v": 5, "i": 1}[d] for d in digits]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


@_of("year")
def _year(e: Expression, context: Context) -> Value | None:
    return "DATE", e.get("year")


def _feast_day(feast: str, e: Expression, context: Context) -> datetime.date | None:
    month, day = (12, 25) if feast == "noël" else (1, 1)
    year = context.year_of(month, day, e.start, e.end)
    return datetime.date(year, month, day) if year and feast in ("noël", "nouvel an") else None


@_of("feast")
def _feast(e: Expression, context: Context) -> Value | None:
    date = _feast_day(e.get("feast"), e, context)
    return "DATE", str(date) if date else "XXXX-12-25" if e.get("feast") == "noël" else "XXXX-01-01"


# ---------------------------------------------------------------------------------------------------------------------
# Sets and lengths

_UNITS = {
    "S": ("sec",),
    "M": ("min", "moi"),
    "H": ("heu",),
    "D": ("jou", "mat", "soi", "nui"),
    "W": ("sem",),
    "Y": ("an", "ann", "ans", "pri", "été", "aut", "hiv", "déc", "siè"),
}
_LETTER = {stem: letter for letter, stems in _UNITS.items() for stem in stems}
_TIMES = {"déc": 10, "siè": 100}
# What stands before a clock time and not before a length.
_AT = re.compile(r"\b(?:à|vers|avant|dès|jusqu'à|journal de|train de|autorail de|peu après|il est) $")
_STANDS_ALONE = re.compile(r"(?:^|\n|, |\bdepuis )$")


def _period(n: int | str, unit: str) -> str:
    """*deux*, *ans* → ``P2Y``."""
    if unit.startswith("trimestre"):
        return f"P{3 * n if isinstance(n, int) else n}M"
    if unit.startswith("semestre"):
        return f"P{6 * n if isinstance(n, int) else n}M"
    key = unit[:3] if unit[:3] in _LETTER else unit[:2]
    times = _TIMES.get(key, 1)
    return f"{'PT' if key in ('sec', 'min', 'heu') else 'P'}{n * times if isinstance(n, int) else n}{_LETTER[key]}"


@_of("weekly")
def _weekly(e: Expression, context: Context) -> Value | None:
    return "SET", f"XXXX-WXX-{WEEKDAYS.index(e.get('name')) + 1}"


@_of("set", "per")
def _set(e: Expression, context: Context) -> Value | None:
    n = number(e.get("n")) if "n" in e.match.groupdict() and e.get("n") else 1
    return "SET", _period(n or 1, e.get("unit"))


@_of("alternate")
def _alternate(e: Expression, context: Context) -> Value | None:
    return "SET", _period(number(e.get("n")) or 1, e.get("unit"))


@_of("frequency")
def _frequency(e: Expression, context: Context) -> Value | None:
    periods = {"annuel": "P1Y", "quotidien": "P1D", "mensuel": "P1M", "hebdomadaire": "P1W", "trimestriel": "P3M"}
    return "SET", periods.get(e.get("often"), "P6M" if e.get("often") == "semestriel" else "P2Y")


@_of("half_hour")
def _half_hour(e: Expression, context: Context) -> Value | None:
    words = e.match.group().lower()
    return "DURATION", "PT30M" if "demi" in words else "PT45M" if "trois" in words else "PT15M"


@_of("long")
def _long(e: Expression, context: Context) -> Value | None:
    return "DURATION", "PTXH" if "heures" in e.match.group().lower() else "PXX"


@_of("number")
def _bare_number(e: Expression, context: Context) -> Value | None:
    """*six* of *six ou huit mois*."""
    unit = re.match(r" (?:à|ou) \S+ (\w+)", _after(e, context, 60))
    n = number(e.get("n"))
    key = unit[1][:3] if unit else ""
    if n is None or unit is None or (key not in _LETTER and key[:2] not in _LETTER):
        return None
    return "DURATION", _period(n, unit[1])


@_of("duration")
def _duration(e: Expression, context: Context) -> Value | None:
    if e.get("demi"):
        return "DURATION", "PT1H30M"
    unit, words = e.get("unit"), e.get("n").strip()
    n = number(words)
    if unit.startswith("heure") and n is not None and n <= 24 and _is_clock(n, words, e, context):
        said = f"{words} heures{e.get('half')}"
        return _at(clock_time(said, _is_late(said, e, context)) or "", e, context)
    if n is None:
        return "DURATION", _period("X", unit)
    period = _period(n, unit)
    if half := e.get("half"):
        more = {"H": "15M" if "quart" in half else "30M", "Y": "6M"}.get(period[-1])
        return "DURATION", f"{period}{more}" if more else period.replace(str(n), f"{n}.5")
    if (more := e.get("n2")) and (second := number(more)) is not None:
        then = _period(second, e.get("unit2"))
        if then.startswith("PT") == period.startswith("PT"):
            return "DURATION", period + then.removeprefix("PT" if then.startswith("PT") else "P")
    return "DURATION", period


def _is_clock(n: int, words: str, e: Expression, context: Context) -> bool:
    """Whether *n heures* is a time of day and no length."""
    before, after = _before(e, context, 16), _after(e, context)
    if re.match(r" (?:de |d'|durant|plus tard|environ)", after) or e.match.group().lower()[:3] in (
        "plu",
        "moi",
        "env",
        "prè",
    ):
        return False
    if _AT.search(before) or (words.isdecimal() and (_STANDS_ALONE.search(before) or n > 12)):
        return True
    return bool((n > 8 and before.endswith("depuis ")) or re.match(r" à (?:\d|midi|minuit)", after))


@_of("within")
def _within(e: Expression, context: Context) -> Value | None:
    if not _before(e, context).endswith("dans "):
        return None
    if "heure" in e.match.group().lower():
        return "DURATION", "PT1H"
    return "DATE", _week(context.published) if context.published else "XXXX-WXX"


@_of("fortnight")
def _fortnight(e: Expression, context: Context) -> Value | None:
    return "DURATION", "P2W" if e.get("length") == "quinzaine" else "P1W"


@_of("some_part")
def _some_part(e: Expression, context: Context) -> Value | None:
    return "DURATION", "PXX"


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
    words, before, after = e.match.group().lower(), _before(e, context), _after(e, context, 8)
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
