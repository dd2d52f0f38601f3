"""The thread that feeds the worker processes: what was uploaded is read in its order, what a page asks for comes first.

Nothing is lost when the process ends: what waits is in the database, and a document under way when it ends is read again. Workers are
those of bulk scans, with their limits of time and memory; one that falls takes nothing with it but its document.
"""

from __future__ import annotations

import itertools
import logging
import queue
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clausescan.bulk import Bulk, hello, overrun_of, task_of
from clausescan.bulk.archives import clear
from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Done, Pool, Task
from clausescan.errors import ClausescanError, StoreError, problem
from clausescan.settings import Settings
from clausescan.store import Pending, Run
from clausescan.web import intake
from clausescan.web.desk import Desk

WORKER = (sys.executable, "-m", "clausescan.web.worker")
_LOOK_SECONDS = 1.0
_UNPACK_SECONDS = 60.0
_log = logging.getLogger("clausescan.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a page waits for."""

    answer: Future[Done]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    """An archive that is being unpacked."""

    document: int
    name: str
    folder: Path


class _StoppedError(Exception):
    """The server ends."""


class Analysis:
    """Reads what is on the desk. `start` it once; `submit` from any thread."""

    def __init__(self, path: Path, *, settings: Settings, limits: Limits, jobs: int) -> None:
        self.settings = settings
        self.failed: str | None = None
        self._path, self._limits, self._jobs = path, limits, jobs
        self._asked: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._reading: dict[int, str] = {}
        self._numbers = itertools.count(1)
        self._thread = threading.Thread(target=self._run, name="clausescan-analysis", daemon=True)

    def start(self) -> None:
        """Begin to read what waits."""
        self._thread.start()

    def stop(self) -> None:
        """End: what is under way is given up and read again the next time."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15)

    def wake(self) -> None:
        """Say that something was uploaded."""
        self._wake.set()

    def reading(self) -> set[int]:
        """Return the documents that workers are reading now."""
        return set(self._reading)

    def submit(self, message: Mapping[str, Any], *, size: int | None = None) -> Future[Done]:
        """Have a worker do something that is not a document of the list."""
        answer: Future[Done] = Future()
        self._asked.put(Task(message=message, subject=_Asked(answer=answer), size=size, extra=30.0, attempt=2))
        self._wake.set()
        return answer

    # ---- the thread ----

    def _run(self) -> None:
        first = hello(self.settings, self._limits, self._path.with_name(self._path.name + ".files"))
        try:
            with Desk(self._path) as desk, Pool(jobs=self._jobs, hello=first, limits=self._limits, command=WORKER) as pool:
                clear(desk.files / "unpacked")
                bulk = Bulk(store=desk, runner=pool, settings=self.settings, limits=self._limits)
                self.submit({"warm": True})
                while not self._stop.is_set():
                    self._wake.clear()
                    self._work(desk, pool, bulk)
                    self._wake.wait(_LOOK_SECONDS)
        except _StoppedError:
            pass
        except ClausescanError as error:
            self._fail(str(error))
        except Exception as error:  # the pages must say that nothing is read any more
            _log.exception("the analysis ended")
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, words: str) -> None:
        self.failed = words
        while not self._asked.empty():
            self._asked.get().subject.answer.set_exception(ClausescanError(words))

    def _work(self, desk: Desk, pool: Pool, bulk: Bulk) -> None:
        run = desk.desk_run()
        tasks = _Tasks(self, desk, run)
        for done in pool.run(tasks):
            self._done(done, desk, bulk, run, tasks)

    def _done(self, done: Done, desk: Desk, bulk: Bulk, run: Run, tasks: _Tasks) -> None:
        subject = done.task.subject
        if isinstance(subject, _Asked):
            subject.answer.set_result(done)
        elif isinstance(subject, _Archive):
            self._unpacked(done, subject, desk)
            self._reading.pop(subject.document, None)
        elif done.problem:
            tasks.overruns.append(overrun_of(done))
        else:
            self._record(done, desk, bulk, run)
            self._reading.pop(subject.pending.id, None)

    def _record(self, done: Done, desk: Desk, bulk: Bulk, run: Run) -> None:
        """Write the result of a document, unless it was taken off the desk meanwhile."""
        document = done.task.subject.pending.id
        try:
            bulk.record(run, done)
        except StoreError:
            if desk.is_there(document):
                raise
            return
        if done.message.get("layout"):
            desk.keep_layout(document, done.message["facts"]["sha256"], done.message["layout"])
        desk.prepare()

    def _unpacked(self, done: Done, archive: _Archive, desk: Desk) -> None:
        """List the members of an archive; it itself goes off the list."""
        found = done.problem
        members = done.message.get("members")
        if found is not None or members is None:
            plain = done.message.get("problem") or _plain(found or problem("R007_damaged", detail="ZIP"))
            desk.list_problem(archive.name, plain)
        for member in members or ():
            name = f"{archive.name}!{member['name']}" if member["name"] else archive.name
            if member.get("problem") or not member.get("file"):
                desk.list_problem(intake.member_label(name), member.get("problem") or _plain(problem("R007_damaged", detail="")))
            else:
                intake.keep_member(desk, name, Path(member["file"]))
        desk.drop_archive(archive.document)
        clear(archive.folder)

    # ---- called by the tasks ----

    def next_task(self, desk: Desk, run: Run) -> Task | None:
        """Return what is to be done next, None when nothing waits."""
        if self._stop.is_set():
            raise _StoppedError
        if not self._asked.empty():
            return self._asked.get()
        if len(self._reading) >= self._jobs:  # so that what a page asks for never waits behind a document
            return None
        for pending in desk.waiting(run):
            if pending.id not in self._reading:
                self._reading[pending.id] = pending.name
                return self._task(pending, desk)
        return None

    def _task(self, pending: Pending, desk: Desk) -> Task:
        source = dict(pending.source)
        if "unpack" in source:
            folder = desk.files / "unpacked" / f"{next(self._numbers):06}"
            subject = _Archive(document=pending.id, name=pending.name, folder=folder)
            message = {"unpack": str(desk.files / source["unpack"]), "folder": str(folder)}
            return Task(message=message, subject=subject, extra=_UNPACK_SECONDS, attempt=2)
        if "file" in source:
            source["path"] = str(desk.files / source.pop("file"))
        return task_of(replace(pending, source=source))


class _Tasks:
    """Tasks as they come up; it may give one after it had none."""

    def __init__(self, analysis: Analysis, desk: Desk, run: Run) -> None:
        self.overruns: list[Task] = []
        self._analysis, self._desk, self._run = analysis, desk, run

    def __iter__(self) -> _Tasks:
        return self

    def __next__(self) -> Task:
        if self.overruns:
            return self.overruns.pop()
        task = self._analysis.next_task(self._desk, self._run)
        if task is None:
            raise StopIteration
        return task


def _plain(found: Any) -> dict[str, Any]:
    from clausescan.codec import to_plain

    values: dict[str, Any] = to_plain(found)
    return values
