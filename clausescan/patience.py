"""More time for what is known to be slow: who reads a document asks, the process that limits it grants.

OCR takes seconds for each page, LibreOffice many to start. Both have limits of their own, so the limit of the document
grows by them; a limit that the user named does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_grant: ContextVar[Callable[[float], None] | None] = ContextVar("clausescan_more_time", default=None)


def ask(seconds: float) -> None:
    """Ask for more seconds for the document that is being read. Without a limit nothing happens."""
    grant = _grant.get()
    if grant is not None:
        grant(seconds)


@contextmanager
def granted(by: Callable[[float], None]) -> Iterator[None]:
    """Let `by` hear what is asked for inside this block."""
    token = _grant.set(by)
    try:
        yield
    finally:
        _grant.reset(token)
