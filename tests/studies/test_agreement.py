from __future__ import annotations

import pytest

from clausescan.errors import UsageError
from clausescan.evaluate import Unit
from clausescan.studies.agreement import agreement, to_text


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
