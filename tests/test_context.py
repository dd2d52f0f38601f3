"""What a document says about itself, and the words that say it."""

from __future__ import annotations

import pytest

from clausescan import api
from clausescan.context import document_context, era
from clausescan.folding import fold
from clausescan.types import DocumentContext


def context(text: str) -> DocumentContext:
    document = api.text_document(text)
    return document_context(document, fold(document.text))


def words(found: DocumentContext, role: str) -> list[str]:
    return [item.text for item in found.evidence if item.role == role]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("幻影换脸用户服务协议\n\n第一条 您同意本协议。", "user_agreement"),
        ("小葱支付隐私政策\n\n我们重视您的隐私。", "privacy_policy"),
        ("员工面部识别考勤知情同意书\n\n本人同意。", "face_consent_form"),
        ("劳动合同\n\n甲方：某某公司", "employment"),
        ("前期物业服务合同\n\n业主应当……", "property"),
        ("学员培训协议\n\n学员应当按时到课。", "school"),
        ("访客告知书\n\n进入园区须刷脸。", "notice"),
        ("开放平台开发者协议\n\n开发者应当……", "b2b"),
        ("Mirrorly Terms of Service\n\n1. You agree to these terms.", "user_agreement"),
        ("Privacy Notice\n\nWe collect data.", "privacy_policy"),
        ("Facial Recognition Consent Form\n\nI consent.", "face_consent_form"),
        ("Employee Handbook\n\nStaff clock in by face.", "employment"),
        ("Residential Lease Agreement\n\nThe tenant pays rent.", "property"),
        ("Exhibit 10.1\n\nSTRATEGIC ALLIANCE AGREEMENT\n\nThis agreement is made.", "b2b"),
        ("I hereby consent to the recording and use of my face by the Host for its programme and all that belongs to it.", "face_consent_form"),
        ("Data Processing Addendum\n\nThe processor acts on instructions.", "b2b"),
        ("我们会收集您的信息。本政策适用于所有用户，本政策可能更新，详见下文各条的说明与解释，如有疑问请联系我们的客服人员予以解答。", "privacy_policy"),
        ("The recordings are kept by the studio for two years and then removed from its servers and those of its suppliers.", "unknown"),
    ],
)
def test_the_form_of_a_document(text: str, kind: str):
    assert context(text).kind == kind


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("同意书\n\n员工同意公司使用人脸考勤。员工应当配合。", "employment"),
        ("须知\n\n业主进入小区须刷脸，业主可以办理门禁卡。", "property"),
        ("Consent\n\nThe pupil's face is used at the school gate. The school keeps it for one year.", "school"),
        ("用户协议\n\n用户使用本应用。", "platform"),
        ("约定\n\n双方同意如下。", "unknown"),
    ],
)
def test_the_relation_in_which_it_stands(text: str, setting: str):
    assert context(text).setting == setting


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("隐私政策\n更新日期：2022年08月01日\n生效日期：2022年08月08日\n", "2022-08-08"),
        ("隐私政策\n【2021】年【11】月【1】日生效\n", "2021-11-01"),
        ("协议\n版本：2024年3月版　　生效日期：2024年3月18日\n", "2024-03-18"),
        ("协议\n版本：2023年9月\n", "2023-09"),
        ("协议\n签署日期：二〇二三年十二月二十一日\n", "2023-12-21"),
        ("Terms of Use\nEffective on March 5, 2026.\n", "2026-03-05"),
        ("Terms\nLast updated: October 2020\n", "2020-10"),
        ("Terms\nUpdated 1st September 2021, effective 15 Sept 2021.\n", "2021-09-15"),
        ("协议\n依据《中华人民共和国个人信息保护法》（2021年11月1日起施行）制定。\n", None),
        ("“句子控”隐私权政策\n2020年8月3日\n我们深知……\n", "2020-08-03"),
        ("General Terms\nLast adjustment: 11.12.2025\n", "2025-12-11"),
        ("协议\n本公司成立于2015年3月2日。\n", None),
    ],
)
def test_the_date_that_counts(text: str, date: str | None):
    assert context(text).date == date


