"""`clausescan facesheet`: what documents say to the questions of app stores about face data."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clausescan.cli.common import LANGUAGES, NEW_FILE, PATH_OR_RUN, Output, choice, ending, write_file
from clausescan.errors import UsageError

if TYPE_CHECKING:
    from clausescan.facesheet.sheet import Sheet
    from clausescan.settings import Settings

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
@click.pass_context
def facesheet(
    ctx: click.Context, /, paths: tuple[Path, ...], format: str, output: Path | None, lang: str, report_lang: str | None
) -> None:
    """Quote, for each document, what it says about face data: what is collected, for what, shared with whom, stored where and
    how long, and how to delete it. A passage is always verbatim, with its place; else the sheet says "not found".
    """
    from clausescan.facesheet import html, json, text, xlsx
    from clausescan.settings import Settings

    seen = _Seen()
    sheets = seen.watch(_sheets(paths, Settings(language=None if lang == "auto" else lang)))  # type: ignore[arg-type]
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


def _sheets(paths: tuple[Path, ...], settings: Settings) -> Iterator[Sheet]:
    from clausescan import api
    from clausescan.cli.documents import documents_of
    from clausescan.facesheet.sheet import facesheet as sheet_of
    from clausescan.facesheet.sheet import renamed, unread
    from clausescan.types import Document

    for name, read in documents_of(paths, settings):
        yield renamed(sheet_of(read, api.clauses_in(read)), name) if isinstance(read, Document) else unread(name, read.message)


class _Seen:
    """What went by on its way to the writer."""

    def __init__(self) -> None:
        self.inconclusive = False

    def watch(self, sheets: Iterator[Sheet]) -> Iterator[Sheet]:
        for sheet in sheets:
            self.inconclusive |= sheet.inconclusive
            yield sheet
