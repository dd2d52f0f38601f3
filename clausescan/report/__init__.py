"""Writers: one module per format, each with `write(reports, out, options)`.

`reports` is one Report or an iterable of them; a writer takes them one by one and keeps none.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, TextIO, cast

from clausescan.errors import UsageError
from clausescan.report.options import Options
from clausescan.types import Report

# the name that --format takes: the module that writes it
FORMATS = {
    "text": "clausescan.report.text",
    "json": "clausescan.report.json",
}


class Writer(Protocol):
    """What every format module offers."""

    def write(self, reports: Report | Iterable[Report], out: TextIO, options: Options = ...) -> None:
        """Write the reports to `out`. Raises OSError when `out` does."""


def writer(name: str) -> Writer:
    """Return the module that writes the format. Raises UsageError and names the known formats."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name}; known formats are {', '.join(FORMATS)}")
    return cast(Writer, import_module(FORMATS[name]))
