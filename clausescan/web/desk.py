"""What is on the desk: documents with their versions and states, and what reviewers decided. One SQLite database, that of a run.

A *work* is a document over its versions: uploads of one name, or declared to be versions of one another; its number is that of the
first version. A decision belongs to a work, a rule and the words of a clause (see `identity.digest`), so it holds again wherever
these words stand in a later version, whatever their number and page. Decisions are never changed or deleted, the last one holds.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from clausescan import codec
from clausescan.errors import StoreError
from clausescan.identity import digest
from clausescan.store import DESK_COMMAND, Pending, Run, Store
from clausescan.types import Report
from clausescan.web import layout

Decision = Literal["confirmed", "dismissed", "not_applicable", "unsure", "open"]
DECISIONS: tuple[str, ...] = get_args(Decision)
# what closes a finding: "unsure" and "open" wait for somebody
SETTLED = ("confirmed", "dismissed", "not_applicable")
NEEDS_REASON = ("dismissed",)
State = Literal["waiting", "reading", "open", "finished", "nothing", "inconclusive"]
PAGE = 50
_SETTLED = ", ".join(f"'{decision}'" for decision in SETTLED)
# every document that is shown: the latest version of each work, with what was found and what is settled
_LISTED = f"""
    SELECT documents.id, documents.name, documents.run, documents.in_run, documents.grade, documents.inconclusive, documents.language,
           documents.media_type, documents.clauses, documents.size, documents.scanned, documents.position,
           coalesce(uploads.work, documents.id) AS work, coalesce(uploads.version, 1) AS version, uploads.uploaded, runs.command,
           documents.state = 'done' AS read,
           (SELECT count(*) FROM findings WHERE findings.document = documents.id) AS findings,
           (SELECT count(*) FROM findings JOIN current_decisions AS mine ON mine.rule = findings.rule AND mine.text = findings.text
            WHERE findings.document = documents.id AND mine.work = coalesce(uploads.work, documents.id)
            AND mine.decision IN ({_SETTLED})) AS settled
    FROM documents LEFT JOIN uploads ON uploads.document = documents.id LEFT JOIN runs ON runs.id = documents.run
    WHERE documents.state <> 'left_out'"""
_NEWEST = """ AND NOT EXISTS (SELECT 1 FROM uploads AS later WHERE later.work = uploads.work AND later.version > uploads.version)"""
_FILTERS = {
    "waiting": "NOT read",
    "open": "read AND findings > settled",
    "finished": "read AND findings > 0 AND findings = settled",
    "nothing": "read AND findings = 0 AND NOT inconclusive",
    "inconclusive": "read AND inconclusive",
    "candidate": "read AND grade = 'candidate'",
}
_ORDERS = {
    "newest": "id DESC",
    "name": "name, id",
    "open": "findings - settled DESC, id DESC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A row of the list of documents. `settled` of `findings` are decided."""

    id: int
    name: str
    state: State
    grade: str | None
    inconclusive: bool
    language: str | None
    media_type: str | None
    clauses: int | None
    size: int | None
    scanned: str | None
    work: int
    version: int
    uploaded: str | None
    findings: int
    settled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document as it rests: its row, where its bytes are, and the hash that they had."""

    item: Item
    source: Mapping[str, Any]
    sha256: str | None
    versions: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision: what, why, by whom, when; on which version, and on which words. `batch` is the number of the first of those that
    were made together, None for one that was made alone.
    """

    id: int
    rule: str
    text: str
    decision: Decision
    note: str
    reviewer: str
    decided: str
    document: int
    finding: str
    quote: str
    number: str
    batch: int | None

    @property
    def settled(self) -> bool:
        """True when it closes the finding."""
        return self.decision in SETTLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A finding among those of all documents: where it stands, its words, what was decided ("open" without a decision)."""

    document: int
    name: str
    work: int
    rule: str
    text: str
    finding: str
    quote: str
    number: str
    grade: str
    page: int | None
    line: int | None
    decision: str
    batch: int | None


class ConflictError(Exception):
    """Somebody else decided in the meantime."""

    def __init__(self, theirs: Decided | None) -> None:
        super().__init__("decided by somebody else in the meantime")
        self.theirs = theirs


class Desk(Store):
    """The database of a run with the questions of the desk. One connection; open one for each request."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        super().__init__(path, create=create)
        self._connection.create_function("digest", 1, digest, deterministic=True)
        self._connection.create_function("filename", 1, _decoded, deterministic=True)

    # ---- taking in ----

    def desk_run(self) -> Run:
        """Return the run that the uploads of this desk belong to."""
        with self._transaction() as connection:
            row = connection.execute("SELECT id FROM runs WHERE command = ?", (DESK_COMMAND,)).fetchone()
            if row is None:
                statement = "INSERT INTO runs (command, started, resumes) VALUES (?, ?, 0)"
                number = connection.execute(statement, (DESK_COMMAND, _now())).lastrowid or 0
                connection.execute("UPDATE runs SET resumes = id WHERE id = ?", (number,))
            else:
                number = row[0]
        return Run(id=number, command=DESK_COMMAND, started="", finished=None, resumes=number)

    def prepare(self) -> None:
        """Give findings that were recorded by a scan the digest of their clause."""
        with self._transaction() as connection:
            connection.execute("UPDATE findings SET text = digest(quote) WHERE text IS NULL")

    def secret(self) -> str:
        """Return a random text that stays the same for this database."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO desk VALUES ('secret', ?)", (secrets.token_hex(32),))
            value: str = connection.execute("SELECT value FROM desk WHERE key = 'secret'").fetchone()[0]
        return value

    def add_upload(
        self, name: str, file: str, size: int, *, work: int | None = None, unpack: bool = False, apart: bool = False
    ) -> tuple[int, bool]:
        """Put a file on the desk; return the number of its document and whether it is new.

        The same bytes under the same name are there already. Another content of a name that is known is the next version of it;
        `work` says so where the name differs; `apart` makes it a work of its own.
        """
        run = self.desk_run()
        source = {"unpack": file, "size": size} if unpack else {"file": file, "label": name}
        with self._transaction() as connection:
            if work is None and not apart:
                named = "SELECT work FROM uploads JOIN documents ON id = document WHERE name = ? AND state <> 'left_out'"
                work = _one(connection, f"{named} ORDER BY id DESC", _encoded(name))
            same = _one(connection, "SELECT document FROM uploads JOIN documents ON id = document WHERE work = ? AND file = ?", work, file)
            if same is not None and not unpack:
                return int(same), False
            position = _one(connection, "SELECT coalesce(max(position), 0) + 1 FROM documents WHERE run = ?", run.id)
            number = connection.execute(
                """INSERT INTO documents (key, name, source, carried, run, grp, position, walked, state, size)
                   VALUES (?, ?, ?, '[]', ?, 0, ?, 0, 'listed', ?)""",
                (f"upload:{secrets.token_hex(8)}".encode(), _encoded(name), json.dumps(source), run.id, position, size),
            ).lastrowid
            version = _one(connection, "SELECT coalesce(max(version), 0) + 1 FROM uploads WHERE work = ?", work)
            connection.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?)", (number, work or number, version, file, _now()))
        return int(number or 0), True

    def drop_archive(self, document: int) -> None:
        """Take an archive that was unpacked off the desk: its members stand there."""
        self._delete("id = ?", document)

    def list_problem(self, name: str, problem: Mapping[str, Any]) -> None:
        """List what could not even be unpacked, with the reason."""
        run = self.desk_run()
        with self._transaction() as connection:
            position = _one(connection, "SELECT coalesce(max(position), 0) + 1 FROM documents WHERE run = ?", run.id)
            connection.execute(
                """INSERT INTO documents (key, name, source, carried, run, grp, position, walked, state, size)
                   VALUES (?, ?, ?, '[]', ?, 0, ?, 0, 'listed', NULL)""",
                (f"upload:{secrets.token_hex(8)}".encode(), _encoded(name), json.dumps({"problem": problem}), run.id, position),
            )

    def read_again(self, document: int) -> None:
        """Have a document that was uploaded read again; what was found stays until then."""
        with self._transaction() as connection:
            connection.execute(
                """UPDATE documents SET in_run = NULL, versions = NULL, state = 'listed'
                   WHERE id = ? AND id IN (SELECT document FROM uploads)""",
                (document,),
            )

    def remove(self, document: int) -> None:
        """Take a document with all its versions off the desk. Its decisions stay in the database."""
        versions = "SELECT document FROM uploads WHERE work = (SELECT work FROM uploads WHERE document = ?)"
        self._delete(f"id = ? OR id IN ({versions})", document, document)

    def _delete(self, where: str, *values: object) -> None:
        """Delete documents, and the files that were uploaded for them and that no other document has."""
        with self._transaction() as connection:
            files = f"SELECT DISTINCT file FROM uploads WHERE document IN (SELECT id FROM documents WHERE {where})"
            gone = [file for (file,) in connection.execute(files, values).fetchall()]
            connection.execute(f"DELETE FROM documents WHERE {where}", values)
            for file in gone:
                if _one(connection, "SELECT 1 FROM uploads WHERE file = ?", file) is None:
                    (self.files / file).unlink(missing_ok=True)

    def is_there(self, document: int) -> bool:
        """True for a document that was not taken off the desk."""
        return bool(self._rows("SELECT 1 FROM documents WHERE id = ?", (document,)))

    def take_run(self, path: Path) -> int:
        """Copy the documents and reports of another run into this one; return how many. Raises StoreError for what is no run."""
        with Store(path, create=False):  # brings its tables up to date, and says so when it is none
            pass
        with self._sentences():
            self._connection.execute("ATTACH DATABASE ? AS other", (str(path),))
        try:
            return self._copy(path)
        finally:
            with self._sentences():
                self._connection.execute("DETACH DATABASE other")

    def _copy(self, path: Path) -> int:
        with self._transaction() as connection:
            name = json.dumps(["run", str(path)])
            run = _one(connection, "SELECT id FROM runs WHERE command = ?", name)
            if run is None:
                run = connection.execute("INSERT INTO runs (command, started, resumes) VALUES (?, ?, 0)", (name, _now())).lastrowid
            connection.execute("UPDATE runs SET finished = ?, resumes = id WHERE id = ?", (_now(), run))
            rows = connection.execute(
                "SELECT id, key FROM other.documents WHERE state = 'done' ORDER BY run, grp, position"
            ).fetchall()
            for theirs, key in rows:
                self._copy_document(connection, int(run or 0), theirs, key)
        return len(rows)

    def _copy_document(self, connection: sqlite3.Connection, run: int, theirs: int, key: bytes) -> None:
        columns = (
            "name, source, carried, grp, position, walked, state, attempts, sha256, size, versions, scanned, seconds, media_type,"
            " language, grade, inconclusive, clauses"
        )
        ours = _one(connection, "SELECT id FROM documents WHERE key = ?", key)
        if ours is None:
            ours = connection.execute(
                f"INSERT INTO documents (key, run, in_run, {columns}) SELECT key, ?, ?, {columns} FROM other.documents WHERE id = ?",
                (run, run, theirs),
            ).lastrowid
        else:
            connection.execute(
                f"UPDATE documents SET (in_run, {columns}) = (SELECT run, {columns} FROM other.documents AS o WHERE o.id = ?) WHERE id = ?",
                (theirs, ours),
            )
            connection.execute("UPDATE documents SET run = ?, in_run = ? WHERE id = ?", (run, run, ours))
        for table, what in (("reports", "body"), ("problems", "number, code, severity, message, place"), ("findings", _FINDING)):
            connection.execute(f"DELETE FROM {table} WHERE document = ?", (ours,))
            connection.execute(
                f"INSERT INTO {table} (document, {what}) SELECT ?, {what} FROM other.{table} WHERE document = ?", (ours, theirs)
            )
        connection.execute("UPDATE findings SET text = digest(quote) WHERE document = ? AND text IS NULL", (ours,))

    # ---- what waits ----

    def waiting(self, run: Run) -> list[Pending]:
        """Return some of the documents that were uploaded and not read yet, in their order."""
        found: list[Pending] = []
        for pending in self.pending(run):
            found.append(pending)
            if len(found) >= PAGE:
                break
        return found

    def count_waiting(self) -> int:
        """Return how many documents wait to be read."""
        number = self._rows(
            "SELECT count(*) FROM documents JOIN runs ON runs.id = run WHERE command = ? AND in_run IS NOT run", (DESK_COMMAND,)
        )[0][0]
        return int(number)

    def keep_layout(self, document: int, sha256: str, values: Any) -> None:
        """Keep the layout of a document (plain values)."""
        with self._transaction() as connection:
            if _one(connection, "SELECT id FROM documents WHERE id = ?", document) is not None:
                connection.execute("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", (document, sha256, layout.dumps(values)))

    # ---- the list ----

    def items(
        self, *, search: str = "", state: str = "", order: str = "newest", page: int = 1, reading: Iterable[int] = ()
    ) -> tuple[list[Item], int]:
        """Return a page of the list of documents and how many there are in all. `reading` holds those under way."""
        where, values = ["1"], []
        if search.strip():
            where.append(
                """(instr(lower(filename(name)), lower(?)) OR EXISTS (SELECT 1 FROM findings WHERE findings.document = found.id
                AND instr(lower(quote), lower(?))))"""
            )
            values += [search.strip(), search.strip()]
        if state in _FILTERS:
            where.append(_FILTERS[state])
        base = f"FROM ({_LISTED}{_NEWEST}) AS found WHERE {' AND '.join(where)}"
        ((total,),) = self._rows(f"SELECT count(*) {base}", values)
        rows = self._rows(
            f"SELECT * {base} ORDER BY {_ORDERS.get(order, _ORDERS['newest'])} LIMIT ? OFFSET ?", [*values, PAGE, (max(page, 1) - 1) * PAGE]
        )
        under_way = set(reading)
        return [_item(row, under_way) for row in rows], int(total)

    def counts(self) -> dict[str, int]:
        """Return how many documents there are of each state."""
        sums = ", ".join(f"coalesce(sum({condition}), 0)" for condition in _FILTERS.values())
        row = self._rows(f"SELECT count(*), {sums} FROM ({_LISTED}{_NEWEST}) AS found")[0]
        return dict(zip(("all", *_FILTERS), row, strict=True))

    def item(self, document: int, reading: Iterable[int] = ()) -> Item | None:
        """Return the row of one document, of whatever version."""
        rows = self._rows(f"{_LISTED} AND documents.id = ?", (document,))
        return _item(rows[0], set(reading)) if rows else None

    def some(self, documents: Sequence[int], reading: Iterable[int] = ()) -> list[Item]:
        """Return the rows of several documents."""
        marks = ", ".join("?" * len(documents))
        return [_item(row, set(reading)) for row in self._rows(f"{_LISTED} AND documents.id IN ({marks})", documents)]

    def held(self, document: int) -> Held | None:
        """Return a document with its versions, None when there is no such."""
        item = self.item(document)
        if item is None:
            return None
        ((source, sha256),) = self._rows("SELECT source, sha256 FROM documents WHERE id = ?", (document,))
        rows = self._rows(f"{_LISTED} AND coalesce(uploads.work, documents.id) = ? ORDER BY version", (item.work,))
        plain = json.loads(source)
        if "url" in plain:
            fetched = self._rows("SELECT file FROM captures WHERE document = ? ORDER BY id DESC LIMIT 1", (document,))
            plain = {"file": fetched[0][0]} if fetched else plain
        return Held(item=item, source=plain, sha256=sha256, versions=tuple(_item(row, ()) for row in rows))

    def path_of(self, source: Mapping[str, Any]) -> Path | None:
        """Return where the bytes of a document are, None when nowhere on this machine."""
        if "file" in source:
            return self.files / str(source["file"])
        return Path(str(source["path"])) if "path" in source else None

    def report(self, document: int) -> Report | None:
        """Return the report of a document as it was recorded, None when there is none. Raises StoreError for one of another version."""
        rows = self._rows("SELECT body FROM reports WHERE document = ?", (document,))
        if not rows:
            return None
        try:
            return codec.loads(rows[0][0])
        except ValueError as error:
            raise StoreError(f"{self.path}: {error}; have the document read again") from error

    def layout(self, document: int) -> layout.Layout | None:
        """Return the layout of a document, None when it is not kept or is that of other bytes."""
        rows = self._rows(
            "SELECT body FROM views JOIN documents ON id = document WHERE document = ? AND views.sha256 = documents.sha256", (document,)
        )
        try:
            return layout.loads(rows[0][0]) if rows else None
        except ValueError:
            return None

    # ---- decisions ----

    def reviewers(self) -> list[tuple[int, str]]:
        """Return numbers and names of the reviewers, in the order in which they came."""
        return [(number, name) for number, name in self._rows("SELECT id, name FROM reviewers ORDER BY id")]

    def reviewer(self, name: str) -> int:
        """Return the number of a reviewer, who is new or known."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO reviewers (name, since) VALUES (?, ?)", (name, _now()))
            return int(_one(connection, "SELECT id FROM reviewers WHERE name = ?", name) or 0)

    def decide(
        self, held: Held, *, rule: str, finding: str, quote: str, number: str, decision: str, note: str, reviewer: str, seen: int
    ) -> Decided:
        """Record a decision. `seen` is the number of the decision that the reviewer had before the eyes, 0 for none.

        Raises ConflictError when another one has come since.
        """
        text = digest(quote)
        with self._transaction() as connection:
            key = (held.item.work, rule, text)
            latest = _one(connection, "SELECT max(id) FROM decisions WHERE work = ? AND rule = ? AND text = ?", *key)
            if (latest or 0) != seen:
                raise ConflictError(self._decided("id = ?", (latest,))[0] if latest else None)
            made = connection.execute(
                """INSERT INTO decisions (work, rule, text, decision, note, reviewer, decided, document, finding, quote, number)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (*key, decision, note, reviewer, _now(), held.item.id, finding, quote, number),
            ).lastrowid
            return self._decided("id = ?", (made,))[0]

    # ---- many documents that share a clause ----

    def shared(self, most: int) -> list[Shared]:
        """Return the findings of the latest versions, at most `most` of them, those of the newest documents first."""
        rows = self._rows(
            f"""SELECT found.id, found.name, found.work, f.rule, f.text, f.id, f.quote, f.clause, f.grade, f.page, f.line,
                coalesce(mine.decision, 'open'), mine.batch
                FROM ({_LISTED}{_NEWEST}) AS found JOIN findings AS f ON f.document = found.id
                LEFT JOIN current_decisions AS mine ON mine.work = found.work AND mine.rule = f.rule AND mine.text = f.text
                WHERE found.read ORDER BY found.id DESC, f.number LIMIT ?""",
            (most,),
        )
        return [
            Shared(
                document=row[0], name=_decoded(row[1]), work=row[2], rule=row[3], text=row[4], finding=row[5], quote=row[6],
                number=row[7], grade=row[8], page=row[9], line=row[10], decision=row[11], batch=row[12],
            )
            for row in rows
        ]  # fmt: skip

    def decide_all(self, rule: str, text: str, *, decision: str, note: str, reviewer: str) -> tuple[int, int]:
        """Record one decision for each document that has these words and no decision about them; return its batch and how many."""
        with self._transaction() as connection:
            rows = connection.execute(
                f"""SELECT found.work, found.id, f.id, f.quote, f.clause FROM ({_LISTED}{_NEWEST}) AS found
                    JOIN findings AS f ON f.document = found.id
                    LEFT JOIN current_decisions AS mine ON mine.work = found.work AND mine.rule = f.rule AND mine.text = f.text
                    WHERE found.read AND f.rule = ? AND f.text = ? AND coalesce(mine.decision, 'open') = 'open'
                    GROUP BY found.work ORDER BY found.id""",
                (rule, text),
            ).fetchall()
            batch = int(_one(connection, "SELECT coalesce(max(id), 0) + 1 FROM decisions"))
            connection.executemany(
                """INSERT INTO decisions (work, rule, text, decision, note, reviewer, decided, document, finding, quote, number, batch)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                [(work, rule, text, decision, note, reviewer, _now(), *where, batch) for work, *where in rows],
            )
        return batch, len(rows)

    def take_back(self, batch: int, *, reviewer: str) -> int:
        """Open again what was decided together, where nobody has decided since; return how many. Both stay in the history."""
        with self._transaction() as connection:
            return connection.execute(
                """INSERT INTO decisions (work, rule, text, decision, note, reviewer, decided, document, finding, quote, number)
                   SELECT work, rule, text, 'open', '', ?, ?, document, finding, quote, number FROM current_decisions WHERE batch = ?""",
                (reviewer, _now(), batch),
            ).rowcount

    def decided_documents(self) -> list[int]:
        """Return the latest version of each work about which something was decided."""
        works = "SELECT DISTINCT work FROM decisions"
        rows = self._rows(f"SELECT id FROM ({_LISTED}{_NEWEST}) WHERE read AND work IN ({works}) ORDER BY id")
        return [number for (number,) in rows]

    def history(self, work: int) -> list[Decided]:
        """Return every decision about a work, the earliest first."""
        return self._decided("work = ?", (work,))

    def _decided(self, where: str, values: Sequence[object]) -> list[Decided]:
        columns = "id, rule, text, decision, note, reviewer, decided, document, finding, quote, number, batch"
        rows = self._rows(f"SELECT {columns} FROM decisions WHERE {where} ORDER BY id", values)
        return [Decided(**dict(zip(columns.split(", "), row, strict=True))) for row in rows]


_FINDING = "number, id, rule, grade, score, confidence, subject, attributes, clause, page, line, quote, text"
_KEYS = (
    "id", "name", "run", "in_run", "grade", "inconclusive", "language", "media_type", "clauses", "size", "scanned", "position", "work",
    "version", "uploaded", "command", "read", "findings", "settled",
)  # fmt: skip


def _item(row: Sequence[Any], reading: Iterable[int]) -> Item:
    given = dict(zip(_KEYS, row, strict=True))
    name = _decoded(given["name"])
    kept = {key: given[key] for key in _KEYS if key not in ("name", "run", "in_run", "position", "command", "read", "inconclusive")}
    return Item(name=name, inconclusive=bool(given["inconclusive"]), state=_state(given, reading), **kept)


def _state(row: Mapping[str, Any], reading: Iterable[int]) -> State:
    if row["id"] in reading:
        return "reading"
    if not row["read"]:
        return "waiting"
    if row["findings"]:
        return "finished" if row["settled"] >= row["findings"] else "open"
    return "inconclusive" if row["inconclusive"] else "nothing"


def _one(connection: sqlite3.Connection, statement: str, *values: object) -> Any:
    row = connection.execute(statement, values).fetchone()
    return row[0] if row else None


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "replace")


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
