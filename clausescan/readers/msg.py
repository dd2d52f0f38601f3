"""Outlook messages (.msg): the streams of an OLE file (MS-OXMSG), read with olefile; body and attachments as in mail.

The HTML body comes first, then the plain text, then the compressed RTF (MS-OXRTFCP).
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator
from dataclasses import replace

import olefile

from clausescan.errors import ReadError, problem
from clausescan.readers import html, rtf, text
from clausescan.readers.attachments import DEEPEST, Attachment, joined, with_attachments
from clausescan.readers.sniffing import MSG
from clausescan.settings import Settings
from clausescan.types import Document

_SUBJECT, _PLAIN, _HTML, _RTF = "0037", "1000", "1013", "1009"
_DATA, _NAME, _SHORT_NAME, _CONTENT_ID, _MIME = "3701", "3707", "3704", "3712", "370E"
_UNICODE, _ANSI, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_CODE_PAGE = 0x3FFD0003
# what the dictionary of the compression holds before the first byte
_PRELOADED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4_096


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a message. Raises ReadError (R007) for one that holds nothing."""
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        document = _message(file, [], name, settings, 0)
    return replace(document, media_type=MSG, sha256=hashlib.sha256(data).hexdigest())


def _message(file: olefile.OleFileIO, folder: list[str], name: str, settings: Settings, depth: int) -> Document:
    """Return the message in a folder of the file: the whole, or one that is attached."""
    streams = _Streams(file, folder, settings.max_bytes)
    body = _body(streams, name, settings)
    attached, inner = list(_attached(file, streams, settings)), list(_messages(streams))
    if body is None and not attached and not inner:
        raise ReadError(problem("R007_damaged", detail=("the message has no text body", "邮件没有正文")))
    document = body or Document(name=name, sha256="", media_type=MSG, text="")
    document = replace(document, title=document.title or streams.text(_SUBJECT))
    document = with_attachments(document, attached, settings)
    for below in inner:
        label = _Streams(file, below, settings.max_bytes).text(_SUBJECT) or "message"
        if depth + 1 > DEEPEST:
            return replace(document, problems=(*document.problems, problem("R053_attachment_unread", detail=label)))
        document = joined(document, label, _message(file, below, label, settings, depth + 1))
    return document


class _Streams:
    """The properties of one message or attachment."""

    def __init__(self, file: olefile.OleFileIO, folder: list[str], limit: int) -> None:
        self.file, self.folder, self.limit = file, folder, limit
        self.encoding = self._code_page()

    def names(self) -> list[str]:
        """Return what lies in the folder."""
        depth = len(self.folder)
        listed = self.file.listdir(streams=True, storages=True)
        return [entry[depth] for entry in listed if entry[:depth] == self.folder and len(entry) == depth + 1]

    def raw(self, name: str) -> bytes:
        """Return a stream, empty when there is none. Raises ReadError (R005) for one that is too large."""
        path = [*self.folder, name]
        if not self.file.exists(path) or self.file.get_type(path) != olefile.STGTY_STREAM:
            return b""
        size = self.file.get_size(path)
        if size > self.limit:
            raise ReadError(problem("R005_too_large", size=size, limit=self.limit))
        with self.file.openstream(path) as stream:
            return bytes(stream.read())

    def text(self, tag: str) -> str:
        """Return a property that is text."""
        wide = self.raw(f"__substg1.0_{tag}{_UNICODE}")
        return wide.decode("utf-16-le", "replace") if wide else self.raw(f"__substg1.0_{tag}{_ANSI}").decode(self.encoding, "replace")

    def binary(self, tag: str) -> bytes:
        """Return a property that is bytes."""
        return self.raw(f"__substg1.0_{tag}{_BINARY}")

    def _code_page(self) -> str:
        """Return the encoding of texts that are not Unicode."""
        data = self.raw("__properties_version1.0")
        start = 32 if not self.folder else 8 if self.folder[-1].startswith("__attach") else 24
        for place in range(start, len(data) - 15, 16):
            tag, _, value = struct.unpack_from("<IIQ", data, place)
            if tag == _CODE_PAGE:
                page = value & 0xFFFF
                return "utf-8" if page == 65001 else _known(f"cp{page}")
        return "gb18030"


def _known(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        return "gb18030"
    return name


def _body(streams: _Streams, name: str, settings: Settings) -> Document | None:
    page = streams.binary(_HTML) or streams.text(_HTML).encode()
    if page.strip():
        return html.read(page, name=name, settings=settings)
    plain = streams.text(_PLAIN)
    if plain.strip():
        return text.read(plain.encode("utf-8", "replace"), name=name, settings=settings)
    rich = streams.binary(_RTF)
    return rtf.read(decompressed(rich, settings.max_text_bytes), name=name, settings=settings) if rich else None


def _attached(file: olefile.OleFileIO, streams: _Streams, settings: Settings) -> Iterator[Attachment]:
    page = streams.binary(_HTML)
    for folder in sorted(name for name in streams.names() if name.startswith("__attach_version1.0_")):
        one = _Streams(file, [*streams.folder, folder], settings.max_bytes)
        one.encoding = streams.encoding
        if f"__substg1.0_{_DATA}{_OBJECT}" in one.names():
            continue
        label = one.text(_NAME) or one.text(_SHORT_NAME) or "attachment"
        shown, kind = one.text(_CONTENT_ID).strip("\0<> "), one.text(_MIME).strip("\0")
        inline = bool(shown and f"cid:{shown}".encode() in page)
        yield Attachment(name=label.strip("\0"), data=one.binary(_DATA), inline=inline, kind=kind)


def _messages(streams: _Streams) -> Iterator[list[str]]:
    """Yield the folders of messages that are attached."""
    for folder in sorted(name for name in streams.names() if name.startswith("__attach_version1.0_")):
        inner = [*streams.folder, folder, f"__substg1.0_{_DATA}{_OBJECT}"]
        if streams.file.exists(inner) and streams.file.get_type(inner) == olefile.STGTY_STORAGE:
            yield inner


def decompressed(data: bytes, limit: int) -> bytes:
    """Return the RTF of a compressed body. Raises ReadError: R007 for no such body, R005 for one of more than `limit` bytes."""
    if len(data) < 16:
        raise ReadError(problem("R007_damaged", detail=("its RTF body is cut off", "RTF 正文不完整")))
    _, size, kind = struct.unpack_from("<III", data)
    if kind == 0x414C454D:  # MELA: stored as it is
        return data[16 : 16 + size]
    if kind != 0x75465A4C:  # LZFu
        raise ReadError(problem("R007_damaged", detail=("its RTF body is in no known form", "RTF 正文格式未知")))
    if size > limit:
        raise ReadError(problem("R005_too_large", size=size, limit=limit))
    return bytes(_inflated(data, size))


def _inflated(data: bytes, size: int) -> bytearray:
    window = bytearray(_PRELOADED.ljust(_WINDOW, b"\0"))
    write, place, out = len(_PRELOADED), 16, bytearray()
    while place < len(data) and len(out) < size:
        flags = data[place]
        place += 1
        for bit in range(8):
            if flags >> bit & 1:
                if place + 2 > len(data):
                    return out
                offset, length = divmod(int.from_bytes(data[place : place + 2], "big"), 16)
                place += 2
                if offset == write % _WINDOW:  # the end
                    return out
                new = [(offset + step) % _WINDOW for step in range(length + 2)]
            elif place < len(data):
                new = [-1]
            else:
                return out
            for source in new:
                byte = data[place] if source < 0 else window[source]
                window[write % _WINDOW] = byte
                write += 1
                out.append(byte)
            place += new[0] < 0
    return out
