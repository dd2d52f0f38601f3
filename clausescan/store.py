"""The database of a run: what was to be read, what was found, and which versions said so. SQLite, embedded.

    runs        one row for each call of `scan`: command, versions, begin, end
    documents   one row for each document: name, carried columns, hash, state, attempts, versions, seconds
    reports     the report of a document, whole (see `codec`)
    findings    problems    the same for queries: sqlite3 my.db "select rule, count(*) from findings group by rule"
    captures    what was fetched from an address: when, from where, hash, file
    uploads     views    files that the desk (`clausescan serve`) was given, versions of one work; how a document is laid out
    decisions   what reviewers decided about findings, one row for each time: the last one holds. The key is work, rule and
                the digest of the clause (see `identity`), so it survives another scan, another number, the next version
    reviewers   their names

A report is written in one transaction with all that belongs to it, so a process that is killed at any moment loses the
documents under way and nothing else. WAL, so readers never wait for the writer; BEGIN IMMEDIATE, so writers wait for each other.
To change the tables, add a function to MIGRATIONS; never edit one that was released.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from platformdirs import user_data_path

from clausescan import codec
from clausescan.errors import StoreError
from clausescan.types import Report

_BUSY_SECONDS = 30.0
_BATCH = 500
_INSERT_FINDING = (
    "INSERT INTO findings (document, number, id, rule, grade, score, confidence, subject, attributes, clause, page, line, quote)"
    f" VALUES ({', '.join('?' * 13)})"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document that is to be read: what it is called, where its bytes are, and what a list says of it.

    `key` tells documents apart. `source` holds plain values that only the readers of it understand. `group` is the number of the
    argument that named it; `walked` is True when nobody named it by itself. `size` in bytes, None when not known.
    """

    key: str
    name: str
    source: Mapping[str, Any]
    group: int = 0
    walked: bool = False
    carried: tuple[tuple[str, str], ...] = ()
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A document that this call has not looked at yet, with what is known from an earlier one."""

    id: int
    position: int
    name: str
    source: Mapping[str, Any]
    walked: bool
    size: int | None
    sha256: str | None
    versions: str | None
    in_run: int | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result for one document. `body` is the report as bytes, None when the document is left out; `facts` see there."""

    document: int
    facts: Mapping[str, Any]
    body: bytes | None
    versions: str
    size: int | None
    seconds: float
    attempts: int = 1
    capture: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A report of a run, and where the bytes of its document were: `source` as it was listed, `fetched` for those of an address."""

    report: Report
    source: Mapping[str, Any]
    fetched: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How far a run is: numbers of documents, findings and problems."""

    documents: int = 0
    done: int = 0
    left_out: int = 0
    findings: int = 0
    documents_with_findings: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One call of `scan`. `resumes` is the first of the calls that were stopped and that this one goes on with."""

    id: int
    command: str
    started: str
    finished: str | None
    resumes: int
    hidden: int = 0
    excluded: int = 0
    links: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)


def run_path(name: str) -> Path:
    """Return the file of a run: `name` itself when it is a path or ends in .db, else NAME.db in the folder of the user's runs."""
    if name.endswith(".db") or any(separator in name for separator in (os.sep, os.altsep) if separator):
        return Path(name)
    return runs_folder() / f"{name}.db"


def runs_folder() -> Path:
    """Return the folder of the runs that have a name only: CLAUSESCAN_RUNS, else where this system keeps data of a user."""
    given = os.environ.get("CLAUSESCAN_RUNS")
    return Path(given) if given else user_data_path("clausescan", appauthor=False) / "runs"


