"""Pages and pictures without a text: read where OCR is installed, told in any case."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from clausescan import api
from clausescan.readers import ocr, read
from clausescan.readers.pdf_recognised import Recognised, recognised_lines
from clausescan.settings import Settings
from clausescan.types import Line

FILES = Path(__file__).parent.parent / "files"
SAMPLE = Path(__file__).parent.parent.parent / "corpus" / "samples" / "face-app-agreement.en.pdf"
needs_ocr = pytest.mark.skipif(not ocr.is_available(), reason="OCR is not installed (clausescan[ocr])")


@pytest.mark.parametrize(("name", "code"), [("scan.pdf", "R020_no_text"), ("partly_scanned.pdf", "R021_pages_without_text")])
def test_without_ocr_the_extra_is_named(name: str, code: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    report = api.scan(FILES / "pdf" / name)
    [found] = [problem for problem in report.problems if problem.code == code]
    assert report.inconclusive
    assert "clausescan[ocr]" in found.message
    assert "clausescan[ocr]" in found.message_zh


def test_a_picture_that_cannot_be_opened_has_no_text():
    document = read(b"\x89PNG\r\n\x1a\nbroken", name="a.png", settings=Settings())
    assert [problem.code for problem in document.problems] == ["R020_no_text"]


def test_ocr_can_be_left_out():
    document = read((FILES / "pdf" / "scan.pdf").read_bytes(), name="a.pdf", settings=Settings(ocr=False))
    assert [problem.code for problem in document.problems] == ["R020_no_text"]


def _picture(turn: int, form: str) -> bytes:
    import pypdfium2 as pdfium

    image = pdfium.PdfDocument(SAMPLE)[0].render(scale=150 / 72, rotation=turn).to_pil()
    stream = io.BytesIO()
    image.save(stream, form)
    return stream.getvalue()


@needs_ocr
@pytest.mark.parametrize(("turn", "form"), [(0, "PNG"), (90, "JPEG")])
def test_a_picture_gives_the_clauses_of_the_page(turn: int, form: str):
    pytest.importorskip("PIL")
    report = api.scan(_picture(turn, form), name=f"photo.{form.lower()}")
    wanted = [finding for finding in api.scan(SAMPLE).findings if finding.place.page == 1]
    assert wanted
    assert {finding.clause.number for finding in wanted} <= {finding.clause.number for finding in report.findings}
    assert all(finding.confidence != "high" for finding in report.findings)
    assert [problem.code for problem in report.problems] == ["R046_ocr"]
    page = report.document.pages[0]
    assert page.ocr_confidence is not None
    assert page.ocr_confidence > 0.9
    boxes = [box for finding in report.findings for box in finding.place.boxes]
    assert boxes
    assert all(0 <= box.x0 < box.x1 <= page.width and 0 <= box.top < box.bottom <= page.height for box in boxes)


@needs_ocr
def test_only_the_scanned_page_of_a_mixed_pdf_is_recognised():
    report = api.scan(FILES / "pdf" / "partly_scanned.pdf")
    pages = report.document.pages
    assert {page.ocr_confidence is None for page in pages} == {True, False}
    assert not report.inconclusive
    for page in pages:
        lines = [line for line in report.document.lines if line.page == page.number]
        assert {line.ocr_confidence is None for line in lines} <= {page.ocr_confidence is None}  # a blank page has no lines


def test_boxes_on_a_page_that_lies_askew_stand_where_the_words_are():
    page = Recognised(width=600, height=800, skew=0.05, characters=2, confidence=0.7, lines=((0, 90, 600, 110, 0.7),))
    line = Line(start=0, end=2, page=1, number=1, low=95, high=105, edges=(0.0, 10.0, 20.0))
    [moved] = recognised_lines([line], {1: page})
    # left of the middle of a sheet whose lines fall to the right, words stand higher
    assert moved.low < 95 - 10
    assert moved.ocr_confidence == 0.7
    [kept] = recognised_lines([line], {2: page})
    assert kept == line
