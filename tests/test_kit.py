"""The kit for people: blank for every tool, what a person annotates comes back, and the figures can be computed."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Sommet
from msgspec.structs import replace
from strategies import ONTOLOGY

from benchmark import agreement, corpus, kit
from benchmark.documents import Document, Span, Zone, blank, canonical
from benchmark.errors import InvalidInput, MissingExtra
from benchmark.formats import brat, jsonl, sheet

TEST = {d.doc_id: d for d in corpus.load("test")}
PARTS = kit.documents()
STUDY = {d.doc_id: d for d in PARTS["study"]}


def by_hash(document: Document) -> str:
    return hashlib.sha256(document.doc_id.encode()).hexdigest()


def chosen(pool: Sequence[Document]) -> list[Document]:
    """The rule of ``documents.yaml`` for one subset."""
    pool = sorted(pool, key=by_hash)
    order = sorted(pool, key=lambda d: len(d.text.split()))
    third = {d.doc_id: 3 * i // len(order) for i, d in enumerate(order)}
    rarity = Counter(d.outlet for d in pool)
    taken = [min(pool, key=lambda d: len(d.events))]
    while len(taken) < 12:
        outlets, thirds = Counter(d.outlet for d in taken), Counter(third[d.doc_id] for d in taken)
        storylines = {d.storyline for d in taken}
        free = [d for d in pool if d.storyline not in storylines] or [d for d in pool if d not in taken]
        taken.append(min(free, key=lambda d: (outlets[d.outlet], rarity[d.outlet], thirds[third[d.doc_id]])))
    return taken


def test_the_documents_are_those_of_the_rule() -> None:
    layers = [
        agreement.read(kit.folder().parent / "layers" / f"{name}.jsonl", ONTOLOGY) for name in ("first", "second")
    ]
    both = [d for d in TEST.values() if all(d.doc_id in layer for layer in layers)]
    assert set(STUDY) <= {d.doc_id for d in both}
    if hashlib.sha256("\n".join(sorted(d.doc_id for d in both)).encode()).hexdigest()[:12] != kit.listed().pool:
        pytest.skip("gold has grown since the documents were chosen")
    subsets = [chosen([d for d in both if d.subset == s]) for s in ("histoire", "fiction")]
    assert [d.doc_id for d in PARTS["study"]] == [d.doc_id for pair in zip(*subsets, strict=True) for d in pair]
    train = corpus.load("train")
    first = [min((d for d in train if d.subset == s), key=by_hash).doc_id for s in ("histoire", "fiction")]
    assert [d.doc_id for d in PARTS["training"]] == first


def test_the_documents_are_spread() -> None:
    assert Counter(d.subset for d in STUDY.values()) == {"histoire": 12, "fiction": 12}
    assert {d.outlet for d in STUDY.values()} == {d.outlet for d in TEST.values()}
    assert len({d.storyline for d in STUDY.values()}) == 24
    assert sum(len(d.events) <= 3 for d in STUDY.values()) >= 2


def test_the_kit_is_no_split() -> None:
    assert "kit" not in corpus.sommet().splits
    assert not any("kit" in p.parts for p in kit.folder().rglob("meta.yaml"))
    gold = corpus.data_root() / "gold"
    assert not any(brat.read_meta(p.parent).kit for p in gold.glob("*/*/meta.yaml"))  # read strictly, all of it


def test_rules_named_are_rules_of_the_long_guidelines() -> None:
    rule = r"\b[TAEXVQSHNFPB]\d{1,2}\b"
    long = (kit.folder().parent / "GUIDELINES.md").read_text(encoding="utf-8")
    for name in ("GUIDELINES.md", "ANSWERS.md"):
        text = (kit.folder() / name).read_text(encoding="utf-8")
        named, known = (set(re.findall(rule, re.sub(r"`[^`]*`", "", t))) for t in (text, long))
        assert named, name
        assert named <= known, name
    assert len((kit.folder() / "GUIDELINES.md").read_text(encoding="utf-8").split()) <= 1150
    quiz = (kit.folder() / "QUIZ.md").read_text(encoding="utf-8")
    answers = (kit.folder() / "ANSWERS.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\d+\. ", quiz, re.M)) == len(re.findall(r"^\| \d+ \|", answers, re.M)) == 10


def read(folder: Path, tool: str) -> dict[str, Document]:
    if tool == "inception":
        pytest.importorskip("cassis", reason="extra `cas`")
        from benchmark.formats import cas

        return {d.doc_id: d for d in cas.read(folder)}
    return {d.doc_id: d for d in (brat if tool == "brat" else sheet).read(folder)}


@pytest.mark.parametrize("tool", ["brat", "sheet", pytest.param("inception", marks=pytest.mark.slow)])
def test_a_kit_is_blank(tmp_path: Path, tool: str) -> None:
    if tool == "inception":
        pytest.importorskip("cassis", reason="extra `cas`")
    kit.write(tmp_path / "k", tool)
    assert read(tmp_path / "k" / "study", tool) == {i: blank(canonical(d)) for i, d in STUDY.items()}
    assert read(tmp_path / "k" / "training", tool).keys() == {d.doc_id for d in PARTS["training"]}
    written = "\n".join(p.read_text(encoding="utf-8") for p in (tmp_path / "k" / "study").rglob("*") if p.is_file())
    storylines = {d.storyline for d in STUDY.values()}
    encounters = {v.encounter for d in STUDY.values() for v in d.events if v.encounter} - storylines
    assert len(encounters) > 24
    assert not [e for e in encounters if re.search(rf"(?<![\w-]){e}(?![\w-])", written)]
    assert not (tmp_path / "k" / "ANSWERS.md").exists()


def test_without_cassis_inception_is_one_line_and_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(MissingExtra, match=r"sommet\[cas\]"):
        kit.write(tmp_path / "k", "inception")
    assert not (tmp_path / "k").exists()


def test_a_kit_overwrites_nothing(sommet: Sommet, tmp_path: Path) -> None:
    assert sommet("kit", tmp_path / "k").returncode == 0
    again = sommet("kit", tmp_path / "k", "--tool", "sheet")
    assert again.returncode == 2
    assert "not empty" in again.stderr


def as_person(document: Document, folder: Path) -> None:
    """Leave in a kit's folder what brat leaves: notes instead of references, ties one by one, no names."""
    lines, notes = [], 0
    stated = {s.encounter: s.status for s in document.statuses}
    for line in brat.standoff(canonical(document)).splitlines():
        if line.startswith("*"):
            members = line.split()[2:]
            lines += [f"*\tEquiv {a} {b}" for a, b in pairwise(members)]
        elif found := re.fullmatch(r"N\d+\tReference (\w+) (?:TIMEX3|ENCOUNTER):(\S+)\t.*", line):
            notes += 1
            status = stated.pop(found[2], "") if found[1].startswith("E") else ""
            lines.append(f"#{notes}\tAnnotatorNotes {found[1]}\t{found[2]} {status}".rstrip())
        else:
            lines.append(line)
    name = document.doc_id.removeprefix(f"{document.storyline}-")
    (folder / document.storyline / f"{name}.ann").write_text("\n".join(lines) + "\n", encoding="utf-8")


