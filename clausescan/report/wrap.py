"""Text for a terminal: widths of wide characters, line breaks that suit Chinese and English, nothing invisible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

# may not begin a line / may not end one
_CLOSING = frozenset("，。、；：？！）】》〉〕」』”’％…—·,.;:?!)]}%")
_OPENING = frozenset("（【〔《〈「『“‘([{")
# control, format, surrogate, private use: they could hide text or steer the terminal
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co"})
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
_CHUNK = re.compile(rf"[{_WIDE}]|[^\S\n]+|[^\s{_WIDE}]+")
Range = tuple[int, int]


def width(text: str) -> int:
    """Return the number of columns that `text` takes."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if char < "\x7f":
        return 1
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def safe(text: str) -> str:
    """Return `text` without control, bidirectional and other invisible characters; line breaks and tabs stay white space."""
    return "".join(char for char, _ in _safe(text))


def safe_with_ranges(text: str, ranges: Iterable[Range]) -> tuple[str, list[Range]]:
    """Return `safe(text)` and the ranges moved to where their characters are now, without those that became empty."""
    kept = list(_safe(text))
    new = {old: position for position, (_, old) in enumerate(kept)}
    moved: list[Range] = []
    for start, end in ranges:
        inside = [new[old] for old in range(max(start, 0), min(end, len(text))) if old in new]
        if inside:
            moved.append((inside[0], inside[-1] + 1))
    return "".join(char for char, _ in kept), moved


def _safe(text: str) -> Iterator[tuple[str, int]]:
    for index, char in enumerate(text):
        if char in "\n\u2028\u2029\x0b\x0c\x85" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            yield "\n", index
        elif char in "\t\xa0":
            yield " ", index
        elif unicodedata.category(char) not in _UNSAFE:
            yield char, index


def lines(text: str, columns: int) -> list[Range]:
    """Return the ranges of `text` that go on one line each: broken at spaces and between wide characters.

    Closing punctuation never begins a line and opening punctuation never ends one; a word longer than a line is cut.
    """
    found: list[Range] = []
    position = 0
    for paragraph in text.split("\n"):
        found.extend((position + start, position + end) for start, end in _paragraph(paragraph, columns))
        position += len(paragraph) + 1
    return found


def _paragraph(text: str, columns: int) -> Iterator[Range]:
    start = end = used = 0
    for first, last in _pieces(text, columns):
        size = width(text[first:last])
        if used and used + size > columns:
            yield start, end
            start, used = first, 0
        used += width(text[end:first]) if used else 0
        if not used:
            start = first
        elif used + size > columns:
            yield start, end
            start, used = first, 0
        used += size
        end = last
    yield start, end


def _pieces(text: str, columns: int) -> Iterator[Range]:
    """Yield the unbreakable parts: a word or a wide character, with the punctuation that must stay with it."""
    start = end = -1
    for match in _CHUNK.finditer(text):
        if match[0].isspace():
            if start >= 0:
                yield from _cut(text, start, end, columns)
            start = -1
            continue
        joins = start >= 0 and (match[0][0] in _CLOSING or text[end - 1] in _OPENING)
        if start >= 0 and not joins:
            yield from _cut(text, start, end, columns)
        start = start if joins else match.start()
        end = match.end()
    if start >= 0:
        yield from _cut(text, start, end, columns)


def _cut(text: str, start: int, end: int, columns: int) -> Iterator[Range]:
    used, first = 0, start
    for index in range(start, end):
        size = _columns(text[index])
        if used + size > columns:
            yield first, index
            first, used = index, 0
        used += size
    yield first, end


def fold(text: str, columns: int, first: str = "", rest: str = "") -> Iterator[str]:
    """Yield the lines of safe `text`, each at most `columns` wide with its indent: `first`, then `rest`."""
    clean = safe(text)
    indent = first
    for start, end in lines(clean, columns - max(width(first), width(rest))):
        yield (indent + clean[start:end]).rstrip()
        indent = rest
