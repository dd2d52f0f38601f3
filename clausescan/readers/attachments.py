"""Attachments of mail: those that clausescan reads are read behind the body, each under a heading; the rest is named.

Contracts travel as attachments, so one that is not read keeps the message from being called clean (R053). Pictures that a
message shows inside its body, signatures and logos, are only named (R033).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace

from clausescan.errors import ReadError, problem
from clausescan.readers.sniffing import named_type
from clausescan.settings import Settings
from clausescan.types import Block, Document, Problem

MOST = 50
DEEPEST = 3  # messages in messages
_SHOWN = 5
_depth: ContextVar[int] = ContextVar("depth", default=0)  # of the message that is being read
_OTHER_KINDS = ("R004_empty", "R006_unsupported", "R010_binary")
# of a kind that holds no text of a contract: keys of signatures, calendars, cards
_NO_TEXT = ("application/pkcs7-signature", "application/pgp-signature", "text/calendar", "text/vcard", "text/x-vcard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a document. `inline`: shown inside the body, as logos are; `kind`: what the message says it is, or ""; `shown`: as text."""

    name: str
    data: bytes
    inline: bool = False
    kind: str = ""
    shown: bool = False


def with_attachments(document: Document, attachments: Iterable[Attachment], settings: Settings, *, lenient: bool = False) -> Document:
    """Return the document of a body with the texts of the attachments behind it.

    `lenient`: one of a kind that holds no document of ours (a table, a drawing, a program) is only named.
    """
    named: list[str] = []
    unread: list[str] = []
    size = 0
    for number, attachment in enumerate(attachments):
        size += len(attachment.data)
        known = not lenient or attachment.shown or named_type(attachment.name) is not None
        if not known or attachment.kind in _NO_TEXT or (attachment.inline and attachment.kind.startswith("image/")):
            named.append(attachment.name)
        elif number >= MOST or _depth.get() >= DEEPEST or size > settings.zip_max_bytes:
            unread.append(attachment.name)
        else:
            read = _read(attachment, settings)
            if isinstance(read, Document):
                document = joined(document, attachment.name, read)
            elif lenient and not attachment.shown and read.code in _OTHER_KINDS:
                named.append(attachment.name)
            else:
                unread.append(f"{attachment.name} ({read.code})")
    more = [problem("R033_attachment", detail=_listed(named))] if named else []
    more += [problem("R053_attachment_unread", detail=_listed(unread))] if unread else []
    return replace(document, problems=(*document.problems, *more))


def joined(document: Document, name: str, other: Document) -> Document:
    """Return the document with another one behind it, under a heading with its name; layout of the other one is left behind."""
    head = f"{document.text}\n\n" if document.text.strip() else ""
    start = len(head)
    shift = start + len(name) + 1
    heading = Block(kind="heading", start=start, end=start + len(name), anchor=f"attachment {name}", level=1)
    blocks = (replace(_moved(block, shift), anchor=f"attachment {name}: {block.anchor}") for block in other.blocks)
    told = (replace(each, where=f"attachment {name}" + (f", {each.where}" if each.where else "")) for each in other.problems)
    own = document.blocks if head else ()
    return replace(
        document, text=f"{head}{name}\n{other.text}", blocks=(*own, heading, *blocks), problems=(*document.problems, *told)
    )


def _read(attachment: Attachment, settings: Settings) -> Document | Problem:
    from clausescan import readers

    if not attachment.data:
        return problem("R004_empty")
    token = _depth.set(_depth.get() + 1)
    try:
        return readers.read(attachment.data, name=attachment.name, settings=settings)
    except ReadError as error:
        return error.problem
    finally:
        _depth.reset(token)


def _moved(block: Block, shift: int) -> Block:
    cells = tuple((start + shift, end + shift) for start, end in block.cells)
    header = block.header and (block.header[0] + shift, block.header[1] + shift)
    return replace(block, start=block.start + shift, end=block.end + shift, cells=cells, header=header)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" ... ({len(names)})" if len(names) > _SHOWN else "")
