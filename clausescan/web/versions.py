"""Two versions of a document side by side, clause by clause, with what became of decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from clausescan.compare import words as compare_words
from clausescan.compare.diff import Part, diff
from clausescan.compare.result import ClauseChange, Comparison, FindingChange, Passage, compare_clauses, compare_records
from clausescan.compare.text import changed_parts, finding_line
from clausescan.types import Clause, Document, Language, Report
from clausescan.web.desk import Desk, Held
from clausescan.web.export import named, record
from clausescan.web.layout import Layout
from clausescan.web.review import Review, Standing, find
from clausescan.web.site import PageError, language_of, page, site_of

_LONGEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the comparison: what happened, and both sides in parts (same, gone, new)."""

    kind: str
    words: str
    number: str
    old: tuple[Part, ...]
    new: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """A finding in both versions or in one: what happened to it, its words in parts, and what was decided."""

    status: str
    words: str
    head: str
    parts: tuple[Part, ...]
    id: str
    standing: Standing | None
    carried: bool


def compared(request: Request) -> Response:
    """The comparison of a document with another one (`?with=12`), the version before without it."""
    site, language = site_of(request), language_of(request)
    with site.desk() as desk:
        new = _held(desk, str(request.path_params["document"]))
        old = _held(desk, request.query_params.get("with") or _before(new))
        sides = [_side(desk, old), _side(desk, new)]
        comparison = _compared(sides, language)
        review = Review(sides[1][0], desk.history(new.item.work))
        lines = tuple(_lines(comparison.clauses or (), language))
        return page(
            request, "compare.html", desk, old=old, new=new, is_version=old.item.work == new.item.work, lines=lines,
            findings=tuple(_became(change, sides[1][0], review, language) for change in comparison.findings),
            has_clauses=comparison.clauses is not None, changes=sum(line.kind != "same" for line in lines),
            counts=[
                (kind, compare_words.say(kind, language), count) for kind, count in comparison.clause_counts().items() if count
            ],
        )  # fmt: skip


def _held(desk: Desk, given: str) -> Held:
    held = desk.held(int(given)) if given.isascii() and given.isdigit() and len(given) < _LONGEST else None
    if held is None:
        raise PageError(404, "not_found")
    return held


def _before(held: Held) -> str:
    earlier = [item.id for item in held.versions if item.version < held.item.version]
    return str(earlier[-1]) if earlier else ""


def _side(desk: Desk, held: Held) -> tuple[Report, Layout | None]:
    report = desk.report(held.item.id)
    if report is None:
        raise PageError(409, "not_read")
    return named(report, held.item.name), desk.layout(held.item.id)


def _compared(sides: Sequence[tuple[Report, Layout | None]], language: Language) -> Comparison:
    laid = [_clauses(report, layout) for report, layout in sides if layout is not None and layout.clauses]
    clauses = compare_clauses(laid[0], laid[1]) if len(laid) == 2 else None
    old, new = (record(report, Review(report, ()), language) for report, _ in sides)
    return compare_records(old, new, clauses)


def _clauses(report: Report, layout: Layout) -> tuple[Document, list[Clause]]:
    """Return the document with its pages, and its clauses."""
    document = replace(report.document, blocks=layout.blocks, pages=layout.pages)
    return document, [
        Clause(id=stop.id, number=stop.number, start=stop.start, end=stop.end, level=stop.level, kind=stop.kind) for stop in layout.clauses
    ]


def _lines(changes: Sequence[ClauseChange], language: Language) -> Iterator[Line]:
    for change in changes:
        words = compare_words.say(change.kind, language)
        if change.moved and change.kind != "moved":
            words += f", {compare_words.say('moved', language)}"
        old, new = _parts(change)
        yield Line(kind=change.kind, words=words, number=(change.new or change.old)[0].number, old=old, new=new)


def _parts(change: ClauseChange) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    if change.kind in ("changed", "split", "merged"):
        parts = changed_parts(change)
        return tuple(part for part in parts if part.op != "new"), tuple(part for part in parts if part.op != "gone")
    if not change.old or not change.new:
        return tuple(Part("gone", text) for text in _texts(change.old)), tuple(Part("new", text) for text in _texts(change.new))
    return tuple(Part("same", text) for text in _texts(change.old)), tuple(Part("same", text) for text in _texts(change.new))


def _texts(passages: Sequence[Passage]) -> list[str]:
    return ["\n".join(passage.text for passage in passages)] if passages else []


def _became(change: FindingChange, report: Report, review: Review, language: Language) -> Became:
    finding: dict[str, Any] = dict(change.finding)
    parts = [Part("same", finding["quote"])]
    if change.status == "changed" and change.old and change.new:
        parts = diff(change.old["quote"], change.new["quote"])
    elif change.status in ("new", "gone"):
        parts = [Part("new" if change.status == "new" else "gone", finding["quote"])]
    found = find(report, finding["id"]) if change.new else None
    return Became(
        status=change.status, words=compare_words.say(change.status, language), head=finding_line(finding, language), parts=tuple(parts),
        id=finding["id"] if found else "", standing=review.of(found) if found else None, carried=change.same_text,
    )  # fmt: skip
