"""`clausescan scan`: files, directories or standard input to reports."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clausescan.cli.common import EXIT_CODES, LANGUAGES, NEW_FILE, OLD_FILE, RANK, Output, choice, format_option, say, say_problem
from clausescan.cli.sources import Source, sources_of
from clausescan.errors import UsageError, problem

if TYPE_CHECKING:
    from clausescan.baseline import Baseline
    from clausescan.settings import Settings
    from clausescan.types import Language, Report

# what a file of a walked directory may be without anybody having asked for it to be read
NOT_OURS = frozenset({"R006_unsupported", "R010_binary"})


@click.command(epilog=EXIT_CODES)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@format_option
@click.option("-o", "--output", type=NEW_FILE, help="Write to this file instead of standard output.")
@choice("--lang", ["auto", "zh", "en"], "Language of the documents.")
@click.option("--report-lang", type=LANGUAGES, help="Language of the report [default: that of the document].")
@choice("--min-grade", ["review", "candidate"], "Leave weaker findings out.")
@choice("--fail-on", ["review", "candidate", "never"], "Grade from which the exit code is 1.")
@click.option("--baseline", type=OLD_FILE, help="Report only what this baseline does not know; the exit code counts only that.")
@click.option("--why-not", is_flag=True, help="Show the steps of the judge and the clauses that were one step from a finding.")
@choice("--revisions", ["final", "original"], "Which text of tracked changes to read.")
@click.pass_context
def scan(ctx: click.Context, /, paths: tuple[str, ...], format: str, output: Path | None, fail_on: str, **options: Any) -> None:
    """Scan files, directories or standard input (-).

    A directory is read with all below it, in the order of names; hidden files and the output file are left out and
    files of other kinds are counted. One file gives one JSON object, several files or a directory an array.
    """
    from clausescan.baseline import load as load_baseline
    from clausescan.report import writer
    from clausescan.report.options import Options
    from clausescan.settings import Settings

    settings = Settings(language=None if options["lang"] == "auto" else options["lang"], revisions=options["revisions"])
    known = load_baseline(options["baseline"]) if options["baseline"] else None
    tally = _Tally(min_grade=options["min_grade"], fail_on=fail_on, baseline=known)
    groups = [(given, list(sources_of(given, output))) for given in paths]
    if paths.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    reports = tally.watch(_scan_all(groups, settings), options["report_lang"])
    several = len(paths) > 1 or os.path.isdir(paths[0])
    with Output(output) as out:
        shown = Options(language=options["report_lang"], colour=out.colour, why_not=options["why_not"])
        writer(format).write(reports if several else next(reports), out.stream, shown)
        tally.close(reports)
    ctx.exit(tally.exit_code)


def _scan_all(groups: Sequence[tuple[str, Sequence[Source]]], settings: Settings) -> Iterator[Report]:
    """Yield a report for each source, and one for each directory that gave none. Progress is shown on a terminal."""
    from clausescan import api

    total = sum(len(sources) for _, sources in groups)
    number = skipped = 0
    for given, sources in groups:
        shown = 0
        for source in sources:
            number += 1
            if total > 1 and sys.stderr.isatty():
                say(f"[{number}/{total}] {source.name}")
            report = _scan_one(source, settings)
            if source.walked and any(found.code in NOT_OURS for found in report.problems):
                skipped += 1
                continue
            shown += 1
            full = source.walked or len(groups) > 1
            yield replace(report, document=replace(report.document, name=source.name)) if full else report
        if not shown:
            yield api.unread(given, problem("R009_no_files"))
    if skipped:
        say(f"{skipped} file{'s' if skipped > 1 else ''} of other kinds left out.")


def _scan_one(source: Source, settings: Settings) -> Report:
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


class _Tally:
    """What went by on its way to the writer: the exit code, and the talk on standard error."""

    def __init__(self, *, min_grade: str, fail_on: str, baseline: Baseline | None = None) -> None:
        self.baseline = baseline
        self.min_grade = min_grade
        self.fail_on = fail_on
        self.hidden = 0
        self.findings = self.inconclusive = False

    def watch(self, reports: Iterator[Report], language: Language | None) -> Iterator[Report]:
        """Yield the reports without findings below --min-grade, and say on standard error what could not be read."""
        for report in reports:
            self.inconclusive |= report.inconclusive
            if self.baseline is not None:
                report = self.baseline.new_only(report)
            self.findings |= RANK.get(report.grade, 0) >= RANK[self.fail_on]
            for found in report.problems:
                say_problem(report.document.name, found, language)
            kept = tuple(finding for finding in report.findings if RANK.get(finding.grade, 0) >= RANK[self.min_grade])
            self.hidden += len(report.findings) - len(kept)
            yield report if len(kept) == len(report.findings) else replace(report, findings=kept)

    def close(self, reports: Iterator[Report]) -> None:
        """Finish the reports and say what they left unsaid."""
        for _ in reports:  # a writer of one report stops before the source has said its last word
            pass
        if self.hidden:
            say(f"{self.hidden} finding{'s' if self.hidden > 1 else ''} below --min-grade {self.min_grade} not shown.")

    @property
    def exit_code(self) -> int:
        """1 for findings that count, 3 when something could not be read, else 0."""
        if self.findings:
            return 1
        return 3 if self.inconclusive else 0
