"""gen-arg ``scorer.py`` at 253e088 (Li et al. 2021), with coreference, without head reduction; fractions, 0/0 = 0.

Gold triggers are given: a predicted event belongs to the gold event with its id, type and trigger. Both sides are
sets of (span, role) by event. AI: predicted pairs whose span is a gold argument span of the event; AC: pairs that
gold has. The ``_coref`` figures add predicted pairs whose span is no gold argument span but a mention of a gold
entity that also has a gold argument of the event among its mentions (for AC: one of the predicted role). Entities are
the gold document's; ``ref`` plays no part.

Gameable: not one-to-one, so naming every mention of an entity raises AI_coref and AC_coref. Predicted events that
belong to no gold event are false positives here (the scorer itself cannot read them).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from benchmark.documents import Document, Event, Prediction
from benchmark.scoring.families.partial import extent
from benchmark.scoring.matching import Extent
from benchmark.scoring.peers._shared import counted, joined

UNIT = "fraction"
BREAKS: tuple[str, ...] = ("undefined",)


def _pairs(event: Event | None) -> set[tuple[Extent, str]]:
    return {((a.start, a.end), a.role) for a in event.arguments} if event else set()


def score(
    gold: Sequence[Document], predictions: Sequence[Prediction], options: Mapping[str, object]
) -> dict[str, dict[str, float]]:
    """``{AI, AC, AI_coref, AC_coref: {tp, pred, gold, p, r, f1}}``."""
    tp: Counter[str] = Counter()
    given = wanted = 0
    for document, prediction in joined(gold, predictions):
        entities = [{(m.start, m.end) for m in e.mentions} for e in document.entities]
        of_mention: dict[Extent, list[set[Extent]]] = defaultdict(list)
        for mentions in entities:
            for mention in mentions:
                of_mention[mention].append(mentions)
        by_key = {(v.id, v.type, extent(v)): v for v in prediction.events}
        given += sum(len(_pairs(v)) for v in prediction.events)
        for event in document.events:
            ours, theirs = _pairs(event), _pairs(by_key.get((event.id, event.type, extent(event))))
            wanted += len(ours)
            spans = {span for span, _ in ours}
            for span, role in theirs:
                if span in spans:
                    tp["AI"] += 1
                    tp["AC"] += (span, role) in ours
                    continue
                filled = {r for s, r in ours if any(s in mentions for mentions in of_mention.get(span, ()))}
                tp["AI by coreference"] += bool(filled)
                tp["AC by coreference"] += role in filled
    return {
        "AI": counted(tp["AI"], given, wanted),
        "AC": counted(tp["AC"], given, wanted),
        "AI_coref": counted(tp["AI"] + tp["AI by coreference"], given, wanted),
        "AC_coref": counted(tp["AC"] + tp["AC by coreference"], given, wanted),
    }
