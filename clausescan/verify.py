"""Does a report still say what its sources say? Every quote, place and hash is computed again from the file.

A report is matched with the file of the same sha256; failing that, with the file of the same name, and then
the hash itself is the first thing that does not reproduce.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from clausescan.errors import ReadError, UsageError
from clausescan.report.json import SCHEMA, place_to_dict
from clausescan.report.surrogates import without_surrogates
from clausescan.settings import DEFAULT, Settings
from clausescan.types import Document

_SHOWN = 60
Reader = Callable[[Path, Settings], Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was compared, and one sentence for each entry that does not reproduce."""

    reports: int
    entries: int
    failures: tuple[str, ...]


def load(path: Path) -> list[dict[str, Any]]:
    """Return the reports in a JSON file. Raises UsageError when it does not hold clausescan reports."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"{path}: this is not a JSON report of clausescan ({error})") from error
    reports = found if isinstance(found, list) else [found]
    if not all(isinstance(report, dict) and report.get("schema") == SCHEMA for report in reports):
        raise UsageError(f"{path}: this is not a report of schema {SCHEMA}")
    return reports


def verify(reports: Sequence[Mapping[str, Any]], paths: Iterable[Path], read: Reader) -> Result:
    """Return what of the reports reproduces from the files. Raises UsageError for a report without its keys."""
    files = {path: _sha256(path) for path in paths}
    failures: list[str] = []
    entries = 0
    for report in reports:
        try:
            checks = list(_report(report, files, read))
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"the report is not complete ({error!r}); check it against the schema {SCHEMA}") from error
        entries += len(checks)
        failures += [check for check in checks if check]
    return Result(reports=len(reports), entries=entries, failures=tuple(failures))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            digest = sha256()
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise UsageError(f"{path}: the file cannot be read ({error.strerror})") from error
    return digest.hexdigest()


def _report(report: Mapping[str, Any], files: Mapping[Path, str], read: Reader) -> Iterator[str]:
    """Yield "" for each entry that reproduces and a sentence for each that does not."""
    described = report["document"]
    name = described["name"]
    path = _source(described, files)
    if path is None:
        unread = not described["sha256"] and not report["findings"]  # a missing file, an empty directory
        yield "" if unread else f"{name}: no file with this hash or name was given"
        return
    if described["sha256"]:  # a file that could not be read has none
        yield _differs(f"{name}: sha256", described["sha256"], files[path])
    try:
        document = read(path, Settings(revisions=described["coverage"]["revisions"] or DEFAULT.revisions))
    except ReadError as error:
        known = any(problem["code"] == error.problem.code for problem in report["problems"])
        yield "" if known else f"{name}: the file cannot be read any more ({error.problem.code})"
        return
    if not described["sha256"]:
        yield f"{name}: the file could not be read then and can be read now"
        return
    for kind in ("findings", "near_misses"):
        for number, entry in enumerate(report[kind], 1):
            yield from _entry(f"{name}: {kind}[{number}] {entry['id']}", entry, document)


def _source(described: Mapping[str, Any], files: Mapping[Path, str]) -> Path | None:
    same_hash = [path for path, digest in files.items() if digest == described["sha256"]]
    name = described["name"]
    same_name = [path for path in files if without_surrogates(path.name) == Path(name).name]
    same_name.sort(key=lambda path: not path.as_posix().endswith(f"/{name}"))  # a/x.pdf rather than b/x.pdf
    return next(iter(same_hash + same_name), None)


def _entry(where: str, entry: Mapping[str, Any], document: Document) -> Iterator[str]:
    yield _slice(f"{where} quote", entry["quote"], entry["place"], document)
    yield _place(f"{where} place", entry["place"], document)
    clause = entry["clause"]
    yield "" if 0 <= clause["start"] <= clause["end"] <= len(document.text) else f"{where} clause: the range lies outside the text"
    pieces = [(f"{where} evidence[{number}]", item) for number, item in enumerate(entry["evidence"], 1)]
    for attribute in entry.get("attributes", ()):
        label = f"{where} attribute {attribute['name']}"
        pieces += [(f"{label} evidence[{number}]", item) for number, item in enumerate(attribute["evidence"], 1)]
    for label, item in pieces:
        yield _slice(label, item["text"], item, document)
        if item["place"]:
            yield _place(f"{label} place", item["place"], document)


def _slice(where: str, quoted: str, place: Mapping[str, Any], document: Document) -> str:
    return _differs(where, quoted, document.text[place["start"] : place["end"]])


def _place(where: str, place: Mapping[str, Any], document: Document) -> str:
    now = place_to_dict(document.place(place["start"], place["end"]))
    wrong = [key for key in now if now[key] != place[key]]
    return f"{where}: {', '.join(f'{key} was {place[key]!r}, is {now[key]!r}' for key in wrong)}" if wrong else ""


def _differs(where: str, was: str, now: str) -> str:
    if was == now:
        return ""
    same = next((index for index, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), min(len(was), len(now)))
    return f"{where}: was {_short(was, same)}, is {_short(now, same)}"


def _short(text: str, same: int) -> str:
    """Return the text in quotation marks, a long one around the place where it begins to differ."""
    if len(text) <= _SHOWN:
        return repr(text)
    start = max(0, same - _SHOWN // 3)
    end = start + _SHOWN
    return repr(("..." if start else "") + text[start:end] + ("..." if end < len(text) else ""))
