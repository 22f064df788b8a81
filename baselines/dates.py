"""French time expressions: where they stand, and their TIMEX3 value against the date of publication.

One pattern a kind of expression, read from left to right, the longest first. What leans on another date (*la veille*,
*trois jours plus tard*, *le 12*) leans on the last day named before it; what leans on the reader's today leans on the date
of publication. Without that date, what cannot be resolved keeps X. Full dates are read by dateparser.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from benchmark.documents import Document, Time
from benchmark.errors import MissingExtra
from benchmark.review import MONTHS, WEEKDAYS

SEASONS = {"printemps": "SP", "été": "SU", "automne": "FA", "hiver": "WI"}
_SEASON_END = {"SP": 6, "SU": 9, "FA": 12, "WI": 3}

# ---------------------------------------------------------------------------------------------------------------------
# Numbers in words

_UNITS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize"),
)
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_ROUND = {
    "douz": 12,
    "quinz": 15,
    "vingt": 20,
    "trent": 30,
    "quarant": 40,
    "cinquant": 50,
    "soixant": 60,
    "cent": 100,
    "diz": 10,
}
_WORD = rf"(?:{'|'.join(sorted((*_UNITS, 'une', *_TENS, 'vingts', 'cents?', 'mille'), key=len, reverse=True))})"
_NUMBER = rf"(?:\d+|(?:{_WORD})(?:(?:-|\ et\ |\ ){_WORD}(?![\w’']))*)"
_ABOUT = r"(?:une\ )?(?:" + "|".join(f"{stem}aine" for stem in _ROUND) + r")\ (?:de\ |d['’])"


def number(words: str) -> int | None:
    """Value of a number in figures or French words; ``None`` where it is none.

    >>> number("cent quatre-vingts"), number("vingt et un"), number("une quinzaine de ")
    (180, 21, 15)
    """
    if words.isdigit():
        return int(words)
    if found := re.match(r"(?:une )?(\w+?)aine\b", words):
        return _ROUND.get(found[1])
    total = 0
    for part in re.split(r"[-\s]+", words):
        part = {"une": "un", "vingts": "vingt", "cents": "cent"}.get(part, part)
        if part == "et":
            continue
        if part == "cent":
            total = (total or 1) * 100
        elif part == "mille":
            total = (total or 1) * 1000
        elif part == "vingt" and total % 100 == 4:
            total += 76
        elif part in _TENS:
            total += _TENS[part]
        elif part in _UNITS:
            total += _UNITS.index(part)
        else:
            return None
    return total


# ---------------------------------------------------------------------------------------------------------------------
# Patterns

_D, _M, _S = "|".join(WEEKDAYS), "|".join(MONTHS), "|".join(SEASONS)
_UNIT = r"secondes?|minutes?|heures?|jours?|journées?|nuits?|semaines?|mois|ans?|années?|décennies?|siècles?"
_MODIFIER = r"(?:(?:un\ peu\ )?(?:plus|moins)\ (?:de\ |d['’])|environ\ |près\ de\ |presque\ |à\ peine\ |quelque\ |tout\ juste\ )?"
_PART = r"matin|midi|après-midi|soir|nuit"
_CLOCK = r"(?:[01]?\d|2[0-4])\ ?(?:h(?:\ ?[0-5]\d)?|heures?(?:\ [0-5]\d)?)(?![\w’'])"
_HOUR = rf"(?:{_CLOCK}|midi(?:\ et\ demie?)?|minuit(?:\ et\ demie?|\ dix)?)"
_YEAR = r"(?:1[5-9]|20)\d\d"

_PATTERNS: dict[str, str] = {
    "iso": r"\d{4}-\d\d-\d\d",
    "full": (
        rf"(?:(?:le|les)\ )?(?:ce\ )?(?:(?:{_D})\ )?(?P<day>\d{{1,2}})(?:er)?\ (?P<month>{_M})(?:\ (?P<year>{_YEAR}))?"
        rf"(?:(?:,|\ à|\ au)?\ (?P<full_hour>{_HOUR}|matin|soir))?"
    ),
    "weekday": (
        rf"(?:(?:le|ce)\ )?(?P<name>{_D})(?P<that>-là)?(?:\ (?P<numbered>\d{{1,2}})(?!\d)(?!\ (?:h|heures?|minutes?|ans|jours)\b))?"
        rf"(?:\ (?P<which>dernier|prochain|suivant|d['’]avant|en\ huit|en\ quinze|de\ la\ semaine\ (?:dernière|prochaine)))?"
        rf"(?:\ (?:au\ |à\ )?(?P<weekday_part>{_PART}))?(?:(?:,|\ à)\ (?P<weekday_hour>{_HOUR}))?"
    ),
    "deictic": (
        rf"(?P<said>avant-hier|hier|après-demain|demain|aujourd['’]hui(?:\ même)?)"
        rf"(?:\ (?:au\ |à\ )?(?P<said_part>{_PART}))?(?:,?(?:\ (?:à|vers|peu\ après|peu\ avant))?\ (?P<said_hour>{_HOUR}))?"
    ),
    "this_part": r"(?:ce|cet|cette)\ (?P<part>matin|après-midi|midi|soir|nuit)(?P<part_that>-là)?(?:\ même)?",
    "ago": (
        rf"(?:il\ y\ a|voici|voilà)\ {_MODIFIER}(?P<ago_n>{_ABOUT}|{_NUMBER}\ |quelques\ )(?P<ago_unit>{_UNIT})(?:\ et\ demie?)?"
    ),
    "ahead": rf"dans\ {_MODIFIER}(?P<ahead_n>{_ABOUT}|{_NUMBER}\ |quelques\ )(?P<ahead_unit>{_UNIT})",
    "shift": (
        rf"(?P<shift_n>{_ABOUT}|{_NUMBER}\ |quelques\ )(?P<shift_unit>{_UNIT})\ "
        r"(?P<way>plus\ tard|plus\ tôt|auparavant|(?:après|avant)(?=\s?[,.;:)\n]))"
    ),
    "eve": r"(?:l['’]avant-veille|la\ veille|(?:le\ |dès\ le\ )?surlendemain|(?:le\ )?lendemain)(?:\ (?P<eve_part>matin|soir))?",
    "same": r"(?:le\ même\ jour|le\ jour\ même|ce\ jour(?:-là)?|ce\ même\ jour)",
    "week": r"(?:la|cette)\ semaine(?:\ (?P<week_which>prochaine|dernière|passée|suivante|précédente|d['’]avant))?(?!\ d)",
    "weekend": r"(?:le|ce)\ week-end(?:\ (?P<weekend_which>prochain|dernier|suivant))?",
    "month_ref": r"(?:(?P<month_edge>(?:le\ |la\ )?(?:début|fin|mi|milieu)\ du|le|ce)\ )mois(?:-ci)?(?:\ (?P<month_which>prochain|dernier|suivant))?",
    "year_ref": (
        r"(?:(?:la\ )?(?:début|fin)\ de\ )?(?:l['’]an|(?:l['’]|cette\ )année)"
        r"(?:\ (?P<year_which>prochaine?|dernière?|passée?|suivante))?"
    ),
    "season": (
        rf"(?:(?:la\ )?(?:début|fin)\ (?:de\ l['’]|du\ ))?(?:l['’]|cet\ |ce\ |le\ )?(?P<season>{_S})"
        rf"(?:\ (?P<season_year>{_YEAR})|\ (?P<season_which>dernier|prochain|suivant))?"
    ),
    "month": (
        rf"(?:le\ mois\ (?:de\ |d['’])|(?:le\ |la\ )?(?:début|fin|mi-?|courant|milieu)(?:\ d['’])?\ ?)?(?P<only_month>{_M})"
        rf"(?:\ (?P<month_year>{_YEAR})|\ (?P<only_which>dernier|prochain|suivant))?"
    ),
    "half": rf"(?:le\ |ce\ )?(?P<half>premier|second|deuxième|troisième|quatrième)\ (?P<half_kind>semestre|trimestre)(?:\ (?:de\ )?(?P<half_year>{_YEAR}))?",
    "decade": r"les\ années\ (?P<decade>\d{2}|\d{4})",
    "set": r"(?:chaque|tous\ les|toutes\ les)\ (?P<every>jours?|matins?|soirs?|semaines?|mois|ans?|années?|deux\ (?:ans|mois|jours|semaines))",
    "duration": (
        rf"(?:(?:les|ces)\ )?{_MODIFIER}(?P<length_n>{_ABOUT}|{_NUMBER}\ |quelques\ |plusieurs\ )(?P<length_unit>{_UNIT})"
        r"(?P<half_more>\ et\ demie?)?(?:\ (?:environ|à\ peu\ près|à\ peine|durant))?"
    ),
    "half_hour": rf"{_MODIFIER}(?:(?:la|une|cette)\ demi-heure|(?:un|trois)\ quarts?\ d['’]heure)(?:\ (?:environ|à\ peu\ près))?",
    "clock": rf"(?:(?:peu\ (?:avant|après)|vers)\ )?(?P<hour>{_HOUR})(?:\ du\ (?P<hour_part>matin|soir))?",
    "day_part": (
        r"(?:la\ (?P<long_part>matinée|soirée|nuit|journée|mi-journée)|l['’](?P<short_part>aube|après-midi)|le\ (?P<le_part>matin|soir)"
        r"|(?:début|milieu|fin)\ de\ (?:la\ |l['’])?(?P<edge_part>matinée|soirée|nuit|journée|après-midi))"
    ),
    "day_only": rf"les?\ (?P<only_day>[12]?\d|3[01]|1er)(?=\ (?:au|et)\ \d|[\s,.;:)…](?!\s?(?:{_M}|h\b|heures|minutes|%|{_UNIT}|[a-zà-ÿ])))",
    "range_start": rf"(?<=[Dd]u\ )(?:(?:{_D})\ )?(?P<from_day>\d{{1,2}})(?=\ au\ \d{{1,2}}\ (?:{_M}))",
    "feast": r"(?P<feast>Noël|Nouvel\ An)",
    "vague_now": r"(?:maintenant|désormais|actuellement|dorénavant)",
    "vague_past": r"(?:récemment|naguère|jadis|autrefois|ces\ derniers\ (?:jours|mois|temps)|ces\ dernières\ semaines)",
    "vague_future": r"(?:bientôt|prochainement|ultérieurement|(?:ces|les)\ prochain(?:e?s)\ (?:jours|semaines|mois|heures))",
    "instant": r"(?<=[Pp]our\ )(?:l['’]instant|le\ moment|l['’]heure)",
    "years": rf"(?P<plain_year>{_YEAR})",
}
_EXPRESSION = re.compile(
    r"(?<![\w’'-])(?:" + "|".join(f"(?P<{name}_>{pattern})" for name, pattern in _PATTERNS.items()) + r")(?![\w])",
    re.VERBOSE | re.IGNORECASE,
)

Value = tuple[str, str]
_Found = re.Match[str]

# ---------------------------------------------------------------------------------------------------------------------
# Context


@dataclass
class _Context:
    """What a value may lean on."""

    text: str
    published: datetime.date | None
    live: bool
    midnight: int  # offset at which the stamps of a live page pass midnight, 0 where they do not
    last: datetime.date | None = None  # the last day named
    last_at: int = -1
    year: int | None = None  # the last year named
    year_at: int = -1

    def anchor(self) -> datetime.date | None:
        return self.last or self.published

    def tense(self, start: int, end: int) -> int:
        """-1 for a past verb near by, 1 for a future one, 0 where none is seen."""
        low, high = max(0, start - _CLAUSE), end + _CLAUSE
        begin = max(low, max(self.text.rfind(mark, low, start) for mark in (". ", "\n", "; ", "? ", "! ")) + 1)
        ends = (self.text.find(mark, end, high) for mark in (". ", "\n", "; ", " : "))
        stop = min((i for i in ends if i >= 0), default=min(high, len(self.text)))
        found = [(float(start - m.end()), -1 if m["past"] else 1) for m in _TENSE.finditer(self.text, begin, start)]
        found += [(1.5 * (m.start() - end), -1 if m["past"] else 1) for m in _TENSE.finditer(self.text, end, stop)]
        if (close := _PARTICIPLE.search(self.text, begin, start)) and not _TENSE.match(close[1]):
            return -1
        return min(found, key=lambda pair: pair[0])[1] if found else 0


_TENSE = re.compile(
    r"\b(?:(?P<future>\w{2,}(?:ra|ront|rons|rez|rai|rait|raient)|prévue?s?|attendue?s?|doi(?:t|vent)|devai(?:t|ent)|fixée?s?|reportée?s?"
    r"|repoussée?s?|remise?s?|prochaine?s?|d['’]ici|dès|convoquée?s?)"
    r"|(?P<past>(?:a|ont|avait|avaient|est|sont|était|étaient|eut|fut|furent|s['’]est|n['’]a|n['’]ont|s['’]étaient?)\b"
    r"|\w{3,}(?:ait|aient|èrent)|depuis|paru|tenue?s?|annoncée?s?|annulée?s?))\b",
    re.IGNORECASE,
)


_PARTICIPLE = re.compile(r"\b(\w{3,}(?:é|ée|és|ées|ue?s?|is|it|ite))\s$", re.IGNORECASE)
_STAMP = re.compile(rf"^{_CLOCK}", re.MULTILINE | re.VERBOSE)


def find(document: Document) -> list[Time]:
    """Time expressions of a document, in order, with type and value; those of zones are left out."""
    text = document.text
    published = datetime.date.fromisoformat(document.published) if document.published else None
    stamps = [(m.start(), _clock(m.group()) or "") for m in _STAMP.finditer(text)]
    passed = [at for (_, before), (at, after) in pairwise(stamps) if after < before and before > "18"]
    context = _Context(text, published, len(stamps) >= 3, passed[0] if len(passed) == 1 else 0)
    zones = [(z.start, z.end) for z in document.zones]
    times: list[Time] = []
    for found in _EXPRESSION.finditer(text):
        start, end = found.span()
        if any(a < end and start < b for a, b in zones):
            continue
        kind = next(name for name in _PATTERNS if found[f"{name}_"] is not None)
        resolved = _RESOLVERS[kind](found, context)
        if resolved is None:
            continue
        timex, value = resolved
        times.append(Time(f"T{len(times) + 1}", start, end, timex, value))
        if re.match(r"\d{4}-\d\d-\d\d", value):
            context.last, context.last_at = datetime.date.fromisoformat(value[:10]), start
        if _sets_year(found, text):
            context.year, context.year_at = int(value[:4]), start
    return times


def _sets_year(found: _Found, text: str) -> bool:
    """Whether an expression names a year that colours what follows: a date with its year, or *En 1960,* at the head."""
    if found["year"] or found["month_year"]:
        return True
    head = text[max(0, found.start() - 6) : found.start()]
    return found["plain_year"] is not None and re.search(r"(?:^|[.\n]\s?)(?:En\s)?$", head) is not None


# ---------------------------------------------------------------------------------------------------------------------
# Values

_UNKNOWN_DAY = "XXXX-XX-XX"
_CLAUSE = 300  # characters on each side in which the verb of an expression is looked for
_AGAINST_TENSE = 4  # months by which a date may be farther away to agree with the tense
_FAR = 400  # characters beyond which a year that was named no longer colours what follows


def _low(words: str | None) -> str:
    return (words or "").lower().replace("’", "'")


def _in_past_year(context: _Context, start: int) -> int | None:
    """A year other than that of publication that the passage is about."""
    if context.year is None or context.published is None or start - context.year_at > _FAR:
        return None
    return context.year if context.year < context.published.year else None


def _day(date: datetime.date | None, shift: int = 0) -> str:
    return str(date + datetime.timedelta(days=shift)) if date else _UNKNOWN_DAY


def _with_hour(day: str, part: str | None, hour: str | None) -> Value:
    if hour and (clock := _clock(hour)):
        return "TIME", f"{day}T{clock}"
    if part:
        return "TIME", f"{day}T12:00" if _low(part) == "midi" else f"{day}{_part(part)}"
    return "DATE", day


def _part(words: str) -> str:
    words = _low(words)
    for stem, code in (
        ("aube", "TMO"),
        ("mati", "TMO"),
        ("mi-jour", "TMI"),
        ("midi", "TMI"),
        ("après", "TAF"),
        ("soir", "TEV"),
        ("nuit", "TNI"),
    ):
        if stem in words and not (stem == "midi" and "après" in words):
            return code
    return ""


def _clock(words: str) -> str | None:
    """``14:30`` from *14 h 30*, *midi*, *minuit et demi*."""
    words = _low(words)
    if words.startswith("midi"):
        return "12:30" if "demi" in words else "12:00"
    if words.startswith("minuit"):
        return "00:30" if "demi" in words else "00:10" if "dix" in words else "00:00"
    found = re.match(r"(\d+)\D*(\d\d)?", words)
    return f"{int(found[1]):02d}:{found[2] or '00'}" if found and int(found[1]) < 25 else None


def _iso(found: _Found, context: _Context) -> Value | None:
    try:
        datetime.date.fromisoformat(found.group())
    except ValueError:
        return None
    return "DATE", found.group()


def _full(found: _Found, context: _Context) -> Value | None:
    month, day = MONTHS.index(_low(found["month"])) + 1, int(found["day"])
    hour = found["full_hour"]
    part = hour if hour in ("matin", "soir") else None
    year = int(found["year"]) if found["year"] else _year_of(month, day, found, context)
    if year is None:
        return "DATE", f"XXXX-{month:02d}-{day:02d}"
    parsed = _parsed(f"{day} {MONTHS[month - 1]} {year}")
    return _with_hour(parsed, part, None if part else hour) if parsed else None


@lru_cache(maxsize=4096)
def _parsed(words: str) -> str | None:
    try:
        import dateparser
    except ImportError as error:
        raise MissingExtra("dateparser", "time") from error
    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "DMY"}
    parsed = dateparser.parse(words, languages=["fr"], settings=settings)
    return str(parsed.date()) if parsed else None


def _year_of(month: int, day: int, found: _Found, context: _Context) -> int | None:
    """Year of a day or month without one: the passage's, else the nearest, a little against the tense at most."""
    if past := _in_past_year(context, found.start()):
        return past
    if context.published is None:
        return None
    published, tense = context.published, context.tense(*found.span())
    months = month - published.month + (day - published.day) / 31

    def cost(year: int) -> float:
        away = months + 12 * year
        return abs(away) + (_AGAINST_TENSE if away * tense < 0 else 0)

    return published.year + min((0, -1, 1), key=cost)


