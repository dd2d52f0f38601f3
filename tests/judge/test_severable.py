"""The smallest deletion: table of clauses with the words that make them unlimited, and what must remain."""

from __future__ import annotations

import pytest

import clausescan
from clausescan.judge.severable import cuts, remainder
from clausescan.settings import Settings
from clausescan.types import Language


def cut(language: Language, quote: str, *words: str) -> str:
    """Return what remains of a quote when the parts with these words are gone."""
    spans = [(quote.index(word), quote.index(word) + len(word)) for word in words]
    return remainder(quote, cuts(quote, spans, language))


@pytest.mark.parametrize(
    ("quote", "words", "rest"),
    [
        # modifiers go with the separator that joins them
        ("您授予我们对人脸信息的永久、不可撤销且可转授权的权利。", ("永久", "不可撤销", "可转授权"), "您授予我们对人脸信息的权利。"),
        ("您授予我们免费、永久且不可撤销地使用人脸图像的权利。", ("永久", "不可撤销"), "您授予我们免费地使用人脸图像的权利。"),
        ("您授予我们永久、免费地使用人脸图像的权利。", ("永久",), "您授予我们免费地使用人脸图像的权利。"),
        ("用户不可撤回地许可本公司永久使用其人脸图像。", ("不可撤回", "永久"), "用户许可本公司使用其人脸图像。"),
        ("您授予我们一项永久的、不可撤销的、可再许可的权利。", ("永久", "不可撤销", "可再许可"), "您授予我们一项权利。"),
        ("甲方收集、永久保存乙方的面部特征。", ("永久",), "甲方收集、保存乙方的面部特征。"),
        # a list of parties
        ("业主授权物业及其受让人使用人脸图像。", ("受让人",), "业主授权物业使用人脸图像。"),
        # statements go with what hangs on them
        ("您授权我们使用人脸图像，我们可将该权利再许可给任何第三方，而不必通知您。", ("再许可给任何第三方",), "您授权我们使用人脸图像。"),
        ("员工同意公司采集面部特征，该同意不可撤销。", ("不可撤销",), "员工同意公司采集面部特征。"),
        ("会员同意俱乐部使用人脸图像，该授权永久有效，并可转让。", ("永久", "转让"), "会员同意俱乐部使用人脸图像。"),
        # a sentence that has nothing left to say goes whole
        ("员工同意采集面部特征。该同意不可撤销。", ("不可撤销",), "员工同意采集面部特征。"),
        ("一、用户同意采集人脸。\n二、用户放弃撤回同意的权利。", ("放弃撤回同意",), "一、用户同意采集人脸。\n"),
        ("如您注销账号，我们仍可继续使用人脸图像。", ("继续使用",), ""),
    ],
)
def test_chinese(quote: str, words: tuple[str, ...], rest: str):
    assert cut("zh", quote, *words) == rest


@pytest.mark.parametrize(
    ("quote", "words", "rest"),
    [
        (
            "You grant us a worldwide, perpetual and irrevocable licence to use your face.",
            ("perpetual", "irrevocable"),
            "You grant us a worldwide licence to use your face.",
        ),
        ("You grant us a perpetual, worldwide licence.", ("perpetual",), "You grant us a worldwide licence."),
        ("You grant us an irrevocable licence to use your face.", ("irrevocable",), "You grant us licence to use your face."),
        ("You irrevocably authorise us to use your face.", ("irrevocably",), "You authorise us to use your face."),
        ("We may use your face images in perpetuity.", ("perpetuity",), "We may use your face images."),
        ("You agree that we keep the scan for an indefinite term.", ("indefinite term",), "You agree that we keep the scan."),
        ("They are held indefinitely, and nobody else sees them.", ("indefinitely",), "They are held, and nobody else sees them."),
        ("You grant us and our successors a licence to your face scan.", ("successors",), "You grant us a licence to your face scan."),
        ("You grant us a licence to your face scan, and we may sublicense it to anyone.", ("sublicense",), "You grant us a licence to your face scan."),
        ("You consent to the scan. The consent cannot be withdrawn.", ("cannot be withdrawn",), "You consent to the scan. "),
        ("The authorisation is perpetual and cannot be revoked.", ("perpetual", "cannot be revoked"), ""),
        ("The Talent assigns to Fold Inc. and its group the right in perpetuity.", ("perpetuity",), "The Talent assigns to Fold Inc. and its group the right."),
    ],
)
def test_english(quote: str, words: tuple[str, ...], rest: str):
    assert cut("en", quote, *words) == rest


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "用户授予平台对其人脸信息的永久、不可撤销、可转授权的使用权利。"),
        ("zh", "会员在此不可撤回地许可本公司永久使用其刷脸支付时采集的面部特征，本公司还可将此项许可再许可给他人。"),
        ("zh", "就刷脸功能，用户许可运营方：\n（1）采集并存储其人脸影像；\n（2）永久使用该影像；\n（3）自行将前述权利转授给其他主体。"),
        ("en", "You grant us a perpetual, irrevocable and freely sublicensable right to store and use your facial images and face templates."),
        ("en", "You permit us to keep and use your face images in perpetuity."),
    ],
)
def test_what_remains_is_no_candidate_any_more(language: str, text: str):
    report = clausescan.scan_text(text, language)
    (finding,) = report.findings
    assert finding.grade == "candidate"
    assert finding.severable
    start = finding.place.start
    ranges = [(item.start - start, item.end - start) for item in finding.severable]
    rest = remainder(finding.quote, ranges)
    # by the rules: what the text model suspects in a bare grant has no words that could be cut
    again = clausescan.scan_text(rest, language, settings=Settings(models=False)).findings
    assert not [item for item in again if item.grade == "candidate"], rest
    for item in finding.severable:
        assert report.document.text[item.start : item.end] == item.text


def test_the_smallest_part_is_less_than_the_clause():
    (finding,) = clausescan.scan_text("您同意我们永久使用您的人脸图像。", "zh").findings
    assert [item.text for item in finding.severable] == ["永久"]
