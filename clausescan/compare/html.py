"""A comparison as one HTML page: two columns, old and new, clause by clause. No script, nothing from outside, prints on A4.

What is gone is struck out, what is new underlined, so that it can be read without colours. Above, the findings and links that
jump from change to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from typing import TextIO

from clausescan.compare.diff import Part, diff
from clausescan.compare.result import ClauseChange, Comparison, FindingChange, Passage
from clausescan.compare.text import changed_parts, finding_line
from clausescan.compare.words import counts, language_of, say
from clausescan.report.wrap import safe
from clausescan.types import Language


def write(comparisons: Iterable[Comparison], out: TextIO, *, language: Language | None = None) -> None:
    """Write the page, one comparison at a time."""
    style = (files("clausescan.compare") / "compare.css").read_text(encoding="utf-8")
    opened: Language | None = None
    for number, comparison in enumerate(comparisons):
        shown = language_of(comparison, language)
        if opened is None:
            opened = shown
            out.write(_head(opened, style))
        out.write("\n".join(_Section(comparison, shown, f"d{number}").lines()) + "\n")
    out.write((_head(language or "en", style) if opened is None else "") + "</body>\n</html>\n")


def _head(language: Language, style: str) -> str:
    title = say("title", language)
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>clausescan: {title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{say('note', language)}</p>\n"
    )


class _Section:
    def __init__(self, comparison: Comparison, language: Language, anchor: str) -> None:
        self.comparison, self.language, self.anchor = comparison, language, anchor

    def lines(self) -> Iterator[str]:
        """Yield the lines of one document."""
        comparison = self.comparison
        yield f'<section id="{self.anchor}"><h2>{_text(comparison.name)}</h2>'
        yield f"<p>{self._say('documents')}: <b>{self._say(comparison.status)}</b></p>"
        yield f"<p>{self._say('findings')}: {counts(comparison.finding_counts(), self.language)}</p>"
        if comparison.inconclusive:
            yield f'<p class="warning">{self._say("inconclusive")}</p>'
        for change in comparison.findings:
            yield self._finding(change)
        if comparison.clauses is not None:
            yield f"<p>{self._say('clauses')}: {counts(comparison.clause_counts(), self.language)}</p>"
            yield from self._table(comparison.clauses)
        yield "</section>"

    def _finding(self, change: FindingChange) -> str:
        finding = change.finding
        if change.status == "changed" and change.old and change.new:
            quote = _inline(diff(change.old["quote"], change.new["quote"]))
        else:
            quote = _text(finding["quote"])
        note = f"<p>{self._say('carries' if change.same_text else 'since')}</p>" if change.old and change.new else ""
        head = f"{self._say(change.status)} · {self._say(finding['grade'])} · {_text(finding_line(finding, self.language))}"
        return f'<article class="{change.status}"><h3>{head}</h3><blockquote>{quote}</blockquote>{note}</article>'

    def _table(self, changes: tuple[ClauseChange, ...]) -> Iterator[str]:
        jumps = ((index, self._label(change)) for index, change in enumerate(changes) if change.kind != "same")
        links = (f'<a href="#{self.anchor}c{index}">{_text(label)}</a>' for index, label in jumps)
        yield f"<nav>{self._say('jump')}: {' '.join(links)}</nav>"
        yield f"<table><thead><tr><th></th><th>{self._say('old')}</th><th>{self._say('new_version')}</th></tr></thead><tbody>"
        for index, change in enumerate(changes):
            old, new = self._cells(change)
            moved = f"<br>{self._say('moved')}" if change.moved and change.kind != "moved" else ""
            kind = f"{self._say(change.kind)}{moved}"
            yield f'<tr id="{self.anchor}c{index}" class="{change.kind}"><th>{kind}</th><td>{old}</td><td>{new}</td></tr>'
        yield "</tbody></table>"

    def _cells(self, change: ClauseChange) -> tuple[str, str]:
        if change.kind in ("changed", "split", "merged"):
            parts = changed_parts(change)
            return _inline(part for part in parts if part.op != "new"), _inline(part for part in parts if part.op != "gone")
        if not change.old or not change.new:
            tag = "ins" if change.new else "del"
            return tuple(f"<{tag}>{_passages(side)}</{tag}>" if side else "" for side in (change.old, change.new))  # type: ignore[return-value]
        return _passages(change.old), _passages(change.new)

    def _label(self, change: ClauseChange) -> str:
        shown = (change.new or change.old)[0]
        return f"{shown.number or shown.id} {self._say(change.kind)}"

    def _say(self, key: str) -> str:
        return say(key, self.language)


def _inline(parts: Iterable[Part]) -> str:
    tags = {"gone": ("<del>", "</del>"), "new": ("<ins>", "</ins>"), "same": ("", "")}
    return "".join(f"{tags[part.op][0]}{_text(part.text)}{tags[part.op][1]}" for part in parts)


def _passages(passages: Iterable[Passage]) -> str:
    return "<br>".join(_text(passage.text) for passage in passages)


def _text(text: str) -> str:
    return escape(safe(text)).replace("\n", "<br>")
