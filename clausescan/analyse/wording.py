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
from weakref import WeakKeyDictionary

from clausescan.models import FAR, Linear, Model
from clausescan.types import Language

_SIZES = (1, 2, 3)
_TOLD = 5
_MOST_KEPT = 20_000
# the logits of texts that were weighed, by model: of clauses and of segments
_KEPT: WeakKeyDictionary[Linear, dict[str, tuple[float, ...]]] = WeakKeyDictionary()
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
# how a reader is shown the signs
_NAMES = {"Ｆ": "〔人脸〕", "Ｕ": "〔个人〕", "Ｐ": "〔处理者〕", "ｆ": "[face]", "ｕ": "[person]", "ｐ": "[processor]"}


def masked(text: str, language: Language) -> str:
    """Return a folded text with one sign for each word for a face, a person or a processor."""
    for sign, words in _SIGNS[language]:
        text = words.sub(sign, text)
    return text


def tokens(text: str, language: Language) -> Sequence[str]:
    """Return the tokens of a folded text: characters in Chinese, stemmed words in English, faces and parties as signs."""
    text = masked(text, language)
    return text if language == "zh" else list(map(_stem, _EN_TOKEN.findall(text)))


def grams(text: str, language: Language) -> list[tuple[str, ...]]:
    """Return the n-grams of one to three tokens of a folded text, each as often as it stands there."""
    found = tokens(text, language)
    return [tuple(found[place : place + size]) for size in _SIZES for place in range(len(found) - size + 1)]


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


def telling(texts: Sequence[str], language: Language, model: Model) -> list[list[str]]:
    """Return for each folded text the words that spoke most for a finding, with names for the signs."""
    space = "" if language == "zh" else " "
    told = model.clause.telling([tokens(text, language) for text in texts], "flag", _TOLD)
    return [[space.join(_NAMES.get(token, token) for token in gram).strip() for gram in grams] for grams in told]


def weigh(texts: Sequence[str], floors: Sequence[float], language: Language, model: Model) -> list[Wording | None]:
    """Return what the text models say of the folded texts of units; None where the logit of "flag" is not above the floor.

    Scores "span:NAME" and "span2:NAME" are of its two best segments.
    """
    whole = [
        dict(zip(model.clause.heads, logits, strict=True))
        for logits in _logits(texts, language, model.clause)
    ]
    likely = [number for number, scores in enumerate(whole) if scores["flag"] > floors[number]]
    places = {number: list(segments(texts[number])) for number in likely}
    rows = iter(_logits([texts[number][start:end] for number in likely for start, end in places[number]], language, model.span))
    found: list[Wording | None] = [None] * len(texts)
    for number in likely:
        found[number] = _joined(whole[number], [(place, next(rows)) for place in places[number]], model.span.heads)
    return found


def _joined(scores: dict[str, float], parts: list[tuple[tuple[int, int], tuple[float, ...]]], heads: Sequence[str]) -> Wording:
    spans: dict[str, tuple[int, int]] = {}
    for column, name in enumerate(heads):
        ranked = sorted(((logits[column], place) for place, logits in parts), reverse=True)
        scores |= span_scores(name, [score for score, _ in ranked])
        if ranked:
            spans[name] = ranked[0][1]
    return Wording(scores, spans)


def _logits(texts: Sequence[str], language: Language, linear: Linear) -> list[tuple[float, ...]]:
    """Return the logit of each head for each text. Kept, because policies are full of sentences that stand in many of them."""
    known = _KEPT.setdefault(linear, {})
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        if len(known) > _MOST_KEPT:
            known.clear()
            new = list(dict.fromkeys(texts))
        known.update(zip(new, map(tuple, linear.logits([tokens(text, language) for text in new]).tolist()), strict=True))
    return [known[text] for text in texts]


def span_scores(name: str, ranked: Sequence[float]) -> dict[str, float]:
    """Return the scores of the two best segments for an attribute, highest first; FAR stands for a missing one."""
    first, second, *_ = (*ranked[:2], FAR, FAR)
    return {f"span:{name}": first, f"span2:{name}": second}
