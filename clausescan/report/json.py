"""JSON in the shape of schema/clausescan-report-1.json: one object for one report, an array for several.

    {
      "schema": "clausescan-report/1",
      "tool": {"name": "clausescan", "version": "0.1.0", "versions": {"law": "...", "rules": "..."}},
      "document": {"name": "agreement.txt", "sha256": "...", "media_type": "text/plain", "language": "zh", ...},
      "conclusion": "findings",
      "inconclusive": false,
      "context": {"kind": "user_agreement", "contract_status": "agreement", "era": "later", "evidence": [...], ...},
      "clauses": 41,
      "findings": [{"id": "...", "rule": "ART11", "grade": "candidate", "quote": "...", "place": {...}, ...}],
      "near_misses": [],
      "related": [{"id": "...", "rule": "RF-03", "quote": "...", "document_level": false, "beside": [], ...}],
      "problems": [],
      "disclaimer": "..."
    }

The same report always gives the same bytes: fixed key order, no time stamps, UTF-8. Every string that is
in both languages stands as `x` and `x_zh`; `summary` and `disclaimer` are in the report's language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any, TextIO

from clausescan import rules
from clausescan.report.options import DEFAULT, Options, report_language
from clausescan.report.sink import Record, Sink
from clausescan.report.surrogates import without_surrogates
from clausescan.types import (
    AttributeFact,
    Box,
    Clause,
    DocumentContext,
    Element,
    Evidence,
    Finding,
    Language,
    LegalBasis,
    NearMiss,
    Note,
    Place,
    RelatedFinding,
    Report,
)

RECORDS = True
SCHEMA = "clausescan-report/1"


def report_to_dict(report: Report, report_lang: Language | None = None) -> dict[str, Any]:
    """Return the report as plain values in the shape of the schema."""
    language = report_language(report, report_lang)
    plain = {
        "schema": SCHEMA,
        "tool": _tool(report),
        "document": _document(report),
        "conclusion": conclusion(report),
        "inconclusive": report.inconclusive,
        "context": _context(report.context),
        "clauses": report.clauses,
        "findings": [_finding(finding, language) for finding in report.findings],
        "near_misses": [_near_miss(miss) for miss in report.near_misses],
        "related": [_related(item) for item in report.related],
        "problems": [_fields(problem) for problem in report.problems],
        "disclaimer": rules.rule("ART11").disclaimer[language],
        **({"carried": dict(report.carried)} if report.carried else {}),
    }
    clean: dict[str, Any] = without_surrogates(plain)
    return clean


def conclusion(report: Report) -> str:
    """Return "findings", "inconclusive" or "nothing_found": what the report as a whole says."""
    if report.findings:
        return "findings"
    return "inconclusive" if report.inconclusive else "nothing_found"


def write(reports: Report | Iterable[Report], out: TextIO, options: Options = DEFAULT) -> None:
    """Write one object for a Report, an array for an iterable, one report at a time. Raises OSError when `out` does."""
    if isinstance(reports, Report):
        out.write(_dumps(report_to_dict(reports, options.language)) + "\n")
        return
    with JsonSink(out, options) as sink:
        for report in reports:
            sink.add(report_to_dict(report, options.language))


class JsonSink(Sink):
    """Writes an array, or one object when the options say that there is only one report."""

    def begin(self) -> None:
        """Start with nothing written."""
        self._open = False

    def put(self, record: Record) -> None:
        """Write one report."""
        text = _dumps(published(record))
        if not self.options.several:
            self.out.write(text + "\n")
            return
        self.out.write((",\n  " if self._open else "[\n  ") + text.replace("\n", "\n  "))
        self._open = True

    def finish(self) -> None:
        """Close the array."""
        if self.options.several:
            self.out.write("\n]\n" if self._open else "[]\n")


def published(record: Record) -> Record:
    """Return the record in the shape of the schema: without the context of its findings and near misses."""
    return record | {key: [_without_context(item) for item in record[key]] for key in ("findings", "near_misses")}


def _without_context(item: Record) -> Record:
    return {key: value for key, value in item.items() if key != "context"}


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one report."""
    loaded: dict[str, Any] = json.loads((files("clausescan.report") / "schema" / "clausescan-report-1.json").read_text(encoding="utf-8"))
    return loaded


def _dumps(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)


def _tool(report: Report) -> dict[str, Any]:
    versions = dict(sorted(report.versions))
    return {"name": "clausescan", "version": versions.pop("clausescan", ""), "versions": versions}


