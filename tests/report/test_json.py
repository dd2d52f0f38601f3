from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import jsonschema
import pytest

from clausescan import scan_text
from clausescan.report import json as report_json
from clausescan.types import Problem, Report

Make = Callable[..., Report]


def written(reports: object) -> str:
    out = io.StringIO()
    report_json.write(reports, out)  # type: ignore[arg-type]
    return out.getvalue()


def errors(value: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(report_json.schema())
    return [error.message for error in validator.iter_errors(value)]


def test_the_schema_is_valid_itself():
    jsonschema.Draft202012Validator.check_schema(report_json.schema())


def test_a_full_report_has_the_shape_of_the_schema(make_report: Make, unread: Problem):
    assert errors(make_report().to_dict()) == []
    assert errors(make_report(problems=(unread,)).to_dict()) == []
    assert errors(make_report("没有内容。\n").to_dict()) == []


def test_the_schema_refuses_what_it_does_not_know(make_report: Make):
    value = make_report().to_dict()
    assert errors(value | {"verdict": "void"})
    value["findings"][0]["probability"] = 0.85  # type: ignore[index]
    assert errors(value)


def test_the_keys_stand_in_the_order_that_is_promised(make_report: Make):
    value = make_report().to_dict()
    assert list(value) == [
        "schema",
        "tool",
        "document",
        "conclusion",
        "inconclusive",
        "context",
        "clauses",
        "findings",
        "near_misses",
        "related",
        "problems",
        "disclaimer",
    ]
    assert list(value["document"]) == ["name", "sha256", "media_type", "language", "title", "date", "kind", "coverage"]
    assert " ".join(value["findings"][0]) == (
        "id rule grade score confidence clause quote place subject face_context attributes right direction counterparty composite "
        "ambiguous_reference evidence against legal_basis related counter_arguments missing_facts steps summary "
        "contract_status prominence elements severable suggestion plain"
    )


def test_what_stands_around_a_finding_comes_through(full_report: Report):
    value = full_report.to_dict()
    assert " ".join(value["context"]) == (
        "kind setting contract_status date era counterparty governing_law collects_faces standard_term_signs denies_standard_term "
        "evidence notes"
    )
    assert value["context"]["evidence"][0]["text"] == "协议"
    finding = value["findings"][0]
    assert [(item["code"], item["status"], len(item["evidence"])) for item in finding["elements"]] == [("E6", "found", 1), ("E2", "ask", 0)]
    assert [item["text"] for item in finding["severable"]] == ["不可撤回地", "永久"]
    assert finding["plain"]["text_zh"] == "可以一直保留。"
    assert (finding["contract_status"], finding["prominence"]) == ("agreement", ["bold"])
    assert (value["related"][0]["rule"], value["related"][0]["advice"]["code"]) == ("RF-18", "align")


def test_the_day_of_today_is_in_the_report_only_when_it_was_given(make_report: Make):
    (basis, _) = make_report().to_dict()["findings"][0]["legal_basis"]
    assert (basis["verified"], basis["on_document_date"], basis["on_today"], basis["instead"]) == (True, "unknown", None, [])
    assert "alternative or cumulative" in basis["note"]


def test_values_come_through(make_report: Make):
    value = make_report().to_dict()
    assert value["tool"] == {"name": "clausescan", "version": "0.1.0", "versions": {"law": "l", "rules": "r"}}
    finding = value["findings"][0]
    assert finding["clause"] == {"id": "1/1", "number": "第一条", "heading": ["授权"], "start": 14, "end": 38}
    assert finding["quote"] == make_report().document.text[finding["place"]["start"] : finding["place"]["end"]]
    assert finding["place"]["boxes"] == [{"page": 1, "x0": 0.0, "top": 60.0, "x1": 242.95, "bottom": 72.0}]
    assert [(fact["name"], fact["strength"], fact.get("cured_from")) for fact in finding["attributes"]] == [
        ("unlimited_duration", "weak", "strong"),
        ("irrevocable", "strong", None),
    ]
    assert "cured_from" not in finding["attributes"][1]
    assert [(law["code"], law["article_zh"], law["in_force"], law["tentative"]) for law in finding["legal_basis"]] == [
        ("FRJI-11", "第十一条", "2021-08-01", False),
        ("CC-497-3", "第四百九十七条第（三）项", "2021-01-01", True),
    ]


@pytest.mark.parametrize(("language", "words"), [(None, "候选条款"), ("zh", "候选条款"), ("en", "candidate")])
def test_summary_and_disclaimer_follow_the_language_of_the_report(make_report: Make, language: str | None, words: str):
    value = report_json.report_to_dict(make_report(), language)  # type: ignore[arg-type]
    assert words in value["findings"][0]["summary"]
    assert ("法律意见" in value["disclaimer"]) == (language != "en")


def test_the_conclusion_never_hides_what_was_not_read(make_report: Make, unread: Problem):
    nothing = make_report("没有内容。\n")
    assert (nothing.to_dict()["conclusion"], nothing.to_dict()["inconclusive"]) == ("nothing_found", False)
    assert replace(nothing, problems=(unread,)).to_dict()["conclusion"] == "inconclusive"
    found = make_report(problems=(unread,)).to_dict()
    assert (found["conclusion"], found["inconclusive"]) == ("findings", True)


def test_one_report_is_an_object_and_several_are_an_array(make_report: Make):
    first, second = make_report(), make_report("没有内容。\n")
    assert json.loads(written(first)) == first.to_dict()
    assert written([first, second]) == json.dumps([first.to_dict(), second.to_dict()], ensure_ascii=False, indent=2) + "\n"
    assert written(iter([first])) == json.dumps([first.to_dict()], ensure_ascii=False, indent=2) + "\n"
    assert written([]) == "[]\n"


def test_the_same_report_gives_the_same_bytes(make_report: Make):
    assert written(make_report()) == written(make_report())


def test_a_broken_file_name_can_be_encoded(make_report: Make):
    report = make_report(name="合同\udce5.pdf")
    assert written(report).encode("utf-8")
    assert report.to_dict()["document"]["name"] == "合同\ufffd.pdf"


def test_a_score_that_is_no_number_is_refused(make_report: Make):
    report = make_report()
    broken = replace(report, findings=(replace(report.findings[0], score=float("nan")),))
    with pytest.raises(ValueError, match="Out of range"):
        written(broken)


def test_a_related_finding_fits_the_schema_and_leaves_the_conclusion_alone():
    report = scan_text("业主须知\n\n小区单元门只认脸，门禁卡停用。", language="zh")
    value = report.to_dict()
    assert errors(value) == []
    assert value["conclusion"] == "nothing_found"
    related = {item["rule"]: item for item in value["related"]}  # type: ignore[attr-defined]
    assert related["RF-03"]["quote"] == "小区单元门只认脸，门禁卡停用。"
    assert related["RF-03"]["advice"]["text_zh"] == "提供门禁卡、密码或人工方式"
    assert [item["source"] for item in related["RF-03"]["evidence"]] == ["rules/RF-03/only_way"] * len(related["RF-03"]["evidence"])
    assert not related["RF-03"]["document_level"]
