"""Numbers of provisions: what is printed, the scheme it belongs to and what it counts."""

from __future__ import annotations

import pytest

from clausescan.segment.numbering import han_value, parse


@pytest.mark.parametrize(
    ("line", "text", "scheme", "values"),
    [
        ("第一编 总则", "第一编", "part_zh", (1,)),
        ("第四部分　附则", "第四部分", "part_zh", (4,)),
        ("第二章 采集", "第二章", "chapter_zh", (2,)),
        ("第 三 章 保存", "第 三 章", "chapter_zh", (3,)),
        ("第一节 定义", "第一节", "section_zh", (1,)),
        ("第三条 门禁设备由物业维护。", "第三条", "article_zh", (3,)),
        ("第二十六条业主可以换卡。", "第二十六条", "article_zh", (26,)),
        ("第一百零八条 附件", "第一百零八条", "article_zh", (108,)),
        ("第12条 费用", "第12条", "article_zh", (12,)),
        ("第十条之一 例外", "第十条之一", "article_zh", (10,)),
        ("第七條 閘機", "第七條", "article_zh", (7,)),
        ("第二款 前台登记", "第二款", "paragraph_zh", (2,)),
        ("一、适用范围", "一、", "han_comma", (1,)),
        ("十二、联系方式", "十二、", "han_comma", (12,)),
        ("（一）姓名；", "（一）", "han_paren", (1,)),
        ("(十五) 其他", "(十五)", "han_paren", (15,)),
        ("（ 三 ）住址", "（ 三 ）", "han_paren", (3,)),
        ("1. 入园方式", "1.", "digit_dot", (1,)),
        ("1、入园方式", "1、", "digit_dot", (1,)),
        ("2．出园方式", "2．", "digit_dot", (2,)),
        ("1\\. Scope", "1\\.", "digit_dot", (1,)),
        ("（2）拍照", "（2）", "digit_paren", (2,)),
        ("3）拍照", "3）", "digit_half", (3,)),
        ("1．2 拍照", "1．2", "decimal", (1, 2)),
        ("5.2您可以拒绝", "5.2", "decimal", (5, 2)),
        ("2.6.1 Gate photos", "2.6.1", "decimal", (2, 6, 1)),
        ("4.1. Gate photos", "4.1.", "decimal", (4, 1)),
        ("①现场拍摄", "①", "circled", (1,)),
        ("⑫现场拍摄", "⑫", "circled", (12,)),
        ("㉑现场拍摄", "㉑", "circled", (21,)),
        ("丙、留存", "丙、", "stem", (3,)),
        ("(a) a photo at the gate;", "(a)", "letter_paren", (1,)),
        ("(D) a photo at the gate;", "(D)", "letter_paren", (4,)),
        ("(ii) a photo at the gate;", "(ii)", "roman_paren", (2,)),
        ("(xiv) a photo at the gate;", "(xiv)", "roman_paren", (14,)),
        ("b) a photo at the gate;", "b)", "letter_half", (2,)),
        ("C. Photos", "C.", "letter_dot", (3,)),
        ("IV. Photos", "IV.", "roman_dot", (4,)),
        ("Article 5 Photos", "Article 5", "article_en", (5,)),
        ("Section 9: Photos", "Section 9:", "article_en", (9,)),
        ("SECTION 3.2. Photos", "SECTION 3.2.", "article_en", (3, 2)),
        ("Article IX Photos", "Article IX", "article_en", (9,)),
        ("§ 14 Photos", "§ 14", "article_en", (14,)),
        ("• a photo", "•", "bullet", (0,)),
        ("- a photo", "-", "bullet", (0,)),
        ("■ 照片", "■", "bullet", (0,)),
    ],
)
def test_a_number_at_the_start_of_a_provision(line: str, text: str, scheme: str, values: tuple[int, ...]):
    found = parse(line, 0)
    assert found is not None
    assert (found.text, found.scheme, found.values) == (text, scheme, values)


@pytest.mark.parametrize(
    "line",
    [
        "2026年1月起适用本须知。",
        "3.5%的样本会被抽查。",
        "2026.01.05 更新",
        "12:30 以后闸机关闭",
        "400-820-8820",
        "1,000 photos are kept",
        "I hereby agree",
        "A visitor may decline.",
        "Articles of association",
        "In Section 9 we explain",
        "第三方可以查看日志。",
        "一般情况下不拍照。",
        "三个月后删除。",
        "（以下简称“园区”）负责维护。",
        "(see below) the gate",
        "-5 degrees",
        "门禁说明",
        "",
    ],
)
def test_what_only_looks_like_a_number(line: str):
    assert parse(line, 0) is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("　　第五条 押金", "第五条"),
        ("## 3. Deposits", "3."),
        ("**2.1** Deposits", "2.1"),
        ("> (b) deposits", "(b)"),
        ("\t（二）押金", "（二）"),
    ],
)
def test_blanks_and_markdown_marks_before_the_number_are_skipped(line: str, text: str):
    found = parse(line, 0)
    assert found is not None
    assert found.text == text


def test_only_the_given_range_is_read():
    text = "押金\n第五条 押金\n"
    assert parse(text, 0) is None
    found = parse(text, 3)
    assert found is not None
    assert found.values == (5,)
    assert parse(text, 3, 5) is None


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("〇", 0),
        ("两", 2),
        ("十", 10),
        ("十九", 19),
        ("二十", 20),
        ("九十九", 99),
        ("一百", 100),
        ("一百一十", 110),
        ("一〇三", 103),
        ("三千零五", 3005),
    ],
)
def test_chinese_numerals(numeral: str, value: int):
    assert han_value(numeral) == value