def _document(report: Report) -> dict[str, Any]:
    document = report.document
    return {
        "name": document.name,
        "sha256": document.sha256,
        "media_type": document.media_type,
        "language": document.language,
        "title": document.title,
        "date": report.context.date,
        "kind": report.context.kind,
        "coverage": _fields(document.coverage) | {"pages_without_text": list(document.coverage.pages_without_text)},
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "grade": finding.grade,
        "score": finding.score,
        "confidence": finding.confidence,
        "clause": _clause(finding.clause),
        "quote": finding.quote,
        "place": place_to_dict(finding.place),
        "subject": finding.subject,
        "face_context": finding.face_context,
        "attributes": [_attribute(fact) for fact in finding.attributes],
        "right": finding.right,
        "direction": finding.direction,
        "counterparty": finding.counterparty,
        "composite": finding.composite,
        "ambiguous_reference": finding.ambiguous_reference,
        "evidence": [_evidence(item) for item in finding.evidence],
        "against": [_note(note) for note in finding.against],
        "legal_basis": [_basis(basis) for basis in finding.legal_basis],
        "related": list(finding.related),
        "counter_arguments": [_note(note) for note in finding.counter_arguments],
        "missing_facts": [_note(note) for note in finding.missing_facts],
        "steps": [_fields(step) for step in finding.steps],
        "summary": finding.summary.text_zh if language == "zh" else finding.summary.text,
        "contract_status": finding.contract_status,
        "prominence": list(finding.prominence),
        "elements": [_element(element) for element in finding.elements],
        "severable": [_evidence(item) for item in finding.severable],
        "suggestion": finding.suggestion,
        "plain": _note(finding.plain) if finding.plain else None,
    }


def _context(context: DocumentContext) -> dict[str, Any]:
    return {
        "kind": context.kind,
        "setting": context.setting,
        "contract_status": context.contract_status,
        "date": context.date,
        "era": context.era,
        "counterparty": context.counterparty,
        "governing_law": context.governing_law,
        "collects_faces": context.collects_faces,
        "standard_term_signs": list(context.standard_term_signs),
        "denies_standard_term": context.denies_standard_term,
        "evidence": [_evidence(item) for item in context.evidence],
        "notes": [_note(note) for note in context.notes],
    }


def _element(element: Element) -> dict[str, Any]:
    return {
        "code": element.code,
        "status": element.status,
        "name": _note(element.name),
        "reason": _note(element.reason),
        "evidence": [_evidence(item) for item in element.evidence],
    }


def _basis(basis: LegalBasis) -> dict[str, Any]:
    return _fields(basis) | {"instead": list(basis.instead)}


def _near_miss(miss: NearMiss) -> dict[str, Any]:
    return {
        "id": miss.id,
        "clause": _clause(miss.clause),
        "quote": miss.quote,
        "place": place_to_dict(miss.place),
        "gate": miss.gate,
        "reason": _note(miss.reason),
        "evidence": [_evidence(item) for item in miss.evidence],
    }


def _related(item: RelatedFinding) -> dict[str, Any]:
    return {
        "id": item.id,
        "rule": item.rule,
        "clause": _clause(item.clause),
        "quote": item.quote,
        "place": place_to_dict(item.place),
        "evidence": [_evidence(part) for part in item.evidence],
        "legal_basis": [_basis(basis) for basis in item.legal_basis],
        "summary": _note(item.summary),
        "advice": _note(item.advice),
        "document_level": item.document_level,
        "beside": list(item.beside),
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {"id": clause.id, "number": clause.number, "heading": list(clause.heading), "start": clause.start, "end": clause.end}


def _attribute(fact: AttributeFact) -> dict[str, Any]:
    cured = {"cured_from": fact.cured_from} if fact.cured_from else {}
    return {"name": fact.name, "strength": fact.strength, **cured, "evidence": [_evidence(item) for item in fact.evidence]}


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "role": item.role,
        "text": item.text,
        "start": item.start,
        "end": item.end,
        "source": item.source,
        "place": place_to_dict(item.place) if item.place else None,
    }


def place_to_dict(place: Place) -> dict[str, Any]:
    """Return a place as plain values; lengths are rounded to a hundredth of a point."""
    return {
        "start": place.start,
        "end": place.end,
        "page": place.page,
        "line": place.line,
        "boxes": [_box(box) for box in place.boxes],
        "anchor": place.anchor,
        "anchor_offset": place.anchor_offset,
    }


def _box(box: Box) -> dict[str, Any]:
    return {"page": box.page} | {side: round(float(getattr(box, side)), 2) for side in ("x0", "top", "x1", "bottom")}


def _note(note: Note) -> dict[str, Any]:
    return {"code": note.code, "text": note.text, "text_zh": note.text_zh}


def _fields(value: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass in their order."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


SINK = JsonSink
