"""JSON exports: strings are text, whatever escapes and markup they are in."""

from __future__ import annotations

import json

import pytest

from clausescan import api

CLAUSE = "您授予我们永久使用您的人脸信息的权利，且不可撤销。"
POLICY = {"title": "隐私政策", "url": "https://example.com/人脸", "sections": [{"heading": "一、授权", "body": f"<p>{CLAUSE}</p>", "id": "c2VjdGlvbg=="}]}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("name", ["policy.json", "policy.txt", "policy"])
def test_the_clause_is_found_behind_escapes_and_markup(ascii_only: bool, name: str):
    report = api.scan(json.dumps(POLICY, ensure_ascii=ascii_only).encode(), name=name)
    assert report.grade == "candidate"
    assert report.document.text == f"隐私政策\n一、授权\n{CLAUSE}"
    assert report.findings[0].place.anchor == "$.sections[0].body"
    assert report.findings[0].clause.heading == ("隐私政策", "一、授权")


def test_lines_of_json_and_lists():
    lines = "\n".join(json.dumps({"text": text}) for text in ("第一段说明。", CLAUSE))
    assert api.scan(lines.encode(), name="a.jsonl").grade == "candidate"
    assert api.scan(json.dumps(["说明", CLAUSE]).encode(), name="a.json").grade == "candidate"


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a": "b', b'{"a": {"b": 1}} x', b'{"a": 1}'])
def test_what_holds_no_text_or_is_damaged_is_inconclusive(data: bytes):
    report = api.scan(data, name="a.json")
    assert report.inconclusive
    assert "R040_internal" not in [problem.code for problem in report.problems]


def test_a_contract_that_begins_with_a_bracket_is_text():
    text = f"[甲方]某某公司\n{{甲方}}同意：\n{CLAUSE}"
    report = api.scan(text.encode(), name="a.txt")
    assert report.document.media_type == "text/plain"
    assert report.grade == "candidate"
