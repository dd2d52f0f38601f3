"""Automatic numbers of a DOCX as Word shows them: a numbered paragraph in, "第三条" or "1.1" out.

num -> abstractNum -> lvl, with overrides; counters belong to the abstractNum, so that all of its nums go on
counting together unless one says startOverride. Word counts a skipped level as used: "1.1" before any "1"
makes the next first-level paragraph "2" (Microsoft KB Q110380).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from clausescan.readers.docx_styles import NumberRef, ParagraphStyle, Styles, child_value, is_on, to_int
from clausescan.readers.ooxml import Element, W

_LEVELS = 9
_VAL, _ILVL, _START, _TEXT, _SUFFIX, _RESTART, _LEGAL, _P_STYLE, _R_PR, _VANISH, _FORMAT = (
    f"{W}{name}" for name in ("val", "ilvl", "start", "lvlText", "suff", "lvlRestart", "isLgl", "pStyle", "rPr", "vanish", "numFmt")
)
_PLACEHOLDER = re.compile(r"%([1-9])")
BULLET = "•"

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_PLAIN_DIGITS, _LEGAL_DIGITS = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
_TRADITIONAL_DIGITS = "零壹貳參肆伍陸柒捌玖"
_PLAIN_UNITS, _LEGAL_UNITS = ("", "十", "百", "千"), ("", "拾", "佰", "仟")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}
# Formats that are one character for each value: first character and how many follow.
_RUNS = {
    "decimalEnclosedCircle": ("①", 20), "decimalEnclosedCircleChinese": ("①", 20), "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20), "ideographEnclosedCircle": ("㊀", 10),
}  # fmt: skip


class Number(NamedTuple):
    """An automatic number: `text` as shown, `gap` whether a space follows, `level` counted from 1."""

    text: str
    gap: bool
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    start: int = 0
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    hidden: bool = False


@dataclass(slots=True, kw_only=True)
class _List:
    """A num; `key` names the abstractNum whose counters it shares, `overrides` holds the starts of its own.

    A level is read when it is met: most lists define nine and use one or two. `bases` holds the lvl of the
    abstractNum for each level, `owns` those of the overrides; `known` what has been read.
    """

    key: str
    bases: dict[int, Element]
    owns: dict[int, list[Element]]
    overrides: dict[int, int]
    known: dict[int, _Level | None] = field(default_factory=dict)

    def level(self, index: int) -> _Level | None:
        """Return a level with its override applied, None if the list has no such level."""
        if index not in self.known:
            base = self.bases.get(index)
            level = _read_level(base) if base is not None else None
            for own in self.owns.get(index, ()):
                level = _override_level(level, own)
            self.known[index] = level
        return self.known[index]

    def start(self, level: int) -> int:
        """Return the number that a level starts with."""
        found = self.level(level)
        return self.overrides.get(level, found.start if found else 1)

    def level_of(self, styles: tuple[str, ...]) -> int | None:
        """Return the level that is linked to the first of these paragraph styles that has one."""
        levels = ((index, self.level(index)) for index in range(_LEVELS))
        linked = {level.style: index for index, level in levels if level and level.style}
        return next((linked[style] for style in styles if style in linked), None)


class Numbering:
    """The numbering part and the state of all its counters; ask once for each paragraph, in reading order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        children = list(root) if root is not None else []
        self._abstracts = {child.get(f"{W}abstractNumId", ""): child for child in children if child.tag == f"{W}abstractNum"}
        self._nums = {to_int(child.get(f"{W}numId"), 0): child for child in children if child.tag == f"{W}num"}
        self._lists: dict[int, _List | None] = {}
        self._counters: dict[tuple[str, str], list[int | None]] = {}
        self._used: set[tuple[str, int, int]] = set()

    def number(self, direct: NumberRef, style: ParagraphStyle, story: str) -> Number | None:
        """Return the number of the next paragraph of `story`, None if it has none. Counts on."""
        num_id = direct.num_id if direct.num_id is not None else style.number.num_id
        found = self._list(num_id) if num_id else None
        if num_id is None or found is None:
            return None
        level = direct.level
        if level is None:
            linked = found.level_of(style.chain)
            level = linked if linked is not None else style.number.level or 0
        shape = found.level(level)
        if shape is None:
            return None
        counters = self._count(found, num_id, level, story)
        return _render(found, shape, level, counters)

    def _count(self, found: _List, num_id: int, level: int, story: str) -> list[int | None]:
        counters = self._counters.setdefault((story, found.key), [None] * _LEVELS)
        for higher in range(level):
            if counters[higher] is None:
                counters[higher] = found.start(higher)
        current, use = counters[level], (story, num_id, level)
        restarts = level in found.overrides and use not in self._used
        counters[level] = found.start(level) if current is None or restarts else current + 1
        self._used.add(use)
        for deeper in range(level + 1, _LEVELS):
            if counters[deeper] is None:
                continue  # nothing to restart; the level need not be read
            shape = found.level(deeper)
            # lvlRestart: 0 never restarts, n only after level n (counted from 1) or a higher one.
            if shape is None or shape.restart is None or level < shape.restart:
                counters[deeper] = None
        return counters

    def _list(self, num_id: int) -> _List | None:
        if num_id not in self._lists:
            self._lists[num_id] = self._read_list(num_id)
        return self._lists[num_id]

    def _read_list(self, num_id: int) -> _List | None:
        num = self._nums.get(num_id)
        abstract = self._abstract(num_id, set()) if num is not None else None
        if num is None or abstract is None:
            return None
        bases = {_index(element): element for element in abstract.iterchildren(f"{W}lvl")}
        owns: dict[int, list[Element]] = {}
        overrides: dict[int, int] = {}
        for override in num.iterchildren(f"{W}lvlOverride"):
            index, own = _index(override), override.find(f"{W}lvl")
            if own is not None:
                owns.setdefault(index, []).append(own)
            start = child_value(override, "startOverride")
            if start is not None:
                overrides[index] = to_int(start, 1)
        return _List(key=abstract.get(f"{W}abstractNumId", ""), bases=bases, owns=owns, overrides=overrides)

    def _abstract(self, num_id: int, seen: set[int]) -> Element | None:
        """Return the abstractNum behind a num; a numStyleLink leads through a numbering style to another num."""
        num = self._nums.get(num_id)
        abstract = self._abstracts.get(child_value(num, "abstractNumId") or "")
        link = child_value(abstract, "numStyleLink")
        if abstract is None or link is None or num_id in seen:
            return abstract
        target = self._styles.list_number(link)
        if target in self._nums and target is not None:
            return self._abstract(target, seen | {num_id})
        linked = (other for other in self._abstracts.values() if child_value(other, "styleLink") == link)
        return next(linked, abstract)


