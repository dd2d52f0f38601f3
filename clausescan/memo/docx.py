"""The memo as a Word document: the table of findings on pages laid across, then one part for each finding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clausescan.memo.content import AUTHOR, Detail, Labelled, Memo
from clausescan.report.grid import Column, Grid
from clausescan.report.word import WordDocument

_FACTS = (4.2, 11.6)  # centimetres: label and value


def write(memo: Memo, date: datetime) -> bytes:
    """Return the file; `date` stands in its properties."""
    word = WordDocument(memo.language, title=memo.title, author=AUTHOR, date=date)
    word.title(memo.title)
    columns = tuple(Column(title="", width=width) for width in _FACTS)
    word.table(Grid(columns=columns, rows=memo.facts), heads=False)
    word.heading(memo.headings["conclusion"])
    for sentence in memo.conclusion:
        word.paragraph(sentence, indent=True)
    if memo.details:
        word.section(landscape=True)
        word.heading(memo.headings["overview"])
        word.table(memo.overview)
        word.section(landscape=False)
        word.heading(memo.headings["details"])
        for detail in memo.details:
            _detail(word, detail)
    _foot(word, memo)
    word.header(f"{memo.title}　{memo.facts[0][1]}" if memo.language == "zh" else f"{memo.title} – {memo.facts[0][1]}")
    return word.bytes()


def _detail(word: WordDocument, detail: Detail) -> None:
    word.heading(detail.heading, 2)
    word.quote(detail.quote)
    word.table(detail.elements, together=True)
    _labelled(word, detail.notes)


def _foot(word: WordDocument, memo: Memo) -> None:
    if "common" in memo.headings:
        word.heading(memo.headings["common"])
        _labelled(word, memo.common)
    if "law" in memo.headings:
        word.heading(memo.headings["law"])
        word.paragraph(memo.law_note, keep=True)
        for provision in memo.law:
            word.bullet(provision)
    word.heading(memo.headings["coverage"])
    for sentence in memo.coverage:
        word.paragraph(sentence, indent=True)
    word.heading(memo.headings["disclaimer"])
    word.paragraph(memo.disclaimer, indent=True)
    word.paragraph("")
    word.paragraph(memo.signature)


def _labelled(word: WordDocument, notes: Iterable[Labelled]) -> None:
    for label, sentences in notes:
        if len(sentences) == 1:
            word.labelled(label, sentences[0])
            continue
        word.paragraph(label, bold=True, keep=True)
        for sentence in sentences:
            word.bullet(sentence)
