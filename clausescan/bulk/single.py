"""One piece of work in a child process under limits: what `clausescan scan FILE`, annotate, memo and the like do their reading in.

    message, body = isolated(work, limits=Limits(), sizes=(path.stat().st_size,))

The child is a fork: it costs some milliseconds, where a fresh interpreter costs the start of the command once more. The parent
has not imported the pipeline then, and waits. Systems without fork (Windows) start a fresh interpreter, which gets the work by
its name and arguments: `work` has to be a function of a module or a `partial` of one, never a lambda. Answers are the same plain
messages in both cases.
"""

from __future__ import annotations

import io
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any, NoReturn

from clausescan import patience
from clausescan.bulk.frames import Message, send, take
from clausescan.bulk.limits import Limits, end_alone, end_with_children, limit_memory, no_core_dumps, over_memory, overrun, signal_name
from clausescan.codec import from_plain, to_plain
from clausescan.errors import ClausescanError, ReadError, StoreError, UsageError, problem
from clausescan.types import Problem

Answer = tuple[Message, bytes]
# bytes of the child: None when nothing came for a moment, b"" when nothing more will come
Hear = Callable[[], bytes | None]
FORKS = hasattr(os, "fork")
_LOOK_SECONDS = 0.05
_START_SECONDS = 60.0  # of a fresh interpreter, before its time begins
# libraries that the child has yet to load take addresses, most of them no memory
_LIBRARIES = 1_500_000_000
_ERRORS = {kind.__name__: kind for kind in (ClausescanError, UsageError, StoreError)}


def isolated(work: Callable[[], Answer], *, limits: Limits, sizes: Sequence[int] = (0,)) -> Answer:
    """Return what `work` returns, from a child process that may take what the limits allow for documents of `sizes` bytes.

    Raises ReadError when it is stopped (R050 time, R051 memory) or falls (R052), and the errors for users that `work` raises.
    """
    seconds = sum(map(limits.seconds_for, sizes))
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # what is buffered would be written twice
            stream.flush()
    return _forked(work, limits, seconds) if FORKS else _fresh(work, limits, seconds)


def _forked(work: Callable[[], Answer], limits: Limits, seconds: float) -> Answer:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(work, os.fdopen(writing, "wb"), limits, seconds)
    os.close(writing)

    def hear() -> bytes | None:
        return os.read(reading, 1 << 20) if select.select([reading], [], [], _LOOK_SECONDS)[0] else None

    try:
        return _heard(child, hear, lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), limits, seconds)
    except BaseException:
        end_with_children(child)
        raise
    finally:
        os.close(reading)
        with suppress(ChildProcessError):  # a child that fell was asked how
            os.waitpid(child, 0)


def _fresh(work: Callable[[], Answer], limits: Limits, seconds: float) -> Answer:
    """Do the work in an interpreter of its own. What is handed to it comes from this process, not from a document."""
    from multiprocessing import get_context

    context = get_context("spawn")
    reading, writing = context.Pipe(duplex=False)
    child = context.Process(target=_started, args=(work, writing, limits, seconds), daemon=True)
    child.start()
    writing.close()

    def hear() -> bytes | None:
        try:
            return reading.recv_bytes() if reading.poll(_LOOK_SECONDS) else None
        except (EOFError, OSError):
            return b""

    def code() -> int:
        child.join(5)
        return child.exitcode or 0

    number = child.pid or 0
    try:
        begin = time.monotonic()
        while (begun := hear()) is None and time.monotonic() - begin < _START_SECONDS:
            pass
        if not begun:
            raise ReadError(overrun(_START_SECONDS) if begun is None else problem("R052_crashed", detail=signal_name(code())))
        return _heard(number, hear, code, limits, seconds)
    except BaseException:
        end_with_children(number)
        raise
    finally:
        reading.close()
        child.join(5)


# ---- the child ----


class _Frames(io.RawIOBase):
    """What is written to it goes to the parent, each piece at once."""

    def __init__(self, connection: Any) -> None:
        super().__init__()
        self._connection = connection

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, piece: Any, /) -> int:
        """Send a piece."""
        self._connection.send_bytes(piece)
        return len(piece)


def _started(work: Callable[[], Answer], connection: Any, limits: Limits, seconds: float) -> None:
    """Begin in a fresh interpreter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    connection.send_bytes(b"begun")
    _child(work, _Frames(connection), limits, seconds)


def _child(work: Callable[[], Answer], answers: IO[bytes] | _Frames, limits: Limits, seconds: float) -> NoReturn:
    """Do the work, write the answer, end: whatever happens, this process must not go on as if it were its parent."""
    code = 1
    try:
        if hasattr(os, "setsid"):
            os.setsid()  # Ctrl-C is for the parent, which ends the child itself
        sys.stdout = sys.stderr  # what a library prints is no data
        os.dup2(2, 1)
        no_core_dumps()
        limit_memory(limits.memory, slack=_LIBRARIES)
        end_alone(seconds)

        def grant(more: float) -> None:
            nonlocal seconds
            if limits.seconds is None:
                seconds += more
                end_alone(seconds)
                send(answers, {"more": more})

        with patience.granted(grant):
            send(answers, *_answer(work))
        answers.close()
        code = 0
    finally:
        os._exit(code)


def _answer(work: Callable[[], Answer]) -> Answer:
    try:
        message, body = work()
    except MemoryError:
        return {"memory": True}, b""
    except ReadError as error:
        return {"problem": to_plain(error.problem)}, b""
    except ClausescanError as error:
        return {"failed": str(error), "kind": type(error).__name__}, b""
    except OSError as error:
        return {"system": [error.errno, error.strerror, error.filename and str(error.filename)]}, b""
    except Exception as error:
        if os.environ.get("CLAUSESCAN_TRACEBACK"):
            import traceback

            os.write(2, traceback.format_exc().encode())
        return {"problem": to_plain(problem("R040_internal", detail=f"{type(error).__name__}: {error}"))}, b""
    return {"done": message}, body


# ---- the parent ----


def _heard(child: int, hear: Hear, code: Callable[[], int], limits: Limits, seconds: float) -> Answer:
    """Wait for the answer and look after the child."""
    import psutil  # here, while the child is at work

    begin, heard = time.monotonic(), bytearray()
    seen = psutil.Process(child)
    while True:
        part = hear()
        if part is not None:
            if not part:
                raise ReadError(problem("R052_crashed", detail=signal_name(code())))
            heard += part
            while (received := take(heard)) is not None:
                message, body = received
                if "more" not in message:
                    return _told(message, body, limits)
                seconds += message["more"]
        if time.monotonic() - begin > seconds:
            raise ReadError(overrun(seconds))
        with suppress(psutil.Error):
            if seen.memory_info().rss > limits.memory:
                raise ReadError(over_memory(limits.memory))


def _told(message: Message, body: bytes, limits: Limits) -> Answer:
    if "done" in message:
        return message["done"], body
    if "problem" in message:
        raise ReadError(from_plain(Problem, message["problem"]))
    if "failed" in message:
        raise _ERRORS.get(message["kind"], ClausescanError)(message["failed"])
    if "system" in message:
        raise OSError(*message["system"])
    raise ReadError(over_memory(limits.memory))
