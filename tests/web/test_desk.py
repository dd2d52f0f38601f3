"""What a lawyer does at the desk: add, read, decide, come back, hand on."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest
from click.testing import CliRunner

from clausescan.cli import main
from clausescan.evaluate import load

from .conftest import SAMPLES, Browser, open_desk

CONTRACT = "1. You grant us a perpetual and irrevocable licence to use your face images.\n\n2. We answer letters within ten days.\n"


def test_a_contract_is_read_and_its_findings_stand_beside_it(browser: Browser):
    (number,) = browser.sample("face-app-agreement.zh.pdf")
    page = browser.get(f"/documents/{number}").text
    assert "2 candidate, 1 review" in page
    assert page.count('class="page" data-page=') == 3
    boxes = json.loads(re.search(r"data-boxes='([^']+)'", page)[1])  # type: ignore[index]
    assert {box["page"] for box in boxes} == {1, 2}
    assert browser.get(f"/documents/{number}/original").content.startswith(b"%PDF")


def test_a_word_file_is_shown_with_its_numbers_tables_and_marks(browser: Browser):
    (number,) = browser.sample("face-app-agreement.en.docx")
    page = browser.get(f"/documents/{number}").text
    assert 'role="heading"' in page
    marked = "".join(re.findall(r'<span class="piece finding[^"]*"[^>]*>([^<]*)</span>', page))
    assert "perpetual" in marked and "Mirrorly" in marked  # noqa: PT018


def test_both_languages_by_browser_and_by_choice(browser: Browser):
    assert "clausescan 审查台" in Browser(browser.client, "zh-CN,zh;q=0.9").get("/").text
    assert "clausescan desk" in browser.get("/").text
    browser.client.post("/language", data={"_guard": browser.guard(), "back": "/"}, headers=browser.headers)
    try:
        assert '<html lang="zh-CN">' in browser.get("/").text
    finally:
        browser.client.cookies.delete("clausescan_language")


def test_a_decision_needs_a_reviewer_and_a_dismissal_its_reason(browser: Browser):
    (number,) = browser.upload(("rules.txt", CONTRACT.encode()))
    (finding,) = browser.findings(number)
    assert browser.decide(number, finding, "dismissed").status_code == 422
    assert browser.decide(number, finding, reviewer=" ").status_code == 422
    assert browser.decide(number, finding, "perhaps").status_code == 422
    assert browser.decide(number, "0" * 16).status_code == 422
    assert browser.decide(number, finding, "dismissed", "settled by letter").json()["decided"] == 1


def test_a_decision_holds_for_the_same_words_under_another_number_and_says_when_they_have_changed(browser: Browser):
    (first,) = browser.upload(("terms.txt", CONTRACT.replace("face images", "facial images").encode()))
    (finding,) = browser.findings(first)
    assert browser.decide(first, finding, "confirmed", "strike it").status_code == 200
    moved = "1. General.\n\n" + CONTRACT.replace("face images", "facial images").replace("1. You", "7. You")
    (second,) = browser.upload(("terms.txt", moved.encode()))
    assert browser.findings(second) == [finding]
    assert "1 of 1 findings decided Every finding is decided." in browser.get(f"/documents/{second}").text
    changed = CONTRACT.replace("face images", "facial images and voice")
    (third,) = browser.upload(("terms.txt", changed.encode()))
    page = browser.get(f"/documents/{third}").text
    assert browser.findings(third) != [finding]
    assert "Text changed since Lin decided “confirmed”" in page
    assert "<ins> and voice</ins>" in page
    compared = browser.get(f"/documents/{third}/compare").text
    assert "<ins> and voice</ins>" in compared.replace("<ins>and voice</ins>", "<ins> and voice</ins>") or "and voice" in compared
    assert "Text changed since" in compared


def test_two_browsers_do_not_overwrite_each_other(browser: Browser):
    (number,) = browser.upload(("two.txt", CONTRACT.replace("face images", "face photographs").encode()))
    (finding,) = browser.findings(number)
    assert browser.decide(number, finding, "confirmed", reviewer="Lin").status_code == 200
    late = browser.decide(number, finding, "dismissed", "no", seen=0, reviewer="Wang")
    assert (late.status_code, late.json()["current"]["reviewer"]) == (409, "Lin")
    again = browser.decide(number, finding, "dismissed", "no", seen=late.json()["current"]["version"], reviewer="Wang")
    assert again.json()["decision"]["version"] == 2
    page = browser.get(f"/documents/{number}").text
    assert "Earlier decisions" in page
    assert "Lin: confirmed" in page


def test_one_decision_holds_for_all_documents_that_share_the_clause(browser: Browser):
    text = CONTRACT.replace("face images", "face videos")
    numbers = browser.upload(("a.txt", text.encode()), ("b.txt", (text + "\n3. More.\n").encode()))
    (finding,) = browser.findings(numbers[0])
    page = browser.get("/shared").text
    assert "2 documents share this clause" in page
    browser.decide(numbers[0], finding, "not_applicable", "template of the client")
    assert "1 of 1 findings decided" in browser.get(f"/documents/{numbers[1]}").text


def test_what_is_handed_on_leaves_out_what_was_dismissed(browser: Browser, tmp_path: Path):
    (number,) = browser.sample("face-app-agreement.en.pdf")
    findings = browser.findings(number)
    browser.decide(number, findings[0], "dismissed", "=HYPERLINK(1)")
    browser.decide(number, findings[1], "confirmed", "to be struck")
    kinds = {kind: browser.get(f"/documents/{number}/export/{kind}") for kind in ("annotated", "memo", "xlsx", "json", "labels")}
    assert {kind: answer.status_code for kind, answer in kinds.items()} == dict.fromkeys(kinds, 200)
    assert 'filename="face-app-agreement.en.reviewed.pdf"' in kinds["annotated"].headers["content-disposition"]
    with pikepdf.open(io.BytesIO(kinds["annotated"].content)) as pdf, pdf.open_outline() as outline:
        assert len(outline.root) == 2
    memo = docx.Document(io.BytesIO(kinds["memo"].content))
    assert any("Review memorandum" in paragraph.text for paragraph in memo.paragraphs)
    statuses = [row.cells[-1].text for row in memo.tables[1].rows[1:]]
    assert statuses == ["confirmed\nLin\nto be struck", "to be reviewed"]
    assert "findings" in [name.lower() for name in openpyxl.load_workbook(io.BytesIO(kinds["xlsx"].content)).sheetnames]
    record = kinds["json"].json()
    assert [it["id"] for it in record["findings"]] == findings[1:]
    assert {it["verdict"] for it in record["decisions"]} == {"dismissed", "confirmed"}
    (tmp_path / "mine.jsonl").write_bytes(kinds["labels"].content)
    assert [unit.raw["grade"] for unit in load([tmp_path / "mine.jsonl"])] == ["none", "candidate"]


def test_the_desk_forgets_nothing_when_it_is_started_again(tmp_path: Path):
    with open_desk(tmp_path) as client:
        one = Browser(client)
        (number,) = one.upload(("kept.txt", CONTRACT.encode()))
        (finding,) = one.findings(number)
        one.decide(number, finding, "unsure", "ask the client")
        guard, cookies = one.guard(), dict(client.cookies)
    with open_desk(tmp_path) as client:
        for name, value in cookies.items():
            client.cookies.set(name, value)
        two = Browser(client)
        page = two.get(f"/documents/{number}").text
        assert "ask the client" in page
        assert two.guard() == guard  # a page that was open before still speaks for its reader


def test_documents_that_waited_when_the_desk_was_closed_are_read_at_the_next_start(tmp_path: Path):
    from clausescan.web.store import DeskStore
    from clausescan.web.worker import digest

    store = DeskStore(tmp_path)
    number = store.add("late.txt", CONTRACT.encode(), digest(CONTRACT.encode()))
    store.begin(number)
    store.close()
    with open_desk(tmp_path) as client:
        browser = Browser(client)
        browser.wait([number])
        assert len(browser.findings(number)) == 1


def test_what_cannot_be_read_says_why_and_the_others_are_read(browser: Browser):
    numbers = browser.upload(("broken.pdf", b"%PDF-1.7 nothing"), ("empty.txt", b""), ("good.txt", CONTRACT.encode()))
    states = browser.get("/state").json()
    assert [states[str(number)]["state"] for number in numbers] == ["failed", "failed", "done"]
    assert re.search(r'class="problem">[^<]{20,}', browser.get("/").text)


def test_an_archive_is_taken_apart_and_an_office_file_is_not(browser: Browser):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in/one.txt", CONTRACT)
        archive.writestr("in/two.txt", "Nothing here speaks of anything.")
    numbers = browser.upload(("all.zip", packed.getvalue()))
    listed = browser.get("/").text
    assert len(numbers) == 2
    assert "all.zip!in/one.txt" in listed
    assert len(browser.sample("face-app-agreement.en.docx")) == 1


def test_a_text_is_pasted_and_found_again_by_its_words(browser: Browser):
    answer = browser.post("/paste", {"name": "clause", "text": CONTRACT.replace("licence", "authorisation")})
    browser.wait(answer.json()["documents"])
    assert "clause.txt" in browser.get("/?q=authorisation").text
    assert "No document fits." in browser.get("/?q=nowhere").text
    assert "No document fits." in browser.get("/?q=%25%25").text


def test_a_bulk_run_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLAUSESCAN_RUNS", str(tmp_path / "runs"))
    done = CliRunner().invoke(main, ["scan", str(SAMPLES / "property-face-access.zh.txt"), "--run", "weekly", "--quiet", "-o", str(tmp_path / "r.jsonl")])
    assert done.exit_code == 1, done.output
    with open_desk(tmp_path / "desk") as client:
        browser = Browser(client)
        (number,) = browser.post("/runs", {"run": "weekly"}).json()["documents"]
        assert len(browser.findings(number)) == 2
        assert browser.get(f"/documents/{number}/export/xlsx").status_code == 200
        assert browser.get(f"/documents/{number}/export/memo").status_code == 409  # the original is not on the desk
        assert browser.post("/runs", {"run": "/etc/passwd"}).status_code == 400
