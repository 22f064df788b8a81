"""Which gold item met which predicted item under a metric, and what each pair earned, in one document or its storyline.

The items are those that the metric counts (:attr:`benchmark.scoring.core.Metric.lister`), so their credits add up to
its numerator. Metrics that are no sum over items say so in one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from benchmark.documents import Document, Prediction, Span, nearest
from benchmark.errors import InvalidInput, shorten
from benchmark.ontology import Ontology
from benchmark.scoring.core import (
    DocumentCounter,
    Key,
    Lister,
    Match,
    Metric,
    Rows,
    StorylineCounter,
    StorylineLister,
)

_SHOWN = 40  # mentions of a filler or chain; the rest is a number


class Item(msgspec.Struct, frozen=True):
    """A gold and a predicted item in words, ``None`` where an item met none, and the credit of the pair."""

    label: str
    gold: str | None
    given: str | None
    credit: float


class Explanation(msgspec.Struct, frozen=True):
    """One metric on one document, or on its storyline, which ``note`` then says.

    Attributes:
        items: in order of place, then of label; ``None`` where the metric has no item view, which ``note`` then explains.
        credit: what the metric counted, the sum of the credits.
        gold, given: its denominators.
    """

    metric: str
    definition: str
    items: list[Item] | None = None
    credit: float | None = None
    gold: float | None = None
    given: float | None = None
    note: str = ""


def find(documents: Sequence[Document], doc_id: str) -> int:
    """Position of a document.

    Raises:
        InvalidInput: there is none of that id; the message gives the nearest one.
    """
    for i, document in enumerate(documents):
        if document.doc_id == doc_id:
            return i
    raise InvalidInput(f"no document {shorten(doc_id)!r}", nearest(doc_id, [d.doc_id for d in documents]))


def explain(
    gold: Sequence[Document],
    predictions: Sequence[Prediction],
    doc_id: str,
    metrics: Iterable[Metric],
    ontology: Ontology,
) -> list[Explanation]:
    """What each metric made of a document; a metric of storylines of the storyline that it belongs to.

    Args:
        predictions: in the order of ``gold``.

    Raises:
        InvalidInput: there is no such document.
    """
    at = find(gold, doc_id)
    story = gold[at].storyline
    members = sorted(
        (i for i, d in enumerate(gold) if i == at or (story and d.storyline == story)),
        key=lambda i: (gold[i].published or "", gold[i].doc_id),
    )
    found = []
    for metric in metrics:
        if metric.lister is None:
            note = f"{metric.name} has no item view: its value is no sum of credits over pairs of items."
            found.append(Explanation(metric.name, metric.definition, note=note))
        elif metric.unit == "document":
            lister, count = cast(Lister, metric.lister), cast(DocumentCounter, metric.count)
            matches = sorted(lister(gold[at], predictions[at], ontology), key=_order)
            found.append(_explained(metric, matches, count(gold[at], predictions[at], ontology), gold[at]))
        else:
            several, count_all = cast(StorylineLister, metric.lister), cast(StorylineCounter, metric.count)
            sides = [gold[i] for i in members], [predictions[i] for i in members], ontology
            shown = _explained(metric, [*several(*sides)], count_all(*sides), gold[at])
            note = f"Over the {len(members)} documents of the storyline {story or doc_id}."
            found.append(msgspec.structs.replace(shown, note=note))
    return found


def _explained(metric: Metric, matches: Iterable[Match], rows: Rows, document: Document) -> Explanation:
    counted = [float(sum(row[i] for row in rows.values())) for i in range(4)]
    names: dict[tuple[object, ...], str] = {("entity", e.id): f"{e.id} {e.name}" for e in document.entities}

    def words(key: Key | None, label: str) -> str | None:
        """An item for a person to read; the label has a column of its own."""
        return None if key is None else ", ".join(p for p in _parts(key, document.text, names) if p != label)

    return Explanation(
        metric.name,
        metric.definition,
        items=[Item(m.label, words(m.gold, m.label), words(m.given, m.label), float(m.credit)) for m in matches],
        credit=counted[0],
        given=counted[1],
        gold=counted[3],
    )


def _order(match: Match) -> tuple[tuple[int, int], str]:
    """Place of the item in the text, then label; what has no place keeps the order in which it was listed."""
    return _place(match.gold) or _place(match.given) or (0, 0), match.label


def _place(key: object) -> tuple[int, int] | None:
    """The extent that a nested tuple begins with."""
    while isinstance(key, tuple) and key:
        if _is_extent(key):
            return key[0], key[1]
        key = key[0]
    return None


def _is_extent(key: tuple[Any, ...]) -> bool:
    return len(key) > 1 and isinstance(key[0], int) and isinstance(key[1], int)


def _parts(key: object, text: str, names: Mapping[tuple[object, ...], str]) -> Iterator[str]:
    """Extents with their text, fillers in words, the rest as it is."""
    if not isinstance(key, tuple):
        if key is not None:
            yield shorten(key)
        return
    if key in names:
        yield shorten(names[key])
    elif key[:1] == ("time",):
        yield " ".join(map(shorten, key[1:]))
    elif key[:1] == ("span",):
        yield f"{', '.join(_parts(key[1:], text, names))} (no gold mention)"
    else:
        rest = key
        if _is_extent(key):
            yield f"{key[0]}–{key[1]} « {shorten(Span(key[0], key[1]).of(text), 40)} »"
            rest = key[2:]
        for inner in rest[:_SHOWN]:
            yield from _parts(inner, text, names)
        if len(rest) > _SHOWN:
            yield f"and {len(rest) - _SHOWN} more"
