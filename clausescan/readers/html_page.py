"""The walker behind the HTML reader: it is told about tags and text as they come and keeps blocks.

Nothing visible is dropped: policies hide clauses in tabs, accordions and footers. Hidden text is read and marked
(`origin`), and so is what is said of pictures and in tooltips when it is a sentence. Only script, style, iframes and ruby readings
go, and struck text (<del>, <s>) in the final view.
The parser's target interface is used instead of a tree: no depth limit, text after </html> arrives, little memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from clausescan.readers import lines as rules
from clausescan.readers.assemble import Draft
from clausescan.readers.beside import sentence
from clausescan.readers.html_numbers import Counters, ListNumbers, css_rules, list_numbers
from clausescan.types import BlockKind, Origin

_BLOCK, _PLAIN, _SKIP, _HEADING, _LIST, _ITEM, _TABLE, _ROW, _CELL = range(9)
_BREAK, _INPUT, _STRUCK, _ADDED, _TITLE, _BOLD, _UNDERLINE, _PRE = range(9, 17)


def _roles(names: str, role: int) -> dict[str, int]:
    return dict.fromkeys(names.split(), role)


_ROLES: dict[str, int] = {
    **_roles("p div section dd dt blockquote", _PLAIN),
    **_roles("html body article main header footer nav aside address center form fieldset legend", _BLOCK),
    **_roles("figure figcaption details summary dl hgroup caption thead tbody tfoot template frameset noframes", _BLOCK),
    **_roles("dialog search select option optgroup button noscript hr object marquee svg map", _BLOCK),
    **_roles("script style iframe rt rp canvas audio video annotation annotation-xml", _SKIP),
    **_roles("h1 h2 h3 h4 h5 h6", _HEADING),
    **_roles("ol ul menu dir", _LIST),
    **_roles("td th", _CELL),
    **_roles("del s strike", _STRUCK),
    **_roles("b strong", _BOLD),
    **_roles("pre textarea listing xmp plaintext", _PRE),
    "li": _ITEM, "table": _TABLE, "tr": _ROW, "br": _BREAK, "input": _INPUT, "ins": _ADDED, "title": _TITLE, "u": _UNDERLINE,
}  # fmt: skip
_ORIGINS: dict[str, Origin] = {
    "nav": "navigation", "aside": "navigation", "footer": "footer", "header": "header",
    "navigation": "navigation", "complementary": "navigation", "banner": "header", "contentinfo": "footer", "menu": "navigation",
    "navbar": "navigation", "breadcrumb": "navigation", "breadcrumbs": "navigation", "sidebar": "navigation", "toc": "navigation",
    "site-footer": "footer", "page-footer": "footer", "copyright": "footer", "site-header": "header", "page-header": "header",
}  # fmt: skip
_FIELD_TYPES = frozenset(("", "text", "email", "tel", "date", "number", "search", "url"))
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_WRAP = re.compile(rf"(?<=[{rules.CJK}{rules.CJK_MARKS}])[ \t]*\n\s*(?=[{rules.CJK}{rules.CJK_MARKS}])")
_EDGES = " \u3000\t\n"
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# text of a point or less, transparent, or moved off the page
_TINY = re.compile(
    r"font-size\s*:\s*(?:0(?:\.\d+)?(?:px|pt|r?em|%)?|1(?:\.\d+)?(?:px|pt))\s*(?:;|!|$)|(?<![\w-])opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|!|$)"
    r"|(?<![\w-])color\s*:\s*transparent|(?:text-indent|(?<![\w-])(?:left|top))\s*:\s*-\d{4,}px",
    re.IGNORECASE,
)
_WHITE = re.compile(r"(?<![\w-])color\s*:\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:;|!|$)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color|-image)?\s*:\s*(?!white|#fff(?:fff)?\b|none|transparent|inherit|initial)", re.IGNORECASE)
# what stands beside the page; on which elements does not matter
_SAID = frozenset(("alt", "title", "aria-label", "aria-description", "placeholder", "label", "summary"))
_BUTTONS = frozenset(("submit", "button", "reset", "checkbox", "radio", "hidden"))
_DRAWN = re.compile(r"content\s{0,9}:\s{0,9}(?:\"([^\"\\]{12,2000})\"|'([^'\\]{12,2000})')")
_SHOWS_INLINE = re.compile(r"display\s*:\s*inline\s*(?:;|!|$)", re.IGNORECASE)
_SHOWS_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
_PREFORMATTED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_STRUCK_STYLE = re.compile(r"text-decoration[\w-]{0,20}\s{0,9}:[^;]{0,200}line-through", re.IGNORECASE)
_UNDERLINE_STYLE = re.compile(r"text-decoration[\w-]{0,20}\s{0,9}:[^;]{0,200}underline", re.IGNORECASE)
_HINT_LENGTH = 60  # a block under a class like "sidebar" is believed to be one only when it is as short as a link
_FEW_BREAKS = 3  # up to so many lines, <br> wraps a paragraph; more are a page built of <br>
_CELL_LIMIT = 2_000  # a longer cell is a page in a layout table
_HIDDEN_RUN = 4  # characters: shorter hidden parts of a paragraph are icons
_MAX_SPAN, _MAX_COLUMNS = 1_000, 64


class _State(NamedTuple):
    """What an element hands down to its children."""

    origin: Origin = "body"
    hint: Origin = "body"
    bold: bool = False
    underlined: bool = False
    pre: bool = False
    content: bool = False  # inside <main> or <article>, where <header> and <footer> belong to the text
    kind: BlockKind = "paragraph"
    level: int = 0
    ground: bool = False  # something other than white may lie under the text


@dataclass(slots=True)
class _Line:
    """The text since the last block boundary or <br>, and how much of it is prominent."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    bold: int = 0
    underlined: int = 0
    typed: int = 0
    hidden: int = 0


