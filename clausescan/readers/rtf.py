"""Rich Text Format: striprtf gives its text, automatic numbers included; footnotes are lost, which a problem says."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from striprtf.striprtf import rtf_to_text

from clausescan.errors import ReadError, problem
from clausescan.readers import text
from clausescan.readers.decoding import clean
from clausescan.settings import Settings
from clausescan.types import Coverage, Document

MEDIA_TYPE = "application/rtf"
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_LOST = re.compile(rb"\\(?:footnote|annotation|objdata)\b")


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of an RTF file. Raises ReadError (R007) when it has no end, or no text can be had."""
    page = _CODE_PAGE.search(data[:4_096])
    encoding = f"cp{page.group(1).decode('ascii')}" if page else "cp1252"
    try:
        found = rtf_to_text(data.decode("latin-1"), encoding=encoding, errors="replace")  # type: ignore[no-untyped-call]
    except (LookupError, UnicodeError):
        found = rtf_to_text(data.decode("latin-1"), encoding="cp936", errors="replace")  # type: ignore[no-untyped-call]
    content, problems = clean(found.strip("\n"))
    if not content.strip() and len(data) > 1_000:
        raise ReadError(problem("R007_damaged", detail=("no text in the RTF groups", "RTF 组中没有文字")))
    if data.count(b"{") > data.count(b"}"):
        problems.append(problem("R025_truncated", detail=("the end of the file is missing", "文件缺少末尾")))
    if _LOST.search(data):
        problems.append(problem("R025_truncated", detail=("footnotes or embedded objects were left out", "脚注或嵌入对象未读取")))
    blocks, title = text.blocks_of(content)
    return replace(
        Document(name=name, sha256=hashlib.sha256(data).hexdigest(), media_type=MEDIA_TYPE, text=content),
        title=title, blocks=tuple(blocks), problems=tuple(problems), coverage=Coverage(characters=len(content), encoding=encoding),
    )  # fmt: skip
