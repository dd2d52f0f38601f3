"""Every question proves itself on its own sentences."""

from __future__ import annotations

import pytest

from clausescan import api
from clausescan.facesheet.questions import LANGUAGES, questions
from clausescan.facesheet.sheet import Sheet, facesheet
from clausescan.types import Language


def sheet(text: str, language: Language) -> Sheet:
    document = api.text_document(text, language=language)
    return facesheet(document, api.clauses_in(document))


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [(question.id, language, text) for question in questions() for language in LANGUAGES for text in question.answers[language]],
)
def test_this_answers(question: str, language: Language, text: str):
    (first, *_) = sheet(text, language).answers[question]
    assert first.text in text


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [(question.id, language, text) for question in questions() for language in LANGUAGES for text in question.silent[language]],
)
def test_this_does_not(question: str, language: Language, text: str):
    assert sheet(text, language).answers[question] == ()
