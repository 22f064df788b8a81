"""The gold as it is: splits, manifest, labels, and the datasets view."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from benchmark import corpus, ontology, review, validation
from benchmark.corpus import Corpus
from benchmark.documents import Prediction, Zone, faults
from benchmark.errors import InvalidInput
from benchmark.formats import brat

GOLD = corpus.data_root() / "gold"
SOMMET = corpus.sommet()
DOCUMENTS = {split: SOMMET.documents(split) for split in SOMMET.splits}
ALL = [d for documents in DOCUMENTS.values() for d in documents]


def test_the_gold_is_valid_and_its_manifest_current() -> None:
    assert list(validation.faults(None)) == []


def test_every_suspicion_has_been_looked_at() -> None:
    """What `sommet validate --review` points at is mended, or has its reason in gold/REVIEWED.yaml."""
    assert list(validation.suspicions(None)) == []


def test_no_arc_and_no_encounter_is_in_two_splits() -> None:
    homes: dict[str, set[str]] = {}
    for split, documents in DOCUMENTS.items():
        for arc in corpus.arcs(SOMMET, split).values():
            homes.setdefault(f"arc {arc}", set()).add(split)
        for document in documents:
            for event in document.events:
                homes.setdefault(str(event.encounter), set()).add(split)
    assert {name: splits for name, splits in homes.items() if len(splits) > 1} == {}


def test_the_storylines_of_the_domain_are_there() -> None:
    storylines = {d.storyline for d in ALL}
    assert {"alaska-2025", "budapest-2025", "apres-budapest-2025"} <= {d.storyline for d in DOCUMENTS["train"]}
    assert len(storylines) >= 12
    assert {d.subset for d in ALL} == {"histoire", "fiction", "jumeaux"}


def test_each_storyline_has_a_fact_sheet_with_sources() -> None:
    for meta in sorted(GOLD.glob("*/*/meta.yaml")):
        sheet = brat.read_meta(meta.parent)
        assert sheet.title, meta
        assert sheet.arc, meta
        assert sheet.sources, meta
        assert len(sheet.facts) >= 2, meta
        assert 2 <= len(sheet.documents) <= 5, meta


def test_labels_of_every_phase_occur() -> None:
    found = {v.type for d in ALL for v in d.events}
    phases = {SOMMET.ontology.labels[t].phase for t in found}
    assert phases == {*SOMMET.ontology.phases, None}
    assert {t.type for d in ALL for t in d.times} == set(SOMMET.ontology.time_types)
    assert {v.factuality for d in ALL for v in d.events} == set(SOMMET.ontology.factuality)


def test_texts_are_of_news_length_and_typed_consistently() -> None:
    for document in ALL:
        assert 110 <= len(document.text.split()) <= 520, document.doc_id
        assert not ("’" in document.text and re.search(r"\w'\w", document.text)), document.doc_id
        assert document.published, document.doc_id


def test_no_two_documents_share_twelve_words() -> None:
    """But for twins, which share them with the document that they tell anew."""
    twin_of = corpus.twins(SOMMET, "jumeaux")
    owner: dict[tuple[str, ...], str] = {}
    for document in ALL:
        name = twin_of.get(document.doc_id, document.doc_id)
        words = re.findall(r"\w+", document.text.lower())
        for i in range(len(words) - 11):
            run = tuple(words[i : i + 12])
            assert owner.setdefault(run, name) == name, (document.doc_id, " ".join(run))


def test_weekdays_and_days_agree_with_their_values() -> None:
    """What an expression says outright, its value does not deny."""
    found = [line for d in ALL for line in review.suspicions(d, SOMMET.ontology) if "has value" in line]
    assert found == []


def test_fingerprints_change_with_any_edit_and_not_with_order() -> None:
    documents = DOCUMENTS["dev"]
    one = corpus.fingerprint(documents)
    assert corpus.fingerprint(documents[::-1]) == one
    edited = replace(documents[0], text=documents[0].text.replace("e", "é", 1))
    assert corpus.fingerprint([edited, *documents[1:]]) != one


def test_the_datasets_view_round_trips() -> None:
    import datasets

    view = corpus.as_dataset(splits=["dev"])
    assert isinstance(view["dev"].features["events"].feature["type"], datasets.ClassLabel)
    assert [corpus.from_row(row, SOMMET.ontology) for row in view["dev"]] == DOCUMENTS["dev"]


def test_the_datasets_view_survives_parquet(tmp_path: Path) -> None:
    import datasets

    corpus.as_dataset(splits=["dev"])["dev"].to_parquet(str(tmp_path / "dev.parquet"))
    back = datasets.Dataset.from_parquet(
        str(tmp_path / "dev.parquet"), features=corpus.features(SOMMET.ontology), cache_dir=str(tmp_path / "cache")
    )
    assert [corpus.from_row(row, SOMMET.ontology) for row in back] == DOCUMENTS["dev"]


OTHER = """
name: other
labels: {Attack: {roles: [Attacker]}}
roles: {Attacker: {filler: [PER]}}
entity_types: [PER]
time_types: [DATE]
factuality: {asserted: {}}
default_factuality: asserted
"""


def test_another_corpus_brings_its_own_ontology(tmp_path: Path) -> None:
    (tmp_path / "ontology.yaml").write_text(OTHER, encoding="utf-8")
    (tmp_path / "MANIFEST.yaml").write_text("name: other\nversion: '1'\n", encoding="utf-8")
    line = (
        '{"doc_id": "a", "text": "Il frappe", "events": [{"id": "V1", "type": "Attack",'
        ' "trigger": {"start": 3, "end": 9}, "encounter": "a"}]}\n'
    )
    (tmp_path / "dev.jsonl").write_text(line, encoding="utf-8")
    assert [v.type for d in Corpus(tmp_path).documents("dev") for v in d.events] == ["Attack"]
    (tmp_path / "dev.jsonl").write_text(line.replace("Attack", "SummitHeld"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="expected one of Attack"):
        Corpus(tmp_path).documents("dev")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("roles: [Attacker]", "roles: [Victim]", "takes role Victim"),
        ("filler: [PER]", "filler: [GPE]", "filled by GPE"),
        ("default_factuality: asserted", "default_factuality: real", "real is not defined"),
        ("name: other", "nme: other", "nme"),
    ],
)
def test_an_ontology_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "ontology.yaml"
    path.write_text(OTHER.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput, match=message):
        ontology.read(path)


def test_what_is_generated_is_current() -> None:
    from benchmark import generated

    assert generated.stale() == [], "run sommet generate"


def test_validation_names_splits_that_share_an_encounter(tmp_path: Path) -> None:
    import shutil

    shutil.copy(GOLD / "ontology.yaml", tmp_path)
    (tmp_path / "MANIFEST.yaml").write_text("name: x\nversion: '1'\n", encoding="utf-8")
    source = next(iter(sorted((GOLD / "dev").iterdir())))
    for split in ("dev", "test"):
        shutil.copytree(source, tmp_path / split / source.name)
    found = list(validation.faults(tmp_path))
    assert any("is in dev, test" in line for line in found)
    assert any("MANIFEST.yaml" in line for line in found)


# ---------------------------------------------------------------------------------------------------------------------
# Floors: what the gold was to reach (CHANGELOG 1.0.0); `sommet stats` prints the counts


WHOLE = corpus.count([d for name in ("train", "dev", "test") for d in DOCUMENTS[name]])
TEST = corpus.count(DOCUMENTS["test"])


def test_floors_of_the_whole() -> None:
    assert WHOLE.storylines >= 90
    assert WHOLE.documents >= 270
    assert WHOLE.events >= 2_200
    assert WHOLE.arguments >= 5_000
    assert WHOLE.times >= 1_500
    assert WHOLE.times_anaphoric >= WHOLE.times / 4
    assert WHOLE.arguments_outside >= WHOLE.arguments / 3
    assert WHOLE.factuality["possible"] + WHOLE.factuality["negated"] >= 0.15 * WHOLE.events


def test_floors_of_the_splits() -> None:
    assert TEST.storylines >= 40
    assert len({d.storyline for d in DOCUMENTS["train"]}) >= 43
    assert len({d.storyline for d in DOCUMENTS["dev"]}) >= 10


FLOORS = {
    **dict.fromkeys(f"Summit{p}" for p in ("Proposed", "Announced", "Held", "Postponed", "Cancelled", "Refused")),
    **dict.fromkeys(("MeetingAnnounced", "MeetingHeld", "MeetingCancelled", "MeetingProposed")),
    **dict.fromkeys(("CallHeld", "CallAnnounced", "Agreement", "Demand")),
    "MeetingPostponed": 15,
    "MeetingRefused": 15,
}


@pytest.mark.parametrize("label", FLOORS)
def test_floors_of_labels_in_test(label: str) -> None:
    assert TEST.labels.get(label, 0) >= (FLOORS[label] or 30)


def test_a_tenth_of_the_documents_tells_of_hardly_any_encounter() -> None:
    quiet = [d for name in ("train", "dev", "test") for d in DOCUMENTS[name] if len(d.events) <= 3]
    assert len(quiet) >= 0.1 * WHOLE.documents


def test_the_subsets_are_of_like_size() -> None:
    lines = {d.storyline: d.subset for name in ("train", "dev", "test") for d in DOCUMENTS[name]}
    history = sum(subset == "histoire" for subset in lines.values())
    assert 0.4 * len(lines) <= history <= 0.6 * len(lines)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"published": "hier"}, "published 'hier'"),
        ({"published": "2025-02-30"}, "published '2025-02-30'"),
        ({"sentences": ((0, 9), (5, 12))}, "sentence at 5-12 after 9"),
        ({"sentences": ((9, 3),)}, "sentence at 9-3 after 0"),
        ({"sentences": ((0, 10**6),)}, "sentence at 0-1000000 after 0"),
        ({"zones": (Zone(4, 2, "byline"),)}, "zone byline at 4-2"),
    ],
)
def test_date_and_segmentation_of_gold_are_checked(change: dict[str, object], found: str) -> None:
    document = DOCUMENTS["dev"][0]
    assert [f.found for f in faults(document, SOMMET.ontology, len(document.text), gold=True)] == []
    broken = replace(document, **change)
    assert found in [f.found for f in faults(broken, SOMMET.ontology, len(broken.text), gold=True)]


@pytest.mark.parametrize("text", ["name: [", "name: sommet\nextra: 1\n"])
def test_a_manifest_that_is_none_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "ontology.yaml").write_bytes((GOLD / "ontology.yaml").read_bytes())
    (tmp_path / "MANIFEST.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"MANIFEST\.yaml.*expected a manifest"):
        Corpus(tmp_path)


def test_the_readme_shows_a_prediction_that_can_be_scored() -> None:
    readme = (corpus.data_root() / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"```json\n(.*)\n```", readme)
    shown = msgspec.json.decode(line, type=Prediction)
    (gold,) = (d for d in DOCUMENTS["dev"] if d.doc_id == shown.doc_id)
    (event,) = shown.events
    assert (event.type, event.trigger) in {(v.type, v.trigger) for v in gold.events}
