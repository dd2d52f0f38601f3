"""One piece of work in a child process under limits: what `clausescan scan FILE`, annotate, memo and the like do their reading in.

    message, body = isolated(work, limits=Limits(), sizes=(path.stat().st_size,))

The child is a fork: it costs some milliseconds, where a fresh interpreter costs the start of the command once more. The parent
has not imported the pipeline then, and waits. Systems without fork (Windows) do the work in this process, without limits.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

from clausescan import patience
from clausescan.bulk.frames import Message, send, take
from clausescan.bulk.limits import Limits, end_alone, end_with_children, limit_memory, no_core_dumps, over_memory, overrun, signal_name
from clausescan.codec import from_plain, to_plain
from clausescan.errors import ClausescanError, ReadError, StoreError, UsageError, problem
from clausescan.types import Problem

Answer = tuple[Message, bytes]
_LOOK_SECONDS = 0.05
# libraries that the child has yet to load take addresses, most of them no memory
_LIBRARIES = 1_500_000_000
_ERRORS = {kind.__name__: kind for kind in (ClausescanError, UsageError, StoreError)}


def isolated(work: Callable[[], Answer], *, limits: Limits, sizes: Sequence[int] = (0,)) -> Answer:
    """Return what `work` returns, from a child process that may take what the limits allow for documents of `sizes` bytes.

    Raises ReadError when it is stopped (R050 time, R051 memory) or falls (R052), and the errors for users that `work` raises.
    """
    if not hasattr(os, "fork"):
        return work()
    seconds = sum(map(limits.seconds_for, sizes))
    reading, writing = os.pipe()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # what is buffered would be written twice
            stream.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(work, writing, limits, seconds)
    os.close(writing)
    try:
        return _heard(child, reading, limits, seconds)
    except BaseException:
        end_with_children(child)
        raise
    finally:
        os.close(reading)
        with suppress(ChildProcessError):  # a child that fell was asked how
            os.waitpid(child, 0)


# ---- the child ----


def _child(work: Callable[[], Answer], writing: int, limits: Limits, seconds: float) -> NoReturn:
    """Do the work, write the answer, end: whatever happens, this process must not go on as if it were its parent."""
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the parent, which ends the child itself
        sys.stdout = sys.stderr  # what a library prints is no data
        os.dup2(2, 1)
        no_core_dumps()
        limit_memory(limits.memory, slack=_LIBRARIES)
        end_alone(seconds)
        with os.fdopen(writing, "wb") as answers:

            def grant(more: float) -> None:
                nonlocal seconds
                if limits.seconds is None:
                    seconds += more
                    end_alone(seconds)
                    send(answers, {"more": more})

            with patience.granted(grant):
                send(answers, *_answer(work))
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


def _heard(child: int, reading: int, limits: Limits, seconds: float) -> Answer:
    """Wait for the answer and look after the child."""
    import psutil  # here, while the child is at work

    begin, heard = time.monotonic(), bytearray()
    seen = psutil.Process(child)
    while True:
        if select.select([reading], [], [], _LOOK_SECONDS)[0]:
            part = os.read(reading, 1 << 20)
            if not part:
                raise ReadError(problem("R052_crashed", detail=_end_of(child)))
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


def _end_of(child: int) -> str:
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return signal_name(status)
