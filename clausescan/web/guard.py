"""What stands before every page: which hosts and origins may ask, the token, how much may be sent, and what the answers allow.

- The name in `Host` must be an address of this machine or one that was given with `--name`: a page on another site that has its own
  name resolved to 127.0.0.1 (DNS rebinding) is refused.
- What changes something must come from a page of ours: the browser says so (`Origin`, `Sec-Fetch-Site`), and the form or the script
  sends the token that only our pages hold.
- The content security policy allows scripts, styles and pictures of this server and nothing else. WebAssembly is allowed for the
  decoders of pictures in PDFs.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
TOKEN_COOKIE = "clausescan_token"
_SAFE = ("GET", "HEAD")
_LOCAL = ("localhost",)
_SECONDS = 30 * 24 * 3600
Say = Callable[[Request, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What this server knows and others do not: the secret of its database, and the token that was asked for on the command line."""

    secret: str
    token: str | None = None

    @property
    def csrf(self) -> str:
        """The token that our pages send when they change something."""
        return self._mac("csrf")

    @property
    def cookie(self) -> str:
        """What a browser keeps that has shown the token."""
        return self._mac(f"token:{self.token}")

    def _mac(self, words: str) -> str:
        return hmac.new(self.secret.encode(), words.encode(), sha256).hexdigest()

    def is_csrf(self, given: str) -> bool:
        """True for the token of our pages."""
        return hmac.compare_digest(given.encode(), self.csrf.encode())

    def admits(self, cookie: str, bearer: str) -> bool:
        """True for a browser that has shown the token, or a program that sends it, and for everybody when there is none."""
        if self.token is None:
            return True
        return hmac.compare_digest(cookie.encode(), self.cookie.encode()) or hmac.compare_digest(bearer.encode(), self.token.encode())

    def is_token(self, given: str) -> bool:
        """True for the token of the command line."""
        return self.token is not None and hmac.compare_digest(given.strip().encode(), self.token.encode())


class _TooLongError(Exception):
    """More was sent than may be."""


class Guard:
    """Middleware around the whole application. `names` are further host names; `most` the bytes of one request."""

    def __init__(self, app: ASGIApp, *, keys: Keys, names: tuple[str, ...], most: int, refuse: Callable[..., Response]) -> None:
        self.app, self.keys, self.most, self.refuse = app, keys, most, refuse
        self.names = {*_LOCAL, *(name.lower() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with one sentence."""
        if scope["type"] != "http":
            await (self.app(scope, receive, send) if scope["type"] == "lifespan" else _close(send))
            return
        request = Request(scope, receive)
        answer = self._refusal(request)
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        counted = _Counted(receive, self.most)
        try:
            await self.app(scope, counted, _with_headers(send))
        except _TooLongError:
            await self.refuse(request, 413, "too_long")(scope, receive, _with_headers(send))

    def _refusal(self, request: Request) -> Response | None:
        headers = request.headers
        if not self._is_ours(headers.get("host", "")):
            return PlainTextResponse("Unknown host name. Open this address by its number, or start the server with --name.\n", 421)
        if request.method not in (*_SAFE, "POST"):
            return self.refuse(request, 405, "method")
        if request.method == "POST" and not _from_here(headers):
            return self.refuse(request, 403, "csrf")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.most:
            return self.refuse(request, 413, "too_long")
        return self._without_token(request)

    def _without_token(self, request: Request) -> Response | None:
        path = request.url.path
        if path == "/login" or path.startswith("/static/"):
            return None
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.keys.admits(request.cookies.get(TOKEN_COOKIE, ""), bearer):
            return None
        if request.method in _SAFE and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        return self.refuse(request, 401, "token")

    def _is_ours(self, host: str) -> bool:
        """True for a number, for this machine, and for a name that was given. A number cannot be made to mean another machine."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name in self.names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


class _Counted:
    """Receives a request and counts its bytes, whatever its head says."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.most, self.seen = receive, most, 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.seen += len(message.get("body", b""))
        if self.seen > self.most:
            raise _TooLongError
        return message


def _from_here(headers: Headers) -> bool:
    """True when the browser does not say that another site sent it."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def set_token(response: Response, keys: Keys) -> None:
    """Let the browser keep that it has shown the token."""
    response.set_cookie(TOKEN_COOKIE, keys.cookie, max_age=_SECONDS, httponly=True, samesite="strict")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


async def _close(send: Send) -> Awaitable[None] | None:
    await send({"type": "websocket.close", "code": 1008})
    return None
