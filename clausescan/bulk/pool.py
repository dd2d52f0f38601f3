"""A pool of worker processes that survives its documents: each under a limit of time and memory, and replaced when it falls.

    with Pool(jobs=2, hello={...}, limits=Limits()) as pool:
        for done in pool.run(tasks):        # in the order in which they finish; tasks are taken from the iterable as workers come free
            done.task, done.message, done.body, done.problem

`concurrent.futures` fails all that is under way when one worker dies, and cannot stop one that hangs: hence a pool of our own.
One thread for each worker waits for its answers, so that it works where pipes cannot be polled; the caller's thread does the rest.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import psutil

from clausescan.bulk.frames import Message, receive, send
from clausescan.bulk.limits import Limits, end_with_children, over_memory, overrun, signal_name
from clausescan.errors import ClausescanError, problem
from clausescan.types import Problem

_LOOK_SECONDS = 0.1  # how often time and memory of the workers are looked at
_START_SECONDS = 120.0
_REST_BYTES = 350_000_000  # a worker that holds more between two documents is replaced
_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
WORKER = (sys.executable, "-m", "clausescan.bulk.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker is to do. `subject` is the caller's; `size` in bytes; `extra` seconds are added to the limit."""

    message: Mapping[str, Any]
    subject: Any = None
    size: int | None = None
    extra: float = 0.0
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The answer to a task, or the problem that stands in its place: R050 timeout, R051 memory, R052 crashed."""

    task: Task
    message: Message = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    problem: Problem | None = None


class Runner(Protocol):
    """What carries out tasks: `Pool`, or `Here` in this process."""

    ready: Message

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Yield the answer to each task, in the order in which they finish."""

    def close(self) -> None:
        """End what runs."""


