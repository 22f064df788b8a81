"""IterX ``metrics`` at 65fd64c (Chen et al. 2023): CEAF-RME with φ⊆ and φ3, fractions, 0/0 = 0.

A template is an event with the distinct fillers of each role. Templates of one document and of equal type are paired
one-to-one for the largest total.

``phi_subset``: the first mention of a predicted filler that belongs to a gold filler of its role makes it a hit on
that one. p_num counts hits, r_num the different gold fillers hit; of equal totals the one with the larger r_num is
taken. ``phi_3``: fillers of a role one-to-one for most common mentions, divided by numbers of mentions
(``phi_3_mention``) or of fillers (``phi_3_entity``, which can exceed 1).

Gameable: under φ⊆ any one right mention makes a hit, so a filler that lists every mention of the document always
hits, and several predicted fillers may hit one gold filler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchmark.documents import Document, Prediction
from benchmark.scoring.matching import assign_pairs
from benchmark.scoring.peers._shared import Filler, fillers, fractions, joined, same_type

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("identity", "undefined")

Template = dict[str, list[Filler]]


def _hits(gold: Template, predicted: Template) -> tuple[int, int]:
    hits = 0
    hit: set[tuple[str, int]] = set()
    for role, theirs in predicted.items():
        owner = {m: i for i, filler in reversed([*enumerate(gold.get(role, []))]) for m in filler}
        for filler in theirs:
            first = next((owner[m] for m in filler if m in owner), None)
            if first is not None:
                hits += 1
                hit.add((role, first))
    return hits, len(hit)


def _common(gold: Template, predicted: Template) -> tuple[int, int]:
    total = 0
    for role, theirs in predicted.items():
        credit = {(i, j): len(set(g) & set(p)) for i, g in enumerate(gold.get(role, [])) for j, p in enumerate(theirs)}
        total += sum(credit[pair] for pair in assign_pairs(credit))
    return total, total


def _fillers(template: Template) -> int:
    return sum(map(len, template.values()))


def _mentions(template: Template) -> int:
    return sum(len(filler) for slot in template.values() for filler in slot)


def _numerators(
    gold: Prediction,
    prediction: Prediction,
    ours: Sequence[Template],
    theirs: Sequence[Template],
    phi: Callable[[Template, Template], tuple[int, int]],
) -> tuple[int, int]:
    # The second number never exceeds the first, so this makes it a tie-break.
    base = sum(map(_fillers, theirs)) + sum(map(_mentions, theirs)) + 1
    scores = {
        (i, j): phi(ours[i], theirs[j]) for some, others in same_type(gold, prediction) for i in some for j in others
    }
    chosen = assign_pairs({pair: p * base + r for pair, (p, r) in scores.items()})
    return sum(scores[pair][0] for pair in chosen), sum(scores[pair][1] for pair in chosen)


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, float]]:
    """``{phi_subset, phi_3_mention, phi_3_entity: {p_num, p_den, r_num, r_den, p, r, f1}}``."""
    subset_p = subset_r = phi_3 = 0
    dens = [0, 0, 0, 0]
    for document, prediction in joined(gold, predictions):
        ours = [fillers(document, [v]) for v in document.events]
        theirs = [fillers(prediction, [v]) for v in prediction.events]
        p_num, r_num = _numerators(document, prediction, ours, theirs, _hits)
        subset_p, subset_r = subset_p + p_num, subset_r + r_num
        phi_3 += _numerators(document, prediction, ours, theirs, _common)[0]
        sizes = (sum(map(size, side)) for size in (_fillers, _mentions) for side in (theirs, ours))
        dens = [a + b for a, b in zip(dens, sizes, strict=True)]
    given, wanted, given_mentions, wanted_mentions = dens
    return {
        "phi_subset": fractions(subset_p, given, subset_r, wanted),
        "phi_3_mention": fractions(phi_3, given_mentions, phi_3, wanted_mentions),
        "phi_3_entity": fractions(phi_3, given, phi_3, wanted),
    }
