"""Template clauses: the same wording in many documents is reviewed once.

Clauses whose folded text is the same are one *wording*; what was decided about it holds for every document that has it. Wordings that
are nearly the same (at least 0.8 of their pairs of neighbouring words in common) are shown together as one *cluster*, because they
come from one template; a decision is not carried from wording to wording, since 不会出售 and 会出售 are nearly the same too.

Every wording is kept once, in a temporary database; in memory are sixteen numbers for each. Near wordings are found with MinHash
(Broder 1997) and locality-sensitive hashing (eight bands of four), and each candidate is then compared in full. Wordings are taken
in the order of how many documents hold them, and each joins the first cluster whose head it resembles: no chains, and the same
documents in any order give the same clusters. The id of a cluster is the digest of its commonest wording.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b, sha256
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from clausescan.identity import bare, without_number, words
from clausescan.results import Record
from clausescan.types import GRADE_RANK, Clause, Document

ALIKE = 0.8
BANDS, ROWS = 8, 4
_NEAR = 64  # heads in one bucket that a wording is compared with
_SHORTEST = 6  # words below which nearly the same means nothing: 第三条 定义
_SEED = 20151104
_Numbers = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A clause in a document. `finding` and `grade` are empty for a clause without a finding."""

    document: str
    text: str
    number: str
    page: int | None
    line: int | None
    finding: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where a wording stands."""

    document: str
    number: str
    page: int | None
    line: int | None
    finding: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One folded text: its digest, how one document writes it (without number), and where it stands, by name of document."""

    id: str
    quote: str
    documents: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Wordings of one template, the commonest first. `documents` counts each document once; `grade` is the highest of a member."""

    id: str
    quote: str
    documents: int
    grade: str
    wordings: tuple[Wording, ...]


def occurrences_of_record(record: Record) -> Iterator[Occurrence]:
    """Yield the clauses of a record that have findings."""
    name = record["document"]["name"]
    for finding in record["findings"]:
        place: Mapping[str, Any] = finding.get("place") or {}
        number = (finding.get("clause") or {}).get("number", "")
        yield Occurrence(
            document=name, text=finding["quote"], number=number, page=place.get("page"), line=place.get("line"),
            finding=finding["id"], grade=finding["grade"],
        )  # fmt: skip


def occurrences_of_document(name: str, document: Document, clauses: Sequence[Clause]) -> Iterator[Occurrence]:
    """Yield all clauses of a document."""
    for clause in clauses:
        place = document.place(clause.start, clause.start + 1)
        text = document.text[clause.start : clause.end]
        yield Occurrence(document=name, text=text, number=clause.number, page=place.page, line=place.line)


def clusters_of_records(records: Iterable[Record], *, least: int = 2) -> list[Cluster]:
    """Return the clusters of the findings in records that stand in at least `least` documents: the first view of a report over many."""
    with Clusters() as found:
        for record in records:
            found.add(occurrences_of_record(record))
        return list(found.clusters(least=least))


class Clusters:
    """Collects clauses, document by document, and groups them. A context manager: it keeps a temporary file."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="clausescan-")
        self._db = sqlite3.connect(Path(self._folder.name) / "clauses.db", isolation_level=None)
        self._db.executescript(
            """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;
            CREATE TABLE wordings (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, bare TEXT NOT NULL, quote TEXT NOT NULL);
            CREATE TABLE members (wording INTEGER NOT NULL, document TEXT NOT NULL, number TEXT NOT NULL, page INTEGER, line INTEGER,
                finding TEXT NOT NULL, grade TEXT NOT NULL);"""
        )
        self._bands: list[_Numbers] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary file."""
        self._db.close()
        self._folder.cleanup()

    def add(self, occurrences: Iterable[Occurrence]) -> None:
        """Add clauses; those without a word are left out."""
        for item in occurrences:
            text = bare(item.text)
            if not words(text):
                continue
            wording = self._wording(text, without_number(item.text))
            row = (wording, item.document, item.number, item.page, item.line, item.finding, item.grade)
            self._db.execute("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _wording(self, text: str, quote: str) -> int:
        key = sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
        known = self._db.execute("SELECT id, quote FROM wordings WHERE digest = ?", (key,)).fetchone()
        if known is None:
            row = (len(self._bands), key, text, quote)
            self._db.execute("INSERT INTO wordings VALUES (?, ?, ?, ?)", row)
            self._bands.append(band_keys(text))
            return len(self._bands) - 1
        if quote < known[1]:  # which document came first must not decide what is shown
            self._db.execute("UPDATE wordings SET quote = ? WHERE id = ?", (quote, known[0]))
        return int(known[0])

    def clusters(self, *, least: int = 2) -> Iterator[Cluster]:
        """Yield the clusters that stand in at least `least` documents, those in most documents first."""
        self._db.execute("CREATE INDEX IF NOT EXISTS member_of ON members (wording)")
        self._db.execute("DROP TABLE IF EXISTS groups")
        self._db.execute("CREATE TABLE groups (wording INTEGER PRIMARY KEY, head INTEGER NOT NULL, place INTEGER NOT NULL)")
        ranked = self._db.execute(
            "SELECT wordings.id FROM wordings JOIN members ON wording = wordings.id GROUP BY wordings.id "
            "ORDER BY count(DISTINCT document) DESC, digest"
        )
        order = np.fromiter((row[0] for row in ranked), dtype=np.int64, count=len(self._bands))
        heads = self._heads(order)
        self._db.executemany(
            "INSERT INTO groups VALUES (?, ?, ?)", ((int(order[place]), int(order[head]), place) for place, head in enumerate(heads))
        )
        self._db.execute("CREATE INDEX grouped ON groups (head)")
        found = self._db.execute(
            "SELECT head, count(DISTINCT document) AS held FROM groups JOIN members USING (wording) JOIN wordings ON wordings.id = head "
            "GROUP BY head HAVING held >= ? ORDER BY held DESC, digest",
            (least,),
        ).fetchall()
        for head, held in found:
            yield self._cluster(head, held)

    def _heads(self, order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return for each place in `order` the place of the head of its cluster."""
        count = len(order)
        heads = np.arange(count)
        if not count:
            return heads
        keys = np.array(self._bands, dtype=np.uint64)[order]
        sorts = [np.argsort(keys[:, band], kind="stable") for band in range(BANDS)]  # stable: earlier places come first in a bucket
        firsts, lasts = np.empty((BANDS, count), np.int64), np.empty((BANDS, count), np.int64)
        for band, sort in enumerate(sorts):
            values = keys[sort, band]
            firsts[band, sort] = np.searchsorted(values, values, side="left")
            lasts[band, sort] = np.searchsorted(values, values, side="right")
        shared = np.flatnonzero((lasts - firsts > 1).any(axis=0))
        for place in shared:
            head = self._head(int(place), order, sorts, firsts[:, place], lasts[:, place], heads)
            if head is not None:
                heads[place] = head
        return heads

    def _head(self, place: int, order: Any, sorts: Sequence[Any], firsts: Any, lasts: Any, heads: Any) -> int | None:
        near: set[int] = set()
        for sort, first, last in zip(sorts, firsts, lasts, strict=True):
            bucket = sort[first:last]
            bucket = bucket[bucket < place]
            near.update(bucket[heads[bucket] == bucket][:_NEAR].tolist())
        if not near:
            return None
        grams = self._grams(int(order[place]))
        return next((other for other in sorted(near) if _jaccard(grams, self._grams(int(order[other]))) >= ALIKE), None)

    def _grams(self, wording: int) -> frozenset[str]:
        return grams_of(self._db.execute("SELECT bare FROM wordings WHERE id = ?", (wording,)).fetchone()[0])

    def _cluster(self, head: int, documents: int) -> Cluster:
        rows = self._db.execute(
            "SELECT wordings.id, digest, quote FROM groups JOIN wordings ON wording = wordings.id WHERE head = ? ORDER BY place", (head,)
        ).fetchall()
        wordings = tuple(self._of(*row) for row in rows)
        grades = (member.grade for wording in wordings for member in wording.members)
        grade = max(grades, key=lambda grade: GRADE_RANK.get(grade, -1))
        return Cluster(id=wordings[0].id, quote=wordings[0].quote, documents=documents, grade=grade, wordings=wordings)

    def _of(self, wording: int, digest: str, quote: str) -> Wording:
        rows = self._db.execute(
            "SELECT document, number, page, line, finding, grade FROM members WHERE wording = ? ORDER BY document, line, number", (wording,)
        )
        members = tuple(
            Member(document=row[0], number=row[1], page=row[2], line=row[3], finding=row[4], grade=row[5]) for row in rows
        )  # fmt: skip
        return Wording(id=digest, quote=quote, documents=len({member.document for member in members}), members=members)


