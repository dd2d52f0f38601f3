"""Numbers of provisions as Chinese and English documents print them: a string in, its scheme and values out.

>>> parse("（三）甲方", 0).values
(3,)
>>> parse("5.2您授权", 0).text
'5.2'
"""

from __future__ import annotations

import re

from clausescan.types import Numbering

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_HAN = "〇零一二两三四五六七八九十百千"
_STEMS = "甲乙丙丁戊己庚辛壬癸"

# Scheme, pattern with the value in group "n". Order matters: the first that matches wins.
_SCHEMES: tuple[tuple[str, str], ...] = (
    ("part_zh", rf"第\s?(?P<n>[{_HAN}]+|\d{{1,3}})\s?(?:编|編|部分|分编)"),
    ("chapter_zh", rf"第\s?(?P<n>[{_HAN}]+|\d{{1,3}})\s?(?:章)"),
    ("section_zh", rf"第\s?(?P<n>[{_HAN}]+|\d{{1,3}})\s?(?:节|節)"),
    ("article_zh", rf"第\s?(?P<n>[{_HAN}]+|\d{{1,3}})\s?(?:条|條)(?:之[{_HAN}]+)?"),
    ("paragraph_zh", rf"第\s?(?P<n>[{_HAN}]+|\d{{1,3}})\s?(?:款|项|項)"),
    (
        "article_en",
        r"(?:Article|ARTICLE|Section|SECTION|Clause|CLAUSE|Part|PART|Chapter|CHAPTER|Paragraph|§)\s?(?P<n>\d{1,3}(?:\.\d{1,3})*|[IVXL]{1,6}\b)(?:[.:)、]|(?=\s|$))",
    ),
    ("decimal", r"(?P<n>\d{1,3}(?:[.．]\d{1,3}){1,5})(?:[.．、)）]|(?=[^\d.,%％\-年月日:：/万亿千百元倍折]|$))"),
    ("han_comma", rf"(?P<n>[{_HAN}]{{1,4}})\s?[、.．]"),
    ("han_paren", rf"[（(]\s?(?P<n>[{_HAN}]{{1,4}})\s?[)）]"),
    ("digit_dot", r"(?P<n>\d{1,3})\s?(?:[、．]|\\?\.(?!\d))"),
    ("digit_paren", r"[（(]\s?(?P<n>\d{1,3})\s?[)）]"),
    ("digit_half", r"(?P<n>\d{1,3})\s?[)）]"),
    ("circled", r"(?P<n>[①-⑳㉑-㉟])"),
    ("stem", rf"(?P<n>[{_STEMS}])、"),
    ("roman_paren", r"[（(](?P<n>[ivx]{2,5}|i|v|x)[)）]"),
    ("letter_paren", r"[（(](?P<n>[A-Za-z])[)）]"),
    ("letter_half", r"(?P<n>[A-Za-z])[)）]\s"),
    ("letter_dot", r"(?P<n>[A-Za-z])[.、]\s"),
    ("roman_dot", r"(?P<n>[IVX]{1,5})[.、]\s"),
    ("bullet", r"(?P<n>[•·●○◦▪■□◆◇※►▶➢✓✔√*\-–—])\s+(?=\S)"),
)
_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern.replace('?P<n>', f'?P<{name}_n>')})" for name, pattern in _SCHEMES))
_MARKS = re.compile(r"[\s\u3000#>*]*")

# Depth of the schemes that have a fixed order among themselves; the others are placed by first appearance.
FIXED_DEPTH = {"part_zh": 0, "chapter_zh": 1, "section_zh": 2, "article_zh": 3, "article_en": 3}


def han_value(text: str) -> int:
    """Return the value of a Chinese numeral below ten thousand ("二十六" is 26, "一〇三" is 103)."""
    if not any(character in _UNITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def _roman_value(text: str) -> int:
    values = [_ROMAN[character] for character in text.lower()]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def _values(scheme: str, text: str) -> tuple[int, ...]:
    if scheme == "circled":
        return (ord(text) - ord("①") + 1 if text <= "⑳" else ord(text) - ord("㉑") + 21,)
    if scheme == "stem":
        return (_STEMS.index(text) + 1,)
    if scheme == "bullet":
        return (0,)
    if scheme.startswith("letter"):
        return (ord(text.lower()) - ord("a") + 1,)
    if text.isdecimal():
        return (int(text),)
    if text[0].isdigit():
        return tuple(int(part) for part in re.split(r"[.．]", text))
    if text[0] in _HAN:
        return (han_value(text),)
    return (_roman_value(text),)


def parse(text: str, start: int, end: int | None = None) -> Numbering | None:
    """Return the number that a provision beginning at `start` carries, or None.

    Spaces and Markdown marks before the number are skipped; `Numbering.text` is the number as printed.
    """
    end = len(text) if end is None else end
    mark = _MARKS.match(text, start, end)
    position = mark.end() if mark else start
    if text[start:position].strip().endswith("*") and text[position : position + 1].isspace():
        return None
    match = _PATTERN.match(text, position, end)
    if match is None:
        return None
    # The group of the scheme closes after the group of its value.
    scheme = match.lastgroup or ""
    return Numbering(text=match.group(0).strip(), scheme=scheme, values=_values(scheme, match.group(f"{scheme}_n")))
