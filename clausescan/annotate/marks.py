"""What is written into a document about a report: which words get a note, and what the note says. Knows no format.

Every finding has one full note on its decisive words (grade, reason, law, what the other side may say) and a short
one on each other piece of its evidence; pieces that overlap share a note. A note on the document as a whole says the
conclusion, what was read, and that none of this is advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from clausescan import rules
from clausescan.report.phrases import Phrases, common_notes
from clausescan.types import Evidence, Finding, Grade, Language, Note, Report

Anchors = Literal["all", "main"]

_WORDS = {
    "law": ("Law", "法律依据"),
    "counter": ("They may say", "对方可主张"),
    "prove": ("To prove", "待证事实"),
    "suggestion": ("Could be narrowed", "收窄建议"),
    "read": ("Read", "读取范围"),
    "common": ("For every clause that is marked", "以下适用于各条"),
    "versions": ("Versions", "版本"),
}
# what a piece of evidence shows, as the title of a note
_ROLES = {
    "subject": ("Object", "客体"),
    "right": ("Grant", "授权"),
    "definition": ("Definition", "定义"),
    "antecedent": ("What is referred to", "所指"),
    "heading": ("Heading", "标题"),
    "direction": ("Who grants to whom", "方向"),
    "limit": ("Limit", "限定"),
    "negation": ("Negation", "否定"),
    "exception": ("Exception", "除外"),
    "gate": ("Exclusion", "排除"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A note and the range of the text that it is about.

    `number` counts findings from 1 and is 0 for the note on the whole document. `main` is False for the short notes.
    """

    number: int
    start: int
    end: int
    main: bool
    grade: Grade
    title: str
    lines: tuple[str, ...]
    finding: Finding | None = None

    @property
    def text(self) -> str:
        """The whole note."""
        return "\n".join((self.title, *self.lines))


def marks(report: Report, language: Language, anchors: Anchors = "all") -> tuple[Mark, ...]:
    """Return the notes of the findings in text order, the full one of each before the short ones."""
    common = common_notes(report.findings)
    return tuple(
        mark for number, finding in enumerate(report.findings, 1) for mark in _finding(number, finding, Phrases(language), common, anchors)
    )


def document_mark(report: Report, language: Language) -> Mark:
    """Return the note on the whole document: conclusion, what holds for all findings, what was read, disclaimer, versions."""
    phrases = Phrases(language)
    return Mark(
        number=0, start=0, end=0, main=True, grade="none", title=phrases.conclusion(report), lines=tuple(_about(report, phrases))
    )  # fmt: skip


def _about(report: Report, phrases: Phrases) -> Iterator[str]:
    if report.findings and report.inconclusive:
        yield phrases.say("also_inconclusive")
    for problem in report.problems:
        yield f"{problem.code}{phrases.colon}{problem.message_zh if phrases.language == 'zh' else problem.message}"
    common = common_notes(report.findings)
    if common:
        yield _say("common", phrases) + phrases.colon.rstrip()
        yield from _notes(common, report.findings[0], phrases)
    yield _say("read", phrases) + phrases.colon + phrases.coverage(report)
    yield rules.rule("ART11").disclaimer[phrases.language]
    yield _say("versions", phrases) + phrases.colon + phrases.comma.join(f"{name} {version}" for name, version in report.versions)


def _finding(number: int, finding: Finding, phrases: Phrases, common: tuple[Note, ...], anchors: Anchors) -> Iterator[Mark]:
    groups = _groups(finding, phrases)
    main = _decisive(finding, groups)
    title = f"{number} · {phrases.grade(finding.grade).upper()}"
    full = Mark(
        number=number, start=main.start, end=main.end, main=True, grade=finding.grade, finding=finding,
        title="  ".join(filter(None, (title, finding.clause.number, phrases.comma.join(main.labels)))),
        lines=tuple(_full(finding, phrases, common)),
    )  # fmt: skip
    yield full
    for group in groups if anchors == "all" else ():
        if group != main:
            label = f"{number} · {phrases.comma.join(group.labels)}"
            yield replace(full, start=group.start, end=group.end, main=False, title=label, lines=())


def _full(finding: Finding, phrases: Phrases, common: tuple[Note, ...]) -> Iterator[str]:
    yield phrases.note(finding.summary)
    for fact in finding.attributes:
        yield phrases.attribute(fact) + phrases.colon + phrases.cues(fact.evidence)
    yield from (phrases.note(note) for note in finding.against)
    if finding.legal_basis:
        yield _say("law", phrases) + phrases.colon + phrases.semicolon.join(map(phrases.cite, finding.legal_basis))
    yield from _notes(tuple(note for note in (*finding.counter_arguments, *finding.missing_facts) if note not in common), finding, phrases)
    if finding.suggestion:
        yield _say("suggestion", phrases) + phrases.colon + finding.suggestion


def _notes(notes: tuple[Note, ...], finding: Finding, phrases: Phrases) -> Iterator[str]:
    counter = [note for note in notes if note in finding.counter_arguments]
    for key, chosen in (("counter", counter), ("prove", [note for note in notes if note not in counter])):
        if chosen:
            yield _say(key, phrases) + phrases.colon + ("" if phrases.language == "zh" else " ").join(map(phrases.note, chosen))


def _say(key: str, phrases: Phrases) -> str:
    return _WORDS[key][phrases.language == "zh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Evidence that overlaps, with what it is evidence of."""

    start: int
    end: int
    labels: tuple[str, ...]


def _groups(finding: Finding, phrases: Phrases) -> list[_Group]:
    """Return the evidence of a finding in text order; pieces that overlap, or say the same side by side, are one.

    Without any evidence it is the clause itself.
    """
    pieces = sorted(_pieces(finding, phrases), key=lambda piece: (piece.start, piece.end))
    groups: list[_Group] = []
    for piece in pieces:
        if groups and (piece.start < groups[-1].end or (piece.start == groups[-1].end and piece.labels == groups[-1].labels)):
            last = groups[-1]
            labels = tuple(dict.fromkeys((*last.labels, *piece.labels)))
            groups[-1] = _Group(start=last.start, end=max(last.end, piece.end), labels=labels)
        else:
            groups.append(piece)
    return groups or [_Group(start=finding.place.start, end=finding.place.end, labels=())]


def _pieces(finding: Finding, phrases: Phrases) -> Iterator[_Group]:
    for fact in finding.attributes:
        for item in fact.evidence:
            yield _piece(item, _capital(phrases.attribute(fact)))
    names = {fact.name for fact in finding.attributes}
    for item in finding.evidence:
        if item.role in names:
            continue  # said by the attribute, with its strength
        label = _role(item.role, phrases)
        yield _piece(item, label + phrases.colon + phrases.subject(finding) if item.role == "subject" else label)


def _piece(item: Evidence, label: str) -> _Group:
    return _Group(start=item.start, end=item.end, labels=(label,))


def _role(role: str, phrases: Phrases) -> str:
    names = rules.rule("ART11").names["attribute"]
    return names[role][phrases.language] if role in names else _ROLES[role][phrases.language == "zh"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _decisive(finding: Finding, groups: list[_Group]) -> _Group:
    """Return the group that the full note goes to: the first strong attribute's, else the first attribute's, else the first."""
    for strength in ("strong", "weak"):
        for fact in finding.attributes:
            for item in fact.evidence:
                found = next((group for group in groups if group.start <= item.start < group.end), None)
                if found is not None and fact.strength == strength:
                    return found
    return groups[0]
