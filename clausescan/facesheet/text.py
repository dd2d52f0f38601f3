"""Sheets as text.

    app.txt
    ════════════════════════
    What face data is collected
      • We collect a scan of your face when you enrol.  (4.2, line 31)
    Whom it is shared with
      not found
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from clausescan.facesheet.questions import questions
from clausescan.facesheet.sheet import Sheet
from clausescan.facesheet.words import remark, say, where
from clausescan.report.wrap import fold
from clausescan.types import Language

_COLUMNS = 100


def write(sheets: Iterable[Sheet], out: TextIO, *, language: Language | None = None) -> None:
    """Write the sheets one under the other."""
    for number, sheet in enumerate(sheets):
        out.write(("\n" if number else "") + "\n".join(_lines(sheet, language or sheet.language)) + "\n")


def _lines(sheet: Sheet, language: Language) -> Iterator[str]:
    yield from fold(sheet.name.replace("\n", " "), _COLUMNS)
    yield "═" * _COLUMNS
    if remark(sheet, language):
        yield from fold(remark(sheet, language), _COLUMNS)
    if sheet.problem or not sheet.mentions:
        return
    for question in questions():
        yield question.label(language)
        for passage in sheet.answers[question.id]:
            yield from fold(f"{' '.join(passage.text.split())}  ({where(passage, language)})", _COLUMNS, "  • ", "    ")
        if not sheet.answers[question.id]:
            yield f"  {say('not_found', language)}"
