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
    ],
)
def test_how_a_sentence_speaks_of_face_data(text: str, question: str, expected: list[tuple[str, str]]):
    assert found(text, question) == expected


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
