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
kind = "statute"
issuer = { en = "Assembly", zh = "大会" }
document_number = "1"
in_force = 2021-01-01
verified = true

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


def test_what_was_not_compared_says_so_and_what_was_not_read_is_not_quoted():
    for item in law.provisions().values():
        if not item.verified:
            assert item.note, item.code
            assert item.note_zh, item.code
        elif not item.operative:
            pytest.fail(f"{item.code} is verified and has no operative words")
    unverified = {item.of.code for item in law.provisions().values() if not item.verified}
    assert {"CPR", "FRM", "CAM", "APP", "GBTP", "GBTF", "GBTS", "CTL"} <= unverified
    assert not unverified & {"CC", "PIPL", "FRJI", "CPL", "CCI", "NDR"}


def test_the_open_questions_of_article_11_are_noted():
    basis = law.basis("FRJI-11")
    assert basis.verified
    assert "alternative or cumulative" in basis.note
    assert "our reading" in law.basis("CC-497-2").note


@pytest.mark.parametrize(
    ("code", "day", "force"),
    [
        ("FRJI-11", date(2021, 7, 31), "not_yet"),
        ("FRJI-11", date(2021, 8, 1), "in_force"),
        ("CC-497-3", date(2020, 12, 31), "not_yet"),
        ("CTL-40", date(2020, 12, 31), "in_force"),
        ("CTL-40", date(2021, 1, 1), "repealed"),
        ("FRM-10", date(2025, 5, 31), "not_yet"),
        ("CPC-64", date(2022, 1, 1), "repealed"),
        ("CPC-67", date(2022, 1, 1), "in_force"),
    ],
)
def test_force_on_a_day(code: str, day: date, force: str):
    assert law.provision(code).force(day) == force
    assert law.in_force(code, day) == (force == "in_force")


@pytest.mark.parametrize(
    ("code", "day", "said_by"),
    [
        ("CC-497-2", date(2024, 1, 1), ["CC-497-2"]),
        ("CC-497-2", date(2019, 1, 1), ["CTL-40"]),
        ("CC-496", date(1990, 1, 1), []),
        ("CPC-64", date(2024, 1, 1), ["CPC-67"]),
        ("CTL-40", date(2021, 1, 1), ["CC-497-1", "CC-497-2", "CC-497-3"]),
        ("FRJI-11", date(2020, 1, 1), []),
    ],
)
def test_what_said_it_on_a_day(code: str, day: date, said_by: list[str]):
    assert [item.code for item in law.on(code, day)] == said_by


def test_a_finding_is_told_which_law_was_in_force():
    old, undated = law.dated((law.basis("CC-497-3"),), "2019-05", None), law.dated((law.basis("CC-497-3"),), None, date(2026, 1, 1))
    assert (old[0].on_document_date, old[0].instead, old[0].on_today) == ("not_yet", ("CTL-40",), None)
    assert (undated[0].on_document_date, undated[0].instead, undated[0].on_today) == ("unknown", (), "in_force")


@pytest.mark.parametrize(("text", "day"), [("2021-08-01", date(2021, 8, 1)), ("2021-08", date(2021, 8, 1)), ("2021-02-30", None), (None, None)])
def test_days_of_documents(text: str | None, day: date | None):
    assert law.day_of(text) == day


def test_relations_lead_both_ways():
    assert law.replaced_by("CTL-40") == ("CC-497-1", "CC-497-2", "CC-497-3")
    assert "PIPL-15" in law.supported_by("CC-497-3")


@pytest.mark.parametrize(
    ("code", "found"),
    [("CC-497", ["CC-497-1", "CC-497-2", "CC-497-3"]), ("cc-498", ["CC-498"]), ("frm", ["FRM-4", "FRM-10"]), ("FRJI-1", ["FRJI-1"])],
)
def test_a_code_an_article_or_an_instrument(code: str, found: list[str]):
    assert [item.code for item in law.matching(code)] == found


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
    assert (found.of.code, found.of.issuer, found.verified, found.until) == ("X", "Assembly", True, None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('article = "1"', 'artikle = "1"', r"X-1: unknown keys \['artikle'\]; known keys are \['article'"),
        ('operative = "字"\n', "", r"X-1: keys \['operative'\] are missing"),
        ('zh = "规定。"', 'fr = "."', r"summary: unknown keys \['fr'\]"),
        ("in_force = 2021-01-01", 'in_force = "2021"', "in_force must be a date, not str"),
        ("in_force = 2021-01-01", "in_force = 2021-01-01\nrepealed = 2020-01-01", "not in order"),
        ("verified = true", "verified = false", "needs a note"),
        ('kind = "statute"', 'kind = "law"', "kind must be one of"),
        ("[instrument]", "[instruments]", r"unknown keys \['instruments'\]"),
        ("[provision.X-1]", "[provision.X-1", "x.toml"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, message: str):
    with pytest.raises(DataError, match=message):
        law.parse("x.toml", GOOD.replace(old, new, 1))


def test_versions_are_short_hashes():
    assert len(law.version()) == len(rules.version()) == 12
