"""What the desk keeps in one SQLite database: documents with their reports, decisions with their history.

A decision is kept by the id of the finding, which is made of the rule and the folded words of the clause. It holds wherever
these words stand: after a new scan, under another number, in the next version of the document and in other documents.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from clausescan import codec
from clausescan.errors import StoreError, UsageError
from clausescan.types import Report

Verdict = Literal["confirmed", "dismissed", "not_applicable", "unsure"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
State = Literal["waiting", "reading", "done", "failed"]
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document in the list. `decided` of its `findings` have a decision; `problem` says why nothing could be read."""

    id: int
    name: str
    title: str
    state: State
    added: str
    language: str
    candidates: int
    reviews: int
    decided: int
    problem: str
    inconclusive: bool

    @property
    def findings(self) -> int:
        """The number of findings."""
        return self.candidates + self.reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer decided about a finding. `version` counts the decisions about it, from 1."""

    finding: str
    verdict: Verdict
    note: str
    reviewer: str
    decided: str
    version: int
    quote: str
    document: str


class ConflictError(Exception):
    """Somebody else has decided since the page was loaded."""

    def __init__(self, current: Decision) -> None:
        super().__init__(current.verdict)
        self.current = current


def _first(connection: sqlite3.Connection) -> None:
    for statement in (
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, kept INTEGER NOT NULL,
            added TEXT NOT NULL, state TEXT NOT NULL, problem TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '',
            language TEXT NOT NULL DEFAULT '', inconclusive INTEGER NOT NULL DEFAULT 0, report BLOB, layout BLOB)""",
        "CREATE INDEX documents_by_name ON documents (name)",
        """CREATE TABLE findings (
            document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL, finding TEXT NOT NULL,
            grade TEXT NOT NULL, quote TEXT NOT NULL, PRIMARY KEY (document, number)) WITHOUT ROWID""",
        "CREATE INDEX findings_by_id ON findings (finding)",
        """CREATE TABLE decisions (
            id INTEGER PRIMARY KEY, finding TEXT NOT NULL, version INTEGER NOT NULL, verdict TEXT NOT NULL, note TEXT NOT NULL,
            reviewer TEXT NOT NULL, decided TEXT NOT NULL, quote TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (finding, version))""",
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first,)
_LATEST = "decisions.version = (SELECT max(version) FROM decisions AS other WHERE other.finding = decisions.finding)"
_DECISION = "finding, verdict, note, reviewer, decided, version, quote, document"


