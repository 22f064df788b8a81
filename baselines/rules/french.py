"""French word forms: the forms of a verb with their tense, made from its infinitive.

Only what the lexicon names is conjugated, so a form that is found is a word that the rules know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Ending = tuple[str, str]


class Form(NamedTuple):
    """A reading of a word form: its dictionary word and, of a verb, its tense.

    Tenses: ``inf``, ``pp`` (past participle), ``ger`` (present participle), ``pres`` (also subjunctive), ``imp``, ``past``
    (simple past), ``fut``, ``cond``; ``noun`` for what is no verb.
    """

    lemma: str
    tense: str


_PRESENT_ER = ("e", "es", "ent")
_IMPERFECT = ("ais", "ait", "aient")
_FUTURE = ("ai", "as", "a", "ons", "ez", "ont")
_PARTICIPLE = ("", "e", "s", "es")

# ending of the infinitive: present, stem of the imperfect, stem of the future, participle, simple past
_FAMILIES: dict[str, tuple[tuple[str, ...], str, str, str, tuple[str, ...]]] = {
    "enir": (("iens", "ient", "iennent", "ienne", "iennes"), "en", "iendr", "enu", ("int", "inrent", "înt")),
    "cevoir": (("çois", "çoit", "çoivent", "çoive"), "cev", "cevr", "çu", ("çut", "çurent", "çût")),
    "devoir": (("dois", "doit", "doivent", "doive"), "dev", "devr", "dû", ("dut", "durent", "dût")),
    "pouvoir": (("peux", "peut", "peuvent", "puisse", "puissent"), "pouv", "pourr", "pu", ("put", "purent", "pût")),
    "vouloir": (("veux", "veut", "veulent", "veuille"), "voul", "voudr", "voulu", ("voulut", "voulurent", "voulût")),
    "avoir": (("ai", "as", "a", "ont", "ait", "aient"), "av", "aur", "eu", ("eut", "eurent", "eût")),
    "oir": (("ois", "oit", "oient", "oie"), "oy", "err", "u", ("it", "irent", "ît")),
    "soir": (("sois", "soit", "soient"), "soy", "soir", "sis", ("sit", "sirent", "sît")),
    "seoir": (("sied", "siéent", "soit"), "sey", "siér", "sis", ("sit", "sirent", "sît")),
    "mettre": (("mets", "met", "mettent", "mette"), "mett", "mettr", "mis", ("mit", "mirent", "mît")),
    "prendre": (("prends", "prend", "prennent", "prenne"), "pren", "prendr", "pris", ("prit", "prirent", "prît")),
    "rompre": (("romps", "rompt", "rompent", "rompe"), "romp", "rompr", "rompu", ("rompit", "rompirent", "rompît")),
    "ndre": (("nds", "nd", "ndent", "nde"), "nd", "ndr", "ndu", ("ndit", "ndirent", "ndît")),
    "oindre": (("oins", "oint", "oignent", "oigne"), "oign", "oindr", "oint", ("oignit", "oignirent", "oignît")),
    "clure": (("clus", "clut", "cluent", "clue"), "clu", "clur", "clu", ("clut", "clurent", "clût")),
    "dire": (("dis", "dit", "disent", "dise"), "dis", "dir", "dit", ("dit", "dirent", "dît")),
    "crire": (("cris", "crit", "crivent", "crive"), "criv", "crir", "crit", ("crivit", "crivirent", "crivît")),
    "faire": (("fais", "fait", "font", "fasse"), "fais", "fer", "fait", ("fit", "firent", "fît")),
    "aller": (("vais", "va", "vont", "aille", "aillent"), "all", "ir", "allé", ("alla", "allèrent", "allât")),
    "envoyer": (("envoie", "envoient"), "envoy", "enverr", "envoyé", ("envoya", "envoyèrent", "envoyât")),
    "euillir": (("eille", "eillent"), "eill", "eiller", "eilli", ("eillit", "eillirent", "eillît")),
    "être": (("est", "sont", "soit", "soient", "suis"), "ét", "ser", "été", ("fut", "furent", "fût")),
    "partir": (("pars", "part", "partent", "parte"), "part", "partir", "parti", ("partit", "partirent", "partît")),
    "sentir": (("sens", "sent", "sentent", "sente"), "sent", "sentir", "senti", ("sentit", "sentirent", "sentît")),
    "ffrir": (("ffre", "ffres", "ffrent"), "ffr", "ffrir", "ffert", ("ffrit", "ffrirent", "ffrît")),
    "uvrir": (("uvre", "uvrent"), "uvr", "uvrir", "uvert", ("uvrit", "uvrirent", "uvrît")),
    "quérir": (("quiert", "quièrent"), "quér", "querr", "quis", ("quit", "quirent", "quît")),
    "uire": (("uis", "uit", "uisent", "uise"), "uis", "uir", "uit", ("uisit", "uisirent", "uisît")),
    "battre": (("bats", "bat", "battent", "batte"), "batt", "battr", "battu", ("battit", "battirent", "battît")),
    "courir": (("cours", "court", "courent", "coure"), "cour", "courr", "couru", ("courut", "coururent", "courût")),
    "ivre": (("is", "it", "ivent", "ive"), "iv", "ivr", "écu", ("écut", "écurent", "écût")),
}
_FAMILIES["cueillir"] = (("cueille", "cueillent"), "cueill", "cueiller", "cueilli", ("cueillit", "cueillirent"))


def conjugated(infinitive: str) -> Iterator[Ending]:
    """Forms of a verb with their tense."""
    yield infinitive, "inf"
    family = max((f for f in _FAMILIES if infinitive.endswith(f)), key=len, default="")
    if family:
        stem = infinitive[: -len(family)]
        present, imperfect, future, participle, past = _FAMILIES[family]
        parts = [(stem + ending, "pres") for ending in present]
        parts += [(stem + imperfect + ending, "imp") for ending in _IMPERFECT]
        parts += [(stem + imperfect + ending, "pres") for ending in ("ons", "ez")]
        parts += [(stem + future + ending, "fut") for ending in _FUTURE]
        parts += [(stem + future + ending, "cond") for ending in _IMPERFECT]
        parts += [
            (stem + participle.rstrip("û") + ("û" if participle.endswith("û") else "") + e, "pp")
            for e in _ends(participle)
        ]
        parts += [(stem + ending, "past") for ending in past]
        parts += [(stem + imperfect + "ant", "ger")]
        yield from parts
    elif infinitive.endswith("er"):
        yield from _first_group(infinitive[:-2])
    elif infinitive.endswith("ir"):
        stem = infinitive[:-1]
        yield from ((stem + e, "pres") for e in ("s", "t", "ssent", "ssons", "ssez", "sse"))
        yield from ((stem + "ss" + e, "imp") for e in _IMPERFECT)
        yield from ((infinitive + e, "fut") for e in _FUTURE)
        yield from ((infinitive + e, "cond") for e in _IMPERFECT)
        yield from ((stem + e, "pp") for e in _PARTICIPLE)
        yield from ((stem + e, "past") for e in ("rent", "t"))
        yield stem + "ssant", "ger"


def _ends(participle: str) -> tuple[str, ...]:
    return ("", "e", "es") if participle.endswith("s") else _PARTICIPLE


def _first_group(stem: str) -> Iterator[Ending]:
    soft = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    strong = _strong(stem)
    yield from ((strong + e, "pres") for e in _PRESENT_ER)
    yield from ((stem + "ez", "pres"), (soft + "ons", "pres"))
    yield from ((soft + e, "imp") for e in _IMPERFECT)
    future = strong if strong[-2:] != stem[-2:] and "é" not in stem[-3:] else stem
    yield from ((future + "er" + e, "fut") for e in _FUTURE)
    yield from ((future + "er" + e, "cond") for e in _IMPERFECT)
    yield from ((stem + "é" + e, "pp") for e in _PARTICIPLE)
    yield from ((soft + "a", "past"), (stem + "èrent", "past"), (soft + "ât", "past"), (soft + "ant", "ger"))


def _strong(stem: str) -> str:
    """Stem before a silent ending: *appell-*, *préfèr-*, *renvoi-*."""
    if stem.endswith(("oy", "uy")):
        return stem[:-1] + "i"
    if stem.endswith(("ppel", "jet")):
        return stem + stem[-1]
    if len(stem) > 2 and stem[-2] in "éee" and stem[-1] in "rlmnstcdgv":
        return stem[:-2] + "è" + stem[-1]
    if stem.endswith(("égl", "éch", "égr", "égu", "ébr")):
        return stem[:-3] + "è" + stem[-2:]
    return stem
