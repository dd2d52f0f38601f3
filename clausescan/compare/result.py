"""What a comparison says: plain frozen values, made from two documents or from two records of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clausescan.compare.align import ALIKE, KINDS, Entry, Kind, Pair, align
from clausescan.identity import bare
from clausescan.results import Record
from clausescan.types import GRADE_RANK, Clause, Document

Status = Literal["new", "changed", "gone", "persists"]
DocumentStatus = Literal["new", "gone", "changed", "same"]
STATUSES: tuple[Status, ...] = ("new", "changed", "gone", "persists")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A clause in one version: its path in the tree, the number as printed, the text and where it stands."""

    id: str
    number: str
    text: str
    page: int | None
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseChange:
    """Clauses that belong together; see `align.Pair`."""

    kind: Kind
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]
    similarity: float
    moved: bool
    renumbered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A finding in both versions (as in the records), or in one.

    `same_text`: the folded text is the same, so that a decision about the old one holds for the new one. It is never true
    of a finding whose id persists while its punctuation changed.
    """

    status: Status
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    same_text: bool

    @property
    def finding(self) -> Mapping[str, Any]:
        """The finding to show: the new one, else the old one."""
        return self.new or self.old or {}

    def counts(self, grade: str) -> bool:
        """True when somebody has to look at it who looks from `grade` on: it was not there, or not at that grade."""
        if self.new is None or GRADE_RANK[self.new["grade"]] < GRADE_RANK[grade]:
            return False
        return self.status != "persists" or (self.old is not None and GRADE_RANK[self.old["grade"]] < GRADE_RANK[grade])


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions of a document. `old` and `new` are {"name", "sha256"} or None; `clauses` None where only records were compared."""

    status: DocumentStatus
    old: Mapping[str, str] | None
    new: Mapping[str, str] | None
    clauses: tuple[ClauseChange, ...] | None
    findings: tuple[FindingChange, ...]
    inconclusive: bool
    language: str | None

    @property
    def name(self) -> str:
        """The name of the document, both where they differ."""
        names = [side["name"] for side in (self.old, self.new) if side]
        return " → ".join(dict.fromkeys(names))

    def clause_counts(self) -> dict[Kind, int]:
        """Return how many changes there are of each kind."""
        counts = Counter(change.kind for change in self.clauses or ())
        return {kind: counts[kind] for kind in KINDS}

    def finding_counts(self) -> dict[Status, int]:
        """Return how many findings there are of each status."""
        counts = Counter(change.status for change in self.findings)
        return {status: counts[status] for status in STATUSES}


def compare_clauses(old: tuple[Document, Sequence[Clause]], new: tuple[Document, Sequence[Clause]]) -> tuple[ClauseChange, ...]:
    """Return the changes in the order of the new version."""
    sides = [_passages(*old), _passages(*new)]
    pairs = align(*([Entry(number=passage.number, text=passage.text) for passage in side] for side in sides))
    return tuple(_change(pair, sides[0], sides[1]) for pair in pairs)


def compare_records(old: Record | None, new: Record | None, clauses: tuple[ClauseChange, ...] | None = None) -> Comparison:
    """Return the comparison of two records of one document, of which one may be missing. Raises ValueError without any."""
    shown = new or old
    if shown is None:
        raise ValueError("there is nothing to compare")
    return Comparison(
        status=_document_status(old, new),
        old=_side(old),
        new=_side(new),
        clauses=clauses,
        findings=_finding_changes(old["findings"] if old else [], new["findings"] if new else []),
        inconclusive=any(record["inconclusive"] for record in (old, new) if record),
        language=shown["document"].get("language"),
    )


def _passages(document: Document, clauses: Sequence[Clause]) -> list[Passage]:
    places = ((clause, document.place(clause.start, clause.start + 1)) for clause in clauses)
    return [
        Passage(id=clause.id, number=clause.number, text=document.text[clause.start : clause.end], page=place.page, line=place.line)
        for clause, place in places
    ]


def _change(pair: Pair, old: Sequence[Passage], new: Sequence[Passage]) -> ClauseChange:
    return ClauseChange(
        kind=pair.kind, old=tuple(old[i] for i in pair.old), new=tuple(new[j] for j in pair.new),
        similarity=round(pair.similarity, 3), moved=pair.moved, renumbered=pair.renumbered,
    )  # fmt: skip


def _document_status(old: Record | None, new: Record | None) -> DocumentStatus:
    if old is None or new is None:
        return "new" if old is None else "gone"
    return "same" if old["document"]["sha256"] == new["document"]["sha256"] else "changed"


def _side(record: Record | None) -> dict[str, str] | None:
    return {"name": record["document"]["name"], "sha256": record["document"]["sha256"]} if record else None


def _finding_changes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> tuple[FindingChange, ...]:
    """Pair findings by id; what is left, by the likeness of the quotes: then the clause has changed. Order of the new version."""
    known = {finding["id"]: finding for finding in old}
    kept = {finding["id"] for finding in new} & known.keys()
    left = [finding for finding in old if finding["id"] not in kept], [finding for finding in new if finding["id"] not in kept]
    entries = [[Entry(number="", text=finding["quote"]) for finding in side] for side in left]
    became: dict[str, Mapping[str, Any]] = {}
    for pair in align(*entries, framed=ALIKE):
        for j in pair.new if pair.old else ():
            became[left[1][j]["id"]] = left[0][pair.old[0]]
    changes = [_finding_change(known.get(finding["id"]) or became.get(finding["id"]), finding) for finding in new]
    seen = {*kept, *(finding["id"] for finding in became.values())}
    gone = (finding for finding in old if finding["id"] not in seen)
    return (*changes, *(FindingChange(status="gone", old=finding, new=None, same_text=False) for finding in gone))


def _finding_change(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> FindingChange:
    if old is None:
        return FindingChange(status="new", old=None, new=new, same_text=False)
    same = bare(old["quote"]) == bare(new["quote"])
    return FindingChange(status="persists" if old["id"] == new["id"] else "changed", old=old, new=new, same_text=same)