def grams_of(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring words of a folded text; a short text is one gram, so that it is only like itself."""
    found = words(text)
    if len(found) < _SHORTEST:
        return frozenset([" ".join(found)])
    return frozenset(f"{first} {second}" for first, second in pairwise(found))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def band_keys(text: str) -> _Numbers:
    """Return the keys of the bands of the MinHash of a folded text; two texts with one key in common are worth comparing."""
    multipliers, offsets = _permutations()
    digests = (blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest() for gram in grams_of(text))
    hashes = np.frombuffer(b"".join(digests), dtype="<u8")
    lowest = ((multipliers * hashes + offsets) >> np.uint64(32)).min(axis=1).reshape(BANDS, ROWS)
    keys: _Numbers = (lowest * _mixers()).sum(axis=1, dtype=np.uint64)
    return keys


@cache
def _permutations() -> tuple[_Numbers, _Numbers]:
    random = np.random.default_rng(_SEED)
    numbers = random.integers(1, 2**63, size=(2, BANDS * ROWS, 1), dtype=np.uint64)
    return numbers[0] | np.uint64(1), numbers[1]


@cache
def _mixers() -> _Numbers:
    return np.random.default_rng(_SEED + 1).integers(1, 2**63, size=ROWS, dtype=np.uint64) | np.uint64(1)
