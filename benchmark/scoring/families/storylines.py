"""Storylines: the life of each encounter over the documents that tell it.

*Alignment.* Gold and predicted encounters (those with an event whose label has a phase; an event without
``encounter`` is one of its own) are paired one-to-one so that the pairs share most (document, trigger extent) pairs;
ties go to the pairing with most equal steps, then most right statuses, so that every figure is unique.

``XDoc-CoNLL`` is CoNLL coreference with chains that run across the documents of the storyline, acts included.

``Step`` is F1 of (encounter, phase, date). The date is the resolved value, a TIME cut to its day, in the role that
the ontology names for the phase (``dated_by``). A phase of an encounter that has no resolved date anywhere in the
storyline is one step without date, and matches such a step; one that has several is several steps. Negated mentions
are no steps.

``Status`` is accuracy over decisions. For each gold encounter and each date of publication in the storyline from that
of its first mention on, gold and prediction state how the latest document that speaks of the encounter leaves it (of
documents of one date the last by id). A decision is right when the two agree; an encounter that is aligned with none,
or that the prediction has not yet spoken of, is wrong. What a document states is its ``statuses``; where they leave
an encounter out, the phase of its last mention there. Documents without a date of publication have no place in time
and take no part. Rows are by gold status; their precision is over the decisions in which the prediction states that
status.

``Status`` asks nothing of encounters that gold does not have, so it can be gained on by predicting too many:
``Status-spurious`` is the share of predicted encounters that are aligned with none. Lower is better.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from benchmark.documents import Document, Event, Prediction
from benchmark.ontology import Ontology
from benchmark.scoring.core import Match, Metric, Rows, accuracy
from benchmark.scoring.families.coreference import conll, conll_f1, encounter_chains
from benchmark.scoring.families.dates import resolved
from benchmark.scoring.matching import assign_pairs

Encounter = str | tuple[str, int]
Place = tuple[str, tuple[int, int]]  # document and trigger
Step = tuple[str, str | None]  # phase, date


class _Side(NamedTuple):
    """What gold or a system says of the encounters of a storyline."""

    mentions: Mapping[Encounter, set[Place]]
    steps: Mapping[Encounter, set[Step]]
    left: Mapping[Encounter, dict[int, str]]  # document by position → status it leaves the encounter in


def _encounter(side: Prediction, index: int, event: Event) -> Encounter:
    return (side.doc_id, index) if event.encounter is None else event.encounter


def _read(sides: Sequence[Prediction], ontology: Ontology) -> _Side:
    mentions: dict[Encounter, set[Place]] = defaultdict(set)
    dates: dict[tuple[Encounter, str], set[str]] = {}
    left: dict[Encounter, dict[int, str]] = defaultdict(dict)
    for d, side in enumerate(sides):
        times = {t.id: resolved(t.type, t.value) for t in side.times}
        last: dict[Encounter, tuple[int, int, tuple[int, str]]] = {}
        for i, event in enumerate(side.events):
            label = ontology.labels.get(event.type)
            if label is None or label.phase is None:
                continue
            encounter = _encounter(side, i, event)
            place = (event.trigger.start, event.trigger.end)
            mentions[encounter].add((side.doc_id, place))
            last[encounter] = max(last.get(encounter, (-1, -1, (-1, ""))), (*place, ontology.rank(event.type)))
            if event.factuality not in ontology.negating:
                role = ontology.phases[label.phase].dated_by
                found = dates.setdefault((encounter, label.phase), set())
                found.update(v for a in event.arguments if a.role == role and (v := times.get(a.ref or "")))
        for encounter, (_, _, (_, kind)) in last.items():
            left[encounter][d] = ontology.status_of(kind) or ""
        for status in side.statuses:
            left[status.encounter][d] = status.status
    steps: dict[Encounter, set[Step]] = defaultdict(set)
    for (encounter, phase), values in dates.items():
        steps[encounter].update((phase, value) for value in values or [None])
    return _Side(mentions, steps, left)


def _timeline(documents: Sequence[Document], left: Mapping[int, str]) -> dict[str, str]:
    """Status of an encounter at each date of publication from its first mention on."""
    dated = sorted((d.published, d.doc_id, i) for i, d in enumerate(documents) if d.published is not None)
    status: str | None = None
    stated: dict[str, str] = {}
    for published, _, i in dated:
        status = left.get(i, status)
        if status is not None:
            stated[published] = status
    return stated


class _Aligned(NamedTuple):
    gold: _Side
    given: _Side
    pairs: Mapping[Encounter, Encounter]  # gold encounter → predicted one
    lives: tuple[Mapping[Encounter, dict[str, str]], Mapping[Encounter, dict[str, str]]]  # timelines of both sides


def _in_order(documents: Sequence[Document], predictions: Sequence[Prediction]) -> list[Prediction]:
    by_id = {p.doc_id: p for p in predictions}
    return [by_id.get(d.doc_id) or Prediction(doc_id=d.doc_id) for d in documents]


def _align(documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology) -> _Aligned:
    gold, given = _read(documents, ontology), _read(_in_order(documents, predictions), ontology)
    ours = {e: _timeline(documents, gold.left[e]) for e in gold.mentions}
    theirs = {e: _timeline(documents, given.left[e]) for e in given.mentions}
    owners: dict[Place, list[Encounter]] = defaultdict(list)
    for encounter, places in given.mentions.items():
        for place in places:
            owners[place].append(encounter)
    shared = Counter((g, p) for g, places in gold.mentions.items() for place in places for p in owners.get(place, ()))
    most_steps = sum(map(len, gold.steps.values())) + 1
    most_statuses = sum(map(len, ours.values())) + 1
    # Where the best alignment is not the only one, what the encounters say decides, never an id or the order of a set.
    ours_at, theirs_at = (
        {
            e: i
            for i, e in enumerate(
                sorted(side.mentions, key=lambda e: (sorted(side.mentions[e]), sorted(lives[e].items())))
            )
        }
        for side, lives in ((gold, ours), (given, theirs))
    )
    credit = {}
    for (g, p), n in sorted(shared.items(), key=lambda pair: (ours_at[pair[0][0]], theirs_at[pair[0][1]])):
        steps = len(gold.steps.get(g, set()) & given.steps.get(p, set()))
        statuses = sum(theirs[p].get(day) == status for day, status in ours[g].items())
        credit[g, p] = (n * most_steps + steps) * most_statuses + statuses
    return _Aligned(gold, given, dict(assign_pairs(credit)), (ours, theirs))


def _step(documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology) -> Rows:
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for match in _step_items(documents, predictions, ontology):
        row = rows[match.label]
        row[0] += match.credit > 0
        row[1] += match.given is not None
        row[2] += match.gold is not None
    return {phase: (right, given, right, wanted) for phase, (right, given, wanted) in rows.items()}


def _step_items(
    documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology
) -> Iterator[Match]:
    """The steps of each gold encounter beside those of the one that it is aligned with, then the rest."""
    gold, given, pairs, _ = _align(documents, predictions, ontology)
    lives: list[tuple[Encounter | None, Encounter | None]] = [
        (g, pairs.get(g)) for g in sorted(gold.mentions, key=_name)
    ]
    lives += [(None, p) for p in sorted(given.mentions.keys() - set(pairs.values()), key=_name)]
    for g, p in lives:
        ours = gold.steps.get(g, set()) if g is not None else set()
        theirs = given.steps.get(p, set()) if p is not None else set()
        for step in sorted(ours | theirs, key=lambda step: (step[1] or "", step[0])):
            phase, date = step
            want = (_name(g), phase, date or "no date") if g is not None and step in ours else None
            give = (_name(p), phase, date or "no date") if p is not None and step in theirs else None
            yield Match(phase, want, give, float(step in ours and step in theirs))


def _name(encounter: Encounter) -> str:
    """The encounter; for an event without one its document and number."""
    return encounter if isinstance(encounter, str) else f"{encounter[0]} event {encounter[1] + 1}"


class _Decision(NamedTuple):
    """How gold leaves an encounter on a day, and what the encounter that it is aligned with says then."""

    encounter: Encounter
    given: Encounter | None
    day: str
    status: str
    answer: str | None


def _decisions(
    documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology
) -> Iterator[_Decision]:
    _, _, pairs, (ours, theirs) = _align(documents, predictions, ontology)
    for encounter in sorted(ours, key=_name):
        other = pairs.get(encounter)
        told = theirs[other] if other is not None else {}
        for day, status in ours[encounter].items():
            yield _Decision(encounter, other, day, status, told.get(day))


def _status(documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology) -> Rows:
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for decision in _decisions(documents, predictions, ontology):
        rows[decision.status][2] += 1
        if decision.answer is not None:
            rows[decision.answer][1] += 1
            rows[decision.status][0] += decision.answer == decision.status
    return {status: (right, answers, right, asked) for status, (right, answers, asked) in rows.items()}


def _status_items(
    documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology
) -> Iterator[Match]:
    for encounter, other, day, status, answer in _decisions(documents, predictions, ontology):
        said = None if other is None or answer is None else (_name(other), day, answer)
        yield Match("", (_name(encounter), day, status), said, float(answer == status))


def _spurious(documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology) -> Rows:
    _, given, pairs, _ = _align(documents, predictions, ontology)
    total = len(given.mentions)
    alone = total - len(pairs)
    return {"": (alone, total, alone, total)}


def _cross_document(documents: Sequence[Document], predictions: Sequence[Prediction], ontology: Ontology) -> Rows:
    given = _in_order(documents, predictions)
    return {"": conll(encounter_chains(ontology.rank, *documents), encounter_chains(ontology.rank, *given))}


METRICS = (
    Metric(
        "XDoc-CoNLL",
        "storylines",
        "Coreference of encounters across the documents of a storyline, mean F1 of MUC, B³ and CEAFe.",
        _cross_document,
        unit="storyline",
        columns=12,
        value=conll_f1,
    ),
    Metric(
        "Step",
        "storylines",
        "F1 of (encounter, phase, date) over a storyline, encounters aligned by shared triggers.",
        _step,
        unit="storyline",
        items=_step_items,
    ),
    Metric(
        "Status",
        "storylines",
        "Accuracy of the status of each gold encounter at each date of publication from its first mention on.",
        _status,
        unit="storyline",
        value=accuracy,
        symmetric=False,
        items=_status_items,
    ),
    Metric(
        "Status-spurious",
        "storylines",
        "Share of predicted encounters that are aligned with no gold encounter; lower is better.",
        _spurious,
        unit="storyline",
        value=accuracy,
        symmetric=False,
        higher_is_better=False,
    ),
)
