"""Make the pictures of the desk that the README shows: `python -m tests.web.pictures`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
FOLDER = Path(__file__).parent / "pictures"
NAMES = ("face-app-agreement.zh.pdf", "face-app-agreement.en.docx", "property-face-access.zh.txt", "clean-policy.zh.txt")


def main() -> None:
    """Start a desk of its own, work at it, and keep three pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "clausescan", "serve", "--port", "0", "--desk", folder]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process, sync_playwright() as playwright:
            assert process.stderr is not None
            address = re.search(r"http://\S+/", process.stderr.readline())
            assert address is not None
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            _work(browser.new_page(viewport={"width": 1280, "height": 820}, locale="en-GB"), address[0])
            browser.close()
            process.terminate()
            process.stderr.read()


def _work(page: Page, address: str) -> None:
    page.goto(address)
    with page.expect_navigation():
        page.set_input_files("#files", [str(SAMPLES / name) for name in NAMES])
    page.wait_for_selector("tr[data-state=waiting], tr[data-state=reading]", state="detached")
    page.goto(address)
    page.screenshot(path=FOLDER / "documents.png")
    page.click(f"a:text-is('{NAMES[0]}')")
    page.wait_for_selector(".page[data-drawn='2']")
    page.keyboard.press("j")
    page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / "pdf.png")
    page.goto(address)
    page.click(f"a:text-is('{NAMES[1]}')")
    page.keyboard.press("j")
    page.locator(".card.here input[value=confirmed]").check()
    page.locator(".card.here textarea").fill("Ask the other side to strike the sublicence.")
    page.locator(".card.here input[name=reviewer]").fill("Lin")
    page.locator(".card.here button[type=submit]").click()
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / "word.png")


if __name__ == "__main__":
    main()
