"""What a bulk scan reads: folders, patterns, lists, archives, addresses and standard input, one document after the other.

    sources = Sources(exclude=("drafts/*",), fetch=False, unpack=pool_unpack, folder=Path("may.db.files"))
    for listed in sources.of("policies/", group=0): ...
    sources.hidden, sources.excluded, sources.links         how many files and folders were not listed

Nothing is opened here but folders and lists: files may hang whoever reads them. Names are shown from the folder on.
"""

from __future__ import annotations

import csv
import glob
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, TextIO
from urllib.parse import urlsplit

from clausescan.bulk.archives import SEPARATOR, Member, is_archive
from clausescan.codec import to_plain
from clausescan.errors import UsageError, problem
from clausescan.readers.sniffing import promises_text
from clausescan.store import Listed
from clausescan.types import Problem

PATH_COLUMNS = ("path", "file", "filename", "路径", "文件", "文件名")
URL_COLUMNS = ("url", "link", "address", "网址", "链接")
_CELL = 1_000_000

# archive, folder for its members -> members and the number of hidden ones, None for a document that only looks like an archive
Unpack = Callable[[Path, Path], tuple[list[Member], int] | None]


def is_url(text: str) -> bool:
    """Return True for an address; a drive letter (C:\\x) is none."""
    return urlsplit(text).scheme.lower() in ("http", "https") and "://" in text


def may_be_passed_over(name: str) -> bool:
    """Tell whether a file that nobody named and that cannot be read is counted only: one that is not called a document."""
    return not promises_text(name)


@dataclass(slots=True, kw_only=True)
class Sources:
    """Lists documents. `unpack` opens an archive into a folder below `folder`; `skip` holds files never to be read (the outputs).

    `alone`: there is one argument, so a file that it names is called by its last part. `remote` says of a value in a list whether
    it is an address that the caller reads himself.
    """

    folder: Path
    unpack: Unpack
    exclude: tuple[str, ...] = ()
    fetch: bool = False
    skip: tuple[Path, ...] = ()
    max_bytes: int = 50_000_000
    alone: bool = False
    remote: Callable[[str], bool] = lambda value: False
    hidden: int = 0
    excluded: int = 0
    links: int = 0
    _archives: int = field(default=0)

    def of(self, given: str, group: int) -> Iterator[Listed]:
        """Yield what an argument stands for. Raises UsageError for an address without --fetch and for the output file."""
        if given == "-":
            yield self._standard_input(group)
        elif is_url(given):
            yield self._address(given, group)
        elif given and os.path.isdir(given):
            yield from self._walk(Path(given), Path(given), group)
        elif glob.has_magic(given) and not os.path.lexists(given):
            yield from self._pattern(given, group)
        else:
            if self._skipped(Path(given)):
                raise UsageError(f"{given}: the output would replace a document that is to be read")
            path = Path(given)
            yield from self._file(path, path.name if self.alone and path.name else path.as_posix(), group, walked=False)

    def of_list(self, path: Path, group: int) -> Iterator[Listed]:
        """Yield the documents that the rows of a CSV, TSV or JSONL file name; relative paths start at the folder of the list.

        Raises UsageError when the file is no such list or has neither a column of paths nor one of addresses.
        """
        for number, row in _rows(path):
            lowered = {key.strip().lower(): key for key in row}
            columns = [lowered[name] for name in (*PATH_COLUMNS, *URL_COLUMNS) if name in lowered]
            column = next((name for name in columns if row[name].strip()), None)
            carried = tuple((key, value) for key, value in row.items() if key != column)
            if column is None:
                found = problem("R012_list_row", row=number)
                yield _problem(f"{path.name}:{number}", found, f"{path}:{number}", group, carried=carried)
                continue
            value = row[column].strip()
            if is_url(value):
                yield self._address(value, group, carried)
            elif self.remote(value):
                yield Listed(key=value, name=value, source={"url": value}, group=group, carried=carried)
            else:
                yield from self._file(path.parent / value, PurePosixPath(value).as_posix(), group, walked=False, carried=carried)

    def _file(
        self, path: Path, name: str, group: int, *, walked: bool, carried: tuple[tuple[str, str], ...] = ()
    ) -> Iterator[Listed]:
        if is_archive(path.name) and path.is_file():
            yield from self._archive(path, name, group, walked, carried)
            return
        yield Listed(
            key=os.path.abspath(path), name=name, source={"path": str(path)}, group=group, walked=walked and may_be_passed_over(path.name),
            carried=carried, size=_size(path),
        )  # fmt: skip

    def _archive(self, path: Path, name: str, group: int, walked: bool, carried: tuple[tuple[str, str], ...]) -> Iterator[Listed]:
        self._archives += 1
        key, folder = os.path.abspath(path), self.folder / "unpacked" / f"{self._archives:04}"
        unpacked = self.unpack(path, folder)
        if unpacked is None:
            yield Listed(key=key, name=name, source={"path": str(path)}, group=group, walked=walked, carried=carried, size=_size(path))
            return
        members, hidden = unpacked
        self.hidden += hidden
        if not members:
            yield _problem(name, problem("R009_no_files"), key, group, carried=carried)
        for member in members:
            where = SEPARATOR + member.name if member.name else ""
            if member.name and self.is_excluded(member.name):
                self.excluded += 1
            elif member.problem or member.file is None:
                found = member.problem or problem("R007_damaged", detail="")
                yield _problem(name + where, found, key + where, group, walked=walked, carried=carried)
            else:
                source = {"path": str(member.file), "label": PurePosixPath(member.name).name}
                yield Listed(
                    key=key + where, name=name + where, source=source, group=group, walked=may_be_passed_over(member.name),
                    carried=carried, size=member.size,
                )  # fmt: skip

    def _walk(self, folder: Path, root: Path, group: int) -> Iterator[Listed]:
        """Yield what is below `folder` in the order of names, hidden things left out, links to folders not followed."""
        try:
            items = sorted(folder.iterdir(), key=lambda item: item.name)
        except OSError as error:
            found = problem("R003_no_permission", detail=error.strerror or str(error))
            yield _problem(folder.relative_to(root).as_posix(), found, os.path.abspath(folder), group, walked=True)
            return
        for item in items:
            name = item.relative_to(root).as_posix()
            if item.name.startswith("."):
                self.hidden += 1
            elif self.is_excluded(name):
                self.excluded += 1
            elif item.is_dir() and not item.is_symlink():
                yield from self._walk(item, root, group)
            elif item.is_dir():
                self.links += 1
            elif not self._skipped(item):  # also what is no file: whoever reads it says so
                yield from self._file(item, name, group, walked=True)

    def _pattern(self, pattern: str, group: int) -> Iterator[Listed]:
        found = sorted(glob.glob(pattern, recursive=True))
        if not found:
            yield from self._file(Path(pattern), pattern, group, walked=False)
        for name in found:
            path = Path(name)
            if path.is_file() and not self._skipped(path):
                if self.is_excluded(path.as_posix()):
                    self.excluded += 1
                else:
                    yield from self._file(path, path.as_posix(), group, walked=True)

    def _address(self, url: str, group: int, carried: tuple[tuple[str, str], ...] = ()) -> Listed:
        if not self.fetch:
            raise UsageError(f"{url}: addresses are read only with --fetch")
        return Listed(key=url, name=url, source={"url": url}, group=group, carried=carried)

    def _standard_input(self, group: int) -> Listed:
        """Keep what stands on standard input, one byte over the limit at most: a worker cannot read it, and the reader refuses that."""
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "standard-input"
        path.write_bytes(sys.stdin.buffer.read(self.max_bytes + 1))
        return Listed(key="-", name="standard input", source={"path": str(path), "label": "standard input"}, group=group)

    def is_excluded(self, name: str) -> bool:
        """Return True when a pattern matches the path from the folder on or, without a slash in it, any part of that."""
        for pattern in (given.rstrip("/") for given in self.exclude):
            places = (name,) if "/" in pattern else (name, *PurePosixPath(name).parts)
            if any(fnmatchcase(place, pattern) for place in places):
                return True
        return False

    def _skipped(self, path: Path) -> bool:
        return any(skip.is_file() and path.is_file() and path.samefile(skip) for skip in self.skip)


