"""PHEE ``phee_metric.py`` at 41489b0 (Sun et al. 2022): strings instead of offsets, percent, 0/0 = 0.

Per document the trigger strings of each label and the argument strings of each label and role are pooled. Strings are
lower-cased, ASCII punctuation breaks tokens, English articles are dropped. ``exact`` matches whole strings as
multisets, ``token`` all tokens of the pool thrown together. ``classification`` has a cell for each label and role,
``identification`` pools the roles of a label first. A cell exists only where some document has such a string.

Gameable: strings have no place, so any other mention with the same words is right, and tokens of different arguments
may be mixed. Only the roles of option ``roles`` count.
"""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from benchmark.documents import Document, Prediction, Span
from benchmark.scoring.peers import _shared
from benchmark.scoring.peers._shared import common, joined, ratios

UNIT = "percent"
BREAKS: tuple[str, ...] = ()
_ROLES = ("Organizer", "Participant", "Place")
_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")

Tokens = tuple[str, ...]
Cell = tuple[str, str]  # label, role or Trigger
Pool = Mapping[Cell, list[Tokens]]


def tokens(text: str) -> Tokens:
    """Normalised tokens of a string."""
    return tuple(_ARTICLE.sub(" ", _PUNCTUATION.sub(" ", text.lower())).split())


def _pool(gold: Document, side: Prediction, roles: Mapping[str, str]) -> Pool:
    """Strings of one side by label and what ``roles`` calls the role."""
    found: dict[Cell, list[Tokens]] = defaultdict(list)
    for event in side.events:
        found[event.type, "Trigger"].append(tokens(event.trigger.of(gold.text)))
        for a in event.arguments:
            if a.role in roles:
                found[event.type, roles[a.role]].append(tokens(Span(a.start, a.end).of(gold.text)))
    return found


def _table(
    sides: Sequence[tuple[Document, Prediction]], roles: Mapping[str, str], totals: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    sums: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for document, prediction in sides:
        ours, theirs = _pool(document, document, roles), _pool(document, prediction, roles)
        for label, kind in ours.keys() | theirs.keys():
            counts = _counts(ours.get((label, kind), []), theirs.get((label, kind), []))
            of_arguments = totals if kind != "Trigger" else ()
            for cell in {f"{label}.{kind}", kind, "Overall", *of_arguments}:
                sums[cell].update(counts)
    return {
        cell: {
            unit: ratios(n[unit, "tp"], n[unit, "pred"], n[unit, "tp"], n[unit, "gold"], scale=100)
            for unit in ("exact", "token")
        }
        for cell, n in sorted(sums.items())
    }


def _counts(ours: list[Tokens], theirs: list[Tokens]) -> dict[tuple[str, str], int]:
    our_words, their_words = ([word for one in side for word in one] for side in (ours, theirs))
    return {
        ("exact", "tp"): common(ours, theirs),
        ("exact", "pred"): len(theirs),
        ("exact", "gold"): len(ours),
        ("token", "tp"): common(our_words, their_words),
        ("token", "pred"): len(their_words),
        ("token", "gold"): len(our_words),
    }


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """``{classification, identification: {cell: {exact, token: {p, r, f1}}}}``."""
    sides, roles = joined(gold, predictions), _shared.roles(options, _ROLES)
    return {
        "classification": _table(sides, {role: role for role in roles}, ("MainArgs", "Arguments")),
        "identification": _table(sides, dict.fromkeys(roles, "MainArg"), ()),
    }
