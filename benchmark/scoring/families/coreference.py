"""Coreference of encounters, and of entities for systems that give them.

A mention is the trigger of an event, a chain the events of a document with one ``encounter``; an event without
``encounter`` is a chain of its own. Singletons count. For entities a mention is a mention span, a chain an entity.

======= =====================================================================================================
MUC     links: size of a chain minus the number of chains of the other side that it falls into (Vilain et al. 1995)
B3      for each mention the share of its chain that is in its chain of the other side (Bagga & Baldwin 1998)
CEAFe   chains one-to-one, similarity 2|k ∩ r| / (|k| + |r|), per chain (Luo 2005)
CEAFm   chains one-to-one, similarity |k ∩ r|, per mention (Luo 2005)
LEA     share of a chain's links that the other side has, weighted by size (Moosavi & Strube 2016)
BLANC   mean F1 of coreferent and non-coreferent pairs of mentions (Recasens & Hovy 2011; Luo et al. 2014)
CoNLL   mean F1 of MUC, B3 and CEAFe (Pradhan et al. 2012)
======= =====================================================================================================

Where two events of a document share a trigger the mentions are the extent with a number: its k-th event in order of
label (as the ontology lists them, so that names do not matter), factuality, arguments and the rest of its chain, on each
side. MUC ignores singletons and rewards one chain for
everything; CEAFe weighs a singleton like the longest chain; so none is shown without the others. CoNLL is undefined
where one of its three is, which is where neither side has two mentions of one encounter. BLANC follows the reference
scorer 8.01: where gold has no pair of one kind, the other kind alone counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import cast

import numpy as np

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import (
    Array,
    DocumentCounter,
    Key,
    Lister,
    Match,
    Metric,
    Row,
    Rows,
    f1,
    paired,
    ratio,
)
from benchmark.scoring.matching import assign_pairs

Place = tuple[int, ...]  # an extent of the text; across documents with the number of its document before it
Rank = Callable[[str], Hashable]
Chain = frozenset[Hashable]
Chains = list[Chain]
Reader = Callable[[Prediction, Ontology], Chains]
Measure = Callable[[Chains, Chains], Row]
Similarity = Callable[[Chains, Chains], Mapping[tuple[int, int], float]]


# ---------------------------------------------------------------------------------------------------------------------
# Chains of a document


def _numbered(chains: Iterable[Iterable[tuple[Place, Key]]]) -> Chains:
    """Chains from ``(place, sort key)`` of the mentions of each: equal places are numbered in order of key and chain.

    Chains are in order of what they hold. Two that hold the same have the same numbers but for these two chains
    themselves, so that it does not matter which of them comes first.
    """
    ordered = sorted(sorted(chain) for chain in chains)
    copies: dict[Place, list[tuple[Key, int]]] = defaultdict(list)
    for i, chain in enumerate(ordered):
        for place, key in chain:
            copies[place].append((key, i))
    numbered: list[set[Hashable]] = [set() for _ in ordered]
    for place, items in copies.items():
        for k, (_, i) in enumerate(sorted(items)):
            numbered[i].add((place, k))
    return list(map(frozenset, numbered))


def encounter_chains(rank: Rank, *sides: Prediction) -> Chains:
    """Chains of event mentions of a document, or across the documents of a storyline.

    ``rank`` orders labels: by it events of one trigger are told apart.
    """
    members: dict[Hashable, list[tuple[Place, Key]]] = defaultdict(list)
    for d, side in enumerate(sides):
        for i, event in enumerate(side.events):
            place = (d, event.trigger.start, event.trigger.end)
            chain = (d, i) if event.encounter is None else event.encounter
            members[chain].append((place, (rank(event.type), event.factuality, _arguments(event))))
    return _numbered(members.values())


def _arguments(event: Event) -> tuple[tuple[str, int, int], ...]:
    return tuple(sorted((a.role, a.start, a.end) for a in event.arguments))


def entity_chains(side: Prediction) -> Chains:
    """Chains of entity mentions of one document; an entity without mentions is none."""
    return _numbered([((m.start, m.end), e.type) for m in set(e.mentions)] for e in side.entities if e.mentions)


# ---------------------------------------------------------------------------------------------------------------------
# Measures: recall counts gold chains K against predicted chains R, precision the other way round


def _shared(gold: Chains, given: Chains) -> dict[tuple[int, int], int]:
    """Number of common mentions of each pair of chains that has any."""
    at = {mention: j for j, chain in enumerate(given) for mention in chain}
    common: dict[tuple[int, int], int] = defaultdict(int)
    for i, chain in enumerate(gold):
        for mention in chain:
            j = at.get(mention)
            if j is not None:
                common[i, j] += 1
    return common


def _links(size: int) -> int:
    return size * (size - 1) // 2


def mention(gold: Chains, given: Chains) -> Row:
    """Mentions found."""
    common = sum(_shared(gold, given).values())
    return common, sum(map(len, given)), common, sum(map(len, gold))


def muc(gold: Chains, given: Chains) -> Row:
    """MUC (Vilain et al. 1995)."""
    common = _shared(gold, given)
    met = sum(common.values()) - len(common)
    return met, sum(map(len, given)) - len(given), met, sum(map(len, gold)) - len(gold)


def b_cubed(gold: Chains, given: Chains) -> Row:
    """B³ (Bagga & Baldwin 1998); a mention missing on the other side adds 0."""
    p = r = 0.0
    for (i, j), n in _shared(gold, given).items():
        r += n * n / len(gold[i])
        p += n * n / len(given[j])
    return p, sum(map(len, given)), r, sum(map(len, gold))


def _phi_4(gold: Chains, given: Chains) -> dict[tuple[int, int], float]:
    return {(i, j): 2 * n / (len(gold[i]) + len(given[j])) for (i, j), n in _shared(gold, given).items()}


def _phi_3(gold: Chains, given: Chains) -> dict[tuple[int, int], float]:
    return {pair: float(n) for pair, n in _shared(gold, given).items()}


def ceaf_e(gold: Chains, given: Chains) -> Row:
    """CEAF with φ4 (Luo 2005)."""
    credit = _phi_4(gold, given)
    total = sum(credit[pair] for pair in assign_pairs(credit))
    return total, len(given), total, len(gold)


def ceaf_m(gold: Chains, given: Chains) -> Row:
    """CEAF with φ3 (Luo 2005)."""
    credit = _phi_3(gold, given)
    total = sum(credit[pair] for pair in assign_pairs(credit))
    return total, sum(map(len, given)), total, sum(map(len, gold))


def lea(gold: Chains, given: Chains) -> Row:
    """LEA (Moosavi & Strube 2016); a singleton counts where the other side has the same singleton."""
    p = r = 0.0
    for (i, j), n in _shared(gold, given).items():
        k, g = len(gold[i]), len(given[j])
        if k == g == 1:
            p, r = p + 1, r + 1
        if k > 1:
            r += k * _links(n) / _links(k)
        if g > 1:
            p += g * _links(n) / _links(g)
    return p, sum(map(len, given)), r, sum(map(len, gold))


def blanc(gold: Chains, given: Chains) -> Row:
    """Links for BLANC: common, predicted, gold of the coreferent ones, then of the others."""
    common = _shared(gold, given)
    within = sum(map(_links, common.values()))
    # Pairs of common mentions, less those that are together on one side or the other.
    apart = _links(sum(common.values())) + within
    rows, columns = [0] * len(gold), [0] * len(given)
    for (i, j), n in common.items():
        rows[i] += n
        columns[j] += n
    apart -= sum(map(_links, rows)) + sum(map(_links, columns))
    coreferent = [sum(_links(len(c)) for c in side) for side in (given, gold)]
    every = [_links(sum(map(len, side))) for side in (given, gold)]
    return within, *coreferent, apart, *(n - c for n, c in zip(every, coreferent, strict=True))


def conll(gold: Chains, given: Chains) -> Row:
    """The counts of MUC, B³ and CEAFe."""
    return *muc(gold, given), *b_cubed(gold, given), *ceaf_e(gold, given)


def blanc_f1(rows: Array) -> Array:
    """BLANC from rows ``(..., 6)`` of :func:`blanc`, by the rule of the reference scorer; NaN where there is no link."""
    coreferent = ratio(2 * rows[..., 0], rows[..., 1] + rows[..., 2])
    other = ratio(2 * rows[..., 3], rows[..., 4] + rows[..., 5])
    one_kind = np.where(rows[..., 2] > 0, coreferent, other)
    nothing = np.where(rows[..., 1] + rows[..., 4] > 0, 0.0, np.nan)
    both = (rows[..., 2] > 0) & (rows[..., 5] > 0)
    neither = (rows[..., 2] == 0) & (rows[..., 5] == 0)
    return np.where(both, (coreferent + other) / 2, np.where(neither, nothing, one_kind))


def conll_f1(rows: Array) -> Array:
    """Mean F1 of three measures from rows ``(..., 12)``; NaN where one of them is undefined."""
    return np.asarray(f1(rows.reshape(*rows.shape[:-1], 3, 4)).mean(axis=-1))


# ---------------------------------------------------------------------------------------------------------------------


def _of_encounters(side: Prediction, ontology: Ontology) -> Chains:
    return encounter_chains(ontology.rank, side)


def _of_entities(side: Prediction, _: Ontology) -> Chains:
    return entity_chains(side)


def _counter(chains: Reader, measure: Measure) -> DocumentCounter:
    def count(gold: Document, prediction: Prediction, ontology: Ontology) -> Rows:
        return {"": measure(chains(gold, ontology), chains(prediction, ontology))}

    return count


def _extent(mention: Hashable) -> tuple[int, ...]:
    """The extent of a mention, which is ``(place, copy)``; the place of a trigger has its document before the extent."""
    place, _ = cast(tuple[tuple[int, ...], int], mention)
    return place[-2:]


def _items(chains: Reader, phi: Similarity) -> Lister:
    """Chains one-to-one by ``phi``; a chain is shown as the extents of its mentions."""

    def listed(own: Chains) -> list[tuple[str, Key]]:
        return [("", tuple(sorted(map(_extent, chain)))) for chain in own]

    def items(gold: Document, prediction: Prediction, ontology: Ontology) -> Iterator[Match]:
        ours, theirs = chains(gold, ontology), chains(prediction, ontology)
        credit = phi(ours, theirs)
        return paired(listed(ours), listed(theirs), [(i, j, credit[i, j]) for i, j in assign_pairs(credit)])

    return items


def _metrics(prefix: str, chains: Reader, of: str) -> list[Metric]:
    measures: list[tuple[str, Measure, str]] = [
        ("MUC", muc, "link-based (Vilain et al. 1995)"),
        ("B3", b_cubed, "mention-based (Bagga & Baldwin 1998)"),
        ("CEAFe", ceaf_e, "chains one-to-one by φ4 (Luo 2005)"),
        ("CEAFm", ceaf_m, "chains one-to-one by φ3 (Luo 2005)"),
        ("LEA", lea, "links weighted by size of chain (Moosavi & Strube 2016)"),
    ]
    aligned = {"CEAFe": _phi_4, "CEAFm": _phi_3}
    metrics = [
        Metric(
            f"{prefix}{name}",
            "coreference",
            f"Coreference of {of}, {what}.",
            _counter(chains, measure),
            items=_items(chains, aligned[name]) if name in aligned else None,
        )
        for name, measure, what in measures
    ]
    metrics.append(
        Metric(
            f"{prefix}BLANC",
            "coreference",
            f"Coreference of {of}, mean F1 of coreferent and other pairs (Luo et al. 2014, reference scorer 8.01).",
            _counter(chains, blanc),
            columns=6,
            value=blanc_f1,
            symmetric=False,
        )
    )
    metrics.append(
        Metric(
            f"{prefix}CoNLL",
            "coreference",
            f"Coreference of {of}, mean F1 of MUC, B³ and CEAFe (Pradhan et al. 2012).",
            _counter(chains, conll),
            columns=12,
            value=conll_f1,
        )
    )
    return metrics


def _mentions(gold: Document, prediction: Prediction, _: Ontology) -> Iterator[Match]:
    ours, theirs = ({m for chain in entity_chains(side) for m in chain} for side in (gold, prediction))
    for m in ours | theirs:
        place = _extent(m)
        yield Match("", place if m in ours else None, place if m in theirs else None, float(m in ours and m in theirs))


METRICS = (
    *_metrics("", _of_encounters, "encounters"),
    Metric(
        "Entity-mention",
        "coreference",
        "Entity mentions, extents equal.",
        _counter(_of_entities, mention),
        items=_mentions,
    ),
    *_metrics("Entity-", _of_entities, "entities"),
)
