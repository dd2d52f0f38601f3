"""Readers: bytes in, `Document` out. `read` decides by content which reader gets them.

Whatever a file holds, what comes out is a Document with its problems or a ReadError with one: no bare traceback of a
parser. To add a format, write `readers/<x>.py` with `read(data, *, name, settings)` and add a line to READERS.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from clausescan.errors import ReadError, first_characters, problem
from clausescan.readers import sniffing
from clausescan.readers.garble import garbled_share
from clausescan.readers.sniffing import sniff
from clausescan.settings import Settings
from clausescan.types import Document, Problem

__all__ = ["READERS", "read", "read_path", "sniff"]

# media type: module of this package with `read(data, *, name, settings)`; imported when needed
READERS: dict[str, str] = {
    sniffing.TEXT: "text",
    sniffing.MARKDOWN: "markdown",
    sniffing.HTML: "html",
    sniffing.MHTML: "mhtml",
    sniffing.PDF: "pdf",
    sniffing.DOCX: "docx",
    sniffing.RTF: "rtf",
    sniffing.ODT: "opendocument",
    sniffing.EPUB: "opendocument",
    sniffing.MAIL: "mail",
    sniffing.DOC: "office",
    sniffing.MSG: "msg",
    sniffing.JSON: "json_strings",
}
_TEXTUAL = frozenset((sniffing.TEXT, sniffing.MARKDOWN, sniffing.HTML, sniffing.MHTML, sniffing.JSON))
_ALIKE = (frozenset((sniffing.TEXT, sniffing.MARKDOWN)),)
_LETTER = re.compile(r"[^\W\d_]")
_UNREADABLE_MAX = 0.05  # a table of formulas may hold some; calibrated in `garble`
_INVISIBLE = re.compile("[\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u3164\u115f\u1160\uffa0\ufeff]")
_MEMORY = ("there is", "可用内存")


def read_path(path: str | Path, settings: Settings) -> Document:
    """Read a file; the Document is named by the last part of the path. Raises ReadError: that of `load` and all of `read`."""
    path = Path(path)
    return read(load(path, settings), name=path.name, settings=settings)


def load(path: Path, settings: Settings) -> bytes:
    """Return the bytes of a file.

    Raises ReadError: R001 missing, R002 not a regular file (directory, FIFO, device), R003 no permission, R004 empty, R005 too large.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ReadError(problem("R002_not_a_file"))
        _check_size(found.st_size, settings.max_bytes)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(problem("R001_missing")) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(problem("R003_no_permission", detail=reason)) from error


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of `data` with the problems that a person must know.

    Raises ReadError when nothing can be read: R004 empty, R005 too large, R006 unsupported, R007 damaged, R008 encrypted,
    R010 binary, R051 not enough memory, R040 for a failure of ours. An image, or a file without any letters, is a Document with R020.
    """
    _check_size(len(data), settings.max_bytes)
    kind = sniff(data, name)
    if kind in _TEXTUAL:
        _check_size(len(data), settings.max_text_bytes)
    if kind not in READERS and not kind.startswith("image/"):
        raise ReadError(_refusal(kind))
    document = _hand_over(kind, data, name, settings)
    return _settle(document, kind, name, settings)


def _check_size(size: int, limit: int) -> None:
    if size == 0:
        raise ReadError(problem("R004_empty"))
    if size > limit:
        raise ReadError(problem("R005_too_large", size=size, limit=limit))


def _refusal(kind: str) -> Problem:
    if kind == sniffing.ENCRYPTED:
        return problem("R008_encrypted")
    if kind == sniffing.BROKEN_ZIP:
        return problem("R007_damaged", detail=("the list of its parts cannot be read", "无法读取其部件目录"))
    return problem("R006_unsupported", detail=sniffing.describe(kind))


def _hand_over(kind: str, data: bytes, name: str, settings: Settings) -> Document:
    """Call the reader of `kind`; its unexpected errors become R007 or R040."""
    try:
        reader: Callable[..., Document] = import_module(f"clausescan.readers.{READERS.get(kind, 'image')}").read
        return reader(data, name=name, settings=settings)
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError(problem("R051_memory", limit=_MEMORY)) from error
    except Exception as error:
        # parsers raise all sorts of errors on damaged files; on plain text any error is a mistake of ours
        code = "R040_internal" if kind in _TEXTUAL or isinstance(error, ImportError) else "R007_damaged"
        detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise ReadError(problem(code, detail=detail[:200])) from error


def _settle(document: Document, kind: str, name: str, settings: Settings) -> Document:
    """Add what holds for every format: name against content, length, no text, unreadable and invisible characters."""
    problems = list(document.problems)
    named = sniffing.named_type(name)
    if named and named != kind and not any({named, kind} <= alike for alike in _ALIKE):
        problems.append(problem("R030_extension", named=_label(named), found=_label(kind)))
    if len(document.text) > settings.max_characters:
        document = _cut(document, settings.max_characters)
        problems.append(problem("R025_truncated", detail=first_characters(settings.max_characters)))
    text = document.text
    if not _LETTER.search(text):
        problems.append(problem("R020_no_text"))
    share = garbled_share(text)
    if share > _UNREADABLE_MAX:
        problems.append(problem("R022_garbled", share=f"{share:.0%}"))
    invisible = 0 if text.isascii() else len(_INVISIBLE.findall(text))
    if invisible:
        problems.append(problem("R036_zero_width", count=invisible))
    known = {each.code for each in document.problems}
    problems = [*document.problems, *(each for each in problems[len(document.problems) :] if each.code not in known)]
    share = max(share, document.coverage.unreadable_share)
    coverage = replace(document.coverage, characters=len(text), unreadable_share=share)
    return replace(document, problems=tuple(problems), coverage=coverage)


def _label(kind: str) -> str:
    return sniffing.describe(kind).removeprefix("a ").removeprefix("an ")


def _cut(document: Document, limit: int) -> Document:
    """Return the document up to `limit` characters; a block that reaches over it goes."""
    return replace(
        document,
        text=document.text[:limit],
        blocks=tuple(block for block in document.blocks if block.end <= limit),
        lines=tuple(line for line in document.lines if line.end <= limit),
        pages=tuple(page for page in document.pages if page.end <= limit),
    )
