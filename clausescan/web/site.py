"""What every page needs: the desk, the language and the reviewer of a request, forms that prove that they are ours, answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from clausescan import rules
from clausescan.errors import ClausescanError, UsageError
from clausescan.types import Language
from clausescan.web import intake
from clausescan.web.analysis import Analysis
from clausescan.web.desk import Desk
from clausescan.web.guard import Keys
from clausescan.web.words import WORDS, say, script_words

LANGUAGE_COOKIE, REVIEWER_COOKIE = "clausescan_language", "clausescan_reviewer"
_YEAR = 365 * 24 * 3600
_log = logging.getLogger("clausescan.web")
Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One desk being served. `runs` are databases of bulk runs that may be opened beside those with a name."""

    path: Path
    analysis: Analysis
    keys: Keys
    limits: intake.Limits
    runs: tuple[Path, ...] = ()

    def desk(self) -> Desk:
        """Open the database; close it with `with`."""
        return Desk(self.path, create=False)


class PageError(Exception):
    """A refusal with its sentence: the key of words, and the status of the answer."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


def site_of(request: Request) -> Site:
    """Return the site that a request is for."""
    site: Site = request.app.state.site
    return site


def language_of(request: Request) -> Language:
    """Return the language that was chosen, else the first of Chinese and English that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    weighed = []
    for position, part in enumerate(request.headers.get("accept-language", "").split(",")):
        tag, _, quality = part.strip().partition(";q=")
        primary = tag.split("-")[0].lower()
        if primary in ("zh", "en"):
            weighed.append((-_number(quality), position, primary))
    return "zh" if weighed and min(weighed)[2] == "zh" else "en"


def _number(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


def reviewer_of(request: Request, desk: Desk) -> str | None:
    """Return the name of the reviewer of this browser."""
    kept = request.cookies.get(REVIEWER_COOKIE, "")
    return next((name for number, name in desk.reviewers() if str(number) == kept), None)


def set_cookie(response: Response, name: str, value: str) -> None:
    """Keep a choice in the browser; scripts cannot read it."""
    response.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="strict")


# ---- pages ----

ENVIRONMENT = Environment(
    loader=PackageLoader("clausescan.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def fragment(request: Request, template: str, **values: Any) -> str:
    """Return a piece of a page."""
    language = language_of(request)
    return ENVIRONMENT.get_template(template).render(
        say=partial(say, language), language=language, csrf=site_of(request).keys.csrf, static="/static", **values
    )


def page(request: Request, template: str, desk: Desk | None = None, *, status: int = 200, **values: Any) -> Response:
    """Return a page."""
    language = language_of(request)
    reviewer = reviewer_of(request, desk) if desk is not None else None
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    body = fragment(
        request, template, reviewer=reviewer, here=here, script_words=script_words(language),
        disclaimer=rules.rule("ART11").disclaimer[language], failed=site_of(request).analysis.failed, **values,
    )  # fmt: skip
    return HTMLResponse(body, status)


def wants_json(request: Request) -> bool:
    """True for a script of ours; a form without one wants a page."""
    return "application/json" in request.headers.get("accept", "")


def refuse(request: Request, status: int, key: str, **values: object) -> Response:
    """Return the refusal for which there are words, as JSON or as a page."""
    words = say(language_of(request), key, **values) if key in WORDS else key
    if wants_json(request):
        return JSONResponse({"error": words, "code": key}, status)
    body = fragment(
        request, "error.html", words=words, reviewer=None, here="/", failed=None, disclaimer="", script_words={}, status=status,
        phrase=HTTPStatus(status).phrase,
    )  # fmt: skip
    return HTMLResponse(body, status)


def back(request: Request, to: str, /, **values: Any) -> Response:
    """Return what follows a change: JSON for a script, for a form the page at `to`, which is one of ours."""
    return JSONResponse(values) if wants_json(request) else RedirectResponse(to, 303)


def own_address(given: object) -> str:
    """Return an address of this server, "/" for any other."""
    text = str(given or "/")
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() else "/"


# ---- what changes something ----

Posted = Callable[[Request, FormData], Response]


def posted(function: Posted, *, files: int = 10) -> Callable[[Request], Any]:
    """Return the endpoint of a form: it proves that the form is ours and calls `function` outside the event loop."""

    async def endpoint(request: Request) -> Response:
        keys = site_of(request).keys
        async with request.form(max_files=files, max_fields=50, max_part_size=8_000_000) as form:
            given = request.headers.get("x-csrf-token") or form.get("csrf") or ""
            if not isinstance(given, str) or not keys.is_csrf(given):
                return refuse(request, 403, "csrf")
            return await run_in_threadpool(_answered, function, request, form)

    return endpoint


def _answered(function: Posted, request: Request, form: FormData) -> Response:
    try:
        return function(request, form)
    except UsageError as error:
        return refuse(request, 422, str(error))


def got(function: Callable[[Request], Response]) -> Callable[[Request], Any]:
    """Return the endpoint of a page, called outside the event loop."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(function, request)

    return endpoint


def on_page_error(request: Request, error: Exception) -> Response:
    """Answer a refusal of ours."""
    assert isinstance(error, PageError)
    return refuse(request, error.status, error.key, **error.values)


def on_known_error(request: Request, error: Exception) -> Response:
    """Answer what the store or a writer says in one sentence."""
    assert isinstance(error, ClausescanError)
    return refuse(request, 500, str(error))


def on_other_error(request: Request, error: Exception) -> Response:
    """Answer a failure of ours: the sentence to the browser, the rest to the log."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return refuse(request, 500, "unexpected")
