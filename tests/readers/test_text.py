"""Encodings and paragraphs of plain text."""

from pathlib import Path

import pytest

from clausescan.errors import ReadError
from clausescan.readers import text
from clausescan.readers.decoding import decode
from clausescan.settings import DEFAULT
from clausescan.types import Document

FILES = Path(__file__).parents[1] / "files" / "text"
SIMPLIFIED = "第一条　您授权我们在合同期内使用您的人脸信息，用于开门。\n甲方应当在三十日内删除。\n"
TRADITIONAL = "第一條　您授權我們在合同期內使用您的人臉資訊，用於開門。\n甲方應當在三十日內刪除。\n"
WESTERN = "The “Member” may ask for a copy — § 5 of the café’s terms.\n"


def read(source: str) -> Document:
    return text.read(source.encode(), name="a.txt", settings=DEFAULT)


def shapes(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def codes(data: bytes, declared: str | None = None) -> list[str]:
    return [problem.code for problem in decode(data, declared=declared)[2]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030", "hz"])
def test_simplified_text_is_decoded(encoding: str) -> None:
    decoded, _, problems = decode(SIMPLIFIED.encode(encoding))
    assert (decoded, problems) == (SIMPLIFIED, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "big5", "big5hkscs", "cp950", "gb18030"])
def test_traditional_text_is_decoded(encoding: str) -> None:
    decoded, _, problems = decode(TRADITIONAL.encode(encoding))
    assert (decoded, problems) == (TRADITIONAL, [])


def test_western_text_is_decoded() -> None:
    assert decode(WESTERN.encode("cp1252"))[:2] == (WESTERN, "cp1252")


@pytest.mark.parametrize(
    ("actual", "declared", "encoding"),
    [
        ("gbk", "gb2312", "gb18030"),
        ("utf-8", "gb2312", "utf-8"),  # a wrong declaration does not win over valid UTF-8
        ("utf-8", "gbk", "utf-8"),
        ("gbk", "utf-8", "gb18030"),
        ("gbk", "iso-8859-1", "gb18030"),
        ("gbk", "no-such-encoding", "gb18030"),
    ],
)
def test_declared_encoding(actual: str, declared: str, encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(actual), declared=declared) == (SIMPLIFIED, encoding, [])


def test_declaration_settles_what_the_bytes_leave_open() -> None:
    russian = "Пользователь даёт согласие."
    assert decode(russian.encode("koi8-r"), declared="koi8-r") == (russian, "koi8-r", [])


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "big5"])
def test_character_cut_at_the_end_is_told(encoding: str) -> None:
    data = "您同意我们使用您的人脸".encode(encoding, "ignore")[:-1]
    decoded, _, problems = decode(data)
    assert decoded.startswith("您同意我")
    assert [problem.code for problem in problems] == ["R037_cut_end"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (SIMPLIFIED.encode() * 5 + b"\xff\xfe\xff" + SIMPLIFIED.encode(), "R024_decode_errors"),
        (SIMPLIFIED.encode() * 10 + SIMPLIFIED[:9].encode("gbk"), "R024_decode_errors"),
        ("利用者は同意するものとします。".encode("shift_jis"), "R023_encoding_uncertain"),
        (b"plain text with one \0 in it", "R034_nul_bytes"),
        (SIMPLIFIED.encode() + b"\xed\xa0\x80", "R035_surrogates"),
    ],
)
def test_damage_is_told(data: bytes, code: str) -> None:
    assert code in codes(data)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\0" * 1000, bytes(range(128, 256)) * 40])
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        decode(data)
    assert caught.value.problem.code == "R010_binary"


def test_line_ends_become_line_feeds() -> None:
    assert decode(b"a\r\nb\rc\x0cd\n")[0] == "a\nb\nc\nd\n"


def test_text_is_the_source() -> None:
    source = "  甲方：某公司\n\n　　乙方同意。\n"
    assert read(source).text == source


