"""The elements of Article 11 (E1 to E7) for a finding: found in the text, assumed for a reason, or to be asked about.

E4 to E7 are tested in the text; E1 to E3 are facts outside it, for which the text gives signs at most (LAW section 1.2).
"""

from __future__ import annotations

import re
from functools import cache

from clausescan import rules, sentences
from clausescan.types import ATTRIBUTES, AttributeFact, ClauseFacts, Document, DocumentContext, Element, ElementStatus, Evidence, Language

# who stands beside the verb of a grant: "grant Mirrorly a licence", 授权运营商使用, 受试者同意
_BESIDE: dict[tuple[str, Language], re.Pattern[str]] = {
    ("processor", "en"): re.compile(r"\b(?:grants?|authori[sz]es?|permits?|licen[cs]es?|allows?)\s+(?P<who>[A-Z][\w&-]+(?: [A-Z][\w&-]+){0,3})"),
    ("processor", "zh"): re.compile(
        r"(?:授予|授权|许可|准许|允许)(?P<who>[^，,。；;：:、（(\s对在就以永不使用收采保将可于一把按依]{2,10})(?=对|在|就|以|永久|不|使用|收集|采集|保存|将|可|于|一项|把|按|依)"
    ),
    ("person", "zh"): re.compile(r"(?:^|(?<=[，,。；;：:\s\d.、]))(?P<who>[^，,。；;：:、\s的]{1,6}[者人员户客生])(?=(?:在此|特此|不可撤[销回]地)?(?:同意|授予|授权|许可|准许|允许|放弃))"),
}  # fmt: skip
_WORDS = {"zh": "{}", "en": r"\b{}\b"}


def elements(facts: ClauseFacts, document: Document, context: DocumentContext) -> tuple[Element, ...]:
    """Return the seven elements in their order; evidence has places where the facts have them."""
    return (
        _processor(facts, document), _standard_term(facts, context), _natural_person(facts, document, context), _grant(facts),
        _processing(facts, document), _face_information(facts), _unlimited(facts),
    )  # fmt: skip


def party(side: str, facts: ClauseFacts, document: Document) -> Evidence | None:
    """Return the first words of the clause that name a side ("processor", "person", or "role": a side that only a person has).

    A side that is named by no word of the lists is looked for beside the verb of the grant.
    """
    found = _first(f"party.{side}", _pattern("party", side, facts.language), facts, document)
    beside = _BESIDE.get((side, facts.language))
    return found or (_first(f"party.{side}", beside, facts, document) if beside else None)


def _element(code: str, status: ElementStatus, reason: str, evidence: tuple[Evidence, ...] = (), **values: tuple[str, str]) -> Element:
    return Element(
        code=code, status=status, name=sentences.note(code, "elements", "name", code),
        reason=sentences.note(reason, "elements", "reason", code, reason, **values), evidence=evidence,
    )  # fmt: skip


def _processor(facts: ClauseFacts, document: Document) -> Element:
    named = party("processor", facts, document)
    return _element("E1", "found", "named", (named,)) if named else _element("E1", "assumed", "silent")


def _standard_term(facts: ClauseFacts, context: DocumentContext) -> Element:
    denied = tuple(item for item in context.evidence if item.role == "not_standard_term")
    signs = tuple(item for item in context.evidence if item.role.startswith("standard_term."))
    if denied:
        return _element("E2", "ask", "denied", denied)
    if facts.counterparty == "business" or context.counterparty == "business":
        return _element("E2", "ask", "business", signs)
    if not signs:
        return _element("E2", "assumed", "silent")
    return _element("E2", "assumed", "signs", signs, signs=signs_in_words(context))


def signs_in_words(context: DocumentContext) -> tuple[str, str]:
    """Return the signs of standard terms as words, in English and Chinese."""
    pairs = [sentences.pair("elements", "sign", name) for name in context.standard_term_signs]
    return ", ".join(item[0] for item in pairs), "、".join(item[1] for item in pairs)


def _natural_person(facts: ClauseFacts, document: Document, context: DocumentContext) -> Element:
    if facts.counterparty == "business":
        return _element("E3", "ask", "business")
    role = party("role", facts, document)
    if role:
        return _element("E3", "found", "role", (role,))
    named = party("person", facts, document)
    if named:
        return _element("E3", "assumed", "addressed", (named,))
    if context.counterparty == "business":
        return _element("E3", "ask", "business", tuple(item for item in context.evidence if item.role == "counterparty"))
    return _element("E3", "assumed", "silent")


def _grant(facts: ClauseFacts) -> Element:
    words = _of(facts, "right")
    if facts.right == "practice":
        return _element("E4", "ask", "practice", words)
    return _element("E4", "found", "words", words) if words else _element("E4", "assumed", "silent")


def _processing(facts: ClauseFacts, document: Document) -> Element:
    words = _first("processing", _pattern("processing", "", facts.language), facts, document)
    return _element("E5", "found", "words", (words,)) if words else _element("E5", "assumed", "silent")


def _face_information(facts: ClauseFacts) -> Element:
    words = (*_of(facts, "subject"), *_of(facts, "definition", "antecedent", "heading"))
    subject = rules.rule("ART11").names["subject"][facts.subject]
    names = (subject.en, subject.zh)
    if facts.ambiguous_reference:
        return _element("E6", "ask", "ambiguous", words)
    if facts.generic_personal_information:
        return _element("E6", "ask", "general", words)
    if facts.subject in ("face_direct", "by_definition"):
        return _element("E6", "found", "direct", words)
    if facts.face_context:
        return _element("E6", "assumed", "context", words, subject=names)
    return _element("E6", "ask", "open", words, subject=names)


def _unlimited(facts: ClauseFacts) -> Element:
    strong = tuple(fact for fact in facts.attributes if fact.strength == "strong")
    words = tuple(item for fact in strong or facts.attributes for item in fact.evidence)
    names = _names(strong or facts.attributes)
    if not strong:
        return _element("E7", "ask", "weak", words, attributes=names)
    reason = "wording" if all(item.source.startswith("model/") for item in words) else "strong"
    return _element("E7", "found", reason, words, attributes=names)


def _names(attributes: tuple[AttributeFact, ...]) -> tuple[str, str]:
    names = rules.rule("ART11").names["attribute"]
    found = [names[name] for name in ATTRIBUTES if any(fact.name == name for fact in attributes)]
    return ", ".join(item.en for item in found), "、".join(item.zh for item in found)


def _of(facts: ClauseFacts, *roles: str) -> tuple[Evidence, ...]:
    return tuple(item for item in facts.evidence if item.role in roles)


def _first(role: str, pattern: re.Pattern[str], facts: ClauseFacts, document: Document) -> Evidence | None:
    match = pattern.search(document.text, facts.start, facts.end)
    if match is None:
        return None
    start, end = match.span("who" if "who" in pattern.groupindex else 0)
    return Evidence(role=role, start=start, end=end, text=document.text[start:end], source="judge/elements")


@cache
def _pattern(group: str, key: str, language: Language) -> re.Pattern[str]:
    """Return the words of a list as one pattern, longer ones first."""
    table = sentences.table("elements")[group]
    words = (table[key] if key else table)[language]
    longest = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(_WORDS[language].format(f"(?:{longest})" if language == "zh" else f"(?:{longest}){'(?:s|d|ed|ing)?' if not key else ''}"), re.I)
