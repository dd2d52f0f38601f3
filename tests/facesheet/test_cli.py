"""`clausescan facesheet`, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from clausescan.cli import main

TEXT = "1. 我们会采集您的人脸图像，用于核验身份。\n2. =1+1 人脸图像在核验完成后立即删除。\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["facesheet", *map(str, args)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    (tmp_path / "docs" / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "docs" / "sub" / "b.txt").write_text("We collect your email address.\n" * 3, encoding="utf-8")
    return tmp_path / "docs"


def test_text(folder: Path):
    result = run(folder, "--report-lang", "en")
    assert result.exit_code == 0
    assert "• 1. 我们会采集您的人脸图像，用于核验身份。  (1., line 1)" in result.stdout
    assert "Whom it is shared with\n  not found" in result.stdout
    assert "sub/b.txt" in result.stdout
    assert "does not speak of face data" in result.stdout


def test_json(folder: Path):
    first, second = json.loads(run(folder, "--format", "json").stdout)
    assert first["document"]["name"] == "a.txt"
    (passage,) = first["answers"]["collected"]
    assert TEXT[passage["place"]["start"] : passage["place"]["end"]] == passage["text"]
    assert set(map(len, second["answers"].values())) == {0}


def test_html_quotes_and_loads_nothing(folder: Path, tmp_path: Path):
    (folder / "a.txt").write_text(TEXT + "3. 我们收集人脸<script>alert(1)</script>图像。\n", encoding="utf-8")
    assert run(folder, "--format", "html", "-o", tmp_path / "sheet.html").exit_code == 0
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "我们会采集您的人脸图像" in page
    assert "<script" not in page
    assert "src=" not in page


def test_workbook_has_a_row_for_each_document_and_no_formulas(folder: Path, tmp_path: Path):
    assert run(folder, "--format", "xlsx", "-o", tmp_path / "sheet.xlsx").exit_code == 0
    book = load_workbook(tmp_path / "sheet.xlsx")
    rows = list(book["Sheet"].iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Document", "a.txt", "sub/b.txt"]
    assert rows[1][3] == "not found"
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    before = (tmp_path / "sheet.xlsx").read_bytes()
    run(folder, "--format", "xlsx", "-o", tmp_path / "sheet.xlsx")
    assert (tmp_path / "sheet.xlsx").read_bytes() == before


@pytest.mark.parametrize(("args", "sentence"), [(["--format", "xlsx"], "name a file"), (["--format", "xlsx", "-o", "x.txt"], "must end in .xlsx")])
def test_a_workbook_needs_a_name(folder: Path, args: list[str], sentence: str):
    result = run(folder, *args)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_what_cannot_be_read_is_in_the_sheet(folder: Path):
    (folder / "empty.txt").write_bytes(b"")
    result = run(folder, "--report-lang", "en")
    assert result.exit_code == 3
    assert "Not read: The file is empty" in result.stdout


def test_nowhere(tmp_path: Path):
    assert run(tmp_path / "nowhere").exit_code == 2
