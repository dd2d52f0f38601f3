"""Word documents as a law firm sends them: paper, fonts with their substitutes, page numbers, tables that hold together.

Chinese text names its fonts for East Asian characters (仿宋, 宋体, 黑体) with the names that other systems know them
by; Latin text is Times New Roman.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree

from clausescan.report.grid import Column, Grid
from clausescan.report.wrap import safe
from clausescan.types import Language

LATIN = "Times New Roman"
BODY, TABLE, HEADING = "仿宋", "宋体", "黑体"
# what systems without the font of that name call it, or have in its place
SUBSTITUTES = {
    BODY: "FangSong,STFangsong,FangSong_GB2312,Noto Serif CJK SC",
    TABLE: "SimSun,STSong,Songti SC,Noto Serif CJK SC",
    HEADING: "SimHei,STHeiti,Heiti SC,Noto Sans CJK SC",
}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_INK = RGBColor(0x1F, 0x2A, 0x44)
_SHADE = "E9EDF4"
_RULE = "9AA5B8"
_CELL = "Table Text"  # the style of what stands in tables


class WordDocument:
    """A document that is written from top to bottom."""

    def __init__(self, language: Language, *, title: str, author: str, date: datetime) -> None:
        """Begin a document on A4; `date` is written into its properties."""
        self.language = language
        self._document: Any = docx.Document()
        self._ids: dict[str, str] = {}
        self._properties(title, author, date)
        self._fonts()
        self._styles()
        self._page(self._document.sections[0])

    def bytes(self) -> bytes:
        """Return the file: the same content always gives the same bytes."""
        saved, out = io.BytesIO(), io.BytesIO()
        self._document.save(saved)
        with zipfile.ZipFile(saved) as source, zipfile.ZipFile(out, "w") as target:
            for info in source.infolist():  # python-docx writes the time of day
                member = zipfile.ZipInfo(info.filename)
                member.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(member, source.read(info))
        return out.getvalue()

    # ---- text

    def title(self, text: str) -> None:
        """Add the title, in the middle of the line."""
        self.paragraph(text, style="Title")

    def heading(self, text: str, level: int = 1) -> None:
        """Add a heading of level 1 to 9."""
        self.paragraph(text, style=f"Heading {min(max(level, 1), 9)}")

    def paragraph(self, text: str, *, style: str = "Normal", bold: bool = False, indent: bool = False, keep: bool = False) -> Any:
        """Add a paragraph. `indent` is the two characters that a Chinese paragraph begins with; `keep` holds it to the next one."""
        paragraph = self._paragraph(self._document, style)
        self._run(paragraph, text, bold=bold)
        if indent and self.language == "zh":
            paragraph.paragraph_format.first_line_indent = Pt(24)
        if keep:
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    def labelled(self, label: str, text: str) -> None:
        """Add a paragraph that begins with a bold label."""
        paragraph = self._paragraph(self._document, "Normal")
        self._run(paragraph, label, bold=True)
        self._run(paragraph, text)

    def bullet(self, text: str) -> None:
        """Add an item of a list."""
        self.paragraph(text, style="List Bullet")

    def quote(self, parts: Sequence[tuple[str, bool]]) -> None:
        """Add a quotation that stays with what follows; parts with True are set off."""
        paragraph = self._paragraph(self._document, "Quote")
        paragraph.paragraph_format.keep_with_next = True
        for text, strong in parts:
            self._run(paragraph, text, bold=strong, underline=strong)

    def header(self, text: str) -> None:
        """Put `text` into the header of every page, and the page number into the footer."""
        first = self._document.sections[0]  # the others take after it
        self._run(first.header.paragraphs[0], text)
        self._number(first.footer.paragraphs[0])

    # ---- tables

    def table(self, grid: Grid, *, heads: bool = True, together: bool = False) -> None:
        """Add a table whose rows stay whole and whose heading comes again on each page.

        Without `heads` the first column is bold; `together` keeps all rows on one page, where one is enough.
        """
        columns, rows = grid.columns, grid.rows
        table = self._document.add_table(rows=0, cols=len(columns))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _borders(table)
        for column, spec in zip(table.columns, columns, strict=True):
            column.width = Cm(spec.width)
        if heads:
            self._row(table, columns, [column.title for column in columns], head=True)
        for row in rows:
            self._row(table, columns, row, bold_first=not heads)
        if together:
            for row in table.rows[:-1]:
                for paragraph in (paragraph for cell in row.cells for paragraph in cell.paragraphs):
                    paragraph.paragraph_format.keep_with_next = True
        gap = self._paragraph(self._document, "Normal").paragraph_format
        gap.space_after, gap.line_spacing_rule, gap.line_spacing = Pt(0), WD_LINE_SPACING.EXACTLY, Pt(8)

    def _row(self, table: Any, columns: Sequence[Column], texts: Sequence[str], *, head: bool = False, bold_first: bool = False) -> None:
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        for index, (cell, spec, text) in enumerate(zip(row.cells, columns, texts, strict=True)):
            cell.width = Cm(spec.width)
            strong = head or (bold_first and index == 0)
            if strong:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:color"), "auto")
                shade.set(qn("w:fill"), _SHADE)
                cell._tc.get_or_add_tcPr().append(shade)
            for number, line in enumerate(text.split("\n")):
                paragraph = self._paragraph(cell, _CELL, cell.paragraphs[0] if not number else None)
                if spec.centred or head:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                self._run(paragraph, line, bold=strong)

    def section(self, *, landscape: bool) -> None:
        """Begin a new page, upright or across."""
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        self._page(section, landscape=landscape)

    # ---- what all of it looks like

    def _paragraph(self, container: Any, style: str, paragraph: Any = None) -> Any:
        """Return a new paragraph, or the one given, in a style; python-docx searches all styles each time that it is asked for one."""
        if style not in self._ids:
            self._ids[style] = self._document.styles[style].style_id
        paragraph = container.add_paragraph() if paragraph is None else paragraph
        paragraph._p.style = self._ids[style]
        return paragraph

    def _run(self, paragraph: Any, text: str, *, bold: bool = False, underline: bool = False) -> None:
        run = paragraph.add_run(safe(text))
        run.bold = bold or None
        run.underline = underline or None
        if self.language == "zh":
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")

    def _page(self, section: Any, *, landscape: bool = False) -> None:
        width, height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = width, height
        section.left_margin = section.right_margin = Cm(2 if landscape else 2.6)
        section.top_margin = section.bottom_margin = Cm(2.4)
        section.header_distance = section.footer_distance = Cm(1.3)

    def _styles(self) -> None:
        chinese = self.language == "zh"
        self._style("Normal", BODY, 12 if chinese else 11, after=6, line=1.35 if chinese else 1.15)
        self._style("Title", HEADING, 20, bold=not chinese, after=14, centred=True)
        for level, size in ((1, 14), (2, 12.5), (3, 12)):
            self._style(f"Heading {level}", HEADING, size, bold=not chinese, before=14 if level == 1 else 10, after=6)
        self._style("Quote", BODY, 11.5 if chinese else 10.5, after=6, line=1.3, left=0.8)
        self._style("List Bullet", BODY, 12 if chinese else 11, after=3, line=1.3 if chinese else 1.15)
        self._style("Header", TABLE, 9)
        self._style("Footer", TABLE, 9)
        self._document.styles.add_style(_CELL, WD_STYLE_TYPE.PARAGRAPH).base_style = self._document.styles["Normal"]
        self._style(_CELL, TABLE, 9.5, after=2, line=1.15)
        look = self._document.styles["Normal"].element.get_or_add_rPr()
        lang = OxmlElement("w:lang")
        lang.set(qn("w:val"), "en-GB")
        lang.set(qn("w:eastAsia"), "zh-CN")
        look.append(lang)
        quote = self._document.styles["Quote"]
        quote.font.italic = False
        _left_rule(quote)
        _no_rule(self._document.styles["Title"])

    def _style(
        self, name: str, font: str, size: float, *, bold: bool = False, before: float = 0, after: float = 0, line: float = 1.0,
        left: float = 0, centred: bool = False,
    ) -> None:  # fmt: skip
        style = self._document.styles[name]
        style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
        style.font.color.rgb = _INK if font == HEADING else RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
        layout = style.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.line_spacing_rule = WD_LINE_SPACING.MULTIPLE
        layout.line_spacing = line
        layout.widow_control = True
        if left:
            layout.left_indent = Cm(left)
        if centred:
            layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if name.startswith("Heading"):
            layout.keep_with_next = True

    def _fonts(self) -> None:
        """Name the substitutes of the Chinese fonts in the table of fonts."""
        part = self._document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
        table = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
        for name, others in SUBSTITUTES.items():
            font = etree.SubElement(table, f"{{{_W}}}font")
            font.set(f"{{{_W}}}name", name)
            for tag, value in (("altName", others), ("charset", "86"), ("family", "modern" if name != TABLE else "auto")):
                etree.SubElement(font, f"{{{_W}}}{tag}").set(f"{{{_W}}}val", value)
        part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _properties(self, title: str, author: str, date: datetime) -> None:
        core = self._document.core_properties
        core.title, core.author, core.last_modified_by, core.comments = safe(title), author, author, ""
        core.created = core.modified = date.replace(tzinfo=None)
        core.language = "zh-CN" if self.language == "zh" else "en-GB"

    def _number(self, paragraph: Any) -> None:
        before, between, after = ("第 ", " 页  共 ", " 页") if self.language == "zh" else ("Page ", " of ", "")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text, name in ((before, "PAGE"), (between, "NUMPAGES")):
            self._run(paragraph, text)
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), f" {name} ")
            paragraph._p.append(field)
            field.append(paragraph.add_run("1")._r)
        if after:
            self._run(paragraph, after)


def _borders(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_rule(f"w:{side}", 4))
    table._tbl.tblPr.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 40), ("left", 85), ("bottom", 40), ("right", 85)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _rule(tag: str, size: int) -> Any:
    rule = OxmlElement(tag)
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", _RULE)):
        rule.set(qn(f"w:{name}"), value)
    return rule


def _left_rule(style: Any) -> None:
    borders = OxmlElement("w:pBdr")
    rule = _rule("w:left", 18)
    rule.set(qn("w:space"), "8")
    borders.append(rule)
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _no_rule(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    for borders in properties.findall(qn("w:pBdr")):
        properties.remove(borders)
