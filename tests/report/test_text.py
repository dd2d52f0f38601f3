from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from clausescan import law, scan_text
from clausescan.report import text
from clausescan.report.options import Options
from clausescan.report.wrap import fold, lines, safe, safe_with_ranges, width
from clausescan.types import Problem, Report

Make = Callable[..., Report]
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def written(reports: object, **options: object) -> str:
    out = io.StringIO()
    text.write(reports, out, Options(**options))  # type: ignore[arg-type]
    return out.getvalue()


def test_the_conclusion_comes_first(make_report: Make):
    shown = written(make_report())
    assert shown.split("\n")[0] == "agreement.pdf — 示例刷脸协议"
    assert shown.split("\n")[2] == "结论：1 条供律师复核：候选 1 条，复核 0 条；共检查 2 个条款。"


def test_a_finding_says_where_what_and_why(full_report: Report):
    shown = written(full_report)
    for words in (
        "1. 候选  第一条  授权  （第 1 页，第 3 行，把握高）",
        "  | 用户在此不可撤回地许可本公司永久使用其人脸图像。",
        "无期限限制（弱，由强减弱）：“永久”",
        "不可撤销（强）：“不可撤回”",
        "人脸信息：“人脸图像”",
        "期限部分受限。",
        "人脸识别规定第十一条；民法典第四百九十七条第（三）项（可争议）",
        "RF-11 保存期限不定或未载明",
        "57 个字符，1 页，2 个表格",
        "不构成法律意见",
        "用户协议或合同。为协议。",
        "格式条款迹象：点击即同意。",
        "通俗说",
        "E6 人脸信息：见于文本“人脸图像”；E2 格式条款：待查：查记录",
        "加粗",
        "“不可撤回地”、“永久”",
        "仅在取得您单独同意后处理。",
        "RF-18",
        "统一文本。",
    ):
        assert words in shown.replace("\n" + " " * 14, ""), words


def test_the_law_is_cited_in_full_once(make_report: Make):
    shown = written(make_report()).replace("\n  ", "")
    assert shown.count("（法释〔2021〕15号，2021-08-01起施行）第十一条：") == 1


def test_english_reports_are_english(make_report: Make):
    shown = written(make_report(), language="en")
    assert "Conclusion: 1 for a lawyer to review: 1 candidate, 0 review; 2 clauses read." in shown
    assert 'unlimited in time (weak; weakened from strong): "永久"' in shown
    assert "It is not legal advice." in re.sub(r"\s+", " ", shown)
    rest = shown.replace(make_report().findings[0].quote, "").replace(make_report().findings[0].suggestion, "")
    assert not re.search(r"[。，；：]", re.sub(r'"[^"]*"', "", rest))


def test_nothing_found_is_no_praise(make_report: Make, unread: Problem):
    assert "这不表示文件合法或有效" in written(make_report("没有内容。\n"))
    assert "this does not mean the document is lawful" in written(make_report("没有内容。\n"), language="en")
    inconclusive = written(make_report("没有内容。\n", problems=(unread,)))
    assert "无法读取" in inconclusive.split("\n")[2]
    assert "R020_no_text [page 1]: 没有文字。" in inconclusive


def test_findings_beside_unread_parts_say_so(make_report: Make, unread: Problem):
    assert "文件有部分内容无法读取" in written(make_report(problems=(unread,)))


def test_near_misses_and_steps_are_shown_on_request(make_report: Make):
    assert "处理者的承诺" not in written(make_report())
    shown = written(make_report(), why_not=True)
    assert "本条是处理者的承诺。" in shown
    assert "“不会”" in shown
    assert "授予了强属性" in shown


def test_notes_of_all_findings_are_printed_once(make_report: Make):
    report = make_report()
    several = replace(report, findings=(report.findings[0], replace(report.findings[0], id="2")))
    assert written(several).count("自由撤回") == written(report).count("自由撤回")
    assert written(several).count("适用中国法") == 1


