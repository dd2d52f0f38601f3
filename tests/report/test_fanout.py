from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from clausescan import api
from clausescan.errors import UsageError
from clausescan.report import BINARY, FORMATS, format_of, writer
from clausescan.report import json as report_json
from clausescan.report import text as report_text
from clausescan.report.fanout import Fanout
from clausescan.report.options import Options
from clausescan.report.records import AROUND, pieces, record_of
from clausescan.types import Report

Make = Callable[..., Report]
Record = dict[str, Any]
OF_RECORDS = [name for name in FORMATS if name != "text"]


def stream(name: str) -> io.StringIO | io.BytesIO:
    return io.BytesIO() if name in BINARY else io.StringIO(newline="")


def test_all_formats_are_written_in_one_pass(make_report: Make):
    outs = {name: stream(name) for name in FORMATS}
    reports = [make_report(), make_report("没有内容。\n", "clean.txt")]
    with Fanout((name, out, Options()) for name, out in outs.items()) as fanout:
        for report in reports:
            fanout.add(report)
    plain, shown = io.StringIO(), io.StringIO()
    report_json.write(reports, plain)
    report_text.write(reports, shown)
    assert (outs["json"].getvalue(), outs["text"].getvalue()) == (plain.getvalue(), shown.getvalue())
    assert len(outs["jsonl"].getvalue().splitlines()) == 2
    assert all(out.getvalue() for out in outs.values())


def test_each_target_has_its_own_language_and_carried_columns_reach_it(make_report: Make):
    zh, en = io.StringIO(), io.StringIO()
    with Fanout([("jsonl", zh, Options(language="zh")), ("jsonl", en, Options(language="en"))]) as fanout:
        fanout.add(make_report(), {"app": "示例"})
    summaries = [json.loads(out.getvalue())["findings"][0]["summary"] for out in (zh, en)]
    assert "候选条款" in summaries[0]
    assert "candidate" in summaries[1]
    assert json.loads(en.getvalue())["carried"] == {"app": "示例"}


def test_records_come_from_elsewhere_too(found: Record):
    out = io.StringIO()
    with Fanout([("csv", out, Options())]) as fanout:
        fanout.add_record(found)
    assert "com.example" in out.getvalue()
    with Fanout([("text", io.StringIO(), Options())]) as fanout, pytest.raises(UsageError, match="take html"):
        fanout.add_record(found)


@pytest.mark.parametrize("name", OF_RECORDS)
def test_every_writer_takes_one_record_at_a_time(name: str, found: Record):
    out, asked = stream(name), []

    def records() -> Iterator[Record]:
        for number in range(3):
            asked.append(number)
            yield found

    writer(name)
    with import_module(FORMATS[name]).SINK(out, Options()) as sink:
        for number, record in enumerate(records()):
            sink.add(record)
            assert asked[-1] == number
    assert out.getvalue()


@pytest.mark.parametrize("name", OF_RECORDS)
def test_memory_does_not_grow_with_the_number_of_documents(
    name: str, found: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("clausescan.report.parquet._GROUP", 50)
    monkeypatch.setattr("clausescan.report.html._BLOCK", 50)

    def peak(count: int) -> int:
        with (tmp_path / "out").open("wb") if name in BINARY else (tmp_path / "out").open("w", encoding="utf-8") as out:
            tracemalloc.start()
            with import_module(FORMATS[name]).SINK(out, Options()) as sink:
                for number in range(count):
                    sink.add(found | {"document": found["document"] | {"name": f"{number}.txt"}})
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(120)  # what is loaded once is not counted
    assert peak(1200) < peak(300) * 1.6 + 500_000


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("out.json", "json"), ("OUT.XLSX", "xlsx"), ("a.sarif", "sarif"), ("a.sarif.json", "sarif"), ("a.b.csv", "csv"), ("a.ndjson", "jsonl"),
        ("a.htm", "html"), ("a.txt", "text"), ("report", "text"), ("null", "text"), (".hidden", "text"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_tells_its_format(file_name: str, name: str):
    assert format_of(file_name) == name


def test_an_ending_that_tells_nothing_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match=r"a\.doc: .*--format.*\.xlsx"):
        format_of("a.doc")


def test_the_context_begins_with_a_whole_word_and_shows_where_it_was_cut():
    clause = "您同意我们永久使用您的人脸图像，且该项同意不可撤销。"
    report = api.scan_text(f"1. 总则{'甲' * 300}。第二句话。\n2. {clause}\n3. {'乙' * 300}\n", language="zh")
    (context,) = (finding["context"] for finding in record_of(report)["findings"])
    assert context["before"] == "…第二句话。\n"
    assert context["after"] == "\n3. " + "乙" * (AROUND - 4) + "…"
    assert context["column"] == 1


def test_pieces_give_the_quote_back_with_overlapping_evidence(found: Record):
    finding = found["findings"][0]
    start = finding["place"]["start"]
    finding["evidence"].append({"role": "limit", "start": start + 5, "end": start + 9, "text": "", "source": ""})
    parts = list(pieces(finding))
    assert "".join(text for text, _ in parts) == finding["quote"]
    assert ("可撤回", ("irrevocable", "limit")) in parts
