"""What an overview counts. The state does not grow with the number of documents: only the fullest of them are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappush, heappushpop

from clausescan.report.records import related_findings
from clausescan.report.sink import Record

TOP = 20


@dataclass(slots=True)
class Totals:
    """Counts over the records that were added."""

    documents: Counter[str] = field(default_factory=Counter)  # by conclusion
    grades: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)  # a finding counts once for each of its attributes
    problems: Counter[str] = field(default_factory=Counter)  # by code
    clauses: int = 0
    _fullest: list[tuple[int, int, int, str]] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Count one record."""
        self.documents[record["conclusion"]] += 1
        self.clauses += record["clauses"]
        grades = Counter(finding["grade"] for finding in record["findings"])
        self.grades += grades
        self.rules.update(finding["rule"] for finding in (*record["findings"], *related_findings(record)))
        self.attributes.update(name for finding in record["findings"] for name in {fact["name"] for fact in finding["attributes"]})
        self.problems.update(problem["code"] for problem in record["problems"])
        if grades:
            self._keep((grades["candidate"], grades["review"], -self.documents.total(), record["document"]["name"]))

    def _keep(self, item: tuple[int, int, int, str]) -> None:
        if len(self._fullest) < TOP:
            heappush(self._fullest, item)
        else:
            heappushpop(self._fullest, item)

    def fullest(self) -> list[tuple[str, int, int]]:
        """Return the documents with most candidates, then most reviews, as (name, candidates, reviews); at most TOP."""
        return [(name, candidate, review) for candidate, review, _, name in sorted(self._fullest, reverse=True)]
