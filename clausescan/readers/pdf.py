"""PDF: bytes to a Document whose every substring has a page and boxes.

    >>> document = read(data, name="terms.pdf", settings=Settings())       # doctest: +SKIP
    >>> document.text[120:138], document.boxes(120, 138)[0].page          # doctest: +SKIP
    ('甲方有权永久使用乙方的肖像及面部特征', 2)

The text is the blocks in reading order, one per line; running headers, footers and page numbers stand once each at
the end. Characters and boxes come from PDFium (`pdf_glyphs`), reading order from `pdf_layout`, paragraphs from
`pdf_blocks`. pdfplumber finds the cells of ruled tables and reads again, in a process of its own, what PDFium can't
(`pdf_plumber`). Boxes are in points from the top left corner of the visible page (crop box) before /Rotate.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from clausescan.errors import ReadError, problem
from clausescan.readers import ocr, pdf_guard
from clausescan.readers import pdf_words as words
from clausescan.readers.attachments import Attachment, with_attachments
from clausescan.readers.beside import sentence
from clausescan.readers.garble import garbled_share
from clausescan.readers.pdf_blocks import Builder, Draft, body_of, emphasis, settle_right_edges, with_next
from clausescan.readers.pdf_glyphs import Bounds, Glyphs, Indexes, Marks, Note, Styles, attachment_of, quarters, read_page, set_frames
from clausescan.readers.pdf_layout import Element, Table, TextLine, elements
from clausescan.readers.pdf_margins import Margin, take_interruptions, take_margins, take_stamps
from clausescan.readers.pdf_plumber import second_reading
from clausescan.readers.pdf_recognised import Recognised, listed, ocr_problems, recognised_lines
from clausescan.settings import Settings
from clausescan.types import Block, BlockKind, Coverage, Document, Line, Origin, Page, Problem

MEDIA_TYPE = "application/pdf"
_GARBLED_SHARE = 0.05
_GARBLED_PAGE = 0.3
_MAX_FILES = 200
_PICTURE = (0.08, 0.8)  # shares of a page
_MAX_SECOND = 20
# (is a field, is printed on the page): name in the anchor, kind, origin
_NOTE_KINDS: dict[tuple[bool, bool], tuple[str, BlockKind, Origin]] = {
    (True, True): ("field", "form_field", "body"),
    (False, True): ("annotation", "text_box", "annotation"),
    (False, False): ("annotation", "paragraph", "annotation"),
}
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class _Source:
    """The pages that could be read and what happened on the way."""

    pages: list[Glyphs] = field(default_factory=list)
    count: int = 0
    title: str | None = None
    problems: list[Problem] = field(default_factory=list)
    recognised: dict[int, Recognised] = field(default_factory=dict)
    files: list[Attachment] = field(default_factory=list)


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a PDF; `language` is None.

    Raises ReadError when nothing can be read: empty, protected by a password (R008) or damaged (R007). Pages without
    text, garbled text, missing pages and limits are problems of the Document.
    """
    if not data:
        raise ReadError(problem("R004_empty"))
    pdf_guard.check(data)
    source = _load(data, settings)
    _ask_again(source, data)
    _recognise(source, data, settings)
    _settle_slanted(source)
    files = source.files + [file for glyphs in source.pages for file in glyphs.files]
    document = _assemble(source, data, name)
    return with_attachments(document, files, settings, lenient=True) if files else document


def read_pages(pages: Sequence[dict[str, Any]], data: bytes, *, name: str, media_type: str) -> Document:
    """Return the Document of pages that `ocr` recognised in a picture."""
    source = _Source(count=len(pages))
    for page in pages:
        source.pages.append(_plumber_glyphs(page))
        source.recognised[page["number"]] = Recognised.of(page)
    return replace(_assemble(source, data, name), media_type=media_type)


# Loading.


def _load(data: bytes, settings: Settings) -> _Source:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise ReadError(problem("R008_encrypted")) from error
        return _load_with_plumber(data, settings, str(error))
    with closing(document):
        source = _load_pages(document, settings)
        has_fields = any(note.field for glyphs in source.pages for note in glyphs.notes)
        source.problems += _container_problems(document, data, has_fields=has_fields)
        count = min(raw.FPDFDoc_GetAttachmentCount(document), _MAX_FILES)
        source.files = [attachment_of(raw.FPDFDoc_GetAttachment(document, index)) for index in range(count)]
    return source


def _partly(detail: str, detail_zh: str) -> Problem:
    return problem("R025_truncated", detail=(detail, detail_zh))


