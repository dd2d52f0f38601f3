"""Markdown to readable text: marks are dropped, hard-wrapped lines joined, blocks separated by a line feed.

"## 2. Use" becomes the heading "2. Use", "*we [may](x) use it*" becomes "we may use it", a table row "a | b".
Quotes are verbatim in `Document.text`; anchors say where a block begins in the source ("line 12").
Struck text (~~so~~) is read in the original view only. A single line break inside a paragraph joins lines only when
the sentence goes on: authors of Chinese Markdown often rely on one break per paragraph.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clausescan.errors import problem
from clausescan.readers import lines as rules
from clausescan.readers.assemble import Draft, assemble
from clausescan.readers.beside import sentence
from clausescan.readers.decoding import decode
from clausescan.settings import Settings
from clausescan.types import Coverage, Document

MEDIA_TYPE = "text/markdown"
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_HEADING = re.compile(rf"\s{{0,3}}(#{{1,6}})(?:\s+|(?=[{rules.CJK}]))(.*?)(?:\s+#+)?\s*$")
_SETEXT = re.compile(r"\s{0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"(\s*)(?:([-*+])|(\d{1,9})([.)]))\s+(?=\S)")
_QUOTE = re.compile(r"(?:\s{0,3}>\s?)+")
_DELIMITER = re.compile(r"\s*+(?:\|\s*+)?:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?\s*+$")
_REFERENCE = re.compile(r"\s{0,3}\[[^\]]+\]:\s*\S+")
_NOTE = re.compile(r"\s{0,3}\[\^[^\]\s]{1,100}\]:\s{0,9}(?=\S)")
# titles of links, pictures and references; attributes of tags
_SAID = re.compile(r"(?:\](?:\([^()\s]{0,300}|:\s{0,3}[^\s\]]{1,300}))\s{1,9}[\"'(]([^\"'\n]{12,2000})[\"')]")
_ATTRIBUTE = re.compile(r"<[^<>]{0,400}?\s(?:alt|title|aria-label|placeholder|value)\s{0,9}=\s{0,9}[\"']([^\"'<>]{12,2000})[\"']")
_CELL_GAP = re.compile(r"(?<!\\)\|")
_HTML_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)
_HTML_CELL = re.compile(r"</t[dh]>\s*<t[dh]\b[^>]*>", re.IGNORECASE)

_HTML_STRUCK = re.compile(r"<(del|s|strike)\b[^>]{0,200}>.{0,1000}?</\1>", re.IGNORECASE)
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_AUTOLINK = re.compile(r"<((?:https?|mailto|ftp):[^<>\s]+|[^<>\s@]+@[^<>\s]+)>")
_IMAGE = re.compile(r"!\[([^\]]{0,300})\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+[\"'][^\"']*[\"'])?\s*\)")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s{0,9}<?[^()\s]{0,4000}(?:\([^()]{0,400}\)[^()\s]{0,400}){0,9}>?"
    r"(?:\s{1,9}[\"'][^\"']{0,400}[\"'])?\s{0,9}\)"
)
_HALF_LINK = re.compile(r"\]\((?:https?:|mailto:|[/#.])[^()\s]*(?:\([^()]*\)[^()\s]*)*\)")
_BLANKS = re.compile(r"[ \xa0\t]+")
_REF_LINK = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_STRUCK = re.compile(r"~~(?=\S)([^~\n]+?)(?<=\S)~~")
_CODE = re.compile(r"(?<!`)`+([^`]+)`+")
_STRONG = re.compile(r"\*{2,}|(?<!_)__(?!_)")
_EMPHASIS = re.compile(r"(?<![*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?!\*)|(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])")
_CJK_EMPHASIS = re.compile(rf"(?<=[{rules.CJK}])\*(?=[{rules.CJK}“])([^*\n]+?)\*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN_ESCAPE = {ord(char): 0xE000 + ord(char) for char in "*_`~[]|#>"}  # private use while marks are removed
_SHOWN_ESCAPE = {code: char for char, code in _HIDDEN_ESCAPE.items()}
_BOLD_LINE = re.compile(r"\s*(\*\*|__)(?=\S).*(?<=\S)\1[:：]?\s*$")
_TITLE_WITHIN = 3
_FRONT_MATTER_LINES = 60
_LEVEL_INDENT = 2


@dataclass(slots=True)
class _Page:
    """What has been read so far: blocks, the paragraph being joined, and the numbers of ordered lists by depth."""

    settings: Settings
    limit: int = 0
    drafts: list[Draft] = field(default_factory=list)
    open: Draft | None = None
    lines: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    numbers: dict[int, tuple[str, int]] = field(default_factory=dict)
    struck: int = 0
    tables: int = 0
    title: str | None = None
    said: list[str] = field(default_factory=list)


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a Markdown file. Raises ReadError (R010) when the bytes are no text."""
    source, encoding, problems = decode(data)
    page = _Page(settings=settings)
    _parse(source, page)
    _promote_title(page)
    if page.struck:
        problems.append(problem("R031_tracked_changes", count=page.struck, view=settings.revisions))
    coverage = Coverage(
        encoding=encoding,
        tables=page.tables,
        tracked_changes=page.struck,
        revisions=settings.revisions if page.struck else None,
    )
    return assemble(
        page.drafts, data=data, name=name, media_type=MEDIA_TYPE, title=page.title, problems=problems, coverage=coverage
    )


