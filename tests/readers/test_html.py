"""Every block of a page, with the numbers that browsers draw."""

from pathlib import Path

import pytest

from clausescan.readers import html, mhtml
from clausescan.readers.html_numbers import written
from clausescan.settings import DEFAULT, Settings
from clausescan.types import Document

FILES = Path(__file__).parents[1] / "files" / "html"


def read(source: str | bytes, settings: Settings = DEFAULT) -> Document:
    data = source if isinstance(source, bytes) else source.encode()
    return html.read(data, name="a.html", settings=settings)


def texts(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


def test_policy_page() -> None:
    document = read((FILES / "policy.html").read_bytes())
    found = [(block.kind, block.origin, document.text[block.start : block.end]) for block in document.blocks]
    assert found == [
        ("list_item", "navigation", "首页"),
        ("list_item", "navigation", "帮助"),
        ("heading", "body", "小岛门禁隐私政策"),
        ("paragraph", "body", "我们在您同意后使用您的人脸图像，用于开门。"),
        ("list_item", "body", "1. 开门记录保存三十日。"),
        ("list_item", "body", "2. 您可以："),
        ("list_item", "body", "a. 查询；"),
        ("list_item", "body", "b. 删除。"),
        ("paragraph", "hidden", "标签页里的条款：人脸模板在您搬走后删除。"),
        ("paragraph", "body", "更多"),
        ("paragraph", "hidden", "折叠的条款：访客的图像当日删除。"),
        ("table_row", "body", "信息 | 期限"),
        ("table_row", "body", "图像 | 一日"),
        ("table_row", "body", "模板 | 至搬走为止"),
        ("paragraph", "body", "旧条款保存一年。"),
        ("paragraph", "footer", "版权所有"),
    ]
    assert document.title == "小岛门禁隐私政策"
    assert codes(document) == ["R031_tracked_changes", "R032_hidden_text"]
    assert (document.coverage.hidden_blocks, document.coverage.tables, document.coverage.encoding) == (2, 1, "utf-8")


def test_numbers_cells_and_anchors() -> None:
    document = read((FILES / "policy.html").read_bytes())
    assert [block.number for block in document.blocks if block.number] == ["1.", "2.", "a.", "b."]
    row = document.blocks[13]
    assert row.anchor == "table[1]/row[3]"
    assert [document.text[start:end] for start, end in row.cells] == ["模板", "至搬走为止"]
    assert row.header == (document.blocks[11].start, document.blocks[11].end)


def test_original_view() -> None:
    document = read((FILES / "policy.html").read_bytes(), Settings(revisions="original"))
    assert "旧条款永久保存。" in texts(document)
    assert document.coverage.revisions == "original"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>人<b>脸</b>信<i>息</i></p>", ["人脸信息"]),
        ("<p>a&nbsp;b\n  c</p>", ["a b c"]),
        ("<p>人脸\n  信息</p>", ["人脸信息"]),
        ("<pre>第一条 甲方使用。\n第二条 乙方撤回。</pre>", ["第一条 甲方使用。", "第二条 乙方撤回。"]),
        ("<div>甲<p>乙</p>丙</div>", ["甲", "乙", "丙"]),
        ("<dl><dt>人脸<dd>图像<dt>声音<dd>录音</dl>", ["人脸", "图像", "声音", "录音"]),
        ("<p>地址：某市<br>某路一号</p>", ["地址：某市 某路一号"]),
        ("<p>甲方：<br>1. 使用；<br>2. 保存。</p>", ["甲方：", "1. 使用；", "2. 保存。"]),
        ("<p>甲方使用<br><br>乙方撤回</p>", ["甲方使用", "乙方撤回"]),
        (
            "<b>一、使用</b><br>甲方使用照片。<br>乙方可以撤回。<br>（一）当日删除；<br>",
            ["一、使用", "甲方使用照片。", "乙方可以撤回。", "（一）当日删除；"],
        ),
        ("<span style='display:block'>甲</span><span style='display:block'>乙</span>", ["甲", "乙"]),
        ("<ruby>脸<rt>liǎn</rt></ruby>部", ["脸部"]),
        ("<noscript>没有脚本时的条款</noscript>", ["没有脚本时的条款"]),
        ("<p>甲方：<input value='张三'>（签字）</p>", ["甲方： 张三 （签字）"]),
        ("</p>甲</html>之后的条款<p>乙", ["甲", "之后的条款", "乙"]),
    ],
)
def test_blocks(source: str, expected: list[str]) -> None:
    assert texts(read(f"<html><body>{source}</body></html>")) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<ol start=3><li>a<li>b<li value=9>c<li>d</ol>", ["3. a", "4. b", "9. c", "10. d"]),
        ("<ol type=I><li>甲<ol type=i><li>乙</ol><li>丙</ol>", ["I. 甲", "i. 乙", "II. 丙"]),
        ("<ol style='list-style:none'><li>甲</ol>", ["甲"]),
        ("<ol><li>1.1 甲<li>1.2 乙</ol>", ["1.1 甲", "1.2 乙"]),  # the text has its own numbers
        ("<ol><li><p>甲</p><p>乙</p></ol>", ["1. 甲", "乙"]),
        ("<ul><li>甲</ul>", ["甲"]),
        ("<ol style='list-style-type:cjk-ideographic'><li>甲</ol>", ["一、 甲"]),
    ],
)
def test_list_numbers(source: str, expected: list[str]) -> None:
    assert texts(read(source)) == expected


