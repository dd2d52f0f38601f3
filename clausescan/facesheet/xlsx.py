"""Sheets as a workbook: "Sheet" with a row for each document and a column for each question, "Passages" with a row for each passage.

Cells hold text or numbers, never formulas or links. Excel ends a cell at 32,767 characters; the rest of a cell that is longer stands
in "Passages". The same sheets give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from clausescan.facesheet.questions import questions
from clausescan.facesheet.sheet import Passage, Sheet
from clausescan.facesheet.words import remark, say, where
from clausescan.types import Language

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_CELL = 32_767
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTH = 44


def write(sheets: Iterable[Sheet], out: BinaryIO, *, language: Language = "en") -> None:
    """Write the workbook. Raises OSError when `out` does."""
    from xlsxwriter import Workbook

    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E9EDF4"})
    overview, passages = book.add_worksheet(say("sheet", language)), book.add_worksheet(say("passages", language))
    titles = [say("document", language), *(question.label(language) for question in questions()), ""]
    columns = [say(key, language) for key in ("document", "question", "passage", "place", "how")]
    for sheet, heads in ((overview, titles), (passages, columns)):
        sheet.set_column(0, len(heads) - 1, _WIDTH, wrapped)
        sheet.freeze_panes(1, 1)
        _row(sheet, 0, heads, bold)
    line = at = 0
    for at, one in enumerate(sheets, 1):
        none = "" if one.problem else say("not_found", language)
        cells = (_cell(one.answers[question.id], language) or none for question in questions())
        _row(overview, at, [one.name, *cells, remark(one, language)], wrapped)
        for question in questions():
            for item in one.answers[question.id]:
                line += 1
                row = (one.name, question.label(language), _flat(item.text), where(item, language), say(item.subject, language))
                _row(passages, line, row, wrapped)
    overview.autofilter(0, 0, at, len(titles) - 1)
    passages.autofilter(0, 0, line, len(columns) - 1)
    book.close()


def _cell(passages: Iterable[Passage], language: Language) -> str:
    return "\n".join(f"• {_flat(item.text)} ({where(item, language)})" for item in passages)


def _row(sheet: Worksheet, number: int, values: Iterable[str], style: object) -> None:
    for column, value in enumerate(values):
        sheet.write_string(number, column, _UNWRITABLE.sub("\ufffd", value)[:_CELL], style)


def _flat(text: str) -> str:
    return " ".join(text.split())
