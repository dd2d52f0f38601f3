"""The baseline: findings that are known already, and those that a person has dismissed, with the reason.

    {
      "schema": "clausescan-baseline/1",
      "findings": [
        {
          "fingerprint": "9e13cf54bf73484a",
          "rule": "ART11",
          "grade": "candidate",
          "quote": "4.2 您上传的人脸视频，我们可以永久保存。",
          "text": "1f0c5a7d2b9e4c36",
          "documents": ["policies/app.txt"],
          "state": "dismissed",
          "reason": "3.3 limits this to the term of the service",
          "by": "li.wei",
          "on": "2026-03-02"
        }
      ]
    }

The identity of an entry is its fingerprint, which is the id of the finding: rule and words of the clause, without number, page and
file, so that renumbering, moving and renaming raise nothing anew. `documents` says where it was seen. Known is not accepted: a known
finding is only not new. A dismissed one needs a reason, and stays dismissed until its text changes: `text` stands for the folded
text with its punctuation. Entries are sorted, so that the file can be reviewed in a version control system.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from clausescan.errors import UsageError, problem
from clausescan.identity import digest
from clausescan.results import Record
from clausescan.types import Report

SCHEMA = "clausescan-baseline/1"
State = Literal["known", "dismissed"]
_HEAD = 80
_KEYS = ("fingerprint", "rule", "grade", "quote", "text", "documents", "state")
_DECISION = ("reason", "by", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finding of the baseline; `quote` is its head, `text` the digest of the whole. Reason, who and when belong to a dismissal."""

    fingerprint: str
    rule: str
    grade: str
    quote: str
    text: str
    documents: tuple[str, ...]
    state: State = "known"
    reason: str = ""
    by: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an update did: numbers of entries."""

    added: int
    kept: int
    dropped: int
    reopened: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries by fingerprint."""

    entries: Mapping[str, Entry]

    def covers(self, fingerprint: str, quote: str) -> bool:
        """True for a finding that is not new: known, or dismissed with this very text."""
        entry = self.entries.get(fingerprint)
        return entry is not None and (entry.state == "known" or entry.text == digest(quote))

    def new_only(self, report: Report) -> Report:
        """Return the report with the findings that the baseline does not cover, and a note of how many it does."""
        kept = tuple(finding for finding in report.findings if not self.covers(finding.id, finding.quote))
        if len(kept) == len(report.findings):
            return report
        # "nothing found" in a report must not hide that something is known
        note = problem("B001_known", count=len(report.findings) - len(kept))
        return replace(report, findings=kept, problems=(*report.problems, note))

    def updated(self, records: Iterable[Record], *, prune: bool = False) -> tuple[Baseline, Changes]:
        """Return the baseline after the results of a scan.

        What was found is added; known entries that are found no more in the documents scanned go, those of other documents stay.
        Dismissed entries stay, also where nothing is found for now; with `prune` they go too. One whose text changed is known again.
        """
        scanned: set[str] = set()
        found: dict[str, Entry] = {}
        for record in records:
            name = record["document"]["name"]
            scanned.add(name)
            for finding in record["findings"]:
                entry = _entry(finding, name)
                known = found.get(entry.fingerprint)
                found[entry.fingerprint] = replace(entry, documents=(*known.documents, name)) if known else entry
        entries: dict[str, Entry] = {}
        reopened = 0
        for fingerprint, old in self.entries.items():
            elsewhere = tuple(name for name in old.documents if name not in scanned)
            seen = found.get(fingerprint)
            if seen is not None:
                holds = old.state == "dismissed" and old.text == seen.text
                reopened += old.state == "dismissed" and not holds
                entry = replace(seen, state="dismissed", reason=old.reason, by=old.by, on=old.on) if holds else seen
                entries[fingerprint] = replace(entry, documents=_sorted([*entry.documents, *elsewhere]))
            elif elsewhere or (old.state == "dismissed" and not prune):
                entries[fingerprint] = replace(old, documents=elsewhere)
        added = {key: replace(entry, documents=_sorted(entry.documents)) for key, entry in found.items() if key not in entries}
        changes = Changes(added=len(added), kept=len(entries), dropped=len(self.entries) - len(entries), reopened=reopened)
        return Baseline(entries | added), changes

    def dismissed(self, fingerprint: str, *, reason: str, by: str, on: str) -> Baseline:
        """Return the baseline with one entry dismissed. Raises UsageError without a reason or for an unknown fingerprint."""
        if not reason.strip():
            raise UsageError("a dismissal needs a reason")
        return self._with(fingerprint, state="dismissed", reason=reason.strip(), by=by, on=on)

    def reopened(self, fingerprint: str) -> Baseline:
        """Return the baseline with a dismissal taken back. Raises UsageError for an unknown fingerprint."""
        return self._with(fingerprint, state="known", reason="", by="", on="")

    def _with(self, fingerprint: str, **values: Any) -> Baseline:
        matches = [known for known in self.entries if known.startswith(fingerprint)] if fingerprint else []
        if fingerprint in self.entries:
            matches = [fingerprint]
        if len(matches) != 1:
            raise UsageError(f"{'several entries begin' if matches else 'no entry of the baseline begins'} with {fingerprint!r}")
        return Baseline(dict(self.entries) | {matches[0]: replace(self.entries[matches[0]], **values)})


