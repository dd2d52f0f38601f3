"""What a file is, and what `read` says about files that cannot be read."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from clausescan import readers
from clausescan.errors import ReadError
from clausescan.readers import sniff
from clausescan.settings import DEFAULT, Settings

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj", "a.pdf", "application/pdf"),
        (b"junk\r\n\r\n%PDF-1.4\n1 0 obj\n%%EOF", "a.bin", "application/pdf"),
        (b"A text about %PDF- headers.", "a.txt", "text/plain"),
        (archive("[Content_Types].xml", "word/document.xml"), "a.zip", DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "a.docx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (archive("mimetype", "content.xml"), "a.odt", "application/zip"),
        (archive("a.txt"), "a.zip", "application/zip"),
        (archive("word/document.xml")[:60], "a.docx", DOCX),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "application/msword"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "application/encrypted"),
        (b"{\\rtf1 a}", "a.rtf", "application/rtf"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "image/png"),
        (b"\xff\xd8\xff\xe0", "a.pdf", "image/jpeg"),
        (b"<!DOCTYPE html><p>a", "a.txt", "text/html"),
        (b"\xef\xbb\xbf\n<!-- x --><html><p>a", "a", "text/html"),
        ("<html><p>条款</p></html>".encode("utf-16"), "a.html", "text/html"),
        (b"<p>one</p>\n<p>two</p>", "a", "text/html"),
        (b"The tag <p> starts a paragraph, </p> ends it.", "a.txt", "text/plain"),
        (b"plain words", "a.html", "text/plain"),
        (b"# T\n\ntext", "a.md", "text/markdown"),
        (b"no marks at all", "a.md", "text/plain"),
        (b"# T\n\n## U\n\n**bold** text", "a.txt", "text/markdown"),
        (b"# a comment in a text\nwords", "a.txt", "text/plain"),
        (b"<?xml version='1.0'?><data/>", "a.xml", "application/xml"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n", "a.mht", "multipart/related"),
        (b"", "a.txt", "text/plain"),
    ],
)
def test_sniff(data: bytes, name: str, kind: str) -> None:
    assert sniff(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "R004_empty"),
        (b"a" * 101, "a.txt", "R005_too_large"),
        (b"SQLite format 3\0", "a.txt", "R006_unsupported"),
        (archive("a.txt")[:50], "a.zip", "R007_damaged"),
        (OLE[:60] + "EncryptedPackage".encode("utf-16-le"), "a.docx", "R008_encrypted"),
        (OLE[:60] + "Workbook".encode("utf-16-le"), "a.xls", "R006_unsupported"),
        (bytes(range(256))[128:], "a.txt", "R010_binary"),
    ],
)
def test_refusals(data: bytes, name: str, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        readers.read(data, name=name, settings=Settings(max_bytes=600, max_text_bytes=150 if code == "R010_binary" else 100))
    assert caught.value.problem.code == code


def codes(data: bytes, name: str, settings: Settings = DEFAULT) -> list[str]:
    return [problem.code for problem in readers.read(data, name=name, settings=settings).problems]


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"plain words here", "a.txt", []),
        (b"plain words here", "a.md", []),
        (b"plain words here", "a", []),
        (b"plain words here", "a.pdf", ["R030_extension"]),
        (b"<html><p>words</p></html>", "a.txt", ["R030_extension"]),
        (b"123 --- 456", "a.txt", ["R020_no_text"]),
        (b"\x89PNG\r\n\x1a\n", "scan.png", ["R020_no_text"]),
        ("人\u200b脸\u200b信息".encode(), "a.txt", ["R036_zero_width"]),
        ("\ue001\ue002\ue003 人脸".encode(), "a.txt", ["R022_garbled"]),
        (b"(cid:12)(cid:13) words and (cid:9)", "a.txt", ["R022_garbled"]),
    ],
)
def test_problems(data: bytes, name: str, expected: list[str]) -> None:
    assert codes(data, name) == expected


def test_long_text_is_cut_and_told() -> None:
    document = readers.read("甲方使用。\n\n乙方撤回。".encode(), name="a.txt", settings=Settings(max_characters=8))
    assert document.text == "甲方使用。\n\n乙"
    assert [document.text[block.start : block.end] for block in document.blocks] == ["甲方使用。"]
    assert [problem.code for problem in document.problems] == ["R025_truncated"]


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (ValueError("odd"), "text/plain", "R040_internal"),
        (KeyError("x"), "application/pdf", "R007_damaged"),
        (MemoryError(), "text/html", "R051_memory"),
    ],
)
def test_errors_of_a_parser_become_problems(monkeypatch: pytest.MonkeyPatch, error: BaseException, kind: str, code: str) -> None:
    class Broken:
        @staticmethod
        def read(data: bytes, **_: object) -> None:
            raise error

    monkeypatch.setattr(readers, "sniff", lambda data, name: kind)
    monkeypatch.setattr(readers, "import_module", lambda name: Broken)
    with pytest.raises(ReadError) as caught:
        readers.read(b"x", name="a", settings=DEFAULT)
    assert caught.value.problem.code == code
    assert type(error).__name__ in caught.value.problem.message or code == "R051_memory"


def test_read_path(tmp_path: Path) -> None:
    file = tmp_path / "合同.txt"
    file.write_text("甲方使用照片。", encoding="utf-8")
    document = readers.read_path(file, DEFAULT)
    assert (document.name, document.text) == ("合同.txt", "甲方使用照片。")
    assert readers.read_path(str(file), DEFAULT).sha256 == document.sha256


def test_read_path_refuses_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "big.txt").write_bytes(b"a" * 20)
    for path, code in [
        (tmp_path / "no.txt", "R001_missing"),
        (tmp_path, "R002_not_a_file"),
        (tmp_path / "pipe", "R002_not_a_file"),
        (Path("/dev/zero"), "R002_not_a_file"),
        (tmp_path / "big.txt", "R005_too_large"),
        (tmp_path / ("n" * 300), "R003_no_permission"),
    ]:
        with pytest.raises(ReadError) as caught:
            readers.read_path(path, Settings(max_bytes=10))
        assert caught.value.problem.code == code
