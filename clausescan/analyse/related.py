"""The cues of related findings and of the situations of article 5 in the units of a document, as plain values.

`find` looks for words; what they mean together is for the judge (`clausescan.judge.related`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from typing import Any

from spacy.tokens import Doc

from clausescan import lexicon
from clausescan.analyse.phrases import Hit, Matcher, PhraseTable
from clausescan.analyse.terms import DocumentTerms
from clausescan.analyse.view import DocView
from clausescan.annotations import RELATED
from clausescan.rules import related_rules
from clausescan.types import Clause, Cue, Language, UnitCues

# Without one of these words a document is not about faces, and is left alone.
FACES = re.compile(
    r"脸|面部|面容|面相|面孔|容貌|人像|五官|生物(?:识别|特征)|肖像|照片|表情"
    r"|\bfac(?:e|es|ial|eprints?)\b|bio-?metric|likeness|portrait|photo|selfie"
)
# A gate that reads faces is no subject of a grant, but a related finding is about it.
_FACE = re.compile(
    r"脸(?!书|谱|盆|色)|面部(?!护理|清洁)|面容|面相|面孔|五官|容貌|人像|生物(?:识别|特征)|活体|肖像|表情(?!包)"
    r"|\bfac(?:e|es|ial|eprints?)\b|bio-?metric|likeness"
)
ABOUT_FACE, ABOUT_NEAR, ABOUT_PERSONAL, ABOUT_NOTHING = "face", "near", "personal", "document"
ELSEWHERE = -1  # the sentence of a cue that stands somewhere in the document, not in the unit


@cache
def table(language: Language) -> PhraseTable:
    """Return the matcher of all cues of a language."""
    return PhraseTable(lexicon.phrases(language, related_rules.cues(language)))


@cache
def _triggers(about: str) -> frozenset[str]:
    """Return the cues without which no rule has anything to say about a unit: the first of each way that reaches such a unit."""
    reach = related_rules.ABOUT.index(about)
    ways = [way for rule in related_rules.related().values() for way in rule.ways if not way.of_a_finding]
    found = {cue for way in ways if related_rules.ABOUT.index(way.about) >= reach for cue in (way.all[:1] or way.any)}
    if about == ABOUT_FACE:
        found |= {cue for rule in related_rules.related().values() if rule.absent for cue in rule.absent.where}
    return frozenset(found)


@cache
def _callers() -> Mapping[str, frozenset[str]]:
    """Return for each cue the rules that have a way which it opens."""
    found: dict[str, set[str]] = {}
    for rule in related_rules.related().values():
        for cue in {cue for way in rule.ways for cue in (way.all[:1] or way.any)}:
            found.setdefault(cue, set()).add(rule.code)
    return {cue: frozenset(codes) for cue, codes in found.items()}


@cache
def _wanted(codes: frozenset[str], has_facts: bool, about: str) -> frozenset[str]:
    """Return the cues to look for, beside triggers, where those of `codes` stand; a unit with facts may show what rests on a finding."""
    rules = related_rules.related().values()
    reach = related_rules.ABOUT.index(about)
    ways = [
        way
        for rule in rules
        for way in rule.ways
        if (has_facts if way.of_a_finding else rule.code in codes and related_rules.ABOUT.index(way.about) >= reach)
    ]
    found = {cue for way in ways for cue in (*way.all, *way.any, *way.unless, *way.unless_here)}
    situations = {f"situation.{code}" for code in related_rules.situations()} if has_facts else set()
    return frozenset(found | situations) - _triggers(about)


def find(
    view: DocView, terms: DocumentTerms, units: list[tuple[int, list[int], list[int]]], with_facts: set[int]
) -> list[dict[str, Any]]:
    """Return the units with cues, each with the places of its cues in the original text; `with_facts` are units that Article 11 is about.

    Guards and the other cues of a rule are looked for only where its first cue stands: that is what keeps this cheap.
    """
    if not FACES.search(view.text):
        return []
    near = view.near_faces(terms.users(faces=True), [(group, prefix) for _, group, prefix in units])
    # Ordinary terms of a service that has nothing to do with faces are nobody's business here.
    faces = terms.collects_faces or any(hit.entry.tier == "face_direct" for hits in view.subject_hits for hit in hits)
    kinds = {number: _about(view, group, number in near) for number, (clause, group, _) in enumerate(units) if not _is_margin(view, clause)}
    looked = {number: about for number, about in kinds.items() if faces or about in (ABOUT_FACE, ABOUT_NEAR)}
    matchers = {language: table(language).over(view.text) for language in {view.language(units[number][1][0]) for number in looked}}
    parts = _called(view, matchers, units, looked)
    found: list[dict[str, Any]] = []
    for number, about in looked.items():
        clause, group, _ = units[number]
        language = view.language(group[0])
        hits = _hits(view, matchers[language], group, parts.get(number, []), about, number in with_facts)
        if hits:
            found.append(_unit(view, number, clause, group, hits, language, about))
    _add_present(view, found)
    return found


def _is_margin(view: DocView, clause: int) -> bool:
    return bool(view.clauses[clause]["kind"] == "margin")


def _called(
    view: DocView, matchers: Mapping[Language, Matcher], units: list[tuple[int, list[int], list[int]]], looked: Mapping[int, str]
) -> dict[int, list[int]]:
    """Return for each unit the parts in which a trigger may stand: one step for all units of a language that are about the same."""
    rows: dict[tuple[Language, str], list[tuple[int, int]]] = {}
    for number, about in looked.items():
        group = units[number][1]
        rows.setdefault((view.language(group[0]), about), []).extend((number, part) for part in group)
    found: dict[int, list[int]] = {}
    for (language, about), row in rows.items():
        ranges = [view.ranges[part] for _, part in row]
        called = matchers[language].called([start for start, _ in ranges], [end for _, end in ranges], _triggers(about))
        for (number, part), is_called in zip(row, called, strict=True):
            if is_called:
                found.setdefault(number, []).append(part)
    return found


def _hits(view: DocView, matcher: Matcher, group: list[int], called: list[int], about: str, has_facts: bool) -> list[Hit]:
    """Return the cues of a unit: its triggers first, in the parts that they call, then the rest of the rules that they open."""
    first = [hit for part in called for hit in matcher.scan(*view.ranges[part], _triggers(about))]
    if not first and not has_facts:
        return []
    codes = frozenset(code for hit in first for code in _callers().get(hit.entry.id, ()))
    rest = _wanted(codes, has_facts, about)
    more = [hit for part in group for hit in matcher.scan(*view.ranges[part], rest)] if rest else []
    return sorted((*first, *more), key=lambda hit: (hit.start, -hit.end, hit.entry.id))


def _add_present(view: DocView, found: list[dict[str, Any]]) -> None:
    """Add, for each rule about what is missing in a document, the place where it is not missing: one is enough, anywhere."""
    for rule in related_rules.related().values():
        where = next((unit for unit in found for cue in unit["cues"] if rule.absent and cue[0] in rule.absent.where), None)
        if rule.absent is None or where is None:
            continue
        entries = {entry.id: entry for entry in table(where["language"]).entries}
        for name in rule.absent.unless:
            match = entries[name].search(view.text) if name in entries else None
            if match is not None:
                where["cues"].append([name, *view.source(*match.span()), ELSEWHERE])
                break


def _unit(
    view: DocView, number: int, clause: int, group: list[int], hits: list[Hit], language: Language, about: str
) -> dict[str, Any]:
    sentences = [sentence for part in group for sentence in view.sentences(part)]
    starts = [sentence.start for sentence in sentences]
    return {
        "unit": number, "clause": clause, "language": language, "about": about,
        "sentences": [list(view.source(sentence.start, sentence.end)) for sentence in sentences],
        "cues": [[hit.entry.id, *view.source(hit.start, hit.end), max(0, bisect_right(starts, hit.start) - 1)] for hit in hits],
    }  # fmt: skip


def _about(view: DocView, group: list[int], near: bool) -> str:
    subjects = [hit for part in group for hit in view.subject_hits[part]]
    if any(hit.entry.tier != "generic" for hit in subjects) or any(_FACE.search(view.text, *view.ranges[part]) for part in group):
        return ABOUT_FACE
    if near:
        return ABOUT_NEAR
    return ABOUT_PERSONAL if subjects else ABOUT_NOTHING


def unit_cues(doc: Doc, clauses: list[Clause]) -> list[UnitCues]:
    """Return the units with cues as types; `clauses` are those of the Doc."""
    return [
        UnitCues(
            unit=raw["unit"], clause=clauses[raw["clause"]], language=raw["language"], about=raw["about"],
            sentences=tuple((start, end) for start, end in raw["sentences"]),
            cues=tuple(Cue(*cue) for cue in raw["cues"]),
        )
        for raw in doc._.get(RELATED) or []
    ]  # fmt: skip
