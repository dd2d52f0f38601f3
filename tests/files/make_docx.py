"""Writes the DOCX files of `tests/readers/test_docx.py`: `python tests/files/make_docx.py [folder]`.

Every sentence is invented. The packages are as small as Word still opens them; entries are stored, not
packed, with a fixed date, so that a new run writes the same bytes.
"""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent / "docx"
NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MAIN = f"{TYPE}.document.main+xml"
CORE = "application/vnd.openxmlformats-package.core-properties+xml"
AUTHOR = 'w:id="1" w:author="A" w:date="2026-01-01T00:00:00Z"'

# ---- pieces of XML


def r(text: str, look: str = "") -> str:
    """Return a run."""
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*content: str, style: str = "", num: tuple[int, int] | None = None, extra: str = "") -> str:
    """Return a paragraph; content that is no XML becomes a run, `num` is (numId, ilvl)."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if num is not None:
        properties += f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>'
    properties += extra
    runs = "".join(part if part.startswith("<") else r(part) for part in content)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def ins(*content: str) -> str:
    """Return inserted runs."""
    return f"<w:ins {AUTHOR}>{''.join(r(part) for part in content)}</w:ins>"


def dele(text: str) -> str:
    """Return a deleted run."""
    return f'<w:del {AUTHOR}><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def mark(kind: str) -> str:
    """Return the pPr part that says that the paragraph mark was inserted, deleted or moved."""
    return f"<w:rPr><w:{kind} {AUTHOR}/></w:rPr>"


def field(instruction: str, result: str) -> str:
    """Return a complex field."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def sdt(content: str, properties: str = "") -> str:
    """Return a content control around anything."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def tc(*content: str, properties: str = "") -> str:
    """Return a cell; plain strings become paragraphs."""
    inner = "".join(part if part.startswith("<") else p(part) for part in content) or p()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    """Return a row; plain strings become cells."""
    inner = "".join(cell if cell.startswith("<") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def tbl(*rows: str) -> str:
    """Return a table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def lvl(level: int, form: str, text: str, *, start: int = 1, suff: str = "", extra: str = "", after: str = "") -> str:
    """Return a level; `extra` stands between numFmt and suff (lvlRestart, pStyle, isLgl), `after` at the end."""
    suffix = f'<w:suff w:val="{suff}"/>' if suff else ""
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{extra}{suffix}'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>{after}</w:lvl>'
    )


def abstract(key: int, *levels: str, extra: str = "") -> str:
    """Return an abstractNum."""
    return f'<w:abstractNum w:abstractNumId="{key}"><w:multiLevelType w:val="multilevel"/>{extra}{"".join(levels)}</w:abstractNum>'


def num(key: int, of: int, starts: dict[int, int] | None = None) -> str:
    """Return a num with start overrides by level."""
    overrides = "".join(
        f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>' for level, start in (starts or {}).items()
    )
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def style(key: str, name: str, based: str = "", paragraph: str = "", run: str = "", kind: str = "paragraph", default: bool = False) -> str:
    """Return a style."""
    return (
        f'<w:style w:type="{kind}"{" w:default=" + chr(34) + "1" + chr(34) if default else ""} w:styleId="{key}"><w:name w:val="{name}"/>'
        + (f'<w:basedOn w:val="{based}"/>' if based else "")
        + (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "")
        + (f"<w:rPr>{run}</w:rPr>" if run else "")
        + "</w:style>"
    )


STYLES = (
    style("Normal", "Normal", default=True)
    + style("Title", "Title", "Normal")
    + style("1", "heading 1", "Normal", '<w:outlineLvl w:val="0"/>', "<w:b/>")
    + style("2", "heading 2", "Normal", '<w:outlineLvl w:val="1"/>')
    + style("TOC1", "toc 1", "Normal")
    + style("Secret", "Secret", "Normal", "", "<w:vanish/>")
    + style("SecretChar", "Secret Char", "", "", "<w:vanish/>", kind="character")
)

# ---- packages


