"""From lines and tables in reading order to blocks: paragraphs, headings, footnotes and table rows.

A block goes on over lines, columns and pages until something says that a new one begins: the number of a provision,
a wider gap, an indent, another size, or a line that ends early after the end of a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from clausescan.readers import pdf_words as words
from clausescan.readers.pdf_layout import Cell, Element, Table, TextLine
from clausescan.types import BlockKind, Origin

_REFERENCE = re.compile(
    r"[（(].{1,4}?[)）]\s*(?:项|款|目|至|到|、|和|及|above|below)"
    r"|第.{1,4}?[条條款项項章节節]\s*(?:的|约定|规定|所|之规定|、|，|和|或|至|及|中|第|（|\()"
)
_BEFORE_REFERENCE = re.compile(
    r"(?:paragraphs?|clauses?|[Ss]ections?|[Aa]rticles?|sub-?clauses?|items?|under|in|with|of|to|by|and|or|the"
    r"|January|February|March|April|May|June|July|August|September|October|November|December|Nos?\.?|Exhibit|Schedule|Annex"
    r"|本|前述|依照|按照|根据|依据|本协议|本合同|前款|上述)$"
)
_NOTE_MARK = re.compile(r"[①-⑳*†‡※]|\[?\d{1,2}\]?[\s\u4e00-\u9fff“A-Z]|注\s?\d*[:：]")
_NO_HEADING_END = "。；，,;、"


@dataclass(slots=True)
class Draft:
    """A block in the making. A table row has `cells` (the lines of each), all other blocks have `lines`."""

    kind: BlockKind
    page: int
    lines: list[TextLine] = field(default_factory=list)
    cells: list[list[TextLine]] = field(default_factory=list)
    header: Draft | None = None
    origin: Origin = "body"
    level: int = 0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What is usual in the document: size of the text, distance of lines in sizes, weight."""

    size: float
    pitch: float
    bold: bool


