"""The judge alone: facts made by hand, no pipeline, no reader."""

from __future__ import annotations

from typing import Any

import pytest

from clausescan.judge import fingerprint, judge
from clausescan.judge.grade import GATES, grade, score
from clausescan.types import ATTRIBUTES, AttributeFact, Clause, ClauseFacts, Document, DocumentContext, Evidence, Modifier

TEXT = "7.2 住客同意酒店永久保存其面部图像。\n7.3 我们不会永久保存住客的面部图像。\n"
GRANT, PROMISE = (range(20), range(21, 41))
CONTEXT = DocumentContext(kind="user_agreement", date=None, counterparty="natural_person", collects_faces=True, governing_law=None)


def words(role: str, text: str, within: range = GRANT, source: str = "lexicon/zh/test") -> Evidence:
    start = TEXT.index(text, within.start)
    return Evidence(role=role, start=start, end=start + len(text), text=text, source=source)


def attribute(name: str, cured_from: str | None = None) -> AttributeFact:
    """Return an attribute by a short name: "duration" strong, "duration?" weak."""
    full = next(known for known in ATTRIBUTES if name.rstrip("?") in known)
    strength = "weak" if name.endswith("?") else "strong"
    return AttributeFact(name=full, strength=strength, cured_from=cured_from, evidence=(words(full, "永久"),))  # type: ignore[arg-type]


def facts(names: str = "", where: range = GRANT, **changes: Any) -> ClauseFacts:
    values: dict[str, Any] = {
        "clause": Clause(id="1/2", number="7.2", start=where.start, end=where.stop, level=2, kind="item"),
        "start": where.start,
        "end": where.stop,
        "language": "zh",
        "subject": "face_direct",
        "face_context": True,
        "generic_personal_information": False,
        "ambiguous_reference": False,
        "right": "grant",
        "direction": "user_to_processor",
        "counterparty": "natural_person",
        "must_procure": False,
        "attributes": tuple(attribute(name) for name in names.split()),
        "modifiers": (),
        "evidence": (words("subject", "面部图像", where),),
        "gate": None,
    }
    return ClauseFacts(**(values | changes))


def document(text: str = TEXT) -> Document:
    return Document(name="hotel.txt", sha256="", media_type="text/plain", text=text, language="zh")


# subject, face context, right, attributes, grade: the table of the guideline, section 6
MATRIX = [
    ("face_direct", True, "grant", "duration", "candidate"),
    ("face_direct", True, "grant", "duration?", "review"),
    ("face_direct", True, "practice", "duration", "review"),
    ("face_direct", True, "practice", "duration?", "review"),
    ("by_definition", True, "grant", "irrevocable", "candidate"),
    ("by_definition", True, "grant", "irrevocable?", "review"),
    ("by_definition", True, "practice", "sublicensable", "review"),
    ("biometric", True, "grant", "duration", "candidate"),
    ("biometric", True, "grant", "sublicensable?", "review"),
    ("biometric", True, "practice", "duration", "review"),
    ("likeness", True, "grant", "sublicensable", "candidate"),
    ("likeness", True, "grant", "other_unlimited?", "review"),
    ("likeness", True, "practice", "irrevocable", "review"),
    ("biometric", False, "grant", "duration", "review"),
    ("biometric", False, "grant", "duration?", "none"),
    ("biometric", False, "practice", "duration", "none"),
    ("likeness", False, "grant", "irrevocable", "review"),
    ("likeness", False, "grant", "irrevocable?", "none"),
    ("likeness", False, "practice", "duration", "none"),
    ("face_direct", True, "grant", "other_unlimited", "candidate"),
    ("face_direct", True, "grant", "other_unlimited?", "review"),
    ("face_direct", True, "grant", "duration? irrevocable", "candidate"),
    ("face_direct", True, "grant", "duration? irrevocable? sublicensable? other_unlimited?", "review"),
    ("face_direct", True, "grant", "duration irrevocable sublicensable other_unlimited", "candidate"),
]


@pytest.mark.parametrize(("subject", "face_context", "right", "attributes", "expected"), MATRIX)
def test_the_matrix(subject: str, face_context: bool, right: str, attributes: str, expected: str):
    result, steps = grade(facts(attributes, subject=subject, face_context=face_context, right=right))
    assert result == expected
    assert [step.name for step in steps] == ["subject", "matrix"]
    assert steps[-1].grade == expected


@pytest.mark.parametrize(
    ("cap", "step"),
    [("generic_personal_information", "generic"), ("ambiguous_reference", "ambiguous_reference"), ("must_procure", "procure")],
)
@pytest.mark.parametrize("attributes", ["duration", "duration irrevocable sublicensable", "sublicensable?"])
def test_what_never_rises_above_review(cap: str, step: str, attributes: str):
    result, steps = grade(facts(attributes, **{cap: True}))
    assert result == "review"
    assert (steps[-1].name, steps[-1].grade) == (step, "review")


def test_a_cap_does_not_lift_what_is_lower():
    assert grade(facts("duration?", subject="likeness", face_context=False, ambiguous_reference=True))[0] == "none"


@pytest.mark.parametrize("gate", GATES)
def test_without_an_attribute_the_gate_is_the_reason(gate: str):
    result, steps = grade(facts(gate=gate))
    assert (result, [step.name for step in steps]) == ("none", [gate])
    assert GATES[gate][0] in steps[0].reason
    assert GATES[gate][1] in steps[0].reason_zh


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("duration?", 1),
        ("duration", 3),
        ("duration irrevocable?", 4),
        ("duration irrevocable", 6),
        ("duration irrevocable sublicensable?", 7),
        ("duration irrevocable sublicensable", 10),
        ("other_unlimited?", 1),
        ("other_unlimited", 4),
        ("duration irrevocable sublicensable other_unlimited", 14),
    ],
)
def test_the_score_ranks_inside_a_grade(attributes: str, expected: float):
    assert score(facts(attributes)) == expected


