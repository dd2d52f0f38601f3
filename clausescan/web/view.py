"""From a report to what the pages show: plain values for the templates, nothing of HTML.

The text is cut into pieces at the ends of findings and of their evidence, so that each piece knows the findings that it belongs to.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from clausescan import sentences
from clausescan.report.phrases import Phrases
from clausescan.report.wrap import safe
from clausescan.types import Box, Element, Evidence, Finding, Language, NearMiss, RelatedFinding, Report
from clausescan.web.store import Decision

ALIKE = 0.5  # share of the words from which a clause counts as a new wording of an old one
_SHOWN = 400  # clauses in the outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text: the findings that it is part of, the role of the evidence that it is, whether a near miss covers it."""

    start: int
    text: str
    findings: tuple[str, ...] = ()
    role: str = ""
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A block of the text: `cells` of a table row, else one run of pieces."""

    kind: str
    level: int
    start: int
    cells: tuple[tuple[Piece, ...], ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A decision about an earlier wording of a clause: the words that went and came, as (sign, words)."""

    decision: Decision
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A finding as its card shows it."""

    id: str
    number: int
    grade: str
    grade_name: str
    where: str
    start: int
    page: int | None
    quote: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    elements: tuple[tuple[str, str, str, str], ...]
    suggestion: str
    jumps: tuple[tuple[str, str, int, int | None], ...]
    boxes: tuple[Mapping[str, Any], ...]
    decision: Decision | None
    history: tuple[Decision, ...]
    changed: Changed | None


def blocks(report: Report, layout: Mapping[str, Any]) -> list[Shown]:
    """Return the text block by block; a text without a layout line by line."""
    text, marks = report.document.text, _Marks(report)
    shown = []
    for kind, start, end, level, origin, cells in layout.get("blocks") or _lines(text):
        ranges = cells or [(start, end)]
        pieces = tuple(tuple(marks.cut(text, first, last)) for first, last in ranges)
        shown.append(Shown(kind=kind, level=level, start=start, cells=pieces, hidden=origin in ("hidden", "navigation")))
    return shown


def _lines(text: str) -> Iterable[tuple[Any, ...]]:
    position = 0
    for line in text.split("\n"):
        if line.strip():
            yield "paragraph", position, position + len(line), 0, "body", ()
        position += len(line) + 1


class _Marks:
    """The ranges of the findings, of their evidence and of near misses."""

    def __init__(self, report: Report) -> None:
        self._findings: list[tuple[int, int, str]] = [(it.place.start, it.place.end, it.id) for it in report.findings]
        cues = [it for finding in report.findings for it in _evidence(finding)]
        self._evidence: list[tuple[int, int, str]] = [(it.start, it.end, it.role) for it in cues]
        self._near = [(it.place.start, it.place.end) for it in report.near_misses]
        ranges = [(start, end) for start, end, _ in (*self._findings, *self._evidence)] + self._near
        self._cuts = sorted({end for one in ranges for end in one})

    def cut(self, text: str, start: int, end: int) -> Iterable[Piece]:
        """Yield the pieces of [start, end)."""
        cuts = [start, *(cut for cut in self._cuts if start < cut < end), end]
        for first, last in pairwise(cuts):
            yield Piece(
                start=first, text=safe(text[first:last]),
                findings=tuple(name for low, high, name in self._findings if low <= first < high),
                role=next((role for low, high, role in self._evidence if low <= first < high), ""),
                near=any(low <= first < high for low, high in self._near),
            )  # fmt: skip


def _evidence(finding: Finding) -> list[Evidence]:
    return [*finding.evidence, *(item for fact in finding.attributes for item in fact.evidence)]


class Cards:
    """Makes the cards of a report in one language."""

    def __init__(self, report: Report, language: Language, words: Mapping[str, str]) -> None:
        self._report, self._language, self._words = report, language, words
        self._phrases = Phrases(language)

    def findings(
        self, decisions: Mapping[str, Decision], histories: Mapping[str, Sequence[Decision]], earlier: Sequence[Decision]
    ) -> list[Card]:  # fmt: skip
        """Return the cards; `earlier` are decisions about documents of the same name, for clauses whose wording has changed."""
        mine = {finding.id for finding in self._report.findings}
        gone = [decision for decision in earlier if decision.finding not in mine]
        return [
            self._card(number, finding, decisions.get(finding.id), histories.get(finding.id, ()), gone)
            for number, finding in enumerate(self._report.findings, 1)
        ]

    def _card(
        self, number: int, finding: Finding, decision: Decision | None, history: Sequence[Decision], gone: Sequence[Decision]
    ) -> Card:  # fmt: skip
        phrases = self._phrases
        return Card(
            id=finding.id, number=number, grade=finding.grade, grade_name=phrases.grade(finding.grade), where=self._where(finding),
            start=finding.place.start, page=finding.place.page, quote=_quote(finding), rows=tuple(self._rows(finding)),
            elements=tuple(map(self._element, finding.elements)), suggestion=finding.suggestion, jumps=tuple(self._jumps(finding)),
            boxes=tuple(_boxes(finding)), decision=decision, history=tuple(history),
            changed=None if decision is not None else _changed(finding, gone),
        )  # fmt: skip

    def _where(self, item: Finding | NearMiss | RelatedFinding) -> str:
        spots = [self._phrases.say(key, **{key: value}) for key, value in (("page", item.place.page), ("line", item.place.line)) if value]
        title = self._report.document.title
        heading = " › ".join(safe(part) for part in item.clause.heading if part != title)
        return "  ".join(filter(None, (item.clause.number or "", heading, self._phrases.comma.join(spots))))

    def _rows(self, finding: Finding) -> Iterable[tuple[str, tuple[str, ...]]]:
        note = self._phrases.note
        kinds = [self._phrases.attribute(it) + self._phrases.colon + self._phrases.cues(it.evidence) for it in finding.attributes]
        said: list[tuple[str, list[str]]] = [
            ("why", [note(finding.summary)]),
            ("attributes", kinds),
            ("over", [self._phrases.subject(finding)]),
            ("against", list(map(note, finding.against))),
            ("they_may_say", list(map(note, finding.counter_arguments))),
            ("to_prove", list(map(note, finding.missing_facts))),
            ("law", list(map(self._phrases.cite, finding.legal_basis))),
            ("plain", [note(finding.plain)] if finding.plain else []),
            ("related", list(map(self._phrases.related, finding.related))),
            ("steps", [it.reason_zh if self._language == "zh" else it.reason for it in finding.steps]),
        ]
        return ((self._words[key], tuple(map(safe, lines))) for key, lines in said if lines)

    def _element(self, element: Element) -> tuple[str, str, str, str]:
        status = sentences.pair("elements", "status", element.status)[self._language == "zh"]
        words = self._phrases.cues(element.evidence[:1]) if element.evidence else ""
        return f"{element.code} {self._phrases.note(element.name)}", element.status, status, words or self._phrases.note(element.reason)

    def _jumps(self, finding: Finding) -> Iterable[tuple[str, str, int, int | None]]:
        """Yield what the clause rests on elsewhere: name of the role, words, offset, page."""
        for item in finding.evidence:
            if item.role in ("definition", "antecedent", "heading") and not finding.place.start <= item.start < finding.place.end:
                yield self._phrases.say(item.role), safe(item.text), item.start, item.place.page if item.place else None

    def near_misses(self) -> list[tuple[str, str, str, int]]:
        """Return place, quotation, reason and offset of the clauses that were one step from a finding."""
        return [(self._where(it), safe(it.quote), safe(self._phrases.note(it.reason)), it.place.start) for it in self._report.near_misses]

    def related(self) -> list[tuple[str, str, str, str, str, int]]:
        """Return code, place, quotation, summary, advice and offset of the related findings."""
        note = self._phrases.note
        return [
            (it.rule, self._where(it), safe(it.quote), safe(note(it.summary)), safe(note(it.advice)), it.place.start)
            for it in self._report.related
        ]  # fmt: skip


def outline(report: Report, layout: Mapping[str, Any]) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Return the numbered clauses and headings: first words, level, offset, grades of the findings in them."""
    text = report.document.text
    found: list[tuple[str, int, int, tuple[str, ...]]] = []
    for number, kind, level, start, end in layout.get("clauses", ()):
        grades: tuple[str, ...] = tuple(it.grade for it in report.findings if start <= it.place.start < end)
        if kind == "heading" or grades:
            words = " ".join(text[start:end].split())[:60]
            found.append((safe(words if not number or words.startswith(number) else f"{number} {words}"), int(level), int(start), grades))
    return found[:_SHOWN]


