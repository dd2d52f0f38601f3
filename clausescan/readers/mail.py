"""Mail messages (.eml): the body is read; attachments are named, not read: save them and scan each by itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email import policy
from email.parser import BytesParser

from clausescan.errors import ReadError, problem
from clausescan.readers import html, text
from clausescan.readers.sniffing import MAIL
from clausescan.settings import Settings
from clausescan.types import Document


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of the body of a message. Raises ReadError (R007) for a message without a body."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    body = message.get_body(preferencelist=("html", "plain"))
    if body is None:
        raise ReadError(problem("R007_damaged", detail=("the message has no text body", "邮件没有正文")))
    payload = body.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = body.get_content_charset()
    if charset:
        content = content.decode(charset, "replace").encode() if _is_known(charset) else content
    reader = html.read if body.get_content_type() == "text/html" else text.read
    document = reader(content or b"\n", name=name, settings=settings)
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    problems = [problem("R033_attachment", detail=", ".join(names[:5]) + (" ..." if len(names) > 5 else ""))] if names else []
    return replace(
        document, media_type=MAIL, sha256=hashlib.sha256(data).hexdigest(), title=document.title or message.get("Subject"),
        problems=(*document.problems, *problems),
    )  # fmt: skip


def _is_known(charset: str) -> bool:
    try:
        "".encode(charset)
    except LookupError:
        return False
    return True
