"""Facts and rules to findings: one named step after another, a reason with each.

The judge knows plain values only; it never sees spaCy, a reader or a report format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from clausescan import law, models, rules
from clausescan.judge import contract, fusion, redraft, related
from clausescan.judge.elements import elements
from clausescan.judge.grade import GATES, grade, score
from clausescan.judge.severable import severable
from clausescan.rules import Case
from clausescan.types import (
    ATTRIBUTES,
    GRADE_RANK,
    AttributeFact,
    ClauseFacts,
    Confidence,
    Document,
    DocumentContext,
    Element,
    Evidence,
    Finding,
    Grade,
    Held,
    Language,
    NearMiss,
    Note,
    RelatedFinding,
    Step,
    UnitCues,
)

RULE = "ART11"
_Decision = tuple[ClauseFacts, Grade, tuple[Step, ...]]
_NUMBER = re.compile(
    r"^[\s\u3000]*(?:第[〇零一二三四五六七八九十百千\d]+[章节条款项]|[（(]?[一二三四五六七八九十\dA-Za-z]{1,4}[)）、.．](?:\d+[.．]?)*|[①-⑳]|[-•*])?[\s\u3000]*"
)

_FACE_SERVICE: dict[Language, str] = {"zh": "本应用支持刷脸登录。", "en": "The app offers face login."}
# of a line read by OCR; a choice on the safe side: clean print gives 0.95 and more
_SURE_OCR = 0.9
_NOT_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff]")


class Surroundings(NamedTuple):
    """What a finding stands in: the context of its document, a day to judge the law by, and a way to read other words.

    `read` returns what a text in a language holds; without it the severable parts are not read again.
    """

    context: DocumentContext
    today: date | None = None
    read: Callable[[str, Language], tuple[Held, ...]] | None = None


def judge(
    facts: list[ClauseFacts], document: Document, around: DocumentContext | Surroundings, cues: Sequence[UnitCues] = ()
) -> tuple[tuple[Finding, ...], tuple[NearMiss, ...], tuple[RelatedFinding, ...]]:
    """Return the findings, the near misses and the related findings of a document, each in text order."""
    places = _Places(document)
    context = around if isinstance(around, Surroundings) else Surroundings(around)
    findings: dict[int, list[Finding]] = {}
    misses: list[NearMiss] = []
    seen: dict[str, int] = {}
    for _, unit in groupby(facts, key=lambda item: item.unit):
        for item, result, steps in _decide(list(unit)):
            if result != "none":
                findings.setdefault(item.unit, []).append(_finding(item, result, steps, places, context, seen))
                continue
            miss = _near_miss(item, steps, places, seen)
            if miss is not None:
                misses.append(miss)
    units = related.units_of(cues, findings)
    beside = related.related(units, document.text, places.place, lambda code, quote: fingerprint(code, quote, seen))
    codes: dict[str, set[str]] = {}
    for one in beside:
        for identity in () if one.document_level else one.beside:
            codes.setdefault(identity, set()).add(one.rule)
    told = [_beside(finding, unit, codes.get(finding.id, set()), document) for unit in units for finding in unit.findings]
    return tuple(told), tuple(misses), beside


def _beside(finding: Finding, unit: related.Unit, codes: set[str], document: Document) -> Finding:
    """Return the finding with the codes of the related findings beside it and what article 5 may hold against it; its grade stays."""
    pleas = related.pleas(unit, document.text)
    return replace(finding, related=tuple(sorted(codes)), counter_arguments=(*finding.counter_arguments, *pleas))


def held(facts: list[ClauseFacts]) -> tuple[Held, ...]:
    """Return what a text holds by its facts, each flagged reading, without what is told of a finding."""
    units = groupby(facts, key=lambda item: item.unit)
    decided = (decision for _, unit in units for decision in _decide(list(unit)))
    return tuple(Held(result, item.start, item.end, item.attributes) for item, result, _ in decided if result != "none")


def likelihoods(facts: list[ClauseFacts]) -> list[tuple[int, int, float]]:
    """Return start, end and the probability of a finding for each unit that was weighed; without a model 1 or 0 by the rules."""
    found = []
    for _, group in groupby(facts, key=lambda item: item.unit):
        unit = list(group)
        by_rules = fusion.by_rules(unit)
        model = models.load(unit[0].language)
        weighed = fusion.weigh(unit, by_rules, model) if model is not None else None
        likely = weighed.probabilities["flag"] if weighed is not None else float(by_rules != "none")
        found.append((min(item.start for item in unit), max(item.end for item in unit), likely))
    return found


def _decide(unit: list[ClauseFacts]) -> list[_Decision]:
    """Return the grade and the steps of what was found in a unit: the rules, then rules and wording together."""
    ruled = [(item, *grade(item)) for item in unit if item.proposed is None]
    by_rules = fusion.best([result for _, result, _ in ruled])
    model = models.load(unit[0].language)
    weighed = fusion.weigh(unit, by_rules, model) if model is not None else None
    if model is None or weighed is None:
        return ruled
    proposal = next((item for item in unit if item.proposed is not None), None)
    step = _step(weighed, fusion.limits(unit, by_rules, model), proposal.telling if proposal is not None else ())
    if weighed.grade == by_rules == "none":
        return ruled
    if by_rules == "none" and proposal is not None:
        if max(ATTRIBUTES, key=lambda name: weighed.probabilities[name]) in proposal.lifted:
            return ruled  # what the wording suggests most is what a limit of the clause takes away
        item = fusion.take(proposal, weighed, model)
        # Only wording, and over a face that other sentences name: too little for a candidate.
        limited = all(fact.strength == "weak" for fact in item.attributes)
        result = _allowed(item, "review" if item.composite or limited else weighed.grade)
        return [*ruled, (item, result, (*grade(item)[1], replace(step, grade=result)))]
    decided = [_joined(item, result, steps, weighed, step) for item, result, steps in ruled]
    return [(fusion.corrected(item, proposal, weighed, model) if result != "none" else item, result, steps) for item, result, steps in decided]


def _joined(item: ClauseFacts, result: Grade, steps: tuple[Step, ...], weighed: fusion.Weighed, step: Step) -> _Decision:
    """Return the decision about a reading with the grade that rules and wording together allow."""
    if result == "none":
        return item, result, steps
    joined = _allowed(item, weighed.grade)
    return item, joined, (*steps, replace(step, grade=joined))


def _allowed(item: ClauseFacts, result: Grade) -> Grade:
    """Return the grade, at most what the guideline allows for the subject, the reference and the party (section 6)."""
    face = item.subject in ("face_direct", "by_definition") or item.face_context
    capped = item.generic_personal_information or item.ambiguous_reference or item.must_procure or not face
    return "review" if capped and result == "candidate" else result


def _step(weighed: fusion.Weighed, limits: tuple[float, float], telling: tuple[str, ...]) -> Step:
    flag, candidate = weighed.probabilities["flag"], weighed.probabilities["candidate"]
    return Step(
        name="wording", grade=weighed.grade,
        reason=(
            f"Rules and the wording of the whole clause together: {flag:.2f} for a finding (from {limits[0]:.2f} on), "
            f"{candidate:.2f} for a candidate (from {limits[1]:.2f} on)."
            + (f" Words that count most: {', '.join(telling)}." if telling else "")
        ),
        reason_zh=(
            f"规则与条款整体措辞合并衡量：应予标示 {flag:.2f}（{limits[0]:.2f} 起），"
            f"候选 {candidate:.2f}（{limits[1]:.2f} 起）。"
            + (f"起主要作用的词语：{'、'.join(telling)}。" if telling else "")
        ),
    )  # fmt: skip


def fingerprint(rule: str, quote: str, seen: dict[str, int]) -> str:
    """Return an id that survives renumbering and moving: rule and folded words, and a counter for repeated text.

    Number and page are left out on purpose, so that a baseline still knows a clause that has moved.
    """
    words = unicodedata.normalize("NFKC", _NUMBER.sub("", quote))
    bare = _NOT_WORD.sub("", words.lower())
    digest = sha256(f"{rule}\n{bare}".encode("utf-8", "replace")).hexdigest()[:16]
    seen[digest] = seen.get(digest, 0) + 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


class _Places:
    """The places of a document; evidence of several roles often has the same."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.place = cache(document.place)
        # by id, with the evidence itself, so that no other takes its id
        self._placed: dict[int, tuple[Evidence, Evidence]] = {}

    def evidence(self, item: Evidence) -> Evidence:
        """Return the evidence with its place; that of a clause is asked for by its finding and by its elements."""
        known = self._placed.get(id(item))
        if known is None:
            place = self.place(item.start, item.end)
            placed = Evidence(role=item.role, start=item.start, end=item.end, text=item.text, source=item.source, place=place)
            known = self._placed[id(item)] = (item, placed)
        return known[1]

    def attribute(self, item: AttributeFact) -> AttributeFact:
        """Return the attribute with the places of its evidence."""
        evidence = tuple(map(self.evidence, item.evidence))
        return AttributeFact(name=item.name, strength=item.strength, evidence=evidence, cured_from=item.cured_from)

    def element(self, item: Element) -> Element:
        """Return the element with the places of its evidence."""
        evidence = tuple(map(self.evidence, item.evidence))
        return Element(code=item.code, name=item.name, status=item.status, reason=item.reason, evidence=evidence)


