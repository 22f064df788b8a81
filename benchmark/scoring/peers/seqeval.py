"""seqeval 1.2.2 (Nakayama 2018): triggers as IOB2 tags over whitespace tokens, a sequence a sentence; fractions, 0/0
= 0.

Tags made from spans are well formed, so strict IOB2 and the default mode give the same numbers: an exact match on
(document, trigger, label). They are computed as such, without the library; ``families/tagging.py`` is the view by
token. ``macro`` is the mean over the labels in gold or prediction (``None`` without any), f1 the mean of the f1
values; ``weighted`` weighs by gold count, so labels that are only predicted cost nothing there. Equal triggers of one
label are one, as in tags.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.documents import Document, Prediction
from benchmark.scoring.peers._shared import joined, ratios, share, trigger

UNIT = "fraction"


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    """``{mode: {micro, macro, weighted: {p, r, f1}, per_type: {label: {p, r, f1, support}}}}``."""
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for document, prediction in joined(gold, predictions):
        ours = {(trigger(v), v.type) for v in document.events}
        theirs = {(trigger(v), v.type) for v in prediction.events}
        wanted.update(label for _, label in ours)
        given.update(label for _, label in theirs)
        right.update(label for _, label in ours & theirs)
    labels = sorted(wanted | given)
    by_type = {t: ratios(right[t], given[t], right[t], wanted[t]) for t in labels}
    table: dict[str, Any] = {
        "micro": ratios(right.total(), given.total(), right.total(), wanted.total()),
        "macro": {k: sum(r[k] for r in by_type.values()) / len(labels) if labels else None for k in ("p", "r", "f1")},
        "weighted": {
            k: share(sum(wanted[t] * by_type[t][k] for t in labels), wanted.total()) for k in ("p", "r", "f1")
        },
        "per_type": {t: {**by_type[t], "support": wanted[t]} for t in labels},
    }
    return {"strict": table, "default": table}
