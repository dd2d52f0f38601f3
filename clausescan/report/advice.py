"""What could stand in the clause instead, and which elements of Article 11 its text shows: said by every hand-over format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from clausescan import rules
from clausescan.report.phrases import Phrases
from clausescan.types import ATTRIBUTES, Evidence, Finding, Language

State = Literal["found", "not_found", "ask"]

# what would bound each attribute: period, withdrawal, named recipients, purposes
_NARROWING: dict[str, tuple[str, str]] = {
    "unlimited_duration": (
        "state a period of retention that fits the purpose, and deletion at its end or when the service ends",
        "写明与处理目的相应的保存期限，期限届满或者服务终止时删除",
    ),
    "irrevocable": (
        "let consent be withdrawn at any time, as easily as it was given, with processing stopped and the data deleted",
        "写明可以随时撤回同意，撤回与同意同样便捷，撤回后停止处理并删除",
    ),
    "sublicensable": (
        "name the recipients, the purpose and the data, and ask for separate consent before anything is provided",
        "列明接收方、目的和信息种类，提供前另行取得单独同意",
    ),
    "other_unlimited": ("list the purposes and means of processing instead of a general grant", "列明处理的目的和方式，不作概括授权"),
}

# element of the article: what it is called, and whether only facts outside the text can show it
_ELEMENTS: dict[str, tuple[str, str]] = {
    "processor": ("Information processor", "信息处理者"),
    "standard_term": ("Standard term: drafted in advance, not negotiated", "格式条款：预先拟定、未经协商"),
    "natural_person": ("Contract concluded with a natural person", "与自然人订立的合同"),
    "grant": ("Requires the person to grant", "要求自然人授予"),
    "face": ("Rights to process face information", "处理人脸信息的权利"),
}
_STATES: dict[State, tuple[str, str]] = {
    "found": ("found", "文本中已见"),
    "not_found": ("not found", "文本中未见"),
    "ask": ("to be asked", "待查明"),
}
_PROCESSOR = ("Who decides on purpose and means (assumed here).", "由谁决定处理目的和处理方式（此处为推定）。")
_PRACTICE = ("stated as a practice, not as a grant", "以做法陈述，未见授权用语")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRow:
    """An element of Article 11, whether the text shows it, and the words that do or why none can."""

    name: str
    state: State
    state_name: str
    words: str


def suggestion(finding: Finding, language: Language) -> str:
    """Return how the clause could be narrowed, as one sentence; "" when nothing is known."""
    if finding.suggestion:
        return finding.suggestion
    kept = [_NARROWING[fact.name][language == "zh"] for fact in finding.attributes]
    text = ("；" if language == "zh" else "; ").join(dict.fromkeys(kept))
    return text[:1].upper() + text[1:] + ("。" if language == "zh" else ".") if text else ""


def element_rows(finding: Finding, language: Language) -> tuple[ElementRow, ...]:
    """Return the elements of Article 11 in the order of the article; those of fact are to be asked."""
    return tuple(_element_rows(finding, Phrases(language)))


def _element_rows(finding: Finding, phrases: Phrases) -> Iterator[ElementRow]:
    asked = {note.code: phrases.note(note) for note in finding.missing_facts}
    yield _row(phrases, "processor", "ask", _PROCESSOR[phrases.language == "zh"])
    yield _row(phrases, "standard_term", "ask", asked.get("standard_term", ""))
    yield _row(phrases, "natural_person", "ask", asked.get("natural_person", asked.get("contract_concluded", "")))
    grant = phrases.cues(_of(finding, "right"))
    practice = finding.right == "practice"
    words = phrases.semicolon.join(filter(None, (_PRACTICE[phrases.language == "zh"] if practice else "", grant)))
    yield _row(phrases, "grant", "not_found" if practice else "found", words)
    cues = phrases.cues(_of(finding, "subject", "definition", "antecedent"))
    face = phrases.semicolon.join(filter(None, (phrases.subject(finding), cues)))
    yield _row(phrases, "face", "found" if finding.subject in ("face_direct", "by_definition") else "ask", face)
    facts = {fact.name: fact for fact in finding.attributes}
    for name in ATTRIBUTES:
        label = rules.rule("ART11").names["attribute"][name][phrases.language]
        if name in facts:
            yield _state(phrases, phrases.attribute(facts[name]), "found", phrases.cues(facts[name].evidence))
        else:
            yield _state(phrases, label[:1].upper() + label[1:], "not_found", "")


def _of(finding: Finding, *roles: str) -> Iterable[Evidence]:
    return (item for item in finding.evidence if item.role in roles)


def _row(phrases: Phrases, key: str, state: State, words: str) -> ElementRow:
    return _state(phrases, _ELEMENTS[key][phrases.language == "zh"], state, words)


def _state(phrases: Phrases, name: str, state: State, words: str) -> ElementRow:
    told = _STATES[state][phrases.language == "zh"]
    return ElementRow(name=name[:1].upper() + name[1:], state=state, state_name=told, words=words or "—")
