"""Mail messages (.eml): the body, HTML before plain text, and behind it the attachments that clausescan can read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage, Message, MIMEPart
from email.parser import BytesParser
from html import unescape

from clausescan.errors import ReadError, problem
from clausescan.readers import html, text
from clausescan.readers.attachments import Attachment, with_attachments
from clausescan.readers.beside import sentence
from clausescan.readers.decoding import decode
from clausescan.readers.sniffing import MAIL
from clausescan.settings import Settings
from clausescan.types import Document

# a sentence of a part is compared by its letters
_PIECE_END, _LETTERS, _TAG = re.compile(r"(?<=[。；;!?！？\n])|(?<=\.)\s"), re.compile(r"[^\W_]"), re.compile("<[^<>]{0,2000}>")


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of a message. Raises ReadError (R007) for one that holds nothing."""
    message = BytesParser(policy=policy.default).parsebytes(data.removeprefix(b"\xef\xbb\xbf"))
    body = message.get_body(preferencelist=("html", "plain"))
    attached = list(_attached(message, body))
    if body is None and not attached:
        raise ReadError(problem("R007_damaged", detail=("the message has no text body", "邮件没有正文")))
    document = _body(body, name, settings) if body is not None else Document(name=name, sha256="", media_type=MAIL, text="")
    document = replace(
        document, media_type=MAIL, sha256=hashlib.sha256(data).hexdigest(), title=document.title or message.get("Subject")
    )  # fmt: skip
    return with_attachments(document, attached, settings)


def _body(body: MIMEPart, name: str, settings: Settings) -> Document:
    content = _payload(body)
    charset = body.get_content_charset()
    if charset:
        content = content.decode(charset, "replace").encode() if _is_known(charset) else content
    reader = html.read if body.get_content_type() == "text/html" else text.read
    return reader(content or b"\n", name=name, settings=settings)


def _attached(message: EmailMessage, body: MIMEPart | None) -> Iterator[Attachment]:
    """Yield what the message holds beside its body and the other forms of it."""
    page = _payload(body) if body is not None else b""
    shown_words = ""
    for part in _leaves(message):
        kind = part.get_content_type()
        disposition = part.get_content_disposition()
        if part is body or not _payload(part).strip():
            continue
        if kind in ("text/plain", "text/html") and disposition != "attachment" and not part.get_filename():
            shown_words = shown_words or (_letters(_text(body)) if body is not None else "")
            more = _beyond(part, shown_words)
            if more:
                yield Attachment(name="another form of the body", data=more.encode("utf-8", "replace"), kind=kind)
            continue
        shown = str(part.get("Content-ID", "")).strip("<> ")
        inline = disposition == "inline" or bool(shown and f"cid:{shown}".encode() in page)
        label = part.get_filename() or (f"{part.get_content_maintype()}.eml" if kind == "message/rfc822" else kind)
        yield Attachment(name=str(label), data=_payload(part), inline=inline, kind=kind)


def _leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the parts that hold something; a message in a message is one."""
    if part.is_multipart() and part.get_content_type() != "message/rfc822":
        for each in part.iter_parts():
            yield from _leaves(each)
    else:
        yield part


def _beyond(part: MIMEPart, words: str) -> str:
    """Return what a text part says beyond the body, whose letters are `words`: the whole of another text, else its own sentences."""
    text = _text(part)
    pieces = [piece for piece in _PIECE_END.split(text) if sentence(piece)]
    missing = [piece.strip() for piece in pieces if _letters(piece) not in words]
    return text if len(missing) * 2 > len(pieces) else "\n\n".join(missing)


def _text(part: MIMEPart) -> str:
    charset = part.get_content_charset()
    content = _payload(part)
    text = content.decode(charset, "replace") if charset and _is_known(charset) else decode(content)[0] if content.strip() else ""
    return unescape(_TAG.sub("", text)) if part.get_content_type() == "text/html" else text


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text))


def _payload(part: MIMEPart) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        message = inner[0] if isinstance(inner, list) and inner else None
        return message.as_bytes() if isinstance(message, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_known(charset: str) -> bool:
    try:
        "".encode(charset)
    except LookupError:
        return False
    return True
