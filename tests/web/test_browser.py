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
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the desk as a user does; return its address."""
    database = tmp_path_factory.mktemp("desk") / "desk.db"
    command = [sys.executable, "-m", "clausescan", "serve", "--port", "0", "--run", str(database), "--jobs", "1"]
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
    sign_in(page, desk, "Lin")
    yield page
    context.close()
    assert wrong == []


def sign_in(page: Any, desk: str, name: str) -> None:
    page.goto(desk)
    page.click("#reviewer-open")
    page.fill("#reviewer-name", name)
    page.click("#reviewer-save")
    page.wait_for_selector(f"#reviewer-shown:text-is('{name}')")


def add(page: Any, desk: str, *files: Any) -> None:
    """Send files and wait until they have been read."""
    page.goto(desk)
    with page.expect_navigation():
        page.set_input_files("#files", list(files))
    page.wait_for_selector("#queue", state="hidden", timeout=60_000)
    page.goto(desk)


def opened(page: Any, name: str) -> None:
    page.click(f"#documents a:text-is('{name}') >> nth=0")
    page.wait_for_selector(".card")


def decide(page: Any, number: int, decision: str, note: str = "") -> None:
    """Decide a finding by the buttons of its card."""
    card = page.locator("#list-findings .card").nth(number)
    card.locator("summary").first.click()
    card.locator("textarea").fill(note)
    card.locator(f"button[name=decision][value={decision}]").click()
    page.wait_for_selector(f"#list-findings .card:nth-of-type({number + 1}) [data-decided]")


def changed_copy(path: Path, old: str, new: str) -> dict[str, Any]:
    """Return the DOCX at `path` with other words in it, under the same name."""
    document = docx.Document(str(path))
    hits = [run for paragraph in document.paragraphs for run in paragraph.runs if old in run.text]
    assert hits
    for run in hits:
        run.text = run.text.replace(old, new)
    out = io.BytesIO()
    document.save(out)
    return {"name": path.name, "mimeType": WORD, "buffer": out.getvalue()}


def test_the_highlights_of_a_pdf_lie_on_their_clauses(page: Any, desk: str):
    pdf = SAMPLES / "face-app-agreement.zh.pdf"
    add(page, desk, pdf)
    opened(page, pdf.name)
    report = api.scan(pdf)
    for finding in report.findings:
        page.locator(f"#f-{finding.id} summary").first.click()
        for box in finding.place.boxes:
            leaf = page.locator(f"#page-{box.page}")
            leaf.scroll_into_view_if_needed()
            page.wait_for_selector(f"#page-{box.page}[data-drawn=yes]", timeout=30_000)
            width, height = report.document.pages[box.page - 1].width, report.document.pages[box.page - 1].height
            spots = leaf.locator(f"[data-box='{finding.id}']")
            page.wait_for_timeout(600)  # the page scrolls smoothly
            sheet, drawn = leaf.bounding_box(), [spots.nth(index).bounding_box() for index in range(spots.count())]
            wanted = (sheet["x"] + box.x0 / width * sheet["width"], sheet["y"] + box.top / height * sheet["height"])
            assert any(abs(it["x"] - wanted[0]) < 3 and abs(it["y"] - wanted[1]) < 3 for it in drawn), (finding.id, box)


def test_a_lawyers_hour(page: Any, desk: str, tmp_path: Path):
    word, pdf = SAMPLES / "face-app-agreement.en.docx", SAMPLES / "face-app-agreement.en.pdf"
    add(page, desk, pdf, word)
    opened(page, pdf.name)
    # decisions with reasons; a dismissal without one is not taken
    card = page.locator("#list-findings .card").first
    card.locator("summary").first.click()
    card.locator("button[value=dismissed]").click()
    page.wait_for_selector("#list-findings .card:nth-of-type(1) .refusal:visible, #list-findings .card:nth-of-type(1) textarea:focus")
    assert card.locator("[data-decided]").count() == 0
    decide(page, 0, "dismissed", "the client has a signed waiver")
    decide(page, 1, "confirmed", "strike")
    decide(page, 2, "not_applicable")
    page.wait_for_selector("#finished:visible")
    page.reload()
    assert page.locator("#list-findings .card [data-decided].dismissed").count() == 1
    assert page.locator("#finished").is_visible()
    # what is handed on opens, without what was dismissed
    for name, target in (("annotated", "reviewed.pdf"), ("memo", "memo.docx"), ("xlsx", "table.xlsx")):
        page.click("#export-menu summary")
        with page.expect_download() as got:
            page.click(f"#export-{name}")
        got.value.save_as(tmp_path / target)
        page.reload()
    with pikepdf.open(tmp_path / "reviewed.pdf") as reviewed, reviewed.open_outline() as outline:
        assert 1 <= len(outline.root) <= 2
    assert docx.Document(str(tmp_path / "memo.docx")).paragraphs
    # the next version of the Word file: a decision holds where the words are the same
    page.goto(desk)
    opened(page, word.name)
    decide(page, 0, "confirmed", "first")
    decide(page, 2, "dismissed", "second")
    add(page, desk, changed_copy(word, "research partners", "research partners and banks"))
    opened(page, word.name)
    cards = page.locator("#list-findings .card")
    assert cards.nth(0).locator("[data-decided].confirmed").count() == 1
    assert cards.nth(2).locator("[data-since]").count() == 1
    assert "banks" in "".join(cards.nth(2).locator("[data-since] ins").all_text_contents())
    page.click("#more-menu summary")
    page.click("[data-compare]")
    page.wait_for_selector("#sides")
    assert "banks" in page.locator("#sides").inner_text()


def test_text_and_findings_lead_to_each_other(page: Any, desk: str):
    add(page, desk, SAMPLES / "face-app-agreement.en.html")
    opened(page, "face-app-agreement.en.html")
    mark = page.locator("#text mark").first
    mark.click()
    chosen = page.locator(".card.current")
    assert chosen.get_attribute("data-finding") in str(mark.get_attribute("data-findings"))
    page.keyboard.press("n")
    following = page.locator(".card.current").get_attribute("data-finding")
    assert following is not None
    assert page.locator(f"#text mark[data-findings~='{following}']").first.is_visible()


def test_two_browsers_on_one_document(page: Any, desk: str, chromium: Any):
    text = {"name": "shared.txt", "mimeType": "text/plain", "buffer": b"You grant us a perpetual licence to use your face photograph.\n"}
    add(page, desk, text)
    opened(page, "shared.txt")
    other = chromium.new_context(locale="en-GB").new_page()
    sign_in(other, desk, "Wang")
    other.goto(page.url)
    decide(other, 0, "confirmed", "mine")
    other.context.close()
    card = page.locator("#list-findings .card").first
    card.locator("summary").first.click()
    card.locator("textarea").fill("no")
    card.locator("button[value=dismissed]").click()
    page.wait_for_selector("#list-findings .card .refusal:visible, #notices :visible")
    assert "Wang" in page.locator("body").inner_text()
    assert card.locator("[data-decided].dismissed").count() == 0


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_no_serious_barrier_and_no_sideways_scrolling_on_a_telephone(desk: str, chromium: Any, page: Any, language: str):
    add(page, desk, SAMPLES / "property-face-access.zh.txt")
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale=language)
    small = context.new_page()
    small.goto(desk)
    document = small.locator("a:text-is('property-face-access.zh.txt')").first.get_attribute("href")
    for path in ("/", "/clusters", "/runs", document):
        small.goto(desk.rstrip("/") + str(path))
        small.evaluate(AXE.read_text(encoding="utf-8"))
        found = small.evaluate("axe.run().then((result) => result.violations.map((it) => [it.impact, it.id, it.nodes[0].html]))")
        assert [it for it in found if it[0] in ("serious", "critical")] == [], path
        assert small.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    context.close()