def _first_pages(read: int, count: int) -> Problem:
    return _partly(f"the first {read} of {count} pages", f"{count} 页中的前 {read} 页")


def _load_pages(document: pdfium.PdfDocument, settings: Settings) -> _Source:
    if document.get_formtype() != raw.FORMTYPE_NONE:
        document.init_forms()
    source = _Source(count=len(document), title=document.get_metadata_value("Title").strip() or None)
    room = settings.max_characters
    failed: list[int] = []
    for index in range(min(source.count, settings.max_pages)):
        if room <= 0:
            source.problems.append(_first_pages(index, source.count))
            break
        try:
            source.pages.append(read_page(document, index, room))
        except pdfium.PdfiumError:
            failed.append(index + 1)
            continue
        room -= len(source.pages[-1].text)
    if not source.pages:
        raise ReadError(problem("R007_damaged", detail=("no page can be loaded", "没有可以加载的页面")))
    if cut := [glyphs.number for glyphs in source.pages if glyphs.cut]:
        source.problems.append(_partly(f"a text on pages {listed(cut)} is too long", f"第 {listed(cut)} 页有过长的文字"))
    if failed:
        source.problems.append(_partly(f"pages {listed(failed)} cannot be loaded", f"第 {listed(failed)} 页无法加载"))
    if source.count > settings.max_pages:
        source.problems.append(_first_pages(settings.max_pages, source.count))
    return source


def _container_problems(document: pdfium.PdfDocument, data: bytes, *, has_fields: bool) -> Iterator[Problem]:
    if b"%%EOF" not in data[-4096:] and b"startxref" not in data[-4096:]:
        yield _partly("the end of the file is missing", "文件缺少末尾")
    form = document.get_formtype()
    if form == raw.FORMTYPE_XFA_FULL or (form == raw.FORMTYPE_XFA_FOREGROUND and not has_fields):
        yield _partly("a form whose text is made by a viewer (XFA)", "文字由阅读器生成的表单（XFA）")


def _load_with_plumber(data: bytes, settings: Settings, detail: str) -> _Source:
    pages = [_plumber_glyphs(page) for page in second_reading(data, None, settings.max_pages)]
    if not any(page.characters for page in pages):
        raise ReadError(problem("R007_damaged", detail=detail))
    return _Source(pages, len(pages), None, [problem("R039_second_reader", detail=detail)])


def _plumber_glyphs(page: dict[str, Any]) -> Glyphs:
    """Return the page that the second reader sends as if PDFium had read it."""
    # A ligature of several letters keeps its first box for all of them.
    text = "".join(page["text"])
    owner = np.repeat(np.arange(len(page["text"])), [len(piece) for piece in page["text"]])
    # PDFium's floats, so that both readers round alike.
    boxes = np.array(page["boxes"], dtype=np.float32).reshape(-1, 4).astype(np.float64)
    left, top, right, bottom = boxes[owner].T
    bounds: Bounds = tuple(page.get("bounds", (0.0, 0.0, page["width"], page["height"])))
    glyphs = Glyphs(page["number"], bounds, page["rotation"], text, [], Marks(texts=1), [])

    angles, sizes, bold = quarters(np.array(page["angles"], dtype=np.float64)), np.array(page["sizes"]), np.array(page["bold"])

    def styles_of(indexes: Indexes) -> Styles:
        chars = owner[indexes]
        return Styles(angles[chars], left[indexes], bottom[indexes], sizes[chars], bold[chars], np.zeros(len(chars), dtype=np.bool_))

    set_frames(glyphs, (left, top, right, bottom), styles_of)
    glyphs.unreadable = text.count("\ufffd")
    return glyphs


def _ask_again(source: _Source, data: bytes) -> None:
    """Let the second reader try pages whose text objects gave PDFium no text or nonsense."""
    doubtful = [glyphs.number for glyphs in source.pages if _is_garbled(glyphs) or (glyphs.marks.texts and not glyphs.characters)]
    if not doubtful:
        return
    second = {page["number"]: page for page in second_reading(data, doubtful[:_MAX_SECOND], _MAX_SECOND)}
    for index, glyphs in enumerate(source.pages):
        if glyphs.number not in second or glyphs.number not in doubtful:
            continue
        other = _plumber_glyphs(second[glyphs.number])
        if other.characters - other.unreadable > 1.2 * (glyphs.characters - glyphs.unreadable) + 5:
            other.marks, other.notes, other.rotation = glyphs.marks, glyphs.notes, glyphs.rotation
            source.pages[index] = other
            source.problems.append(problem("R026_text_differs", where=f"page {glyphs.number}", page=glyphs.number))


