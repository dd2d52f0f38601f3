"""Whole documents with gold quotes: what was found, missed and falsely found in each, wherever the clause stands.

DIR/MANIFEST.jsonl   {"id": "D01", "lang": "zh", "files": [{"file": "D01/a.pdf", "format": "pdf"}, ...]}
DIR/gold.jsonl       {"doc": "D01", "gid": "g1", "kind": "gold"|"trap", "segments": ["verbatim words", ...], "grade": "candidate",
                      "formats": ["pdf"] (optional), "alt_grade": "review" (optional), "where": "table" (optional)}

A gold unit is found when the quote of an ART11 finding shares a run of twelve characters with one of its segments (white space
and width of characters do not count). A trap is sprung when a finding that belongs to no gold unit shares twenty with it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clausescan.errors import UsageError
from clausescan.types import Finding, Report

Scan = Callable[[Path], Report]
_INVISIBLE = re.compile(r"[\s\u200b\u00ad]+")
_FOUND, _SPRUNG = 12, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A unit that is to be found, or a trap that is not. `formats` None: in each file of the document."""

    id: str
    trap: bool
    segments: tuple[str, ...]
    grades: frozenset[str]
    formats: frozenset[str] | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileScore:
    """What was found in one file. `false` are the findings that belong to no gold unit."""

    document: str
    file: str
    format: str
    found: tuple[Gold, ...]
    missed: tuple[Gold, ...]
    graded: int
    false: tuple[Finding, ...]
    findings: int
    traps: int
    sprung: tuple[Gold, ...]
    inconclusive: bool


def evaluate_documents(folder: Path, scan: Scan | None = None, formats: Sequence[str] | None = None) -> list[FileScore]:
    """Return the score of each file of a folder with MANIFEST.jsonl and gold.jsonl.

    Raises UsageError when these are missing or wrong.
    """
    scan = scan or _scan
    gold = _gold(folder / "gold.jsonl")
    scores = []
    for document in _lines(folder / "MANIFEST.jsonl"):
        for item in document["files"]:
            if formats and item["format"] not in formats:
                continue
            units = [unit for unit in gold.get(document["id"], ()) if unit.formats is None or item["format"] in unit.formats]
            scores.append(_score(document["id"], item, units, scan(folder / item["file"])))
    if not scores:
        raise UsageError(f"{folder}: no file of the formats asked for")
    return scores


def _scan(path: Path) -> Report:
    from clausescan import api

    return api.scan(path)


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: it cannot be read as JSON lines ({error})") from error


def _gold(path: Path) -> dict[str, list[Gold]]:
    units: dict[str, list[Gold]] = {}
    for number, raw in enumerate(_lines(path), 1):
        try:
            unit = Gold(
                id=str(raw["gid"]), trap=raw["kind"] == "trap", segments=tuple(map(_squashed, raw["segments"])),
                grades=frozenset(filter(None, (raw.get("grade"), raw.get("alt_grade")))),
                formats=frozenset(raw["formats"]) if raw.get("formats") else None, where=str(raw.get("where", "")),
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number}: a unit needs doc, gid, kind and segments ({error})") from error
        units.setdefault(str(raw["doc"]), []).append(unit)
    return units


def _score(document: str, item: Mapping[str, str], units: Iterable[Gold], report: Report) -> FileScore:
    findings = [finding for finding in report.findings if finding.rule == "ART11"]
    quotes = [_squashed(finding.quote) for finding in findings]
    gold = [unit for unit in units if not unit.trap]
    traps = [unit for unit in units if unit.trap]
    hits = [[index for index, quote in enumerate(quotes) if _touches(unit, quote, _FOUND)] for unit in gold]
    right = {index for hit in hits for index in hit}
    wrong = [index for index in range(len(quotes)) if index not in right]
    return FileScore(
        document=document, file=item["file"], format=item["format"],
        found=tuple(unit for unit, hit in zip(gold, hits, strict=True) if hit),
        missed=tuple(unit for unit, hit in zip(gold, hits, strict=True) if not hit),
        graded=sum(any(findings[index].grade in unit.grades for index in hit) for unit, hit in zip(gold, hits, strict=True)),
        false=tuple(findings[index] for index in wrong), findings=len(findings), traps=len(traps),
        sprung=tuple(unit for unit in traps if any(_touches(unit, quotes[index], _SPRUNG) for index in wrong)),
        inconclusive=report.inconclusive,
    )  # fmt: skip


def _squashed(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()


def _touches(unit: Gold, quote: str, run: int) -> bool:
    return any(_share(segment, quote, run) for segment in unit.segments)


def _share(one: str, other: str, run: int) -> bool:
    """Return True when the texts share `run` characters in a row, or one holds the other."""
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    run = min(run, len(one), len(other))
    runs = {one[start : start + run] for start in range(len(one) - run + 1)}
    return any(other[start : start + run] in runs for start in range(len(other) - run + 1))


def summary(scores: Sequence[FileScore]) -> dict[str, float]:
    """Return recall of gold units, precision of findings, share of traps sprung, and of found units graded right."""
    found, missed = sum(len(score.found) for score in scores), sum(len(score.missed) for score in scores)
    findings, false = sum(score.findings for score in scores), sum(len(score.false) for score in scores)
    traps, sprung = sum(score.traps for score in scores), sum(len(score.sprung) for score in scores)
    return {
        "files": float(len(scores)),
        "gold": float(found + missed),
        "recall": found / max(1, found + missed),
        "precision": (findings - false) / max(1, findings),
        "traps": sprung / max(1, traps),
        "graded": sum(score.graded for score in scores) / max(1, found),
    }


def to_text(scores: Sequence[FileScore]) -> str:
    """Return a line for each file with what was missed and falsely found below it, and the totals."""
    lines = []
    for score in scores:
        state = ", inconclusive" if score.inconclusive else ""
        total = len(score.found) + len(score.missed)
        counts = f"found {len(score.found)}/{total}  false {len(score.false)}  traps {len(score.sprung)}/{score.traps}"
        lines.append(f"{score.file:44s} {counts}{state}")
        lines += [f"    missed {unit.id} {unit.where} {'/'.join(sorted(unit.grades))}: {unit.segments[0][:80]}" for unit in score.missed]
        lines += [f"    false {finding.grade} {_place(finding)}: {_squashed(finding.quote)[:80]}" for finding in score.false]
    names = {score.format: [item for item in scores if item.format == score.format] for score in scores}
    for name, part in [*names.items(), ("all", scores)]:
        total_of = summary(part)
        figures = "  ".join(f"{key} {total_of[key]:.3f}" for key in ("recall", "precision", "traps", "graded"))
        lines.append(f"{name:6s} files {total_of['files']:.0f}  gold {total_of['gold']:.0f}  {figures}")
    return "\n".join(lines)


def _place(finding: Finding) -> str:
    page = f"p. {finding.place.page} " if finding.place.page else ""
    return f"{page}{finding.clause.number}".strip()


def to_json(scores: Sequence[FileScore]) -> str:
    """Return the totals and a row for each file as JSON."""
    rows = [
        {
            "document": score.document, "file": score.file, "format": score.format, "found": [unit.id for unit in score.found],
            "missed": [unit.id for unit in score.missed], "findings": score.findings, "false": [item.quote for item in score.false],
            "sprung": [unit.id for unit in score.sprung], "inconclusive": score.inconclusive,
        }
        for score in scores
    ]  # fmt: skip
    total = {key: round(value, 4) for key, value in summary(scores).items()}
    return json.dumps({"summary": total, "files": rows}, ensure_ascii=False, indent=2)
