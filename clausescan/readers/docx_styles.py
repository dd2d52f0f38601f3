"""The styles of a DOCX: a style id in, its properties with everything that it inherits out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from clausescan.readers.ooxml import Element, W

# Built-in names are English in the file whatever the language of Word; other producers write the Chinese ones.
_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.I)
_TITLE = re.compile(r"title|标题|標題", re.I)
_NAVIGATION = re.compile(r"toc (?:[1-9]|heading)|目录\s*[1-9]?", re.I)
# A chain of basedOn longer than this is a loop or an attack.
_CHAIN_LIMIT = 50
# Grey or dark text is a matter of taste; a channel that stands out this far is meant to be seen.
_COLOUR_SPREAD = 64
_HEX = re.compile(r"[0-9A-Fa-f]{6}")
_INT = re.compile(r"-?[0-9]{1,9}")
_VAL, _P_STYLE, _NUM_PR, _OUTLINE, _R_PR, _R_STYLE = (f"{W}{name}" for name in ("val", "pStyle", "numPr", "outlineLvl", "rPr", "rStyle"))

_SIZE, _COLOUR, _HIGHLIGHT, _SHADING = (f"{W}{name}" for name in ("sz", "color", "highlight", "shd"))
_UNSEEN_SIZE = 4  # half-points

# Children of an rPr, each by its tag and w:val.
Told = tuple[tuple[object, str | None], ...]


class RunLook(NamedTuple):
    """How characters look; None where a style says nothing."""

    bold: bool | None = None
    underline: bool | None = None
    colour: bool | None = None
    caps: bool | None = None
    hidden: bool | None = None

    def over(self, base: RunLook) -> RunLook:
        """Return this look with the gaps filled from `base`."""
        return RunLook(*[mine if mine is not None else theirs for mine, theirs in zip(self, base, strict=True)])


class NumberRef(NamedTuple):
    """The numPr of a paragraph or style; None where it says nothing."""

    num_id: int | None = None
    level: int | None = None


PLAIN = RunLook()
UNNUMBERED = NumberRef()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphStyle:
    """A paragraph style with inheritance applied. `chain` holds the ids from the style up to its root.

    `heading` is 1 to 9, 0 for text; `number.num_id` is 0 where a style switches numbering off.
    """

    chain: tuple[str, ...] = ()
    heading: int = 0
    title: bool = False
    navigation: bool = False
    number: NumberRef = UNNUMBERED
    look: RunLook = PLAIN


_NO_STYLE = ParagraphStyle()


class Styles:
    """The styles part; looks are resolved once for each id."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._paragraphs: dict[str, ParagraphStyle] = {}
        self._looks: dict[str, RunLook] = {}
        self._runs: dict[tuple[Told, RunLook], RunLook] = {}
        self._default = ""
        for style in root.iterchildren(f"{W}style") if root is not None else ():
            style_id = style.get(f"{W}styleId", "")
            self._styles[style_id] = style
            if style.get(f"{W}type") == "paragraph" and is_on(style.get(f"{W}default", "0")):
                self._default = style_id

    def paragraph(self, style_id: str | None) -> ParagraphStyle:
        """Return the style; that of plain paragraphs for None or an unknown id."""
        key = style_id if style_id is not None and style_id in self._styles else self._default
        if key not in self._paragraphs:
            self._paragraphs[key] = self._resolve(key)
        return self._paragraphs[key]

    def look(self, style_id: str) -> RunLook:
        """Return how a style makes characters look."""
        if style_id not in self._looks:
            look = PLAIN
            for style in self._chain(style_id):
                look = look.over(run_look(style.find(f"{W}rPr")))
            self._looks[style_id] = look
        return self._looks[style_id]

    def run(self, properties: Element, base: RunLook) -> RunLook:
        """Return how a run with this rPr looks in a paragraph that looks like `base`."""
        told = _told(properties)
        if not told:
            return base
        # Hundreds of runs say the same few things.
        known = self._runs.get((told, base))
        if known is None:
            style_id = next((value for tag, value in told if tag == _R_STYLE), None)
            own = _look_of(told)
            own = own.over(self.look(style_id)) if style_id is not None else own
            known = self._runs[told, base] = own.over(base)
        return known

    def list_number(self, style_id: str) -> int | None:
        """Return the numId that a numbering style stands for, or None."""
        style = self._styles.get(style_id)
        return paragraph_properties(style.find(f"{W}pPr")).number.num_id if style is not None else None

    def _chain(self, style_id: str) -> list[Element]:
        chain: list[Element] = []
        while style_id in self._styles and len(chain) < _CHAIN_LIMIT:
            style = self._styles[style_id]
            if style in chain:
                break
            chain.append(style)
            style_id = child_value(style, "basedOn") or ""
        return chain

    def _resolve(self, style_id: str) -> ParagraphStyle:
        chain = self._chain(style_id)
        if not chain:
            return _NO_STYLE
        name = child_value(chain[0], "name") or ""
        refs = [paragraph_properties(style.find(f"{W}pPr")).number for style in chain]
        return ParagraphStyle(
            chain=tuple(style.get(f"{W}styleId", "") for style in chain),
            heading=_heading(chain),
            title=_TITLE.fullmatch(name.strip()) is not None,
            navigation=_NAVIGATION.fullmatch(name.strip()) is not None,
            number=NumberRef(
                next((ref.num_id for ref in refs if ref.num_id is not None), None),
                next((ref.level for ref in refs if ref.level is not None), None),
            ),
            look=self.look(style_id),
        )