def _is_garbled(glyphs: Glyphs) -> bool:
    return glyphs.unreadable > max(5, _GARBLED_PAGE * glyphs.characters)


def _recognise(source: _Source, data: bytes, settings: Settings) -> None:
    """Let OCR, when it is installed, read the pages that show something but gave no text or nonsense."""
    if not settings.ocr or not ocr.is_available():
        return
    nonsense = {glyphs.number for glyphs in source.pages if _is_garbled(glyphs) or garbled_share(glyphs.text) > _GARBLED_PAGE}
    blind = [glyphs for glyphs in source.pages if _is_blind(glyphs) or glyphs.number in nonsense][: settings.max_ocr_pages]
    if not blind:
        return
    wishes = [{"number": glyphs.number, "rotation": glyphs.rotation, "bounds": glyphs.bounds} for glyphs in blind]
    found = {page["number"]: page for page in ocr.recognise_pages(data, wishes)}
    for index, glyphs in enumerate(source.pages):
        page = found.get(glyphs.number)
        if page is None or len(page["text"]) <= (0 if glyphs.number in nonsense else glyphs.characters):
            continue
        other = _plumber_glyphs(page)
        other.marks, other.notes, other.rotation = Marks(edges=glyphs.marks.edges), glyphs.notes, glyphs.rotation
        source.pages[index] = other
        source.recognised[glyphs.number] = Recognised.of(page)


def _settle_slanted(source: _Source) -> None:
    """Say where text stands slanted; a sentence there, each once, stands beside the text, the rest is left out."""
    seen: set[str] = set()
    for glyphs in source.pages:
        said = sentence(glyphs.slanted)
        if said and said not in seen:
            seen.add(said)
            glyphs.notes.append(Note(said, glyphs.bounds, field=False, printed=True))
    count = sum(glyphs.angled for glyphs in source.pages)
    if count:
        pages = [glyphs.number for glyphs in source.pages if glyphs.angled]
        source.problems.append(problem("R038_slanted_text", count=count, pages=listed(pages)))


# Assembling.


def _assemble(source: _Source, data: bytes, name: str) -> Document:
    pages = source.pages
    margins = take_margins(pages)
    flows = [_flow(glyphs) for glyphs in pages]
    lines = [element for flow in flows for element in flow if isinstance(element, TextLine)]
    body = body_of(lines)
    stamps = take_stamps(pages, body.size)
    if any(stamps):
        flows = [_flow(glyphs) for glyphs in pages]
        lines = [element for flow in flows for element in flow if isinstance(element, TextLine)]
    settle_right_edges(lines)
    interruptions = take_interruptions(flows)
    builder = Builder(body)
    for glyphs, flow in zip(pages, flows, strict=True):
        builder.add_page(flow, _aside(glyphs))
    drafts = builder.finish()
    writer = _Writer(pages, lines)
    for draft in drafts:
        writer.add(draft)
    writer.end_body()
    for margin in [one for group in (*margins, *stamps, interruptions) for one in group]:
        writer.add_margin(margin)
    return _document(source, writer, builder, data, name)


def _flow(glyphs: Glyphs) -> list[Element]:
    return elements(glyphs.frames[0], glyphs, glyphs.frames[0].runs) if glyphs.frames else []


def _aside(glyphs: Glyphs) -> list[Draft]:
    """Return what does not belong to the flow of a page: text in another direction, field values, annotations."""
    drafts: list[Draft] = []
    for frame in glyphs.frames[1:]:
        for element in elements(frame, glyphs, frame.runs):
            if isinstance(element, Table):
                drafts += [Draft("table_row", glyphs.number, cells=[cell.lines for cell in row]) for row in element.rows]
            elif drafts and drafts[-1].lines and _goes_on(drafts[-1].lines[-1], element):
                drafts[-1].lines.append(element)
            else:
                drafts.append(Draft("text_box", glyphs.number, [element]))
    return drafts + [_note_draft(glyphs, note, index) for index, note in enumerate(glyphs.notes, 1)]


def _goes_on(last: TextLine, line: TextLine) -> bool:
    return last.angle == line.angle and not words.ends_sentence(last.text)


