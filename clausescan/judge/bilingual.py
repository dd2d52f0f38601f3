"""RF-18: in a document with parallel Chinese and English, an attribute of a grant that stands in one language only.

The passages are paired by the cells of a table row, by standing one after the other, and by their numbers where all of one
language comes before all of the other. A pair is reported where the lexicon found a strong attribute in one passage and no
word in the other could say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from clausescan import law, rules, sentences
from clausescan.types import ATTRIBUTES, Clause, Document, Evidence, Finding, Held, Language, Note, RelatedFinding

RULE = "RF-18"
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
# a passage says something: headings and numbers alone are not compared
_MIN_HAN, _MIN_WORDS = 8, 5
# so much of a document must be in either language for it to be bilingual
_SHARE, _PASSAGES = 0.2, 2
# where a paragraph goes over from one language to the other
_TURN = re.compile(r"(?<=[。；;!！?？.）)”\"])\s*(?=[A-Z(\"“]|[\u3400-\u9fff（《“])|\n")
_NUMBER = re.compile(
    r"\s*(?:第\s?(?P<zh>[〇零一二两三四五六七八九十百\d]+)\s?[条款章节]|(?:article|section|clause)\s+(?P<en>\d+(?:\.\d+)*)|(?P<n>\d+(?:\.\d+)*)\s?[.、)）]?(?=\s|[\u3400-\u9fffA-Za-z])"
    r"|[（(](?P<p>[\d一二三四五六七八九十]{1,3}|[a-z])[)）]|(?P<h>[一二三四五六七八九十]{1,3})、)",
    re.I,
)
_PREVAILS = re.compile(r"以(?:中文|英文|汉语)[^。;\n]{0,12}为准|(?:chinese|english)[^.\n]{0,40}(?:shall |will |should )?(?:prevail|govern|control)s?", re.I)


class Passage(NamedTuple):
    """A run of text in one language, with its number and the block (a row of a table, if `row`) that it stands in."""

    start: int
    end: int
    language: Language
    number: tuple[int, ...]
    block: int
    row: bool = False


class Said(NamedTuple):
    """An attribute that a passage gives, with the words of the lexicon that say so."""

    name: str
    strength: str
    words: tuple[Evidence, ...]


Read = Callable[[str, Language], tuple[Held, ...]]


class Texts(NamedTuple):
    """What the comparison works on: the document, its clauses and findings, and a way to read a passage by itself."""

    document: Document
    clauses: Sequence[Clause]
    findings: Sequence[Finding]
    read: Read


def is_bilingual(document: Document) -> bool:
    """Return True when common words of both languages stand in the text: cheap, and the rest decides."""
    text = document.text
    return any(char in text for char in "的用人") and "the " in text.lower()


def bilingual(texts: Texts, fingerprint: Callable[[str, str, dict[str, int]], str]) -> tuple[RelatedFinding, ...]:
    """Return the differences between the languages, in text order. `fingerprint` makes the id of a finding."""
    document = texts.document
    if not is_bilingual(document):
        return ()
    passages = _passages(document)
    if not _both(passages):
        return ()
    mixed = _mixed(passages)
    seen: dict[str, int] = {}
    found = []
    for one, other in _pairs(passages):
        said = {passage: _said(texts, passage, passage.block in mixed) for passage in (one, other)}
        for here, there in ((one, other), (other, one)):
            item = _difference(texts, here, there, said, fingerprint, seen)
            found += [item] if item else []
    return tuple(sorted(found, key=lambda item: item.place.start))


def _said(texts: Texts, passage: Passage, alone: bool) -> tuple[Said, ...]:
    """Return what the lexicon found in a passage. One in a block of both languages is read alone: a clause is read in one."""
    if alone:
        words = texts.document.text[passage.start : passage.end]
        facts = [fact for held in texts.read(words, passage.language) for fact in held.attributes]
        shift = passage.start
    else:
        facts = [fact for finding in texts.findings for fact in finding.attributes]
        shift = 0
    found = []
    for fact in facts:
        words_of = [item for item in fact.evidence if item.source.startswith("lexicon") and passage.start <= item.start + shift < passage.end]
        if words_of:
            moved = tuple(_moved(texts.document, item, shift) for item in words_of)
            found.append(Said(fact.name, fact.strength, moved))
    return tuple(found)


def _moved(document: Document, item: Evidence, shift: int) -> Evidence:
    start, end = item.start + shift, item.end + shift
    return Evidence(role=item.role, start=start, end=end, text=item.text, source=item.source, place=document.place(start, end))


def _difference(
    texts: Texts, here: Passage, there: Passage, said: Mapping[Passage, tuple[Said, ...]],
    fingerprint: Callable[[str, str, dict[str, int]], str], seen: dict[str, int],
) -> RelatedFinding | None:  # fmt: skip
    document = texts.document
    other = document.text[there.start : there.end]
    known = {item.name for item in said[there]}
    missing = [item for item in said[here] if item.strength == "strong" and item.name not in known and not _loosely(item.name, there.language).search(other)]
    if not missing or _is_fragment(here, there, document):
        return None
    names = [name for name in ATTRIBUTES if any(item.name == name for item in missing)]
    quote = document.text[here.start : here.end]
    evidence = [*dict.fromkeys(word for item in missing for word in item.words), _evidence(document, "counterpart", there.start, there.end)]
    prevailing = _PREVAILS.search(document.text)
    if prevailing is not None:
        evidence.append(_evidence(document, "prevailing", *prevailing.span()))
    return RelatedFinding(
        id=fingerprint(RULE, quote, seen), rule=RULE, clause=_clause_at(texts.clauses, here), quote=quote,
        place=document.place(here.start, here.end), evidence=tuple(evidence),
        legal_basis=tuple(law.basis(code) for code in rules.related()[RULE].law),
        summary=_summary(document, here, there, names, prevailing[0] if prevailing else ""),
        advice=sentences.note("align", "bilingual", "advice", "align"),
    )  # fmt: skip


def _clause_at(clauses: Sequence[Clause], passage: Passage) -> Clause:
    """Return the innermost clause in which a passage stands."""
    around = [item for item in clauses if item.start <= passage.start < item.end]
    return min(around or clauses, key=lambda item: item.end - item.start)


def _summary(document: Document, here: Passage, there: Passage, names: Sequence[str], prevailing: str) -> Note:
    words = rules.rule("ART11").names["attribute"]
    line = document.place(there.start, there.end).line
    key = f"only_{here.language}"
    note = sentences.note(
        key, "bilingual", "summary", key,
        attributes=(", ".join(words[name].en for name in names), "、".join(words[name].zh for name in names)),
        place=(f"line {line}", f"第 {line} 行"),
    )  # fmt: skip
    if not prevailing:
        return note
    more = sentences.note(key, "bilingual", "summary", "prevails", words=(prevailing, prevailing))
    return Note(code=key, text=note.text + more.text, text_zh=note.text_zh + more.text_zh)


def _evidence(document: Document, role: str, start: int, end: int) -> Evidence:
    return Evidence(role=role, start=start, end=end, text=document.text[start:end], source="judge/bilingual", place=document.place(start, end))


def _is_fragment(here: Passage, there: Passage, document: Document) -> bool:
    """Return True when the pair is no translation: one passage is a mere fragment of the other."""
    sizes = sorted((_size(document.text[here.start : here.end]), _size(document.text[there.start : there.end])))
    return sizes[0] * 4 < sizes[1]


def _size(text: str) -> float:
    """Return the weight of a passage: an English word says about as much as one and a half Chinese characters."""
    return len(_HAN.findall(text)) + 1.5 * len(_WORD.findall(text))


@cache
def _loosely(name: str, language: Language) -> re.Pattern[str]:
    return re.compile(sentences.table("bilingual")["loose"][name][language], re.I)


# ---- passages and pairs ----


def _passages(document: Document) -> list[Passage]:
    return [
        passage
        for number, block in enumerate(document.blocks)
        if block.origin == "body"
        for first, last in block.cells or ((block.start, block.end),)
        for passage in _runs(document.text, first, last, number, bool(block.cells))
    ]


def _mixed(passages: Sequence[Passage]) -> set[int]:
    """Return the blocks that hold both languages."""
    languages: dict[int, set[Language]] = {}
    for item in passages:
        languages.setdefault(item.block, set()).add(item.language)
    return {block for block, found in languages.items() if len(found) > 1}


def _runs(text: str, start: int, end: int, block: int, row: bool) -> Iterator[Passage]:
    """Yield the runs of [start, end) that are in one language, with the number that stands before the first of them."""
    marks = [start, *(start + match.end() for match in _TURN.finditer(text[start:end])), end]
    number = _number(text[start:end])
    held: tuple[int, int, Language] | None = None
    for first, last in pairwise(marks):
        language = _language(text[first:last])
        if language is None:
            held = (held[0], last, held[2]) if held else None
        elif held and held[2] == language:
            held = (held[0], last, language)
        else:
            if held:
                yield Passage(*held, number, block, row)
                number = _number(text[first:last]) or number
            held = (first, last, language)
    if held:
        yield Passage(held[0], held[0] + len(text[held[0] : held[1]].rstrip()), held[2], number, block, row)


def _language(text: str) -> Language | None:
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if han >= _MIN_HAN and han >= 2 * words:
        return "zh"
    return "en" if words >= _MIN_WORDS and words > han else None


def _number(text: str) -> tuple[int, ...]:
    match = _NUMBER.match(text)
    if match is None:
        return ()
    value = next(group for group in match.groups() if group)
    return tuple(_value(part) for part in value.split("."))


def _value(text: str) -> int:
    if text.isascii():
        return int(text) if text.isdigit() else ord(text.lower()) - ord("a") + 1
    total = 0
    for unit, factor in (("百", 100), ("十", 10)):
        if unit in text:
            head, text = text.split(unit, 1)
            total += factor * (_HAN_DIGITS.get(head, 1) if head else 1)
    return total + sum(_HAN_DIGITS.get(char, 0) for char in text if char != "零")


def _both(passages: Sequence[Passage]) -> bool:
    chinese = [item for item in passages if item.language == "zh"]
    english = [item for item in passages if item.language == "en"]
    smaller = min(len(chinese), len(english))
    return smaller >= 1 and (smaller >= _PASSAGES or len(passages) <= 4) and smaller >= _SHARE * len(passages)


def _pairs(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    rows: dict[int, list[Passage]] = {}
    for item in passages:
        if item.row:
            rows.setdefault(item.block, []).append(item)
    for row in rows.values():
        if len(row) == 2 and row[0].language != row[1].language:
            yield row[0], row[1]
    flowing = [item for item in passages if not item.row]
    yield from _alternating(flowing) if _alternates(flowing) else _by_number(flowing)


def _alternates(passages: Sequence[Passage]) -> bool:
    turns = sum(one.language != other.language for one, other in pairwise(passages))
    return turns * 2 >= len(passages)


def _alternating(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Yield neighbours in two languages; the language that comes first stays first, and numbers may not contradict."""
    first = passages[0].language if passages else "zh"
    for one, other in pairwise(passages):
        if one.language == first and other.language != first and not _contradict(one, other):
            yield one, other


def _contradict(one: Passage, other: Passage) -> bool:
    return bool(one.number and other.number) and one.number != other.number


def _by_number(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Yield the passages of two halves that carry the same number, counted within the number above them; else by their order."""
    chinese, english = (_numbered([item for item in passages if item.language == language]) for language in ("zh", "en"))
    if len(chinese) >= _PASSAGES and len(english) >= _PASSAGES:
        yield from ((chinese[key], english[key]) for key in chinese if key in english)
        return
    one, other = ([item for item in passages if item.language == language] for language in ("zh", "en"))
    if len(one) == len(other):
        yield from zip(one, other, strict=True)


def _numbered(passages: Sequence[Passage]) -> dict[tuple[int, ...], Passage]:
    """Return the passages by their number. A number that comes again is counted below the one that it follows."""
    found: dict[tuple[int, ...], Passage] = {}
    for item in passages:
        if item.number:
            found.setdefault(item.number, item)
    return found