class Here:
    """Carries out tasks in this process, one after the other and without limits."""

    def __init__(self, hello: Mapping[str, Any]) -> None:
        from clausescan.bulk.worker import Handler

        self.ready: Message = {}
        self._handler = Handler(hello)

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Yield the answer to each task, in their order."""
        for task in tasks:
            self.ready = self.ready or self._handler.load(())
            begin = time.monotonic()
            message, body = self._handler(task.message)
            found = problem("R051_memory", limit=("there is", "可用内存")) if message.get("memory") else None
            yield Done(task=task, message=message, body=body, seconds=time.monotonic() - begin, problem=found)

    def close(self) -> None:
        """Nothing runs."""


class _Worker:
    """One process and what it is doing."""

    def __init__(self, command: Sequence[str], hello: Message, events: queue.SimpleQueue[tuple[_Worker, Message | None, bytes]]) -> None:
        # a group of its own: Ctrl-C is for the parent, which ends its workers itself
        alone: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x00000200}
        loud = "CLAUSESCAN_TRACEBACK" in os.environ
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None if loud else subprocess.DEVNULL,
            env={**os.environ, **_THREADS}, **alone,
        )  # fmt: skip
        self.seen = psutil.Process(self.process.pid)
        self.task: Task | None = None
        self.ready = False
        self.begin = time.monotonic()
        self.seconds = _START_SECONDS
        self.killed: Problem | None = None
        self.looked = 0  # its memory when the pool last looked
        threading.Thread(target=self._listen, args=(events,), daemon=True).start()
        self._send(hello)

    def start(self, task: Task, seconds: float) -> None:
        """Hand over a task."""
        self.task, self.begin, self.seconds = task, time.monotonic(), seconds
        self._send({**task.message, "seconds": seconds})

    @property
    def rss(self) -> int:
        """Return its memory in bytes, 0 when it is gone."""
        try:
            return int(self.seen.memory_info().rss)
        except psutil.Error:
            return 0

    def kill(self, found: Problem | None = None) -> None:
        """End the process; `found` says why."""
        self.killed = self.killed or found
        if self.process.poll() is None:
            end_with_children(self.process.pid)

    def reap(self) -> int:
        """Wait for the end of the process and return its code."""
        self.kill()
        code = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        return code

    def _send(self, message: Message) -> None:
        assert self.process.stdin
        with suppress(OSError):  # it fell: its listener says so
            send(self.process.stdin, message)

    def _listen(self, events: queue.SimpleQueue[tuple[_Worker, Message | None, bytes]]) -> None:
        assert self.process.stdout
        with suppress(OSError, ValueError):
            while (received := receive(self.process.stdout)) is not None:
                events.put((self, *received))
        events.put((self, None, b""))


class Pool:
    """Up to `jobs` workers; they start when there is work. `hello` is their first message; see `worker`."""

    def __init__(self, *, jobs: int, hello: Mapping[str, Any], limits: Limits, command: Sequence[str] = WORKER) -> None:
        self.limits = limits
        self.ready: Message = {}
        self.peak = 0  # highest memory of a worker that was seen, in bytes
        self.started = 0
        self.eager = False  # True: many documents wait, so start all workers at once
        self._jobs = jobs
        self._hello = dict(hello)
        self._command = command
        self._workers: list[_Worker] = []
        self._events: queue.SimpleQueue[tuple[_Worker, Message | None, bytes]] = queue.SimpleQueue()
        self._again: deque[Task] = deque()
        self._looked = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cpu_seconds(self) -> float:
        """Return the CPU time that the workers which live have used."""
        total = 0.0
        for worker in self._workers:
            with suppress(psutil.Error):
                times = worker.seen.cpu_times()
                total += times.user + times.system
        return total

    def close(self) -> None:
        """Kill the workers."""
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.reap()
        self._workers.clear()

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Yield the answer to each task, in the order in which they finish. Raises ClausescanError when no worker can start."""
        waiting = iter(tasks)
        following: Task | None = None
        while True:
            following = self._hand_over(following, waiting)
            if following is None and not any(worker.task for worker in self._workers):
                return
            done = self._step()
            if done is not None:
                # the worker goes on before the caller does anything with the answer
                following = self._hand_over(following, waiting)
                yield done

    def _hand_over(self, following: Task | None, waiting: Iterator[Task]) -> Task | None:
        """Give tasks to the workers that are free; return the task that none was free for, None at the end."""
        while True:
            following = following or (self._again.popleft() if self._again else next(waiting, None))
            worker = self._free() if following else None
            if following is None or worker is None:
                return following
            worker.start(following, self.limits.seconds_for(following.size) + following.extra)
            following = None

    def _free(self) -> _Worker | None:
        """Return a worker without a task; when there is none, let one start, or all of them when much is waiting."""
        for worker in self._workers:
            if worker.ready and worker.task is None and worker.killed is None:
                return worker
        starting = any(not worker.ready for worker in self._workers)
        while len(self._workers) < self._jobs and (self.eager or not starting):
            self._workers.append(_Worker(self._command, self._hello, self._events))
            self.started += 1
            starting = True
        return None

    def _step(self) -> Done | None:
        """Wait a moment for an answer; look after the workers."""
        try:
            worker, message, body = self._events.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            self._look()
            return None
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._look()
        if worker not in self._workers:
            return None
        if message is None:
            return self._fallen(worker)
        if "more" in message:
            # slow by its nature; a limit that the user named stands
            worker.seconds += message["more"] if self.limits.seconds is None else 0.0
            return None
        if worker.ready:
            return self._answered(worker, message, body)
        if "failed" in message:
            raise ClausescanError(str(message["failed"]))
        worker.ready = True
        self.ready = message
        return None

    def _answered(self, worker: _Worker, message: Message, body: bytes) -> Done | None:
        task, worker.task = worker.task, None
        seconds = time.monotonic() - worker.begin
        if task is None:
            return None
        if worker.looked > _REST_BYTES and worker.rss > _REST_BYTES:
            self._remove(worker)
        if message.get("memory"):
            return Done(task=task, seconds=seconds, problem=over_memory(self.limits.memory))
        if "failed" in message:
            raise ClausescanError(str(message["failed"]))
        return Done(task=task, message=message, body=body, seconds=seconds)

    def _fallen(self, worker: _Worker) -> Done | None:
        """Return what stands for the document whose worker is gone, or try once more: a crash may not be its fault."""
        task, killed = worker.task, worker.killed
        code = self._remove(worker)
        if task is None:
            if not worker.ready:
                raise ClausescanError(f"a worker process did not start ({signal_name(code)}); CLAUSESCAN_TRACEBACK=1 shows what it says")
            return None
        if killed is None and task.attempt == 1:
            self._again.append(replace(task, attempt=2))
            return None
        found = killed or problem("R052_crashed", detail=signal_name(code))
        return Done(task=task, seconds=time.monotonic() - worker.begin, problem=found)

    def _remove(self, worker: _Worker) -> int:
        self._workers.remove(worker)
        return worker.reap()

    def _look(self) -> None:
        """Kill the workers that take too long or too much."""
        self._looked = time.monotonic()
        for worker in self._workers:
            worker.looked = rss = worker.rss
            self.peak = max(self.peak, rss)
            if self._looked - worker.begin > worker.seconds and (worker.task or not worker.ready):
                worker.kill(overrun(worker.seconds))
            elif worker.task and rss > self.limits.memory:
                worker.kill(over_memory(self.limits.memory))
