"""Component: blocks of a document to its tree of clauses and the units that are analysed.

Works on the blocks that `clausescan.nlp.make_doc` hands over, or on the lines of a bare Doc. Writes
`doc.spans["clausescan_clauses"]` and two plain lists:

`doc._.clausescan_clauses`  dicts with id ("3/2/1"), number, start, end, level, kind, heading, parent, origin
`doc._.clausescan_units`    dicts with clause (index), parts and prefix: character ranges, see `Unit`

A unit is the smallest provision that can stand alone, with its lead-in (labelling guideline, section 1).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from clausescan.annotations import BLOCKS, CLAUSES, UNITS, char_span, has_tokens, text_of
from clausescan.segment.numbering import FIXED_DEPTH, parse
from clausescan.types import Numbering

Key = tuple[str, int]

# A lead-in with its items is one unit up to this size; longer lists are analysed item by item under their lead-in.
MAX_UNIT = 1500
MAX_ITEM = 500
# A file that is one line of megabytes has no paragraphs to go by.
MAX_BLOCK = 20_000
HEADING_MAX = {"zh": 36, "en": 90}

_SENTENCE_MARKS = frozenset("。；;！!？?，,：:")
_CJK = re.compile(r"[\u3400-\u9fff]")
_CJK_SOON = re.compile(r"[^\u3400-\u9fff]{0,16}(?:[\u3400-\u9fff].?){4}")
# "Schedule 4 – Irrevocable Consent to Face Scanning" names an annex.
_ANNEX = re.compile(r"(?:schedule|annex|appendix|exhibit|attachment) [\dA-Z]{1,3}\s?[–—:-]\s?\S", re.I)
_FINITE = re.compile(r"[.;。]$|\b(?:shall|may|will|must|is|are|agrees?|grants?|consents to|authori[sz]es|means)\b", re.I)
_OPERATIVE = re.compile(
    r"(?:您|你|我们|用户|会员|本人|本公司|公司|平台|甲方|乙方|员工|业主|来宾|顾客|家长)[^。]{0,24}(?:授予|同意|授权我|授权本|授权甲|许可|允许|可以|有权|不得|放弃|承诺)"
    r"|\b(?:you|we|user|users|participants?|members?|tenants?|employees?|party [ab])\b.{0,60}\b(?:grants?|agrees?|may|shall|waives?|consents?|authori[sz]es?|licen[cs]es?)\b",
    re.I,
)
_NAMED_DOCUMENT = re.compile(r"(?:书|条款|协议|合同|声明|规则|政策|须知|说明|函|范围|期限|告知|方式|情形|事项|权利|义务)(?:[（(].{0,60}[)）])?\s{0,9}$|\?\s*$|？\s*$")
_LABEL = re.compile(r"\s*(?:文档标题|文件标题|标题|题目|Heading|Title|Document title|Caption)\s*[:：]\s*", re.I)
_TITLE_LABEL = re.compile(r"\s*(?:文档标题|文件标题|标题|题目|Title|Document title)\s*[:：]", re.I)
_BRACKETED = re.compile(r"\s*(?:【[^】]{1,40}】|《[^》]{1,40}》|\[[^\]]{1,40}\])\s*$")
_TOC = re.compile(r"(?:\.{4,60}|…{2,60}|·{4,60}|_{4,60})\s{0,20}\d{1,6}")
_HEADING_SCHEMES = {
    "part_zh",
    "chapter_zh",
    "section_zh",
    "article_zh",
    "article_en",
    "han_comma",
    "digit_dot",
    "decimal",
    "roman_dot",
    "letter_dot",
    "han_paren",
}


class Block(NamedTuple):
    """The part of a reader's block that segmentation needs; plain values, so that it fits on a Doc."""

    kind: str
    start: int
    end: int
    level: int = 0
    origin: str = "body"
    header_start: int = -1
    header_end: int = -1
    cells: tuple[tuple[int, int], ...] = ()


