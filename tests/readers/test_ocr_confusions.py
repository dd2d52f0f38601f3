"""Confusions of recognition are put right, and what honest text holds is left alone."""

from __future__ import annotations

import pytest

from clausescan.readers.ocr_confusions import mended


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("使用您的入脸识别信息", "使用您的人脸识别信息"),
        ("您的人险信息", "您的人脸信息"),
        ("您授杈我们", "您授权我们"),
        ("且不可撒销", "且不可撤销"),
        ("永欠使用", "永久使用"),
        ("无限斯保存", "无限期保存"),
        ("有权转投权", "有权转授权"),
        ("a perpetua1, irrevocab1e 1icense over bi0metric data", "a perpetual, irrevocable license over biometric data"),
        ("FAC1AL data", "FACiAL data"),
    ],
)
def test_what_was_meant_is_restored_at_the_same_length(read: str, meant: str):
    assert mended(read) == meant
    assert len(mended(read)) == len(read)


@pytest.mark.parametrize(
    "text",
    [
        "录入脸部信息", "请输入脸部照片", "加入脸书", "个人险种信息", "投保人险种数据", "授权书", "撒播种子", "永久", "第1条 10 days", "a1 b0 c5 01",
        "section 5.10", "http://f0rever.example", "AES-256", "人检验收", "转投资", "3rd party l0", "面邮",
    ],
)  # fmt: skip
def test_honest_text_stays(text: str):
    assert mended(text) == text
