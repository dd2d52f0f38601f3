"""The list of documents: what is on the desk, uploads, bulk runs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from clausescan.errors import StoreError
from clausescan.store import Store, runs_folder
from clausescan.web import intake
from clausescan.web.desk import PAGE, Item
from clausescan.web.review import reviewer_name
from clausescan.web.site import (
    LANGUAGE_COOKIE,
    REVIEWER_COOKIE,
    PageError,
    back,
    language_of,
    own_address,
    page,
    set_cookie,
    site_of,
)
from clausescan.web.words import say

_FILTERS = ("", "waiting", "open", "finished", "candidate", "nothing", "inconclusive")
_ORDERS = ("newest", "open", "name")
_MOST_ASKED = 200


def documents(request: Request) -> Response:
    """The list of documents, with search, filter and order."""
    site = site_of(request)
    asked = {key: request.query_params.get(key, "") for key in ("search", "state", "order")}
    number = _positive(request.query_params.get("page", "1"))
    state = asked["state"] if asked["state"] in _FILTERS else ""
    order = asked["order"] if asked["order"] in _ORDERS else "newest"
    with site.desk() as desk:
        reading = site.analysis.reading()
        items, total = desk.items(search=asked["search"], state=state, order=order, page=number, reading=reading)
        return page(
            request, "documents.html", desk, items=items, total=total, counts=desk.counts(), waiting=desk.count_waiting(),
            search=asked["search"], state=state, order=order, page=number, pages=max(1, -(-total // PAGE)), filters=_FILTERS,
            orders=_ORDERS, taken=_positive(request.query_params.get("taken", "0"), least=0),
        )  # fmt: skip


def _positive(given: str, least: int = 1) -> int:
    return max(int(given), least) if given.isascii() and given.isdigit() and len(given) < 9 else least


def status(request: Request) -> Response:
    """The states of the documents that a list shows (`?ids=1,2,3`), and how many wait."""
    site = site_of(request)
    asked = [int(part) for part in request.query_params.get("ids", "").split(",") if part.isdigit() and len(part) < 16][:_MOST_ASKED]
    with site.desk() as desk:
        items = desk.some(asked, site.analysis.reading()) if asked else []
        waiting = desk.count_waiting()
        language = language_of(request)
        return JSONResponse({
            "documents": [_row(item, language == "zh") for item in items], "waiting": waiting, "counts": desk.counts(),
            "queue": say(language, "queue", count=waiting), "failed": site.analysis.failed,
        })  # fmt: skip


def _row(item: Item, zh: bool) -> dict[str, Any]:
    decided = say("zh" if zh else "en", "decided_of", settled=item.settled, findings=item.findings) if item.findings else ""
    return {
        "id": item.id, "state": item.state, "words": say("zh" if zh else "en", item.state), "findings": item.findings,
        "settled": item.settled, "decided": decided, "grade": item.grade, "language": item.language or "",
    }  # fmt: skip


def upload(request: Request, form: FormData) -> Response:
    """Take files in, and say of each whether it is new."""
    site = site_of(request)
    files = [item for item in form.getlist("files") if isinstance(item, UploadFile) and (item.filename or item.size)]
    if not files:
        raise PageError(422, "nothing_sent")
    work = str(form.get("work") or "")
    apart = bool(form.get("apart"))
    taken: list[dict[str, Any]] = []
    with site.desk() as desk:
        for item in files:
            lineage = int(work) if work.isdigit() else None
            number, new = intake.put(desk, item.filename or "", item.file, site.limits, work=lineage, apart=apart)
            taken.append({"id": number, "name": intake.label(item.filename or ""), "new": new})
    site.analysis.wake()
    address = f"/documents/{taken[0]['id']}" if work.isdigit() else f"/?taken={len(taken)}"
    return back(request, address, documents=taken, address=address)


def paste(request: Request, form: FormData) -> Response:
    """Take a text in that was pasted."""
    site = site_of(request)
    text = str(form.get("text") or "")
    if not text.strip():
        raise PageError(422, "empty_text")
    name = intake.label(str(form.get("name") or "").strip() or say(language_of(request), "pasted")) + ".txt"
    data = text.replace("\r\n", "\n").encode("utf-8", "replace")
    with site.desk() as desk:
        number, _ = intake.put(desk, name, io.BytesIO(data), site.limits)
    site.analysis.wake()
    return back(request, f"/documents/{number}", address=f"/documents/{number}")


# ---- bulk runs ----


def runs(request: Request) -> Response:
    """The runs that can be opened."""
    site = site_of(request)
    listed = []
    for number, path in enumerate(_runs(request)):
        try:
            with Store(path, create=False) as store:
                last = store.last_run()
                listed.append({"number": number, "name": path.stem, "when": last.started, "documents": store.summary(last).documents})
        except StoreError:
            continue  # what is no run is none to open
    with site.desk() as desk:
        taken = request.query_params.get("taken", "")
        return page(request, "runs.html", desk, runs=listed, taken=taken if taken.isdigit() else "")


def _runs(request: Request) -> list[Path]:
    """Return the databases that may be opened: those with a name and those of the command line, never a path from a form."""
    site = site_of(request)
    every = [*site.runs, *sorted(runs_folder().glob("*.db"))]
    return [path for path in dict.fromkeys(every) if path.resolve() != site.path.resolve()]


def open_run(request: Request, form: FormData) -> Response:
    """Copy a run onto the desk."""
    known = {path.stem: path for path in reversed(_runs(request))}
    path = known.get(str(form.get("run") or ""))
    if path is None:
        raise PageError(404, "not_found")
    with site_of(request).desk() as desk:
        count = desk.take_run(path)
    return back(request, f"/runs?taken={count}", documents=count)


# ---- who and in which language ----


def set_language(request: Request, form: FormData) -> Response:
    """Keep the language that was chosen."""
    response = back(request, own_address(form.get("here")))
    set_cookie(response, LANGUAGE_COOKIE, "zh" if form.get("language") == "zh" else "en")
    return response


def set_reviewer(request: Request, form: FormData) -> Response:
    """Keep who is at this browser."""
    name = reviewer_name(str(form.get("name") or ""))
    with site_of(request).desk() as desk:
        number = desk.reviewer(name)
    response = back(request, own_address(form.get("here")), name=name)
    set_cookie(response, REVIEWER_COOKIE, str(number))
    return response