class Node(NamedTuple):
    """A level of the tree that is open while the blocks below it are read."""

    key: Key
    depth: int
    id: str
    heading: str | None
    lead_in: bool


def is_chinese(text: str) -> bool:
    """Return True when at least one in eight visible characters of the first 120 is a Han character."""
    text = text[:120]
    if text.isascii():
        return False
    if _CJK_SOON.match(text):
        return True
    visible = len(text) - text.count(" ")
    return visible > 0 and len(_CJK.findall(text)) * 8 >= visible


def _bounded(text: str, blocks: list[Block]) -> list[Block]:
    """Return the blocks, cut at ends of sentences where one is longer than any paragraph: sentences of a unit are compared with each other."""
    if all(block.end - block.start <= MAX_BLOCK for block in blocks):
        return blocks
    found: list[Block] = []
    for block in blocks:
        start = block.start
        while block.end - start > MAX_BLOCK and not block.cells:
            stop = max(text.rfind(mark, start + MAX_BLOCK // 2, start + MAX_BLOCK) for mark in "。；.;!！ ")
            end = stop + 1 if stop > 0 else start + MAX_BLOCK
            found.append(block._replace(start=start, end=end))
            start = end
        found.append(block._replace(start=start))
    return found


def blocks_of(doc: Doc) -> list[Block]:
    """Return the blocks on the Doc, or its non-empty lines as paragraphs."""
    given = doc._.get(BLOCKS)
    if given is not None:
        return _drawn_tables(text_of(doc), [Block(*row) for row in given])
    return _drawn_tables(
        text_of(doc), [Block("paragraph", match.start(), match.end()) for match in re.finditer(r"[^\n]*\S[^\n]*", text_of(doc))]
    )


def _drawn_tables(text: str, blocks: list[Block]) -> list[Block]:
    """Return the blocks with lines such as "a | b | c" as table rows; the first of three or more columns is the header."""
    result: list[Block] = []
    header: Block | None = None
    for block in blocks:
        for line in _pipe_lines(text, block):
            cells = _cells(text, line) if line.kind in ("paragraph", "list_item") else ()
            if len(cells) < 3:
                header = None
                result.append(line)
                continue
            row = line._replace(kind="table_row", cells=cells)
            if header is not None and len(header.cells) == len(cells):
                row = row._replace(header_start=header.start, header_end=header.end)
            else:
                header = row
            result.append(row)
    return result


def _pipe_lines(text: str, block: Block) -> list[Block]:
    if "|" not in text[block.start : block.end] or "\n" not in text[block.start : block.end] or block.cells:
        return [block]
    lines = list(re.finditer(r"[^\n]*\S[^\n]*", text[block.start : block.end]))
    if not all(" | " in match.group() or "|" in match.group().strip("|") for match in lines):
        return [block]
    return [block._replace(start=block.start + match.start(), end=block.start + match.end()) for match in lines]


def _cells(text: str, block: Block) -> tuple[tuple[int, int], ...]:
    cells: list[tuple[int, int]] = []
    position = block.start
    for part in text[block.start : block.end].split("|"):
        start = position + len(part) - len(part.lstrip())
        if part.strip() or cells:
            cells.append((start, start + len(part.strip())))
        position += len(part) + 1
    return tuple(cells)


def _is_heading(text: str, block: Block, numbering: Numbering | None, *, in_list: bool) -> bool:
    body = text[block.start : block.end].strip()
    if _ANNEX.match(body) and len(body) <= 90 and not _FINITE.search(body):
        return True
    # A grant without a full stop, alone on its line, is no heading.
    return _is_set_apart(body, block, numbering, in_list=in_list) and not (
        len(body) > 12 and _OPERATIVE.search(body) and not _NAMED_DOCUMENT.search(body)
    )


def _is_set_apart(body: str, block: Block, numbering: Numbering | None, *, in_list: bool) -> bool:
    """Return True for a line that stands as headings do, whatever it says."""
    if block.kind in ("title", "heading"):
        # Readers mark by style; a whole sentence in heading style still is a provision.
        return not (len(body) > 120 or body.endswith(("。", "；")))
    if _LABEL.match(body) or _BRACKETED.match(body) or (body[-1:].isdigit() and _TOC.search(body)):
        return True
    if numbering is None or in_list or numbering.scheme not in _HEADING_SCHEMES:
        return False
    rest = body[len(numbering.text) :].strip()
    limit = HEADING_MAX["zh" if is_chinese(rest) else "en"]
    if len(rest) > limit or rest[-1:] in _SENTENCE_MARKS or (rest.endswith(".") and not rest.endswith("..")):
        return False
    return not (not is_chinese(rest) and len(rest.split()) > 9)


def _key(block: Block, numbering: Numbering | None) -> Key | None:
    if numbering is not None:
        return (numbering.scheme, len(numbering.values))
    if block.kind in ("title", "heading"):
        return ("heading", 0 if block.kind == "title" else block.level or 1)
    return None


class _Tree:
    """The stack of open levels while the blocks are read in order."""

    def __init__(self) -> None:
        self.stack: list[Node] = []
        self.children: dict[str, int] = {}

    def close_for(self, key: Key) -> None:
        """Close the levels that a block with `key` ends."""
        for index, node in enumerate(self.stack):
            if node.key == key or (key[0] == "heading" and not (node.key[0] == "heading" and node.key[1] < key[1])):
                # An unnumbered heading ends numbered levels, except the chapters and articles that hold it.
                if key[0] == "heading" and node.key[0] in FIXED_DEPTH and node.heading is not None and key[1] > 1:
                    continue
                del self.stack[index:]
                return
            if key[0] in FIXED_DEPTH and FIXED_DEPTH.get(node.key[0], 9) >= FIXED_DEPTH[key[0]] and node.key[0] != "heading":
                del self.stack[index:]
                return

    def close_list(self, text: str) -> None:
        """Close a lead-in and its items: a plain paragraph after them stands on its own."""
        for index, node in enumerate(self.stack):
            if node.lead_in and index + 1 < len(self.stack):
                del self.stack[index:]
                return

    def child_id(self) -> str:
        """Return the path of the next child of the innermost open level."""
        parent = self.stack[-1].id if self.stack else ""
        self.children[parent] = self.children.get(parent, 0) + 1
        number = str(self.children[parent])
        return f"{parent}/{number}" if parent else number

    @property
    def headings(self) -> list[str]:
        return [node.heading for node in self.stack if node.heading]


@Language.factory("clausescan_clauses", assigns=[f"doc._.{CLAUSES}", f"doc._.{UNITS}"], default_config={})
class ClauseSegmenter:
    """Segments a Doc into a tree of clauses and the units to analyse."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Return the Doc with its clauses and units written on it."""
        text = text_of(doc)
        clauses = _clauses(text, _bounded(text, blocks_of(doc)))
        doc._.set(CLAUSES, clauses)
        doc._.set(UNITS, _units(text, clauses))
        if has_tokens(doc):
            spans = (char_span(doc, clause["start"], clause["end"], clause["kind"], clause["id"]) for clause in clauses)
            doc.spans[CLAUSES] = [span for span in spans if span is not None]
        return doc

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Return no state: the component has none."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> ClauseSegmenter:
        """Return self: the component has no state."""
        return self

    def to_disk(self, path: Any, **kwargs: Any) -> None:
        """Write nothing: the component has no state."""

    def from_disk(self, path: Any, **kwargs: Any) -> ClauseSegmenter:
        """Return self: the component has no state."""
        return self


def _clauses(text: str, blocks: list[Block]) -> list[dict[str, Any]]:
    tree = _Tree()
    clauses: list[dict[str, Any]] = []
    for block in blocks:
        clause = _clause(text, block, tree)
        clauses.append(clause)
    return clauses


def _clause(text: str, block: Block, tree: _Tree) -> dict[str, Any]:
    floating = block.kind in ("margin", "footnote", "table_row", "text_box", "form_field")
    numbering = None if floating else parse(text, block.start, block.end)
    in_list = bool(tree.stack and tree.stack[-1].lead_in)
    heading = not floating and _is_heading(text, block, numbering, in_list=in_list)
    key = _key(block, numbering)
    if key is None and not floating and not heading:
        tree.close_list(text)
    if key is None and heading and block.kind != "title":
        key = ("heading", 9)
    if key is not None and not floating:
        tree.close_for(key)
    body = text[block.start : block.end].strip()
    lead_in = not heading and body.endswith((":", "："))
    headings = tree.headings
    parent = tree.stack[-1].id if tree.stack else None
    clause_id = tree.child_id()
    kind = (
        block.kind
        if floating
        else "heading"
        if heading
        else "lead_in"
        if lead_in
        else "item"
        if numbering or block.kind == "list_item"
        else "paragraph"
    )
    clause: dict[str, Any] = {
        "id": clause_id, "number": numbering.text if numbering else "", "start": block.start, "end": block.end,
        "level": len(tree.stack) + 1, "kind": kind, "heading": headings, "parent": parent, "origin": block.origin,
        "header": [block.header_start, block.header_end] if block.header_start >= 0 else None,
        "cells": [list(cell) for cell in block.cells],
        "title": heading and (block.kind == "title" or bool(_TITLE_LABEL.match(body))) and not _BRACKETED.match(body),
    }  # fmt: skip
    if floating:
        return clause
    label = _LABEL.match(body)
    if key is not None or lead_in or (heading and block.kind not in ("title",)):
        title = (body[label.end() :] if label else body) if heading else None
        if key is None:
            key = ("lead_in", 0)
            tree.close_for(key)
        tree.stack.append(Node(key, len(tree.stack), clause_id, title, lead_in))
    elif block.kind == "paragraph" and tree.stack and tree.stack[-1].lead_in and tree.stack[-1].key[0] == "lead_in":
        # A plain paragraph after an unnumbered lead-in is its only item; the next one stands on its own.
        tree.stack.pop()
    return clause


def _units(text: str, clauses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = []
    taken: set[int] = set()
    for index, clause in enumerate(clauses):
        if index in taken or clause["kind"] in ("heading", "margin"):
            continue
        if clause["kind"] == "lead_in":
            items = _items(clauses, index)
            size = sum(clauses[item]["end"] - clauses[item]["start"] for item in items)
            if items and size <= MAX_UNIT and all(clauses[item]["end"] - clauses[item]["start"] <= MAX_ITEM for item in items):
                taken.update(items)
                units.append(_unit(clauses, index, [index, *items], []))
                continue
            units.append(_unit(clauses, index, [index], []))
            units.extend(_unit(clauses, item, [item], [[clause["start"], clause["end"]]]) for item in items)
            taken.update(items)
            continue
        header = clause["header"]
        units.append(_unit(clauses, index, [index], [header] if header else []))
    return units


def _unit(clauses: list[dict[str, Any]], index: int, parts: list[int], prefix: list[list[int]]) -> dict[str, Any]:
    return {"clause": index, "parts": [[clauses[part]["start"], clauses[part]["end"]] for part in parts], "prefix": prefix}


def _items(clauses: list[dict[str, Any]], index: int) -> list[int]:
    """Return the indices of the clauses that are items of the lead-in at `index`."""
    path = clauses[index]["id"] + "/"
    found: list[int] = []
    for number in range(index + 1, len(clauses)):
        clause = clauses[number]
        if clause["id"].startswith(path) and clause["kind"] not in ("heading", "margin"):
            found.append(number)
            continue
        break
    return found
