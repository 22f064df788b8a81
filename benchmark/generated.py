"""What is generated from code and data, so that it cannot say something else: tables, ``annotation.conf``, schemas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmark import corpus
from benchmark.errors import InvalidInput
from benchmark.files import read_text
from benchmark.formats import jsonl
from benchmark.ontology import Ontology
from benchmark.scoring.core import Metric
from benchmark.scoring.families import registry


def files() -> dict[Path, str]:
    """Every generated file and what it should hold; those of ``docs/`` only in a checkout.

    Raises:
        InvalidInput: a file that carries a generated block has lost its markers.
    """
    root, ontology = corpus.data_root(), corpus.ontology()
    guidelines = root / "gold" / "GUIDELINES.md"
    found = {
        guidelines: _with_block(guidelines, "ontology", tables(ontology)),
        root / "gold" / "annotation.conf": annotation_conf(ontology),
    }
    docs = root / "docs"
    if docs.is_dir():
        found[docs / "scores.md"] = _with_block(docs / "scores.md", "metrics", metric_table(list(registry().values())))
        for kind in ("gold", "predictions"):
            schema = json.dumps(jsonl.schema(kind), indent=1, sort_keys=True, ensure_ascii=False)
            found[docs / "schema" / f"{kind}.json"] = schema + "\n"
    return found


def stale() -> list[Path]:
    """The generated files that do not hold what they should."""
    return [p for p, text in files().items() if not p.exists() or read_text(p) != text]


def _with_block(path: Path, name: str, block: str) -> str:
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found_begin, rest = read_text(path).partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise InvalidInput(f"no markers for {name}", f"{begin} and {end}", file=str(path))
    return f"{before}{begin}\n{block}{end}{after}"


def metric_table(metrics: Sequence[Metric]) -> str:
    """Name, unit and definition of each metric, in Markdown."""
    lines = ["| metric | family | unit | definition |", "|---|---|---|---|"]
    lines += [f"| `{m.name}` | {m.family} | {m.unit} | {m.definition.replace('|', chr(92) + '|')} |" for m in metrics]
    return "\n".join(lines) + "\n"


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
    lines = ["# Made from ontology.yaml by `sommet generate`.", "[entities]"]
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
