"""A document to its face-data sheet.

The unit is the sentence. A sentence speaks of face data when it names it (人脸, facial geometry; biometric data counts and is marked
as such), when it uses a term that the document defines by face data (“Face Materials” means ...), when it points back to a sentence
just before it that does and names no other data, or when its heading names face data. It answers a question when one of the question's
patterns ties the words of the answer to face data inside it. What only lists kinds of personal information does not count. A passage is
always a verbatim part of the text; "not found" means that no sentence about face data answers, not that the document is silent about
personal information in general.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from clausescan.facesheet.questions import LANGUAGES, Words, questions, words
from clausescan.folding import HAN, Folded, fold
from clausescan.types import Clause, Document, Language, Place

Subject = Literal["face", "definition", "biometric", "reference", "heading"]
_ORDER: dict[str, int] = {"face": 0, "definition": 1, "reference": 2, "biometric": 3, "heading": 4}
_NAMED: frozenset[Subject | None] = frozenset({"face", "definition", "biometric"})
_REACH = 3  # sentences that a chain of references may be long
# the last but one: a line break that got lost between two sentences
_END = re.compile(
    r"[。;!?]+[”\"')]*|(?<=[a-z0-9)\]\"”])(?<!e\.g)(?<!i\.e)\.(?=\s+[a-z\"“(]|\s*$)"
    r"|(?<=[a-z]{4})\.(?=(?:we|you|your|our|if|this|these|when) )|\s\|\s"
)
_ASIDE = 300  # characters that may stand in brackets inside a sentence, with marks that would end it
_HAN = re.compile(f"[{HAN}]")
_TERM = r"[“\"]([^”\"]{2,24})[”\"]"
_DEFINED = re.compile(
    rf"{_TERM}\s?(?:是?指|means?\b|refers? to\b)|(?:简称|统称|称)为?{_TERM}|\((?:collectively,? |the |together,? )*{_TERM}"
)
_DATA = re.compile(
    r"信息|数据|图像|素材|照片|特征|形象|资料|影像|data|material|information|image|likeness|content|identifier|template|scan"
)
_VERIFIES = re.compile(r"\bverif|\bidentity\b|\bauthenticat|\bcompar|核验|验证|认证|比对")
_TITLED = re.compile(r"《([^》]{0,60}?)([^》]{0,2})》")  # the name of another document is not what this one says
_MARKED = re.compile(r"\s*(?:and |or |以及|或)?\(?(?:[ivx]{1,5}|[a-z]|\d{1,2}|[一二三四五六七八九十]{1,2})[).、]")
_OPENS = re.compile(r":|\((?:i|a|1|一)\)")
_AND = re.compile(r"\s*(?:and|or|以及|并且|及|和|且)")
_SELFIE = re.compile(r"\bselfies?(?: (?:photos?|images?|videos?|pictures?))?\b|自拍(?:照片?|视频|图像|影像)")
_EVERYTHING = re.compile(r"个人|敏感|用户信息|personal|sensitive|user content|your content")
# what lost its lines runs on for pages: the address that ends each row of a table, or the mark of an item, ends a sentence too
_RUNS_ON = 400
_ADDRESS = re.compile(r"https?://\S{1,400}+(?=\s)|(?<=[\w.)])(?= ?\* \w)")
_POLICY = re.compile(
    r"\b(?:face|facial|biometric)[\w -]{0,20}(?:data|information)[\w &-]{0,30}\b(?:policy|notice|statement|rules)\b"
    r"|\bbiometrics? (?:privacy )?(?:policy|notice|statement)\b"
    r"|(?:人脸|面部|生物识别)[^,。]{0,8}信息[^,。]{0,10}(?:规则|政策|说明|协议|告知|授权|同意)"
)
_ASPECT = re.compile(
    r"^\W*+(?:\d[\d.]{0,12}+\s*+)?(?:the )?(?:purposes?|collection|uses?|usage|data (?:sharing|storage|retention|use)"
    r"|sharing|storage|retention|disclosure|deletion|security|how|what|where|who)\b|^[^,。]{0,8}(?:目的|收集|使用|共享|存储|保存|期限|删除|方式)"
)
_DATUM = re.compile(
    r"\b(?:data|information|images?|photos?|pictures?|videos?|templates?|geometry|vectors?|scans?|features?|landmarks?|prints?|selfies?|location|position|shape)\b"
    r"|特征|信息|图像|照片|影像|视频|数据"
)
_SAYS = re.compile(r"\b(?:you|we|us|is|are|does|do|may|will|to)\b|我们|您|你|摄像头|相机|权限")
_LINK = re.compile(r"https?://[!-~]+")
_LATIN = re.compile(r"[^\W\d_]+")
_LATIN_WORD = re.compile(r"[a-z]+")
_WITH_ITEMS = 600  # characters of a passage that is a lead-in with its items
_FIRST_WORDS = 80
_AT_ONCE = 12
_LEAD = 200  # characters of a lead-in that are read with its items
_LONGEST = 1200  # characters; a sentence of a page is a table that was not understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A verbatim sentence, where it stands, and how it speaks of face data."""

    text: str
    number: str
    heading: tuple[str, ...]
    place: Place
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The passages for each question, in the order of the questions; an empty tuple means not found.

    `mentions` counts the sentences about face data, answers or not. `problem` says why a document could not be read.
    """

    name: str
    sha256: str
    language: Language
    mentions: int
    answers: Mapping[str, tuple[Passage, ...]]
    inconclusive: bool
    problem: str = ""


class _Sentence(NamedTuple):
    clause: Clause
    start: int
    end: int
    text: str
    words: Words
    heading: bool
    lead: str
    barred: bool


def facesheet(document: Document, clauses: Sequence[Clause], *, most: int = 8) -> Sheet:
    """Return the sheet of a document with at most `most` passages for each question, those that name face data first."""
    folded = fold(document.text)
    answers: dict[str, list[Passage]] = {question.id: [] for question in questions()}
    mentions = 0
    before: list[_Sentence] = []
    said: list[Subject | None] = []
    row: _Sentence | None = None
    sentences = list(_sentences(document.text, clauses, folded))
    ends = _ends(clauses)
    terms = _defined(sentences)
    for sentence in sentences:
        if row and row.clause.id != sentence.clause.id:
            row = None
        subject = _subject(sentence, before, said, terms, in_row=row is not None)
        # the end of a list in a sentence ("; and ...") is still about what the sentence names
        closes = subject is None and said and before[-1].text.rstrip().endswith(";") and _AND.match(sentence.text)
        before, said = [*before, sentence][-_REACH:], [*said, said[-1] if closes else subject][-_REACH:]
        if subject is None:
            continue
        mentions += 1
        if subject in _NAMED and sentence.clause.kind == "table_row":
            row = sentence
        for question in _answered(sentence, subject, _spelt_out(sentence, terms)):
            if (question, subject) != ("collected", "reference"):
                answers[question].append(_passage(sentence, subject, document, folded, ends))
            elif row is not None:  # a cell that only lists, and beside it "we collect this information"
                answers[question].append(_passage(row, "face", document, folded, ends))
            # elsewhere "if you do not provide this information" does not say what is collected
    return Sheet(
        name=document.name, sha256=document.sha256, language=document.language or "en", mentions=mentions,
        answers={question: _best(found, most) for question, found in answers.items()}, inconclusive=document.inconclusive,
    )  # fmt: skip


def unread(name: str, problem: str) -> Sheet:
    """Return the sheet of a document that could not be read."""
    empty: dict[str, tuple[Passage, ...]] = {question.id: () for question in questions()}
    return Sheet(name=name, sha256="", language="en", mentions=0, answers=empty, inconclusive=True, problem=problem)


def renamed(sheet: Sheet, name: str) -> Sheet:
    """Return the sheet under another name."""
    return replace(sheet, name=name)


def _sentences(text: str, clauses: Sequence[Clause], folded: Folded) -> Iterator[_Sentence]:
    leads: dict[str | None, str] = {}
    barred = False  # inside "you may not: (i) ...; (ii) ..."
    for clause in clauses:
        if clause.kind == "heading":
            continue
        start, end = folded.from_source(clause.start), folded.from_source(clause.end)
        about, lead = _about(clause), leads.get(clause.parent, "")
        if clause.kind == "lead_in":
            leads[clause.id] = folded.text[max(start, end - _LEAD) : end]
        for first, last in _cut(folded.text, start, end):
            part = _TITLED.sub(lambda match: f"《{'〇' * len(match[1])}{match[2]}》", folded.text[first:last])
            if _is_title(text[slice(*folded.to_source(first, last))]):
                continue
            known = words(_language(part))
            inner = barred and first > start and _MARKED.match(part) is not None
            barred = inner or bool(known.bar.search(part) and _OPENS.search(part))
            yield _Sentence(clause, first, last, part, known, about, lead, inner or bool(known.bar.search(lead)))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for first, last in _at(_END, text, start, end):
        yield from _at(_ADDRESS, text, first, last) if last - first > _RUNS_ON else ((first, last),)


def _at(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a range that end with a match."""
    position = start
    for match in pattern.finditer(text, start, end):
        if match.end() - position > 3 and not _in_brackets(text, position, match):
            yield position, match.end()
            position = match.end()
    if end - position > 3:
        yield position, end