@dataclass(slots=True)
class _Cell:
    heading: bool
    rows: int
    drafts: list[Draft] = field(default_factory=list)
    holds_table: bool = False


@dataclass(slots=True)
class _Row:
    in_head: bool
    cells: list[_Cell] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    number: int
    layout: bool
    outer: list[Draft]
    rows: list[_Row] = field(default_factory=list)
    in_head: bool = False


class Page:
    """A sink for `start`, `end` and `data` (the target interface of lxml); `drafts` holds the blocks after `close`.

    `original` reads tracked changes (<ins>, <del>) as before them. After `limit` characters nothing more is kept and
    `is_cut` says so.
    """

    def __init__(self, *, original: bool = False, limit: int = 5_000_000) -> None:
        self.original = original
        self.limit = limit
        self.size = 0
        self.is_cut = False
        self.drafts: list[Draft] = []
        self.title = ""
        self.tables = self.fields = self.changes = self.script_size = self.hidden = 0
        self._out = self.drafts
        self._state = _State()
        self._anchor = ("body", 1)
        self._stack: list[tuple[int, _State, tuple[str, int]]] = []
        self._skip = 0
        self._skipped = ""
        self._css: list[str] = []
        self._hidden_names: frozenset[str] = frozenset()
        self._counters: Counters | None = None
        self._lists: list[ListNumbers] = []
        self._open_tables: list[_Table] = []
        self._line = _Line()
        self._lines: list[_Line] = []
        self._number: str | None = None
        self._number_is_drawn = False
        self._in_title = False
        self._counts: Counter[str] = Counter()
        self._said: list[str] = []
        self._told: set[str] = set()

    # --- what the parser calls ---

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """Begin an element."""
        if self._skip:
            self._skip += 1
            return
        role = _ROLES.get(tag, -1)
        if attrib and tag != "meta":
            self._hear(tag, attrib)
        if role == _PLAIN and not attrib and self._counters is None:  # the usual case by far
            if self._line.parts or self._lines:
                self._flush()
            self._stack.append((role, self._state, self._anchor))
            self._counts[tag] += 1
            self._anchor = (tag, self._counts[tag])
            return
        if role == _SKIP or (attrib and self._is_gone(role, attrib)) or role in (_STRUCK, _ADDED):
            if self._begins_skip(tag, role, attrib):
                return
            role = -1 if role in (_STRUCK, _ADDED) else role
        drawn, unmarked = self._counters.enter(tag, attrib) if self._counters else (None, False)
        if attrib and role <= _PLAIN and "style" in attrib:
            if role < 0 and _SHOWS_BLOCK.search(attrib["style"]):
                role = _PLAIN
            elif role == _PLAIN and _SHOWS_INLINE.search(attrib["style"]):
                role = -1
        self._stack.append((role, self._state, self._anchor))
        if role >= 0:
            self._open(tag, role, attrib, unmarked)
        if attrib:
            self._dress(tag, role, attrib)
        if drawn:
            self._draw(drawn, role)

    def end(self, tag: str) -> None:
        """End the innermost element."""
        if self._skip:
            self._skip -= 1
            if not self._skip and self._skipped == "style":
                self._read_css()
            return
        if not self._stack:
            return
        if self._counters:
            self._counters.leave()
        role, state, anchor = self._stack.pop()
        if role == _PLAIN:
            if self._line.parts or self._lines:
                self._flush()
        elif role >= 0:
            self._shut(role)
        self._state, self._anchor = state, anchor

    def data(self, text: str) -> None:
        """Take text."""
        if self._skip:
            if self._skipped == "script":
                self.script_size += len(text)
            elif self._skipped == "style":
                self._css.append(text)
            return
        if self._in_title:
            self.title += text
            return
        state = self._state
        line = self._line
        if not line.parts and not self._lines and text.isspace():
            return
        if state.pre and "\n" in text:
            first, *rest = text.split("\n")
            self._take(first, state)
            for part in rest:
                self._break()
                self._take(part, state)
            return
        line.parts.append(text)
        line.size += len(text)
        if state.origin == "hidden":
            line.hidden += len(text)
        if state.bold or state.underlined:
            line.bold += len(text) * state.bold
            line.underlined += len(text) * state.underlined

    def comment(self, text: str) -> None:
        """Comments are not part of the text."""

    def close(self) -> Page:
        """End what is still open; return the page itself."""
        self._skip = 0
        while self._stack:
            self.end("")
        self._flush()
        return self

    # --- elements ---

    def _is_gone(self, role: int, attrib: Mapping[str, str]) -> bool:
        style = attrib.get("style")
        return not self.original and role != _BREAK and style is not None and _STRUCK_STYLE.search(style) is not None

    def _hear(self, tag: str, attrib: Mapping[str, str]) -> None:
        """Keep what an attribute says beside the page until the open block has ended; the same words once."""
        if not _SAID.isdisjoint(attrib):
            for name in _SAID.intersection(attrib):
                self._keep(attrib[name])
        if tag == "input" and attrib.get("type", "").lower() in _BUTTONS:
            self._keep(attrib.get("value"))

    def _keep(self, text: str | None) -> None:
        said = sentence(text)
        if said and said not in self._told:
            self._told.add(said)
            self._said.append(said)

    def _tell(self) -> None:
        tag, count = self._anchor
        shown = self._out[-1].text if self._out else ""
        for said in self._said:
            if said in shown:
                continue
            self.size += len(said) + 1
            if self.size > self.limit:
                self.is_cut = True
                break
            origin: Origin = "hidden" if self._state.origin == "hidden" else "annotation"
            self._out.append(Draft(kind="paragraph", text=said, anchor=f"{tag}[{count}]", origin=origin))
        self._said.clear()

    def _begins_skip(self, tag: str, role: int, attrib: Mapping[str, str]) -> bool:
        """Count a tracked change or a script; return whether the element is left out."""
        if role != _SKIP:
            self.changes += 1
            if role in (_STRUCK, _ADDED) and (role == _STRUCK) == self.original:
                return False
        elif tag == "script" and attrib.get("src"):
            self.script_size += 1_000  # its size is not known; a typical bundle is larger
        self._skip, self._skipped = 1, tag
        return True

    def _open(self, tag: str, role: int, attrib: Mapping[str, str], unmarked: bool) -> None:
        if role == _BREAK:
            self._break()
        elif role == _BOLD:
            self._state = self._state._replace(bold=True)
        elif role == _UNDERLINE:
            self._state = self._state._replace(underlined=True)
        elif role == _INPUT:
            self._input(attrib)
        elif role == _TITLE:
            self._in_title = not self.title
        else:
            self._flush()
            self._open_block(tag, role, attrib, unmarked)

    def _open_block(self, tag: str, role: int, attrib: Mapping[str, str], unmarked: bool) -> None:
        self._counts[tag] += 1
        self._anchor = (tag, self._counts[tag])
        state = self._state
        if role == _HEADING:
            self._state = state._replace(kind="heading", level=int(tag[1]), bold=False)
        elif role == _LIST:
            self._lists.append(list_numbers(tag, attrib))
            if unmarked:
                self._lists[-1].style = None
        elif role == _ITEM:
            numbers = self._lists[-1] if self._lists else ListNumbers(style=None)
            self._number, self._number_is_drawn = numbers.number(attrib), False
            self._state = state._replace(kind="list_item", level=max(1, len(self._lists)))
        elif role == _TABLE:
            self._open_tables.append(_Table(self._counts["table"], attrib.get("role") in ("presentation", "none"), self._out))
        elif role == _ROW and self._open_tables:
            table = self._open_tables[-1]
            table.rows.append(_Row(table.in_head))
        elif role == _CELL and self._open_tables:
            self._open_cell(tag, attrib)
        elif role == _PLAIN:
            return
        elif role == _PRE:
            kind: BlockKind = "form_field" if tag == "textarea" else state.kind
            self.fields += tag == "textarea"
            self._state = state._replace(pre=True, kind=kind)
        else:
            self._open_plain(tag, attrib)

    def _open_plain(self, tag: str, attrib: Mapping[str, str]) -> None:
        state = self._state
        if tag in ("main", "article"):
            state = state._replace(content=True)
        elif state.origin != "hidden" and (tag in ("nav", "aside") or (tag in ("header", "footer") and not state.content)):
            state = state._replace(origin=_ORIGINS[tag])
        elif tag == "template" or (tag in ("details", "dialog") and "open" not in attrib):
            state = state._replace(origin="hidden")
        elif tag == "summary":
            outer = self._stack[-2][1] if len(self._stack) > 1 else state  # the state before <details>
            state = state._replace(origin=outer.origin)
        elif tag in ("option", "select"):
            state = state._replace(kind="form_field")
        elif tag == "thead" and self._open_tables:
            self._open_tables[-1].in_head = True
        self._state = state

    def _open_cell(self, tag: str, attrib: Mapping[str, str]) -> None:
        table = self._open_tables[-1]
        if not table.rows:
            table.rows.append(_Row(table.in_head))
        span = attrib.get("rowspan", "1").strip()
        cell = _Cell(tag == "th", min(int(span), _MAX_SPAN) if span.isdecimal() else 1)
        table.rows[-1].cells.append(cell)
        self._out = cell.drafts
        self._state = self._state._replace(kind="paragraph", level=0, bold=tag == "th" or self._state.bold)

    def _shut(self, role: int) -> None:
        if role == _TITLE:
            self._in_title = False
            return
        if role in (_BREAK, _BOLD, _UNDERLINE, _INPUT):
            return
        self._flush()
        if role == _ITEM:
            self._number = None
        elif role == _LIST and self._lists:
            self._lists.pop()
        elif role == _CELL and self._open_tables:
            self._out = self._open_tables[-1].outer
        elif role == _TABLE and self._open_tables:
            self._shut_table()
        elif role == _BLOCK and self._open_tables:  # <thead> ends, or something inside it
            self._open_tables[-1].in_head = False

    def _dress(self, tag: str, role: int, attrib: Mapping[str, str]) -> None:
        """Take from the attributes what they say about the look and the place of the element."""
        state = self._state
        style = attrib.get("style")
        hidden = "hidden" in attrib or attrib.get("aria-hidden") == "true"
        if style:
            hidden = hidden or _HIDES.search(style) is not None or _TINY.search(style) is not None
            if _GROUND.search(style):
                state = state._replace(ground=True)
            hidden = hidden or (not state.ground and _WHITE.search(style) is not None)
            if _PREFORMATTED.search(style):
                state = state._replace(pre=True)
            if _BOLD_STYLE.search(style):
                state = state._replace(bold=True)
            if _UNDERLINE_STYLE.search(style):
                state = state._replace(underlined=True)
        if role >= 0:
            names = (attrib.get("class") or "").lower().split()
            if (names and not state.ground) or "bgcolor" in attrib or "background" in attrib:
                state = state._replace(ground=True)
            if "id" in attrib:
                names.append("#" + attrib["id"].lower())
            if names and self._hidden_names and not self._hidden_names.isdisjoint(names):
                hidden = True
            state = self._placed(state, attrib, names)
        if hidden:
            state = state._replace(origin="hidden")
        self._state = state

    def _placed(self, state: _State, attrib: Mapping[str, str], names: list[str]) -> _State:
        said = attrib.get("role")
        if said in _ORIGINS and state.origin == "body" and not state.content:
            return state._replace(origin=_ORIGINS[said])
        for name in names:
            if name.lstrip("#") in _ORIGINS and state.hint == "body":
                return state._replace(hint=_ORIGINS[name.lstrip("#")])
        return state

    def _input(self, attrib: Mapping[str, str]) -> None:
        value = attrib.get("value", "").strip()
        if value and attrib.get("type", "").lower() in _FIELD_TYPES:
            self.fields += 1
            self._line.typed += len(value)
            self._take(f" {value} ", self._state)

    def _draw(self, number: str, role: int) -> None:
        """Put a number that CSS draws before an element: before its first block, or in the text of an inline element."""
        if role >= 0 and role not in (_BOLD, _UNDERLINE):
            self._number, self._number_is_drawn = number, True
        else:
            self._take(number + " ", self._state)

    def _read_css(self) -> None:
        css = "".join(self._css)
        self._css.clear()
        if "content" in css:
            for match in _DRAWN.finditer(css):
                self._keep(match.group(1) or match.group(2))
        if "counter" in css:
            self._counters = self._counters or Counters()
            self._counters.add(css)
            while len(self._counters.elements) < len(self._stack):  # the elements that are open already
                self._counters.elements.insert(0, ("html", frozenset()))
        if not self._state.ground and "background" in css:  # rules are not resolved: it may lie anywhere
            self._stack = [(role, state._replace(ground=True), anchor) for role, state, anchor in self._stack]
            self._state = self._state._replace(ground=True)
        if "none" in css:
            hiding = [found for found, body in css_rules(css) if "none" in body and _HIDES.search(body)]
            selectors = [each.strip() for found in hiding for each in found.split(",")]
            names = {each.lower().removeprefix(".") for each in selectors if re.fullmatch(r"[.#][\w-]+", each)}
            self._hidden_names = self._hidden_names | names

    # --- text ---

    def _take(self, text: str, state: _State) -> None:
        line = self._line
        line.parts.append(text)
        line.size += len(text)
        line.bold += len(text) * state.bold
        line.underlined += len(text) * state.underlined
        line.hidden += len(text) * (state.origin == "hidden")

    def _break(self) -> None:
        self._lines.append(self._line)
        self._line = _Line()

    def _flush(self) -> None:
        """End the open block: emit its text, if it has any."""
        line, earlier = self._line, self._lines
        if not earlier:
            if line.parts:
                self._line = _Line()
                text = _collapse("".join(line.parts))
                if text:
                    self._emit(text, line)
            if self._said:
                self._tell()
            return
        earlier.append(line)
        self._line, self._lines = _Line(), []
        texts = [_collapse("".join(each.parts)) for each in earlier]
        for first, last in _paragraphs(texts):
            self._emit(_joined(texts[first:last]), _sum(earlier[first:last]))
        if self._said:
            self._tell()

    def _emit(self, text: str, line: _Line) -> None:
        self.size += len(text) + 1
        if self.size > self.limit:
            self.is_cut = True
            return
        state = self._state
        tag, count = self._anchor
        origin = state.origin
        if line.hidden * 2 > line.size:
            origin = "hidden"
        elif line.hidden >= _HIDDEN_RUN and origin != "hidden":
            self.hidden += 1
        draft = Draft(kind=state.kind, text=text, anchor=f"{tag}[{count}]", level=state.level, origin=origin)
        scheme = rules.scheme(text)
        if self._number is not None:
            if self._number_is_drawn or not scheme:
                draft.number = self._number
                draft.text = f"{self._number} {text}"
            self._number = None
        bold = line.bold * 2 > line.size
        if bold or line.underlined * 2 > line.size:
            draft.emphasis = (("bold",) if bold else ()) + (("underline",) if line.underlined * 2 > line.size else ())
        if draft.kind == "paragraph":
            if line.typed * 2 > len(text):
                draft.kind = "form_field"
            elif (bold or scheme in ("chapter", "article", "zh")) and rules.looks_like_heading(text):
                draft.kind, draft.level = "heading", rules.heading_level(text)
            elif scheme in rules.LIST_SCHEMES:
                draft.kind = "list_item"
        if draft.origin == "body" and state.hint != "body" and len(text) <= _HINT_LENGTH and not rules.ends_sentence(text):
            draft.origin = state.hint
        self._out.append(draft)

    # --- tables ---

    def _shut_table(self) -> None:
        table = self._open_tables.pop()
        self._out = table.outer
        if _is_layout(table):
            self._out += [draft for row in table.rows for cell in row.cells for draft in cell.drafts]
        else:
            self.tables += 1
            self._out += _rows(table)
        if self._open_tables and self._open_tables[-1].rows and self._open_tables[-1].rows[-1].cells:
            self._open_tables[-1].rows[-1].cells[-1].holds_table = True


