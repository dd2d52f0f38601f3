"""Reads an annotated file back: which words stand under each note of ours, asked of the file and not of who wrote it.

DOCX: the text between the two ends of each comment. PDF: the characters whose middle PDFium finds inside each
quadrilateral of a highlight. `check` compares both with the evidence.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pikepdf import Array, Name

from clausescan.annotate import pdf
from clausescan.annotate.docx_anchor import RANGE_END, RANGE_START
from clausescan.annotate.docx_package import Package
from clausescan.annotate.marks import marks
from clausescan.annotate.options import AUTHOR, Annotated, Options
from clausescan.readers import docx as reader
from clausescan.readers.docx_story import (
    ALTERNATE,
    BOX,
    DEL,
    DEL_TEXT,
    INS,
    MATH_TEXT,
    MOVE_FROM,
    MOVE_TO,
    REVISIONS,
    T,
    branch,
    symbol_of,
    text_of,
)
from clausescan.readers.ooxml import Element, W, open_package
from clausescan.types import Document, Report

_LOOSE = re.compile("[\\s\u00ad\u2010\ufffe-]+")

# what shows text, and how to ask for it
_SHOWN = {T: text_of, DEL_TEXT: text_of, MATH_TEXT: text_of, f"{W}sym": symbol_of}
_SLANT = 0.05  # of a quarter turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A note: the words that it is about, the words that stand under it, and what it says.

    `inside` is True where a form field or an annotation stands under it: those show their text as a whole.
    """

    expected: str
    found: str
    note: str
    inside: bool = False

    @property
    def exact(self) -> bool:
        """True when the words are the same, or within a field, but for white space and the hyphens of line ends."""
        expected, found = _LOOSE.sub("", self.expected), _LOOSE.sub("", self.found)
        return expected == found or (self.inside and expected in found)


def check(annotated: Annotated, report: Report, options: Options) -> list[Checked]:
    """Return every note on evidence in an annotated DOCX or PDF with the words that stand under it."""
    if annotated.media_type == pdf.MEDIA_TYPE:
        return list(_pdf(annotated.data, report, options))
    return list(_docx(annotated, report, options))


# ---- DOCX


def _docx(annotated: Annotated, report: Report, options: Options) -> Iterator[Checked]:
    found = comments(annotated.data, options)
    notes = marks(report, options.language, options.anchors)
    # those of an earlier run, and the one about the document, come before
    ours = [found[key] for key in sorted(found, key=int)][-len(notes) :]
    for mark, (words, note) in zip(notes, ours, strict=False):
        yield Checked(expected=_in_elements(report.document, mark.start, mark.end, numbers=annotated.of_text), found=words, note=note)


def comments(data: bytes, options: Options) -> dict[str, tuple[str, str]]:
    """Return the words under each comment of ours and its text, by its id."""
    source = open_package(data, options.settings)
    package = Package(data, source.main)
    name = package.related("comments")
    root = package.root(name) if name is not None else None
    ours = {} if root is None else {item.get(f"{W}id", ""): _text(item) for item in root if item.get(f"{W}author") == AUTHOR}
    words: dict[str, list[str]] = {key: [] for key in ours}
    opened: set[str] = set()
    for element in _walk(source.document):
        if element.tag == RANGE_START:
            opened.add(element.get(f"{W}id", ""))
        elif element.tag == RANGE_END:
            opened.discard(element.get(f"{W}id", ""))
        elif element.tag in _SHOWN and _is_shown(element, options):
            for key in opened & words.keys():
                words[key].append(_SHOWN[element.tag](element))
    return {key: ("".join(words[key]), note) for key, note in ours.items()}


def _walk(root: Element) -> Iterator[Element]:
    """Yield the elements in their order: of alternatives the one that is read, of text boxes nothing (no comment stands in one)."""
    for child in root.iterchildren():
        if child.tag == ALTERNATE:
            chosen = branch(child)
            if chosen is not None:
                yield from _walk(chosen)
        elif child.tag != BOX:
            yield child
            yield from _walk(child)


def _is_shown(element: Element, options: Options) -> bool:
    """Return whether the view that was scanned shows a text; our own suggestions came later."""
    gone = (INS, MOVE_TO) if options.settings.revisions == "original" else (DEL, MOVE_FROM)
    changes = [ancestor for ancestor in element.iterancestors() if ancestor.tag in REVISIONS]
    return not any((change.tag == INS) if change.get(f"{W}author") == AUTHOR else (change.tag in gone) for change in changes)


