"""Values of days: named, numbered, weekdays, and counted from another (*la veille*, *il y a trois jours*)."""

from __future__ import annotations

import datetime
import re

from baselines.dates import periods
from baselines.dates.context import Context
from baselines.dates.grammar import Expression
from baselines.dates.parts import (
    ONE_DAY,
    UNKNOWN_DAY,
    Value,
    count,
    counted,
    direction,
    iso_day,
    timed,
    words_before,
    words_behind,
)
from benchmark.review import MONTHS, WEEKDAYS

# What it costs a bare day number to lie in another month, and on the wrong side of today for its tense.
_OTHER_MONTH, _WRONG_SIDE = 20, 45
_MONTH, _DAY_NAME = "|".join(MONTHS), "|".join(WEEKDAYS)
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
    months = [
        (0, first),
        (_OTHER_MONTH, (first - ONE_DAY).replace(day=1)),
        (_OTHER_MONTH, (first + 32 * ONE_DAY).replace(day=1)),
    ]
    fitting = []
    for cost, month_start in months:
        try:
            date = month_start.replace(day=day)
        except ValueError:
            continue
        fitting.append(
            (cost + (_WRONG_SIDE if (date - today).days * tense < 0 and not context.past_year(e.start) else 0), date)
        )
    return min(fitting, default=(0, None))[1]


def iso(e: Expression, context: Context) -> Value | None:
    """*2025-10-16*."""
    return "DATE", str(datetime.date.fromisoformat(e.match.group()))


def slashes(e: Expression, context: Context) -> Value | None:
    """*16/10/2025*."""
    return "DATE", str(datetime.date(int(e.get("year")), int(e.get("month")), int(e.get("day"))))


def full(e: Expression, context: Context) -> Value | None:
    """*lundi 3 mai 2025 à 14 h 30*, *le 28 de ce mois*."""
    day = int(e.get("day"))
    if this := e.get("this"):
        base = context.published if this == "de ce mois" else context.month or context.anchor(e.start, e.end)
        return timed(e, context, str(base.replace(day=day))) if base else ("DATE", f"XXXX-XX-{day:02d}")
    month, which = MONTHS.index(e.get("month")) + 1, e.get("which")
    year = int(e.get("year") or 0) or context.year_of(month, day, e.start, e.end)
    if year is None:
        return "DATE", f"XXXX-{month:02d}-{day:02d}"
    if context.published and which[:4] in ("dern", "proc"):
        passed = (month, day) < (context.published.month, context.published.day)
        year = context.published.year + (0 if passed else -1) if which[0] == "d" else context.published.year + passed
    return timed(e, context, str(datetime.date(year, month, day)))


def day_number(e: Expression, context: Context) -> Value | None:
    """*le 12*, *du 9* au 10 mai."""
    day = int(e.get("day").removesuffix("er"))
    date = _monthly(day, e, context)
    return timed(e, context, str(date)) if date else ("DATE", f"XXXX-XX-{day:02d}")


def _back(day: datetime.date, weekday: int) -> datetime.date:
    return day - (day.weekday() - weekday) % 7 * ONE_DAY


def _ahead(day: datetime.date, weekday: int) -> datetime.date:
    return day + (weekday - day.weekday()) % 7 * ONE_DAY


def _nearest(day: datetime.date, weekday: int) -> datetime.date:
    return min((_back(day, weekday), _ahead(day, weekday)), key=lambda d: abs((d - day).days))


def weekday(e: Expression, context: Context) -> Value | None:
    """*lundi*, *jeudi en huit*, *ce mardi-là*."""
    index = WEEKDAYS.index(e.get("name"))
    anchor = context.anchor(e.start, e.end)
    date = _date_of_weekday(index, e, context, anchor) if anchor else None
    return timed(e, context, str(date) if date else f"XXXX-WXX-{index + 1}")


def _date_of_weekday(index: int, e: Expression, context: Context, anchor: datetime.date) -> datetime.date | None:
    if number_of := e.get("number"):
        near = [anchor + n * ONE_DAY for n in range(-60, 61)]
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
    second = _WEEKDAY_AHEAD.match(words_behind(e, context))
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
            clause = direction(second["which"])
        return _back(_by_tense(WEEKDAYS.index(second["name"]), clause, published), index)
    return _by_tense(index, clause, published)


def _is_article(e: Expression, context: Context) -> bool:
    """Whether a bare weekday has its article, *le* or that of *du*: one of the narrative, or a habit."""
    bare = not e.get("hour", "hour2", "part", "part2", "part3")
    return bare and (e.get("article") == "le" or re.search(r"\b(?:du|au) $", words_before(e, context)) is not None)


def _weekday_pointed_at(index: int, which: str, published: datetime.date, anchor: datetime.date) -> datetime.date:
    """*lundi dernier*, *jeudi en huit*: from publication; *le lundi suivant*: from the anchor."""
    if "semaine" in which:
        monday = published - published.weekday() * ONE_DAY
        return monday + (index + 7 * (1 if "prochaine" in which or "suivante" in which else -1)) * ONE_DAY
    if which in ("en huit", "en quinze"):
        return _ahead(published + ONE_DAY, index) + (7 if which == "en huit" else 14) * ONE_DAY
    base = anchor if which.startswith(("suivant", "précédent", "d'a")) else published
    return _ahead(base + ONE_DAY, index) if direction(which) > 0 else _back(base - ONE_DAY, index)


