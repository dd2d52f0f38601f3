"""How far a bulk scan is: a bar on a terminal, a plain line now and then elsewhere. On standard error, never on standard output.

    12,400/20,000 documents, 118/s, about 64 s left, 341 findings, 12 not read
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clausescan.bulk import Tick

_EVERY_SECONDS = 10.0
_REFRESH_PER_SECOND = 4.0


@contextmanager
def shown(say: Callable[[str], None], *, quiet: bool = False) -> Iterator[Callable[[Tick], None]]:
    """Give the function that shows how far the scan is. `say` writes one line on standard error."""
    if quiet:
        yield lambda tick: None
    elif sys.stderr is not None and sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _Lines(say)


class _Lines:
    """A line every ten seconds: enough for a log, and none for what is done in a moment."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._begin = self._last = time.monotonic()

    def __call__(self, tick: Tick) -> None:
        now = time.monotonic()
        if now - self._last >= _EVERY_SECONDS:
            self._last = now
            self._say(sentence(tick, now - self._begin))


def sentence(tick: Tick, seconds: float) -> str:
    """Return how far the scan is after so many seconds."""
    rate = tick.done / seconds if seconds > 0 else 0.0
    left = f", about {(tick.total - tick.done) / rate:.0f} s left" if rate and tick.done < tick.total else ""
    return f"{tick.done:,}/{tick.total:,} documents, {rate:.0f}/s{left}, {tick.findings:,} findings, {tick.unread:,} not read"


@contextmanager
def _bar() -> Iterator[Callable[[Tick], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(bar_width=None), MofNCompleteColumn(), TextColumn("{task.fields[rate]}/s"), TimeRemainingColumn(),
        TextColumn("{task.fields[findings]:,} findings, {task.fields[unread]:,} not read"),
    )  # fmt: skip
    begin = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=_REFRESH_PER_SECOND, transient=True) as progress:
        bar = progress.add_task("", total=None, rate="0", findings=0, unread=0)

        def show(tick: Tick) -> None:
            rate = f"{tick.done / max(time.monotonic() - begin, 1e-3):.0f}"
            progress.update(bar, total=tick.total, completed=tick.done, rate=rate, findings=tick.findings, unread=tick.unread)

        yield show
