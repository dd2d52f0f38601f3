"""Parts on a Ray cluster: one actor for each CPU, which keeps a scanner; a part goes to whichever actor is free.

An actor that falls takes its part with it: another one takes its place and the part is read again. A part that three actors fell
over is written as documents that could not be read. Ray Data is not used: tasks over whole parts were five times as fast.
"""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from typing import Any

from clausescan.engine.plan import Part
from clausescan.engine.scanner import DONE, Counts, Job, Scanner
from clausescan.engine.storage import INSTALL, Folder
from clausescan.errors import ClausescanError, UsageError, problem

ATTEMPTS = 3
_CLOSE_SECONDS = 10.0
_START_SECONDS = 600.0
_OURS = re.compile(rf"(?:{DONE}/)?part-\d{{6}}-[0-9a-f]{{12}}\.(?:jsonl|parquet|json)")
# what a worker that was killed while it wrote has left
_LEFT = re.compile(rf"(?:{DONE}/)?\.part-\d{{6}}-[0-9a-f]{{12}}\.(?:jsonl|parquet|json)\.\d+\.part")


@dataclass(slots=True, kw_only=True)
class Summary:
    """How far the parts are."""

    parts: int = 0
    kept: int = 0
    planned: int = 0
    counts: Counts = field(default_factory=dict)

    def add(self, counts: Counts) -> None:
        """Count a part."""
        self.parts += 1
        for key, number in counts.items():
            self.counts[key] = self.counts.get(key, 0) + number

    def __getitem__(self, key: str) -> int:
        return self.counts.get(key, 0)


def require() -> Any:
    """Return the module of Ray. Raises UsageError when it is not installed."""
    # Ray reports its use over the network unless it is told not to
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return import_module("ray")
    except ImportError as error:
        raise UsageError(f"--engine ray needs Ray: {INSTALL}") from error


@contextmanager
def cluster(address: str | None, jobs: int | None) -> Iterator[tuple[Any, int]]:
    """Connect to a cluster, or start one on this machine with `jobs` CPUs; give Ray and the number of actors to start.

    Raises ClausescanError when there is no cluster at the address.
    """
    ray = require()
    how: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": "CLAUSESCAN_TRACEBACK" in os.environ}
    how |= {"address": address} if address else {"address": "local", "num_cpus": jobs, "include_dashboard": False}
    try:
        ray.init(**how)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ClausescanError(f"{address or 'Ray'}: no Ray cluster could be reached or started ({error})") from error
    try:
        yield ray, jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))
    finally:
        ray.shutdown()


def scan_parts(
    parts: Iterable[Part], job: Job, *, address: str | None = None, jobs: int | None = None, watch: Callable[[Summary], None]
) -> Summary:
    """Read the parts that are not complete yet and return what all of them hold; files of earlier parts that are none any more go.

    Raises UsageError for input or output that cannot be used, ClausescanError when no worker can do its work.
    """
    output = Folder(job.output)
    before = output.names()
    summary, current = Summary(), set[str]()
    todo = _todo(parts, job, output, before, summary, current)
    following = next(todo, None)
    if following is not None:
        with cluster(address, jobs) as (ray, count):
            _Crew(ray, job, count).work(following, todo, summary, watch)
    stale = {name for name in before - current if _OURS.fullmatch(name)}
    for name in sorted(stale | {name for name in output.names() if _LEFT.fullmatch(name)}):
        output.remove(name)
    watch(summary)
    return summary


def _todo(parts: Iterable[Part], job: Job, output: Folder, before: set[str], summary: Summary, current: set[str]) -> Iterator[Part]:
    """Yield the parts that are missing; count those that are there."""
    for part in parts:
        names = job.file(part), job.marker(part)
        current.update(names)
        summary.planned += part.documents
        if before.issuperset(names):
            summary.kept += 1
            summary.add(json.loads(output.read(names[1])))
        else:
            yield part


class _Crew:
    """The actors, and which of them is at which part.

    An actor is given a part when it has started, not before: one that waits for a CPU, because a machine is lost or `--jobs` asks
    for more than there is, would keep its part from the others for ever.
    """

    def __init__(self, ray: Any, job: Job, count: int) -> None:
        self._ray = ray
        self._job = ray.put(job)
        self._plain_job = job
        # what happens to a part is for this process to say, not for Ray to try again
        self._actor = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(Scanner)
        self._coming: dict[Any, Any] = {}
        self._free: deque[Any] = deque()
        self._busy: dict[Any, tuple[Any, Part, int]] = {}
        self._failed_starts = 0
        for _ in range(count):
            self._start()

    def _start(self) -> None:
        actor = self._actor.remote(self._job)
        self._coming[actor.ready.remote()] = actor

    def work(self, first: Part, parts: Iterator[Part], summary: Summary, watch: Callable[[Summary], None]) -> None:
        """Have all parts read."""
        todo = ((part, 1) for part in chain([first], parts))
        again: deque[tuple[Part, int]] = deque()
        while True:
            following = again.popleft() if again else next(todo, None)
            if following is None and not self._busy:
                break
            if following is not None and self._free:
                actor = self._free.popleft()
                self._busy[actor.scan.remote(following[0])] = actor, *following
                continue
            if following is not None:
                again.appendleft(following)
            done = self._wait()
            if done in self._coming:
                self._arrived(done)
                continue
            actor, part, attempt = self._busy.pop(done)
            counts = self._answer(done)
            if counts is not None:
                self._free.append(actor)
            else:
                self._start()
                if attempt < ATTEMPTS:
                    again.append((part, attempt + 1))
                    continue
                counts = self._give_up(part)
            summary.add(counts)
            watch(summary)
        for actor in self._coming.values():
            self._ray.kill(actor)
        # they end in order, so that no copy of a document stays behind
        self._ray.wait([actor.close.remote() for actor in self._free], num_returns=len(self._free), timeout=_CLOSE_SECONDS)

    def _wait(self) -> Any:
        """Return what has ended next: the start of an actor, or a part."""
        done, _ = self._ray.wait([*self._busy, *self._coming], num_returns=1, timeout=None if self._busy else _START_SECONDS)
        if not done:
            raise ClausescanError(f"no CPU of the cluster was free for a worker in {_START_SECONDS:.0f} s")
        return done[0]

    def _arrived(self, done: Any) -> None:
        actor = self._coming.pop(done)
        try:
            self._ray.get(done)
        except self._ray.exceptions.RayActorError as error:
            self._failed_starts += 1
            if self._failed_starts >= ATTEMPTS and not self._busy and not self._free:
                raise ClausescanError(f"no worker could be started on the cluster: {error}") from error
            self._start()
        else:
            self._failed_starts = 0
            self._free.append(actor)

    def _answer(self, done: Any) -> Counts | None:
        """Return the counts of a part, None when its actor fell."""
        errors = self._ray.exceptions
        try:
            answer = self._ray.get(done)
        except (errors.RayActorError, errors.WorkerCrashedError, errors.NodeDiedError, errors.ObjectLostError):
            return None
        except errors.RayTaskError as error:
            raise ClausescanError(f"a worker failed ({type(error.cause).__name__}: {error.cause})") from error
        if "failed" in answer:
            raise ClausescanError(str(answer["failed"]))
        counts: Counts = answer["counts"]
        return counts

    def _give_up(self, part: Part) -> Counts:
        scanner = Scanner(self._plain_job)
        try:
            return scanner.give_up(part, problem("R052_crashed", detail=f"{ATTEMPTS} workers"))
        finally:
            scanner.close()
