"""`clausescan annotate`: a copy of the document with the findings written into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clausescan.cli.common import (
    EXIT_CODES,
    LANGUAGES,
    NEW_FILE,
    OLD_FILE,
    RANK,
    choice,
    date_option,
    ending,
    limit_options,
    not_over,
    problem_line,
    say,
    write_file,
)

if TYPE_CHECKING:
    from clausescan.annotate.options import Annotated, Options
    from clausescan.settings import Settings
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
@limit_options
@click.pass_context
def annotate(ctx: click.Context, /, file: Path, output: Path, date: datetime, as_text: bool, **options: Any) -> None:
    """Write a copy of FILE with the findings in it.

    A DOCX gets Word comments on the evidence, a PDF highlights with notes and an outline, any other format a DOCX of its
    text with comments. Nothing else of the file changes. The exit code is 3 when a part of the file could not be read.
    """
    from clausescan.cli.isolated import limits_of, under_limits
    from clausescan.settings import Settings

    not_over(file, output)
    lang = options["lang"]
    settings = Settings(language=None if lang == "auto" else lang, revisions=options["revisions"])
    limits = limits_of(options["timeout"], options["max_memory"])
    told, data = under_limits(partial(_annotated, file, settings, date, as_text=as_text, **options), limits, file)
    ending(output, tuple(told["endings"]))
    write_file(output, data)
    for message in told["problems"]:
        say(message)
    say(f"{output}: findings: {told['findings']}; notes exactly on their words: {told['exact']} of {told['notes']}.")
    ctx.exit(3 if told["inconclusive"] else 0)


def _annotated(file: Path, settings: Settings, date: datetime, *, as_text: bool, **options: Any) -> tuple[dict[str, Any], bytes]:
    """Return the bytes of the copy and what is to be said about it."""
    from clausescan.annotate import annotate_file
    from clausescan.annotate.options import Options
    from clausescan.cli.isolated import readable
    from clausescan.report.options import report_language

    data, report = readable(file, settings)
    kept = tuple(finding for finding in report.findings if RANK[finding.grade] >= RANK[options["min_grade"]])
    report = replace(report, findings=kept)
    language = report_language(report, options["report_lang"])
    wanted = Options(language=language, date=date, anchors=options["anchors"], suggest=options["suggest"], settings=settings)
    annotated = annotate_file(data, report, wanted, as_text=as_text)
    told = _told(annotated, report, wanted)
    return told | {"endings": _endings(annotated, file, as_text=as_text), "inconclusive": report.inconclusive}, annotated.data


def _endings(annotated: Annotated, file: Path, *, as_text: bool) -> tuple[str, ...]:
    """Return how the copy may be named: Word refuses a document with macros that is not called so."""
    if annotated.media_type == "application/pdf":
        return (".pdf",)
    named = file.suffix.lower()
    return (named,) if named in _WORD and not as_text else (".docx",)


def _told(annotated: Annotated, report: Report, options: Options) -> dict[str, Any]:
    """Return how many notes stand on their words when the copy is read back, and what a person must know."""
    from clausescan.annotate.check import check
    from clausescan.errors import problem

    notes = check(annotated, report, options)
    exact = sum(note.exact for note in notes)
    problems = [*report.problems, *annotated.problems]
    if exact < len(notes):
        problems.append(problem("W005_misplaced", count=len(notes) - exact))
    said = [problem_line(report.document.name, found, options.language) for found in problems]
    return {"findings": annotated.findings, "notes": len(notes), "exact": exact, "problems": said}
