"""A lawyer's hour at the desk in a real browser: headless Chromium, as it is installed on this machine."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest

from clausescan import api

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
AXE = Path(__file__).parents[1] / "files" / "axe" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the desk as a user does; return its address."""
    folder = tmp_path_factory.mktemp("desk")
    command = [sys.executable, "-m", "clausescan", "serve", "--port", "0", "--desk", str(folder), "--jobs", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        found = re.search(r"http://\S+/", process.stderr.readline())
        assert found is not None
        yield found[0]
        process.terminate()
        process.stderr.read()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(desk: str, chromium: Any) -> Iterator[Any]:
    """A page of the desk; whatever it asks of another place, and every error of a script, fails the test."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB", accept_downloads=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" and "409" not in message.text else None)
    page.on("request", lambda request: None if request.url.startswith((desk, "blob:", "data:")) else wrong.append(request.url))
    page.goto(desk)
    yield page
    context.close()
    assert wrong == []


def add(page: Any, desk: str, *files: Any) -> None:
    """Send files and wait until they have been read."""
    page.goto(desk)
    with page.expect_navigation():
        page.set_input_files("#files", list(files))
    page.wait_for_selector("tr[data-state=waiting], tr[data-state=reading]", state="detached", timeout=60_000)
    page.goto(desk)


def opened(page: Any, name: str) -> None:
    page.click(f"a:text-is('{name}') >> nth=0")
    page.wait_for_selector(".card")


def decide(page: Any, number: int, verdict: str, note: str = "") -> None:
    card = page.locator(".card").nth(number)
    card.locator(f"input[value={verdict}]").check()
    card.locator("textarea").fill(note)
    card.locator("input[name=reviewer]").fill("Lin")
    card.locator("button[type=submit]").click()
    card.locator(".answer:text-is('Saved.')").wait_for()


def changed_copy(path: Path, old: str, new: str) -> dict[str, Any]:
    """Return the DOCX at `path` with other words in it, under the same name."""
    document = docx.Document(str(path))
    hits = [run for paragraph in document.paragraphs for run in paragraph.runs if old in run.text]
    assert hits
    for run in hits:
        run.text = run.text.replace(old, new)
    out = io.BytesIO()
    document.save(out)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return {"name": path.name, "mimeType": kind, "buffer": out.getvalue()}


def test_a_lawyers_hour(page: Any, desk: str, tmp_path: Path):
    pdf, word = SAMPLES / "face-app-agreement.zh.pdf", SAMPLES / "face-app-agreement.en.docx"
    add(page, desk, pdf, word)
    # the PDF as it looks, with a highlight on every box of every finding
    opened(page, pdf.name)
    page.wait_for_selector(".page[data-drawn='2']", timeout=30_000)
    report = api.scan(pdf)
    for finding in report.findings:
        for box in finding.place.boxes:
            width, height = report.document.pages[box.page - 1].width, report.document.pages[box.page - 1].height
            sheet = page.locator(f".page[data-page='{box.page}']").bounding_box()
            spots = page.locator(f".page[data-page='{box.page}'] .overlay [data-finding='{finding.id}'].quote")
            drawn = [spots.nth(index).bounding_box() for index in range(spots.count())]
            wanted = (sheet["x"] + box.x0 / width * sheet["width"], sheet["y"] + box.top / height * sheet["height"])
            assert any(abs(it["x"] - wanted[0]) < 2 and abs(it["y"] - wanted[1]) < 2 for it in drawn), (finding.id, box)
    # decisions with reasons, by key and by hand; a dismissal without a reason is not sent
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.type("the client has a signed waiver")
    page.locator(".card.here input[name=reviewer]").fill("Lin")
    page.locator(".card.here button[type=submit]").click()
    page.locator(".card.here .answer:text-is('Saved.')").wait_for()
    decide(page, 1, "confirmed", "strike")
    decide(page, 2, "unsure")
    assert "Every finding is decided." in page.locator("#progress").inner_text()
    page.reload()
    assert page.locator(".card .verdict.dismissed").count() == 1
    # what is handed on opens, without what was dismissed
    with page.expect_download() as got:
        page.click("text=Annotated original")
    got.value.save_as(tmp_path / "reviewed.pdf")
    with pikepdf.open(tmp_path / "reviewed.pdf") as opened_pdf, opened_pdf.open_outline() as outline:
        assert len(outline.root) == 2
    with page.expect_download() as got:
        page.click("text=Review memo")
    got.value.save_as(tmp_path / "memo.docx")
    assert docx.Document(str(tmp_path / "memo.docx")).paragraphs
    # the next version of the Word file: the decision holds where the words are the same
    page.goto(desk)
    opened(page, word.name)
    decide(page, 0, "confirmed", "first")
    decide(page, 2, "dismissed", "second")
    add(page, desk, changed_copy(word, "research partners", "research partners and banks"))
    opened(page, word.name)
    assert page.locator(".card").nth(0).locator(".verdict.confirmed").count() == 1
    assert "Text changed since Lin decided “dismissed”" in page.locator(".card").nth(2).inner_text()
    page.click("text=Compare with the version before")
    assert "banks" in page.locator("ins").all_inner_texts()[0]


def test_text_and_findings_lead_to_each_other(page: Any, desk: str):
    add(page, desk, SAMPLES / "face-app-agreement.en.html")
    opened(page, "face-app-agreement.en.html")
    page.locator(".piece.finding").first.click()
    assert page.locator(".card.here").get_attribute("data-finding") in page.locator(".piece.finding").first.get_attribute("data-findings")
    page.locator(".card h2 .jump").nth(1).click()
    shown = page.locator(".piece.here").first
    assert shown.get_attribute("data-findings") == page.locator(".card").nth(1).get_attribute("data-finding")
    shown.wait_for(state="visible")


def test_two_browsers_on_one_document(page: Any, desk: str, chromium: Any):
    text = {"name": "shared.txt", "mimeType": "text/plain", "buffer": b"You grant us a perpetual licence to use your face photograph.\n"}
    add(page, desk, text)
    opened(page, "shared.txt")
    other = chromium.new_context(locale="en-GB").new_page()
    other.goto(page.url)
    decide(other, 0, "confirmed", "mine")
    other.context.close()
    card = page.locator(".card").first
    card.locator("input[value=dismissed]").check()
    card.locator("textarea").fill("no")
    card.locator("input[name=reviewer]").fill("Wang")
    card.locator("button[type=submit]").click()
    card.locator(".answer.bad").wait_for()
    assert "Lin has decided “confirmed” meanwhile (mine)" in card.locator(".answer").inner_text()


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_no_serious_barrier_and_no_sideways_scrolling_on_a_telephone(desk: str, chromium: Any, page: Any, language: str):
    add(page, desk, SAMPLES / "property-face-access.zh.txt")
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale=language)
    small = context.new_page()
    small.goto(desk)
    paths = ["/", "/shared", small.locator("a:text-is('property-face-access.zh.txt')").first.get_attribute("href")]
    for path in paths:
        small.goto(desk.rstrip("/") + path)
        small.evaluate(AXE.read_text(encoding="utf-8"))
        found = small.evaluate("axe.run().then((result) => result.violations.map((it) => [it.impact, it.id, it.nodes[0].html]))")
        assert [it for it in found if it[0] in ("serious", "critical")] == [], path
        assert small.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    context.close()
