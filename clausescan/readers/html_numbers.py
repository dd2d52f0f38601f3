"""The numbers that a browser draws and the source does not hold: ordered lists and CSS counters.

`ListNumbers` counts <li> in <ol> (start, value, type, reversed not supported). `Counters` follows the part of CSS 2.1
that generated numbers use: counter-reset, counter-increment and `content: "第" counter(a) "条"` in ::before rules, with
selectors of tags, classes and ids joined by a blank or ">". Rules with other selectors are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clausescan.readers.lines import without

_DIGITS = "〇一二三四五六七八九"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip # noqa: E501
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_CJK_STYLES = frozenset(
    ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "simp-chinese-formal", "trad-chinese-formal")
)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)")
_MAX_CSS, _MAX_RULES, _MAX_ANCESTORS = 500_000, 200, 100
_DECLARATION = re.compile(r"(counter-reset|counter-increment|content|list-style|list-style-type)\s*:\s*((?:\"[^\"]*\"|'[^']*'|[^;\"'])+)")
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+)*)$")
_CONTENT = re.compile(
    r"\"([^\"]*)\"|'([^']*)'|counter\(\s*([\w-]+)\s*(?:,\s*([\w-]+)\s*)?\)"
    r"|counters\(\s*([\w-]+)\s*,\s*[\"']([^\"']*)[\"']\s*(?:,\s*([\w-]+)\s*)?\)"
)
_NO_NAMES: frozenset[str] = frozenset()
_BEFORE = re.compile(r"::?before$")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


def written(value: int, style: str) -> str:
    """Return `value` in a CSS list style; decimal where the style does not reach."""
    if style in ("lower-roman", "upper-roman") and 0 < value < 4000:
        text = _roman(value)
    elif style in ("lower-alpha", "lower-latin", "upper-alpha", "upper-latin") and value > 0:
        text = _alpha(value)
    elif style == "cjk-decimal" and value >= 0:
        return "".join(_DIGITS[int(digit)] for digit in str(value))
    elif style in _CJK_STYLES and 0 < value < 100:
        return _chinese(value)
    else:
        return f"{value:02d}" if style == "decimal-leading-zero" else str(value)
    return text.upper() if style.startswith("upper") else text


def _roman(value: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        text += letters * (value // size)
        value %= size
    return text


def _alpha(value: int) -> str:
    text = ""
    while value:
        value, rest = divmod(value - 1, 26)
        text = chr(97 + rest) + text
    return text


def _chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    return ("" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def css_rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of a style sheet, also those inside @media; linear whatever is left open."""
    for part in without(css[:_MAX_CSS], "/*", "*/").split("}"):
        selectors, brace, body = part.rpartition("{")
        if brace:
            yield selectors.rpartition("{")[2].strip(), body


@dataclass(slots=True)
class ListNumbers:
    """The counter of one list; `style` is None for lists without numbers."""

    style: str | None
    next: int = 1

    def number(self, attrib: Mapping[str, str]) -> str | None:
        """Return the number of the next item as drawn ("1.", "a.", "一、"), or None."""
        value = attrib.get("value", "")
        if value.strip().lstrip("-").isdecimal():
            self.next = int(value)
        self.next += 1
        style = list_style(attrib) or self.style
        if style is None or style == "none":
            return None
        return written(self.next - 1, style) + ("、" if style in _CJK_STYLES or style == "cjk-decimal" else ".")


def list_numbers(tag: str, attrib: Mapping[str, str]) -> ListNumbers:
    """Return the counter for a list element."""
    if tag != "ol":
        return ListNumbers(style=None)
    start = attrib.get("start", "").strip()
    style = list_style(attrib) or _TYPES.get(attrib.get("type", "1").strip(), "decimal")
    return ListNumbers(style=style, next=int(start) if start.lstrip("-").isdecimal() else 1)


def list_style(attrib: Mapping[str, str]) -> str | None:
    """Return the list style that a style attribute names ("none" too), or None."""
    style = attrib.get("style")
    match = _LIST_STYLE.search(style.lower()) if style and "list-style" in style.lower() else None
    if not match:
        return None
    words = match.group(1).split()
    known = [word for word in words if word in _CJK_STYLES or word == "none" or re.match(r"(?:lower|upper)-|decimal|cjk-", word)]
    return known[0] if known else ("none" if words and words[0] in ("disc", "circle", "square") else None)


@dataclass(frozen=True, slots=True)
class _Rule:
    """`path` are the parts of the selector from the element outwards: (combinator to the left, tag, names)."""

    path: tuple[tuple[str, str, frozenset[str]], ...]
    before: bool
    declarations: Mapping[str, str]


