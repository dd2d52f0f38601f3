"""A Doc seen for analysis: folded text, clauses, sentences and the cues in them, found when they are asked for.

All offsets here are offsets into the folded text; `DocView.source` leads back to the original.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from clausescan.analyse.phrases import Hit, Matcher, PhraseTable
from clausescan.folding import Folded
from clausescan.lexicon import load
from clausescan.segment.clauses import is_chinese
from clausescan.types import Language

# How far back a reference is followed: sentences anywhere, and within the same article.
LOOKBACK_SENTENCES = 3
LOOKBACK_ARTICLE = 12
SENTENCE_ROLES = (
    "object", "grant", "power", "practice", "person", "processor", "business", "procure", "to_user", "own_right", "negation", "reference",
    "carve_out", "limit", "quote", "on_device", "anonymised", "face_process", "scope_general", "definition",
)  # fmt: skip

# In a heading these name a form that is used, not an example that is shown.
_FORM_WORDS = re.compile(r"样张|样本文本|样本|点此[^,。]*|点击[^,。]*|>>|格式条款|人民法院|目录|旧版|sample|specimen form")
# A longer cell in the first row is content, not the name of a column.
MAX_HEADER = 40
# The longest sentence of 150 real policies and contracts has 1,633 characters. The cues of a sentence are compared with each other.
MAX_SENTENCE = 2_000
_ZH_END = re.compile(r"[。;!?]+[”\"'）)」』】]*|\n")
# A full stop ends an English sentence when space and a capital, a digit, a quote or a bracket follow.
_EN_END = re.compile(r"(?<!\b[a-z])(?<!\b(?:no|mr|ms|dr|st|co))(?<!\b(?:art|inc|ltd|sec|e\.g|i\.e))[.;!?]{1,8}[\"')\]”]{0,8}(?=\s|$)|\n")
_SEGMENT = re.compile(r"[,:|]|\s-\s")


@cache
def subject_table(language: Language) -> PhraseTable:
    """Return the matcher of subject words and the masks that concern them."""
    return _table(language, "subject")


@cache
def attribute_table(language: Language) -> PhraseTable:
    """Return the matcher of attribute words: the gate, because no finding can be without one."""
    return _table(language, "attribute")


@cache
def far_table(language: Language) -> PhraseTable:
    """Return the matcher of the words that reach further back than three sentences."""
    lexicon = load(language)
    return PhraseTable(
        entry
        for entry in lexicon.entries
        if entry.role == "scope_general" or (entry.role == "reference" and entry.kind == "explicit") or entry.kind == "general_survival"
    )


@cache
def role_table(language: Language) -> PhraseTable:
    """Return the matcher of everything else."""
    return _table(language, *SENTENCE_ROLES)


def _table(language: Language, *roles: str) -> PhraseTable:
    """Return the matcher of the entries of some roles and of the masks that concern any of them, by whatever name."""
    lexicon = load(language)
    entries = lexicon.by_role(*roles)
    names = frozenset().union(*(entry.names for entry in entries))
    return PhraseTable(entries + tuple(mask for mask in lexicon.by_role("mask") if names & mask.masks))


TABLES = {"subject": subject_table, "attribute": attribute_table, "far": far_table, "role": role_table}


@dataclass(slots=True, eq=False)
class Sentence:
    """A sentence of a clause and its cues by role; `clause` is an index into the clauses of the Doc."""

    start: int
    end: int
    clause: int
    subjects: list[Hit] = field(default_factory=list)
    attributes: list[Hit] = field(default_factory=list)
    roles: dict[str, list[Hit]] = field(default_factory=dict)

    def hits(self, role: str, kind: str | None = None) -> list[Hit]:
        """Return the cues that play `role`, of `kind` if it is given."""
        found = self.roles.get(role, [])
        return found if kind is None else [hit for hit in found if hit.entry.kind == kind]


class DocView:
    """The clauses of a Doc with their sentences and cues."""

    def __init__(self, folded: Folded, clauses: list[dict[str, Any]]) -> None:
        self.folded = folded
        self.text = folded.text
        self.clauses = clauses
        self.ranges = [(folded.from_source(clause["start"]), folded.from_source(clause["end"])) for clause in clauses]
        self._pieces: list[tuple[int, int, int, bool]] = []
        self._pair_cells()
        self._languages: dict[int, Language] = {}
        self._sentences: dict[int, list[Sentence]] = {}
        self._full: set[int] = set()
        self._quotes: dict[int, list[Hit]] = {}
        # where the sentences begin that a subject can reach
        self.reach: set[int] = set()
        self._headings = {clause["id"]: number for number, clause in enumerate(clauses) if clause["kind"] == "heading"}
        self._titles = {number for number in self._headings.values() if clauses[number].get("title")}
        self._above: dict[int, list[int]] = {}
        self._matchers: dict[tuple[str, Language], Matcher] = {}
        self.subject_hits = self._subject_hits()

    def _subject_hits(self) -> list[list[Hit]]:
        """Return the subject words of each clause."""
        found: list[list[Hit]] = [[] for _ in self.ranges]
        languages = [self.language(number) for number in range(len(self.ranges))]
        for language in dict.fromkeys(languages):
            matcher = self.matcher("subject", language)
            starts, ends = zip(*self.ranges, strict=True)
            for number, is_called in enumerate(matcher.called(starts, ends)):
                if is_called and languages[number] == language:
                    found[number] = matcher.scan(starts[number], ends[number])
        return found

    def find(self, table: str, language: Language, start: int, end: int) -> list[Hit]:
        """Return the hits of one of TABLES in the folded range [start, end)."""
        return self.matcher(table, language).scan(start, end)

    def matcher(self, table: str, language: Language) -> Matcher:
        """Return one of TABLES over the text."""
        matcher = self._matchers.get((table, language))
        if matcher is None:
            matcher = self._matchers[table, language] = TABLES[table](language).over(self.text)
        return matcher

    def find_attributes(self, sentences: Iterable[Sentence]) -> None:
        """Look for attribute words in `sentences`: the others are taken to have none."""
        by_language: dict[Language, list[Sentence]] = {}
        for sentence in sentences:
            by_language.setdefault(self.language(sentence.clause), []).append(sentence)
        for language, group in by_language.items():
            matcher = self.matcher("attribute", language)
            called = matcher.called([sentence.start for sentence in group], [sentence.end for sentence in group])
            for sentence, is_called in zip(group, called, strict=True):
                if is_called:
                    hits = matcher.scan(sentence.start, sentence.end)
                    sentence.attributes = dedupe(hits) if len(hits) > 1 else hits

    def above(self, clause: int) -> list[int]:
        """Return the numbers of the title and the headings above clause number `clause`, outermost first."""
        if clause not in self._above:
            id = self.clauses[clause]["id"]
            paths = (id[:place] for place, sign in enumerate(id) if sign == "/")
            over = {self._headings[path] for path in paths if path in self._headings}
            self._above[clause] = sorted(number for number in over | self._titles if number < clause)
        return self._above[clause]

    def heading_quotes(self, number: int) -> list[Hit]:
        """Return the cues in a heading that say its text is no provision."""
        if number not in self._quotes:
            hits = self.find("role", self.language(number), *self.ranges[number])
            self._quotes[number] = [
                hit for hit in hits if hit.entry.role == "quote" and not _FORM_WORDS.fullmatch(self.text, hit.start, hit.end)
            ]
        return self._quotes[number]

    def language(self, clause: int) -> Language:
        """Return the language in which clause number `clause` is written."""
        if clause not in self._languages:
            start, end = self.ranges[clause]
            self._languages[clause] = "zh" if is_chinese(self.text[start : min(end, start + 120)]) else "en"
        return self._languages[clause]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original text for a range of `text`; of a paired row, the part in its cells."""
        if self._pieces and end > len(self.folded.text):
            touched = [piece for piece in self._pieces if piece[0] < end and start < piece[0] + piece[2]]
            # A span over a header and its cell is quoted from the cell; the two stand in different rows.
            chosen = [piece for piece in touched if piece[3]] or touched[:1] or [min(self._pieces, key=lambda piece: abs(piece[0] - start))]
            first, last = chosen[0], chosen[-1]
            start, end = first[1] + min(max(start - first[0], 0), first[2]), last[1] + min(max(end - last[0], 0), last[2])
        return self.folded.to_source(start, end)

    def _pair_cells(self) -> None:
        """Read a table row as "header: cell;" for each of its cells: "Can it be withdrawn: no" is a sentence, "no" is not.

        The paired text follows the text of the document; `_pieces` leads from it back to the cells.
        """
        headers = {(clause["start"], clause["end"]): clause for clause in self.clauses if clause.get("cells")}
        parts: list[str] = []
        position = len(self.text)
        for number, clause in enumerate(self.clauses):
            header = headers.get(tuple(clause["header"])) if clause.get("header") else None
            if (
                header is None
                or len(header["cells"]) != len(clause["cells"])
                or any(end - start > MAX_HEADER for start, end in header["cells"])
            ):
                continue
            first = position + 1
            row = "\n"
            for head, cell in zip(header["cells"], clause["cells"], strict=True):
                for (start, end), is_cell in ((self._cut(head), False), (self._cut(cell), True)):
                    self._pieces.append((position + len(row), start, end - start, is_cell))
                    row += self.text[start:end] + ("; " if is_cell else ": ")
            parts.append(row)
            position += len(row)
            self.ranges[number] = (first, position)
        self.text += "".join(parts)

    def _cut(self, cell: list[int]) -> tuple[int, int]:
        """Return the folded range of a cell without the marks at its ends that would close a sentence."""
        start, end = map(self.folded.from_source, cell)
        return start, start + len(self.text[start:end].rstrip(" :;。."))

    def has_attributes(self, clauses: Iterable[int]) -> bool:
        """Return True when a sentence of one of `clauses` holds an attribute word."""
        return any(sentence.attributes for number in clauses for sentence in self._sentences.get(number, ()))

    def everything(self) -> list[Sentence]:
        """Return all sentences of the document."""
        return [sentence for number in range(len(self.clauses)) for sentence in self.sentences(number)]

    def reachable(self, users: set[int], uses: Callable[[Sentence], object], units: list[tuple[list[int], list[int]]]) -> list[Sentence]:
        """Return the sentences whose attribute words can belong to a subject: the gate.

        `users` are clauses that name a defined term and `uses` tells whether a sentence does; `units` are the clauses and the
        prefixes of each unit. A sentence is reachable when it names a subject or such a term; when a heading above it, the
        title, its list or its table row does; when one of the last three sentences does; or when it points back or speaks of all
        licences and one of the last dozen does. That is all that `Interpreter.subject_for` looks at; a test
        compares the results with the gate and without it.
        """
        named = {number for number, hits in enumerate(self.subject_hits) if hits} | users
        open_ids = self._governed_ids(named)
        joined = {
            number for group, prefix in units if (len(group) > 1 or prefix) and not named.isdisjoint([*group, *prefix]) for number in group
        }
        found: list[Sentence] = []
        since = LOOKBACK_ARTICLE + 1
        for number, clause in enumerate(self.clauses):
            if clause["kind"] in ("heading", "margin"):
                continue
            whole = number in joined or open_ids(clause["id"])
            if not whole and since > LOOKBACK_ARTICLE and number not in named:
                continue
            # "You agree that: …; …" in one clause: its first sentence is the lead-in of the others.
            first = self.sentences(number)[0]
            whole = whole or (number in named and self.text[first.start : first.end].rstrip().endswith(":"))
            for sentence in self.sentences(number):
                since = 0 if sentence.subjects or (number in users and uses(sentence)) else since + 1
                if whole or since <= LOOKBACK_SENTENCES or (since <= LOOKBACK_ARTICLE and self._points_back(sentence)):
                    found.append(sentence)
        return found

    def near_faces(self, users: set[int], units: list[tuple[list[int], list[int]]]) -> set[int]:
        """Return the numbers of the units that may be about a face: what the text model is asked about.

        Such a unit names more than personal information in general, or a defined term (`users`: the clauses that do), stands
        under a heading or a lead-in that does, or follows within three clauses.
        """
        named = {number for number, hits in enumerate(self.subject_hits) if any(hit.entry.tier != "generic" for hit in hits)} | users
        open_ids = self._governed_ids(named)
        found: set[int] = set()
        last = -LOOKBACK_SENTENCES - 1
        for order, (group, prefix) in enumerate(units):
            if not named.isdisjoint([*group, *prefix]):
                last = group[-1]
                found.add(order)
            elif group[0] - last <= LOOKBACK_SENTENCES or open_ids(self.clauses[group[0]]["id"]):
                found.add(order)
        return found

    def unit_text(self, group: list[int]) -> str:
        """Return the folded text of a unit: its clauses, one on a line."""
        return "\n".join(self.text[start:end] for start, end in (self.ranges[number] for number in group))

    def in_unit(self, group: list[int], start: int, end: int) -> tuple[int, int]:
        """Return the folded range of the document for a range of the text of a unit that lies in one clause."""
        for number in group:
            first, last = self.ranges[number]
            if start <= last - first:
                return first + start, first + end
            start, end = start - (last - first) - 1, end - (last - first) - 1
        raise ValueError("the range lies outside the unit")

    def _governed_ids(self, named: set[int]) -> Callable[[str], bool]:
        """Return a test for clause ids: is the clause under a heading, or a title, that names a subject?"""
        tops = [self.clauses[number]["id"] for number in named if self.clauses[number]["kind"] == "heading"]
        if not tops:
            return lambda _: False
        if any(self.clauses[number].get("title") for number in named):
            return lambda _: True
        prefixes = tuple(f"{top}/" for top in tops)
        return lambda clause_id: clause_id.startswith(prefixes)

    def _points_back(self, sentence: Sentence) -> bool:
        return bool(self.find("far", self.language(sentence.clause), sentence.start, sentence.end))

    def sentences(self, clause: int) -> list[Sentence]:
        """Return the sentences of a clause with their subjects; other roles follow with `fill`."""
        if clause not in self._sentences:
            start, end = self.ranges[clause]
            parts = split_sentences(self.text, start, end, self.language(clause))
            hits = sorted(self.subject_hits[clause], key=lambda hit: hit.start)
            spots = [hit.start for hit in hits]
            self._sentences[clause] = [
                Sentence(first, last, clause, hits[bisect_left(spots, first) : bisect_left(spots, last)] if hits else [])
                for first, last in parts
            ]
        return self._sentences[clause]

    def fill(self, clause: int) -> list[Sentence]:
        """Return the sentences of a clause with all their cues."""
        sentences = self.sentences(clause)
        if clause not in self._full:
            self._full.add(clause)
            hits = self.find("role", self.language(clause), sentences[0].start, sentences[-1].end)
            place = 0
            for hit in hits:
                while hit.start >= sentences[place].end and place + 1 < len(sentences):
                    place += 1
                sentences[place].roles.setdefault(hit.entry.role, []).append(hit)
        return sentences

    def segment(self, sentence: Sentence, position: int) -> int:
        """Return how many commas stand in the sentence before `position`."""
        return len(_SEGMENT.findall(self.text, sentence.start, position))


