"""How French says a time: one pattern a kind of expression.

Patterns are for text in plain writing and lower case (:mod:`~baselines.dates.writing`): without case they run twice as
fast. At each word the kinds are tried in order, so that the longer way of saying a thing comes before the shorter one.
What a pattern must have before or behind it to be a time at all (*le 12*, but not *le 12 heures*) counts where
expressions are looked for, not where their extent is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from baselines.dates.numbers import ABOUT, NUMBER, WORDS
from baselines.dates.writing import lowered
from benchmark.review import MONTHS, WEEKDAYS

SEASONS = {"printemps": "SP", "été": "SU", "automne": "FA", "hiver": "WI"}
_RANKS = {
    1: ("premier", "première"),
    2: ("second", "seconde", "deuxième"),
    3: ("troisième",),
    4: ("quatrième",),
    -1: ("dernier", "dernière"),
}
ORDINALS = {word: rank for rank, words in _RANKS.items() for word in words}

_D, _M, _S = "|".join(WEEKDAYS), "|".join(MONTHS), "|".join(SEASONS)
_YEAR = r"(?:1[5-9]|20)\d\d"
_UNIT = r"(?:secondes?|minutes?|heures?|jours?|journées?|nuits?|semaines?|mois|ans?|années?|décennies?|siècles?)"
_ABOUT = r"(?:(?:un peu |tout juste |bien )?(?:plus|moins) (?:de |d')|environ |près (?:de |d')|presque |à peine |à peu près |quelque |tout juste |au moins )?"
_COUNT = rf"{ABOUT}|{NUMBER} |quelques "
_ORDINAL = "|".join(ORDINALS)

_HOUR = r"(?:[01]?\d|2[0-4])"
_MINUTES = rf" (?:et (?:demie?|quart)|moins (?:le quart|{WORDS})|{WORDS}(?=,| ?[.;:?!)»…]|$))"
_FIGURES = rf"(?:{_HOUR} ?h(?: ?[0-5]\d)?(?!\w)|{_HOUR}:[0-5]\d(?!\d)|{_HOUR} heures?(?: [0-5]\d(?!\d))?)"
_NOON = rf"(?:(?:midi|minuit)(?:{_MINUTES})?)"
_EXACT = r"(?: précises?)?(?: du (?:matin|soir)| de l'après-midi)?"
CLOCK = rf"(?:(?:{_FIGURES}|{_NOON}|{WORDS} heures?(?:{_MINUTES})?){_EXACT})"
_SURE_CLOCK = rf"(?:(?:{_HOUR} ?h(?: ?[0-5]\d)?(?!\w)|{_HOUR}:[0-5]\d(?!\d)|{_HOUR} heures [0-5]\d(?!\d)|{_NOON}|{WORDS} heures?(?! et){_MINUTES}){_EXACT})"
_PART = r"(?:matinée|matin|mi-journée|midi|après-midi|soirée|soir|nuit|aube|journée)"
_EDGE = r"(?:tout )?(?:début|milieu|fin) (?:de |d')(?:la |l')?"
# What follows a day to name an hour or part of it: *mardi soir*, *hier, un peu avant 16 heures*, *le 10 au matin*.
_TAIL = (
    rf"(?:,? (?:à|vers|passé|(?:un )?peu (?:avant|après)) (?P<hour>{CLOCK}|la même heure)"
    rf"|,? (?P<hour2>{_FIGURES}{_EXACT}|{_NOON})(?! (?:de |d'|durant|environ))"
    rf"| (?P<part>{_PART})\b|,? (?:au |à l')(?P<part2>{_PART})\b| en (?P<part3>{_EDGE}{_PART})\b)?"
)
_LAST = r"derniers?|dernières?|passée?s?|prochaine?s?|suivante?s?|précédente?s?|d'avant|d'après"
_DAY = rf"(?:(?:{_D}) )?\d{{1,2}}(?:er)?(?: (?:{_M})(?: {_YEAR})?)?|{_D}|hier|lendemain|la veille"


class Kind(NamedTuple):
    """A pattern, and what must stand before and behind it where the extent is not given."""

    pattern: str
    before: str = ""
    after: str = ""


KINDS: dict[str, Kind] = {
    "iso": Kind(r"\d{4}-\d\d-\d\d"),
    "clock_day": Kind(
        rf"(?P<hour>{CLOCK}),? (?P<day>hier|aujourd'hui|demain|ce matin|cet après-midi|ce soir|cette nuit)"
    ),
    "night": Kind(rf"(?:(?:la|cette) )?nuit (?:du|de) (?P<day>{_DAY}) (?:au|à) (?P<day_after>{_DAY})"),
    "part_of_day": Kind(
        rf"(?:(?:le |la |l'|cette |une partie de la )?(?P<part>(?:{_EDGE})?{_PART})) (?:du |de |d')(?P<day>{_DAY})",
    ),
    "full": Kind(
        rf"(?:(?:le|les|ce) )?(?:(?:{_D}) )?(?P<day>[12]?\d|3[01])(?:er)? (?:(?P<month>{_M})(?: (?P<year>{_YEAR}))?|(?P<this>de ce mois(?:-ci|-là)?|du même mois))"
        rf"(?: (?P<which>{_LAST}))?{_TAIL}",
    ),
    "slashes": Kind(r"(?P<day>[0-3]?\d)/(?P<month>[01]?\d)/(?P<year>\d{4})"),
    "weekly": Kind(rf"(?:tous les|chaque) (?P<name>{_D})s?"),
    "weekday": Kind(
        rf"(?:(?P<article>le|ce|un|les) (?P<same>même )?)?(?P<name>{_D})s?(?P<that>-là)?(?: même)?(?: (?P<number>[12]?\d|3[01])(?:er)?(?! ?(?:h|heures?|minutes?|ans|jours)\b))?"
        rf"(?: (?P<which>{_LAST}|en huit|en quinze|de la semaine (?:dernière|prochaine|passée|suivante)))?{_TAIL}",
    ),
    "deictic": Kind(
        rf"(?P<said>avant-hier|hier|après-demain|demain|aujourd'hui)(?: même)?(?: (?:{_D}))?{_TAIL}",
    ),
    "this_part": Kind(
        rf"(?:(?P<this>ce|cet|cette) (?P<part>{_PART})(?P<that>-là)?(?: même)?|(?:le |la |l')?(?P<same>même) (?P<part2>{_PART})|(?:le |la |l')(?P<part3>{_PART}) même)"
        rf"(?:,? (?:à |vers )?(?P<hour>{_FIGURES}|{WORDS} heures?))?",
    ),
    "ago": Kind(
        rf"(?:il y a|voici|voilà) {_ABOUT}(?:(?P<n>{_COUNT})(?P<unit>{_UNIT})(?P<half> et demie?)?|(?P<vague>longtemps))(?P<today> aujourd'hui)?(?: jour pour jour)?",
    ),
    "ahead": Kind(rf"dans {_ABOUT}(?:(?P<n>{_COUNT})(?P<unit>{_UNIT})|un instant|un avenir proche)"),
    "shift": Kind(
        rf"{_ABOUT}(?P<n>{_COUNT})(?P<unit>{_UNIT}) (?P<way>plus tard|plus tôt|auparavant|après|avant)",
        after=r"(?! que)(?:(?<! après)(?<! avant)|(?= ?[,.;:)?!\n]))",
    ),
    "later_today": Kind(r"plus (?:tard|tôt) (?:dans )?(?:la|cette) (?P<part>journée|soirée|matinée|nuit)"),
    "eve": Kind(
        rf"(?P<said>(?:l')?avant-veille|(?:la )?veille|(?:le )?surlendemain|(?:le )?lendemain)(?: (?:de |du )(?P<feast>noël|nouvel an(?: lunaire)?|la pâque(?: orthodoxe)?))?{_TAIL}",
    ),
    "same": Kind(
        r"(?:le )?même jour|le jour même|ce (?:même )?jour(?P<that>-là| même)?|(?:ce |cette |la |le )?(?:\w+ième|premier|première|dernière?) (?:jour|journée)",
    ),
    "day_when": Kind(r"(?:le )?jour(?: même)?", before=r"(?=le )", after=r"(?= où)"),
    "week_of_month": Kind(
        rf"(?:la |les )?(?P<rank>{_ORDINAL}) semaine (?:de |d')(?P<month>{_M})(?: (?P<year>{_YEAR}))?",
    ),
    "week": Kind(
        rf"(?:(?:le |la )?(?:début|milieu|fin) de (?:la |cette )?semaine(?: (?P<edge_which>{_LAST}))?|cette semaine(?P<that>-là)?|(?:cette|la) (?P<same>même) semaine|la semaine (?P<which>{_LAST}))",
    ),
    "weeks": Kind(rf"les (?P<n>deux|trois|quelques) semaines (?P<which>{_LAST})"),
    "weekend": Kind(rf"(?:le |ce )?week-end(?P<that>-là)?(?: (?P<which>{_LAST}))?"),
    "month_ref": Kind(
        rf"(?:plus tôt )?(?:(?:le |la )?(?:début|fin|mi|milieu|courant) (?:du|de ce) (?P<edge_same>même )?mois(?: (?P<edge_which>{_LAST}))?|ce mois(?P<that>-ci|-là)?|(?:le )?(?P<same>même) mois|le mois (?P<which>{_LAST}))",
        after=rf"(?! (?:de |d')(?:{_M}))",
    ),
    "year_ref": Kind(
        rf"(?:(?:le |la )?(?:début|fin|milieu|courant) (?:de |d')(?:l'(?:an|année)|cette année)(?: (?P<edge_which>{_LAST}))?|cette année(?P<that>-là)?|la (?P<same>même) année|l'an (?P<year>{_YEAR})|(?:l'an|l'année) (?P<which>{_LAST}))",
    ),
    "season": Kind(
        rf"(?:(?:le |la )?(?:début|fin|milieu) (?:de |d'|du ))?(?P<article>l'|cet |ce |le |un |cette )?(?P<season>{_S})(?: (?P<year>{_YEAR})| (?P<which>{_LAST}))?",
    ),
    "month": Kind(
        rf"(?:les (?:{WORDS} )?(?:premiers|derniers) jours (?:de |d')|(?:(?:le |la |une )?(?:début|fin|courant|milieu|mi)(?:-| de | d'| du | ))?(?:(?:le )?mois (?:de |d'))?)(?P<month>{_M})(?: (?P<year>{_YEAR})| (?P<which>{_LAST}))?",
    ),
    "half": Kind(rf"(?:(?:le|ce) )?(?P<rank>{_ORDINAL}) (?P<half>semestre|trimestre)(?: (?:de )?(?P<year>{_YEAR}))?"),
    "decade": Kind(r"les années (?P<decade>\d{2}|\d{4})"),
    "century": Kind(r"(?:le )?(?P<century>[xvi]+|\d{1,2})e siècle"),
    "alternate": Kind(rf"une? (?P<unit>jour|semaine|mois|an|année) sur (?P<n>{WORDS})"),
    "set": Kind(
        rf"(?:à peu près |presque )?(?:chaque|tous les|toutes les) (?:(?P<n>{WORDS}) )?(?P<unit>jours?|matins?|soirs?|nuits?|semaines?|mois|trimestres?|semestres?|ans?|années?|printemps|étés?|automnes?|hivers?)(?:,? à {CLOCK})?",
    ),
    "per": Kind(
        r"par (?P<unit>jour|semaine|mois|an|heure|trimestre)", before=r"(?<!part )(?<!jour )(?<!heure )(?<!mois )"
    ),
    "frequency": Kind(
        r"(?P<often>annuel|quotidien|mensuel|hebdomadaire|trimestriel|semestriel|biennal)(?:les|le|nes|ne|s)?",
        before=r"(?<!\ble )(?<!\bun )(?<!\bdu )(?<!\bl')",
    ),
    "half_hour": Kind(
        rf"{_ABOUT}(?:(?:la|une|cette) (?:petite |bonne |grosse )?demi-heure|(?:un|trois) (?:petit |bon )?quarts? d'heure)(?: (?:environ|à peu près))?"
    ),
    "clock": Kind(
        rf"(?:(?:un )?peu (?:avant|après) (?P<hour>{CLOCK})|(?P<hour2>{_SURE_CLOCK}|(?:{_HOUR}|{WORDS}) heures?(?: précises?)?(?: du (?:matin|soir)| de l'après-midi)))"
    ),
    "duration": Kind(
        rf"(?:(?:les|ces|l') ?)?{_ABOUT}(?:(?P<n>{ABOUT}|{NUMBER} |quelques |plusieurs |des |de longues |d'innombrables )(?P<unit>{_UNIT})(?:(?P<half> et (?:demie?|quart))| et (?P<n2>{NUMBER}) (?P<unit2>{_UNIT}))?|(?P<demi>heure et demie))"
        r"(?: (?:environ|à peu près|à peine|supplémentaires?|entière?s?))?",
        before=r"(?<!âgée de )(?<!âgé de )",
    ),
    "number": Kind(rf"(?P<n>{NUMBER})", after=rf"(?= (?:à|ou) {NUMBER} {_UNIT})"),
    "long": Kind(
        r"longtemps|longue date|un (?:petit |bref )?(?:moment|instant)|quelques instants|longues heures",
        before=r"(?<!trop )(?<!aussi )(?<!depuis )",
    ),
    "day_part": Kind(
        rf"(?:tard dans |une partie de |tout )?(?:(?P<whole>toute )?(?P<article>la |le |l'))?(?P<edge>{_EDGE})?(?P<part>{_PART})",
        before=r"(?=la m|la s|la n|la j|l'a|le soir|le matin|début|milieu|fin|tout|tard|une partie)",
    ),
    "day_only": Kind(
        rf"(?:le )?(?P<day>1er|[12]?\d|3[01]){_TAIL}",
        before=r"(?=le )",
        after=rf"(?! ?(?:{_M}|h\b|heures?|minutes?|%|€|{_UNIT}))(?!-\w|[,./]\d)(?! (?:ministre|secrétaire|vice))",
    ),
    "day_loose": Kind(
        rf"(?P<day>1er|[12]?\d|3[01]){_TAIL}",
        before=r"(?:(?<=\bdu )|(?<=\bau ))",
        after=rf"(?! ?(?:{_M}|h\b|heures?|minutes?|%|€|{_UNIT}))(?!-\w|[,./]\d)(?! (?:ministre|secrétaire|vice))",
    ),
    "range_start": Kind(
        r"(?:les )?(?P<day>[12]?\d|3[01])(?:er)?",
        after=rf"(?=(?:-| (?:au|et|ou) (?:le )?)(?:[12]?\d|3[01])(?:er)? (?:(?:{_M})|de ce mois))",
    ),
    "feast": Kind(r"(?:le )?(?P<feast>noël|nouvel an)", after=r"(?! lunaire)"),
    "some_day": Kind(r"un (?P<part>matin|après-midi|soir)"),
    "part_only": Kind(r"(?P<part>matin|soir)", before=r"(?:(?<=\bdu )|(?<=\bau ))"),
    "meal": Kind(
        r"l'heure (?:du |de la |de l')(?P<meal>déjeuner|dîner|souper|petit déjeuner|pause)|(?:le )?(?P<rise>lever) du (?:jour|soleil)"
    ),
    "fortnight": Kind(r"(?P<length>quinzaine|huitaine)", before=r"(?<=\bsous )"),
    "some_part": Kind(r"une (?:matinée|soirée)", before=r"(?<=\ben )"),
    "now": Kind(
        r"maintenant|désormais|actuellement|dorénavant|l'heure actuelle|l'heure qu'il est|ce moment même|l'immédiat"
    ),
    "within": Kind(r"l'heure|la semaine", before=r"(?<=\bdans )"),
    "instant": Kind(r"l'instant|le moment|l'heure", before=r"(?<=pour )"),
    "present": Kind(r"présent", before=r"(?<=\bà )"),
    "past": Kind(
        r"récemment|naguère|jadis|autrefois|ces derniers (?:jours|mois|temps)|ces dernières (?:semaines|années|heures)|l'époque|l'autre (?:jour|nuit|soir)|ces heures mêmes"
    ),
    "future": Kind(
        r"bientôt|prochainement|(?:ces|les) prochaine?s (?:jours|semaines|mois|heures|années)|(?:les )?(?:jours|semaines|mois) (?:à venir|qui viennent)|le moment venu|moment opportun|un avenir proche|brève échéance|les meilleurs délais|les (?:semaines|jours|mois) suivante?s|ces jours-ci|sous peu"
    ),
    "year": Kind(rf"(?P<year>{_YEAR})", before=r"(?<![\d.,])", after=r"(?![\d]|[.,]\d| (?:000|km|€|%|euros))"),
}
# How an expression can begin, so that most words are passed over at once; a test holds it against the patterns. An article
# or a preposition alone begins too many things: what may follow it is named too.
_O_NUMBER = (
    r"\d|à pe|au mo|bien|cent|cinq|deux|dix|diza|douz|envi|huit|mill|moin|neuf|onze|plus|pres|près|quar|quat|quel|quin|seiz"
    r"|sept|six|soix|tout|trei|tren|troi|une?\b|ving|zéro"
)
_O_UNIT = r"an|dé|he|jo|mi|mo|nu|se|si"
_O_PART = r"après-|aube|jour|mati|mi-j|midi|nuit|soir"
_O_DAY = r"dima|jeud|lund|mard|merc|same|vend"
_O_SEASON = r"auto|hive|prin|été"
_O_RANK = r"dern|deux|prem|quat|seco|troi|\w+ième "
_O_EDGE = r"cour|débu|fin\b|mi\b|mi-|mili"
_OPENINGS = (
    rf"\d|[xvi]+e |{_O_PART}|{_O_DAY}|{_O_SEASON}|\w+ième "
    rf"|l[ea] (?:\d|[xvi]+e |{_O_PART}|{_O_DAY}|{_O_SEASON}|{_O_RANK}|{_O_EDGE}|bonn|demi|gros|lend|leve|mois|mome|même|nouv|noël"
    r"|peti|sema|surl|tout|veil|week)"
    rf"|les (?:{_O_NUMBER}|{_O_DAY}|anné|d'in|de l|dern|des |heur|jour|meil|mois|même|prem|proc|seco|sema)"
    rf"|l'(?:{_O_NUMBER}|{_O_PART}|{_O_SEASON}|{_O_EDGE}| |an\b|anné|autr|avan|d'in|de l|des |heur|immé|inst|même|époq)"
    rf"|ce(?:|t|tte) (?:\d|{_O_PART}|{_O_DAY}|{_O_SEASON}|{_O_RANK}|{_O_EDGE}|anné|bonn|demi|gros|mois|mome|même|peti|sema|tout|week)"
    rf"|ces (?:{_O_NUMBER}|d'in|de l|dern|des |heur|jour|proc)"
    rf"|une? (?:{_O_NUMBER}|{_O_UNIT}|{_O_PART}|{_O_DAY}|{_O_SEASON}|{_O_EDGE}|aven|bon |bonn|bref|demi|et |gros|inst|même|ou |part|peti|peu |à )"
    rf"|une?-|dans (?:{_O_NUMBER})|des (?:{_O_UNIT})|de lo|d'inno|à pe|au mo|fin\b|il y a|mi\b|mi-|par (?:{_O_UNIT}|tri)|peu [ap]"
    r"|plus [dt]|plusi|tout(?:e |es | )|six|dix|mai\b|actu|anné|annu|août|aujo|autref|avant-|avri|bien|bienn|brèv|cent|chaq|cinq|cour"
    r"|débu|déce|dern|demai|demi|déso|deux|diza|doré|douz|envi|févr|hebd|heur|hier|huit|jadi|janv|juil|juin|lend|leve|long"
    r"|maint|mars|menn|mens|mili|mill|minu|mois|moin|mome|même|nagu|neuf|noël|nouv|nove|octo|onze|prem|près|présen|presq|print"
    r"|proch|quar|quat|quel|quin|quot|réce|seco|seiz|sept|seme|semai|soix|sous p|surl|tard|tous l|trei|tren|trim|troi|veil"
    r"|ving|voic|voil|zéro"
)


def anywhere(openings: str) -> re.Pattern[str]:
    """One pattern for all kinds, tried where a word begins in one of the ``openings``; its groups are the kinds."""

    def bare(pattern: str) -> str:
        return re.sub(r"\?P<\w+>", "?:", pattern)

    kinds = (f"{bare(k.before)}(?P<{name}>{bare(k.pattern)})(?!\\w){bare(k.after)}" for name, k in KINDS.items())
    start = rf"\b(?=\w)(?:(?<!-)|(?<=\d-)(?=\d))(?={openings})"
    return re.compile(f"{start}(?:{'|'.join(kinds)})")


_EXACTLY = {name: re.compile(kind.pattern) for name, kind in KINDS.items()}
_WITHIN = {name: re.compile(rf"\b(?:{pattern.pattern})\b") for name, pattern in _EXACTLY.items()}
_ANYWHERE = anywhere(_OPENINGS)


class Expression(NamedTuple):
    """A time expression: its kind, and the match that holds its parts."""

    kind: str
    match: re.Match[str]

    @property
    def start(self) -> int:
        return self.match.start()

    @property
    def end(self) -> int:
        return self.match.end()

    def get(self, *names: str) -> str:
        """The first of these parts that is there, in lower case."""
        known = self.match.re.groupindex
        for name in names:
            if name in known and (part := self.match[name]):
                return str(part)
        return ""


def scan(text: str) -> Iterator[Expression]:
    """The time expressions of a text in plain writing, from left to right, none within another."""
    text = lowered(text)
    for found in _ANYWHERE.finditer(text):
        kind = str(found.lastgroup)
        start, end = found.span(kind)
        if (match := _EXACTLY[kind].fullmatch(text, start, end)) is not None:
            yield Expression(kind, match)


def readings(text: str, start: int, end: int) -> Iterator[Expression]:
    """What these characters may be: expressions that are all of them, then those within them, the longest first."""
    text = lowered(text)
    for kind, pattern in _EXACTLY.items():
        if (match := pattern.fullmatch(text, start, end)) is not None:
            yield Expression(kind, match)
    within = [Expression(kind, m) for kind, pattern in _WITHIN.items() for m in pattern.finditer(text, start, end)]
    yield from sorted(within, key=lambda e: e.start - e.end)
