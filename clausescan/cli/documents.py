"""What the commands over many documents share: documents as `scan` lists them, runs, and results read back or made on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clausescan.cli.common import say, say_problem
from clausescan.cli.isolated import value_under_limits
from clausescan.cli.tally import count
from clausescan.errors import ReadError, UsageError

if TYPE_CHECKING:
    from clausescan.bulk.archives import Member
    from clausescan.bulk.limits import Limits
    from clausescan.results import Record
    from clausescan.settings import Settings
    from clausescan.store import Listed, Stored
    from clausescan.types import Document, Problem

T = TypeVar("T")
Work = Callable[[str, "Document"], T]


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


def documents_of(
    paths: Sequence[Path], settings: Settings, kind: type[T], work: Work[T], limits: Limits
) -> Iterator[tuple[str, T | Problem]]:  # fmt: skip
    """Yield what `work` makes of each document, a value of `kind`, with its name, or the problem that kept it from being read.

    Each is read in a process of its own under the limits. Files of other kinds in folders are left out. The documents of a
    run are read again where they still are as they were, else from the text that the run has kept.
    """
    from clausescan.results import is_run

    for path in paths:
        if is_run(path):
            yield from _of_run(path, settings, kind, work, limits)
    with tempfile.TemporaryDirectory(prefix="clausescan-", ignore_cleanup_errors=True) as folder:
        yield from _read([path for path in paths if not is_run(path)], Path(folder), settings, kind, work, limits)


def _read(
    paths: Sequence[Path], folder: Path, settings: Settings, kind: type[T], work: Work[T], limits: Limits
) -> Iterator[tuple[str, T | Problem]]:  # fmt: skip
    from clausescan.bulk import NOT_OURS
    from clausescan.codec import from_plain
    from clausescan.types import Problem

    left_out = 0
    if len(paths) > 1 or any(path.is_dir() for path in paths):
        _warm_up()
    for listed in listed_in(paths, folder, settings):
        try:
            if "problem" in listed.source:
                raise ReadError(from_plain(Problem, listed.source["problem"]))
            file = Path(listed.source["path"])
            label = listed.source.get("label", file.name)
            yield listed.name, value_under_limits(kind, partial(_made, listed.name, file, label, settings, work), limits, file)
        except ReadError as error:
            if listed.walked and error.problem.code in NOT_OURS:
                left_out += 1
                continue
            say_problem(listed.name, error.problem, None)
            yield listed.name, error.problem
    if left_out:
        say(f"{count(left_out, 'file')} of other kinds left out.")


def _made(name: str, file: Path, label: str, settings: Settings, work: Work[T]) -> T:
    from clausescan import api, readers

    return work(name, api.read(readers.load(file, settings), name=label, settings=settings))


def _of_run(path: Path, settings: Settings, kind: type[T], work: Work[T], limits: Limits) -> Iterator[tuple[str, T | Problem]]:
    from clausescan.store import Store

    gone = 0
    _warm_up()
    with Store(path, create=False) as store:
        for stored in store.stored(store.last_run()):
            document = stored.report.document
            failed = next((found for found in stored.report.problems if found.severity == "error"), None)
            if failed is not None:
                yield document.name, failed
                continue
            file = _unchanged(stored, settings)
            gone += file is None
            try:
                if file is not None:
                    made = partial(_made, document.name, file, Path(document.name).name, settings, work)
                    yield document.name, value_under_limits(kind, made, limits, file)
                else:
                    yield document.name, value_under_limits(kind, partial(_made_from_text, document, settings, work), limits)
            except ReadError as error:
                say_problem(document.name, error.problem, None)
                yield document.name, error.problem
    if gone:
        say(f"{count(gone, 'document')} not found as scanned: read from the text in the run, where it has no pages.")


def _unchanged(stored: Stored, settings: Settings) -> Path | None:
    """Return the file of a document, None when its bytes are not there any more or are others."""
    from hashlib import sha256

    from clausescan import readers

    kept = stored.source.get("path")
    file = stored.fetched or (Path(kept) if kept else None)
    if file is None or not file.is_file():
        return None
    try:
        return file if sha256(readers.load(file, settings)).hexdigest() == stored.report.document.sha256 else None
    except ReadError:
        return None


def _made_from_text(document: Document, settings: Settings, work: Work[T]) -> T:
    from clausescan import api

    data = document.text.encode("utf-8", "replace")
    read = api.read(data, name="text.txt", settings=replace(settings, max_text_bytes=max(settings.max_text_bytes, len(data))))
    title = document.title or read.title
    return work(document.name, replace(read, name=document.name, sha256=document.sha256, problems=document.problems, title=title))


def records_of(paths: Sequence[Path], settings: Settings, limits: Limits) -> Iterator[Record]:
    """Yield the reports of results as they are, and of documents after scanning them, one at a time."""
    from clausescan import api
    from clausescan.results import is_results
    from clausescan.types import Problem

    for path in paths:
        if is_results(path):
            yield from results_in(path)
    documents = [path for path in paths if not is_results(path)]
    record: type[dict[str, Any]] = dict
    for name, read in documents_of(documents, settings, record, partial(_record, settings), limits):
        yield api.unread(name, read).to_dict() if isinstance(read, Problem) else read


def _record(settings: Settings, name: str, document: Document) -> dict[str, Any]:
    from clausescan import api

    report = api.scan_document(document, settings=settings)
    return replace(report, document=replace(report.document, name=name)).to_dict()


def _warm_up() -> None:
    """Load here what every child would load for itself."""
    from clausescan import api

    for language in api.LANGUAGES:
        api.load(language)


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
