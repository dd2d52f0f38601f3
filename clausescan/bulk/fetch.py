"""Addresses to bytes, carefully: http and https only, public hosts only, limits on size, time and redirects.

    page = fetch("https://example.com/privacy", Policy())
    page.data, page.final_url, page.sha256, page.fetched

The address of the host is checked where the connection is made, for every connection: a name that resolves to a private address
only the second time, or a redirect into the local network, gets nowhere. Proxies are not used, since behind one nothing can
be checked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from clausescan.errors import ReadError, UsageError, problem

try:
    import httpcore
    import httpx
except ImportError as error:
    raise UsageError("reading addresses needs httpx: pip install 'clausescan[fetch]'") from error

USER_AGENT = "clausescan (reads one published policy on behalf of a person; does not crawl)"
_FAILURES = (
    httpx.HTTPError, httpx.InvalidURL, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)  # fmt: skip
_ACCEPT = "text/html, application/pdf, text/plain, */*;q=0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be fetched. `max_bytes` after decompression; `seconds` for the whole of it, redirects included."""

    allow_private: bool = False
    max_bytes: int = 50_000_000
    seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back. `fetched` is the time in UTC, `content_type` what the server says (never believed)."""

    url: str
    final_url: str
    fetched: str
    status: int
    content_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes."""
        return sha256(self.data).hexdigest()


def fetch(url: str, policy: Policy) -> Page:
    """Return what stands at an address. Raises ReadError: R060 not fetched, R061 refused, R005 too large."""
    deadline = time.monotonic() + policy.seconds
    try:
        headers = {"User-Agent": USER_AGENT, "Accept": _ACCEPT}
        with httpx.Client(transport=_Transport(policy, deadline), headers=headers, trust_env=False, follow_redirects=False) as client:
            return _follow(client, url, policy, deadline)
    except _RefusedError as error:
        raise ReadError(problem("R061_address_refused", detail=str(error))) from error
    except _FAILURES as error:
        raise ReadError(problem("R060_not_fetched", detail=str(error) or type(error).__name__)) from error
    except (OSError, UnicodeError, ValueError) as error:
        raise ReadError(problem("R060_not_fetched", detail=str(error))) from error


class _RefusedError(Exception):
    """The address must not be asked."""


def _follow(client: httpx.Client, url: str, policy: Policy, deadline: float) -> Page:
    address = url
    for _ in range(policy.redirects + 1):
        if urlsplit(address).scheme not in ("http", "https"):
            raise _RefusedError(f"{address} is neither http nor https")
        if urlsplit(address).username is not None:
            raise _RefusedError("it holds a user name")
        with client.stream("GET", address, timeout=_left(deadline)) as response:
            if response.next_request is not None:
                address = str(response.next_request.url)
                continue
            if response.status_code != 200:
                raise ReadError(problem("R060_not_fetched", detail=f"HTTP {response.status_code}"))
            return Page(
                url=url, final_url=str(response.url), fetched=datetime.now(UTC).isoformat(timespec="seconds"),
                status=response.status_code, content_type=response.headers.get("content-type", ""),
                data=_read(response, policy.max_bytes, deadline),
            )  # fmt: skip
    raise ReadError(problem("R060_not_fetched", detail=(f"more than {policy.redirects} redirects", f"重定向超过 {policy.redirects} 次")))


def _read(response: httpx.Response, limit: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise ReadError(problem("R005_too_large", size=f"> {limit}", limit=limit))
        _left(deadline)
    return b"".join(parts)


def _left(deadline: float) -> float:
    """Return the seconds that are left. Raises ReadError when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise ReadError(problem("R060_not_fetched", detail=("it took too long", "耗时过长")))
    return left


class _Transport(httpx.BaseTransport):
    """Connects through `_Backend`, which looks at the address of the host."""

    def __init__(self, policy: Policy, deadline: float) -> None:
        backend = _Backend(policy.allow_private, deadline)
        self._pool = httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend, max_connections=1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the response with its body still to be read."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
        asked = httpcore.Request(
            method=request.method, url=url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        answer = self._pool.handle_request(asked)
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer.stream), extensions=answer.extensions)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    """The body of a response."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts

    def close(self) -> None:
        """Give the connection back."""
        if hasattr(self._parts, "close"):
            self._parts.close()


class _Backend(httpcore.SyncBackend):
    """Resolves the host itself and connects to the very address that was looked at."""

    def __init__(self, allow_private: bool, deadline: float) -> None:
        self._allow_private = allow_private
        self._deadline = deadline

    def connect_tcp(self, host: str, port: int, **options: Any) -> httpcore.NetworkStream:  # type: ignore[override]
        """Connect to the first address of the host that answers. Raises _RefusedError unless all of them are public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: {error.strerror or error}") from error
        addresses = [str(item[4][0]) for item in found]
        for address in addresses:
            if not self._allow_private and not is_public(address):
                raise _RefusedError(f"{host} is {address}, an address of a private network")
        for address in addresses[:-1]:
            try:
                return _Timed(super().connect_tcp(address, port, **options), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return _Timed(super().connect_tcp(addresses[-1], port, **options), self._deadline)


class _Timed(httpcore.NetworkStream):
    """A connection with one deadline for all of it: a server that sends a byte now and then never runs into a time-out of reading."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes next. Raises ReadError when the time is over."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes. Raises ReadError when the time is over."""
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the same connection, encrypted."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def is_public(address: str) -> bool:
    """Return True for an IP address that anybody on the internet can reach; an IPv4 address inside IPv6 is looked at itself."""
    found = ipaddress.ip_address(address.split("%")[0])
    inner = [found]
    if isinstance(found, ipaddress.IPv6Address):
        inner += [other for other in (found.ipv4_mapped, found.sixtofour, *(found.teredo or ())) if other is not None]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    return all(each.is_global and not each.is_multicast for each in inner)