def _parse(source: str, page: _Page) -> None:
    source = rules.without(source, "<!--", "-->")
    all_lines = source.split("\n")
    index = _front_matter(all_lines, page)
    page.limit = rules.wrap_width([_strip_marks(line) for line in all_lines[index:]])
    fence = ""
    while index < len(all_lines):
        line = all_lines[index]
        mark = _FENCE.match(line)
        if fence:
            if mark and mark.group(1).startswith(fence):
                fence = ""
                _close(page)
            elif line.strip():
                _close(page)
                page.drafts.append(Draft(kind="paragraph", text=line.strip(), anchor=_anchor(index)))
        elif mark:
            _close(page)
            fence = mark.group(1)
        else:
            index = _line(all_lines, index, page)
            continue
        index += 1
    _close(page)


def _line(all_lines: Sequence[str], index: int, page: _Page) -> int:
    """Read one line (or a whole table) outside of code; return the index of the next."""
    line = all_lines[index]
    following = all_lines[index + 1] if index + 1 < len(all_lines) else ""
    if "|" in line and "|" in following and (_is_delimiter(following) or (_piped(line) and _piped(following))):
        return _table(all_lines, index, page)
    quote = _QUOTE.match(line)
    line = line[quote.end() :] if quote else line
    if ("](" in line or "]:" in line or "=" in line) and ('"' in line or "'" in line):
        _hear(line, page)
    note = _NOTE.match(line)
    if note:
        _close(page)
        page.drafts.append(Draft(kind="footnote", text=_inline(line[note.end() :], page).strip(), anchor=_anchor(index)))
        return index + 1
    if not line.strip() or _REFERENCE.match(line):
        _close(page)
        return index + 1
    heading = _HEADING.match(line)
    if heading:
        _close(page)
        _heading(heading.group(2), len(heading.group(1)), index, page)
        return index + 1
    underline = _SETEXT.match(following)
    if underline and not page.lines and not _RULE.match(line) and not _ITEM.match(line) and _fits_heading(line, underline.group(1)):
        _heading(line, 1 if underline.group(1)[0] == "=" else 2, index, page)
        return index + 2
    if _RULE.match(line) or _SETEXT.match(line):
        _close(page)
        return index + 1
    _text(line, index, page)
    return index + 1


def _hear(line: str, page: _Page) -> None:
    """Keep what stands beside the text of a line, when it is a sentence, until its paragraph has ended."""
    found = [*_SAID.findall(line), *(_ATTRIBUTE.findall(line) if "<" in line else ())]
    page.said += [said for said in map(sentence, found) if said and said not in page.said]


def _tell(page: _Page) -> None:
    anchor = page.drafts[-1].anchor if page.drafts else "line 1"
    page.drafts += [Draft(kind="paragraph", text=said, anchor=anchor, origin="annotation") for said in page.said]
    page.said.clear()


def _fits_heading(line: str, underline: str) -> bool:
    return underline[0] == "=" or not rules.ends_sentence(line.strip())


def _text(line: str, index: int, page: _Page) -> None:
    """Take a line of a paragraph or list item: it goes on with the open one or starts a new one."""
    item = _ITEM.match(line)
    level, number = 0, None
    if item:
        _close(page)
        indent = len(item.group(1).expandtabs(4))
        level = indent // _LEVEL_INDENT + 1
        number = _number(item, indent, page)
        line = line[item.end() :]
    for part in _HTML_BREAK.sub("\n", _HTML_CELL.sub(" | ", line)).split("\n"):
        text = _inline(part, page).strip()
        if not text:
            continue
        if page.lines and (item or not rules.continues(page.lines[-1], text, page.limit)):
            _close(page)
        if not page.lines:
            shown = f"{number} {text}" if number else text
            page.open = Draft(kind="list_item" if item else "paragraph", anchor=_anchor(index), level=level, number=number)
            text, number = shown, None
        page.lines.append(text)
        page.raw.append(part)
    if line.endswith(("  ", "\\")) and page.lines and rules.ends_sentence(page.lines[-1]):
        _close(page)


def _number(item: re.Match[str], indent: int, page: _Page) -> str | None:
    """Return the number that a list item shows: lists written 1. 1. 1. count up."""
    for deeper in [depth for depth in page.numbers if depth > indent]:
        del page.numbers[deeper]
    if not item.group(3):
        page.numbers.pop(indent, None)
        return None
    written, before = item.group(3), page.numbers.get(indent)
    value = before[1] + 1 if before and before[0] == written else int(written)
    page.numbers[indent] = (written, value)
    return f"{value}{item.group(4)}"


