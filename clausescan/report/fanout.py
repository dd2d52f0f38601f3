"""Several formats in one pass over the reports."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import IO, Any, Self

from clausescan.errors import UsageError
from clausescan.report import writer
from clausescan.report.options import Options
from clausescan.report.records import record_of
from clausescan.report.sink import Record, Sink
from clausescan.types import Language, Report


class Fanout:
    """Several formats written in one pass: every report goes to all of them before the next one is asked for.

    `targets` are pairs of a format, a stream (binary for BINARY formats) and its options. Streams are not closed.
    Raises UsageError for an unknown format or a library that is not installed.
    """

    def __init__(self, targets: Iterable[tuple[str, IO[Any], Options]]) -> None:
        self._reports: list[Any] = []
        self._records: dict[Language | None, list[Sink]] = {}
        self._stack = ExitStack()
        for name, out, options in targets:
            module: Any = writer(name)
            sink = module.SINK(out, options)
            if getattr(module, "RECORDS", False):
                self._records.setdefault(options.language, []).append(sink)
            else:
                self._reports.append(sink)

    def __enter__(self) -> Self:
        for sink in (*self._reports, *(sink for sinks in self._records.values() for sink in sinks)):
            self._stack.enter_context(sink)
        return self

    def __exit__(self, *failure: Any) -> None:
        self._stack.__exit__(*failure)

    def add(self, report: Report, carried: dict[str, str] | None = None) -> None:
        """Write a report, with the columns that its line of an input list had beside it."""
        for sink in self._reports:
            sink.add(report)
        for language, sinks in self._records.items():
            record = record_of(report, language, carried)
            for sink in sinks:
                sink.add(record)

    def add_record(self, record: Record) -> None:
        """Write a record. Raises UsageError when a format needs the report itself."""
        if self._reports:
            raise UsageError("the format text is written from documents, not from records; take html")
        for sinks in self._records.values():
            for sink in sinks:
                sink.add(record)