def _collapse(text: str) -> str:
    """Collapse white space as browsers do; a line break in the source between two Chinese characters is none."""
    if "\n" in text:
        text = _WRAP.sub("", text)
    return _SPACES.sub(" ", text).strip(_EDGES)


def _paragraphs(texts: list[str]) -> list[tuple[int, int]]:
    """Return the ranges of lines (between <br>) that make a block."""
    filled = sum(map(bool, texts))
    limit = rules.wrap_width(texts) if filled > _FEW_BREAKS else 0
    ranges: list[tuple[int, int]] = []
    first = -1
    for index, text in enumerate(texts):
        if not text:
            if first >= 0:
                ranges.append((first, index))
            first = -1
        elif first < 0:
            first = index
        elif not _goes_on(texts[index - 1], text, limit, filled):
            ranges.append((first, index))
            first = index
    if first >= 0:
        ranges.append((first, len(texts)))
    return ranges


def _goes_on(line: str, following: str, limit: int, filled: int) -> bool:
    return not rules.scheme(following) if filled <= _FEW_BREAKS else rules.continues(line, following, limit)


def _joined(texts: list[str]) -> str:
    parts = [texts[0]]
    for line, following in pairwise(texts):
        parts += (rules.glue(line, following) if rules.continues(line, following, 0) else " ", following)
    return "".join(parts)


