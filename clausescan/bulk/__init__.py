"""Many documents: listed into a store, read by workers that may fall, each result recorded in one transaction.

    with Store(path) as store, Pool(jobs=2, hello=hello(settings, store.files), limits=Limits()) as pool:
        run = Bulk(store=store, runner=pool).scan(arguments)
        for report in store.reports(run): ...

Nothing is kept in memory that grows with the number of documents. Killed at any moment and called again with the same words,
it goes on: what has a result by the same versions, settings and bytes is not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from clausescan.bulk.archives import Member, clear
from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Done, Pool, Runner, Task
from clausescan.bulk.sources import Sources, missing_documents
from clausescan.codec import from_plain, to_plain
from clausescan.settings import Settings, settings_to_plain
from clausescan.store import Listed, Outcome, Pending, Run, Store
from clausescan.types import Problem

# what a file of a walked directory may be without anybody having asked for it to be read
NOT_OURS = frozenset({"R006_unsupported", "R010_binary"})
# problems that may be gone the next time, whatever the bytes are
_PASSING = frozenset({"R001_missing", "R003_no_permission", "R040_internal", "R052_crashed", "R060_not_fetched", "R061_address_refused"})
# problems that stay as long as the limits do
OVERRUN = frozenset({"R050_timeout", "R051_memory"})
FETCH_SECONDS = 30.0
_MANY = 8  # documents from which all workers start at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What one call asks for: paths, patterns, addresses and `-` in `paths`, CSV, TSV or JSONL files in `lists`."""

    paths: tuple[str, ...] = ()
    lists: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    fetch: bool = False
    outputs: tuple[Path, ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """How far the scan is, for whoever shows it."""

    total: int = 0
    done: int = 0
    findings: int = 0
    unread: int = 0

    def plus(self, findings: int, unread: bool) -> Tick:
        """Return the state after one more document."""
        return replace(self, done=self.done + 1, findings=self.findings + findings, unread=self.unread + unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a task is about. `seconds` and `attempts` are those of an attempt that was stopped, 0 without one."""

    pending: Pending
    seconds: float = 0.0
    attempts: int = 0


def hello(settings: Settings, limits: Limits, files: Path, *, allow_private: bool = False) -> dict[str, Any]:
    """Return the first message to a worker."""
    fetching = {"allow_private": allow_private, "max_bytes": settings.max_bytes, "seconds": FETCH_SECONDS}
    return {"settings": settings_to_plain(settings), "limits": asdict(limits), "files": str(files), "fetch": fetching}


class Bulk:
    """One call of a bulk scan into a store. `watch` is told now and then how far it is."""

    def __init__(
        self, *, store: Store, runner: Runner, settings: Settings, limits: Limits, watch: Callable[[Tick], None] = lambda tick: None
    ) -> None:
        self.store = store
        self.runner = runner
        self.settings = settings
        self.limits = limits
        self.watch = watch

    def scan(self, arguments: Arguments) -> Run:
        """List the documents, read those that have no result yet, and return the finished run.

        Raises UsageError, StoreError, and ClausescanError when no worker can start.
        """
        self.store.lock()
        clear(self.store.files / "unpacked")
        run = self.store.begin(arguments.command)
        try:
            self._list(run, arguments)
            self._read(run)
            self._empty_groups(run, arguments)
            self.store.finish(run, self.runner.ready.get("versions", {}))
        finally:
            clear(self.store.files / "unpacked")
        return self.store.last_run()

    # ---- listing ----

    def _list(self, run: Run, arguments: Arguments) -> None:
        sources = Sources(
            folder=self.store.files, unpack=self._unpack, exclude=arguments.exclude, fetch=arguments.fetch, skip=arguments.outputs,
            max_bytes=self.settings.max_bytes, alone=len(arguments.paths) + len(arguments.lists) == 1,
        )  # fmt: skip
        self.store.list_documents(run, _listed(sources, arguments))
        self.store.note_left_out(run, hidden=sources.hidden, excluded=sources.excluded, links=sources.links)

    def _unpack(self, path: Path, folder: Path) -> tuple[list[Member], int] | None:
        """Have a worker unpack an archive: it may take any time and memory."""
        task = Task(message={"unpack": str(path), "folder": str(folder)}, extra=60.0, attempt=2)
        (done,) = self.runner.run([task])
        if done.problem:
            return [Member(name="", problem=done.problem)], 0
        if done.message["members"] is None:
            return None
        return [_member(item) for item in done.message["members"]], done.message["hidden"]

    # ---- reading ----

    def _read(self, run: Run) -> None:
        tick = Tick(total=self.store.summary(run).documents)
        self.watch(tick)
        if isinstance(self.runner, Pool):
            self.runner.eager = tick.total >= _MANY
        tasks = _Tasks(self.store, run)
        for done in self.runner.run(tasks):
            if done.problem:
                tasks.overruns.append(overrun_of(done))
                continue
            tick = tick.plus(*self.record(run, done))
            self.watch(tick)

    def record(self, run: Run, done: Done) -> tuple[int, bool]:
        """Write the result of a document; return how many findings are new and whether it is one that could not be read."""
        subject: _Subject = done.task.subject
        capture = done.message.get("capture")
        if done.message.get("unchanged"):
            self.store.keep(run, subject.pending.id, capture)
            return 0, False
        facts = done.message["facts"]
        codes = {code for code, *_ in facts["problems"]}
        left_out = subject.pending.walked and bool(codes & NOT_OURS)
        key = str(self.runner.ready["key"])
        outcome = Outcome(
            document=subject.pending.id, facts=facts, body=None if left_out else done.body,
            versions="" if codes & _PASSING else self.limits.key(key) if codes & OVERRUN else key,
            size=done.message.get("size"), seconds=subject.seconds or done.seconds, attempts=subject.attempts or done.task.attempt,
            capture=capture,
        )  # fmt: skip
        self.store.record(run, outcome)
        return (0, False) if left_out else (len(facts["findings"]), facts["inconclusive"])

    def _empty_groups(self, run: Run, arguments: Arguments) -> None:
        """Say of each argument that held nothing to read that it held nothing."""
        given = (*arguments.paths, *map(str, arguments.lists))
        shown = self.store.shown_by_group(run)
        empty = [missing_documents(name, group) for group, name in enumerate(given) if not shown.get(group)]
        if empty:
            self.store.list_documents(run, empty)
            for done in self.runner.run([task_of(pending) for pending in self.store.pending(run)]):
                self.record(run, done)


def _listed(sources: Sources, arguments: Arguments) -> Iterator[Listed]:
    group = 0
    for group, given in enumerate(arguments.paths):
        yield from sources.of(given, group)
    for group, path in enumerate(arguments.lists, len(arguments.paths)):
        yield from sources.of_list(path, group)


class _Tasks:
    """The tasks of a run: its pending documents, and the reports of those that were stopped, which come up in between.

    It may give a task after it had none: the last document under way may be the one that is stopped.
    """

    def __init__(self, store: Store, run: Run) -> None:
        self.overruns: list[Task] = []
        self._pending = store.pending(run)
        self._store = store
        self._run = run

    def __iter__(self) -> _Tasks:
        return self

    def __next__(self) -> Task:
        if self.overruns:
            return self.overruns.pop()
        for pending in self._pending:
            if "url" in pending.source and pending.versions and (pending.in_run or 0) >= self._run.resumes:
                self._store.keep(self._run, pending.id)  # fetched by the call that this one goes on with
            else:
                return task_of(pending)
        raise StopIteration


def task_of(pending: Pending) -> Task:
    """Return the task to read a document."""
    message = {"scan": dict(pending.source), "known": pending.sha256, "versions": pending.versions}
    extra = FETCH_SECONDS if "url" in pending.source else 0.0
    return Task(message=message, subject=_Subject(pending=pending), size=pending.size, extra=extra)


def stopped_source(done: Done) -> dict[str, Any]:
    """Return the source by which a worker writes the report of a document that was stopped: it knows the versions.

    It also takes the hash of the file, so that the document is not tried again as long as nothing changes.
    """
    source = dict(done.task.message["scan"])
    if "problem" in source:  # not even that went well
        source.pop("path", None)
    else:
        source["problem"] = to_plain(done.problem)
    return source


def overrun_of(done: Done) -> Task:
    """Return the task to write the report of a document that was stopped."""
    before: _Subject = done.task.subject
    subject = replace(before, seconds=before.seconds or done.seconds, attempts=before.attempts or done.task.attempt)
    return Task(message={"scan": stopped_source(done)}, subject=subject, attempt=2)


def _member(plain: Mapping[str, Any]) -> Member:
    return Member(
        name=plain["name"], file=Path(plain["file"]) if plain.get("file") else None, size=plain.get("size"),
        problem=from_plain(Problem, plain["problem"]) if plain.get("problem") else None,
    )  # fmt: skip
