"""Every place and every writing that once hid the clause: it is found, whatever else is said."""

from __future__ import annotations

import pytest

from clausescan import api
from clausescan.settings import Settings
from tests.robustness import Case, planted


@pytest.mark.parametrize("case", tuple(planted()), ids=lambda case: case[1])
def test_the_clause_is_found(case: Case):
    _, name, data = case
    report = api.scan(data, name=name, settings=Settings(ocr=False))
    assert report.grade != "none", [problem.message for problem in report.problems]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("quotes.txt", "经“本人”脸部识别后登录。本人“脸部识别”授权由系统保存。"),
        ("list.txt", "第（一）（二）（三）（四）（五）项与甲、乙、丙、丁有关。"),
        ("leet.txt", "See h1n1 and mp3s at b2b.example, f0x and a1b2c3 are codes; U.S.S.R. is a name."),
        ("alt.html", '<p>正文。</p><img src=x alt="公司标志"><a title="返回页面顶部" href=#>顶部</a>'),
        ("mark.md", '正文见[此处](http://x.y "隐私政策")。\n\n[1]: http://x.y "标题"\n'),
    ],
)
def test_usual_writing_is_no_disguise(name: str, text: str):
    report = api.scan(text.encode(), name=name, settings=Settings(ocr=False))
    assert not {"R044_split_words", "R048_mojibake"} & {problem.code for problem in report.problems}
    assert not any(block.origin == "annotation" for block in api.read(text.encode(), name=name).blocks)
