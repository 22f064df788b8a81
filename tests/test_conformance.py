"""Our peers give the numbers that the scorers of the field gave, and stay defined where those were never run."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import Sommet
from hypothesis import given, settings
from strategies import ONTOLOGY, corpora

from benchmark.documents import Argument, Document, Entity, Event, Prediction, Span, as_prediction
from benchmark.errors import InvalidInput
from benchmark.scoring import conformance, peers
from benchmark.scoring.peers import gtt

FILES = sorted((Path(__file__).parent / "conformance").glob("*.jsonl"))
CASES = [case for path in FILES for case in conformance.read_cases(path)]


def test_every_peer_has_vectors() -> None:
    assert {case.peer for case in CASES} == set(peers.names())
    assert sum(path.stat().st_size for path in FILES) < 400_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: conformance.Case) -> None:
    result = conformance.judge(case)
    assert result.equal, (result.computed, case.expected)


@pytest.mark.parametrize("name", peers.names())
def test_no_documents(name: str) -> None:
    peer = peers.load(name)
    assert peer.UNIT in ("percent", "fraction")
    nothing = peer.score([], [], {})
    assert peer.score([Document(doc_id="d", text="a b")], [], {}).keys() == nothing.keys()


@settings(max_examples=30, deadline=None)
@given(corpora(max_documents=3, shared=False))
def test_peers_on_our_gold(pair: tuple[list[Document], list[Prediction]]) -> None:
    """Every peer takes documents of ours in any order, and a perfect prediction is perfect where anything counts."""
    gold, given_side = pair
    options = {"roles": tuple(ONTOLOGY.roles)}
    for name in peers.names():
        peer = peers.load(name)
        result = peer.score(gold, given_side, options)
        assert conformance.equal(peer.score(gold[::-1], given_side[::-1], options), result)
        top = 100 if peer.UNIT == "percent" else 1
        for path, value in _leaves(peer.score(gold, [as_prediction(d) for d in gold], options)):
            # φ3 over entities exceeds 1; EvmEval's macro adds 0 for a document without events.
            if path[-1] == "f1" and path[0] != "phi_3_entity" and "macro" not in path:
                assert value in (None, 0, pytest.approx(top)), (name, path)


def _leaves(value: object, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], float | None]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*path, key))]
    return [(path, value)] if value is None or isinstance(value, int | float) else []


def _best_by_force(gold: Document, prediction: Prediction, roles: tuple[str, ...]) -> Fraction:
    """GTT's own search: every partial one-to-one mapping, the largest F1."""
    ours, theirs = list(gold.events), list(prediction.events)
    best = Fraction(0)
    slots = [[1 + sum(map(len, _kept(side, v, roles).values())) for v in side.events] for side in (prediction, gold)]
    p_den, r_den = map(sum, slots)
    for size in range(min(len(ours), len(theirs)) + 1):
        for rows in itertools.combinations(range(len(ours)), size):
            for columns in itertools.permutations(range(len(theirs)), size):
                pairs = list(zip(rows, columns, strict=True))
                if any(ours[i].type != theirs[j].type for i, j in pairs):
                    continue
                p = r = 0
                for i, j in pairs:
                    mine, other = _kept(gold, ours[i], roles), _kept(prediction, theirs[j], roles)
                    gains = [gtt._gains(mine, other, role) for role in roles]
                    p, r = p + 1 + sum(a for a, _ in gains), r + 1 + sum(b for _, b in gains)
                if p and r:
                    best = max(best, 2 / (Fraction(p_den, p) + Fraction(r_den, r)))
    return best


def _kept(side: Prediction, event: Event, roles: tuple[str, ...]) -> gtt.Template:
    from benchmark.scoring.peers._shared import fillers

    return {role: found for role, found in fillers(side, [event]).items() if role in roles}


@settings(max_examples=60, deadline=None)
@given(corpora(max_documents=1))
def test_gtt_finds_the_best_mapping(pair: tuple[list[Document], list[Prediction]]) -> None:
    (gold,), (prediction,) = pair
    # One label for all, so that there is something to choose from.
    gold, prediction = (
        type(side)(**{f: getattr(side, f) for f in side.__struct_fields__} | {"events": _one_label(side)})
        for side in (gold, prediction)
    )
    roles = tuple(ONTOLOGY.roles)
    found = peers.load("gtt").score([gold], [prediction], {"roles": roles})["micro"]["f1"]
    assert found == pytest.approx(float(_best_by_force(gold, prediction, roles)))


def _one_label(side: Prediction) -> tuple[Event, ...]:
    return tuple(Event(v.id, "CallHeld", v.trigger, arguments=v.arguments) for v in side.events)


@pytest.mark.parametrize("n", [10, 30])
def test_gtt_takes_many_templates(n: int) -> None:
    events = tuple(
        Event(f"V{i}", "CallHeld", Span(i, i + 1), arguments=(Argument("Place", i, i + 1), Argument("Topic", 0, 1)))
        for i in range(n)
    )
    document = Document(doc_id="d", text="a" * n, events=events)
    assert peers.load("gtt").score([document], [Prediction("d", events[::-1])], {})["micro"]["f1"] == 1