def test_what_was_not_verified_or_not_yet_in_force_is_marked(make_report: Make):
    report = make_report()
    bases = law.dated((law.basis("CC-497-3"), law.basis("FRM-10")), "2019-05-01", date(2026, 1, 1))
    old = replace(report, findings=(replace(report.findings[0], legal_basis=bases),))
    chinese, english = (re.sub(r"\n +", "", written(old, language=language)) for language in ("zh", "en"))
    assert "人脸识别管理办法第十条（未经核对）" in chinese
    assert "文件日期时尚未施行；当时为合同法第四十条（未经核对）；所问日期施行中" in chinese
    assert "not verified; not yet in force on the date of the document; in force on the day asked for" in re.sub(r"\s+", " ", written(old, language="en"))
    assert "Contract Law 1999 art. 40 (not verified)" in english


def test_colour_sets_off_the_evidence_and_what_could_be_cut(full_report: Report):
    coloured = written(full_report, colour=True)
    assert "\x1b[1;4;9m不可撤回\x1b[0m\x1b[9m地\x1b[0m" in coloured
    assert ANSI.sub("", coloured) == written(full_report)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_is_wider_than_the_page(make_report: Make, language: str):
    for line in written(make_report(), language=language, why_not=True).split("\n"):
        assert width(line) <= 80, line


def test_a_document_cannot_steer_the_terminal(make_report: Make):
    report = make_report("标题\x1b[31m\u202e红\n正文\n", name="a\x1b]0;x\x07.pdf")
    shown = written(report)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert shown.startswith("a]0;x.pdf")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [("a\u200bb\u202ec", "abc"), ("a\r\nb\rc\u2028d", "a\nb\nc\nd"), ("a\tb\xa0c", "a b c"), ("\ue000\udce5x", "x"), ("𠮷é", "𠮷é")],
)
def test_safe_text(raw: str, clean: str):
    assert safe(raw) == clean


def test_ranges_follow_their_characters():
    assert safe_with_ranges("\u200b不\u200b可撤回", [(1, 4), (0, 1)]) == ("不可撤回", [(0, 2)])


def cut(words: str, columns: int) -> list[str]:
    return [words[start:end] for start, end in lines(words, columns)]


@pytest.mark.parametrize(
    ("words", "columns", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("中文换行，标点", 8, ["中文换", "行，标点"]),
        ("他说（不可）撤", 6, ["他说", "（不", "可）撤"]),
        ("averylongword", 5, ["avery", "longw", "ord"]),
        ("中文 abc 中文", 8, ["中文 abc", "中文"]),
        ("a\n\nb", 5, ["a", "", "b"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_where_readers_expect(words: str, columns: int, expected: list[str]):
    assert cut(words, columns) == expected


def test_fold_keeps_every_character():
    words = "本条疑以格式条款要求用户就 face data 授予“不可撤销”的权利，" * 5
    folded = list(fold(words, 40, "- ", "  "))
    assert all(width(line) <= 40 for line in folded)
    assert re.sub(r"\s", "", "".join(folded)).lstrip("-") == re.sub(r"\s", "", words)


NOTICE = "业主须知\n\n小区单元门只认脸，门禁卡停用。\n\n您同意我们永久保存并使用您的人脸信息，不得撤回。"


def test_related_findings_stand_once_with_their_clause_or_in_a_section_of_their_own():
    shown = written(scan_text(NOTICE, language="zh"))
    beside = shown.index("相关提示（不影响等级）")
    assert shown.index("另见") < shown.index("RF-11 ") < beside
    assert shown.index("RF-03 人脸识别为唯一验证方式 [人脸识别规定第十条") > beside
    assert "建议：提供门禁卡、密码或人工方式" in shown
    assert "RF-11" not in shown[beside:]
    assert "相关提示" not in written(scan_text("本店出售面部护理产品。", language="zh"))
