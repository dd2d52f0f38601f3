"""DOCX files (made by `tests/files/make_docx.py`) and the text that must come out of them."""

from __future__ import annotations

import importlib.util
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from clausescan.errors import ReadError, problem
from clausescan.readers.docx import MEDIA_TYPE, read
from clausescan.readers.docx_numbering import format_number
from clausescan.readers.docx_story import split_lines
from clausescan.settings import DEFAULT, Settings
from clausescan.types import Block, Document

FILES = Path(__file__).parents[1] / "files"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def load(name: str, settings: Settings = DEFAULT) -> Document:
    return read((FILES / "docx" / name).read_bytes(), name=name, settings=settings)


def lines(document: Document) -> list[str]:
    return document.text.split("\n")


def block(document: Document, text: str) -> Block:
    """Return the block that starts with `text`."""
    return next(found for found in document.blocks if document.text.startswith(text, found.start))


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


@pytest.fixture(scope="module")
def make_docx() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docx", FILES / "make_docx.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_body(make_docx: ModuleType, tmp_path: Path, body: str, settings: Settings = DEFAULT, **options: object) -> Document:
    make_docx.write(tmp_path / "x.docx", make_docx.package(body, **options).items())
    return read((tmp_path / "x.docx").read_bytes(), name="x.docx", settings=settings)


def test_committed_files_are_what_the_script_writes(make_docx: ModuleType, tmp_path: Path) -> None:
    make_docx.build(tmp_path)
    for made in tmp_path.iterdir():
        kept = FILES / "docx" / made.name
        if made.name == "bomb.docx":  # packed: other versions of zlib write other bytes
            continue
        assert made.read_bytes() == kept.read_bytes(), made.name
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (FILES / "docx").iterdir()}


# ---- numbering


NUMBERS = {
    "decimal": "1. 10.", "decimalZero": "09 10", "upperRoman": "IV. XXXIX.", "lowerRoman": "(viii) (xiv)",
    "upperLetter": "A) AA)", "lowerLetter": "(b) (bb)", "ordinal": "1st 2nd 3rd 11th 22nd",
    "chineseCounting": "二、 十、 十一、 二十、 九十九、",
    "chineseCountingThousand": "第一条 第十条 第十九条 第二十条 第一百条 第一百零五条 第一百一十条 第一千零一条",
    "chineseLegalSimplified": "壹、 壹拾、 贰拾壹、", "japaneseCounting": "（三） （十） （十五）",
    "taiwaneseCountingThousand": "第十條 第十二條", "taiwaneseCounting": "七. 十二.", "ideographTraditional": "甲、 癸、",
    "ideographZodiac": "子、 亥、", "ideographDigital": "一、 一〇、", "decimalEnclosedCircle": "① ⑳",
    "decimalEnclosedCircleChinese": "① ⑩", "decimalFullWidth": "１２．", "decimalEnclosedParen": "⑶",
    "decimalEnclosedFullstop": "⒊", "bullet": "•", "none": "附件：",
}  # fmt: skip


@pytest.mark.parametrize("form", NUMBERS)
def test_number_format(form: str) -> None:
    document = load("numbering_formats.docx")
    rows = [document.text[found.start : found.end] for found in document.blocks if f" {form}/" in document.text[found.start : found.end]]
    assert " ".join(row.partition(f" {form}/")[0] for row in rows) == NUMBERS[form]


def test_word_numbers() -> None:
    numbers = [found.number for found in load("numbering_formats.docx").blocks]
    assert [number for number in numbers if number and number.startswith("Part")] == ["Part One", "Part Twenty-one"]
    schedules = [number for number in numbers if number and number.endswith("Schedule")]
    assert schedules == [f"{word} Schedule" for word in ("First", "Third", "Twelfth", "Twentieth", "Twenty-first")]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("chineseCounting", 105, "一〇五"),
        ("chineseCountingThousand", 10_005, "一万零五"),
        ("chineseCountingThousand", 0, "〇"),
        ("chineseLegalSimplified", 105, "壹佰零伍"),
        ("japaneseCounting", 111, "百十一"),
        ("upperLetter", 999_999_999, "999999999"),
        ("upperRoman", 4000, "4000"),
        ("ideographZodiacTraditional", 60, "癸亥"),
        ("ideographTraditional", 11, "11"),
        ("cardinalText", 342, "Three hundred forty-two"),
        ("hebrew1", 7, "7"),
    ],
)
def test_format_number(form: str, value: int, expected: str) -> None:
    assert format_number(form, value) == expected


