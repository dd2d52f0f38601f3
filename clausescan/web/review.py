"""Where decisions stand: which finding is decided and how, what was decided about words that have changed since.

A decision is looked up by rule and words, not by finding: after a rescan, with another number, or in the next version it is there
again where the words are the same. Where they are not, the decision about the words that came closest is shown, with what changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clausescan.compare.align import ALIKE, Entry, align
from clausescan.compare.diff import Part, diff
from clausescan.errors import UsageError
from clausescan.identity import digest
from clausescan.types import Finding, RelatedFinding, Report
from clausescan.web.desk import DECISIONS, NEEDS_REASON, Decided, Desk, Held

Pointed = Finding | RelatedFinding
_LONGEST_NOTE = 4_000
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A decision about an earlier wording, and what has changed in the words."""

    decided: Decided
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was decided about a finding, the earliest first. `since` is about another wording and closes nothing."""

    history: tuple[Decided, ...] = ()
    since: Since | None = None

    @property
    def last(self) -> Decided | None:
        """The decision that holds."""
        return self.history[-1] if self.history else None

    @property
    def seen(self) -> int:
        """The number of the decision that holds, 0 without one: what a form sends back."""
        return self.history[-1].id if self.history else 0

    @property
    def decision(self) -> str:
        """What was decided, "open" without a decision."""
        return self.history[-1].decision if self.history else "open"

    @property
    def settled(self) -> bool:
        """True when nobody has to look any more."""
        return bool(self.history) and self.history[-1].settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the review of a document is: findings of Article 11, those that are settled, those that somebody is unsure about."""

    findings: int
    settled: int
    unsure: int

    @property
    def finished(self) -> bool:
        """True when every finding is settled, and there are some."""
        return self.findings > 0 and self.settled == self.findings


class Review:
    """The decisions about one document."""

    def __init__(self, report: Report, history: Sequence[Decided]) -> None:
        self._by_key: dict[tuple[str, str], list[Decided]] = defaultdict(list)
        for decided in history:
            self._by_key[decided.rule, decided.text].append(decided)
        self.report = report
        self._keys = {found.id: (found.rule, digest(found.quote)) for found in pointed(report)}
        self._since = self._changed()

    def of(self, finding: Pointed) -> Standing:
        """Return what was decided about a finding."""
        history = tuple(self._by_key.get(self._keys[finding.id], ()))
        return Standing(history=history, since=None if history else self._since.get(finding.id))

    def progress(self) -> Progress:
        """Return how far the review is."""
        standings = [self.of(found) for found in self.report.findings]
        return Progress(
            findings=len(standings), settled=sum(standing.settled for standing in standings),
            unsure=sum(standing.decision == "unsure" for standing in standings),
        )  # fmt: skip

    def _changed(self) -> dict[str, Since]:
        """Pair findings without a decision with decisions whose words stand in this version no more."""
        here = set(self._keys.values())
        gone = [decisions[-1] for key, decisions in self._by_key.items() if key not in here and decisions[-1].decision != "open"]
        fresh = [found for found in pointed(self.report) if not self._by_key.get(self._keys[found.id])]
        found: dict[str, Since] = {}
        for rule in {decided.rule for decided in gone}:
            old = sorted((decided for decided in gone if decided.rule == rule), key=lambda decided: decided.id)
            new = [finding for finding in fresh if finding.rule == rule]
            found |= _paired(old, new)
        return found


def _paired(old: Sequence[Decided], new: Sequence[Pointed]) -> dict[str, Since]:
    before = [Entry(number=decided.number, text=decided.quote) for decided in old]
    after = [Entry(number=finding.clause.number, text=finding.quote) for finding in new]
    # findings are no neighbours in the text: only real likeness pairs them
    pairs = (pair for pair in align(before, after, framed=ALIKE) if pair.old and pair.new)
    both = [(old[pair.old[0]], new[j]) for pair in pairs for j in pair.new]
    return {now.id: Since(decided=was, parts=tuple(diff(was.quote, now.quote))) for was, now in both}


def pointed(report: Report) -> list[Pointed]:
    """Return the findings and the related findings of a report."""
    return [*report.findings, *report.related]


def find(report: Report, finding: str) -> Pointed | None:
    """Return the finding of that id."""
    return next((found for found in pointed(report) if found.id == finding), None)


def reviewer_name(given: str) -> str:
    """Return the name of a reviewer as it is kept. Raises UsageError for none and for one too long."""
    name = " ".join("".join(char if char.isprintable() else " " for char in given).split())
    if not name or len(name) > _LONGEST_NAME:
        raise UsageError("reviewer_needed")
    return name


def checked(decision: str, note: str) -> str:
    """Return the note of a decision as it is kept. Raises UsageError (with the key of a sentence) for what cannot be recorded."""
    note = note.replace("\r\n", "\n").strip()
    if decision not in DECISIONS:
        raise UsageError("decision_unknown")
    if decision in NEEDS_REASON and not note:
        raise UsageError("reason_needed")
    if len(note) > _LONGEST_NOTE:
        raise UsageError("note_too_long")
    return note


def decide(desk: Desk, held: Held, found: Pointed, *, decision: str, note: str, reviewer: str, seen: int) -> Decided:
    """Record a decision. Raises UsageError (with the key of a sentence) for what cannot be recorded, ConflictError."""
    note = checked(decision, note)
    return desk.decide(
        held, rule=found.rule, finding=found.id, quote=found.quote, number=found.clause.number, decision=decision, note=note,
        reviewer=reviewer, seen=seen,
    )  # fmt: skip


def kept(report: Report, review: Review) -> Iterable[Finding]:
    """Yield the findings that leave the house: neither dismissed nor not applicable."""
    return (found for found in report.findings if review.of(found).decision not in ("dismissed", "not_applicable"))
