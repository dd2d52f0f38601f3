"""Puts the two ends of a comment, or a tracked change, around words of a Word document, and nothing else around them.

Runs are cut at the ends of the words; both halves keep the formatting. What must stay whole (a content control of
plain text, a formula, ruby, a drawing, a field that ticks a box) is taken as a whole. Words that Word allows no
comment in (footnotes, text boxes, headers) are anchored on the mark in the body that leads to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from clausescan.readers.docx_story import ALTERNATE, BOX, DEL_TEXT, FIELD, FORMULAS, SDT, P, R, T, is_plain_control
from clausescan.readers.docx_trace import Segment, Trace
from clausescan.readers.ooxml import Element, W

RANGE_START, RANGE_END, REFERENCE = f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}commentReference"
_RPR, _PPR, _TEXT = f"{W}rPr", f"{W}pPr", (T, DEL_TEXT)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WHOLE = frozenset((R, ALTERNATE, *FORMULAS))
_NOTES = {f"{W}footnotes": "footnoteReference", f"{W}endnotes": "endnoteReference"}

Spot = Literal["words", "whole", "note", "box", "margin", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The first and the last element of a range, both inside; `spot` tells whether these are the words themselves."""

    first: Element
    last: Element
    spot: Spot


class Anchors:
    """Finds and cuts out ranges of the text in the main part of a Word document."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._root = trace.package.document
        self._body = self._root.find(f"{W}body")
        # a text that has been cut: where each part begins in the whole, and its element
        self._parts: dict[Element, list[tuple[int, Element]]] = {}
        ids = (element.get(f"{W}id", "") for element in self._root.iter(etree.Element))
        self._numbers = max((int(value) for value in ids if value.isdigit()), default=0)

    def next_id(self) -> str:
        """Return an id that no mark of the main part has."""
        self._numbers += 1
        return str(self._numbers)

    def range_of(self, start: int, end: int) -> Range | None:
        """Return the elements of [start, end), cut out; None when the document has nothing that a comment could stand on."""
        segments = self._trace.segments_of(start, end)
        spot: Spot = "words"
        if not segments:  # an automatic number is in no element
            segments, spot = self._trace.line_of(start)[:1], "number"
        inside = [segment for segment in segments if self._is_here(segment.element)]
        if inside:
            first, last = inside[0], inside[-1]
            return self._range(first, last, "box" if _is_boxed(first.element) else spot)
        return self._elsewhere(segments)

    def _range(self, first: Segment, last: Segment, spot: Spot) -> Range:
        # the end is cut first: when a run is cut, its second part stays the same element
        end = self._last(last.element, last.offset + last.end - last.start)
        if spot == "words" and not (_can_be_cut(first.element) and _can_be_cut(last.element)):
            spot = "whole"
        return Range(first=self._first(first.element, first.offset), last=end, spot=spot)

    def runs_of(self, start: int, end: int) -> list[Element]:
        """Return the runs that hold [start, end), cut out; only those whose text is nothing but that."""
        found: dict[Element, None] = {}
        for segment in self._trace.segments_of(start, end):
            if self._is_here(segment.element) and segment.element.tag == T:
                found[self._range(segment, segment, "words").last] = None
        return [run for run in found if run.tag == R]

    def start_of_body(self) -> Range | None:
        """Return the first words of the body, or its first paragraph."""
        for segment in self._trace.segments:
            if self._is_here(segment.element) and not _is_boxed(segment.element):
                return self._range(segment, segment, "margin")
        paragraph = next(self._root.iter(P), None)
        return self._at_start(paragraph) if paragraph is not None else None

    def _at_start(self, paragraph: Element) -> Range:
        run = paragraph.makeelement(R)
        properties = paragraph.find(_PPR)
        if properties is None:
            paragraph.insert(0, run)
        else:
            properties.addnext(run)
        return Range(first=run, last=run, spot="margin")

    def _is_here(self, element: Element) -> bool:
        return self._body is not None and any(ancestor is self._body for ancestor in element.iterancestors())

    def _elsewhere(self, segments: Sequence[Segment]) -> Range | None:
        """Return the mark in the body that leads to a note; the start of the body for headers and footers."""
        for segment in segments[:1]:
            for ancestor in segment.element.iterancestors():
                parent = ancestor.getparent()
                if parent is not None and parent.tag in _NOTES:
                    note_id = ancestor.get(f"{W}id")
                    marks = (mark for mark in self._root.iter(f"{W}{_NOTES[parent.tag]}") if mark.get(f"{W}id") == note_id)
                    mark = next(marks, None)
                    if mark is not None:
                        return self._range(Segment(0, 1, mark, 0), Segment(0, 1, mark, 0), "note")
        return self.start_of_body()

    # ---- the ends of a range

    def _first(self, element: Element, offset: int) -> Element:
        """Return the element that begins with character `offset` of `element`, cut off from what stands before."""
        if not _can_be_cut(element):
            return _host(element)
        return self._run_from(self._part_from(element, offset))

    def _last(self, element: Element, end: int) -> Element:
        """Return the element that ends before character `end` of `element`, cut off from what stands behind."""
        if element.tag == FIELD:
            return _end_of_field(element)
        if not _can_be_cut(element):
            return _host(element)
        part = self._part_until(element, end)
        behind = part.getnext()
        if behind is not None:
            self._run_from(behind)
        run = part.getparent()
        return run if run is not None else part

    def _part_from(self, element: Element, offset: int) -> Element:
        if element.tag not in _TEXT or len(element):  # a w:t that an XML comment splits stays whole
            return element
        parts = self._parts.setdefault(element, [(0, element)])
        index = max(i for i, (start, _) in enumerate(parts) if start <= offset)
        start, part = parts[index]
        text = part.text or ""
        if offset == start:
            return part
        rest = part.makeelement(part.tag)
        part.text, rest.text = text[: offset - start], text[offset - start :]
        for half in (part, rest):
            half.set(_SPACE, "preserve")
        part.addnext(rest)
        parts.insert(index + 1, (offset, rest))
        return rest

    def _part_until(self, element: Element, end: int) -> Element:
        if element.tag not in _TEXT or len(element):
            return element
        parts = self._parts.setdefault(element, [(0, element)])
        last = parts[-1]
        if end < last[0] + len(last[1].text or ""):
            self._part_from(element, end)
        return next(part for start, part in reversed(parts) if start < end)

    def _run_from(self, child: Element) -> Element:
        """Return the run that begins with `child`; what stood before it in the same run gets a run of its own."""
        run = child.getparent()
        if run is None:
            return child
        before = [other for other in child.itersiblings(preceding=True) if other.tag != _RPR][::-1]
        if before:
            head = run.makeelement(run.tag, {str(name): str(value) for name, value in run.attrib.items()})
            look = run.find(_RPR)
            if look is not None:
                head.append(self._copied(look))
            head.extend(before)
            run.addprevious(head)
        return run

    def _copied(self, look: Element) -> Element:
        copy = deepcopy(look)
        for change in copy.iter(f"{W}rPrChange", f"{W}ins", f"{W}del"):
            if change.get(f"{W}id") is not None:
                change.set(f"{W}id", self.next_id())
        return copy


def _is_boxed(element: Element) -> bool:
    return any(ancestor.tag == BOX for ancestor in element.iterancestors())


def _host(element: Element) -> Element:
    """Return what in the paragraph of the body holds `element` and must stay whole: its run, or what stands around that."""
    above = [element, *element.iterancestors()]
    outermost = max((index for index, ancestor in enumerate(above) if ancestor.tag == P), default=len(above))
    for ancestor in reversed(above[:outermost]):
        if ancestor.tag in _WHOLE or (ancestor.tag == SDT and is_plain_control(ancestor)):
            return ancestor
    return element


def _can_be_cut(element: Element) -> bool:
    """Return whether the run of `element` may be cut before and behind it."""
    host = _host(element)
    return host.tag == R and host is element.getparent()


def _end_of_field(mark: Element) -> Element:
    """Return the run with the end of the field that `mark` begins; the run of the mark when there is none."""
    host = mark.getparent()
    run = host if host is not None else mark
    depth = 0
    for other in _following(run):
        for turn in other.iter(FIELD):
            kind = turn.get(f"{W}fldCharType")
            depth += (kind == "begin") - (kind == "end")
        if depth == 0:
            return other
    return run


def _following(run: Element) -> Iterator[Element]:
    yield run
    yield from run.itersiblings(R)


def mark_range(span: Range, comment_id: str, reference: Element) -> None:
    """Put the ends of a comment around the range and its reference behind it, outside tracked changes, links and controls."""
    start, end = span.first.makeelement(RANGE_START), span.last.makeelement(RANGE_END)
    for mark in (start, end):
        mark.set(f"{W}id", comment_id)
    span.first.addprevious(start)
    put_behind(span.last, end)
    top = end
    parent = top.getparent()
    while parent is not None and parent.tag != P:
        top, parent = parent, parent.getparent()
    put_behind(top, reference)


def put_behind(element: Element, new: Element) -> None:
    """Insert `new` behind `element` and the marks of other comments there, so that comments stay in their order."""
    behind = element.getnext()
    while behind is not None and (behind.tag == RANGE_END or (behind.tag == R and behind.find(REFERENCE) is not None)):
        element, behind = behind, behind.getnext()
    element.addnext(new)
