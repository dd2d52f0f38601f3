"""Hostile browsers, hostile names, hostile text."""

from __future__ import annotations

import io
import re
import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clausescan.errors import StoreError
from clausescan.web.app import create_app
from clausescan.web.intake import download_name, label
from tests.web.conftest import Browser, desk_at, flagged

SCRIPT = "<script>alert(1)</script>"
STATIC = Path(__file__).parents[2] / "clausescan" / "web"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200), ("localhost", 200), ("[::1]:8765", 200), ("192.168.1.5", 200),
        ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421), ("localhost.evil.example:80", 421), ("[::1", 421),
    ],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(served: TestClient, host: str, status: int):
    assert served.get("/", headers={"host": host}).status_code == status


def test_a_name_that_was_given_is_ours(tmp_path: Path):
    with desk_at(tmp_path / "a.db", names=("desk.firm.example",)) as client:
        assert client.get("/", headers={"host": "Desk.firm.example:443"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"}, {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)  # fmt: skip
def test_what_another_site_sends_changes_nothing_even_with_the_token(browser: Browser, headers: dict[str, str]):
    answer = browser.client.post("/reviewer", data={"name": "Mallory", "csrf": browser.csrf}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/reviewer", "/language", "/runs", "/documents", "/documents/text", "/documents/1/remove", "/documents/1/decisions"])
@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
def test_a_form_without_our_token_changes_nothing(browser: Browser, path: str, token: str | None):
    answer = browser.client.post(path, data={"name": "x"} | ({} if token is None else {"csrf": token}))
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/", "/runs", "/static/desk.js", "/documents/999999", "/status"])
def test_every_answer_allows_our_own_scripts_only(browser: Browser, path: str):
    headers = browser.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|\*", policy)
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_hold_no_inline_script_or_style_and_load_nothing_from_elsewhere(browser: Browser):
    number = browser.sample("face-app-agreement.en.html")
    for path in ("/", "/runs", f"/documents/{number}"):
        page = browser.page(path)
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []
        assert re.findall(r"\s(?:style|on\w+)=", re.sub(r">[^<]*<", "><", page)) == []
        assert re.findall(r"""(?:src|href|action)="(?!/|#)[^"]*""", page) == []


def test_files_of_ours_name_no_other_server():
    for path in [*STATIC.glob("static/*.js"), *STATIC.glob("static/*.css"), *STATIC.glob("templates/*.html")]:
        assert re.findall(r"https?://|//cdn", path.read_text(encoding="utf-8")) == [], path


def test_names_text_and_notes_are_shown_as_text(browser: Browser):
    name = "x\"><img src=x onerror=alert(1)>.txt"
    (number,) = browser.upload((name, flagged("标签") + f"\n{SCRIPT}第二条 {{{{7*7}}}}\n".encode()))
    (finding,) = browser.findings(number)
    answer = browser.decide(number, finding["id"], "dismissed", f"{SCRIPT}</textarea>")
    browser.post("/reviewer", {"name": SCRIPT})
    for page in (browser.page(f"/documents/{number}"), browser.page("/"), answer["html"]):
        assert SCRIPT not in page
        assert "<img" not in page
    assert "{{7*7}}" in browser.page(f"/documents/{number}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer["html"]


@pytest.mark.parametrize(
    ("given", "shown", "saved"),
    [
        ("..\\..\\secret.docx", "secret.docx", "secret.docx"),
        ("/etc/passwd", "passwd", "passwd"),
        ("..", "document", "document"),
        ("", "document", "document"),
        ("a\u202efdp.exe", "afdp.exe", "afdp.exe"),
        ("x\r\nSet-Cookie: a=b.txt", "xSet-Cookie: a=b.txt", "xSet-Cookie_ a=b.txt"),
        ("CON.txt", "CON.txt", "_CON.txt"),
        ("合同.pdf", "合同.pdf", "合同.pdf"),
    ],
)  # fmt: skip
def test_names_are_labels_and_never_paths(given: str, shown: str, saved: str):
    assert label(given) == shown
    assert download_name(given) == saved


def test_a_long_name_keeps_its_ending():
    assert label("长" * 500 + ".pdf").endswith("长.pdf")
    assert len(label("长" * 500 + ".pdf").encode()) <= 200
    assert download_name("a.b.pdf", ".memo.docx") == "a.b.memo.docx"


def test_an_upload_lands_under_its_hash_whatever_it_is_called(tmp_path: Path):
    with desk_at(tmp_path / "desk.db") as client:
        Browser(client).upload(("../../outside.txt", flagged("路径")))
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [name for name in written if "outside" in name]
    assert [name for name in written if re.fullmatch(r"desk\.db\.files/uploads/[0-9a-f]{64}", name)]


def test_a_download_is_never_shown_as_a_page_of_ours(browser: Browser):
    (number,) = browser.upload(("合同 a;b.html", f"<html><body>{SCRIPT}<p>第一条 授权</p></body></html>".encode()))
    answer = browser.client.get(f"/documents/{number}/original")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="__ a;b.html"; filename*=UTF-8\'\'%E5%90%88')
    assert browser.client.get(f"/documents/{number}/file").status_code == 404  # only PDFs are served as what they are


def test_too_much_is_refused(browser: Browser):
    sent = [("files", ("big.txt", io.BytesIO(b"a" * 2_100_000)))]
    assert "at most 2,000,000" in browser.post("/documents", {}, sent, expect=422)["error"]
    sent = [("files", ("huge.txt", io.BytesIO(b"a" * 5_100_000)))]
    assert browser.post("/documents", {}, sent, expect=413)["code"] == "too_long"
    assert browser.post("/documents", {}, expect=422)["code"] == "nothing_sent"


def test_a_body_without_a_length_is_counted_too(browser: Browser):
    def chunks():
        for _ in range(60):
            yield b"a" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=x", "X-CSRF-Token": browser.csrf}
    assert browser.client.post("/documents", content=chunks(), headers=headers).status_code == 413


def test_the_language_switch_leads_nowhere_else(browser: Browser):
    for here in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = browser.client.post("/language", data={"csrf": browser.csrf, "language": "zh", "here": here})
        assert answer.headers["location"] == "/"


# ---- the token ----


def test_with_a_token_nothing_is_shown_before_it_was_shown(tmp_path: Path):
    with desk_at(tmp_path / "a.db", token="correct horse battery") as client:
        assert client.get("/", headers={"accept": "text/html"}).headers["location"] == "/login"
        assert client.get("/status").status_code == 401
        page = client.get("/login").text
        csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]  # type: ignore[index]
        assert client.post("/reviewer", data={"csrf": csrf, "name": "x"}).status_code == 401
        assert client.post("/login", data={"csrf": csrf, "token": "wrong"}).status_code == 401
        assert client.post("/login", data={"csrf": csrf, "token": "correct horse battery"}).headers["location"] == "/"
        assert client.get("/").status_code == 200
        client.cookies.clear()
        assert client.get("/status", headers={"authorization": "Bearer correct horse battery"}).status_code == 200
        assert client.get("/status", headers={"authorization": "Bearer wrong"}).status_code == 401


# ---- one desk, one server ----


def test_two_servers_do_not_share_a_desk(tmp_path: Path):
    with desk_at(tmp_path / "a.db"), pytest.raises(StoreError, match="another clausescan"):
        create_app(tmp_path / "a.db")


def test_the_database_of_a_bulk_run_may_be_the_desk_and_stays_a_run(tmp_path: Path):
    with desk_at(tmp_path / "desk.db") as client:
        Browser(client, "李伟").upload(("a.txt", flagged("结构")))
    connection = sqlite3.connect(tmp_path / "desk.db")
    assert connection.execute("SELECT command, finished FROM runs").fetchall() == [('["serve"]', None)]
    assert connection.execute("SELECT count(*) FROM findings WHERE text IS NOT NULL").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("path", ["/documents/0", "/documents/x", "/documents/99999999999999999999", "/nothing", "/static/../app.py", "/static/%2e%2e/app.py", "/documents/1/export/../file"])
def test_what_is_not_there_is_a_page_with_one_sentence(browser: Browser, path: str):
    answer = browser.client.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


# ---- languages ----


@pytest.mark.parametrize(
    ("accept", "shown"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr,zh;q=0.5,en;q=0.4", "zh-CN"), ("de", "en"), ("", "en"), ("zh;q=x", "zh-CN")],
)  # fmt: skip
def test_the_language_is_that_of_the_browser_until_one_is_chosen(browser: Browser, accept: str, shown: str):
    assert f'<html lang="{shown}">' in browser.page("/", **{"accept-language": accept})
    browser.post("/language", {"language": "en" if shown == "zh-CN" else "zh"})
    assert f'<html lang="{shown}">' not in browser.page("/", **{"accept-language": accept})


def test_every_picture_and_field_has_a_name(browser: Browser):
    number = browser.sample("face-app-agreement.en.docx")
    for path in ("/", f"/documents/{number}"):
        page = browser.page(path)
        fields = re.findall(r'<(?:input|textarea|select)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', page)
        labelled = set(re.findall(r'<label[^>]*\bfor="([^"]+)"', page))
        assert set(fields) <= labelled
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