RULES = {
    "default": "1. 1.1 1.2 (a) (b) 1.3 (a) 2. 2.1",
    "same abstract goes on": "3.",
    "override restarts once": "1.",
    "and counts": "2.",
    "never": "1. 1.1 2. 2.2",
    "after first": "1. 1.1 1.1.1 1.2 1.2.2 2. 2.1 2.1.1",
    "legal": "第一章 1.1 第二章 2.1",
    "starts": "Clause_7 7.3 Clause_8 8.3",
    "skipped": "1.1 2. (a)",
    "unseen": "- 1.1",
    "own level": "§V V.1",
    "off": "-",
    "unknown list": "-",
    "after an empty one": "4.",
}


@pytest.mark.parametrize("words", RULES)
def test_numbering_rule(words: str) -> None:
    document = load("numbering_rules.docx")
    found = [each for each in document.blocks if re.fullmatch(rf"(\S+(?: \d)? )?{words}", document.text[each.start : each.end])]
    assert " ".join((each.number or "-").replace(" ", "_") for each in found) == RULES[words]


def test_number_with_nothing_after_it_stands_at_the_text() -> None:
    found = [line for line in lines(load("numbering_rules.docx")) if "顿号" in line]
    assert found == ["一、顿号", "（1）顿号", "（2）顿号", "二、顿号", "（1）顿号"]


def test_numbers_from_styles() -> None:
    document = load("numbering_styles.docx")
    assert lines(document) == [
        "第一条 定义", "1.1 影像资料", "（一）照片；", "（二）录像。", "1.2 声音资料", "（一）录音。", "Recitals", "第二条 期限",
        "不编号的标题", "2.1 起算", "Annex A Prices", "Annex B Places", "Round", "2.2 Direct level wins", "Outline by hand",
    ]  # fmt: skip
    kinds = [(found.kind, found.level) for found in document.blocks]
    assert kinds[:3] == [("heading", 1), ("heading", 2), ("list_item", 3)]
    assert kinds[-1] == ("heading", 3)
    assert document.blocks[0].number == "第一条"


# ---- tracked changes


def test_final_view() -> None:
    document = load("revisions.docx")
    assert lines(document) == [
        "1. 甲方应当付款。", "2. 这一条整条新增。", "3. 本条分为", "4. 两段。", "5. 前一段与后一段合并。", "6. 新处移入。",
        "加粗不改文字。", "留下。", "项目 | 期限", "新行 | 两年", "结尾。",
    ]  # fmt: skip
    assert codes(document) == ["R031_tracked_changes"]
    assert "final" in document.problems[0].message
    assert (document.coverage.tracked_changes, document.coverage.revisions) == (19, "final")
    assert "the final text" in document.problems[0].message
    assert "读取的是修订后文本" in document.problems[0].message_zh


def test_original_view() -> None:
    document = load("revisions.docx", Settings(revisions="original"))
    assert lines(document) == [
        "1. 甲方可以付款。", "2. 这一条整条删去。", "3. 本条分为两段。", "4. 前一段与", "5. 后一段合并。", "6. 旧处移出。",
        "加粗不改文字。", "留下。", "项目 | 期限", "旧行 | 一年", "结尾。",
    ]  # fmt: skip
    assert codes(document) == ["R031_tracked_changes"]
    assert document.coverage.revisions == "original"


def test_untouched_document_has_no_view() -> None:
    assert load("tables.docx").coverage.revisions is None


# ---- tables


def test_tables() -> None:
    document = load("tables.docx")
    rows = [document.text[found.start : found.end] for found in document.blocks if found.kind == "table_row"]
    assert rows == [
        "信息 | 用途 | 保存期限", "面部照片 | 核验。存档 | First second", "门禁记录 | 安全 | 30日", " | 合并单元格", "1. 甲 | 乙 | ",
        "费用表", "项目 | 金额", "外层前 外层后 | 100元", "设备 | 数量", "闸机 | 3", "很宽 | 窄",
    ]  # fmt: skip
    assert document.coverage.tables == 6
    assert codes(document) == []


