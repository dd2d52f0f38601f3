"""The sample documents say in every format what `corpus/samples/expected.toml` says of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clausescan import api

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
EXPECTED = tomllib.loads((SAMPLES / "expected.toml").read_text(encoding="utf-8"))["document"]
FILES = [(path, document["findings"]) for document in EXPECTED for path in sorted(SAMPLES.glob(f"{document['stem']}.*"))]


def test_every_sample_has_its_expectation():
    assert {path.name for path, _ in FILES} == {
        path.name for path in SAMPLES.iterdir() if path.suffix in {".txt", ".md", ".html", ".docx", ".pdf"}
    }


@pytest.mark.parametrize(("path", "expected"), FILES, ids=[path.name for path, _ in FILES])
def test_a_sample(path: Path, expected: list[dict[str, Any]]):
    report = api.scan(path)
    found = [(finding.clause.number, finding.grade, {fact.name for fact in finding.attributes}) for finding in report.findings]
    assert found == [(item["number"], item["grade"], set(item["attributes"])) for item in expected]
    for finding, item in zip(report.findings, expected, strict=True):
        assert re.sub(r"\s", "", item["words"]) in re.sub(r"\s", "", finding.quote)
        assert report.document.text[finding.place.start : finding.place.end] == finding.quote
