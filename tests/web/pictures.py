"""Draw the pictures of the README: `python -m tests.web.pictures`. Needs Chromium; starts a desk of its own with our samples."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "corpus" / "samples"
NAMES = (
    "face-app-agreement.zh.pdf", "face-app-agreement.en.docx", "property-face-access.zh.txt", "gym-consent.bilingual.txt",
    "clean-policy.zh.txt",
)  # fmt: skip
SIZE: ViewportSize = {"width": 1400, "height": 880}
SETTLED = 1_200  # milliseconds: pages of a PDF are drawn while it is scrolled
# name of the picture, address, what is there when the page is drawn
PICTURES = (("list", "", "#documents"), ("review", "documents/1", ".leaf[data-drawn]"), ("compare", "documents/7/compare", "#sides"))


def main(folder: Path) -> None:
    """Write desk-list.png, desk-review.png and desk-compare.png into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "clausescan", "serve", "--run", f"{place}/desk.db", "--port", "0", "--jobs", "2"]
        served = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        try:
            assert served.stderr
            address = re.search(r"http://\S+?/", served.stderr.readline())
            assert address, "the desk did not start"
            _fill(address.group())
            _draw(address.group(), folder)
        finally:
            served.terminate()
            served.wait()


def _fill(address: str) -> None:
    """Upload the samples, a second version of one, and decide some findings."""
    client = httpx.Client(base_url=address, headers={"Accept": "application/json"}, timeout=60)
    token = re.search(r'csrf-token" content="(\w+)', client.get("/").text)
    assert token
    client.headers["X-CSRF-Token"] = token.group(1)
    client.post("/reviewer", data={"name": "李伟"})
    for name in NAMES:
        client.post("/documents", files={"files": (name, (SAMPLES / name).read_bytes())})
    text = (SAMPLES / "face-app-agreement.zh.txt").read_text(encoding="utf-8")
    client.post("/documents", files={"files": ("协议.txt", text.encode())})
    _wait(client)
    for document, decision in ((1, "confirmed"), (6, "confirmed"), (6, "dismissed"), (3, "confirmed"), (3, "confirmed")):
        for finding, seen in client.get(f"/documents/{document}/state").json()["findings"].items():
            if not seen:
                note = "第九条另有期限" if decision == "dismissed" else ""
                form = {"finding": finding, "decision": decision, "note": note, "seen": "0"}
                client.post(f"/documents/{document}/decisions", data=form)
                break
    changed = text.replace("永久且不可撤销地", "永久、不可撤销且免费地").replace("\n8.2", "\n8.3")
    client.post("/documents", files={"files": ("协议.txt", changed.encode())})
    _wait(client)


def _wait(client: httpx.Client) -> None:
    while client.get("/status").json()["waiting"]:
        time.sleep(0.2)


def _draw(address: str, folder: Path) -> None:
    """Open the pages in a browser of this machine, as somebody who is at work."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is not installed"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, locale="zh-CN")
        page.goto(address)
        page.click("#reviewer-open")
        page.fill("#reviewer-name", "李伟")
        page.click("#reviewer-save")
        for name, path, ready in PICTURES:
            page.goto(address + path)
            page.wait_for_selector(ready)
            page.wait_for_timeout(SETTLED)
            page.screenshot(path=folder / f"desk-{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(__file__).parent / "pictures")
