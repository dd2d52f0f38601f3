from __future__ import annotations

import re
from importlib.resources import files

import pytest

from clausescan import rules
from clausescan.errors import DataError
from clausescan.rules import Case
from clausescan.types import ATTRIBUTES

ART11 = (files("clausescan.rules") / "ART11.toml").read_text(encoding="utf-8")


def codes(notes: object) -> set[str]:
    return {note.code for note in notes}  # type: ignore[attr-defined]


def test_the_rule_and_its_title():
    rule = rules.rule("ART11")
    assert set(rules.rules()) == {"ART11"}
    assert rule.title["zh"].startswith("对人脸信息")
    assert rule.law[0] == "FRJI-11"


def test_the_manual_names_every_element_in_both_languages():
    manual = rules.rule("ART11").manual
    for language in ("zh", "en"):
        assert re.findall(r"^E\d(?=  )", manual[language], re.M) == [f"E{number}" for number in range(1, 8)]
    assert "Only a court declares a term void" in " ".join(manual.en.split())


def test_an_unknown_rule_names_the_known_ones():
    with pytest.raises(DataError, match="There is no rule ART12"):
        rules.rule("ART12")


def test_the_sentence_for_a_finding():
    case = Case(grade="candidate", subject="face_direct", attribute=("sublicensable", "irrevocable", "unlimited_duration"))
    note = rules.rule("ART11").summary(case)
    assert "unlimited in time, irrevocable and freely sub-licensable" in note.text
    assert "就人脸信息授予无期限限制、不可撤销、可任意转授权的处理权利" in note.text_zh
    assert note.code == "candidate"


def test_no_sentence_says_that_a_clause_is_void():
    for words in rules.rule("ART11").summaries.values():
        assert "is void" not in words.en
        assert not re.search(r"(条款|本条)无效", words.zh)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            Case(grade="candidate", subject="face_direct", attribute=("irrevocable",), strong_attribute=("irrevocable",)),
            "FRJI-11 CC-497-3 PIPL-15",
        ),
        (
            Case(grade="candidate", subject="face_direct", attribute=("sublicensable",), strong_attribute=("sublicensable",)),
            "FRJI-11 CC-497-2 PIPL-23 FRJI-2-6 CC-1038",
        ),
        (Case(grade="review", subject="likeness", attribute=("unlimited_duration",)), "FRJI-11? CC-497-2 PIPL-19 CC-1021 CC-1022"),
        (
            Case(grade="candidate", subject="face_direct", attribute=("other_unlimited",), strong_attribute=("other_unlimited",)),
            "FRJI-11 CC-497-3 CC-992",
        ),
        (Case(grade="review", subject="face_direct", attribute=("other_unlimited",)), "FRJI-11? CC-497-2 PIPL-6"),
    ],
)
def test_the_law_follows_the_case(case: Case, expected: str):
    found = [basis.code + "?" * basis.tentative for basis in rules.rule("ART11").legal_basis(case)]
    assert found == expected.split()


def test_counter_arguments_follow_the_case():
    notes = rules.rule("ART11").counter_arguments
    policy = codes(
        rules.applicable(
            notes,
            Case(
                grade="candidate",
                kind="privacy_policy",
                contract_status="policy_not_incorporated",
                subject="face_direct",
                attribute=("irrevocable",),
                strong_attribute=("irrevocable",),
            ),
        )
    )
    assert policy == {"policy_not_contract", "not_accepted", "attributes_cumulative", "waiver_arguable", "other_ground"}
    incorporated = Case(grade="candidate", kind="privacy_policy", contract_status="policy_incorporated")
    assert {"policy_not_contract", "policy_incorporated"} & codes(rules.applicable(notes, incorporated)) == {"policy_incorporated"}
    likeness = codes(
        rules.applicable(
            notes,
            Case(grade="review", kind="user_agreement", subject="likeness", attribute=ATTRIBUTES, date="before_2021_08", right="practice"),
        )
    )
    assert {"photo_not_face_information", "likeness_licence", "before_in_force", "practice_not_grant", "weak_wording"} <= likeness
    assert "attributes_cumulative" not in likeness


def test_missing_facts_follow_the_case():
    notes = rules.rule("ART11").missing_facts
    known = Case(grade="candidate", subject="face_direct", date="later", governing_law="prc")
    assert codes(rules.applicable(notes, known)) == {"contract_concluded", "standard_term", "prompted", "natural_person"}
    assert "real_negotiation" in codes(rules.applicable(notes, Case(grade="candidate", denies_standard_term=True)))
    assert codes(rules.applicable(notes, Case(grade="candidate"))) >= {"date", "governing_law"}


def test_there_are_examples_enough_and_all_are_different():
    rule = rules.rule("ART11")
    for language in ("zh", "en"):
        assert sum(example.language == language for example in rule.flag) >= 12
        assert sum(example.language == language for example in rule.passes) >= 12
    texts = [example.text for example in (*rule.flag, *rule.passes)]
    assert len(texts) == len(set(texts))
    assert {attribute for example in rule.flag for attribute in example.attributes} == set(ATTRIBUTES)


def test_related_findings_have_their_law():
    related = rules.related()
    assert list(related) == [f"RF-{number:02d}" for number in range(1, 19)]
    assert related["RF-03"].law == ("FRJI-10", "FRM-10")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "ART11"', 'id = "ART11"\nseverity = "high"', r"unknown keys \['severity'\]; known keys are"),
        ('"FRJI-2-6", "PIPL-6"', '"FRJI-2-9", "PIPL-6"', "unknown code FRJI-2-9"),
        ("process {subject} that", "process {object} that", "unknown fields"),
        ('when = { grade = ["candidate"] }', 'when = { grades = ["candidate"] }', r"unknown keys \['grades'\]; known keys are \['always'"),
        ('when = { grade = ["candidate"] }', 'when = { grade = ["void"] }', r"grade cannot be \['void'\]; it can be"),
        ('when = { grade = ["candidate"] }', "when = {}", "`when` needs at least one"),
        ('code = "not_accepted"', 'code = "negotiated"', r"\['negotiated'\] are used twice"),
        (
            'grade = "candidate"\nattributes = ["irrevocable"]',
            'grade = "void"\nattributes = ["irrevocable"]',
            "grade must be review or candidate",
        ),
        ('language = "zh"', 'language = "fr"', "language must be one of"),
        ("[disclaimer]", "[disclaimer", "ART11.toml"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, message: str):
    assert old in ART11
    with pytest.raises(DataError, match=message):
        rules.parse("ART11.toml", ART11.replace(old, new, 1))
