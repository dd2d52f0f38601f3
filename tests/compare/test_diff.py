"""A difference that can be read."""

from __future__ import annotations

import pytest

from clausescan.compare.diff import diff


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("可以永久使用。", "可以在三年内使用。", "可以-永久-+在三年内+使用。"),
        ("We keep it for thirty days.", "We keep it for ninety days.", "We keep it for -thirty-+ninety+ days."),
        ("4.3 您授权", "4.4 您授权", "-4.3-+4.4+ 您授权"),
        ("您　授予", "您 授予", "您 授予"),
        ("授权我们", "授權我們", "授權我們"),
        ("", "新", "+新+"),
        ("不会出售", "会出售", "-不-会出售"),
        ("our partners", "its partners", "-our-+its+ partners"),
    ],
)
def test_words_in_latin_and_characters_in_chinese(old: str, new: str, expected: str):
    marks = {"same": "", "gone": "-", "new": "+"}
    assert "".join(f"{marks[part.op]}{part.text}{marks[part.op]}" for part in diff(old, new)) == expected


@pytest.mark.parametrize(("old", "new"), [("我们可以永久保存您的照片", "我们在三十日内删除照片。"), ("a b c d e f", "a x c y e z")])
def test_both_texts_can_be_put_together_again(old: str, new: str):
    parts = diff(old, new)
    assert "".join(part.text for part in parts if part.op != "new") == old
    assert "".join(part.text for part in parts if part.op != "gone") == new
