"""What hostile documents, names, pages and neighbours cannot do."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from clausescan.cli import main

from .conftest import Browser, open_desk

SCRIPT = "<script>alert(1)</script>"
NAMES = [
    f"{SCRIPT}.txt", '"><img src=x onerror=alert(1)>.txt', "../../etc/passwd", "C:\\Windows\\system32\\x.txt", "a\r\nSet-Cookie: x=1.txt",
    "javascript:alert(1).txt", "\u202etxt.exe", "a" * 500 + ".txt", "'-alert(1)-'.txt", "${7*7}{{7*7}}.txt",
]  # fmt: skip


class Tags(HTMLParser):
    """Gathers what a page would run or load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self.script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.script = tag == "script"
        self.inline += [name for name in names if name.startswith("on") or name == "style"]
        self.loaded += [str(names[name]) for name in ("src", "href", "action", "data-source") if names.get(name)]

    def handle_data(self, data: str) -> None:
        if self.script and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.script = False


@pytest.mark.parametrize("name", NAMES)
def test_words_of_documents_names_and_notes_are_never_markup(browser: Browser, name: str):
    text = f"1. You grant us a perpetual licence to use your face images.\n\n2. {SCRIPT}\n"
    (number,) = browser.upload((name, text.encode()))
    (finding,) = browser.findings(number)
    browser.decide(number, finding, "dismissed", f"{SCRIPT}{{{{7*7}}}}", reviewer=f"<b>{SCRIPT}</b>", seen=0)
    for path in ("/", f"/documents/{number}", "/shared"):
        page = browser.get(path)
        tags = Tags(page.text)
        assert (SCRIPT in page.text, tags.inline) == (False, [])
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in tags.loaded)
    sent = browser.get(f"/documents/{number}/export/json").headers["content-disposition"]
    assert not {"/", "\\", "\r", "\n", "<"} & set(sent.split("filename*")[0].replace("attachment; filename=", ""))


def test_every_answer_forbids_what_no_page_needs(browser: Browser):
    for path in ("/", "/shared", "/nowhere", "/static/desk.css"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


@pytest.mark.parametrize("path", ["/documents", "/paste", "/runs", "/documents/1/decide", "/documents/1/remove", "/language"])
def test_a_request_that_no_page_of_the_desk_sent_changes_nothing(browser: Browser, path: str):
    browser.get("/")
    for headers, data in (({}, {}), ({"x-clausescan": "0" * 64}, {}), ({}, {"_guard": "1"})):
        answer = browser.client.post(path, headers={**browser.headers, **headers}, data=data, follow_redirects=False)
        assert answer.status_code == 403, (path, headers, data)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8497", "127.0.0.1.evil.example", "", "localhost.evil:80"])
def test_another_name_for_this_address_is_refused(browser: Browser, host: str):
    assert browser.client.get("/", headers={"host": host}).status_code == 400


def test_nothing_outside_the_static_files_is_served(browser: Browser):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/documents/1/original/../../desk.db"):
        assert browser.get(path).status_code in (400, 403, 404)


def test_with_a_token_nothing_is_seen_before_it_was_shown(tmp_path: Path):
    with open_desk(tmp_path, token="the right words") as client:
        browser = Browser(client)
        assert browser.client.get("/", follow_redirects=False).headers["location"] == "/enter"
        assert browser.client.get("/state", follow_redirects=False).status_code == 303
        guard = browser.guard("/enter")
        assert client.post("/enter", data={"token": "wrong", "_guard": guard}).status_code == 403
        assert client.post("/enter", data={"token": "the right words", "_guard": guard}, follow_redirects=False).status_code == 303
        assert "Documents" in browser.get("/").text


def test_an_address_that_others_reach_needs_a_token(tmp_path: Path):
    done = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0", "--desk", str(tmp_path)])
    assert done.exit_code == 2
    assert "every person on that network could read the contracts" in done.output


def test_a_file_over_the_limit_is_refused_with_the_limit(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    desk = browser.client.app.state.desk  # type: ignore[attr-defined]
    monkeypatch.setattr(desk, "settings", replace(desk.settings, max_bytes=2_000_000))
    answer = browser.post("/documents", files=[("files", ("big.txt", b"x" * 2_000_001))])
    assert (answer.status_code, "2 MB" in answer.json()["error"]) == (413, True)
    assert browser.post("/documents", files=[("files", ("fits.txt", b"x" * 1_000_000))]).status_code == 200


def test_formulas_in_notes_and_clauses_stay_words_in_the_table(browser: Browser):
    import io

    import openpyxl

    text = "=1+1 You grant us a perpetual licence to use your face images.\n"
    (number,) = browser.upload(("formula.txt", text.encode()))
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/documents/{number}/export/xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any("You grant us" in cell.value for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