def _weekday(found: _Found, context: _Context) -> Value | None:
    index, which, part = WEEKDAYS.index(_low(found["name"])), _low(found["which"]), found["weekday_part"]
    anchor, published = context.anchor(), context.published
    if anchor is None:
        return _with_hour(f"XXXX-WXX-{index + 1}", part, None)

    def back(day: datetime.date) -> int:
        return -((day.weekday() - index) % 7)

    def ahead(day: datetime.date) -> int:
        return (index - day.weekday()) % 7

    if found["numbered"]:
        day = _numbered(int(found["numbered"]), index, anchor)
        return _with_hour(_day(day), part, found["weekday_hour"])
    if found["that"]:
        return _with_hour(_day(anchor, back(anchor)), part, found["weekday_hour"])
    if _in_past_year(context, found.start()) or published is None:
        near = min((back(anchor), ahead(anchor)), key=abs)
        return _with_hour(_day(anchor, near), part, found["weekday_hour"])
    if "semaine dernière" in which or "semaine prochaine" in which:
        monday = published - datetime.timedelta(days=published.weekday())
        return _with_hour(_day(monday, index + (7 if "prochaine" in which else -7)), part, found["weekday_hour"])
    if which in ("en huit", "en quinze", "prochain"):
        more = {"en huit": 7, "en quinze": 14, "prochain": 0}[which]
        return _with_hour(_day(published, (ahead(published) or 7) + more), part, found["weekday_hour"])
    if which == "suivant":
        return _with_hour(_day(anchor, ahead(anchor) or 7), part, found["weekday_hour"])
    if which in ("dernier", "d'avant"):
        return _with_hour(_day(published, back(published) or -7), part, found["weekday_hour"])
    tense = context.tense(*found.span())
    shift = (ahead(published) or 7) if tense > 0 and published.weekday() != index else back(published)
    return _with_hour(_day(published, shift), part, found["weekday_hour"])