class DeskStore:
    """The open database of a desk; originals lie beside it by their hash. Safe for several threads. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self._lock = threading.RLock()
        try:
            self.files.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / "desk.db", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{folder}: the desk cannot be opened ({error})") from error

    def _migrate(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.folder}: this desk was made by a later version of clausescan")
        for number, migration in enumerate(MIGRATIONS[version:], version + 1):
            with self._transaction() as connection:
                migration(connection)
                connection.execute(f"PRAGMA user_version = {number}")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise StoreError(f"{self.folder}: {error}") from error
                raise

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"{self.folder}: {error}") from error

    # ---- documents ----

    def add(self, name: str, data: bytes, digest: str) -> int:
        """Keep an original and list it for reading; return its number."""
        path = self.original(digest)
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(data)
            part.replace(path)
        with self._transaction() as connection:
            found = connection.execute(
                "INSERT INTO documents (name, sha256, size, kept, added, state) VALUES (?, ?, ?, 1, ?, 'waiting')",
                (name, digest, len(data), _now()),
            )
            return int(found.lastrowid or 0)

    def add_failed(self, name: str, message: tuple[str, str]) -> int:
        """List a member of an archive that could not be taken out, with the reason."""
        with self._transaction() as connection:
            found = connection.execute(
                "INSERT INTO documents (name, sha256, size, kept, added, state, problem) VALUES (?, '', 0, 0, ?, 'failed', ?)",
                (name, _now(), json.dumps(message)),
            )
            return int(found.lastrowid or 0)

    def secret(self) -> bytes:
        """Return the secret of the desk: pages that are open stay good after a restart."""
        path = self.folder / "secret"
        if not path.exists():
            part = self.folder / f"secret.{os.getpid()}.part"
            part.touch(mode=0o600)
            part.write_bytes(secrets.token_bytes(32))
            part.replace(path)
        return path.read_bytes()

    def add_report(self, report: Report) -> int:
        """List a document of a bulk run: its report is there, its original is not."""
        with self._transaction() as connection:
            found = connection.execute(
                "INSERT INTO documents (name, sha256, size, kept, added, state) VALUES (?, ?, 0, 0, ?, 'reading')",
                (report.document.name, report.document.sha256, _now()),
            )
            number = int(found.lastrowid or 0)
        self.record(number, codec.dumps(report), report, {})
        return number

    def original(self, digest: str) -> Path:
        """Return where the original with that hash lies."""
        return self.files / digest

    def waiting(self) -> list[tuple[int, str, str, int]]:
        """Return number, name, hash and size of the documents that wait; those that were being read when the desk closed too."""
        return self._rows("SELECT id, name, sha256, size FROM documents WHERE state IN ('waiting', 'reading') AND kept ORDER BY id")

    def begin(self, number: int) -> None:
        """Note that a document is being read."""
        with self._transaction() as connection:
            connection.execute("UPDATE documents SET state = 'reading' WHERE id = ?", (number,))

    def record(self, number: int, body: bytes, report: Report, layout: Mapping[str, Any]) -> None:
        """Write the report of a document, in one transaction."""
        document = report.document
        failed = next((found for found in report.problems if found.severity == "error"), None)
        rows = [(number, place, found.id, found.grade, found.quote) for place, found in enumerate(report.findings)]
        with self._transaction() as connection:
            connection.execute("DELETE FROM findings WHERE document = ?", (number,))
            connection.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?)", rows)
            connection.execute(
                """UPDATE documents SET state = ?, problem = ?, title = ?, language = ?, inconclusive = ?, report = ?, layout = ?
                   WHERE id = ?""",
                (
                    "failed" if failed else "done", json.dumps([failed.message, failed.message_zh]) if failed else "", document.title or "",
                    document.language or "", report.inconclusive, body, zlib.compress(json.dumps(layout).encode("ascii"), 3), number,
                ),
            )  # fmt: skip

    def fail(self, number: int, message: tuple[str, str]) -> None:
        """Note why a document was not read."""
        with self._transaction() as connection:
            connection.execute("UPDATE documents SET state = 'failed', problem = ? WHERE id = ?", (json.dumps(message), number))

    def remove(self, number: int) -> None:
        """Take a document off the desk; its original too, unless another one has the same bytes. Decisions stay."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT sha256 FROM documents WHERE id = ?", (number,)).fetchall()
            connection.execute("DELETE FROM documents WHERE id = ?", (number,))
            for (digest,) in rows:
                if not connection.execute("SELECT 1 FROM documents WHERE sha256 = ? AND kept", (digest,)).fetchone() and digest:
                    self.original(digest).unlink(missing_ok=True)

    def documents(self, language: str, search: str = "") -> list[Listed]:
        """Return the documents, the latest first; with `search` in name, title or a finding. Problems in `language`."""
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._rows(
            """SELECT id, name, title, state, added, language, problem, inconclusive,
               (SELECT count(*) FROM findings WHERE document = documents.id AND grade = 'candidate'),
               (SELECT count(*) FROM findings WHERE document = documents.id AND grade = 'review'),
               (SELECT count(*) FROM findings WHERE document = documents.id
                AND EXISTS (SELECT 1 FROM decisions WHERE decisions.finding = findings.finding))
               FROM documents WHERE ? = '%%' OR name LIKE ? ESCAPE '\\' OR title LIKE ? ESCAPE '\\'
               OR EXISTS (SELECT 1 FROM findings WHERE document = documents.id AND quote LIKE ? ESCAPE '\\') ORDER BY id DESC""",
            (like, like, like, like),
        )
        return [
            Listed(
                id=number, name=name, title=title, state=state, added=added, language=written,
                problem=json.loads(problem)[language == "zh"] if problem else "", inconclusive=bool(inconclusive),
                candidates=candidates, reviews=reviews, decided=decided,
            )
            for number, name, title, state, added, written, problem, inconclusive, candidates, reviews, decided in rows
        ]  # fmt: skip

    def report(self, number: int) -> tuple[Report, dict[str, Any], bool] | None:
        """Return the report of a document, its layout, and whether its original is kept; None when there is none."""
        rows = self._rows("SELECT name, report, layout, kept FROM documents WHERE id = ? AND report IS NOT NULL", (number,))
        if not rows:
            return None
        name, body, layout, kept = rows[0]
        try:
            report = codec.loads(body)
        except ValueError as error:
            raise StoreError(f"{name}: {error}; remove the document and add it again") from error
        return report, json.loads(zlib.decompress(layout)), bool(kept)

    def name_of(self, number: int) -> tuple[str, str, int] | None:
        """Return name, hash and size of a document."""
        rows = self._rows("SELECT name, sha256, size FROM documents WHERE id = ?", (number,))
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    def earlier(self, number: int, name: str) -> int | None:
        """Return the number of the version of a document before this one: the last that had the same name."""
        rows = self._rows("SELECT max(id) FROM documents WHERE name = ? AND id < ? AND report IS NOT NULL", (name, number))
        return rows[0][0] if rows else None

    # ---- decisions ----

    def decisions(self, findings: Sequence[str]) -> dict[str, Decision]:
        """Return the latest decision about each of these findings that has one."""
        if not findings:
            return {}
        marks = ", ".join("?" * len(findings))
        rows = self._rows(f"SELECT {_DECISION} FROM decisions WHERE finding IN ({marks}) AND {_LATEST}", list(findings))
        return {row[0]: _decision(row) for row in rows}

    def history(self, finding: str) -> list[Decision]:
        """Return the decisions about a finding, the latest first."""
        rows = self._rows(f"SELECT {_DECISION} FROM decisions WHERE finding = ? ORDER BY version DESC", (finding,))
        return [_decision(row) for row in rows]

    def decided_in(self, name: str) -> list[Decision]:
        """Return the latest decisions that were made in documents of that name."""
        return [_decision(row) for row in self._rows(f"SELECT {_DECISION} FROM decisions WHERE document = ? AND {_LATEST}", (name,))]

    def decide(self, number: int, finding: str, seen: int, verdict: str, note: str, reviewer: str) -> Decision:
        """Write a decision about a finding of a document by somebody who has seen `seen` decisions about it.

        Raises UsageError for what is no decision, ConflictError when another one was made since.
        """
        if verdict not in VERDICTS:
            raise UsageError("this is no decision")
        if verdict == "dismissed" and not note.strip():
            raise UsageError("a dismissal needs its reason")
        if not reviewer.strip():
            raise UsageError("a decision needs the name of its reviewer")
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT name, quote FROM findings JOIN documents ON documents.id = document WHERE document = ? AND finding = ?",
                (number, finding),
            ).fetchall()
            if not rows:
                raise UsageError("the document has no such finding")
            latest = f"SELECT {_DECISION} FROM decisions WHERE finding = ? ORDER BY version DESC LIMIT 1"
            current = connection.execute(latest, (finding,)).fetchone()
            if current is not None and current[5] != seen:
                raise ConflictError(_decision(current))
            name, quote = rows[0]
            made = (finding, verdict, note.strip(), reviewer.strip(), _now(), seen + 1, quote, name)
            connection.execute(f"INSERT INTO decisions ({_DECISION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", made)
        return _decision(made)

    def groups(self) -> list[tuple[str, str, str, int]]:
        """Return the findings that several documents share: id, grade, quote, number of documents; the most shared first."""
        return self._rows(
            """SELECT finding, max(grade), max(quote), count(DISTINCT document) AS shared FROM findings
               GROUP BY finding HAVING shared > 1 ORDER BY shared DESC, finding""",
        )

    def documents_of(self, finding: str) -> list[tuple[int, str]]:
        """Return number and name of the documents that hold a finding."""
        return self._rows(
            """SELECT DISTINCT documents.id, name FROM findings JOIN documents ON documents.id = document
               WHERE finding = ? ORDER BY documents.id""",
            (finding,),
        )


def _decision(row: Sequence[Any]) -> Decision:
    finding, verdict, note, reviewer, decided, version, quote, document = row
    return Decision(
        finding=finding, verdict=verdict, note=note, reviewer=reviewer, decided=decided, version=version, quote=quote, document=document
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
