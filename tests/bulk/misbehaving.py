"""A worker that does what it is told, however bad: the task says how. Started by the tests as a process of its own."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clausescan.bulk.worker import Answer, serve


class Misbehaving:
    """Stands in for the handler of documents."""

    def __init__(self, hello: Mapping[str, Any]) -> None:
        self.hello = hello

    def load(self) -> dict[str, Any]:
        """Be ready, or not."""
        if self.hello.get("broken"):
            raise ImportError("no module named pipeline")
        return {"key": "k", "versions": {}}

    def __call__(self, task: Mapping[str, Any]) -> Answer:
        """Do what the task says."""
        getattr(self, task["do"])(task)
        return {"pid": os.getpid(), "name": task["name"]}, b"x" * int(task.get("bytes", 1))

    def well(self, task: Mapping[str, Any]) -> None:
        """Nothing bad."""

    def hang(self, task: Mapping[str, Any]) -> None:
        """Never come back."""
        time.sleep(3600)

    def spin(self, task: Mapping[str, Any]) -> None:
        """Never come back, and never let another thread run for long."""
        while True:
            pass

    def eat(self, task: Mapping[str, Any]) -> None:
        """Take memory a bit at a time."""
        kept = []
        while True:
            kept.append(bytearray(10_000_000))
            time.sleep(0.01)

    def gulp(self, task: Mapping[str, Any]) -> None:
        """Take memory at once."""
        bytearray(20_000_000_000)

    def abort(self, task: Mapping[str, Any]) -> None:
        """End as a library in C ends that finds its own state broken."""
        os.abort()

    def leave(self, task: Mapping[str, Any]) -> None:
        """End without a word."""
        os._exit(7)

    def crash(self, task: Mapping[str, Any]) -> None:
        """Fail in a way that nobody has thought of."""
        raise RuntimeError("boom")

    def once(self, task: Mapping[str, Any]) -> None:
        """Fail the first time only."""
        mark = Path(task["mark"])
        if not mark.exists():
            mark.touch()
            os._exit(1)

    def chatter(self, task: Mapping[str, Any]) -> None:
        """Print where the answers go."""
        print("x" * 100_000, flush=True)
        os.write(1, b"y" * 100_000)
        sys.stderr.write("z" * 100_000)

    def child(self, task: Mapping[str, Any]) -> None:
        """Leave a child behind that keeps the pipe open."""
        if os.fork() == 0:
            time.sleep(1)
            os._exit(0)
        os._exit(3)


if __name__ == "__main__":
    serve(Misbehaving)
