"""Text that stands beside the page: descriptions of pictures, tooltips, labels for screen readers, prompts of fields.

A clause there is shown to some people and found by no search of the page. Most such texts are names ("logo", "返回顶部"); only
what is long enough to be a sentence is read, as a block of its own with the origin "annotation".
"""

from __future__ import annotations

import unicodedata

_SHORTEST, _WIDEST = 12, 24  # characters; columns, of which an ideograph takes two
_WORDS = 5


def sentence(text: str | None) -> str:
    """Return the text on one line when it may be a sentence: not a name, an address or a list of keys; else ""."""
    if not text or len(text) < _SHORTEST:
        return ""
    line = " ".join(text.split())
    if line.isascii():
        return line if line.count(" ") >= _WORDS - 1 else ""
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line[: _WIDEST * 2])
    return line if width >= _WIDEST else ""