def _numbered(day: int, weekday: int, anchor: datetime.date) -> datetime.date | None:
    """The day of that number and weekday that is nearest to ``anchor``."""
    near = (anchor + datetime.timedelta(days=n) for n in range(-60, 61))
    fitting = [d for d in near if d.day == day and d.weekday() == weekday]
    return min(fitting, key=lambda d: abs((d - anchor).days), default=None)


def _deictic(found: _Found, context: _Context) -> Value | None:
    said = _low(found["said"])
    shift = {"avant-hier": -2, "hier": -1, "demain": 1, "après-demain": 2}.get(said, 0)
    if context.published is None and said.startswith("aujourd"):
        return "DATE", "PRESENT_REF"
    return _with_hour(_day(context.published, shift), found["said_part"], found["said_hour"])


def _this_part(found: _Found, context: _Context) -> Value | None:
    day = context.anchor() if found["part_that"] else context.published
    past_night = _low(found["part"]) == "nuit" and not found["part_that"] and context.tense(*found.span()) <= 0
    return "TIME", f"{_day(day, -1 if past_night else 0)}{_part(found['part'])}"


def _shifted(anchor: datetime.date | None, n: int, unit: str) -> Value:
    """The date ``n`` units from ``anchor``, as coarse as the unit."""
    unit = _low(unit)
    if anchor is None:
        return "DATE", _UNKNOWN_DAY
    try:
        if unit.startswith(("jour", "nuit")):
            return "DATE", _day(anchor, n)
        if unit.startswith("semaine"):
            return "DATE", _week(anchor + datetime.timedelta(weeks=n))
        if unit.startswith("mois"):
            months = anchor.year * 12 + anchor.month - 1 + n
            return "DATE", f"{months // 12:04d}-{months % 12 + 1:02d}"
        if unit.startswith("an"):
            return "DATE", f"{anchor.year + n:04d}"
    except OverflowError:
        return "DATE", _UNKNOWN_DAY
    return "DATE", "PAST_REF" if n < 0 else "FUTURE_REF"


