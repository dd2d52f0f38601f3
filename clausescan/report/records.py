"""Records: reports as plain values, the form in which they come from a database or another process.

    {"schema": "clausescan-report/1", "document": {...}, "findings": [{..., "context": {...}}], "carried": {"app": "..."}, ...}

A record is `Report.to_dict()`, with two keys that only writers know: "carried", the columns that were carried through from an
input list, and in every finding "context": the text before and after the clause, the column (from 1) in which it begins, and the
summary in both languages.
Both may be missing, and so may every key that newer rules add to a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from clausescan.report.json import report_to_dict
from clausescan.report.sink import Record
from clausescan.report.surrogates import without_surrogates
from clausescan.types import Language, Report

AROUND = 240  # characters of context on either side of a clause
_BREAK = re.compile(r"[\n。；;.!?！？]\s*|\s+(?=\S)")


def record_of(report: Report, language: Language | None = None, carried: Mapping[str, str] | None = None) -> Record:
    """Return the record of a report, its findings with their context. `language` is that of its sentences."""
    record = report_to_dict(report, language)
    text = report.document.text
    for plain, finding in zip(record["findings"], report.findings, strict=True):
        summary = {"text": finding.summary.text, "text_zh": finding.summary.text_zh}
        plain["context"] = without_surrogates({**_around(text, finding.place.start, finding.place.end), "summary": summary})
    for plain, miss in zip(record["near_misses"], report.near_misses, strict=True):
        plain["context"] = without_surrogates(_around(text, miss.place.start, miss.place.end))
    return record | {"carried": dict(carried)} if carried else record


def _around(text: str, start: int, end: int) -> dict[str, Any]:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:  # begin with a whole line or sentence, or at least with a whole word
        found = _BREAK.search(before)
        before = "…" + before[found.end() if found else 0 :]
    if end + AROUND < len(text):
        after += "…"
    return {"before": before, "after": after, "column": start - text.rfind("\n", 0, start)}


def related_findings(record: Record) -> list[dict[str, Any]]:
    """Return the related findings of a record; older records have none."""
    found: list[dict[str, Any]] = record.get("related") or []
    return found


def evidence_of(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all evidence of a finding, that of its attributes included, each piece once, in the order of the text."""
    every = [*(finding.get("evidence") or ()), *(item for fact in finding.get("attributes") or () for item in fact["evidence"])]
    once = {(item["start"], item["end"], item["role"], item["source"]): item for item in every}
    return [once[key] for key in sorted(once)]


def pieces(finding: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the quote in pieces, each with the roles of the evidence that covers it."""
    quote: str = finding.get("quote") or ""
    start = finding["place"]["start"] if finding.get("place") else 0
    ranges = [(item["start"] - start, item["end"] - start, item["role"]) for item in evidence_of(finding)]
    ranges = [(max(low, 0), min(high, len(quote)), role) for low, high, role in ranges if low < len(quote) and high > 0]
    edges = sorted({0, len(quote), *(edge for low, high, _ in ranges for edge in (low, high))})
    for low, high in pairwise(edges):
        yield quote[low:high], tuple(dict.fromkeys(role for first, last, role in ranges if first <= low and high <= last))


def elsewhere(finding: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the evidence that stands outside the quote: definitions, antecedents, headings."""
    if not finding.get("place"):
        return evidence_of(finding)
    start, end = finding["place"]["start"], finding["place"]["end"]
    return [item for item in evidence_of(finding) if item["end"] <= start or item["start"] >= end]
