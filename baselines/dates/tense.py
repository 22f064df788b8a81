"""The tense of the clause that an expression stands in, by the words around it."""

from __future__ import annotations

import re

from baselines.dates.writing import plain

_CLAUSE = 300  # characters on each side in which the verb is looked for

_TURNED = r"arrivé|parti|venu|revenu|allé|tombé|mort|né|rentré|resté|sorti|entré|passé|intervenu|devenu|apparu|parvenu"
_PAST = (
    r"(?:(?:[Aa]|ai|ont|avons|avait|avaient|eut|eurent|fut|furent|était|étaient)\b"
    r"|[Ss][’']est\b|se sont\b|s[’']était\b|[nl][’'](?:a|ont|avait)\b"
    rf"|(?:est|sont) (?:\w+ment )?(?:{_TURNED})e?s?\b"
    r"|(?:aura|auront|se sera|se seront) (?:\w+ )?\w{3,}(?:és?|ées?|us?|is|it)\b(?<!lieu)"
    r"|\w{3,}(?:ait|aient|èrent)\b|depuis\b|paru\b|tenue?s?\b|annulée?s?\b)"
)
_FUTURE = r"(?:[a-zéèêà]\w*(?:era|ira|dra|ura|vra|tra|rra|ront|rons|rez|rait|raient)\b|doi(?:t|vent)\b)"
_EXPECTED = r"(?:devai(?:t|ent)|prévue?s?|attendue?s?|fixée?s?)\b"
_BEFORE = re.compile(rf"(?<![\w’'-])(?:(?P<past>{_PAST})|{_FUTURE}|{_EXPECTED})")
_BEHIND = re.compile(rf"(?<![\w’'-])(?:(?P<past>{_PAST})|{_FUTURE})")
_PARTICIPLE = re.compile(
    r"(?P<future>\w+(?:ra|ront|rait|raient) (?:\w+ )?)?\b(?!lieu|prévu|attendu|fixé)\w{3,}(?:é|ée|és|ées|ue?s?|is|it|ite) $"
)
_MOVED = r"report(?:é|ée|és|ées)?|remise?s?|renvoyée?s?|invite|invité"
_TOWARDS = re.compile(
    rf"\b(?:pour|jusqu'(?:à|au|en)|d'ici(?: à| au)?|avant|(?:{_MOVED}) (?:à|au|en)) ?(?:le |la |l')?$"
)
_SINCE = re.compile(r"\bdepuis (?:le |la |l')?$")
_BREAKS = re.compile(r"[.?!…;] |\n")


def tense(text: str, start: int, end: int) -> int:
    """The tense around ``text[start:end]``: -1 past, 1 future, 0 where no verb tells; twice that where a preposition does.

    A participle right before decides, else the nearest verb; one behind counts as half as far again.
    """
    before = plain(text[max(0, start - 24) : start])
    if _SINCE.search(before):
        return -2
    if _TOWARDS.search(before):
        return 2
    low, high = max(0, start - _CLAUSE), min(end + _CLAUSE, len(text))
    begin = max((m.end() for m in _BREAKS.finditer(text, low, start)), default=low)
    stop = min((m.start() for m in _BREAKS.finditer(text, end, high)), default=high)
    if close := _PARTICIPLE.search(text[begin:start]):
        return 1 if close["future"] else -1
    found = [(float(start - m.end()), -1 if m["past"] else 1) for m in _BEFORE.finditer(text, begin, start)]
    found += [(1.5 * (m.start() - end), -1 if m["past"] else 1) for m in _BEHIND.finditer(text, end, stop)]
    return min(found, key=lambda pair: pair[0])[1] if found else 0
