"""What every command shares: exit codes, failures in one sentence, standard streams, files that appear when complete."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar, TextIO, TypeVar, cast

import click

from clausescan.errors import ClausescanError, UsageError

if TYPE_CHECKING:
    from clausescan.types import Problem

EXIT_CODES = """\b
Exit codes:
  0    nothing found at or above --fail-on (never: "the document is lawful")
  1    findings at or above --fail-on
  2    the command could not be carried out
  3    no such finding, but something could not be read (a missing file is such a thing)
  130  stopped by the user
The JSON tells both: "conclusion" and "inconclusive"."""

Command = TypeVar("Command", bound=Callable[..., Any])
RANK = {"review": 1, "candidate": 2, "never": 3}


class Failure(click.ClickException):
    """One sentence on standard error and exit code 2; 1 would mean findings."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(line(message))


class Commands(click.Group):
    """A group whose failures never look like findings, and whose commands are imported when they are asked for.

    `modules` names, in the order of the help, the command and the module that offers it as `command`.
    """

    def __init__(self, *args: Any, modules: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, None when there is none."""
        if cmd_name not in self.modules:
            return None
        module, _, attribute = self.modules[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

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
            drop_standard_output()
            name = f"{error.filename}: " if error.filename else ""
            sentence = "the reader of the output went away" if error.errno == errno.EPIPE else error.strerror or str(error)
            raise Failure(f"{name}{sentence}") from error
        except Exception as error:
            if os.environ.get("CLAUSESCAN_TRACEBACK"):
                traceback.print_exc()
            detail = f"{type(error).__name__}: {error}"
            raise Failure(f"clausescan failed ({detail}); please report it. CLAUSESCAN_TRACEBACK=1 shows where.") from error


def line(text: str) -> str:
    """Return `text` on one line, without characters that could steer a terminal: names of files may hold anything."""
    from clausescan.report.wrap import safe

    return safe(text).replace("\n", " ")


def say(text: str) -> None:
    """Say something on standard error."""
    click.echo(line(text), err=True)


def drop_standard_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not complain about it on its way out."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Sections(click.Command):
    """A command whose help shows its options under headings. `sections` maps a heading to names of parameters; the rest come last."""

    def __init__(self, *args: Any, sections: dict[str, tuple[str, ...]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, heading by heading."""
        options = (parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option))
        rows = {option.name: row for option in options if (row := option.get_help_record(ctx))}
        named = {name for names in self.sections.values() for name in names}
        for heading, names in (*self.sections.items(), ("Other options", tuple(str(name) for name in rows if name not in named))):
            with formatter.section(heading):
                formatter.write_dl([rows[name] for name in names if name in rows])


class Size(click.ParamType[int]):
    """A number of bytes: 50000000, 50M, 1G."""

    name = "size"
    _UNITS: ClassVar[dict[str, int]] = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}

    def __init__(self, least: int = 1) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes. Fails for anything else and for less than `least`."""
        if isinstance(value, int):
            return value
        text = str(value).strip().upper().removesuffix("B")
        digits, unit = (text[:-1], text[-1]) if text[-1:] in self._UNITS and text[-1:] else (text, "")
        if not digits.isascii() or not digits.isdigit():
            self.fail(f"{value} is not a size; write 50M or 1G", param, ctx)
        size = int(digits) * self._UNITS[unit]
        if size < self.least:
            self.fail(f"{value} is too small; the least is {self.least:,} bytes", param, ctx)
        return size


class OrRun(click.Path):
    """A path, or the name of a run, which stands for its database when there is no file of that name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Fails as click.Path does."""
        if isinstance(value, str) and value and not os.path.lexists(value):
            from clausescan.store import run_path

            value = str(run_path(value)) if run_path(value).is_file() else value
        return super().convert(value, param, ctx)


LANGUAGES = click.Choice(["zh", "en"])
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PATH_OR_RUN = OrRun(path_type=Path)
FILE_OR_RUN = OrRun(exists=True, dir_okay=False, path_type=Path)


def choice(name: str, values: list[str], help_: str) -> Callable[[Command], Command]:
    """Return an option that takes one of `values`; the first is the default."""
    return click.option(name, type=click.Choice(values), default=values[0], show_default=True, help=help_)


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return the day of YYYY-MM-DD or "today". Fails with one sentence for what is none."""
    try:
        return date.today() if value == "today" else date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day; write YYYY-MM-DD or today", ctx, param) from None


