"""From a text to its tree of clauses and to the units that are analysed."""

from __future__ import annotations

from typing import Any

import pytest
import spacy
from spacy.tokens import Doc

from clausescan import api, nlp
from clausescan.analyse.facts import clauses_of
from clausescan.api import detect_language
from clausescan.readers.text import blocks_of
from clausescan.types import Document


def segment(text: str) -> Doc:
    """Return the Doc of a plain text with its clauses, not analysed."""
    blocks, title = blocks_of(text)
    document = Document(name="text", sha256="", media_type="text/plain", text=text, title=title, blocks=tuple(blocks))
    pipeline = nlp.load(detect_language(text))
    return pipeline.get_pipe("clausescan_clauses")(nlp.make_doc(document))


def lines(text: str) -> list[tuple[str, str | None, str]]:
    """Return id, parent and text of each clause."""
    return [(clause.id, clause.parent, text[clause.start : clause.end]) for clause in clauses_of(segment(text))]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(clause.kind, text[clause.start : clause.end]) for clause in clauses_of(segment(text))]


def units(text: str) -> list[tuple[list[str], list[str]]]:
    """Return the parts of each unit, and the lead-in or header it stands under."""
    found: list[dict[str, Any]] = segment(text)._.clausescan_units
    return [([text[a:b] for a, b in unit["parts"]], [text[a:b] for a, b in unit["prefix"]]) for unit in found]


CHAPTERS = """游泳馆入馆须知

第一章 入馆
第一条 入馆方式
（一）刷卡入馆；
（二）扫码入馆。
1.1 夜场须另行登记。
第二条 押金
押金在离馆时退还。
第二章 附则
第三条 本须知由馆方保管。
"""


def test_schemes_nest_as_they_appear():
    assert lines(CHAPTERS) == [
        ("1", None, "游泳馆入馆须知"),
        ("1/1", "1", "第一章 入馆"),
        ("1/1/1", "1/1", "第一条 入馆方式"),
        ("1/1/1/1", "1/1/1", "（一）刷卡入馆；"),
        ("1/1/1/2", "1/1/1", "（二）扫码入馆。"),
        ("1/1/1/2/1", "1/1/1/2", "1.1 夜场须另行登记。"),
        ("1/1/2", "1/1", "第二条 押金"),
        ("1/1/2/1", "1/1/2", "押金在离馆时退还。"),
        ("1/2", "1", "第二章 附则"),
        ("1/2/1", "1/2", "第三条 本须知由馆方保管。"),
    ]


def test_a_clause_knows_the_headings_above_it():
    headings = {clause.id: clause.heading for clause in clauses_of(segment(CHAPTERS))}
    assert headings["1"] == ()
    assert headings["1/1/1/2/1"] == ("游泳馆入馆须知", "第一章 入馆", "第一条 入馆方式")
    assert headings["1/1/2/1"] == ("游泳馆入馆须知", "第一章 入馆", "第二条 押金")
    assert headings["1/2/1"] == ("游泳馆入馆须知", "第二章 附则")


def test_the_level_is_the_depth_in_the_tree():
    assert all(clause.level == clause.id.count("/") + 1 for clause in clauses_of(segment(CHAPTERS)))


def test_english_articles_decimals_and_letters():
    text = (
        "Pool rules\n\nArticle 1 Entry\n1.1 Guests show a card.\n(a) The card is green.\n1.2 Guests leave by nine.\n"
        "Article 2 Deposits\nDeposits are paid back.\n"
    )
    assert [(id, parent) for id, parent, _ in lines(text)] == [
        ("1", None),
        ("1/1", "1"),
        ("1/1/1", "1/1"),
        ("1/1/1/1", "1/1/1"),
        ("1/1/2", "1/1"),
        ("1/2", "1"),
        ("1/2/1", "1/2"),
    ]
    assert [clause.number for clause in clauses_of(segment(text))] == ["", "Article 1", "1.1", "(a)", "1.2", "Article 2", ""]