def _by_tense(index: int, clause: int, published: datetime.date) -> datetime.date:
    return _ahead(published, index) if clause > 0 else _back(published, index)


def deictic(e: Expression, context: Context) -> Value | None:
    """*hier soir*, *demain à huit heures*."""
    said = e.get("said")
    shift = {"avant-hier": -2, "hier": -1, "demain": 1, "après-demain": 2}.get(said, 0)
    if said == "aujourd'hui" and (context.published is None or _loosely(e, context)):
        return "DATE", "PRESENT_REF"
    return timed(e, context, iso_day(context.entry(e.start) or context.published, shift))


def _loosely(e: Expression, context: Context) -> bool:
    """Whether *aujourd’hui* means these times: beside a past year."""
    return context.past_year(e.start) is not None and context.tense(e.start, e.end) >= 0


def eve(e: Expression, context: Context) -> Value | None:
    """*la veille*, *le lendemain*, *la veille de Noël*."""
    said = e.get("said")
    shift = -2 if "avant" in said else -1 if "veille" in said else 2 if "surlendemain" in said else 1
    if feast := e.get("feast"):
        date = periods.feast_day(feast, e, context)
        return ("DATE", iso_day(date, shift)) if date else ("DATE", UNKNOWN_DAY)
    if re.match(r"(?: même| donc)? (?:de |du |des |d')", words_behind(e, context)):
        shift = 0  # the day before an event is the day that is being told
    return timed(e, context, iso_day(context.anchor(e.start, e.end), shift))


def same(e: Expression, context: Context) -> Value | None:
    """*le même jour*, *ce jour-là*, *le premier jour*."""
    words = e.match.group()
    if words == "ce jour":
        if words_before(e, context).endswith("à ") and not words_before(e, context).endswith("compter à "):
            return "DATE", "PRESENT_REF"
        return "DATE", iso_day(context.published)
    heads = context.head is not None and context.heads_line(e.start)
    return "DATE", iso_day(context.head if heads else context.anchor(e.start, e.end))


def day_said(words: str, e: Expression, context: Context, end: int) -> datetime.date | None:
    """The day that some words within an expression say."""
    words = words.lower()
    if words in ("hier", "la veille", "lendemain"):
        base = context.published if words == "hier" else context.anchor(e.start, e.end)
        return base + (1 if words == "lendemain" else -1) * ONE_DAY if base else None
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


def ago(e: Expression, context: Context) -> Value | None:
    """*il y a deux semaines*."""
    n, unit = count(e.get("n")), e.get("unit")
    if n is None:
        return "DATE", "PAST_REF"
    if e.get("today") and context.published and unit.startswith("an"):
        return "DATE", str(context.published.replace(year=context.published.year - n))
    if unit.startswith("heure") and n % 24 == 0:
        n, unit = n // 24, "jours"
    return ("DATE", "PAST_REF") if unit[:3] in ("sec", "min", "heu") else counted(context.published, -n, unit)


def ahead(e: Expression, context: Context) -> Value | None:
    """*dans trois jours*."""
    n, unit = count(e.get("n")), e.get("unit")
    if n is None or unit[:3] in ("sec", "min", "heu"):
        return "DATE", "FUTURE_REF"
    return counted(context.published, n, unit)


def shift(e: Expression, context: Context) -> Value | None:
    """*deux jours plus tard*."""
    sign = 1 if e.get("way") in ("plus tard", "après") else -1
    n, unit, anchor = count(e.get("n")), e.get("unit"), context.anchor(e.start, e.end)
    grain = "day"
    if context.grain == "month" and context.month:
        anchor, grain = context.month, "month"
    elif context.grain == "year" and context.named_year:
        anchor, grain = datetime.date(context.named_year, 7, 1), "year"
    if unit[:3] in ("sec", "min", "heu"):
        return _hours_on(n, sign, unit, anchor, context)
    if anchor is None:
        return "DATE", UNKNOWN_DAY
    if n is None:
        return "DATE", f"{anchor:%Y-%m}-XX" if unit.startswith("jour") and grain == "day" else f"{anchor.year}-XX"
    if n >= 10 and sign > 0 and unit.startswith("an"):
        return counted(context.published, 0, "ans")  # an anniversary: the years have passed today
    return counted(anchor, sign * n, unit, grain)


def _hours_on(n: int | None, sign: int, unit: str, anchor: datetime.date | None, context: Context) -> Value:
    """Hours after a clock time, which gives another; else the day itself."""
    if n is not None and context.clock and context.clock.date() == anchor:
        step = datetime.timedelta(
            **{"hours" if unit[0] == "h" else "minutes" if unit[0] == "m" else "seconds": sign * n}
        )
        return "TIME", f"{context.clock + step:%Y-%m-%dT%H:%M}"
    return "DATE", iso_day(anchor)
