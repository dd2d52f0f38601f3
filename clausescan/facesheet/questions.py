"""The questions and the words that answer them, from questions.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from clausescan.errors import DataError
from clausescan.types import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_SUBJECT_KEYS = {"face", "biometric", "reference", "consent", "other", "trait", "idle", "bar", "refusal", "gathers"}
_GAP = re.compile(r"<(\d+)(,?)>")
# "your data", but not "device data"
_PLAIN: dict[Language, str] = {
    "zh": r"(?:信息|数据|照片|图像|影像|特征)",
    "en": r"(?:\b(?:your|the|all|any|our|of|that|collected) (?:personal |collected |captured )?(?:data|information)\b"
    r"|(?:^|[,:] )(?:data|information) (?:is|are|will|may)\b|\b(?:photos?|images?|pictures?|copies|it|them|they)\b)",
}
# what a gap may not cross: the end of the sentence (they are cut before, but 。inside quotes may stand in one)
_END = {"zh": "。;", "en": ";"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language. `named`, `meant`: for each question, patterns where face data is named, or only meant."""

    face: re.Pattern[str]
    biometric: re.Pattern[str]
    reference: re.Pattern[str]
    consent: re.Pattern[str]
    other: re.Pattern[str]
    trait: re.Pattern[str]
    idle: re.Pattern[str]
    bar: re.Pattern[str]
    refusal: re.Pattern[str]
    gathers: re.Pattern[str]
    named: Mapping[str, tuple[re.Pattern[str], ...]]
    meant: Mapping[str, tuple[re.Pattern[str], ...]]
    under_heading: Mapping[str, tuple[re.Pattern[str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its proof: sentences that answer it and sentences that do not, by language."""

    id: str
    en: str
    zh: str
    answers: Mapping[str, tuple[str, ...]]
    silent: Mapping[str, tuple[str, ...]]

    def label(self, language: Language) -> str:
        """Return the question in a language."""
        return self.zh if language == "zh" else self.en


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions in their order. Raises DataError when the file is wrong."""
    return tuple(_question(raw) for raw in _data()["question"])


@cache
def words(language: Language) -> Words:
    """Return the compiled words of a language. Raises DataError for a pattern that is wrong."""
    raw = _data()
    subject = raw[language]["subject"]
    if subject.keys() != _SUBJECT_KEYS:
        raise DataError(f"questions.toml: {language}.subject must have the keys {', '.join(sorted(_SUBJECT_KEYS))}")
    named = f"(?:{subject['face']}|{subject['biometric']})"
    cues = {question["id"]: question[language]["cues"] for question in raw["question"]}
    # under a heading about face data a sentence need not name it: any word that is no other data will do
    plain = _PLAIN[language]
    return Words(
        **{key: _compile(pattern) for key, pattern in subject.items()},
        named=_cues(cues, named, subject["consent"], language),
        meant=_cues(cues, subject["reference"], subject["consent"], language),
        under_heading=_cues(cues, f"(?:{named}|{subject['reference']}|{plain})", subject["consent"], language),
    )


def _cues(cues: Mapping[str, list[str]], subject: str, consent: str, language: Language) -> dict[str, tuple[re.Pattern[str], ...]]:
    def gap(match: re.Match[str]) -> str:
        return f"[^{_END[language]}{match[2]}]{{0,{match[1]}}}"

    def whole(cue: str) -> str:
        return _GAP.sub(gap, cue).replace("<F>", subject).replace("<C>", consent)

    return {name: tuple(_compile(whole(cue)) for cue in patterns) for name, patterns in cues.items()}


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise DataError(f"questions.toml: {pattern!r}: {error}") from error


def _question(raw: Mapping[str, Any]) -> Question:
    known = {"id", "label_en", "label_zh", *LANGUAGES}
    if raw.keys() != known or any(raw[language].keys() != {"cues", "answers", "silent"} for language in LANGUAGES):
        raise DataError(f"questions.toml: {raw.get('id')}: a question has {', '.join(sorted(known))}, a language cues, answers, silent")
    return Question(
        id=raw["id"], en=raw["label_en"], zh=raw["label_zh"],
        answers={language: tuple(raw[language]["answers"]) for language in LANGUAGES},
        silent={language: tuple(raw[language]["silent"]) for language in LANGUAGES},
    )  # fmt: skip


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("clausescan.facesheet") / "questions.toml").read_text(encoding="utf-8"))
