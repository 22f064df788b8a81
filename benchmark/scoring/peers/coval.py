"""coval at 87071a6 (Moosavi & Strube 2016) and the CoNLL reference scorer 8.01 at f49f3f8 (Pradhan et al. 2014),
fractions, 0/0 = 0.

Coreference of encounters with singletons, mentions being trigger extents; the counts are those of
``families/coreference.py`` added over documents. ``conll_average`` is the mean of the three f1, 0 for an undefined
one, so it stays low where gold has no two mentions of one encounter. ``ceafm`` and ``blanc`` are the reference
scorer's (coval divides CEAFm by numbers of chains and can exceed 1); ``f1_printed`` is its percent truncated to two
decimals.

Gameable as the family says; the two programs differ on repeated mentions, which here are numbered as there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.documents import Document, Prediction
from benchmark.scoring.families import coreference
from benchmark.scoring.peers._shared import fractions, joined, ratios

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("undefined",)

_MEASURES: dict[str, coreference.Measure] = {
    "mentions": coreference.mention,
    "muc": coreference.muc,
    "b_cubed": coreference.b_cubed,
    "ceafe": coreference.ceaf_e,
    "lea": coreference.lea,
    "ceafm": coreference.ceaf_m,
}


def _blanc(rows: Sequence[Sequence[float]]) -> dict[str, Any]:
    common, given, wanted, common_not, given_not, wanted_not = (sum(row[i] for row in rows) for i in range(6))
    coreferent = ratios(common, given, common, wanted)
    other = ratios(common_not, given_not, common_not, wanted_not)
    if not wanted and not wanted_not:
        figures = ratios(0, 0, 0, 0)
    elif not wanted:
        figures = other
    elif not wanted_not:
        figures = coreferent
    else:
        figures = {k: (coreferent[k] + other[k]) / 2 for k in coreferent}
    return {
        "coref_links": {"common": common, "gold": wanted, "pred": given},
        "noncoref_links": {"common": common_not, "gold": wanted_not, "pred": given_not},
        **figures,
        "f1_printed": f"{int(figures['f1'] * 10000) / 100:.15g}",
    }


def score(gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]) -> dict[str, Any]:
    """``{mentions, muc, b_cubed, ceafe, lea, ceafm: counts and ratios, conll_average, blanc}``."""
    chains = [
        (coreference.encounter_chains(str, document), coreference.encounter_chains(str, prediction))
        for document, prediction in joined(gold, predictions)
    ]
    result: dict[str, Any] = {}
    for name, measure in _MEASURES.items():
        rows = [measure(ours, theirs) for ours, theirs in chains]
        result[name] = fractions(*(sum(row[i] for row in rows) for i in range(4)))
    result["conll_average"] = sum(result[name]["f1"] for name in ("muc", "b_cubed", "ceafe")) / 3
    result["blanc"] = _blanc([coreference.blanc(ours, theirs) for ours, theirs in chains])
    return result
