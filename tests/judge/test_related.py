"""How cues become related findings: ways, guards, the whole document, and what Article 11 keeps for itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clausescan import rules, scan_text
from clausescan.judge import related
from clausescan.rules.related_rules import Absent, Related, Way
from clausescan.settings import DEFAULT
from clausescan.types import Clause, Cue, Place, RelatedFinding, Report, UnitCues

TEXT = "只认脸。可刷卡。仅此一门。"
SENTENCES = ((0, 4), (4, 8), (8, 13))
CLAUSE = Clause(id="1", number="", start=0, end=len(TEXT), level=1, kind="paragraph")


def unit(*cues: Cue, about: str = "face") -> related.Unit:
    found = UnitCues(unit=0, clause=CLAUSE, language="zh", about=about, sentences=SENTENCES, cues=cues)
    return related.Unit(number=0, cues=found)


def cue(name: str, start: int, end: int, sentence: int) -> Cue:
    return Cue(name=name, start=start, end=end, sentence=sentence)


ONLY, FACE, CARD, GATE = cue("a.only", 0, 2, 0), cue("a.face", 2, 3, 0), cue("a.card", 5, 7, 1), cue("a.gate", 11, 12, 2)


def decided(way: Way, *units: related.Unit, monkeypatch: pytest.MonkeyPatch, absent: Absent | None = None) -> tuple[RelatedFinding, ...]:
    rule = replace(rules.related()["RF-03"], ways=(way,), absent=absent)
    monkeypatch.setattr(rules, "related", lambda: {"RF-03": rule})
    return related.related(units, TEXT, lambda start, end: Place(start=start, end=end), lambda code, quote: f"{code}/{quote}")


@pytest.mark.parametrize(
    ("way", "found"),
    [
        (Way(name="w", about="face", all=("a.only", "a.face")), True),
        (Way(name="w", about="face", all=("a.only", "a.gate")), False),
        (Way(name="w", about="face", all=("a.only", "a.gate"), within="unit"), True),
        (Way(name="w", about="face", all=("a.only",), unless=("a.card",)), False),
        (Way(name="w", about="face", all=("a.only",), unless_here=("a.card",)), True),
        (Way(name="w", about="face", all=("a.card",), unless_here=("a.card",)), False),
        (Way(name="w", about="face", any=("a.none", "a.face")), True),
        (Way(name="w", about="face", all=("a.only",), any=("a.none",)), False),
        (Way(name="w", about="face", all=("a.only", "a.only")), False),
    ],
)
def test_what_must_stand_together_and_what_must_not(way: Way, found: bool, monkeypatch: pytest.MonkeyPatch):
    assert bool(decided(way, unit(ONLY, FACE, CARD, GATE), monkeypatch=monkeypatch)) == found


@pytest.mark.parametrize(
    ("asked", "said", "found"),
    [("face", "face", True), ("face", "near", False), ("near", "face", True), ("personal", "document", False), ("document", "document", True)],
)
def test_a_way_asks_what_the_unit_is_about(asked: str, said: str, found: bool, monkeypatch: pytest.MonkeyPatch):
    way = Way(name="w", about=asked, all=("a.only",))  # type: ignore[arg-type]
    assert bool(decided(way, unit(ONLY, about=said), monkeypatch=monkeypatch)) == found


def test_the_sentences_of_the_cues_are_quoted(monkeypatch: pytest.MonkeyPatch):
    way = Way(name="w", about="face", all=("a.only", "a.card"), within="unit")
    (found,) = decided(way, unit(ONLY, CARD, GATE), monkeypatch=monkeypatch)
    assert found.quote == "只认脸。可刷卡。"
    assert [(item.text, item.source) for item in found.evidence] == [("只认", "rules/RF-03/w"), ("刷卡", "rules/RF-03/w")]
    assert found.summary.text_zh == "人脸识别为唯一验证方式：“只认”、“刷卡”。"


def test_what_is_missing_in_a_document_stands_where_it_would_belong(monkeypatch: pytest.MonkeyPatch):
    way, absent = Way(name="w", about="face", all=("a.none",)), Absent(where=("a.gate",), unless=("a.card",))
    (found,) = decided(way, unit(FACE), unit(GATE), monkeypatch=monkeypatch, absent=absent)
    assert (found.document_level, found.quote) == (True, "仅此一门。")
    assert decided(way, unit(CARD), unit(GATE), monkeypatch=monkeypatch, absent=absent) == ()
    assert decided(way, unit(GATE, about="near"), monkeypatch=monkeypatch, absent=absent) == ()


def test_what_a_clause_says_is_not_reported_as_missing(monkeypatch: pytest.MonkeyPatch):
    way, absent = Way(name="w", about="face", all=("a.only",)), Absent(where=("a.gate",), unless=())
    assert [item.document_level for item in decided(way, unit(ONLY, GATE), monkeypatch=monkeypatch, absent=absent)] == [False]


GRANT = "您同意我们永久保存您的人脸信息，并可提供给任何第三方。"


def codes(report: Report) -> set[str]:
    return {item.rule for item in report.related if not item.document_level}


def test_an_article_11_finding_carries_the_codes_of_its_own_unit():
    report = scan_text(f"{GRANT}\n\n未录入人脸的业主不得进入小区。", language="zh")
    (finding,) = report.findings
    assert finding.related == ("RF-05", "RF-11")
    assert {item.rule: item.beside for item in report.related if item.rule in finding.related} == {
        "RF-05": (finding.id,),
        "RF-11": (finding.id,),
    }
    assert {"RF-02", "RF-03"} <= codes(report)


@pytest.mark.parametrize("text", [GRANT, "您的人脸信息将保存至您注销账号。", "未录入人脸的业主不得进入小区。"])
def test_related_findings_never_change_the_grades(text: str):
    both, alone = (scan_text(text, language="zh", settings=replace(DEFAULT, ignore=ignore)) for ignore in ((), ("RF",)))
    assert alone.related == ()
    assert [(item.id, item.grade, item.score, item.steps) for item in both.findings] == [
        (item.id, item.grade, item.score, item.steps) for item in alone.findings
    ]


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), "ART11 RF-03 RF-11"),
        (("RF-0",), (), "RF-03"),
        (("ART11", "RF-1"), (), "ART11 RF-11"),
        ((), ("RF-1",), "ART11 RF-03"),
        (("RF",), ("RF-03",), "RF-11"),
        (("RF-03",), ("RF",), "RF-03"),
        (("RF-03",), ("RF-03",), ""),
    ],
)
def test_the_longest_prefix_decides(select: tuple[str, ...], ignore: tuple[str, ...], expected: str):
    assert [code for code in ("ART11", "RF-03", "RF-11") if rules.selected(code, select, ignore)] == expected.split()


def test_every_rule_is_complete():
    assert all(isinstance(item, Related) and item.manual.en and item.manual.zh for item in rules.related().values())
    assert {code for code, item in rules.related().items() if item.absent} == {"RF-06", "RF-11"}