def test_row_knows_its_cells_and_its_header() -> None:
    document = load("tables.docx")
    row = block(document, "面部照片")
    assert [document.text[start:end] for start, end in row.cells] == ["面部照片", "核验。存档", "First second"]
    assert row.header is not None
    assert document.text[slice(*row.header)] == "信息 | 用途 | 保存期限"
    assert block(document, "信息").header is None
    # A first row of one cell is a caption; a nested table has its own header.
    assert block(document, "费用表").header is None
    assert document.text[slice(*(block(document, "外层前").header or (0, 0)))] == "项目 | 金额"
    assert document.text[slice(*(block(document, "闸机").header or (0, 0)))] == "设备 | 数量"


def test_layout_tables_become_paragraphs() -> None:
    document = load("tables.docx")
    assert [block(document, text).kind for text in ("2. 单格一", "单格二", "左栏第12段", "右栏")] == ["list_item", *["paragraph"] * 3]


def test_hidden_row(make_docx: ModuleType, tmp_path: Path) -> None:
    body = make_docx.tbl(make_docx.tr("甲", "乙"), make_docx.tr("丙", "丁", properties="<w:hidden/>"))
    document = read_body(make_docx, tmp_path, body)
    assert [found.origin for found in document.blocks] == ["body", "hidden"]


# ---- what stands in and beside paragraphs


def test_content() -> None:
    document = load("content.docx")
    assert [(found.kind, document.text[found.start : found.end]) for found in document.blocks] == [
        ("title", "影像使用协议"),
        ("paragraph", "第一节 总则 1"),
        ("heading", "第一节 总则"),
        ("paragraph", "拍摄方可以公开展示作品。"),
        ("footnote", "脚注：限展览期间。"),
        ("footnote", "尾注：另有约定。"),
        ("paragraph", "见附件一与第二条。"),
        ("paragraph", "2026年5月1日生效。"),
        ("paragraph", "页"),
        ("paragraph", "块级控件。"),
        ("paragraph", "姓名：李木子"),
        ("paragraph", "☒同意 ☐不同意 ☒已读"),
        ("paragraph", "盒子前。盒子后。"),
        ("text_box", "框中文字只读一次。"),
        ("paragraph", "旧式"),
        ("text_box", "旧框。"),
        ("paragraph", "公开秘密的话公开样式隐藏"),
        ("paragraph", "整段都看不见。"),
        ("paragraph", "章程"),
        ("paragraph", "上一行下一行"),
        ("paragraph", "first line second line x-yz ac"),
        ("paragraph", "一、目的：用于展示。"),
        ("paragraph", "二、方式"),
        ("paragraph", "另起一段"),
        ("paragraph", "Mark☑smart"),
        ("paragraph", "THE MODEL WAIVES!"),
        ("paragraph", "红色条款。"),
        ("paragraph", "从不结束的域"),
        ("paragraph", "批注"),
        ("margin", "示例公司 机密"),
        ("margin", "第1页"),
    ]


def test_content_facts() -> None:
    document = load("content.docx")
    assert document.media_type == MEDIA_TYPE
    assert document.title == "协议的标题"
    assert document.language is None
    assert block(document, "第一节 总则 1").origin == "navigation"
    assert block(document, "整段").origin == "hidden"
    assert [block(document, text).origin for text in ("示例公司", "第1页")] == ["header", "footer"]
    assert block(document, "THE MODEL").emphasis == ("bold", "underline", "caps")
    assert block(document, "红色").emphasis == ("colour",)
    assert codes(document) == ["R032_hidden_text", "R033_attachment"]
    assert document.problems[0].message.startswith("3 passages")
    coverage = document.coverage
    assert (coverage.footnotes, coverage.text_boxes, coverage.form_fields, coverage.hidden_blocks) == (2, 2, 5, 1)
    assert (coverage.annotations, coverage.pages, coverage.characters) == (1, None, len(document.text))


def test_title_of_the_text_stands_in() -> None:
    assert load("numbering_rules.docx").title is None


@pytest.mark.parametrize("name", ["content.docx", "revisions.docx", "tables.docx", "numbering_styles.docx"])
def test_anchor_leads_back_to_the_paragraph(name: str) -> None:
    document = load(name)
    with zipfile.ZipFile(FILES / "docx" / name) as archive:
        paragraphs = list(etree.fromstring(archive.read("word/document.xml")).iter(f"{W}p"))
    for found in document.blocks:
        match = re.match(r"(?:body|table\[\d+\]/row\[\d+\])/p\[(\d+)\]", found.anchor)
        if match is None:
            assert found.anchor.startswith(("header", "footer", "footnotes", "endnotes"))
            continue
        texts = [(text.text or "").strip() for text in paragraphs[int(match[1]) - 1].iter(f"{W}t")]
        assert not texts or any(text in document.text[found.start : found.end] for text in texts)


