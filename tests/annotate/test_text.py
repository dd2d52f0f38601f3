"""Documents that hold no comments of their own become a DOCX of their text."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from clausescan import api
from clausescan.annotate import annotate_file
from clausescan.annotate.check import check

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
KINDS = [path for path in sorted(SAMPLES.glob("face-app-agreement.*")) if path.suffix in (".txt", ".md", ".html")]


@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.name)
def test_comments_stand_on_the_evidence(path: Path, options: Callable[..., Any]):
    data = path.read_bytes()
    report = api.scan(data, name=path.name)
    wanted = options(report.document.language)
    annotated = annotate_file(data, report, wanted)
    notes = check(annotated, report, wanted)
    assert len(notes) > len(report.findings) == 3
    assert all(note.exact for note in notes)
    read = api.read(annotated.data)
    assert "".join(report.document.text.split()) in "".join(read.text.split())
    assert report.document.sha256[:16] in read.text
    assert [block.kind for block in read.blocks].count("heading") >= 5


@pytest.mark.parametrize("suffix", ["pdf", "docx"])
def test_any_format_can_be_asked_for_as_text(suffix: str, options: Callable[..., Any]):
    data = (SAMPLES / f"face-app-agreement.zh.{suffix}").read_bytes()
    report = api.scan(data)
    annotated = annotate_file(data, report, options(), as_text=True)
    assert len(list(docx.Document(io.BytesIO(annotated.data)).comments)) == 1 + len(check(annotated, report, options()))
    assert all(note.exact for note in check(annotated, report, options()))


def test_tables_are_tables(options: Callable[..., Any]):
    source = "# 说明\n\n| 信息 | 期限 |\n|---|---|\n| 人脸图像 | 永久保存，不可撤销 |\n"
    report = api.scan(source.encode(), name="a.md")
    annotated = annotate_file(source.encode(), report, options())
    document = docx.Document(io.BytesIO(annotated.data))
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [["信息", "期限"], ["人脸图像", "永久保存，不可撤销"]]
    assert all(note.exact for note in check(annotated, report, options()))


def test_wrapped_lines_are_joined(options: Callable[..., Any]):
    source = (
        "You grant us a perpetual, irrevocable and worldwide licence to use every\n"
        "face image that you upload for as long as we see fit, and to pass it on to\n"
        "any other person without asking you again.\n\nThis agreement begins when you first open the application.\n"
    )
    report = api.scan(source.encode(), name="a.txt")
    annotated = annotate_file(source.encode(), report, options("en"))
    paragraphs = [paragraph.text for paragraph in docx.Document(io.BytesIO(annotated.data)).paragraphs]
    assert " ".join(source.split("\n\n")[0].split()) in paragraphs
    assert report.findings
    assert all(note.exact for note in check(annotated, report, options("en")))


def test_characters_that_xml_or_eyes_cannot_take_are_left_out(options: Callable[..., Any]):
    source = "您同意我们永\u200b久使用您的人脸图像，\u202e该同意不可\ue000撤销。"
    report = api.scan(source.encode(), name="a.txt")
    annotated = annotate_file(source.encode(), report, options())
    assert "您同意我们永久使用您的人脸图像，该同意不可撤销。" in api.read(annotated.data).text
    assert report.findings