def nameless(document: Document) -> Document:
    """The document as it stands but for the names of entities."""
    plain = replace(document, entities=tuple(replace(e, name="") for e in document.entities))
    return canonical(plain)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit for brat in which a person annotated exactly what gold has."""
    folder = tmp_path_factory.mktemp("kit") / "brat"
    kit.write(folder, "brat")
    for document in STUDY.values():
        as_person(document, folder / "study")
    return folder


def test_what_a_person_annotates_in_brat_comes_back(returned: Path) -> None:
    back = agreement.read(returned / "study", ONTOLOGY)
    assert {i: nameless(d) for i, d in back.items()} == {i: nameless(d) for i, d in STUDY.items()}
    for document in back.values():
        for entity in document.entities:
            assert len(entity.name) == max(m.end - m.start for m in entity.mentions)


def test_agreement_of_a_returned_copy_is_one(sommet: Sommet, returned: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    jsonl.write(STUDY.values(), gold)
    layer = kit.folder().parent / "layers" / "first.jsonl"
    for one, perfect in ((gold, True), (returned / "study", True), (layer, False)):
        done = sommet("agreement", one, returned / "study", "--json")
        assert done.returncode == 0, done.stderr
        values = [f["value"] for f in json.loads(done.stdout)]
        assert (min(values) == pytest.approx(1)) is perfect
    assert sommet("import", "brat", returned / "study").returncode == 0


def test_layers_that_a_person_left_out_are_no_failure(returned: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(returned, tmp_path / "k")
    for path in (tmp_path / "k" / "study").rglob("*.ann"):
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if line[0] in "TE*"]
        path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    bare, full = agreement.read(tmp_path / "k" / "study", ONTOLOGY), agreement.read(returned / "study", ONTOLOGY)
    assert all(v.encounter is None for d in bare.values() for v in d.events)
    figures = {(f.layer, f.measure): f.value for f in agreement.agreement(full, bare, ONTOLOGY)}
    assert figures["triggers with label", "F1"] == figures["times, strict", "F1"] == 1
    assert figures["times, value", "share equal"] == 0
    assert (figures["factuality", "kappa"] or 0) < 1
    assert agreement.agreement(bare, bare, ONTOLOGY)


def test_a_wrong_note_is_named(returned: Path, tmp_path: Path) -> None:
    import shutil

    document = next(d for d in STUDY.values() if len(d.events) > 2)
    shutil.copytree(returned / "study" / document.storyline, tmp_path / document.storyline)
    name = document.doc_id.rpartition("-")[2]
    path = tmp_path / document.storyline / f"{name}.ann"
    text = path.read_text(encoding="utf-8")
    event = re.findall(r"^E\d+", text, re.M)[0]
    kept = [line for line in text.splitlines() if not line.startswith("#1\t") and f" {event}\t" not in line]
    path.write_text("\n".join([*kept, f"#99\tAnnotatorNotes {event}\tle sommet"]) + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=rf"{name}\.ann:\d+.*le sommet.*expected <encounter>"):
        list(brat.read(tmp_path))


def test_gold_is_read_strictly(tmp_path: Path) -> None:
    document = next(d for d in STUDY.values() if d.entities)
    brat.write([document], tmp_path)
    folder = tmp_path / document.storyline
    meta = brat.read_meta(folder)
    named = {name: replace(own, entities={}) for name, own in meta.documents.items()}
    brat.write_meta(folder, replace(meta, documents=named))
    with pytest.raises(InvalidInput, match="entity names"):
        list(brat.read(tmp_path))
    brat.write_meta(folder, replace(meta, documents=named, kit=True))
    assert [nameless(d) for d in brat.read(tmp_path)] == [nameless(document)]


def test_sheets_come_back(tmp_path: Path) -> None:
    sheet.write(STUDY.values(), tmp_path)
    back = {d.doc_id: d for d in sheet.read(tmp_path)}
    assert {i: nameless(d) for i, d in back.items()} == {i: nameless(d) for i, d in STUDY.items()}


def test_cas_comes_back(sommet: Sommet, tmp_path: Path) -> None:
    pytest.importorskip("cassis", reason="extra `cas`")
    from benchmark.formats import cas

    dev = corpus.load("dev")[:4]
    odd = replace(
        dev[0], doc_id="odd-01", storyline="odd", text=f"\U0001f91d {dev[0].text}", zones=(Zone(0, 1, "links"),)
    )
    shifted = shift(odd, 2)
    documents = [*list(STUDY.values())[:3], *dev, shifted]
    cas.write(documents, tmp_path)
    done = sommet("import", "cas", tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "back.jsonl").write_text(done.stdout, encoding="utf-8")
    back = {d.doc_id: d for d in jsonl.read(tmp_path / "back.jsonl")}
    assert back == {d.doc_id: canonical(d) for d in documents}


def shift(document: Document, by: int) -> Document:
    """The annotations moved by some characters, as for a text that got as many in front."""
    from benchmark import segment

    def moved(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return replace(
        document,
        sentences=segment.sentences(document.text),
        entities=tuple(replace(e, mentions=tuple(map(moved, e.mentions))) for e in document.entities),
        times=tuple(replace(t, start=t.start + by, end=t.end + by) for t in document.times),
        events=tuple(
            replace(
                v,
                trigger=moved(v.trigger),
                arguments=tuple(replace(a, start=a.start + by, end=a.end + by) for a in v.arguments),
            )
            for v in document.events
        ),
    )


def test_an_export_of_inception_is_read(tmp_path: Path) -> None:
    """Zips by annotator in a folder by document, types of ours left out, features left open, other layers besides."""
    pytest.importorskip("cassis", reason="extra `cas`")
    from benchmark.formats import cas

    document = next(d for d in STUDY.values() if d.statuses)
    cas.write([document], tmp_path / "made")
    xmi = (tmp_path / "made" / f"{document.doc_id}.xmi").read_text(encoding="utf-8")
    types = (tmp_path / "made" / "TypeSystem.xml").read_text(encoding="utf-8")
    xmi = re.sub(r"\n.*<sommet:(?:Document|Zone) .*", "", xmi)
    members = set(re.findall(r'xmi:id="(\d+)"', xmi))
    xmi = re.sub(r'members="([^"]*)"', lambda m: f'members="{" ".join(i for i in m[1].split() if i in members)}"', xmi)
    (tmp_path / "other.xmi").write_text(xmi, encoding="utf-8")
    assert [d.doc_id for d in cas.read(tmp_path / "other.xmi")] == [document.doc_id]  # by the title that stands in it
    xmi = re.sub(r' (?:factuality|encounter|status|value|name|documentTitle)="[^"]*"', "", xmi)
    folder = tmp_path / "export" / "annotation" / f"{document.doc_id}.xmi"
    folder.mkdir(parents=True)
    for user in ("anna", "INITIAL_CAS"):
        with zipfile.ZipFile(folder / f"{user}.zip", "w") as archive:
            archive.writestr(f"{user}.xmi", xmi)
            archive.writestr("TypeSystem.xml", types)
    (back,) = cas.read(tmp_path / "export")
    assert back.doc_id == document.doc_id
    assert [(v.trigger, v.type, len(v.arguments)) for v in back.events] == [
        (v.trigger, v.type, len(v.arguments)) for v in canonical(document).events
    ]
    assert all(v.factuality == "asserted" and v.encounter is None for v in back.events)
    assert agreement.agreement({document.doc_id: document}, {document.doc_id: back}, ONTOLOGY)
    (folder / "bruno.zip").write_bytes((folder / "anna.zip").read_bytes())
    with pytest.raises(InvalidInput, match="once"):
        list(cas.read(tmp_path / "export"))
    (tmp_path / "bad.xmi").write_text("no xml", encoding="utf-8")
    with pytest.raises(InvalidInput, match="UIMA CAS"):
        list(cas.read(tmp_path / "bad.xmi"))


def test_what_a_tool_must_know_is_the_ontology() -> None:
    pytest.importorskip("cassis", reason="extra `cas`")
    from benchmark.formats import cas

    layers = json.loads(kit.layers(ONTOLOGY))
    types = cas.type_system()
    for layer in layers:
        features = {f.name: f for f in types.get_type(layer["name"]).features}
        assert {f["name"] for f in layer["features"]} == set(features)
        for f in layer["features"]:
            if f["link_mode"] == "WITH_ROLE":
                assert {x.name for x in types.get_type(f["link_type_name"]).features} == {"role", "target"}
    tags = {
        f["tag_set"]["name"]: [t["tag_name"] for t in f["tag_set"]["tags"]]
        for x in layers
        for f in x["features"]
        if f["tag_set"]
    }
    assert tags["SommetEvent label"] == list(ONTOLOGY.labels)
    assert tags["SommetEvent arguments"] == list(ONTOLOGY.roles)
    conf = kit.annotation_conf(ONTOLOGY)
    assert all(f"Equiv\tArg1:{kind}, Arg2:{kind}" in conf for kind in ONTOLOGY.entity_types)
    assert all(re.search(rf"^{label}\t", conf, re.M) for label in ONTOLOGY.labels)
    assert conf.replace("Equiv", "").count("[relations]") == 1
