"""The sentences that several writers share, in the language of the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clausescan import rules
from clausescan.report.text import WORDS
from clausescan.types import ATTRIBUTES, Language


def say(key: str, language: Language) -> str:
    """Return a word of the report for a terminal."""
    return WORDS[key][language == "zh"]


def name(group: str, key: str, language: Language) -> str:
    """Return the name of a grade, subject, attribute or strength; the key itself when it has none."""
    words = rules.rule("ART11").names[group].get(key)
    return words[language] if words else key


def role_name(role: str, language: Language) -> str:
    """Return what a piece of evidence plays: the name of an attribute or another role."""
    return say(role, language) if role in WORDS else name("attribute", role, language)


def words(value: Any, language: Language) -> str:
    """Return a sentence that is given as a string, as a pair of languages or as a list of sentences."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        for zh, en in (("zh", "en"), ("text_zh", "text")):
            if zh in value or en in value:
                return words(value.get(zh if language == "zh" else en) or value.get(en) or value.get(zh), language)
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, (words(item, language) for item in value)))
    return str(value)


def reasons(finding: Mapping[str, Any], language: Language) -> Iterator[str]:
    """Yield why a clause is pointed at, one line for each attribute and each other role of its evidence."""
    colon, bracket = ("：", "（{}）") if language == "zh" else (": ", " ({})")
    for fact in finding.get("attributes") or ():
        label = name("attribute", fact["name"], language) + bracket.format(strength(fact, language))
        yield label + _cues(fact["evidence"], language, colon)
    for role in dict.fromkeys(item["role"] for item in finding.get("evidence") or () if item["role"] not in ATTRIBUTES):
        label = role_name(role, language)
        if role == "subject" and finding.get("subject"):
            label += colon + name("subject", finding["subject"], language)
        yield label + _cues((item for item in finding["evidence"] if item["role"] == role), language, colon)


def strength(fact: Mapping[str, Any], language: Language) -> str:
    """Return "weak; weakened from strong"."""
    now = name("strength", fact["strength"], language)
    before = fact.get("cured_from")
    if not before or before == fact["strength"]:
        return now
    return now + ("，" if language == "zh" else "; ") + say("cured", language).format(strength=name("strength", before, language))


def _cues(evidence: Iterable[Mapping[str, Any]], language: Language, colon: str) -> str:
    quotes = ("“{}”", "、") if language == "zh" else ('"{}"', ", ")
    cues = quotes[1].join(dict.fromkeys(quotes[0].format(" ".join(str(item["text"]).split())) for item in evidence))
    return colon + cues if cues else ""


def provision(basis: Mapping[str, Any], language: Language) -> str:
    """Return instrument, document number and article of a provision."""
    if language == "zh":
        return f"《{basis['instrument_zh']}》（{basis['document_number']}）{basis['article_zh'] or basis['article']}"
    return f"{basis['instrument']} ({basis['document_number']}), art. {basis['article']}"


def standing(basis: Mapping[str, Any], language: Language) -> str:
    """Return what a reader must know before relying on a provision: arguable, not verified, not in force then or today."""
    marks = [key for key, holds in (("tentative", basis.get("tentative")), ("unverified", basis.get("verified") is False)) if holds]
    marks += [f"then_{basis['on_document_date']}"] if basis.get("on_document_date") in ("not_yet", "repealed") else []
    marks += [f"today_{basis['on_today']}"] if basis.get("on_today") in ("not_yet", "repealed") else []
    said = [say(mark, language) for mark in marks]
    if basis.get("instead"):
        said.append(say("instead", language).format(list=", ".join(basis["instead"])))
    return ("；" if language == "zh" else "; ").join(said)


def cite(basis: Mapping[str, Any], language: Language) -> str:
    """Return a provision, followed by its standing."""
    marks = standing(basis, language)
    brackets = "（{}）" if language == "zh" else " ({})"
    return provision(basis, language) + (brackets.format(marks) if marks else "")


def title(rule: str, language: Language) -> str:
    """Return the title of a rule or a related finding; its id when it is not known here."""
    known = rules.rules().get(rule) or rules.related().get(rule)
    return known.title[language] if known else rule
