from __future__ import annotations

from pathlib import Path

import pytest

from clausescan.errors import UsageError
from clausescan.evaluate import Unit, load
from clausescan.studies.agreement import agreement, labels, to_text


def labelled(*grades: str, attributes: frozenset[str] = frozenset()) -> list[Unit]:
    return [Unit(id=str(number), text="x", grade=grade, attributes=attributes) for number, grade in enumerate(grades)]


def test_equal_labellings_agree_fully_and_chance_counts_for_nothing():
    one = labelled("candidate", "none", "review", "none")
    assert agreement(one, one)["kappa_grade"] == 1
    by_chance = agreement(labelled("none", "none", "candidate", "candidate"), labelled("none", "candidate", "none", "candidate"))
    assert by_chance["kappa_grade"] == pytest.approx(0)
    assert by_chance["serious"] == 0.5


def test_only_units_of_both_labellings_count():
    figures = agreement(labelled("candidate", "none"), labelled("candidate", attributes=frozenset({"irrevocable"})))
    assert figures["units"] == 1
    assert figures["irrevocable_f1"] == 0
    assert "kappa_grade" in to_text(figures)


def test_labellings_of_different_units_are_refused():
    with pytest.raises(UsageError, match="share no unit"):
        agreement(labelled("none"), [])


CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_second_labelling_of_the_corpus_agrees_with_the_first(language: str):
    second = labels(CORPUS / "second" / f"{language}.jsonl")
    figures = agreement(load(sorted((CORPUS / "clauses" / language).glob("*.jsonl"))), second)
    assert figures["units"] == len(second) > 400, "every unit of the sample is still in the corpus"
    assert figures["kappa_grade"] > 0.95


def test_a_line_that_is_no_label_is_named(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"id": "1", "grade": "none"}\n{"id": "2"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.jsonl:2: a label needs id and grade"):
        labels(tmp_path / "a.jsonl")
