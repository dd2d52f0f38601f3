"""What the commands over many documents share: the documents that arguments stand for, and results read back or made on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clausescan.cli.common import say, say_problem
from clausescan.cli.tally import count
from clausescan.errors import ReadError, UsageError

if TYPE_CHECKING:
    from clausescan.bulk.archives import Member
    from clausescan.results import Record
    from clausescan.settings import Settings
    from clausescan.store import Listed, Stored
    from clausescan.types import Document, Problem


def listed_in(paths: Sequence[Path], folder: Path, settings: Settings) -> Iterator[Listed]:
    """Yield what `paths` stand for, named as `scan` names it; archives are unpacked into `folder`.

    Raises UsageError for a path that does not exist.
    """
    from clausescan.bulk.archives import Limits, Member, unpack
    from clausescan.bulk.sources import Sources

    def unpacked(path: Path, into: Path) -> tuple[list[Member], int] | None:
        try:
            return unpack(path, into, Limits(member=settings.max_bytes))
        except ReadError as error:
            return [Member(name="", problem=error.problem)], 0

    sources = Sources(folder=folder, unpack=unpacked, max_bytes=settings.max_bytes, alone=len(paths) == 1)
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        yield from sources.of(str(path), 0)


def documents_of(paths: Sequence[Path], settings: Settings) -> Iterator[tuple[str, Document | Problem]]:
    """Yield each document with its name, or the problem that kept it from being read; files of other kinds in folders are left out.

    The documents of a run are read again where they still are as they were, else from the text that the run has kept.
    """
    from clausescan.results import is_run

    for path in paths:
        if is_run(path):
            yield from _of_run(path, settings)
    with tempfile.TemporaryDirectory(prefix="clausescan-", ignore_cleanup_errors=True) as folder:
        yield from _read([path for path in paths if not is_run(path)], Path(folder), settings)


def _read(paths: Sequence[Path], folder: Path, settings: Settings) -> Iterator[tuple[str, Document | Problem]]:
    from clausescan import api, readers
    from clausescan.bulk import NOT_OURS
    from clausescan.codec import from_plain
    from clausescan.types import Problem

    left_out = 0
    for listed in listed_in(paths, folder, settings):
        try:
            if "problem" in listed.source:
                raise ReadError(from_plain(Problem, listed.source["problem"]))
            file = Path(listed.source["path"])
            yield listed.name, api.read(readers.load(file, settings), name=listed.source.get("label", file.name), settings=settings)
        except ReadError as error:
            if listed.walked and error.problem.code in NOT_OURS:
                left_out += 1
                continue
            say_problem(listed.name, error.problem, None)
            yield listed.name, error.problem
    if left_out:
        say(f"{count(left_out, 'file')} of other kinds left out.")


def _of_run(path: Path, settings: Settings) -> Iterator[tuple[str, Document | Problem]]:
    from clausescan.store import Store

    gone = 0
    with Store(path, create=False) as store:
        for stored in store.stored(store.last_run()):
            document = stored.report.document
            failed = next((found for found in stored.report.problems if found.severity == "error"), None)
            if failed is not None:
                yield document.name, failed
                continue
            again = _again(stored, settings)
            gone += again is None
            yield document.name, again or _from_text(document, settings)
    if gone:
        say(f"{count(gone, 'document')} not found as scanned: read from the text in the run, where it has no pages.")


def _again(stored: Stored, settings: Settings) -> Document | None:
    """Return the document read again, None when its bytes are not there any more or are others."""
    from hashlib import sha256

    from clausescan import api, readers

    kept = stored.source.get("path")
    file = stored.fetched or (Path(kept) if kept else None)
    if file is None or not file.is_file():
        return None
    try:
        data = readers.load(file, settings)
        if sha256(data).hexdigest() != stored.report.document.sha256:
            return None
        return api.read(data, name=Path(stored.report.document.name).name, settings=settings)
    except ReadError:
        return None


def _from_text(document: Document, settings: Settings) -> Document:
    from dataclasses import replace

    from clausescan import api

    data = document.text.encode("utf-8", "replace")
    read = api.read(data, name="text.txt", settings=replace(settings, max_text_bytes=max(settings.max_text_bytes, len(data))))
    return replace(read, name=document.name, sha256=document.sha256, problems=document.problems, title=document.title or read.title)


def records_of(paths: Sequence[Path], settings: Settings) -> Iterator[Record]:
    """Yield the reports of results as they are, and of documents after scanning them, one at a time."""
    from dataclasses import replace

    from clausescan import api
    from clausescan.results import is_results
    from clausescan.types import Document

    for path in paths:
        if is_results(path):
            yield from results_in(path)
    for name, read in documents_of([path for path in paths if not is_results(path)], settings):
        report = api.scan_document(read, settings=settings) if isinstance(read, Document) else api.unread(name, read)
        yield replace(report, document=replace(report.document, name=name)).to_dict()


def results_in(path: Path) -> Iterator[Record]:
    """Yield the reports of results, and say of a run that it was stopped."""
    from clausescan.results import is_run, read_results
    from clausescan.store import Store

    if is_run(path):
        with Store(path, create=False) as store:
            last = store.last_run()
            if last.finished is None:
                summary = store.summary(last)
                say(f"{path}: this run is not finished: {summary.done:,} of {count(summary.documents, 'document')}; call its scan again.")
    yield from read_results(path)
