"""Plain text: the decoded text itself is `Document.text`; blocks are its paragraphs, headings, list items and tables.

Line wraps stay in the text, so that a block of hard-wrapped text spans several lines and every quote is verbatim.
Anchors are "line 12", counted from 1.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from clausescan.errors import problem
from clausescan.readers import lines as rules
from clausescan.readers.decoding import clean, decode, unescaped
from clausescan.settings import Settings
from clausescan.types import Block, BlockKind, Coverage, Document

__all__ = ["decode", "read"]

MEDIA_TYPE = "text/plain"
_TITLE_WITHIN = 6  # groups of lines from the top of the document
_REPEATED = 4
_INDENT = ("\u3000\u3000", "\u2003\u2003")


class _Line(NamedTuple):
    """A line without its surrounding white space, and where it stands; `text` is empty for blank lines and rules.

    `bare` is the text that rules look at: without Markdown marks.
    """

    text: str
    bare: str
    start: int
    number: int
    indent: str
    rule: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a text file. Raises ReadError (R010) when the bytes are no text."""
    text, encoding, problems = decode(data)
    plain = unescaped(text) if "\\u" in text else None
    if plain is not None:
        text, more = clean(plain)
        problems += [problem("R048_mojibake", encoding="\\u4eba\\u8138"), *more]
    blocks, title = blocks_of(text)
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=MEDIA_TYPE,
        text=text,
        title=title,
        blocks=tuple(blocks),
        problems=tuple(problems),
        coverage=Coverage(characters=len(text), encoding=encoding, tables=_count_tables(blocks)),
    )


def blocks_of(text: str) -> tuple[list[Block], str | None]:
    """Return the blocks of a text with line feeds, in order, and its title if its first lines hold one."""
    all_lines = list(_lines(text))
    limit = rules.wrap_width([line.bare for line in all_lines])
    margins = _margins(all_lines)
    # One line in brackets may be the title; several are the headings of sections.
    sections = sum(_is_bracketed(line.bare) for line in all_lines) > 1
    blocks: list[Block] = []
    title = None
    for order, group in enumerate(_groups(all_lines, limit)):
        if _is_row(all_lines, group[0].number - 1):
            blocks += _rows(group)
            continue
        block = _block(group, all_lines)
        if len(group) == 1 and group[0].text in margins:
            block = replace(block, kind="margin", level=0)
        opens = block.kind == "heading" and title is None and order < _TITLE_WITHIN
        if opens and not _is_numbered(text, block) and not (sections and _is_bracketed(group[0].bare)):
            block = replace(block, kind="title")
            title = " ".join(text[block.start : block.end].split())
        elif block.kind != "heading" and title is None and rules.ends_sentence(group[-1].bare):
            title = ""  # the text has begun: later headings are no titles
        blocks.append(block)
    return blocks, title or None


def _is_bracketed(line: str) -> bool:
    return line.startswith("【") and line.endswith("】")


def _lines(text: str) -> Iterator[_Line]:
    pos = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        stripped = raw.strip()
        lead = 0 if not stripped or raw[0] == stripped[0] else len(raw) - len(raw.lstrip())
        start = pos + lead
        pos += len(raw) + 1
        if stripped and stripped[-1] in rules.RULE_MARKS and rules.is_rule(stripped):
            yield _Line("", "", start, number, "", stripped)
            continue
        if stripped.startswith("#"):  # a Markdown heading pasted into a text file
            heading = stripped.lstrip("#").lstrip()
            start += len(stripped) - len(heading)
            stripped = heading
        yield _Line(stripped, rules.bare(stripped) if stripped else "", start, number, raw[:lead])


def _groups(all_lines: Sequence[_Line], limit: int) -> Iterator[list[_Line]]:
    """Yield the lines of each block; a group of lines with tabs is a table."""
    group: list[_Line] = []
    in_table = False
    for index, line in enumerate(all_lines):
        if not line.text:
            if group:
                yield group
            group = []
            continue
        row = _is_row(all_lines, index)
        if group and not (row if in_table else not row and _belongs(group[-1], line, limit)):
            yield group
            group = []
        in_table = row
        group.append(line)
    if group:
        yield group


