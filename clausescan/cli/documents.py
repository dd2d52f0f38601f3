"""What the commands over many documents share: the files below a folder, and results read back or made on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clausescan.cli.common import say, say_problem
from clausescan.errors import ReadError, UsageError

if TYPE_CHECKING:
    from clausescan.results import Record
    from clausescan.settings import Settings
    from clausescan.types import Document, Problem

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


def documents_of(paths: Sequence[Path], settings: Settings) -> Iterator[tuple[str, Document | Problem]]:
    """Yield each document with its name, or the problem that kept it from being read; files of other kinds in folders are left out."""
    from clausescan import api

    left_out = 0
    for name, file, walked in files_of(paths):
        try:
            document = api.read(file, settings=settings)
        except ReadError as error:
            if walked and error.problem.code in _NOT_OURS:
                left_out += 1
                continue
            say_problem(name, error.problem, None)
            yield name, error.problem
            continue
        yield name, document
    if left_out:
        say(f"{left_out} file{'s' if left_out > 1 else ''} of other kinds left out.")


def records_of(paths: Sequence[Path], settings: Settings) -> Iterator[Record]:
    """Yield the reports of result files as they are, and of documents after scanning them, one at a time."""
    from dataclasses import replace

    from clausescan import api
    from clausescan.results import is_results, read_results
    from clausescan.types import Document

    for path in paths:
        if is_results(path):
            yield from read_results(path)
    for name, read in documents_of([path for path in paths if not is_results(path)], settings):
        report = api.scan_document(read, settings=settings) if isinstance(read, Document) else api.unread(name, read)
        yield replace(report, document=replace(report.document, name=name)).to_dict()


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
