"""The command line: verbs that are thin over the library, each importing what it needs when it runs.

Data goes to stdout, messages to stderr. Exit codes: 0 fine; 1 worse; 2 usage or invalid input; 3 not comparable;
4 a defect of ours or a failed job. A reader that goes away (`| head`) makes 141, but never changes a verdict.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from benchmark import __version__
from benchmark.errors import EXIT_FAILED, EXIT_INVALID, InvalidInput, SommetError, one_line

if TYPE_CHECKING:
    from benchmark.corpus import Corpus
    from benchmark.documents import Document

FILE = click.Path(path_type=Path)

# The reader of our output went away (`| head`): 128 + SIGPIPE, as of any other program.
_UNREAD = 141


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="sommet")
def cli() -> None:
    """Sommet: event extraction from French diplomatic news, scored so that another lab can trust it."""


def main() -> NoReturn:
    """Entry point: every failure becomes one line on stderr and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names and texts are of any alphabet, whatever the locale
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = _outcome()
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError as error:
        sys.stdout = None  # or Python would flush once more, and make an exit code of its own
        code = code or _environment(error)
    sys.exit(code)


def _outcome() -> int:
    try:
        # Not by click's own main, which makes exit 1, a verdict, of a reader that went away.
        with cli.make_context("sommet", sys.argv[1:]) as context:
            code = cli.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        _message(error.format_message())
        return EXIT_INVALID
    except click.ClickException as error:
        _say(error.format_message())
        return EXIT_INVALID
    except SommetError as error:
        _say(str(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("stopped")
        return 130
    except SystemExit as stop:
        # So does rich.
        if isinstance(stop.__context__, BrokenPipeError):
            return _UNREAD
        raise
    except OSError as error:
        return _environment(error)
    except Exception:
        import traceback

        _message(traceback.format_exc())
        _say("this is a defect of sommet; please report the lines above")
        return EXIT_FAILED
    return code if isinstance(code, int) else 0


def _environment(error: OSError) -> int:
    """The exit code for what the system refuses (a full disk, a folder that may not be written), which is said."""
    if isinstance(error, BrokenPipeError):
        return _UNREAD
    _say(str(InvalidInput(error.strerror or str(error), file=str(error.filename or ""))))
    return EXIT_INVALID


def _say(text: str) -> None:
    _message(f"sommet: {one_line(text)}")


def _message(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        sys.stderr = None  # nobody reads it: the exit code says it


def _corpus(path: Path | None) -> Corpus:
    from benchmark import corpus

    return corpus.Corpus(path) if path else corpus.sommet()


corpus_option = click.option(
    "--corpus", "corpus_path", type=FILE, help="Folder of a corpus; the Sommet gold if not given."
)
form_option = click.option(
    "--format", "form", type=click.Choice(["text", "json", "md"]), default="text", show_default=True
)
missing_option = click.option("--allow-missing", is_flag=True, help="Count a document without a prediction as empty.")


# ---------------------------------------------------------------------------------------------------------------------
# Running


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.option("--trust", multiple=True, metavar="MODULE", help="Also allow extractors defined in this module.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def run(trust: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Train, run and score an extractor (Hydra): sommet run extractor=crf split=dev."""
    from benchmark.run import application

    application(words, trust)


@cli.command()
@click.argument("runs", nargs=-1, required=True, type=FILE)
@click.option("--results", "root", type=FILE, default=Path("results"), show_default=True)
def publish(runs: tuple[Path, ...], root: Path) -> None:
    """Copy finished runs (folders of sommet run) into the results tree.

    A run replaces the one of its name and split that is there. Several runs of one system that is not deterministic go to
    repeat-1, repeat-2, … in its folder.
    """
    from benchmark import results
    from benchmark.files import open_bytes, write_atomic

    folders = [f for run_folder in runs for f in results.find(run_folder)]
    if not folders:
        raise InvalidInput(f"no {results.RECORD} in {', '.join(map(str, runs))}", "folders of sommet run")
    places = results.places(root, folders)
    # Everything is read before anything is written: a file that is missing, or a run of the tree itself, harms nothing.
    contents: dict[Path, bytes] = {}
    for folder, place in places.items():
        for name in (results.PREDICTIONS, results.RECORD):
            with open_bytes(folder / name) as stream:
                contents[place / name] = stream.read()
    for path, content in contents.items():
        write_atomic(path, content)
    for place in places.values():
        click.echo(place)


@cli.command()
@click.argument("extractor")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--published", metavar="DATE", help="Date of publication, against which dates are resolved.")
@click.option("--view", is_flag=True, help="Show the text with its events highlighted instead of JSONL.")
@click.option("--trust", multiple=True, metavar="MODULE", help="Also allow extractors defined in this module.")
def extract(extractor: str, files: tuple[Path, ...], published: str | None, view: bool, trust: tuple[str, ...]) -> None:
    """Find events in your own texts (standard input for none or -)."""
    from benchmark import extract as extracting
    from benchmark.files import STDIN
    from benchmark.formats import jsonl

    for document, prediction in extracting.extract(extractor, files or (STDIN,), published, trust):
        if view:
            extracting.show(document, prediction)
        else:
            click.echo(jsonl.encode(prediction), nl=False)


# ---------------------------------------------------------------------------------------------------------------------
# Scoring


@cli.command()
@click.argument("file", type=FILE)
@click.option("--split", help="Split of the corpus that the predictions are for.")
@click.option("--gold", "gold_file", type=FILE, help="Gold as a JSONL file instead of a split.")
@corpus_option
@click.option("--metrics", help="Names or families of metrics, separated by commas; all if not given.")
@click.option("--explain", metavar="DOC_ID", help="Show item by item what was counted in one document.")
@click.option("--as", "scorers", multiple=True, metavar="SCORER", help="What this scorer of the field would report.")
@click.option("--stream", is_flag=True, help="Score files of any size, with --gold; no intervals, no storylines.")
@click.option("--processes", type=click.IntRange(1, 256), default=1, show_default=True, help="Of --stream.")
@form_option
@missing_option
def score(
    file: Path,
    split: str | None,
    gold_file: Path | None,
    corpus_path: Path | None,
    metrics: str | None,
    explain: str | None,
    scorers: tuple[str, ...],
    stream: bool,
    processes: int,
    form: str,
    allow_missing: bool,
) -> None:
    """Score a prediction file that anyone made (- for standard input)."""
    if stream:
        if gold_file is None or split or explain or scorers:
            raise click.UsageError("--stream goes with --gold, and without --split, --explain and --as")
        _score_stream(file, gold_file, _corpus(corpus_path), metrics, processes, form, allow_missing)
        return
    if processes > 1:
        raise click.UsageError("--processes goes with --stream")
    from benchmark.corpus import fingerprint
    from benchmark.leaderboard.board import HEADLINE, read_predictions
    from benchmark.scoring.families import select

    if scorers and (metrics or explain):
        raise click.UsageError("--as stands alone: a scorer of the field has metrics of its own")
    names = metrics.split(",") if metrics else HEADLINE if explain is not None else None
    chosen = select(names)
    corpus = _corpus(corpus_path)
    gold, split_name = _gold(corpus, split, gold_file)
    predictions = read_predictions(file, gold, corpus, allow_missing=allow_missing)
    if scorers:
        from benchmark.leaderboard.peers import show_reports
        from benchmark.scoring.field import reports

        show_reports(reports(scorers, gold, predictions, corpus.ontology), corpus.ontology, form)
    elif explain is not None:
        from benchmark.leaderboard.explained import show_explanations
        from benchmark.scoring import explain as explaining

        found = explaining.explain(gold, predictions, explain, chosen, corpus.ontology)
        show_explanations(explain, found, form)
    else:
        from benchmark.leaderboard import scores as rendering
        from benchmark.scoring.score import Setting, figures, tally

        name, version = (corpus.manifest.name, corpus.manifest.version) if split else (str(gold_file), "-")
        setting = Setting(name, version, split_name, fingerprint(gold), len(gold))
        rendering.show(figures(tally(gold, predictions, chosen, corpus.ontology), setting), form)


def _score_stream(
    file: Path, gold_file: Path, corpus: Corpus, metrics: str | None, processes: int, form: str, allow_missing: bool
) -> None:
    from benchmark.leaderboard import scores as rendering
    from benchmark.scoring import stream
    from benchmark.scoring.families import select
    from benchmark.scoring.score import Setting

    chosen = select(metrics.split(",")) if metrics else [m for m in select() if m.unit == "document"]
    totals = stream.score_files(
        gold_file, file, chosen, corpus.ontology, processes=processes, allow_missing=allow_missing, notice=_say
    )
    setting = Setting(str(gold_file), "-", "-", stream.file_digest(gold_file), totals.documents)
    rendering.show(stream.figures(totals, chosen, setting), form)


@cli.command()
@click.argument("file", type=FILE)
@click.option("--split", help="Split of the corpus that the predictions are for.")
@click.option("--gold", "gold_file", type=FILE, help="Gold as a JSONL file instead of a split.")
@corpus_option
@click.option(
    "--examples", type=click.IntRange(0, 100), default=2, show_default=True, help="How many of each category."
)
@form_option
@missing_option
def errors(
    file: Path,
    split: str | None,
    gold_file: Path | None,
    corpus_path: Path | None,
    examples: int,
    form: str,
    allow_missing: bool,
) -> None:
    """Show what kinds of mistakes a prediction file makes (- for standard input)."""
    from benchmark.analysis import analyse
    from benchmark.leaderboard.board import read_predictions
    from benchmark.leaderboard.mistakes import show_analysis

    corpus = _corpus(corpus_path)
    gold, _ = _gold(corpus, split, gold_file)
    predictions = read_predictions(file, gold, corpus, allow_missing=allow_missing)
    train = corpus.documents("train") if "train" in corpus.splits else None
    show_analysis(analyse(gold, predictions, corpus.ontology, train=train, examples=examples), corpus.ontology, form)


def _gold(corpus: Corpus, split: str | None, gold_file: Path | None) -> tuple[list[Document], str]:
    from benchmark.documents import Document, check
    from benchmark.formats import jsonl

    if (split is None) == (gold_file is None):
        raise click.UsageError("give either --split or --gold")
    if split is not None:
        return corpus.documents(split), split
    assert gold_file is not None  # noqa: S101 - one of the two is given
    gold = []
    for line, document in jsonl.decode(gold_file, Document):
        check(document, corpus.ontology, len(document.text), gold=True, file=str(gold_file), line=line)
        gold.append(document)
    return gold, "-"


@cli.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON line a case with the computed numbers.")
def conformance(files: tuple[Path, ...], as_json: bool) -> None:
    """Compute the numbers of the field's scorers and hold them against vectors."""
    from benchmark.scoring import conformance as conforming

    if not conforming.show(files, as_json):
        raise SommetError("some cases differ from the numbers that the scorers gave")


@cli.command()
@click.option("--results", "root", type=FILE, default=Path("results"), show_default=True)
@click.option("--readme", type=FILE, help="File with a leaderboard block; README.md beside the results if it has one.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 when a generated file is stale.")
@corpus_option
def leaderboard(root: Path, readme: Path | None, check: bool, corpus_path: Path | None) -> None:
    """Print the leaderboard and write results/README.md and the block in README.md."""
    from benchmark.leaderboard import board, tables

    if not root.is_dir():
        raise InvalidInput("no such folder", "a results tree", file=str(root))
    boards = board.build(root, _corpus(corpus_path))
    beside = root.resolve().parent / "README.md"
    if readme is None and beside.exists() and tables.BEGIN in beside.read_text(encoding="utf-8"):
        readme = beside
    files = tables.generated(root, readme, boards)
    if check:
        if old := tables.stale(files):
            raise InvalidInput("is stale", "what sommet leaderboard writes", file=", ".join(map(str, old)))
        click.echo("up to date", err=True)
        return
    tables.write(files)
    tables.show(boards)


report_format = click.option(
    "--format", "form", type=click.Choice(["text", "md", "json", "junit"]), default="text", show_default=True
)


@cli.command()
@click.argument("base")
@click.argument("candidate")
@click.option("--split", default="dev", show_default=True, help="Split that the results are for.")
@click.option("--metrics", show_default="those of the leaderboard", help="Names, separated by commas.")
@corpus_option
@report_format
def compare(base: str, candidate: str, split: str, metrics: str | None, corpus_path: Path | None, form: str) -> int:
    """Compare two results: a record, a prediction file, a results folder, or git:REF for the merge base with REF.

    Exits 1 when a metric is significantly lower, 3 when something cannot be compared.
    """
    from benchmark import compare as comparing
    from benchmark import reports
    from benchmark.leaderboard.board import HEADLINE
    from benchmark.scoring.families import select

    names = metrics.split(",") if metrics else HEADLINE
    chosen = {m.name: comparing.Threshold() for m in select(names)}
    policy = comparing.Policy(schema=1, split=split, metrics=chosen)
    report = comparing.compare(base, candidate, _corpus(corpus_path), policy, single=True)
    reports.show(report, form)
    return report.exit_code


@cli.command()
@click.option("--policy", "policy_path", type=FILE, default=Path("configs/gate/default.yaml"), show_default=True)
@click.option("--base", default="git:origin/main", show_default=True, help="What to hold the results against.")
@click.option("--results", "candidate", default="results", show_default=True, help="The results to judge.")
@corpus_option
@report_format
def check(policy_path: Path, base: str, candidate: str, corpus_path: Path | None, form: str) -> int:
    """Judge results by a policy: exit 0 fine, 1 worse, 3 cannot be judged."""
    from benchmark import compare as comparing
    from benchmark import reports

    report = comparing.compare(base, candidate, _corpus(corpus_path), comparing.read_policy(policy_path))
    reports.show(report, form)
    return report.exit_code


# ---------------------------------------------------------------------------------------------------------------------
# Gold


@cli.command()
@click.argument("path", type=FILE, required=False)
@click.option("--review", is_flag=True, help="Also list places that look like oversights, for someone to read.")
def validate(path: Path | None, review: bool) -> None:
    """Check gold: a corpus folder, a brat collection, or a JSONL file; the Sommet gold if not given."""
    from benchmark import validation

    faults = 0
    for line in validation.faults(path):
        faults += 1
        click.echo(one_line(line))
    if review:
        for line in validation.suspicions(path):
            click.echo(one_line(line))
    if faults:
        raise InvalidInput(f"{faults} faults", "none")
    click.echo("valid", err=True)


@cli.command()
@corpus_option
@click.option("--write", is_flag=True, help="Write the counts into the corpus's MANIFEST.yaml.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def stats(corpus_path: Path | None, write: bool, as_json: bool) -> None:
    """Count what the gold holds, by split and label."""
    from benchmark import corpus as corpora
    from benchmark.files import write_atomic
    from benchmark.leaderboard import counts

    corpus = _corpus(corpus_path)
    manifest = corpora.current_manifest(corpus)
    if write:
        write_atomic(corpus.root / "MANIFEST.yaml", corpora.manifest_text(manifest))
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    else:
        counts.show(manifest)


@cli.command()
@click.argument("one", type=FILE)
@click.argument("other", type=FILE)
@click.option("--gamma", is_flag=True, help="Also gamma of the triggers (extra `agreement`; takes a minute or so).")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def agreement(one: Path, other: Path, gamma: bool, as_json: bool) -> None:
    """Say how far two annotations of the same documents agree (brat collections or JSONL files)."""
    from benchmark import agreement as agreeing
    from benchmark import corpus

    ontology = corpus.ontology()
    first, second = agreeing.read(one, ontology), agreeing.read(other, ontology)
    figures = agreeing.agreement(first, second, ontology)
    if gamma:
        figures.append(agreeing.gamma(first, second))
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(figures), indent=1))
    else:
        labels = agreeing.by_label(first, second, ontology)
        agreeing.show(figures, labels, len(first.keys() & second.keys()))


@cli.command()
@click.argument("folder", type=FILE)
@click.option("--tool", type=click.Choice(["brat", "inception", "sheet"]), default="brat", show_default=True)
def kit(folder: Path, tool: str) -> None:
    """Set up the kit for annotation by people in a new folder: blank documents, guidelines, quiz, configuration."""
    from benchmark import kit as kits

    kits.write(folder, tool)
    click.echo(folder)


@cli.command("import")
@click.argument("name", metavar="FORMAT")
@click.argument("source", type=FILE)
def import_(name: str, source: Path) -> None:
    """Read documents in a format and print them as JSONL."""
    from benchmark import formats
    from benchmark.files import STDIN
    from benchmark.formats import jsonl

    jsonl.write(formats.load(name).read(source), STDIN)


@cli.command()
@click.argument("name", metavar="FORMAT")
@click.argument("source", type=FILE)
@click.argument("destination", type=FILE)
@click.option("--blank", is_flag=True, help="Leave the annotations out: what a blind annotator starts from.")
def export(name: str, source: Path, destination: Path, blank: bool) -> None:
    """Write the documents of a JSONL file (- for standard input) in a format."""
    from benchmark import formats
    from benchmark.documents import blank as without_annotations
    from benchmark.formats import jsonl

    documents = jsonl.read(source)
    formats.load(name).write(map(without_annotations, documents) if blank else documents, destination)


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 2 when a generated file is stale.")
def generate(check: bool) -> None:
    """Write what follows from code and data: tables of the guidelines and of the docs, annotation.conf, JSON Schemas."""
    from benchmark import generated
    from benchmark.files import write_atomic

    if not check:
        for path, text in generated.files().items():
            write_atomic(path, text)
    elif old := generated.stale():
        raise InvalidInput("is stale", "what sommet generate writes", file=", ".join(map(str, old)))


@cli.command()
@click.argument("kind", type=click.Choice(["gold", "predictions"]))
def schema(kind: Any) -> None:
    """Print the JSON Schema of one line of a gold file or of a prediction file."""
    import json

    from benchmark.formats import jsonl

    click.echo(json.dumps(jsonl.schema(kind), indent=1, sort_keys=True, ensure_ascii=False))
