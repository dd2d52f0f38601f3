"""The memo: complete, in both languages, and laid out for paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from clausescan import api, rules
from clausescan.memo import content, html
from clausescan.memo import docx as word
from clausescan.types import Language, Problem, Report

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
DATE = datetime(2026, 1, 2)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
# a memo points, quotes and cites; what it says of a term is never a verdict
VERDICTS = re.compile(r"\b(?:is|are) (?:void|illegal|unlawful|compliant|safe)\b|(?<!请求确认)(?<!是否)无效|违法|合规|通过审查", re.IGNORECASE)


@pytest.fixture(scope="module")
def report() -> Report:
    return api.scan(SAMPLES / "face-app-agreement.zh.pdf")


def memo_docx(report: Report, language: Language) -> Any:
    return docx.Document(io.BytesIO(word.write(content.memo(report, language, DATE), DATE)))


def texts(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@LANGUAGES
def test_both_formats_hold_everything_that_a_partner_needs(report: Report, language: Language):
    told = content.memo(report, language, DATE)
    for text in (texts(memo_docx(report, language)), plain(html.write(told))):
        flat = " ".join(text.split())
        for finding in report.findings:
            assert " ".join(finding.quote.split()) in flat or "".join(finding.quote.split()) in "".join(flat.split())
            assert (finding.summary.text_zh if language == "zh" else finding.summary.text) in flat
            for note in (*finding.counter_arguments, *finding.missing_facts):
                assert (note.text_zh if language == "zh" else note.text) in flat
            for basis in finding.legal_basis:
                assert basis.document_number in flat
                assert (basis.summary_zh if language == "zh" else basis.summary) in flat
        assert report.document.sha256 in flat
        assert dict(report.versions)["rules"] in flat
        assert rules.rule("ART11").disclaimer[language] in flat
        assert "2026-01-02" in flat


@LANGUAGES
def test_the_memo_gives_no_verdict(report: Report, language: Language):
    told = content.memo(report, language, DATE)
    own = [*told.conclusion, told.law_note, *told.coverage, *(cell for row in told.overview.rows for cell in row)]
    own += [sentence for detail in told.details for _, sentences in detail.notes for sentence in sentences]
    own += [cell for detail in told.details for row in detail.elements.rows for cell in row]
    assert not [sentence for sentence in own if VERDICTS.search(sentence)]


@LANGUAGES
def test_the_table_of_elements_tells_found_from_assumed_and_from_what_must_be_asked(report: Report, language: Language):
    found, assumed, ask = ("见于文本", "推定", "待查") if language == "zh" else ("in the text", "assumed", "to be asked")
    first, *_, last = (detail.elements.rows for detail in content.memo(report, language, DATE).details)
    assert [row[0][:2] for row in first] == [f"E{number}" for number in range(1, 8)]
    assert [row[1] for row in first] == [found, assumed, assumed, found, found, found, found]
    assert "永久" in first[6][2]
    assert ("文本中未见" if language == "zh" else "Not found in the text") in first[6][2]
    assert last[6][1] == ask  # weak words only
    quotes = [words for words, strong in content.memo(report, language, DATE).details[0].quote if strong]
    assert any("永久" in words for words in quotes)


@LANGUAGES
def test_findings_are_numbered_and_have_page_law_suggestion_and_status(report: Report, language: Language):
    rows = content.memo(report, language, DATE).overview.rows
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert [row[2] for row in rows] == [str(finding.place.page) for finding in report.findings]
    assert all("法释〔2021〕15号" in row[4] and row[5] and row[6] for row in rows)


@LANGUAGES
def test_the_word_memo_is_laid_out_for_paper(report: Report, language: Language):
    document = memo_docx(report, language)
    overview = document.tables[1]
    assert overview.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for table in document.tables for row in table.rows)
    assert [section.page_width > section.page_height for section in document.sections] == [False, True, False]
    footer = document.sections[0].footer._element.xml
    assert footer.count(" PAGE ") == footer.count(" NUMPAGES ") == 1
    assert all(section.footer.is_linked_to_previous for section in document.sections[1:])
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == ("Times New Roman", "仿宋")
    levels = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Quote"} <= levels


@LANGUAGES
def test_sections_are_numbered_without_gaps_when_nothing_was_found(language: Language):
    report = api.scan_text("本店营业时间为九时至二十一时。" if language == "zh" else "The shop opens at nine and closes at five on each working day.")
    told = content.memo(report, language, DATE)
    assert list(told.headings) == ["conclusion", "coverage", "disclaimer"]
    assert [heading[0] for heading in told.headings.values()] == list("一二三" if language == "zh" else "123")
    assert rules.rule("ART11").summaries["nothing"][language].rstrip(".。") in told.conclusion[0]
    assert len(texts(memo_docx(report, language))) > 100


def test_what_could_not_be_read_is_told(report: Report):
    problem = Problem(code="R021_pages_without_text", severity="inconclusive", message="m", message_zh="第 2 页没有文字。", where="第 2 页")
    told = content.memo(replace(report, problems=(problem,)), "zh", DATE)
    assert "文件有部分内容无法读取" in told.conclusion[1]
    assert "R021_pages_without_text（第 2 页）：第 2 页没有文字。" in told.coverage


def test_words_of_the_document_are_no_markup():
    name = "<script>alert(1)</script>&.txt"
    report = api.scan("您同意我们永久使用您的人脸图像<b>，不可撤销。".encode(), name=name)
    page = html.write(content.memo(report, "zh", DATE))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;.txt" in page
    assert "<b>，" not in page


def test_the_html_asks_for_nothing_and_numbers_its_pages(report: Report):
    for language, footer in (("zh", "counter(page) \" 页"), ("en", "\" of \" counter(pages)")):
        page = html.write(content.memo(report, language, DATE))  # type: ignore[arg-type]
        assert not re.search(r"<script|src=|href=|url\(|@import", page)
        assert footer in page
        assert "table-header-group" in page
        parser = Balance()
        parser.feed(page)
        assert parser.opened == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_lays_the_memo_out(report: Report, tmp_path: Path):
    for language in ("zh", "en"):
        (tmp_path / f"{language}.docx").write_bytes(word.write(content.memo(report, language, DATE), DATE))  # type: ignore[arg-type]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, tmp_path.glob("*.docx"))]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    for language in ("zh", "en"):
        document = api.read(tmp_path / f"{language}.pdf")
        assert 4 <= len(document.pages) <= 12
        assert [page.number for page in document.pages if page.width > page.height], "the table of findings lies across"


class Balance(HTMLParser):
    """Counts tags that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("meta", "br", "col"):
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def plain(page: str) -> str:
    document = api.read(page.encode(), name="memo.html")
    return document.text.replace(" | ", "\n")


def test_making_the_same_memo_again_gives_the_same_bytes(
    report: Report, make_report: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    told = content.memo(report, "en", DATE)
    first = word.write(told, DATE)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert word.write(told, DATE) == first
    assert html.write(content.memo(report, "en", DATE)) == html.write(told)
    assert content.memo(make_report(), "zh", DATE).details[0].heading.startswith("第 1 项：第一条")
