"""JSON Lines: the object of `--format json`, one report on each line.

    {"schema": "clausescan-report/1", "tool": {...}, "document": {"name": "a.pdf", ...}, "conclusion": "findings", ...}
    {"schema": "clausescan-report/1", "tool": {...}, "document": {"name": "b.html", ...}, "conclusion": "nothing_found", ...}

Every line is valid against schema/clausescan-report-1.json. Columns that were carried through from an input list stand in "carried".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TextIO

from clausescan.report.json import published
from clausescan.report.options import DEFAULT, Options
from clausescan.report.sink import Record, Sink, drain

RECORDS = True


class JsonlSink(Sink):
    """Writes one line for each record."""

    def put(self, record: Record) -> None:
        """Write one line."""
        self.out.write(json.dumps(published(record), ensure_ascii=False, allow_nan=False) + "\n")


def write(records: Iterable[Record], out: TextIO, options: Options = DEFAULT) -> None:
    """Write the records. Raises OSError when `out` does."""
    drain(records, JsonlSink(out, options))


SINK = JsonlSink