def _note_draft(glyphs: Glyphs, note: Note, index: int) -> Draft:
    """Return the block of a form field or annotation; its characters are spread evenly over its rectangle."""
    left, bottom, right, top = note.bounds
    step = (right - left) / len(note.text)
    line = TextLine(
        text=note.text,
        edges=[left + step * place for place in range(len(note.text) + 1)],
        u0=left,
        u1=right,
        v0=-top,
        v1=-bottom,
        base=-bottom,
        size=top - bottom,
        page=glyphs.number,
        angle=0,
        bold_first=False,
        bold_last=False,
        bold=False,
        hidden=False,
    )
    name, kind, origin = _NOTE_KINDS[note.field, note.printed]
    return Draft(kind, glyphs.number, [line], origin=origin, anchor=f"page[{glyphs.number}]/{name}[{index}]")


class _Writer:
    """Writes drafts into one text and keeps blocks, lines and pages in step with it."""

    def __init__(self, pages: Sequence[Glyphs], source: Sequence[TextLine]) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.blocks: list[Block] = []
        self.lines: list[Line] = []
        self.starts: dict[int, int] = {}
        self.body_end = 0
        self._pages = {glyphs.number: glyphs for glyphs in pages}
        self._source = source
        self._written: dict[int, tuple[int, int]] = {}
        self._numbers: dict[int, int] = {}
        self._margins: set[str] = set()

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        # Asked for only where a line ends with a hyphen.
        return words.vocabulary([line.text for line in self._source])

    def add(self, draft: Draft) -> None:
        """Write a block; rows of a table cell by cell."""
        start = self._begin()
        cells: list[tuple[int, int]] = []
        if draft.kind == "table_row":
            for index, lines in enumerate(draft.cells):
                if index:
                    self._put(" | ")
                cell_start = self.length
                self._put_lines(lines)
                cells.append((cell_start, self.length))
        else:
            self._put_lines(draft.lines)
        lines = draft.lines or [line for group in draft.cells for line in group]
        self._written[id(draft)] = (start, self.length)
        header = self._written.get(id(draft.header)) if draft.header is not None else None
        self.blocks.append(
            Block(
                kind=draft.kind,
                start=start,
                end=self.length,
                anchor=draft.anchor,
                level=draft.level,
                origin=draft.origin,
                emphasis=emphasis(lines),
                cells=tuple(cells),
                header=header,
            )
        )

    def end_body(self) -> None:
        """Remember where the running text ends; what follows stands beside it."""
        self.body_end = self.length

    def add_margin(self, margin: Margin) -> None:
        """Write a running header or footer, once for all pages."""
        key = _DIGITS.sub("#", "".join(margin.line.text.split()))
        if key and key not in self._margins:
            self._margins.add(key)
            origin: Origin = "header" if margin.top else "footer"
            self.add(Draft("margin", margin.line.page, [margin.line], origin=origin, anchor=f"page[{margin.line.page}]/{origin}"))

    def _begin(self) -> int:
        if self.length:
            self._put("\n")
        return self.length

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _put_lines(self, lines: Sequence[TextLine]) -> None:
        for line, after in with_next(lines):
            text, edges = line.text, line.edges
            cut, mark = 0, ""
            if after is not None and text[-1:] in words.HYPHENS:
                cut, mark = words.hyphen_cut(text, after.text, self._vocabulary)
            if cut:
                text, edges = text[:-cut] + mark, edges[: len(text) - cut + 1 + len(mark)]
            elif text.endswith("\ufffe"):
                text = text[:-1] + "-"
            if after is not None and not cut and words.needs_space(text, after.text) and text[-1] not in words.HYPHENS:
                text, edges = text + " ", [*edges, edges[-1]]
            self._line(line, text, edges)

    def _line(self, line: TextLine, text: str, edges: list[float]) -> None:
        if line.page not in self.starts:
            self.starts[line.page] = self.length
        low, high, places = _stored(line, edges, self._pages[line.page].bounds)
        start, page = self.length, line.page
        number = self._numbers[page] = self._numbers.get(page, 0) + 1
        self._put(text)
        self.lines.append(Line(start=start, end=self.length, page=page, number=number, low=low, high=high, edges=places, angle=line.angle))


def _stored(line: TextLine, edges: Sequence[float], bounds: Bounds) -> tuple[float, float, tuple[float, ...]]:
    """Return low, high and edges on the stored page, from its top left corner, of a line given in its frame."""
    x0, top = bounds[0], bounds[3]
    if line.angle == 0:
        return top + line.v0, top + line.v1, tuple(edges) if x0 == 0 else tuple([edge - x0 for edge in edges])
    if line.angle == 90:
        return -line.v1 - x0, -line.v0 - x0, tuple([top + edge for edge in edges])
    if line.angle == 180:
        return top - line.v1, top - line.v0, tuple([-edge - x0 for edge in edges])
    return line.v0 - x0, line.v1 - x0, tuple([top - edge for edge in edges])


