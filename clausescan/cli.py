"""The command line: parse, call, show. The pipeline is imported inside the commands, so that --help is instant.

Data goes to standard output, talk to standard error. Exit codes: see EXIT_CODES.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from clausescan.errors import ClausescanError, UsageError, problem

if TYPE_CHECKING:
    from clausescan.settings import Settings
    from clausescan.types import Language, Problem, Report

EXIT_CODES = """\b
Exit codes:
  0    nothing found at or above --fail-on (never: "the document is lawful")
  1    findings at or above --fail-on
  2    the command could not be carried out
  3    no such finding, but something could not be read (a missing file is such a thing)
  130  stopped by the user
The JSON tells both: "conclusion" and "inconclusive"."""

Command = TypeVar("Command", bound=Callable[..., Any])
_RANK = {"review": 1, "candidate": 2, "never": 3}
# what a file of a walked directory may be without anybody having asked for it to be read
_NOT_OURS = frozenset({"R006_unsupported", "R010_binary"})


class Failure(click.ClickException):
    """One sentence on standard error and exit code 2; 1 would mean findings."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(_line(message))


class Commands(click.Group):
    """A group whose failures never look like findings."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Errors become one sentence and exit code 2; exit code 1 is left to findings."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped.", err=True)
            ctx.exit(130)
        except ClausescanError as error:
            raise Failure(str(error)) from error
        except OSError as error:
            _drop_standard_output()
            name = f"{error.filename}: " if error.filename else ""
            sentence = "the reader of the output went away" if error.errno == errno.EPIPE else error.strerror or str(error)
            raise Failure(f"{name}{sentence}") from error
        except Exception as error:
            if os.environ.get("CLAUSESCAN_TRACEBACK"):
                traceback.print_exc()
            detail = f"{type(error).__name__}: {error}"
            raise Failure(f"clausescan failed ({detail}); please report it. CLAUSESCAN_TRACEBACK=1 shows where.") from error


def _line(text: str) -> str:
    """Return `text` on one line, without characters that could steer a terminal: names of files may hold anything."""
    from clausescan.report.wrap import safe

    return safe(text).replace("\n", " ")


def _say(text: str) -> None:
    """Say something on standard error."""
    click.echo(_line(text), err=True)


def _drop_standard_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not complain about it on its way out."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from clausescan import __version__

        click.echo(f"clausescan {__version__}")
        ctx.exit()


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit.")
def main() -> None:
    """Find terms that grant unlimited, irrevocable or freely sub-licensable rights over face information.

    clausescan reads Chinese and English privacy policies, agreements and consent forms, points at clauses that a
    lawyer should review under Article 11 of Fa Shi [2021] No. 15 and Civil Code art. 497, quotes them and says why.
    Only a court declares a term void. Nothing leaves your machine.
    """


_LANGUAGES = click.Choice(["zh", "en"])
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _choice(name: str, values: list[str], help_: str) -> Callable[[Command], Command]:
    """Return an option that takes one of `values`; the first is the default."""
    return click.option(name, type=click.Choice(values), default=values[0], show_default=True, help=help_)


_format = _choice("--format", ["text", "json"], "Form of the output.")


@main.command(epilog=EXIT_CODES)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@_format
@click.option("-o", "--output", type=_NEW_FILE, help="Write to this file instead of standard output.")
@_choice("--lang", ["auto", "zh", "en"], "Language of the documents.")
@click.option("--report-lang", type=_LANGUAGES, help="Language of the report [default: that of the document].")
@_choice("--min-grade", ["review", "candidate"], "Leave weaker findings out.")
@_choice("--fail-on", ["review", "candidate", "never"], "Grade from which the exit code is 1.")
@click.option("--why-not", is_flag=True, help="Show the steps of the judge and the clauses that were one step from a finding.")
@_choice("--revisions", ["final", "original"], "Which text of tracked changes to read.")
@click.pass_context
def scan(ctx: click.Context, /, paths: tuple[str, ...], format: str, output: Path | None, fail_on: str, **options: Any) -> None:
    """Scan files, directories or standard input (-).

    A directory is read with all below it, in the order of names; hidden files and the output file are left out and
    files of other kinds are counted. One file gives one JSON object, several files or a directory an array.
    """
    from clausescan.report import writer
    from clausescan.report.options import Options
    from clausescan.settings import Settings

    settings = Settings(language=None if options["lang"] == "auto" else options["lang"], revisions=options["revisions"])
    tally = _Tally(min_grade=options["min_grade"], fail_on=fail_on)
    groups = [(given, list(_sources(given, output))) for given in paths]
    if paths.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    reports = tally.watch(_scan_all(groups, settings), options["report_lang"])
    several = len(paths) > 1 or os.path.isdir(paths[0])
    with _Output(output) as out:
        shown = Options(language=options["report_lang"], colour=out.colour, why_not=options["why_not"])
        writer(format).write(reports if several else next(reports), out.stream, shown)
        tally.close(reports)
    ctx.exit(tally.exit_code)


def _scan_all(groups: Sequence[tuple[str, Sequence[_Source]]], settings: Settings) -> Iterator[Report]:
    """Yield a report for each source, and one for each directory that gave none. Progress is shown on a terminal."""
    from clausescan import api

    total = sum(len(sources) for _, sources in groups)
    number = skipped = 0
    for given, sources in groups:
        shown = 0
        for source in sources:
            number += 1
            if total > 1 and sys.stderr.isatty():
                _say(f"[{number}/{total}] {source.name}")
            report = _scan_one(source, settings)
            if source.walked and any(found.code in _NOT_OURS for found in report.problems):
                skipped += 1
                continue
            shown += 1
            full = source.walked or len(groups) > 1
            yield replace(report, document=replace(report.document, name=source.name)) if full else report
        if not shown:
            yield api.unread(given, problem("R009_no_files"))
    if skipped:
        _say(f"{skipped} file{'s' if skipped > 1 else ''} of other kinds left out.")


def _scan_one(source: _Source, settings: Settings) -> Report:
    from clausescan import api

    if source.problem:
        return api.unread(source.name, source.problem)
    if source.path is None:
        return api.scan(_standard_input(settings.max_bytes), name=source.name, settings=settings)
    return api.scan(source.path, settings=settings)


def _standard_input(limit: int) -> bytes:
    """Return what stands on standard input, one byte over `limit` at most: the reader refuses that."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer.read(limit + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A file to read (None: standard input), the name to show for it, and whether it comes from a directory.

    `problem` says why there is nothing to read.
    """

    path: Path | None
    name: str
    walked: bool = False
    problem: Problem | None = None


def _sources(given: str, output: Path | None) -> Iterator[_Source]:
    """Yield what `given` stands for, without the output file. Raises UsageError when it is the output file."""
    path = Path(given)
    if given == "-":
        yield _Source(path=None, name="standard input")
    elif given and os.path.isdir(path):
        yield from (source for source in _walk(path, path) if source.path is None or not _same(source.path, output))
    elif _same(path, output):
        raise UsageError(f"{path}: the output would replace a document that is to be read")
    else:
        yield _Source(path=path, name=path.as_posix())


def _same(path: Path, output: Path | None) -> bool:
    return output is not None and output.is_file() and path.is_file() and path.samefile(output)


def _walk(folder: Path, root: Path) -> Iterator[_Source]:
    """Yield the regular files below `folder` in the order of their names, hidden ones left out, links to folders not followed.

    Names are shown from `root` on. A folder that cannot be opened is yielded with its problem.
    """
    try:
        items = sorted(folder.iterdir(), key=lambda item: item.name)
    except OSError as error:
        found = problem("R003_no_permission", detail=error.strerror or str(error))
        yield _Source(path=None, name=folder.relative_to(root).as_posix(), walked=True, problem=found)
        return
    for item in items:
        if item.name.startswith("."):
            continue
        if item.is_dir() and not item.is_symlink():
            yield from _walk(item, root)
        elif item.is_file():
            yield _Source(path=item, name=item.relative_to(root).as_posix(), walked=True)


class _Tally:
    """What went by on its way to the writer: the exit code, and the talk on standard error."""

    def __init__(self, *, min_grade: str, fail_on: str) -> None:
        self.min_grade = min_grade
        self.fail_on = fail_on
        self.hidden = 0
        self.findings = self.inconclusive = False

    def watch(self, reports: Iterator[Report], language: Language | None) -> Iterator[Report]:
        """Yield the reports without findings below --min-grade, and say on standard error what could not be read."""
        for report in reports:
            self.inconclusive |= report.inconclusive
            self.findings |= _RANK.get(report.grade, 0) >= _RANK[self.fail_on]
            for found in report.problems:
                message = found.message_zh if language == "zh" else found.message
                _say(f"{report.document.name}: {found.code}: {message}")
            kept = tuple(finding for finding in report.findings if _RANK.get(finding.grade, 0) >= _RANK[self.min_grade])
            self.hidden += len(report.findings) - len(kept)
            yield report if len(kept) == len(report.findings) else replace(report, findings=kept)

    def close(self, reports: Iterator[Report]) -> None:
        """Finish the reports and say what they left unsaid."""
        for _ in reports:  # a writer of one report stops before the source has said its last word
            pass
        if self.hidden:
            _say(f"{self.hidden} finding{'s' if self.hidden > 1 else ''} below --min-grade {self.min_grade} not shown.")

    @property
    def exit_code(self) -> int:
        """1 for findings that count, 3 when something could not be read, else 0."""
        if self.findings:
            return 1
        return 3 if self.inconclusive else 0


class _Output:
    """Standard output, or a file that appears only when it is complete. Raises OSError when it cannot be written."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.temporary: Path | None = None
        self.stream: TextIO = sys.stdout

    @property
    def colour(self) -> bool:
        """True when the stream is a terminal that shows colours."""
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        return self.path is None and not plain and self.stream.isatty()

    def __enter__(self) -> _Output:
        if self.path is None:
            self.stream = _standard_output()
        elif self.path.exists() and not self.path.is_file():  # a device or a pipe cannot be replaced
            self.stream = self.path.open("w", encoding="utf-8", newline="\n")
        else:
            self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
            try:
                self.stream = self.temporary.open("w", encoding="utf-8", newline="\n")
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.path)) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.stream.flush() if self.path is None else self.stream.close()
            if self.temporary and self.path and kind is None:
                if self.path.exists():
                    self.temporary.chmod(self.path.stat().st_mode)
                self.temporary.replace(self.path)
        finally:
            if self.temporary:
                self.temporary.unlink(missing_ok=True)


