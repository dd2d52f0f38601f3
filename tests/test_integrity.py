"""Hidden words are found, and that they were hidden is told; ordinary typesetting is not."""

from __future__ import annotations

import io

import pytest
from docx import Document as Docx
from docx.shared import Pt, RGBColor

from clausescan import api

CLAUSE = "您授予我们永久使用您的{}信息的权利，且不可撤销。"


def codes(text: str) -> list[str]:
    return [problem.code for problem in api.scan_text(text).problems]


@pytest.mark.parametrize(
    "word", ["人/脸", "人*脸", "人.|脸", "人\u200b脸", "人\u00ad脸", "人\u0301脸", "renlian", "r e n l i a n", "r-e-n-l-i-a-n", "人⁠脸"]
)
def test_a_disguised_face_is_found_and_told(word: str):
    report = api.scan_text(CLAUSE.format(word))
    assert report.grade == "candidate"
    assert word in report.findings[0].quote
    [found] = [problem for problem in report.problems if problem.code == "R044_split_words"]
    assert (found.severity, found.where) == ("warning", "line 1")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("您的\u202e人脸\u202c信息", "R042_direction_controls"),
        ("your fаce data", "R043_lookalikes"),
        ("your 𝐟𝐚𝐜𝐞 data", "R043_lookalikes"),
        ("人\u0335脸\u0335信息", "R045_combining_marks"),
        ("a perpetual f a c e licence", "R044_split_words"),
        ("永·久使用，不/可/撤/销", "R044_split_words"),
    ],
)
def test_each_disguise_has_its_note(text: str, code: str):
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "是**不可撤销**的，**人**脸",
        "不 可 撤 销的人　脸",
        "irrevo-\ncable bio\u00admetric, face-\nrecognition",
        "和/或、东、西、南、北，以下简称“您”",
        "an α-helix, γray, 10 μm, café naïve",
        "Россия и Москва",
        "see (a) b c d e, e.g. U.S.A.",
        "联系人：Ren Lian，renlian@example.com",
        "第①条 ②③ ㈠",
    ],
)
def test_ordinary_typesetting_is_no_note(text: str):
    assert not [code for code in codes(text) if code.startswith("R04")]


def test_the_example_shows_invisible_characters_written_out():
    [found] = api.scan_text("您的人\u200b脸信息").problems[:1]
    assert "人<U+200B>脸" in found.message


@pytest.mark.parametrize("style", ["font-size:1px", "font-size:0", "opacity:0", "color:#fff", "color: transparent", "text-indent:-9999px"])
@pytest.mark.parametrize("tag", ["p", "span"])
def test_unseen_text_of_a_page_is_read_and_told(style: str, tag: str):
    page = f"<html><body><p>我们提供服务，请您阅读。</p><{tag} style='{style}'>{CLAUSE.format('人脸')}</{tag}></body></html>"
    report = api.scan(page.encode(), name="a.html")
    assert report.grade == "candidate"
    assert "R032_hidden_text" in [problem.code for problem in report.problems]


@pytest.mark.parametrize(
    "page",
    [
        "<body style='background:#000'><p style='color:#fff'>{}</p></body>",
        "<p class='banner'><span style='color:#fff'>{}</span></p>",
        "<style>body{{background:navy}}</style><p style='color:white'>{}</p>",
        "<table><tr><td bgcolor='#003366'><p style='color:#ffffff'>{}</p></td></tr></table>",
        "<p style='font-size:10px; line-opacity:0'>{}</p>",
    ],
)
def test_white_text_on_a_ground_is_seen(page: str):
    report = api.scan(f"<html>{page.format(CLAUSE.format('人脸'))}</html>".encode(), name="a.html")
    assert "R032_hidden_text" not in [problem.code for problem in report.problems]


@pytest.mark.parametrize(("size", "colour", "hidden"), [(1, None, 1), (11, "FFFFFF", 1), (11, "333333", 0), (11, None, 0)])
def test_unseen_text_of_a_docx_is_read_and_told(size: int, colour: str | None, hidden: int):
    document = Docx()
    document.add_paragraph("我们提供服务，请您阅读。")
    run = document.add_paragraph().add_run(CLAUSE.format("人脸"))
    run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    stream = io.BytesIO()
    document.save(stream)
    report = api.scan(stream.getvalue(), name="a.docx")
    assert report.grade == "candidate"
    assert [problem.code for problem in report.problems].count("R032_hidden_text") == hidden
