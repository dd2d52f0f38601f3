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

from clausescan import law, rules
from clausescan.report.options import DEFAULT, Options, report_language
from clausescan.report.wrap import fold, lines, safe, safe_with_ranges, width
from clausescan.types import Clause, Evidence, Finding, Language, LegalBasis, NearMiss, Note, Place, Report, Step

_COLUMN = 14  # where the text beside a label begins
_BOLD, _EMPHASIS, _PLAIN = "\x1b[1m", "\x1b[1;4m", "\x1b[0m"

# the words of this format; {} are filled by name
WORDS: dict[str, tuple[str, str]] = {
    "conclusion": ("Conclusion", "结论"),
    "found": (
        "{total} for a lawyer to review: {candidate} candidate, {review} review",
        "{total} 条供律师复核：候选 {candidate} 条，复核 {review} 条",
    ),
    "clauses": ("{count} clauses read", "共检查 {count} 个条款"),
    "also_inconclusive": (
        "A part of the document could not be read; more may stand there.",
        "文件有部分内容无法读取，其中可能还有此类条款。",
    ),
    "page": ("page {page}", "第 {page} 页"),
    "line": ("line {line}", "第 {line} 行"),
    "confidence": ("confidence {level}", "把握{level}"),
    "high": ("high", "高"),
    "medium": ("medium", "中"),
    "low": ("low", "低"),
    "why": ("Why", "为何标示"),
    "subject": ("Over", "客体"),
    "right": ("Granted by", "授权"),
    "definition": ("Definition", "定义"),
    "antecedent": ("Refers to", "所指"),
    "heading": ("Heading", "标题"),
    "direction": ("Direction", "方向"),
    "limit": ("Limited by", "限定"),
    "negation": ("Denied by", "否定"),
    "exception": ("Exception", "除外"),
    "gate": ("Excluded by", "排除"),
    "cured": ("weakened from {strength}", "由{strength}减弱"),
    "against": ("Against", "相反迹象"),
    "steps": ("Steps", "判断步骤"),
    "law": ("Law", "法律依据"),
    "provisions": ("The law cited, in our own words", "所引法律（摘要为本工具表述）"),
    "tentative": ("arguable", "可争议"),
    "related": ("See also", "另见"),
    "counter": ("They may say", "对方可主张"),
    "missing": ("To prove", "待证事实"),
    "common": ("For every clause above", "以上各条共同"),
    "near": ("Not flagged: one step from a finding", "未标示：与标示仅差一步"),
    "problems": ("Reading problems", "读取问题"),
    "coverage": ("Read", "读取范围"),
    "characters": ("{count} characters", "{count} 个字符"),
    "pages": ("{count} pages", "{count} 页"),
    "pages_without_text": ("pages without text: {list}", "无文字的页：{list}"),
    "tables": ("{count} tables", "{count} 个表格"),
    "footnotes": ("{count} footnotes", "{count} 条脚注"),
    "text_boxes": ("{count} text boxes", "{count} 个文本框"),
    "form_fields": ("{count} form fields", "{count} 个表单域"),
    "annotations": ("{count} annotations", "{count} 条批注"),
    "hidden_blocks": ("{count} hidden passages", "{count} 处隐藏文字"),
    "tracked_changes": ("{count} tracked changes ({view} text)", "{count} 处修订（{view}文本）"),
    "final": ("final", "修订后"),
    "original": ("original", "修订前"),
    "sha256": ("sha256 {hash}", "sha256 {hash}"),
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

    def report(self, report: Report) -> Iterator[str]:
        """Yield all lines."""
        yield from self._head(report)
        common = _common(report.findings)
        for number, finding in enumerate(report.findings, 1):
            yield ""
            yield from self._finding(number, finding, common)
        if common and report.findings:
            yield ""
            yield self._bold(self._say("common"))
            yield from self._notes(common, report.findings[0])
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
        parts = [self._conclusion(report), self._say("clauses", count=report.clauses)]
        joined = "；".join(parts) + "。" if self.language == "zh" else "; ".join(part.rstrip(".") for part in parts) + "."
        colon = "：" if self.language == "zh" else ": "
        yield from map(self._bold, fold(self._say("conclusion") + colon + joined, self.options.width))
        if report.findings and report.inconclusive:
            yield from fold(self._say("also_inconclusive"), self.options.width)

    def _conclusion(self, report: Report) -> str:
        if report.findings:
            count = {grade: sum(finding.grade == grade for finding in report.findings) for grade in ("candidate", "review")}
            return self._say("found", total=len(report.findings), **count)
        summaries = rules.rule("ART11").summaries
        return summaries["inconclusive" if report.inconclusive else "nothing"][self.language].rstrip(".。")

    def _finding(self, number: int, finding: Finding, common: tuple[Note, ...]) -> Iterator[str]:
        grade = rules.rule("ART11").names["grade"][finding.grade][self.language].upper()
        head = "  ".join(part for part in (f"{number}. {grade}", self._where(finding.clause, finding.place, finding.confidence)) if part)
        yield from map(self._bold, fold(head, self.options.width, rest="   "))
        yield "─" * self.options.width
        yield from self._quote(finding.quote, finding.place.start, _evidence(finding))
        yield from fold(self._one(finding.summary), self.options.width, "  ", "  ")
        yield from self._reasons(finding)
        yield from self._rows("against", (self._one(note) for note in finding.against))
        if self.options.why_not:
            yield from self._rows("steps", (self._step(step) for step in finding.steps))
        separator = "；" if self.language == "zh" else "; "
        yield from self._rows("law", [separator.join(map(self._cite, finding.legal_basis))] if finding.legal_basis else [])
        yield from self._rows("related", (self._related(code) for code in finding.related))
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
        names = rules.rule("ART11").names
        attributes = []
        for fact in finding.attributes:
            strength = names["strength"][fact.strength][self.language]
            if fact.cured_from and fact.cured_from != fact.strength:
                strength += "; " if self.language == "en" else "，"
                strength += self._say("cured", strength=names["strength"][fact.cured_from][self.language])
            attributes.append(self._cue(f"{names['attribute'][fact.name][self.language]}{self._bracket(strength)}", fact.evidence))
        yield from self._rows("why", attributes)
        for role in ("subject", "right", "definition", "antecedent", "heading", "direction", "limit", "exception", "negation"):
            evidence = [item for item in finding.evidence if item.role == role]
            if role == "subject":
                yield from self._rows(role, [self._cue(names["subject"][finding.subject][self.language], evidence)])
            elif evidence:
                yield from self._rows(role, [self._cues(evidence)])

    def _cue(self, label: str, evidence: Iterable[Evidence]) -> str:
        cues = self._cues(evidence)
        return f"{label}{'：' if self.language == 'zh' else ': '}{cues}" if cues else label

    def _cues(self, evidence: Iterable[Evidence]) -> str:
        comma = "、" if self.language == "zh" else ", "
        return comma.join(dict.fromkeys(self._quoted(_short(item.text)) for item in evidence))

    def _quoted(self, text: str) -> str:
        if self.language == "zh":
            return f"「{text}」" if "“" in text else f"“{text}”"
        return f"“{text}”" if '"' in text else f'"{text}"'

    def _bracket(self, text: str) -> str:
        return f"（{text}）" if self.language == "zh" else f" ({text})"

    def _cite(self, basis: LegalBasis) -> str:
        """Return "PIPL art. 15", with a mark when the basis is arguable."""
        known = law.provisions().get(basis.code)
        tentative = self._bracket(self._say("tentative")) if basis.tentative else ""
        if self.language == "zh":
            return f"{known.short_zh if known else basis.instrument_zh}{basis.article_zh or basis.article}{tentative}"
        return f"{known.short if known else basis.instrument} art. {basis.article}{tentative}"

    def _law(self, report: Report) -> Iterator[str]:
        """Yield every provision that a finding rests on, once, with its summary."""
        cited = {basis.code: basis for finding in report.findings for basis in finding.legal_basis}
        if not cited:
            return
        yield ""
        yield self._bold(self._say("provisions"))
        for basis in cited.values():
            if self.language == "zh":
                source = f"《{basis.instrument_zh}》（{basis.document_number}，{basis.in_force}起施行）{basis.article_zh or basis.article}"
                text = f"{source}：{basis.summary_zh}"
            else:
                source = f"{basis.instrument} ({basis.document_number}, in force {basis.in_force}), art. {basis.article}"
                text = f"{source}: {basis.summary}"
            yield from fold(text, self.options.width, "- ", "  ")

    def _related(self, code: str) -> str:
        known = rules.related().get(code)
        return f"{code} {known.title[self.language]}" if known else code

    def _step(self, step: Step) -> str:
        grade = rules.rule("ART11").names["grade"][step.grade][self.language]
        return f"{step.name} → {grade}: {step.reason}" if self.language == "en" else f"{step.name} → {grade}：{step.reason_zh}"

    def _notes(self, notes: tuple[Note, ...], finding: Finding) -> Iterator[str]:
        counter = [note for note in notes if note in finding.counter_arguments]
        yield from self._rows("counter", (self._one(note) for note in counter))
        yield from self._rows("missing", (self._one(note) for note in notes if note not in counter))

    def _near_miss(self, miss: NearMiss) -> Iterator[str]:
        head = "  ".join(part for part in (miss.gate, self._where(miss.clause, miss.place)) if part)
        yield from fold(head, self.options.width, "- ", "  ")
        yield from self._quote(miss.quote, miss.place.start, miss.evidence)
        yield from fold(self._one(miss.reason), self.options.width, "  ", "  ")
        cues = self._cues(item for item in miss.evidence if item.role in ("negation", "exception", "limit", "gate"))
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
        yield from self._rows("coverage", [("，" if self.language == "zh" else ", ").join(self._coverage(report))], indent="")
        yield ""
        yield from fold(rules.rule("ART11").disclaimer[self.language], self.options.width)

    def _coverage(self, report: Report) -> Iterator[str]:
        coverage = report.document.coverage
        yield self._say("characters", count=f"{coverage.characters:,}")
        for name in ("pages", "tables", "footnotes", "text_boxes", "form_fields", "annotations", "hidden_blocks"):
            count = getattr(coverage, name)
            if count:
                yield self._say(name, count=count)
        if coverage.pages_without_text:
            yield self._say("pages_without_text", list=", ".join(map(str, coverage.pages_without_text)))
        if coverage.tracked_changes:
            yield self._say("tracked_changes", count=coverage.tracked_changes, view=self._say(coverage.revisions or "final"))
        if report.document.sha256:
            yield self._say("sha256", hash=report.document.sha256[:16])

    def _rows(self, label: str, texts: Iterable[str], indent: str = "  ") -> Iterator[str]:
        """Yield a label with its texts in a column of their own; nothing without texts."""
        first = indent + self._say(label)
        first += " " * max(1, _COLUMN - width(first))
        rest = " " * _COLUMN
        for text in texts:
            yield from fold(text, self.options.width, first, rest)
            first = rest

    def _one(self, note: Note) -> str:
        return note.text_zh if self.language == "zh" else note.text

    def _say(self, key: str, **values: object) -> str:
        return WORDS[key][self.language == "zh"].format(**values)

    def _bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_PLAIN}" if self.options.colour else text


def _evidence(finding: Finding) -> list[Evidence]:
    return [*finding.evidence, *(item for fact in finding.attributes for item in fact.evidence)]


def _common(findings: tuple[Finding, ...]) -> tuple[Note, ...]:
    """Return the notes that all findings share, when there are several: they are printed once."""
    if len(findings) < 2:
        return ()
    rest = [set(_codes(finding)) for finding in findings[1:]]
    return tuple(note for note in (*findings[0].counter_arguments, *findings[0].missing_facts) if all(note.code in codes for codes in rest))


def _codes(finding: Finding) -> Iterator[str]:
    return (note.code for note in (*finding.counter_arguments, *finding.missing_facts))


def _short(text: str, limit: int = 60) -> str:
    """Return a cue on one line, with its middle left out when it is long."""
    line = " ".join(safe(text).split())
    return line if len(line) <= limit else f"{line[: limit // 2]} … {line[-limit // 2 :]}"


SINK = TextSink
