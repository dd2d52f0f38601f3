from __future__ import annotations

import io
import re
from pathlib import Path

import pdfplumber
import pytest

from clausescan.benchmark import bare_extraction, best, measure_bulk, pdf, policy


@pytest.mark.parametrize("share", [0.06, 0.95])
def test_the_policy_has_the_length_and_share_that_is_asked_for(share: float):
    text = policy(20_000, share)
    sentences = [
        sentence for sentence in re.split(r"[。\n]", text) if sentence and not re.fullmatch(r"第\d+条 处理规则|某某服务隐私政策", sentence)
    ]
    faces = sum(bool(re.search("脸|面部特征", sentence)) for sentence in sentences)
    assert 20_000 <= len(text) < 20_500
    assert faces / len(sentences) == pytest.approx(share, abs=0.01)
    assert text == policy(20_000, share)


def test_the_pdf_can_be_read():
    text = policy(2_000, 0.06)
    with pdfplumber.open(io.BytesIO(pdf(text))) as opened:
        read = "".join(page.extract_text() for page in opened.pages)
    assert re.sub(r"\s", "", read) == re.sub(r"\s", "", text)


def test_bare_extraction_sees_every_character_with_its_box(tmp_path: Path):
    text = policy(2_000, 0.06)
    path = tmp_path / "policy.pdf"
    path.write_bytes(pdf(text))
    found = [item for item in bare_extraction(path) if not chr(item[0]).isspace()]
    assert "".join(chr(item[0]) for item in found) == re.sub(r"\s", "", text)
    assert all(left < right and bottom < top and size == 11 for _, left, top, right, bottom, size in found)


def test_best_of_several_runs():
    runs: list[int] = []
    assert best(lambda: runs.append(1), 3) >= 0
    assert len(runs) == 4


def test_bulk_figures_are_of_documents_that_were_all_read():
    figures = {figure.name: figure for figure in measure_bulk(Path(__file__).parents[1] / "corpus" / "samples", 50)}
    assert len(figures) == 14
    assert all(figure.value > 0 for name, figure in figures.items() if "growth" not in name)