def part(root: str, content: str) -> str:
    """Return a part of WordprocessingML."""
    return f"{XML}<w:{root} {NS}>{content}</w:{root}>"


def package(
    body: str,
    *,
    numbering: str = "",
    styles: str = STYLES,
    parts: dict[str, tuple[str, str]] | None = None,
    main: str = MAIN,
    extra: dict[str, str] | None = None,
    title: str = "",
) -> dict[str, str]:
    """Return the entries of a DOCX; `parts` maps a file name to (kind, XML), `extra` adds or replaces entries as they are."""
    related = {"styles.xml": ("styles", part("styles", styles)), **(parts or {})}
    if numbering:
        related["numbering.xml"] = ("numbering", part("numbering", numbering))
    types = "".join(f'<Override PartName="/word/{name}" ContentType="{TYPE}.{kind}+xml"/>' for name, (kind, _) in related.items())
    rels = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{name}"/>'
        for number, (name, (kind, _)) in enumerate(related.items(), 1)
    )
    core = "http://schemas.openxmlformats.org/package/2006"
    entries = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{core}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{types}'
        + (f'<Override PartName="/docProps/core.xml" ContentType="{CORE}"/>' if title else "")
        + "</Types>",
        "_rels/.rels": f'{XML}<Relationships xmlns="{core}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        + (f'<Relationship Id="rId2" Type="{core}/relationships/metadata/core-properties" Target="docProps/core.xml"/>' if title else "")
        + "</Relationships>",
        "word/document.xml": part("document", f"<w:body>{body}<w:sectPr/></w:body>"),
        "word/_rels/document.xml.rels": f'{XML}<Relationships xmlns="{core}/relationships">{rels}</Relationships>',
        **{f"word/{name}": xml for name, (_, xml) in related.items()},
    }
    if title:
        entries["docProps/core.xml"] = (
            f'{XML}<cp:coreProperties xmlns:cp="{core}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{title}</dc:title></cp:coreProperties>"
        )
    return {**entries, **(extra or {})}


