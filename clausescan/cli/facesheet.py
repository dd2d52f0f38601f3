"""`clausescan facesheet`: what documents say to the questions of app stores about face data."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clausescan.cli.common import LANGUAGES, NEW_FILE, PATH_OR_RUN, Output, choice, ending, limit_options, write_file
from clausescan.errors import UsageError

if TYPE_CHECKING:
    from clausescan.bulk.limits import Limits
    from clausescan.facesheet.sheet import Sheet
    from clausescan.settings import Settings
    from clausescan.types import Document

_EXIT_CODES = """\b
Exit codes:
  0    the sheet is written, whatever it says
  2    the command could not be carried out
  3    the sheet is written, but something could not be read
  130  stopped by the user"""


@click.command("facesheet", epilog=_EXIT_CODES)
@click.argument("paths", metavar="FILE|DIR|RUN...", nargs=-1, required=True, type=PATH_OR_RUN)
@choice("--format", ["text", "json", "html", "xlsx"], "Form of the output.")
@click.option("-o", "--output", type=NEW_FILE, help="Write to this file instead of standard output; needed for xlsx.")
@choice("--lang", ["auto", "zh", "en"], "Language of the documents.")
@click.option("--report-lang", type=LANGUAGES, help="Language of the sheet [default: that of the document; of a workbook: en].")
@limit_options
@click.pass_context
def facesheet(
    ctx: click.Context, /, paths: tuple[Path, ...], format: str, output: Path | None, lang: str, report_lang: str | None,
    timeout: float | None, max_memory: int | None,
) -> None:  # fmt: skip
    """Quote, for each document, what it says about face data: what is collected, for what, shared with whom, stored where and
    how long, and how to delete it. A passage is always verbatim, with its place; else the sheet says "not found".
    """
    from clausescan.cli.isolated import limits_of
    from clausescan.facesheet import html, json, text, xlsx
    from clausescan.settings import Settings

    seen = _Seen()
    settings = Settings(language=None if lang == "auto" else lang)  # type: ignore[arg-type]
    sheets = seen.watch(_sheets(paths, settings, limits_of(timeout, max_memory)))
    language = "zh" if report_lang == "zh" else "en" if report_lang else None
    if format == "xlsx":
        if output is None:
            raise UsageError("a workbook is not text: name a file with -o NAME.xlsx")
        ending(output, (".xlsx",))
        buffer = io.BytesIO()
        xlsx.write(sheets, buffer, language=language or "en")  # type: ignore[arg-type]
        write_file(output, buffer.getvalue())
    else:
        with Output(output) as out:
            if format == "json":
                json.write(sheets, out.stream)
            else:
                {"text": text.write, "html": html.write}[format](sheets, out.stream, language=language)  # type: ignore[arg-type]
    ctx.exit(3 if seen.inconclusive else 0)


def _sheets(paths: tuple[Path, ...], settings: Settings, limits: Limits) -> Iterator[Sheet]:
    from clausescan.cli.documents import documents_of
    from clausescan.facesheet.sheet import Sheet, renamed, unread

    for name, sheet in documents_of(paths, settings, Sheet, _sheet, limits):
        yield renamed(sheet, name) if isinstance(sheet, Sheet) else unread(name, sheet.message)


def _sheet(name: str, document: Document) -> Sheet:
    from clausescan import api
    from clausescan.facesheet.sheet import facesheet as sheet_of

    return sheet_of(document, api.clauses_in(document))


class _Seen:
    """What went by on its way to the writer."""

    def __init__(self) -> None:
        self.inconclusive = False

    def watch(self, sheets: Iterator[Sheet]) -> Iterator[Sheet]:
        for sheet in sheets:
            self.inconclusive |= sheet.inconclusive
            yield sheet
