"""How often the gate errs, by simulation on our own gold with a real baseline's predictions and the default policy.

The base is what a baseline predicts. A candidate is made from it by chance:

*No true change*: one decision in ten is drawn anew with the system's own rates. What a system makes of a gold event (right,
under a wrong label, or missed) becomes what it makes of another mention of the same encounter, picked by chance; a spurious
event, one on no gold trigger, is exchanged for one on another token. A newly found event gets the arguments that gold
has for it, each at the rate at which the system has them right, and joins what the system has of its encounter.
*A true loss*: besides, found events are dropped at the rate that takes a number of points off the F1 of TC in expectation.

Judged is as ``sommet check`` does: all metrics of the policy on one system, one-sided tests over storylines, Holm, the
thresholds of each metric. A round in which any metric is called worse counts; without a true change it is a false alarm.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from benchmark import compare, corpus, extract, segment
from benchmark.documents import Document, Event, Prediction, Span
from benchmark.extractor import build_linker, config, link, opaque_id, predict
from benchmark.scoring import statistics
from benchmark.scoring.core import Metric
from benchmark.scoring.families import registry, select
from benchmark.scoring.score import Tally, tally

ROOT = Path(__file__).parents[2]
RIGHT = "right"  # the label of the event itself, whichever it is
Encounter = tuple[str, str | None]  # storyline and id
Made = list[Event | None]  # by gold event of a document: what the system has on its trigger


class Simulation:
    """Candidates of one baseline on one split."""

    def __init__(self, name: str, split: str, seed: int = 7) -> None:
        self.gold = corpus.load(split)
        self.known = corpus.ontology()
        system = extract.fitted(config(name))
        self.raw = [predict(system, d, opaque_id(d), self.known) for d in self.gold]
        self.base = self._linked(self.raw)
        self.draw = np.random.default_rng(seed)
        self.made, self.spurious = zip(*map(_decisions, self.gold, self.raw), strict=True)
        right = [
            event is not None and event.type == document.events[i].type
            for document, made in zip(self.gold, self.made, strict=True)
            for i, event in enumerate(made)
        ]
        self.hits, self.total = sum(right), len(right)
        self.given = sum(len(p.events) for p in self.raw)
        self.right = self._arguments_right()
        self.like: dict[Encounter, list[str | None]] = {}
        for document, made in zip(self.gold, self.made, strict=True):
            for event, given in zip(document.events, made, strict=True):
                kind = None if given is None else RIGHT if given.type == event.type else given.type
                self.like.setdefault((document.storyline, event.encounter), []).append(kind)

    def _linked(self, predictions: Sequence[Prediction]) -> list[Prediction]:
        return link(build_linker(config("overlap", "linker")), self.gold, predictions, self.known)

    def _arguments_right(self) -> float:
        row = tally(self.gold, self.base, [registry()["AC+"]], self.known).rows("AC+").sum(0)
        return float(row[2] / row[3]) / (self.hits / self.total)

    def drop(self, points: float) -> float:
        """Share of found events to lose, so that F1 = 2TP / (given + gold) falls by ``points`` in expectation."""
        wanted = 2 * self.hits / (self.given + self.total) - points
        return 1 - wanted * (self.given + self.total - self.hits) / (self.hits * (2 - wanted))

    def candidate(self, drop: float) -> list[Prediction]:
        """One candidate."""
        labels = [v.type for spurious in self.spurious for v in spurious]
        candidates = []
        for document, base, made, spurious in zip(self.gold, self.raw, self.made, self.spurious, strict=True):
            events: list[Event] = []
            for i, event in enumerate(document.events):
                given = made[i]
                if self.draw.random() < 0.1:
                    given = self._redrawn(document, base, made, i)
                if given is not None and (given.type != event.type or self.draw.random() >= drop):
                    events.append(given)
            kept = [v for v in spurious if self.draw.random() >= 0.1]
            tokens = segment.tokens(document.text)
            for _ in range(self.draw.binomial(len(spurious), 0.1)):
                start, end = tokens[self.draw.integers(len(tokens))]
                kept.append(Event("", labels[self.draw.integers(len(labels))], Span(start, end)))
            numbered = tuple(replace(v, id=f"V{n}") for n, v in enumerate([*events, *kept], 1))
            known = {v.encounter for v in numbered}
            statuses = tuple(s for s in base.statuses if s.encounter in known)
            candidates.append(replace(base, events=numbered, statuses=statuses))
        return self._linked(candidates)

    def _redrawn(self, document: Document, base: Prediction, made: Made, i: int) -> Event | None:
        """What the system makes of another mention of the encounter of event ``i``, made of event ``i``."""
        event, own = document.events[i], made[i]
        pool = self.like[document.storyline, event.encounter]
        other = pool[self.draw.integers(len(pool))]
        if other is None:
            return None
        label = event.type if other == RIGHT else other
        if own is not None:
            return replace(own, type=label)
        times = {(t.start, t.end): t.id for t in base.times}
        arguments = [
            replace(a, ref=times.get((a.start, a.end))) for a in event.arguments if self.draw.random() < self.right
        ]
        same = [v.encounter for j, v in enumerate(made) if v and document.events[j].encounter == event.encounter]
        return replace(event, type=label, arguments=tuple(arguments), encounter=same[0] if same else None)


def _decisions(gold: Document, base: Prediction) -> tuple[Made, list[Event]]:
    """What was made of each gold event (the right label before a wrong one), and events on no gold trigger."""
    left = list(base.events)
    made: list[Event | None] = [None] * len(gold.events)
    for wanted in ("right", "any"):
        for i, event in enumerate(gold.events):
            fits = [v for v in left if v.trigger == event.trigger and (wanted == "any" or v.type == event.type)]
            if made[i] is None and fits:
                made[i] = fits[0]
                left.remove(fits[0])
    return made, left


def worse(base: Tally, candidate: Tally, policy: compare.Policy, metrics: Sequence[Metric]) -> list[str]:
    """Metrics that the gate calls worse."""
    pairs = {m.name: (base.rows(m.name), candidate.rows(m.name)) for m in metrics}
    p = statistics.holm(
        {m.name: statistics.paired_p(*pairs[m.name], m.value, permutations=2_000, alternative="lower") for m in metrics}
    )
    found = []
    for m in metrics:
        before, after = (float(m.value(rows.sum(0))) for rows in pairs[m.name])
        verdict, _ = compare.verdict(
            before, after, after - before, before == after, p[m.name], None, policy.metrics[m.name], policy.alpha
        )
        if verdict == "worse":
            found.append(m.name)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds of one system")
    parser.add_argument("--systems", default="lexicon,rules", help="names of extractors, separated by commas")
    words = parser.parse_args()
    rounds = 4 if words.quick else 200
    policy = compare.read_policy(ROOT / "configs" / "gate" / "default.yaml")
    metrics = select(policy.metrics)
    print(f"{rounds} rounds; metrics of the policy: {', '.join(policy.metrics)}")
    print(f"{'system':10} {'split':6} {'true loss':>10} {'mean drop':>10} {'called worse':>13}  by metric")
    for split in ("dev",) if words.quick else ("test", "dev"):
        for name in ("lexicon",) if words.quick else words.systems.split(","):
            simulation = Simulation(name, split)
            base = tally(simulation.gold, simulation.base, metrics, simulation.known)
            score = 2 * simulation.hits / (simulation.given + simulation.total)
            for points in (0.0, 0.03, 0.05):
                called, drops, by_metric = 0, [], Counter[str]()
                for _ in range(rounds):
                    made = simulation.candidate(simulation.drop(points) if points else 0.0)
                    candidate = tally(simulation.gold, made, metrics, simulation.known)
                    names = worse(base, candidate, policy, metrics)
                    called += bool(names)
                    by_metric.update(names)
                    row = candidate.rows("TC").sum(0)
                    drops.append(score - float(registry()["TC"].value(row)))
                shares = " ".join(f"{m} {by_metric[m] / rounds:.3f}" for m in policy.metrics)
                print(
                    f"{name:10} {split:6} {points:10.3f} {np.mean(drops):10.4f} {called / rounds:13.3f}  {shares}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
