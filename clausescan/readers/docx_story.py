"""Walks one story of a DOCX (the body, a header, the notes) and returns its text as drafts of blocks.

A story is read as Word lays it out: tracked changes in the chosen view, fields by their result, content
controls without their prompts, text boxes once, notes after the block that refers to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from clausescan.readers import assemble
from clausescan.readers.beside import sentence
from clausescan.readers.docx_numbering import BULLET, Number, Numbering
from clausescan.readers.docx_styles import (
    PLAIN,
    ParagraphProperties,
    ParagraphStyle,
    RunLook,
    Styles,
    child_value,
    is_on,
    paragraph_properties,
    to_int,
)
from clausescan.readers.ooxml import Element, W
from clausescan.types import BlockKind

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A, _V = "{http://schemas.openxmlformats.org/drawingml/2006/main}", "{urn:schemas-microsoft-com:vml}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_BLIP = f"{A}blip"
# elements of drawings with text: the attributes that hold it; none: it stands in a:t below
_DRAWING_TEXTS: dict[str, tuple[str, ...]] = {
    f"{_WP}docPr": ("descr", "title"), f"{_V}textpath": ("string",), f"{_V}shape": ("alt", "title"), f"{_V}rect": ("alt",),
    f"{_V}group": ("alt",), f"{A}p": (),
}  # fmt: skip

P, R, T, TBL, TR, TC = f"{W}p", f"{W}r", f"{W}t", f"{W}tbl", f"{W}tr", f"{W}tc"
DEL_TEXT, FIELD = f"{W}delText", f"{W}fldChar"
INS, DEL, MOVE_FROM, MOVE_TO = f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo"
SDT, CONTENT, BOX = f"{W}sdt", f"{W}sdtContent", f"{W}txbxContent"
ALTERNATE = f"{_MC}AlternateContent"
REVISIONS = frozenset((INS, DEL, MOVE_FROM, MOVE_TO))
_PPR, _RPR, MATH_TEXT = f"{W}pPr", f"{W}rPr", f"{_M}t"
FORMULAS = frozenset((f"{_M}oMath", f"{_M}oMathPara"))
_WRAPPERS = frozenset(f"{W}{name}" for name in ("hyperlink", "smartTag", "customXml", "fldSimple", "dir", "bdo"))
_CONTROLS = frozenset((*(f"{W}{name}" for name in ("dropDownList", "comboBox", "date", "text")), f"{_W14}checkbox"))
_DRAWINGS = frozenset((f"{W}drawing", f"{W}pict", f"{W}object", ALTERNATE))
# What may hold runs or paragraphs; everything else next to them is skipped.
_HOLDERS = frozenset((SDT, ALTERNATE, *REVISIONS, *_WRAPPERS))

# A prompt ("单击此处输入文字", "Click or tap here to enter text.") is short; anything longer is read even if it is marked as one.
_PROMPT_MAX, _PROMPT_MAX_ZH = 60, 24
# A cell with more paragraphs than this is a column of a layout, not a value.
_CELL_PARAGRAPHS = 12
_BOXES = "☐☑☒□■✓✔"

_BREAKS = re.compile(r"(?<![ \t\u3000])[ \t\u3000]*+([\n\f][\n\f \t\u3000]*)")
_STOP = re.compile(r"[。；;：:！!？?.]$")
_NUMBERED = re.compile(
    r"第[〇零一二三四五六七八九十百千\d]{1,6}[编章节条條款项]|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2}|[a-z])[)）]"
    r"|[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}(?:[、．)）]|\.(?!\d))|\d{1,2}(?:\.\d{1,2})+(?!\d)|[①-⑳●•◆■]"
)
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[“”‘’…—]")
_CJK_STOP = tuple("。；，、：！？”）》】")

# Dingbats that contracts use as ticks and bullets; Word stores them in the private area of their font.
_SYMBOLS = {
    ("wingdings", 0x6F): "□", ("wingdings", 0xA8): "☐", ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒",
    ("wingdings", 0xFC): "✓", ("wingdings", 0xFB): "✗", ("wingdings", 0x6C): "●", ("wingdings", 0x6E): "■",
    ("wingdings", 0x75): "◆", ("wingdings", 0xD8): "➢", ("wingdings", 0xE0): "→", ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x54): "☒", ("wingdings 2", 0x50): "✓", ("wingdings 2", 0xA3): "☐", ("symbol", 0xB7): "•",
    ("symbol", 0xD3): "©", ("symbol", 0xE3): "©", ("symbol", 0xD2): "®", ("symbol", 0xE2): "®", ("symbol", 0xD4): "™",
    ("symbol", 0xE4): "™", ("symbol", 0xB0): "°", ("symbol", 0xB1): "±", ("symbol", 0xB4): "×", ("symbol", 0xA3): "≤",
    ("symbol", 0xB3): "≥", ("symbol", 0xB9): "≠", ("symbol", 0xAE): "→", ("symbol", 0x2D): "-",
}  # fmt: skip


def visible(text: str) -> int:
    """Return how many characters of `text` are no white space."""
    return len("".join(text.split()))


def text_of(element: Element) -> str:
    """Return the text of a w:t, also when a comment splits it."""
    if not len(element):
        return element.text or ""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def is_plain_control(control: Element) -> bool:
    """Return whether a w:sdt holds a value (text, date, choice, tick) and not any content."""
    properties = control.find(f"{W}sdtPr")
    return properties is not None and any(child.tag in _CONTROLS for child in properties)


def branch(element: Element) -> Element | None:
    """Return the one branch of an mc:AlternateContent to read: the first Choice, unless only another one holds text."""
    choices = [child for child in element if child.tag in (f"{_MC}Choice", f"{_MC}Fallback")]
    with_text = (choice for choice in choices if next(choice.iter(T), None) is not None)
    return next(with_text, choices[0] if choices else None)


@dataclass(slots=True)
class Weights:
    """How many visible characters there are, and how many of them look bold, underlined, coloured, capital or are hidden."""

    total: int = 0
    bold: int = 0
    underline: int = 0
    colour: int = 0
    caps: int = 0
    hidden: int = 0

    def add(self, count: int, look: RunLook) -> None:
        """Count characters of one look."""
        self.total += count
        if look == PLAIN:
            return
        self.bold += count if look.bold else 0
        self.underline += count if look.underline else 0
        self.colour += count if look.colour else 0
        self.caps += count if look.caps else 0
        self.hidden += count if look.hidden else 0

    def merge(self, other: Weights) -> None:
        """Add the counts of another part of the same block."""
        for name in ("total", "bold", "underline", "colour", "caps", "hidden"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True, kw_only=True)
class Draft(assemble.Draft):
    """A block before it has a place in the text; a row has its text in `cells` and, joined, in `text`.

    `added` is the number of visible characters that are not in a w:t (numbers, separators); `passages` how many
    separate hidden passages it has; `paragraph` is False for what only follows a paragraph (note, text box, row of
    a nested table) and so is no part of a cell; `main` is True for the main part. When the story is traced, `pieces`
    are the texts of the paragraph with the elements that hold them, and `within` the paragraphs of a row.
    """

    weights: Weights = field(default_factory=Weights)
    added: int = 0
    passages: int = 0
    paragraph: bool = True
    main: bool = False
    pieces: Pieces | None = None
    within: tuple[Draft, ...] = ()


@dataclass(slots=True, kw_only=True)
class Counts:
    """What was met on the way, for Coverage."""

    tables: int = 0
    footnotes: int = 0
    text_boxes: int = 0
    pictures: int = 0
    form_fields: int = 0
    skipped: int = 0
    chunks: list[str] = field(default_factory=list)


NoteReader = Callable[[str, str], list[Draft]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The texts of a paragraph in reading order and, for each, the element that holds it."""

    texts: list[str]
    elements: list[Element]


