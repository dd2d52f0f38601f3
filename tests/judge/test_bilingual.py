"""RF-18 on bilingual documents, each through the whole tool."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import clausescan
from clausescan.types import RelatedFinding

PAIRS = tomllib.loads((Path(__file__).parent / "bilingual.toml").read_text(encoding="utf-8"))
WORDS = {
    "unlimited_duration": "unlimited in time",
    "irrevocable": "irrevocable",
    "sublicensable": "freely sub-licensable",
    "other_unlimited": "otherwise unlimited",
}


def differences(example: dict[str, Any]) -> list[RelatedFinding]:
    report = clausescan.scan(example["text"].encode(), name=f"x.{example.get('format', 'txt')}")
    assert not report.inconclusive
    return [item for item in report.related if item.rule == "RF-18"]


@pytest.mark.parametrize("example", PAIRS["flag"], ids=lambda example: example["name"])
def test_what_stands_in_one_language_only(example: dict[str, Any]):
    found = differences(example)
    assert {item.summary.code for item in found} == {f"only_{example['only']}"}
    assert [name for name, words in WORDS.items() if any(words in item.summary.text for item in found)] == example["attributes"]
    for item in found:
        assert item.quote == example["text"].encode().decode()[item.place.start : item.place.end] or example.get("format")
        assert [piece.role for piece in item.evidence].count("counterpart") == 1


@pytest.mark.parametrize("example", PAIRS["pass"], ids=lambda example: example["name"])
def test_texts_that_do_not_differ_in_this(example: dict[str, Any]):
    assert [item.summary.text for item in differences(example)] == []


def test_there_are_enough_examples_of_both_kinds():
    assert min(len(PAIRS["flag"]), len(PAIRS["pass"])) >= 15


def test_the_language_that_prevails_is_named():
    (example,) = (item for item in PAIRS["flag"] if item["name"] == "a language prevails")
    (found,) = differences(example)
    assert "以英文版本为准" in found.summary.text_zh
    assert {basis.code for basis in found.legal_basis} == {"CC-466", "CC-498"}


def test_the_bilingual_sample():
    report = clausescan.scan(Path(__file__).parents[2] / "corpus" / "samples" / "gym-consent.bilingual.txt")
    (found,) = (item for item in report.related if item.rule == "RF-18")
    assert (found.clause.number, found.summary.code) == ("2.", "only_en")
    assert [item.text for item in found.evidence if item.role == "counterpart"] == ["二、俱乐部可以在会籍有效期内使用会员的人脸图像。"]
