"""A desk with real workers, and a browser that is none: it keeps cookies and sends what a page of the desk would."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from clausescan.bulk.limits import Limits
from clausescan.settings import DEFAULT
from clausescan.web.app import application
from clausescan.web.guard import LOOPBACK, Guard
from clausescan.web.jobs import Jobs
from clausescan.web.store import DeskStore

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"


class Browser:
    """Loads pages of the desk and sends their forms."""

    def __init__(self, client: TestClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"accept-language": language}

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, headers=self.headers, **options)

    def guard(self, path: str = "/") -> str:
        found = re.search(r'name="guard" content="(\w+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, data: dict[str, str] | None = None, **options: Any) -> Any:
        headers = {**self.headers, "x-clausescan": self.guard(), "accept": "application/json"}
        return self.client.post(path, data=data or {}, headers=headers, **options)

    def upload(self, *files: tuple[str, bytes]) -> list[int]:
        """Send files; return the numbers of the documents once they have been read."""
        answer = self.post("/documents", files=[("files", (name, data)) for name, data in files])
        assert answer.status_code == 200, answer.text
        numbers = answer.json()["documents"]
        self.wait(numbers)
        return numbers

    def sample(self, *names: str) -> list[int]:
        return self.upload(*((name, (SAMPLES / name).read_bytes()) for name in names))

    def wait(self, numbers: list[int]) -> None:
        for _ in range(600):
            states = self.get("/state").json()
            if all(states[str(number)]["state"] in ("done", "failed") for number in numbers):
                return
            time.sleep(0.05)
        raise AssertionError(f"not read in time: {states}")

    def findings(self, number: int) -> list[str]:
        return re.findall(r'<article class="card [^"]*" id="finding-([\w-]+)"', self.get(f"/documents/{number}").text)

    def decide(self, number: int, finding: str, verdict: str = "confirmed", note: str = "", seen: int = 0, reviewer: str = "Lin") -> Any:
        return self.post(
            f"/documents/{number}/decide", {"finding": finding, "verdict": verdict, "note": note, "seen": str(seen), "reviewer": reviewer}
        )


def open_desk(folder: Path, token: str | None = None, runs: tuple[str, ...] = ()) -> TestClient:
    """Return the application as a client; use it as a context manager, which starts and ends the workers."""
    store = DeskStore(folder)
    jobs = Jobs(store, jobs=1, limits=Limits(), settings=DEFAULT)
    guard = Guard(LOOPBACK, token, store.secret())
    app = application(store, jobs, guard, settings=DEFAULT, runs=runs)
    return TestClient(app, base_url="http://127.0.0.1:8497", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_desk(tmp_path_factory.mktemp("desk")) as client:
        yield Browser(client)
