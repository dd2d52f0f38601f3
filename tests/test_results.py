"""Results of a scan read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clausescan import results
from clausescan.results import read_results

RECORDS = [{"schema": results.SCHEMA, "document": {"name": f"{n}.txt"}, "findings": [{"quote": "人脸，]}\"" * n}]} for n in range(5)]
FORMS = {
    "array": json.dumps(RECORDS, ensure_ascii=False, indent=2),
    "lines": "\n".join(json.dumps(record) for record in RECORDS) + "\n",
    "byte order mark": "\ufeff" + json.dumps(RECORDS),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_every_form_is_read_however_it_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, chunk: int):
    monkeypatch.setattr(results, "_CHUNK", chunk)
    path = tmp_path / "run.json"
    path.write_text(FORMS[form], encoding="utf-8")
    assert list(read_results(path)) == RECORDS


def test_one_report_is_one_record(tmp_path: Path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(RECORDS[2], indent=2), encoding="utf-8")
    assert list(read_results(path)) == [RECORDS[2]]
