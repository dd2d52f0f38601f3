"""JSON exports of policies: every string is read as a paragraph, with escapes and markup undone; keys, numbers and addresses are not.

    {"title": "隐私政策", "sections": [{"heading": "一、收集", "body": "<p>您授予我们……</p>"}]}

A text of JSON holds 人脸 as \\u4eba\\u8138, which nobody finds who reads it as plain text. JSON Lines are read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, loads
from typing import Any

from clausescan.errors import ReadError, problem
from clausescan.readers import html, text
from clausescan.readers.assemble import Draft, assemble
from clausescan.readers.decoding import CONTROL, clean, decode
from clausescan.readers.sniffing import JSON, extension
from clausescan.settings import Settings
from clausescan.types import Coverage, Document

EXTENSIONS = ("json", "jsonl", "ndjson")
_HEADING_KEYS = frozenset(("title", "heading", "header", "name", "subject", "caption", "label", "标题", "名称"))
_MARKUP = re.compile(r"</?(?:p|div|br|span|li|ul|ol|h[1-6]|table|tr|td|b|strong|a)\b[^<>]{0,400}>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|data:)\S*")
_WORD = re.compile(r"[\w.+/=-]*")  # keys, hashes and dates
_LETTER = re.compile(r"[^\W\d_]")


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of the strings of a JSON file. Raises ReadError (R007) for what is no JSON or nested without end."""
    source, encoding, problems = decode(data)
    try:
        parsed = _parsed(source)
    except ReadError:
        if extension(name) in EXTENSIONS:
            raise
        return text.read(data, name=name, settings=settings)  # it only begins like JSON
    drafts: list[Draft] = []
    for anchor, key, value in _strings(parsed, "$"):
        drafts += _drafts(value, anchor, key, settings)
    title = next((draft.text for draft in drafts if draft.kind == "heading"), None)
    return assemble(
        drafts, data=data, name=name, media_type=JSON, title=title, problems=problems, coverage=Coverage(encoding=encoding)
    )


def _parsed(source: str) -> Any:
    try:
        return loads(source, strict=False, object_pairs_hook=_pairs)
    except RecursionError as error:
        raise ReadError(problem("R007_damaged", detail=("nested too deeply", "嵌套过深"))) from error
    except JSONDecodeError as error:
        lines = [line for line in source.splitlines() if line.strip()]
        try:
            return [loads(line, strict=False, object_pairs_hook=_pairs) for line in lines] if len(lines) > 1 else _fail(error)
        except (JSONDecodeError, RecursionError):
            return _fail(error)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a key that stands there twice all values are kept, where a parser keeps the last."""
    found: dict[str, Any] = dict(pairs)
    if len(found) < len(pairs):
        for name in found:
            values = [value for key, value in pairs if key == name]
            found[name] = values if len(values) > 1 else values[0]
    return found


def _fail(error: JSONDecodeError) -> Any:
    raise ReadError(problem("R007_damaged", detail=(f"JSON: {error}", f"JSON：{error}"))) from error


def _strings(value: Any, anchor: str) -> Iterator[tuple[str, str, str]]:
    """Yield (path, key, string) in the order of the file."""
    waiting: list[tuple[str, str, Any]] = [(anchor, "", value)]
    while waiting:
        path, key, one = waiting.pop()
        if isinstance(one, str):
            inner = _inside(one)
            if inner is None:
                yield path, key, one
            else:
                waiting.append((f"{path}!", key, inner))
        elif isinstance(one, dict):
            waiting += reversed([(f"{path}.{name}", str(name), item) for name, item in one.items()])
        elif isinstance(one, list):
            waiting += reversed([(f"{path}[{number}]", key, item) for number, item in enumerate(one)])


def _inside(value: str) -> Any:
    """Return what a string that is JSON itself holds, None for any other."""
    if value[:1] not in ("{", "[") or '"' not in value:
        return None
    try:
        return loads(value, strict=False, object_pairs_hook=_pairs)
    except (JSONDecodeError, RecursionError):
        return None


def _drafts(value: str, anchor: str, key: str, settings: Settings) -> Iterator[Draft]:
    value = clean(CONTROL.sub(" ", value))[0]  # escapes may write any character, which is no reason to refuse the file
    bare = value.strip()
    if not _LETTER.search(bare) or _ADDRESS.fullmatch(bare) or (_WORD.fullmatch(bare) and not _is_word(bare, key)):
        return
    if _MARKUP.search(value):
        page = html.read(value.encode("utf-8", "replace"), name="string.html", settings=settings)
        for block in page.blocks:
            kind = "paragraph" if block.kind in ("table_row", "title") else block.kind
            yield Draft(kind=kind, text=page.text[block.start : block.end], anchor=anchor)
        return
    blocks, _ = text.blocks_of(value)
    short = key.lower() in _HEADING_KEYS and len(blocks) == 1 and len(value) < 80
    for block in blocks:
        kind = "heading" if short else "paragraph" if block.kind in ("table_row", "title") else block.kind
        yield Draft(kind=kind, text=value[block.start : block.end], anchor=anchor)


def _is_word(value: str, key: str) -> bool:
    """Tell whether a string without blanks is language: Chinese, or one word under a key that names a heading."""
    return not value.isascii() or key.lower() in _HEADING_KEYS