@dataclass(slots=True, kw_only=True)
class Shared:
    """What all stories of a document have in common. `notes` returns the drafts of a note by its kind and id.

    `traced` asks for the elements that each draft was read from.
    """

    view: Literal["final", "original"]
    styles: Styles
    numbering: Numbering
    counts: Counts = field(default_factory=Counts)
    notes: NoteReader = lambda kind, note_id: []
    traced: bool = False

    def keeps(self, tag: str) -> bool:
        """Return whether the view shows what stands under a revision mark."""
        return (tag in (INS, MOVE_TO)) == (self.view == "final")


@dataclass(slots=True)
class _Paragraph:
    """The text of a paragraph while its runs are read; a deleted paragraph mark carries it into the next one.

    Each of `parts` has its look in `looks` and its element in `sources`; `blank` tells that nothing visible was carried over; `weights` and
    `passages` are counted at the end.
    """

    place: int
    parts: list[str] = field(default_factory=list)
    looks: list[RunLook] = field(default_factory=list)
    sources: list[Element] = field(default_factory=list)
    weights: Weights = field(default_factory=Weights)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    passages: int = 0
    blank: bool = True

    def weigh(self) -> None:
        """Count, once the paragraph is complete, how many characters have which look and how many hidden passages there are."""
        # Most paragraphs have one look, and then it is no matter where a run ends.
        looks, texts = self.looks, self.parts
        if looks and looks.count(looks[0]) == len(looks):
            looks, texts = looks[:1], ["".join(texts)]
        in_hidden = False
        for text, look in zip(texts, looks, strict=True):
            count = visible(text)
            if count:
                self.weights.add(count, look)
                self.passages += bool(look.hidden) and not in_hidden
                in_hidden = bool(look.hidden)


