"""A lawyer's hour without a browser: upload, read, decide, come back, next version, hand on."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from docx import Document as Word

from clausescan.evaluate import load
from tests.web.conftest import FLAGGED, HOST, SAMPLES, Browser, desk_at, flagged

CONFIRMED = {"decision": "confirmed", "note": "", "reviewer": "李伟"}


def without_time(history: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{key: value for key, value in one.items() if key != "decided"} for one in history]


def test_an_upload_is_read_and_its_page_shows_the_finding_in_the_text(browser: Browser):
    number = browser.sample("face-app-agreement.en.docx")
    page = browser.page(f"/documents/{number}")
    found = browser.findings(number)
    assert [one["clause"]["number"] for one in found] == ["4.2", "6.2", "7.1"]
    for one in found:
        assert f'data-finding="{one["id"]}"' in page
    assert "1.1 &#34;Service&#34; means the Mirrorly app" in page  # clauses without a finding stand there too


def test_boxes_stand_where_the_words_stand_on_the_page(browser: Browser):
    number = browser.sample("face-app-agreement.zh.pdf")
    boxes = browser.json(f"/documents/{number}/boxes")["findings"]
    places = {one["id"]: one["place"]["boxes"] for one in browser.findings(number)}
    for one in boxes:
        if one["id"] in places:
            clause = [box for box in one["boxes"] if box[5] == "clause"]
            expected = [[box["page"], box["x0"], box["top"], box["x1"], box["bottom"]] for box in places[one["id"]]]
            assert [box[:5] for box in clause] == [pytest.approx(box, abs=0.01) for box in expected]
    assert browser.client.get(f"/documents/{number}/file").content == (SAMPLES / "face-app-agreement.zh.pdf").read_bytes()


def test_decisions_are_counted_kept_with_their_history_and_can_be_taken_back(browser: Browser):
    (number,) = browser.upload(("历史.txt", flagged("历史")))
    (finding,) = browser.findings(number)
    answer = browser.decide(number, finding["id"], "unsure", "查一下")
    assert (answer["settled"], answer["finished"]) == (0, False)
    answer = browser.decide(number, finding["id"], "confirmed")
    assert (answer["settled"], answer["finished"]) == (1, True)
    answer = browser.decide(number, finding["id"], "open")
    assert (answer["settled"], answer["finished"]) == (0, False)
    history = browser.findings(number)[0]["review"]["history"]
    assert [(one["decision"], one["note"], one["reviewer"]) for one in history] == [
        ("unsure", "查一下", "李伟"), ("confirmed", "", "李伟"), ("open", "", "李伟"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "note", "code"),
    [("dismissed", "  \n", "reason_needed"), ("confirmed", "x" * 4001, "note_too_long"), ("void", "", "decision_unknown")],
)
def test_what_cannot_be_recorded_is_refused_with_a_sentence(browser: Browser, decision: str, note: str, code: str):
    (number,) = browser.upload(("拒绝.txt", flagged("拒绝")))
    (finding,) = browser.findings(number)
    assert browser.decide(number, finding["id"], decision, note, expect=422)["code"] == code
    assert browser.findings(number)[0]["review"]["history"] == []


def test_a_decision_needs_a_name(served):
    served.cookies.clear()
    nobody = Browser(served)
    (number,) = nobody.upload(("无名.txt", flagged("无名")))
    (finding,) = nobody.findings(number)
    assert nobody.decide(number, finding["id"], "confirmed", expect=422)["code"] == "reviewer_needed"


def test_two_browsers_do_not_overwrite_each_other(browser: Browser):
    (number,) = browser.upload(("冲突.txt", flagged("冲突")))
    (finding,) = browser.findings(number)
    browser.decide(number, finding["id"], "confirmed", "很明确", seen=0)
    browser.post("/reviewer", {"name": "Anna Weber"})
    refused = browser.decide(number, finding["id"], "dismissed", "我不同意", seen=0, expect=409)
    assert (refused["theirs"]["decision"], refused["theirs"]["reviewer"], refused["theirs"]["note"]) == ("confirmed", "李伟", "很明确")
    assert "李伟" in refused["html"]
    assert browser.findings(number)[0]["review"]["decision"] == "confirmed"
    browser.decide(number, finding["id"], "dismissed", "我不同意", seen=refused["seen"])
    assert [one["reviewer"] for one in browser.findings(number)[0]["review"]["history"]] == ["李伟", "Anna Weber"]


def test_a_form_without_scripts_works_too(browser: Browser):
    (number,) = browser.upload(("无脚本.txt", flagged("无脚本")))
    (finding,) = browser.findings(number)
    form = {"csrf": browser.csrf, "finding": finding["id"], "decision": "confirmed", "note": "", "seen": "0"}
    answer = browser.client.post(f"/documents/{number}/decisions", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/documents/{number}#f-{finding['id']}")
    answer = browser.client.post(f"/documents/{number}/decisions", data=form)  # sent twice: the second one has seen less than there is
    assert answer.status_code == 409
    assert "李伟" in answer.text


# ---- versions ----

FIRST = "第一条 定义\n本服务指健身服务。\n" + FLAGGED.replace("第一条", "第二条")


def test_decisions_follow_the_words_into_the_next_version(browser: Browser):
    (first,) = browser.upload(("换版.txt", FIRST.encode()))
    (finding,) = browser.findings(first)
    browser.decide(first, finding["id"], "dismissed", "第九条另有期限")
    renumbered = FIRST.replace("第二条", "第三条").replace("第一条 定义", "第一条 定义\n新增一款。\n第二条 账号\n账号归用户。")
    (second,) = browser.upload(("换版.txt", renumbered.encode()))
    assert second != first
    (again,) = browser.findings(second)
    assert again["review"]["decision"] == "dismissed"
    assert again["review"]["history"][0]["note"] == "第九条另有期限"
    (third,) = browser.upload(("换版.txt", renumbered.replace("他人。", "他人及其受让人。").encode()))
    (changed,) = browser.findings(third)
    assert changed["review"]["decision"] == "open"
    assert changed["review"]["text_changed_since"]["decision"] == "dismissed"
    page = browser.page(f"/documents/{third}", **{"accept-language": "en"})
    assert "The text has changed since it was decided." in page
    assert "<ins>及其受让人</ins>" in page
    assert "This is version 1; the latest is 3." in browser.page(f"/documents/{first}", **{"accept-language": "en"})


def test_only_the_latest_version_is_listed_and_the_same_bytes_are_no_version(browser: Browser):
    (first,) = browser.upload(("列表.txt", flagged("列表一")))
    assert browser.upload(("列表.txt", flagged("列表一"))) == [first]
    (second,) = browser.upload(("列表.txt", flagged("列表二")))
    (apart,) = browser.upload(("列表.txt", flagged("列表三")), apart="1")
    page = browser.page("/?search=列表.txt")
    assert [f'data-document="{number}"' in page for number in (first, second, apart)] == [False, True, True]


def test_a_file_of_another_name_can_be_the_next_version(browser: Browser):
    (first,) = browser.upload(("旧名.txt", flagged("改名")))
    browser.decide(first, browser.findings(first)[0]["id"], "confirmed")
    (second,) = browser.upload(("新名.txt", flagged("改名") + b"\n"), work=str(first))
    assert browser.findings(second)[0]["review"]["decision"] == "confirmed"


def test_a_decision_about_one_document_says_nothing_about_another(browser: Browser):
    (one,) = browser.upload(("甲.txt", flagged("甲乙")))
    (other,) = browser.upload(("乙.txt", flagged("甲乙")))
    browser.decide(one, browser.findings(one)[0]["id"], "confirmed")
    assert browser.findings(other)[0]["review"]["decision"] == "open"


# ---- the end of a process loses nothing ----


def test_after_a_restart_everything_is_there(tmp_path: Path):
    with desk_at(tmp_path / "desk.db") as client:
        browser = Browser(client, "李伟")
        number = browser.sample("face-app-agreement.zh.pdf")
        finding = browser.findings(number)[0]
        browser.decide(number, finding["id"], "dismissed", "理由")
        boxes = browser.json(f"/documents/{number}/boxes")
        cookies = dict(client.cookies)
    with desk_at(tmp_path / "desk.db") as client:
        client.cookies.update(cookies)
        browser = Browser(client)
        assert browser.findings(number)[0]["review"]["decision"] == "dismissed"
        assert browser.json(f"/documents/{number}/boxes") == boxes
        assert "李伟" in browser.page("/")
        browser.decide(number, finding["id"], "confirmed")  # the name is still known


def test_what_waits_when_the_process_ends_is_read_by_the_next(tmp_path: Path):
    with desk_at(tmp_path / "desk.db") as client:
        browser = Browser(client, "李伟")
        sent = [("files", (f"{number}.txt", io.BytesIO(flagged(f"排队{number}")))) for number in range(12)]
        browser.post("/documents", {}, sent)
    with desk_at(tmp_path / "desk.db") as client:
        browser = Browser(client)
        browser.wait()
        counts = browser.json("/status")["counts"]
        assert (counts["all"], counts["open"]) == (12, 12)


def test_reading_again_keeps_decisions(browser: Browser):
    (number,) = browser.upload(("重读.txt", flagged("重读")))
    finding = browser.findings(number)[0]["id"]
    browser.decide(number, finding, "confirmed")
    browser.client.post(f"/documents/{number}/again", data={"csrf": browser.csrf})
    browser.wait()
    assert browser.findings(number)[0]["review"]["decision"] == "confirmed"


# ---- uploads of other kinds ----


def test_the_members_of_a_zip_become_documents(browser: Browser):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/policy.txt", flagged("压缩甲"))
        archive.writestr("b/policy.txt", flagged("压缩乙"))
        archive.writestr("../../escape.txt", flagged("压缩丙"))
    browser.upload(("包.zip", packed.getvalue()))
    page = browser.page("/?search=包.zip")
    assert all(name in page for name in ("包.zip!a/policy.txt", "包.zip!b/policy.txt"))
    assert "包.zip!../../escape.txt" in page  # read like the others; its name is only a label


def test_a_zip_bomb_is_one_document_that_says_so(browser: Browser):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.txt", b"0" * 400_000_000)
    browser.upload(("bomb.zip", packed.getvalue()))
    page = browser.page("/?search=bomb.zip", **{"accept-language": "en"})
    assert page.count("bomb.zip") > 1
    assert "Not fully read" in page.split("<tbody>")[1]


def test_pasted_text_is_read(browser: Browser):
    answer = browser.post("/documents/text", {"name": "电话里念的条款", "text": flagged("粘贴").decode()})
    browser.wait()
    assert "电话里念的条款.txt" in browser.page(answer["address"])
    assert browser.post("/documents/text", {"name": "", "text": " \n "}, expect=422)["code"] == "empty_text"


def test_what_cannot_be_read_says_why_in_the_language_of_the_reader(browser: Browser):
    (number,) = browser.upload(("photo.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 50))
    assert "R0" in browser.page(f"/documents/{number}", **{"accept-language": "zh-CN"})


# ---- bulk runs ----


def test_a_bulk_run_can_be_opened_and_its_findings_decided(browser: Browser, tmp_path: Path):
    (tmp_path / "甲方.txt").write_bytes(flagged("批量"))
    (tmp_path / "agreement.pdf").write_bytes((SAMPLES / "face-app-agreement.zh.pdf").read_bytes())
    command = [sys.executable, "-m", "clausescan", "scan", str(tmp_path), "--run", "bulk-may", "--jobs", "1", "--quiet"]
    assert subprocess.run(command, check=False, timeout=120).returncode == 1
    assert "bulk-may" in browser.page("/runs")
    assert browser.post("/runs", {"run": "bulk-may"})["documents"] == 2
    assert browser.post("/runs", {"run": "bulk-may"})["documents"] == 2  # opened twice is there once
    number = document_named(browser, "甲方.txt")
    (finding,) = browser.findings(number)
    browser.decide(number, finding["id"], "dismissed", "已另行约定")
    browser.post("/runs", {"run": "bulk-may"})
    assert browser.findings(number)[0]["review"]["decision"] == "dismissed"
    pages = browser.page(f"/documents/{document_named(browser, 'agreement.pdf')}")
    assert 'id="page-1"' in pages  # the layout was read from the file where it lies
    assert browser.post("/runs", {"run": "../bulk-may"}, expect=404)


def document_named(browser: Browser, name: str) -> int:
    row = browser.page(f"/?search={name}").split("<tbody>")[1]
    return int(row.split('data-document="')[1].split('"')[0])


# ---- exports ----


@pytest.fixture(scope="module")
def exported(served) -> tuple[Browser, int, list[str]]:
    """A DOCX of which the first finding was dismissed and the second confirmed."""
    served.cookies.clear()
    browser = Browser(served, "李伟")
    number = browser.upload(("outgoing.docx", (SAMPLES / "face-app-agreement.en.docx").read_bytes()))[0]
    ids = [one["id"] for one in browser.findings(number)]
    browser.decide(number, ids[0], "dismissed", "=HYPERLINK(\"http://x\",\"click\")")
    browser.decide(number, ids[1], "confirmed", "clear")
    return browser, number, ids


def download(exported: tuple[Browser, int, list[str]], kind: str) -> bytes:
    browser, number, _ = exported
    answer = browser.client.get(f"/documents/{number}/export/{kind}", headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment;")
    return answer.content


def test_the_annotated_original_leaves_out_what_was_dismissed(exported):
    with zipfile.ZipFile(io.BytesIO(download(exported, "annotated"))) as package:
        comments = package.read("word/comments.xml").decode()
    assert [f"· CANDIDATE  {number}" in comments for number in ("4.2", "6.2")] == [False, True]


def test_an_annotated_pdf_holds_highlights(browser: Browser):
    number = browser.sample("face-app-agreement.zh.pdf")
    answer = browser.client.get(f"/documents/{number}/export/annotated")
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        kinds = [str(note.Subtype) for page in pdf.pages for note in page.get("/Annots", [])]
    assert "/Highlight" in kinds


def test_the_memo_says_what_was_decided_and_how_many_were_left_out(exported):
    memo = Word(io.BytesIO(download(exported, "memo")))
    assert [row.cells[-1].text for row in memo.tables[1].rows[1:]] == ["Confirmed\n李伟\nclear", "to be reviewed"]
    assert "dismissed or found not applicable and that are not shown: 1" in download(exported, "memo-html").decode()


def test_the_workbook_holds_decisions_and_no_formula(exported):
    book = openpyxl.load_workbook(io.BytesIO(download(exported, "xlsx")))
    rows = [[cell.value for cell in row] for row in book["Review"].iter_rows(min_row=2)]
    assert [(row[6], row[7], row[8]) for row in rows[:3]] == [
        ("Dismissed", '=HYPERLINK("http://x","click")', "李伟"), ("Confirmed", "clear", "李伟"), ("Open", None, None),
    ]  # fmt: skip
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}  # no cell is a formula


def test_the_json_is_a_report_with_decisions(exported):
    plain = json.loads(download(exported, "json"))
    assert plain["schema"] == "clausescan-report/1"
    assert without_time(plain["findings"][1]["review"]["history"]) == [CONFIRMED | {"note": "clear"}]


def test_labelled_clauses_can_be_trained_on(exported, tmp_path: Path):
    path = tmp_path / "desk.jsonl"
    path.write_bytes(download(exported, "clauses"))
    units = load([path])
    assert [(unit.grade, sorted(unit.attributes), unit.language) for unit in units] == [
        ("none", [], "en"), ("candidate", ["unlimited_duration"], "en"),
    ]  # fmt: skip


def test_a_document_can_be_taken_off_the_desk_with_its_file_and_its_decisions_stay_recorded(tmp_path: Path):
    with desk_at(tmp_path / "desk.db") as client:
        browser = Browser(client, "李伟")
        (number,) = browser.upload(("移出.txt", flagged("移出")))
        (kept,) = browser.upload(("留下.txt", flagged("移出")))  # the same bytes under another name
        browser.post(f"/documents/{kept}/remove")
        assert client.get(f"/documents/{number}/original").content == flagged("移出")
        browser.decide(number, browser.findings(number)[0]["id"], "confirmed")
        browser.post(f"/documents/{number}/remove")
        assert client.get(f"{HOST}/documents/{number}").status_code == 404
        assert "移出.txt" not in browser.page("/")
        assert list((tmp_path / "desk.db.files" / "uploads").iterdir()) == []
    connection = sqlite3.connect(tmp_path / "desk.db")
    assert connection.execute("SELECT decision, reviewer FROM decisions").fetchall() == [("confirmed", "李伟")]
    connection.close()


def test_a_scan_without_text_still_shows_its_pages(browser: Browser):
    path = Path(__file__).parents[1] / "files" / "pdf" / "scan.pdf"
    (number,) = browser.upload(("scan.pdf", path.read_bytes()))
    page = browser.page(f"/documents/{number}")
    assert 'id="page-1"' in page
    assert "R020_no_text" in page or "R046_ocr" in page