@pytest.mark.parametrize(
    ("date", "expected"),
    [(None, "unknown"), ("2020-12-31", "before_2021"), ("2021-01-01", "before_2021_08"), ("2021-07", "before_2021_08"), ("2021-08-01", "later"), ("2021-08", "later")],
)
def test_the_era_of_a_date(date: str | None, expected: str):
    assert era(date) == expected


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("协议\n\n本协议的解释适用中华人民共和国大陆地区法律。", "prc"),
        ("协议\n\n我们依照《中华人民共和国个人信息保护法》处理您的信息。", None),
        ("协议\n\n本协议受香港特别行政区法律管辖。", "foreign"),
        ("Terms\n\nThese terms are governed by the laws of the State of California.", "foreign"),
        ("Terms\n\nThese terms are governed by the laws of the People's Republic of China.", "prc"),
        ("Terms\n\nThese terms are governed by the laws of the place where you live.", None),
    ],
)
def test_the_law_that_a_text_chooses(text: str, law: str | None):
    assert context(text).governing_law == law


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("协议\n\n您点击“同意”按钮即完成注册。", "click_through"),
        ("Terms\n\nBy clicking the “Sign up” button you accept the terms.", "click_through"),
        ("协议\n\n您使用本服务即视为您已阅读并同意本协议。", "use_is_acceptance"),
        ("Terms\n\nYour continued use of the service constitutes acceptance of the terms.", "use_is_acceptance"),
        ("协议\n\n我们有权随时修改本协议。", "unilateral_change"),
        ("Terms\n\nWe may modify these Terms at the end of each month.", "unilateral_change"),
        ("协议\n\n本合同为示范文本的内容。", "says_standard_form"),
        ("协议\n\n请特别注意以粗体标出的内容。", "says_prompted"),
        ("同意书\n\n本人的姓名：________", "blanks"),
        ("同意书\n\n本人的意思。\n签名：", "to_be_signed"),
    ],
)
def test_signs_of_standard_terms(text: str, sign: str):
    found = context(text)
    assert sign in found.standard_term_signs
    assert words(found, f"standard_term.{sign}")


@pytest.mark.parametrize(
    "text",
    ["隐私政策\n\n我们可能不会立即从备份系统中删除信息，但会在备份更新时删除。", "隐私政策\n\n您可以修改您的昵称、个性签名。", "Terms\n\nThe user may change the password of the account."],
)
def test_what_is_no_sign(text: str):
    assert context(text).standard_term_signs == ()


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("协议\n\n双方确认本协议的条款不属于格式条款。", True),
        ("协议\n\n本条款已经双方充分协商。", True),
        ("Terms\n\nThis agreement has been fully negotiated by the parties.", True),
        ("Terms\n\nThis is not a contract of adhesion in the view of the parties.", True),
        ("协议\n\n本合同含有格式条款，请仔细阅读。", False),
        ("协议\n\n发生争议的，双方应当协商解决的问题。", False),
    ],
)
def test_a_declaration_that_changes_nothing_is_reported(text: str, denies: bool):
    assert context(text).denies_standard_term == denies


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("隐私政策\n\n本政策是《幻影用户服务协议》的组成部分。", "policy_incorporated"),
        ("隐私政策\n\n如我们修订本政策，该等修订构成本政策的一部分。", "policy_not_incorporated"),
        ("Privacy Policy\n\nThis Privacy Policy forms part of the Terms of Service.", "policy_incorporated"),
        ("Privacy Policy\n\nCookies are part of the website.", "policy_not_incorporated"),
        ("访客告知书\n\n进入园区须刷脸。", "notice"),
        ("用户服务协议\n\n您同意本协议。", "agreement"),
        ("一段没有标题的文字，内容只有这一句话而已。", "unknown"),
    ],
)
def test_whether_the_text_is_a_contract(text: str, status: str):
    assert context(text).contract_status == status


def test_the_words_stand_where_they_are_said_to():
    text = "幻影隐私政策\n\n生效日期：２０２４年３月１８日\n\n您點擊「同意」即完成註冊。本协议的解释适用中华人民共和国法律。"
    found = context(text)
    assert found.governing_law == "prc"
    assert found.standard_term_signs == ("click_through",)
    for item in found.evidence:
        assert text[item.start : item.end] == item.text, item.role
        assert item.place
        assert item.place.start == item.start


def test_notes_tell_status_time_and_law():
    report = api.scan_text("隐私政策\n\n生效日期：2020年5月1日\n\n您同意我们永久使用您的人脸图像。\n\n双方确认本政策不属于格式条款。")
    assert [note.code for note in report.context.notes] == ["contract_status", "temporal", "applicability", "denies_standard_term"]
    (finding,) = report.findings
    assert finding.contract_status == "policy_not_incorporated"
    codes = {note.code for note in (*finding.counter_arguments, *finding.missing_facts)}
    assert {"policy_not_contract", "before_in_force", "before_civil_code", "real_negotiation", "prompted", "date"} <= codes
    bases = {basis.code: basis for basis in finding.legal_basis}
    assert {"CCI-9", "TEP-9"} <= set(bases)
    assert (bases["CC-497-2"].on_document_date, bases["CC-497-2"].instead) == ("not_yet", ("CTL-40",))


@pytest.mark.parametrize(
    ("text", "counterparty"),
    [
        ("Agreement\n\nThis Agreement is made between Fold Systems, Inc. and Mirror Works Ltd. on the terms below.", "business"),
        ("采购框架合同\n\n甲方：虚构甲公司\n乙方：虚构乙公司\n", "business"),
        ("会籍合同\n\n甲方：力健公司\n乙方（会员）：____", "natural_person"),
        ("Terms\n\nThese terms apply between you and Fold Systems, Inc.", "natural_person"),
    ],
)
def test_whom_the_text_addresses(text: str, counterparty: str):
    assert context(text).counterparty == counterparty
