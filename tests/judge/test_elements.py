"""E1 to E7 for findings of the whole tool: what is found, assumed, or must be asked."""

from __future__ import annotations

import pytest

import clausescan
from clausescan.types import Element, Finding


def finding(text: str, language: str) -> Finding:
    (found,) = clausescan.scan_text(text, language).findings
    return found


def table(found: Finding) -> dict[str, Element]:
    return {element.code: element for element in found.elements}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh", "用户协议\n\n您授权我们永久使用您的人脸图像。", "found assumed assumed found found found found"),
        ("zh", "员工录入考勤人脸后，其对公司保存和使用该人脸图像的同意不得撤回。", "found assumed found found found found found"),
        ("zh", "访客的人脸图像永久保存在我们的服务器上。", "found assumed found ask found found found"),
        ("zh", "您同意我们将您的人脸数据共享给关联公司及合作伙伴。", "found assumed assumed found found found ask"),
        ("zh", "参赛者授予主办方永久、不可撤销地使用其个人照片进行宣传的权利。", "found assumed found found found ask found"),
        ("en", "You permit us to keep and use your face images in perpetuity.", "found assumed assumed found found found found"),
        ("en", "Entrants grant the Organiser an irrevocable and perpetual licence to use their photographs and likeness in advertising.", "found assumed assumed found found ask found"),
    ],
)
def test_status_of_the_elements(language: str, text: str, expected: str):
    elements = finding(text, language).elements
    assert [element.code for element in elements] == [f"E{number}" for number in range(1, 8)]
    assert " ".join(element.status for element in elements) == expected


def test_what_is_found_has_its_words_and_what_is_not_has_a_reason():
    for element in finding("您授权我们永久使用您的人脸图像。", "zh").elements:
        assert element.reason.text
        assert element.reason.text_zh
        assert bool(element.evidence) or element.status != "found"
        for item in element.evidence:
            assert item.place
            assert item.text


def test_a_declaration_that_it_is_no_standard_term_must_be_asked_about():
    standard = table(finding("用户协议\n\n您授权我们永久使用您的人脸图像。\n\n双方确认本协议不属于格式条款。", "zh"))["E2"]
    assert standard.status == "ask"
    assert "不属于格式条款" in standard.evidence[0].text
    assert "record of real negotiation" in standard.reason.text


def test_signs_of_standard_terms_are_named():
    standard = table(finding("用户协议\n\n点击“同意”即表示您接受本协议。\n\n您授权我们永久使用您的人脸图像。", "zh"))["E2"]
    assert (standard.status, standard.reason.code) == ("assumed", "signs")
    assert "点击即同意" in standard.reason.text_zh


def test_prominence_is_a_fact_and_changes_no_grade():
    bold = clausescan.scan(b"# Terms\n\n**You permit us to keep and use your face images in perpetuity.**\n", name="x.md")
    plain = clausescan.scan(b"# Terms\n\nYou permit us to keep and use your face images in perpetuity.\n", name="x.md")
    assert (bold.findings[0].prominence, plain.findings[0].prominence) == (("bold",), ())
    assert bold.findings[0].grade == plain.findings[0].grade
    (capitals,) = clausescan.scan_text("5. YOU AUTHORISE US TO KEEP AND USE YOUR FACE IMAGES IN PERPETUITY, AND YOU WAIVE ANY RIGHT TO HAVE THEM DELETED.", "en").findings
    assert capitals.prominence == ("caps",)
