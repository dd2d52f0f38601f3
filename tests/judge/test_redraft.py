"""Suggested wording: it must read as contract language, fit the clause, and give no finding itself."""

from __future__ import annotations

from itertools import combinations, product

import pytest

import clausescan
from clausescan import sentences
from clausescan.types import ATTRIBUTES

LANGUAGES = ("zh", "en")
SUBSETS = [subset for size in range(1, 5) for subset in combinations(ATTRIBUTES, size)]
CONTEXTS = {"zh": "“幻颜”换脸应用用户协议\n\n本应用提供刷脸登录与换脸功能，会采集您的人脸图像。\n\n", "en": "Terms of Face Morph\n\nThe app offers face login and face swap and records your face image.\n\n"}


def composed(language: str, opening: str, subject: str, attributes: tuple[str, ...]) -> str:
    """Return the suggestion that the data gives for a case, with the default parties."""
    words = sentences.table("suggestions")[language]
    default = words["default"]
    values = {"processor": default["processor"], "person": default["person"], "of": "your", "subject": default[subject], "purpose": words["blank"]}
    closing = words["closing"]["business" if opening == "business" else "natural_person"]
    parts = [words["opening"][opening], *(words["part"][name] for name in attributes), closing]
    return ("" if language == "zh" else " ").join(part.format(**values) for part in parts)


@pytest.mark.parametrize(("language", "opening"), list(product(LANGUAGES, ("grant", "practice", "business"))))
def test_no_suggestion_gives_a_finding(language: str, opening: str):
    for subject, attributes in product(("face_direct", "by_definition", "biometric", "likeness"), SUBSETS):
        text = composed(language, opening, subject, attributes)
        report = clausescan.scan_text(CONTEXTS[language] + text, language)
        assert [(item.grade, item.quote) for item in report.findings] == [], text


@pytest.mark.parametrize(
    ("language", "text", "has", "lacks"),
    [
        ("zh", "业主授权物业公司永久使用其人脸图像。", ("物业公司", "业主", "保存期限", "单独同意"), ("撤回影响", "接收方", "您")),
        ("zh", "您不可撤销地授权我们使用您的人脸信息。", ("撤回同意", "单独同意"), ("保存期限", "接收方")),
        ("zh", "您授权我们把您的人脸模板提供给任何第三方使用，且无须再次征得您的同意。", ("接收方的名称", "单独同意"), ("保存期限",)),
        ("zh", "用户同意平台永久使用人脸图像，用于识别模型的测试。", ("识别模型的测试", "平台", "用户"), ("填写具体目的",)),
        ("zh", "用户同意平台永久使用人脸图像，用于任何商业目的。", ("填写具体目的",), ("任何商业目的",)),
        ("zh", "本人同意采集方永久使用本人的人脸图像。", ("本人", "采集方"), ("您",)),
        ("zh", "访客的人脸图像永久保存在我们的服务器上。", ("保存访客的人脸信息",), ("授权",)),
        ("en", "You permit us to keep your face images in perpetuity to improve the gate.", ("your face information", "to improve the gate", "deleted"), ("withdrawn",)),
        ("en", "You grant Mirrorly a perpetual licence to use your face images.", ("Mirrorly will process your face information",), ("we ",)),
        ("zh", "受试者授权实验方永久使用其面部视频。", ("受试者单独同意", "实验方"), ("我们", "您")),
        ("en", "The tenant irrevocably consents to the landlord's use of face scans.", ("the tenant's", "the landlord", "withdrawn"), ("kept no longer",)),
        ("en", "We may transfer your face templates to any other company without asking for your consent again.", ("[name the recipient]",), ("kept no longer",)),
        ("en", "I authorise the Studio to use my face images in perpetuity.", ("my face information", "the Studio"), ("your",)),
    ],
)
def test_the_suggestion_fits_the_clause(language: str, text: str, has: tuple[str, ...], lacks: tuple[str, ...]):
    (finding,) = clausescan.scan_text(text, language).findings
    for words in has:
        assert words in finding.suggestion
    for words in lacks:
        assert words not in finding.suggestion
    assert clausescan.scan_text(finding.suggestion, language).findings == ()


def test_the_plain_sentence_says_what_is_given():
    (finding,) = clausescan.scan_text("您授权我们永久、不可撤销地使用您的人脸图像。", "zh").findings
    assert finding.plain
    assert finding.plain.text_zh == "按字面意思，这一条是说：您的人脸信息可以被一直保留和使用，没有期限；一旦同意就不能反悔，也不能要求删除。"
    assert finding.plain.text.startswith("As worded, this clause means: your face information may be kept and used with no end date; once")
