"""One HTML file for people: shared clauses, overview, filters, every finding with its clause in context. No network, no other file.

    clausescan                                                                             中文 | English
    53 documents    46 with findings    6 nothing found    1 inconclusive
    312 documents share this clause   candidate   You grant us a perpetual ...          a filter too
    [grade] [attribute] [rule] [documents]                  bars; a bar is a filter
    [search ...] [grade v] [attribute v] [rule v] [document v]                 152 of 152
    candidate   agreement.pdf  8.2  Licence  page 3        You grant us a *perpetual* and *irrevocable* licence ...
      > what stands before and after, why, against, suggestion, elements, steps, law, they may say, to prove

The file is written in pieces: findings stand in blocks of data, a hundred documents each, and sentences that come again and again
are kept once. A script of ours inside the file draws them, fifty at a time, with text nodes only: nothing that a document says can
become markup. The content security policy of the page allows that script and that style by their hashes, and nothing else.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, TextIO

from clausescan import rules
from clausescan.report.options import DEFAULT, Options
from clausescan.report.phrases import shortened
from clausescan.report.records import elsewhere, pieces, related_findings
from clausescan.report.saying import provision, standing, title, words
from clausescan.report.shared import WORDS as SHARED
from clausescan.report.shared import Shared
from clausescan.report.sink import Record, Sink, drain
from clausescan.report.text import WORDS
from clausescan.report.totals import Totals
from clausescan.types import Language

RECORDS = True
_BLOCK = 100  # records in one block of data
_EXCERPT = 240  # characters of a shared clause
_SENTENCES = 10_000  # kept once; later new ones stand where they are used
_LANGUAGES: tuple[Language, Language] = ("en", "zh")
_LABELS: dict[str, tuple[str, str]] = {
    "heading": ("Clauses for a lawyer to review", "供律师复核的条款"),
    "documents": ("documents", "份文件"),
    "findings": ("with findings", "份有结果"),
    "nothing_found": ("nothing found", "份未发现"),
    "inconclusive": ("inconclusive", "份无法得出结论"),
    "clauses": ("clauses read", "个条款已读"),
    "by_grade": ("Grade", "等级"),
    "by_attribute": ("Attribute", "属性"),
    "by_rule": ("Rule", "规则"),
    "by_document": ("Documents with most findings", "结果最多的文件"),
    "search": ("Search in clauses, headings, documents", "在条款、标题、文件名中搜索"),
    "every_shared": ("Show all {count} groups", "显示全部 {count} 组"),
    "every_grade": ("every grade", "全部等级"),
    "every_attribute": ("every attribute", "全部属性"),
    "every_rule": ("every rule", "全部规则"),
    "every_document": ("every document", "全部文件"),
    "reset": ("Show all", "全部显示"),
    "shown": ("{shown} of {all} findings", "共 {all} 条，显示 {shown} 条"),
    "none": ("No finding fits these filters.", "没有符合筛选条件的结果。"),
    "nothing": ("No clause was pointed at. This does not mean that a document is lawful.", "没有标示任何条款；这不表示文件合法。"),
    "previous": ("Previous", "上一页"),
    "next": ("Next", "下一页"),
    "page_of": ("page {page} of {pages}", "第 {page} 页，共 {pages} 页"),
    "related": ("related", "相关"),
    "whole_document": ("the document as a whole", "整个文件"),
    "elsewhere": ("Elsewhere", "他处依据"),
    "suggestion": ("Suggestion", "修改建议"),
    "plain": ("In plain words", "通俗说明"),
    "elements": ("Elements", "要件"),
    "severable": ("Severable", "可分割部分"),
    "found": ("in the text", "见于文本"),
    "assumed": ("assumed", "推定"),
    "ask": ("to be asked", "须查问"),
    "contract_status": ("Contract status", "合同性质"),
    "prominence": ("Set off by", "突出显示"),
    "document": ("Document", "文件"),
    "open_all": ("Open all shown", "展开本页"),
    "close_all": ("Close all", "全部收起"),
    "document_list": ("All documents", "全部文件"),
    "print_note": ("Printing prints every finding that fits the filters, opened.", "打印时输出符合筛选条件的全部结果，并展开。"),
    "noscript": ("This report is drawn by a script inside it; nothing is loaded.", "本报告由内置脚本显示，不加载外部内容。"),
    "in_force": ("in force {date}", "{date}起施行"),
    "invisible": ("invisible character {code}", "不可见字符 {code}"),
    "carried": ("From the input list", "来自输入清单"),
    "hash": ("SHA-256", "SHA-256"),
}
_STAYS = ("id", "rule", "grade", "confidence", "score", "subject", "contract_status", "prominence")


class HtmlSink(Sink):
    """Writes blocks of data as records come; the sentences, the labels and the script at the end."""

    def __init__(self, out: TextIO, options: Options = DEFAULT) -> None:
        super().__init__(out, options)
        self.totals = Totals()
        self._sentences: dict[tuple[str, str], int] = {}
        self._law: dict[str, dict[str, Any]] = {}
        self._block: list[dict[str, Any]] = []
        self._tool: dict[str, Any] = {}
        self._groups = Shared() if options.several else None

    def begin(self) -> None:
        """Write head and skeleton."""
        style, script = asset("report.css"), asset("report.js")
        policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
        zh = self.language == "zh"
        heading = _LABELS["heading"][zh]
        self.out.write(
            f'<!DOCTYPE html>\n<html lang="{self.language}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
            f"<title>clausescan: {escape(heading)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
            f'<main id="report"><h1>{escape(heading)}</h1></main>\n<noscript><p>{escape(_LABELS["noscript"][zh])}</p></noscript>\n'
        )

    def put(self, record: Record) -> None:
        """Take one record; write a block when there are enough."""
        self._tool = self._tool or record["tool"]
        self.totals.add(record)
        if self._groups:
            self._groups.add(record)
        self._block.append(self._document(record))
        if len(self._block) >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        if self._block:
            self._data("block", self._block)
            self._block = []

    def _data(self, name: str, value: Any) -> None:
        self.out.write(f'<script type="application/json" data-name="{name}">{embedded(value)}</script>\n')

    def finish(self) -> None:
        """Write what all findings share, a summary for readers without JavaScript, and the script."""
        self._flush()
        self._data("sentences", [list(pair) for pair in self._sentences])
        self._data("law", self._law)
        self._data("groups", list(self._shared()))
        self._data("meta", self._meta())
        conclusions = ("findings", "nothing_found", "inconclusive")
        counts = ", ".join(f"{self.totals.documents[key]} {_LABELS[key][self.language == 'zh']}" for key in conclusions)
        disclaimer = rules.rule("ART11").disclaimer[self.language]
        self.out.write(f"<noscript><p>{escape(counts)}</p><p>{escape(disclaimer)}</p></noscript>\n")
        self.out.write(f"<script>{asset('report.js')}</script>\n</body>\n</html>\n")

    def discard(self) -> None:
        """Remove the temporary file of the groups."""
        if self._groups:
            self._groups.close()

    def _shared(self) -> Iterator[list[Any]]:
        for group in self._groups.groups() if self._groups else ():
            yield [group.documents, group.grade, shortened(group.quote, _EXCERPT), group.wordings, group.ids]

    def _meta(self) -> dict[str, Any]:
        rule = rules.rule("ART11")
        names = {group: {key: [pair[x] for x in _LANGUAGES] for key, pair in words_.items()} for group, words_ in rule.names.items()}
        counted = sorted(self.totals.rules)
        return {
            "language": self.language,
            "tool": self._tool,
            "labels": {key: list(pair) for key, pair in (WORDS | SHARED | _LABELS).items()},
            "names": names,
            "rules": {key: [title(key, x) for x in _LANGUAGES] for key in counted},
            "disclaimer": [rule.disclaimer[x] for x in _LANGUAGES],
        }

    # ---- a record as the script wants it ----

    def _document(self, record: Record) -> dict[str, Any]:
        document = record["document"]
        coverage = {key: value for key, value in document["coverage"].items() if value not in (0, 0.0, None, [])}
        return {
            **{key: document[key] for key in ("name", "title", "sha256", "media_type", "language", "kind", "date")},
            "conclusion": record["conclusion"],
            "clauses": record["clauses"],
            "coverage": coverage,
            "carried": record.get("carried") or {},
            "notes": [self._said(note) for note in (record.get("context") or {}).get("notes") or ()],
            "problems": [[problem["code"], problem["where"], self._both(problem, "message")] for problem in record["problems"]],
            "findings": [self._finding(finding) for finding in self._shown(record)],
        }

    def _shown(self, record: Record) -> Iterator[Mapping[str, Any]]:
        """Yield findings, related findings and, when they were asked for, the clauses that were one step from a finding."""
        yield from record["findings"]
        yield from related_findings(record)
        for miss in record["near_misses"] if self.options.why_not else ():
            yield {**miss, "grade": "near", "rule": miss["gate"], "summary": miss["reason"]}

    def _finding(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        clause, place, context = (finding.get(key) or {} for key in ("clause", "place", "context"))
        outside = elsewhere(finding)
        shown: dict[str, Any] = {key: finding[key] for key in _STAYS if finding.get(key) is not None}
        shown |= {
            "clause": [clause.get("number") or "", list(clause.get("heading") or ())],
            "place": [place.get("page"), place.get("line")],
            "quote": [[text, " ".join(roles)] for text, roles in pieces(_with_severable(finding))],
            "around": [context.get("before") or "", context.get("after") or ""],
            "elsewhere": [[item["role"], item["text"], *_spot(item)] for item in outside],
            "evidence": [[item["role"], item["text"]] for item in finding.get("evidence") or () if item not in outside],
            "attributes": [[fact["name"], fact["strength"], fact.get("cured_from")] for fact in finding.get("attributes") or ()],
            "law": [self._provision(basis) for basis in finding.get("legal_basis") or ()],
            "steps": [[step["name"], step["grade"], self._both(step, "reason")] for step in finding.get("steps") or ()],
            "elements": [self._element(item) for item in finding.get("elements") or ()],
            "severable": [part["text"] for part in finding.get("severable") or ()],
        }
        shown["summary"] = self._said(context.get("summary") or finding.get("summary"))
        for key in ("against", "counter_arguments", "missing_facts", "suggestion", "plain", "advice"):
            shown[key] = [self._said(item) for item in _items(finding.get(key))]
        return {key: value for key, value in shown.items() if value not in ([], None, "", ["", ""])}

    def _provision(self, basis: Mapping[str, Any]) -> list[Any]:
        code = basis["code"]
        if code not in self._law:
            notes = [f" {basis['note']}" if basis.get("note") else "", basis.get("note_zh") or ""]
            self._law[code] = {
                "name": [provision(basis, x) for x in _LANGUAGES],
                "summary": [basis["summary"] + notes[0], basis["summary_zh"] + notes[1]],
                "in_force": basis["in_force"],
            }
        return [code, self._pair(standing(basis, "en"), standing(basis, "zh"))]

    def _element(self, item: Mapping[str, Any]) -> list[Any]:
        """Return an element of Article 11: code, name, what is known of it, the reason, the words."""
        cues = list(dict.fromkeys(part["text"] for part in item.get("evidence") or ()))
        return [item["code"], self._said(item["name"]), item["status"], self._said(item.get("reason")), cues[:3]]

    def _both(self, value: Mapping[str, Any], key: str) -> Any:
        return self._pair(str(value[key]), str(value[f"{key}_zh"]))

    def _said(self, value: Any) -> Any:
        return self._pair(words(value, "en"), words(value, "zh"))

    def _pair(self, english: str, chinese: str) -> Any:
        """Return the number of a pair of sentences, or the pair itself when enough are kept."""
        if not english and not chinese:
            return None
        pair = (english, chinese)
        if pair not in self._sentences:
            if len(self._sentences) >= _SENTENCES:
                return list(pair)
            self._sentences[pair] = len(self._sentences)
        return self._sentences[pair]


def _items(value: Any) -> list[Any]:
    """Return a list, whatever one thing or several things were given."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _spot(item: Mapping[str, Any]) -> list[Any]:
    place = item.get("place") or {}
    return [place.get("page"), place.get("line")]


def _with_severable(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the finding with its severable parts as evidence, so that they are marked in the quote."""
    parts = finding.get("severable") or ()
    if not parts:
        return finding
    marks = [{"role": "severable", "start": part["start"], "end": part["end"], "text": "", "source": ""} for part in parts]
    return {**finding, "evidence": [*(finding.get("evidence") or ()), *marks]}


def embedded(value: Any) -> str:
    """Return JSON that can stand inside a script element: no < > & that HTML could see, no line ends that a script could."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def asset(name: str) -> str:
    """Return the style or the script of the page."""
    return (files("clausescan.report") / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def write(records: Iterable[Record], out: TextIO, options: Options = DEFAULT) -> None:
    """Write the page. Raises OSError when `out` does."""
    drain(records, HtmlSink(out, options))


SINK = HtmlSink
