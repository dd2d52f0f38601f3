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

With colour the words of the evidence are set off inside the quote and the severable part is struck through; without, the quote
is plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TextIO

from clausescan import rules, sentences
from clausescan.report.options import DEFAULT, Options, report_language
from clausescan.report.phrases import WORDS as PHRASES
from clausescan.report.phrases import Phrases, common_notes, shortened
from clausescan.report.wrap import Range, fold, lines, safe, safe_with_ranges, width
from clausescan.types import (
    Clause,
    DocumentContext,
    Element,
    Evidence,
    Finding,
    Language,
    NearMiss,
    Note,
    Place,
    RelatedFinding,
    Report,
    Step,
)

_BILINGUAL = "RF-18"  # told with both passages, by itself
_COLUMN = 14  # where the text beside a label begins
_BOLD, _EMPHASIS, _PLAIN = "\x1b[1m", "\x1b[1;4m", "\x1b[0m"
_STRUCK = {"11": "\x1b[1;4;9m", "10": _EMPHASIS, "01": "\x1b[9m"}  # evidence and severable part, evidence, severable part

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
    "document": ("Document", "文件"),
    "signs": ("Signs of standard terms: {list}", "格式条款迹象：{list}"),
    "plain": ("In short", "通俗说"),
    "elements": ("Elements", "要件"),
    "severable": ("To cut", "可分割部分"),
    "whole": ("the whole clause", "整条"),
    "suggestion": ("Narrower", "收窄建议"),
    "prominence": ("Set off by", "突出显示"),
    "bold": ("bold type", "加粗"),
    "underline": ("underlining", "下划线"),
    "colour": ("colour", "颜色"),
    "caps": ("capitals", "大写"),
    "advice": ("To ask", "建议"),
    "related": ("See also", "另见"),
    "counter": ("They may say", "对方可主张"),
    "missing": ("To prove", "待证事实"),
    "beside": ("Related findings (they do not change a grade)", "相关提示（不影响等级）"),
    "whole_document": ("whole document", "全文"),
    "ask": ("Ask for", "建议"),
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
        for item in report.related:
            if item.rule == _BILINGUAL:
                yield ""
                yield from self._related_finding(item)
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
        if report.findings:
            yield from self._rows("document", self._context(report.context), indent="")

    def _context(self, context: DocumentContext) -> Iterator[str]:
        """Yield what the document says about itself."""
        kind = sentences.pair("context", "kind", context.kind)[self.language == "zh"]
        said = [kind[:1].upper() + kind[1:] + self._stop(), *map(self.phrases.note, context.notes)]
        yield ("" if self.language == "zh" else " ").join(said)
        if context.standard_term_signs:
            comma = "、" if self.language == "zh" else ", "
            signs = [sentences.pair("elements", "sign", name)[self.language == "zh"] for name in context.standard_term_signs]
            yield self._say("signs", list=comma.join(signs)) + self._stop()

    def _stop(self) -> str:
        return "。" if self.language == "zh" else "."

    def _finding(self, number: int, finding: Finding, common: tuple[Note, ...]) -> Iterator[str]:
        grade = self.phrases.grade(finding.grade).upper()
        head = "  ".join(part for part in (f"{number}. {grade}", self._where(finding.clause, finding.place, finding.confidence)) if part)
        yield from map(self._bold, fold(head, self.options.width, rest="   "))
        yield "─" * self.options.width
        yield from self._quote(finding.quote, finding.place.start, _evidence(finding), finding.severable)
        yield from fold(self.phrases.note(finding.summary), self.options.width, "  ", "  ")
        yield from self._rows("plain", [self.phrases.note(finding.plain)] if finding.plain else [])
        yield from self._reasons(finding)
        yield from self._joined("prominence", map(self._say, finding.prominence))
        yield from self._joined("elements", map(self._element, finding.elements))
        yield from self._rows("against", (self.phrases.note(note) for note in finding.against))
        if self.options.why_not:
            yield from self._rows("steps", (self._step(step) for step in finding.steps))
        yield from self._joined("law", map(self.phrases.cite, finding.legal_basis))
        yield from self._rows("related", (self.phrases.related(code) for code in finding.related))
        yield from self._notes(tuple(note for note in (*finding.counter_arguments, *finding.missing_facts) if note not in common), finding)
        yield from self._rows("severable", [self._severable(finding)] if finding.severable else [])
        yield from self._rows("suggestion", [finding.suggestion] if finding.suggestion else [])

    def _joined(self, label: str, texts: Iterable[str]) -> Iterator[str]:
        """Yield a label with its texts in one row; nothing without texts."""
        joined = self.phrases.semicolon.join(texts)
        yield from self._rows(label, [joined] if joined else [])

    def _severable(self, finding: Finding) -> str:
        """Return the words to cut, or that it is the whole clause."""
        taken = sum(len(item.text.strip()) for item in finding.severable)
        if taken * 10 >= len(finding.quote.strip()) * 9:
            return self._say("whole")
        return self.phrases.cues(finding.severable)

    def _element(self, element: Element) -> str:
        """Return "E1 information processor: in the text "we""; what must be asked with its question."""
        status = sentences.pair("elements", "status", element.status)[self.language == "zh"]
        colon = self.phrases.colon
        words = self.phrases.cues(sorted(element.evidence, key=lambda item: len(item.text))[:1]) if element.status == "found" else ""
        reason = self.phrases.note(element.reason).rstrip(".。") if element.status == "ask" else ""
        details = (colon + reason) if reason else (" " + words) if words and self.language == "en" else words
        return f"{element.code} {self.phrases.note(element.name)}{colon}{status}{details}"

    def _where(self, clause: Clause, place: Place, confidence: str = "") -> str:
        """Return "8.2  Heading > heading  (page 3, line 41, confidence high)"."""
        spots = [self._say(key, **{key: value}) for key, value in (("page", place.page), ("line", place.line)) if value]
        spots += [self._say("confidence", level=self._say(confidence))] if confidence else []
        brackets, comma = ("（{}）", "，") if self.language == "zh" else ("({})", ", ")
        headings = " > ".join(clause.heading)
        return "  ".join(part for part in (clause.number, headings, brackets.format(comma.join(spots)) if spots else "") if part)

    def _quote(self, quote: str, offset: int, evidence: Iterable[Evidence], cut: Iterable[Evidence] = ()) -> Iterator[str]:
        text, marked = safe_with_ranges(quote.rstrip(), ((item.start - offset, item.end - offset) for item in evidence))
        _, struck = safe_with_ranges(quote.rstrip(), ((item.start - offset, item.end - offset) for item in cut))
        for start, end in lines(text, self.options.width - 4):
            if text[start:end].strip():
                yield "  | " + self._emphasise(text, start, end, marked, struck)

    def _emphasise(self, text: str, start: int, end: int, marked: list[Range], struck: list[Range]) -> str:
        if not self.options.colour:
            return text[start:end]
        styles = [(_inside(index, marked), _inside(index, struck)) for index in range(start, end)]
        runs = groupby(zip(styles, text[start:end], strict=True), key=itemgetter(0))
        parts = ((f"{marks:d}{cut:d}", "".join(char for _, char in run)) for (marks, cut), run in runs)
        return "".join(f"{_STRUCK[style]}{part}{_PLAIN}" if style in _STRUCK else part for style, part in parts)

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
        others = [item for item in report.related if item.rule != _BILINGUAL]
        rest = [item for item in others if shown.isdisjoint(item.beside) or item.document_level]
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
                whole = self._say("whole_document") + phrases.colon + phrases.quoted(shortened(item.quote, 80))
                words = whole if item.document_level else phrases.cues(item.evidence)
                yield from fold(f"{self._where(item.clause, item.place)}  {words}".strip(), self.options.width, "  - ", "    ")
            yield from fold(self._say("ask") + phrases.colon + phrases.note(group[0].advice), self.options.width, "    ", "    ")

    def _law(self, report: Report) -> Iterator[str]:
        """Yield every provision that a finding rests on, once, with its summary."""
        bases = [finding.legal_basis for finding in (report.findings or report.related)]
        bases += [finding.legal_basis for finding in report.related if finding.rule == _BILINGUAL]
        cited = {basis.code: basis for items in bases for basis in items}
        if not cited:
            return
        yield ""
        yield self._bold(self._say("provisions"))
        for basis in cited.values():
            yield from fold(self.phrases.provision(basis), self.options.width, "- ", "  ")

    def _related_finding(self, finding: RelatedFinding) -> Iterator[str]:
        head = "  ".join(part for part in (self.phrases.related(finding.rule), self._where(finding.clause, finding.place)) if part)
        yield from map(self._bold, fold(head, self.options.width, rest="   "))
        yield "─" * self.options.width
        yield from self._quote(finding.quote, finding.place.start, finding.evidence)
        yield from fold(self.phrases.note(finding.summary), self.options.width, "  ", "  ")
        yield from self._joined("law", map(self.phrases.cite, finding.legal_basis))
        yield from self._rows("advice", [self.phrases.note(finding.advice)])

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


def _inside(index: int, ranges: list[Range]) -> bool:
    return any(low <= index < high for low, high in ranges)


def _evidence(finding: Finding) -> list[Evidence]:
    return [*finding.evidence, *(item for fact in finding.attributes for item in fact.evidence)]


SINK = TextSink
