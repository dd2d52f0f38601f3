from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from clausescan.errors import UsageError
from clausescan.report import parquet
from clausescan.report.options import Options

Record = dict[str, Any]


def read(*records: Record, options: Options | None = None) -> Any:
    import pyarrow.parquet

    out = io.BytesIO()
    parquet.write(records, out, options or Options())
    return pyarrow.parquet.ParquetFile(io.BytesIO(out.getvalue()))


def test_rows_come_back_typed(found: Record, unreadable: Record, nothing: Record):
    finding, problem, none = read(found, unreadable, nothing).read().to_pylist()
    assert (finding["row"], finding["page"], finding["score"], finding["app"]) == ("finding", 1, 5.0, "示例")
    assert finding["attribute_names"] == ["unlimited_duration", "irrevocable"]
    assert finding["law_codes"] == ["FRJI-11", "CC-497-3"]
    assert finding["boxes"] == found["findings"][0]["place"]["boxes"]
    assert [item["text"] for item in finding["evidence"]] == ["不可撤回", "许可", "永久", "人脸图像"]
    assert (problem["row"], problem["problem"], problem["quote"], problem["boxes"]) == ("problem", "R020_no_text", None, None)
    assert (none["row"], none["conclusion"], none["clauses"]) == ("none", "nothing_found", 2)


def test_text_is_left_as_it_is(hostile: Record):
    (row,) = read(hostile).read().to_pylist()
    assert row["clause"] == "=1+1"
    assert row["quote"] == hostile["findings"][0]["quote"]
    assert row["document"].endswith("\ufffd")


def test_the_same_records_give_the_same_bytes(found: Record):
    first, second = io.BytesIO(), io.BytesIO()
    parquet.write([found], first)
    parquet.write([found], second)
    assert first.getvalue() == second.getvalue()


def test_rows_are_written_in_groups(found: Record, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parquet, "_GROUP", 4)
    made = read(*[found] * 10)
    assert [made.metadata.row_group(index).num_rows for index in range(made.num_row_groups)] == [4, 4, 2]


def test_the_schema_is_the_same_without_rows(found: Record):
    assert read(found).schema_arrow.names[2:] == read(options=Options(carried=("app", "package"))).schema_arrow.names[2:]
    assert read().schema_arrow.metadata[b"schema"] == b"clausescan-report/1"


def test_related_findings_are_rows(later: Record):
    assert [row["rule"] for row in read(later).read().to_pylist()] == ["ART11", "RF-11"]


def test_the_extra_is_named_when_pyarrow_is_missing(found: Record, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'clausescan\[parquet\]'"):
        parquet.write([found], io.BytesIO())