def _finding(
    facts: ClauseFacts, result: Grade, steps: tuple[Step, ...], places: _Places, around: Surroundings, seen: dict[str, int]
) -> Finding:
    document, context = places.document, around.context
    quote = document.text[facts.start : facts.end]
    case = Case(
        grade=result, kind=context.kind, subject=facts.subject, attribute=tuple(item.name for item in facts.attributes),
        strong_attribute=tuple(item.name for item in facts.attributes if item.strength == "strong"), right=facts.right,
        counterparty=facts.counterparty, ambiguous_reference=facts.ambiguous_reference, date=context.era,
        governing_law=context.governing_law or "unknown",  # type: ignore[arg-type]
        contract_status=context.contract_status, denies_standard_term=context.denies_standard_term,
    )  # fmt: skip
    told = rules.told(RULE, case)
    again = partial(_left, facts, result, around.read) if around.read else None
    return Finding(
        id=fingerprint(RULE, quote, seen), rule=RULE, grade=result, score=score(facts), confidence=_confidence(facts, document),
        clause=facts.clause, quote=quote, place=places.place(facts.start, facts.end), subject=facts.subject, face_context=facts.face_context,
        attributes=tuple(map(places.attribute, facts.attributes)),
        right=facts.right, direction=facts.direction, counterparty=facts.counterparty, composite=facts.composite,
        ambiguous_reference=facts.ambiguous_reference, evidence=tuple(map(places.evidence, facts.evidence)),
        against=_against(facts), legal_basis=law.dated(told.legal_basis, context.date, around.today), related=(), counter_arguments=told.counter_arguments,
        missing_facts=told.missing_facts, steps=steps, summary=told.summary, contract_status=context.contract_status,
        prominence=contract.prominence(document, facts.start, facts.end),
        elements=tuple(map(places.element, elements(facts, document, context))),
        severable=severable(document, facts.start, facts.end, facts.language, facts.attributes, result, again),
        suggestion=redraft.suggestion(facts, document, again), plain=redraft.plain(facts),
    )  # fmt: skip


