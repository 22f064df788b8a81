"""What is generated from the ontology: brat's ``annotation.conf`` and the label and role tables of the guidelines."""

from __future__ import annotations

from pathlib import Path

from benchmark.errors import InvalidInput
from benchmark.files import read_text
from benchmark.ontology import Ontology

BEGIN, END = "<!-- ontology:begin -->", "<!-- ontology:end -->"


def generated(root: Path, ontology: Ontology) -> dict[Path, str]:
    """Every file that follows from the ontology, and what it should hold.

    Raises:
        InvalidInput: the guidelines have no markers for their tables.
    """
    path = root / "GUIDELINES.md"
    text = read_text(path)
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InvalidInput("no markers for the tables", f"{BEGIN} and {END}", file=str(path))
    return {
        path: f"{before}{BEGIN}\n{tables(ontology)}{END}{after}",
        root / "annotation.conf": annotation_conf(ontology),
    }


def tables(ontology: Ontology) -> str:
    """Label table and role table in Markdown."""
    phases = list(ontology.phases)
    lines = [f"| | {' | '.join(phases)} |", f"|---|{'---|' * len(phases)}"]
    for form in ontology.formats:
        named = {v.phase: k for k, v in ontology.labels.items() if v.format == form}
        lines.append(f"| **{form}** | {' | '.join(f'`{named[p]}`' if p in named else '' for p in phases)} |")
    lines += ["", "Acts: " + "; ".join(f"`{name}` ({meaning})" for name, meaning in ontology.acts.items()) + ".", ""]
    lines += ["| role | taken by | filler | how many |", "|---|---|---|---|"]
    for name, role in ontology.roles.items():
        lines.append(
            f"| `{name}` | {_takers(name, ontology)} | {', '.join(role.filler)} | {_how_many(name, ontology)} |"
        )
    return "\n".join(lines) + "\n"


def _takers(role: str, ontology: Ontology) -> str:
    parts = []
    for phase in ontology.phases:
        labels = [v for v in ontology.labels.values() if v.phase == phase]
        if labels and all(role in v.roles for v in labels):
            parts.append(phase)
    parts += [name for name, v in ontology.labels.items() if v.phase is None and role in v.roles]
    return ", ".join(parts)


def _how_many(role: str, ontology: Ontology) -> str:
    most = "n" if ontology.roles[role].max is None else str(ontology.roles[role].max)
    least = {name: v.min.get(role, 0) for name, v in ontology.labels.items() if role in v.roles}
    usual = max(least.values(), default=0)
    less = [f"{n}..{most} for {name}" for name, n in least.items() if n < usual]
    return "; ".join([f"{usual}..{most}", *less])


def annotation_conf(ontology: Ontology) -> str:
    """brat's ``annotation.conf`` for this ontology."""
    lines = ["# Made from ontology.yaml by `sommet ontology --write`.", "[entities]"]
    lines += [*ontology.entity_types, *ontology.time_types, "", "[relations]", ""]
    lines += ["<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>", "", "[events]"]
    for name, label in ontology.labels.items():
        roles = [
            f"{role}{_times(role, name, ontology)}:{'|'.join(ontology.roles[role].filler)}" for role in label.roles
        ]
        lines.append(f"{name}\t{', '.join(roles)}")
    lines += ["", "[attributes]", f"Factuality\tArg:<EVENT>, Value:{'|'.join(ontology.factuality)}", ""]
    return "\n".join(lines)


def _times(role: str, label: str, ontology: Ontology) -> str:
    least, most = ontology.labels[label].min.get(role, 0), ontology.roles[role].max
    if most is None:
        return "+" if least else "*"
    return "?" if most == 1 and not least else f"{{{least}-{most}}}"
