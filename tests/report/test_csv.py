from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from clausescan.report import csv as report_csv
from clausescan.report.options import DEFAULT, Options

Record = dict[str, Any]


def text(*records: Record, options: Options = DEFAULT) -> str:
    out = io.StringIO(newline="")
    report_csv.write(records, out, options)
    return out.getvalue()


def rows(*records: Record, options: Options = DEFAULT) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(*records, options=options).removeprefix("\ufeff"), newline=""), strict=True))


def test_every_document_has_a_row(found: Record, unreadable: Record, nothing: Record):
    table = rows(found, unreadable, nothing)
    assert [(row["row"], row["document"], row["conclusion"]) for row in table] == [
        ("finding", "agreement.pdf", "findings"),
        ("problem", "scan.pdf", "inconclusive"),
        ("none", "clean.txt", "nothing_found"),
    ]
    assert (table[1]["problem"], table[1]["message"], table[1]["where"]) == ("R020_no_text", "没有文字。", "page 1")


def test_a_finding_comes_back(found: Record):
    (row,) = rows(found)
    assert (row["app"], row["package"]) == ("示例", "com.example")
    assert (row["rule"], row["grade"], row["clause"], row["heading"], row["page"], row["line"]) == (
        "ART11", "candidate", "第一条", "授权", "1", "3",
    )  # fmt: skip
    assert row["quote"] == "用户在此不可撤回地许可本公司永久使用其人脸图像。"
    assert row["attributes"] == "无期限限制 (弱，由强减弱); 不可撤销 (强)"
    assert row["why"].split("\n") == ["无期限限制（弱，由强减弱）：“永久”", "不可撤销（强）：“不可撤回”", "客体：人脸信息：“人脸图像”", "授权：“许可”"]
    assert "（法释〔2021〕15号）第十一条" in row["law"]
    assert row["against"] == "期限部分受限。"


def test_sentences_follow_the_language_and_codes_do_not(found: Record):
    (row,) = rows(found, options=Options(language="en"))
    assert (row["grade"], row["attributes"]) == ("candidate", "unlimited in time (weak; weakened from strong); irrevocable (strong)")
    assert row["why"].split("\n")[-1] == 'Granted by: "许可"'
    assert row["law"].split("\n")[1].endswith("art. 497(3) (arguable)")


def test_what_newer_rules_add_is_there(later: Record):
    finding, related = rows(later)
    assert (finding["suggestion"], finding["plain"]) == ("自授权之日起十二个月", "对方可以一直保留您的人脸。")
    assert (finding["severable"], finding["contract_status"], finding["prominence"]) == ("人脸图像", "agreement", "bold")
    assert finding["elements"] == "E6 人脸信息: found"
    assert finding["law"].endswith("（可争议；未经核对；文件日期时尚未施行；当时为CC-498）")
    assert (related["row"], related["rule"], related["summary"], related["suggestion"]) == ("related", "RF-11", "未写明保存期限。", "写明期限")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1+1", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_is_a_formula(found: Record, start: str):
    found["findings"][0]["quote"] = start
    assert rows(found)[0]["quote"] == f"'{start}"


def test_hostile_text_stays_in_its_cell(hostile: Record):
    (row,) = rows(hostile)
    assert not [name for name, value in row.items() if (name + value).startswith(("=", "+", "-", "@"))]
    assert row["document"].startswith("'=cmd")
    assert row["'=package"] == "'+1"
    assert "\0" not in "".join(row.values())


def test_a_byte_order_mark_on_request_and_line_breaks_inside_cells(found: Record):
    assert text(found, options=Options(bom=True)).startswith('\ufeff"row","document"')
    assert text(found).startswith('"row","document"')
    found["findings"][0]["quote"] = 'one\ntwo "three", four'
    assert rows(found)[0]["quote"] == 'one\ntwo "three", four'


def test_columns_that_were_announced_are_there_even_when_the_first_record_lacks_them(nothing: Record, found: Record):
    table = rows(nothing, found, options=Options(carried=("package", "rule")))
    assert [(row["package"], row["input_rule"]) for row in table] == [("", ""), ("com.example", "")]


def test_no_record_is_a_header_alone():
    assert text().count("\r\n") == 1