def _in_brackets(text: str, start: int, mark: re.Match[str]) -> bool:
    """True for a semicolon inside brackets that opened in this sentence and close again soon."""
    if not mark[0].startswith(";"):
        return False
    opened = text.count("(", start, mark.start()) - text.count(")", start, mark.start())
    following = text[mark.end() : mark.end() + _ASIDE].partition("。")[0]
    return opened > 0 and ")" in following and "(" not in following.partition(")")[0]


def _is_title(text: str) -> bool:
    """True for a heading that stands as a paragraph: Latin Words That All Begin with a Capital."""
    found = _LATIN.findall(text)
    long = [word for word in found if len(word) > 4]
    return len(found) <= 16 and len(long) >= 4 and _HAN.search(text) is None and all(word[0].isupper() for word in long)


def _language(text: str) -> Language:
    """Chinese when there is a character of it for each word in Latin letters."""
    plain = _LINK.sub("", text[:400])
    return "zh" if len(_HAN.findall(plain)) >= max(1, len(_LATIN_WORD.findall(plain))) else "en"


def _about(clause: Clause) -> bool:
    """True when the nearest heading names face data, or the one above a heading that only says "Purpose" or "Storage".

    The title of a document governs too much, unless it is that of a policy on face data alone.
    """
    headings = [fold(heading).text for heading in clause.heading[-3:]]
    if any(_POLICY.search(heading) for heading in headings[:2]):
        return True
    while len(headings) > 1 and _ASPECT.search(headings[-1]) and not _names_face(headings[-1]):
        headings.pop()
    if not headings or (len(clause.heading) < 2 and clause.level < 3):
        return False
    return _names_face(headings[-1])


