"""The shortcuts of the PDF reader give what the plain way gives, on texts and places made at random."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest

from clausescan.benchmark import bare_extraction
from clausescan.readers import pdf_glyphs, pdf_words
from clausescan.readers.pdf_glyphs import Run

FILES = Path(__file__).parents[1] / "files" / "pdf"
_ALPHABET = "授权信息ab9。“— \t\u3000\u00a0\x00\x02\u00ad\ufffe\ud801"


def _clean_one_by_one(text: str, left: list[float], right: list[float], size: float, spacing: float) -> tuple[str, list[float]]:
    out: list[str] = []
    edges: list[float] = []
    last = blank = -1
    for index, character in enumerate(text):
        if character in pdf_words._BLANKS:
            blank = index if blank < 0 or character == "\u3000" else blank
            continue
        if character in pdf_words._DROPPED:
            continue
        if blank >= 0 and last >= 0:
            gap, drawn = (left[index] - right[last]) / size, right[blank] > left[blank]
            kept = pdf_words._kept_blank(text[last], text[blank], character, gap, spacing / size, drawn)
            out += kept
            edges += [right[last]] * len(kept)
        blank, last = -1, index
        out.append("-" if character == "\ufffe" and index + 1 < len(text) else "\ufffd" if "\ud800" <= character <= "\udfff" else character)
        edges.append(left[index])
    return "".join(out), edges


@pytest.mark.parametrize("spacing", [0.0, 3.0])
def test_cleaning_gap_by_gap_is_cleaning_one_by_one(spacing: float) -> None:
    choose = random.Random(3)
    for _ in range(3_000):
        text = "".join(choose.choices(_ALPHABET, k=choose.randint(1, 12)))
        left = [10.0 * place + choose.choice((0, 0, 4)) for place in range(len(text))]
        right = [x + choose.choice((0, 8, 10)) for x in left]
        assert pdf_words.clean(text, left, right, 10, spacing) == _clean_one_by_one(text, left, right, 10, spacing), ascii(text)


def test_a_piece_is_plain_when_the_patterns_find_nothing_in_it() -> None:
    choose = random.Random(4)
    for _ in range(3_000):
        text = "".join(choose.choices(_ALPHABET, k=choose.randint(1, 5)))
        assert pdf_words.is_plain(text) == (pdf_words._ODD.search(text) is None), ascii(text)


def test_text_drawn_twice_is_found_in_bands_as_among_all() -> None:
    choose = random.Random(5)
    text = "的的的"
    for _ in range(300):
        runs = []
        for _ in range(30):
            u, base, size = choose.uniform(0, 8), choose.uniform(-20, 20), choose.choice((4, 10, 60))
            start = choose.randint(0, 2)
            runs.append(Run(start, start + 1, u, u + size, base - size, base, base, size))
        kept: list[Run] = []
        for run in runs:
            reach = 0.2 * run.size
            if not any(abs(one.base - run.base) < reach and abs(one.u0 - run.u0) < reach for one in kept):
                kept.append(run)
        assert list(pdf_glyphs._drawn_once(runs, text)) == kept


@pytest.mark.parametrize("ready", [0, 7, 8_192])
def test_boxes_are_those_of_the_plain_calls(ready: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_glyphs, "_MAX_READY", ready)
    monkeypatch.setattr(pdf_glyphs, "_ready", [])
    path = FILES / "two_columns.pdf"
    document = pdfium.PdfDocument(path)
    read = []
    for index in range(len(document)):
        with pdf_glyphs.Sheet(document, index) as sheet:
            text = sheet.characters(100_000)
            columns = [column.tolist() for column in sheet.boxes(len(text))]
            read += list(zip(map(ord, text), *columns, strict=True))
    assert read == [item[:5] for item in bare_extraction(path)]


def test_the_style_of_a_text_object_is_that_of_each_of_its_characters() -> None:
    for name in ("one_column", "watermark", "drawn_sideways", "libreoffice"):
        document = pdfium.PdfDocument(FILES / f"{name}.pdf")
        with pdf_glyphs.Sheet(document, 0) as sheet:
            places = np.array([place for place, character in enumerate(sheet.characters(100_000)) if not character.isspace()])
            together = sheet.styles(places)
            for item, place in enumerate(places):
                alone = sheet.styles(np.array([place]))
                for field in ("angle", "x", "y", "size", "bold", "hidden"):
                    assert getattr(together, field)[item] == getattr(alone, field)[0], (name, place, field)


def test_slanted_text_has_no_direction() -> None:
    angles = np.array([0.0, -3.5, 4.5, 90.2, 181.0, -90.0, 45.0, np.nan])
    assert pdf_glyphs.quarters(angles).tolist() == [0, 0, pdf_glyphs.SLANTED, 90, 180, 270, pdf_glyphs.SLANTED, pdf_glyphs.SLANTED]
