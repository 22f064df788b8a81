"""Values of lengths (*deux heures*) and sets (*chaque semaine*)."""

from __future__ import annotations

import re

from baselines.dates import hours
from baselines.dates.clock import clock_time
from baselines.dates.context import Context
from baselines.dates.grammar import Expression
from baselines.dates.numbers import number
from baselines.dates.parts import Value, iso_week, words_before, words_behind
from benchmark.review import WEEKDAYS

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


def weeks(e: Expression, context: Context) -> Value | None:
    """*les deux semaines suivantes*."""
    return "DURATION", f"P{number(e.get('n')) or 'X'}W"


def _period(n: int | str, unit: str) -> str:
    """*deux*, *ans* → ``P2Y``."""
    if unit.startswith("trimestre"):
        return f"P{3 * n if isinstance(n, int) else n}M"
    if unit.startswith("semestre"):
        return f"P{6 * n if isinstance(n, int) else n}M"
    key = unit[:3] if unit[:3] in _LETTER else unit[:2]
    times = _TIMES.get(key, 1)
    return f"{'PT' if key in ('sec', 'min', 'heu') else 'P'}{n * times if isinstance(n, int) else n}{_LETTER[key]}"


def weekly(e: Expression, context: Context) -> Value | None:
    """*tous les lundis*."""
    return "SET", f"XXXX-WXX-{WEEKDAYS.index(e.get('name')) + 1}"


def every(e: Expression, context: Context) -> Value | None:
    """*chaque semaine*, *tous les deux ans*, *par jour*."""
    n = number(e.get("n")) if "n" in e.match.groupdict() and e.get("n") else 1
    return "SET", _period(n or 1, e.get("unit"))


def alternate(e: Expression, context: Context) -> Value | None:
    """*une semaine sur deux*."""
    return "SET", _period(number(e.get("n")) or 1, e.get("unit"))


def frequency(e: Expression, context: Context) -> Value | None:
    """*annuel*."""
    periods = {"annuel": "P1Y", "quotidien": "P1D", "mensuel": "P1M", "hebdomadaire": "P1W", "trimestriel": "P3M"}
    return "SET", periods.get(e.get("often"), "P6M" if e.get("often") == "semestriel" else "P2Y")


def half_hour(e: Expression, context: Context) -> Value | None:
    """*une demi-heure*, *trois quarts d’heure*."""
    words = e.match.group()
    return "DURATION", "PT30M" if "demi" in words else "PT45M" if "trois" in words else "PT15M"


def vaguely(e: Expression, context: Context) -> Value | None:
    """*longtemps*, *un instant*."""
    return "DURATION", "PTXH" if "heures" in e.match.group() else "PXX"


def bare_number(e: Expression, context: Context) -> Value | None:
    """*six* of *six ou huit mois*."""
    unit = re.match(r" (?:à|ou) \S+ (\w+)", words_behind(e, context, 60))
    n = number(e.get("n"))
    key = unit[1][:3] if unit else ""
    if n is None or unit is None or (key not in _LETTER and key[:2] not in _LETTER):
        return None
    return "DURATION", _period(n, unit[1])


def duration(e: Expression, context: Context) -> Value | None:
    """*deux heures et demie*; a clock time where it stands like one (à *deux heures*)."""
    if e.get("demi"):
        return "DURATION", "PT1H30M"
    unit, words = e.get("unit"), e.get("n").strip()
    n = number(words)
    if unit.startswith("heure") and n is not None and n <= 24 and _is_clock(n, words, e, context):
        said = f"{words} heures{e.get('half')}"
        return hours.at_clock(clock_time(said, hours.is_late(said, e, context)) or "", e, context)
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
    before, after = words_before(e, context, 16), words_behind(e, context)
    if re.match(r" (?:de |d'|durant|plus tard|environ)", after) or e.match.group()[:3] in (
        "plu",
        "moi",
        "env",
        "prè",
    ):
        return False
    if _AT.search(before) or (words.isdecimal() and (_STANDS_ALONE.search(before) or n > 12)):
        return True
    return bool((n > 8 and before.endswith("depuis ")) or re.match(r" à (?:\d|midi|minuit)", after))


def within(e: Expression, context: Context) -> Value | None:
    """dans *l’heure*, dans *la semaine*."""
    if not words_before(e, context).endswith("dans "):
        return None
    if "heure" in e.match.group():
        return "DURATION", "PT1H"
    return "DATE", iso_week(context.published) if context.published else "XXXX-WXX"


def fortnight(e: Expression, context: Context) -> Value | None:
    """sous *quinzaine*."""
    return "DURATION", "P2W" if e.get("length") == "quinzaine" else "P1W"


def some_part(e: Expression, context: Context) -> Value | None:
    """en *une matinée*."""
    return "DURATION", "PXX"
