"""The vocabulary: frozen values that every stage shares, with no behaviour beyond locating text.

All offsets are half-open indices into `Document.text`; all lengths on a page are points from the
top left corner of the page as stored in the file (before a viewer applies /Rotate).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import lru_cache
from operator import attrgetter
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
Grade = Literal["none", "review", "candidate"]
Strength = Literal["strong", "weak"]
SubjectTier = Literal["face_direct", "by_definition", "biometric", "likeness", "none"]
AttributeName = Literal["unlimited_duration", "irrevocable", "sublicensable", "other_unlimited"]
Direction = Literal["user_to_processor", "processor_to_user", "none"]
Counterparty = Literal["natural_person", "business", "unknown"]
Right = Literal["grant", "practice", "none"]
Confidence = Literal["high", "medium", "low"]
Severity = Literal["error", "inconclusive", "warning", "info"]
BlockKind = Literal["title", "heading", "paragraph", "list_item", "table_row", "footnote", "text_box", "form_field", "margin"]
# whether a provision has effect on a day; unknown when the day is
Force = Literal["not_yet", "in_force", "repealed", "unknown"]
Origin = Literal["body", "navigation", "footer", "header", "hidden", "annotation"]

ContractStatus = Literal["agreement", "policy_incorporated", "policy_not_incorporated", "notice", "unknown"]
# where a date stands towards the Civil Code (1 Jan 2021) and the face recognition provisions (1 Aug 2021)
Era = Literal["before_2021", "before_2021_08", "later", "unknown"]
ElementStatus = Literal["found", "assumed", "ask"]

GRADE_RANK: dict[str, int] = {"none": 0, "review": 1, "candidate": 2}
ATTRIBUTES: tuple[AttributeName, ...] = ("unlimited_duration", "irrevocable", "sublicensable", "other_unlimited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page in points, origin top left."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line: `edges` holds the end - start + 1 edges of its characters along the reading direction.

    `angle` is the direction in which the text runs on the stored page, in degrees clockwise (0, 90, 180
    or 270). For 0 and 180 the edges are x coordinates and `low`/`high` are top/bottom; for 90 and 270
    the edges are y coordinates and `low`/`high` are x0/x1. `ocr_confidence` (0 to 1) is None for text that was not
    recognised from a picture.
    """

    start: int
    end: int
    page: int
    number: int
    low: float
    high: float
    edges: tuple[float, ...]
    angle: int = 0
    ocr_confidence: float | None = None

    def box(self, start: int, end: int) -> Box | None:
        """Return the box of the part of [start, end) that stands on this line, or None."""
        start, end = max(start, self.start), min(end, self.end)
        if start >= end:
            return None
        part = self.edges[start - self.start : end - self.start + 1]
        first, last = min(part), max(part)
        if self.angle in (0, 180):
            return Box(page=self.page, x0=first, top=self.low, x1=last, bottom=self.high)
        return Box(page=self.page, x0=self.low, top=first, x1=self.high, bottom=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page and the range of the text that stands on it. `number` starts at 1."""

    number: int
    start: int
    end: int
    width: float
    height: float
    rotation: int = 0
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of text that the source keeps together.

    `anchor` says where it stands in the source ("body/p[12]", "table[2]/row[3]", "line 40").
    `level` is the depth of a heading or list item (0 = not known). `number` is the part of the text
    that the source numbers automatically ("第三条", "(a)"), if any; it stands at the start of the block.
    A table row has the ranges of its cells, and `header` names the range of the header row that governs it.
    `emphasis` lists the facts of prominence: "bold", "underline", "colour", "caps".
    """

    kind: BlockKind
    start: int
    end: int
    anchor: str
    level: int = 0
    number: str | None = None
    origin: Origin = "body"
    emphasis: tuple[str, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    header: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that a person must know about a document. Codes are listed in `errors.py`."""

    code: str
    severity: Severity
    message: str
    message_zh: str
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was read of a document: the part of a result that keeps "nothing found" honest.

    `unreadable_share` is the share (0 to 1) of characters without a meaning: unmapped glyphs, private-use
    or replacement characters. `revisions` is the view of tracked changes that was read, None without any.
    """

    characters: int = 0
    pages: int | None = None
    pages_without_text: tuple[int, ...] = ()
    tables: int = 0
    footnotes: int = 0
    text_boxes: int = 0
    form_fields: int = 0
    annotations: int = 0
    hidden_blocks: int = 0
    tracked_changes: int = 0
    revisions: str | None = None
    encoding: str | None = None
    unreadable_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Every coordinate a writer may need for a range of the text. `line` counts from 1 in `Document.text`."""

    start: int
    end: int
    page: int | None = None
    line: int | None = None
    boxes: tuple[Box, ...] = ()
    anchor: str | None = None
    anchor_offset: int | None = None


_START, _END = attrgetter("start"), attrgetter("end")


@lru_cache(maxsize=4)
def _line_starts(text: str) -> tuple[int, ...]:
    """Return where the lines of `text` begin. Findings of one document ask for hundreds of places."""
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return tuple(starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that knows its place. `language` is None until it has been decided."""

    name: str
    sha256: str
    media_type: str
    text: str
    language: Language | None = None
    title: str | None = None
    blocks: tuple[Block, ...] = ()
    pages: tuple[Page, ...] = ()
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Return one box for each printed line that [start, end) touches; empty without a page layout."""
        found = (line.box(start, end) for line in self.lines_of(start, end))
        return tuple(box for box in found if box is not None)

    def ocr_confidence(self, start: int, end: int) -> float | None:
        """Return the lowest certainty (0 to 1) of the lines of [start, end) that were recognised from a picture, None without any."""
        return min((line.ocr_confidence for line in self.lines_of(start, end) if line.ocr_confidence is not None), default=None)

    def page_of(self, start: int) -> int | None:
        """Return the number of the page on which the character at `start` stands, or None."""
        for line in self.lines_of(start, start + 1):
            return line.page
        for page in self.pages:
            if page.start <= start < page.end:
                return page.number
        return None

    def place(self, start: int, end: int) -> Place:
        """Return every coordinate of [start, end)."""
        block = self._block(start)
        return Place(
            start=start,
            end=end,
            page=self.page_of(start) if self.pages or self.lines else None,
            line=bisect_right(_line_starts(self.text), start),
            boxes=self.boxes(start, end) if self.lines else (),
            anchor=block.anchor if block else None,
            anchor_offset=start - block.start if block else None,
        )

    @property
    def inconclusive(self) -> bool:
        """True when the text could not be read well enough for "nothing found" to mean anything."""
        return any(problem.severity in ("error", "inconclusive") for problem in self.problems)

    def lines_of(self, start: int, end: int) -> Iterator[Line]:
        """Yield the printed lines that [start, end) touches."""
        index = bisect_right(self.lines, start, key=_END)
        while index < len(self.lines) and self.lines[index].start < end:
            yield self.lines[index]
            index += 1

    def blocks_of(self, start: int, end: int) -> Iterator[Block]:
        """Yield the blocks that [start, end) touches."""
        index = bisect_right(self.blocks, start, key=_END)
        while index < len(self.blocks) and self.blocks[index].start < end:
            yield self.blocks[index]
            index += 1

    def _block(self, start: int) -> Block | None:
        index = bisect_right(self.blocks, start, key=_START) - 1
        return self.blocks[index] if index >= 0 and start < self.blocks[index].end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """The number of a provision as printed, its scheme ("article_zh", "decimal", ...) and its values."""

    text: str
    scheme: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A provision. `id` is its path in the tree ("3/2/1"); `heading` the headings above it, outermost first."""

    id: str
    number: str
    start: int
    end: int
    level: int
    kind: str
    heading: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Evidence:
    """A range of the text and the part it plays.

    `role` is subject, right, unlimited_duration, irrevocable, sublicensable, other_unlimited, definition,
    antecedent, heading, direction, limit, negation, exception or gate. `source` names the lexicon entry,
    rule or model that found it ("lexicon/irrevocable.zh.waiver").
    """

    role: str
    start: int
    end: int
    text: str
    source: str
    place: Place | None = None

    def __init__(self, *, role: str, start: int, end: int, text: str, source: str, place: Place | None = None) -> None:
        # what a frozen dataclass does, in two thirds of the time: a document has thousands of these
        _set_role(self, role)
        _set_start(self, start)
        _set_end(self, end)
        _set_text(self, text)
        _set_source(self, source)
        _set_place(self, place)


_set_role, _set_start, _set_end, _set_text, _set_source, _set_place = (vars(Evidence)[item.name].__set__ for item in fields(Evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeFact:
    """An attribute that the clause gives the processor over the subject, after curing limits."""

    name: AttributeName
    strength: Strength
    evidence: tuple[Evidence, ...]
    cured_from: Strength | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier:
    """A cue that changes what other words mean: ConText's modifier, kept with its scope and its targets."""

    effect: Literal["negates", "excepts", "bounds", "cures", "saves_law", "quotes", "restates_right"]
    cue: Evidence
    scope: tuple[int, int]
    targets: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFacts:
    """What the components found in one unit; plain values, all offsets into `Document.text`."""

    clause: Clause
    start: int
    end: int
    language: Language
    subject: SubjectTier
    face_context: bool
    generic_personal_information: bool
    ambiguous_reference: bool
    right: Right
    direction: Direction
    counterparty: Counterparty
    must_procure: bool
    attributes: tuple[AttributeFact, ...]
    modifiers: tuple[Modifier, ...]
    evidence: tuple[Evidence, ...]
    gate: str | None
    composite: bool = False
    # the unit it was found in, and what the text model says of that unit: logits by head
    unit: int = 0
    scores: tuple[tuple[str, float], ...] = ()
    # the words that spoke most for a finding, where only the wording speaks for one
    telling: tuple[str, ...] = ()
    # the attributes that the wording suggests and a limit of the sentence leaves nothing of
    lifted: tuple[AttributeName, ...] = ()
    # what the wording of the unit suggests where no word of the lexicon stands: no attribute until the judge takes it
    proposed: tuple[AttributeFact, ...] | None = None


class Held(NamedTuple):
    """What words hold that were read by themselves: a grade, where ([start, end) of those words), the attributes."""

    grade: Grade
    start: int
    end: int
    attributes: tuple[AttributeFact, ...]


class Cue(NamedTuple):
    """Words that may show a related finding or a situation of article 5; `name` is "RF-03.only", `sentence` counts in the unit.

    A sentence below 0 says that the words stand elsewhere in the document: something is not missing in it.
    """

    name: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCues:
    """The cues in one unit. `about` says what the unit is about: "face", "near", "personal" or "document" (none of these)."""

    unit: int
    clause: Clause
    language: Language
    about: str
    sentences: tuple[tuple[int, int], ...]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One named step of the judge: the grade after it and the reason in both languages."""

    name: str
    grade: Grade
    reason: str
    reason_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A provision of law that a finding rests on: own-words summary, never the official text.

    `article` is "497(2)", `article_zh` the same as the statute prints it; `in_force` is an ISO date. `verified` is False when the
    text or its dates were not compared with a statute collection; `note` says so. `on_document_date` says whether the provision
    had effect on the date of the document, `instead` which provisions said it then; `on_today` is None unless a day was given.
    """

    code: str
    instrument: str
    instrument_zh: str
    document_number: str
    article: str
    summary: str
    summary_zh: str
    tentative: bool = False
    article_zh: str = ""
    in_force: str = ""
    verified: bool = True
    note: str = ""
    note_zh: str = ""
    on_document_date: Force = "unknown"
    instead: tuple[str, ...] = ()
    on_today: Force | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence for the reader in both languages, with a code that scripts can rely on."""

    code: str
    text: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element of Article 11 (E1 to E7): found in the text, assumed for a reason, or to be asked about."""

    code: str
    status: ElementStatus
    name: Note
    reason: Note
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A clause that a lawyer should look at; never a verdict. `id` leaves number and page out, so it survives renumbering.

    `severable` is the smallest part found whose removal takes the unlimited kind out of the clause, in text order; `suggestion`
    narrower wording in the language of the clause, "" for none; `plain` what the clause means for the person; `prominence` the
    facts of emphasis ("bold", "caps" ...).
    """

    id: str
    rule: str
    grade: Grade
    score: float
    confidence: Confidence
    clause: Clause
    quote: str
    place: Place
    subject: SubjectTier
    face_context: bool
    attributes: tuple[AttributeFact, ...]
    right: Right
    direction: Direction
    counterparty: Counterparty
    composite: bool
    ambiguous_reference: bool
    evidence: tuple[Evidence, ...]
    against: tuple[Note, ...]
    legal_basis: tuple[LegalBasis, ...]
    related: tuple[str, ...]
    counter_arguments: tuple[Note, ...]
    missing_facts: tuple[Note, ...]
    steps: tuple[Step, ...]
    summary: Note
    contract_status: ContractStatus = "unknown"
    prominence: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    severable: tuple[Evidence, ...] = ()
    suggestion: str = ""
    plain: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A clause that was one step from a finding, with the words that cancelled it and the gate of the guideline."""

    id: str
    clause: Clause
    quote: str
    place: Place
    gate: str
    reason: Note
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedFinding:
    """A finding of another kind (RF-01 to RF-17) that stands beside Article 11 and never changes its grade.

    `document_level` means that something is missing in the whole document: the quote is where it would stand.
    `beside` holds the ids of the Article 11 findings in the same unit. `id` survives renumbering as that of a Finding does.
    """

    id: str
    rule: str
    clause: Clause
    quote: str
    place: Place
    evidence: tuple[Evidence, ...]
    legal_basis: tuple[LegalBasis, ...]
    summary: Note
    advice: Note
    document_level: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContext:
    """What the document as a whole says about itself; `evidence` has the words by role.

    `kind` is the form of the document and `setting` the relation that it stands in (employment, property, school ...). `date` is
    YYYY-MM-DD or YYYY-MM. `standard_term_signs` are indicators for Civil Code 496; `denies_standard_term` is True when the text
    declares itself negotiated or no standard term, which changes nothing but is reported.
    """

    kind: str
    date: str | None
    counterparty: Counterparty
    collects_faces: bool
    governing_law: str | None
    notes: tuple[Note, ...] = ()
    setting: str = "unknown"
    contract_status: ContractStatus = "unknown"
    era: Era = "unknown"
    standard_term_signs: tuple[str, ...] = ()
    denies_standard_term: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result for one document. `versions` holds tool, rules, lexicon and law versions or hashes.

    `carried` holds the columns that a list of documents says of this one (app, package, ...): name and value.
    """

    versions: tuple[tuple[str, str], ...]
    document: Document
    context: DocumentContext
    clauses: int
    findings: tuple[Finding, ...]
    near_misses: tuple[NearMiss, ...]
    problems: tuple[Problem, ...]
    related: tuple[RelatedFinding, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()

    @property
    def inconclusive(self) -> bool:
        """True when the document, or a part that matters, could not be read."""
        return any(problem.severity in ("error", "inconclusive") for problem in self.problems)

    @property
    def grade(self) -> Grade:
        """The highest grade among the findings."""
        return max((finding.grade for finding in self.findings), key=lambda grade: GRADE_RANK[grade], default="none")

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values in the shape of schema clausescan-report/1."""
        from clausescan.report.json import report_to_dict

        return report_to_dict(self)
