"""Word comments: on the words, nothing else changed. The documents are real files of the reader's tests."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from clausescan import api
from clausescan.annotate import annotate_file
from clausescan.annotate.check import check, comments
from clausescan.errors import UsageError
from clausescan.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "files" / "docx"
SAMPLES = sorted((ROOT / "corpus" / "samples").glob("*.docx"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# every file in which something stands that must not break
HARD = ["content", "revisions", "tables", "numbering_rules", "numbering_styles", "chunk", "utf16", "broken_notes"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_comments_stand_on_the_evidence_and_say_why(path: Path, options: Callable[..., Any]):
    data = path.read_bytes()
    report = api.scan(data, name=path.name)
    wanted = options(report.document.language)
    annotated = annotate_file(data, report, wanted)
    notes = check(annotated, report, wanted)
    assert annotated.findings == len(report.findings) == 3
    assert len(notes) > len(report.findings)
    assert [note for note in notes if not note.exact] == []
    marked = "".join(note.found for note in notes)
    assert {item.text for finding in report.findings for fact in finding.attributes for item in fact.evidence if item.text not in marked} == set()
    full = next(note.note for note in notes)
    law, counter = ("法律依据", "对方可主张") if report.document.language == "zh" else ("Law:", "They may say:")
    assert law in full
    assert counter in full


@pytest.mark.parametrize("view", ["final", "original"])
@pytest.mark.parametrize("name", HARD)
def test_nothing_but_the_comments_is_new(
    name: str, view: Any, report_on: Callable[..., Any], middles: Callable[..., Any], options: Callable[..., Any],
    without_marks: Callable[..., Any],
):  # fmt: skip
    data, settings = (FILES / f"{name}.docx").read_bytes(), Settings(revisions=view)
    report = report_on(data, middles(api.scan(data, settings=settings)), settings)
    wanted = options(settings=settings)
    annotated = annotate_file(data, report, wanted)
    assert without_marks(annotated.data) == without_marks(data)
    assert api.read(annotated.data, settings=settings).text == report.document.text
    for note in check(annotated, report, wanted):
        # no comment stands on numbers, notes, boxes and headers, nor on a part of a control: those that are elsewhere say so
        assert note.exact or "（所涉文字" in note.note, note
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(annotated.data)) as new:
        changed = {member for member in old.namelist() if old.read(member) != new.read(member)}
        assert new.namelist()[: len(old.namelist())] == old.namelist()
    assert changed <= {"word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}


def test_words_inside_tracked_changes_links_and_fields_keep_what_is_around_them(report_on: Callable[..., Any], options: Callable[..., Any]):
    data = word(
        '<w:p><w:r><w:t>甲方</w:t></w:r><w:ins w:id="7" w:author="A" w:date="2026-01-01T00:00:00Z"><w:r><w:rPr><w:b/></w:rPr>'
        "<w:t>永久不可撤销地</w:t></w:r></w:ins><w:hyperlink w:anchor=\"x\"><w:r><w:t>使用人脸</w:t></w:r></w:hyperlink>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF x </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>第三条的图像</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    text = api.read(data).text
    ranges = [(text.index(words), text.index(words) + len(words)) for words in ("不可撤销", "地使用", "的图", "图像")]
    wanted = options()
    annotated = annotate_file(data, report := report_on(data, ranges), wanted)
    assert [(note.expected, note.exact) for note in check(annotated, report, wanted)] == [
        ("不可撤销", True), ("地使用", True), ("的图", True), ("图像", True),
    ]  # fmt: skip
    root = main_part(annotated.data)
    assert ["".join(change.itertext()) for change in root.iter(f"{W}ins")] == ["永久不可撤销地"]
    assert ["".join(link.itertext()) for link in root.iter(f"{W}hyperlink")] == ["使用人脸"]
    assert not [mark for change in root.iter(f"{W}ins", f"{W}hyperlink") for mark in change.iter(f"{W}commentReference")]


def test_comments_that_were_there_stay(options: Callable[..., Any]):
    original = docx.Document()
    run = original.add_paragraph().add_run("您同意我们永久使用您的人脸图像，该同意不可撤销。")
    original.add_comment(run, text="请核对。", author="王律师", initials="W")
    data = saved(original)
    report = api.scan(data, name="a.docx")
    annotated = annotate_file(data, report, options())
    found = list(docx.Document(io.BytesIO(annotated.data)).comments)
    assert (found[0].comment_id, found[0].author, found[0].text) == (0, "王律师", "请核对。")
    assert {item.author for item in found[1:]} == {"clausescan"}
    assert len({item.comment_id for item in found}) == len(found)
    assert {words for words, _ in comments(annotated.data, options()).values()} >= {"永久", "不可撤销"}


def test_the_document_itself_has_a_comment_with_conclusion_coverage_and_disclaimer(options: Callable[..., Any]):
    data = SAMPLES[1].read_bytes()
    report = api.scan(data, name=SAMPLES[1].name)
    words, note = next(iter(comments(annotate_file(data, report, options()).data, options()).values()))
    assert words == report.document.title
    assert "3 条供律师复核" in note
    assert "不构成法律意见" in note
    assert report.document.sha256[:16] in note


def test_a_document_without_findings_says_that_nothing_was_found(options: Callable[..., Any]):
    data = word("<w:p><w:r><w:t>本店营业时间为九时至二十一时。</w:t></w:r></w:p>")
    [(_, note)] = comments(annotate_file(data, api.scan(data), options()).data, options()).values()
    assert "未发现候选条款；这不表示文件合法或有效" in note


def test_the_same_report_gives_the_same_bytes(options: Callable[..., Any]):
    data = SAMPLES[0].read_bytes()
    report = api.scan(data, name="a.docx")
    assert annotate_file(data, report, options("en")).data == annotate_file(data, report, options("en")).data


def test_main_anchors_are_one_comment_for_each_finding(options: Callable[..., Any]):
    data = SAMPLES[0].read_bytes()
    report = api.scan(data, name="a.docx")
    wanted = options("en", anchors="main")
    assert len(check(annotate_file(data, report, wanted), report, wanted)) == len(report.findings)


def test_suggestions_can_be_rejected_and_accepted(options: Callable[..., Any], without_marks: Callable[..., Any]):
    data = SAMPLES[1].read_bytes()
    report = api.scan(data, name="a.docx")
    wanted = options(suggest=True)
    annotated = annotate_file(data, report, wanted)
    rejected = api.read(annotated.data, settings=Settings(revisions="original")).text
    accepted = api.read(annotated.data, settings=Settings(revisions="final")).text
    assert rejected == report.document.text
    assert sum(f"【{finding.suggestion}】" in accepted for finding in report.findings) == len(report.findings)
    assert "撤回与同意同样便捷" in accepted
    assert without_marks(annotated.data) == without_marks(data)
    assert all(note.exact for note in check(annotated, report, wanted))


@pytest.mark.parametrize(
    ("settings", "extra", "code"),
    [
        ('<w:documentProtection w:edit="readOnly" w:enforcement="1"/>', {}, "W002_read_only"),
        ('<w:documentProtection w:edit="readOnly" w:enforcement="0"/>', {}, None),
        ("", {"_xmlsignatures/origin.sigs": b""}, "W001_signed"),
    ],
    ids=["read-only", "protection switched off", "signed"],
)
def test_protected_and_signed_documents_are_told(settings: str, extra: dict[str, bytes], code: str | None, options: Callable[..., Any]):
    data = word("<w:p><w:r><w:t>您同意我们永久使用您的人脸图像。</w:t></w:r></w:p>", settings=settings, extra=extra)
    annotated = annotate_file(data, api.scan(data), options())
    assert [found.code for found in annotated.problems] == ([code] if code else [])


@pytest.mark.parametrize("name", ["strict.docx", "macro.docm", "template.dotx"])
def test_kinds_of_word_packages_stay_what_they_are(name: str, report_on: Callable[..., Any], options: Callable[..., Any]):
    data = (FILES / name).read_bytes()
    report = report_on(data, [(0, 2)])
    annotated = annotate_file(data, report, options())
    assert all(note.exact for note in check(annotated, report, options()))
    with zipfile.ZipFile(io.BytesIO(annotated.data)) as package:
        main, comment = package.read("word/document.xml"), package.read("word/comments.xml")
    assert (b"purl.oclc.org" in main) == (b"purl.oclc.org" in comment) == (name == "strict.docx")


def test_a_report_about_another_file_is_refused(options: Callable[..., Any]):
    data = SAMPLES[0].read_bytes()
    report = api.scan(data)
    with pytest.raises(UsageError, match="not about this file"):
        annotate_file(SAMPLES[1].read_bytes(), report, options())
    other = replace(report, document=replace(report.document, text="other"))
    with pytest.raises(UsageError, match="not about this file"):
        annotate_file(data, other, options())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_result(tmp_path: Path, options: Callable[..., Any], report_on: Callable[..., Any], middles: Callable[..., Any]):
    for name in ("content", "revisions", "tables"):
        data = (FILES / f"{name}.docx").read_bytes()
        report = report_on(data, middles(api.scan(data)))
        (tmp_path / f"{name}.docx").write_bytes(annotate_file(data, report, options(suggest=True)).data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, tmp_path.glob("*.docx"))]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert {path.stem for path in tmp_path.glob("*.pdf")} == {"content", "revisions", "tables"}
    assert "影像使用协议" in api.read(tmp_path / "content.pdf").text


def word(body: str, *, settings: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """Return a DOCX made by python-docx with another body, settings and members."""
    source = io.BytesIO(saved(docx.Document()))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            blob = old.read(name)
            if name == "word/document.xml":
                start, end = blob.index(b"<w:body>") + 8, blob.index(b"<w:sectPr")
                blob = blob[:start] + body.encode() + blob[end:]
            elif name == "word/settings.xml" and settings:
                blob = blob.replace(b"</w:settings>", settings.encode() + b"</w:settings>")
            new.writestr(name, blob)
        for name, blob in (extra or {}).items():
            new.writestr(name, blob)
    return out.getvalue()


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def main_part(data: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))
