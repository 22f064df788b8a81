"""brat, sheets and JSONL: lossless both ways, and clear about what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from benchmark import corpus, formats, segment
from benchmark.documents import Argument, Document, Event, Prediction, Span, as_prediction, canonical, faults
from benchmark.errors import InvalidInput
from benchmark.formats import brat, jsonl, sheet

GOLD = corpus.data_root() / "gold"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@settings(deadline=None, max_examples=60)
@given(documents("alaska-01", "alaska"))
def test_brat_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    folder = tmp_path_factory.mktemp("brat")
    brat.write([document], folder)
    assert list(brat.read(folder)) == [document]
    first = snapshot(folder)
    brat.write(brat.read(folder), folder)
    assert snapshot(folder) == first


def test_the_gold_is_canonical_brat(tmp_path: Path) -> None:
    """Reading the gold and writing it gives the same bytes, fact sheets included."""
    for split in corpus.sommet().splits:
        for meta in sorted((GOLD / split).glob("*/meta.yaml")):
            target = tmp_path / split / meta.parent.name
            target.mkdir(parents=True)
            (target / "meta.yaml").write_bytes(meta.read_bytes())
        brat.write(brat.read(GOLD / split), tmp_path / split)
        assert snapshot(tmp_path / split) == snapshot(GOLD / split)


@settings(max_examples=60)
@given(documents())
def test_jsonl_gives_back_what_was_written(document: Document) -> None:
    assert msgspec.json.decode(jsonl.encode(document), type=Document) == document
    prediction = as_prediction(document)
    assert msgspec.json.decode(jsonl.encode(prediction), type=Prediction) == prediction


@given(documents(), st.randoms())
def test_canonical_form_does_not_depend_on_order(document: Document, random: object) -> None:
    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        copy = list(items)
        random.shuffle(copy)  # type: ignore[attr-defined]
        return tuple(copy)

    layers = {name: shuffled(getattr(document, name)) for name in ("entities", "times", "events", "statuses")}
    assert canonical(msgspec.structs.replace(document, **layers)) == document


@given(documents())
def test_generated_gold_is_valid(document: Document) -> None:
    assert list(faults(document, corpus.ontology(), len(document.text), gold=True)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("T1\tPER 0 5\tAutre", "quotes 'Autre'"),
        ("T1\tPER 0 500\tMarec", "quotes"),
        ("nonsense", "a T, E, A, N or Equiv line"),
        ("E1\tSummitHeld:T9", "refers to T9"),
        ("*\tEquiv T1 T7", "refers to T1"),
    ],
)
def test_bad_standoff_is_one_clear_line(tmp_path: Path, line: str, expected: str) -> None:
    folder = tmp_path / "essai"
    folder.mkdir()
    (folder / "01.txt").write_text("Marec a vu Solvane.", encoding="utf-8")
    (folder / "01.ann").write_text(line + "\n", encoding="utf-8")
    (folder / "meta.yaml").write_text('documents: {"01": {published: "2030-01-01"}}\n', encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        list(brat.read(tmp_path))
    assert expected in str(caught.value)
    assert "01.ann" in str(caught.value)


SHEET = """
entities:
  marec: {type: PER, name: Ilan Marec, mentions: ["1:Marec", "2:Ilan Marec", "3:président"]}
  solvane: {type: PER, name: Nora Solvane, mentions: ["1:Solvane", "2:Solvane#1"]}
times:
  t1: ["2:jeudi", DATE, "2030-04-11"]
encounters:
  sommet: {Participant: [marec, solvane], status: refused}
events:
  - {trigger: "2:annoncé", label: SummitAnnounced, encounter: sommet, Agent: marec, ActDate: t1}
  - {trigger: "3:refusé", label: SummitRefused, encounter: sommet, Agent: solvane, factuality: possible}
