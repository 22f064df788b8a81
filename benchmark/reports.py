"""A comparison as text for the terminal, as Markdown, as JSON, or as JUnit XML: four views of one report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from xml.etree import ElementTree

import msgspec

from benchmark.compare import Change, MetricReport, Report, SystemReport
from benchmark.errors import one_line, shorten

UNDEFINED = "–"
_SHOWN = 10
_STYLE = {
    "same": "dim",
    "better": "green",
    "noise": "yellow",
    "accepted": "yellow",
    "worse": "bold red",
    "incomparable": "bold magenta",
    "missing": "bold magenta",
}
_HEAD = ("metric", "base", "candidate", "difference", "95 % interval", "p", "p (Holm)", "wins", "losses", "verdict")


def _cells(metric: MetricReport) -> list[str]:
    return [
        metric.metric,
        _number(metric.base),
        _number(metric.candidate),
        _number(metric.difference, signed=True),
        f"{metric.interval[0]:+.4f} … {metric.interval[1]:+.4f}" if metric.interval else UNDEFINED,
        _number(metric.p),
        _number(metric.p_holm),
        UNDEFINED if metric.wins is None else str(metric.wins),
        UNDEFINED if metric.losses is None else str(metric.losses),
        metric.verdict,
    ]


def _number(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return UNDEFINED
    return f"{value:+.4f}" if signed else f"{value:.4f}"


def _headline(report: Report) -> str:
    return one_line(
        f"{report.verdict}: {report.candidate} against {report.base} "
        f"({report.corpus} {report.version}, {report.split}, gold {report.gold})"
    )


def text(report: Report) -> None:
    """Print a report on standard output."""
    from rich.table import Table
    from rich.text import Text

    from benchmark.leaderboard.terminal import console

    out = console()
    for system in report.systems:
        title = Text(one_line(f"{system.system}: {system.verdict}"), style=_STYLE[system.verdict])
        table = Table(title=title)
        for head in _HEAD:
            table.add_column(head, justify="left" if head in ("metric", "verdict") else "right")
        for metric in system.metrics:
            cells = [Text(cell) for cell in _cells(metric)]
            cells[-1].stylize(_STYLE[metric.verdict])
            table.add_row(*cells)
        if system.metrics:
            out.print(table)
        else:
            out.print(title)
        for line in _reasons(system):
            out.print(Text(f"  {line}"))
        for change in system.changes[:_SHOWN]:
            out.print(_highlighted(change))
        if len(system.changes) > _SHOWN:
            out.print(Text(f"  … and {len(system.changes) - _SHOWN} more changed events"))
    out.print(Text(_headline(report), style=_STYLE[report.verdict]))


def _reasons(system: SystemReport) -> list[str]:
    lines = [system.why] if system.why else []
    lines += [f"{m.metric}: {m.why}" for m in system.metrics if m.verdict != "same"]
    return [one_line(line) for line in (*lines, *(f"warning: {cost}" for cost in system.costs))]


def _highlighted(change: Change) -> object:
    from rich.text import Text

    sign = {"lost": "−", "found": "+", "invented": "!", "dropped": "·"}[change.kind]
    line = Text(one_line(f"  {sign} {change.kind} {change.document} {change.label} "))
    line.append(one_line(change.trigger), style="bold")
    line.append(f": {shorten(one_line(change.sentence), 90)}", style="dim")
    return line


def markdown(report: Report) -> str:
    """A report in Markdown, for a pull request or a step summary."""
    lines = [f"**{_md(_headline(report))}**", ""]
    for system in report.systems:
        lines += [f"### {_md(system.system)}: {system.verdict}", ""]
        if system.metrics:
            lines += [f"| {' | '.join(_HEAD)} |", "|:---|" + "---:|" * (len(_HEAD) - 2) + ":---|"]
            lines += [f"| {' | '.join(_cells(m))} |" for m in system.metrics]
            lines.append("")
        lines += [f"- {_md(reason)}" for reason in _reasons(system)]
        if system.changes:
            lines += ["", f"<details><summary>{len(system.changes)} changed events</summary>", ""]
            lines += [
                f"- {c.kind} {_md(c.document)} {_md(c.label)} **{_md(c.trigger)}**: {_md(shorten(c.sentence, 120))}"
                for c in system.changes[:50]
            ]
            lines += ["", "</details>"]
        lines.append("")
    return "\n".join(lines)


def _md(words: str) -> str:
    """Text that Markdown and HTML show as it is, and that calls nobody."""
    escaped = one_line(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_[]|#":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped.replace("@", "&#64;")


def as_json(report: Report) -> str:
    """A report as JSON; :func:`schema` describes it."""
    return msgspec.json.format(msgspec.json.encode(report, order="sorted"), indent=1).decode() + "\n"


def schema() -> dict[str, object]:
    """JSON Schema of :func:`as_json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}


def junit(report: Report) -> str:
    """A report as JUnit XML: one suite a system, one case a metric; what cannot be judged is an error."""
    root = ElementTree.Element("testsuites", name="sommet")
    if not report.systems:  # without a case it would pass
        suite = ElementTree.SubElement(root, "testsuite", name="sommet", tests="1", failures="0", errors="1")
        case = ElementTree.SubElement(suite, "testcase", classname="sommet", name="systems")
        ElementTree.SubElement(case, "error", message=_xml(_headline(report)), type=report.verdict)
    for system in report.systems:
        suite = ElementTree.SubElement(
            root, "testsuite", name=_xml(system.system), tests=str(max(1, len(system.metrics)))
        )
        if not system.metrics:
            case = ElementTree.SubElement(suite, "testcase", classname=_xml(system.system), name="comparable")
            ElementTree.SubElement(case, "error", message=_xml(system.why), type=system.verdict)
        for metric in system.metrics:
            case = ElementTree.SubElement(suite, "testcase", classname=_xml(system.system), name=metric.metric)
            if metric.verdict in ("worse", "incomparable"):
                kind = "failure" if metric.verdict == "worse" else "error"
                ElementTree.SubElement(case, kind, message=_xml(metric.why), type=metric.verdict)
            ElementTree.SubElement(case, "system-out").text = " ".join(_cells(metric))
        for kind in ("failure", "error"):
            suite.set(f"{kind}s", str(len(suite.findall(f".//{kind}"))))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _xml(words: str) -> str:
    return one_line(words)


RENDERERS: dict[str, Callable[[Report], str]] = {"md": markdown, "json": as_json, "junit": junit}


def show(report: Report, form: str) -> None:
    """Print a report in a form: ``text`` or one of :data:`RENDERERS`. A reader that goes away is no error."""
    try:
        if form == "text":
            text(report)
        else:
            print(RENDERERS[form](report), end="")
        if sys.stdout:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # of the latter rich makes the former
        sys.stdout = None  # the verdict stands, and is said by the exit code
