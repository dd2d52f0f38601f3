"""Addresses to bytes: what is fetched, and above all what is not. Against a server of our own on this machine."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("httpx")

from clausescan.bulk.fetch import Policy, fetch, is_public
from clausescan.errors import ReadError

PAGE = "<html><body><p>用户同意我们永久使用其人脸图像。</p></body></html>".encode()
LOCAL = Policy(allow_private=True, max_bytes=100_000, seconds=5.0)
asked: list[tuple[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    """Answers by the path."""

    def do_GET(self) -> None:
        asked.append((self.path, self.headers["User-Agent"]))
        what, _, rest = self.path[1:].partition("/")
        getattr(self, what)(rest)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, _: str) -> None:
        self.answer(200, PAGE, Content_Type="text/html")

    def packed(self, _: str) -> None:
        self.answer(200, gzip.compress(PAGE), Content_Encoding="gzip", Content_Type="text/html")

    def bomb(self, _: str) -> None:
        self.answer(200, gzip.compress(b"0" * 5_000_000), Content_Encoding="gzip")

    def big(self, _: str) -> None:
        self.answer(200, b"0" * 100_001)

    def to(self, rest: str) -> None:
        self.answer(302, Location=rest)

    def loop(self, _: str) -> None:
        self.answer(302, Location="/loop/")

    def gone(self, _: str) -> None:
        self.answer(404, b"no")

    def drip(self, _: str) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x")
            time.sleep(0.1)

    def silent(self, _: str) -> None:
        time.sleep(20)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Clients go away here: that is the point."""

    with Quiet(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_address[1]}"
        served.shutdown()


def code(url: str, policy: Policy) -> str:
    with pytest.raises(ReadError) as caught:
        fetch(url, policy)
    return caught.value.problem.code


def test_a_page_with_what_is_known_of_it(server: str):
    page = fetch(f"{server}/to/{server}/page/", LOCAL)
    assert page.data == PAGE
    assert (page.url, page.final_url, page.status, page.content_type) == (f"{server}/to/{server}/page/", f"{server}/page/", 200, "text/html")
    assert page.sha256 == sha256(PAGE).hexdigest()
    assert page.fetched.endswith("+00:00")
    assert asked[-1][1].startswith("clausescan (")
    assert fetch(f"{server}/packed/", LOCAL).data == PAGE


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("big/", "R005_too_large"),
        ("bomb/", "R005_too_large"),
        ("loop/", "R060_not_fetched"),
        ("gone/", "R060_not_fetched"),
        ("to/file:///etc/passwd", "R061_address_refused"),
        ("to/ftp://example.com/", "R061_address_refused"),
        ("to/http://user:word@example.com/", "R061_address_refused"),
    ],
)
def test_what_is_not_fetched(server: str, path: str, expected: str):
    assert code(f"{server}/{path}", LOCAL) == expected


@pytest.mark.parametrize("path", ["drip/", "silent/"])
def test_a_slow_server_has_a_limited_time(server: str, path: str):
    begin = time.monotonic()
    assert code(f"{server}/{path}", Policy(allow_private=True, seconds=1.0)) == "R060_not_fetched"
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    "url",
    ["{server}/page/", "http://localhost:{port}/page/", "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/", "http://169.254.169.254/latest/"],
)
def test_this_machine_and_its_network_are_not_asked_at_all(server: str, url: str):
    before = len(asked)
    assert code(url.format(server=server, port=server.rpartition(":")[2]), Policy(seconds=2.0)) in ("R061_address_refused", "R060_not_fetched")
    assert len(asked) == before


def test_a_redirect_into_the_network_is_refused(server: str, monkeypatch: pytest.MonkeyPatch):
    """The first host counts as public, as any host of an attacker would; the second is looked at by itself."""
    from clausescan.bulk import fetch as module

    monkeypatch.setattr(module, "is_public", lambda address: address == "127.0.0.1")
    before = len(asked)
    assert fetch(f"{server}/page/", Policy()).data == PAGE
    assert code(f"{server}/to/http://127.0.0.2:{server.rpartition(':')[2]}/page/", Policy()) == "R061_address_refused"
    assert len(asked) == before + 2


@pytest.mark.parametrize("url", ["https://", "http://nosuchhost.invalid/", "http://127.0.0.1:1/", "http://a b/", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none_is_a_problem(url: str):
    assert code(url, Policy(allow_private=True, seconds=5.0)) in ("R060_not_fetched", "R061_address_refused")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
    ],
)
def test_public_addresses(address: str, expected: bool):
    assert is_public(address) is expected
