"""Two runs over many documents: which report of the one belongs to which of the other.

Documents are paired by name; what is left, by hash (a renamed file), each name and hash once, in their order.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from clausescan.compare.result import Comparison, compare_records
from clausescan.results import Record


def compare_runs(old: Iterable[Record], new: Iterable[Record]) -> Iterator[Comparison]:
    """Yield a comparison for each document: those of the new run in their order, then those that are gone.

    The old run is kept in memory without what the comparison does not need; the new one goes by.
    """
    before = [_slim(record) for record in old]
    by_name: dict[str, deque[int]] = defaultdict(deque)
    by_hash: dict[str, deque[int]] = defaultdict(deque)
    for index, record in enumerate(before):
        by_name[record["document"]["name"]].append(index)
        by_hash[record["document"]["sha256"]].append(index)
    used: set[int] = set()
    waiting: list[Record] = []
    for record in map(_slim, new):
        found = _first(by_name[record["document"]["name"]], used)
        if found is None:
            waiting.append(record)
        else:
            yield compare_records(before[found], record)
    # a file that was renamed is only known once every name has been looked for
    for record in waiting:
        found = _first(by_hash[record["document"]["sha256"]], used) if record["document"]["sha256"] else None
        yield compare_records(before[found] if found is not None else None, record)
    for index, record in enumerate(before):
        if index not in used:
            yield compare_records(record, None)


def _first(indices: deque[int], used: set[int]) -> int | None:
    while indices:
        index = indices.popleft()
        if index not in used:
            used.add(index)
            return index
    return None


def _slim(record: Record) -> Record:
    """Return what a comparison needs of a record; the evidence of thousands of reports does not fit."""
    keys = ("id", "rule", "grade", "clause", "quote", "place")
    document = {key: record["document"].get(key) for key in ("name", "sha256", "language")}
    findings = [{key: finding.get(key) for key in keys} for finding in record["findings"]]
    return {"document": document, "findings": findings, "inconclusive": record.get("inconclusive", False)}
