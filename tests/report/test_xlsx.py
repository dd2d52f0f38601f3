from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock

from clausescan.report import xlsx
from clausescan.report.options import DEFAULT, Options

Record = dict[str, Any]


def content(*records: Record, options: Options = DEFAULT) -> bytes:
    out = io.BytesIO()
    xlsx.write(records, out, options)
    return out.getvalue()


def book(*records: Record, options: Options = DEFAULT) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content(*records, options=options)), rich_text=True)


def table(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = ([str(cell) if isinstance(cell, CellRichText) else cell for cell in row] for row in sheet.iter_rows(values_only=True))
    return [dict(zip(head, row, strict=True)) for row in rows]


def shown(made: openpyxl.Workbook) -> list[str]:
    return [sheet.title for sheet in made if sheet.sheet_state == "visible"]


def test_sheets_hold_documents_findings_and_problems(found: Record, unreadable: Record, nothing: Record):
    made = book(found, unreadable, nothing)
    assert shown(made) == ["概览", "文件", "结果", "问题"]
    assert [(row["文件"], row["结论"], row["候选"], row["问题"]) for row in table(made["文件"])] == [
        ("agreement.pdf", "有结果", 1, 0),
        ("scan.pdf", "无法得出结论", 0, 1),
        ("clean.txt", "未发现", 0, 0),
    ]
    (finding,) = table(made["结果"])
    assert (finding["文件"], finding["app"], finding["等级"], finding["把握"], finding["页"]) == ("agreement.pdf", "示例", "候选", "高", 1)
    assert finding["原文"] == "用户在此不可撤回地许可本公司永久使用其人脸图像。"
    assert [(row["文件"], row["问题"]) for row in table(made["问题"])] == [("scan.pdf", "R020_no_text")]


def test_clauses_that_documents_share_are_the_first_sheet(found: Record, nothing: Record):
    other = found | {"document": found["document"] | {"name": "=b.pdf"}}
    made = book(found, nothing, other, found)
    assert (shown(made)[0], made.active.title) == ("共用条款", "共用条款")
    (group,) = table(made["共用条款"])
    assert (group["文件数"], group["等级"], group["措辞数"]) == (3, "候选", 1)  # of two documents with one name each counts
    assert group["条款"] == "用户在此不可撤回地许可本公司永久使用其人脸图像。"
    assert sorted(group["所在文件"].split("; ")) == ["=b.pdf", "agreement.pdf", "agreement.pdf"]
    ids = {row["编号"] for row in table(made["结果"])}
    assert set(group["编号"].split()) == ids


def test_evidence_is_set_off_inside_the_quote(found: Record):
    sheet = book(found)["结果"]
    quote = next(cell.value for cell in sheet[2] if isinstance(cell.value, CellRichText))
    marked = [(str(part), part.font.color.rgb) for part in quote if isinstance(part, TextBlock) and part.font.b]
    assert marked == [("不可撤回", "FFB00020"), ("许可", "FF1F3A5F"), ("永久", "FFB00020"), ("人脸图像", "FF1F3A5F")]


def test_header_stays_and_columns_have_filters_wrapping_and_widths(found: Record):
    sheet = book(found)["结果"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)
    column = next(cell for cell in sheet[1] if cell.value == "原文").column_letter
    assert sheet[f"{column}2"].alignment.wrap_text
    assert sheet.column_dimensions[column].width > 60
    assert 15 <= sheet.row_dimensions[2].height <= 195


def test_overview_adds_up_and_draws(found: Record, unreadable: Record):
    sheet = book(found, found, unreadable, options=Options(language="en"))["Overview"]
    counts = {row[0]: row[1:3] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert [counts[key][0] for key in ("with findings", "inconclusive", "candidate", "irrevocable")] == [2, 1, 2, 2]
    assert counts["agreement.pdf"] == (1, 0)
    assert "not legal advice" in " ".join(str(key) for key in counts)
    assert len(sheet._charts) == 5


def test_nothing_is_a_formula_or_a_link(hostile: Record):
    with zipfile.ZipFile(io.BytesIO(content(hostile))) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]
    (finding,) = table(book(hostile)["结果"])
    assert finding["文件"].startswith("=cmd|")
    assert finding["条款"] == "=1+1"
    assert finding["=package"] == "+1"
    assert "</script><script>" in finding["原文"]
    assert "\x1b" not in finding["原文"]


def test_a_cell_over_the_limit_is_cut_and_says_so(found: Record):
    found["findings"][0]["quote"] = "𠮷" * 20_000  # 40,000 UTF-16 code units
    made = book(found)
    cell = table(made["结果"])[0]["原文"]
    assert len(cell.encode("utf-16-le")) // 2 <= xlsx.CHARACTERS
    assert cell.endswith(" …［已截断：共 20,000 个字符］")
    assert "1 个单元格在 32,767 字符处截断；完整内容见 JSONL" in [row[0] for row in made["概览"].iter_rows(values_only=True)]


def test_a_full_sheet_goes_on_in_the_next(found: Record, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xlsx, "ROWS", 3)
    made = book(*[found] * 5, options=Options(language="en"))
    names = [name for name in made.sheetnames if name.startswith("Findings")]
    assert names == ["Findings", "Findings 2", "Findings 3"]
    assert [len(table(made[name])) for name in names] == [2, 2, 1]
    assert [made[name].auto_filter.ref for name in names] == [made[name].dimensions for name in names]
    assert any("goes on in a further sheet" in str(row[0]) for row in made["Overview"].iter_rows(values_only=True))


def test_the_same_records_give_the_same_bytes(found: Record):
    assert content(found) == content(found)


def test_a_failure_leaves_no_temporary_files(found: Record, tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def records() -> Any:
        yield found
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError):
        xlsx.write(records(), io.BytesIO())
    assert list(tmp_path.iterdir()) == []


def test_related_findings_and_suggestions_have_rows(later: Record):
    finding, related = table(book(later)["结果"])
    assert (finding["修改建议"], related["规则"], related["说明"]) == ("自授权之日起十二个月", "RF-11", "未写明保存期限。")
    assert table(book(later)["文件"])[0]["相关提示"] == 1


def test_no_records_are_a_workbook_all_the_same():
    assert shown(book(options=Options(language="en"))) == ["Overview", "Documents", "Findings", "Problems"]
