"""Records as rows of one table: a row for each finding, each related finding and each problem.

A document with none of them still gets one row, so that every document that was scanned stands in the table:

    row      document     conclusion     rule   grade      clause  page  quote
    finding  app-a.html   findings       ART11  candidate  8.2           You grant us a perpetual ...
    related  app-a.html   findings       RF-11                           ...
    problem  app-b.pdf    inconclusive                                   (problem R020_no_text)
    none     app-c.txt    nothing_found
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from clausescan.report.records import related_findings
from clausescan.report.saying import cite, name, reasons, strength, title, words
from clausescan.report.sink import Record
from clausescan.types import Language

Value = str | int | float | bool | None
Row = dict[str, Value]
Kind = Literal["text", "integer", "number", "boolean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name for scripts, its headings for people, what it holds, and how a spreadsheet shows it: width in characters,
    and whether long text goes on in further lines.
    """

    name: str
    en: str
    zh: str
    kind: Kind = "text"
    width: int = 14
    wrap: bool = True

    def heading(self, language: Language) -> str:
        """Return the heading in the language."""
        return self.zh if language == "zh" else self.en


def _column(name: str, en: str, zh: str, width: int = 14, kind: Kind = "text", wrap: bool = True) -> Column:
    return Column(name=name, en=en, zh=zh, width=width, kind=kind, wrap=wrap)


DOCUMENT = (
    _column("document", "Document", "文件", 32),
    _column("conclusion", "Conclusion", "结论", 16),
)
FINDING = (
    _column("id", "Finding", "编号", 20, wrap=False),
    _column("rule", "Rule", "规则", 9),
    _column("rule_title", "Issue", "事项", 26),
    _column("grade", "Grade", "等级", 11),
    _column("confidence", "Confidence", "把握", 11),
    _column("score", "Score", "分值", 8, "number"),
    _column("clause", "Clause", "条款", 10),
    _column("heading", "Heading", "所属标题", 24),
    _column("page", "Page", "页", 7, "integer"),
    _column("line", "Line", "行", 7, "integer"),
    _column("quote", "Quote", "原文", 70),
    _column("attributes", "Attributes", "属性", 26),
    _column("subject", "Over", "客体", 20),
    _column("summary", "In one sentence", "说明", 44),
    _column("why", "Why", "为何标示", 50),
    _column("against", "Against", "相反迹象", 34),
    _column("law", "Law", "法律依据", 50),
    _column("suggestion", "Suggestion", "修改建议", 44),
    _column("severable", "Severable", "可分割部分", 34),
    _column("plain", "In plain words", "通俗说明", 36),
    _column("counter_arguments", "They may say", "对方可主张", 44),
    _column("missing_facts", "To prove", "待证事实", 44),
    _column("right", "Right", "权利形式", 10),
    _column("direction", "Direction", "方向", 18),
    _column("counterparty", "Counterparty", "相对人", 16),
    _column("contract_status", "Contract status", "合同性质", 18),
    _column("prominence", "Set off by", "突出显示", 12),
    _column("elements", "Elements", "要件", 30),
    _column("start", "Start", "起", 8, "integer"),
    _column("end", "End", "止", 8, "integer"),
)
PROBLEM = (
    _column("problem", "Problem", "问题", 26),
    _column("severity", "Severity", "程度", 13),
    _column("message", "Message", "说明", 70),
    _column("where", "Where", "位置", 16),
)
SOURCE = (
    _column("title", "Title", "标题", 30),
    _column("kind", "Kind", "文件类型", 16),
    _column("date", "Date", "日期", 12),
    _column("language", "Language", "语言", 10),
    _column("media_type", "Media type", "媒体类型", 20, wrap=False),
    _column("clauses", "Clauses read", "已读条款", 11, "integer"),
    _column("sha256", "SHA-256", "SHA-256", 20, wrap=False),
    _column("version", "clausescan", "clausescan", 11),
)
ROW = _column("row", "Row", "行类型", 9)


def columns(carried: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Return all columns of the one table, those carried through from an input list after the document."""
    return (ROW, *DOCUMENT, *carried_columns(carried), *FINDING, *PROBLEM, *SOURCE)


def carried_columns(carried: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the carried columns. One that has the name of a column of ours is called `input_<name>`."""
    ours = {column.name for column in (ROW, *DOCUMENT, *FINDING, *PROBLEM, *SOURCE)}
    named = (f"input_{key}" if key in ours else key for key in carried)
    return tuple(_column(key, key, key, 18) for key in named)


def rows(record: Record, carried: tuple[str, ...] = (), language: Language | None = None) -> Iterator[Row]:
    """Yield the rows of a record; a column that does not apply is left out. `language`: of the sentences (None: the document's)."""
    spoken: Language = language or record["document"]["language"] or "en"
    common = source(record, carried)
    count = 0
    for finding in record["findings"]:
        count += 1
        yield {"row": "finding", **common, **finding_row(finding, spoken)}
    for finding in related_findings(record):
        count += 1
        yield {"row": "related", **common, **finding_row(finding, spoken)}
    for problem in record["problems"]:
        count += 1
        yield {"row": "problem", **common, **problem_row(problem, spoken)}
    if not count:
        yield {"row": "none", **common}


def source(record: Record, carried: tuple[str, ...] = ()) -> Row:
    """Return what every row says about its document."""
    document, given = record["document"], record.get("carried") or {}
    extra = {column.name: given.get(key) for key, column in zip(carried, carried_columns(carried), strict=True)}
    return {
        "document": document["name"],
        "conclusion": record["conclusion"],
        **extra,
        **{key: document[key] for key in ("title", "kind", "date", "language", "media_type", "sha256")},
        "clauses": record["clauses"],
        "version": record["tool"]["version"],
    }


def finding_row(finding: dict[str, Any], language: Language) -> Row:
    """Return the columns of a finding or a related finding."""
    clause, place = finding.get("clause") or {}, finding.get("place") or {}
    facts = finding.get("attributes") or ()
    subject = finding.get("subject")
    return {
        **{key: finding.get(key) for key in ("id", "rule", "grade", "confidence", "score", "right", "direction", "counterparty")},
        "rule_title": title(finding["rule"], language),
        "clause": clause.get("number"),
        "heading": " > ".join(clause.get("heading") or ()),
        **{key: place.get(key) for key in ("page", "line", "start", "end")},
        "quote": finding.get("quote"),
        "attributes": "; ".join(f"{name('attribute', fact['name'], language)} ({strength(fact, language)})" for fact in facts),
        "subject": name("subject", subject, language) if subject else None,
        "summary": words(finding.get("summary"), language),
        "why": "\n".join(reasons(finding, language)),
        "law": "\n".join(cite(basis, language) for basis in finding.get("legal_basis") or ()),
        "severable": "\n".join(part["text"] for part in finding.get("severable") or ()),
        "contract_status": finding.get("contract_status"),
        "prominence": ", ".join(finding.get("prominence") or ()),
        "elements": "\n".join(f"{it['code']} {words(it['name'], language)}: {it['status']}" for it in finding.get("elements") or ()),
        "suggestion": words(finding.get("suggestion") or finding.get("advice"), language),
        **{key: words(finding.get(key), language) for key in ("against", "plain", "counter_arguments", "missing_facts")},
    }


def problem_row(problem: dict[str, Any], language: Language) -> Row:
    """Return the columns of a problem."""
    return {
        "problem": problem["code"],
        "severity": problem["severity"],
        "message": problem["message_zh"] if language == "zh" else problem["message"],
        "where": problem["where"],
    }