def _left(facts: ClauseFacts, result: Grade, read: Callable[[str, Language], tuple[Held, ...]], words: str) -> list[tuple[int, int]]:
    """Return what words of a clause still hold: ranges of the attributes of findings that are no weaker than the first.

    The words are read after what the clause rests on: its definitions, its heading, and a service that processes faces.
    """
    roles = ("definition", "antecedent", "heading")
    before = [item.text for item in facts.evidence if item.role in roles and not facts.start <= item.start < facts.end]
    before += [_FACE_SERVICE[facts.language]] if facts.subject == "biometric" and facts.face_context else []
    head = "".join(f"{text}\n\n" for text in dict.fromkeys(before))
    found = [item for item in read(head + words, facts.language) if item.end > len(head)]
    # a suspicion of the wording as a whole has no words that could be cut; it counts where nothing else was found at first
    suspected = all(item.source.startswith("model/") for fact in facts.attributes for item in fact.evidence)
    return [
        (max(0, item.start - len(head)), item.end - len(head))
        for finding in found if GRADE_RANK[finding.grade] >= GRADE_RANK[result]
        for fact in finding.attributes for item in fact.evidence
        if item.end > len(head) and (suspected or not item.source.startswith("model/"))
    ]  # fmt: skip


def _confidence(facts: ClauseFacts, document: Document) -> Confidence:
    if facts.ambiguous_reference or facts.generic_personal_information or document.inconclusive:
        return "low"
    certainty = document.ocr_confidence(facts.start, facts.end)
    if certainty is not None and certainty < _SURE_OCR:
        return "low"
    return "medium" if facts.composite or facts.right == "practice" or certainty is not None else "high"


