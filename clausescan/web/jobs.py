"""The queue of the desk: a thread hands documents to worker processes under limits and writes down what comes back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from clausescan import codec
from clausescan.bulk import hello
from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Done, Pool, Task
from clausescan.errors import ClausescanError, ReadError, StoreError
from clausescan.settings import Settings
from clausescan.web.store import DeskStore

WORKER = (sys.executable, "-m", "clausescan.web.worker")


class Jobs:
    """Reads what waits on the desk, and makes exports. `close` ends the workers; what was not finished waits for the next start."""

    def __init__(self, store: DeskStore, *, jobs: int, limits: Limits, settings: Settings) -> None:
        self.store = store
        self._pool = _pool(store, jobs, limits, settings)
        self._exporter = _pool(store, 1, limits, settings)
        self._exporting = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="clausescan-desk", daemon=True)

    def start(self) -> None:
        """Begin with what waits."""
        self._wake.set()
        self._thread.start()

    def wake(self) -> None:
        """Say that something waits."""
        self._wake.set()

    def close(self) -> None:
        """End the workers."""
        self._closed = True
        self._wake.set()
        self._pool.close()
        self._exporter.close()

    def _work(self) -> None:
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            try:
                for done in self._pool.run(self._tasks()):
                    self._record(done)
            except (ClausescanError, OSError, ValueError) as error:
                self._give_up(error)

    def _tasks(self) -> Iterator[Task]:
        """Yield the documents that wait, also those that come while others are read."""
        given: set[int] = set()
        while not self._closed:
            waiting = [row for row in self.store.waiting() if row[0] not in given]
            if not waiting:
                return
            for number, name, digest, size in waiting:
                given.add(number)
                self.store.begin(number)
                yield Task(message={"look": {"path": str(self.store.original(digest)), "name": name}}, subject=number, size=size)

    def _record(self, done: Done) -> None:
        number = int(done.task.subject)
        if done.problem is not None:
            self.store.fail(number, (done.problem.message, done.problem.message_zh))
            return
        self.store.record(number, done.body, codec.loads(done.body), done.message.get("layout", {}))

    def _give_up(self, error: Exception) -> None:
        """Say at each document that waits that no worker can be started."""
        if self._closed:
            return
        for number, *_ in self.store.waiting():
            self.store.fail(number, (f"No worker could read the document ({error}).", f"没有工作进程能够读取该文件（{error}）。"))

    def export(self, message: Mapping[str, Any], size: int) -> Done:
        """Return an export, made in a worker. Raises ReadError with the problem when its limits were passed."""
        with self._exporting:
            (done,) = self._exporter.run([Task(message=message, size=size, extra=30.0)])
        if done.problem is not None:
            raise ReadError(done.problem)
        return done


def _pool(store: DeskStore, jobs: int, limits: Limits, settings: Settings) -> Pool:
    try:
        return Pool(jobs=jobs, hello=hello(settings, limits, store.files), limits=limits, command=WORKER)
    except OSError as error:
        raise StoreError(f"no worker process can be started ({error})") from error
