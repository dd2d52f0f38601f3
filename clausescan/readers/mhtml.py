"""Web archives (.mht): a page saved as a mail message. The HTML part is read, pictures and frames are not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

from clausescan.errors import ReadError, problem
from clausescan.readers import html
from clausescan.settings import Settings
from clausescan.types import Document

MEDIA_TYPE = "multipart/related"


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of the page in a web archive. Raises ReadError (R007) when it holds none."""
    parts = [part for part in message_from_bytes(data).walk() if part.get_content_type() == "text/html"]
    pages = [payload for payload in map(_payload, parts) if payload.strip()]
    if not pages:
        raise ReadError(problem("R007_damaged", detail="the web archive holds no page"))
    document = html.read(max(pages, key=len), name=name, settings=settings)
    return replace(document, media_type=MEDIA_TYPE, sha256=hashlib.sha256(data).hexdigest())


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