def _document(source: _Source, writer: _Writer, builder: Builder, data: bytes, name: str) -> Document:
    text = writer.text
    total = sum(glyphs.characters for glyphs in source.pages)
    # a character without a meaning may stand outside those that are counted
    unreadable = min(1.0, sum(glyphs.unreadable for glyphs in source.pages) / total) if total else 0.0
    blind = [glyphs.number for glyphs in source.pages if _is_blind(glyphs) and glyphs.number not in source.recognised]
    kinds = [(block.kind, block.origin) for block in writer.blocks]
    hidden = sum(origin == "hidden" for _, origin in kinds)
    problems = [*source.problems, *_text_problems(text, unreadable, blind, hidden), *ocr_problems(source.recognised, total)]
    pictured = [glyphs.number for glyphs in source.pages if _is_pictured(glyphs) and glyphs.number not in (*blind, *source.recognised)]
    if pictured:
        problems.append(problem("R055_pictures", count=len(pictured), places=_pages_named(pictured)))
    coverage = Coverage(
        characters=len(text),
        pages=source.count,
        pages_without_text=tuple(blind),
        tables=builder.tables,
        footnotes=sum(kind == "footnote" for kind, _ in kinds),
        text_boxes=sum(kind == "text_box" for kind, _ in kinds),
        form_fields=sum(kind == "form_field" for kind, _ in kinds),
        annotations=sum(origin == "annotation" for _, origin in kinds),
        hidden_blocks=hidden,
        unreadable_share=round(unreadable, 4),
    )
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=MEDIA_TYPE,
        text=text,
        title=_title(text, writer.blocks, source.title),
        blocks=tuple(writer.blocks),
        pages=tuple(_pages(source.pages, writer, source.recognised)),
        lines=tuple(recognised_lines(writer.lines, source.recognised)),
        problems=tuple(problems),
        coverage=coverage,
    )


def _text_problems(text: str, unreadable: float, blind: list[int], hidden: int) -> Iterator[Problem]:
    if not text.strip():
        yield problem("R020_no_text")
    elif blind:
        yield problem("R021_pages_without_text", pages=listed(blind))
    if unreadable > _GARBLED_SHARE:
        yield problem("R022_garbled", share=f"{unreadable:.0%}")
    if hidden:
        yield problem("R032_hidden_text", count=hidden)


def _is_blind(glyphs: Glyphs) -> bool:
    """Return True when the page shows something that was not read: a scan, outlines instead of letters, nonsense."""
    if _is_garbled(glyphs):
        return True
    count = sum(run.end - run.start for frame in glyphs.frames for run in frame.runs)
    if count == 0:
        return glyphs.marks.images > 0 or glyphs.marks.paths > 10 or glyphs.marks.texts > 0
    return count < 30 and glyphs.marks.image_share > 0.4


def _is_pictured(glyphs: Glyphs) -> bool:
    """Return True when a picture takes a part of the page that may hold a paragraph; one that takes all of it lies behind the text."""
    return glyphs.marks.images > 0 and _PICTURE[0] <= glyphs.marks.image_share <= _PICTURE[1]


def _pages_named(pages: list[int]) -> tuple[str, str]:
    return f"pages {listed(pages)}", f"第 {listed(pages)} 页"


def _title(text: str, blocks: Sequence[Block], stored: str | None) -> str | None:
    for block in blocks[:8]:
        if block.kind == "heading" and block.level == 1:
            return text[block.start : block.end]
    return stored


def _pages(pages: Sequence[Glyphs], writer: _Writer, recognised: Mapping[int, Recognised]) -> Iterator[Page]:
    """Yield each page with its range of the running text; a page without any has an empty range."""
    after = writer.body_end
    ranges: dict[int, tuple[int, int]] = {}
    for glyphs in reversed(pages):
        start = min(writer.starts.get(glyphs.number, after), after)
        ranges[glyphs.number] = (start, after)
        after = start
    for glyphs in pages:
        left, bottom, right, top = glyphs.bounds
        start, end = ranges[glyphs.number]
        read = recognised.get(glyphs.number)
        yield Page(
            number=glyphs.number,
            start=start,
            end=end,
            width=right - left,
            height=top - bottom,
            rotation=glyphs.rotation,
            ocr_confidence=round(read.confidence, 4) if read else None,
        )