def _names_face(heading: str) -> bool:
    return len(heading) < 80 and any(words(language).face.search(heading) for language in LANGUAGES)


def _defined(sentences: Sequence[_Sentence]) -> frozenset[str]:
    """Return the terms that the document defines by face data: “形象素材”指…人脸视频."""
    about = (item.text for item in sentences if item.words.face.search(item.text))
    found = (term for text in about for match in _DEFINED.finditer(text) for term in match.groups())
    terms = {term for term in found if term and _DATA.search(term) and not _EVERYTHING.search(term)}
    # a selfie is face data where the document itself has faces compared in it
    return frozenset(terms | {match[0] for item in sentences for match in _SELFIE.finditer(item.text)} if _compares(sentences) else terms)


def _compares(sentences: Sequence[_Sentence]) -> bool:
    """True when a sentence speaks of a selfie and a face, or when selfies and faces both serve to verify who somebody is."""
    faces = [item for item in sentences if item.words.face.search(item.text) and not item.words.idle.search(item.text)]
    selfies = [item for item in sentences if _SELFIE.search(item.text)]
    together = any(_SELFIE.search(item.text) for item in faces)
    return together or all(any(_VERIFIES.search(item.text) for item in some) for some in (faces, selfies))


def _spelt_out(sentence: _Sentence, terms: frozenset[str]) -> str:
    """Return the text of a sentence with each defined term as what it stands for, for matching only."""
    text = sentence.text
    for term in sorted(terms, key=len, reverse=True):
        text = text.replace(term, "人脸信息" if _HAN.search(term) else "face data")
    return text


