"""The way back from the text of a DOCX to its XML: which element holds each character.

The text differs from what stands in the elements by its white space (line breaks joined or split, ends stripped,
cells joined) and by automatic numbers, which are in no element. Everything else comes in the same order, so that
the visible characters of a block and of its elements pair off one to one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from clausescan.readers.docx_story import Draft, Pieces
from clausescan.readers.ooxml import Element, WordPackage

_END = attrgetter("end")
_Character = tuple[str, Element, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters [start, end) of the text stand in `element`, from its character `offset` on."""

    start: int
    end: int
    element: Element
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The main part of a DOCX, parsed to be written back, and the elements of its text.

    `segments` are in the order of the text and leave out white space and automatic numbers; their elements may stand
    in other parts (notes, headers). `main` is the name of the main part in the container.
    """

    package: WordPackage
    text: str
    segments: tuple[Segment, ...]

    def segments_of(self, start: int, end: int) -> list[Segment]:
        """Return the parts of [start, end) that stand in elements, each cut to the range."""
        index = bisect_right(self.segments, start, key=_END)
        found = []
        while index < len(self.segments) and self.segments[index].start < end:
            segment = self.segments[index]
            low, high = max(segment.start, start), min(segment.end, end)
            found.append(Segment(low, high, segment.element, segment.offset + low - segment.start))
            index += 1
        return found

    def line_of(self, start: int) -> list[Segment]:
        """Return all segments of the line of the text on which `start` stands, else those of the next line that has some."""
        while start < len(self.text):
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            found = self.segments_of(self.text.rfind("\n", 0, start) + 1, end)
            if found:
                return found
            start = end + 1
        return []


def traced(package: WordPackage, drafts: Sequence[Draft]) -> Trace:
    """Return the trace of drafts that were read with `Shared.traced`."""
    # the lines of one paragraph share its pieces and take their characters one line after the other
    left: dict[int, Iterator[_Character]] = {}
    segments: list[Segment] = []
    start = 0
    for draft in drafts:
        segments.extend(_segments(draft, start, left))
        start += len(draft.text) + 1
    return Trace(package=package, text="\n".join(draft.text for draft in drafts), segments=tuple(segments))


def _segments(draft: Draft, start: int, left: dict[int, Iterator[_Character]]) -> Iterator[Segment]:
    """Yield the segments of a draft that begins at `start`; a row has those of its paragraphs."""
    if draft.pieces is not None:
        characters = left.setdefault(id(draft.pieces.texts), _visible(draft.pieces))
        yield from _pair(draft, start, characters)
    position = 0
    for inner in draft.within:
        position = draft.text.index(inner.text, position)
        yield from _segments(inner, start + position, left)
        position += len(inner.text)


def _visible(pieces: Pieces) -> Iterator[_Character]:
    for text, element in zip(pieces.texts, pieces.elements, strict=True):
        for offset, char in enumerate(text):
            if not char.isspace():
                yield char, element, offset


def _pair(draft: Draft, start: int, characters: Iterator[_Character]) -> Iterator[Segment]:
    """Yield the segments of a paragraph or a line of one: its visible characters, each with the next one of the elements."""
    spots = [index for index, char in enumerate(draft.text) if not char.isspace()][draft.added :]
    begin: tuple[int, Element, int] | None = None
    last = -1
    for index, (char, element, offset) in zip(spots, characters, strict=False):
        if char != draft.text[index]:
            break
        if begin is None or element is not begin[1] or index - begin[0] != offset - begin[2]:
            if begin is not None:
                yield Segment(start + begin[0], start + last, begin[1], begin[2])
            begin = (index, element, offset)
        last = index + 1
    if begin is not None:
        yield Segment(start + begin[0], start + last, begin[1], begin[2])
