"""Two versions side by side; one decision for all documents that share a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.conftest import FLAGGED, SAMPLES, Browser, desk_at, flagged

OLD = (SAMPLES / "face-app-agreement.zh.txt").read_text(encoding="utf-8")
NEW = OLD.replace("永久且不可撤销地", "永久、不可撤销且免费地").replace("\n8.2", "\n8.3").replace("7.2", "7.9", 1)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Browser]:
    """A desk without the documents of other tests."""
    with desk_at(tmp_path / "desk.db") as client:
        yield Browser(client, "李伟")


def kinds(page: str) -> dict[str, int]:
    return {kind: int(number) for kind, number in re.findall(r'data-count="(\w+)">\D+(\d+)<', page)}


def test_versions_stand_side_by_side_with_what_became_of_decisions(browser: Browser):
    (first,) = browser.upload(("比较.txt", OLD.encode()))
    changed, same, _ = browser.findings(first)
    browser.decide(first, changed["id"], "dismissed", "第九条另有期限")
    browser.decide(first, same["id"], "confirmed")
    (second,) = browser.upload(("比较.txt", NEW.encode()))
    page = browser.page(f"/documents/{second}/compare", **{"accept-language": "en"})
    assert kinds(page)["changed"] == 1
    assert kinds(page)["renumbered"] >= 1
    assert set(kinds(page)) <= {"changed", "renumbered", "same"}
    one, other = (page.split(f'data-finding="{found["id"]}"')[1].split("</article>")[0] for found in browser.findings(second)[:2])
    assert "The text has changed since it was decided." in one
    assert "<ins>且免费</ins>" in one
    assert "Confirmed" in other
    assert "data-carried" in other


def test_any_two_documents_can_be_compared_and_one_that_is_not_there_is_said_so(browser: Browser):
    (one,) = browser.upload(("此.txt", flagged("此")))
    (other,) = browser.upload(("彼.txt", flagged("此").replace("会员协议".encode(), "会员合同".encode())))
    assert kinds(browser.page(f"/documents/{other}/compare?with={one}"))["same"] >= 1
    for given in ("", "?with=0", "?with=x", "?with=99999999999999999999"):
        assert browser.client.get(f"/documents/{one}/compare{given}").status_code == 404


def test_one_decision_holds_for_all_documents_that_share_the_clause_and_can_be_taken_back(alone: Browser):
    numbers = alone.upload(*((f"店{number}.txt", f"第{number}号店会员协议\n{FLAGGED}".encode()) for number in range(4)))
    ids = {number: alone.findings(number)[0]["id"] for number in numbers}
    alone.decide(numbers[0], ids[numbers[0]], "confirmed", "先看过")
    page = alone.page("/clusters", **{"accept-language": "en"})
    assert "4 documents share this clause" in page
    text = re.search(r'data-decide-all="(\w+)"', page)[1]  # type: ignore[index]
    form = {"rule": "ART11", "text": text, "decision": "dismissed", "note": ""}
    assert alone.post("/clusters/decide", form, expect=422)["code"] == "reason_needed"
    answer = alone.post("/clusters/decide", form | {"note": "模板已改"})
    assert answer["documents"] == 3
    decided = [alone.findings(number)[0]["review"] for number in numbers]
    assert [one["decision"] for one in decided] == ["confirmed", "dismissed", "dismissed", "dismissed"]
    assert [one["history"][0]["note"] for one in decided] == ["先看过", "模板已改", "模板已改", "模板已改"]
    alone.decide(numbers[1], ids[numbers[1]], "confirmed", "此店不同")
    assert alone.post("/clusters/undo", {"batch": str(answer["batch"])})["documents"] == 2
    decided = [alone.findings(number)[0]["review"] for number in numbers]
    assert [one["decision"] for one in decided] == ["confirmed", "confirmed", "open", "open"]
    assert [len(one["history"]) for one in decided] == [1, 2, 2, 2]


def test_nearly_the_same_words_are_shown_together_and_decided_by_themselves(alone: Browser):
    other = FLAGGED.replace("再许可给他人", "再许可给他方")
    numbers = alone.upload(*((f"{number}.txt", f"第{number}号协议\n{words}".encode()) for number, words in enumerate((FLAGGED, FLAGGED, other))))
    page = alone.page("/clusters", **{"accept-language": "en"})
    assert "2 wordings" in page
    text = re.search(r'data-decide-all="(\w+)"', page)[1]  # type: ignore[index]
    alone.post("/clusters/decide", {"rule": "ART11", "text": text, "decision": "confirmed", "note": ""})
    assert [alone.findings(number)[0]["review"]["decision"] for number in numbers] == ["confirmed", "confirmed", "open"]
