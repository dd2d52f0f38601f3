"""Findings as the page shows them: the sentences of every other report, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clausescan.report.records import elsewhere, pieces, record_of
from clausescan.report.saying import name, provision, reasons, role_name, standing, strength, title, words
from clausescan.types import ATTRIBUTES, Box, Evidence, Language, Report
from clausescan.web.layout import Layout, Stop
from clausescan.web.passages import Mark
from clausescan.web.review import Review, Standing

_AGAINST = frozenset({"limit", "negation", "exception", "gate"})
_TITLE = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A provision: its name, what it says in our words, what to know before relying on it."""

    name: str
    summary: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Words outside the clause that a finding rests on: a definition, what a reference means."""

    role: str
    text: str
    start: int
    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One finding, related finding or near miss (`kind`), ready to be shown. Every text is plain text."""

    id: str
    kind: str
    rule: str
    title: str
    grade: str
    grade_name: str
    number: str
    heading: str
    page: int | None
    line: int | None
    start: int
    end: int
    quote: tuple[tuple[str, str], ...]
    summary: str
    plain: str = ""
    confidence: str = ""
    chips: tuple[tuple[str, str], ...] = ()
    why: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    suggestion: str = ""
    severable: tuple[str, ...] = ()
    law: tuple[Law, ...] = ()
    elements: tuple[tuple[str, str, str, str], ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    whole: bool = False
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the outline: a clause, how deep it stands, and the findings in it."""

    start: int
    level: int
    title: str
    page: int | None
    top: float | None
    findings: tuple[tuple[str, str], ...] = ()


def cards(report: Report, review: Review, language: Language) -> tuple[list[Card], list[Card], list[Card]]:
    """Return the findings, the related findings and the near misses of a report, each in text order."""
    record = record_of(report, language)
    findings = [
        _finding(plain, review.of(found), language) for plain, found in zip(record["findings"], report.findings, strict=True)
    ]
    related = [_related(plain, review.of(found), language) for plain, found in zip(record["related"], report.related, strict=True)]
    return findings, related, [_near(plain, language) for plain in record["near_misses"]]


def _common(plain: Mapping[str, Any], language: Language) -> dict[str, Any]:
    clause, place = plain["clause"], plain["place"]
    return {
        "id": plain["id"], "number": clause.get("number") or "", "heading": " › ".join(clause.get("heading") or ()),
        "page": place.get("page"), "line": place.get("line"), "start": place["start"], "end": place["end"],
        "quote": tuple((text, " ".join(map(css, roles))) for text, roles in pieces(_with_severable(plain)) if text),
        "elsewhere": tuple(_elsewhere(plain, language)),
    }  # fmt: skip


def _finding(plain: Mapping[str, Any], decided: Standing, language: Language) -> Card:
    return Card(
        **_common(plain, language), kind="finding", rule=plain["rule"], title=title(plain["rule"], language), grade=plain["grade"],
        grade_name=name("grade", plain["grade"], language), summary=words(plain.get("context", {}).get("summary"), language),
        plain=words(plain.get("plain"), language), confidence=plain.get("confidence") or "",
        chips=tuple((name("attribute", fact["name"], language), strength(fact, language)) for fact in plain["attributes"]),
        why=tuple(reasons(plain, language)), against=_sentences(plain.get("against"), language),
        counter=_sentences(plain.get("counter_arguments"), language), missing=_sentences(plain.get("missing_facts"), language),
        suggestion=words(plain.get("suggestion"), language), severable=tuple(part["text"] for part in plain.get("severable") or ()),
        law=tuple(_law(basis, language) for basis in plain.get("legal_basis") or ()),
        elements=tuple(_element(item, language) for item in plain.get("elements") or ()),
        steps=tuple((name("grade", step["grade"], language), step[_key("reason", language)]) for step in plain["steps"]),
        related=tuple((code, title(code, language)) for code in plain.get("related") or ()), standing=decided,
    )  # fmt: skip


def _related(plain: Mapping[str, Any], decided: Standing, language: Language) -> Card:
    return Card(
        **_common(plain, language), kind="related", rule=plain["rule"], title=title(plain["rule"], language), grade="related",
        grade_name=plain["rule"], summary=words(plain.get("summary"), language), suggestion=words(plain.get("advice"), language),
        law=tuple(_law(basis, language) for basis in plain.get("legal_basis") or ()), whole=bool(plain.get("document_level")),
        standing=decided,
    )  # fmt: skip


def _near(plain: Mapping[str, Any], language: Language) -> Card:
    return Card(
        **_common(plain, language), kind="near", rule=plain["gate"], title="", grade="near", grade_name=plain["gate"],
        summary=words(plain.get("reason"), language), why=tuple(reasons(plain, language)),
    )  # fmt: skip


def css(role: str) -> str:
    """Return the class of a role of evidence: what speaks for the attribute, what against, and the rest."""
    if role in ATTRIBUTES:
        return "e-attribute"
    return "e-against" if role in _AGAINST else "e-cut" if role == "severable" else "e-other"


def _with_severable(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    mark = {"role": "severable", "text": "", "source": ""}
    parts = [{**mark, "start": part["start"], "end": part["end"]} for part in plain.get("severable") or ()]
    return {**plain, "evidence": [*(plain.get("evidence") or ()), *parts]} if parts else plain


def _elsewhere(plain: Mapping[str, Any], language: Language) -> Iterator[Elsewhere]:
    for item in elsewhere(plain):
        page = (item.get("place") or {}).get("page")
        yield Elsewhere(role=role_name(item["role"], language), text=item["text"], start=item["start"], page=page)


def _key(name_: str, language: Language) -> str:
    return f"{name_}_zh" if language == "zh" else name_


def _sentences(value: Any, language: Language) -> tuple[str, ...]:
    return tuple(filter(None, (words(item, language) for item in value or ())))


def _law(basis: Mapping[str, Any], language: Language) -> Law:
    note = basis.get(_key("note", language)) or ""
    summary = basis[_key("summary", language)] + (note if language == "zh" else f" {note}" if note else "")
    return Law(name=provision(basis, language), summary=summary, standing=standing(basis, language))


def _element(item: Mapping[str, Any], language: Language) -> tuple[str, str, str, str]:
    return item["code"], words(item["name"], language), item["status"], words(item.get("reason"), language)


# ---- marks in the text and boxes on the pages ----


def marks(report: Report) -> list[Mark]:
    """Return everything that points into the text."""
    found: list[Mark] = []
    for finding in report.findings:
        found.append(Mark(start=finding.place.start, end=finding.place.end, finding=finding.id, role="finding"))
        every = (*finding.evidence, *(item for fact in finding.attributes for item in fact.evidence))
        found += [Mark(start=item.start, end=item.end, finding=finding.id, role=css(item.role)) for item in every]
    for related in report.related:
        if not related.document_level:
            found.append(Mark(start=related.place.start, end=related.place.end, finding=related.id, role="related"))
    found += [Mark(start=miss.place.start, end=miss.place.end, finding=miss.id, role="near") for miss in report.near_misses]
    return found


def boxes(report: Report) -> list[dict[str, Any]]:
    """Return the boxes of every finding and of its evidence on the pages (points, origin top left), as values of JSON."""
    found = []
    for finding in report.findings:
        evidence = _outermost([item for fact in finding.attributes for item in fact.evidence])
        words_ = [_box(box, "attribute") for item in evidence for box in (item.place.boxes if item.place else ())]
        found.append({"id": finding.id, "kind": finding.grade, "boxes": [_box(box, "clause") for box in finding.place.boxes] + words_})
    for related in report.related:
        if not related.document_level:
            found.append({"id": related.id, "kind": "related", "boxes": [_box(box, "clause") for box in related.place.boxes]})
    found += [{"id": miss.id, "kind": "near", "boxes": [_box(box, "clause") for box in miss.place.boxes]} for miss in report.near_misses]
    return found


def _outermost(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return the evidence without that which stands within other evidence: colours that lie over each other get dark."""
    kept: list[Evidence] = []
    for item in sorted(evidence, key=lambda item: (item.start, -item.end)):
        if not kept or item.end > kept[-1].end:
            kept.append(item)
    return kept


def _box(box: Box, role: str) -> list[Any]:
    return [box.page, round(box.x0, 2), round(box.top, 2), round(box.x1, 2), round(box.bottom, 2), role]


# ---- the outline ----


def outline(report: Report, layout: Layout, listed: Iterable[Card]) -> list[Entry]:
    """Return headings, numbered provisions of the first levels, and every clause in which something was found."""
    places = sorted((card.start, card.id, card.grade) for card in listed if not card.whole)
    entries: list[Entry] = []
    stops = sorted(layout.clauses, key=lambda stop: stop.start)
    for index, stop in enumerate(stops):
        end = stops[index + 1].start if index + 1 < len(stops) else len(report.document.text)
        inside = _few((identity, grade) for start, identity, grade in places if stop.start <= start < max(end, stop.start + 1))
        if stop.kind == "heading" or inside or (stop.number and stop.level <= 2):
            entries.append(_entry(report, stop, inside))
    return entries


def _few(found: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the findings, and of related findings and of near misses the first: more marks would push the title away."""
    kept: list[tuple[str, str]] = []
    for identity, grade in found:
        if grade in ("candidate", "review") or grade not in (known for _, known in kept):
            kept.append((identity, grade))
    return tuple(sorted(kept, key=lambda one: one[1] in ("related", "near")))


def _entry(report: Report, stop: Stop, inside: tuple[tuple[str, str], ...]) -> Entry:
    said = " ".join(report.document.text[stop.start : stop.end].split())
    shown = said if len(said) <= _TITLE else said[: _TITLE - 1] + "…"
    return Entry(start=stop.start, level=min(stop.level, 4), title=shown, page=stop.page, top=stop.top, findings=inside)

