"""The sentences beside each rule of a related finding are its proof: each runs through the whole tool."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import get_args

import pytest

from clausescan import rules, scan_text
from clausescan.rules import related_rules
from clausescan.types import Language, Report

LANGUAGES: tuple[Language, ...] = get_args(Language)
FOLDER = files("clausescan.rules") / "related" / "examples"
SITUATIONS = tomllib.loads((FOLDER / "situations.toml").read_text(encoding="utf-8"))
CASES = [(code, language) for code, rule in rules.related().items() if rule.by is None for language in LANGUAGES]
FACE_GRANT = {"zh": "您同意我们永久使用您的人脸信息。", "en": "You agree that we may use your face images forever."}


def found(code: str, text: str, language: Language, *, whole: bool = False) -> bool:
    report = scan_text(text, language=language)
    return any(item.rule == code and item.document_level == whole for item in report.related)


@pytest.mark.parametrize(("code", "language"), CASES)
def test_what_must_be_found(code: str, language: Language):
    proof = related_rules.proof(code)
    assert [text for text in proof.flag[language] if not found(code, text, language)] == []
    assert [text for text in proof.document_flag[language] if not found(code, text, language, whole=True)] == []


@pytest.mark.parametrize(("code", "language"), CASES)
def test_what_must_not_be_found(code: str, language: Language):
    proof = related_rules.proof(code)
    assert [text for text in proof.passes[language] if found(code, text, language)] == []
    assert [text for text in proof.document_pass[language] if found(code, text, language, whole=True)] == []


@pytest.mark.parametrize(("code", "language"), CASES)
def test_there_are_fifteen_of_each_and_all_are_different(code: str, language: Language):
    proof = related_rules.proof(code)
    assert min(len(proof.flag[language]), len(proof.passes[language])) >= 15
    assert len({*proof.flag[language], *proof.passes[language]}) == len(proof.flag[language]) + len(proof.passes[language])


def pleas(report: Report) -> set[str]:
    return {note.code for finding in report.findings for note in finding.counter_arguments}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", related_rules.situations())
def test_a_situation_of_article_5_is_a_plea_and_never_takes_a_finding_away(code: str, language: Language):
    for text in SITUATIONS[code][language]:
        report = scan_text(text + (" " if language == "en" else "") + FACE_GRANT[language], language=language)
        assert f"article_5_{code}" in pleas(report), text
        assert report.grade != "none", text
    for text in SITUATIONS[code][f"{language}_pass"]:
        report = scan_text(text + (" " if language == "en" else "") + FACE_GRANT[language], language=language)
        assert f"article_5_{code}" not in pleas(report), text