def _index(element: Element) -> int:
    return min(max(to_int(element.get(_ILVL), 0), 0), _LEVELS - 1)


def _read_level(element: Element) -> _Level:
    # One pass for all of its parts; backwards, so that the first of two with one name counts.
    parts = {child.tag: child for child in element.iterchildren(reversed=True)}

    def value(tag: str) -> str | None:
        return parts[tag].get(_VAL) if tag in parts else None

    vanish = parts[_R_PR].find(_VANISH) if _R_PR in parts else None
    restart = value(_RESTART)
    return _Level(
        start=max(to_int(value(_START), 0), 0),
        format=_number_format(element),
        text=value(_TEXT) or "",
        suffix=value(_SUFFIX) or "tab",
        restart=to_int(restart, 0) if restart is not None else None,
        legal=_LEGAL in parts and is_on(value(_LEGAL)),
        style=value(_P_STYLE),
        hidden=vanish is not None and is_on(vanish.get(_VAL)),
    )


def _override_level(base: _Level | None, own: Element) -> _Level:
    """Return the level of an override; some producers leave out the parts that do not change."""
    level = _read_level(own)
    if base is None:
        return level
    text, form = own.find(f"{W}lvlText"), own.find(f".//{W}numFmt")
    start = own.find(f"{W}start")
    return replace(
        level,
        text=level.text if text is not None else base.text,
        format=level.format if form is not None else base.format,
        start=level.start if start is not None else base.start,
        style=level.style or base.style,
    )


def _number_format(element: Element) -> str:
    """Return the numFmt; a custom one of Word 2010 ("001, 002, ...") as its pattern, else what stands in for it."""
    forms = list(element.iter(_FORMAT))
    for form in forms:
        if form.get(_VAL) == "custom":
            pattern = re.match(r"0+1\b", form.get(f"{W}format", ""))
            if pattern:
                return pattern[0]
    plain = [form.get(_VAL, "decimal") for form in forms if form.get(_VAL) != "custom"]
    return plain[0] if plain else "decimal"


