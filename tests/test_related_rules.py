"""A wrong file of a related finding is refused by name."""

from __future__ import annotations

from importlib.resources import files

import pytest

from clausescan.errors import DataError
from clausescan.rules import related_rules

RF03 = (files("clausescan.rules") / "related" / "RF-03.toml").read_text(encoding="utf-8")
COMMON = frozenset({"common.face", "common.other_way", "common.quoted"})


def test_a_cue_of_the_file_comes_before_a_shared_one():
    rule = related_rules.parse("RF-03.toml", RF03, COMMON)
    (way,) = (way for way in rule.ways if way.name == "only_way")
    assert way.all == ("RF-03.only", "common.face", "RF-03.way_in")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "only_way"', 'name = "only_way"\nweight = 3', r"RF-03.toml: way only_way: unknown keys \['weight'\]; known keys are"),
        ('"only", "face"', '"onyl", "face"', r"unknown cues \['onyl'\]; known cues are"),
        ('about = "face"', 'about = "faces"', r"about must be one of \['face', 'near', 'personal', 'document'\]"),
        ('"FRJI-10"', '"FRJI-99"', "unknown code FRJI-99"),
        ("[cue.only]", "[cue.unused]\nzh = ['x']\nen = []\n\n[cue.only]", r"no way uses the cues \['RF-03.unused'\]"),
        ('name = "only_way"', 'name = "only_way"\nattribute = ["endless"]', r"attribute can be \['unlimited_duration'"),
        ("[manual]", "[manul]", "RF-03.toml"),
        ("[manual]", "[manual", "RF-03.toml"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, message: str):
    assert old in RF03
    with pytest.raises(DataError, match=message):
        related_rules.parse("RF-03.toml", RF03.replace(old, new, 1), COMMON)
