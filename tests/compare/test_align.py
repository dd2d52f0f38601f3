"""Which clause of the old version is which of the new one."""

from __future__ import annotations

import pytest

from clausescan.compare.align import Entry, align

A = "3.1 您授予我们在服务期间使用您上传的照片的许可，用于提供换脸功能。"
B = "3.2 我们不会向任何第三方出售您的人脸照片，也不会用于广告。"
C = "3.3 您注销账号后，我们在十五个工作日内删除您的全部个人信息。"
D = "3.4 争议由本公司所在地人民法院管辖；协商不成的，任何一方均可起诉。"
E = "We keep the photographs that you upload for thirty days and delete them afterwards."
F = "You may ask us at any time which of our partners have received your photographs."


def entries(*texts: str) -> list[Entry]:
    return [Entry(number=text.split(" ")[0] if text[0].isdigit() else "", text=text) for text in texts]


def told(old: list[str], new: list[str]) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    return [(pair.kind, pair.old, pair.new) for pair in align(entries(*old), entries(*new))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([A, B], [A, B], [("same", (0,), (0,)), ("same", (1,), (1,))]),
        ([A, B], [A.replace("3.1", "3.2"), B.replace("3.2", "3.3")], [("renumbered", (0,), (0,)), ("renumbered", (1,), (1,))]),
        ([A, B, C, D], [B, C, D, A], [("same", (1,), (0,)), ("same", (2,), (1,)), ("same", (3,), (2,)), ("moved", (0,), (3,))]),
        ([A, B], [A, C.replace("3.3", "3.1.1"), B], [("same", (0,), (0,)), ("new", (), (1,)), ("same", (1,), (2,))]),
        ([A, B, C], [A, C], [("same", (0,), (0,)), ("gone", (1,), ()), ("same", (2,), (1,))]),
        ([C, E], [C.replace("十五个工作日", "三十日"), E], [("changed", (0,), (0,)), ("same", (1,), (1,))]),
        ([A, D], [A, "3.4 争议由本公司所在地人民法院管辖；", "3.5 协商不成的，任何一方均可起诉。"], [("same", (0,), (0,)), ("split", (1,), (1, 2))]),
        ([E, F], [E + " " + F], [("merged", (0, 1), (0,))]),
        ([], [A], [("new", (), (0,))]),
        ([A], [], [("gone", (0,), ())]),
    ],
    ids=["same", "renumbered", "moved", "new", "gone", "changed", "split", "merged", "nothing before", "nothing after"],
)
def test_kinds(old: list[str], new: list[str], expected: list[tuple[str, tuple[int, ...], tuple[int, ...]]]):
    assert told(old, new) == expected


def test_width_script_form_and_white_space_are_no_change():
    assert told([B], ["３.２　我們不會向任何第三方出售您的人臉照片,也不會用於 廣告。"])[0][0] in ("same", "renumbered")


def test_repeated_lines_stay_with_their_neighbours():
    rows = ["共享方式：接口传输", A, "共享方式：接口传输", B, "共享方式：接口传输", C]
    assert told(rows, rows[2:])[:2] == [("gone", (0,), ()), ("gone", (1,), ())]


def test_every_clause_is_in_exactly_one_pair():
    old, new = [A, B, C, D, E, F, A, B], [F, E + " " + F, A, C[:20], C[20:], D, D, "新的条款，与其他条款无关。"]
    pairs = align(entries(*old), entries(*new))
    assert sorted(i for pair in pairs for i in pair.old) == list(range(len(old)))
    assert sorted(j for pair in pairs for j in pair.new) == list(range(len(new)))


def test_a_clause_that_was_turned_into_its_opposite_is_not_the_same_text():
    (pair,) = align(entries(B), entries(B.replace("不会向", "会向")))
    assert pair.kind == "changed"
    assert not pair.same_text