def _sum(lines: list[_Line]) -> _Line:
    return _Line(
        size=sum(line.size for line in lines),
        bold=sum(line.bold for line in lines),
        underlined=sum(line.underlined for line in lines),
        typed=sum(line.typed for line in lines),
        hidden=sum(line.hidden for line in lines),
    )


def _is_layout(table: _Table) -> bool:
    """Tell whether a table only places things: one column, tables or headings in cells, or a page in a cell."""
    cells = [cell for row in table.rows for cell in row.cells]
    if table.layout or max((len(row.cells) for row in table.rows), default=0) <= 1:
        return True
    if any(cell.holds_table or any(draft.kind == "heading" and draft.level for draft in cell.drafts) for cell in cells if not cell.heading):
        return True
    sizes = [sum(len(draft.text) for draft in cell.drafts) for cell in cells]
    return max(sizes, default=0) > _CELL_LIMIT or (len(table.rows) == 1 and max(sizes, default=0) > _CELL_LIMIT // 10)


def _rows(table: _Table) -> list[Draft]:
    """Return one draft for each row with text; a cell over several rows leaves empty cells below, to keep the columns."""
    drafts: list[Draft] = []
    spans: dict[int, int] = {}
    header: Draft | None = None
    for order, row in enumerate(table.rows, start=1):
        cells = _spread(row, spans)
        if not any(cells):
            continue
        parts = [draft for cell in row.cells for draft in cell.drafts]
        origins = {draft.origin for draft in parts}
        draft = Draft(
            kind="table_row",
            cells=tuple(cells),
            anchor=f"table[{table.number}]/row[{order}]",
            origin=origins.pop() if len(origins) == 1 else "body",
            header=header,
        )
        drafts.append(draft)
        if header is None and len(drafts) == 1 and _is_header(row, len(table.rows)):
            header = draft
    return drafts


def _spread(row: _Row, spans: dict[int, int]) -> list[str]:
    cells: list[str] = []
    for cell in row.cells:
        _pass_spans(cells, spans)
        if cell.rows > 1:
            spans[len(cells)] = cell.rows - 1
        cells.append(" ".join(draft.text for draft in cell.drafts))
    _pass_spans(cells, spans)
    return cells


def _pass_spans(cells: list[str], spans: dict[int, int]) -> None:
    while len(cells) < _MAX_COLUMNS and spans.get(len(cells), 0) > 0:
        spans[len(cells)] -= 1
        cells.append("")


def _is_header(row: _Row, rows: int) -> bool:
    if row.in_head or all(cell.heading for cell in row.cells):
        return True
    texts = [" ".join(draft.text for draft in cell.drafts) for cell in row.cells]
    return rows > 1 and all(text and rules.width(text) <= 40 and not rules.ends_sentence(text) for text in texts)
