"""Hours and parts of the day."""

from __future__ import annotations

import re

from baselines.dates.numbers import number


def part_of_day(words: str) -> str:
    """Code of a part of day (``TMO`` for *matinée*); nothing for *journée*."""
    if re.search(r"fin de (?:la )?journée", words):
        return "TEV"
    for stem, code in (("mati", "TMO"), ("aube", "TMO"), ("après", "TAF"), ("soir", "TEV"), ("nuit", "TNI")):
        if stem in words:
            return code
    return "T12:00" if "midi" in words or "mi-journée" in words else ""


def clock_time(words: str, late: bool = False) -> str | None:
    """``14:30`` from *14 h 30*, *trois heures et demie*, *dix heures moins vingt*; twelve hours more if ``late``."""
    late = (late and "du matin" not in words) or "du soir" in words or "après-midi" in words
    words = re.sub(r"^(?:un )?peu (?:avant|après) | précises?| du matin| du soir| de l'après-midi", "", words).strip()
    if figures := re.fullmatch(r"(\d{1,2})\D*(\d\d)?", words):
        hour, minute = int(figures[1]), int(figures[2] or 0)
    else:
        head, _, rest = words.partition(" heure") if " heure" in words else words.partition(" ")
        hour = {"midi": 12, "minuit": 0}.get(head.strip(), number(head.strip()) if head else None) or 0
        minute = _minutes(rest.removeprefix("s").strip())
        if head == "minuit" and minute == 0:
            return "24:00"
        if minute < 0:
            hour, minute = hour - 1, minute + 60
    if late and 0 < hour < 12:
        hour += 12
    return f"{hour % 24 if minute else hour:02d}:{minute:02d}" if 0 <= hour <= 24 and minute < 60 else None


def _minutes(words: str) -> int:
    sign = -1 if words.startswith("moins ") else 1
    words = re.sub(r"^(?:moins |et )(?:le )?", "", words)
    if words.startswith("demi"):
        return 30
    return sign * (15 if words == "quart" else number(words) or 0) if words else 0
