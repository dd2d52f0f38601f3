"""What leaves the desk: the report with what was decided, as a workbook, JSON, a memo, and labelled clauses for `clausescan train`.

Formulas cannot come out of a workbook: every cell is written as text (see `clausescan.report.xlsx`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from clausescan.errors import problem
from clausescan.identity import digest
from clausescan.report.options import Options
from clausescan.report.records import record_of
from clausescan.report.table import Column
from clausescan.report.xlsx import Table, XlsxSink
from clausescan.types import Finding, Language, Report
from clausescan.web.review import Pointed, Review, kept, pointed
from clausescan.web.words import say

_CONTEXT = 3  # paragraphs before a clause that a label carries, as the corpus does
_COLUMNS = (
    Column(name="document", en="Document", zh="文件", width=32),
    Column(name="clause", en="Clause", zh="条款", width=10),
    Column(name="page", en="Page", zh="页", kind="integer", width=7),
    Column(name="rule", en="Rule", zh="规则", width=9),
    Column(name="grade", en="Grade", zh="等级", width=11),
    Column(name="quote", en="Quote", zh="原文", width=70),
    Column(name="decision", en="Decision", zh="处理意见", width=16),
    Column(name="note", en="Reason", zh="理由", width=44),
    Column(name="reviewer", en="Reviewer", zh="复核人", width=16),
    Column(name="decided", en="Decided", zh="处理时间", width=26),
    Column(name="id", en="Finding", zh="编号", width=20, wrap=False),
)


def named(report: Report, name: str) -> Report:
    """Return the report under the name that the document has on the desk."""
    return replace(report, document=replace(report.document, name=name))


def record(report: Report, review: Review, language: Language) -> dict[str, Any]:
    """Return the report as plain values, every finding with what was decided about it under "review"."""
    plain = record_of(report, language)
    for values, found in zip((*plain["findings"], *plain["related"]), pointed(report), strict=True):
        values["review"] = _review(found, review)
    return plain


def _review(found: Pointed, review: Review) -> dict[str, Any]:
    standing = review.of(found)
    history = [
        {"decision": one.decision, "note": one.note, "reviewer": one.reviewer, "decided": one.decided} for one in standing.history
    ]
    since = standing.since.decided if standing.since else None
    changed = {"decision": since.decision, "reviewer": since.reviewer, "decided": since.decided, "quote": since.quote} if since else None
    return {"decision": standing.decision, "settled": standing.settled, "history": history, "text_changed_since": changed}


def to_json(report: Report, review: Review, language: Language) -> bytes:
    """Return the report with decisions as JSON."""
    return (json.dumps(record(report, review, language), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


class _Workbook(XlsxSink):
    """The workbook of every report with a sheet of decisions behind the overview."""

    def begin(self) -> None:
        """Open the sheets."""
        super().begin()
        self._review = Table(self, "review_sheet", _COLUMNS)

    def put(self, record: dict[str, Any]) -> None:
        """Write the rows of one record."""
        super().put(record)
        language: Language = self.options.language or "en"
        for finding in (*record["findings"], *(record.get("related") or ())):
            last = (finding["review"]["history"] or [{}])[-1]
            decision = finding["review"]["decision"]
            self._review.add({
                "document": record["document"]["name"], "clause": finding["clause"].get("number"), "page": finding["place"].get("page"),
                "rule": finding["rule"], "grade": finding.get("grade"), "quote": finding["quote"], "id": finding["id"],
                "decision": say(language, "undecided" if decision == "open" else decision),
                **{key: last.get(key) for key in ("note", "reviewer", "decided")},
            })  # fmt: skip

    def word(self, key: str, **values: object) -> str:
        """Return a word of the workbook."""
        return {"en": "Review", "zh": "复核"}[self.language] if key == "review_sheet" else super().word(key, **values)

    def finish(self) -> None:
        """Write what is left and close the workbook."""
        self._review.close()
        super().finish()


def to_xlsx(report: Report, review: Review, language: Language) -> bytes:
    """Return the workbook with a sheet of decisions."""
    out = io.BytesIO()
    with _Workbook(out, Options(language=language)) as sink:
        sink.add(record(report, review, language))
    return out.getvalue()


def outgoing(report: Report, review: Review) -> Report:
    """Return the report without what was dismissed or does not apply: what another person is to read."""
    findings = tuple(kept(report, review))
    left = len(report.findings) - len(findings)
    # "nothing found" in a memo must not hide that somebody dismissed something
    notes = (problem("B002_decided", count=left),) if left else ()
    return replace(report, findings=findings, problems=(*report.problems, *notes))


def to_memo(report: Report, review: Review, language: Language, date: datetime, *, html: bool = False) -> bytes:
    """Return the review memo about what was not dismissed, as DOCX or HTML."""
    from clausescan.memo import content, docx
    from clausescan.memo import html as page

    told = content.memo(outgoing(report, review), language, date, _statuses(report, review, language))
    return page.write(told).encode("utf-8") if html else docx.write(told, date)


def _statuses(report: Report, review: Review, language: Language) -> dict[str, str]:
    """Return what the memo says of each finding that was decided: the decision, by whom, why."""
    lasts = {found.id: review.of(found).last for found in report.findings}
    return {
        identity: "\n".join(filter(None, (say(language, last.decision), last.reviewer, last.note)))
        for identity, last in lasts.items()
        if last is not None and last.decision != "open"
    }


# ---- labelled clauses ----


def labels(report: Report, review: Review) -> Iterator[dict[str, Any]]:
    """Yield a labelled clause, in the form that `clausescan train --data` reads, for each finding that was confirmed or dismissed."""
    for found in report.findings:
        last = review.of(found).last
        if last is not None and last.decision in ("confirmed", "dismissed"):
            yield _label(report, found, confirmed=last.decision == "confirmed", note=last.note, reviewer=last.reviewer)


def _label(report: Report, found: Finding, *, confirmed: bool, note: str, reviewer: str) -> dict[str, Any]:
    facts = found.attributes if confirmed else ()
    before = [line.strip() for line in report.document.text[: found.place.start].split("\n") if line.strip()]
    return {
        "id": f"desk-{report.document.sha256[:8]}-{digest(found.quote)}", "lang": report.document.language,
        "text": found.quote, "context": before[-_CONTEXT:], "grade": found.grade if confirmed else "none",
        "subject": found.subject if confirmed else "none", "attributes": [fact.name for fact in facts],
        "attribute_strength": {fact.name: fact.strength for fact in facts},
        "evidence": {fact.name: fact.evidence[0].text for fact in facts if fact.evidence}, "note": note, "author": reviewer,
    }  # fmt: skip


def to_jsonl(rows: Iterable[dict[str, Any]]) -> bytes:
    """Return rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")
