"""Garbled text is told from clean text; the whole calibration is `python -m tests.garble`."""

from __future__ import annotations

import pytest

from clausescan import api
from clausescan.readers.garble import garbled_share
from tests.garble import SAMPLES, WAYS

TEXT = api.read(SAMPLES / "face-app-agreement.zh.txt").text[:2_000]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_garbled_text_is_inconclusive(way: str):
    assert garbled_share(WAYS[way](TEXT)) > 0.2
    report = api.scan(WAYS[way](TEXT).encode(), name="a.txt")
    codes = [problem.code for problem in report.problems]
    assert report.inconclusive or "R048_mojibake" in codes  # what can be turned back is turned back


def test_clean_texts_are_not():
    assert garbled_share(TEXT) == 0.0
    english = api.read(SAMPLES / "face-app-agreement.en.txt").text
    assert garbled_share(english) < 0.05
    assert garbled_share("第一条 α β γ，√2 ≈ 1.41；北京市海淀区中关村大街二十七号。" * 20) < 0.05


@pytest.mark.parametrize("text", ["", " \n", "abc", "&#20320;", "\ufffd"])
def test_short_texts_have_a_share(text: str):
    assert 0.0 <= garbled_share(text) <= 1.0