def _week(date: datetime.date) -> str:
    iso = date.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def _count(words: str | None) -> int | None:
    return number(_low(words).strip())


def _ago(found: _Found, context: _Context) -> Value | None:
    n = _count(found["ago_n"])
    return ("DATE", "PAST_REF") if n is None else _shifted(context.published, -n, found["ago_unit"])


def _ahead(found: _Found, context: _Context) -> Value | None:
    n = _count(found["ahead_n"])
    return ("DATE", "FUTURE_REF") if n is None else _shifted(context.published, n, found["ahead_unit"])


def _shift(found: _Found, context: _Context) -> Value | None:
    sign = 1 if found["way"].lower() in ("plus tard", "après") else -1
    n = _count(found["shift_n"])
    if n is None:
        return "DATE", "PAST_REF"
    if n >= 10 and sign > 0 and _low(found["shift_unit"]).startswith("an"):
        return _shifted(context.published, 0, "ans")  # an anniversary: the years have passed today
    return _shifted(context.anchor(), sign * n, found["shift_unit"])


def _eve(found: _Found, context: _Context) -> Value | None:
    words = _low(found.group())
    shift = -2 if "avant-veille" in words else -1 if "veille" in words else 2 if "surlendemain" in words else 1
    return _with_hour(_day(context.anchor(), shift), found["eve_part"], None)


