"""Markdown becomes clean text with the same blocks."""

import pytest

from clausescan.readers import markdown
from clausescan.settings import DEFAULT, Settings
from clausescan.types import Document

PAGE = """---
title: 忽略
---
# 门禁 *服务* 协议

我们**仅在**您[同意](https://a.example/x_(1) "t")后使用`人脸`图像，
用于开门。

> 引用的条款。

1. 第一项
1. 第二项
   1. 子项
* 圆点 ~~旧文字~~ 新文字

**一、总则**

| 信息 | 期限 |
|------|:----:|
| 图像 | 一日 |

```
代码里的条款
```
Setext
------
<p>标签<b>里</b>有。</p><!-- 注释
还是注释 -->结束\\*
"""


def read(source: str, settings: Settings = DEFAULT) -> Document:
    return markdown.read(source.encode(), name="a.md", settings=settings)


def texts(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


def test_page() -> None:
    document = read(PAGE)
    found = [(block.kind, document.text[block.start : block.end]) for block in document.blocks]
    assert found == [
        ("title", "门禁 服务 协议"),
        ("paragraph", "我们仅在您同意后使用人脸图像，用于开门。"),
        ("paragraph", "引用的条款。"),
        ("list_item", "1. 第一项"),
        ("list_item", "2. 第二项"),
        ("list_item", "1. 子项"),
        ("list_item", "圆点 新文字"),
        ("heading", "一、总则"),
        ("table_row", "信息 | 期限"),
        ("table_row", "图像 | 一日"),
        ("paragraph", "代码里的条款"),
        ("heading", "Setext"),
        ("paragraph", "标签里有。"),
        ("paragraph", "结束*"),
    ]
    assert document.title == "门禁 服务 协议"
    assert document.text == "\n".join(texts(document))
    assert [problem.code for problem in document.problems] == ["R031_tracked_changes"]


def test_anchors_levels_and_cells() -> None:
    document = read(PAGE)
    title, paragraph, *_ = document.blocks
    assert (title.anchor, title.level, paragraph.anchor) == ("line 4", 1, "line 6")
    row = next(block for block in document.blocks if block.header)
    assert [document.text[start:end] for start, end in row.cells] == ["图像", "一日"]
    assert document.text[row.header[0] : row.header[1]] == "信息 | 期限" if row.header else False
    assert [block.number for block in document.blocks if block.number] == ["1.", "2.", "1."]
    assert next(block for block in document.blocks if block.level == 2 and block.kind == "list_item").number == "1."


def test_struck_text_is_read_in_the_original_view() -> None:
    assert "旧文字" not in read(PAGE).text
    assert "旧文字" in read(PAGE, Settings(revisions="original")).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("snake_case_name and 5 * 3 * 2", "snake_case_name and 5 * 3 * 2"),
        ("不*可*撤销", "不可撤销"),
        ("__不可撤销__的", "不可撤销的"),
        ("_never_ ***ever***", "never ever"),
        ("<https://a.example/x> ![图](a.png)", "https://a.example/x 图"),
        ("[a][1]\n\n[1]: https://a.example", "a"),
        ("A &amp; B&nbsp;C", "A & B C"),
        ("1\\. 收集", "1. 收集"),
        ("人脸<del>永久</del>保存", "人脸保存"),
        ("a line that is long and\nwraps into the next", "a line that is long and wraps into the next"),
        ("甲方使用。\n乙方撤回。", "甲方使用。\n乙方撤回。"),  # one break per paragraph, as many authors write
    ],
)
def test_marks(source: str, text: str) -> None:
    assert read(source).text == text


def test_hostile_marks_stay_quick() -> None:
    for unit in ("[", "![", "](", "<!--", "<del>", "**a", "`", "~~a", "|", "> "):
        assert read("# T\n" + unit * 20_000 + "\n人脸").text.endswith("人脸") or unit == "> "