@dataclass(slots=True)
class Counters:
    """The counters of a page while it is walked: call `enter` and `leave` for each element."""

    rules: list[_Rule] = field(default_factory=list)
    elements: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    scopes: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)  # tags and names that a rule can end with: most elements are none

    def add(self, css: str) -> None:
        """Take the rules of a style sheet that concern counters."""
        for selectors, body in css_rules(css):
            if len(self.rules) > _MAX_RULES:
                return
            declarations = {name: value.strip() for name, value in _DECLARATION.findall(body)}
            if not declarations:
                continue
            for selector in selectors.split(","):
                path = _path(_BEFORE.sub("", selector.strip()))
                if path:
                    self.keys |= path[0][2] or {path[0][1]}
                    self.rules.append(_Rule(path, bool(_BEFORE.search(selector.strip())), declarations))

    def enter(self, tag: str, attrib: Mapping[str, str]) -> tuple[str | None, bool]:
        """Return the number drawn before the element, if a counter draws one, and whether its list marker is off."""
        names = _names(attrib) if attrib else _NO_NAMES
        self.elements.append((tag, names))
        if tag not in self.keys and "*" not in self.keys and self.keys.isdisjoint(names):
            return None, False
        content, unmarked = None, False
        for rule in self.rules:
            if not _matches(rule.path, self.elements):
                continue
            if rule.before:
                content = rule.declarations.get("content", content)
            else:
                unmarked = unmarked or "none" in rule.declarations.get("list-style", rule.declarations.get("list-style-type", ""))
            self._count(rule)
        drawn = self._draw(content) if content and "counter" in content else None
        return drawn, unmarked

    def leave(self) -> None:
        """End the innermost element and the counters that its children began."""
        depth = len(self.elements)
        if self.elements:
            self.elements.pop()
        for scope in self.scopes.values():
            while scope and scope[-1][0] >= depth:
                scope.pop()

    def _count(self, rule: _Rule) -> None:
        parent = len(self.elements) - 1  # a counter lives as long as the parent of the element that began it
        for name, value in _pairs(rule.declarations.get("counter-reset", ""), 0):
            scope = self.scopes.setdefault(name, [])
            if scope and scope[-1][0] == parent:
                scope.pop()
            scope.append((parent, value))
        for name, value in _pairs(rule.declarations.get("counter-increment", ""), 1):
            scope = self.scopes.setdefault(name, [])
            depth, now = scope.pop() if scope else (parent, 0)
            scope.append((depth, now + value))

    def _draw(self, content: str) -> str:
        text = ""
        for plain, quoted, name, style, names, gap, styles in _CONTENT.findall(content):
            if name:
                text += written(self._values(name)[-1], style or "decimal")
            elif names:
                text += gap.join(written(value, styles or "decimal") for value in self._values(names))
            else:
                text += _ESCAPED.sub(lambda match: chr(min(int(match.group(1), 16), 0x10FFFF)), plain or quoted)
        return text.strip()

    def _values(self, name: str) -> list[int]:
        return [value for _, value in self.scopes.get(name, ())] or [0]


def _names(attrib: Mapping[str, str]) -> frozenset[str]:
    names = [f".{name}" for name in attrib.get("class", "").split()]
    return frozenset([*names, f"#{attrib['id']}"] if "id" in attrib else names)


def _pairs(value: str, default: int) -> list[tuple[str, int]]:
    words = value.split()
    found = []
    for index, word in enumerate(words):
        if word == "none" or re.fullmatch(r"-?\d+", word):
            continue
        amount = words[index + 1] if index + 1 < len(words) and re.fullmatch(r"-?\d+", words[index + 1]) else str(default)
        found.append((word, int(amount)))
    return found


def _path(selector: str) -> tuple[tuple[str, str, frozenset[str]], ...] | None:
    """Return the selector from right to left, or None when it uses more than tags, classes, ids, blanks and ">"."""
    parts: list[tuple[str, str, frozenset[str]]] = []
    combinator = ""
    for word in reversed(selector.replace(">", " > ").split()):
        if word == ">":
            combinator = ">"
            continue
        match = _COMPOUND.match(word)
        if not match:
            return None
        parts.append((combinator or " ", (match.group(1) or "*").lower(), frozenset(re.findall(r"[.#][\w-]+", match.group(2)))))
        combinator = ""
    return tuple(parts) or None


def _matches(path: tuple[tuple[str, str, frozenset[str]], ...], elements: list[tuple[str, frozenset[str]]]) -> bool:
    place = len(elements) - 1
    lowest = max(0, place - _MAX_ANCESTORS)
    if not _fits(path[0], elements[place]):
        return False
    for part in path[1:]:
        place -= 1
        while place >= lowest and not _fits(part, elements[place]):
            if part[0] == ">":
                return False
            place -= 1
        if place < lowest:
            return False
    return True


def _fits(part: tuple[str, str, frozenset[str]], element: tuple[str, frozenset[str]]) -> bool:
    return part[1] in ("*", element[0]) and part[2] <= element[1]