def missing_documents(given: str, group: int) -> Listed:
    """Return what stands for an argument that held nothing to read."""
    return _problem(given, problem("R009_no_files"), f"{given}\0nothing", group)


def _problem(
    name: str, found: Problem, key: str, group: int, *, walked: bool = False, carried: tuple[tuple[str, str], ...] = ()
) -> Listed:
    return Listed(key=key, name=name, source={"problem": to_plain(found)}, group=group, walked=walked, carried=carried)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a list as (number of the line, column: value)."""
    try:
        with path.open(encoding=_encoding(path), newline="") as opened:
            rows = _json_rows if path.suffix.lower() in (".jsonl", ".ndjson", ".json") else _table_rows
            yield from rows(path, opened)
    except (csv.Error, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: this is not a list that can be read ({error})") from error


def _encoding(path: Path) -> str:
    """Return the encoding of a list: UTF-8, else what Excel writes in China."""
    with path.open("rb") as opened:
        try:
            for line in opened:
                line.decode("utf-8")
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _json_rows(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(f"{path}: line {number} is not JSON ({error.msg})") from error
        if not isinstance(row, dict):
            raise UsageError(f"{path}: line {number} is not a JSON object")
        yield number, {str(key): _cell(value) for key, value in row.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table_rows(path: Path, opened: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    head = opened.readline()
    opened.seek(0)
    csv.field_size_limit(_CELL)
    reader = csv.DictReader(opened, delimiter=max("\t,;", key=head.count), restkey="")
    columns = {name.strip().lower() for name in reader.fieldnames or ()}
    if not columns & {*PATH_COLUMNS, *URL_COLUMNS}:
        raise UsageError(f"{path}: a list needs a column named path or url; it has {', '.join(sorted(columns)) or 'none'}")
    for row in reader:
        yield reader.line_num, _complete(row)


def _complete(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return the row without cells beyond the last column, and with empty ones for those that are missing."""
    return {str(key): value or "" for key, value in row.items() if key and not isinstance(value, list)}