def _quote(finding: Finding) -> tuple[tuple[str, bool], ...]:
    """Return the quotation in parts, those that are evidence marked."""
    start, quote = finding.place.start, finding.quote
    inside = {place for it in _evidence(finding) for place in range(max(it.start - start, 0), min(it.end - start, len(quote)))}
    parts: list[tuple[str, bool]] = []
    for place, character in enumerate(quote):
        strong = place in inside
        if parts and parts[-1][1] == strong:
            parts[-1] = (parts[-1][0] + character, strong)
        else:
            parts.append((character, strong))
    return tuple((safe(words), strong) for words, strong in parts)


def _boxes(finding: Finding) -> Iterable[Mapping[str, Any]]:
    yield from (_box(box, "quote") for box in finding.place.boxes)
    seen: set[Box] = set()
    for item in _evidence(finding):
        for box in item.place.boxes if item.place else ():
            if box not in seen:
                seen.add(box)
                yield _box(box, item.role)


def _box(box: Box, role: str) -> Mapping[str, Any]:
    return {"page": box.page, "x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom, "role": role}


def _changed(finding: Finding, gone: Sequence[Decision]) -> Changed | None:
    """Return the decision about the wording that is most like this one, if it is like it at all."""
    ranked = [(difflib.SequenceMatcher(None, it.quote, finding.quote, autojunk=False).ratio(), it) for it in gone]
    alike = max((one for one in ranked if one[0] >= ALIKE), key=lambda one: one[0], default=None)
    return Changed(decision=alike[1], words=tuple(differences(alike[1].quote, finding.quote))) if alike else None


def differences(old: str, new: str) -> Iterable[tuple[str, str]]:
    """Yield the words of both texts in order, as ("same" | "gone" | "new", words)."""
    for kind, low, high, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", safe(old[low:high])
            continue
        if high > low:
            yield "gone", safe(old[low:high])
        if last > first:
            yield "new", safe(new[first:last])