def _first(connection: sqlite3.Connection) -> None:
    for statement in (
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY, command TEXT NOT NULL, started TEXT NOT NULL, finished TEXT, resumes INTEGER NOT NULL,
            hidden INTEGER NOT NULL DEFAULT 0, excluded INTEGER NOT NULL DEFAULT 0, links INTEGER NOT NULL DEFAULT 0,
            versions TEXT NOT NULL DEFAULT '{}')""",
        # key, name: bytes, because names of files need not be text
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, name BLOB NOT NULL, source TEXT NOT NULL, carried TEXT NOT NULL,
            run INTEGER NOT NULL REFERENCES runs, grp INTEGER NOT NULL, position INTEGER NOT NULL, walked INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('listed', 'done', 'left_out')), attempts INTEGER NOT NULL DEFAULT 0,
            sha256 TEXT, size INTEGER, versions TEXT, in_run INTEGER, scanned TEXT, seconds REAL,
            media_type TEXT, language TEXT, grade TEXT, inconclusive INTEGER, clauses INTEGER)""",
        "CREATE INDEX documents_in_order ON documents (run, grp, position)",
        "CREATE TABLE reports (document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE, body BLOB NOT NULL)",
        """CREATE TABLE findings (
            document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL, id TEXT NOT NULL,
            rule TEXT NOT NULL, grade TEXT NOT NULL, score REAL NOT NULL, confidence TEXT NOT NULL, subject TEXT NOT NULL,
            attributes TEXT NOT NULL, clause TEXT NOT NULL, page INTEGER, line INTEGER, quote TEXT NOT NULL,
            PRIMARY KEY (document, number)) WITHOUT ROWID""",
        "CREATE INDEX findings_by_id ON findings (id)",
        """CREATE TABLE problems (
            document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL, code TEXT NOT NULL,
            severity TEXT NOT NULL, message TEXT NOT NULL, place TEXT, PRIMARY KEY (document, number)) WITHOUT ROWID""",
        """CREATE TABLE captures (
            id INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, url TEXT NOT NULL,
            final_url TEXT NOT NULL, fetched TEXT NOT NULL, status INTEGER NOT NULL, content_type TEXT, sha256 TEXT NOT NULL,
            size INTEGER NOT NULL, file TEXT NOT NULL)""",
    ):
        connection.execute(statement)


