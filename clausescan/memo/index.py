"""The list of the memos about the documents of a run: the clauses that several share, to be read once, then each document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from clausescan.report.phrases import Phrases, shortened
from clausescan.report.shared import Group, Shared
from clausescan.report.shared import say as say_shared
from clausescan.report.wrap import safe
from clausescan.types import Language, Report

_WORDS = {
    "title": ("Review memoranda", "审查备忘录目录"),
    "document": ("Document", "文件"),
    "candidates": ("Candidates", "候选"),
    "reviews": ("For review", "复核"),
    "conclusion": ("Conclusion", "结论"),
    "without": ("Documents of the run without a finding or left out: {count}.", "本次扫描中未见条款或者未选取的文件：{count} 份。"),
}
_EXCERPT = 300  # characters of a shared clause
_LINKED = 5  # memos that a shared clause leads to
_STYLE = (
    "body{font:11pt/1.5 'Source Serif 4',Georgia,'Noto Serif CJK SC','Songti SC',SimSun,serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}"
    "td.number{text-align:right}"
)
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A memo that was written: its file, and what the list says of it."""

    file: str
    document: str
    candidates: int
    reviews: int
    conclusion: str


def file_name(number: int, width: int, document: str, suffix: str) -> str:
    """Return the name of a memo: a running number, so that no two are the same, and the name of its document.

    >>> file_name(7, 3, "a/b/用户 协议.pdf", ".docx")
    '007-用户-协议.docx'
    """
    last = re.split(r"[/\\!]", document)[-1]
    name = _NOT_IN_A_NAME.sub("-", re.sub(r"\.[A-Za-z]{2,5}$", "", last)).strip("-.")[:_LONGEST]
    return f"{number:0{width}}-{name or 'document'}{suffix}"


def entry(file: str, report: Report, language: Language) -> Entry:
    """Return what the list says of a memo."""
    grades = [finding.grade for finding in report.findings]
    return Entry(
        file=file, document=report.document.name, candidates=grades.count("candidate"), reviews=grades.count("review"),
        conclusion=Phrases(language).conclusion(report),
    )  # fmt: skip


def write(entries: Sequence[Entry], without: int, language: Language, shared: Shared | None = None) -> str:
    """Return the page; `shared` has the findings of all memos."""
    words = {key: pair[language == "zh"] for key, pair in _WORDS.items()}
    head = "".join(f"<th scope='col'>{words[key]}</th>" for key in ("document", "candidates", "reviews", "conclusion"))
    rows = "\n".join(map(_row, entries))
    first = _shared(shared, entries, language) if shared else ""
    rest = f"<p>{words['without'].format(count=without)}</p>" if without else ""
    return (
        f"<!doctype html>\n<html lang='{language}'><head><meta charset='utf-8'><title>{words['title']}</title>\n"
        f"<style>{_STYLE}</style></head>\n"
        f"<body><h1>{words['title']}</h1>\n{first}"
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n{rest}\n</body></html>\n"
    )


def _shared(shared: Shared, entries: Sequence[Entry], language: Language) -> str:
    files = {one.document: one for one in reversed(entries)}
    rows = "\n".join(_group(group, files, language) for group in shared.groups())
    return f"<h2>{say_shared('shared', language)}</h2>\n<table><tbody>\n{rows}\n</tbody></table>\n" if rows else ""


def _group(group: Group, files: Mapping[str, Entry], language: Language) -> str:
    links = [_link(files[name]) for name in dict.fromkeys(group.names) if name in files][:_LINKED]
    more = [say_shared("more", language, count=group.documents - len(links))] if group.documents > len(links) else []
    count = say_shared("share", language, count=group.documents) + Phrases(language).bracket(Phrases(language).grade(group.grade))
    return f"<tr><td>{count}</td><td>{escape(safe(shortened(group.quote, _EXCERPT)))}</td><td>{' · '.join((*links, *more))}</td></tr>"


def _link(one: Entry) -> str:
    return f"<a href='{quote(one.file)}'>{escape(safe(one.document))}</a>"


def _row(one: Entry) -> str:
    numbers = "".join(f"<td class='number'>{count}</td>" for count in (one.candidates, one.reviews))
    return f"<tr><td>{_link(one)}</td>{numbers}<td>{escape(safe(one.conclusion))}</td></tr>"
