"""The labelled clauses keep their own rules, and the tool keeps its promise on them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clausescan import evaluate, rules
from clausescan.judge.grade import GATES
from clausescan.studies.card import between_marks, counts
from clausescan.types import ATTRIBUTES, GRADE_RANK

FOLDER = Path(__file__).parents[1] / "corpus" / "clauses"
FILES = sorted(FOLDER.glob("*/*.jsonl"))
UNITS = [(path, json.loads(line)) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]

VALUES: dict[str, set[Any]] = {
    "grade": set(GRADE_RANK),
    "subject": {"face_direct", "by_definition", "biometric", "likeness", "none"},
    "face_context": {True, False},
    "negated": {True, False},
    "direction": {"user_to_processor", "processor_to_user", "none"},
    "counterparty": {"natural_person", "business", "unknown"},
    "right": {"grant", "practice", "none"},
    "gate": {None, *GATES},
    "difficulty": {"easy", "medium", "hard"},
}
KEYS = {
    *VALUES,
    "id",
    "lang",
    "text",
    "context",
    "context_after",
    "attributes",
    "attribute_strength",
    "related",
    "evidence",
    "why",
    "industry",
    "author",
}
# What caps a grade at review (guideline, section 6) is said in `why`.
CAPPED = re.compile(r"generic PI|泛指|ambiguous|antecedents|先行词|contradict|自相矛盾|procure|代为?取得|代取|泛称|裁定(?:22|41)|封顶\s?(?:复核|review)|capped at review", re.IGNORECASE)


def wrong(check: Any) -> list[str]:
    """Return the ids of the units that fail `check`."""
    return [unit["id"] for _, unit in UNITS if not check(unit)]


def matrix(unit: dict[str, Any]) -> str:
    """Return the grade that the table of the guideline gives for the labels of a unit, without caps."""
    if not unit["attributes"]:
        return "none"
    strong = unit["right"] == "grant" and "strong" in unit["attribute_strength"].values()
    if unit["subject"] in ("face_direct", "by_definition") or unit["face_context"]:
        return "candidate" if strong else "review"
    return "review" if strong else "none"


def test_every_line_has_its_keys():
    assert len(UNITS) >= 800
    assert wrong(lambda unit: set(unit) == KEYS) == []


@pytest.mark.parametrize("key", VALUES)
def test_labels_are_of_the_guideline(key: str):
    assert wrong(lambda unit: unit[key] in VALUES[key]) == []


def test_attributes_and_related_findings_are_known_ones():
    assert wrong(lambda unit: set(unit["attributes"]) <= set(ATTRIBUTES)) == []
    assert wrong(lambda unit: unit["attribute_strength"].keys() == set(unit["attributes"])) == []
    assert wrong(lambda unit: set(unit["attribute_strength"].values()) <= {"strong", "weak"}) == []
    assert wrong(lambda unit: set(unit["related"]) <= set(rules.related())) == []


def test_a_unit_stands_in_the_folder_of_its_language():
    assert [unit["id"] for path, unit in UNITS if unit["lang"] != path.parent.name] == []


def test_no_unit_is_there_twice():
    assert [id for id, count in Counter(unit["id"] for _, unit in UNITS).items() if count > 1] == []
    bare = Counter(re.sub(r"\W", "", unit["text"]).lower() for _, unit in UNITS)
    assert [text for text, count in bare.items() if count > 1] == []


def test_evidence_is_quoted_from_the_text():
    assert [
        (unit["id"], role) for _, unit in UNITS for role, words in unit["evidence"].items() if not words or words not in unit["text"]
    ] == []


def test_a_candidate_shows_subject_right_and_attributes():
    assert wrong(lambda unit: set(unit["attributes"]) <= set(unit["evidence"])) == []
    # What the right is over may stand in the paragraphs before.
    assert wrong(lambda unit: unit["grade"] != "candidate" or "right" in unit["evidence"]) == []
    assert wrong(lambda unit: unit["grade"] != "candidate" or "subject" in unit["evidence"] or unit["context"]) == []


def test_only_what_is_not_flagged_has_a_gate():
    assert wrong(lambda unit: unit["grade"] == "none" or unit["gate"] is None) == []
    assert wrong(lambda unit: unit["grade"] != "none" or not unit["attributes"] or matrix(unit) == "none") == []


def test_the_grade_follows_from_the_labels():
    assert wrong(lambda unit: matrix(unit) == unit["grade"] or (unit["grade"] == "review" and CAPPED.search(unit["why"]))) == []


def test_a_named_or_defined_face_is_a_face_context():
    assert wrong(lambda unit: unit["face_context"] or unit["subject"] not in ("face_direct", "by_definition")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_grade_gate_and_attribute_is_there_in_both_languages(language: str):
    units = [unit for _, unit in UNITS if unit["lang"] == language]
    assert {unit["gate"] for unit in units} == VALUES["gate"]
    assert min(Counter(unit["grade"] for unit in units).values()) >= 40
    assert min(Counter(name for unit in units for name in unit["attributes"]).values()) >= 10
    assert sum(unit["grade"] == "none" for unit in units) >= len(units) * 0.45


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tool_keeps_its_level(language: str):
    units = evaluate.load(sorted((FOLDER / language).glob("*.jsonl")))
    metrics = evaluate.evaluate(units, intervals=False).metrics
    assert evaluate.below(metrics, {"flag_f1": 0.8, "flag_p": 0.8}) == []


def test_the_card_counts_what_is_there():
    card = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert between_marks(card, counts(FOLDER)) == card, "python -m clausescan.studies.card corpus/clauses corpus/README.md"


# F1 on authors on whose clauses the rules were not developed, as measured when this was written, less a margin of 0.03. Some of
# them label a licence over pictures of a person RF-05 and RF-11 beside RF-17; the rules report RF-17 alone. Nearly all of them label
# every grant without time limit RF-11 and every irrevocable one RF-12; the rules, after the guideline's own examples, only what is
# said of keeping and of withdrawing. That costs recall here: precision is 0.94 / 0.78 (RF-11) and 0.86 / 0.75 (RF-12).
RELATED_LEVELS = {
    "zh": (["g2", "k1", "k3", "k6"], {"RF-05": 0.78, "RF-10": 0.61, "RF-11": 0.58, "RF-12": 0.49, "RF-13": 0.69, "RF-15": 0.74, "RF-17": 0.6}),
    "en": (["h1", "k2", "k4", "k5", "k7"], {"RF-05": 0.74, "RF-11": 0.57, "RF-12": 0.42, "RF-13": 0.49, "RF-15": 0.66, "RF-17": 0.68}),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_related_findings_keep_their_level(language: str):
    authors, levels = RELATED_LEVELS[language]
    result = evaluate.evaluate(evaluate.load([FOLDER / language / f"{author}.jsonl" for author in authors]), intervals=False)
    assert evaluate.below(evaluate.all_metrics(result), {f"{code}_f1": level for code, level in levels.items()}) == []
