"""`clausescan annotate`: a copy of the document with the findings written into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clausescan.cli.common import EXIT_CODES, LANGUAGES, NEW_FILE, OLD_FILE, RANK, choice, date_option, ending, say, say_problem, write_file
from clausescan.cli.common import scanned as scan_file

if TYPE_CHECKING:
    from clausescan.annotate.options import Annotated, Options
    from clausescan.types import Report

_WORD = (".docx", ".docm", ".dotx")


@click.command(epilog=EXIT_CODES)
@click.argument("file", type=OLD_FILE)
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The annotated copy; never the file itself.")
@choice("--lang", ["auto", "zh", "en"], "Language of the document.")
@click.option("--report-lang", type=LANGUAGES, help="Language of the notes [default: that of the document].")
@choice("--min-grade", ["review", "candidate"], "Leave weaker findings out.")
@choice("--anchors", ["all", "main"], "A note on every piece of evidence, or only on the decisive words of each finding.")
@click.option("--suggest", is_flag=True, help="Propose narrowing wording as tracked changes (DOCX).")
@click.option("--text", "as_text", is_flag=True, help="Write a DOCX of the text whatever the format of the file.")
@choice("--revisions", ["final", "original"], "Which text of tracked changes to read.")
@date_option
@click.pass_context
def annotate(ctx: click.Context, /, file: Path, output: Path, date: datetime, as_text: bool, **options: Any) -> None:
    """Write a copy of FILE with the findings in it.

    A DOCX gets Word comments on the evidence, a PDF highlights with notes and an outline, any other format a DOCX of its
    text with comments. Nothing else of the file changes. The exit code is 3 when a part of the file could not be read.
    """
    from clausescan.annotate import annotate_file
    from clausescan.annotate.options import Options
    from clausescan.report.options import report_language

    data, report, settings = scan_file(file, output, lang=options["lang"], revisions=options["revisions"])
    kept = tuple(finding for finding in report.findings if RANK[finding.grade] >= RANK[options["min_grade"]])
    report = replace(report, findings=kept)
    language = report_language(report, options["report_lang"])
    wanted = Options(language=language, date=date, anchors=options["anchors"], suggest=options["suggest"], settings=settings)
    annotated = annotate_file(data, report, wanted, as_text=as_text)
    ending(output, _endings(annotated, file, as_text=as_text))
    write_file(output, annotated.data)
    _tell(annotated, report, wanted, output)
    ctx.exit(3 if report.inconclusive else 0)


def _endings(annotated: Annotated, file: Path, *, as_text: bool) -> tuple[str, ...]:
    """Return how the copy may be named: Word refuses a document with macros that is not called so."""
    if annotated.media_type == "application/pdf":
        return (".pdf",)
    named = file.suffix.lower()
    return (named,) if named in _WORD and not as_text else (".docx",)


def _tell(annotated: Annotated, report: Report, options: Options, output: Path) -> None:
    """Say what was written, how many notes stand on their words when the copy is read back, and what a person must know."""
    from clausescan.annotate.check import check
    from clausescan.errors import problem

    notes = check(annotated, report, options)
    exact = sum(note.exact for note in notes)
    problems = [*report.problems, *annotated.problems]
    if exact < len(notes):
        problems.append(problem("W005_misplaced", count=len(notes) - exact))
    for found in problems:
        say_problem(report.document.name, found, options.language)
    say(f"{output}: findings: {annotated.findings}; notes exactly on their words: {exact} of {len(notes)}.")
