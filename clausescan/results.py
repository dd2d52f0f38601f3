"""Results of a scan read back, one report at a time: a JSON object, a JSON array, JSON Lines, or the database of a run, however long.

A record is a report as plain values in the shape of schema clausescan-report/1, as `scan --format json` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clausescan.errors import UsageError
from clausescan.store import Store

Record = dict[str, Any]
SCHEMA = "clausescan-report/1"
SUFFIXES = (".json", ".jsonl", ".ndjson")
RUN_SUFFIX = ".db"
_CHUNK = 1 << 20
_BETWEEN = " \t\r\n,"


def is_results(path: Path) -> bool:
    """True for a file that by its name holds results of a scan."""
    return is_run(path) or (path.is_file() and path.suffix.lower() in SUFFIXES)


def is_run(path: Path) -> bool:
    """True for a file that by its name is the database of a run."""
    return path.is_file() and path.suffix.lower() == RUN_SUFFIX


def read_results(path: Path) -> Iterator[Record]:
    """Yield the reports in a file; only one of them is in memory. Raises UsageError or StoreError when it does not hold clausescan reports.

    Of a run these are the reports of its last scan, as far as it came.
    """
    if is_run(path):
        with Store(path, create=False) as store:
            for report in store.reports(store.last_run()):
                yield report.to_dict()
        return
    number = 0
    for number, found in enumerate(_values(path), 1):
        if not isinstance(found, dict) or found.get("schema") != SCHEMA or not {"document", "findings"} <= found.keys():
            raise UsageError(f"{path}: entry {number} is not a report of schema {SCHEMA}")
        yield found


def _values(path: Path) -> Iterator[Any]:
    """Yield the values of an array, of lines, or the one value that the file is."""
    decoder = json.JSONDecoder()
    try:
        with path.open(encoding="utf-8") as file:
            buffer = file.read(_CHUNK).lstrip("\ufeff" + _BETWEEN)
            array = buffer.startswith("[")
            buffer = buffer[1:] if array else buffer
            while True:
                buffer = buffer.lstrip(_BETWEEN)
                if array and buffer.startswith("]"):
                    buffer, array = buffer[1:].lstrip(_BETWEEN), False
                try:
                    value, end = decoder.raw_decode(buffer)
                except json.JSONDecodeError:
                    # as much again: a report of n characters is then tried log n times, not n
                    more = file.read(max(_CHUNK, len(buffer)))
                    if more:
                        buffer += more
                        continue
                    if not buffer and not array:
                        return
                    raise
                yield value
                buffer = buffer[end:]
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"{path}: this is not a JSON report of clausescan ({error})") from error