def _subject(
    sentence: _Sentence, before: Sequence[_Sentence], said: Sequence[Subject | None], terms: frozenset[str], *, in_row: bool
) -> Subject | None:
    known, text = sentence.words, sentence.text
    if len(text) > _LONGEST:
        return None
    idle = sentence.barred or known.idle.search(text)
    if known.face.search(text):
        return None if idle else "face"
    if any(term in text for term in terms):
        return None if idle else "definition"
    if known.biometric.search(text):
        return None if idle or known.trait.search(text) else "biometric"
    if idle or known.other.search(text) or known.trait.search(text):
        return None
    goes_on = bool(said) and (said[-1] in _NAMED or (said[-1] == "reference" and not _NAMED.isdisjoint(said)))
    followed = goes_on and _near(before[-1], sentence)
    if known.consent.search(text) and len(said) > 1 and said[-2] in _NAMED and _near(before[-2], sentence):
        return "reference"
    points = known.reference.search(text) or known.consent.search(text)
    # a point of a list points back with its first words
    far = followed and sentence.clause.kind == "item" and before[-1].clause.id != sentence.clause.id
    if points and (in_row or (followed and (not far or points.start() < _FIRST_WORDS))):
        return "reference"
    if sentence.heading:
        return "heading"
    return "reference" if _continued(sentence, text) else None


def _near(one: _Sentence, other: _Sentence) -> bool:
    """True in one clause, from a clause to its items, and to a paragraph without number right after it."""
    same, below = one.clause.id == other.clause.id, other.clause.parent == one.clause.id
    return same or below or (other.clause.parent == one.clause.parent and not re.search(r"\w", other.clause.number))


def _answered(sentence: _Sentence, subject: Subject, text: str) -> list[str]:
    """Return the questions that a sentence answers."""
    known = sentence.words
    # a list of data says what is collected where its lead-in says that this is collected
    led = subject in _NAMED and sentence.lead and _DATUM.search(text) and not _SAYS.search(text)
    # "if you refuse this information, you cannot use ..." can say no more than what it is for, and how to refuse
    refusal = known.refusal.search(text)
    refuses = refusal is not None and (subject == "reference" or refusal.start() < _AT_ONCE)

    def by(patterns: Mapping[str, Sequence[re.Pattern[str]]]) -> list[str]:
        return [
            question for question, cues in patterns.items()
            if not (refuses and question not in ("used", "deleted"))
            and any(cue.search(f"{sentence.lead} {text}" if led and question == "collected" else text) for cue in cues)
        ]  # fmt: skip

    if subject in ("heading", "reference") and sentence.lead and (found := _continued(sentence, text)):
        return found
    found = by(known.meant if subject == "reference" else known.under_heading if subject == "heading" else known.named)
    # "the app collects only the position of your head, as found by face tracking": what answers does not name the face
    if subject != "heading":
        if found or not sentence.heading:
            return found
        found = by(known.under_heading)
    # "we generate it", "our server stores photos": under a heading only plain words of collecting say what is collected
    return [question for question in found if question != "collected" or known.gathers.search(text)]


def _continued(sentence: _Sentence, text: str) -> list[str]:
    """Return the questions that an item answers together with the lead-in that names face data: “Face data is: (a) stored in ...”."""
    known, lead = sentence.words, re.split(r"[。;]|\.\s", sentence.lead)[-1]
    if not (known.face.search(lead) or known.biometric.search(lead)) or known.idle.search(lead):
        return []
    whole = f"{lead} {text}"
    # what the lead-in says itself is quoted there, with its items
    return [
        question for question, cues in known.named.items()
        if question != "collected" and any(cue.search(whole) for cue in cues) and not any(cue.search(lead) for cue in cues)
    ]  # fmt: skip


def _ends(clauses: Sequence[Clause]) -> dict[str, tuple[int, ...]]:
    """Return where the items of each lead-in end."""
    found: dict[str, tuple[int, ...]] = {clause.id: () for clause in clauses if clause.kind == "lead_in"}
    for clause in clauses:
        if clause.parent in found:
            found[clause.parent] += (clause.end,)
    return found


def _passage(sentence: _Sentence, subject: Subject, document: Document, folded: Folded, ends: Mapping[str, Sequence[int]]) -> Passage:
    start, end = folded.to_source(sentence.start, sentence.end)
    if sentence.text.rstrip().endswith(":"):  # "we use face data to:" answers together with what follows
        end = max([end, *(last for last in ends.get(sentence.clause.id, ()) if last - start <= _WITH_ITEMS)])
    text = document.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
    clause = sentence.clause
    return Passage(
        text=document.text[start:end], number=clause.number, heading=clause.heading, place=document.place(start, end), subject=subject,
    )  # fmt: skip


def _best(found: Sequence[Passage], most: int) -> tuple[Passage, ...]:
    once = {passage.text: passage for passage in reversed(found)}.values()
    chosen = sorted(once, key=lambda passage: (_ORDER[passage.subject], passage.place.start))[:most]
    return tuple(sorted(chosen, key=lambda passage: passage.place.start))
