"""The report for a terminal: the conclusion first, then each clause with the reasons.

    agreement.txt
    ════════════════════════════════════════════════════════════════════════════════
    Conclusion: 2 clauses for a lawyer to review (1 candidate, 1 review); 41 clauses read.

    1. CANDIDATE  8.2  Face recognition > Licence  (page 3, line 41)
    ────────────────────────────────────────────────────────────────────────────────
      | You grant us a perpetual and irrevocable licence to use your face images.
      The clause appears to require ...
      Why        irrevocable (strong): "irrevocable"
      ...

With colour the words of the evidence are set off inside the quote; without, the quote is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from clausescan import rules
from clausescan.report.options import DEFAULT, Options, report_language
from clausescan.report.phrases import WORDS as PHRASES
from clausescan.report.phrases import Phrases, common_notes, shortened
from clausescan.report.wrap import fold, lines, safe, safe_with_ranges, width
from clausescan.types import Clause, Evidence, Finding, Language, NearMiss, Note, Place, Report, Step

_COLUMN = 14  # where the text beside a label begins
_BOLD, _EMPHASIS, _PLAIN = "\x1b[1m", "\x1b[1;4m", "\x1b[0m"

# the words of this format beside those of all formats; {} are filled by name
WORDS: dict[str, tuple[str, str]] = PHRASES | {
    "conclusion": ("Conclusion", "结论"),
    "confidence": ("confidence {level}", "把握{level}"),
    "high": ("high", "高"),
    "medium": ("medium", "中"),
    "low": ("low", "低"),
    "why": ("Why", "为何标示"),
    "against": ("Against", "相反迹象"),
    "steps": ("Steps", "判断步骤"),
    "law": ("Law", "法律依据"),
    "provisions": ("The law cited, in our own words", "所引法律（摘要为本工具表述）"),
    "related": ("See also", "另见"),
    "counter": ("They may say", "对方可主张"),
    "missing": ("To prove", "待证事实"),
    "beside": ("Related findings (they do not change a grade)", "相关提示（不影响等级）"),
    "whole": ("whole document", "全文"),
    "advice": ("Ask for", "建议"),
    "common": ("For every clause above", "以上各条共同"),
    "near": ("Not flagged: one step from a finding", "未标示：与标示仅差一步"),
    "problems": ("Reading problems", "读取问题"),
    "coverage": ("Read", "读取范围"),
}


def write(reports: Report | Iterable[Report], out: TextIO, options: Options = DEFAULT) -> None:
    """Write the reports one under the other. Raises OSError when `out` does."""
    with TextSink(out, options) as sink:
        for report in [reports] if isinstance(reports, Report) else reports:
            sink.add(report)


class TextSink:
    """Writes one report after the other. It takes reports, not records: it is for people who look on."""

    def __init__(self, out: TextIO, options: Options = DEFAULT) -> None:
        self.out = out
        self.options = options
        self._number = 0

    def add(self, report: Report) -> None:
        """Write one report."""
        page = _Page(language=report_language(report, self.options.language), options=self.options)
        text = "\n".join(page.report(report)) + "\n"
        self.out.write("\n" + text if self._number else text)
        self._number += 1

    def __enter__(self) -> TextSink:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The lines of one report in one language."""

    language: Language
    options: Options

    @property
    def phrases(self) -> Phrases:
        """The words that all formats share."""
        return Phrases(self.language)

    def report(self, report: Report) -> Iterator[str]:
        """Yield all lines."""
        yield from self._head(report)
        common = common_notes(report.findings)
        for number, finding in enumerate(report.findings, 1):
            yield ""
            yield from self._finding(number, finding, common)
        if common and report.findings:
            yield ""
            yield self._bold(self._say("common"))
            yield from self._notes(common, report.findings[0])
        yield from self._beside(report)
        yield from self._law(report)
        if self.options.why_not and report.near_misses:
            yield ""
            yield self._bold(self._say("near"))
            for miss in report.near_misses:
                yield from self._near_miss(miss)
        yield from self._foot(report)

    def _head(self, report: Report) -> Iterator[str]:
        name, title = safe(report.document.name).replace("\n", " "), report.document.title
        yield from map(self._bold, fold(f"{name} — {title}" if title and title != name else name, self.options.width))
        yield "═" * self.options.width
        yield from map(self._bold, fold(self._say("conclusion") + self.phrases.colon + self.phrases.conclusion(report), self.options.width))
        if report.findings and report.inconclusive:
            yield from fold(self._say("also_inconclusive"), self.options.width)

    def _finding(self, number: int, finding: Finding, common: tuple[Note, ...]) -> Iterator[str]:
        grade = self.phrases.grade(finding.grade).upper()
        head = "  ".join(part for part in (f"{number}. {grade}", self._where(finding.clause, finding.place, finding.confidence)) if part)
        yield from map(self._bold, fold(head, self.options.width, rest="   "))
        yield "─" * self.options.width
        yield from self._quote(finding.quote, finding.place.start, _evidence(finding))
        yield from fold(self.phrases.note(finding.summary), self.options.width, "  ", "  ")
        yield from self._reasons(finding)
        yield from self._rows("against", (self.phrases.note(note) for note in finding.against))
        if self.options.why_not:
            yield from self._rows("steps", (self._step(step) for step in finding.steps))
        cited = self.phrases.semicolon.join(map(self.phrases.cite, finding.legal_basis))
        yield from self._rows("law", [cited] if cited else [])
        yield from self._rows("related", (self.phrases.related(code) for code in finding.related))
        yield from self._notes(tuple(note for note in (*finding.counter_arguments, *finding.missing_facts) if note not in common), finding)

    def _where(self, clause: Clause, place: Place, confidence: str = "") -> str:
        """Return "8.2  Heading > heading  (page 3, line 41, confidence high)"."""
        spots = [self._say(key, **{key: value}) for key, value in (("page", place.page), ("line", place.line)) if value]
        spots += [self._say("confidence", level=self._say(confidence))] if confidence else []
        brackets, comma = ("（{}）", "，") if self.language == "zh" else ("({})", ", ")
        headings = " > ".join(clause.heading)
        return "  ".join(part for part in (clause.number, headings, brackets.format(comma.join(spots)) if spots else "") if part)

    def _quote(self, quote: str, offset: int, evidence: Iterable[Evidence]) -> Iterator[str]:
        ranges = [(item.start - offset, item.end - offset) for item in evidence]
        text, marked = safe_with_ranges(quote.rstrip(), ranges)
        for start, end in lines(text, self.options.width - 4):
            if text[start:end].strip():
                yield "  | " + self._emphasise(text, start, end, marked)

    def _emphasise(self, text: str, start: int, end: int, marked: list[tuple[int, int]]) -> str:
        if not self.options.colour:
            return text[start:end]
        inside = [any(low <= index < high for low, high in marked) for index in range(start, end)]
        runs = re.finditer(r"1+|0+", "".join("1" if flag else "0" for flag in inside))
        parts = ((run[0][0], text[start + run.start() : start + run.end()]) for run in runs)
        return "".join(f"{_EMPHASIS}{part}{_PLAIN}" if flag == "1" else part for flag, part in parts)

    def _reasons(self, finding: Finding) -> Iterator[str]:
        attributes = [self._cue(self.phrases.attribute(fact), fact.evidence) for fact in finding.attributes]
        yield from self._rows("why", attributes)
        for role in ("subject", "right", "definition", "antecedent", "heading", "direction", "limit", "exception", "negation"):
            evidence = [item for item in finding.evidence if item.role == role]
            if role == "subject":
                yield from self._rows(role, [self._cue(self.phrases.subject(finding), evidence)])
            elif evidence:
                yield from self._rows(role, [self.phrases.cues(evidence)])

    def _cue(self, label: str, evidence: Iterable[Evidence]) -> str:
        cues = self.phrases.cues(evidence)
        return f"{label}{self.phrases.colon}{cues}" if cues else label

    def _beside(self, report: Report) -> Iterator[str]:
        """Yield the related findings by code; those of a clause that is shown above stand there under "See also"."""
        shown = {finding.id for finding in report.findings}
        rest = [item for item in report.related if shown.isdisjoint(item.beside) or item.document_level]
        if not rest:
            return
        yield ""
        yield self._bold(self._say("beside"))
        phrases = self.phrases
        for code in sorted({item.rule for item in rest}):
            group = [item for item in rest if item.rule == code]
            basis = phrases.semicolon.join(map(phrases.cite, group[0].legal_basis))
            yield from fold(f"{phrases.related(code)} [{basis}]", self.options.width, "  ", "    ")
            for item in group:
                whole = self._say("whole") + phrases.colon + phrases.quoted(shortened(item.quote, 80))
                words = whole if item.document_level else phrases.cues(item.evidence)
                yield from fold(f"{self._where(item.clause, item.place)}  {words}".strip(), self.options.width, "  - ", "    ")
            yield from fold(self._say("advice") + phrases.colon + phrases.note(group[0].advice), self.options.width, "    ", "    ")

    def _law(self, report: Report) -> Iterator[str]:
        """Yield every provision that a finding rests on, once, with its summary."""
        cited = {basis.code: basis for finding in (report.findings or report.related) for basis in finding.legal_basis}
        if not cited:
            return
        yield ""
        yield self._bold(self._say("provisions"))
        for basis in cited.values():
            yield from fold(self.phrases.provision(basis), self.options.width, "- ", "  ")

    def _step(self, step: Step) -> str:
        grade = self.phrases.grade(step.grade)
        return f"{step.name} → {grade}: {step.reason}" if self.language == "en" else f"{step.name} → {grade}：{step.reason_zh}"

    def _notes(self, notes: tuple[Note, ...], finding: Finding) -> Iterator[str]:
        counter = [note for note in notes if note in finding.counter_arguments]
        yield from self._rows("counter", (self.phrases.note(note) for note in counter))
        yield from self._rows("missing", (self.phrases.note(note) for note in notes if note not in counter))

    def _near_miss(self, miss: NearMiss) -> Iterator[str]:
        head = "  ".join(part for part in (miss.gate, self._where(miss.clause, miss.place)) if part)
        yield from fold(head, self.options.width, "- ", "  ")
        yield from self._quote(miss.quote, miss.place.start, miss.evidence)
        yield from fold(self.phrases.note(miss.reason), self.options.width, "  ", "  ")
        cues = self.phrases.cues(item for item in miss.evidence if item.role in ("negation", "exception", "limit", "gate"))
        yield from self._rows("gate", [cues] if cues else [])

    def _foot(self, report: Report) -> Iterator[str]:
        if report.problems:
            yield ""
            yield self._bold(self._say("problems"))
            for problem in report.problems:
                message = problem.message_zh if self.language == "zh" else problem.message
                where = f" [{problem.where}]" if problem.where else ""
                yield from fold(f"{problem.code}{where}: {message}", self.options.width, "- ", "  ")
        yield ""
        yield from self._rows("coverage", [self.phrases.coverage(report)], indent="")
        yield ""
        yield from fold(rules.rule("ART11").disclaimer[self.language], self.options.width)

    def _rows(self, label: str, texts: Iterable[str], indent: str = "  ") -> Iterator[str]:
        """Yield a label with its texts in a column of their own; nothing without texts."""
        first = indent + self._say(label)
        first += " " * max(1, _COLUMN - width(first))
        rest = " " * _COLUMN
        for text in texts:
            yield from fold(text, self.options.width, first, rest)
            first = rest

    def _say(self, key: str, **values: object) -> str:
        return WORDS[key][self.language == "zh"].format(**values)

    def _bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_PLAIN}" if self.options.colour else text


def _evidence(finding: Finding) -> list[Evidence]:
    return [*finding.evidence, *(item for fact in finding.attributes for item in fact.evidence)]


SINK = TextSink