def _standard_output() -> TextIO:
    """Return standard output: UTF-8 for files and pipes; a terminal keeps its encoding, with ? for what that lacks.

    Raises UsageError when it is closed.
    """
    stream = sys.stdout
    if stream is None:
        raise UsageError("standard output is closed")
    if isinstance(stream, io.TextIOWrapper):
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", newline="\n")
    return stream


@main.command("rules")
@_format
@click.option("--report-lang", type=_LANGUAGES, default="en", show_default=True, help="Language of the list.")
def list_rules(format: str, report_lang: Language) -> None:
    """List the rules with the law they rest on."""
    from clausescan import manual

    _standard_output()
    click.echo(manual.rules_json() if format == "json" else manual.rules_text(report_lang))


@main.command()
@click.argument("rule")
@click.option("--report-lang", type=_LANGUAGES, default="en", show_default=True, help="Language of the manual.")
def explain(rule: str, report_lang: Language) -> None:
    """Print the manual of a rule: what it flags, when, under which law, and what it never claims."""
    from clausescan import manual

    _standard_output()
    click.echo(manual.explain(rule, report_lang))


@main.command("verify")
@click.argument("report", type=_OLD_FILE)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_OLD_FILE)
@click.pass_context
def verify_report(ctx: click.Context, /, report: Path, files: tuple[Path, ...]) -> None:
    """Compute hashes, quotes, offsets and pages of a JSON report again from the source files.

    Exit code 0: everything reproduces; 1: each entry that does not is named; 2: the command could not be carried out.
    """
    from clausescan import api, verify

    result = verify.verify(verify.load(report), files, lambda path, settings: api.read(path, settings=settings))
    _standard_output()
    for failure in result.failures:
        click.echo(_line(failure))
    click.echo(f"{result.entries - len(result.failures)} of {result.entries} entries reproduce ({result.reports} report(s)).", err=True)
    ctx.exit(1 if result.failures else 0)


