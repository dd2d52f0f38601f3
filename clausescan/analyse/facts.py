"""The door out of spaCy: a Doc with clauses to ClauseFacts in offsets of the original text.

`Analyser` is the component: it reads the clauses, finds the units that can hold a finding (the gate: an
attribute word, in a document with a subject word) and writes `doc._.clausescan_facts` as plain values.
`clause_facts` turns them into types.
"""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from clausescan.analyse.interpret import RANK, Denied, Given, Interpreter, Mark, Reading, mark
from clausescan.analyse.terms import DocumentTerms
from clausescan.analyse.view import DocView
from clausescan.annotations import CLAUSES, CUES, FACTS, UNITS, char_span, has_tokens, text_of
from clausescan.folding import fold
from clausescan.types import ATTRIBUTES, AttributeFact, Clause, ClauseFacts, Evidence, Modifier

GATE_ORDER = ("G1", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G10", "G2")
_EFFECT = {
    "G1": "quotes",
    "G3": "restates_right",
    "G4": "negates",
    "G6": "excepts",
    "G7": "excepts",
    "G9": "cures",
    "G10": "restates_right",
}


@Language.factory(
    "clausescan_analysis",
    requires=[f"doc._.{CLAUSES}", f"doc._.{UNITS}"],
    assigns=[f"doc._.{FACTS}", f"doc._.{CUES}"],
    default_config={"gate": True},
)
class Analyser:
    """Finds what the clauses of a Doc say about rights over face information.

    `gate` False analyses every unit: slower, with the same result; for tests and for near misses.
    """

    def __init__(self, nlp: Language, name: str, gate: bool = True) -> None:
        self.name = name
        self.gate = gate

    def __call__(self, doc: Doc) -> Doc:
        """Return the Doc with facts written on it."""
        clauses = doc._.get(CLAUSES) or []
        folded = fold(text_of(doc))
        view = DocView(folded, clauses)
        if self.gate and not any(view.subject_hits):
            self._write(doc, [])
            return doc
        terms = DocumentTerms(view)
        interpreter = Interpreter(view, terms)
        units = _units(doc, clauses)
        groups = [(group, prefix) for _, group, prefix in units]
        view.find_attributes(view.reachable(terms.users(), terms.uses, groups) if self.gate else view.everything())
        facts: list[dict[str, Any]] = []
        for clause, group, prefix in units:
            if self.gate and not view.has_attributes(group) and not terms.opens_grantees(group):
                continue
            facts += [_plain(reading, view, terms, clause, group) for reading in interpreter.read(group, prefix)]
        self._write(doc, facts)
        return doc

    @staticmethod
    def _write(doc: Doc, facts: list[dict[str, Any]]) -> None:
        """Write the facts, and their evidence as spans for users of spaCy."""
        doc._.set(FACTS, facts)
        cues = [item for fact in facts for item in fact["evidence"]]
        doc._.set(CUES, [list(cue) for cue in cues])
        if has_tokens(doc):
            spans = (char_span(doc, start, end, role, source) for role, start, end, source in cues)
            doc.spans[CUES] = [span for span in spans if span is not None]

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Return no state: the lexicon ships with the package."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> Analyser:
        """Return self: the component has no state."""
        return self

    def to_disk(self, path: Any, **kwargs: Any) -> None:
        """Write nothing: the component has no state."""

    def from_disk(self, path: Any, **kwargs: Any) -> Analyser:
        """Return self: the component has no state."""
        return self


def _units(doc: Doc, clauses: list[dict[str, Any]]) -> list[tuple[int, list[int], list[int]]]:
    """Return the units with the numbers of their clauses instead of ranges."""
    numbers = {(clause["start"], clause["end"]): number for number, clause in enumerate(clauses)}
    return [
        (
            unit["clause"],
            [numbers[tuple(part)] for part in unit["parts"]],
            [numbers[tuple(part)] for part in unit["prefix"] if tuple(part) in numbers],
        )
        for unit in doc._.get(UNITS) or []
    ]


def _plain(reading: Reading, view: DocView, terms: DocumentTerms, clause: int, group: list[int]) -> dict[str, Any]:
    given = reading.given
    lead = max(given, key=lambda item: RANK[item.subject.tier], default=None)
    subject = lead.subject if lead else None
    tier = "none" if subject is None else "by_definition" if subject.tier == "generic" else subject.tier
    process = any(item.subject.face_process for item in given)
    context = tier in ("face_direct", "by_definition") or (tier == "biometric" and terms.collects_faces) or (tier == "likeness" and process)
    evidence = _evidence(reading)
    sentences = [item.sentence for item in given]
    if sentences:
        start, end = min(s.start for s in sentences), max(s.end for s in sentences)
        homes = [item.subject.sentence for item in given if item.subject.sentence is not None]
        near = [home for home in homes if home.clause in group and home.end - home.start < 600]
        start, end = min([start, *(home.start for home in near)]), max([end, *(home.end for home in near)])
        if len(group) > 1:
            # A lead-in and its items are one provision: it is quoted whole.
            start, end = view.ranges[group[0]][0], view.ranges[group[-1]][1]
    else:
        start = min(item.hit.start for item in reading.denied)
        end = max(item.hit.end for item in reading.denied)
        start, end = _whole(view, group, start, end)
    source_start, source_end = view.source(start, end)
    gates = {item.gate for item in reading.denied}
    return {
        "clause": clause, "start": source_start, "end": source_end, "language": view.language(clause),
        "subject": tier, "face_context": context, "generic": bool(subject and subject.generic and not terms_named(given)),
        "ambiguous": any(item.subject.ambiguous for item in given), "right": reading.right if given else "none",
        "counterparty": reading.counterparty, "must_procure": reading.must_procure,
        "attributes": _attributes(given, view),
        "composite": any(item.subject.composite for item in given) or len({item.sentence.start for item in given}) > 1,
        "gate": None if given else next((gate for gate in GATE_ORDER if gate in gates), None),
        "evidence": [[item.role, *view.source(item.start, item.end), item.source] for item in evidence],
        "denied": [_denied(item, view) for item in reading.denied],
    }  # fmt: skip


def terms_named(given: list[Given]) -> bool:
    """Return True when one of the subjects is more than generic personal information."""
    return any(not item.subject.generic for item in given)


def _whole(view: DocView, group: list[int], start: int, end: int) -> tuple[int, int]:
    touching = [s for number in group for s in view.sentences(number) if s.start < end and start < s.end]
    return (min(s.start for s in touching), max(s.end for s in touching)) if touching else (start, end)


def _evidence(reading: Reading) -> list[Mark]:
    marks = [m for item in reading.given for m in (*item.subject.marks, mark(item.hit.entry.attribute, item.hit), *item.cured)]
    unique = dict.fromkeys([*marks, *reading.extra])
    return sorted(unique, key=lambda item: (item.start, item.end, item.role))


def _attributes(given: list[Given], view: DocView) -> list[list[Any]]:
    result: list[list[Any]] = []
    for name in ATTRIBUTES:
        items = [item for item in given if item.hit.entry.attribute == name]
        if not items:
            continue
        strong = [item for item in items if item.strength == "strong"]
        chosen = strong or items
        cured = "strong" if not strong and any(item.hit.entry.strength == "strong" for item in items) else None
        spans = dict.fromkeys((*view.source(item.hit.start, item.hit.end), item.hit.entry.source) for item in chosen)
        result.append([name, "strong" if strong else "weak", cured, [list(span) for span in spans]])
    return result


def _denied(item: Denied, view: DocView) -> list[Any]:
    hit = item.hit
    marks = [[m.role, *view.source(m.start, m.end), m.source] for m in item.marks]
    return [item.gate, [hit.entry.attribute, *view.source(hit.start, hit.end), hit.entry.source], marks]


def clauses_of(doc: Doc) -> list[Clause]:
    """Return the clauses on the Doc as types."""
    return [_clause(raw) for raw in doc._.get(CLAUSES) or []]


def _clause(raw: dict[str, Any]) -> Clause:
    return Clause(
        id=raw["id"], number=raw["number"], start=raw["start"], end=raw["end"], level=raw["level"], kind=raw["kind"],
        heading=tuple(raw["heading"]), parent=raw["parent"],
    )  # fmt: skip


def clause_facts(doc: Doc) -> list[ClauseFacts]:
    """Return what the components found, one ClauseFacts for each grant or cancelled grant, in text order."""
    text = text_of(doc)
    clauses = doc._.get(CLAUSES) or []
    return [_facts(raw, _clause(clauses[raw["clause"]]), text) for raw in doc._.get(FACTS) or []]


def _evidence_of(item: list[Any], text: str) -> Evidence:
    role, start, end, source = item
    return Evidence(role=role, start=start, end=end, text=text[start:end], source=source)


def _facts(raw: dict[str, Any], clause: Clause, text: str) -> ClauseFacts:
    attributes = tuple(
        AttributeFact(name=name, strength=strength, cured_from=cured, evidence=tuple(_evidence_of([name, *span], text) for span in spans))
        for name, strength, cured, spans in raw["attributes"]
    )
    modifiers = tuple(
        Modifier(
            effect=_EFFECT.get(gate, "bounds"),  # type: ignore[arg-type]
            cue=_evidence_of(marks[0] if marks else target, text),
            scope=(target[1], target[2]),
            targets=(_evidence_of(target, text),),
        )
        for gate, target, marks in raw["denied"]
    )
    return ClauseFacts(
        clause=clause, start=raw["start"], end=raw["end"], language=raw["language"], subject=raw["subject"],
        face_context=raw["face_context"],
        generic_personal_information=raw["generic"], ambiguous_reference=raw["ambiguous"], right=raw["right"],
        direction="user_to_processor" if attributes else "none", counterparty=raw["counterparty"], must_procure=raw["must_procure"],
        attributes=attributes, modifiers=modifiers, evidence=tuple(_evidence_of(item, text) for item in raw["evidence"]),
        gate=raw["gate"], composite=raw["composite"],
    )  # fmt: skip