def _against(facts: ClauseFacts) -> tuple[Note, ...]:
    """Return what the clause itself holds against the finding: cured and cancelled attribute words."""
    notes = []
    names = rules.rule(RULE).names["attribute"]
    for item in facts.attributes:
        if item.cured_from is not None:
            notes.append(
                Note(
                    code="partly_cured",
                    text=f'"{names[item.name].en}" is weakened by a limit in the clause.',
                    text_zh=f"“{names[item.name].zh}”因条款中的限定而减弱。",
                )
            )
    for modifier in facts.modifiers:
        for target in modifier.targets:
            gate = next((code for code, effect in _EFFECTS.items() if effect == modifier.effect), "G9")
            english, chinese = GATES[gate]
            notes.append(
                Note(
                    code=modifier.effect,
                    text=f'"{target.text}" was not counted because of "{modifier.cue.text}": {english}.',
                    text_zh=f"“{target.text}”未计入，因“{modifier.cue.text}”：{chinese}。",
                )
            )
    return tuple(dict.fromkeys(notes))


_EFFECTS = {"G1": "quotes", "G4": "negates", "G6": "excepts", "G9": "cures", "G10": "restates_right"}


def _near_miss(facts: ClauseFacts, steps: tuple[Step, ...], places: _Places, seen: dict[str, int]) -> NearMiss | None:
    """Return the near miss of a unit that has both legs or had them cancelled; None for a clause without a face."""
    if steps and steps[-1].name == "wording":
        return _outweighed(facts, steps[-1], places, seen)
    gate = facts.gate or ("G9" if facts.attributes else "G2")
    if gate == "G2" or (
        gate == "G8" and not any(m.cue.role == "subject" for m in facts.modifiers) and facts.subject == "none" and not _has_face(facts)
    ):
        return None
    english, chinese = GATES[gate]
    cue = next((modifier.cue for modifier in facts.modifiers), None)
    words = f' ("{cue.text}")' if cue else ""
    words_zh = f"（“{cue.text}”）" if cue else ""
    evidence = [*facts.evidence, *(m.cue for m in facts.modifiers), *(t for m in facts.modifiers for t in m.targets)]
    quote = places.document.text[facts.start : facts.end]
    if facts.attributes:
        english, chinese = (
            "weak or indirect words over a likeness or biometric information without a face",
            "仅有弱线索，或客体为肖像、生物识别信息而无人脸语境",
        )
    return NearMiss(
        id=fingerprint(f"{RULE}/near", quote, seen), clause=facts.clause, quote=quote, place=places.place(facts.start, facts.end), gate=gate,
        reason=Note(code=gate, text=f"Not flagged: {english}{words}.", text_zh=f"未标示：{chinese}{words_zh}。"),
        evidence=tuple(map(places.evidence, dict.fromkeys(evidence))),
    )  # fmt: skip


def _outweighed(facts: ClauseFacts, step: Step, places: _Places, seen: dict[str, int]) -> NearMiss:
    """Return the near miss of a reading of the rules against which the wording of the whole clause speaks."""
    quote = places.document.text[facts.start : facts.end]
    evidence = [*facts.evidence, *(item for fact in facts.attributes for item in fact.evidence)]
    return NearMiss(
        id=fingerprint(f"{RULE}/near", quote, seen), clause=facts.clause, quote=quote, place=places.place(facts.start, facts.end),
        gate="wording", reason=Note(code="wording", text=f"Not flagged. {step.reason}", text_zh=f"未标示。{step.reason_zh}"),
        evidence=tuple(map(places.evidence, dict.fromkeys(evidence))),
    )  # fmt: skip


def _has_face(facts: ClauseFacts) -> bool:
    return any(item.role == "subject" for item in facts.evidence)