@main.command()
@click.argument("files", metavar="FILE.jsonl...", nargs=-1, required=True, type=_OLD_FILE)
@click.option("--bar", "bars", metavar="METRIC=VALUE", multiple=True, help="Exit with 1 when a metric is below its bar (serious: above).")
@click.option("--errors", type=_NEW_FILE, help="Write the wrongly graded units to this JSONL file.")
@click.option("--quick", is_flag=True, help="Leave the intervals out.")
@_format
@click.pass_context
def evaluate(ctx: click.Context, /, files: tuple[Path, ...], bars: tuple[str, ...], errors: Path | None, quick: bool, format: str) -> None:
    """Score clausescan on labelled clauses, beside a baseline of keywords.

    Exit code 0: every bar holds; 1: one is missed; 2: the command could not be carried out.
    """
    from clausescan import evaluate as scores

    limits = scores.parse_bars(bars)
    result = scores.evaluate(scores.load(files), intervals=not quick)
    _standard_output()
    click.echo(scores.to_json(result) if format == "json" else scores.to_text(result))
    if errors:
        with _Output(errors) as out:
            scores.write_errors(result, out.stream)
    short = scores.below(result, limits)
    for sentence in short:
        click.echo(sentence, err=True)
    ctx.exit(1 if short else 0)


@main.command()
@click.argument("corpus", metavar="CORPUS", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="Write the models into this folder.")
@click.option("--data", multiple=True, type=_OLD_FILE, help="Labelled clauses of your own (JSONL), added to the training part.")
@click.option("--lang", type=_LANGUAGES, help="Train this language only.")
def train(corpus: Path, output: Path, data: tuple[Path, ...], lang: Language | None) -> None:
    """Train the models from a folder of labelled clauses with a stored split, such as corpus/clauses.

    The same clauses and versions give the same bytes. Exit code 2: the clauses are too few or wrong; each bad line is named.
    """
    from clausescan import api
    from clausescan import train as training

    split = training.load_split(corpus / "split.toml")
    for language in [lang] if lang else list(api.LANGUAGES):
        card = training.train_language(corpus, data, split, language, output)
        measured = card["measured"]["flag"]
        clauses = sum(card["trained_on"].values())
        _say(f"{language}: {clauses} clauses; on held-out authors F1 {measured['f1']:.3f}, Brier {measured['brier']:.3f}")
