"""The PDF reader: clauses stay whole in every layout, boxes land on the text, and what was not read is said."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium
import pytest

from clausescan.errors import ReadError
from clausescan.readers import pdf, pdf_plumber, pdf_words
from clausescan.readers.pdf import read
from clausescan.settings import Settings
from clausescan.types import Block, Box, Document

FILES = Path(__file__).parent.parent / "files" / "pdf"
CLAUSES: dict[str, list[str]] = json.loads((FILES / "clauses.json").read_text(encoding="utf-8"))
LAYOUTS = [name for name, clauses in CLAUSES.items() if clauses]
FACE = "提取乙方的面部特征并生成数字形象"


def load(name: str, settings: Settings | None = None) -> Document:
    return read((FILES / f"{name}.pdf").read_bytes(), name=f"{name}.pdf", settings=settings or Settings(ocr=False))


def read_bytes(data: bytes) -> Document:
    return read(data, name="x.pdf", settings=Settings(ocr=False))


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


def block_texts(document: Document, kind: str | None = None) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if kind in (None, block.kind)]


def block_with(document: Document, words: str) -> Block:
    return next(block for block in document.blocks if words in document.text[block.start : block.end])


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def printed(data: bytes, box: Box) -> str:
    """Return what pdfplumber sees inside the box, read on the stored page (before /Rotate)."""
    with pdfplumber.open(io.BytesIO(data), pages=[box.page]) as document:
        page = document.pages[0]
        page.page_obj.rotate = 0
        height = float(page.page_obj.mediabox[3])
        inside = [
            char
            for char in page.chars
            if box.x0 < (char["x0"] + char["x1"]) / 2 < box.x1 and box.top < height - (char["y0"] + char["y1"]) / 2 < box.bottom
        ]
        return "".join(char["text"] for char in inside)


def tiny(content: str, page: str = "", extra: str = "") -> bytes:
    """Return a one-page PDF of 400 x 300 points in Helvetica; PDFium rebuilds the missing cross-reference table."""
    stream = content.encode("latin-1")
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> {page} >>",
        f"<< /Length {len(stream)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}{extra}trailer << /Root 1 0 R /Size 6 >>\nstartxref\n0\n%%EOF\n".encode("latin-1")


# Layouts.


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_clause_is_one_block(name: str) -> None:
    document = load(name)
    blocks = {squeezed(text) for text in block_texts(document)}
    assert [clause for clause in CLAUSES[name] if squeezed(clause) not in blocks] == []


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name not in ("libreoffice", "columns_by_line")])
def test_text_is_verbatim(name: str) -> None:
    texts = set(block_texts(load(name)))
    assert [clause for clause in CLAUSES[name] if clause not in texts] == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_blocks_and_lines_are_in_step_with_the_text(name: str) -> None:
    document = load(name)
    assert "\n".join(block_texts(document)) == document.text
    end = 0
    for line in document.lines:
        assert end <= line.start < line.end
        assert len(line.edges) == line.end - line.start + 1
        assert list(line.edges) == sorted(line.edges, reverse=line.angle in (180, 270))
        end = line.end
    assert [page.start for page in document.pages] == sorted(page.start for page in document.pages)
    assert codes(document) == {"watermark": ["R038_slanted_text"], "partly_scanned": ["R021_pages_without_text"]}.get(name, [])


@pytest.mark.parametrize("name", [name for name in LAYOUTS if FACE in "".join(CLAUSES[name])])
def test_boxes_land_on_the_words(name: str) -> None:
    document = load(name)
    data = (FILES / f"{name}.pdf").read_bytes()
    start = document.text.index(FACE)
    boxes = document.boxes(start, start + len(FACE))
    seen = [printed(data, box) for box in boxes]
    # pdfplumber reports characters in the order of drawing; sideways text comes from the bottom up.
    assert sorted(squeezed("".join(seen))) == sorted(FACE)
    page = document.pages[boxes[0].page - 1]
    assert all(0 <= box.x0 < box.x1 <= page.width and 0 <= box.top < box.bottom <= page.height for box in boxes)
    assert document.page_of(start) == boxes[0].page


def test_box_of_part_of_a_table_cell() -> None:
    document = load("one_column")
    data = (FILES / "one_column.pdf").read_bytes()
    words = "长期，由甲方自行决定何时停止"
    start = document.text.index(words)
    assert squeezed("".join(printed(data, box) for box in document.boxes(start, start + len(words)))) == words


def test_clause_over_a_page_break_is_one_block() -> None:
    document = load("one_column")
    pages = [{line.page for line in document.lines if block.start <= line.start < block.end} for block in document.blocks]
    assert any(len(found) == 2 for block, found in zip(document.blocks, pages, strict=True) if block.kind == "paragraph")
    assert all(document.text[page.start : page.end] for page in document.pages)


def test_running_header_and_footer_stand_once_at_the_end() -> None:
    document = load("one_column")
    margins = [block for block in document.blocks if block.kind == "margin"]
    assert [(block.origin, squeezed(document.text[block.start : block.end])) for block in margins] == [
        ("header", "云杉影像工作室·合同范本YS-0314"),
        ("footer", "第1页共4页"),
    ]
    assert list(document.blocks[-2:]) == margins
    assert document.text.count("合同范本") == 1


def test_headings_have_levels_and_the_first_is_the_title() -> None:
    document = load("one_column")
    headings = [block for block in document.blocks if block.kind == "heading"]
    assert document.title == "云杉影像工作室拍摄与素材使用合同"
    assert [block.level for block in headings] == [1, 2, 2, 2, 2, 2, 2]
    assert document.text[headings[1].start : headings[1].end] == "第一条　拍摄安排"
    assert headings[1].emphasis == ("bold",)


def test_table_rows_keep_cells_and_header_over_pages() -> None:
    document = load("one_column")
    rows = [block for block in document.blocks if block.kind == "table_row"]
    head, *rest = rows
    assert document.text[head.start : head.end] == "用途 | 载体 | 期限 | 能否转交"
    assert [row.header for row in rest] == [(head.start, head.end)] * 6
    assert head.header is None
    last = rest[-1]
    assert [document.text[start:end] for start, end in last.cells] == ["参赛评奖", "每年一次的行业影展", "当届影展期间", "影展主办方"]
    assert document.page_of(last.start) == 4
    assert document.coverage.tables == 1


def test_row_cut_by_the_page_break_is_one_row() -> None:
    document = load("one_column")
    row = block_with(document, "加密硬盘")
    assert document.text[row.start : row.end] == "内部存档 | 加密硬盘一份 | 五年 | 不得转交"
    assert {box.page for box in document.boxes(row.start, row.end)} == {3, 4}


def test_line_end_hyphens_are_closed_and_real_ones_kept() -> None:
    document = load("english")
    assert "royalty-free" in document.text
    assert "sub-licence" in document.text
    assert not re.search("[\u2010\ufffe\u00ad]", document.text)
    assert len({line.page for line in document.lines}) > 1


def test_watermark_is_left_out_and_counted() -> None:
    document = load("watermark")
    assert "严禁外传" not in document.text
    assert document.problems[0].severity == "info"
    assert not document.inconclusive


def test_letter_spacing_is_closed_up() -> None:
    document = load("letter_spaced")
    assert "2026年3月14日" in document.text
    assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", "".join(CLAUSES["letter_spaced"]) + document.text)


def test_turned_pages_know_their_direction() -> None:
    sideways, rotated = load("drawn_sideways"), load("rotated")
    assert {line.angle for line in sideways.lines} == {270}
    assert {line.angle for line in rotated.lines} == {0}
    assert (sideways.pages[0].rotation, rotated.pages[0].rotation) == (90, 90)
    assert sideways.pages[0].width > sideways.pages[0].height


# Fields, annotations, hidden text.


def test_form_values_are_read() -> None:
    document = load("form")
    assert block_texts(document, "form_field") == ["scope: 同意甲方永久使用本人面部照片", "agree: on"]
    assert document.coverage.form_fields == 2
    field = block_with(document, "永久")
    box = document.boxes(field.start, field.end)[0]
    assert box.page == 1
    assert box.x0 < box.x1


def test_annotations_are_read_and_marked() -> None:
    document = load("annotated")
    found = [(block.kind, document.text[block.start : block.end]) for block in document.blocks if block.origin == "annotation"]
    assert found == [("text_box", "补充约定：人脸照片可以转给任何关联公司。"), ("paragraph", "请法务确认这一句。")]
    assert document.coverage.annotations == 2


@pytest.mark.parametrize("draw", ["1 1 1 rg", "3 Tr", "1 0 0 1 0 900 cm"])
def test_hidden_text_is_read_and_marked(draw: str) -> None:
    document = read_bytes(tiny(f"BT /F 12 Tf 50 250 Td (The visible words.) Tj ET {draw} BT /F 12 Tf 50 200 Td (The secret grant.) Tj ET"))
    assert block_with(document, "The secret grant.").origin == "hidden"
    assert block_with(document, "The visible words.").origin == "body"
    assert "R032_hidden_text" in codes(document)


def test_white_text_on_a_dark_bar_is_not_hidden() -> None:
    document = read_bytes(tiny("0 0 0 rg 40 190 200 40 re f 1 1 1 rg BT /F 12 Tf 50 200 Td (Visible heading) Tj ET"))
    assert codes(document) == []


def test_text_drawn_twice_is_read_once() -> None:
    line = "BT /F 12 Tf {} 200 Td (All rights are granted.) Tj ET "
    document = read_bytes(tiny(line.format(50) + line.format(50.4)))
    assert document.text == "All rights are granted."


def test_small_side_text_does_not_enter_the_lines() -> None:
    side = "BT /F 8 Tf 0 1 -1 0 20 50 Tm (Form 12-B revised) Tj ET "
    main = "BT /F 12 Tf 50 200 Td (The Studio may use the) Tj 0 -15 Td (portrait for one year.) Tj ET"
    document = read_bytes(tiny(side + main))
    assert document.text == "The Studio may use the portrait for one year.\nForm 12-B revised"
    assert [line.angle for line in document.lines] == [0, 0, 270]


def test_boxes_count_from_the_visible_page() -> None:
    whole = read_bytes(tiny("BT /F 12 Tf 100 200 Td (Grant) Tj ET"))
    cropped = read_bytes(tiny("BT /F 12 Tf 100 200 Td (Grant) Tj ET", page="/CropBox [50 100 350 250]"))
    first, second = whole.boxes(0, 5)[0], cropped.boxes(0, 5)[0]
    assert (cropped.pages[0].width, cropped.pages[0].height) == (300, 150)
    assert second.x0 == pytest.approx(first.x0 - 50)
    assert second.top == pytest.approx(first.top - 50)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The Studio returns the recordings on or before December", "31. It keeps no copy of them in any form."),
        ("The Contributor may end the residency as set out in section", "5.2 of these terms without giving a reason."),
    ],
)
def test_number_within_a_sentence_begins_no_block(first: str, second: str) -> None:
    document = read_bytes(tiny(f"BT /F 12 Tf 14 TL 20 250 Td ({first}) Tj T* ({second}) Tj ET"))
    assert document.text == f"{first} {second}"


def test_short_line_and_number_begin_a_block() -> None:
    document = read_bytes(tiny("BT /F 12 Tf 14 TL 20 250 Td (Permitted uses) Tj T* (2. The portrait may be shown in the programme.) Tj ET"))
    assert block_texts(document) == ["Permitted uses", "2. The portrait may be shown in the programme."]


def test_page_number_inside_a_sentence_goes_to_the_margin() -> None:
    first, number, second = "(The Contributor grants to the Studio the)", "(7)", "(right to use the model of the face.)"
    document = read_bytes(tiny(f"BT /F 12 Tf 50 250 Td {first} Tj 100 -50 Td {number} Tj -100 -50 Td {second} Tj ET"))
    assert document.text.splitlines()[0] == "The Contributor grants to the Studio the right to use the model of the face."


# What was not read is said.


def test_password_is_a_clear_error() -> None:
    with pytest.raises(ReadError) as caught:
        load("encrypted")
    assert caught.value.problem.code == "R008_encrypted"


@pytest.mark.parametrize(("data", "code"), [(b"", "R004_empty"), (b"%PDF-1.7\nnothing", "R007_damaged"), (b"\x00" * 500, "R007_damaged")])
def test_nothing_readable_raises(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(data)
    assert caught.value.problem.code == code


def test_scan_is_inconclusive() -> None:
    document = load("scan")
    assert codes(document) == ["R020_no_text"]
    assert document.coverage.pages_without_text == (1, 2)
    assert document.inconclusive


def test_scanned_page_is_named_and_blank_page_is_not() -> None:
    document = load("partly_scanned")
    assert document.coverage.pages_without_text == (2,)
    assert len(document.pages) == 3
    assert document.inconclusive


def test_unmapped_glyphs_are_inconclusive() -> None:
    document = load("garbled")
    assert "R022_garbled" in codes(document)
    assert document.coverage.unreadable_share <= 1
    assert document.coverage.unreadable_share > 0.9
    assert document.inconclusive


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_cut_file_is_never_clean(share: float) -> None:
    data = (FILES / "one_column.pdf").read_bytes()
    assert outcome(data[: int(len(data) * share)]) in ("R007_damaged", "inconclusive")


def outcome(data: bytes) -> str:
    try:
        document = read_bytes(data)
    except ReadError as error:
        return error.problem.code
    return "inconclusive" if document.inconclusive else "clean"


def test_junk_before_the_header_is_no_obstacle() -> None:
    data = (FILES / "watermark.pdf").read_bytes()
    assert FACE in read_bytes(b"\x00junk\n" * 100 + data).text


def test_limits_are_told() -> None:
    first = load("one_column", Settings(max_pages=1))
    assert codes(first) == ["R025_truncated"]
    assert len(first.pages) == 1
    assert first.coverage.pages == 4
    short = load("one_column", Settings(max_characters=300))
    assert "R025_truncated" in codes(short)
    assert short.coverage.characters < 400


def test_overlong_string_is_told() -> None:
    document = read_bytes(tiny("BT /F 1 Tf 10 100 Td (" + "word " * 8_000 + ") Tj ET"))
    assert "R025_truncated" in codes(document)


def test_attachment_is_told() -> None:
    with pdfium.PdfDocument.new() as document:
        document.new_page(200, 200)
        document.new_attachment("terms.docx").set_data(b"PK\3\4 no archive")
        document.new_attachment("data.bin").set_data(b"\0\1\2")
        document.new_attachment("terms.txt").set_data("您授予我们永久使用您的人脸信息的权利。".encode())
        target = io.BytesIO()
        document.save(target)
    document = read_bytes(target.getvalue())
    assert {"R033_attachment", "R053_attachment_unread"} <= set(codes(document))
    assert document.text.endswith("terms.txt\n您授予我们永久使用您的人脸信息的权利。")


# The second reader.


def test_second_reader_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise pdfium.PdfiumError("cannot load", err_code=3)

    monkeypatch.setattr(pdf.pdfium, "PdfDocument", fail)
    document = load("annotated")
    assert codes(document) == ["R039_second_reader"]
    assert squeezed(CLAUSES["annotated"][0]) in squeezed(document.text)


def test_second_reader_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_plumber, "TIME_LIMIT", 0.01)
    assert pdf_plumber.second_reading(tiny(""), None, 10) == []


# Words.


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("the licen\u2010", "see may", "licensee"),
        ("informa-", "tion about", "information"),
        ("royalty-", "free licence", "royalty-free"),
        ("the sdk\ufffe", "list of", "sdk-list"),
        ("world-", "wide", "worldwide"),
        ("Anglo-", "American", "Anglo-American"),
        ("2019-", "2021", "2019-2021"),
    ],
)
def test_hyphen_at_the_line_end(before: str, after: str, joined: str) -> None:
    cut, mark = pdf_words.hyphen_cut(before, after, frozenset({"worldwide", "sdk-list"}))
    text = (before[:-cut] + mark if cut else before) + after
    assert joined in text


@pytest.mark.parametrize(
    "text",
    ["第三条 授权", "一、定义", "（一）乙方", "1. The", "1.1 甲方", "3.2您授权", "(a) any", "① 授权", "• item", "Article 5", "Section 2 "],
)
def test_provision_starts(text: str) -> None:
    assert pdf_words.starts_provision(text)


@pytest.mark.parametrize("text", ["2026年3月", "甲方有权", "12.5%", "the licence", "A person"])
def test_no_provision_starts(text: str) -> None:
    assert not pdf_words.starts_provision(text)