def _same(found: _Found, context: _Context) -> Value | None:
    near = context.last if context.last_at >= 0 else context.published
    return "DATE", _day(near)


def _week_ref(found: _Found, context: _Context) -> Value | None:
    which = _low(found["week_which"])
    if not which and _low(found.group()).startswith("la"):
        return None
    anchor = context.anchor() if which in ("suivante", "précédente", "d'avant") else context.published
    if anchor is None:
        return "DATE", "XXXX-WXX"
    shift = {"prochaine": 7, "suivante": 7, "dernière": -7, "passée": -7, "précédente": -7, "d'avant": -7}.get(which, 0)
    return "DATE", _week(anchor + datetime.timedelta(days=shift))


def _weekend(found: _Found, context: _Context) -> Value | None:
    which = _low(found["weekend_which"])
    if context.published is None:
        return "DATE", "XXXX-WXX-WE"
    past = which == "dernier" or (not which and context.tense(*found.span()) < 0 and context.published.weekday() < 5)
    return "DATE", f"{_week(context.published + datetime.timedelta(days=-7 if past else 7 if which else 0))}-WE"


def _month_ref(found: _Found, context: _Context) -> Value | None:
    which, edge = _low(found["month_which"]), _low(found["month_edge"])
    if edge == "le" and not which:
        return None
    return _shifted(context.published, {"prochain": 1, "suivant": 1, "dernier": -1}.get(which, 0), "mois")


