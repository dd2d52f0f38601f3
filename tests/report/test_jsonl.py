from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import jsonschema

from clausescan.report import json as report_json
from clausescan.report import jsonl
from clausescan.report.options import Options
from clausescan.report.records import record_of
from clausescan.types import Report

Record = dict[str, Any]


def lines(*records: Record) -> list[Record]:
    out = io.StringIO()
    jsonl.write(records, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_the_object_of_json(make_report: Callable[..., Report], nothing: Record):
    assert lines(record_of(make_report()), nothing)[0] == make_report().to_dict()
    assert [line["document"]["name"] for line in lines(record_of(make_report()), nothing)] == ["agreement.pdf", "clean.txt"]


def test_lines_have_the_shape_of_the_schema_with_what_was_carried(found: Record, unreadable: Record):
    validator = jsonschema.Draft202012Validator(report_json.schema())
    for line in lines(found, unreadable):
        validator.validate(line)
    assert lines(found)[0]["carried"] == {"app": "示例", "package": "com.example"}


def test_a_name_that_is_no_text_can_be_encoded(hostile: Record):
    out = io.StringIO()
    jsonl.write([hostile], out)
    assert out.getvalue().count("\n") == 1
    assert json.loads(out.getvalue().encode())["document"]["name"].endswith("𠮷\ufffd")


def test_json_of_records_is_json_of_reports(make_report: Callable[..., Report]):
    of_reports, of_records, single = io.StringIO(), io.StringIO(), io.StringIO()
    report_json.write([make_report(), make_report()], of_reports)
    with report_json.JsonSink(of_records) as sink:
        sink.add(record_of(make_report()))
        sink.add(record_of(make_report()))
    assert of_records.getvalue() == of_reports.getvalue()
    with report_json.JsonSink(single, Options(several=False)) as sink:
        sink.add(record_of(make_report()))
    assert json.loads(single.getvalue()) == make_report().to_dict()
