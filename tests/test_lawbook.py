"""`clausescan law`: the list, one provision, one article, one instrument, on a day."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from clausescan.cli import main


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["law", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_list_names_every_instrument_and_marks_what_was_not_verified():
    shown = flat(run())
    for words in ("FRJI Provisions of the Supreme People's Court", "(法释〔2021〕15号, Supreme People's Court, judicial interpretation, in force 2021-08-01)"):
        assert words in shown
    assert "FRM-10 art. 10 [NOT VERIFIED]" in shown
    assert "PIPL-15 art. 15 Consent" in shown


def test_an_article_is_shown_with_its_relations():
    shown = flat(run("CC-497"))
    for words in ("CC-497-1 art. 497(1)", "replaces: CTL-40 Contract Law 1999 art. 40 [NOT VERIFIED]", "supported by: PIPL-15 PIPL art. 15", "our reading"):
        assert words in shown


def test_on_a_day_before_the_civil_code():
    shown = flat(run("CC-497-2", "--as-of", "2019-05-01"))
    assert "[not yet in force]" in shown
    assert "on that day this was said by: CTL-40" in shown


def test_chinese():
    shown = flat(run("FRJI-11", "--report-lang", "zh"))
    assert "《最高人民法院关于审理使用人脸识别技术处理个人信息" in shown
    assert "说明：三项属性是择一还是须同时具备" in shown
    assert not re.search(r"[A-Za-z]{12,}", shown)


def test_json_holds_everything_and_a_day_only_when_asked():
    value = json.loads(run("CPC-64", "--format", "json", "--as-of", "2024-01-01"))
    (provision,) = value["provisions"]
    assert provision["as_of"] == {"force": "repealed", "said_by": ["CPC-67"]}
    assert (provision["instrument"], provision["verified"], provision["until"]) == ("CPC", False, "2022-01-01")
    everything = json.loads(run("--format", "json"))
    assert len(everything["instruments"]) >= 20
    assert {item["as_of"] for item in everything["provisions"]} == {None}
    assert run("--format", "json") == run("--format", "json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("CC-499",), "unknown code CC-499; known instruments are APP"), (("CC-497", "--as-of", "1.5.2019"), "'1.5.2019' is not a day; write YYYY-MM-DD or today")],
)
def test_what_is_not_known_is_one_sentence(arguments: tuple[str, ...], message: str):
    assert message in run(*arguments, code=2)


def test_today_is_a_day_too():
    assert "[in force]" in run("FRJI-11", "--as-of", "today")