def load(path: Path) -> Baseline:
    """Return the baseline in a file. Raises UsageError when it is none, naming what is wrong."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such baseline; `clausescan baseline update {path} PATH...` makes one") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"{path}: this is not a baseline ({error})") from error
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA or not isinstance(plain.get("findings"), list):
        raise UsageError(f"{path}: this is not a baseline of schema {SCHEMA}")
    entries = [_read(raw, path, number) for number, raw in enumerate(plain["findings"], 1)]
    if len({entry.fingerprint for entry in entries}) < len(entries):
        raise UsageError(f"{path}: a fingerprint stands there twice")
    return Baseline({entry.fingerprint: entry for entry in entries})


def dumps(baseline: Baseline) -> str:
    """Return the text of the file: entries in the order of their first document and quote, no time stamp of its own."""
    entries = sorted(baseline.entries.values(), key=lambda entry: (entry.documents[:1], entry.quote, entry.fingerprint))
    return json.dumps({"schema": SCHEMA, "findings": [_plain(entry) for entry in entries]}, ensure_ascii=False, indent=2) + "\n"


def _plain(entry: Entry) -> dict[str, Any]:
    keys = _KEYS + (_DECISION if entry.state == "dismissed" else ())
    values = {key: getattr(entry, key) for key in keys}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _read(raw: Any, path: Path, number: int) -> Entry:
    keys = (*_KEYS, *_DECISION)
    if not isinstance(raw, dict) or not set(_KEYS) <= raw.keys() <= set(keys):
        raise UsageError(f"{path}: entry {number} must have the keys {', '.join(_KEYS)}; known beside them are {', '.join(_DECISION)}")
    texts = {key: value for key, value in raw.items() if key != "documents"}
    documents = raw["documents"]
    if not all(isinstance(value, str) for value in texts.values()) or not isinstance(documents, list) or not all(map(_is_text, documents)):
        raise UsageError(f"{path}: entry {number}: documents is a list of texts, all other values are texts")
    entry = Entry(**texts, documents=tuple(documents))
    if entry.state not in ("known", "dismissed"):
        raise UsageError(f"{path}: entry {number}: state {entry.state!r} is neither known nor dismissed")
    if entry.state == "dismissed" and not entry.reason.strip():
        raise UsageError(f"{path}: entry {number} ({entry.fingerprint}) is dismissed without a reason")
    return entry


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _entry(finding: Mapping[str, Any], document: str) -> Entry:
    quote = " ".join(finding["quote"].split())
    return Entry(
        fingerprint=finding["id"], rule=finding["rule"], grade=finding["grade"], text=digest(finding["quote"]),
        quote=quote if len(quote) <= _HEAD else quote[: _HEAD - 1] + "…", documents=(document,),
    )  # fmt: skip


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
