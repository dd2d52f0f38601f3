"""Highlights with notes on the evidence, and an outline entry for each finding, in the PDF itself.

A finding has one highlight on each page that its clause touches, with a quadrilateral on every printed line of every
piece of evidence; evidence that stands elsewhere (a definition) has a highlight with a short note of its own. Pages
keep their content streams; only their lists of annotations grow. Boxes come from the reader: points from the top left
corner of the crop box before /Rotate, so that rotated pages need no further care.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from clausescan.annotate.marks import Mark, document_mark, marks
from clausescan.annotate.options import AUTHOR, Annotated, Options
from clausescan.errors import ReadError, problem
from clausescan.readers.pdf_glyphs import OWN_NOTE
from clausescan.report.wrap import safe
from clausescan.types import Box, Document, Grade, Problem, Report

MEDIA_TYPE = "application/pdf"
# red, green, blue of a highlight; they multiply with the page, so that text under them stays black
_COLOURS: dict[Grade, tuple[float, float, float]] = {"candidate": (1.0, 0.78, 0.35), "review": (1.0, 0.95, 0.45), "none": (0.8, 0.9, 1.0)}
_PRINTED = 4  # flag of an annotation: shown on paper too
_POPUP = (240.0, 160.0)
_ICON, _ICON_GAP = 18.0, 10.0
_MORE = ("(continued)", "（续）")
_OUTLINE = ("clausescan: clauses to review", "clausescan：待复核条款")
Rectangle = tuple[float, float, float, float]


def annotate(data: bytes, report: Report, options: Options) -> Annotated:
    """Return the PDF in `data` with highlights and an outline for `report`, which was made from it.

    Raises ReadError: R008 when a password is needed, W003 when its owner forbids annotations, W004 when it cannot be written.
    """
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=True, suppress_warnings=True) as pdf:
            if pdf.is_encrypted and not pdf.allow.modify_annotation:
                raise ReadError(problem("W003_no_annotations"))
            return _annotate(pdf, report, options)
    except pikepdf.PasswordError as error:
        raise ReadError(problem("R008_encrypted")) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:  # what a broken structure raises
        raise ReadError(problem("W004_damaged_pdf", detail=f"{type(error).__name__}: {error}"[:200])) from error


def _annotate(pdf: Pdf, report: Report, options: Options) -> Annotated:
    writer = _Writer(pdf, options)
    writer.add_icon(document_mark(report, options.language), page=1)
    entries = []
    for sheet in sheets_of(report, options):
        if sheet.boxes:
            writer.add_highlight(sheet)
        else:
            writer.add_icon(sheet.mark, page=sheet.page)
        if sheet.first:
            entries.append(sheet)
    if entries:
        _add_outline(pdf, [(writer.destination(sheet), sheet.mark.title) for sheet in entries], _OUTLINE[options.language == "zh"])
    problems: list[Problem] = [problem("W001_signed")] if _is_signed(pdf) else []
    return Annotated(data=_saved(pdf), media_type=MEDIA_TYPE, findings=len(report.findings), problems=tuple(problems))


def _saved(pdf: Pdf) -> bytes:
    """Return the PDF with its streams as they are, so that contents, fonts and pictures can be compared; encrypted as it was."""
    out = io.BytesIO()
    if pdf.is_encrypted:
        pdf.save(out, compress_streams=False, fix_metadata_version=False, encryption=True)
    else:
        keep = pikepdf.StreamDecodeLevel.none
        pdf.save(out, compress_streams=False, stream_decode_level=keep, fix_metadata_version=False, deterministic_id=True)
    return out.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One highlight: its boxes on one page, the words in each, and what its note says. `first`: the first one of a finding."""

    mark: Mark
    page: int
    boxes: tuple[Box, ...]
    words: tuple[str, ...]
    text: str
    first: bool


def sheets_of(report: Report, options: Options) -> Iterator[Sheet]:
    """Yield the highlights for a report: those of one clause on one page as one, evidence from elsewhere by itself.

    A finding whose words have no place on a page has one without boxes.
    """
    notes = marks(report, options.language, options.anchors)
    more = _MORE[options.language == "zh"]
    for mark in (note for note in notes if note.main):
        own = [note for note in notes if note.finding is mark.finding]
        inside = [note for note in own if note is mark or _is_inside(note)]
        pieces = [piece for note in inside for piece in _pieces(report.document, note.start, note.end)]
        home = report.document.page_of(mark.start) or 1
        for count, page in enumerate(sorted({box.page for box, _ in pieces} or {home}, key=lambda page: (page != home, page))):
            yield _sheet(mark, page, pieces, f"{mark.title} {more}" if count else mark.text, first=not count)
        for note in (note for note in own if note not in inside):
            others = _pieces(report.document, note.start, note.end)
            for page in sorted({box.page for box, _ in others}):
                yield _sheet(note, page, others, note.text, first=False)