def test_blocks_tile_the_text() -> None:
    document = load("content.docx")
    assert "\n".join(document.text[found.start : found.end] for found in document.blocks) == document.text


def test_field_across_paragraphs(make_docx: ModuleType, tmp_path: Path) -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>'
    body = make_docx.p(begin, '<w:r><w:fldChar w:fldCharType="separate"/></w:r>', "目录一") + make_docx.p(
        "目录二", '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert lines(read_body(make_docx, tmp_path, body)) == ["目录一", "目录二"]


def test_long_prompt_is_read(make_docx: ModuleType, tmp_path: Path) -> None:
    body = make_docx.sdt(make_docx.p("点击此处") + make_docx.p("短"), "<w:showingPlcHdr/>")
    body += make_docx.sdt(make_docx.p("甲方永久使用。" * 20), "<w:showingPlcHdr/>")
    assert lines(read_body(make_docx, tmp_path, body)) == ["甲方永久使用。" * 20]


def test_hidden_paragraph_is_not_counted(make_docx: ModuleType, tmp_path: Path) -> None:
    numbering = make_docx.abstract(0, make_docx.lvl(0, "decimal", "%1.")) + make_docx.num(1, 0)
    body = make_docx.p("一", num=(1, 0)) + make_docx.p(make_docx.r("藏", "<w:vanish/>"), num=(1, 0)) + make_docx.p("二", num=(1, 0))
    assert lines(read_body(make_docx, tmp_path, body, numbering=numbering)) == ["1. 一", "藏", "2. 二"]


def test_lost_text_is_told(make_docx: ModuleType, tmp_path: Path) -> None:
    # Text where no text may stand: a run directly in the body.
    document = read_body(make_docx, tmp_path, make_docx.p("少") + make_docx.r("许多没有被读到的文字"))
    assert codes(document) == ["R025_truncated"]
    assert document.inconclusive


# ---- shortcuts change nothing


SHORT = '<w:style w:type="table" w:styleId="T{0}"><w:tblPr/><w:rPr><w:b/></w:rPr></w:style>'
LATENT = '<w:latentStyles w:count="1"><w:lsdException w:name="heading 1"/></w:latentStyles>'
STYLE_PARTS = {
    "as Word writes it": LATENT + "{styles}" + SHORT,
    "between the others": SHORT.format(0) + "{styles}" + SHORT + LATENT,
    "empty ones": '<w:latentStyles w:count="0"/><w:style w:type="table" w:styleId="T"/>{styles}<w:style w:type="table" w:styleId="U"/>',
    "two latent ones": '<w:latentStyles w:count="0"/>{styles}<w:latentStyles w:count="0"></w:latentStyles>',
    "a > in a name": '<w:style w:name="&gt;>/>" w:type="table" w:styleId="T"></w:style>{styles}',
    "type by another name": '<w:style w:styleId="Title" x="w:type=&quot;table"/>{styles}',
    "style in a style": '<w:style w:type="table" w:styleId="T"><w:style w:styleId="X"></w:style></w:style>{styles}',
    "one for tables in a style": '<w:style w:styleId="T"><w:style w:type="table" w:styleId="X"></w:style></w:style>{styles}',
    "no space after the name": '<w:style\tw:type="table" w:styleId="T"></w:style><w:style\nw:type="table" w:styleId="U"></w:style>{styles}',
    "a longer name": '<w:style w:type="table" w:styleId="T"><w:styleLink/></w:style>{styles}',
    "in a comment": '<!-- <w:style w:type="table"> -->{styles}<!-- </w:style><w:latentStyles> -->',
    "in an instruction": '<?x <w:style w:type="table"> ?>{styles}',
    "in CDATA": '<w:x><![CDATA[<w:style w:type="table">]]></w:x>{styles}',
}


@pytest.mark.parametrize("shape", STYLE_PARTS)
def test_styles_are_the_same_without_those_for_tables(make_docx: ModuleType, tmp_path: Path, shape: str) -> None:
    body = "".join(make_docx.p(f"文字{key}", style=key) for key in ("", "Title", "1", "2", "TOC1", "Secret"))
    body += make_docx.p(make_docx.r("藏", '<w:rStyle w:val="SecretChar"/>'))
    styles = STYLE_PARTS[shape].replace("{styles}", make_docx.STYLES)
    # A comment in front makes the reader parse the part as it is.
    whole = read_body(make_docx, tmp_path, body, styles=f"<!-- -->{styles}")
    trimmed = read_body(make_docx, tmp_path, body, styles=styles)
    assert replace(trimmed, sha256="") == replace(whole, sha256="")
    assert {found.kind for found in trimmed.blocks} == {"title", "heading", "paragraph"}
    assert "hidden" in {found.origin for found in trimmed.blocks}


def test_damaged_style_is_told_unless_it_is_for_tables(make_docx: ModuleType, tmp_path: Path) -> None:
    damaged = "<w:style {}><w:rPr></w:style>"
    tables = read_body(make_docx, tmp_path, make_docx.p("文字", style="1"), styles=make_docx.STYLES + damaged.format('w:type="table"'))
    assert (codes(tables), tables.blocks[0].kind) == ([], "heading")
    others = read_body(make_docx, tmp_path, make_docx.p("文字", style="1"), styles=make_docx.STYLES + damaged.format('w:type="character"'))
    assert codes(others) == ["R025_truncated"]


LOOKS = ("", "<w:b/>", "<w:vanish/>", '<w:color w:val="FF0000"/><w:u w:val="single"/>', "<w:caps/>", '<w:rStyle w:val="SecretChar"/>')


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("style", ["", "1", "Secret"])
def test_runs_of_one_look_weigh_what_one_run_weighs(make_docx: ModuleType, tmp_path: Path, style: str, look: str) -> None:
    text = " 甲方可以 ABC　永久使用 "
    # Turning on both of two looks, or off what is off already, keeps the look but is not the same to the reader.
    same = (look, look + '<w:i/>', look if "u w" in look else look + '<w:u w:val="none"/>')
    one = make_docx.p(make_docx.r(text, look), style=style)
    many = make_docx.p(*(make_docx.r(character, same[index % 3]) for index, character in enumerate(text)), style=style)
    whole, split = (read_body(make_docx, tmp_path, body + make_docx.p("尾")) for body in (one, many))
    assert replace(split, sha256="") == replace(whole, sha256="")


def test_hidden_passages_are_counted_by_their_gaps(make_docx: ModuleType, tmp_path: Path) -> None:
    runs = [make_docx.r(text, "<w:vanish/>" if hidden else "") for text, hidden in (("甲", 1), (" ", 0), ("乙", 1), ("丙", 0), ("丁", 1))]
    document = read_body(make_docx, tmp_path, make_docx.p(*runs))
    assert [found.message for found in document.problems if found.code == "R032_hidden_text"] == [problem("R032_hidden_text", count=2).message]


def test_each_override_of_a_level_counts(make_docx: ModuleType, tmp_path: Path) -> None:
    one, two = (f'<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0">{content}</w:lvl></w:lvlOverride>' for content in ('<w:lvlText w:val="§%1"/>', '<w:start w:val="5"/>'))
    numbering = make_docx.abstract(0, make_docx.lvl(0, "decimal", "%1."), make_docx.lvl(1, "decimal", "%1.%2"))
    numbering += f'<w:num w:numId="1"><w:abstractNumId w:val="0"/>{one}{two}</w:num>'
    body = make_docx.p("一", num=(1, 0)) + make_docx.p("二", num=(1, 1)) + make_docx.p("三", num=(1, 0)) + make_docx.p("四", num=(1, 1))
    assert [found.number for found in read_body(make_docx, tmp_path, body, numbering=numbering).blocks] == ["§5", "5.1", "§6", "6.1"]


def test_doctype_is_refused_in_a_part_that_is_not_read(make_docx: ModuleType, tmp_path: Path) -> None:
    parts = {"settings.xml": ("settings", '<!DOCTYPE w:settings [<!ENTITY a "a">]><w:settings/>')}
    with pytest.raises(ReadError) as caught:
        read_body(make_docx, tmp_path, make_docx.p("文字"), parts=parts)
    assert caught.value.problem.code == "R011_container"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" a ", ["a"]),
        ("面部\n信息", ["面部信息"]),
        ("face\ninformation", ["face information"]),
        ("甲方\nCompany", ["甲方 Company"]),
        ("一段。\n二段", ["一段。", "二段"]),
        ("标题\n\n正文", ["标题", "正文"]),
        ("标题\n（一）正文", ["标题", "（一）正文"]),
        ("before\fafter", ["before", "after"]),
    ],
)
def test_split_lines(text: str, expected: list[str]) -> None:
    assert split_lines(text) == expected


