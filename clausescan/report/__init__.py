"""Writers: one module per format, each with `write(...)` and a `SINK` that is fed one report at a time.

`text` writes Reports. The others have `RECORDS = True`: they write records, reports as plain values (`clausescan.report.records`),
so that they can write from a database or another process too. No writer keeps what it has written.
`clausescan.report.fanout` feeds several at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from clausescan.errors import UsageError
from clausescan.report.options import Options

# the name that --format takes: the module that writes it
FORMATS = {
    "text": "clausescan.report.text",
    "json": "clausescan.report.json",
    "jsonl": "clausescan.report.jsonl",
    "csv": "clausescan.report.csv",
    "xlsx": "clausescan.report.xlsx",
    "sarif": "clausescan.report.sarif",
    "parquet": "clausescan.report.parquet",
    "html": "clausescan.report.html",
}
# what is written as bytes, not as text
BINARY = frozenset({"xlsx", "parquet"})
# how a file name ends: the format it stands for
ENDINGS = {
    **{f".{name}": name for name in FORMATS if name != "text"},
    ".txt": "text",
    ".ndjson": "jsonl",
    ".sarif.json": "sarif",
    ".htm": "html",
}


class Writer(Protocol):
    """What every format module offers. `write` takes what `RECORDS` says: records, or (without it) Reports."""

    def write(self, reports: Any, out: Any, options: Options = ...) -> None:
        """Write the reports to `out`. Raises OSError when `out` does."""


def writer(name: str) -> Writer:
    """Return the module that writes the format. Raises UsageError and names the known formats."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name}; known formats are {', '.join(FORMATS)}")
    return cast(Writer, import_module(FORMATS[name]))


def format_of(file_name: str) -> str:
    """Return the format that a file name stands for; text without an ending. Raises UsageError for an ending that is not known."""
    lower = file_name.lower()
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if lower.endswith(ending):
            return ENDINGS[ending]
    if "." in lower.strip("."):
        raise UsageError(f"{file_name}: the name tells no format; say it with --format. Known endings: {', '.join(ENDINGS)}")
    return "text"
