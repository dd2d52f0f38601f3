"""Rich Text Format: striprtf gives its text, automatic numbers included.

It leaves out what stands beside the running text: footnotes, text boxes, headers and footers are cut out here and read by
themselves, behind the text. Embedded objects are lost, which a problem says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from striprtf.striprtf import rtf_to_text

from clausescan.errors import ReadError, problem
from clausescan.readers import text
from clausescan.readers.beside import sentence
from clausescan.readers.decoding import clean
from clausescan.settings import Settings
from clausescan.types import Coverage, Document

MEDIA_TYPE = "application/rtf"
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_LOST = re.compile(rb"\\objdata\b")
_BRACE = re.compile(r"\\[\\{}]|([{}])")
_DELETED = re.compile(r"\{(?:\\[a-z]{1,32}-?\d{0,10} ?){0,12}\\deleted(?![a-z0-9])")
_BESIDE = re.compile(r"\{\s{0,9}(?:\\\*)?\s{0,9}\\((?:header|footer)[lrf]?|footnote|shptxt|dptxbxtext|ud)(?![a-z])")
_FONTS = re.compile(r"\{\s{0,9}\\fonttbl")
_MOST = 2_000


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of an RTF file. Raises ReadError (R007) when it has no end, or no text can be had."""
    page = _CODE_PAGE.search(data[:4_096])
    encoding = f"cp{page.group(1).decode('ascii')}" if page else "cp1252"
    source = data.decode("latin-1")
    if "\\deleted" in source and settings.revisions == "final":
        source = _without(source, _DELETED)[0]
    beside: list[tuple[str, str]] = []
    if _BESIDE.search(source):
        source, beside = _without(source, _BESIDE)
    try:
        found = rtf_to_text(source, encoding=encoding, errors="replace")  # type: ignore[no-untyped-call]
    except (LookupError, UnicodeError):
        encoding = "cp936"
        found = rtf_to_text(source, encoding=encoding, errors="replace")  # type: ignore[no-untyped-call]
    content, problems = clean("\n".join((found.strip("\n"), *_read_beside(source, beside, encoding))))
    if not content.strip() and len(data) > 1_000:
        raise ReadError(problem("R007_damaged", detail=("no text in the RTF groups", "RTF 组中没有文字")))
    if data.count(b"{") > data.count(b"}"):
        problems.append(problem("R025_truncated", detail=("the end of the file is missing", "文件缺少末尾")))
    if _LOST.search(data):
        problems.append(problem("R025_truncated", detail=("embedded objects were left out", "嵌入对象未读取")))
    blocks, title = text.blocks_of(content)
    return replace(
        Document(name=name, sha256=hashlib.sha256(data).hexdigest(), media_type=MEDIA_TYPE, text=content),
        title=title, blocks=tuple(blocks), problems=tuple(problems), coverage=Coverage(characters=len(content), encoding=encoding),
    )  # fmt: skip


def _without(source: str, opening: re.Pattern[str]) -> tuple[str, list[tuple[str, str]]]:
    """Return the source without the groups that begin so, and those groups: the word that the pattern captures, and the inside."""
    kept: list[str] = []
    groups: list[tuple[str, str]] = []
    done = 0
    while (begin := opening.search(source, done)) and len(groups) < _MOST:
        depth, end = 1, len(source)
        for brace in _BRACE.finditer(source, begin.end()):
            depth += {"{": 1, "}": -1}.get(brace.group(1), 0)
            if not depth:
                end = brace.end()
                break
        kept.append(source[done : begin.start()])
        groups.append((begin.group(1) if opening.groups else "", source[begin.end() : end - (depth == 0)]))
        done = end
    kept.append(source[done:])
    return "".join(kept), groups


def _read_beside(source: str, groups: list[tuple[str, str]], encoding: str) -> Iterator[str]:
    """Yield the text of the groups, each once; of headers and footers only sentences."""
    fonts = _FONTS.search(source)
    table = f"{{{source[fonts.start() + 1 : source.find('}}', fonts.start()) + 1]}}}" if fonts else ""
    seen: set[str] = set()
    for word, inside in groups:
        text = str(rtf_to_text(f"{{\\rtf1{table} {inside}}}", encoding=encoding, errors="replace")).strip()  # type: ignore[no-untyped-call]
        if text and text not in seen and (not word.startswith(("header", "footer")) or sentence(text)):
            seen.add(text)
            yield text
