"""What every format says in the same words, in the language of the report: conclusion, citations, cues, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clausescan import law, rules
from clausescan.report.wrap import safe
from clausescan.types import AttributeFact, Evidence, Finding, Grade, Language, LegalBasis, Note, Report

# words and sentences by key, English and Chinese; {} are filled by name
WORDS: dict[str, tuple[str, str]] = {
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
    "tentative": ("arguable", "可争议"),
    "unverified": ("not verified", "未经核对"),
    "then_not_yet": ("not yet in force on the date of the document", "文件日期时尚未施行"),
    "then_repealed": ("no longer in force on the date of the document", "文件日期时已失效"),
    "instead": ("then: {list}", "当时为{list}"),
    "today_not_yet": ("not yet in force on the day asked for", "所问日期尚未施行"),
    "today_in_force": ("in force on the day asked for", "所问日期施行中"),
    "today_repealed": ("no longer in force on the day asked for", "所问日期已失效"),
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
_SHORT_HASH = 16


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words that all formats share, in one language."""

    language: Language

    def say(self, key: str, **values: object) -> str:
        """Return the words of WORDS for `key`. Raises KeyError for an unknown key or value."""
        return WORDS[key][self.language == "zh"].format(**values)

    @property
    def colon(self) -> str:
        """The colon with the space that belongs to it."""
        return "：" if self.language == "zh" else ": "

    @property
    def semicolon(self) -> str:
        """The semicolon with the space that belongs to it."""
        return "；" if self.language == "zh" else "; "

    @property
    def comma(self) -> str:
        """The comma with the space that belongs to it."""
        return "，" if self.language == "zh" else ", "

    def bracket(self, text: str) -> str:
        """Return the text in brackets, to be put behind something."""
        return f"（{text}）" if self.language == "zh" else f" ({text})"

    def quoted(self, text: str) -> str:
        """Return the text between quotation marks that do not occur in it."""
        if self.language == "zh":
            return f"「{text}」" if "“" in text else f"“{text}”"
        return f"“{text}”" if '"' in text else f'"{text}"'

    def note(self, note: Note) -> str:
        """Return the sentence of a note."""
        return note.text_zh if self.language == "zh" else note.text

    def conclusion(self, report: Report) -> str:
        """Return what the report as a whole says, as one sentence: "2 for a lawyer to review: ...; 41 clauses read."."""
        parts = [self._found(report), self.say("clauses", count=report.clauses)]
        return self.semicolon.join(part.rstrip(".。") for part in parts) + ("。" if self.language == "zh" else ".")

    def _found(self, report: Report) -> str:
        if report.findings:
            count = {grade: sum(finding.grade == grade for finding in report.findings) for grade in ("candidate", "review")}
            return self.say("found", total=len(report.findings), **count)
        return rules.rule("ART11").summaries["inconclusive" if report.inconclusive else "nothing"][self.language]

    def grade(self, grade: Grade) -> str:
        """Return the name of a grade."""
        return rules.rule("ART11").names["grade"][grade][self.language]

    def subject(self, finding: Finding) -> str:
        """Return the name of what the right is over."""
        return rules.rule("ART11").names["subject"][finding.subject][self.language]

    def attribute(self, fact: AttributeFact) -> str:
        """Return "irrevocable (strong)"."""
        names = rules.rule("ART11").names
        strength = names["strength"][fact.strength][self.language]
        if fact.cured_from and fact.cured_from != fact.strength:
            strength += "，" if self.language == "zh" else "; "
            strength += self.say("cured", strength=names["strength"][fact.cured_from][self.language])
        return names["attribute"][fact.name][self.language] + self.bracket(strength)

    def cues(self, evidence: Iterable[Evidence]) -> str:
        """Return the words of the evidence, each once and between quotation marks."""
        comma = "、" if self.language == "zh" else ", "
        return comma.join(dict.fromkeys(self.quoted(shortened(item.text)) for item in evidence))

    def cite(self, basis: LegalBasis) -> str:
        """Return "PIPL art. 15", with a mark when the basis is arguable or was not verified."""
        known = law.provisions().get(basis.code)
        marks = self.marks(basis)
        if self.language == "zh":
            return f"{known.of.short_zh if known else basis.instrument_zh}{basis.article_zh or basis.article}{marks}"
        return f"{known.of.short if known else basis.instrument} art. {basis.article}{marks}"

    def marks(self, basis: LegalBasis) -> str:
        """Return " (arguable; not verified)" as far as it holds."""
        said = [self.say(mark) for mark, holds in (("tentative", basis.tentative), ("unverified", not basis.verified)) if holds]
        return self.bracket(self.semicolon.join(said)) if said else ""

    def provision(self, basis: LegalBasis) -> str:
        """Return the provision in full: instrument, document number, date in force, article, our summary, and what to know of it."""
        if self.language == "zh":
            source = f"《{basis.instrument_zh}》（{basis.document_number}，{basis.in_force}起施行）{basis.article_zh or basis.article}"
            return f"{source}：{basis.summary_zh}{self._standing(basis)}"
        source = f"{basis.instrument} ({basis.document_number}, in force {basis.in_force}), art. {basis.article}"
        return f"{source}: {basis.summary}{self._standing(basis)}"

    def _standing(self, basis: LegalBasis) -> str:
        """Return what a reader must know about a provision: not verified, not in force on the date of the document."""
        said = [] if basis.verified else [self.say("unverified")]
        if basis.on_document_date in ("not_yet", "repealed"):
            said.append(self.say(f"then_{basis.on_document_date}"))
            said += [self.say("instead", list=", ".join(self.cite(law.basis(code)) for code in basis.instead))] if basis.instead else []
        if basis.on_today is not None:
            said.append(self.say(f"today_{basis.on_today}"))
        marks = self.bracket(self.semicolon.join(said)) if said else ""
        if self.language == "zh":
            return marks + basis.note_zh
        return f"{marks} {basis.note}" if basis.note else marks

    def related(self, code: str) -> str:
        """Return the code of a related finding with its title."""
        known = rules.related().get(code)
        return f"{code} {known.title[self.language]}" if known else code

    def coverage(self, report: Report) -> str:
        """Return what was read of the document, and its hash."""
        return self.comma.join(self._coverage(report))

    def _coverage(self, report: Report) -> Iterator[str]:
        coverage = report.document.coverage
        yield self.say("characters", count=f"{coverage.characters:,}")
        for name in ("pages", "tables", "footnotes", "text_boxes", "form_fields", "annotations", "hidden_blocks"):
            count = getattr(coverage, name)
            if count:
                yield self.say(name, count=count)
        if coverage.pages_without_text:
            yield self.say("pages_without_text", list=", ".join(map(str, coverage.pages_without_text)))
        if coverage.tracked_changes:
            yield self.say("tracked_changes", count=coverage.tracked_changes, view=self.say(coverage.revisions or "final"))
        if report.document.sha256:
            yield self.say("sha256", hash=report.document.sha256[:_SHORT_HASH])


def common_notes(findings: tuple[Finding, ...]) -> tuple[Note, ...]:
    """Return the notes that all findings share, when there are several: they are printed once."""
    if len(findings) < 2:
        return ()
    rest = [set(_codes(finding)) for finding in findings[1:]]
    return tuple(note for note in (*findings[0].counter_arguments, *findings[0].missing_facts) if all(note.code in codes for codes in rest))


def _codes(finding: Finding) -> Iterator[str]:
    return (note.code for note in (*finding.counter_arguments, *finding.missing_facts))


def shortened(text: str, limit: int = 60) -> str:
    """Return a cue on one line, with its middle left out when it is long."""
    line = " ".join(safe(text).split())
    return line if len(line) <= limit else f"{line[: limit // 2]} … {line[-limit // 2 :]}"
