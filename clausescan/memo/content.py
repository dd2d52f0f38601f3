"""What the memo says, in order and without any format: plain values that the writers lay out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from clausescan import law, rules, sentences
from clausescan.report.grid import Column, Grid
from clausescan.report.phrases import Phrases, common_notes
from clausescan.report.wrap import safe, safe_with_ranges
from clausescan.types import ATTRIBUTES, Element, Finding, Language, LegalBasis, Note, Report

AUTHOR = "clausescan"
# characters of a quotation and of a suggestion in the table; the whole ones stand below it
_QUOTE = 300
_ADVICE = {"zh": 60, "en": 150}
# columns of the table of findings, in centimetres on A4 across
_OVERVIEW = (("number", 1.1), ("quote", 7.1), ("place", 1.5), ("issue", 3.8), ("basis_column", 6.0), ("suggestion", 4.6), ("status", 1.6))

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Review memorandum: clauses on face information", "人脸信息条款审查备忘录"),
    "file": ("Document reviewed", "审查文件"),
    "heading": ("Title", "文件标题"),
    "dated": ("Date of the document", "文件日期"),
    "hash": ("SHA-256 of the file", "文件哈希（SHA-256）"),
    "basis": ("Standard of review", "审查依据"),
    "date": ("Date of review", "审查日期"),
    "reviewer": ("Reviewing lawyer", "复核律师"),
    "versions": ("Tool and rules", "工具与规则版本"),
    "conclusion": ("Conclusion", "结论"),
    "overview": ("Findings at a glance", "条款一览"),
    "details": ("The findings one by one", "逐条分析"),
    "common": ("Arguments and facts common to all findings", "各条共同的抗辩与待证事实"),
    "law": ("Law cited", "所引法律"),
    "coverage": ("What was reviewed", "审查范围"),
    "disclaimer": ("Disclaimer", "声明"),
    "number": ("No.", "序号"),
    "quote": ("Clause", "条款原文"),
    "place": ("Page", "页码"),
    "issue": ("Issue", "问题"),
    "basis_column": ("Law", "法律依据"),
    "suggestion": ("Suggestion", "修改建议"),
    "status": ("Status", "状态"),
    "open": ("to be reviewed", "待复核"),
    "element": ("Element of Article 11", "第十一条要件"),
    "state": ("State", "查明情况"),
    "words": ("Words of the text; why, or what to ask", "文本依据；理由或待查事项"),
    "not_found": ("Not found in the text: {names}.", "文本中未见：{names}。"),
    "reason": ("Reason: ", "理由："),
    "against": ("Against: ", "相反迹象："),
    "counter": ("Counter-arguments: ", "对方可主张："),
    "missing": ("To prove: ", "待证事实："),
    "law_label": ("Law: ", "法律依据："),
    "suggestion_label": ("Suggestion: ", "修改建议："),
    "related_label": ("See also: ", "另见："),
    "summary": ("The grades only say in which order to read: a candidate first, a review once. Neither is a legal judgement.",
                "等级仅提示阅读顺序：候选先行审阅，复核审阅一次；均不构成法律判断。"),
    "finding": ("Finding {number}", "第 {number} 项"),
    "one": ("over {subject}: {attributes}", "就{subject}：{attributes}"),
    "own_words": ("Summaries are in our own words; check the official text.", "以下摘要为本工具表述，请以官方公布文本为准。"),
    "read": ("{scope}.", "{scope}。"),
    "whole": ("No problem was met in reading the file.", "读取过程未见异常。"),
    "signature": ("Reviewed by: ____________________        Date: ____________________",
                  "复核律师（签字）：____________________　　日期：____________________"),
}  # fmt: skip


# a label ("To prove: ") and the sentences that it is for, one or several
Labelled = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One finding: heading, quotation (parts with True are evidence), elements, and sentences by their label."""

    heading: str
    quote: tuple[tuple[str, bool], ...]
    elements: Grid
    notes: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """The memo from top to bottom. `headings` has those of SECTIONS that are not empty, with their numbers, in order."""

    language: Language
    title: str
    facts: tuple[tuple[str, str], ...]
    headings: dict[str, str]
    conclusion: tuple[str, ...]
    overview: Grid
    details: tuple[Detail, ...]
    common: tuple[Labelled, ...]
    law_note: str
    law: tuple[str, ...]
    coverage: tuple[str, ...]
    disclaimer: str
    signature: str


SECTIONS = ("conclusion", "overview", "details", "common", "law", "coverage", "disclaimer")


def memo(report: Report, language: Language, date: datetime, status: Mapping[str, str] | None = None) -> Memo:
    """Return the memo about a report. `status` says by the id of a finding what was decided about it; the others are open."""
    return _Author(report, Phrases(language), date, status or {}).memo()