def _render(found: _List, shape: _Level, level: int, counters: list[int | None]) -> Number | None:
    if shape.hidden:
        return None
    if shape.format == "bullet":
        return Number(BULLET, True, level + 1)

    def part(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        other = found.level(index)
        value = counters[index]
        if index > level or value is None or other is None:
            return ""
        legal = shape.legal and other.format != "decimalZero"
        return format_number("decimal" if legal else other.format, value)

    text = _PLACEHOLDER.sub(part, shape.text)
    gap = shape.suffix != "nothing" or text.endswith((" ", "\u3000", "\t"))
    text = " ".join(text.split())
    return Number(text, gap, level + 1) if text else None


def format_number(form: str, value: int) -> str:
    """Return `value` (0 or more) in a w:numFmt; decimal for formats that contracts in Chinese or English do not use."""
    if form in ("none", "bullet"):
        return ""
    if form in _RUNS:
        first, count = _RUNS[form]
        return chr(ord(first) + value - 1) if 1 <= value <= count else str(value)
    if form in _CYCLES:
        return _CYCLES[form][value - 1] if 1 <= value <= len(_CYCLES[form]) else str(value)
    if form.startswith("0"):
        return str(value).zfill(len(form))
    writer = _WRITERS.get(form)
    return writer(value) if writer is not None else str(value)


def _letters(value: int) -> str:
    # Word goes on with AA, BB, CC; a number beyond that is no list of a contract.
    return chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1) if 1 <= value <= 780 else str(value)


def _roman(value: int) -> str:
    if not 1 <= value <= 3999:
        return str(value)
    text = ""
    for size, sign in _ROMAN:
        text += sign * (value // size)
        value %= size
    return text


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _words(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f"-{_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_ONES[value // 100]} hundred" + (f" {_words(value % 100)}" if value % 100 else "")
    return str(value)


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ordinal_words(value: int) -> str:
    if value >= 1000:
        return _ordinal(value)
    head, last = re.fullmatch(r"(.*?)([a-z]+)", _words(value)).groups()  # type: ignore[union-attr]  # words end in letters
    ordinal = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return _title(head + ordinal)


def _han(value: int, digits: str, units: tuple[str, ...], zero: str, *, drop_one: bool) -> str:
    """Return a number below 100,000,000 as it is read ("一百零五"); `drop_one` says 十一 instead of 一十一."""
    if value >= 10_000:
        head, rest = divmod(value, 10_000)
        if head >= 10_000:
            return str(value)
        tail = _han(rest, digits, units, zero, drop_one=False) if rest else ""
        return _han(head, digits, units, zero, drop_one=drop_one) + "万" + (zero if 0 < rest < 1000 else "") + tail
    if value == 0:
        return digits[0]
    text, gap = "", False
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += (zero if gap else "") + digits[digit] + units[power]
        gap = False
    return text[1:] if drop_one and 10 <= value <= 19 else text


def _han_thousand(value: int) -> str:
    return _han(value, _PLAIN_DIGITS, _PLAIN_UNITS, "零", drop_one=True)


def _han_counting(value: int) -> str:
    # The plain counting system spells the digits from 100 on.
    return _han_thousand(value) if value < 100 else _han_digits(value)


def _han_japanese(value: int) -> str:
    # Japanese has no filler zero and no 一 before 十, 百 and 千.
    text = _han(value, _PLAIN_DIGITS, _PLAIN_UNITS, "", drop_one=True)
    return re.sub("一(?=[十百千])", "", text) if value < 10_000 else text


def _han_digits(value: int) -> str:
    return "".join(_PLAIN_DIGITS[int(digit)] for digit in str(value))


def _legal(value: int) -> str:
    return _han(value, _LEGAL_DIGITS, _LEGAL_UNITS, "零", drop_one=False)


def _legal_traditional(value: int) -> str:
    return _han(value, _TRADITIONAL_DIGITS, _LEGAL_UNITS, "零", drop_one=False).replace("万", "萬")


def _full_width(value: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(value))


_CYCLES: dict[str, tuple[str, ...]] = {
    "ideographTraditional": tuple(_STEMS),
    "ideographZodiac": tuple(_BRANCHES),
    "ideographZodiacTraditional": tuple(_STEMS[index % 10] + _BRANCHES[index % 12] for index in range(60)),
}
_WRITERS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda value: _letters(value).lower(),
    "ordinal": _ordinal,
    "cardinalText": lambda value: _title(_words(value)),
    "ordinalText": _ordinal_words,
    "numberInDash": lambda value: f"- {value} -",
    "hex": lambda value: f"{value:X}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "chineseCounting": _han_counting,
    "taiwaneseCounting": _han_counting,
    "chineseCountingThousand": _han_thousand,
    "taiwaneseCountingThousand": _han_thousand,
    "japaneseCounting": _han_japanese,
    "koreanCounting": _han_thousand,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal_traditional,
    "ideographDigital": _han_digits,
    "taiwaneseDigital": _han_digits,
    "japaneseDigitalTenThousand": _han_digits,
}