def _year_ref(found: _Found, context: _Context) -> Value | None:
    which, words = _low(found["year_which"]), _low(found.group())
    if not which and "cette" not in words:
        return None
    shift = 1 if which.startswith(("prochain", "suivant")) else -1 if which else 0
    return _shifted(context.published, shift, "ans")


def _season(found: _Found, context: _Context) -> Value | None:
    words = _low(found.group())
    code = SEASONS[_low(found["season"])]
    if words == "été":
        return None  # mostly the participle
    if found["season_year"]:
        return "DATE", f"{found['season_year']}-{code}"
    if context.published is None:
        return "DATE", f"XXXX-{code}"
    year = _in_past_year(context, found.start()) or context.published.year
    which, over = _low(found["season_which"]), context.published.month > _SEASON_END[code]
    if which == "dernier":
        year -= 0 if over else 1
    elif which == "prochain" or context.tense(*found.span()) > 0:
        year += 1 if over else 0
    elif not words.startswith(("cet", "ce ")) and context.published.month < _SEASON_END[code] - 2:
        year -= 1
    return "DATE", f"{year}-{code}"


def _month(found: _Found, context: _Context) -> Value | None:
    month, which = MONTHS.index(_low(found["only_month"])) + 1, _low(found["only_which"])
    if found["month_year"]:
        return "DATE", f"{found['month_year']}-{month:02d}"
    if context.published is None:
        return "DATE", f"XXXX-{month:02d}"
    if which in ("dernier", "prochain"):
        ahead = month > context.published.month
        shift = (-1 if ahead else 0) if which == "dernier" else (0 if ahead else 1)
        return "DATE", f"{context.published.year + shift}-{month:02d}"
    return "DATE", f"{_year_of(month, context.published.day, found, context)}-{month:02d}"