def test_numbers_drawn_by_style_sheets() -> None:
    style = (
        ".c{counter-reset:a;list-style:none} .c>li{counter-increment:a} .c>li>h2:before{content:'第' counter(a,cjk-decimal) '条 '}"
        " .d{counter-reset:b;list-style:none} .d>li{counter-increment:b} .d>li::before{content:counter(a) '.' counter(b)}"
    )
    items = "<li><h2>总则</h2><ol class=d><li><p>甲</p></li><li>乙</li></ol></li><li><h2>其他</h2><ol class=d><li>丙</li></ol></li>"
    page = read(f"<html><head><style>{style}</style></head><body><ol class=c>{items}</ol></body></html>")
    assert texts(page) == ["第一条 总则", "1.1 甲", "1.2 乙", "第二条 其他", "2.1 丙"]
    assert [block.number for block in page.blocks] == ["第一条", "1.1", "1.2", "第二条", "2.1"]


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (4, "lower-roman", "iv"),
        (28, "upper-alpha", "AB"),
        (12, "cjk-ideographic", "十二"),
        (21, "cjk-decimal", "二一"),
        (0, "lower-roman", "0"),
    ],
)
def test_written(value: int, style: str, text: str) -> None:
    assert written(value, style) == text


@pytest.mark.parametrize(
    ("source", "expected", "tables"),
    [
        ("<table><tr><td>甲。</td></tr><tr><td><p>乙。</p><p>丙。</p></td></tr></table>", ["甲。", "乙。", "丙。"], 0),
        ("<table><tr><td>导航</td><td><h2>标题</h2><p>正文。</p></td></tr></table>", ["导航", "标题", "正文。"], 0),
        ("<table><tr><td rowspan=2>图像<td>一日<tr><td>二日</table>", ["图像 | 一日", " | 二日"], 1),
        ("<table><tr><td>a<td>b<table><tr><td>1<td>2</table></table>", ["a", "b", "1 | 2"], 1),
        ("<table><caption>表一</caption><tr><th>a<th>b<tr><td>1<td>2</table>", ["表一", "a | b", "1 | 2"], 1),
    ],
)
def test_tables(source: str, expected: list[str], tables: int) -> None:
    document = read(source)
    assert texts(document) == expected
    assert document.coverage.tables == tables


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("<div hidden>条款</div>", "hidden"),
        ("<div style='display: none'>条款</div>", "hidden"),
        ("<div aria-hidden=true>条款</div>", "hidden"),
        ("<template>条款</template>", "hidden"),
        ("<details open><p>条款</p></details>", "body"),
        ("<footer>条款</footer>", "footer"),
        ("<article><header>条款</header></article>", "body"),
        ("<div class='sidebar'>链接</div>", "navigation"),
        ("<div class='sidebar'>一个完整的条款写在这里，不应当被当作导航而轻视，因为它是一句话。</div>", "body"),
        ("<div role=contentinfo>条款</div>", "footer"),
    ],
)
def test_origins(source: str, origin: str) -> None:
    assert [block.origin for block in read(source).blocks] == [origin]