def test_a_level_goes_on_after_a_deeper_one():
    text = "会员须知\n\n第三条 更衣\n1. 领取手环。\n2. 锁好衣柜。\n（一）夜间由前台代锁。\n3. 归还手环。\n第四条 其他\n1. 请勿奔跑。\n"
    assert [(id, words[:4]) for id, _, words in lines(text)] == [
        ("1", "会员须知"),
        ("1/1", "第三条 "),
        ("1/1/1", "1. 领"),
        ("1/1/2", "2. 锁"),
        ("1/1/2/1", "（一）夜"),
        ("1/1/3", "3. 归"),
        ("1/2", "第四条 "),
        ("1/2/1", "1. 请"),
    ]


def test_a_number_glued_to_the_text_is_a_number():
    clauses = clauses_of(segment("5.2您可以改用会员卡。\n5.3您可以退卡。\n第六条馆方另有通知的除外。\n"))
    assert [(clause.number, clause.kind) for clause in clauses] == [("5.2", "item"), ("5.3", "item"), ("第六条", "item")]


def test_a_lead_in_and_its_items_are_one_unit():
    text = "一、来宾同意馆方：\n1. 登记姓名；\n2. 核对门票。\n二、馆方每周消毒。\n"
    assert units(text) == [
        (["一、来宾同意馆方：", "1. 登记姓名；", "2. 核对门票。"], []),
        (["二、馆方每周消毒。"], []),
    ]


def test_an_english_lead_in_takes_its_letters_and_not_the_next_number():
    text = (
        "Pool rules\n\n3. Lockers\n3.1 The guest lets the pool:\n(a) open lockers; and\n(b) empty lockers.\n"
        "3.2 Lockers are cleaned weekly.\n"
    )
    assert [parts for parts, _ in units(text)] == [
        ["3.1 The guest lets the pool:", "(a) open lockers; and", "(b) empty lockers."],
        ["3.2 Lockers are cleaned weekly."],
    ]


def test_a_paragraph_under_a_lead_in_is_its_only_item():
    assert [parts for parts, _ in units("来宾同意：\n\n馆方可以清柜。\n\n馆方另行收费。\n")] == [
        ["来宾同意：", "馆方可以清柜。"],
        ["馆方另行收费。"],
    ]


def test_a_long_list_is_read_item_by_item_under_its_lead_in():
    items = [f"（{number}）{'登记并核对来宾的门票与手环，' * 40}离馆时归还。" for number in "一二三四"]
    lead_in = "来宾同意馆方："
    found = units("\n".join([lead_in, *items]) + "\n")
    assert found == [([lead_in], []), *(([item], [lead_in]) for item in items)]


def test_rows_drawn_with_bars_stand_under_their_header():
    text = "物品 | 用途 | 期限\n手环 | 开柜 | 当日\n押金条 | 退款 | 七日\n\n以上物品由前台保管。\n"
    assert units(text) == [
        (["物品 | 用途 | 期限"], []),
        (["手环 | 开柜 | 当日"], ["物品 | 用途 | 期限"]),
        (["押金条 | 退款 | 七日"], ["物品 | 用途 | 期限"]),
        (["以上物品由前台保管。"], []),
    ]
    assert [kind for kind, _ in kinds(text)] == ["table_row", "table_row", "table_row", "paragraph"]


def test_a_table_of_other_width_has_its_own_header():
    text = "物品 | 用途 | 期限\n手环 | 开柜 | 当日\n时段 | 泳道 | 教练 | 价格\n早场 | 三 | 甲 | 三十元\n"
    assert [prefix for _, prefix in units(text)] == [[], ["物品 | 用途 | 期限"], [], ["时段 | 泳道 | 教练 | 价格"]]