def split_sentences(text: str, start: int, end: int, language: Language) -> list[tuple[int, int]]:
    """Return the ranges of the sentences in [start, end); a list of quoted items is not cut inside its quotes."""
    pattern = _ZH_END if language == "zh" else _EN_END
    found: list[tuple[int, int]] = []
    first = start
    for match in pattern.finditer(text, start, end):
        if match.end() - first > 1:
            found.append((first, match.end()))
            first = match.end()
    if text[first:end].strip():
        found.append((first, end))
    return [part for one in found or [(start, end)] for part in _bounded(text, *one)]


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence in parts that are no longer than any real one, cut after a comma or blank where there is one."""
    while end - start > MAX_SENTENCE:
        stop = max(text.rfind(mark, start + MAX_SENTENCE // 2, start + MAX_SENTENCE) for mark in ",:、 ")
        cut = stop + 1 if stop > 0 else start + MAX_SENTENCE
        yield start, cut
        start = cut
    yield start, end


def dedupe(hits: list[Hit]) -> list[Hit]:
    """Return the hits without those that lie inside a longer hit of the same attribute and no lower strength.

    A longer hit of the same kind takes the entry of a standard word that it holds: 转授权给任何第三方 says 转授权.
    """
    kept: list[Hit] = []
    for hit in hits:
        if not any(_covers(other, hit) for other in hits):
            held = (one.entry for one in hits if one.entry.standard and one.entry.kind == hit.entry.kind and _covers(hit, one))
            kept.append(Hit(hit.start, hit.end, next(held, hit.entry)))
    return kept


def _covers(other: Hit, hit: Hit) -> bool:
    return (
        other is not hit
        and other.entry.attribute == hit.entry.attribute
        and other.start <= hit.start
        and hit.end <= other.end
        and (other.end - other.start, other.entry.id) > (hit.end - hit.start, hit.entry.id)
        and not (hit.entry.strength == "strong" and other.entry.strength == "weak")
    )
