"""One part: its documents through a worker of `bulk`, which may be killed, and their records into one file.

A scanner lives in a process somewhere and keeps its worker, which has loaded the pipeline once. What it is asked and what it
answers are plain values.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clausescan import codec
from clausescan.bulk import NOT_OURS, stopped_source
from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Done, Pool, Task
from clausescan.bulk.worker import Handler
from clausescan.codec import to_plain
from clausescan.engine.plan import Item, Part, rows_of
from clausescan.engine.storage import Folder, opened
from clausescan.errors import ClausescanError, problem
from clausescan.report import BINARY
from clausescan.report.fanout import Fanout
from clausescan.report.options import Options
from clausescan.types import Language, Problem, Report

Counts = dict[str, int]
_WAITING = 8
DONE = "_done"  # the folder of what says that a part is complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What all parts have in common: the first message to a worker, the form of the output and where it goes."""

    hello: Mapping[str, Any]
    key: str
    format: str
    output: str
    language: Language | None = None
    select: tuple[str, ...] = ()

    def file(self, part: Part) -> str:
        """Return the name of the file of a part."""
        return f"{part.name(self._key)}.{self.format}"

    def marker(self, part: Part) -> str:
        """Return the name of the file that says that a part is complete, and what it holds."""
        return f"{DONE}/{part.name(self._key)}.json"

    @property
    def _key(self) -> str:
        return f"{self.key}/{self.format}/{self.language}"


class Scanner:
    """Reads parts, one after the other."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._temporary = tempfile.TemporaryDirectory(prefix="clausescan-", ignore_cleanup_errors=True)
        self._folder = Path(self._temporary.name)
        self._limits = Limits(**job.hello["limits"])
        self._hello = {**job.hello, "files": str(self._folder / "files")}
        self._pool = Pool(jobs=1, hello=self._hello, limits=self._limits)
        self._output = Folder(job.output)
        self._turn = 0

    def ready(self) -> None:
        """Answer: who asks knows then that this scanner has a process."""

    def close(self) -> None:
        """End the worker."""
        self._pool.close()
        self._temporary.cleanup()

    def scan(self, part: Part) -> dict[str, Any]:
        """Read and write a part; return {"counts": ...}, or {"failed": why} when no part can be read or written here."""
        try:
            return {"counts": self._write(part, self._reports(part))}
        except (ClausescanError, OSError) as error:
            return {"failed": str(error)}

    def give_up(self, part: Part, found: Problem) -> Counts:
        """Write the documents of a part as ones that could not be read."""
        handler = Handler(self._hello)
        items = part.items or tuple(Item(name=name, source={}, carried=carried) for name, _, carried in _named_rows(part))
        message = {"problem": to_plain(found)}
        reports = (_named(codec.loads(handler({"scan": {**message, "label": item.name}})[1]), item) for item in items)
        return self._write(part, reports)

    # ---- reading ----

    def _reports(self, part: Part) -> Iterator[tuple[Report, Item]]:
        """Yield the reports in the order of the documents; those that are nobody's business are left out."""
        ready: dict[int, tuple[Report, Item]] = {}
        following = 0
        tasks = _Tasks(self._items(part))
        for done in self._pool.run(tasks):
            if done.problem:
                tasks.again.append(_stopped(done))
                continue
            number, item = done.task.subject
            if self._pool.ready["key"] != self._job.key:
                raise ClausescanError("this worker has another version of clausescan, its rules or models, than the command")
            self._forget(item)
            ready[number] = _named(codec.loads(done.body), item)
            while following in ready:
                report, item = ready.pop(following)
                following += 1
                if not (item.walked and any(found.code in NOT_OURS for found in report.problems)):
                    yield report, item

    def _items(self, part: Part) -> Iterator[Task]:
        """Yield the tasks of a part; what is not a file here becomes one for the moment."""
        if part.rows is not None:
            for number, (name, data, carried) in enumerate(rows_of(part.rows)):
                yield self._task(number, Item(name=name, source=self._kept(name, data), carried=carried, size=len(data)))
            return
        for number, item in enumerate(part.items):
            yield self._task(number, replace(item, source=self._fetched(item)) if "url" in item.source else item)

    def _task(self, number: int, item: Item) -> Task:
        return Task(message={"scan": item.source}, subject=(number, item), size=item.size)

    def _fetched(self, item: Item) -> dict[str, Any]:
        """Return the source of a document behind an address after it was fetched, one byte over the limit at most."""
        url = item.source["url"]
        try:
            with opened(url) as stream:
                data = stream.read(int(self._hello["settings"]["max_bytes"]) + 1)
        except FileNotFoundError:
            return {"problem": to_plain(problem("R001_missing"))}
        except Exception as error:  # each file system has errors of its own; the document has a row, and the others go on
            return {"problem": to_plain(problem("R060_not_fetched", detail=f"{type(error).__name__}: {error}"))}
        return self._kept(url, data)

    def _kept(self, name: str, data: bytes) -> dict[str, Any]:
        # few documents are under way: the one that is read, the one that waits, one that is tried again
        self._turn = (self._turn + 1) % _WAITING
        path = self._folder / f"document-{self._turn}"
        path.write_bytes(data)
        return {"path": str(path), "label": name.rpartition("/")[2] or "document"}

    def _forget(self, item: Item) -> None:
        """Remove the copy of a document: a scanner that is killed must not leave many behind."""
        path = Path(str(item.source.get("path", "")))
        if path.parent == self._folder:
            path.unlink(missing_ok=True)

    # ---- writing ----

    def _write(self, part: Part, reports: Iterator[tuple[Report, Item]]) -> Counts:
        job, counts = self._job, Counter[str]()
        made = self._folder / "part"
        options = Options(language=job.language, carried=part.columns)
        binary = job.format in BINARY
        out = made.open("wb") if binary else made.open("w", encoding="utf-8", newline="\n")
        with out as stream, Fanout([(job.format, stream, options)]) as writer:
            for report, item in reports:
                writer.add(report, dict(item.carried))
                counts.update(_counted(report, job.select))
        self._output.put(made, job.file(part))
        counts["left_out"] = part.documents - counts["documents"]
        self._mark(part, dict(counts))
        return dict(counts)

    def _mark(self, part: Part, counts: Counts) -> None:
        made = self._folder / "marker"
        made.write_text(json.dumps(counts, sort_keys=True) + "\n", encoding="utf-8")
        self._output.put(made, self._job.marker(part))


class _Tasks:
    """The tasks of a part, and in between the reports of documents that were stopped; it may give one after it had none."""

    def __init__(self, tasks: Iterator[Task]) -> None:
        self.again: list[Task] = []
        self._tasks = tasks

    def __iter__(self) -> _Tasks:
        return self

    def __next__(self) -> Task:
        return self.again.pop() if self.again else next(self._tasks)


def _stopped(done: Done) -> Task:
    return Task(message={"scan": stopped_source(done)}, subject=done.task.subject, attempt=2)


def _named(report: Report, item: Item) -> tuple[Report, Item]:
    return replace(report, document=replace(report.document, name=item.name), carried=item.carried), item


def _counted(report: Report, select: tuple[str, ...]) -> Counts:
    """Return what a report adds to the counts of its part."""
    return {
        "documents": 1, "findings": len(report.findings), "unread": int(report.inconclusive), report.grade: 1,
        "selected": int(bool(select) and any(item.rule.startswith(select) for item in report.related)),
    }  # fmt: skip


def _named_rows(part: Part) -> Iterator[tuple[str, bytes, tuple[tuple[str, str], ...]]]:
    return rows_of(part.rows) if part.rows else iter(())
