"""Files in a folder or behind an address that fsspec knows (s3://, gs://, hdfs://, memory:// ...): listed, read, written whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from clausescan.bulk.sources import is_url
from clausescan.errors import UsageError

INSTALL = "pip install 'clausescan[cluster]'"
_STAMPS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "created", "updated", "md5Hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file: its path below the address that was listed, its whole address, its size, and what changes when its bytes do."""

    name: str
    url: str
    size: int | None
    stamp: str


def is_remote(name: str) -> bool:
    """True for an address that fsspec reads; web addresses are none of these."""
    return "://" in name and not is_url(name)


def listing(url: str) -> Iterator[Stored]:
    """Yield the files at or below an address in the order of their names. Raises UsageError when there are none."""
    system, root = _system(url)
    scheme = url.partition("://")[0]
    found = system.find(root, detail=True)
    if not found:
        raise UsageError(f"{url}: there is no such file or folder")
    base = root.rstrip("/") + "/"
    for path in sorted(found):
        info = found[path]
        name = path[len(base) :] if path.startswith(base) else path.rpartition("/")[2]
        stamp = next((str(info[key]) for key in _STAMPS if info.get(key)), "")
        yield Stored(name=name, url=f"{scheme}://{path.lstrip('/') if scheme != 'file' else path}", size=info.get("size"), stamp=stamp)


def opened(name: str) -> IO[bytes]:
    """Open a file, wherever it is. Raises OSError when it cannot be read."""
    if not is_remote(name):
        return Path(name).open("rb")
    system, path = _system(name)
    stream: IO[bytes] = system.open(path, "rb")
    return stream


class Folder:
    """A folder or an address that files are written into, each in one piece. Raises OSError when it cannot be written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._system: Any
        self._system, self._root = _system(name) if is_remote(name) else (None, os.path.abspath(name))

    def names(self) -> set[str]:
        """Return the paths of the files below it."""
        if self._system is None:
            root = Path(self._root)
            return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
        base = self._root.rstrip("/") + "/"
        try:
            return {path[len(base) :] for path in self._system.find(self._root) if path.startswith(base)}
        except FileNotFoundError:
            return set()

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        if self._system is None:
            return (Path(self._root) / name).read_bytes()
        data: bytes = self._system.cat_file(self._path(name))
        return data

    def put(self, made: Path, name: str) -> None:
        """Move a file that was made elsewhere into it: it is there as a whole or not at all."""
        if self._system is None:
            target = Path(self._root) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}.{os.getpid()}.part")
            shutil.copyfile(made, beside)
            beside.replace(target)
        else:
            self._system.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
            self._system.put_file(str(made), self._path(name))
        made.unlink()

    def remove(self, name: str) -> None:
        """Remove a file."""
        if self._system is None:
            (Path(self._root) / name).unlink()
        else:
            self._system.rm_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


def _system(url: str) -> tuple[Any, str]:
    """Return the file system of an address and the path in it. Raises UsageError when fsspec or what it needs is not installed."""
    try:
        system, path = import_module("fsspec").core.url_to_fs(url)
    except ModuleNotFoundError as error:
        if error.name == "fsspec":
            raise UsageError(f"{url}: this address needs fsspec: {INSTALL}") from error
        raise UsageError(f"{url}: {error}") from error
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: {error}") from error
    return system, path