def _sheet(mark: Mark, page: int, pieces: Sequence[tuple[Box, str]], text: str, *, first: bool) -> Sheet:
    here = [(box, words) for box, words in pieces if box.page == page]
    boxes, words = tuple(box for box, _ in here), tuple(words for _, words in here)
    return Sheet(mark=mark, page=page, boxes=boxes, words=words, text=text, first=first)


def _is_inside(note: Mark) -> bool:
    place = note.finding.place if note.finding else None
    return place is not None and place.start <= note.start and note.end <= place.end


def _pieces(document: Document, start: int, end: int) -> list[tuple[Box, str]]:
    """Return the box and the words of [start, end) on each printed line."""
    found = []
    for line in document.lines_of(start, end):
        low, high = max(start, line.start), min(end, line.end)
        words = document.text[low:high]
        box = line.box(low + len(words) - len(words.lstrip()), low + len(words.rstrip()))
        if box is not None and box.x1 > box.x0 and box.bottom > box.top:
            found.append((box, words.strip()))
    return found


class _Writer:
    """Adds annotations to the pages of one PDF."""

    def __init__(self, pdf: Pdf, options: Options) -> None:
        self._pdf, self._options = pdf, options
        self._multiply = pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
        self._count = max(map(own_number, (note for page in pdf.pages for note in notes_of(page))), default=0)
        self._icons: dict[int, int] = {}

    def add_highlight(self, sheet: Sheet) -> None:
        """Add a highlight with its pop-up note."""
        page = self._pdf.pages[sheet.page - 1]
        left, _, _, top = crop_of(page)
        quads = [(left + box.x0, top - box.bottom, left + box.x1, top - box.top) for box in sheet.boxes]
        colour = _COLOURS[sheet.mark.grade if sheet.mark.main else "none"]
        area = (min(q[0] for q in quads), min(q[1] for q in quads), max(q[2] for q in quads), max(q[3] for q in quads))
        note = self._note(page, area, colour, sheet.text, Name.Highlight)
        # the corners as viewers expect them: upper left, upper right, lower left, lower right
        note.QuadPoints = Array([value for x0, y0, x1, y1 in quads for value in _rounded(x0, y1, x1, y1, x0, y0, x1, y0)])
        drawn = " ".join(f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re" for x0, y0, x1, y1 in quads)
        note.AP = Dictionary(N=self._picture(area, f"/G gs {_rgb(colour)} rg {drawn} f"))
        self._append(page, note)

    def add_icon(self, mark: Mark, *, page: int) -> None:
        """Add a note in the upper left corner of a page, for the document or for words without a place; each below the last."""
        sheet = self._pdf.pages[page - 1]
        left, _, _, top = crop_of(sheet)
        top -= self._icons.get(page, 0) * (_ICON + _ICON_GAP)
        self._icons[page] = self._icons.get(page, 0) + 1
        area = (left + _ICON_GAP, top - _ICON_GAP - _ICON, left + _ICON_GAP + _ICON, top - _ICON_GAP)
        note = self._note(sheet, area, _COLOURS["none"], mark.text, Name.Text)
        note.Name = Name.Comment
        x0, y0 = area[0] + 1, area[1] + 1
        lines = " ".join(f"{x0 + 4:.2f} {y0 + 4 + 4 * row:.2f} m {x0 + 12:.2f} {y0 + 4 + 4 * row:.2f} l" for row in range(3))
        box = f"{x0:.2f} {y0:.2f} {_ICON - 2:.2f} {_ICON - 2:.2f} re"
        note.AP = Dictionary(N=self._picture(area, f"{_rgb(_COLOURS['none'])} rg 0.3 0.4 0.6 RG 0.8 w {box} B {lines} S"))
        self._append(sheet, note)

    def destination(self, sheet: Sheet) -> Array:
        """Return the place of a highlight, a little above it."""
        page = self._pdf.pages[sheet.page - 1]
        top = crop_of(page)[3]
        return Array([page.obj, Name.XYZ, None, round(top - min((box.top for box in sheet.boxes), default=0) + 40, 2), None])

    def _note(self, page: pikepdf.Page, area: Rectangle, colour: Sequence[float], text: str, kind: Name) -> Any:
        self._count += 1
        date = _pdf_date(self._options.date)
        note = self._pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=kind, Rect=Array(_rounded(*area)), C=Array(colour), F=_PRINTED, P=page.obj, T=String(AUTHOR),
                Contents=String(safe(text)), NM=String(f"{OWN_NOTE}{self._count}"), M=String(date), CreationDate=String(date),
            )
        )  # fmt: skip
        right = crop_of(page)[2]
        window = (right, area[3] - _POPUP[1], right + _POPUP[0], area[3])
        note.Popup = self._pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Popup, Rect=Array(_rounded(*window)), Parent=note, Open=False, F=0)
        )
        return note

    def _picture(self, area: Rectangle, drawn: str) -> Any:
        stream = Stream(self._pdf, drawn.encode("ascii"))
        stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, Array(_rounded(*area))
        stream.Group = Dictionary(S=Name.Transparency)
        stream.Resources = Dictionary(ExtGState=Dictionary(G=self._multiply))
        return self._pdf.make_indirect(stream)

    def _append(self, page: pikepdf.Page, note: Any) -> None:
        # a list of its own for this page: pages may share one
        page.obj.Annots = Array([*_annotations(page), note, note.Popup])