def _half(found: _Found, context: _Context) -> Value | None:
    rank = {"premier": 1, "second": 2, "deuxième": 2, "troisième": 3, "quatrième": 4}[_low(found["half"])]
    year = found["half_year"] or (context.published.year if context.published else "XXXX")
    kind = "H" if _low(found["half_kind"]) == "semestre" else "Q"
    return ("DATE", f"{year}-{kind}{rank}") if kind == "Q" or rank <= 2 else None


def _decade(found: _Found, context: _Context) -> Value | None:
    digits = found["decade"]
    return "DATE", digits[:3] if len(digits) == 4 else f"19{digits[0]}"


def _set(found: _Found, context: _Context) -> Value | None:
    words = _low(found["every"])
    n = 2 if words.startswith("deux") else 1
    letter = {"j": "D", "m": "M", "s": "W", "a": "Y"}[words.removeprefix("deux ")[0]]
    if words.startswith(("matin", "soir")):
        letter = "D"
    elif words.startswith("semaine"):
        letter = "W"
    return "SET", f"P{n}{letter}"


# What stands before a clock time and not before a length.
_AT = re.compile(r"(?:\bà|\bvers|\bavant|\bdès|\bjusqu'à|\bjournal de|\bpeu après|\bpassé|\bil est)\s$")
_STANDS_ALONE = re.compile(r"(?:^|\n|,\s|\bdepuis\s)$")
_LETTER = {"sec": "S", "min": "M", "heu": "H", "jou": "D", "nui": "D", "sem": "W", "moi": "M", "an": "Y", "ann": "Y"}


def _duration(found: _Found, context: _Context) -> Value | None:
    unit, words = _low(found["length_unit"]), _low(found["length_n"]).strip()
    if unit.startswith("heure") and (hour := number(words)) is not None and hour <= 24:
        before = _low(context.text[max(0, found.start() - 16) : found.start()])
        if hour < 24 and (_AT.search(before) or (words.isdigit() and _STANDS_ALONE.search(before))):
            half = ":30" if found["half_more"] else ":00"
            return "TIME", f"{_clock_day(found, context)}T{hour:02d}{half}"
    if words in ("un", "une") and unit in ("an", "jour", "nuit", "journée", "mois") and not found["half_more"]:
        before = context.text[max(0, found.start() - 12) : found.start()].lower()
        if unit in ("jour", "nuit") and not before.endswith(
            ("pendant ", "durant ", "dure ", "duré ", "en ", "d'", "d’")
        ):
            return None
    letter = next((code for stem, code in _LETTER.items() if unit.startswith(stem)), None)
    prefix = "PT" if letter in ("S", "H") or unit.startswith("min") else "P"
    if letter is None:
        letter, scale = ("Y", 100) if unit.startswith("siècle") else ("Y", 10)
    else:
        scale = 1
    n = number(words)
    if n is None:
        return "DURATION", f"{prefix}X{letter}"
    more = ""
    if found["half_more"]:
        more = {"H": "30M", "Y": "6M"}.get(letter, "")
        if not more:
            return "DURATION", f"{prefix}{n}.5{letter}"
    return "DURATION", f"{prefix}{n * scale}{letter}{more}"


