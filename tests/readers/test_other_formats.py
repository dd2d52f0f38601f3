"""RTF, OpenDocument, EPUB, mail, Word 97-2003: the clause of a small file is found; what was left out is told."""

from __future__ import annotations

import io
import shutil
import zipfile

import pytest

from clausescan import api
from clausescan.readers import office

CLAUSE = "您授予我们永久使用您的人脸信息的权利，且不可撤销。"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "WordDocument".encode("utf-16-le")


def archive(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return stream.getvalue()


def odt(content: str) -> bytes:
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table"))
    root = f"<office:document-content {spaces}><office:body><office:text>{content}</office:text></office:body></office:document-content>"
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": root})


def rtf(text: str) -> bytes:
    return b"{\\rtf1\\ansi\\ansicpg936 Title\\par " + "".join(f"\\'{byte:02x}" for byte in text.encode("gb18030")).encode() + b"\\par}"


def epub(text: str) -> bytes:
    container = '<container><rootfiles><rootfile full-path="o/p.opf"/></rootfiles></container>'
    package = '<package><manifest><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>'
    page = f"<?xml version='1.0'?><html><body><p>{text}</p></body></html>"
    return archive({"mimetype": "application/epub+zip", "META-INF/container.xml": container, "o/p.opf": package, "o/a.xhtml": page})


def mail(text: str, charset: str) -> bytes:
    head = f"From: a@example.com\nSubject: policy\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + text.encode(charset)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (rtf(CLAUSE), "a.rtf"),
        (odt("<text:p>开头</text:p><text:p>您授予我们永久使用您的<text:span>人脸</text:span>信息的权利，且不可撤销。</text:p>"), "a.odt"),
        (epub(CLAUSE), "a.epub"),
        (mail(CLAUSE, "utf-8"), "a.eml"),
        (mail(CLAUSE, "gb2312"), "a.eml"),
    ],
    ids=["rtf", "odt", "epub", "eml", "eml-gb2312"],
)
def test_the_clause_is_found(data: bytes, name: str):
    report = api.scan(data, name=name)
    assert report.grade == "candidate"
    assert report.problems == ()
    finding = report.findings[0]
    assert report.document.text[finding.place.start : finding.place.end] == finding.quote


def test_rows_of_an_odt_are_rows_and_comments_are_left_out():
    row = "<table:table><table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell><table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row></table:table>"
    document = api.read(odt(f"<office:annotation><text:p>批注</text:p></office:annotation>{row}"), name="a.odt")
    assert document.text == "甲 | 乙"



@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (odt("x")[:-60], "a.odt", "R007_damaged"),
        (odt("<text:p>x</office:text>"), "a.odt", "R007_damaged"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"}), "a.odt", "R011_container"),
        (archive({"mimetype": "application/epub+zip", "a": "b"}), "a.epub", "R007_damaged"),
    ],
)
def test_damage_is_refused_in_one_sentence(data: bytes, name: str, code: str):
    report = api.scan(data, name=name)
    assert [problem.code for problem in report.problems] == [code]


def test_without_libreoffice_a_doc_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    [found] = api.scan(OLE, name="a.doc").problems
    assert found.code == "R049_office_missing"
    assert "LibreOffice" in found.message


@pytest.mark.skipif(not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not installed")
def test_libreoffice_reads_what_it_knows_to_be_a_document():
    converted = office._converted(str(shutil.which("soffice") or shutil.which("libreoffice")), rtf(CLAUSE))
    assert CLAUSE in api.read(converted, name="a.docx").text
