"""Hypothesis strategies: small corpora that are valid gold under the Sommet ontology, and predictions near them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from benchmark import corpus, segment
from benchmark.documents import (
    Argument,
    Document,
    Entity,
    Event,
    Prediction,
    Span,
    Status,
    Time,
    as_prediction,
    canonical,
)

ONTOLOGY = corpus.ontology()

_WORDS = (
    "sommet",
    "annulé",
    "Élysée",
    "l'accord",
    "porte-parole",
    "à",
    "Kiev",
    "réunion",
    "lundi",
    "😀",
    "d’août",
    "le",
)
_VALUES = {
    "DATE": ("2025-08-15", "2025-08-16", "2025-W33", "2025-08", "2025", "PAST_REF", "XXXX-WXX-4"),
    "TIME": ("2025-08-15TEV", "2025-08-15T10:30", "2025-08-16TMO"),
    "DURATION": ("P3D", "PXX"),
    "SET": ("P1W",),
}
_FIRST_DAY = datetime.date(2025, 8, 14)
_ENCOUNTERS = ("anchorage", "budapest", "appel")
_ACTS = ("accord", "ultimatum")


@st.composite
def _spans(draw: st.DrawFn, tokens: Sequence[tuple[int, int]]) -> Span:
    first = draw(st.integers(0, len(tokens) - 1))
    last = min(first + draw(st.sampled_from((0, 0, 0, 1, 2))), len(tokens) - 1)
    return Span(tokens[first][0], tokens[last][1])


@st.composite
def _events(
    draw: st.DrawFn, triggers: Sequence[Span], entities: Sequence[Entity], times: Sequence[Time]
) -> tuple[Event, ...]:
    """Valid events, one for each trigger that a label can be found for."""
    spans = {e.id: e.mentions for e in entities} | {t.id: (Span(t.start, t.end),) for t in times}
    kinds = {e.id: e.type for e in entities} | {t.id: t.type for t in times}
    events = []
    for i, trigger in enumerate(triggers, 1):
        name = draw(st.sampled_from(sorted(ONTOLOGY.labels)))
        label = ONTOLOGY.labels[name]
        arguments = []
        for role in label.roles:
            fit = [ref for ref in spans if kinds[ref] in ONTOLOGY.roles[role].filler]
            least = label.min.get(role, 0)
            if len(fit) < least:
                break
            most = min(ONTOLOGY.roles[role].max or 3, 3, len(fit))
            chosen = draw(st.lists(st.sampled_from(fit), min_size=least, max_size=most, unique=True)) if fit else []
            for ref in chosen:
                span = draw(st.sampled_from(spans[ref]))
                arguments.append(Argument(role, span.start, span.end, ref))
        else:
            events.append(
                Event(
                    id=f"V{i}",
                    type=name,
                    trigger=trigger,
                    factuality=draw(st.sampled_from(("asserted", "asserted", "possible", "negated"))),
                    encounter=draw(st.sampled_from(_ACTS if label.phase is None else _ENCOUNTERS)),
                    arguments=tuple(arguments),
                )
            )
    return tuple(events)


@st.composite
def documents(
    draw: st.DrawFn, doc_id: str = "doc", storyline: str = "", published: str | None = "2025-08-14", shared: bool = True
) -> Document:
    """A document that is valid as gold.

    Args:
        shared: whether two events may share a trigger, two times an extent or what they say, two entities a mention.
    """
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=6, max_size=18))
    stop = draw(st.integers(2, len(words)))
    text = ". Le ".join(" ".join(part) for part in (words[:stop], words[stop:]) if part)
    tokens = [t for start, end in segment.sentences(text) for t in segment.tokens(text, start, end)]
    span = _spans(tokens)
    chains = draw(st.lists(st.lists(span, min_size=1, max_size=3, unique=True), max_size=4))
    if not shared:
        owner = {m: i for i, mentions in enumerate(chains) for m in mentions}
        chains = [own for i, mentions in enumerate(chains) if (own := [m for m in mentions if owner[m] == i])]
    entities = tuple(
        Entity(f"E{i}", draw(st.sampled_from(ONTOLOGY.entity_types)), f"Nom {i}", tuple(sorted(mentions)))
        for i, mentions in enumerate(chains, 1)
    )
    extents = draw(st.lists(span, max_size=3, unique=not shared))
    kinds = [draw(st.sampled_from(("DATE", "DATE", "DATE", "TIME", "DURATION", "SET"))) for _ in extents]
    times = tuple(
        Time(f"T{i}", extent.start, extent.end, kind, draw(st.sampled_from(_VALUES[kind])))
        for i, (extent, kind) in enumerate(zip(extents, kinds, strict=True), 1)
    )
    if not shared:
        times = tuple({(t.type, t.value): t for t in times}.values())
    triggers = draw(st.lists(span, max_size=4, unique=not shared))
    events = draw(_events(triggers, entities, times))
    phased = sorted({v.encounter for v in events if v.encounter and ONTOLOGY.labels[v.type].phase})
    return canonical(
        Document(
            doc_id=doc_id,
            text=text,
            published=published,
            subset="fiction",
            storyline=storyline,
            sentences=segment.sentences(text),
            entities=entities,
            times=times,
            events=events,
            statuses=tuple(Status(e, draw(st.sampled_from(ONTOLOGY.statuses))) for e in phased),
        )
    )


@st.composite
def predictions(draw: st.DrawFn, gold: Document) -> Prediction:
    """A valid prediction for ``gold`` that shares much of it: things are left out, moved, renamed, added."""
    tokens = [t for start, end in gold.sentences for t in segment.tokens(gold.text, start, end)]
    mostly = st.sampled_from((True, True, True, False))
    entities = [
        replace(e, mentions=tuple(m for m in e.mentions if draw(mostly))) for e in gold.entities if draw(mostly)
    ]
    times = []
    for time in gold.times:
        if draw(mostly):
            kind = time.type if draw(mostly) else draw(st.sampled_from(ONTOLOGY.time_types))
            value = time.value if draw(mostly) else draw(st.sampled_from(_VALUES[kind]))
            span = Span(time.start, time.end) if draw(mostly) else draw(_spans(tokens))
            times.append(Time(time.id, span.start, span.end, kind, value))
    known = {e.id for e in entities} | {t.id for t in times}
    events = []
    for event in [v for v in gold.events if draw(mostly)]:
        arguments = [
            Argument(
                a.role if draw(mostly) else draw(st.sampled_from(sorted(ONTOLOGY.roles))),
                a.start,
                a.end,
                a.ref if a.ref in known and draw(mostly) else None,
            )
            for a in event.arguments
            if draw(mostly)
        ]
        events.append(
            replace(
                event,
                type=event.type if draw(mostly) else draw(st.sampled_from(sorted(ONTOLOGY.labels))),
                trigger=event.trigger if draw(mostly) else draw(_spans(tokens)),
                factuality=event.factuality if draw(mostly) else draw(st.sampled_from(sorted(ONTOLOGY.factuality))),
                encounter=event.encounter if draw(mostly) else draw(st.sampled_from((None, "autre", *_ENCOUNTERS))),
                arguments=tuple(arguments),
            )
        )
    for i in range(draw(st.sampled_from((0, 0, 1, 2)))):
        events.append(Event(f"X{i}", draw(st.sampled_from(sorted(ONTOLOGY.labels))), draw(_spans(tokens))))
    return Prediction(
        doc_id=gold.doc_id,
        events=tuple(events),
        entities=tuple(entities),
        times=tuple(times),
        statuses=gold.statuses if draw(st.booleans()) else (),
    )


@st.composite
def corpora(draw: st.DrawFn, max_documents: int = 4, shared: bool = True) -> tuple[list[Document], list[Prediction]]:
    """Gold documents of one or two storylines and a prediction for each, in the same order."""
    gold = []
    for i in range(draw(st.integers(1, max_documents))):
        storyline = draw(st.sampled_from(("alaska", "hongrie")))
        day = draw(st.sampled_from((0, 1, 1, 2, None)))
        published = None if day is None else (_FIRST_DAY + datetime.timedelta(days=day)).isoformat()
        gold.append(draw(documents(f"{storyline}-{i:02d}", storyline, published, shared)))
    given = [as_prediction(d) if draw(st.integers(0, 5)) == 0 else draw(predictions(d)) for d in gold]
    return gold, given
