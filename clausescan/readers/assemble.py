"""Turn drafts of blocks into a Document: one text, blocks joined by a line feed, offsets in place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clausescan.types import Block, BlockKind, Coverage, Document, Origin, Problem

CELL_GAP = " | "


@dataclass(slots=True, kw_only=True)
class Draft:
    """A block before it has offsets. A table row has `cells` instead of `text`; `header` is its header row."""

    kind: BlockKind
    text: str = ""
    anchor: str = ""
    level: int = 0
    number: str | None = None
    origin: Origin = "body"
    emphasis: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    header: Draft | None = None


def assemble(
    drafts: Sequence[Draft],
    *,
    data: bytes,
    name: str,
    media_type: str,
    title: str | None = None,
    problems: Sequence[Problem] = (),
    coverage: Coverage | None = None,
) -> Document:
    """Return the Document whose text is the drafts, one after the other, with a line feed between."""
    texts: list[str] = []
    blocks: list[Block] = []
    places: dict[int, tuple[int, int]] = {}
    start = 0
    for draft in drafts:
        text = CELL_GAP.join(draft.cells) if draft.cells else draft.text
        end = start + len(text)
        places[id(draft)] = (start, end)
        blocks.append(
            Block(
                kind=draft.kind,
                start=start,
                end=end,
                anchor=draft.anchor,
                level=draft.level,
                number=draft.number,
                origin=draft.origin,
                emphasis=draft.emphasis,
                cells=_ranges(draft.cells, start) if draft.cells else (),
                header=places[id(draft.header)] if draft.header else None,
            )
        )
        texts.append(text)
        start = end + 1
    text = "\n".join(texts)
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        text=text,
        title=title,
        blocks=tuple(blocks),
        problems=tuple(problems),
        coverage=replace(coverage or Coverage(), characters=len(text)),
    )


def _ranges(cells: Sequence[str], start: int) -> tuple[tuple[int, int], ...]:
    found = []
    for cell in cells:
        found.append((start, start + len(cell)))
        start += len(cell) + len(CELL_GAP)
    return tuple(found)