class _Author:
    """Writes one memo in one language."""

    def __init__(self, report: Report, phrases: Phrases, date: datetime, status: Mapping[str, str]) -> None:
        self._report, self._phrases, self._date, self._status = report, phrases, date, status
        self._language = phrases.language
        self._common = common_notes(report.findings)

    def memo(self) -> Memo:
        findings = self._report.findings
        return Memo(
            language=self._language, title=self._say("title"), facts=tuple(self._facts()),
            headings=self._headings(),
            conclusion=tuple(self._conclusion()), overview=self._overview(),
            details=tuple(self._detail(number, finding) for number, finding in enumerate(findings, 1)),
            common=tuple(self._notes(self._common, findings[0])) if findings else (),
            law_note=self._say("own_words"), law=tuple(self._law()), coverage=tuple(self._coverage()),
            disclaimer=rules.rule("ART11").disclaimer[self._language], signature=self._say("signature"),
        )  # fmt: skip

    def _say(self, key: str, **values: object) -> str:
        return _WORDS[key][self._language == "zh"].format(**values)

    def _headings(self) -> dict[str, str]:
        findings = self._report.findings
        empty = {"overview": not findings, "details": not findings, "common": not self._common, "law": not findings}
        shown = [name for name in SECTIONS if not empty.get(name)]
        return {name: _numbered(index, self._say(name), self._language) for index, name in enumerate(shown)}

    def _facts(self) -> Iterator[tuple[str, str]]:
        document = self._report.document
        yield self._say("file"), document.name
        if document.title and document.title != document.name:
            yield self._say("heading"), document.title
        if self._report.context.date:
            yield self._say("dated"), self._report.context.date
        yield self._say("hash"), document.sha256
        yield self._say("basis"), self._cited([law.basis("FRJI-11"), law.basis("CC-497-1"), law.basis("CC-497-2"), law.basis("CC-497-3")])
        yield self._say("date"), self._date.strftime("%Y-%m-%d")
        yield self._say("versions"), self._phrases.comma.join(f"{name} {version}" for name, version in self._report.versions)
        yield self._say("reviewer"), ""

    def _conclusion(self) -> Iterator[str]:
        report = self._report
        yield self._phrases.conclusion(report)
        if report.findings and report.inconclusive:
            yield self._phrases.say("also_inconclusive")
        yield from (self._line(number, finding) for number, finding in enumerate(report.findings, 1))
        if report.findings:
            yield self._say("summary")

    def _line(self, number: int, finding: Finding) -> str:
        """Return "Finding 1: 4.2 Licence (page 1, candidate), over face information: irrevocable (strong)"."""
        attributes = ("、" if self._language == "zh" else ", ").join(map(self._phrases.attribute, finding.attributes))
        what = self._say("one", subject=self._phrases.subject(finding), attributes=attributes)
        return self._head(number, finding) + self._phrases.comma + what + ("。" if self._language == "zh" else ".")

    def _head(self, number: int, finding: Finding) -> str:
        title = self._report.document.title
        where = " > ".join(heading for heading in finding.clause.heading if heading != title)
        spot = self._place(finding) if finding.place.page is None else self._phrases.say("page", page=finding.place.page)
        aside = self._phrases.bracket(self._phrases.comma.join(filter(None, (spot, self._phrases.grade(finding.grade)))))
        name = self._say("finding", number=number) + self._phrases.colon
        dash = "，" if self._language == "zh" else " – "
        return name + dash.join(filter(None, (finding.clause.number, where))) + aside

    def _overview(self) -> Grid:
        columns = tuple(
            Column(title=self._say(name), width=width, centred=name in ("number", "place", "status")) for name, width in _OVERVIEW
        )
        return Grid(columns=columns, rows=tuple(self._row(number, finding) for number, finding in enumerate(self._report.findings, 1)))

    def _row(self, number: int, finding: Finding) -> tuple[str, ...]:
        attributes = self._phrases.semicolon.join(map(self._phrases.attribute, finding.attributes))
        return (
            str(number),
            self._quoted(finding),
            self._place(finding),
            "\n".join((self._phrases.grade(finding.grade), self._phrases.subject(finding) + self._phrases.colon + attributes)),
            self._cited(finding.legal_basis),
            _excerpt(finding.suggestion, _ADVICE["en" if finding.suggestion.isascii() else "zh"]),
            safe(self._status.get(finding.id) or self._say("open")),
        )

    def _quoted(self, finding: Finding) -> str:
        number, quote = finding.clause.number, _excerpt(finding.quote)
        return quote if not number or quote.startswith(number) else f"{number} {quote}"

    def _place(self, finding: Finding) -> str:
        place = finding.place
        if place.page:
            return str(place.page)
        return self._phrases.say("line", line=place.line) if place.line else ""

    def _cited(self, basis: Iterable[LegalBasis]) -> str:
        """Return the provisions by instrument, each instrument once with its document number."""
        groups: dict[str, list[LegalBasis]] = {}
        for item in basis:
            groups.setdefault(item.instrument, []).append(item)
        return self._phrases.semicolon.join(self._instrument(items) for items in groups.values())

    def _instrument(self, items: list[LegalBasis]) -> str:
        known = law.provision(items[0].code)
        firm = [(item, self._phrases.marks(item)) for item in items]
        if self._language == "zh":
            articles = "、".join((item.article_zh or item.article) + mark for item, mark in firm)
            return f"{known.of.short_zh}（{known.of.document_number}）{articles}"
        articles = ", ".join(item.article + mark for item, mark in firm)
        return f"{known.of.short} ({known.of.document_number}) art{'s' if len(firm) > 1 else ''}. {articles}"

    def _detail(self, number: int, finding: Finding) -> Detail:
        columns = (
            Column(title=self._say("element"), width=4.6),
            Column(title=self._say("state"), width=2.8, centred=True),
            Column(title=self._say("words"), width=8.4),
        )
        rows = tuple(self._element(element, finding) for element in finding.elements)
        return Detail(
            heading=self._head(number, finding), quote=_marked(finding),
            elements=Grid(columns=columns, rows=rows), notes=tuple(self._sentences(finding)),
        )  # fmt: skip

    def _element(self, element: Element, finding: Finding) -> tuple[str, str, str]:
        """Return name, status, and the words of the text with why they count or what is to be asked."""
        name = self._phrases.note(element.name)
        status = sentences.pair("elements", "status", element.status)[self._language == "zh"]
        words = [self._phrases.cues(element.evidence)] if element.evidence else []
        if element.code == "E7":  # each kind with its strength and its own words
            words = [self._phrases.attribute(fact) + self._phrases.colon + self._phrases.cues(fact.evidence) for fact in finding.attributes]
            words += list(self._kinds_not_found(finding))
        told = () if element.code == "E7" and element.status == "found" else (self._phrases.note(element.reason),)
        return f"{element.code}  {name[:1].upper()}{name[1:]}", status, "\n".join((*words, *told))

    def _kinds_not_found(self, finding: Finding) -> Iterator[str]:
        names = rules.rule("ART11").names["attribute"]
        have = {fact.name for fact in finding.attributes}
        missing = [names[name][self._language] for name in ATTRIBUTES if name not in have]
        if missing:
            yield self._say("not_found", names=("、" if self._language == "zh" else ", ").join(missing))

    def _sentences(self, finding: Finding) -> Iterator[Labelled]:
        yield self._say("reason"), (self._phrases.note(finding.summary),)
        if finding.against:
            yield self._say("against"), tuple(map(self._phrases.note, finding.against))
        yield self._say("law_label"), (self._phrases.semicolon.join(map(self._phrases.cite, finding.legal_basis)),)
        own = tuple(note for note in (*finding.counter_arguments, *finding.missing_facts) if note not in self._common)
        yield from self._notes(own, finding)
        if finding.suggestion:
            yield self._say("suggestion_label"), (finding.suggestion,)
        if finding.related:
            yield self._say("related_label"), tuple(map(self._phrases.related, finding.related))

    def _notes(self, notes: tuple[Note, ...], finding: Finding) -> Iterator[Labelled]:
        counter = [note for note in notes if note in finding.counter_arguments]
        for key, chosen in (("counter", counter), ("missing", [note for note in notes if note not in counter])):
            if chosen:
                yield self._say(key), tuple(map(self._phrases.note, chosen))

    def _law(self) -> Iterator[str]:
        cited = {basis.code: basis for finding in self._report.findings for basis in finding.legal_basis}
        return map(self._phrases.provision, cited.values())

    def _coverage(self) -> Iterator[str]:
        yield self._say("read", scope=self._phrases.coverage(self._report))
        for problem in self._report.problems:
            where = self._phrases.bracket(problem.where) if problem.where else ""
            message = problem.message_zh if self._language == "zh" else problem.message
            yield f"{problem.code}{where}{self._phrases.colon}{message}"
        if not self._report.problems:
            yield self._say("whole")


def _numbered(index: int, heading: str, language: Language) -> str:
    return f"{'一二三四五六七八九'[index]}、{heading}" if language == "zh" else f"{index + 1}. {heading}"


def _excerpt(text: str, most: int = _QUOTE) -> str:
    """Return a text on one line, cut at its end when it is long, between words."""
    line = " ".join(safe(text).split())
    if len(line) <= most:
        return line
    cut = line[:most]
    return (cut.rpartition(" ")[0] if cut.isascii() else cut) + " …"


def _marked(finding: Finding) -> tuple[tuple[str, bool], ...]:
    """Return the quotation in parts, evidence set off."""
    start = finding.place.start
    evidence = [*finding.evidence, *(item for fact in finding.attributes for item in fact.evidence)]
    text, ranges = safe_with_ranges(finding.quote.rstrip(), [(item.start - start, item.end - start) for item in evidence])
    flags = [any(low <= index < high for low, high in ranges) for index in range(len(text))]
    parts = groupby(range(len(text)), key=lambda index: flags[index])
    return tuple(("".join(text[index] for index in indexes), strong) for strong, indexes in parts)
