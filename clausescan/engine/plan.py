"""What a scan past one machine reads, cut into parts.

    policies/                   a folder, local or s3://bucket/policies: every file below it
    --from-list apps.csv        the paths and addresses of a list, with its other columns
    policies.parquet            rows with a column `name` and one of `bytes` or `text`; their other columns go through

Names are those that `scan` gives on one machine. Archives are not opened here.
"""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from clausescan.bulk.archives import Member
from clausescan.bulk.sources import Sources, is_url, may_be_passed_over
from clausescan.engine.storage import is_remote, listing, opened
from clausescan.errors import UsageError
from clausescan.store import Listed

PARQUET = ".parquet"
NAME, TEXT, BYTES = "name", "text", "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A document of a part. `source` is {"path"}, {"url"} or {"problem"}; `stamp` changes when the bytes do."""

    name: str
    source: dict[str, Any]
    walked: bool = False
    carried: tuple[tuple[str, str], ...] = ()
    size: int | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows `start` to `stop` of a Parquet file, which are the documents of a part."""

    url: str
    start: int
    stop: int
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Documents that one worker reads and writes into one file: `items`, or `rows` of a table. `columns` are those carried through."""

    number: int
    items: tuple[Item, ...] = ()
    rows: Rows | None = None
    columns: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """The number of documents to be read."""
        return self.rows.stop - self.rows.start if self.rows else len(self.items)

    def name(self, key: str) -> str:
        """Return the name of the part without ending; `key` stands for what results depend on beside the documents."""
        plain = json.dumps([key, self.columns, [asdict(item) for item in self.items], asdict(self.rows) if self.rows else None])
        return f"part-{self.number:06}-{sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


@dataclass(slots=True, kw_only=True)
class Plan:
    """Cuts what is asked for into parts of `size` documents. Iterate over it once; raises UsageError for what cannot be read."""

    paths: Sequence[str] = ()
    lists: Sequence[Path] = ()
    exclude: tuple[str, ...] = ()
    size: int = 200
    max_bytes: int = 50_000_000
    sources: Sources = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the listing."""
        alone = len(self.paths) + len(self.lists) == 1
        self.sources = Sources(
            folder=Path(), unpack=_closed, exclude=self.exclude, max_bytes=self.max_bytes, alone=alone, remote=is_remote, fetch=True,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Part]:
        for number, part in enumerate(self._parts()):
            yield replace(part, number=number)

    def _parts(self) -> Iterator[Part]:
        for path in self.paths:
            if path == "-":
                raise UsageError("standard input (-) cannot be read by several machines")
            if path.lower().endswith(PARQUET):
                yield from self._tables(path)
            else:
                yield from self._cut(self._remote(path) if is_remote(path) else self._local(path))
        for list_ in self.lists:
            yield from self._cut(map(_item, self.sources.of_list(list_, 0)))

    def _cut(self, items: Iterable[Item]) -> Iterator[Part]:
        waiting = iter(items)
        while batch := tuple(islice(waiting, self.size)):
            yield Part(number=0, items=batch, columns=tuple(dict.fromkeys(key for item in batch for key, _ in item.carried)))

    def _local(self, path: str) -> Iterator[Item]:
        if not os.path.lexists(path) and not is_url(path) and not glob.has_magic(path):
            raise UsageError(f"{path}: there is no such file or folder")
        return map(_item, self.sources.of(path, 0))

    def _remote(self, url: str) -> Iterator[Item]:
        for found in listing(url):
            if any(part.startswith(".") for part in found.name.split("/")):
                self.sources.hidden += 1
            elif self.sources.is_excluded(found.name):
                self.sources.excluded += 1
            else:
                walked = may_be_passed_over(found.name)
                yield Item(name=found.name, source={"url": found.url}, walked=walked, size=found.size, stamp=found.stamp)

    def _tables(self, path: str) -> Iterator[Part]:
        if not is_remote(path):
            path = os.path.abspath(path)
        with opened(path) as stream:
            table = parquet_file(stream, path)
            columns = tuple(name for name in table.schema_arrow.names if name not in (NAME, TEXT, BYTES))
            rows = table.metadata.num_rows
        found = next(iter(listing(path))) if is_remote(path) else None
        stamp = f"{found.size} {found.stamp}" if found else _stamp(path)
        for start in range(0, rows, self.size):
            yield Part(number=0, rows=Rows(url=path, start=start, stop=min(start + self.size, rows), stamp=stamp), columns=columns)


def parquet_file(stream: Any, path: str) -> Any:
    """Return an open Parquet file. Raises UsageError when it is none, or has no column of names and one of bytes or texts."""
    try:
        parquet = import_module("pyarrow.parquet")
        arrow = import_module("pyarrow")
    except ImportError as error:
        raise UsageError("reading Parquet needs pyarrow; install it with: pip install 'clausescan[parquet]'") from error
    try:
        table = parquet.ParquetFile(stream)
    except arrow.ArrowInvalid as error:
        raise UsageError(f"{path}: this is not a Parquet file ({error})") from error
    names = set(table.schema_arrow.names)
    if NAME not in names or not names & {TEXT, BYTES}:
        has = ", ".join(sorted(names))
        raise UsageError(f"{path}: a table of documents has a column {NAME} and one of {BYTES} or {TEXT}; this has {has}")
    return table


def rows_of(rows: Rows) -> Iterator[tuple[str, bytes, tuple[tuple[str, str], ...]]]:
    """Yield name, bytes and the other columns of each row."""
    with opened(rows.url) as stream:
        table = parquet_file(stream, rows.url)
        position = 0
        for group in range(table.metadata.num_row_groups):
            count = table.metadata.row_group(group).num_rows
            if position < rows.stop and rows.start < position + count:
                yield from _rows_of_group(table, group, rows.start - position, rows.stop - position)
            position += count


def _rows_of_group(table: Any, group: int, start: int, stop: int) -> Iterator[tuple[str, bytes, tuple[tuple[str, str], ...]]]:
    at = 0
    for batch in table.iter_batches(batch_size=64, row_groups=[group]):
        low, high = max(start - at, 0), min(stop - at, batch.num_rows)
        at += batch.num_rows
        if low < high:
            yield from map(_row, batch.slice(low, high - low).to_pylist())


def _row(row: dict[str, Any]) -> tuple[str, bytes, tuple[tuple[str, str], ...]]:
    data = row.pop(BYTES, None)
    text = row.pop(TEXT, None)
    if data is None:
        data = (text or "").encode("utf-8", "replace")
    name = str(row.pop(NAME) or "")
    return name, data, tuple((key, "" if value is None else str(value)) for key, value in row.items())


def _item(listed: Listed) -> Item:
    source = dict(listed.source)
    if is_url(source.get("url", "")):
        raise UsageError(f"{listed.name}: web addresses are read by the engine local, with --fetch")
    if "path" in source:
        source["path"] = os.path.abspath(source["path"])
    stamp = _stamp(source["path"]) if "path" in source else ""
    return Item(name=listed.name, source=source, walked=listed.walked, carried=listed.carried, size=listed.size, stamp=stamp)


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def _closed(path: Path, folder: Path) -> tuple[list[Member], int] | None:
    """Leave an archive as it is: its members would be on one machine only."""
    return None
