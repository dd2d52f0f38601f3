from __future__ import annotations

from datetime import date

import pytest

from clausescan import law, rules
from clausescan.errors import DataError

GUIDELINE = [
    "FRJI-11",
    "FRJI-2-6",
    "CC-497-1",
    "CC-497-2",
    "CC-497-3",
    "CC-498",
    "CC-992",
    "CC-1019",
    "CC-1021",
    "CC-1022",
    "CC-1037",
    "CC-1038",
    "PIPL-15",
    "PIPL-16",
    "PIPL-19",
    "PIPL-22",
    "PIPL-23",
    "PIPL-29",
    "PIPL-44",
    "PIPL-47",
    "NDR-21",
    "NDR-24",
]

GOOD = """
[instrument]
en = "Law"
zh = "法"
short = { en = "L", zh = "法" }
document_number = "1"
in_force = 2021-01-01

[provision.X-1]
article = "1"
article_zh = "第一条"
summary = { en = "Says.", zh = "规定。" }
operative = "字"
"""


@pytest.mark.parametrize("code", GUIDELINE)
def test_every_code_of_the_guideline_is_known(code: str):
    assert law.basis(code).code == code


def test_article_11_in_full():
    found = law.basis("FRJI-11")
    assert (found.document_number, found.article, found.article_zh, found.in_force) == ("法释〔2021〕15号", "11", "第十一条", "2021-08-01")
    assert law.provision("FRJI-11").operative.startswith("无期限限制、不可撤销、可任意转授权")
    assert "499" not in found.summary


def test_a_question_mark_makes_a_basis_tentative():
    assert law.basis("FRJI-11?").tentative
    assert law.basis("FRJI-11", tentative=True) == law.basis("FRJI-11?")
    assert not law.basis("FRJI-11").tentative


def test_an_unread_text_is_not_quoted_and_says_so():
    unread = [item for item in law.provisions().values() if not item.operative]
    assert {item.code for item in unread} == {"CPR-23", "FRM-4", "FRM-10"}
    assert all("secondary sources" in item.note for item in unread)


def test_quotes_are_short_and_summaries_are_not_the_text():
    for item in law.provisions().values():
        assert len(item.operative) <= 40, item.code
        assert item.operative != item.summary_zh, item.code


def test_an_unknown_code_names_the_known_ones():
    with pytest.raises(DataError, match=r"unknown code CC-499.*CC-498"):
        law.basis("CC-499")


def test_parsing_one_file():
    (found,) = law.parse("x.toml", GOOD)
    assert (found.code, found.in_force, found.summary_zh, found.note) == ("X-1", date(2021, 1, 1), "规定。", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('article = "1"', 'artikle = "1"', r"X-1: unknown keys \['artikle'\]; known keys are \['article'"),
        ('operative = "字"\n', "", r"X-1: keys \['operative'\] are missing"),
        ('zh = "规定。"', 'fr = "."', r"summary: unknown keys \['fr'\]"),
        ("in_force = 2021-01-01", 'in_force = "2021"', "in_force must be a date, not str"),
        ("[instrument]", "[instruments]", r"unknown keys \['instruments'\]"),
        ("[provision.X-1]", "[provision.X-1", "x.toml"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, message: str):
    with pytest.raises(DataError, match=message):
        law.parse("x.toml", GOOD.replace(old, new, 1))


def test_versions_are_short_hashes():
    assert len(law.version()) == len(rules.version()) == 12
