"""The words of a unit as the text model sees them: n-grams of the folded text, with a sign for faces, persons and processors.

A model that reads 您 and 业主, or 人脸 and 面部, as the same sign learns from one trade what it needs in another.

>>> masked("您同意我们永久使用您的人脸图像", "zh")
'Ｕ同意Ｐ永久使用Ｕ的Ｆ图像'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from clausescan.models import FAR, Linear, Model
from clausescan.types import Language

_ZH_SIZES, _EN_SIZES = (1, 2, 3), (1, 2, 3)
_EN_TOKEN = re.compile(r"[a-zｆｕｐ']+|\d+|[^\sa-zｆｕｐ\d]")
_ENDING = re.compile(r"(?:ations?|ings?|ers?|ed|es|ies|ly|ments?|ness|able|ible|al|s|e|ions?|ance|ence)$")
_SHORT = 4
_SIGNS: dict[Language, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "zh": (
        ("Ｆ", re.compile(r"人脸|面部|脸部|面容|面孔|人面|脸")),
        ("Ｕ", re.compile(r"您|用户|会员|员工|业主|住户|顾客|学员|家长|患者|乘客|旅客|本人|承租人|客户|乙方")),
        ("Ｐ", re.compile(r"我们|本?公司|本?平台|物业|酒店|学校|本行|甲方|医院|本院")),
    ),
    "en": (
        (
            "ｆ",
            re.compile(
                r"\bfac(?:e|ial)(?: (?:image|scan|data|template|print|photo|picture|map|geometry|video|information|record|feature"
                r"|recognition))?s?\b|\bfaceprints?\b"
            ),
        ),
        (
            "ｕ",
            re.compile(
                r"\b(?:you|user|member|employee|tenant|resident|guest|customer|participant|patient|student|parent|worker|driver"
                r"|passenger|licensor|party b)s?\b"
            ),
        ),
        (
            "ｐ",
            re.compile(r"\b(?:we|us|company|operator|the (?:platform|school|hotel|bank|employer|clinic)|party a|licensee)\b"),
        ),
    ),
}


def masked(text: str, language: Language) -> str:
    """Return a folded text with one sign for each word for a face, a person or a processor."""
    for sign, words in _SIGNS[language]:
        text = words.sub(sign, text)
    return text


def grams(text: str, language: Language) -> list[str]:
    """Return the n-grams of a folded text, each as often as it stands there: characters in Chinese, words in English."""
    text = masked(text, language)
    if language == "zh":
        return [text[place : place + size] for size in _ZH_SIZES for place in range(len(text) - size + 1)]
    words = list(map(_stem, _EN_TOKEN.findall(text)))
    return [" ".join(words[place : place + size]) for size in _EN_SIZES for place in range(len(words) - size + 1)]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Return a word without its ending: "withdraws" and "withdrawal" are the same sign to a model."""
    return _ENDING.sub("", word) if len(word) > _SHORT else word


def segments(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges between commas and other marks: the smallest parts that are quoted as the wording that moved a model."""
    start = 0
    for mark in re.finditer(r"[,;:。!?|\n]+|\.(?=\s)", text):
        if text[start : mark.start()].strip():
            yield start + len(text[start : mark.start()]) - len(text[start : mark.start()].lstrip()), mark.start()
        start = mark.end()
    if text[start:].strip():
        yield start + len(text[start:]) - len(text[start:].lstrip()), len(text)


class Wording(NamedTuple):
    """What the text models say of a unit: logits by head, and for each attribute the segment that suggests it most."""

    scores: dict[str, float]
    spans: dict[str, tuple[int, int]]


def weigh(text: str, language: Language, model: Model, floor: float) -> Wording | None:
    """Return what the text models say of the folded text of a unit; None when the logit of "flag" is not above `floor`.

    Scores "span:NAME" and "span2:NAME" are of its two best segments.
    """
    scores = dict(zip(model.clause.heads, _logits(text, language, model.clause), strict=True))
    if scores["flag"] <= floor:
        return None
    places = list(segments(text))
    rows = [_logits(text[start:end], language, model.span) for start, end in places]
    spans: dict[str, tuple[int, int]] = {}
    for column, name in enumerate(model.span.heads):
        ranked = sorted(((row[column], place) for row, place in zip(rows, places, strict=True)), reverse=True)
        scores |= span_scores(name, [score for score, _ in ranked])
        if ranked:
            spans[name] = ranked[0][1]
    return Wording(scores, spans)


@lru_cache(maxsize=20_000)
def _logits(text: str, language: Language, linear: Linear) -> tuple[float, ...]:
    """Return the logit of each head for a text. Kept, because policies are full of sentences that stand in many of them."""
    return tuple(linear.logits(grams(text, language)).tolist())


def span_scores(name: str, ranked: Sequence[float]) -> dict[str, float]:
    """Return the scores of the two best segments for an attribute, highest first; FAR stands for a missing one."""
    first, second, *_ = (*ranked[:2], FAR, FAR)
    return {f"span:{name}": first, f"span2:{name}": second}
