"""Where results go and in which form: --format and -o, several of each, written in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from clausescan.cli.common import NEW_FILE, Command, Output
from clausescan.errors import UsageError
from clausescan.report import BINARY, FORMATS, format_of

if TYPE_CHECKING:
    from clausescan.report.options import Options
    from clausescan.types import Report

STANDARD_OUTPUT = Path("-")


def result_options(command: Command) -> Command:
    """Add --format, -o and --bom to a command that writes results."""
    options = (
        click.option(
            "--format",
            "formats",
            type=click.Choice(list(FORMATS)),
            multiple=True,
            help="Form of the output [default: what the name of the file says, else text]. Repeat it to match several -o.",
        ),
        click.option(
            "-o",
            "--output",
            "outputs",
            type=NEW_FILE,
            multiple=True,
            help="Write to this file instead of standard output (-); can be repeated, in several forms at once.",
        ),
        click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, by which Excel knows UTF-8."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def pair(formats: Sequence[str], outputs: Sequence[Path]) -> list[tuple[str, Path | None]]:
    """Return each format with its file (None: standard output). Raises UsageError when they do not fit each other."""
    if not outputs:
        if len(formats) > 1:
            raise UsageError("several formats need a file each: give -o once for every --format")
        return [(formats[0] if formats else "text", None)]
    if formats and len(formats) != len(outputs):
        raise UsageError(f"--format is given {len(formats)} times and -o {len(outputs)} times; give both equally often, or -o alone")
    if len({output.absolute() for output in outputs}) < len(outputs):
        raise UsageError("the same file is given with -o more than once")
    chosen = formats or [format_of(output.name) for output in outputs]
    return [(name, None if output == STANDARD_OUTPUT else output) for name, output in zip(chosen, outputs, strict=True)]


class Results:
    """The files of a run, fed one report at a time. They appear when the block ends well.

    Raises UsageError when a terminal would be sent bytes, OSError when a file cannot be written.
    """

    def __init__(self, targets: Sequence[tuple[str, Path | None]], options: Options) -> None:
        self._targets = targets
        self._options = options
        self._files = ExitStack()

    def __enter__(self) -> Self:
        from clausescan.report.fanout import Fanout

        with self._files:
            streams = []
            for name, path in self._targets:
                out = self._files.enter_context(Output(path, binary=name in BINARY))
                if name in BINARY and path is None and out.stream.isatty():
                    raise UsageError(f"{name} is not for a terminal; write it to a file with -o FILE or into a pipe")
                streams.append((name, out.stream, replace(self._options, colour=out.colour)))
            self._fanout = self._files.enter_context(Fanout(streams))
            self._files = self._files.pop_all()  # from here on __exit__ closes them
        return self

    def add(self, report: Report, carried: dict[str, str] | None = None) -> None:
        """Write a report, with the columns that its line of an input list had beside it."""
        self._fanout.add(report, carried)

    def __exit__(self, *failure: Any) -> None:
        self._files.__exit__(*failure)
