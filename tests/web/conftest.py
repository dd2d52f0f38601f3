"""A desk as a browser sees it: the real application, real workers, a client that sends what our pages send."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clausescan.web import intake
from clausescan.web.app import create_app

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
HOST = "http://127.0.0.1:8765"
FLAGGED = "第一条 授权\n会员在此不可撤回地许可本公司永久使用其刷脸支付时采集的面部特征，本公司还可将此项许可再许可给他人。\n"


class Browser:
    """One browser at the desk."""

    def __init__(self, client: TestClient, name: str | None = None) -> None:
        self.client = client
        self.csrf = re.search(r'name="csrf-token" content="(\w+)"', client.get("/").text)[1]  # type: ignore[index]
        if name:
            self.post("/reviewer", {"name": name})

    def post(self, path: str, data: dict[str, Any] | None = None, files: Any = None, expect: int = 200) -> Any:
        """Send a form as our scripts do; return the JSON of the answer."""
        answer = self.client.post(path, data=data or {}, files=files, headers={"X-CSRF-Token": self.csrf, "Accept": "application/json"})
        assert answer.status_code == expect, answer.text
        return answer.json()

    def json(self, path: str) -> Any:
        answer = self.client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, path: str, **headers: str) -> str:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def upload(self, *files: tuple[str, bytes], **data: Any) -> list[int]:
        """Upload files, wait until they are read, and return the numbers of their documents."""
        sent = [("files", (name, io.BytesIO(content))) for name, content in files]
        numbers = [one["id"] for one in self.post("/documents", data, sent)["documents"]]
        self.wait()
        return numbers

    def sample(self, name: str) -> int:
        return self.upload((name, (SAMPLES / name).read_bytes()))[0]

    def wait(self) -> None:
        """Wait until nothing waits to be read."""
        for _ in range(1200):
            status = self.json("/status")
            assert status["failed"] is None
            if not status["waiting"]:
                return
            time.sleep(0.05)
        raise AssertionError("documents were not read")

    def findings(self, document: int) -> list[dict[str, Any]]:
        """What the JSON export says of the findings."""
        found: list[dict[str, Any]] = self.json(f"/documents/{document}/export/json")["findings"]
        return found

    def decide(self, document: int, finding: str, decision: str, note: str = "", seen: int | None = None, expect: int = 200) -> Any:
        """Decide with what the page holds before the eyes."""
        if seen is None:
            seen = self.json(f"/documents/{document}/state")["findings"][finding]
        data = {"finding": finding, "decision": decision, "note": note, "seen": str(seen)}
        return self.post(f"/documents/{document}/decisions", data, expect=expect)


@contextmanager
def desk_at(path: Path, **options: Any) -> Iterator[TestClient]:
    with TestClient(create_app(path, jobs=1, **options), base_url=HOST, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A desk that many tests share; each brings documents of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAUSESCAN_RUNS", str(tmp_path_factory.mktemp("runs")))
        with desk_at(tmp_path_factory.mktemp("desk") / "desk.db", uploads=intake.Limits(file=2_000_000, archive=2_000_000, request=5_000_000)) as client:
            yield client


@pytest.fixture
def browser(served: TestClient) -> Browser:
    served.cookies.clear()
    return Browser(served, "李伟")


def flagged(words: str) -> bytes:
    """A text with one finding that no other test has."""
    return (f"{words}会员协议\n" + FLAGGED.replace("刷脸支付", f"{words}刷脸支付")).encode()
