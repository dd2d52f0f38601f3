"""`clausescan serve` as a process."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="such signals are not there")


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start the command and read what it says until it is open."""
    command = [sys.executable, "-m", "clausescan", "serve", "--port", "0", "--jobs", "1", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stderr
    try:
        yield process, [process.stderr.readline()]
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@posix
def test_it_says_where_it_is_open_and_stops_when_told(tmp_path: Path):
    with serving("--run", str(tmp_path / "desk.db")) as (process, said):
        address = re.search(r"http://127\.0\.0\.1:\d+/", said[0])
        assert address, said
        assert str(tmp_path / "desk.db") in said[0]
        assert "clausescan" in httpx.get(address.group()).text
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) in (0, 130, -signal.SIGINT)


def test_a_token_is_said_once_and_asked_for(tmp_path: Path):
    with serving("--run", str(tmp_path / "desk.db"), "--token", "new") as (process, said):
        assert process.stderr
        token = re.search(r"Token: (\S+)", process.stderr.readline())
        address = re.search(r"http://\S+/", said[0])
        assert token
        assert address
        assert httpx.get(f"{address.group()}status").status_code == 401
        assert httpx.get(f"{address.group()}status", headers={"authorization": f"Bearer {token.group(1)}"}).status_code == 200


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--host", "0.0.0.0"], "can be reached by other machines: start with --token"),
        (["--host", "desk.example"], "can be reached by other machines: start with --token"),
        (["--host", "0.0.0.0", "--token", "short"], "can be guessed"),
        (["missing.db"], "does not exist"),
        (["--run", "README.md/x.db"], "README.md"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(words: list[str], sentence: str):
    command = [sys.executable, "-m", "clausescan", "serve", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