def as_of_option(help_: str) -> Callable[[Command], Command]:
    """Return the option --as-of. Without it no output depends on the day on which it is made."""
    return click.option("--as-of", metavar="DAY", callback=_day, help=help_)


date_option = click.option(
    "--date", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), default=lambda: datetime.now(UTC), show_default="now",
    help="The date that the notes or the memo carry.",
)  # fmt: skip
min_grade_option = choice("--min-grade", ["review", "candidate"], "Leave weaker findings out.")
fail_on_option = choice("--fail-on", ["review", "candidate", "never"], "Grade from which the exit code is 1.")
report_lang_option = click.option("--report-lang", type=LANGUAGES, help="Language of the report [default: that of the document].")
why_not_option = click.option(
    "--why-not", is_flag=True, help="Show the steps of the judge and the clauses that were one step from a finding."
)
_LEAST_MEMORY = 256_000_000  # a process that has read nothing yet takes about 150 MB
_timeout = click.option(
    "--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS",
    help="Time for one document [default: 30, one more for each 100 kB of it, at most 300; more for OCR].",
)  # fmt: skip
_max_memory = click.option(
    "--max-memory", type=Size(_LEAST_MEMORY), metavar="SIZE", help="Memory for one document, in bytes or as 800M, 2G [default: 1G]."
)


def limit_options(command: Command) -> Command:
    """Add --timeout and --max-memory; `limits_of` makes Limits of them."""
    return _timeout(_max_memory(command))


format_option = choice("--format", ["text", "json"], "Form of the output.")


class Output:
    """Standard output, or a file that appears only when it is complete. Raises OSError when it cannot be written.

    `stream` takes text, with `binary` bytes.
    """

    def __init__(self, path: Path | None, *, binary: bool = False) -> None:
        self.path = path
        self.binary = binary
        self.temporary: Path | None = None
        self.stream: Any = sys.stdout

    @property
    def colour(self) -> bool:
        """True when the stream is a terminal that shows colours."""
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        return self.path is None and not plain and self.stream.isatty()

    def __enter__(self) -> Output:
        if self.path is None:
            self.stream = standard_output().buffer if self.binary else standard_output()
        elif self.path.exists() and not self.path.is_file():  # a device or a pipe cannot be replaced
            self.stream = self._open(self.path)
        else:
            self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
            try:
                self.stream = self._open(self.temporary)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.path)) from error
        return self

    def _open(self, path: Path) -> IO[Any]:
        return path.open("wb") if self.binary else path.open("w", encoding="utf-8", newline="\n")

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


def write_file(path: Path, data: bytes) -> None:
    """Write a file that appears only when it is complete. Raises OSError when it cannot be written."""
    with Output(path) as out:
        cast(io.TextIOWrapper, out.stream).buffer.write(data)


def ending(output: Path, known: tuple[str, ...]) -> None:
    """Raise UsageError when the name of the output does not end as what is written into it must."""
    if output.suffix.lower() not in known:
        raise UsageError(f"{output}: this output is a file of another kind; its name must end in {' or '.join(known)}")


def not_over(file: Path, output: Path) -> None:
    """Raise UsageError when the output is the file itself."""
    if output.exists() and output.samefile(file):
        raise UsageError(f"{output} is the original, which is never overwritten; choose another name")


def problem_line(name: str, found: Problem, language: str | None) -> str:
    """Return the line that says what a person must know about a document."""
    return f"{name}: {found.code}: {found.message_zh if language == 'zh' else found.message}"


def say_problem(name: str, found: Problem, language: str | None) -> None:
    """Say on standard error what a person must know about a document."""
    say(problem_line(name, found, language))


def standard_output() -> TextIO:
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
