"""What plain lines tell about paragraphs: provision numbers, sentence ends, hard wraps, headings. Knows no format.

Widths are columns: a Chinese character counts two. Shared by the readers of text, Markdown and HTML, which meet the
same question: do two lines belong together?
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

CJK = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CJK_MARKS = "\u2014\u2018-\u201d\u2026\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
BULLETS = "-–—•·●○◆◇■□▪▫▶►➢➤*✓✔※+"
_ZH = "〇零一二三四五六七八九十百千两"
_NAMED = r"(?:article|section|clause|chapter|part|schedule|exhibit|annex|appendix)"

# the kinds of numbers a line may start with, from chapter to bullet; the group that matched names the scheme
NUMBER = re.compile(
    rf"(?P<chapter>第\s?[{_ZH}\d]{{1,6}}\s?(?:[编編章节節]|部分))"
    rf"|(?P<article>第\s?[{_ZH}\d]{{1,6}}\s?[条條款])"
    rf"|(?P<zh>[{_ZH}]{{1,4}}\s?[、.．])"
    rf"|(?P<paren>[（(]\s?(?:[{_ZH}]{{1,4}}|\d{{1,3}}|[a-zA-Z]{{1,2}}|[ivxIVX]{{1,6}})\s?[)）])"
    rf"|(?P<decimal>\d{{1,3}}(?:[.．]\d{{1,3}}){{1,5}}(?:[.．、:：)）]?(?=\s+[^a-z%\s]|[^\d\s.．%‰,，]|$)))"
    rf"|(?P<number>\d{{1,3}}\s?[.．、)）:：](?![\d/]))"
    rf"|(?P<letter>(?:[a-zA-Z]|[ivx]{{2,5}}|[IVX]{{1,5}})[.．)）、](?=\s|[{CJK}“]))"
    r"|(?P<circled>[①-⓿㈠-㈩Ⅰ-ⅿ])"
    rf"|(?P<named>(?i:{_NAMED})\s+(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])\b|§\s?\d+)"
    r"|(?P<bracket>【[^】]{1,40}】)"
    rf"|(?P<bullet>[{re.escape(BULLETS)}]+(?=\s|[{CJK}“《【]))"
)
LIST_SCHEMES = frozenset(("paren", "number", "letter", "circled", "bullet"))
_HEAD = 60  # the longest number fits
_STARTERS = frozenset(
    f"第{_ZH}（(§【0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ{BULLETS}"
    + "".join(map(chr, [*range(0x2160, 0x2180), *range(0x2460, 0x2500), *range(0x3220, 0x322A)]))
)
_ENDS, _CLOSERS = frozenset("。；！？.;:：!?…"), frozenset("”’\"')）》】]")
_END = re.compile(r"[。；！？.;:：!?…][”’\"')）》】\]]*$")
_OPEN_END = re.compile(r"(?:[,，、（(“《\[/—-]|\b(?:and|or|the|of|to|in|a|an|by|with|for|that|which|under)|[和与及或的])$")
_CONTINUES = re.compile(r"[，。；、）》”：,.;)\]]")
_LOWER = re.compile(r"(?!https?:|www\.)[a-z]")
_LATIN_END = re.compile(r"[A-Za-z,)\"”’]$")
# before one of these a number at the start of a line is a reference cut by a wrap, not a new provision
_REFERS = re.compile(
    r"(?:\b(?:under|of|in|to|with|and|or|by|this|per|see|through|from|the|article|section|clause|pursuant|sections)"
    r"|[根据依照按本合同协议政策及和与或、第述]|(?:and|,)\s?)$",
    re.IGNORECASE,
)
_REFERENCE_SCHEMES = frozenset(("article", "named", "chapter"))
RULE_MARKS = frozenset("=-_*~#─━—.·")
_RULE = re.compile(r"\s*(?:[=\-_*~#─━—.·]\s?){3,}$")
_FIRST_WORD = re.compile(rf"[^\s{CJK}]+")
_CJK_PAIR = re.compile(f"[{CJK}{CJK_MARKS}]")
_NOT_HEADING = re.compile(r"[。；！？;!?＿@]|__|[,，、:：]$|\.{4}|…|\d{4}[年/-]\d|https?:")
_LABEL = re.compile(r"[:：].*\S")
_WRAPPED_MIN, _WRAPPED_MAX = 30, 160
_ESCAPED = re.compile(r"\\([.()\-*_])")
_STAR_BULLET = re.compile(r"\*\s")
_LETTERS = re.compile(rf"[{CJK}]|[A-Za-z]{{2}}")
_HEADING_WIDTH = 64
_LONG_LINE = 60

# a line break inside a key word is a wrap, whatever the lines look like; so is one sign on each line
_NEVER_APART = frozenset(("人脸", "刷脸", "面部", "永久", "撤销", "授权", "不可", "信息"))
_HAN_PAIR = re.compile("[\u3400-\u9fff]{2}")


def width(line: str) -> int:
    """Return the columns of `line`; UTF-8 gives ASCII one byte and Chinese three."""
    size = len(line)
    return size if line.isascii() else (size + len(line.encode("utf-8", "replace"))) // 2


def bare(line: str) -> str:
    """Return a stripped line without the Markdown marks around it (text files often hold some)."""
    if line[0] in "*_`\\" or line[-1] in "*_`" or "\\" in line[:6]:
        line = _ESCAPED.sub(r"\1", line.strip("*_` ") or line) if not _STAR_BULLET.match(line) else line.rstrip("*_` ") or line
    return line


def scheme(line: str) -> str:
    """Return the name of the kind of number with which a stripped line starts, or ""."""
    return _scheme(line[:_HEAD]) if line and line[0] in _STARTERS else ""


@lru_cache(maxsize=1024)
def _scheme(head: str) -> str:
    match = NUMBER.match(head)
    return (match.lastgroup or "") if match else ""


def ends_sentence(line: str) -> bool:
    """Tell whether a stripped line ends with a mark that closes a sentence, a clause or a lead-in."""
    return line[-1:] in _ENDS or (line[-1:] in _CLOSERS and _END.search(line[-6:]) is not None)


def is_rule(line: str) -> bool:
    """Tell whether a line is a drawn rule (-----, =====)."""
    return _RULE.match(line) is not None


def glue(left: str, right: str) -> str:
    """Return what stands between two joined lines: nothing inside Chinese text, else a space."""
    if not left or not right:
        return ""
    return "" if _CJK_PAIR.match(left[-1]) and _CJK_PAIR.match(right[0]) else " "


def join(lines: Sequence[str]) -> str:
    """Return wrapped lines as one."""
    text = lines[0]
    if len(lines) == 1:
        return text
    parts = [text]
    for left, right in pairwise(lines):
        parts += (glue(left, right), right)
    return "".join(parts)


def without(text: str, opening: str, closing: str) -> str:
    """Return `text` without its comments, but with the line feeds in them; an open one stays (as text, not lost)."""
    if opening not in text:
        return text
    parts: list[str] = []
    place = 0
    while (start := text.find(opening, place)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        parts += (text[place:start], "\n" * text.count("\n", start, end))
        place = end + len(closing)
    parts.append(text[place:])
    return "".join(parts)


def wrap_width(lines: Sequence[str]) -> int:
    """Return the column at which stripped `lines` ("" = blank) are hard-wrapped, or 0 when they are not.

    Evidence are unfinished lines that go on in the next one: in wrapped text they are all about equally long.
    """
    broken = [
        width(line)
        for line, following in pairwise(lines)
        if line and following and not ends_sentence(line) and "\t" not in line and not scheme(following)
    ]
    if len(broken) < 3:
        return 0
    broken.sort()
    limit = broken[int(len(broken) * 0.95)]
    if not _WRAPPED_MIN <= limit <= _WRAPPED_MAX:
        return 0
    near = sum(size >= 0.8 * limit for size in broken)
    filled = [size for size in map(width, lines) if size]
    longer = sum(size > 1.1 * limit for size in filled)
    return limit if near >= 0.6 * len(broken) and longer <= 0.05 * len(filled) else 0


def continues(line: str, following: str, limit: int) -> bool:
    """Tell whether `following` goes on with the paragraph of `line`; both stripped and not blank."""
    if line[-1:] + following[:1] in _NEVER_APART or (len(line) == 1 == len(following) and _HAN_PAIR.match(line + following)):
        return True
    kind = scheme(following)
    ended = ends_sentence(line)
    full = bool(limit) and _is_full(line, following.lstrip(BULLETS + " ") if kind == "bullet" else following, limit)
    if kind and not _is_cut_reference(line, following, kind, full, ended):
        return False
    if full:
        return True
    if ended:
        return False
    if _OPEN_END.search(line) or _CONTINUES.match(following) or (_LOWER.match(following) and _LATIN_END.search(line)):
        return True
    if _is_only_number(line):
        return True
    if limit:
        return False
    return width(line) >= _LONG_LINE and not _is_shouted(line)


def _is_full(line: str, following: str, limit: int) -> bool:
    """Tell whether the first word of the next line would not have fitted on this one."""
    word = _FIRST_WORD.match(following)
    room = len(word.group()) + 1 if word else 4  # a mark that may not start a line takes one character along
    return width(line) + room > limit - 2


def _is_cut_reference(line: str, following: str, kind: str, full: bool, ended: bool) -> bool:
    if ended or not full:
        return False
    if kind in _REFERENCE_SCHEMES:
        return _REFERS.search(line) is not None
    # a generator repeated the bullet on each wrapped line
    return kind == "bullet" and following.lstrip(BULLETS + " ")[:1].islower()


def _is_only_number(line: str) -> bool:
    match = NUMBER.match(line) if len(line) < 12 and scheme(line) else None
    return match is not None and match.end() == len(line) and (match.lastgroup in LIST_SCHEMES or match.lastgroup == "decimal")


def _is_shouted(line: str) -> bool:
    return line.isupper() and line.isascii()


def looks_like_heading(line: str) -> bool:
    """Tell whether a stripped line can be a heading: short, no sentence, nothing to fill in."""
    if not line or width(line) > _HEADING_WIDTH or "\t" in line or line[0] == "<" or not _LETTERS.search(line):
        return False
    match = NUMBER.match(line)
    rest = line[match.end() :].strip() if match else line
    if match and match.lastgroup == "bullet":
        return False
    if not rest:
        return match is not None and match.lastgroup in ("chapter", "article", "named", "bracket")
    if _LABEL.search(rest) and not (match and match.lastgroup in ("chapter", "article", "zh")):
        return False
    return not rest[0].islower() and not _NOT_HEADING.search(rest) and (not rest.endswith(".") or rest.isupper())


def heading_level(line: str) -> int:
    """Return a depth for a heading from its number: 1 for chapters and 一、, 2 below, 0 when the number tells nothing."""
    kind = scheme(line)
    if kind == "decimal":
        match = NUMBER.match(line)
        return len(re.findall(r"\d+", match.group())) if match else 0
    if kind == "chapter":
        return 2 if line[:8].find("节") > 0 or line[:8].find("節") > 0 else 1
    return {"zh": 1, "number": 1, "article": 2, "paren": 2, "named": 1}.get(kind, 0)
