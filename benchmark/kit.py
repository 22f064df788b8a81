"""The kit with which a lab measures the agreement of people (gold/kit): blank documents, set up for a tool.

Every tool gets a folder ``training`` and a folder ``study``, the short guidelines and the long ones, the quiz, a list of
the documents with their dates of publication, and a README with its steps. Answers are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmark import corpus, generated
from benchmark.documents import Document, blank
from benchmark.errors import InvalidInput
from benchmark.files import read_text, write_atomic
from benchmark.formats import brat, cas, sheet
from benchmark.ontology import Ontology, read_yaml


class Documents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``documents.yaml``: ids of documents of train and of test, the rule by which they were chosen, and out of what."""

    rule: str
    pool: str
    training: list[str]
    study: list[str]


def folder() -> Path:
    """Where the kit's own files are."""
    return corpus.data_root() / "gold" / "kit"


def listed() -> Documents:
    """What ``documents.yaml`` says."""
    return msgspec.convert(read_yaml(folder() / "documents.yaml", "documents by use"), Documents)


def documents() -> dict[str, list[Document]]:
    """The documents of ``training`` and of ``study``, as in gold.

    Raises:
        InvalidInput: a document is no longer in gold.
    """
    chosen = listed()
    found = {}
    for name, ids, split in (("training", chosen.training, "train"), ("study", chosen.study, "test")):
        gold = {d.doc_id: d for d in corpus.load(split)}
        for doc_id in ids:
            if doc_id not in gold:
                raise InvalidInput(
                    f"{doc_id} is not in {split}", "documents of gold", file=str(folder() / "documents.yaml")
                )
        found[name] = [gold[doc_id] for doc_id in ids]
    return found


def _brat(parts: dict[str, list[Document]], target: Path) -> None:
    ontology = corpus.ontology()
    for name, blanks in parts.items():
        brat.write(blanks, target / name)
        for meta in sorted((target / name).glob("*/meta.yaml")):
            brat.write_meta(meta.parent, msgspec.structs.replace(brat.read_meta(meta.parent), kit=True))
    write_atomic(target / "annotation.conf", annotation_conf(ontology))
    write_atomic(target / "visual.conf", visual_conf(ontology))
    write_atomic(target / "tools.conf", TOOLS_CONF)


def _inception(parts: dict[str, list[Document]], target: Path) -> None:
    for name, blanks in parts.items():
        cas.write(blanks, target / name)
    write_atomic(target / "layers.json", layers(corpus.ontology()))


def _sheet(parts: dict[str, list[Document]], target: Path) -> None:
    for name, blanks in parts.items():
        sheet.write(blanks, target / name)


TOOLS: dict[str, Callable[[dict[str, list[Document]], Path], None]] = {
    "brat": _brat,
    "inception": _inception,
    "sheet": _sheet,
}


def write(target: Path, tool: str) -> None:
    """Set the kit up for a tool of :data:`TOOLS` in an empty or a new folder.

    Raises:
        InvalidInput: the folder holds something already, which might be somebody's annotation.
        MissingExtra: INCEpTION's format needs a package that is not installed.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInput("is not empty", "a new folder, so that no annotation is overwritten", file=str(target))
    parts = documents()
    TOOLS[tool]({name: [blank(d) for d in part] for name, part in parts.items()}, target)
    for name, source in {
        "README.md": folder() / "tools" / f"{tool}.md",
        "GUIDELINES.md": folder() / "GUIDELINES.md",
        "GUIDELINES-LONG.md": folder().parent / "GUIDELINES.md",
        "QUIZ.md": folder() / "QUIZ.md",
    }.items():
        write_atomic(target / name, read_text(source))
    write_atomic(target / "DOCUMENTS.md", listing(parts))


def listing(parts: dict[str, list[Document]]) -> str:
    """``DOCUMENTS.md``: what an annotator must know of each document besides its text."""
    lines = ["# Documents", "", "Dates are resolved against the date of publication."]
    for name, part in parts.items():
        lines += ["", f"## {name}", "", "| document | published | kind of outlet | words |", "|---|---|---|---|"]
        lines += [f"| {d.doc_id} | {d.published or 'unknown'} | {d.outlet} | {len(d.text.split())} |" for d in part]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------------------------------
# brat

TOOLS_CONF = """\
[options]
Validation\tvalidate:none
Tokens\ttokenizer:whitespace
Sentences\tsplitter:newline
Annotation-log\tlogfile:<NONE>

