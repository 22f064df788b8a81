"""The mistakes of a system, as text for the terminal, as Markdown, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from benchmark.analysis import LAYERS, Analysis, Kinds, Layers, Sides
from benchmark.errors import shorten
from benchmark.leaderboard.grid import UNDEFINED, Grid, figure, show
from benchmark.ontology import Ontology

# In the terminal some categories share a column; all of them are in the JSON.
_COLUMNS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "events": {
        "right": ("right",),
        "missed": ("missed",),
        "span": ("span",),
        "confused": ("span-label", "format", "phase", "label"),
        "fact.": ("factuality",),
        "date": ("date",),
        "role": ("role",),
        "entity": ("entity",),
        "args": ("arguments",),
    },
    "arguments": {
        "right": ("right",),
        "missed": ("missed",),
        "role": ("role",),
        "date": ("date",),
        "extent": ("extent",),
        "entity": ("entity",),
        "event": ("event",),
    },
}
_PROPERTIES = {
    "label": "events",
    "subset": "events",
    "outlet": "events",
    "trigger": "events",
    "role": "arguments",
    "distance": "arguments",
}
_NOTES = {
    "trigger": "Triggers of train as lower-cased forms: with this label, with another label only, or not there at all.",
    "distance": "Sentences between the argument and its trigger; right of gold is how many were found.",
}
_CONFUSIONS = 12


def show_analysis(analysis: Analysis, ontology: Ontology, form: str) -> None:
    """Print an analysis as ``text``, ``md`` or ``json``."""
    if form == "json":
        print(msgspec.json.format(msgspec.json.encode(analysis, order="sorted"), indent=1).decode())
        return
    grids = [_layer(name, kinds) for name, kinds in analysis.layers.items()]
    grids.append(_matrix("phase", analysis.confusion["phase"], [*ontology.phases, *ontology.labels]))
    grids.append(_matrix("format", analysis.confusion["format"], [*ontology.formats, *ontology.labels]))
    grids.append(_confused(analysis.confusion["label"]))
    grids += [_by(name, analysis.by[name], layer) for name, layer in _PROPERTIES.items() if name in analysis.by]
    grids += [_examples(layer, analysis) for layer in LAYERS if any(analysis.examples.get(layer, {}).values())]
    show([grid for grid in grids if grid.rows], form)


def _layer(name: str, kinds: Kinds) -> Grid:
    total = _total(kinds)
    rows = [
        (kind, figure(sides.gold), _share(sides.gold, total.gold), figure(sides.given), LAYERS[name][kind])
        for kind, sides in kinds.items()
        if sides != Sides()
    ]
    if rows and name != "dates":
        rows.append(("all", figure(total.gold), "", figure(total.given), ""))
    return Grid(name.capitalize(), ("category", "gold", "of gold", "given", "meaning"), rows, words=(0, 4))


def _total(kinds: Kinds) -> Sides:
    return Sides(sum(s.gold for s in kinds.values()), sum(s.given for s in kinds.values()))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else UNDEFINED


def _matrix(name: str, rows: Mapping[str, Mapping[str, int]], order: Sequence[str]) -> Grid:
    """Gold values down, predicted values across, of the events that were paired."""
    used = {*rows, *(given for row in rows.values() for given in row)}
    names = [value for value in dict.fromkeys(order) if value in used]
    table = [(gold, *(str(rows.get(gold, {}).get(given, "·")) for given in names)) for gold in names]
    return Grid(f"Confusion of {name}: gold down, given across", ("", *names), table)


def _confused(rows: Mapping[str, Mapping[str, int]]) -> Grid:
    found = [(n, gold, given) for gold, row in rows.items() for given, n in row.items() if gold != given]
    found.sort(key=lambda item: (-item[0], item[1:]))
    table = [(gold, given, str(n)) for n, gold, given in found[:_CONFUSIONS]]
    note = f"The first {_CONFUSIONS} of {len(found)}." if len(found) > _CONFUSIONS else ""
    return Grid("Labels confused most", ("gold", "given", "pairs"), table, words=(0, 1), note=note)


def _by(name: str, groups: Mapping[str, Layers], layer: str) -> Grid:
    columns = _COLUMNS[layer]
    rows = []
    for value, layers in groups.items():
        kinds = layers.get(layer)
        if kinds:
            total = _total(kinds)
            cells = [sum(kinds.get(kind, Sides()).gold for kind in merged) for merged in columns.values()]
            spurious = kinds.get("spurious", Sides()).given
            rows.append((value or "(none)", *map(str, (total.gold, *cells, total.given, spurious))))
    head = (name, "gold", *columns, "given", "spurious")
    return Grid(f"{layer.capitalize()} by {name}", head, rows, note=_NOTES.get(name, ""))


def _examples(layer: str, analysis: Analysis) -> Grid:
    kept = analysis.examples[layer]
    rows = [
        (kind, e.document, e.sentence, _side(e.expected), _side(e.given))
        for kind in LAYERS[layer]
        for e in kept.get(kind, ())
    ]
    return Grid(f"Examples: {layer}", ("category", "document", "text", "expected", "given"), rows, words=range(5))


def _side(text: str | None) -> str:
    return UNDEFINED if text is None else shorten(text, 160)
