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
from benchmark.scoring.core import Row
from benchmark.scoring.families.partial import extent
from benchmark.scoring.families.tagging import count_tags
from benchmark.scoring.peers._shared import joined, ratios, share

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("duplicates_cost", "undefined")


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, Any]]:
    """``{mode: {micro, macro, weighted: {p, r, f1}, per_type: {label: {p, r, f1, support}}}}``."""
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for document, prediction in joined(gold, predictions):
        ours = {(extent(v), v.type) for v in document.events}
        theirs = {(extent(v), v.type) for v in prediction.events}
        wanted.update(label for _, label in ours)
        given.update(label for _, label in theirs)
        right.update(label for _, label in ours & theirs)
    table = _table({t: (right[t], given[t], right[t], wanted[t]) for t in sorted(wanted | given)})
    return {"strict": table, "default": table}


def classification_report(gold: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What :func:`score` gives for a mode, from IOB2 sequences in mode strict.

    Raises:
        InvalidInput: see :func:`benchmark.scoring.families.tagging.count_tags`.
    """
    return _table(count_tags(gold, given))


def _table(rows: Mapping[str, Row]) -> dict[str, Any]:
    by_type = {label: ratios(*row) for label, row in rows.items()}
    total = [sum(row[i] for row in rows.values()) for i in range(4)]
    return {
        "micro": ratios(*total),
        "macro": {k: sum(r[k] for r in by_type.values()) / len(rows) if rows else None for k in ("p", "r", "f1")},
        "weighted": {
            k: share(sum(row[3] * by_type[t][k] for t, row in rows.items()), total[3]) for k in ("p", "r", "f1")
        },
        "per_type": {t: {**by_type[t], "support": row[3]} for t, row in rows.items()},
    }