def test_title_without_heading_is_a_block() -> None:
    document = read("<title>隐私政策</title><p>正文。</p>")
    assert [block.kind for block in document.blocks] == ["title", "paragraph"]
    assert document.text == "隐私政策\n正文。"
    assert read("<h1>用户协议</h1><p>正文。</p>").title == "用户协议"
    assert texts(read("<title>隐私政策 - 小岛</title><h1>隐私政策</h1>")) == ["隐私政策"]


def test_fields() -> None:
    document = read("<p><input value='张三'></p><textarea>备注\n第二行</textarea><input type=hidden value=x><select><option>是</select>")
    assert [block.kind for block in document.blocks] == ["form_field"] * 3
    assert document.coverage.form_fields == 2


def test_emphasis_and_bold_headings() -> None:
    paragraphs = "<strong>三、共享</strong>", "<b>请注意：照片保存到您撤回同意为止。</b>", "<u>下划线的句子。</u>"
    document = read("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))
    assert [(block.kind, block.emphasis) for block in document.blocks] == [
        ("heading", ("bold",)),
        ("paragraph", ("bold",)),
        ("paragraph", ("underline",)),
    ]


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "big5", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize("actual", ["utf-8", "gb18030"])
def test_wrong_charset_is_no_loss(declared: str, actual: str) -> None:
    source = f"<html><head><meta charset={declared}></head><body><p>您同意我们使用您的人脸信息，期限为一年。</p></body></html>"
    assert texts(read(source.encode(actual))) == ["您同意我们使用您的人脸信息，期限为一年。"]


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 3_000 + "<p>条款",
        "<p title='" + "a" * 10_500_000 + "'>条款</p>",
        "<p " + " ".join(f"a{i}='1'" for i in range(20_000)) + ">条款</p>",
        "<b><p></b><table><tr></p>" * 500 + "条款",
        "<table><tr><td>" * 2_000 + "条款",
        "<ol><li>" * 500 + "条款",
    ],
)
def test_nothing_is_lost_on_hostile_pages(source: str) -> None:
    assert "条款" in read(f"<html><body>{source}").text


def test_fallback_gives_the_same_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "<ul><li>甲<li>乙<ol><li>丙</ol></ul><table><tr><th>a<th>b<tr><td>1<td>2</table><p>丁<p>戊<br>己</b></div>"
    expected = texts(read(source))
    monkeypatch.setattr("clausescan.readers.html._FATAL", 0)
    monkeypatch.setattr("clausescan.readers.html.etree.HTMLParser", _refuse)
    assert texts(read(source)) == expected


def _refuse(**_: object) -> object:
    return _Refusing()


class _Refusing:
    def feed(self, data: bytes) -> None:
        from lxml import etree

        raise etree.LxmlError("refused")


def test_script_page_is_told() -> None:
    page = "<html><body><div id=app></div><script>" + "var a=1;" * 1_000 + "</script><p>加载中</p></body></html>"
    assert codes(read(page)) == ["R027_script_page"]


def test_too_much_text_is_cut_and_told() -> None:
    document = read("<p>一二三四。</p>" * 10, Settings(max_characters=20))
    assert codes(document) == ["R025_truncated"]
    assert len(document.text) <= 20


def test_web_archive() -> None:
    data = (
        b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=xx\n\n--xx\n"
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        b"PHA+5p2h5qy+PC9wPg==\n--xx\nContent-Type: image/png\n\nabc\n--xx--\n"
    )
    document = mhtml.read(data, name="a.mht", settings=DEFAULT)
    assert (document.text, document.media_type) == ("条款", "multipart/related")
