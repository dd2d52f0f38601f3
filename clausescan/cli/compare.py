"""`clausescan compare`: two versions of a document, or two runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clausescan.cli.common import FILE_OR_RUN, LANGUAGES, NEW_FILE, Output, choice, limit_options, problem_line, say
from clausescan.errors import UsageError

if TYPE_CHECKING:
    from clausescan.bulk.limits import Limits
    from clausescan.compare.result import Comparison
    from clausescan.settings import Settings

_EXIT_CODES = """\b
Exit codes:
  0    no finding at or above --fail-on is new
  1    a finding at or above --fail-on is new, or its text changed
  2    the command could not be carried out
  3    no such finding, but something could not be read
  130  stopped by the user"""


@click.command("compare", epilog=_EXIT_CODES)
@click.argument("old", type=FILE_OR_RUN)
@click.argument("new", type=FILE_OR_RUN)
@choice("--format", ["text", "json", "html"], "Form of the output.")
@click.option("-o", "--output", type=NEW_FILE, help="Write to this file instead of standard output.")
@choice("--lang", ["auto", "zh", "en"], "Language of the documents.")
@click.option("--report-lang", type=LANGUAGES, help="Language of the comparison [default: that of the document].")
@choice("--fail-on", ["review", "candidate", "never"], "Grade from which a new finding makes the exit code 1.")
@limit_options
@click.pass_context
def compare(
    ctx: click.Context, /, old: Path, new: Path, format: str, output: Path | None, lang: str, report_lang: str | None, fail_on: str,
    timeout: float | None, max_memory: int | None,
) -> None:  # fmt: skip
    """Compare two versions of a document clause by clause, or two runs finding by finding.

    A run is a database of `scan --run` (NAME or FILE.db) or a JSON report.

    Clauses are same, renumbered, moved, changed, split, merged, new or gone, whatever their numbers say. A finding is
    new, changed, gone or persists; a decision about it holds on only where its text is the same.
    """
    from clausescan.cli.isolated import limits_of
    from clausescan.compare import html, json, text
    from clausescan.results import is_results

    results = [is_results(path) for path in (old, new)]
    if any(results) and not all(results):
        raise UsageError("compare takes two documents or two runs (databases or JSON reports), not one of each")
    if output is not None and any(output.exists() and output.samefile(path) for path in (old, new)):
        raise UsageError(f"{output}: the output would replace what is compared")
    told = _Tally(fail_on)
    comparisons = told.watch(_runs(old, new) if all(results) else iter([_documents(old, new, lang, limits_of(timeout, max_memory))]))
    language = "zh" if report_lang == "zh" else "en" if report_lang else None
    with Output(output) as out:
        if format == "json":
            json.write(comparisons, out.stream, several=all(results))
        elif format == "html":
            html.write(comparisons, out.stream, language=language)  # type: ignore[arg-type]
        else:
            text.write(comparisons, out.stream, language=language)  # type: ignore[arg-type]
    ctx.exit(told.exit_code)


def _runs(old: Path, new: Path) -> Iterator[Comparison]:
    from clausescan.cli.documents import results_in
    from clausescan.compare.runs import compare_runs

    return compare_runs(results_in(old), results_in(new))


def _documents(old: Path, new: Path, lang: str, limits: Limits) -> Comparison:
    """Return the comparison of two files. Raises ReadError when nothing of one can be read."""
    from clausescan.cli.isolated import under_limits
    from clausescan.codec import from_plain
    from clausescan.compare.result import Comparison
    from clausescan.settings import Settings

    settings = Settings(language=None if lang == "auto" else lang)  # type: ignore[arg-type]

    told, _ = under_limits(partial(_told, old, new, settings), limits, old, new)
    for message in told["problems"]:
        say(message)
    found: Comparison = from_plain(Comparison, told["comparison"])
    return found


def _told(old: Path, new: Path, settings: Settings) -> tuple[dict[str, Any], bytes]:
    from clausescan.codec import to_plain

    comparison, problems = _compared(old, new, settings)
    return {"comparison": to_plain(comparison), "problems": problems}, b""


def _compared(old: Path, new: Path, settings: Settings) -> tuple[Comparison, list[str]]:
    """Return the comparison and what a person must know about the two files."""
    from clausescan import api
    from clausescan.cli.isolated import readable
    from clausescan.compare.result import compare_clauses, compare_records

    reports = [readable(path, settings)[1] for path in (old, new)]
    clauses = compare_clauses(*((report.document, api.clauses_in(report.document)) for report in reports))
    lines = [problem_line(report.document.name, found, report.document.language) for report in reports for found in report.problems]
    return compare_records(reports[0].to_dict(), reports[1].to_dict(), clauses), lines


class _Tally:
    """What went by on its way to the writer."""

    def __init__(self, fail_on: str) -> None:
        self.fail_on = fail_on
        self.findings = self.inconclusive = False

    def watch(self, comparisons: Iterable[Comparison]) -> Iterator[Comparison]:
        for comparison in comparisons:
            self.inconclusive |= comparison.inconclusive
            if self.fail_on != "never":
                self.findings |= any(change.counts(self.fail_on) for change in comparison.findings)
            yield comparison

    @property
    def exit_code(self) -> int:
        if self.findings:
            return 1
        return 3 if self.inconclusive else 0
