"""Time expressions: where they stand, and their TIMEX3 value against the date of publication.

Extents come from patterns, values from dateparser wherever it understands the expression; what it does not know
(*mardi dernier*, *fin juin*, *la semaine prochaine*) is computed here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from benchmark.documents import Document, Time
from benchmark.errors import MissingExtra

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_DAY = "|".join(WEEKDAYS)
_MONTH = "|".join(MONTHS)
_EXPRESSION = re.compile(
    rf"""\b(?:
      (?P<full>(?:le\ )?(?:(?:{_DAY})\ )?(?P<day>\d{{1,2}})(?:er)?\ (?P<month>{_MONTH})(?:\ (?P<year>(?:19|20)\d\d))?)
    | (?P<part>(?:début|fin|la\ mi-|mi-)\ ?(?P<part_month>{_MONTH})(?:\ (?P<part_year>(?:19|20)\d\d))?)
    | (?P<monthly>(?P<only_month>{_MONTH})(?:\ (?P<month_year>(?:19|20)\d\d))?)
    | (?P<weekly>la\ semaine\ (?P<which>prochaine|dernière|passée|suivante))
    | (?P<weekday>(?:{_DAY})(?:\ (?:dernier|prochain|matin|soir))?)
    | (?P<deictic>avant-hier|hier|après-demain|demain|aujourd['’]hui)
    | (?P<anaphoric>la\ veille|le\ lendemain|le\ surlendemain|le\ même\ jour)
    | (?P<yearly>(?:19|20)\d\d)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_DEICTIC = {"avant-hier": -2, "hier": -1, "demain": 1, "après-demain": 2}
_ANAPHORIC = {"la veille": -1, "le lendemain": 1, "le surlendemain": 2, "le même jour": 0}


def find(document: Document) -> list[Time]:
    """Time expressions of a document, in order, with their values; what cannot be resolved keeps X."""
    published = datetime.date.fromisoformat(document.published) if document.published else None
    zones = [(z.start, z.end) for z in document.zones]
    times: list[Time] = []
    last: datetime.date | None = None
    for found in _EXPRESSION.finditer(document.text):
        start, end = found.span()
        if any(a < end and start < b for a, b in zones):
            continue
        value = _value(found, published, last, document.text)
        if value is None:
            continue
        times.append(Time(f"T{len(times) + 1}", start, end, "DATE", value))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            last = datetime.date.fromisoformat(value)
    return times


def _value(found: re.Match[str], published: datetime.date | None, last: datetime.date | None, text: str) -> str | None:
    words = found.group().lower().replace("’", "'")
    if found["yearly"]:
        return words
    if found["anaphoric"]:
        anchor = last or published
        return str(anchor + datetime.timedelta(days=_ANAPHORIC[words])) if anchor else "XXXX-XX-XX"
    if found["deictic"]:
        if words == "aujourd'hui":
            return str(published) if published else "PRESENT_REF"
        return str(published + datetime.timedelta(days=_DEICTIC[words])) if published else "XXXX-XX-XX"
    if found["weekday"]:
        return _weekday(words, published, _before(text, found.start()))
    if found["weekly"]:
        if published is None:
            return "XXXX-WXX"
        shift = -7 if found["which"].lower() in ("dernière", "passée") else 7
        iso = (published + datetime.timedelta(days=shift)).isocalendar()
        return f"{iso.year:04d}-W{iso.week:02d}"
    if found["full"]:
        return _parsed(f"{found['day']} {found['month']} {found['year'] or ''}", published)
    number = MONTHS.index((found["part_month"] or found["only_month"]).lower()) + 1
    year: str | None = found["part_year"] or found["month_year"]
    if year is None and published is not None:
        year = f"{_nearest_year(number, published):04d}"
    return f"{year or 'XXXX'}-{number:02d}"


def _nearest_year(month: int, published: datetime.date) -> int:
    distance = month - published.month
    return published.year + (1 if distance < -6 else -1 if distance > 6 else 0)


def _before(text: str, start: int) -> str:
    return text[max(0, start - 80) : start].lower()


_FUTURE = re.compile(r"\b\w+(?:ra|ront|rons)\b|\bprévu|\bprochain|\bdoi(?:t|vent)\b")


def _weekday(words: str, published: datetime.date | None, before: str) -> str:
    index = WEEKDAYS.index(words.split()[0])
    if published is None:
        return f"XXXX-WXX-{index + 1}"
    ahead = words.endswith("prochain") or (not words.endswith("dernier") and _FUTURE.search(before) is not None)
    back = (published.weekday() - index) % 7
    if ahead:
        day = published + datetime.timedelta(days=(index - published.weekday()) % 7 or 7)
    else:
        day = published - datetime.timedelta(days=back or (7 if words.endswith("dernier") else 0))
    part = {"matin": "TMO", "soir": "TEV"}.get(words.split()[-1], "")
    return f"{day}{part}"


def _parsed(words: str, published: datetime.date | None) -> str | None:
    try:
        import dateparser
    except ImportError as error:
        raise MissingExtra("dateparser", "time") from error
    if published is None and not re.search(r"\d{4}", words):
        day, month = words.split()
        return f"XXXX-{MONTHS.index(month.lower()) + 1:02d}-{int(day):02d}"
    base = datetime.datetime.combine(published or datetime.date(2000, 1, 1), datetime.time())
    # The nearest such day: dateparser itself only looks back, or only ahead.
    candidates: Iterator[datetime.date] = (
        parsed.date()
        for prefer in ("past", "future")
        if (
            parsed := dateparser.parse(
                words,
                languages=["fr"],
                settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": prefer, "REQUIRE_PARTS": ["day", "month"]},
            )
        )
    )
    day_found = min(candidates, key=lambda d: abs((d - base.date()).days), default=None)
    return str(day_found) if day_found else None
