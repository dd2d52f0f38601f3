"""Single documents in a child process under the limits of bulk scans, and what it answers as values again.

The commands read nothing of a stranger in their own process; only what the child has made of it comes back, as plain values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from clausescan import codec
from clausescan.bulk.limits import Limits
from clausescan.bulk.single import Answer, isolated
from clausescan.errors import ReadError

if TYPE_CHECKING:
    from clausescan.settings import Settings
    from clausescan.types import Report

T = TypeVar("T")


def limits_of(timeout: float | None, max_memory: int | None) -> Limits:
    """Return the limits of the options --timeout and --max-memory."""
    return Limits(seconds=timeout) if max_memory is None else Limits(seconds=timeout, memory=max_memory)


def under_limits(work: Callable[[], Answer], limits: Limits, *paths: Path) -> Answer:
    """Return what `work` returns in a process limited for the size of the files. Raises ReadError when it is stopped."""
    return isolated(work, limits=limits, sizes=[path.stat().st_size if path.is_file() else 0 for path in paths])


def value_under_limits(kind: type[T], work: Callable[[], T], limits: Limits, *paths: Path) -> T:
    """Return the value of a class of ours (frozen, see `codec`) that `work` returns in a limited process."""
    message, _ = under_limits(partial(_plain, work), limits, *paths)
    value: T = codec.from_plain(kind, message["value"])
    return value


def _plain(work: Callable[[], object]) -> Answer:
    return {"value": codec.to_plain(work())}, b""


def scan(source: Path | bytes, *, name: str, settings: Settings, limits: Limits | None) -> Report:
    """Return the report of a file or of bytes, without the layout of its document; an overrun is a problem in it.

    `limits` None: in this process.
    """
    if limits is None:
        return _scan(source, name, settings)
    work = partial(_report, source, name, settings)
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size if source.is_file() else 0
        return codec.loads(isolated(work, limits=limits, sizes=(size,))[1])
    except ReadError as error:
        from clausescan import api

        return api.unread(name, error.problem, source if isinstance(source, bytes) else _bytes(source, settings))


def _report(source: Path | bytes, name: str, settings: Settings) -> Answer:
    report = _scan(source, name, settings)
    if any(found.code == "R051_memory" for found in report.problems):
        raise MemoryError
    return {}, codec.dumps(report)


def _scan(source: Path | bytes, name: str, settings: Settings) -> Report:
    from clausescan import api

    return api.scan(source, name=name if isinstance(source, bytes) else None, settings=settings)


def readable(file: Path, settings: Settings) -> tuple[bytes, Report]:
    """Return the bytes of a file and its report, in this process. Raises ReadError when nothing of the file can be read."""
    from clausescan import api, readers

    data = readers.load(file, settings)
    report = api.scan(data, name=file.name, settings=settings)
    failed = next((found for found in report.problems if found.severity == "error"), None)
    if failed is not None:
        raise ReadError(failed)
    return data, report


def _bytes(path: Path, settings: Settings) -> bytes:
    """Return the bytes of a document whose reading was stopped, for their hash; none when there are none."""
    from clausescan import readers

    try:
        return readers.load(path, settings)
    except ReadError:
        return b""
