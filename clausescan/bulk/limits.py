"""What one document may take, and how a process is held to it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clausescan.errors import problem
from clausescan.types import Problem

_timers: list[threading.Timer] = []
_SLACK = 64_000_000  # what the interpreter may take beside the document


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may take. `seconds` None: 30, and one more for each 100 kB of it, at most 300. Memory of a worker in bytes."""

    seconds: float | None = None
    memory: int = 1_000_000_000

    def seconds_for(self, size: int | None) -> float:
        """Return the seconds that a document of `size` bytes may take."""
        return self.seconds if self.seconds is not None else min(300.0, 30.0 + (size or 0) / 100_000)

    def key(self, versions: str) -> str:
        """Return the key of a result that holds only under these limits."""
        return f"{versions}/{self.seconds}/{self.memory}"


def overrun(seconds: float) -> Problem:
    """Return the problem of a document that took longer."""
    return problem("R050_timeout", seconds=f"{seconds:g}")


def over_memory(limit: int) -> Problem:
    """Return the problem of a document that took more memory; `limit` in bytes."""
    return problem("R051_memory", limit=f"{limit / 1e6:.0f} MB")


def signal_name(code: int) -> str:
    """Return how a process ended, in words: SIGKILL, exit code 1."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def end_with_children(number: int) -> None:
    """Kill a process and all that it started, in whatever group or session they are: OCR, LibreOffice."""
    import psutil

    try:
        process = psutil.Process(number)
        family = [*process.children(recursive=True), process]
    except psutil.Error:
        return
    for each in family:
        with suppress(psutil.Error):
            each.kill()


# ---- inside the process that is limited ----


def end_alone(seconds: float | None) -> None:
    """End this process some time after its parent should have done it, in case there is no parent any more; None: never."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds * 2 + 5 if seconds else 0)
        return
    while _timers:  # Windows
        _timers.pop().cancel()
    if seconds:
        _timers.append(threading.Timer(seconds * 2 + 5, os._exit, (1,)))
        _timers[0].daemon = True
        _timers[0].start()


def no_core_dumps() -> None:
    """Keep a fall of this process from writing its memory, which holds the document, to the disk."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_memory(limit: int | None, slack: int = _SLACK) -> None:
    """Let the system refuse memory over the limit at once, where it can; the parent looks only some times a second."""
    if sys.platform != "linux" or not limit:
        return
    import resource

    used, resident = (int(number) * os.sysconf("SC_PAGESIZE") for number in Path("/proc/self/statm").read_text().split()[:2])
    ceiling = used + max(limit - resident, 0) + slack
    with suppress(ValueError, OSError):  # a lower limit of the user stands
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, resource.getrlimit(resource.RLIMIT_AS)[1]))