def write(path: Path, entries: Iterable[tuple[str, str | bytes]], *, packed: bool = False) -> None:
    """Write a ZIP file with these entries in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = archive.compression
            archive.writestr(info, content)


# ---- numbering

# numId 1, 2, ... in this order: format, values to show, text of the level.
FORMATS: tuple[tuple[str, tuple[int, ...], str], ...] = (
    ("decimal", (1, 10), "%1."),
    ("decimalZero", (9, 10), "%1"),
    ("upperRoman", (4, 39), "%1."),
    ("lowerRoman", (8, 14), "(%1)"),
    ("upperLetter", (1, 27), "%1)"),
    ("lowerLetter", (2, 28), "(%1)"),
    ("ordinal", (1, 2, 3, 11, 22), "%1"),
    ("cardinalText", (1, 21), "Part %1"),
    ("ordinalText", (1, 3, 12, 20, 21), "%1 Schedule"),
    ("chineseCounting", (2, 10, 11, 20, 99), "%1、"),
    ("chineseCountingThousand", (1, 10, 19, 20, 100, 105, 110, 1001), "第%1条"),
    ("chineseLegalSimplified", (1, 10, 21), "%1、"),
    ("japaneseCounting", (3, 10, 15), "（%1）"),
    ("taiwaneseCountingThousand", (10, 12), "第%1條"),
    ("taiwaneseCounting", (7, 12), "%1."),
    ("ideographTraditional", (1, 10), "%1、"),
    ("ideographZodiac", (1, 12), "%1、"),
    ("ideographDigital", (1, 10), "%1、"),
    ("decimalEnclosedCircle", (1, 20), "%1"),
    ("decimalEnclosedCircleChinese", (1, 10), "%1"),
    ("decimalFullWidth", (12,), "%1．"),
    ("decimalEnclosedParen", (3,), "%1"),
    ("decimalEnclosedFullstop", (3,), "%1"),
    ("bullet", (1,), "\uf0b7"),
    ("none", (1,), "附件："),
)


def numbering_formats() -> dict[str, str]:
    """Return every format with some of its values; each value has a num of its own with startOverride."""
    abstracts, nums, body, key = "", "", "", 0
    for index, (form, values, text) in enumerate(FORMATS):
        abstracts += abstract(index, lvl(0, form, text, suff="space"))
        for value in values:
            key += 1
            nums += num(key, index, {0: value})
            body += p(f"{form}/{value}", num=(key, 0))
    return package(body, numbering=abstracts + nums)


def numbering_rules() -> dict[str, str]:
    """Return lists that restart, go on, skip levels, hide their number or are overridden."""
    three = (lvl(0, "decimal", "%1."), lvl(1, "decimal", "%1.%2"), lvl(2, "lowerLetter", "(%3)", suff="space"))
    abstracts = (
        abstract(0, *three)
        + abstract(1, three[0], lvl(1, "decimal", "%1.%2", extra='<w:lvlRestart w:val="0"/>'))
        + abstract(2, three[0], three[1], lvl(2, "decimal", "%1.%2.%3", extra='<w:lvlRestart w:val="1"/>'))
        + abstract(3, lvl(0, "chineseCountingThousand", "第%1章", suff="space"), lvl(1, "decimal", "%1.%2", extra="<w:isLgl/>"))
        + abstract(4, lvl(0, "chineseCountingThousand", "%1、", suff="nothing"), lvl(1, "decimal", "（%2）", suff="nothing"))
        + abstract(5, lvl(0, "decimal", "Clause %1", start=7), lvl(1, "decimal", "%1.%2", start=3))
        + abstract(6, *three)
        + abstract(7, lvl(0, "decimal", "%1.", after="<w:rPr><w:vanish/></w:rPr>"), lvl(1, "decimal", "%1.%2"))
        + abstract(8, *three)
    )
    own = lvl(0, "upperRoman", "§%1", start=5)
    override = f'<w:num w:numId="11"><w:abstractNumId w:val="8"/><w:lvlOverride w:ilvl="0">{own}</w:lvlOverride></w:num>'
    nums = "".join(num(key + 1, key) for key in range(8)) + num(9, 0) + num(10, 0, {0: 1}) + override
    levels = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1)]
    body = "".join(p("default", num=place) for place in levels)
    body += p("same abstract goes on", num=(9, 0)) + p("override restarts once", num=(10, 0)) + p("and counts", num=(10, 0))
    body += "".join(p("never", num=(2, level)) for level in (0, 1, 0, 1))
    body += "".join(p("after first", num=(3, level)) for level in (0, 1, 2, 1, 2, 0, 1, 2))
    body += "".join(p("legal", num=(4, level)) for level in (0, 1, 0, 1))
    body += "".join(p("顿号", num=(5, level)) for level in (0, 1, 1, 0, 1))
    body += "".join(p("starts", num=(6, level)) for level in (0, 1, 0, 1))
    body += "".join(p("skipped", num=(7, level)) for level in (1, 0, 2))
    body += "".join(p("unseen", num=(8, level)) for level in (0, 1))
    body += p("own level", num=(11, 0)) + p("own level", num=(11, 1))
    body += p("off", num=(0, 0)) + p("unknown list", num=(99, 0)) + p(num=(10, 0)) + p("after an empty one", num=(10, 0))
    return package(body, numbering=abstracts + nums)


def numbering_styles() -> dict[str, str]:
    """Return numbers that come from styles: linked levels, inheritance, a style that switches off, a list style."""
    reference = '<w:numPr><w:numId w:val="{}"/></w:numPr>'.format
    styles = (
        style("Normal", "Normal", default=True)
        + style("H1", "heading 1", "Normal", f'{reference(1)}<w:outlineLvl w:val="0"/>')
        + style("H2", "heading 2", "H1", '<w:numPr><w:ilvl w:val="1"/></w:numPr><w:outlineLvl w:val="1"/>')
        + style("Item", "Clause Item", "Normal", reference(1))
        + style("ItemChild", "Clause Item Child", "Item")
        + style("Plain", "Plain Heading", "H1", reference(0))
        + style("Loop", "Loop", "Loop2")
        + style("Loop2", "Loop2", "Loop")
        + style("MyList", "My List", "", reference(3), kind="numbering")
    )
    levels = (
        lvl(0, "chineseCountingThousand", "第%1条", extra='<w:pStyle w:val="H1"/>'),
        lvl(1, "decimal", "%1.%2", extra='<w:pStyle w:val="H2"/><w:isLgl/>'),
        lvl(2, "chineseCountingThousand", "（%3）", extra='<w:pStyle w:val="Item"/>', suff="nothing"),
    )
    abstracts = (
        abstract(0, *levels)
        + abstract(1, extra='<w:numStyleLink w:val="MyList"/>')
        + abstract(2, lvl(0, "upperLetter", "Annex %1"), extra='<w:styleLink w:val="MyList"/>')
    )
    body = (
        p("定义", style="H1")
        + p("影像资料", style="H2")
        + p("照片；", style="Item")
        + p("录像。", style="ItemChild")
        + p("声音资料", style="H2")
        + p("录音。", style="Item")
        + p("Recitals", style="Plain")
        + p("期限", style="H1")
        + p("不编号的标题", style="H1", num=(0, 0))
        + p("起算", style="H2")
        + p("Prices", num=(2, 0))
        + p("Places", num=(2, 0))
        + p("Round", style="Loop")
        + p("Direct level wins", style="H1", num=(1, 1))
        + p("Outline by hand", extra='<w:outlineLvl w:val="2"/>')
    )
    return package(body, styles=styles, numbering=abstracts + num(1, 0) + num(2, 1) + num(3, 2))


# ---- content


def revisions() -> dict[str, str]:
    """Return a list with all kinds of tracked changes."""
    numbering = abstract(0, lvl(0, "decimal", "%1.")) + num(1, 0)
    moved = f'<w:moveFrom {AUTHOR}>{r("旧处移出。")}</w:moveFrom>', f'<w:moveTo {AUTHOR}>{r("新处移入。")}</w:moveTo>'
    body = (
        p("甲方", dele("可以"), ins("应当"), "付款。", num=(1, 0))
        + p(dele("这一条整条删去。"), num=(1, 0), extra=mark("del"))
        + p(ins("这一条整条新增。"), num=(1, 0), extra=mark("ins"))
        + p("本条分为", num=(1, 0), extra=mark("ins"))
        + p("两段。", num=(1, 0))
        + p("前一段与", num=(1, 0), extra=mark("del"))
        + p("后一段合并。", num=(1, 0))
        + p(moved[0], num=(1, 0), extra=mark("moveFrom"))
        + p(moved[1], num=(1, 0), extra=mark("moveTo"))
        + p(f'<w:r><w:rPr><w:b/><w:rPrChange {AUTHOR}><w:rPr/></w:rPrChange></w:rPr><w:t>加粗不改文字。</w:t></w:r>')
        + p(f"<w:ins {AUTHOR}><w:del {AUTHOR}><w:r><w:delText>先增后删</w:delText></w:r></w:del></w:ins>", "留下。")
        + tbl(
            tr("项目", "期限"),
            tr(tc(p(dele("旧行"))), tc(p(dele("一年"))), properties=f"<w:del {AUTHOR}/>"),
            tr(tc(p(ins("新行"))), tc(p(ins("两年"))), properties=f"<w:ins {AUTHOR}/>"),
        )
        + p("结尾。", extra=mark("del"))
    )
    return package(body, numbering=numbering)


def tables() -> dict[str, str]:
    """Return tables: header, merged and nested cells, rows and cells in content controls, layout tables."""
    numbering = abstract(0, lvl(0, "decimal", "%1.", suff="space")) + num(1, 0)
    wide = '<w:gridSpan w:val="2"/>'
    nested = tbl(tr("设备", "数量"), tr("闸机", "3"))
    body = (
        tbl(
            tr("信息", "用途", "保存期限", properties="<w:tblHeader/>"),
            tr(tc("面部照片"), tc("核验。", "存档"), tc("First", "second")),
            tr(tc("门禁记录", properties='<w:vMerge w:val="restart"/>'), "安全", "30日"),
            tr(tc(properties="<w:vMerge/>"), tc("合并单元格", properties=wide)),
            sdt(tr(sdt(tc(p("甲", num=(1, 0)))), "乙", "")),
        )
        + p("中间。")
        + tbl(tr(tc("费用表", properties=wide)), tr("项目", "金额"), tr(tc("外层前", nested, p("外层后")), "100元"))
        + tbl(tr(tc(p("单格一", num=(1, 0)), "单格二")), tr("单格三"))
        + tbl(tr(tc(*(f"左栏第{index}段" for index in range(13))), tc("右栏")))
        + tbl(tr(tc("很宽", properties='<w:gridSpan w:val="1000000000"/>'), "窄"))
    )
    return package(body, numbering=numbering)


def _box(text: str, mixed: bool = True) -> str:
    inner = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    fallback = f"<w:pict><v:shape><v:textbox>{inner}</v:textbox></v:shape></w:pict>"
    if not mixed:
        return f"<w:r>{fallback}</w:r>"
    drawing = (
        '<w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="Box"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"<wps:wsp><wps:cNvSpPr/><wps:spPr/><wps:txbx>{inner}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    choice = f'<mc:Choice Requires="wps">{drawing}</mc:Choice>'
    return f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"


def content() -> dict[str, str]:
    """Return everything that stands in or beside the text of a paragraph."""
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>', '<w:r><w:endnoteReference w:id="2"/></w:r>'
    prompt = '<w:showingPlcHdr/><w:text/>'
    box = '<w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox>'.format
    old_box = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>'
    old_box += '<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    body = (
        p("影像使用协议", style="Title")
        + p(field("TOC \\o", "第一节 总则 1"), style="TOC1")
        + p("第一节 总则", style="1")
        + p("拍摄方", note[0], "可以公开展示作品。", note[1])
        + p("见", '<w:hyperlink w:anchor="x">' + r("附件一") + "</w:hyperlink>", "与", field("REF _Ref1", "第二条"), "。")
        + p('<w:fldSimple w:instr=" DATE ">' + r("2026年5月1日") + "</w:fldSimple>", "生效。")
        + p(field('IF 1 = 1 "a" "b"', field("PAGE", "3")), "页")
        + sdt(p("块级控件。"))
        + p("姓名：", sdt(r("点击输入姓名"), prompt), sdt(r("李木子"), "<w:text/>"))
        + p(sdt(r("☒"), box(1)), "同意 ", sdt('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>', box(0)), "不同意 ", old_box, "已读")
        + p("盒子前。", _box("框中文字只读一次。"), "盒子后。")
        + p("旧式", _box("旧框。", mixed=False))
        + p("公开", r("秘密的话", "<w:vanish/>"), "公开", r("样式隐藏", '<w:rStyle w:val="SecretChar"/>'))
        + p("整段都看不见。", style="Secret")
        + p("<w:r><w:ruby><w:rt>" + r("zhāng") + "</w:rt><w:rubyBase>" + r("章") + "</w:rubyBase></w:ruby></w:r>", "程")
        + p('<w:r><w:t>上一行</w:t><w:br/><w:t>下一行</w:t></w:r>')
        + p(
            "<w:r><w:t>first line</w:t><w:br/><w:t>second line</w:t><w:tab/><w:t>x</w:t><w:noBreakHyphen/><w:t>y</w:t>"
            "<w:softHyphen/><w:t>z</w:t><w:t> a<!-- b -->c</w:t></w:r>"
        )
        + p('<w:r><w:t>一、目的：用于展示。</w:t><w:br/><w:t>二、方式</w:t><w:br/><w:t>　　另起一段</w:t></w:r>')
        + p(
            '<w:r><w:t>Mark</w:t><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
            '<w:smartTag w:element="x">' + r("smart") + "</w:smartTag>",
        )
        + p(r("THE MODEL WAIVES", "<w:b/><w:u w:val='single'/>"), r("!", '<w:color w:val="FF0000"/>'))
        + p(r("红色条款。", '<w:color w:val="FF0000"/>'))
        + p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "从不结束的域")
        + p('<w:commentRangeStart w:id="0"/>', "批注", '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>')
    )
    notes = '<w:{0} w:type="separator" w:id="0">' + p("分隔") + "</w:{0}><w:{0} w:id='2'>" + p("{1}") + "</w:{0}>"
    parts = {
        "footnotes.xml": ("footnotes", part("footnotes", notes.format("footnote", "脚注：限展览期间。"))),
        "endnotes.xml": ("endnotes", part("endnotes", notes.format("endnote", "尾注：另有约定。"))),
        "comments.xml": ("comments", part("comments", f'<w:comment w:id="0" w:author="A">{p("批注的文字不是合同。")}</w:comment>')),
        "header1.xml": ("header", part("hdr", p("示例公司 机密"))),
        "header2.xml": ("header", part("hdr", p("示例公司 机密"))),
        "footer1.xml": ("footer", part("ftr", p("第", field("PAGE", "1"), "页"))),
    }
    return package(body, parts=parts, title="协议的标题", extra={"word/embeddings/oleObject1.bin": "x"})


def simple(text: str = "甲方可以使用照片。", **options: object) -> dict[str, str]:
    """Return a document of one paragraph."""
    return package(p(text), **options)  # type: ignore[arg-type]


def strict() -> dict[str, str]:
    """Return a document in ISO 29500 Strict."""
    names = (
        ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"),
        (OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    )
    entries = simple("Strict 文本。", numbering=abstract(0, lvl(0, "decimal", "%1.")) + num(1, 0))
    for old, new in names:
        entries = {name: xml.replace(old, new) for name, xml in entries.items()}
    return entries


def build(folder: Path) -> None:
    """Write all files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    document = "word/document.xml"
    files = {
        "numbering_formats.docx": numbering_formats(),
        "numbering_rules.docx": numbering_rules(),
        "numbering_styles.docx": numbering_styles(),
        "revisions.docx": revisions(),
        "tables.docx": tables(),
        "content.docx": content(),
        "strict.docx": strict(),
        "macro.docm": simple("宏文档。", main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "template.dotx": simple("模板。", main=f"{TYPE}.template.main+xml"),
        "no_rels.docx": {name: xml for name, xml in numbering_styles().items() if "document.xml.rels" not in name},
        "doctype.docx": {**simple(), document: simple()[document].replace("\n", '\n<!DOCTYPE w:document [<!ENTITY x "y">]>', 1)},
        "broken_xml.docx": {**simple(), document: simple()[document][:-40]},
        "broken_notes.docx": simple(parts={"footnotes.xml": ("footnotes", "<w:footnotes")}),
        "chunk.docx": package(p("导入：") + '<w:altChunk r:id="rId1"/>'),
        "empty.docx": package(""),
        "sheet.docx": {"[Content_Types].xml": simple()["[Content_Types].xml"].replace("word", "xl"), "xl/workbook.xml": "<workbook/>"},
    }
    for name, entries in files.items():
        write(folder / name, entries.items())
    base = simple()
    utf16 = {**base, document: base[document].replace("UTF-8", "UTF-16").encode("utf-16")}
    write(folder / "utf16.docx", utf16.items())
    write(folder / "duplicate.docx", [*base.items(), ("word/Document.xml", base[document])])
    write(folder / "bomb.docx", [*base.items(), ("word/media/image1.bmp", bytes(20_000_000))], packed=True)
    whole = (folder / "content.docx").read_bytes()
    (folder / "truncated.docx").write_bytes(whole[: len(whole) // 2])
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    entry = "EncryptedPackage".encode("utf-16-le")
    (folder / "encrypted.docx").write_bytes(ole + entry + bytes(64 - len(entry)) + struct.pack("<H", len(entry) + 2) + bytes(446))
    (folder / "old_word.docx").write_bytes(ole + "WordDocument".encode("utf-16-le") + bytes(488))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
