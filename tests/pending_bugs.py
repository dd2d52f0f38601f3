"""Sentences that the analysis gets wrong today; not collected by default: pytest tests/pending_bugs.py

Move a row to the table of its mechanism in `analyse/test_mechanisms.py` when it passes. Columns as there.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).parent

ROWS: list[tuple[str, ...]] = [
    ("direction", "The carrier grants the rider a perpetual, irrevocable licence to use the face recognition app.", "none", ""),
    ("direction", "You may keep your own face scans forever and share them with anyone you like.", "none", ""),
    ("direction", "The hotel hereby licenses guests, irrevocably and in perpetuity, to use the face kiosk software.", "none", ""),
    ("negation", "我们不收取任何费用，但可以永久使用您的人脸视频。", "candidate", "D"),
    ("negation", "No perpetual or irrevocable right over your face data is claimed by us.", "none", ""),
    ("outer_negation", "您无需授权我们永久使用您的人脸信息。", "none", ""),
    ("carve_out", "会员授予我们永久使用其人脸照片的权利，但会员的证件号码除外。", "candidate", "D"),
    ("carve_out", "会员授予我们永久使用其人脸照片的权利，法律另有规定的除外。", "candidate", "D"),
    ("definition", "学员同意驾校永久使用课程资料。", "none", "", "“课程资料”指教材、题库及课件，不包括学员的人脸图像。"),
    ("reference", "上述信息可由滑雪场永久使用。", "candidate", "D", "滑雪场在缆车入口采集您的人脸图像。"),
    ("reference", "您同意滑雪场永久使用该等内容。", "review", "D", "滑雪场在缆车入口采集您的人脸图像，并收集您发布的雪场评论。"),
    ("reference", "您同意我们永久使用上述评论。", "none", "", "您可以在应用内发布评论，也可以刷脸登录。"),
    ("survival", "协议终止后，关于押金的条款继续有效。", "none", "", "第二条 乘客授权公司采集并使用其人脸图像。"),
    (
        "survival",
        "The clause on deposits survives termination.",
        "none",
        "",
        "2. The passenger licenses the carrier to use the passenger's face images.",
    ),
    ("lead_in", "酒店不会：\n（一）永久保存住客的人脸图像；\n（二）把人脸图像转授权他人。", "none", ""),
    ("lead_in", "The hotel will not:\n(a) keep the guest's face images forever; or\n(b) sublicense the guest's face images.", "none", ""),
    ("attachment", "您对菜品的评价可以随时删除，但人脸图像授权本店永久使用。", "candidate", "D"),
    ("attachment", "You grant us a perpetual licence to your reviews; your face image is deleted after payment.", "none", ""),
    ("cure", "您同意我们将人脸图像提供给合作伙伴，具体为云影科技有限公司，仅用于开门。", "none", ""),
    ("own_right", "您对自己的人脸信息永久享有查阅、复制的权利。", "none", ""),
    ("own_right", "Your right to obtain a copy of your face images lasts forever.", "none", ""),
    ("on_device", "人脸模板先保存在手机本地，随后上传服务器，由我们永久使用，您表示同意。", "candidate", "D"),
    ("business", "开发者应确保其最终用户授予平台永久使用其人脸图像的权利。", "review", "D"),
    ("business", "商户须从其顾客处取得使平台可无限期使用顾客人脸信息的授权。", "review", "D"),
    ("right", "Face images become the property of the park.", "candidate", "O"),
    ("reference", "您同意滑雪场永久使用该等信息。", "review", "D", "滑雪场在缆车入口采集您的人脸图像。您可以发布雪场评论。"),
    ("reference", "该等内容由滑雪场永久使用，您表示同意。", "review", "D", "闸机拍摄您的面部照片，应用保存您发布的评论。"),
    ("table", "授权内容 | 能否撤回 | 能否转授权\n人脸图像的使用 | 随时可以撤回 | 不可以\n", "none", ""),
    ("lead_in", "我们承诺不会：\n1. 无限期保存您的面部视频；\n2. 转授权他人使用您的面部视频。", "none", ""),
    ("lead_in", "本店不得实施下列行为：\n1. 永久保存顾客的人脸图像；\n2. 将人脸图像提供给任何第三方。", "none", ""),
    ("lead_in", "We promise that we will never:\n(a) keep your face video indefinitely;\n(b) sublicense your face video.", "none", ""),
    ("right", "我们免费开放，并可以永久使用您的人脸视频。", "candidate", "D"),
    ("right", "All face images belong to the park.", "candidate", "O"),
    ("direction", "租客可将刷脸门禁的使用权转让给任何第三方。", "none", ""),
    ("direction", "承运人从乘客处取得不可撤销的人脸图像使用权。", "candidate", "I"),
    ("segment", "第二条 您授予我们永久、不可撤销的人脸信息使用权\n\n本馆每日开放。\n", "candidate", "DI"),
    ("segment", "馆规\n\n您授予我们永久、不可撤销的人脸信息使用权\n\n本馆每日开放。\n", "candidate", "DI"),
    ("segment", "【刷脸入馆】\n您可以刷脸入馆。\n【储物柜】\n您授予本馆永久且不可撤销的使用权。\n", "none", ""),
]


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, TESTS / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MECHANISMS, GATE, EXAMPLES = map(load, ("analyse/test_mechanisms.py", "test_gate.py", "test_rule_examples.py"))


@pytest.mark.parametrize(("mechanism", "text", "grade", "attributes", "before"), [(*row[:4], row[4:]) for row in ROWS])
def test_a_sentence(mechanism: str, text: str, grade: str, attributes: str, before: tuple[str, ...]):
    MECHANISMS.test_a_sentence(text, grade, attributes, before)


def test_the_paragraph_after_a_list_is_no_part_of_it():
    clauses = load("segment/test_clauses.py")
    parts = [parts for parts, _ in clauses.units("来宾同意馆方：\n（一）登记姓名；\n（二）核对门票。\n\n馆方每周消毒。\n")]
    assert parts == [["来宾同意馆方：", "（一）登记姓名；", "（二）核对门票。"], ["馆方每周消毒。"]]


def test_an_amount_is_no_number_of_a_clause():
    from clausescan.segment.numbering import parse

    assert parse("1.5万元押金", 0) is None


@pytest.mark.parametrize("path", GATE.CLAUSES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_gate_with_the_open_units(path: Path):
    GATE.OPEN.clear()
    GATE.test_the_gate_loses_no_labelled_clause(path)


@pytest.mark.parametrize("text", sorted(EXAMPLES.OPEN))
def test_an_example_of_the_rule(text: str):
    for rule in EXAMPLES.RULES:
        for example in rule.flag:
            if example.text == text:
                EXAMPLES.test_what_must_be_flagged(example)
        for example in rule.passes:
            if example.text == text:
                EXAMPLES.test_what_must_not_be_flagged(example)
