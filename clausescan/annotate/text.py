"""An annotated DOCX of the text, for documents that cannot hold comments themselves (text, Markdown, HTML) or may not.

Headings are headings and rows are tables; line breaks that only wrap the source are undone. Every visible character
of `Document.text` is in the DOCX, so that the comments stand on the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from clausescan.annotate.docx import annotate_traced
from clausescan.annotate.options import AUTHOR, Annotated, Options
from clausescan.readers.docx_story import T
from clausescan.readers.docx_trace import Segment, Trace
from clausescan.readers.ooxml import open_package
from clausescan.report.grid import Column, Grid
from clausescan.report.word import WordDocument
from clausescan.report.wrap import safe
from clausescan.types import Block, Document, Report

_SOURCE = ("Text of {name}, sha256 {hash}", "{name} 的文字内容，sha256 {hash}")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]")
_PAGE_WIDTH = 15.8  # centimetres between the margins


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph of the DOCX: its text and, for each character, where it stands in the document."""

    text: str
    places: tuple[int, ...]


def annotate(report: Report, options: Options) -> Annotated:
    """Return a new DOCX with the text of the document of `report`, and a comment on every piece of evidence."""
    document = report.document
    language = document.language or options.language
    word = WordDocument(language, title=document.title or document.name, author=AUTHOR, date=options.date)
    pieces: list[_Piece] = []
    for group in _groups(document):
        if group[0].kind == "table_row" and len(group[0].cells) > 1:
            pieces += _table(word, document, group)
        else:
            for block in group:
                pieces += _paragraph(word, document, block)
    word.header(_SOURCE[options.language == "zh"].format(name=document.name, hash=document.sha256[:16]))
    data = word.bytes()
    return replace(annotate_traced(data, _trace(data, document, pieces, options), report, options), of_text=True)


def _groups(document: Document) -> Iterator[list[Block]]:
    """Yield the blocks one by one, rows of one table together; text that no block holds becomes a paragraph."""
    rows: list[Block] = []
    for block in _all_blocks(document):
        if rows and (block.kind != "table_row" or len(block.cells) != len(rows[-1].cells)):
            yield rows
            rows = []
        if block.kind == "table_row":
            rows.append(block)
        else:
            yield [block]
    if rows:
        yield rows


def _all_blocks(document: Document) -> Iterator[Block]:
    position = 0
    for block in sorted(document.blocks, key=lambda block: block.start):
        if document.text[position : block.start].strip():
            yield Block(kind="paragraph", start=position, end=block.start, anchor="")
        if block.end > position:
            yield block if block.start >= position else Block(kind="paragraph", start=position, end=block.end, anchor="")
            position = block.end
    if document.text[position:].strip():
        yield Block(kind="paragraph", start=position, end=len(document.text), anchor="")


def _paragraph(word: WordDocument, document: Document, block: Block) -> Iterator[_Piece]:
    piece = _piece(document.text, block.start, block.end)
    if piece.text:
        style = {"title": "Title", "heading": f"Heading {min(max(block.level, 1), 3)}"}.get(block.kind, "Normal")
        word.paragraph(piece.text, style=style, bold="bold" in block.emphasis)
        yield piece


def _table(word: WordDocument, document: Document, rows: list[Block]) -> Iterator[_Piece]:
    grid = [[_piece(document.text, start, end) for start, end in row.cells] for row in rows]
    width = _PAGE_WIDTH / len(grid[0])
    heads = len(grid) > 1
    columns = tuple(Column(title=piece.text, width=width) for piece in grid[0])
    word.table(Grid(columns=columns, rows=tuple(tuple(piece.text for piece in row) for row in grid[heads:])), heads=heads)
    yield from (piece for row in grid for piece in row if piece.text)


def _piece(text: str, start: int, end: int) -> _Piece:
    """Return a range as one line: its white space as single spaces, none between Chinese characters of two lines."""
    chars: list[str] = []
    places: list[int] = []
    gap = ""
    for index in range(start, end):
        char = text[index]
        if char.isspace():
            gap += char
        elif safe(char) == char:
            if chars and gap and not ("\n" in gap and _CJK.match(chars[-1]) and _CJK.match(char)):
                chars.append(" ")
                places.append(index - 1)
            gap = ""
            chars.append(char)
            places.append(index)
    return _Piece("".join(chars), tuple(places))


def _trace(data: bytes, document: Document, pieces: list[_Piece], options: Options) -> Trace:
    """Return where each character of the document stands in the DOCX that was just written."""
    package = open_package(data, options.settings, verbatim=True)
    elements = [element for element in package.document.iter(T) if element.text]
    segments = [segment for piece, element in zip(pieces, elements, strict=True) for segment in _segments(piece, element)]
    return Trace(package=package, text=document.text, segments=tuple(sorted(segments, key=lambda segment: segment.start)))


def _segments(piece: _Piece, element: object) -> Iterator[Segment]:
    begin = 0
    for offset in range(1, len(piece.places) + 1):
        if offset == len(piece.places) or piece.places[offset] != piece.places[offset - 1] + 1:
            yield Segment(piece.places[begin], piece.places[offset - 1] + 1, element, begin)  # type: ignore[arg-type]
            begin = offset