"""
TEXT = "Sommet Marec-Solvane\n\nIlan Marec a annoncé jeudi qu’il verrait Solvane, oui Solvane. Le président a refusé.\n"


def write_sheet(folder: Path, content: str, text: str = TEXT) -> Path:
    folder = folder / "essai"
    folder.mkdir(exist_ok=True)
    (folder / "01.txt").write_text(text, encoding="utf-8")
    (folder / "01.yaml").write_text(content, encoding="utf-8")
    (folder / "meta.yaml").write_text(
        'subset: fiction\ndocuments: {"01": {published: "2030-04-12"}}\n', encoding="utf-8"
    )
    return folder


def test_sheet_applies_the_argument_rules(tmp_path: Path) -> None:
    (document,) = sheet.read(write_sheet(tmp_path, SHEET))
    announced, refused = document.events
    text = document.text
    spans = {(a.role, text[a.start : a.end]) for a in announced.arguments}
    # The nearest mention of the sentence.
    assert spans == {
        ("Participant", "Ilan Marec"),
        ("Agent", "Ilan Marec"),
        ("Participant", "Solvane"),
        ("ActDate", "jeudi"),
    }
    # None of Solvane in the sentence: the longest by name, the first of equals.
    agent = next(a for a in refused.arguments if a.role == "Agent")
    assert (agent.start, agent.end) == (13, 20)
    assert refused.factuality == "possible"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"3:refusé"', '"3:refuse"', "words of sentence 3"),
        ('"3:refusé"', '"9:refusé"', "a sentence from 1 to 3"),
        ('"2:Solvane#1"', '"2:Solvane"', "stands 2 times"),
        ("SummitRefused", "SummitRefuse", "SummitRefused"),
        ("encounter: sommet, Agent: solvane", "encounter: somet, Agent: solvane", "expected sommet"),
        ("Agent: solvane", "NewDate: t1", "role NewDate"),
        ("factuality: possible", "factualit: possible", "factuality"),
        ("status: refused", "status: refusé", "one of proposed"),
        ("ActDate: t1", "ActDate: t7", "ActDate 't7'"),
        ('DATE, "2030-04-11"', 'DATE, "le 11"', "a TIMEX3 value"),
        ("entities:", "entitis:", "entitis"),
        ("events:", "events: [", "not YAML"),
    ],
)
def test_sheet_says_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SHEET
    with pytest.raises(InvalidInput) as caught:
        list(sheet.read(write_sheet(tmp_path, SHEET.replace(old, new))))
    assert message in str(caught.value)
    assert "01.yaml" in str(caught.value)


def test_blank_sheets_compile(tmp_path: Path) -> None:
    document = Document("a-01", text=TEXT, published="2030-04-12", storyline="a", sentences=segment.sentences(TEXT))
    sheet.write([document], tmp_path)
    (back,) = sheet.read(tmp_path / "a")
    assert (back.text, back.published, back.events) == (TEXT, "2030-04-12", ())


def test_the_worked_example_of_the_guidelines_compiles(tmp_path: Path) -> None:
    """The last text and sheet of the guidelines are what the program accepts."""
    guide = (GOLD / "GUIDELINES.md").read_text(encoding="utf-8").rpartition("## Worked example")[2]
    numbered = re.search(r"```text\n(.*?)```", guide, re.DOTALL)
    example = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert numbered
    assert example
    sentences = [line.partition(": ")[2] for line in numbered[1].splitlines()]
    text = f"{sentences[0]}\n\n{' '.join(sentences[1:])}\n"
    (document,) = sheet.read(write_sheet(tmp_path, example[1], text))
    assert len(document.events) == 12


def test_every_format_reads() -> None:
    assert {"brat", "jsonl", "sheet"} <= set(formats.names())
    for name in formats.names():
        assert callable(formats.load(name).read)
    with pytest.raises(InvalidInput, match="expected brat"):
        formats.load("brta")


def writers() -> list[str]:
    """Formats that write more than the one file that is named."""
    return [n for n in formats.names() if n != "jsonl" and hasattr(formats.load(n), "write")]


@pytest.mark.parametrize("name", writers())
@pytest.mark.parametrize(
    "storyline", ["/esc", "../esc", "a/../../esc", "a\0b", "a\nb", "a" * 240, ".a", "..", "", "a\\b"]
)
def test_no_id_leads_a_writer_elsewhere(tmp_path: Path, name: str, storyline: str) -> None:
    """Also where the first document is in order: nothing is half-written."""
    if name == "cas":
        pytest.importorskip("cassis", reason="extra `cas`")
    storyline = str(tmp_path / "esc") if storyline == "/esc" else storyline
    # A word is a name for a CAS, which needs no storyline.
    doc_id = f"{storyline}-01" if storyline else ""
    made = [Document("Z-01", storyline="Z", text=TEXT), Document(doc_id, storyline=storyline, text=TEXT)]
    with pytest.raises(InvalidInput, match="expected"):
        formats.load(name).write(made, tmp_path / "out" / "deep")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("writer", [brat, sheet])
def test_nothing_is_written_where_one_document_is_refused(tmp_path: Path, writer: formats.Format) -> None:
    lost = Event("V1", "SummitHeld", Span(0, 6), encounter="a", arguments=(Argument("Place", 1, 3, "E9"),))
    across = msgspec.structs.replace(lost, trigger=Span(0, len(TEXT)))
    refused = Document("b-01", storyline="b", text=TEXT, events=(across,), sentences=segment.sentences(TEXT))
    with pytest.raises(InvalidInput):
        writer.write([Document("a-01", storyline="a", text=TEXT), refused], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_text_that_xml_cannot_hold_is_refused(tmp_path: Path) -> None:
    cas = pytest.importorskip("cassis", reason="extra `cas`") and formats.load("cas")
    with pytest.raises(InvalidInput, match=r"document a-01.*XML"):
        cas.write([Document("a-01", text="a\0b")], tmp_path / "out")
    assert not (tmp_path / "out").exists()