def _text(comment: Element) -> str:
    return "\n".join("".join(text.text or "" for text in paragraph.iter(T)) for paragraph in comment.iter(f"{W}p"))


def _in_elements(document: Document, start: int, end: int, *, numbers: bool) -> str:
    """Return the words of a range without what is in no element: the bars between cells and, but for `numbers`, automatic numbers."""
    dropped: list[tuple[int, int]] = []
    for block in document.blocks:
        if block.start < end and start < block.end:
            if block.number and document.media_type == reader.MEDIA_TYPE and not numbers:
                dropped.append((block.start, block.start + len(block.number)))
            dropped += [(before[1], after[0]) for before, after in zip(block.cells, block.cells[1:], strict=False)]
    return "".join(
        char for index, char in enumerate(document.text[start:end], start) if not any(low <= index < high for low, high in dropped)
    )


# ---- PDF


def _pdf(data: bytes, report: Report, options: Options) -> Iterator[Checked]:
    found = dict(highlights(data))
    sheets = list(pdf.sheets_of(report, options))
    # the numbers go on from those of an earlier run and of the note about the document
    for number, sheet in enumerate(sheets, max(found, default=0) - len(sheets) + 1):
        if report.document.ocr_confidence(sheet.mark.start, sheet.mark.end) is not None:
            continue  # a picture has no words to compare with
        under = found.get(number, [])
        fields = bool(under) and all(inside for _, inside in under)
        placed = " ".join(sheet.words) or report.document.text[sheet.mark.start : sheet.mark.end]
        for index, words in enumerate(sheet.words if fields else [placed]):
            text = under[index][0] if fields else " ".join(text for text, _ in under)
            yield Checked(expected=words, found=text, note=sheet.text, inside=fields)


def highlights(data: bytes) -> Iterator[tuple[int, list[tuple[str, bool]]]]:
    """Yield the number of each note of ours and what stands in each of its quadrilaterals: words of the page, or a field (True)."""
    source = pdfium.PdfDocument(data)
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
            for index, page in enumerate(document.pages):
                notes = pdf.notes_of(page)
                ours = [note for note in notes if pdf.own_number(note)]
                characters = list(_characters(source, index)) if ours else []
                for note in ours:
                    values = [float(value) for value in note.get(Name.QuadPoints, Array()).as_list()]
                    quads = [_Quad(values[start : start + 8]) for start in range(0, len(values), 8)]
                    yield pdf.own_number(note), [_under(quad, characters, notes) for quad in quads]
    finally:
        source.close()


class _Quad:
    """The upright rectangle around the corners of a quadrilateral."""

    def __init__(self, corners: list[float]) -> None:
        self.x0, self.x1 = min(corners[::2]), max(corners[::2])
        self.y0, self.y1 = min(corners[1::2]), max(corners[1::2])

    def holds(self, x: float, y: float) -> bool:
        """Return True when a point is inside."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def _characters(source: pdfium.PdfDocument, index: int) -> Iterator[tuple[str, float, float]]:
    """Yield each character of a page with the middle of its box in user space, without slanted ones (watermarks)."""
    page = source[index]
    text = page.get_textpage()
    for place in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, place)
        turns = raw.FPDFText_GetCharAngle(text, place) / (math.pi / 2)
        if code > ord(" ") and abs(turns - round(turns)) < _SLANT:
            left, bottom, right, top = text.get_charbox(place, loose=True)
            yield chr(code), (left + right) / 2, (bottom + top) / 2
    text.close()
    page.close()


def _under(quad: _Quad, characters: Iterable[tuple[str, float, float]], notes: Iterable[Any]) -> tuple[str, bool]:
    words = "".join(char for char, x, y in characters if quad.holds(x, y))
    if words:
        return words, False
    for note in notes:
        area = [float(value) for value in note.get(Name.Rect, Array()).as_list()]
        own = pdf.own_number(note) or note.get(Name.Subtype) == Name.Popup
        if not own and len(area) == 4 and _Quad(area).holds((quad.x0 + quad.x1) / 2, (quad.y0 + quad.y1) / 2):
            return str(note.get(Name.V, note.get(Name.Contents, ""))), True
    return "", False
