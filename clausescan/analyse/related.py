"""The cues of related findings and of the situations of article 5 in the units of a document, as plain values.

`find` looks for words; what they mean together is for the judge (`clausescan.judge.related`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import Any

from spacy.tokens import Doc

from clausescan import lexicon
from clausescan.analyse.phrases import Hit, PhraseTable
from clausescan.analyse.terms import DocumentTerms
from clausescan.analyse.view import DocView
from clausescan.annotations import RELATED
from clausescan.rules import related_rules
from clausescan.types import Clause, Cue, Language, UnitCues

# Without one of these words a document is not about faces, and is left alone.
FACES = re.compile(
    r"脸|面部|面容|面相|容貌|人像|五官|生物(?:识别|特征)|肖像|照片|表情"
    r"|\bfac(?:e|es|ial|eprints?)\b|biometric|likeness|portrait|photo|selfie"
)
# A gate that reads faces is no subject of a grant, but a related finding is about it.
_FACE = re.compile(
    r"脸(?!书|谱|盆|色)|面部(?!护理|清洁)|面容|面相|容貌|人像|生物(?:识别|特征)|活体|肖像|表情(?!包)"
    r"|\bfac(?:e|es|ial|eprints?)\b|biometric|likeness"
)
ABOUT_FACE, ABOUT_NEAR, ABOUT_PERSONAL, ABOUT_NOTHING = "face", "near", "personal", "document"


@cache
def table(language: Language) -> PhraseTable:
    """Return the matcher of all cues of a language."""
    return PhraseTable(lexicon.phrases(language, related_rules.cues(language)))


def find(view: DocView, terms: DocumentTerms, units: list[tuple[int, list[int], list[int]]]) -> list[dict[str, Any]]:
    """Return the units with cues, each with the places of its cues in the original text."""
    near = view.near_faces(terms.users(faces=True), [(group, prefix) for _, group, prefix in units])
    # Ordinary terms of a service that has nothing to do with faces are nobody's business here.
    faces = terms.collects_faces or any(hit.entry.tier == "face_direct" for hits in view.subject_hits for hit in hits)
    found: list[dict[str, Any]] = []
    ranges = [(view.ranges[group[0]][0], view.ranges[group[-1]][1]) for _, group, _ in units]
    for language in dict.fromkeys(view.language(group[0]) for _, group, _ in units):
        matcher = table(language).over(view.text)
        starts, ends = [start for start, _ in ranges], [end for _, end in ranges]
        for number, called in enumerate(matcher.called(starts, ends)):
            clause, group, _ = units[number]
            if not called or view.language(group[0]) != language or view.clauses[clause]["kind"] == "margin":
                continue
            about = _about(view, group, number in near)
            if about in (ABOUT_PERSONAL, ABOUT_NOTHING) and not faces:
                continue
            hits = [hit for part in group for hit in matcher.scan(*view.ranges[part])]
            if hits:
                found.append(_unit(view, number, clause, group, hits, language, about))
    return sorted(found, key=lambda item: int(item["unit"]))


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
            cues=tuple(Cue(name=name, start=start, end=end, sentence=sentence) for name, start, end, sentence in raw["cues"]),
        )
        for raw in doc._.get(RELATED) or []
    ]  # fmt: skip