# ---- containers


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("encrypted.docx", "R008_encrypted"),
        ("old_word.docx", "R006_unsupported"),
        ("truncated.docx", "R007_damaged"),
        ("broken_xml.docx", "R007_damaged"),
        ("bomb.docx", "R011_container"),
        ("doctype.docx", "R011_container"),
        ("duplicate.docx", "R011_container"),
        ("sheet.docx", "R006_unsupported"),
    ],
)
def test_refused(name: str, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        load(name)
    assert caught.value.problem.code == code


@pytest.mark.parametrize(("data", "code"), [(b"", "R004_empty"), (b"%PDF-1.7", "R007_damaged"), (b"PK\x03\x04", "R007_damaged")])
def test_refused_bytes(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, name="x", settings=DEFAULT)
    assert caught.value.problem.code == code


@pytest.mark.parametrize(
    "settings", [Settings(zip_max_entries=3), Settings(zip_max_bytes=1000), Settings(xml_max_bytes=1000)], ids=["entries", "bytes", "part"]
)
def test_limits_of_the_container(settings: Settings) -> None:
    with pytest.raises(ReadError) as caught:
        load("content.docx", settings)
    assert caught.value.problem.code == "R011_container"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("macro.docm", "宏文档。"),
        ("template.dotx", "模板。"),
        ("strict.docx", "Strict 文本。"),
        ("utf16.docx", "甲方可以使用照片。"),
        ("no_rels.docx", "第一条 定义"),
    ],
)
def test_unusual_package_is_read(name: str, text: str) -> None:
    document = load(name)
    assert lines(document)[0] == text
    assert codes(document) == []


