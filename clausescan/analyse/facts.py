"""The door out of spaCy: a Doc with clauses to ClauseFacts in offsets of the original text.

`Analyser` is the component: it reads the clauses, finds the units that can hold a finding (the gate: an
attribute word, in a document with a subject word) and writes `doc._.clausescan_facts` as plain values.
`clause_facts` turns them into types.
"""

from __future__ import annotations

from functools import cache
from math import inf
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from clausescan import models
from clausescan.analyse import related, wording
from clausescan.analyse.interpret import RANK, Denied, Given, Interpreter, Mark, Reading, Subject, mark
from clausescan.analyse.phrases import Hit
from clausescan.analyse.terms import DocumentTerms
from clausescan.analyse.view import DocView, attribute_table
from clausescan.annotations import CLAUSES, CUES, FACTS, RELATED, UNITS, char_span, has_tokens, text_of
from clausescan.folding import fold
from clausescan.lexicon import Entry
from clausescan.types import ATTRIBUTES, AttributeFact, Clause, ClauseFacts, Evidence, Modifier
from clausescan.types import Language as Language_

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
    assigns=[f"doc._.{FACTS}", f"doc._.{CUES}", f"doc._.{RELATED}"],
    default_config={"gate": True, "model": "likely"},
)
class Analyser:
    """Finds what the clauses of a Doc say about rights over face information.

    `gate` False analyses every unit: slower, with the same result; for tests and for near misses. `model` says of which
    units the wording is weighed by the text model: "likely" of those that may be about a face, with a proposal where it
    suggests an attribute; "describe" describes each of them without a model, for training; "none" leaves it out.
    """

    def __init__(self, nlp: Language, name: str, gate: bool = True, model: str = "likely") -> None:
        self.name = name
        self.gate = gate
        self.model = model

    def __call__(self, doc: Doc) -> Doc:
        """Return the Doc with facts and the cues of related findings written on it."""
        return self.analyse(doc)

    def analyse(self, doc: Doc, *, related_cues: bool = True) -> Doc:
        """Return the Doc with facts written on it, and on request with the cues of related findings."""
        clauses = doc._.get(CLAUSES) or []
        folded = fold(text_of(doc))
        view = DocView(folded, clauses)
        has_subjects = any(view.subject_hits)
        if not has_subjects and not related.FACES.search(view.text) and self.gate:
            self._write(doc, [])
            return doc
        terms = DocumentTerms(view)
        units = _units(doc, clauses)
        if self.gate and not has_subjects:
            self._write(doc, [])
            if related_cues:
                doc._.set(RELATED, related.find(view, terms, units, set()))
            return doc
        interpreter = Interpreter(view, terms)
        groups = [(group, prefix) for _, group, prefix in units]
        reachable = view.reachable(terms.users(), terms.uses, groups)
        view.reach = {sentence.start for sentence in reachable}
        view.find_attributes(reachable if self.gate else view.everything())
        weighed = view.near_faces(terms.users(faces=True), groups) if self.model != "none" else set()
        read: list[list[dict[str, Any]]] = []
        for clause, group, prefix in units:
            found: list[dict[str, Any]] = []
            if not self.gate or view.has_attributes(group) or terms.opens_grantees(group):
                found = [_plain(reading, view, terms, clause, group) for reading in interpreter.read(group, prefix)]
            read.append(found)
        said = self._said(view, units, read, weighed)
        facts: list[dict[str, Any]] = []
        for number, (unit, found) in enumerate(zip(units, read, strict=True)):
            whole = self._weighed(found, interpreter, *unit, said.get(number)) if number in weighed else found
            facts += [fact | {"unit": number} for fact in whole]
        self._tell(facts, view, units)
        self._write(doc, facts)
        if related_cues:
            doc._.set(RELATED, related.find(view, terms, units, {fact["unit"] for fact in facts}))
        return doc

    def _said(
        self, view: DocView, units: list[tuple[int, list[int], list[int]]], read: list[list[dict[str, Any]]], weighed: set[int]
    ) -> dict[int, wording.Wording]:
        """Return what the text models say of the units, by number: all of one language are weighed in one pass."""
        by_language: dict[Language_, list[int]] = {}
        for number in sorted(weighed):
            by_language.setdefault(view.language(units[number][1][0]), []).append(number)
        found: dict[int, wording.Wording] = {}
        for language, numbers in by_language.items():
            model = models.load(language) if self.model == "likely" else None
            if model is None:
                continue
            texts = [view.unit_text(units[number][1]) for number in numbers]
            # Where no rule flags anything, a clause whose text model stays below the floor cannot become a finding.
            floors = [-inf if _given(read[number]) else model.floor for number in numbers]
            said = wording.weigh(texts, floors, language, model)
            found |= {number: one for number, one in zip(numbers, said, strict=True) if one is not None}
        return found

    def _weighed(
        self, found: list[dict[str, Any]], interpreter: Interpreter, clause: int, group: list[int], prefix: list[int],
        said: wording.Wording | None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Return what was found in a unit with the scores of its wording, and with the proposal of the text model."""
        if said is None and self.model != "describe":
            return found
        given = _given(found)
        if given is not None:
            found = [*found, given | {"attributes": [], "denied": [], "proposed": _spans(said, interpreter, group)}]
        else:
            reading, subject = interpreter.describe(group, prefix, attribute_table(interpreter.view.language(group[0])).entries[0])
            if subject is not None:
                found = [*found, _proposal(reading, subject, interpreter, clause, group, said)]
        return found if said is None else [fact | {"scores": list(said.scores.items())} for fact in found]

    def _tell(self, facts: list[dict[str, Any]], view: DocView, units: list[tuple[int, list[int], list[int]]]) -> None:
        """Add to the proposals the words that spoke most for them: those of one language in one pass."""
        proposals: dict[Language_, list[dict[str, Any]]] = {}
        for fact in facts:
            if "telling" in fact and "scores" in fact:
                proposals.setdefault(view.language(units[fact["unit"]][1][0]), []).append(fact)
        for language, told in proposals.items():
            model = models.load(language)
            if model is not None:
                texts = [view.unit_text(units[fact["unit"]][1]) for fact in told]
                for fact, words in zip(told, wording.telling(texts, language, model), strict=True):
                    fact["telling"] = words

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


def _proposal(
    reading: Reading, subject: Subject, interpreter: Interpreter, clause: int, group: list[int], said: wording.Wording | None
) -> dict[str, Any]:
    """Return the facts of a unit by its wording: what is given stands in "proposed", with the segments that suggest it."""
    view, terms = interpreter.view, interpreter.terms
    language = view.language(group[0])
    context = subject.tier in ("face_direct", "by_definition") or (
        terms.collects_faces if subject.tier == "biometric" else subject.tier == "likeness" and subject.face_process
    )
    source_start, source_end = view.source(view.ranges[group[0]][0], view.ranges[group[-1]][1])
    evidence = sorted({*subject.marks, *reading.extra}, key=lambda item: (item.start, item.end, item.role))
    return {
        "clause": clause, "start": source_start, "end": source_end, "language": language,
        "subject": subject.tier, "face_context": context, "generic": False, "ambiguous": subject.ambiguous, "right": reading.right,
        "counterparty": reading.counterparty, "must_procure": reading.must_procure, "attributes": [], "composite": subject.composite,
        "gate": None, "evidence": [[item.role, *view.source(item.start, item.end), item.source] for item in evidence],
        "denied": [], "proposed": _spans(said, interpreter, group), "telling": [],
    }  # fmt: skip


def _given(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the first reading that gives an attribute."""
    return next((fact for fact in found if fact["attributes"]), None)


def _spans(said: wording.Wording | None, interpreter: Interpreter, group: list[int]) -> list[list[Any]]:
    """Return for each attribute the segment that suggests it most, in offsets of the source, and its strength after the limits."""
    view = interpreter.view
    language = view.language(group[0])
    found = []
    for name, span in (said.spans if said is not None else {}).items():
        start, end = view.in_unit(group, *span)
        strength = interpreter.limited(Hit(start, end, _probe(name, language)), group)
        found.append([name, strength, *view.source(start, end), f"model/{language}"])
    return found


@cache
def _probe(attribute: str, language: Language_) -> Entry:
    """Return the entry of the standard words for an attribute: what a limit does to these it does to wording nobody listed."""
    entries = [entry for entry in attribute_table(language).entries if entry.attribute == attribute]
    return next((entry for entry in entries if entry.standard), entries[0])


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
        gate=raw["gate"], composite=raw["composite"], unit=raw["unit"],
        scores=tuple((name, score) for name, score in raw.get("scores", ())), proposed=_proposed(raw, text),
        lifted=tuple(name for name, strength, *_ in raw.get("proposed", ()) if not strength),
        telling=tuple(raw.get("telling", ())),
    )  # fmt: skip


def _proposed(raw: dict[str, Any], text: str) -> tuple[AttributeFact, ...] | None:
    """Return the attributes that the wording suggests: those with the best segment in a clause of the unit."""
    if "proposed" not in raw:
        return None
    return tuple(
        AttributeFact(name=name, strength=strength, evidence=(_evidence_of([name, start, end, source], text),))
        for name, strength, start, end, source in raw["proposed"]
        if strength
    )
