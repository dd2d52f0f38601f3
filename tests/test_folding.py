"""The matching view and its way back."""

import random

import pytest

from clausescan.folding import HOMOGLYPHS, fold

VIEWS = [
    ("plain ascii text.", "plain ascii text."),
    ("您授予我们不可撤销的许可。", "您授予我们不可撤销的许可。"),
    ("您授予我們不可　撤銷\n的許可。", "您授予我们不可撤销的许可。"),
    ("臉部特徵、裡面、臺灣", "脸部特征、里面、台湾"),
    ("著作权", "著作权"),  # also a simplified word: not 着作权
    ("，；：（）？！", ",;:()?!"),
    ("。、《》“”【】", "。、《》“”【】"),
    ("「您」", "“您”"),
    ("user’s ‘own’ face—image–data", "user's 'own' face-image-data"),
    ("Ｆａｃｅ　ＩＤ２", "face id2"),
    ("⼈脸⻚", "人脸页"),  # Kangxi and supplement radicals
    ("\uf9f4", "林"),  # compatibility ideograph
    ("ﬁle ㈠项 ①", "file (一)项1"),
    ("FACE Café naïve", "face cafe naive"),
    ("e\u0301 脸\u0301", "e 脸"),
    ("不\u200b可\u2060撤\ufeff销", "不可撤销"),
    ("不\u3164可\u115f撤\uffa0销", "不可撤销"),  # Hangul fillers
    ("\u202e不可撤销\u202c", "不可撤销"),
    ("人\ufe0f脸\U000e0100", "人脸"),
    ("so\u00adft", "soft"),
    ("不 可 撤 销", "不可撤销"),
    ("第 三 条", "第三条"),
    ("人脸信息，\n包括", "人脸信息,包括"),
    ("人脸信息, 包括", "人脸信息,包括"),
    ("人脸 App 信息", "人脸 app 信息"),
    ("face\n\n  data\tset", "face data set"),
    ("face\u00a0data", "face data"),
    ("multi-\nple", "multiple"),
    ("multi\u00ad\nple", "multiple"),
    ("multi\ufffe\nple", "multiple"),
    ("multi‐\r\n   ple", "multiple"),
    ("royalty-\nfree", "royalty-free"),
    ("non-exclusive", "non-exclusive"),
    ("Section 5-\nArticle", "section 5- article"),
    ("不·可·撤·销", "不可撤销"),
    ("不 · 可 · 撤 · 销", "不可撤销"),
    ("不*可*撤*销", "不可撤销"),
    ("不_可_撤_销", "不可撤销"),
    ("是**不可撤销**的", "是不可撤销的"),
    ("不/可/撤/销", "不可撤销"),
    ("“不”“可”“撤”“销”", "“不可撤销”"),
    ("不🔒可🔒撤🔒销", "不可撤销"),
    ("和/或", "和/或"),
    ("以下简称“您”或", "以下简称“您”或"),
    ("肖像·声音", "肖像·声音"),
    ("期限____年", "期限____年"),
    ("fасe dаta", "face data"),  # Cyrillic а, с
    ("fαce", "face"),
    ("采集人/脸信息", "采集人脸信息"),
    ("永.久 面|部 肖-像", "永久面部肖像"),
    ("人、脸、车", "人、脸、车"),
    ("您的renlian信息", "您的人脸信息"),
    ("使用r e n l i a n数据", "使用人脸数据"),
    ("联系人：Ren Lian", "联系人:ren lian"),
    ("邮箱renlian@example.com", "邮箱renlian@example.com"),
    ("your f a c e and i.r.r.e.v.o.c.a.b.l.e", "your face and irrevocable"),
    ("see a b c d e", "see a b c d e"),
    ("Россия", "россия"),
    ("x", "x"),
    ("", ""),
]

ALPHABET = "人脸不可撤销訊號，。：“”·*_ \n\t　\u200b\u00ad\u0301-/ABCabcfaceﬁ㈠①…аєΑＡ１🔒𝐟1.、()é\u3164\U00020000"


@pytest.mark.parametrize(("text", "view"), VIEWS)
def test_view(text: str, view: str) -> None:
    assert fold(text).text == view


@pytest.mark.parametrize(("text", "view"), VIEWS)
def test_folding_twice_changes_nothing(text: str, view: str) -> None:
    assert fold(view).text == view


@pytest.mark.parametrize(
    ("text", "found", "source"),
    [
        ("您的不\u200b可　撤\n銷的許可", "不可撤销", "不\u200b可　撤\n銷"),
        ("in multi-\nple ways", "multiple", "multi-\nple"),
        ("(a) ﬁle", "file", "ﬁle"),
        ("a ﬁle b", "ile", "ﬁle"),  # half a ligature is quoted whole
        ("不·可·撤·销地", "撤销", "撤·销"),
        ("永久 的\n人脸", "的人", "的\n人"),
        ("…永久", "永久", "永久"),
    ],
)
def test_range_of_a_match_is_verbatim(text: str, found: str, source: str) -> None:
    view = fold(text)
    start = view.text.index(found)
    first, last = view.to_source(start, start + len(found))
    assert text[first:last] == source
    assert view.from_source(first) <= start


def test_dropped_characters_at_the_edges_are_left_out() -> None:
    view = fold("\u200b人\u200b脸\u200b")
    assert view.to_source(0, 2) == (1, 4)
    assert view.to_source(2, 2) == (5, 5)
    assert [view.from_source(pos) for pos in range(6)] == [0, 0, 1, 1, 2, 2]


def test_one_to_one_text_has_the_same_offsets() -> None:
    view = fold("您授予我們，FACE")
    assert view.to_source(3, 7) == (3, 7)
    assert view.from_source(5) == 5


def test_offsets_of_random_text_go_there_and_back() -> None:
    rng = random.Random(7)
    for _ in range(2_000):
        text = "".join(rng.choices(ALPHABET, k=rng.randrange(40)))
        view = fold(text)
        assert view.source == len(text)
        last_end = 0
        for pos in range(len(view.text)):
            start, end = view.to_source(pos, pos + 1)
            assert 0 <= start < end <= len(text)
            assert end >= last_end
            last_end = end
            assert view.from_source(start) <= pos
            kept = text[start:end]
            assert view.text[pos] == " " or view.text[pos] in fold(kept).text or kept in HOMOGLYPHS
        for pos in range(len(text)):
            assert 0 <= view.from_source(pos) <= len(view.text)
        assert view.to_source(0, len(view.text))[1] <= len(text)


def test_long_runs_of_marks_stay_linear() -> None:
    for text in ("а" * 200_000, "* " * 100_000, "人·" * 100_000, "“人" * 100_000, "\u0301" * 200_000, "-\n" * 100_000):
        fold(text)