[search]

[annotators]

[disambiguators]

[normalization]
"""


def annotation_conf(ontology: Ontology) -> str:
    """``gold/annotation.conf`` with the relation by which a person ties mentions of one entity."""
    ties = [f"Equiv\tArg1:{kind}, Arg2:{kind}, <REL-TYPE>:symmetric-transitive" for kind in ontology.entity_types]
    return generated.annotation_conf(ontology).replace("[relations]\n", "\n".join(["[relations]", "", *ties, ""]), 1)


_COLOURS = ("#8fb2ff", "#7fd3ff", "#9fe67f", "#ffe066", "#ff9f80", "#e0a3ff")


def visual_conf(ontology: Ontology) -> str:
    """brat's ``visual.conf``: one colour a phase, a sign for each factuality."""
    steps = {name: (v.format, v.phase) for name, v in ontology.labels.items() if v.format and v.phase}
    lines = ["[labels]", ""]
    lines += [f"{name} | {name} | {form[:1]}-{phase}" for name, (form, phase) in steps.items()]
    lines += ["", "[drawing]", "", "SPAN_DEFAULT\tfgColor:black, bgColor:lightgray, borderColor:darken"]
    lines += ["ARC_DEFAULT\tcolor:black, dashArray:-, arrowHead:triangle-5"]
    colours = dict(zip(ontology.phases, _COLOURS, strict=True))
    lines += [f"{name}\tbgColor:{colours[phase]}" for name, (_, phase) in steps.items()]
    signs = {"asserted": "✓", "possible": "?", "negated": "✗"}
    lines += [f"Factuality\tglyph:{'|'.join(signs[value] for value in ontology.factuality)}", ""]
    return "\n".join(lines)


# ---------------------------------------------------------------------------------------------------------------------
# INCEpTION


def layers(ontology: Ontology) -> str:
    """The layers and tagsets of :mod:`benchmark.formats.cas` as the JSON that INCEpTION imports under *Layers*."""
    tags = {
        (cas.ENTITY, "category"): ontology.entity_types,
        (cas.TIME, "category"): ontology.time_types,
        (cas.EVENT, "label"): list(ontology.labels),
        (cas.EVENT, "factuality"): list(ontology.factuality),
        (cas.EVENT, "status"): list(ontology.statuses),
    }
    found = []
    for layer, names in cas.LAYERS.items():
        features = [_feature(layer, name, tags.get((layer, name))) for name in names]
        if layer == cas.EVENT:
            features.append(
                _feature(layer, "arguments", list(ontology.roles))
                | {
                    "type": "uima.tcas.Annotation",
                    "multi_value_mode": "ARRAY",
                    "link_mode": "WITH_ROLE",
                    "link_type_name": cas.LINK,
                    "link_type_role_feature_name": "role",
                    "link_type_target_feature_name": "target",
                    # Two Participants, and one mention as Agent and Participant, are both usual.
                    "traits": json.dumps({"compareMode": "MULTIPLE_TARGETS_MULTIPLE_ROLES"}),
                }
            )
        found.append(
            {
                "name": layer,
                "uiName": layer.rpartition(".")[2],
                "type": "span",
                "enabled": True,
                "built_in": False,
                "readonly": False,
                "cross_sentence": False,
                "show_hover": True,
                "anchoring_mode": "CHARACTERS",
                "overlap_mode": "ANY_OVERLAP",
                "validation_mode": "NEVER",
                "features": features,
            }
        )
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


# What an annotator has to fill in; a missing one makes the annotation unreadable.
_REQUIRED = ("category", "label")


def _feature(layer: str, name: str, tags: Sequence[str] | None) -> dict[str, object]:
    tagset = {
        "name": f"{layer.rpartition('.')[2]} {name}",
        "description": "Sommet",
        "language": "fr",
        "tags": [{"tag_name": tag, "tag_description": tag} for tag in tags or ()],
        "create_tag": False,
    }
    return {
        "name": name,
        "uiName": name,
        "type": "uima.cas.String",
        "tag_set": tagset if tags else None,
        "enabled": True,
        "visible": True,
        "include_in_hover": True,
        "required": name in _REQUIRED,
        "remember": False,
        "multi_value_mode": "NONE",
        "link_mode": "NONE",
        "curatable": True,
    }