def _annotations(page: pikepdf.Page) -> list[Any]:
    found = page.obj.get(Name.Annots)
    return list(found) if isinstance(found, Array) else []


def notes_of(page: pikepdf.Page) -> list[Any]:
    """Return the annotations of a page that are well-formed."""
    return [note for note in _annotations(page) if isinstance(note, Dictionary)]


def own_number(note: Any) -> int:
    """Return the number in the name of a note of ours, 0 for other annotations; numbers go on in the order of the notes."""
    name = str(note.get(Name.NM, ""))
    digits = name.removeprefix(OWN_NOTE)
    return int(digits) if name.startswith(OWN_NOTE) and digits.isdecimal() else 0


def crop_of(page: pikepdf.Page) -> Rectangle:
    """Return left, bottom, right, top of what a viewer shows of a page: its crop box inside its media box."""
    media, crop = (_sorted([float(value) for value in box.as_list()]) for box in (page.mediabox, page.cropbox))
    cut = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return cut if cut[0] < cut[2] and cut[1] < cut[3] else media


def _sorted(box: Sequence[float]) -> Rectangle:
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def _rounded(*values: float) -> list[float]:
    return [round(value, 2) for value in values]


def _rgb(colour: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in colour)


def _pdf_date(date: datetime) -> str:
    return date.strftime("D:%Y%m%d%H%M%SZ")


def _add_outline(pdf: Pdf, entries: Sequence[tuple[Array, str]], title: str) -> None:
    """Put one entry with the findings below it behind the outline that is there; existing entries are not rewritten."""
    root = pdf.Root.get(Name.Outlines)
    if not isinstance(root, Dictionary):
        root = pdf.make_indirect(Dictionary(Type=Name.Outlines))
        pdf.Root.Outlines = root
    group = pdf.make_indirect(Dictionary(Title=String(title), Parent=root, Dest=entries[0][0], Count=len(entries)))
    items = [pdf.make_indirect(Dictionary(Title=String(safe(text)), Parent=group, Dest=place)) for place, text in entries]
    for before, after in pairwise(items):
        before.Next, after.Prev = after, before
    group.First, group.Last = items[0], items[-1]
    last = root.get(Name.Last)
    if isinstance(last, Dictionary):
        last.Next, group.Prev = group, last
    else:
        root.First = group
    root.Last = group
    shown = root.get(Name.Count, 0)
    root.Count = int(shown) + 1 + len(items) if int(shown) >= 0 else int(shown) - 1


def _is_signed(pdf: Pdf) -> bool:
    """Return True when a signature field of the PDF holds a signature."""
    form = pdf.Root.get(Name.AcroForm)
    fields = list(form.get(Name.Fields, Array())) if isinstance(form, Dictionary) else []
    seen: set[tuple[int, int]] = set()
    while fields:
        field = fields.pop()
        if not isinstance(field, Dictionary) or (field.is_indirect and field.objgen in seen):
            continue
        seen.add(field.objgen)
        if field.get(Name.FT) == Name.Sig and Name.V in field:
            return True
        fields.extend(field.get(Name.Kids, Array()))
    return False
