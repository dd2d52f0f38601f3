"""PDF highlights: on the words, in every layout of the reader's test files; pages keep their content."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, String

from clausescan import api
from clausescan.annotate import annotate_file
from clausescan.annotate.check import check, highlights
from clausescan.errors import ReadError
from clausescan.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "files" / "pdf"
SAMPLES = sorted((ROOT / "corpus" / "samples").glob("*.pdf"))
LAYOUTS = [
    "one_column", "two_columns", "columns_by_line", "rotated", "drawn_sideways", "letter_spaced", "watermark", "english", "libreoffice",
    "annotated", "partly_scanned", "garbled",
]  # fmt: skip


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_highlights_stand_on_the_evidence_and_say_why(path: Path, options: Callable[..., Any]):
    data = path.read_bytes()
    report = api.scan(data, name=path.name)
    wanted = options(report.document.language)
    annotated = annotate_file(data, report, wanted)
    notes = check(annotated, report, wanted)
    assert [note for note in notes if not note.exact] == []
    assert len(notes) >= len(report.findings) == 3
    law, counter = ("法律依据", "对方可主张") if report.document.language == "zh" else ("Law:", "They may say:")
    assert law in notes[0].note
    assert counter in notes[0].note


@pytest.mark.parametrize("name", LAYOUTS)
def test_any_words_of_any_layout_can_be_marked(
    name: str, report_on: Callable[..., Any], middles: Callable[..., Any], options: Callable[..., Any]
):
    data = (FILES / f"{name}.pdf").read_bytes()
    report = report_on(data, middles(api.scan(data, settings=Settings(ocr=False))))
    annotated = annotate_file(data, report, options())
    notes = check(annotated, report, options())
    assert len(notes) >= len(report.findings) > 0
    assert [note for note in notes if not note.exact] == []


@pytest.mark.parametrize("name", ["one_column", "rotated", "annotated", "form", "libreoffice"])
def test_nothing_but_annotations_is_new(name: str, report_on: Callable[..., Any], middles: Callable[..., Any], options: Callable[..., Any]):
    data = (FILES / f"{name}.pdf").read_bytes()
    annotated = annotate_file(data, report_on(data, middles(api.scan(data, settings=Settings(ocr=False)))), options()).data
    with pikepdf.open(io.BytesIO(data)) as old, pikepdf.open(io.BytesIO(annotated)) as new:
        assert [contents(page) for page in old.pages] == [contents(page) for page in new.pages]
        for before, after in zip(old.pages, new.pages, strict=True):
            notes = list(after.obj.get(Name.Annots, Array()))
            kept = list(before.obj.get(Name.Annots, Array()))
            assert [str(note.get(Name.Contents, note.get(Name.T, ""))) for note in notes[: len(kept)]] == [
                str(note.get(Name.Contents, note.get(Name.T, ""))) for note in kept
            ]
            ours = notes[len(kept) :]
            assert {str(note.get(Name.T, "clausescan")) for note in ours} <= {"clausescan"}
            assert all(Name.N in note.AP for note in ours if note.Subtype != Name.Popup)
        assert (Name.AcroForm in old.Root) == (Name.AcroForm in new.Root)
    assert pictures(data, forms=False) == pictures(annotated, forms=False)


def test_marks_are_seen_and_leave_the_words_black(options: Callable[..., Any]):
    data = SAMPLES[1].read_bytes()
    annotated = annotate_file(data, api.scan(data), options()).data
    plain, marked = (pdfium.PdfDocument(pdf)[1].render(scale=2).to_numpy()[..., :3].astype(int) for pdf in (data, annotated))
    changed = (plain != marked).any(axis=2)
    assert changed.sum() > 1000
    assert (marked[changed].max(axis=1) - marked[changed].min(axis=1)).mean() > 60  # in colour, not grey
    assert (marked[plain.max(axis=2) < 40] < 60).all()


def test_outline_entries_lead_to_the_findings(options: Callable[..., Any]):
    data = SAMPLES[1].read_bytes()
    report = api.scan(data)
    document = pdfium.PdfDocument(annotate_file(data, report, options()).data)
    entries = [(item.get_title(), item.level, item.get_dest().get_index() + 1) for item in document.get_toc()]
    group = next(index for index, entry in enumerate(entries) if entry[0] == "clausescan：待复核条款")
    assert [page for _, _, page in entries[group + 1 :]] == [finding.place.page for finding in report.findings]
    assert [title.split()[0] for title, _, _ in entries[group + 1 :]] == ["1", "2", "3"]


def test_an_outline_that_is_there_stays(options: Callable[..., Any]):
    data = SAMPLES[0].read_bytes()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        with pdf.open_outline() as outline:
            outline.root[:] = [pikepdf.OutlineItem("Chapter", 0)]
        data = saved(pdf)
    annotated = annotate_file(data, api.scan(data), options("en")).data
    assert [item.get_title() for item in pdfium.PdfDocument(annotated).get_toc()][:2] == ["Chapter", "clausescan: clauses to review"]


def test_a_crop_box_that_is_not_at_the_corner_moves_the_highlight(options: Callable[..., Any]):
    with pikepdf.open(SAMPLES[0]) as pdf:
        for page in pdf.pages:
            x0, y0, x1, y1 = (float(value) for value in page.mediabox.as_list())
            page.obj.MediaBox = Array([x0 - 90, y0 - 40, x1 + 10, y1 + 70])
            page.obj.CropBox = Array([x0 + 20, y0 + 10, x1, y1 + 30])
        data = saved(pdf)
    report = api.scan(data)
    notes = check(annotate_file(data, report, options("en")), report, options("en"))
    assert len(notes) >= 3
    assert all(note.exact for note in notes)


def test_pages_that_share_a_list_of_annotations_get_lists_of_their_own(options: Callable[..., Any]):
    with pikepdf.open(SAMPLES[0]) as pdf:
        shared = pdf.make_indirect(Array())
        for page in pdf.pages:
            page.obj.Annots = shared
        data = saved(pdf)
    report = api.scan(data)
    names = [name for name, _ in highlights(annotate_file(data, report, options("en")).data)]
    assert len(names) == len(set(names)) >= 3


def test_a_finding_without_a_place_on_the_page_has_a_note_in_the_corner(options: Callable[..., Any]):
    data = SAMPLES[0].read_bytes()
    report = api.scan(data)
    report = replace(report, document=replace(report.document, lines=()))
    notes = check(annotate_file(data, report, options("en")), report, options("en"))
    assert len(notes) == len(report.findings)
    assert not any(note.exact for note in notes)


def test_evidence_in_a_form_field_is_marked_in_the_field(options: Callable[..., Any]):
    data = (FILES / "form.pdf").read_bytes()
    report = api.scan(data)
    notes = check(annotate_file(data, report, options()), report, options())
    assert {note.expected for note in notes} >= {"永久"}
    assert all(note.exact for note in notes)


def test_encryption_and_permissions_of_the_original_hold(options: Callable[..., Any]):
    data = (FILES / "locked_owner.pdf").read_bytes()
    annotated = annotate_file(data, api.scan(data), options()).data
    with pikepdf.open(io.BytesIO(annotated)) as pdf:
        assert pdf.is_encrypted
        assert not pdf.allow.modify_assembly
    with pikepdf.open(SAMPLES[0]) as pdf:
        rules = pikepdf.Permissions(modify_annotation=False)
        forbidden = saved(pdf, encryption=pikepdf.Encryption(owner="owner", user="", allow=rules))
    report = api.scan(forbidden)
    with pytest.raises(ReadError, match="does not allow annotations") as caught:
        annotate_file(forbidden, report, options())
    assert caught.value.problem.code == "W003_no_annotations"
    assert annotate_file(forbidden, report, options("en"), as_text=True).findings == 3


def test_a_signed_document_is_told_and_keeps_its_signature_field(options: Callable[..., Any]):
    with pikepdf.open(SAMPLES[0]) as pdf:
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("s"), V=Dictionary(Type=Name.Sig, Contents=String("x"))))
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(Dictionary(Kids=Array([field])))]), SigFlags=3)
        data = saved(pdf)
    annotated = annotate_file(data, api.scan(data), options("en"))
    assert [found.code for found in annotated.problems] == ["W001_signed"]
    with pikepdf.open(io.BytesIO(annotated.data)) as pdf:
        assert pdf.Root.AcroForm.Fields[0].Kids[0].V.Type == Name.Sig


def test_the_same_report_gives_the_same_bytes(options: Callable[..., Any]):
    data = SAMPLES[0].read_bytes()
    report = api.scan(data)
    assert annotate_file(data, report, options("en")).data == annotate_file(data, report, options("en")).data


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_poppler_reads_the_same_text(tmp_path: Path, options: Callable[..., Any]):
    data = SAMPLES[1].read_bytes()
    texts = []
    for name, blob in (("old", data), ("new", annotate_file(data, api.scan(data), options()).data)):
        (tmp_path / f"{name}.pdf").write_bytes(blob)
        done = subprocess.run(["pdftotext", str(tmp_path / f"{name}.pdf"), "-"], check=True, capture_output=True, timeout=60)
        assert done.stderr == b""
        texts.append(done.stdout)
    assert texts[0] == texts[1] != b""


def contents(page: pikepdf.Page) -> list[bytes]:
    found = page.obj.get(Name.Contents, Array())
    return [stream.read_raw_bytes() for stream in (found if isinstance(found, Array) else [found])]


def pictures(data: bytes, *, forms: bool) -> list[bytes]:
    return [page.render(scale=0.5, may_draw_forms=forms, draw_annots=False).to_numpy().tobytes() for page in pdfium.PdfDocument(data)]


def saved(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()
