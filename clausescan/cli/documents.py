"""What the commands over many documents share: the files below a folder, and results read back or made on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clausescan.cli.common import say, say_problem
from clausescan.cli.isolated import value_under_limits
from clausescan.errors import ReadError, UsageError

if TYPE_CHECKING:
    from clausescan.bulk.limits import Limits
    from clausescan.results import Record
    from clausescan.settings import Settings
    from clausescan.types import Document, Problem

T = TypeVar("T")
_NOT_OURS = frozenset({"R006_unsupported", "R010_binary"})


def files_of(paths: Sequence[Path]) -> Iterator[tuple[str, Path, bool]]:
    """Yield (name, file, whether it was found below a folder) in the order of the names; hidden files are left out.

    Raises UsageError for a path that does not exist.
    """
    for path in paths:
        if path.is_dir():
            below = (file for file in path.rglob("*") if file.is_file() and not _hidden(file.relative_to(path)))
            yield from ((file.relative_to(path).as_posix(), file, True) for file in sorted(below))
        elif path.exists():
            yield path.as_posix() if len(paths) > 1 else path.name, path, False
        else:
            raise UsageError(f"{path}: there is no such file or folder")


def documents_of(
    paths: Sequence[Path], settings: Settings, kind: type[T], work: Callable[[str, Document], T], limits: Limits
) -> Iterator[tuple[str, T | Problem]]:
    """Yield what `work` makes of each document, a value of `kind`, with its name, or the problem that kept it from being read.

    Each is read in a process of its own under the limits. Files of other kinds in folders are left out.
    """
    left_out = 0
    files = list(files_of(paths))
    if len(files) > 1:
        _warm_up()
    for name, file, walked in files:
        try:
            yield name, value_under_limits(kind, partial(_made, name, file, settings, work), limits, file)
        except ReadError as error:
            if walked and error.problem.code in _NOT_OURS:
                left_out += 1
                continue
            say_problem(name, error.problem, None)
            yield name, error.problem
    if left_out:
        say(f"{left_out} file{'s' if left_out > 1 else ''} of other kinds left out.")


def records_of(paths: Sequence[Path], settings: Settings, limits: Limits) -> Iterator[Record]:
    """Yield the reports of result files as they are, and of documents after scanning them, one at a time."""
    from clausescan.results import is_results, read_results
    from clausescan.types import Problem

    for path in paths:
        if is_results(path):
            yield from read_results(path)
    documents = [path for path in paths if not is_results(path)]
    record: type[dict[str, Any]] = dict
    for name, read in documents_of(documents, settings, record, partial(_record, settings), limits):
        if isinstance(read, Problem):
            from clausescan import api

            yield api.unread(name, read).to_dict()
        else:
            yield read


def _made(name: str, file: Path, settings: Settings, work: Callable[[str, Document], T]) -> T:
    from clausescan import api

    return work(name, api.read(file, settings=settings))


def _record(settings: Settings, name: str, document: Document) -> dict[str, Any]:
    from clausescan import api

    report = api.scan_document(document, settings=settings)
    return replace(report, document=replace(report.document, name=name)).to_dict()


def _warm_up() -> None:
    """Load here what every child would load for itself."""
    from clausescan import api

    for language in api.LANGUAGES:
        api.load(language)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
