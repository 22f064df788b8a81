"""Values of weeks, months, seasons, years and longer stretches; of feasts."""

from __future__ import annotations

import datetime

from baselines.dates.context import Context, nearest_year
from baselines.dates.grammar import ORDINALS, SEASONS, Expression
from baselines.dates.parts import ONE_DAY, Value, counted, direction, iso_week
from benchmark.review import MONTHS

_MIDSEASON = {"SP": (5, 5), "SU": (8, 5), "FA": (11, 5), "WI": (2, 4)}


def _leans(e: Expression) -> bool:
    """Whether a reference leans on the passage (*la semaine suivante*), not on today."""
    return (
        bool(e.get("same", "edge_same"))
        or e.get("that") == "-là"
        or e.get("which", "edge_which")[:3] in ("sui", "pré", "d'a")
    )


def week_ref(e: Expression, context: Context) -> Value | None:
    """*cette semaine*, *la semaine suivante*, *début de semaine*."""
    anchor = context.anchor(e.start, e.end) if _leans(e) else context.published
    return "DATE", iso_week(anchor + 7 * direction(e.get("which", "edge_which")) * ONE_DAY) if anchor else "XXXX-WXX"


def weekend(e: Expression, context: Context) -> Value | None:
    """*ce week-end*."""
    anchor = context.anchor(e.start, e.end) if e.get("that") else context.published
    if anchor is None:
        return "DATE", "XXXX-WXX-WE"
    step = direction(e.get("which"))
    if not step and not e.get("that") and anchor.weekday() < 5 and context.tense(e.start, e.end) < 0:
        step = -1
    return "DATE", f"{iso_week(anchor + 7 * step * ONE_DAY)}-WE"


def month_ref(e: Expression, context: Context) -> Value | None:
    """*le mois prochain*, *la fin du mois*."""
    anchor = context.published
    if _leans(e) or (context.past_year(e.start) and not e.get("which", "edge_which")):
        anchor = context.month if context.grain == "month" else context.anchor(e.start, e.end)
    return counted(anchor, direction(e.get("which", "edge_which")), "mois") if anchor else ("DATE", "XXXX-XX")


def year_ref(e: Expression, context: Context) -> Value | None:
    """*l’an dernier*, *la fin de l’année*."""
    if e.get("year"):
        return "DATE", e.get("year")
    anchor, past = context.published, context.past_year(e.start)
    which = e.get("which", "edge_which")
    if past and (_leans(e) or not which):
        return "DATE", f"{past + direction(which):04d}"
    if _leans(e):
        anchor = context.month if context.grain == "month" else context.anchor(e.start, e.end)
    return ("DATE", f"{anchor.year + direction(which):04d}") if anchor else ("DATE", "XXXX")


def season(e: Expression, context: Context) -> Value | None:
    """*cet été*, *le printemps 2026*."""
    code, which = SEASONS[e.get("season")], e.get("which")
    if e.get("year"):
        return "DATE", f"{e.get('year')}-{code}"
    if e.get("article") == "un " or context.published is None:
        return "DATE", f"XXXX-{code}"
    month, day = _MIDSEASON[code]
    if step := direction(which):
        published = context.published
        year = published.year + (step > 0 and (month, day) <= (published.month, published.day))
        year -= step < 0 and (month, day) >= (published.month, published.day)
    elif e.get("article").startswith("ce") and not context.past_year(e.start):
        year = nearest_year(month, day, context.published, 0)
    else:
        year = context.year_of(month, day, e.start, e.end) or context.published.year
    return "DATE", f"{year - (code == 'WI')}-{code}"  # a winter has the year it begins in


def month_named(e: Expression, context: Context) -> Value | None:
    """*juin*, *début juin 2025*, *le mois de mai*."""
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
    if step := direction(which):
        year = published.year + (month <= published.month if step > 0 else -(month >= published.month))
    else:
        year = context.year_of(month, 15, e.start, e.end) or published.year
    return "DATE", f"{year}-{month:02d}"


def week_of_month(e: Expression, context: Context) -> Value | None:
    """*la première semaine de septembre*."""
    month, rank = MONTHS.index(e.get("month")) + 1, ORDINALS[e.get("rank")]
    year = int(e.get("year") or 0) or context.year_of(month, 15, e.start, e.end)
    if year is None:
        return "DATE", f"XXXX-{month:02d}"
    first = datetime.date(year, month, 1)
    if rank < 0:
        return "DATE", iso_week((first + 32 * ONE_DAY).replace(day=1) - ONE_DAY)
    return "DATE", iso_week(first + (3 + 7 * (rank - 1)) * ONE_DAY)


def half_year(e: Expression, context: Context) -> Value | None:
    """*le premier semestre 2026*, *le troisième trimestre*."""
    rank, kind = ORDINALS[e.get("rank")], "H" if e.get("half") == "semestre" else "Q"
    most = 2 if kind == "H" else 4
    year = e.get("year") or (str(context.published.year) if context.published else "XXXX")
    return ("DATE", f"{year}-{kind}{rank if rank > 0 else most}") if rank <= most else None


def decade(e: Expression, context: Context) -> Value | None:
    """*les années 1990*."""
    digits = e.get("decade")
    return "DATE", digits[:3] if len(digits) == 4 else f"19{digits[0]}"


def century(e: Expression, context: Context) -> Value | None:
    """*le XXe siècle*."""
    digits = e.get("century")
    n = int(digits) if digits.isdecimal() else _roman(digits)
    return ("DATE", f"{n - 1:02d}") if 2 <= n <= 22 else None


def _roman(digits: str) -> int:
    values = [{"x": 10, "v": 5, "i": 1}[d] for d in digits]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def year_alone(e: Expression, context: Context) -> Value | None:
    """*2025*."""
    return "DATE", e.get("year")


def feast_day(feast: str, e: Expression, context: Context) -> datetime.date | None:
    """The day of *Noël* or *Nouvel An*; none for a feast that moves."""
    month, day = (12, 25) if feast == "noël" else (1, 1)
    year = context.year_of(month, day, e.start, e.end)
    return datetime.date(year, month, day) if year and feast in ("noël", "nouvel an") else None


def feast(e: Expression, context: Context) -> Value | None:
    """*Noël*."""
    date = feast_day(e.get("feast"), e, context)
    return "DATE", str(date) if date else "XXXX-12-25" if e.get("feast") == "noël" else "XXXX-01-01"