def _decisions(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE decisions (
            finding TEXT NOT NULL, rule TEXT NOT NULL, decision TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
            reviewer TEXT NOT NULL DEFAULT '', decided TEXT NOT NULL, PRIMARY KEY (finding, rule))"""
    )


def _desk(connection: sqlite3.Connection) -> None:
    for statement in (
        "DROP TABLE decisions",  # nothing ever wrote to it
        "ALTER TABLE findings ADD COLUMN text TEXT",
        "CREATE TABLE reviewers (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, since TEXT NOT NULL)",
        """CREATE TABLE uploads (
            document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE, work INTEGER NOT NULL, version INTEGER NOT NULL,
            file TEXT NOT NULL, uploaded TEXT NOT NULL)""",
        "CREATE INDEX uploads_by_work ON uploads (work, version)",
        """CREATE TABLE views (
            document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE, sha256 TEXT NOT NULL, body BLOB NOT NULL)""",
        """CREATE TABLE decisions (
            id INTEGER PRIMARY KEY AUTOINCREMENT, work INTEGER NOT NULL, rule TEXT NOT NULL, text TEXT NOT NULL,
            decision TEXT NOT NULL CHECK (decision IN ('confirmed', 'dismissed', 'not_applicable', 'unsure', 'open')),
            note TEXT NOT NULL, reviewer TEXT NOT NULL, decided TEXT NOT NULL, document INTEGER NOT NULL, finding TEXT NOT NULL,
            quote TEXT NOT NULL, number TEXT NOT NULL, batch INTEGER)""",
        "CREATE INDEX decisions_by_batch ON decisions (batch) WHERE batch IS NOT NULL",
        "CREATE INDEX findings_by_text ON findings (rule, text)",
        "CREATE INDEX decisions_by_key ON decisions (work, rule, text, id)",
        """CREATE VIEW current_decisions AS SELECT * FROM decisions AS mine WHERE NOT EXISTS (
            SELECT 1 FROM decisions AS later WHERE later.work = mine.work AND later.rule = mine.rule AND later.text = mine.text
            AND later.id > mine.id)""",
        "CREATE TABLE desk (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first, _decisions, _desk)
# the documents that were given to the desk are a run too; the latest scan is what a report of a run is about
DESK_COMMAND = '["serve"]'


class Store:
    """An open database. Use it as a context manager. Every method raises StoreError when the database cannot do it."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the database at `path` and bring its tables up to date; `create=False`: it must exist."""
        self.path = path
        if not create and not path.is_file():
            raise StoreError(f"{path}: there is no such run")
        with self._sentences():
            # one thread uses it at a time, but it need not be the one that opened it
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
        self._lock: sqlite3.Connection | None = None

    @property
    def files(self) -> Path:
        """The folder beside the database for bytes that were fetched or unpacked."""
        return self.path.with_name(self.path.name + ".files")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; what was recorded stays."""
        self._connection.close()
        if self._lock:
            self._lock.close()

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA foreign_keys = ON")
        # a commit that a power cut undoes is a document that is scanned again; the file stays whole in WAL mode
        connection.execute("PRAGMA synchronous = NORMAL")
        if self._version() > len(MIGRATIONS):
            raise StoreError(f"{self.path}: written by a newer clausescan; use that version or another run")
        if self._version() == len(MIGRATIONS):
            return
        if self._version() == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise StoreError(f"{self.path}: this is a database, but not one of clausescan")
        self._write_ahead()
        with self._transaction():
            for number in range(self._version(), len(MIGRATIONS)):  # asked again: another process may have been quicker
                MIGRATIONS[number](connection)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _write_ahead(self) -> None:
        """Turn to write-ahead logging. SQLite does not wait for another process that is doing the same, so this does."""
        end = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            time.sleep(0.02)

    def _version(self) -> int:
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        return version

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn errors of SQLite into one sentence that names the file."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. IMMEDIATE: a reader that wants to write later would be refused instead of waiting."""
        with self._sentences():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self._sentences():
            return self._connection.execute(statement, values).fetchall()

    # ---- one scan at a time ----

    def lock(self) -> None:
        """Be the only one that scans into this database, until `close` or the end of the process, however that comes.

        Raises StoreError when another process is scanning into it.
        """
        beside = self.path.with_name(self.path.name + ".lock")
        with self._sentences():
            self._lock = sqlite3.connect(beside, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._lock.close()
            self._lock = None
            if getattr(error, "sqlite_errorname", "") != "SQLITE_BUSY":
                raise StoreError(f"{beside}: {error}") from error
            raise StoreError(f"{self.path}: another clausescan is scanning into this run; wait for it or choose another --run") from error

    # ---- writing ----

    def begin(self, command: Sequence[str]) -> Run:
        """Note a new call of `scan`. It goes on with the one before when that was stopped and had the same words."""
        words = _text(json.dumps(list(command)))
        with self._transaction() as connection:
            last = connection.execute(
                "SELECT command, finished, resumes FROM runs WHERE command <> ? ORDER BY id DESC LIMIT 1", (DESK_COMMAND,)
            ).fetchone()
            number = connection.execute("INSERT INTO runs (command, started, resumes) VALUES (?, ?, 0)", (words, _now())).lastrowid or 0
            resumes = last[2] if last and last[1] is None and last[0] == words else number
            connection.execute("UPDATE runs SET resumes = ? WHERE id = ?", (resumes, number))
        return self.last_run()

    def list_documents(self, run: Run, documents: Iterable[Listed]) -> int:
        """Note the documents of a run in their order, in several transactions; return how many. Old results stay until newer come."""
        position = 0
        again: dict[bytes, int] = {}
        batch: list[Listed] = []
        for document in documents:
            batch.append(document)
            if len(batch) == _BATCH:
                position = self._list_batch(run, batch, position, again)
                batch.clear()
        return self._list_batch(run, batch, position, again)

    def _list_batch(self, run: Run, batch: Sequence[Listed], position: int, again: dict[bytes, int]) -> int:
        with self._transaction() as connection:
            for document in batch:
                key = self._free_key(connection, run, _name(document.key), again)
                connection.execute(
                    """INSERT INTO documents (key, name, source, carried, run, grp, position, walked, state, size)
                       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'listed', ?)
                       ON CONFLICT (key) DO UPDATE SET name = excluded.name, source = excluded.source, carried = excluded.carried,
                       run = excluded.run, grp = excluded.grp, position = excluded.position, walked = excluded.walked,
                       size = excluded.size""",
                    (
                        key, _name(document.name), json.dumps(document.source), json.dumps(document.carried), run.id, document.group,
                        position, document.walked, document.size,
                    ),
                )  # fmt: skip
                position += 1
        return position

    def _free_key(self, connection: sqlite3.Connection, run: Run, key: bytes, again: dict[bytes, int]) -> bytes:
        """Return the key, or one with a number when this run has listed it before: asked for twice is answered twice."""
        if key not in again and not connection.execute("SELECT 1 FROM documents WHERE key = ? AND run = ?", (key, run.id)).fetchone():
            return key
        again[key] = again.get(key, 1) + 1
        return key + b"\0%d" % again[key]

    def note_left_out(self, run: Run, *, hidden: int, excluded: int, links: int) -> None:
        """Note how many files and folders were not even listed."""
        with self._transaction() as connection:
            connection.execute("UPDATE runs SET hidden = ?, excluded = ?, links = ? WHERE id = ?", (hidden, excluded, links, run.id))

    def record(self, run: Run, outcome: Outcome) -> None:
        """Write the result of one document in one transaction, in place of an earlier one."""
        facts, document = outcome.facts, outcome.document
        with self._transaction() as connection:
            for table in ("reports", "findings", "problems"):
                connection.execute(f"DELETE FROM {table} WHERE document = ?", (document,))
            if outcome.body is not None:
                connection.execute("INSERT INTO reports VALUES (?, ?)", (document, outcome.body))
                connection.executemany(_INSERT_FINDING, _rows_of(document, facts["findings"]))
                connection.executemany("INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?)", _rows_of(document, facts["problems"]))
            if outcome.capture:
                self._capture(connection, document, outcome.capture)
            connection.execute(
                """UPDATE documents SET state = ?, attempts = attempts + ?, sha256 = ?, size = coalesce(?, size), versions = ?, in_run = ?,
                   scanned = ?, seconds = ?, media_type = ?, language = ?, grade = ?, inconclusive = ?, clauses = ? WHERE id = ?""",
                (
                    "done" if outcome.body is not None else "left_out", outcome.attempts, facts["sha256"], outcome.size, outcome.versions,
                    run.id, _now(), outcome.seconds, facts["media_type"], facts["language"], facts["grade"], facts["inconclusive"],
                    facts["clauses"], document,
                ),
            )  # fmt: skip

    def keep(self, run: Run, document: int, capture: Mapping[str, Any] | None = None) -> None:
        """Note that the earlier result of a document still holds."""
        with self._transaction() as connection:
            if capture:
                self._capture(connection, document, capture)
            connection.execute(
                """UPDATE documents SET in_run = ?, state = CASE WHEN EXISTS (SELECT 1 FROM reports WHERE document = id) THEN 'done'
                   ELSE 'left_out' END WHERE id = ?""",
                (run.id, document),
            )

    def _capture(self, connection: sqlite3.Connection, document: int, capture: Mapping[str, Any]) -> None:
        columns = ("url", "final_url", "fetched", "status", "content_type", "sha256", "size", "file")
        connection.execute(
            f"INSERT INTO captures (document, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",
            (document, *(_text(value) if isinstance(value, str) else value for value in map(capture.get, columns))),
        )

    def finish(self, run: Run, versions: Mapping[str, str]) -> None:
        """Note the end of a run."""
        with self._transaction() as connection:
            connection.execute("UPDATE runs SET finished = ?, versions = ? WHERE id = ?", (_now(), json.dumps(dict(versions)), run.id))

    # ---- reading ----

    def last_run(self) -> Run:
        """Return the latest call of `scan`, else the run of the desk. Raises StoreError when there is none."""
        rows = self._rows(
            """SELECT id, command, started, finished, resumes, hidden, excluded, links, versions FROM runs
               ORDER BY command = ?, id DESC LIMIT 1""",
            (DESK_COMMAND,),
        )
        if not rows:
            raise StoreError(f"{self.path}: nothing has been scanned into this run yet")
        number, command, started, finished, resumes, hidden, excluded, links, versions = rows[0]
        return Run(
            id=number, command=command, started=started, finished=finished, resumes=resumes, hidden=hidden, excluded=excluded,
            links=links, versions=json.loads(versions),
        )  # fmt: skip

    def pending(self, run: Run) -> Iterator[Pending]:
        """Yield the documents that this call has not looked at yet, in their order, a page at a time."""
        group, position = -1, -1
        while True:
            rows = self._rows(
                """SELECT grp, id, position, name, source, walked, size, sha256, versions, in_run, attempts FROM documents
                   WHERE run = ? AND in_run IS NOT ? AND (grp, position) > (?, ?) ORDER BY grp, position LIMIT ?""",
                (run.id, run.id, group, position, _BATCH),
            )
            for row in rows:
                group, number, position, name, source, walked, size, sha256, versions, in_run, attempts = row
                yield Pending(
                    id=number, position=position, name=_string(name), source=json.loads(source), walked=bool(walked), size=size,
                    sha256=sha256, versions=versions, in_run=in_run, attempts=attempts,
                )  # fmt: skip
            if len(rows) < _BATCH:
                return

    def reports(self, run: Run) -> Iterator[Report]:
        """Yield the reports of a run in the order of its documents, named and with the columns carried, one at a time."""
        return (stored.report for stored in self.stored(run))

    def stored(self, run: Run) -> Iterator[Stored]:
        """Yield the same reports, each with where its document was read from."""
        with self._sentences():
            rows = self._connection.cursor().execute(
                """SELECT documents.name, carried, body, source,
                   (SELECT file FROM captures WHERE document = documents.id ORDER BY id DESC LIMIT 1)
                   FROM documents JOIN reports ON document = documents.id WHERE run = ? AND state = 'done' ORDER BY grp, position""",
                (run.id,),
            )
        while True:
            with self._sentences():
                row = rows.fetchone()
            if row is None:
                return
            name, carried, body, source, fetched = row
            try:
                report = codec.loads(body)
            except ValueError as error:
                raise StoreError(f"{self.path}: {error}; scan again with this version") from error
            shown = replace(report.document, name=_string(name))
            report = replace(report, document=shown, carried=tuple((key, value) for key, value in json.loads(carried)))
            yield Stored(report=report, source=json.loads(source), fetched=self.files / fetched if fetched else None)

    def carried_columns(self, run: Run) -> tuple[str, ...]:
        """Return the names of the columns carried through, in the order in which documents bring them."""
        found: dict[str, None] = {}
        with self._sentences():
            for (carried,) in self._connection.execute(
                "SELECT carried FROM documents WHERE run = ? AND carried <> '[]' ORDER BY grp, position", (run.id,)
            ):
                found |= dict.fromkeys(key for key, _ in json.loads(carried))
        return tuple(found)

    def summary(self, run: Run) -> Summary:
        """Return how far a run is."""
        documents, done, left_out, with_findings, unread = self._rows(
            """SELECT count(*), coalesce(sum(state <> 'listed'), 0), coalesce(sum(state = 'left_out'), 0),
               coalesce(sum(state = 'done' AND grade <> 'none'), 0), coalesce(sum(state = 'done' AND inconclusive), 0)
               FROM documents WHERE run = ?""",
            (run.id,),
        )[0]
        ((findings,),) = self._rows(
            "SELECT count(*) FROM findings JOIN documents ON document = documents.id WHERE run = ? AND state = 'done'", (run.id,)
        )
        return Summary(
            documents=documents, done=done, left_out=left_out, findings=findings, documents_with_findings=with_findings, unread=unread
        )

    def shown_by_group(self, run: Run) -> dict[int, int]:
        """Return how many documents of each group are not left out."""
        return dict(self._rows("SELECT grp, sum(state <> 'left_out') FROM documents WHERE run = ? GROUP BY grp", (run.id,)))


def facts(report: Report) -> dict[str, Any]:
    """Return what the tables say of a report beside its body, as plain values: a worker makes them, the parent only writes them."""
    findings = [
        [
            found.id, found.rule, found.grade, found.score, found.confidence, found.subject,
            " ".join(fact.name for fact in found.attributes), _text(found.clause.number), found.place.page, found.place.line,
            _text(found.quote),
        ]
        for found in report.findings
    ]  # fmt: skip
    return {
        "sha256": report.document.sha256, "media_type": report.document.media_type, "language": report.document.language,
        "grade": report.grade, "inconclusive": report.inconclusive, "clauses": report.clauses, "findings": findings,
        "problems": [[found.code, found.severity, _text(found.message), found.where] for found in report.problems],
    }  # fmt: skip


def _rows_of(document: int, rows: Iterable[Sequence[object]]) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(rows, 1):
        yield document, number, *row


def _name(text: str) -> bytes:
    """Return a name as the bytes that the file system knows; one that is none (from a list) with its odd characters kept apart."""
    try:
        return os.fsencode(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _string(name: bytes) -> str:
    return name.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())


def _text(text: str) -> str:
    """Return a text that SQLite can store: lone surrogates come from names of files."""
    return _SURROGATE.sub("\ufffd", text)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