def test_iterx_and_grit_count_differently_what_one_mention_is_worth() -> None:
    """One right mention among wrong ones is a hit for IterX's φ⊆ and nothing for GRIT's strict φ."""
    entity = Entity("E1", "PER", mentions=(Span(0, 1), Span(2, 3)))
    event = Event("V1", "T", Span(4, 5), arguments=(Argument("Place", 0, 1, "E1"),))
    gold = [Document(doc_id="d", text="a b c d", events=(event,), entities=(entity,))]
    wide = [Prediction("d", (event,), (Entity("E1", "PER", mentions=(Span(6, 7), Span(2, 3))),))]
    assert peers.load("iterx").score(gold, wide, {})["phi_subset"]["f1"] == 1
    assert peers.load("grit").score(gold, wide, {})["phi_strict"]["Place"]["f1"] == 0
    assert peers.load("grit").score(gold, wide, {})["phi_prop"]["Place"]["similarity"] == 0.5


def test_seqeval_peer_equals_the_library() -> None:
    """The library on IOB2 tags of whitespace tokens, for documents whose triggers are single tokens."""
    import warnings

    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    labels = ("CallHeld", "Demand", "Agreement")
    gold, given_side, true, predicted = [], [], [], []
    for d in range(6):
        tokens = [(2 * i, 2 * i + 1) for i in range(8)]
        sides = []
        for shift in (0, d % 3):
            events = [
                Event(f"V{i}", labels[(i * 7 + d * shift) % 3], Span(*tokens[i]))
                for i in range(8)
                if (i * 5 + d + shift) % 3
            ]
            sides.append(tuple(events))
        gold.append(Document(doc_id=f"d{d}", text="a " * 8, events=sides[0]))
        given_side.append(Prediction(f"d{d}", sides[1]))
        for side, tags in zip(sides, (true, predicted), strict=True):
            at = {v.trigger.start: f"B-{v.type}" for v in side}
            tags.append([at.get(start, "O") for start, _ in tokens])
    ours = peers.load("seqeval").score(gold, given_side, {})["strict"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = classification_report(true, predicted, output_dict=True, mode="strict", scheme=IOB2, zero_division=0)
    for mine, row in [("micro", "micro avg"), ("macro", "macro avg"), ("weighted", "weighted avg")]:
        assert ours[mine]["f1"] == pytest.approx(theirs[row]["f1-score"])
        assert ours[mine]["p"] == pytest.approx(theirs[row]["precision"])
    assert {t: r["support"] for t, r in ours["per_type"].items()} == {t: theirs[t]["support"] for t in labels}


# ---------------------------------------------------------------------------------------------------------------------
# The command


def _file(tmp_path: Path, **changes: object) -> Path:
    line = json.loads((FILES[0].read_text("utf-8")).splitlines()[0]) | changes
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({k: v for k, v in line.items() if v is not None}) + "\n", "utf-8")
    return path


def test_command_prints_a_table(sommet: Sommet) -> None:
    done = sommet("conformance", FILES[0])
    assert done.returncode == 0
    n = sum(case.peer == FILES[0].stem for case in CASES)
    assert done.stdout.splitlines()[-1].split()[:4] == [str(FILES[0]), FILES[0].stem, str(n), str(n)]


def test_command_prints_json(sommet: Sommet, tmp_path: Path) -> None:
    done = sommet("conformance", "--json", _file(tmp_path))
    line = json.loads(done.stdout)
    assert done.returncode == 0
    assert line.keys() == {"file", "case", "peer", "computed", "equal"}
    assert line["equal"] is True
    assert line["computed"]["muc"].keys() == {"p_num", "p_den", "r_num", "r_den", "p", "r", "f1"}


def test_a_difference_is_a_defect_of_ours(sommet: Sommet, tmp_path: Path) -> None:
    path = _file(tmp_path, expected={"conll_average": 0.123})
    done = sommet("conformance", "--json", path)
    assert done.returncode == 4
    assert json.loads(done.stdout)["equal"] is False


def test_a_case_without_expectation_is_computed(sommet: Sommet, tmp_path: Path) -> None:
    done = sommet("conformance", "--json", _file(tmp_path, expected=None))
    assert done.returncode == 0
    assert json.loads(done.stdout)["equal"] is None
    assert "muc" in json.loads(done.stdout)["computed"]


def test_what_is_null_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    trigger = {"start": 0, "end": 1}
    argument = {"role": "Place", "start": 2, "end": 3, "ref": None}
    event = {"id": "V1", "type": "A", "trigger": trigger, "cluster": None, "status": None, "arguments": [argument]}
    gold = [{"doc_id": "d", "text": "a b", "published": None, "entities": None, "events": [event]}]
    path = tmp_path / "cases.jsonl"
    case = {"case": "null", "peer": "textee", "options": None, "gold": gold, "pred": [{"doc_id": "d", "events": None}]}
    path.write_text(json.dumps(case) + "\n", "utf-8")
    (result,) = conformance.run(path)
    assert result.computed["TC"] == {"tp": 0, "pred": 0, "gold": 1, "p": 0, "r": 0, "f1": 0}
    # A document without sentences gets ours.
    assert result.computed["AC"]["gold"] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"peer": "texte"}, "unknown scorer"), ({"gold": {}}, "gold"), ({"pred": [{"doc_id": 3}]}, "doc_id")],
)
def test_a_bad_file_is_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as error:
        list(conformance.run(_file(tmp_path, **changes)))
    assert error.value.exit_code == 2
    assert error.value.line == 1


def test_equality() -> None:
    assert conformance.equal({"p": 0.1 + 0.2, "n": 3, "x": None}, {"n": 3, "p": 0.3, "x": None})
    assert not conformance.equal({"n": 3}, {"n": 4})
    assert not conformance.equal({"n": 3, "m": 0}, {"n": 3})
    assert not conformance.equal(None, 0.0)
    assert not conformance.equal("51.61", "51.62")
    assert conformance.difference({"n": 3.5}, {"n": 3}) == 0.5
