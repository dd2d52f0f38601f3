"""What stands before every page: hosts that are ours, requests that come from our pages, and what a browser may load.

Documents, names and notes are hostile: nothing of them is ever a script, a style or an address. The desk needs no session: the
cookie holds a random value, and a request that changes something must carry the value that only a page of the desk can know.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

COOKIE, TOKEN_COOKIE = "clausescan_desk", "clausescan_token"
LANGUAGE_COOKIE, REVIEWER_COOKIE = "clausescan_language", "clausescan_reviewer"
HEADER, FIELD = "x-clausescan", "_guard"
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR = 31_536_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
Next = Callable[[Request], Awaitable[Response]]


class Guard:
    """Looks at every request. `token` None: everybody on this machine may enter; hosts are names without ports."""

    def __init__(self, hosts: tuple[str, ...], token: str | None, secret: bytes) -> None:
        self._hosts = frozenset(hosts)
        self._token = token
        self._secret = secret

    @property
    def has_token(self) -> bool:
        """True when a browser must show a token."""
        return self._token is not None

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """Return the answer, with the headers that every answer has."""
        refused = self._refusal(request)
        cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(24)
        request.state.guard = self.value(cookie)
        response = refused if refused is not None else await call_next(request)
        response.headers.update({name: value for name, value in _HEADERS.items() if name not in response.headers})
        if not request.url.path.startswith("/static/"):
            response.headers.setdefault("cache-control", "no-store")
        if COOKIE not in request.cookies:
            response.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", path="/")
        return response

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name.lower() not in self._hosts:  # a foreign page may have given its own name to this address (DNS rebinding)
            return PlainTextResponse("unknown host\n", 400)
        if request.url.path.startswith("/static/") or request.url.path == "/enter":
            return None
        if not self.knows(request.cookies.get(TOKEN_COOKIE, "")):
            return RedirectResponse("/enter", 303)
        return None

    def value(self, cookie: str) -> str:
        """Return what a page of the desk sends back with a request that changes something."""
        return hmac.new(self._secret, cookie.encode(), sha256).hexdigest()

    def is_ours(self, request: Request, form: Mapping[str, Any]) -> bool:
        """Tell whether a request that changes something comes from a page of the desk."""
        sent = request.headers.get(HEADER) or str(form.get(FIELD) or "")
        cookie = request.cookies.get(COOKIE, "")
        return bool(cookie) and hmac.compare_digest(sent.encode(), self.value(cookie).encode())

    def knows(self, proof: str) -> bool:
        """Tell whether a browser has shown the token; without a token everybody has."""
        return self._token is None or hmac.compare_digest(proof.encode(), self._proof().encode())

    def _proof(self) -> str:
        return hmac.new((self._token or "").encode(), b"clausescan desk", sha256).hexdigest()

    def enter(self, token: str, response: Response) -> bool:
        """Let a browser in that has the token."""
        if self._token is None or not hmac.compare_digest(token.strip().encode(), self._token.encode()):
            return False
        response.set_cookie(TOKEN_COOKIE, self._proof(), httponly=True, samesite="strict", path="/", max_age=_YEAR)
        return True
