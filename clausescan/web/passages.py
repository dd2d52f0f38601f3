"""The original as a clause view: blocks in their order, tables as tables, footnotes where they stand, the words of findings marked.

Every character of the text that is no white space is shown, in a block or between two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from clausescan.types import Block
from clausescan.web.layout import Layout, Stop

# 第三条, 第3.2款; Section 5.2, clause 8(a), Article 11
_REFERENCE = re.compile(r"第[〇零一二三四五六七八九十百千\d.]+[章节条款项]|(?i:\b(?:section|clause|article|paragraph)s? \d+(?:\.\d+)*)")
_DIGITS = re.compile(r"\d+(?:\.\d+)*")
_TABLE_ROW = re.compile(r"^(.*)/row\[\d+\]")
_LEVELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A range of the text that something points at. `finding` is the id, `role` "finding", "near", "related" or that of evidence."""

    start: int
    end: int
    finding: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of text: the findings whose clause it stands in, the parts that it plays, and where a reference leads (an offset)."""

    text: str
    findings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    leads_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table."""

    start: int
    cells: tuple[tuple[Segment, ...], ...]
    header: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A block, or with `rows` a table."""

    kind: str
    start: int
    level: int = 0
    segments: tuple[Segment, ...] = ()
    emphasis: tuple[str, ...] = ()
    origin: str = "body"
    rows: tuple[Row, ...] = ()


@dataclass(slots=True)
class _Text:
    """The text with everything that points into it."""

    text: str
    marks: Sequence[Mark]
    references: dict[str, int] = field(default_factory=dict)

    def segments(self, start: int, end: int) -> tuple[Segment, ...]:
        """Return [start, end) cut where a mark or a reference begins or ends."""
        inside = [mark for mark in self.marks if mark.start < end and mark.end > start]
        jumps = list(self._jumps(start, end))
        edges = {start, end}
        edges.update(edge for mark in inside for edge in (mark.start, mark.end) if start < edge < end)
        edges.update(edge for first, last, _ in jumps for edge in (first, last))
        return tuple(self._segment(first, last, inside, jumps) for first, last in pairwise(sorted(edges)))

    def _segment(self, start: int, end: int, marks: Iterable[Mark], jumps: Iterable[tuple[int, int, int]]) -> Segment:
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        return Segment(
            text=self.text[start:end], findings=tuple(dict.fromkeys(mark.finding for mark in over)),
            roles=tuple(dict.fromkeys(mark.role for mark in over)),
            leads_to=next((target for first, last, target in jumps if first <= start and end <= last), None),
        )  # fmt: skip

    def _jumps(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        for match in _REFERENCE.finditer(self.text, start, end) if self.references else ():
            target = self.references.get(_named(match.group()))
            if target is not None and not start <= target < match.start() + 1 <= start + 1:
                yield match.start(), match.end(), target


def _named(reference: str) -> str:
    """Return what a reference and the number of a clause have in common: 第三条, 5.2."""
    digits = _DIGITS.search(reference)
    return digits.group() if digits else reference.strip("（()）.、 ")


def passages(text: str, layout: Layout, marks: Sequence[Mark]) -> list[Passage]:
    """Return the passages of a document in the order of its text."""
    return list(_tables(_passages(_Text(text, marks, references(layout.clauses)), layout.blocks)))


def references(clauses: Iterable[Stop]) -> dict[str, int]:
    """Return where the numbers of clauses lead; a number that stands twice leads nowhere."""
    found: dict[str, int | None] = {}
    for clause in clauses:
        if clause.number:
            name = _named(clause.number)
            found[name] = None if name in found else clause.start
    return {name: start for name, start in found.items() if start is not None}


def _passages(text: _Text, blocks: Sequence[Block]) -> Iterator[tuple[Passage, str | None]]:
    """Yield each passage with the table that it is a row of."""
    at = 0
    for block in sorted(blocks, key=lambda block: block.start):
        if block.end <= at and block.end > block.start:
            continue
        yield from _between(text, at, block.start)
        yield _passage(text, block)
        at = max(at, block.end)
    yield from _between(text, at, len(text.text))


def _between(text: _Text, start: int, end: int) -> Iterator[tuple[Passage, None]]:
    if text.text[start:end].strip():
        yield Passage(kind="paragraph", start=start, segments=text.segments(start, end)), None


def _passage(text: _Text, block: Block) -> tuple[Passage, str | None]:
    table = _TABLE_ROW.match(block.anchor) if block.kind == "table_row" else None
    if table is None:
        return (
            Passage(
                kind=block.kind, start=block.start, level=min(block.level, _LEVELS), segments=text.segments(block.start, block.end),
                emphasis=block.emphasis, origin=block.origin,
            ), None,
        )  # fmt: skip
    cells = tuple(text.segments(*cell) if cell[0] < cell[1] else () for cell in block.cells) or (text.segments(block.start, block.end),)
    row = Row(start=block.start, cells=cells, header=False)
    header = f"{block.header[0]}" if block.header else f"{block.start}"
    return Passage(kind="table", start=block.start, rows=(row,), origin=block.origin), f"{table.group(1)} {header}"


def _tables(found: Iterable[tuple[Passage, str | None]]) -> Iterator[Passage]:
    """Join the rows of a table; a table that goes on over a page is one, since its rows name the same header."""
    rows: list[Row] = []
    table, first = "", None
    for passage, name in found:
        if name is not None and rows and (name == table or name.rpartition(" ")[2] == str(rows[0].start)):
            rows.extend(passage.rows)
            table = name
            continue
        if first is not None:
            yield _table(first, rows)
        first, rows, table = (passage, list(passage.rows), name) if name is not None else (None, [], "")
        if name is None:
            yield passage
    if first is not None:
        yield _table(first, rows)


def _table(first: Passage, rows: list[Row]) -> Passage:
    """Return the table; its first row is a header when others stand under it."""
    head = Row(start=rows[0].start, cells=rows[0].cells, header=len(rows) > 1)
    return Passage(kind="table", start=first.start, rows=(head, *rows[1:]), origin=first.origin)