def test_headings_in_brackets():
    text = "会员须知\n\n【更衣】\n更衣柜当日有效。\n【储物】\n储物柜按次收费。\n"
    assert [(kind, words) for kind, words in kinds(text) if kind == "heading"] == [
        ("heading", "会员须知"),
        ("heading", "【更衣】"),
        ("heading", "【储物】"),
    ]
    assert [clause.heading for clause in clauses_of(segment(text)) if clause.kind == "paragraph"] == [
        ("会员须知", "【更衣】"),
        ("会员须知", "【储物】"),
    ]


def test_a_labelled_title_governs_without_its_label():
    clauses = clauses_of(segment("标题：储物柜授权书\n来宾同意馆方开柜。\n"))
    assert [(clause.kind, clause.heading) for clause in clauses] == [("heading", ()), ("paragraph", ("储物柜授权书",))]


def test_headings_and_margins_are_no_units():
    assert [parts for parts, _ in units(CHAPTERS)] == [
        ["（一）刷卡入馆；"],
        ["（二）扫码入馆。"],
        ["1.1 夜场须另行登记。"],
        ["押金在离馆时退还。"],
        ["第三条 本须知由馆方保管。"],
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("第二条 押金", "heading"),
        ("第二条 来宾须交纳押金。", "item"),
        ("第二条 来宾须交纳押金，", "item"),
        ("第二条 来宾应当在每次离馆之前到前台办理手环归还与押金退还手续以及其他由馆方公布的手续", "item"),
        ("2. Deposits", "heading"),
        ("2. Guests pay a deposit.", "item"),
        ("第二条 押金........5", "heading"),
        ("（一）押金：", "lead_in"),
    ],
)
def test_what_is_a_heading(line: str, kind: str):
    text = f"游泳馆入馆须知\n\n{line}\n\n来宾在离馆时取回押金，馆方当面清点。\n"
    assert (kind, line) in kinds(text)


def test_ids_are_unique_and_parents_exist():
    clauses = clauses_of(segment(CHAPTERS * 2))
    ids = [clause.id for clause in clauses]
    assert len(ids) == len(set(ids))
    assert {clause.parent for clause in clauses} - {None} <= set(ids)
    assert all(clause.parent is None or clause.id.rsplit("/", 1)[0] == clause.parent for clause in clauses)


def test_every_clause_that_is_no_heading_is_in_exactly_one_unit():
    doc = segment(CHAPTERS)
    parts = [tuple(part) for unit in doc._.clausescan_units for part in unit["parts"]]
    assert len(parts) == len(set(parts))
    assert set(parts) == {(clause.start, clause.end) for clause in clauses_of(doc) if clause.kind != "heading"}


def test_a_bare_doc_of_spacy_is_read_line_by_line():
    pipeline = spacy.blank("zh")
    pipeline.add_pipe("clausescan_clauses")
    doc = pipeline("第一条 入馆\n来宾领取手环。\n\n第二条 来宾归还手环。")
    assert [(clause.id, clause.number, clause.kind) for clause in clauses_of(doc)] == [
        ("1", "第一条", "heading"),
        ("1/1", "", "paragraph"),
        ("2", "第二条", "item"),
    ]
    assert [span.text for span in doc.spans["clausescan_clauses"]] == ["第一条 入馆", "来宾领取手环。", "第二条 来宾归还手环。"]


@pytest.mark.parametrize("text", ["", " \n\n\t"])
def test_a_text_without_words_has_no_clauses(text: str):
    doc = segment(text)
    assert (doc._.clausescan_clauses, doc._.clausescan_units) == ([], [])


def test_a_line_of_a_whole_book_is_cut_at_ends_of_sentences() -> None:
    sentence = "您授予我们永久使用您的人脸信息的权利，且不可撤销。"
    report = api.scan_text(sentence * 2_000)
    assert len(report.findings) > 1
    assert all(finding.quote.startswith("您") and finding.quote.endswith("。") for finding in report.findings)