def ids(*quotes: str) -> list[str]:
    seen: dict[str, int] = {}
    return [fingerprint("ART11", quote, seen) for quote in quotes]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第四条 住客同意永久保存其面部图像。", "第十九条 住客同意永久保存其面部图像。"),
        ("（三）住客同意永久保存其面部图像。", "住客同意永久保存其面部图像。"),
        ("5.2住客同意永久保存其面部图像。", "6.11 住客同意永久保存其面部图像。"),
        ("① 住客同意永久保存其面部图像。", "- 住客同意永久保存其面部图像。"),
        ("住客同意永久保存\n其面部图像。", "住客同意永久保存其面部图像。"),
        ("(b) Guests let us keep face images forever.", "7. GUESTS let us keep face images, forever."),
        ("Ｇｕｅｓｔｓ let us keep face images.", "Guests let us keep face  images"),
    ],
)
def test_a_finding_keeps_its_id_when_it_is_renumbered_or_wrapped(one: str, other: str):
    assert ids(one) == ids(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("住客同意永久保存其面部图像。", "住客同意永久保存其面部视频。"),
        ("保存30日", "保存90日"),
        ("You grant us a right to face images.", "You grant us the right to face images."),
    ],
)
def test_other_words_have_another_id(one: str, other: str):
    assert ids(one) != ids(other)


def test_repeated_text_is_counted():
    first, second, third = ids("1. 同一句话。", "2. 同一句话。", "3. 同一句话。")
    assert (second, third) == (f"{first}-2", f"{first}-3")
    assert fingerprint("ART12", "同一句话。", {}) != first


def test_an_id_does_not_depend_on_where_the_clause_stands():
    moved = "酒店入住须知\n\n" + TEXT
    by = len(moved) - len(TEXT)
    (here,), _, _ = judge([facts("duration")], document(), CONTEXT)
    (there,), _, _ = judge([facts("duration", range(GRANT.start + by, GRANT.stop + by), evidence=())], document(moved), CONTEXT)
    assert here.id == there.id
    assert there.quote == here.quote
    assert there.place.start == here.place.start + by


def test_a_finding_says_what_and_where():
    (finding,), misses, _ = judge([facts("duration irrevocable?")], document(), CONTEXT)
    assert misses == ()
    assert (finding.rule, finding.grade, finding.score, finding.confidence) == ("ART11", "candidate", 4, "high")
    assert finding.quote == TEXT[finding.place.start : finding.place.end] == "7.2 住客同意酒店永久保存其面部图像。"
    assert (finding.place.line, finding.clause.number) == (1, "7.2")
    (subject,) = finding.evidence
    assert subject.place == document().place(subject.start, subject.end)
    assert finding.legal_basis[0].code == "FRJI-11"


@pytest.mark.parametrize(
    ("changes", "confidence"),
    [
        ({}, "high"),
        ({"composite": True}, "medium"),
        ({"right": "practice"}, "medium"),
        ({"ambiguous_reference": True}, "low"),
        ({"generic_personal_information": True}, "low"),
    ],
)
def test_confidence(changes: dict[str, Any], confidence: str):
    (finding,), _, _ = judge([facts("duration", **changes)], document(), CONTEXT)
    assert finding.confidence == confidence


def test_a_cured_attribute_is_held_against_the_finding():
    (finding,), _, _ = judge([facts(attributes=(attribute("duration?", cured_from="strong"),))], document(), CONTEXT)
    assert [note.code for note in finding.against] == ["partly_cured"]


def denied(gate: str, effect: str, cue: str) -> ClauseFacts:
    modifier = Modifier(
        effect=effect,  # type: ignore[arg-type]
        cue=words("negation", cue, PROMISE),
        scope=(PROMISE.start, PROMISE.stop),
        targets=(words("unlimited_duration", "永久", PROMISE),),
    )
    return facts(where=PROMISE, gate=gate, modifiers=(modifier,), right="none")


@pytest.mark.parametrize(
    ("gate", "effect"), [("G1", "quotes"), ("G4", "negates"), ("G6", "excepts"), ("G9", "cures"), ("G10", "restates_right")]
)
def test_a_near_miss_names_its_gate_and_the_words_that_cancelled_it(gate: str, effect: str):
    findings, (miss,), _ = judge([denied(gate, effect, "不会")], document(), CONTEXT)
    assert findings == ()
    assert (miss.gate, miss.reason.code) == (gate, gate)
    assert "不会" in miss.reason.text
    assert "不会" in miss.reason.text_zh
    assert GATES[gate][0] in miss.reason.text
    assert {item.text for item in miss.evidence} == {"面部图像", "不会", "永久"}
    assert miss.quote == TEXT[miss.place.start : miss.place.end]


def test_a_clause_without_a_face_is_no_near_miss():
    assert judge([facts(gate="G2", subject="none", evidence=())], document(), CONTEXT) == ((), (), ())
    assert judge([facts(gate="G8", subject="none", evidence=())], document(), CONTEXT) == ((), (), ())


def test_weak_words_over_pictures_are_a_near_miss():
    _, (miss,), _ = judge([facts("duration?", subject="likeness", face_context=False)], document(), CONTEXT)
    assert "likeness" in miss.reason.text


def test_findings_and_near_misses_come_in_text_order():
    again = facts("irrevocable", where=GRANT)
    findings, misses, _ = judge([facts("duration"), denied("G4", "negates", "不会"), again], document(), CONTEXT)
    assert [item.place.start for item in findings] == [0, 0]
    assert len({item.id for item in (*findings, *misses)}) == 3
