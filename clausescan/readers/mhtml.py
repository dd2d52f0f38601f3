"""Web archives (.mht): a page saved as a mail message. Its pages are read, frames behind the first; pictures are not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

from clausescan.errors import ReadError, problem
from clausescan.readers import html, text
from clausescan.readers.attachments import Attachment, with_attachments
from clausescan.settings import Settings
from clausescan.types import Document

MEDIA_TYPE = "multipart/related"
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of the pages in a web archive. Raises ReadError (R007) when it holds none."""
    parts = [part for part in message_from_bytes(data.removeprefix(b"\xef\xbb\xbf")).walk() if part.get_content_type() in _PAGES]
    pages = [(payload, part.get_content_type() != "text/plain") for part in parts if (payload := _payload(part)).strip()]
    if not pages:
        raise ReadError(problem("R007_damaged", detail=("the web archive holds no page", "网页存档中没有页面")))
    pages.sort(key=lambda page: page[1], reverse=True)  # text stands behind the pages
    frames = [
        Attachment(name=f"frame {number}" + (".html" if is_html else ".txt"), data=payload)
        for number, (payload, is_html) in enumerate(pages[1:], 2)
    ]
    payload, is_html = pages[0]
    document = (html.read if is_html else text.read)(payload, name=name, settings=settings)
    document = replace(document, media_type=MEDIA_TYPE, sha256=hashlib.sha256(data).hexdigest())
    return with_attachments(document, frames, settings)


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