def _belongs(last: _Line, line: _Line, limit: int) -> bool:
    if line.indent.startswith(_INDENT):
        return False
    if len(line.indent) > len(last.indent) + 1 and rules.ends_sentence(last.bare):
        return False
    return rules.continues(last.bare, line.bare, limit)


def _is_row(all_lines: Sequence[_Line], index: int) -> bool:
    """Two tabs make a table row; one does if a neighbour has as many."""
    count = all_lines[index].text.count("\t")
    if count != 1:
        return count > 1
    near = (*all_lines[max(0, index - 1) : index], *all_lines[index + 1 : index + 2])
    return any(other.text.count("\t") == 1 for other in near)


def _block(group: list[_Line], all_lines: Sequence[_Line]) -> Block:
    first, last = group[0], group[-1]
    underline = all_lines[last.number].rule if last.number < len(all_lines) else ""
    kind, level = _kind(group, underline, all_lines)
    return Block(kind=kind, start=first.start, end=last.end, anchor=f"line {first.number}", level=level)


def _kind(group: list[_Line], underline: str, all_lines: Sequence[_Line]) -> tuple[BlockKind, int]:
    text = group[0].bare
    scheme = rules.scheme(text)
    if len(group) <= 2 and rules.looks_like_heading(rules.join([line.bare for line in group])):
        if underline[:1] in ("=", "-"):
            return "heading", 1 if underline[0] == "=" else 2
        if _stands_out(group, scheme, all_lines):
            return "heading", rules.heading_level(text)
    if len(group) == 1 and text.isdecimal():
        return "margin", 0  # a page number
    return ("list_item", 0) if scheme in rules.LIST_SCHEMES else ("paragraph", 0)


def _stands_out(group: list[_Line], scheme: str, all_lines: Sequence[_Line]) -> bool:
    """A chapter always does; another number when no sibling follows at once; a line without a number between blank lines."""
    if scheme in ("chapter", "bracket"):
        return True
    before, after = group[0].number - 2, group[-1].number
    alone_above = before < 0 or not all_lines[before].text
    alone_below = after >= len(all_lines) or not all_lines[after].text
    if not scheme:
        return alone_above and alone_below
    following = next((line.bare for line in all_lines[after : after + 4] if line.text), "")
    return bool(following) and rules.scheme(following) != scheme


def _margins(all_lines: Sequence[_Line]) -> frozenset[str]:
    """Return the lines that printed pages repeat: short, no sentence, often there, each time between blank lines."""
    counts = Counter(line.text for line in all_lines if line.text)
    often = {text for text, count in counts.items() if count >= _REPEATED and not rules.ends_sentence(text) and len(text) < 120}
    if not often:
        return frozenset()
    padded = [None, *all_lines, None]
    for above, line, below in zip(padded, all_lines, padded[2:], strict=False):
        if line.text in often and ((above and above.text) or (below and below.text)):
            often.discard(line.text)
    return frozenset(often)


def _rows(group: list[_Line]) -> list[Block]:
    header: tuple[int, int] | None = None
    blocks = []
    for line in group:
        cells = []
        pos = line.start
        for cell in line.text.split("\t"):
            bare = cell.strip()
            start = pos + (len(cell) - len(cell.lstrip()) if bare else 0)
            cells.append((start, start + len(bare)))
            pos += len(cell) + 1
        anchor = f"line {line.number}"
        blocks.append(Block(kind="table_row", start=line.start, end=line.end, anchor=anchor, cells=tuple(cells), header=header))
        header = header or ((line.start, line.end) if len(group) > 1 else None)
    return blocks


def _is_numbered(text: str, block: Block) -> bool:
    return rules.scheme(rules.bare(text[block.start : block.end])) not in ("", "bracket")


def _count_tables(blocks: Sequence[Block]) -> int:
    return sum(block.kind == "table_row" and block.header is None for block in blocks)