def _half_hour(found: _Found, context: _Context) -> Value | None:
    words = _low(found.group())
    return "DURATION", "PT30M" if "demi" in words else "PT45M" if "trois" in words else "PT15M"


def _hour(found: _Found, context: _Context) -> Value | None:
    words = _low(found["hour"])
    clock = _clock(words)
    if clock is None:
        return None
    if _low(found["hour_part"]) == "soir" and int(clock[:2]) < 12:
        clock = f"{int(clock[:2]) + 12:02d}{clock[2:]}"
    return "TIME", f"{_clock_day(found, context)}T{clock}"


def _clock_day(found: _Found, context: _Context) -> str:
    """Day of a bare clock time: of its entry on a live page, else the day named in its paragraph, else today."""
    if context.live:
        return _day(context.published, -1 if found.start() < context.midnight else 0)
    near = context.last_at >= 0 and "\n" not in context.text[context.last_at : found.start()]
    return _day(context.last if near else context.published)


def _day_part(found: _Found, context: _Context) -> Value | None:
    words = found["long_part"] or found["short_part"] or found["le_part"] or found["edge_part"]
    before = _low(context.text[max(0, found.start() - 7) : found.start()])
    if before.endswith("toute ") and words in ("journée", "nuit", "matinée", "soirée"):
        return ("DURATION", "P1D") if words == "journée" else None
    day = _day(context.published) if context.live and context.last_at < 0 else _day(context.anchor())
    code = _part(words)
    return ("TIME", f"{day}{code}") if code else ("DATE", day)


def _day_only(found: _Found, context: _Context) -> Value | None:
    return _in_month(1 if "er" in found["only_day"] else int(found["only_day"]), context.anchor(), context)


def _in_month(day: int, anchor: datetime.date | None, context: _Context) -> Value | None:
    if anchor is None:
        return "DATE", f"XXXX-XX-{day:02d}"
    try:
        return "DATE", str(anchor.replace(day=day))
    except ValueError:
        return None


def _range_start(found: _Found, context: _Context) -> Value | None:
    """*du 11* of *du 11 au 12 mai*: the month stands behind."""
    month = re.match(rf"\ au\ \d{{1,2}}\ (?P<m>{_M})(?:\ (?P<y>{_YEAR}))?", context.text[found.end() :], re.IGNORECASE)
    if month is None:
        return None
    number_of = MONTHS.index(_low(month["m"])) + 1
    year = int(month["y"]) if month["y"] else _year_of(number_of, int(found["from_day"]), found, context)
    value = _parsed(f"{found['from_day']} {MONTHS[number_of - 1]} {year}") if year else None
    return ("DATE", value) if value else None


def _feast(found: _Found, context: _Context) -> Value | None:
    if context.published is None:
        return "DATE", "XXXX-12-25"
    ahead = context.tense(*found.span()) > 0 or context.published.month >= 11
    if "Nouvel" in found["feast"]:
        return "DATE", f"{context.published.year + (1 if ahead else 0)}-01-01"
    return "DATE", f"{context.published.year - (0 if ahead else 1)}-12-25"


def _constant(value: str) -> Callable[[_Found, _Context], Value | None]:
    return lambda found, context: ("DATE", value)


_RESOLVERS: dict[str, Callable[[_Found, _Context], Value | None]] = {
    "iso": _iso,
    "full": _full,
    "weekday": _weekday,
    "deictic": _deictic,
    "this_part": _this_part,
    "ago": _ago,
    "ahead": _ahead,
    "shift": _shift,
    "eve": _eve,
    "same": _same,
    "week": _week_ref,
    "weekend": _weekend,
    "month_ref": _month_ref,
    "year_ref": _year_ref,
    "season": _season,
    "month": _month,
    "half": _half,
    "decade": _decade,
    "set": _set,
    "duration": _duration,
    "half_hour": _half_hour,
    "clock": _hour,
    "day_part": _day_part,
    "day_only": _day_only,
    "range_start": _range_start,
    "feast": _feast,
    "vague_now": _constant("PRESENT_REF"),
    "vague_past": _constant("PAST_REF"),
    "vague_future": _constant("FUTURE_REF"),
    "instant": _constant("PRESENT_REF"),
    "years": lambda found, context: ("DATE", found["plain_year"]),
}