def test_hard_wrapped_text() -> None:
    document = text.read((FILES / "wrapped_en.txt").read_bytes(), name="w.txt", settings=DEFAULT)
    found = shapes(document)
    assert document.title == "Harbour Gym Entry Terms"
    assert found[0] == ("title", "Harbour Gym Entry Terms")
    assert found[1] == ("heading", "1. Entry by face")
    assert found[2][1].startswith("1.1 The turnstile")
    assert found[2][1].endswith("ninety days.")
    assert found[2][1].count("\n") == 2
    assert found[5] == (
        "list_item",
        "- Template: a row of numbers made from your picture; it leaves the desk only\n- when you ask for a copy.",
    )
    assert [kind for kind, _ in found[-3:]] == ["table_row"] * 3
    row = document.blocks[-1]
    assert [document.text[start:end] for start, end in row.cells] == ["Template", "until you leave", "nobody"]
    assert row.header == (document.blocks[-3].start, document.blocks[-3].end)
    assert document.coverage.tables == 1


def test_chinese_contract() -> None:
    document = text.read((FILES / "contract_zh.txt").read_bytes(), name="c.txt", settings=DEFAULT)
    assert shapes(document) == [
        ("title", "门禁服务合同"),
        ("heading", "第一章　总则"),
        ("paragraph", "第一条　甲方为乙方安装门禁设备，乙方按月支付服务费。"),
        ("paragraph", "第二条　双方的通知以书面形式送达。"),
        ("paragraph", "书面形式包括电子邮件。"),
        ("heading", "第二章　人脸信息"),
        ("paragraph", "第三条　乙方同意甲方在合同期内使用住户的人脸图像核验身份，\n合同终止后三十日内删除。"),
        ("paragraph", "3.1住户可以改用门禁卡。"),
        ("list_item", "（一）门禁卡遗失的，应当补办；"),
        ("list_item", "（二）补办费用由乙方承担。"),
    ]
    assert document.blocks[2].anchor == "line 5"


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("用户协议\n=======\n正文开始了。", ["title", "paragraph"]),
        ("【特别提示】\n请您阅读。", ["title", "paragraph"]),
        ("一、总则\n本协议自签字起生效。\n二、定义\n甲方是指某公司。", ["heading", "paragraph", "heading", "paragraph"]),
        ("甲方收集：\n一、姓名\n二、电话\n三、照片", ["paragraph", "paragraph", "paragraph", "paragraph"]),
        ("The end of it.\n\n12\n\nAnother page.", ["paragraph", "margin", "paragraph"]),
        ("① 甲方；\n② 乙方。", ["list_item", "list_item"]),
        ("Article 5 Term\nThe term is one year.", ["heading", "paragraph"]),
        ("姓名\t张三\n电话\t123", ["table_row", "table_row"]),
        ("姓名\t张三", ["paragraph"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_kinds(source: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in shapes(read(source))] == kinds


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("the right granted under\nSection 2 of this Agreement ends", 2),  # too short a text to know that it is wrapped
        ("we keep your picture and\nthe template made from it.", 1),
        ("甲方可以使用乙方的照片，\n期限为一年。", 1),
        ("甲方可以使用。\n乙方可以撤回。", 2),
        ("**甲方可以使用。**\n**乙方可以撤回。**", 2),
        ("4.1\n为保障安全，我们使用照片。", 1),
    ],
)
def test_lines_that_belong_together(source: str, blocks: int) -> None:
    assert len(read(source).blocks) == blocks


def test_blocks_never_overlap_and_have_text() -> None:
    for path in FILES.iterdir():
        document = text.read(path.read_bytes(), name=path.name, settings=DEFAULT)
        last = 0
        for block in document.blocks:
            assert last <= block.start < block.end
            assert document.text[block.start : block.end].strip() == document.text[block.start : block.end]
            last = block.end


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_that_was_decoded_wrongly_is_turned_back(encoding: str) -> None:
    chinese = "您授予我们永久使用您的人脸信息的权利，且不可撤销。"
    text, _, problems = decode(chinese.encode(encoding).decode("latin-1").encode("utf-8"))
    assert text == chinese
    assert [found.code for found in problems] == ["R048_mojibake"]


@pytest.mark.parametrize("text", ["Où êtes-vous né, élève à l'école des Présidents ?", "Größe über Äpfel und Öl", "ÄÖÜäöüß" * 4])
def test_western_text_is_left_alone(text: str) -> None:
    assert decode(text.encode("utf-8"))[0] == text
