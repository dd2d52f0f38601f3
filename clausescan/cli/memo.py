"""`clausescan memo`: the review memo about a document."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from clausescan.cli.common import (
    EXIT_CODES,
    LANGUAGES,
    NEW_FILE,
    OLD_FILE,
    choice,
    date_option,
    ending,
    limit_options,
    not_over,
    say,
    say_problem,
    write_file,
)
from clausescan.errors import ReadError


@click.command(epilog=EXIT_CODES)
@click.argument("file", type=OLD_FILE)
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The memo: NAME.docx, or NAME.html for print.")
@choice("--lang", ["auto", "zh", "en"], "Language of the document.")
@click.option("--report-lang", type=LANGUAGES, help="Language of the memo [default: that of the document].")
@choice("--revisions", ["final", "original"], "Which text of tracked changes to read.")
@date_option
@limit_options
@click.pass_context
def memo(
    ctx: click.Context, /, file: Path, output: Path, lang: str, report_lang: str | None, revisions: str, date: datetime,
    timeout: float | None, max_memory: int | None,
) -> None:  # fmt: skip
    """Write a review memo about FILE as DOCX or HTML.

    It states the conclusion, a table of the findings, each finding with the elements of Article 11 and what the other
    side may say, the law, what was read, the hash of the file and the versions of tool and rules. The exit code is 3
    when a part of the file could not be read.
    """
    from clausescan.cli import isolated
    from clausescan.memo import content, docx, html
    from clausescan.report.options import report_language
    from clausescan.settings import Settings

    ending(output, (".docx", ".html", ".htm"))
    not_over(file, output)
    settings = Settings(language=None if lang == "auto" else lang, revisions=revisions)  # type: ignore[arg-type]
    report = isolated.scan(file, name=file.name, settings=settings, limits=isolated.limits_of(timeout, max_memory))
    if failed := next((found for found in report.problems if found.severity == "error"), None):
        raise ReadError(failed)
    language = report_language(report, "zh" if report_lang == "zh" else "en" if report_lang else None)
    told = content.memo(report, language, date)
    is_word = output.suffix.lower() == ".docx"
    write_file(output, docx.write(told, date) if is_word else html.write(told).encode("utf-8"))
    for found in report.problems:
        say_problem(report.document.name, found, language)
    say(f"{output}: findings: {len(report.findings)}.")
    ctx.exit(3 if report.inconclusive else 0)
