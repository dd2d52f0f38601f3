"""A comparison as text: findings first, then the clauses that changed, as the reviewer would mark them.

    agreement-2023.txt → agreement-2024.txt
    ════════════════════════════════════════
    Findings: 1 new, 1 persists
    Clauses: 1 new, 1 changed, 2 renumbered, 38 same

    NEW      CANDIDATE  4.4  line 31
             You grant us a perpetual ...

    CHANGED  3.2 → 3.3
             We keep photos for [-thirty-]{+ninety+} days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from clausescan.compare.diff import Part, diff
from clausescan.compare.result import ClauseChange, Comparison, FindingChange, Passage
from clausescan.compare.words import counts, language_of, say
from clausescan.report.phrases import shortened
from clausescan.report.wrap import fold, safe, width
from clausescan.types import Language

_CONTEXT = 40  # characters of unchanged text shown on either side of a change
_BRIEF = ("moved", "renumbered")
_INDENT = " " * 9


def write(comparisons: Iterable[Comparison], out: TextIO, *, language: Language | None = None, columns: int = 100) -> None:
    """Write the comparisons one under the other; of several, those without any change are only counted."""
    same = 0
    for number, comparison in enumerate(comparisons):
        if comparison.clauses is None and _nothing_changed(comparison):
            same += 1
            continue
        page = _Page(comparison, language_of(comparison, language), columns)
        out.write(("\n" if number - same else "") + "\n".join(page.lines()) + "\n")
    if same:
        out.write(f"\n{say('documents', language or 'en')}: {counts({'same': same}, language or 'en')}\n")


def _nothing_changed(comparison: Comparison) -> bool:
    return comparison.status == "same" and all(change.status == "persists" for change in comparison.findings)


@dataclass(frozen=True, slots=True)
class _Page:
    comparison: Comparison
    language: Language
    columns: int

    @property
    def colon(self) -> str:
        """The colon of the language."""
        return "：" if self.language == "zh" else ": "

    def lines(self) -> Iterator[str]:
        """Yield all lines."""
        comparison = self.comparison
        yield from fold(comparison.name, self.columns)
        yield "═" * self.columns
        if comparison.clauses is None:
            yield f"{self._say('documents')}{self.colon}{self._say(comparison.status)}"
        yield f"{self._say('findings')}{self.colon}{counts(comparison.finding_counts(), self.language)}"
        if comparison.clauses is not None:
            yield f"{self._say('clauses')}{self.colon}{counts(comparison.clause_counts(), self.language)}"
        if comparison.inconclusive:
            yield self._say("inconclusive")
        for change in comparison.findings:
            yield ""
            yield from self._finding(change)
        if comparison.clauses is not None:
            yield from self._clauses(comparison.clauses)

    def _finding(self, change: FindingChange) -> Iterator[str]:
        finding = change.finding
        where = _where(finding["clause"]["number"], finding["place"]["page"], finding["place"]["line"], self.language)
        yield f"{self._head(change.status)}{self._say(finding['grade']).upper()}  {where}"
        if change.status == "changed" and change.old and change.new:
            yield from self._text(marked(diff(change.old["quote"], change.new["quote"])))
        else:
            yield from self._text(shortened(finding["quote"].replace("\n", " "), 160))
        if change.old and change.new:
            yield from self._text(self._say("carries" if change.same_text else "since"))

    def _clauses(self, changes: tuple[ClauseChange, ...]) -> Iterator[str]:
        yield ""
        yield "─" * self.columns
        for change in changes:
            if change.kind != "same":
                yield from self._clause(change)

    def _clause(self, change: ClauseChange) -> Iterator[str]:
        moved = f"  ({self._say('moved')})" if change.moved and change.kind != "moved" else ""
        yield f"{self._head(change.kind)}{_numbers(change, self.language)}{moved}"
        if change.kind in _BRIEF:
            yield from self._text(shortened(change.new[0].text.replace("\n", " "), 60))
        elif change.old and change.new:
            yield from self._text(marked(changed_parts(change)))
        else:
            sign = "+ " if change.new else "- "
            yield from self._text(sign + (change.new or change.old)[0].text.replace("\n", " "))

    def _head(self, kind: str) -> str:
        word = self._say(kind).upper()
        return word + " " * max(2, len(_INDENT) - width(word))

    def _text(self, text: str) -> Iterator[str]:
        yield from fold(text, self.columns, _INDENT, _INDENT)

    def _say(self, key: str) -> str:
        return say(key, self.language)


def changed_parts(change: ClauseChange) -> list[Part]:
    """Return the difference of the clauses of both sides, several joined by a line break."""
    return diff(_joined(change.old), _joined(change.new))


def marked(parts: Iterable[Part]) -> str:
    """Return a difference on one line: [-gone-]{+new+}, long unchanged runs shortened."""
    return "".join(_marked(part, first=index == 0) for index, part in enumerate(parts)).replace("\n", " ")


def _marked(part: Part, *, first: bool) -> str:
    if part.op == "gone":
        return f"[-{part.text}-]"
    if part.op == "new":
        return f"{{+{part.text}+}}"
    if len(part.text) <= 3 * _CONTEXT:
        return part.text
    return ("" if first else part.text[:_CONTEXT]) + " … " + part.text[-_CONTEXT:]


def _joined(passages: Iterable[Passage]) -> str:
    return "\n".join(passage.text for passage in passages)


def _numbers(change: ClauseChange, language: Language) -> str:
    unnumbered = say("unnumbered", language)
    sides = [", ".join(safe(passage.number) or unnumbered for passage in side) for side in (change.old, change.new) if side]
    shown = (change.new or change.old)[0]
    return f"{' → '.join(dict.fromkeys(sides))}  {_where('', shown.page, shown.line, language)}"


def _where(number: str, page: int | None, line: int | None, language: Language) -> str:
    place = say("page", language, page=page) if page else say("line", language, line=line) if line else ""
    return "  ".join(part for part in (safe(number), place) if part)


def finding_line(finding: Mapping[str, Any], language: Language) -> str:
    """Return number and place of a finding."""
    return _where(finding["clause"]["number"], finding["place"]["page"], finding["place"]["line"], language)