class Story:
    """One part of the document, read from top to bottom."""

    def __init__(self, root: Element, shared: Shared, *, name: str) -> None:
        """Prepare the story `root`; `name` starts its anchors ("body", "footer1")."""
        self._shared = shared
        self._name = name
        self._main = name == "body"
        self._places = {paragraph: index for index, paragraph in enumerate(root.iter(P), 1)}
        self._tables = {table: index for index, table in enumerate(root.iter(TBL), 1)}
        self._closed = _closed_fields(root)
        # Most documents have no tracked change, and then no paragraph mark need be searched for one.
        self._revised = next(root.iter(*REVISIONS), None) is not None
        self._fields: list[bool] = []
        self._silent = False
        self._carry: _Paragraph | None = None
        self._hidden = False
        self._counters = "main" if self._main else name
        self._out: list[Draft] = []

    def read(self, container: Element) -> list[Draft]:
        """Return the drafts of everything in `container`, which is the root or a part of the story."""
        outer = (self._out, self._fields, self._silent, self._carry)
        self._out, self._fields, self._silent, self._carry = [], [], False, None
        self._blocks(container)
        self._flush()
        drafts = self._out
        self._out, self._fields, self._silent, self._carry = outer
        return drafts

    # ---- blocks

    def _blocks(self, container: Element) -> None:
        for child in container:
            tag = child.tag
            if tag == P:
                self._paragraph(child)
            elif tag == TBL:
                self._flush()
                self._table(child)
            elif tag == f"{W}altChunk":
                self._shared.counts.chunks.append(child.get(f"{_R}id", ""))
            elif tag in _HOLDERS:
                inner = self._unwrap(child)
                if inner is not None:
                    self._blocks(inner)

    def _unwrap(self, element: Element) -> Element | None:
        """Return the element whose children count as children of `element`'s parent, None to skip it."""
        tag = element.tag
        if tag == SDT:
            self._count_control(element)
            return None if self._is_prompt(element) else element.find(CONTENT)
        if tag in REVISIONS:
            if self._shared.keeps(tag):
                return element
            self._skip(element)
            return None
        if tag == ALTERNATE:
            return branch(element)
        return element if tag in _WRAPPERS else None

    def _skip(self, element: Element) -> None:
        # Fields go on across deleted text; only what they show is dropped.
        for mark in element.iter(FIELD):
            self._turn_field(mark)

    def _count_control(self, control: Element) -> None:
        if is_plain_control(control):
            self._shared.counts.form_fields += 1

    def _is_prompt(self, control: Element) -> bool:
        properties, content = control.find(f"{W}sdtPr"), control.find(CONTENT)
        prompt = properties.find(f"{W}showingPlcHdr") if properties is not None else None
        if content is None or prompt is None or not is_on(prompt.get(f"{W}val")):
            return False
        words = "".join(text.text or "" for text in content.iter(T))
        size = visible(words)
        if size > (_PROMPT_MAX_ZH if _CJK.search(words) else _PROMPT_MAX):
            return False
        self._shared.counts.skipped += size
        return True

    def _paragraph(self, element: Element) -> None:
        children = list(element)
        properties = paragraph_properties(_first(children, _PPR))
        style = self._shared.styles.paragraph(properties.style)
        place = self._places.get(element, 0)
        paragraph, self._carry = self._carry, None
        if paragraph is None:
            paragraph = _Paragraph(place)
        elif paragraph.blank:
            paragraph.place = place
        carried = len(paragraph.parts)
        self._inline(children, paragraph, style.look)
        if self._revised and properties.mark is not None and self._mark_is_gone(properties.mark):
            paragraph.blank = paragraph.blank and not any(map(visible, paragraph.parts[carried:]))
            self._carry = paragraph
            return
        self._finish(paragraph, properties, style)

    def _mark_is_gone(self, mark: Element) -> bool:
        return any(child.tag in REVISIONS and not self._shared.keeps(child.tag) for child in mark)

    def _flush(self) -> None:
        """End a paragraph whose mark is gone but which nothing follows."""
        if self._carry is not None:
            paragraph, self._carry = self._carry, None
            if not paragraph.blank:
                self._finish(paragraph, ParagraphProperties(), self._shared.styles.paragraph(None))

    def _finish(self, paragraph: _Paragraph, properties: ParagraphProperties, style: ParagraphStyle) -> None:
        paragraph.weigh()
        weights = paragraph.weights
        hidden = self._hidden or (weights.hidden > 0 and weights.hidden == weights.total)
        # Word does not count a paragraph that it does not show.
        number = None if hidden else self._shared.numbering.number(properties.number, style, self._counters)
        first = len(self._out)
        lines = split_lines("".join(paragraph.parts))
        for text in lines or [""]:
            draft = self._draft(text, number, paragraph, properties, style)
            if hidden:
                draft.origin, draft.passages = "hidden", 1
            if draft.text and not (number and number.text == BULLET and not text):
                self._out.append(draft)
            number = None
        if len(self._out) - first > 1:
            for line, draft in enumerate(self._out[first:], 1):
                draft.anchor += f"/line[{line}]"
                draft.passages = draft.passages if hidden or line == 1 else 0
        self._follow(paragraph)

    def _draft(
        self, text: str, number: Number | None, paragraph: _Paragraph, properties: ParagraphProperties, style: ParagraphStyle
    ) -> Draft:
        kind, level = _kind(number, properties, style)
        prefix = ""
        if number is not None:
            prefix = number.text + (" " if number.gap and text else "")
        return Draft(
            kind=kind,
            level=level,
            text=prefix + text,
            number=number.text if number is not None else None,
            anchor=f"{self._name}/p[{paragraph.place}]",
            origin="navigation" if style.navigation else "body",
            weights=paragraph.weights,
            added=visible(prefix),
            passages=paragraph.passages,
            main=self._main,
            pieces=Pieces(paragraph.parts, paragraph.sources) if self._shared.traced else None,
        )

    def _follow(self, paragraph: _Paragraph) -> None:
        """Put the text boxes and notes of a paragraph after it."""
        for box in paragraph.boxes:
            # Word numbers the text of boxes apart from the text around them.
            counters, self._counters = self._counters, f"{self._name}/boxes"
            drafts = self.read(box)
            self._counters = counters
            self._shared.counts.text_boxes += bool(drafts)
            for draft in drafts:
                draft.kind = "text_box" if draft.kind in ("paragraph", "heading", "title", "list_item") else draft.kind
                draft.paragraph = False
                self._out.append(draft)
        for said in paragraph.said:
            added = visible(said)
            anchor = f"{self._name}/p[{paragraph.place}]/description"
            self._out.append(
                Draft(kind="text_box", text=said, anchor=anchor, origin="annotation", added=added, paragraph=False, main=self._main)
            )
        for kind, note_id in paragraph.notes:
            for draft in self._shared.notes(kind, note_id):
                draft.paragraph = False
                self._out.append(draft)

    # ---- tables

    def _table(self, table: Element) -> None:
        self._shared.counts.tables += 1
        rows = [row for row in self._inside(table, TR) if self._row_is_kept(row)]
        grid = [[cell for cell in self._inside(row, TC) if self._cell_is_kept(cell)] for row in rows]
        boxed = all(len(cells) <= 1 for cells in grid)
        head: Draft | None = None
        for index, (row, cells) in enumerate(zip(rows, grid, strict=True), 1):
            properties = row.find(f"{W}trPr")
            contents = self._cells(cells, hidden=_has(properties, "hidden"))
            # One cell for each row, or cells that hold pages of text, only arrange the text on the page.
            if boxed or any(sum(draft.paragraph for draft in content) > _CELL_PARAGRAPHS for content in contents):
                self._out.extend(draft for content in contents for draft in content)
                continue
            draft = self._row(contents, f"table[{self._tables.get(table, 0)}]/row[{index}]", row)
            if any(draft.cells):
                self._out.append(draft)
                # Rows marked as header repeat on each page; without a mark, the first row with two cells names the columns.
                if _has(properties, "tblHeader") or (head is None and sum(map(bool, draft.cells)) > 1):
                    head = draft
                else:
                    draft.header = head
            for content in contents:
                self._out.extend(follower for follower in content if not follower.paragraph)

    def _cells(self, cells: list[Element], *, hidden: bool) -> list[list[Draft]]:
        outer, self._hidden = self._hidden, self._hidden or hidden
        # A field may begin in one cell and end in another, so that its state is not closed with the cell.
        contents = []
        for cell in cells:
            out, carry = self._out, self._carry
            self._out, self._carry = [], None
            self._blocks(cell)
            self._flush()
            contents.append(self._out)
            self._out, self._carry = out, carry
        self._hidden = outer
        return contents

    def _row(self, contents: list[list[Draft]], anchor: str, row: Element) -> Draft:
        own = [[draft for draft in content if draft.paragraph] for content in contents]
        cells = tuple(_join_cell([draft.text for draft in drafts]) for drafts in own)
        weights = Weights()
        flat = [draft for drafts in own for draft in drafts]
        for draft in flat:
            weights.merge(draft.weights)
        hidden = bool(flat) and all(draft.origin == "hidden" for draft in flat)
        first = self._places.get(next(row.iter(P), row), 0)
        return Draft(
            kind="table_row",
            text=assemble.CELL_GAP.join(cells),
            anchor=f"{anchor}/p[{first}]" if self._main else f"{self._name}/{anchor}/p[{first}]",
            origin="hidden" if hidden else "body",
            weights=weights,
            cells=cells,
            added=sum(draft.added for draft in flat) + visible(assemble.CELL_GAP) * (len(cells) - 1),
            passages=1 if hidden else sum(draft.passages for draft in flat),
            paragraph=False,
            main=self._main,
            within=tuple(flat) if self._shared.traced else (),
        )

    def _inside(self, parent: Element, wanted: str) -> Iterator[Element]:
        """Yield the rows of a table or the cells of a row, also from within content controls and the like."""
        for child in parent:
            if child.tag == wanted:
                yield child
            else:
                inner = self._unwrap(child)
                if inner is not None:
                    yield from self._inside(inner, wanted)

    def _row_is_kept(self, row: Element) -> bool:
        properties = row.find(f"{W}trPr")
        return properties is None or all(child.tag not in REVISIONS or self._shared.keeps(child.tag) for child in properties)

    def _cell_is_kept(self, cell: Element) -> bool:
        properties = cell.find(f"{W}tcPr")
        final = self._shared.view == "final"
        return properties is None or properties.find(f"{W}cellDel" if final else f"{W}cellIns") is None

    # ---- the text of a paragraph

    def _inline(self, children: Iterable[Element], paragraph: _Paragraph, base: RunLook) -> None:
        for child in children:
            tag = child.tag
            if tag == R:
                self._run(child, paragraph, base)
            elif tag == SDT and self._checkbox(child, paragraph, base):
                continue
            elif tag in FORMULAS:
                self._say("".join(text.text or "" for text in child.iter(MATH_TEXT)), child, paragraph, base)
            elif tag in _HOLDERS:
                inner = self._unwrap(child)
                if inner is not None:
                    self._inline(inner, paragraph, base)

    def _checkbox(self, control: Element, paragraph: _Paragraph, base: RunLook) -> bool:
        """Write the state of a tick box whose content is no plain character; return whether that was done."""
        properties, content = control.find(f"{W}sdtPr"), control.find(CONTENT)
        box = properties.find(f"{_W14}checkbox") if properties is not None else None
        if box is None or (content is not None and any((text.text or "").strip() in _BOXES for text in content.iter(T) if text.text)):
            return False
        state = box.find(f"{_W14}checked")
        self._count_control(control)
        ticked = state is not None and is_on(state.get(f"{_W14}val"))
        self._say("☒" if ticked else "☐", control, paragraph, base)
        return True

    def _run(self, run: Element, paragraph: _Paragraph, base: RunLook) -> None:
        look = base
        for child in run:
            tag = child.tag
            if tag == T:
                self._say(text_of(child), child, paragraph, look)
            elif tag == _RPR:
                look = self._shared.styles.run(child, base)
            elif tag in _DRAWINGS:
                self._drawing(child, paragraph, look)
            elif tag == FIELD:
                self._form_field(child, paragraph, look)
                self._turn_field(child)
            elif tag in _RUN_PARTS:
                _RUN_PARTS[tag](self, child, paragraph, look)

    def _say(self, text: str, source: Element, paragraph: _Paragraph, look: RunLook) -> None:
        if text and not self._silent:
            paragraph.parts.append(text if text.isprintable() else _clean(text))
            paragraph.looks.append(look)
            paragraph.sources.append(source)

    def _deleted(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        if self._shared.view == "original":
            self._say(text_of(element), element, paragraph, look)

    def _break(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        if not self._silent:
            paragraph.parts.append("\f" if element.get(f"{W}type") in ("page", "column") else "\n")
            paragraph.looks.append(look)
            paragraph.sources.append(element)

    def _tab(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        self._say(" ", element, paragraph, look)

    def _hyphen(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        self._say("-", element, paragraph, look)

    def _symbol(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        self._say(symbol_of(element), element, paragraph, look)

    def _ruby(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        self._shared.counts.skipped += sum(visible(text.text or "") for rt in element.iter(f"{W}rt") for text in rt.iter(T))
        for text in element.iterchildren(f"{W}rubyBase"):
            self._inline(text, paragraph, look)

    def _note(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        kind = "footnotes" if element.tag == f"{W}footnoteReference" else "endnotes"
        paragraph.notes.append((kind, element.get(f"{W}id", "")))

    def _drawing(self, element: Element, paragraph: _Paragraph, look: RunLook) -> None:
        if element.tag == ALTERNATE:
            chosen = branch(element)
            if chosen is None:
                return
            if not any(child.tag in _DRAWINGS for child in chosen):
                self._run(chosen, paragraph, look)
                return
            element = chosen
        paragraph.boxes.extend(_boxes(element))
        self._shared.counts.pictures += _is_large_picture(element)
        if not self._silent:
            paragraph.said.extend(said for said in _said(element) if said not in paragraph.said)

    def _form_field(self, mark: Element, paragraph: _Paragraph, look: RunLook) -> None:
        """Write the state of an old form field: a tick box has no text, a list may have none."""
        data = mark.find(f"{W}ffData")
        if data is None or mark.get(f"{W}fldCharType") != "begin":
            return
        self._shared.counts.form_fields += 1
        typed = data.find(f"{W}textInput")
        said = sentence(child_value(typed, "default")) if typed is not None else ""
        if said and said not in paragraph.said:  # shown until somebody types over it
            paragraph.said.append(said)
        box = data.find(f"{W}checkBox")
        if box is not None:
            state = box.find(f"{W}checked")
            state = state if state is not None else box.find(f"{W}default")
            self._say("☒" if state is not None and is_on(state.get(f"{W}val")) else "☐", mark, paragraph, look)
        choices = data.find(f"{W}ddList")
        if choices is not None:
            entries = [entry.get(f"{W}val", "") for entry in choices.iterchildren(f"{W}listEntry")]
            index = to_int(child_value(choices, "result"), 0)
            self._say(entries[index] if 0 <= index < len(entries) else "", mark, paragraph, look)

    def _turn_field(self, mark: Element) -> None:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            # A field that never ends would silence the rest of the document.
            if mark in self._closed:
                self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()
        self._silent = not all(self._fields)


RunPart = Callable[[Story, Element, _Paragraph, RunLook], None]
_RUN_PARTS: dict[str, RunPart] = {
    DEL_TEXT: Story._deleted,
    f"{W}tab": Story._tab,
    f"{W}ptab": Story._tab,
    f"{W}br": Story._break,
    f"{W}cr": Story._break,
    f"{W}noBreakHyphen": Story._hyphen,
    f"{W}sym": Story._symbol,
    f"{W}ruby": Story._ruby,
    f"{W}footnoteReference": Story._note,
    f"{W}endnoteReference": Story._note,
}


def _first(children: list[Element], tag: str) -> Element | None:
    for child in children:
        if child.tag == tag:
            return child
    return None


def _closed_fields(root: Element) -> set[Element]:
    """Return the begin marks that have an end mark."""
    opened: list[Element] = []
    closed: set[Element] = set()
    for mark in root.iter(FIELD):
        if mark.get(f"{W}fldCharType") == "begin":
            opened.append(mark)
        elif mark.get(f"{W}fldCharType") == "end" and opened:
            closed.add(opened.pop())
    return closed


def _boxes(element: Element) -> Iterator[Element]:
    """Yield the contents of the text boxes in a drawing, those inside another box left to that box."""
    for child in element:
        if child.tag == BOX:
            yield child
        elif child.tag == ALTERNATE:
            chosen = branch(child)
            if chosen is not None:
                yield from _boxes(chosen)
        else:
            yield from _boxes(child)


def _is_large_picture(element: Element) -> bool:
    """Tell whether a drawing shows a picture that may hold a paragraph: 6 cm by 1.5 cm or more."""
    if next(element.iter(_BLIP), None) is None:
        return False
    extent = next(element.iter(f"{_WP}extent"), None)
    return extent is not None and to_int(extent.get("cx"), 0) >= 2_160_000 and to_int(extent.get("cy"), 0) >= 540_000


def _said(element: Element) -> Iterator[str]:
    """Yield the sentences in a drawing that are no paragraphs of Word: descriptions, WordArt, the text of shapes and diagrams."""
    for child in element.iter(*_DRAWING_TEXTS):
        names = _DRAWING_TEXTS[child.tag]
        texts = [child.get(name) for name in names] if names else ["".join(text.text or "" for text in child.iter(f"{A}t"))]
        yield from filter(None, map(sentence, texts))


def _kind(number: Number | None, properties: ParagraphProperties, style: ParagraphStyle) -> tuple[BlockKind, int]:
    heading = properties.outline if properties.outline is not None else style.heading
    if style.title:
        return "title", 0
    if heading and not style.navigation:
        return "heading", heading
    if number is not None:
        return "list_item", number.level
    return "paragraph", 0


def _has(properties: Element | None, name: str) -> bool:
    found = properties.find(f"{W}{name}") if properties is not None else None
    return found is not None and is_on(found.get(f"{W}val"))


def _join_cell(paragraphs: list[str]) -> str:
    text = ""
    for part in paragraphs:
        text += ("" if not text or text.endswith(_CJK_STOP) else " ") + part
    return text


def split_lines(text: str) -> list[str]:
    """Return the text of a paragraph as one line, or as several where its line breaks stand for paragraphs.

    A single break inside a sentence is laid out by hand: a space between Latin words, nothing next to Chinese.
    """
    text = text.strip()
    if "\n" not in text and "\f" not in text:
        return [text] if text else []
    first, *rest = _BREAKS.split(text)
    lines = [first]
    for gap, part in zip(rest[::2], rest[1::2], strict=True):
        before = lines[-1]
        if len(gap.strip(" \t\u3000")) > 1 or "\f" in gap or "\u3000" in gap or _STOP.search(before) or _NUMBERED.match(part):
            lines.append(part)
        else:
            both = before and part and _CJK.match(before[-1]) and _CJK.match(part[0])
            lines[-1] = before + ("" if both else " ") + part
    return [line.strip() for line in lines if line.strip()]


def _clean(text: str) -> str:
    # Inside w:t a line end or tab is only white space; so are the separators that other tools take for line ends.
    return re.sub("[\\x00-\\x1f\\x7f\\x85\\u2028\\u2029]", " ", text)


def symbol_of(element: Element) -> str:
    """Return the character that a w:sym shows, "" for one that is not known."""
    code = element.get(f"{W}char", "")
    return _symbol(element.get(f"{W}font", ""), int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else ""


def _symbol(font: str, code: int) -> str:
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    known = _SYMBOLS.get((font.lower(), low))
    if known is not None:
        return known
    return "" if 0xD800 <= code <= 0xDFFF or code < 0x20 else chr(code)

