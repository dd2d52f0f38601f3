"""Uploads: bytes become files named by their hash, names become labels. No name from outside is ever a path.

    put(desk, "Verträge\\\\a.pdf", stream, limits)     ->  document 12, new
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from clausescan.bulk.archives import is_archive
from clausescan.errors import UsageError
from clausescan.readers.sniffing import ZIP, sniff
from clausescan.web.desk import Desk

_BLOCK = 1 << 20
_HEAD = 1 << 16
_LONGEST = 200  # bytes of a name, below what file systems take
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be uploaded. Sizes in bytes: one file, an archive, one request; and the number of files in a request."""

    file: int = 50_000_000
    archive: int = 500_000_000
    request: int = 1_000_000_000
    files: int = 2_000


def label(name: str) -> str:
    """Return a name for people: the last part of the path that it may be, without characters that are not seen."""
    last = _UNSEEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    return _cut(last) if last not in ("", ".", "..") else "document"


def member_label(name: str) -> str:
    """Return the name of a member of an archive for people, its folders included: two files of one name are two documents."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", name))
    return seen if len(seen) <= 2 * _LONGEST else seen[:_LONGEST] + "…" + seen[-_LONGEST:]


def download_name(name: str, ending: str = "") -> str:
    """Return a name that every file system takes, with another ending when one is given (".docx")."""
    safe = _UNSAFE.sub("_", label(name)).strip(". ")
    safe = (os.path.splitext(safe)[0] if ending else safe) or "document"
    return _cut(("_" if _RESERVED.match(safe) else "") + safe) + ending


def _cut(name: str) -> str:
    stem, suffix = os.path.splitext(name)
    room = _LONGEST - len(suffix.encode("utf-8", "replace"))
    if room <= 0:
        return name.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + suffix


def put(desk: Desk, name: str, stream: BinaryIO, limits: Limits, *, work: int | None = None, apart: bool = False) -> tuple[int, bool]:
    """Put a file on the desk; return the number of its document and whether it is new. Raises UsageError for one too large or empty."""
    shown = label(name)
    folder = desk.files / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            head, digest, size = _copy(stream, out, limits)
        archive = _is_archive(head, shown)
        if size > (limits.archive if archive else limits.file):
            raise UsageError(f"{shown}: the file is too large: at most {limits.archive if archive else limits.file:,} bytes are read")
        file = folder / digest
        os.replace(temporary, file)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return desk.add_upload(shown, f"uploads/{digest}", size, work=None if archive else work, unpack=archive, apart=apart)


def _copy(stream: BinaryIO, out: BinaryIO, limits: Limits) -> tuple[bytes, str, int]:
    """Copy a stream; return its first bytes, its hash and its size. Raises UsageError when it is longer than anything may be."""
    seen, size, head = sha256(), 0, b""
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > max(limits.archive, limits.file):
            raise UsageError(f"the file is too large: at most {max(limits.archive, limits.file):,} bytes are read")
        head = head or block[:_HEAD]
        seen.update(block)
        out.write(block)
    return head, seen.hexdigest(), size


def _is_archive(head: bytes, name: str) -> bool:
    """True for what is to be unpacked: by its content a ZIP that is no office document, or a TAR by its name."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # the directory of a ZIP is at its end; the first members of an office document give it away
        office = b"[Content_Types].xml" in head or b"mimetypeapplication/" in head or b"word/" in head or b"xl/" in head
        return not office and (is_archive(name) or sniff(head, name) in (ZIP, "application/x-damaged-zip"))
    return is_archive(name) and not name.lower().endswith(".zip")


def keep_member(desk: Desk, name: str, file: Path) -> tuple[int, bool]:
    """Put a file that was unpacked on the desk: it is moved, not copied."""
    digest = sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    size = file.stat().st_size
    target = desk.files / "uploads" / digest.hexdigest()
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, target)
    return desk.add_upload(member_label(name), f"uploads/{digest.hexdigest()}", size)
