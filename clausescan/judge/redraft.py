"""Narrower wording for a clause, put together from parts by what is wrong in it, and one plain sentence for the person."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from clausescan import sentences
from clausescan.judge.elements import party
from clausescan.types import ATTRIBUTES, ClauseFacts, Document, Note

_FIRST_PERSON = frozenset({"本人", "i", "me", "my", "the undersigned"})
_WE = frozenset({"we", "us", "our"})
_YOU = frozenset({"you", "your"})
# the purpose as the clause states it, and words that would leave it open again
_PURPOSE = {
    "zh": re.compile(r"(?:用于|用以|以便|以供|为了|供(?=[^，,。；;]{2,24}之用)|(?:^|(?<=[，,。；;：:\n\d、 ]))为)(?P<what>[^，,。；;：:（(“”\n]{2,36}?)等?(?:之?目的|之用|用途|需要|，|,|。|；|;|$)"),
    "en": re.compile(r"\b(?P<what>(?:for the purposes? of|in order to|to (?=train|verify|improve|identify|provide|prevent|confirm|create|generate)|for (?=verif|identif|security|safety|attendance|access|research|training|entry|identity|analytics|authentic|fraud|quality|scientific|statistic))\s?[a-z][\w' -]{4,60}?)(?:[,.;:]|$)", re.I),
}  # fmt: skip
_OPEN = re.compile(
    r"任何|一切|所有|各种|其他|永久|长期|永远|合法|商业|我们认为|认为|决定|不可|不得|第三方|他人|转|供|any|all|every|whatever|other|perpetual|forever|indefinite|commercial|third|licen[cs]|assign|transfer|sub|share|sell|irrevocabl|fit",
    re.I,
)


def suggestion(facts: ClauseFacts, document: Document, found: Callable[[str], object] | None = None) -> str:
    """Return narrower wording in the language of the clause; its blanks are for the drafter.

    The purpose is that of the clause, unless `found` says that something would be found in the wording then.
    """
    words: dict[str, Any] = dict(sentences.table("suggestions")[facts.language])
    purpose = _purpose(facts, document)
    text = _composed(facts, document, words, purpose or words["blank"])
    return _composed(facts, document, words, words["blank"]) if purpose and found and found(text) else text


def _composed(facts: ClauseFacts, document: Document, words: dict[str, Any], purpose: str) -> str:
    values = _values(facts, document, words) | {"purpose": purpose}
    opening = "business" if facts.counterparty == "business" else "practice" if facts.right == "practice" else "grant"
    given = {fact.name for fact in facts.attributes}
    parts = [words["opening"][opening], *(words["part"][name] for name in ATTRIBUTES if name in given)]
    parts.append(words["closing"]["business" if facts.counterparty == "business" else "natural_person"])
    return ("" if facts.language == "zh" else " ").join(_capital(part.format(**values)) for part in parts)


def plain(facts: ClauseFacts) -> Note:
    """Return what the clause means as it is worded, in one sentence for the person; softer where no standard word says it."""
    subject = sentences.pair("suggestions", "plain", "subject", facts.subject)
    said = []
    for fact in facts.attributes:
        by_wording = all(item.source.startswith("model/") for item in fact.evidence)
        group = "grant" if fact.strength == "strong" and not by_wording else "weak"
        said.append(sentences.note(fact.name, "suggestions", "plain", group, fact.name, subject=subject))
    opening, comma, closing = (sentences.pair("suggestions", "plain", key) for key in ("opening", "comma", "closing"))
    return Note(
        code="plain",
        text=opening[0] + comma[0].join(note.text for note in said) + closing[0],
        text_zh=opening[1] + comma[1].join(note.text_zh for note in said) + closing[1],
    )


def _values(facts: ClauseFacts, document: Document, words: dict[str, Any]) -> dict[str, str]:
    default = words["default"]
    person, processor = (_named(side, facts, document) for side in ("person", "processor"))
    first = person.lower() in _FIRST_PERSON
    if first and (not processor or processor.lower() in _WE | {"我们"}):
        processor = default["other"]
    subject = default.get(facts.subject, default["face_direct"])
    values = {"processor": processor or default["processor"], "subject": subject}
    if facts.language == "zh":
        return values | {"person": person or default["person"]}
    return values | _english(person or default["person"]) | {"processor": _with_article(values["processor"])}


def _named(side: str, facts: ClauseFacts, document: Document) -> str:
    found = party(side, facts, document)
    return found.text if found else ""


def _english(person: str) -> dict[str, str]:
    """Return an English party as the subject of a sentence, and its possessive."""
    if person.lower() in _YOU:
        return {"person": "you", "of": "your"}
    if person.lower() in _FIRST_PERSON:
        return {"person": "I", "of": "my"}
    named = _with_article(person)
    return {"person": named, "of": f"{named}'" if named.endswith("s") else f"{named}'s"}


def _with_article(name: str) -> str:
    if name.lower() in _WE:
        return "we"
    if name.lower().startswith("the "):
        return name[0].lower() + name[1:]
    roles = {*sentences.table("elements")["party"]["processor"]["en"], *sentences.table("elements")["party"]["person"]["en"]}
    is_name = name[:1].isupper() and not {name.lower(), f"the {name.lower()}"} & roles
    return name if is_name else f"the {name}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _purpose(facts: ClauseFacts, document: Document) -> str:
    """Return the purpose that the clause states, "" for none or one without limits."""
    match = _PURPOSE[facts.language].search(document.text, facts.start, facts.end)
    if match is None:
        return ""
    what = " ".join(match["what"].split())
    if _OPEN.search(what):
        return ""
    return what