def body_of(lines: Sequence[TextLine]) -> Body:
    """Return the usual size, line distance and weight, weighted by characters."""
    sizes: Counter[float] = Counter()
    bold = 0
    pitches: list[float] = []
    for line, after in with_next(lines):
        sizes[round(line.size * 2) / 2] += len(line.text)
        bold += len(line.text) if line.bold else 0
        if after is None or after.page != line.page or abs(after.size - line.size) >= 0.5:
            continue
        if 0 < after.base - line.base < 3 * line.size:
            pitches.append((after.base - line.base) / line.size)
    total = sum(sizes.values())
    # The lower quarter: lines within paragraphs, even where most paragraphs have one line.
    pitch = sorted(pitches)[len(pitches) // 4] if pitches else 1.5
    return Body(sizes.most_common(1)[0][0] if sizes else 10.5, max(pitch, 0.9), bold > 0.5 * total)


def with_next(lines: Sequence[TextLine]) -> Iterator[tuple[TextLine, TextLine | None]]:
    """Yield each line with the one after it, None at the end."""
    return zip_longest(lines, lines[1:])


def settle_right_edges(lines: Sequence[TextLine]) -> None:
    """Let pages of short lines know the right edge of the document, when nearly all lines share one."""
    rights = Counter(round(line.right / 8) for line in lines)
    if not rights:
        return
    edge, _ = rights.most_common(1)[0]
    if sum(count for one, count in rights.items() if one >= edge - 2) < 0.7 * len(lines):
        return
    common = max((line.right for line in lines if round(line.right / 8) == edge), default=0.0)
    for line in lines:
        line.right = max(line.right, common)


class Builder:
    """Collects the elements of page after page into `drafts`."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.drafts: list[Draft] = []
        self.tables = 0
        self._open: Draft | None = None
        self._waiting: list[Draft] = []
        self._table: Table | None = None
        self._head: Draft | None = None
        self._counts: Counter[int] = Counter()

    def add_page(self, elements: Sequence[Element], aside: Iterable[Draft]) -> None:
        """Add the elements of a page; `aside` (turned text, fields, annotations) follows once the open block is closed."""
        main, notes = self._without_footnotes(elements)
        for element in main:
            if isinstance(element, Table):
                self._add_table(element)
            else:
                self._add_line(element)
        self._waiting += notes
        for draft in aside:
            draft.anchor = draft.anchor or self._anchor(draft.page, "p")
            self._waiting.append(draft)

    def finish(self) -> list[Draft]:
        """Return all blocks, headings recognised."""
        self._close()
        _mark_headings(self.drafts, self.body)
        return self.drafts

    def _close(self) -> None:
        self._open = None
        self.drafts += self._waiting
        self._waiting = []

    def _add_line(self, line: TextLine) -> None:
        if self._open is None or self._begins(self._open, line):
            self._close()
            origin: Origin = "hidden" if line.hidden else "body"
            self._open = Draft("paragraph", line.page, [line], origin=origin, anchor=self._anchor(line.page, "p"))
            self.drafts.append(self._open)
        else:
            self._open.lines.append(line)
        self._table = None

    def _anchor(self, page: int, name: str) -> str:
        self._counts[page] += 1
        return f"page[{page}]/{name}[{self._counts[page]}]"

    # Where a block begins.

    def _begins(self, block: Draft, line: TextLine) -> bool:
        last = block.lines[-1]
        if line.hidden != last.hidden or abs(line.size - last.size) > 0.12 * max(line.size, last.size):
            return True
        early = _ends_early(last, line)
        if words.starts_provision(line.text) and not _is_reference(block, line, early):
            return True
        if line.page == last.page and line.angle == last.angle and last.base < line.base < last.base + 5 * last.size:
            return self._begins_below(block, line, early)
        return _begins_after_break(block, line, early)

    def _begins_below(self, block: Draft, line: TextLine, early: bool) -> bool:
        last = block.lines[-1]
        done = words.ends_sentence(last.text)
        gap = (line.base - last.base) / last.size / self._pitch(block)
        # Within a sentence the distance of lines may vary a little: another font, a raised figure.
        if gap > (1.25 if done or early else 1.6) and not (words.starts_lower(line.text) and not done and gap < 2.2):
            return True
        indent = line.u0 - last.u0
        if indent > 0.8 * line.size:
            hanging = len(block.lines) == 1 and words.starts_provision(last.text)
            if not hanging and (done or early):
                return True
        # Two paragraphs of one line each, both with the first line set in.
        if done and len(block.lines) == 1 and abs(indent) < 0.3 * line.size and 0.8 * line.size < line.u0 - line.left < 3 * line.size:
            return True
        if indent < -0.8 * line.size and len(block.lines) > 1 and (done or early):
            return True
        if not early:
            return False
        if last.bold_last != line.bold_first and (last.bold or line.bold):
            return True
        return done or _is_far_short(last, line)

    def _pitch(self, block: Draft) -> float:
        if len(block.lines) < 2:
            return self.body.pitch
        before, last = block.lines[-2:]
        pitch = (last.base - before.base) / last.size
        return max(pitch, 0.9) if before.page == last.page and 0 < pitch < 3 else self.body.pitch

    # Footnotes and tables.

    def _without_footnotes(self, elements: Sequence[Element]) -> tuple[Sequence[Element], list[Draft]]:
        """Return the elements without the small print at the foot of the page, and that as blocks."""
        start = len(elements)
        while start and self._is_small(elements[start - 1]):
            start -= 1
        lines = [element for element in elements[start:] if isinstance(element, TextLine)]
        if not lines or start == 0 or not _NOTE_MARK.match(lines[0].text):
            return elements, []
        notes: list[Draft] = []
        for line in lines:
            if notes and not _NOTE_MARK.match(line.text):
                notes[-1].lines.append(line)
            else:
                notes.append(Draft("footnote", line.page, [line], anchor=self._anchor(line.page, "footnote")))
        return elements[:start], notes

    def _is_small(self, element: Element) -> bool:
        return isinstance(element, TextLine) and element.size < 0.95 * self.body.size and not element.hidden

    def _add_table(self, table: Table) -> None:
        rows = [row for row in table.rows if row]
        goes_on = self._table is not None and _is_same_table(self._table, table)
        if not goes_on:
            self._close()
            self.tables += 1
            self._head = None
        if goes_on and rows and self._head is not None and _text(rows[0]) == _text_of(self._head.cells):
            rows = rows[1:]
        if goes_on and rows and self.drafts and _is_same_row(self.drafts[-1], rows[0]):
            _append_row(self.drafts[-1], rows[0])
            rows = rows[1:]
        self._open = None
        for index, row in enumerate(rows):
            anchor = self._anchor(table.page, f"table[{self.tables}]/row")
            draft = Draft("table_row", table.page, cells=[cell.lines for cell in row], anchor=anchor)
            if not goes_on and index == 0 and _is_header(rows):
                self._head = draft
            elif self._head is not draft:
                draft.header = self._head
            self.drafts.append(draft)
        self._table = table


def _ends_early(last: TextLine, line: TextLine) -> bool:
    """Return True when the first word of `line` would have found room on `last`: somebody ended the line on purpose."""
    room = last.right - last.u1
    if room <= 0.6 * last.size or last.text[-1:] in words.HYPHENS:
        return False
    count = words.first_word(line.text)
    need = abs(line.edges[count] - line.edges[0]) + (0.0 if words.is_cjk(line.text[0]) else 0.3 * line.size)
    return room > need + 0.6 * last.size


def _is_far_short(last: TextLine, line: TextLine) -> bool:
    """Return True when `last` leaves so much room that it can't be a wrapped line, unless `line` plainly goes on."""
    if words.starts_lower(line.text) or last.text[-1] in "，、,（(“":
        return False
    width = max(last.right - last.left, 1.0)
    return last.right - last.u1 > max(0.25 * width, 4 * last.size)


def _is_reference(block: Draft, line: TextLine, early: bool) -> bool:
    """Return True when the number at the start of `line` belongs to a sentence that `block` has not ended."""
    last = block.lines[-1]
    if early or words.ends_sentence(last.text):
        return False
    if _REFERENCE.match(line.text) or _BEFORE_REFERENCE.search(last.text):
        return not (words.starts_provision_for_sure(line.text) and last.text.endswith(("and", "or")))
    if words.starts_provision_for_sure(line.text):
        return False
    # A list whose entries begin further left or right than the text of the block.
    return len(block.lines) < 2 or abs(line.u0 - last.u0) < 0.8 * line.size or line.page != last.page


def _begins_after_break(block: Draft, line: TextLine, early: bool) -> bool:
    """Return True when the first line of a page or column does not go on with the block before."""
    last = block.lines[-1]
    if last.bold_last != line.bold_first and (last.bold or line.bold) and early:
        return True
    if not words.ends_sentence(last.text):
        return early and _is_far_short(last, line) and last.right - last.u1 > 0.4 * (last.right - last.left)
    return early or line.u0 - line.left > 0.8 * line.size


def _is_header(rows: list[list[Cell]]) -> bool:
    """Return True when the first row names the columns: short words without a sentence, over longer or plainer rows."""
    first, rest = rows[0], rows[1:]
    if not rest or len(first) < 2 or not all(cell.lines for cell in first):
        return False
    texts = [" ".join(line.text for line in cell.lines) for cell in first]
    if any(len(text) > (24 if any(map(words.is_cjk, text)) else 48) or text[-1] in "。；;.:：" for text in texts):
        return False
    bold = all(line.bold for cell in first for line in cell.lines)
    if bold and not all(line.bold for row in rest for cell in row for line in cell.lines):
        return True
    lengths = [sum(len(line.text) for cell in row for line in cell.lines) for row in rest]
    return sum(map(len, texts)) * 1.5 < sum(lengths) / len(lengths) or len(first) > 2


def _is_same_table(before: Table, after: Table) -> bool:
    return (
        after.page == before.page + 1
        and after.columns == before.columns
        and abs(after.box[0] - before.box[0]) < 6
        and abs(after.box[2] - before.box[2]) < 6
    )


def _is_same_row(draft: Draft, row: list[Cell]) -> bool:
    """Return True when a page break went through a row: a cell stays empty and another one has not ended its sentence."""
    if draft.kind != "table_row" or len(draft.cells) != len(row):
        return False
    empty = any(not cell.lines and lines for cell, lines in zip(row, draft.cells, strict=True))
    cut = any(cell.lines and lines and not words.ends_sentence(lines[-1].text) for cell, lines in zip(row, draft.cells, strict=True))
    return empty and cut


def _append_row(draft: Draft, row: list[Cell]) -> None:
    for lines, cell in zip(draft.cells, row, strict=True):
        lines += cell.lines


def _text(row: list[Cell]) -> str:
    return _text_of([cell.lines for cell in row])


def _text_of(cells: list[list[TextLine]]) -> str:
    return "|".join("".join(line.text for line in lines) for lines in cells)


def _mark_headings(drafts: list[Draft], body: Body) -> None:
    """Turn short paragraphs in larger or bolder type into headings; the level follows the rank of the size."""
    found: list[tuple[Draft, float]] = []
    for draft in drafts:
        if draft.kind != "paragraph" or draft.origin != "body" or len(draft.lines) > 3:
            continue
        size = max(line.size for line in draft.lines)
        larger = size > 1.12 * body.size
        bolder = all(line.bold for line in draft.lines) and not body.bold and size > 0.9 * body.size
        if (larger or bolder) and _reads_like_heading("".join(line.text for line in draft.lines)):
            found.append((draft, max(size, body.size)))
    ranks = sorted({round(size) for _, size in found}, reverse=True)
    for draft, size in found:
        draft.kind = "heading"
        draft.level = ranks.index(round(size)) + 1


def _reads_like_heading(text: str) -> bool:
    limit = 60 if any(map(words.is_cjk, text)) else 140
    return len(text) <= limit and text[-1] not in _NO_HEADING_END and not (text.endswith(".") and len(text) > 40)


Weight = Literal["bold", "caps"]


def emphasis(lines: Sequence[TextLine]) -> tuple[Weight, ...]:
    """Return the facts of prominence that hold for all of the lines."""
    found: list[Weight] = []
    if lines and all(line.bold for line in lines):
        found.append("bold")
    text = "".join(line.text for line in lines)
    if len(text) > 20 and text.isupper() and sum(map(str.isalpha, text)) > 15 and text.isascii():
        found.append("caps")
    return tuple(found)
