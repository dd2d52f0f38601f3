"""A comparison as JSON: one object for two documents, an array for two runs.

    {
      "schema": "clausescan-comparison/1",
      "status": "changed",
      "old": {"name": "v1.txt", "sha256": "..."}, "new": {"name": "v2.txt", "sha256": "..."},
      "inconclusive": false,
      "finding_counts": {"new": 1, "changed": 0, "gone": 0, "persists": 2},
      "findings": [{"status": "new", "same_text": false, "old": null, "new": {"id": "...", "grade": "candidate", ...}}, ...],
      "clause_counts": {"new": 1, "gone": 0, "changed": 3, ...},
      "clauses": [{"kind": "changed", "moved": false, "renumbered": true, "similarity": 0.912,
                   "old": [{"id": "1/3", "number": "3.2", "text": "...", "page": null, "line": 12}], "new": [...],
                   "diff": [["same", "We keep "], ["gone", "thirty"], ["new", "ninety"], ["same", " days."]]}, ...]
    }

`clauses` and `clause_counts` are null where two runs were compared: reports hold findings, not all clauses. `diff` stands where
both sides have the clause and the text differs. The same input gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, TextIO

from clausescan.compare.result import ClauseChange, Comparison, FindingChange
from clausescan.compare.text import changed_parts
from clausescan.report.surrogates import without_surrogates

SCHEMA = "clausescan-comparison/1"


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values."""
    clauses = comparison.clauses
    plain: dict[str, Any] = without_surrogates(
        {
            "schema": SCHEMA,
            "status": comparison.status,
            "old": comparison.old,
            "new": comparison.new,
            "inconclusive": comparison.inconclusive,
            "finding_counts": comparison.finding_counts(),
            "findings": [_finding(change) for change in comparison.findings],
            "clause_counts": None if clauses is None else comparison.clause_counts(),
            "clauses": None if clauses is None else [_clause(change) for change in clauses],
        }
    )
    return plain


def write(comparisons: Iterable[Comparison], out: TextIO, *, several: bool) -> None:
    """Write one object, or an array for several, one at a time."""
    opened = False
    for comparison in comparisons:
        text = json.dumps(comparison_to_dict(comparison), ensure_ascii=False, indent=2)
        if not several:
            out.write(text + "\n")
            return
        out.write((",\n  " if opened else "[\n  ") + text.replace("\n", "\n  "))
        opened = True
    out.write("\n]\n" if opened else "[]\n")


def _finding(change: FindingChange) -> dict[str, Any]:
    return {"status": change.status, "same_text": change.same_text, "old": _shown(change.old), "new": _shown(change.new)}


def _shown(finding: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {key: finding[key] for key in ("id", "rule", "grade", "clause", "quote", "place")} if finding else None


def _clause(change: ClauseChange) -> dict[str, Any]:
    differs = change.old and change.new and change.kind in ("changed", "split", "merged")
    return {
        "kind": change.kind,
        "moved": change.moved,
        "renumbered": change.renumbered,
        "similarity": change.similarity,
        "old": [asdict(passage) for passage in change.old],
        "new": [asdict(passage) for passage in change.new],
        **({"diff": [[part.op, part.text] for part in changed_parts(change)]} if differs else {}),
    }
