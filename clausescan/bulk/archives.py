"""Archives: the members of a ZIP or TAR as files in a folder of ours, within limits, never by their own paths.

    unpack(Path("policies.zip"), folder)  ->  Member("shop/privacy.html", folder / "000001.html"), Member("big.pdf", problem=R005), ...

Members are written under numbers: a name from an archive is a label and never a path. Nested archives are unpacked too,
`a.zip!b.zip!c.txt`. Runs inside a worker process, because a hostile archive may take any time and memory.
"""

from __future__ import annotations

import errno
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from clausescan.errors import ReadError, problem
from clausescan.readers.expansion import expansion
from clausescan.types import Problem

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
SEPARATOR = "!"
_BLOCK = 1 << 16
_UPKEEP = frozenset((".DS_Store", ".localized", "Thumbs.db", "desktop.ini", ".git", ".svn", ".hg"))
_OFFICE = "[Content_Types].xml"
_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
    KeyError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far an archive may unfold. Sizes in bytes."""

    entries: int = 20_000
    total: int = 2_000_000_000
    ratio: int = 200
    depth: int = 3
    member: int = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside an archive: its name in there, and where it was written or why it was not."""

    name: str
    file: Path | None = None
    size: int | None = None
    problem: Problem | None = None


@dataclass(slots=True, kw_only=True)
class _State:
    """What all archives inside one archive share."""

    folder: Path
    limits: Limits
    entries: int = 0
    total: int = 0
    hidden: int = 0
    members: list[Member] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One file of an archive before it is unpacked. `problem` says why it cannot be."""

    name: str
    size: int
    packed: int | None
    problem: Problem | None = None


class _RefusedError(Exception):
    """The archive as a whole goes no further."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.problem = problem("R011_container", detail=(english, chinese))


def is_archive(name: str) -> bool:
    """Return True when the name says archive."""
    return name.lower().endswith(SUFFIXES)


def unpack(path: Path, folder: Path, limits: Limits) -> tuple[list[Member], int] | None:
    """Write the members of an archive into `folder`; return them and how many files of systems were left out. None: an office document.

    What cannot be unpacked is a Member with its problem; an archive of which nothing can be read is one Member named "".
    Raises ReadError when the file cannot be opened.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                if _OFFICE in opened.namelist():
                    return None
    except _BROKEN as error:
        raise ReadError(_damaged(error)) from error
    state = _State(folder=folder, limits=limits)
    folder.mkdir(parents=True, exist_ok=True)
    _unpack(path, "", 1, state)
    return state.members, state.hidden


def _unpack(path: Path, prefix: str, depth: int, state: _State) -> None:
    """Add the members of the archive at `path`, named from `prefix` on."""
    try:
        for entry, stream in _zip(path) if zipfile.is_zipfile(path) else _tar(path):
            _count(entry, state)
            if _is_upkeep(PurePosixPath(entry.name)):
                state.hidden += 1
                continue
            _add(entry, stream, prefix + entry.name, depth, state)
    except _RefusedError as refused:
        state.members.append(Member(name=prefix.removesuffix(SEPARATOR), problem=refused.problem))
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        state.members.append(Member(name=prefix.removesuffix(SEPARATOR), problem=_damaged(error)))


def _is_upkeep(name: PurePosixPath) -> bool:
    """Tell what a system or a version control left behind; any other hidden file may be a document, and whoever packed it hid it."""
    return name.name in _UPKEEP or name.name.startswith("._") or not _UPKEEP.isdisjoint(name.parts[:-1])


def _count(entry: _Entry, state: _State) -> None:
    state.entries += 1
    if state.entries > state.limits.entries:
        raise _RefusedError(f"it holds more than {state.limits.entries} files", f"其中文件超过 {state.limits.entries} 个")


def _add(entry: _Entry, stream: IO[bytes] | None, name: str, depth: int, state: _State) -> None:
    """Write one member, or say why not, and unpack it when it is an archive itself."""
    found = entry.problem or _oversize(entry, state)
    if found or stream is None:
        state.members.append(Member(name=name, problem=found))
        return
    suffix = "".join(part for part in PurePosixPath(entry.name).suffix if part.isascii() and (part.isalnum() or part == "."))[:10]
    target = state.folder / f"{state.entries:06}{suffix}"
    try:
        size = _copy(stream, target, state)
    except _BROKEN as error:  # this member is damaged; the next one may not be
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        state.members.append(Member(name=name, problem=_damaged(error)))
        return
    if size > state.limits.member:
        target.unlink()
        found = problem("R005_too_large", size=f"> {state.limits.member}", limit=state.limits.member)
        state.members.append(Member(name=name, problem=found))
    elif is_archive(entry.name) and not _is_office(target):
        if depth >= state.limits.depth:
            refused = problem("R011_container", detail=("archives are nested too deep", "压缩包嵌套过深"))
            state.members.append(Member(name=name, problem=refused))
        else:
            _unpack(target, name + SEPARATOR, depth + 1, state)
        target.unlink()
    else:
        state.members.append(Member(name=name, file=target, size=size))


def _is_office(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as opened:
            return _OFFICE in opened.namelist()
    except _BROKEN:
        return False


def _oversize(entry: _Entry, state: _State) -> Problem | None:
    if entry.size > state.limits.member:
        return problem("R005_too_large", size=entry.size, limit=state.limits.member)
    fold = None if entry.packed is None else expansion(entry.size, entry.packed, state.limits.ratio)
    if fold is not None:
        return problem("R011_container", detail=(f"it would expand {fold} times", f"解压后将膨胀 {fold} 倍"))
    return None


def _copy(stream: IO[bytes], target: Path, state: _State) -> int:
    """Write what the stream gives, one byte over the limit of a member at most, whatever the archive says of its size."""
    size = 0
    with target.open("wb") as out:
        while size <= state.limits.member and (block := stream.read(_BLOCK)):
            out.write(block)
            size += len(block)
            state.total += len(block)
            if state.total > state.limits.total:
                raise _RefusedError(f"it expands to more than {state.limits.total} bytes", f"解压后超过 {state.limits.total} 字节")
    return size


def _zip(path: Path) -> Iterator[tuple[_Entry, IO[bytes] | None]]:
    with zipfile.ZipFile(path) as opened:
        for info in opened.infolist():
            if info.is_dir():
                continue
            encrypted = problem("R008_encrypted") if info.flag_bits & 1 else None
            entry = _Entry(name=_zip_name(info), size=info.file_size, packed=info.compress_size, problem=encrypted)
            if encrypted:
                yield entry, None
                continue
            try:
                stream = opened.open(info)
            except _BROKEN as error:
                yield _Entry(name=entry.name, size=0, packed=None, problem=_damaged(error)), None
                continue
            with stream:
                yield entry, stream


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member. Windows writes Chinese names in its own code page and does not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _tar(path: Path) -> Iterator[tuple[_Entry, IO[bytes] | None]]:
    """Yield the regular files of a TAR; links, devices and FIFOs are not documents."""
    try:
        archive = tarfile.open(path, mode="r:*")  # noqa: SIM115
    except tarfile.ReadError as error:  # its message lists what every compression said
        raise tarfile.ReadError("neither ZIP nor TAR can be read") from error
    with archive as opened:
        for info in opened:
            if info.isreg():
                yield _Entry(name=info.name, size=info.size, packed=None), opened.extractfile(info)


def _damaged(error: BaseException) -> Problem:
    return problem("R007_damaged", detail=str(error) or type(error).__name__)


def clear(folder: Path) -> None:
    """Remove a folder of unpacked members, and the one it is in when nothing else is there."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()
