"""Which sentences speak of face data, and what the sheet quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from clausescan import api
from clausescan.facesheet.questions import questions
from clausescan.facesheet.sheet import Sheet, facesheet

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"


def sheet(text: str) -> Sheet:
    document = api.text_document(text)
    return facesheet(document, api.clauses_in(document))


def found(text: str, question: str) -> list[tuple[str, str]]:
    return [(passage.text, passage.subject) for passage in sheet(text).answers[question]]


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("登录时我们会采集您的人脸图像。该等信息在核验完成后立即删除。", "kept", [("该等信息在核验完成后立即删除。", "reference")]),
        ("登录时我们会采集您的人脸图像。订单在三十日后立即删除。", "kept", []),
        ("我们采集人脸图像。上述位置信息在三日后删除。", "kept", []),
        ("第一章 隐私\n第一条 人脸信息的保存\n数据在核验后三日内删除。\n第二条 订单\n数据在三日内删除。\n", "kept", [("数据在核验后三日内删除。", "heading")]),
        ("我们可能处理您的生物识别信息，保存期限为三十日。", "kept", [("我们可能处理您的生物识别信息，保存期限为三十日。", "biometric")]),
        ("個人敏感信息包括身份證件號碼、人臉信息、銀行賬號。", "collected", []),
        ("我們會收集您的人臉信息。", "collected", [("我們會收集您的人臉信息。", "face")]),
        ("请在本页面部分功能中查看我们收集的内容。", "collected", []),
        ("You scan your face when you enrol. We keep this scan for thirty days.", "kept", [("We keep this scan for thirty days.", "reference")]),
        ("“形象素材”指您上传的人脸视频。\n我们可以将形象素材提供给关联公司。", "shared", [("我们可以将形象素材提供给关联公司。", "definition")]),
        ("“Personal Data” means your name and facial images.\nWe share Personal Data with partners.", "shared", []),
        ("Biometric Information Collected Only with Consent for Security Purposes.", "used", []),
        ("We do not keep your face.", "kept", [("We do not keep your face.", "face")]),
        ("We meet you face to face and collect your address.", "collected", []),
        ("You may not use the Services to create or collect facial recognition databases.", "collected", []),
        # a form of consent, a policy on itself, a question, another document: no answers
        ("Consent is obtained in writing before the first facial scan.", "collected", []),
        ("This notice explains how the club collects facial images of its guests.", "collected", []),
        ("2. What facial data does the turnstile collect?", "collected", []),
        ("Our Facial Data Handling Notice collects the details.", "collected", []),
        ("关于我们如何收集人脸信息，请见《人脸信息收集规则》。", "collected", []),
        ("此次修订主要增加了人脸信息的收集规则。", "collected", []),
        ("如发现人脸信息被冒用，请拨打热线。", "collected", []),
        ("凡以刷脸方式完成的操作均视为本人所为，验证通过人脸进行的操作由您负责。", "used", []),
        # other traits are no faces
        ("We keep voiceprints, a biometric, for thirty days.", "kept", []),
        ("我们收集您的声纹等生物识别信息。", "collected", []),
        # who refuses is not told where it goes
        ("We compare your facial image. If you refuse this information, our service provider cannot let you in.", "shared", []),
        ("我们核验您的人脸图像。如您拒绝提供上述信息，将无法使用第三方服务。", "shared", []),
        # a semicolon in brackets ends no sentence; letters right beside Chinese characters are words
        ("您可选择刷脸入园（安卓用户须升级系统；苹果用户无须升级），并向我们提供您的面部照片。", "collected", [("您可选择刷脸入园（安卓用户须升级系统；苹果用户无须升级），并向我们提供您的面部照片。", "face")]),
        ("您可以在系统中开启或关闭Face ID权限。", "deleted", [("您可以在系统中开启或关闭Face ID权限。", "face")]),
        # a selfie that is compared, consent in the sentence after the next
        ("We match your selfie with the face on your card. Your selfie is kept for nine days.", "kept", [("Your selfie is kept for nine days.", "definition")]),
        ("We scan your face at the gate. Nobody has to agree. You may withdraw your consent at the desk.", "deleted", [("You may withdraw your consent at the desk.", "reference")]),
        ("The mask uses TrueDepth to follow your head. The data is thrown away at once. It is never sent to anybody.", "shared", [("It is never sent to anybody.", "reference")]),
    ],
)
def test_how_a_sentence_speaks_of_face_data(text: str, question: str, expected: list[tuple[str, str]]):
    assert found(text, question) == expected


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("# Rules\n\n1. Conduct. You agree not to:\n\n(a) collect facial images of other guests;\n\n(b) shout.\n", "collected", []),
        ("We use your facial image to:\n\n(a) open the gate;\n\n(b) find lost children.\n", "used", ["We use your facial image to:\n\n(a) open the gate;\n\n(b) find lost children."]),
        ("We collect the following:\n\n(a) facial images;\n\n(b) tickets.\n", "collected", ["(a) facial images;"]),
        ("Facial images are:\n\n(a) stored on our servers in the park;\n\n(b) encrypted.\n", "stored", ["(a) stored on our servers in the park;"]),
    ],
)
def test_headings_and_lead_ins(text: str, question: str, expected: list[str]):
    assert [passage for passage, _ in found(text, question)] == expected


@pytest.mark.parametrize(("sentence", "expected"), [("The data is kept for two days.", 1), ("Device data is kept for two days.", 0)])
def test_a_heading_that_only_says_retention_is_under_the_one_above(tmp_path: Path, sentence: str, expected: int):
    path = tmp_path / "p.md"
    path.write_text(f"# Privacy\n\n## Face data of guests\n\nWe like it short.\n\n### Retention\n\n{sentence}\n", encoding="utf-8")
    document = api.read(path)
    assert len(facesheet(document, api.clauses_in(document)).answers["kept"]) == expected


def test_a_table_that_lost_its_lines_is_cut_at_the_addresses_that_end_its_rows():
    rows = ["推送 消息推送 设备标识 https://a.example/p", "刷脸核身 采集人脸图像 用于核实本人 https://b.example/p", "统计 崩溃日志 https://c.example/p"]
    text = " ".join([rows[0]] * 8 + [rows[1]] + [rows[2]] * 8) + " 完"
    assert found(text, "collected") == [(rows[1], "face")]


@pytest.mark.parametrize("name", ["face-app-agreement.zh.docx", "face-app-agreement.en.pdf", "property-face-access.zh.txt"])
def test_every_passage_is_verbatim_and_has_its_place(name: str):
    document = api.read(SAMPLES / name)
    passages = [passage for answer in facesheet(document, api.clauses_in(document)).answers.values() for passage in answer]
    assert passages
    for passage in passages:
        assert document.text[passage.place.start : passage.place.end] == passage.text
        assert passage.place.page or passage.place.line


def test_a_document_without_faces_answers_nothing():
    empty = sheet("我们收集您的手机号码，用于注册。您可以随时删除账号。")
    assert empty.mentions == 0
    assert not any(empty.answers.values())


def test_there_are_at_most_so_many_passages_and_those_with_the_name_come_first():
    text = "".join(f"第{n}项功能中我们会采集您的人脸图像。" for n in range(20))
    document = api.text_document(text)
    assert len(facesheet(document, api.clauses_in(document), most=3).answers["collected"]) == 3


def test_the_questions_are_the_six_of_the_stores():
    assert [question.id for question in questions()] == ["collected", "used", "shared", "stored", "kept", "deleted"]