def test_dangling_relationship(make_docx: ModuleType, tmp_path: Path) -> None:
    entries = make_docx.content()
    del entries["word/footer1.xml"]
    make_docx.write(tmp_path / "x.docx", entries.items())
    assert "脚注：限展览期间。" in read((tmp_path / "x.docx").read_bytes(), name="x", settings=DEFAULT).text


def test_wrong_checksum(make_docx: ModuleType, tmp_path: Path) -> None:
    make_docx.write(tmp_path / "x.docx", make_docx.simple().items())
    data = (tmp_path / "x.docx").read_bytes().replace("照片".encode(), "声音".encode())
    with pytest.raises(ReadError) as caught:
        read(data, name="x", settings=DEFAULT)
    assert caught.value.problem.code == "R007_damaged"


def test_encrypted_entry(make_docx: ModuleType) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in make_docx.simple().items():
            archive.writestr(name, content)
    data = bytearray(stream.getvalue())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for match in re.finditer(re.escape(signature), bytes(data)):
            data[match.start() + offset] |= 1
    with pytest.raises(ReadError) as caught:
        read(bytes(data), name="x", settings=DEFAULT)
    assert caught.value.problem.code == "R008_encrypted"


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("empty.docx", ["R020_no_text"]),
        ("chunk.docx", ["R053_attachment_unread"]),
        ("broken_notes.docx", ["R025_truncated"]),
    ],
)
def test_problems(name: str, problems: list[str]) -> None:
    document = load(name)
    assert codes(document) == problems
    assert document.inconclusive


def test_too_many_characters() -> None:
    document = load("content.docx", Settings(max_characters=50))
    assert len(document.text) <= 50
    assert "R025_truncated" in codes(document)


def test_deep_nesting_ends(make_docx: ModuleType, tmp_path: Path) -> None:
    inner = make_docx.p("最里层")
    for _ in range(40):
        inner = make_docx.tbl(make_docx.tr("外", make_docx.tc(inner, "后")))
    assert "最里层" in read_body(make_docx, tmp_path, inner).text
    for _ in range(400):
        inner = make_docx.tbl(make_docx.tr("外", make_docx.tc(inner, "后")))
    with pytest.raises(ReadError) as caught:
        read_body(make_docx, tmp_path, inner)
    assert caught.value.problem.code == "R007_damaged"
