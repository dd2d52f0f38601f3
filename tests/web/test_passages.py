"""The clause view: nothing is lost, tables are tables, notes and numbers stand where they stand, marks are on their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from clausescan import api
from clausescan.types import Document
from clausescan.web import layout
from clausescan.web.layout import Layout
from clausescan.web.passages import Mark, Passage, passages, references

FILES = Path(__file__).parents[1] / "files"
SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
REAL = [
    FILES / "docx" / "content.docx", FILES / "docx" / "tables.docx", FILES / "docx" / "revisions.docx",
    FILES / "docx" / "numbering_formats.docx", FILES / "html" / "policy.html", FILES / "pdf" / "one_column.pdf", FILES / "pdf" / "form.pdf",
    *sorted(SAMPLES.glob("*.*.*")),
]  # fmt: skip


def laid(document: Document) -> Layout:
    return layout.layout_of(document, api.clauses_in(document))


def shown(found: list[Passage]) -> str:
    cells = (cell for passage in found for row in passage.rows for cell in row.cells)
    segments = [segment for passage in found for segment in passage.segments] + [segment for cell in cells for segment in cell]
    return "".join(segment.text for segment in segments)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_every_word_of_a_document_is_shown_once(path: Path):
    document = api.read(path)
    found = sorted("".join(shown(passages(document.text, laid(document), ())).split()))
    bars = "|" if "|" in document.text else ""  # between the cells of a row that becomes one of a table
    assert [char for char in found if char != bars] == [char for char in sorted("".join(document.text.split())) if char != bars]


def test_a_layout_comes_back_as_it_was():
    document = api.read(SAMPLES / "face-app-agreement.zh.pdf")
    kept = laid(document)
    assert layout.loads(layout.dumps(layout.plain(kept))) == kept
    assert {stop.page for stop in kept.clauses} == {1, 2, 3}
    with pytest.raises(ValueError, match="not a layout of this version"):
        layout.loads(b"x")


def test_tables_have_their_cells_and_go_on_over_a_page():
    document = api.read(FILES / "pdf" / "one_column.pdf")
    (table,) = (passage for passage in passages(document.text, laid(document), ()) if passage.kind == "table")
    rows = [["".join(segment.text for segment in cell) for cell in row.cells] for row in table.rows]
    assert rows[0] == ["用途", "载体", "期限", "能否转交"]
    assert rows[-1][0] == "参赛评奖"  # on the next page
    assert [row.header for row in table.rows] == [True, *[False] * (len(rows) - 1)]


def test_notes_boxes_and_margins_are_told_apart():
    document = api.read(FILES / "docx" / "content.docx")
    found = {passage.kind: "".join(segment.text for segment in passage.segments) for passage in passages(document.text, laid(document), ())}
    assert found["footnote"] == "尾注：另有约定。"
    assert found["margin"] == "第1页"
    assert "text_box" in found


def test_marks_cut_the_text_at_their_edges_and_keep_what_they_mean():
    text = "您同意我们永久使用您的人脸。"
    marks = [
        Mark(start=0, end=len(text), finding="f", role="finding"),
        Mark(start=5, end=7, finding="f", role="e-attribute"),
        Mark(start=3, end=9, finding="n", role="near"),
    ]
    (passage,) = passages(text, layout.from_text(text), marks)
    assert [(segment.text, segment.findings, segment.roles) for segment in passage.segments] == [
        ("您同意", ("f",), ("finding",)),
        ("我们", ("f", "n"), ("finding", "near")),
        ("永久", ("f", "n"), ("finding", "e-attribute", "near")),
        ("使用", ("f", "n"), ("finding", "near")),
        ("您的人脸。", ("f",), ("finding",)),
    ]


def test_references_lead_to_their_clause_and_never_to_two():
    text = "第一条 定义\n见第二条和第九条。\n第二条 期限\n依第一条。\n"
    document = api.text_document(text, language="zh")
    kept = laid(document)
    links = {
        segment.text: segment.leads_to for passage in passages(text, kept, ()) for segment in passage.segments if segment.leads_to is not None
    }
    assert links == {"第二条": text.index("第二条 期限"), "第一条": 0}
    assert references((*kept.clauses, *kept.clauses)) == {}