def _close(page: _Page) -> None:
    """End the open paragraph, if any, and settle what it is."""
    if not page.lines or page.open is None:
        if page.said:
            _tell(page)
        return
    draft, text = page.open, rules.join(page.lines)
    bold = all(_BOLD_LINE.match(raw) for raw in page.raw)
    scheme = rules.scheme(text)
    draft.text = text
    draft.emphasis = ("bold",) if bold else ()
    if draft.kind == "paragraph":
        if len(page.lines) == 1 and rules.looks_like_heading(text) and (bold or scheme in ("chapter", "article", "zh")):
            draft.kind, draft.level = "heading", rules.heading_level(text)
        elif scheme in rules.LIST_SCHEMES:
            draft.kind = "list_item"
        page.numbers.clear()
    page.drafts.append(draft)
    page.open = None
    page.lines, page.raw = [], []
    if page.said:
        _tell(page)


def _heading(source: str, level: int, index: int, page: _Page) -> None:
    text = _inline(source, page).strip()
    page.numbers.clear()
    if text:
        page.drafts.append(Draft(kind="heading", text=text, anchor=_anchor(index), level=level))


def _table(all_lines: Sequence[str], index: int, page: _Page) -> int:
    _close(page)
    header: Draft | None = None
    page.tables += 1
    row = 0
    while index < len(all_lines) and "|" in all_lines[index]:
        line = all_lines[index]
        if _is_delimiter(line):
            header = page.drafts[-1] if row == 1 else None
        else:
            cells = tuple(_inline(cell, page).strip() for cell in _cells(line))
            if any(cells):
                row += 1
                anchor = f"table[{page.tables}]/row[{row}]"
                page.drafts.append(Draft(kind="table_row", cells=cells, anchor=anchor, header=header))
        index += 1
    return index


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line[1:] if line.startswith("|") else line
    line = line[:-1] if line.endswith("|") and not line.endswith("\\|") else line
    return [cell.replace("\\|", "|") for cell in _CELL_GAP.split(line)]


def _is_delimiter(line: str) -> bool:
    return "-" in line and _DELIMITER.match(line) is not None


def _piped(line: str) -> bool:
    line = line.strip()
    return len(line) > 2 and line.startswith("|") and line.endswith("|")


def _inline(source: str, page: _Page) -> str:
    """Return a line without marks."""
    escaped = "\\" in source
    if escaped:
        source = _ESCAPE.sub(lambda match: match.group(1).translate(_HIDDEN_ESCAPE), source)
    if "~~" in source or "<" in source:
        source = _markup(source, page)
    if "[" in source:
        source = _REF_LINK.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(r"\1", source)))
        source = _LINK.sub(r"\1", source)  # a link around an image
    if "](" in source:
        source = _HALF_LINK.sub("", source)  # its text began on an earlier line
    if "`" in source:
        source = _CODE.sub(r"\1", source)
    if "*" in source or "_" in source:
        source = _STRONG.sub("", source)
        source = _EMPHASIS.sub(lambda match: match.group(1) or match.group(2), source)
        source = _CJK_EMPHASIS.sub(r"\1", source)
    if "&" in source:
        source = html.unescape(source)
    if escaped:
        source = source.translate(_SHOWN_ESCAPE)
    return _BLANKS.sub(" ", source)


def _markup(source: str, page: _Page) -> str:
    final = page.settings.revisions == "final"
    source, struck = _STRUCK.subn("" if final else r"\1", source)
    page.struck += struck
    if "</" in source:
        page.struck += len(_HTML_STRUCK.findall(source))
        source = _HTML_STRUCK.sub("", source) if final else source
    return _HTML_TAG.sub("", _AUTOLINK.sub(r"\1", source))


def _strip_marks(line: str) -> str:
    line = line.strip()
    return "" if line.startswith(("#", "|", "```")) else rules.bare(line) if line else ""


def _front_matter(all_lines: Sequence[str], page: _Page) -> int:
    """Skip YAML between two --- at the top, but take its title; return the index of the first line of text."""
    if not all_lines or all_lines[0].strip() != "---":
        return 0
    for index, line in enumerate(all_lines[1:_FRONT_MATTER_LINES], start=1):
        if line.strip() in ("---", "..."):
            return index + 1
        if line.strip() and not re.match(r"\s*(?:[\w.-]+\s*:|-\s|#)", line):
            break
        if line.startswith("title:"):
            page.title = line.partition(":")[2].strip().strip("\"'") or None
    page.title = None
    return 0


def _promote_title(page: _Page) -> None:
    """The first heading is the title when it stands at the top and has no number."""
    for draft in page.drafts[:_TITLE_WITHIN]:
        if draft.kind == "heading" and not rules.scheme(draft.text):
            draft.kind = "title"
            page.title = draft.text
            return
        if rules.ends_sentence(draft.text):
            return


def _anchor(index: int) -> str:
    return f"line {index + 1}"
