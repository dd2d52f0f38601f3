"""A readable difference of two texts: by word in Latin script, by character in Chinese, in the spelling of the originals.

>>> [(part.op, part.text) for part in diff("可以永久使用。", "可以在三年内使用。")]
[('same', '可以'), ('gone', '永久'), ('new', '在三年内'), ('same', '使用。')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from clausescan.folding import fold

Op = Literal["same", "gone", "new"]
_TOKEN = re.compile(r"\s+|\d+(?:[.,]\d+)*|[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?|.", re.DOTALL)


class Part(NamedTuple):
    """A run of the text: on both sides, gone, or new."""

    op: Op
    text: str


def diff(old: str, new: str) -> list[Part]:
    """Return the parts in reading order. What differs only in width, script form, case or white space is the same."""
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, [*map(_key, ours)], [*map(_key, theirs)], autojunk=False)
    return _joined(_parts(matcher, ours, theirs))


def _key(token: str) -> str:
    return " " if token.isspace() else fold(token).text or token


def _parts(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[tuple[bool, str, str]]:
    """Yield in turn whether a run counts as equal, and how each side writes it."""
    codes = matcher.get_opcodes()
    for index, (op, i1, i2, j1, j2) in enumerate(codes):
        inside = 0 < index < len(codes) - 1
        island = op == "equal" and inside and _is_island(new[j1:j2], codes[index - 1], codes[index + 1])
        yield op == "equal" and not island, "".join(old[i1:i2]), "".join(new[j1:j2])


def _is_island(words: list[str], before: tuple[str, int, int, int, int], after: tuple[str, int, int, int, int]) -> bool:
    """True for white space, and for a single word between changes that are longer together: "the", 的."""
    length = sum(not word.isspace() for word in words)
    around = sum(max(code[2] - code[1], code[4] - code[3]) for code in (before, after))
    return length == 0 or (length == 1 and around >= 4)


def _joined(parts: Iterator[tuple[bool, str, str]]) -> list[Part]:
    result: list[Part] = []
    gone = new = ""
    for equal, ours, theirs in parts:
        if equal:
            result += [*_change(gone, new), Part("same", theirs)]
            gone = new = ""
        else:
            gone, new = gone + ours, new + theirs
    return result + _change(gone, new)


def _change(gone: str, new: str) -> list[Part]:
    ops: tuple[tuple[Op, str], ...] = (("gone", gone), ("new", new))
    return [Part(op, text) for op, text in ops if text]
