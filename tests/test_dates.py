"""The date normaliser: cases as data, one line an expression, against a date of publication."""

from __future__ import annotations

import pytest

from baselines import dates
from benchmark import segment
from benchmark.documents import Document

# Published on Wednesday 2025-10-22.
CASES = [
    ("Le sommet du 15 août 2025 à Valdris.", "15 août 2025", "2025-08-15"),
    ("Il l’a dit jeudi dernier.", "jeudi dernier", "2025-10-16"),
    ("Ils se sont vus lundi.", "lundi", "2025-10-20"),
    ("Ils se verront lundi.", "lundi", "2025-10-27"),
    ("Ils se verront jeudi en huit.", "jeudi en huit", "2025-10-30"),
    ("Il est parti hier.", "Il est parti hier", None),
    ("Il est parti hier soir.", "hier soir", "2025-10-21TEV"),
    ("Elle viendra demain matin.", "demain matin", "2025-10-23TMO"),
    ("Le 3 mai, il signait ; la veille, il doutait.", "la veille", "2025-05-02"),
    ("Le 3 mai, il signait ; le lendemain, il doutait.", "le lendemain", "2025-05-04"),
    ("Le 3 mai, il signait ; le surlendemain, il partait.", "le surlendemain", "2025-05-05"),
    ("Le 3 mai, il signait ; le même jour, elle partait.", "le même jour", "2025-05-03"),
    ("La semaine dernière, tout allait bien.", "La semaine dernière", "2025-W42"),
    ("La semaine prochaine, tout ira bien.", "La semaine prochaine", "2025-W44"),
    ("Il y a deux semaines, il partait.", "Il y a deux semaines", "2025-W41"),
    ("Il y a trois jours, il partait.", "Il y a trois jours", "2025-10-19"),
    ("Dans dix jours, il reviendra.", "Dans dix jours", "2025-11-01"),
    ("Fin juin, ils signaient.", "Fin juin", "2025-06"),
    ("Ils se verront en janvier.", "janvier", "2026-01"),
    ("D’ici la fin du mois, il partira.", "la fin du mois", "2025-10"),
    ("Au premier semestre 2026, ils se verront.", "premier semestre 2026", "2026-H1"),
    ("Au printemps 2024, ils se parlaient.", "printemps 2024", "2024-SP"),
    ("Les entretiens ont duré plus de deux heures.", "plus de deux heures", "PT2H"),
    ("Ils ont parlé quarante-cinq minutes.", "quarante-cinq minutes", "PT45M"),
    ("Une vingtaine de minutes, dit-on.", "Une vingtaine de minutes", "PT20M"),
    ("Une trêve de cent quatre-vingts jours.", "cent quatre-vingts jours", "P180D"),
    ("Du 11 au 12 mai 2026, ils siègent.", "11", "2026-05-11"),
    ("Chaque semaine, ils s’appellent.", "Chaque semaine", "P1W"),
    ("Pour l'instant, rien n'est prévu.", "l'instant", "PRESENT_REF"),
    ("Aujourd'hui, ils se taisent.", "Aujourd'hui", "2025-10-22"),
    ("Aujourd’hui, ils se taisent.", "Aujourd’hui", "2025-10-22"),
    ("Trois jours plus tard, il cédait.", "Trois jours plus tard", "2025-10-25"),
    ("Les années 1990 furent calmes.", "Les années 1990", "199"),
    ("Rendez-vous à 14 h 30.", "14 h 30", "2025-10-22T14:30"),
    ("Le 31 février 2025, dit-il.", "Le 31 février 2025", None),
]


def found(text: str, published: str | None = "2025-10-22") -> dict[str, str]:
    document = Document("d", text=text, published=published, sentences=segment.sentences(text))
    return {text[t.start : t.end]: t.value for t in dates.find(document)}


@pytest.mark.parametrize(("text", "words", "value"), CASES, ids=lambda case: str(case)[:40])
def test_value(text: str, words: str, value: str | None) -> None:
    assert found(text).get(words) == value


def test_without_a_date_of_publication_what_cannot_be_resolved_keeps_x() -> None:
    values = found("Jeudi, il partait. Le 3 mai, il revient. En juin 2024, il dort. Hier, rien.", None)
    assert values == {
        "Jeudi": "XXXX-WXX-4",
        "Le 3 mai": "XXXX-05-03",
        "juin 2024": "2024-06",
        "Hier": "XXXX-XX-XX",
    }


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


def test_a_live_page_that_passes_midnight_begins_the_day_before() -> None:
    text = "Direct\n\n21h10 - Il arrive.\n\n22h48 - Il attend.\n\n00h21 - Il repart.\n\n01h00 - Fin."
    assert list(found(text).values()) == [
        "2025-10-21T21:10",
        "2025-10-21T22:48",
        "2025-10-22T00:21",
        "2025-10-22T01:00",
    ]
