"""The tense of the clause that an expression stands in, by the words around it."""

from __future__ import annotations

import re

_CLAUSE = 300  # characters on each side in which the verb is looked for

_TURNED = r"arrivé|parti|venu|revenu|allé|tombé|mort|né|rentré|resté|sorti|entré|passé|intervenu|devenu|apparu|parvenu"
_COMPOUND = r"(?:aura|auront|aurait|auraient|se sera|se seront) (?:\w+ )?\w{3,}(?:és?|ées?|us?|is|it)\b(?<!lieu)"
_PAST = (
    r"(?:(?:[Aa]|ai|ont|avons|avait|avaient|eut|eurent|fut|furent|était|étaient)\b|[Ss]'est\b|se sont\b|s'était\b"
    rf"|(?:est|sont) (?:\w+ment )?(?:{_TURNED})e?s?\b|(?!devai)\w{{3,}}(?:ait|aient|èrent)\b"
    r"|depuis\b|paru\b|tenue?s?\b|annulée?s?\b)"
)
# No name: lower case. A present that tells of a day to come is one of these verbs in the news.
_PRESENT = (
    r"(?:se |s')(?:tien(?:t|nent)|réuni(?:t|ssent)|ren(?:d|dent)|(?:retrouv|ouvr|achèv|expliqu|termin)e(?:nt)?)"
    r"|repren(?:d|nent)|débute(?:nt)?|commence(?:nt)?|doi(?:t|vent)|peu(?:t|vent)"
)
_FUTURE = rf"(?:[a-zéèêà]\w*(?:[eidutrv]ra|ront|rons|rez|(?:er|ir|dr|vr|aur|rr)ai(?:t|ent))|{_PRESENT})\b"
_EXPECTED = r"(?:devai(?:t|ent)|prévue?s?|attendue?s?|fixée?s?)\b"
_BEFORE = re.compile(rf"(?<![\w-])(?:(?P<compound>{_COMPOUND})|{_FUTURE}|{_EXPECTED}|(?P<past>{_PAST}))")
_BEHIND = re.compile(rf"(?<![\w-])(?:(?P<compound>{_COMPOUND})|{_FUTURE}|(?P<past>{_PAST}))")
_MODAL = re.compile(r"\b(?:devai(?:t|ent)|doi(?:t|vent)|va|vont) (?:se |s')?\w+(?:er|ir|re|oir) $")
_PARTICIPLE = re.compile(
    r"(?<!\bse )(?P<future>\w+(?:ra|ront|rait|raient) (?:\w+ )?)?\b(?!lieu|prévu|attendu|fixé)\w{3,}"
    r"(?:é|ée|és|ées|ue?s?|is|it|ite) $"
)
_MOVED = r"report(?:é|ée|és|ées)?|remise?s?|renvoyée?s?|invite|invité"
_TOWARDS = re.compile(rf"\b(?:pour|jusqu'(?:à|au|en)|avant|au plus tard|(?:{_MOVED}) (?:à|au|en)) ?(?:le |la |l')?$")
_BY = re.compile(r"\bd'ici(?: à| au)? ?(?:le |la |l')?$")
_SINCE = re.compile(r"\bdepuis (?:le |la |l')?$")
_BREAK = r"[.?!…;\n](?:(?<=\n)|(?<!\b[A-Z].)(?<!MM.) )"
_BREAKS, _CLAUSES = re.compile(_BREAK), re.compile(rf"{_BREAK}|\bqu(?:e |i |')")


def tense(text: str, start: int, end: int) -> int:
    """The tense around ``text[start:end]``: -1 past, 1 future, 0 where no verb tells; twice that after *depuis*, *d’ici*.

    The text is in plain writing. A participle right before decides, else the nearest verb; one behind counts as half as
    far again.
    """
    before = text[max(0, start - 24) : start].lower()
    if _SINCE.search(before):
        return -2
    if _BY.search(before):
        return 2
    if _TOWARDS.search(before):
        return 1
    low, high = max(0, start - _CLAUSE), min(end + _CLAUSE, len(text))
    begin = max((m.end() for m in _BREAKS.finditer(text, low, start)), default=low)
    clause = _CLAUSES.search(text, end, high)
    stop = clause.start() if clause else high
    if _MODAL.search(text[begin:start]):
        return 1
    if close := _PARTICIPLE.search(text[begin:start]):
        return 1 if close["future"] else -1
    found = [(float(start - m.end()), _sign(m)) for m in _BEFORE.finditer(text, begin, start)]
    found += [(1.5 * (m.start() - end), _sign(m)) for m in _BEHIND.finditer(text, end, stop)]
    return min(found, key=lambda pair: pair[0])[1] if found else 0


def _sign(found: re.Match[str]) -> int:
    return -1 if found["past"] or found["compound"] else 1