def _heading(chain: list[Element]) -> int:
    for style in chain:
        match = _HEADING.fullmatch((child_value(style, "name") or "").strip())
        level = paragraph_properties(style.find(f"{W}pPr")).outline
        if level is not None:
            return level
        if match:
            return int(match[1])
    return 0


class ParagraphProperties(NamedTuple):
    """What a pPr itself says; `outline` is 1 to 9, 0 for body text; `mark` is the rPr of the paragraph mark."""

    style: str | None = None
    number: NumberRef = UNNUMBERED
    outline: int | None = None
    mark: Element | None = None


_NO_PROPERTIES = ParagraphProperties()


def paragraph_properties(element: Element | None) -> ParagraphProperties:
    """Return the properties in a pPr."""
    if element is None:
        return _NO_PROPERTIES
    style, number, outline, mark = None, UNNUMBERED, None, None
    for child in element:
        tag = child.tag
        if tag == _P_STYLE:
            style = child.get(_VAL)
        elif tag == _NUM_PR:
            number = _number_ref(child)
        elif tag == _OUTLINE:
            level = to_int(child.get(_VAL), 9)
            outline = level + 1 if 0 <= level <= 8 else 0
        elif tag == _R_PR:
            mark = child
    return ParagraphProperties(style, number, outline, mark)


def _number_ref(numbering: Element) -> NumberRef:
    num_id, level = child_value(numbering, "numId"), child_value(numbering, "ilvl")
    return NumberRef(
        to_int(num_id, 0) if num_id is not None else None,
        min(max(to_int(level, 0), 0), 8) if level is not None else None,
    )


def run_look(properties: Element | None) -> RunLook:
    """Return what an rPr itself says about the look of characters, styles left aside."""
    return _look_of(_told(properties)) if properties is not None else PLAIN


def _told(properties: Element) -> Told:
    """Return those children of an rPr that matter."""
    return tuple([(child.tag, child.get(_VAL)) for child in properties if child.tag in _MATTERS])


def _look_of(told: Told) -> RunLook:
    found: dict[str, bool] = {}
    for tag, value in told:
        if tag in _LOOKS:
            name, reader = _LOOKS[tag]
            found[name] = reader(value) or (name == "colour" and found.get("colour", False))
    if _is_unseen(dict(told)):
        found["hidden"] = True
    return RunLook(**found) if found else PLAIN


def _is_unseen(told: dict[object, str | None]) -> bool:
    """Return whether characters are two points high or less, or white with nothing painted under them."""
    size = told.get(_SIZE)
    if size is not None and to_int(size, 99) <= _UNSEEN_SIZE:
        return True
    return (told.get(_COLOUR) or "").upper() == "FFFFFF" and _SHADING not in told and told.get(_HIGHLIGHT) in (None, "white", "none")


def _is_colour(value: str | None) -> bool:
    if value is None or not _HEX.fullmatch(value):
        return False
    channels = bytes.fromhex(value)
    return max(channels) - min(channels) >= _COLOUR_SPREAD


def is_on(value: str | None) -> bool:
    """Return the meaning of an on/off attribute, which is on when the element stands alone."""
    return value not in ("0", "false", "off")


def child_value(element: Element | None, name: str) -> str | None:
    """Return the w:val of the child w:`name`, or None."""
    child = next(element.iterchildren(W + name), None) if element is not None else None
    return child.get(_VAL) if child is not None else None


def to_int(value: str | None, default: int) -> int:
    """Return the number in `value`; `default` for what is no number of at most nine digits."""
    return int(value) if value is not None and _INT.fullmatch(value) else default


# Parts of an rPr that matter: the field of RunLook and how to read w:val. Defined last, as it needs the readers.
_LOOKS: dict[object, tuple[str, Callable[[str | None], bool]]] = {
    f"{W}b": ("bold", is_on),
    f"{W}u": ("underline", lambda value: value not in (None, "none")),
    f"{W}color": ("colour", _is_colour),
    f"{W}highlight": ("colour", lambda value: value not in (None, "none")),
    f"{W}caps": ("caps", is_on),
    f"{W}vanish": ("hidden", is_on),
}
_MATTERS = frozenset((_R_STYLE, _SIZE, _SHADING, *_LOOKS))
