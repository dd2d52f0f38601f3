"""A worker: a process that loads the pipeline once, reads one document after the other, and may be killed at any time.

    python -m clausescan.bulk.worker        started by `Pool`; tasks come in on standard input, answers leave on standard output

A task names what to do:
    {"scan": {"path": "/a/b.html"}, "known": "<sha256>", "versions": "<key>"}   also {"url": ...}, {"problem": {...}}
    {"unpack": "/a/b.zip", "folder": "/x/unpacked/0001"}
The answer to a scan is the report as bytes with what the parent has to know of it, or {"unchanged": true} when the bytes have
the hash of an earlier result by the same versions and settings.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from clausescan import codec, patience
from clausescan.bulk.frames import Message, receive, send
from clausescan.bulk.limits import Limits, end_alone, limit_memory, no_core_dumps
from clausescan.errors import ClausescanError, ReadError
from clausescan.settings import settings_from_plain, settings_to_plain
from clausescan.store import facts
from clausescan.types import Problem, Report

Answer = tuple[Message, bytes]


class Handler:
    """Does the tasks. One for each process; `settings` and limits come with the first message."""

    def __init__(self, hello: Mapping[str, Any]) -> None:
        self.settings = settings_from_plain(hello["settings"])
        self.fetching: Mapping[str, Any] = hello.get("fetch") or {}
        self.limits = Limits(**hello["limits"])
        self.files = Path(hello["files"])

    def load(self, languages: tuple[str, ...] = ("zh", "en")) -> Message:
        """Load the pipeline; return the versions that results depend on and the key of versions and settings."""
        from clausescan import api

        for language in languages:
            api.load(language)
        return {"versions": dict(api.versions()), "key": self.key()}

    def key(self) -> str:
        """Return the hash of everything but the bytes that a report depends on."""
        from clausescan import api

        return sha256(json.dumps([api.versions(), settings_to_plain(self.settings)]).encode("utf-8")).hexdigest()[:16]

    def __call__(self, task: Mapping[str, Any]) -> Answer:
        """Return the answer to a task."""
        if "unpack" in task:
            return self._unpack(Path(task["unpack"]), Path(task["folder"])), b""
        return self._scan(task)

    def _scan(self, task: Mapping[str, Any]) -> Answer:
        from clausescan import api

        source, capture, data = task["scan"], None, None
        label = source.get("label") or _label(source)
        if "problem" in source:
            report = api.unread(label, codec.from_plain(Problem, source["problem"]), self._stopped(source))
            return _answer(report, None)
        try:
            data, capture = self.bytes_of(source)
        except ReadError as error:
            return _answer(api.unread(label, error.problem), None)
        digest = sha256(data).hexdigest()
        if digest == task.get("known") and task.get("versions") in (self.key(), self.limits.key(self.key())):
            return {"unchanged": True, "capture": capture}, b""
        report = api.scan(data, name=label, settings=self.settings)
        if any(found.code == "R051_memory" for found in report.problems):
            return {"memory": True}, b""
        message, body = _answer(report, len(data), capture)
        return message | self.beside(report), body

    def beside(self, report: Report) -> Message:
        """Return what the parent is to know of a report beside its facts, for handlers that want more."""
        return {}

    def bytes_of(self, source: Mapping[str, Any]) -> tuple[bytes, Message | None]:
        """Return the bytes of a document, and how they were fetched when they were. Raises ReadError."""
        if "path" in source:
            from clausescan import readers

            return readers.load(Path(source["path"]), self.settings), None
        from clausescan.bulk.fetch import Policy, fetch

        page = fetch(source["url"], Policy(**self.fetching))
        folder = self.files / "fetched"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / page.sha256).write_bytes(page.data)
        capture = {
            "url": page.url, "final_url": page.final_url, "fetched": page.fetched, "status": page.status,
            "content_type": page.content_type, "sha256": page.sha256, "size": len(page.data), "file": f"fetched/{page.sha256}",
        }  # fmt: skip
        return page.data, capture

    def _stopped(self, source: Mapping[str, Any]) -> bytes:
        """Return the bytes of a document whose reading was stopped, for their hash; none when there are none."""
        try:
            return self.bytes_of(source)[0] if "path" in source else b""
        except ReadError:
            return b""

    def _unpack(self, path: Path, folder: Path) -> Message:
        from clausescan.bulk.archives import Limits, unpack

        try:
            found = unpack(path, folder, Limits(member=self.settings.max_bytes))
        except ReadError as error:
            return {"members": [{"name": "", "problem": codec.to_plain(error.problem)}], "hidden": 0}
        if found is None:
            return {"members": None}
        members, hidden = found
        plain = [
            {"name": one.name, "file": str(one.file) if one.file else None, "size": one.size, "problem": codec.to_plain(one.problem)}
            for one in members
        ]
        return {"members": plain, "hidden": hidden}


def _label(source: Mapping[str, Any]) -> str:
    """Return the last part of a path or address: the name by which readers know a kind of file."""
    path = urlsplit(source["url"]).path if "url" in source else source.get("path", "")
    return Path(path).name or str(path)


def _answer(report: Report, size: int | None, capture: Message | None = None) -> Answer:
    return {"size": size, "capture": capture, "facts": facts(report)}, codec.dumps(report)


# ---- the process ----


def serve(make: Callable[[Mapping[str, Any]], Any] = Handler) -> None:
    """Answer tasks until the parent is gone. `make` returns the handler for the first message."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    no_core_dumps()
    first = receive(tasks)
    if first is None:
        return
    waiting: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks, waiting), daemon=True).start()
    try:
        hello = first[0]
        handler = make(hello)
        ready = handler.load()
        gc.collect()
        gc.freeze()  # the pipeline stays: looking through it again and again costs a tenth of the time
        gc.set_threshold(50_000, 20, 20)
    except (ClausescanError, ImportError, OSError) as error:
        send(answers, {"failed": str(error)})
        return
    send(answers, {"ready": True, **ready})
    limit_memory(hello["limits"]["memory"])
    while True:
        _answer_one(handler, waiting.get(), answers)


def _answer_one(handler: Callable[[Mapping[str, Any]], Answer], task: Message, answers: IO[bytes]) -> None:
    seconds = task.get("seconds")
    end_alone(seconds)

    def grant(more: float) -> None:
        nonlocal seconds
        if seconds is not None:
            seconds += more
            end_alone(seconds)
            send(answers, {"more": more})

    try:
        with patience.granted(grant):
            message, body = handler(task)
    except MemoryError:
        message, body = {"memory": True}, b""
    except (ClausescanError, OSError) as error:
        message, body = {"failed": str(error)}, b""
    end_alone(None)
    send(answers, message, body)


def _listen(tasks: IO[bytes], waiting: queue.SimpleQueue[Message]) -> None:
    """Hand on the tasks. When the parent is gone nobody wants the answer, however far it is."""
    while (received := receive(tasks)) is not None:
        waiting.put(received[0])
    os._exit(0)


if __name__ == "__main__":
    serve()
