"""How printed lines become running text: spaces, line ends, hyphens, and where a new provision begins.

>>> needs_space("款", "第"), needs_space("party", "shall")
(False, True)
>>> starts_provision("第三条 授权"), starts_provision("5.2您授权"), starts_provision("2026年")
(True, True, False)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_CJK = (
    "\u2e80-\u2fdf\u2ff0-\u2fff\u3001-\u303f\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\u3200-\u33ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffee\U00020000-\U0003ffff"
)
# Marks that both scripts use; between them and Chinese no space is meant.
_SHARED = "“”‘’—…·"
_IS_CJK = re.compile(f"[{_CJK}]")
_BLANK = "[ \\t\\r\\n\\x0b\\x0c\\x00\u00a0\u2000-\u200a\u202f\u205f\u3000]"
_ODD = re.compile(f"[{_CJK}{_SHARED}]{_BLANK}|{_BLANK}[{_CJK}{_SHARED}]|{_BLANK}{{2}}|[\x00-\x1f\x7f\u00a0\u00ad\ufffe\uffff\ud800-\udfff]")
# No odd piece is without one of these; a single set is found much faster than the alternatives above.
_MAYBE_ODD = re.compile(f"[{_BLANK[1:-1]}\x00-\x1f\x7f\u00ad\ufffe\uffff\ud800-\udfff]")
_DROPPED = frozenset(map(chr, [*range(9), *range(0x0E, 0x20), 0x7F, 0xAD, 0xFFFF]))
_BLANKS = frozenset(" \t\r\n\x0b\x0c\x00\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
_APART = re.compile(f"[{_CJK}]{_BLANK}+(?=[{_CJK}])")
_TOGETHER = re.compile(f"[{_CJK}](?=[{_CJK}])")
# Blanks and characters that are dropped, with nothing else between.
_GAP = re.compile(f"[{re.escape(''.join(sorted(_BLANKS | _DROPPED)))}]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# PDFium writes U+FFFE for a hyphen at the end of a line.
HYPHENS = "-\u2010\ufffe\u00ad"
_CLOSERS = "”’\"'）)]】》」』〉"
_ENDS = "。！？；：.!?;:…"
_NEVER_FIRST = "，。、；：！？）】》」』”’〉％…—,.;:!?)]"
_OPENERS = "“‘（《【(「『"
_HAN = "〇零一二两三四五六七八九十百千"
_SURE = re.compile(
    rf"(?:[{_HAN}]{{1,4}}\s?[、.．]|\d{{1,3}}\s?[、．]|\d{{1,3}}\.(?!\d)(?=\s*\S)|[•·●○◦▪■□◆◇※►▶➢✓✔√\uf000-\uf0ff]|\*\s|[①-⑳㉑-㉟]|\d{{1,3}}[)）]"
    rf"|[（(]\s?(?:[{_HAN}]{{1,4}}|\d{{1,3}}|[A-Za-z]|[ivx]{{1,5}})\s?[)）]|[A-Za-z][)）]\s|(?:[IVX]{{1,5}}|[A-H])\.\s|[甲乙丙丁戊己庚辛壬癸]、"
    rf"|[甲乙丙丁]方[（(：:]|附[件录]\s?[{_HAN}\d：:]|Schedule\s\d|SCHEDULE\s|ANNEX\s|Annex\s[A-Z\d]|EXHIBIT\s|Exhibit\s[A-Z\d])"
)
# These are also how a sentence refers to a provision, so that a full line before them may go on.
_MAYBE = re.compile(
    rf"(?:第\s?(?:[{_HAN}]+|\d{{1,3}})\s?[编編章节節条條款项項部]|(?:Article|ARTICLE|Section|SECTION|Clause|CLAUSE|Part|PART|Chapter|CHAPTER)\s(?:\d|[IVX]+\b)|§\s?\d"
    rf"|[\-–—]\s|\d{{1,3}}(?:[.．]\d{{1,3}}){{1,5}}(?:[.．、)）]|(?=[^\d.,%％\-年月日:：/])))"
)
_HYPHENATED = re.compile(r"(?<![A-Za-z])[A-Za-z]+(?:-[A-Za-z]+)+")
_LAST_WORD = re.compile(r"(?<![A-Za-z])(?<![A-Za-z]-)[A-Za-z]+(?:-[A-Za-z]+)*$")
_FIRST_WORD = re.compile(r"[A-Za-z]+")
# A hyphen after these is a spelling, not a line end.
_PREFIXES = frozenset(("non", "self", "third", "royalty", "fee", "fully", "opt", "day", "well", "long", "short", "all"))


@lru_cache(maxsize=8_192)
def is_cjk(character: str) -> bool:
    """Return True for a Chinese character or full-width mark."""
    return bool(_IS_CJK.match(character))


def needs_space(before: str, after: str) -> bool:
    """Return True when text that ends with `before` and text that starts with `after` are two words."""
    if not before or not after:
        return False
    return not (is_cjk(before[-1]) or is_cjk(after[0]) or before[-1] in "—" or after[0] in "—" or after[0] in _NEVER_FIRST)


def ends_sentence(text: str) -> bool:
    """Return True when the text ends with a mark after which a provision may end."""
    stripped = text.rstrip().rstrip(_CLOSERS)
    return not stripped or stripped[-1] in _ENDS


def starts_provision(text: str) -> bool:
    """Return True when the line begins with the number or mark of a provision, or of a reference to one."""
    return bool(_SURE.match(text) or _MAYBE.match(text))


def starts_provision_for_sure(text: str) -> bool:
    """Return True when the mark at the beginning is not also the way sentences refer to provisions."""
    return bool(_SURE.match(text))


def starts_lower(text: str) -> bool:
    """Return True when the line goes on with a lower-case Latin word."""
    return text[:1].islower()


def first_word(text: str) -> int:
    """Return how many characters of the line had to be moved to the next line together."""
    count = 1
    while count < len(text) and not _may_break(text[count - 1], text[count]):
        count += 1
    return min(count, len(text))


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _OPENERS:
        return False
    if before in " -" or after == " ":
        return True
    # Typesetters keep a curly quote with what follows and precedes it.
    return (is_cjk(before) or is_cjk(after) or before == "—") and before not in _SHARED and after not in "”’…"


def hyphen_cut(before: str, after: str, vocabulary: frozenset[str]) -> tuple[int, str]:
    """Return (characters to cut from the end of `before`, what to put there) for a line that ends with a hyphen.

    The hyphen goes when the document writes the joined word elsewhere or nothing speaks for a spelling with hyphen.
    """
    if not before or before[-1] not in HYPHENS or not after:
        return 0, ""
    if len(before) < 2 or not before[-2].isalpha() or is_cjk(before[-2]):
        return (1, "-") if before[-1] == "\ufffe" else (0, "")
    soft = before[-1] in "\u2010\u00ad"
    if not after[0].islower():
        return 1, "-"
    last, first = _LAST_WORD.search(before[:-1]), _FIRST_WORD.match(after)
    if last is None or first is None:
        return 1, "" if soft else "-"
    left, right = last.group().lower(), first.group().lower()
    if soft or left + right in vocabulary:
        return 1, ""
    if f"{left}-{right}" in vocabulary or "-" in left or left in _PREFIXES:
        return 1, "-"
    return 1, ""


def vocabulary(texts: Sequence[str]) -> frozenset[str]:
    """Return the lower-case words of the lines, those with an inner hyphen too, without what stands at line ends."""
    words: set[str] = set()
    for text in texts:
        inner = text[: -len(tail.group())] if (tail := re.search(r"(?<![A-Za-z\-\u2010\ufffe])[A-Za-z\-\u2010\ufffe]+$", text)) else text
        words.update(re.findall(r"[a-z]+(?:-[a-z]+)*", inner.lower()))
    return frozenset(words)


def is_plain(text: str) -> bool:
    """Return True when nothing in a piece of a line needs care: no blanks at Chinese characters, no controls."""
    return _MAYBE_ODD.search(text) is None or _ODD.search(text) is None


def clean(text: str, left: Sequence[float], right: Sequence[float], size: float, spacing: float) -> tuple[str, list[float]]:
    """Return the text of a piece of a line without accidental blanks and controls, and the left edge of each character.

    A blank between Chinese characters is dropped unless it is wide. `spacing` is the room between the characters of a
    letter-spaced line (0 for an ordinary one): there ideographic spaces go too, and blanks that were never drawn.
    """
    out: list[str] = []
    edges: list[float] = []
    start = 0
    for gap in _GAP.finditer(text):
        last, index = gap.start() - 1, gap.end()
        out.append(text[start : gap.start()])
        edges += left[start : gap.start()]
        start = index
        blank = _blank_of(gap)
        if blank >= 0 and last >= 0 and index < len(text):
            drawn = right[blank] > left[blank]
            kept = _kept_blank(text[last], text[blank], text[index], (left[index] - right[last]) / size, spacing / size, drawn)
            out.append(kept)
            edges += [right[last]] * len(kept)
    out.append(text[start:])
    edges += left[start:]
    # A hyphen at the end of the line is decided on with the next line.
    inner = "".join(out)
    tail = "\ufffe" if text[-1] == "\ufffe" else ""
    return _LONE_SURROGATE.sub("\ufffd", inner[: len(inner) - len(tail)].replace("\ufffe", "-")) + tail, edges


def _blank_of(gap: re.Match[str]) -> int:
    """Return the place of the blank that stands for a gap: the last ideographic space, else the first one; -1 without any."""
    wide = gap.group().rfind("\u3000")
    if wide >= 0:
        return gap.start() + wide
    return next((gap.start() + place for place, character in enumerate(gap.group()) if character in _BLANKS), -1)


def _kept_blank(before: str, blank: str, after: str, gap: float, spacing: float, drawn: bool) -> str:
    """Return what stays of a blank; `gap` and `spacing` are in sizes of the type."""
    if blank == "\u3000" and not spacing:
        return "\u3000"
    scripts = is_cjk(before) + is_cjk(after)
    if scripts == 2 or (scripts and (before in _SHARED or after in _SHARED)):
        return " " if gap > 1.6 else ""
    if not drawn and gap < 1.3 * spacing + 0.05:
        return ""
    if scripts:
        # PDFium also reports the small gap that typesetting puts between the scripts.
        return " " if drawn or gap > 0.4 else ""
    return " "


def spacing(text: str, left: Sequence[float], right: Sequence[float]) -> float:
    """Return the usual room between the Chinese characters of a letter-spaced line, 0 for an ordinary line."""
    apart = [match.span() for match in _APART.finditer(text)]
    if len(apart) < 2 or len(apart) <= len(_TOGETHER.findall(text)):
        return 0.0
    gaps = sorted(left[end] - right[start] for start, end in apart)
    return max(gaps[len(gaps) // 2], 0.01)
