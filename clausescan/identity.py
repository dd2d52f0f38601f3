"""When two texts are the same: the folded words without the number in front. What compare, baseline and clusters agree on."""

from __future__ import annotations

import re
from hashlib import sha256

from clausescan.folding import fold
from clausescan.segment.numbering import parse

_TOKEN = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+(?:'[a-z]+)?|[^\s\w]|\w")
_WORD = re.compile(r"\w")


def without_number(text: str) -> str:
    """Return the text without the number of the provision in front of it and without white space around it."""
    text = text.strip()
    number = parse(text, 0)
    if number is None:
        return text
    rest = text[text.index(number.text) + len(number.text) :].lstrip(" \t\r\n\u3000:：、.．")
    return rest or text


def bare(text: str) -> str:
    """Return what makes two clauses the same text: folded, on one line, without the number in front."""
    return fold(without_number(text)).text.strip()


def tokens(text: str) -> list[str]:
    """Return the tokens of a folded text: single Han characters, Latin words and numbers, punctuation marks."""
    return _TOKEN.findall(text)


def words(text: str) -> list[str]:
    """Return the tokens of a folded text that are not punctuation."""
    return [token for token in tokens(text) if _WORD.match(token)]


def digest(text: str) -> str:
    """Return sixteen hexadecimal digits that stand for the bare text."""
    return sha256(bare(text).encode("utf-8", "replace")).hexdigest()[:16]
