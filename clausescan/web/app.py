"""The application: addresses, and what stands around them."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from clausescan.bulk.limits import Limits
from clausescan.errors import ClausescanError
from clausescan.settings import DEFAULT, Settings
from clausescan.web import document, intake, listing, shared, versions
from clausescan.web.analysis import Analysis
from clausescan.web.desk import Desk
from clausescan.web.guard import Guard, Keys, set_token
from clausescan.web.site import PageError, Site, got, on_known_error, on_other_error, on_page_error, page, posted, refuse, site_of

_WRONG_SECONDS = 1.0  # whoever guesses waits
_STATIC = Path(__file__).parent / "static"
for _suffix, _kind in ((".mjs", "text/javascript"), (".js", "text/javascript"), (".wasm", "application/wasm")):
    mimetypes.add_type(_kind, _suffix)  # the tables of some systems say otherwise, and browsers refuse modules of another type


class _Static(StaticFiles):
    """Files of ours: a browser keeps them and asks whether they are still the same.

    No version in the addresses: modules import each other by name, and one of two names is run twice.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(
    path: Path, *, settings: Settings = DEFAULT, limits: Limits | None = None, jobs: int = 2, token: str | None = None,
    names: tuple[str, ...] = (), runs: tuple[Path, ...] = (), uploads: intake.Limits | None = None,
) -> Starlette:  # fmt: skip
    """Return the application over the database at `path`, which is made when it is not there.

    `token`: what a browser must show first. `names`: further host names under which it may be reached. `runs`: databases of bulk runs
    that may be opened beside those with a name. Raises StoreError when the database cannot be opened, or is being scanned into.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = Desk(path)
    lock.lock()
    lock.prepare()
    taken = uploads or intake.Limits()
    keys = Keys(secret=lock.secret(), token=token)
    analysis = Analysis(path, settings=settings, limits=limits or Limits(), jobs=jobs)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        analysis.start()
        yield
        analysis.stop()
        lock.close()

    app = Starlette(
        routes=_routes(taken.files), lifespan=lifespan,
        middleware=[Middleware(Guard, keys=keys, names=names, most=taken.request, refuse=refuse)],
        exception_handlers={
            PageError: on_page_error, ClausescanError: on_known_error, 404: _no_page, 405: _no_method, Exception: on_other_error,
        },
    )  # fmt: skip
    app.state.site = Site(path=path, analysis=analysis, keys=keys, limits=taken, runs=runs)
    return app


def _routes(files: int) -> list[Route | Mount]:
    one = "/documents/{document:int}"
    return [
        Route("/", got(listing.documents)),
        Route("/status", got(listing.status)),
        Route("/documents", posted(listing.upload, files=files), methods=["POST"]),
        Route("/documents/text", posted(listing.paste), methods=["POST"]),
        Route("/runs", got(listing.runs), methods=["GET"]),
        Route("/runs", posted(listing.open_run), methods=["POST"]),
        Route("/language", posted(listing.set_language), methods=["POST"]),
        Route("/reviewer", posted(listing.set_reviewer), methods=["POST"]),
        Route(one, got(document.document)),
        Route(f"{one}/file", got(document.file)),
        Route(f"{one}/original", got(document.original)),
        Route(f"{one}/boxes", got(document.boxes)),
        Route(f"{one}/state", got(document.state)),
        Route(f"{one}/panel", got(document.panel)),
        Route(f"{one}/export/{{kind}}", got(document.exported)),
        Route(f"{one}/decisions", posted(document.make_decision), methods=["POST"]),
        Route(f"{one}/again", posted(document.read_again), methods=["POST"]),
        Route(f"{one}/remove", posted(document.remove), methods=["POST"]),
        Route(f"{one}/compare", got(versions.compared)),
        Route("/clusters", got(shared.clusters), methods=["GET"]),
        Route("/clusters/decide", posted(shared.decide_all), methods=["POST"]),
        Route("/clusters/undo", posted(shared.take_back), methods=["POST"]),
        Route("/labels.jsonl", got(document.all_labels)),
        Route("/login", got(_login_page), methods=["GET"]),
        Route("/login", posted(_login), methods=["POST"]),
        Mount("/static", _Static(directory=_STATIC)),
    ]


def _login_page(request: Request) -> Response:
    return page(request, "login.html", wrong=False)


def _login(request: Request, form: FormData) -> Response:
    keys = site_of(request).keys
    if not keys.is_token(str(form.get("token") or "")):
        time.sleep(_WRONG_SECONDS)
        return page(request, "login.html", wrong=True, status=401)
    response = RedirectResponse("/", 303)
    set_token(response, keys)
    return response


def _no_page(request: Request, error: Exception) -> Response:
    return refuse(request, 404, "not_found")


def _no_method(request: Request, error: Exception) -> Response:
    return refuse(request, 405, "method")
