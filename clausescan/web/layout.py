"""How a document is laid out: what the page needs to show the original, made by the worker that read it.

    {"blocks": [{"kind": "paragraph", "start": 0, "end": 20, "anchor": "body/p[1]", ...}], "pages": [...],
     "clauses": [{"id": "1/3", "number": "第三条", "start": 120, "end": 131, "level": 2, "kind": "heading", "page": 1, "top": 80.5}]}

Lines are left out (they are many times the text): the boxes of findings and of their evidence are in the report.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clausescan.codec import from_plain, to_plain
from clausescan.types import Block, Clause, Document, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A clause of the outline: where it begins in the text and, with a page layout, on the page (points from the top)."""

    id: str
    number: str
    start: int
    end: int
    level: int
    kind: str
    page: int | None = None
    top: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Blocks, pages and clauses of a document, all offsets into its text."""

    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()
    clauses: tuple[Stop, ...] = ()


def layout_of(document: Document, clauses: Iterable[Clause]) -> Layout:
    """Return the layout of a document that was just read."""
    return Layout(blocks=document.blocks, pages=document.pages, clauses=tuple(_stop(document, clause) for clause in clauses))


def _stop(document: Document, clause: Clause) -> Stop:
    box = next(iter(document.boxes(clause.start, clause.start + 1)), None)
    return Stop(
        id=clause.id, number=clause.number, start=clause.start, end=clause.end, level=clause.level, kind=clause.kind,
        page=box.page if box else document.page_of(clause.start), top=round(box.top, 1) if box else None,
    )  # fmt: skip


def from_text(text: str) -> Layout:
    """Return what can be said of a document of which only the text is kept: every line that is not empty is a paragraph."""
    blocks, start = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            blocks.append(Block(kind="paragraph", start=start, end=start + len(line), anchor=f"line {number}"))
        start += len(line) + 1
    return Layout(blocks=tuple(blocks))


def plain(layout: Layout) -> Any:
    """Return the layout as values of JSON."""
    return to_plain(layout)


def dumps(values: Any) -> bytes:
    """Return plain values as they rest in the database."""
    return zlib.compress(json.dumps(values, separators=(",", ":")).encode("ascii"), 3)


def loads(data: bytes) -> Layout:
    """Return the layout in the database. Raises ValueError when it is not one of this version."""
    try:
        layout: Layout = from_plain(Layout, json.loads(zlib.decompress(data)))
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a layout of this version ({error})") from error
    return layout
