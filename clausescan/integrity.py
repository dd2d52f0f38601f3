"""Notes on the integrity of a text: characters and spellings that hide words from a reader or from a search.

The matching view (`folding`) reads through all of them, so that a hidden clause is found; that it was hidden is worth
knowing by itself. White space, letter-spacing, line-end hyphens and emphasis marks are usual typesetting and no note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from clausescan.errors import problem
from clausescan.folding import HOMOGLYPHS, INVISIBLE, MARKUP, Folded, fold
from clausescan.types import Document, Problem

# words of the rules that somebody would want to hide, as they stand in the matching view
_KEY = re.compile(
    "人脸|刷脸|人像|面部|面容|面相|肖像|五官|生物识别|生物特征|不可撤销|不可撤回|不得撤销|永久|永远|无限期|无期限|转授权|再授权|再许可|分许可|"
    r"\b(?:fac(?:e|es|ial|eprints?)|biometrics?|likeness|irrevocabl[ey]|perpetual(?:ly)?|perpetuity|permanent(?:ly)?|unlimited|"
    r"sub-?licen[cs](?:e|es|able|ing))\b"
)
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_COMBINING = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# stored backwards to be shown forwards: what a search and this program read is not what a person reads
_TURNED = re.compile("[\u202d\u202e](?:[^\\w\u202c\u2069\n]{0,9}\\w){3}[^\u202c\u2069\n]{0,400}")
_OVERRIDE = re.compile(f"[{_DIRECTION}]")
# over an ideograph, or more than two on one letter: no language is written so
_STRAY_MARKS = re.compile(f"(?<=[\u3400-\u9fff])[{_COMBINING}]+|(?<=\\w)[{_COMBINING}]{{3,}}")
_STYLED = re.compile("[\U0001d400-\U0001d7ff]{3,}|[\u2460-\u24ff\U0001f130-\U0001f189]{4,}")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_LATIN_WORD = re.compile("[A-Za-z" + "".join(HOMOGLYPHS) + "]{4,}")
_LATIN, _GLYPH = re.compile("[A-Za-z]"), re.compile("[" + "".join(HOMOGLYPHS) + "]")
_MARKS, _EMPHASIS = frozenset(MARKUP), re.compile(f"[{MARKUP}]+")
_SOFT = re.compile("-\\s*\n\\s*|[\u00ad\ufffe]")
_REACH, _SHOWN, _SAMPLE = 24, 3, 24
# code points that the slower patterns need: a text without any is done
_SUSPECT = np.zeros(0x110000, dtype=np.bool_)
for _first, _last in ((0x202A, 0x202E), (0x2066, 0x2069), (0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
                      (0xFE20, 0xFE2F), (0x1D400, 0x1D7FF), (0x2460, 0x24FF), (0x1F130, 0x1F189)):  # fmt: skip
    _SUSPECT[_first : _last + 1] = True
_SUSPECT[[ord(char) for char in HOMOGLYPHS]] = True

Span = tuple[int, int]


def integrity_problems(document: Document) -> tuple[Problem, ...]:
    """Return the notes on a document, one for each kind: how often, examples, and where it happens first."""
    if document.text.isascii() and not fold(document.text).disguises:
        return ()
    return tuple(_notes(document, fold(document.text)))


def _notes(document: Document, view: Folded) -> Iterator[Problem]:
    text = document.text
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    suspect = bool(_SUSPECT[np.minimum(points, 0x10FFFF)].any())
    if suspect:
        yield from _told(document, "R042_direction_controls", [match.span() for match in _OVERRIDE.finditer(text)])
        yield from _told(document, "R054_turned_text", [match.span() for match in _TURNED.finditer(text)])
        yield from _told(document, "R043_lookalikes", [*_mixed_words(text), *(match.span() for match in _STYLED.finditer(text))])
        yield from _told(document, "R045_combining_marks", [(match.start() - 1, match.end()) for match in _STRAY_MARKS.finditer(text)])
    if view.disguises:
        yield from _told(document, "R044_split_words", list(_disguised(text, view)))


def _mixed_words(text: str) -> Iterator[Span]:
    """Yield the words of Latin letters with look-alikes of another alphabet among them."""
    for match in _LATIN_WORD.finditer(text):
        word = match.group()
        if _GLYPH.search(word, 1 if "α" <= word[0] <= "ω" else 0) and _LATIN.search(word):  # α-helix, γ-ray
            yield match.span()


def _disguised(text: str, view: Folded) -> Iterator[Span]:
    """Yield the key words that stand in the view and are cut up, spelt or filled with invisible characters in the text."""
    last = 0
    for start, end in view.disguises:
        if end <= last:
            continue
        first = max(view.from_source(start) - _REACH, 0)
        for match in _KEY.finditer(view.text, first, min(view.from_source(end) + _REACH, len(view.text))):
            source = view.to_source(*match.span())
            if source[0] <= start < source[1] and _is_hidden(text, source, match.group()):
                last = source[1]
                yield source
                break


def _is_hidden(text: str, source: Span, word: str) -> bool:
    """Tell whether a search for the word would miss it for more than typesetting: blanks, emphasis, a line-end hyphen."""
    start, end = source
    bare = text[start:end]
    # emphasis has marks on both sides of what it stresses: *人*脸, not 人*脸
    if text[max(start - 1, 0) : start] in _MARKS or text[end : end + 1] in _MARKS:
        bare = _EMPHASIS.sub("", bare)
    # a blank inside a Latin word and a soft hyphen inside a Chinese one are no typesetting
    bare = _SOFT.sub("", bare) if word[0].isascii() else "".join(bare.split())
    return len(bare) != len(word) or _INVISIBLE.search(bare) is not None


def _told(document: Document, code: str, spans: Sequence[Span]) -> Iterable[Problem]:
    if not spans:
        return ()
    first = min(spans)
    place = document.place(*first)
    where = f"page {place.page}, line {place.line}" if place.page else f"line {place.line}"
    samples = dict.fromkeys(_shown(document.text[start : min(end, start + _SAMPLE)]) for start, end in sorted(spans))
    listed = list(samples)[:_SHOWN]
    return (problem(code, where=where, count=len(spans), samples=(", ".join(listed), "、".join(listed))),)


def _shown(text: str) -> str:
    """Return the text with its invisible characters written out, so that the example can be seen (and is harmless)."""
    return "".join(f"<U+{ord(char):04X}>" if _INVISIBLE.match(char) else char for char in text)
