"""The pages of the desk and what they send back."""

from __future__ import annotations

import io
import json
import re
import secrets
import tempfile
import zipfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from clausescan.compare.words import say
from clausescan.errors import ClausescanError, ReadError, UsageError
from clausescan.report.phrases import Phrases
from clausescan.report.wrap import safe
from clausescan.settings import Settings
from clausescan.store import Store, run_path, runs_folder
from clausescan.types import Finding, Language, Report
from clausescan.web import view
from clausescan.web.guard import LANGUAGE_COOKIE, REVIEWER_COOKIE, Guard
from clausescan.web.jobs import Jobs
from clausescan.web.store import VERDICTS, ConflictError, Decision, DeskStore, Listed
from clausescan.web.words import words
from clausescan.web.worker import digest

_PDF, _WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAME, _NOTE, _REVIEWER = 200, 4_000, 80  # characters that are taken of what is typed
_FILES, _GROUPS = 500, 200  # files in one upload, shared clauses on one page


Handler = Callable[[Request], Awaitable[Response]]


class Desk:
    """What the pages share."""

    def __init__(self, store: DeskStore, jobs: Jobs, guard: Guard, settings: Settings) -> None:
        self.store, self.jobs, self.guard, self.settings = store, jobs, guard, settings
        self._pages = Environment(loader=PackageLoader("clausescan.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page in the language of the browser."""
        language = language_of(request)
        told = words(language)
        html = self._pages.get_template(template).render(
            words=told, language=language, guard=request.state.guard, messages=json.dumps(told, ensure_ascii=False), path=request.url.path,
            has_token=self.guard.has_token, **values,
        )  # fmt: skip
        return HTMLResponse(html, status)


def language_of(request: Request) -> Language:
    """Return the language that was chosen, else the first of the browser that the desk speaks, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("zh", "en"):
        return cast(Language, chosen)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in ("zh", "en"):
            return cast(Language, tag)
    return "en"


def _desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


async def _form(request: Request) -> Any:
    """Return the form of a request that changes something. Raises HTTPException when no page of the desk sent it, or too much."""
    desk = _desk(request)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > desk.settings.max_bytes * 4:
        raise HTTPException(413, words(language_of(request))["too_large"].format(limit=desk.settings.max_bytes // 1_000_000))
    form = await request.form(max_files=_FILES, max_fields=50, max_part_size=desk.settings.max_bytes)
    if not desk.guard.is_ours(request, form):
        raise HTTPException(403, words(language_of(request))["refused"])
    return form


def posted(handler: Handler) -> Handler:
    """Return a handler that closes the files of its request, whatever happens."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        finally:
            await request.close()

    return answer


# ---- the list ----


async def documents(request: Request) -> Response:
    """The list of the documents, with what brings new ones."""
    search = request.query_params.get("q", "")[:_NAME]
    chosen = request.query_params.get("show", "all")
    listed = await run_in_threadpool(_desk(request).store.documents, language_of(request), search)
    kept = [it for it in listed if _fits(it, chosen)]
    runs = sorted(path.stem for path in runs_folder().glob("*.db")) + sorted(request.app.state.runs)
    return _desk(request).page(request, "documents.html", documents=kept, total=len(listed), search=search, show=chosen, runs=runs)


def _fits(it: Listed, chosen: str) -> bool:
    fits = {"undecided": it.decided < it.findings, "with_findings": it.findings > 0, "unread": it.state == "failed" or it.inconclusive}
    return fits.get(chosen, True)


async def state(request: Request) -> Response:
    """What the list shows of each document, for the page that watches the progress."""
    told = words(language_of(request))
    listed = await run_in_threadpool(_desk(request).store.documents, language_of(request), "")
    return JSONResponse(
        {it.id: {"state": it.state, "words": told[it.state], "findings": it.findings, "decided": it.decided} for it in listed}
    )


async def upload(request: Request) -> Response:
    """Take files: each is kept by its hash and waits to be read. What is in an archive is taken out of it first."""
    desk, form = _desk(request), await _form(request)
    files = [item for item in form.getlist("files") if isinstance(item, UploadFile) and (item.filename or item.size)]
    if not files:
        raise HTTPException(400, words(language_of(request))["nothing_sent"])
    numbers: list[int] = []
    for item in files:
        data = await item.read()
        if len(data) > desk.settings.max_bytes:
            raise HTTPException(413, words(language_of(request))["too_large"].format(limit=desk.settings.max_bytes // 1_000_000))
        numbers += await run_in_threadpool(_take, desk, file_name(item.filename or ""), data)
    desk.jobs.wake()
    return _after(request, numbers)


def _take(desk: Desk, name: str, data: bytes) -> list[int]:
    if not _may_be_archive(data):
        return [desk.store.add(name, data, digest(data))]
    with tempfile.TemporaryDirectory(dir=desk.store.folder) as folder:
        path = Path(folder) / "archive"
        path.write_bytes(data)
        unpacked = desk.jobs.export({"unpack": str(path), "folder": str(Path(folder) / "members")}, len(data)).message["members"]
        if unpacked is None:
            return [desk.store.add(name, data, digest(data))]
        numbers = []
        for member in unpacked:
            label = f"{name}!{safe(member['name'])}" if member["name"] else name
            if member.get("file"):
                inside = Path(member["file"]).read_bytes()
                numbers.append(desk.store.add(label, inside, digest(inside)))
            elif member.get("problem"):
                numbers.append(desk.store.add_failed(label, (member["problem"]["message"], member["problem"]["message_zh"])))
        return numbers


def _may_be_archive(data: bytes) -> bool:
    """Return True for a ZIP that is no office document: those are ZIP files too."""
    if not data.startswith(b"PK"):
        return False
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return not names & {"[Content_Types].xml", "mimetype", "META-INF/container.xml"}


def file_name(name: str) -> str:
    """Return the last part of a name that a browser sent, shown and never used as a path."""
    last = re.split(r"[/\\]", name)[-1]
    return safe(last).replace("\n", " ").strip()[:_NAME] or "document"


async def paste(request: Request) -> Response:
    """Take a text that was pasted."""
    desk, form = _desk(request), await _form(request)
    text = str(form.get("text") or "")
    if not text.strip():
        raise HTTPException(400, words(language_of(request))["nothing_sent"])
    name = file_name(str(form.get("name") or "")).removesuffix(".txt") + ".txt"
    data = text.replace("\r\n", "\n").encode("utf-8", "replace")
    number = await run_in_threadpool(desk.store.add, name, data, digest(data))
    desk.jobs.wake()
    return _after(request, [number])


async def open_run(request: Request) -> Response:
    """Put the documents of a bulk run on the desk; only runs that the desk itself listed can be named."""
    desk, form = _desk(request), await _form(request)
    name = str(form.get("run") or "")
    known = {path.stem: path for path in runs_folder().glob("*.db")} | {given: run_path(given) for given in request.app.state.runs}
    if name not in known:
        raise HTTPException(400, words(language_of(request))["gone"])
    numbers = await run_in_threadpool(_read_run, desk, known[name])
    return _after(request, numbers)


def _read_run(desk: Desk, path: Path) -> list[int]:
    with Store(path, create=False) as store:
        return [desk.store.add_report(report) for report in store.reports(store.last_run())]


def _after(request: Request, numbers: list[int]) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"documents": numbers})
    return RedirectResponse(f"/documents/{numbers[0]}" if len(numbers) == 1 else "/", 303)


async def remove(request: Request) -> Response:
    """Take a document off the desk."""
    await _form(request)
    await run_in_threadpool(_desk(request).store.remove, _number(request))
    return RedirectResponse("/", 303)


# ---- a document ----


def _number(request: Request) -> int:
    return int(request.path_params["number"])


def _loaded(request: Request) -> tuple[Report, dict[str, Any], bool]:
    found = _desk(request).store.report(_number(request))
    if found is None:
        raise HTTPException(404, words(language_of(request))["gone"])
    return found


async def document(request: Request) -> Response:
    """One document: as it looks on the left, its findings on the right."""
    desk, number = _desk(request), _number(request)
    if await run_in_threadpool(desk.store.report, number) is None:
        known = await run_in_threadpool(desk.store.name_of, number)
        if known is None:
            raise HTTPException(404, words(language_of(request))["gone"])
        listed = next(it for it in desk.store.documents(language_of(request)) if it.id == number)
        return desk.page(request, "waiting.html", document=listed)
    return await run_in_threadpool(_document, request)


def _document(request: Request) -> Response:
    desk, number, language = _desk(request), _number(request), language_of(request)
    report, layout, kept = _loaded(request)
    cards = view.Cards(report, language, words(language))
    ids = [finding.id for finding in report.findings]
    decisions = desk.store.decisions(ids)
    histories = {id_: desk.store.history(id_) for id_ in ids if id_ in decisions}
    name = (desk.store.name_of(number) or (report.document.name,))[0]
    is_pdf = kept and report.document.media_type == _PDF and bool(layout.get("pages"))
    return desk.page(
        request, "document.html", number=number, name=name, report=report, conclusion=Phrases(language).conclusion(report),
        cards=cards.findings(decisions, histories, desk.store.decided_in(name)), near=cards.near_misses(), related=cards.related(),
        blocks=[] if is_pdf else view.blocks(report, layout), pages=layout.get("pages", []) if is_pdf else [], is_pdf=is_pdf,
        outline=view.outline(report, layout), verdicts=VERDICTS, decided=len(decisions), kept=kept,
        problems=[it.message_zh if language == "zh" else it.message for it in report.problems], earlier=desk.store.earlier(number, name),
        reviewer=_reviewer(request),
    )  # fmt: skip


def _reviewer(request: Request) -> str:
    return unquote(request.cookies.get(REVIEWER_COOKIE, ""))[:_REVIEWER]


async def original(request: Request) -> Response:
    """The bytes of a PDF for the page that draws it."""
    desk = _desk(request)
    report, _, kept = await run_in_threadpool(_loaded, request)
    if not kept or report.document.media_type != _PDF:
        raise HTTPException(404, words(language_of(request))["gone"])
    data = await run_in_threadpool(desk.store.original(report.document.sha256).read_bytes)
    headers = {"content-disposition": "attachment; filename=original.pdf", "cache-control": "private, max-age=3600"}
    return Response(data, media_type=_PDF, headers=headers)


async def decide(request: Request) -> Response:
    """Write a decision; 409 with the other one when somebody was faster."""
    desk, form = _desk(request), await _form(request)
    given = {key: str(form.get(key) or "") for key in ("finding", "seen", "verdict", "note", "reviewer")}
    make = partial(
        desk.store.decide, _number(request), given["finding"], int(given["seen"]) if given["seen"].isdigit() else 0, given["verdict"],
        given["note"][:_NOTE], given["reviewer"][:_REVIEWER],
    )  # fmt: skip
    try:
        made = await run_in_threadpool(make)
    except ConflictError as conflict:
        return JSONResponse({"current": _plain(conflict.current, language_of(request))}, 409)
    except UsageError as error:
        return JSONResponse({"error": str(error)}, 422)
    report = (await run_in_threadpool(_loaded, request))[0]
    decided = await run_in_threadpool(desk.store.decisions, [finding.id for finding in report.findings])
    answer = JSONResponse({"decision": _plain(made, language_of(request)), "decided": len(decided), "findings": len(report.findings)})
    answer.set_cookie(REVIEWER_COOKIE, quote(given["reviewer"][:_REVIEWER]), samesite="strict", max_age=31_536_000)
    return answer


def _plain(decision: Decision, language: Language) -> dict[str, Any]:
    return asdict(decision) | {"name": words(language)[f"was_{decision.verdict}"]}


async def compare(request: Request) -> Response:
    """This version beside the one before, clause by clause, with the decisions."""
    return await run_in_threadpool(_compare, request)


def _compare(request: Request) -> Response:
    desk, number = _desk(request), _number(request)
    report, _, kept = _loaded(request)
    name = (desk.store.name_of(number) or (report.document.name,))[0]
    before = desk.store.earlier(number, name)
    earlier = desk.store.report(before) if before is not None else None
    if earlier is None or not kept or not earlier[2]:
        raise HTTPException(404, words(language_of(request))["no_original"])
    sides = [{"path": str(desk.store.original(it.document.sha256)), "name": name} for it in (earlier[0], report)]
    done = desk.jobs.export({"compare": sides}, sum(Path(side["path"]).stat().st_size for side in sides))
    language = language_of(request)
    cards = view.Cards(report, language, words(language))
    found = [finding.id for finding in report.findings]
    shown = cards.findings(desk.store.decisions(found), {}, desk.store.decided_in(name))
    by_clause: dict[str, list[Any]] = {}
    for finding, card in zip(report.findings, shown, strict=True):
        by_clause.setdefault(finding.clause.id, []).append(card)
    rows = [row | {"cards": [card for id_ in row["ids"] for card in by_clause.get(id_, ())]} for row in json.loads(done.body)]
    return desk.page(request, "compare.html", number=number, before=before, name=name, rows=rows, say=partial(say, language=language))


# ---- exports ----


async def export(request: Request) -> Response:
    """The annotated original, the memo, XLSX, JSON or labelled clauses; what was dismissed is left out."""
    return await run_in_threadpool(_export, request)


def _export(request: Request) -> Response:
    desk, kind = _desk(request), request.path_params["kind"]
    report, _, kept = _loaded(request)
    decisions = desk.store.decisions([finding.id for finding in report.findings])
    away = {id_ for id_, it in decisions.items() if it.verdict in ("dismissed", "not_applicable")}
    shown = [finding for finding in report.findings if finding.id not in away]
    name = (desk.store.name_of(_number(request)) or (report.document.name,))[0]
    if kind == "labels":
        lines = (json.dumps(row, ensure_ascii=False) for row in labels(report, decisions))
        return _download("".join(f"{line}\n" for line in lines).encode(), "application/x-ndjson", name, ".labels.jsonl")
    if kind in ("xlsx", "json"):
        return _written(report, shown, decisions, name, kind)
    if kind not in ("annotated", "memo"):
        raise HTTPException(404, words(language_of(request))["gone"])
    if not kept:
        raise HTTPException(409, words(language_of(request))["no_original"])
    original = desk.store.original(report.document.sha256)
    task = {
        "export": kind, "look": {"path": str(original), "name": name}, "kept": [it.id for it in shown],
        "language": language_of(request), "date": datetime.now(UTC).isoformat(), "status": status_of(decisions, language_of(request)),
    }  # fmt: skip
    done = desk.jobs.export(task, original.stat().st_size)
    media = done.message.get("media_type", _WORD)
    ending = ".memo.docx" if kind == "memo" else ".reviewed.pdf" if media == _PDF else ".reviewed.docx"
    return _download(done.body, media, name, ending)


def status_of(decisions: Mapping[str, Decision], language: Language) -> dict[str, str]:
    """Return what the memo says of each finding about which somebody has decided: verdict, reviewer, note."""
    told = words(language)
    return {
        id_: "\n".join(filter(None, (told[f"was_{it.verdict}"], it.reviewer, it.note))) for id_, it in decisions.items()
    }


def _written(report: Report, shown: list[Finding], decisions: dict[str, Decision], name: str, kind: str) -> Response:
    from clausescan.report.fanout import Fanout
    from clausescan.report.options import Options

    kept = replace(report, findings=tuple(shown))
    if kind == "json":
        record = kept.to_dict() | {"decisions": [asdict(it) for it in decisions.values()]}
        return _download((json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode(), "application/json", name, ".json")
    out = io.BytesIO()
    with Fanout([("xlsx", out, Options(language=report.document.language))]) as fanout:
        fanout.add(kept)
    return _download(out.getvalue(), _XLSX, name, ".xlsx")


def labels(report: Report, decisions: dict[str, Decision]) -> Iterable[dict[str, Any]]:
    """Yield the confirmed and the dismissed findings as labelled clauses, in the form that `clausescan train --data` reads."""
    for finding in report.findings:
        decision = decisions.get(finding.id)
        if decision is None or decision.verdict not in ("confirmed", "dismissed"):
            continue
        confirmed = decision.verdict == "confirmed"
        yield {
            "id": finding.id, "lang": report.document.language or "en", "text": finding.quote, "context": [], "context_after": [],
            "grade": finding.grade if confirmed else "none", "subject": finding.subject, "face_context": finding.face_context,
            "attributes": [it.name for it in finding.attributes] if confirmed else [],
            "attribute_strength": {it.name: it.strength for it in finding.attributes} if confirmed else {},
            "negated": False, "direction": finding.direction, "counterparty": finding.counterparty,
            "right": finding.right, "gate": None, "related": list(finding.related),
            "evidence": {it.name: [found.text for found in it.evidence] for it in finding.attributes} if confirmed else {},
            "why": decision.note, "reviewer": decision.reviewer,
        }  # fmt: skip


def _download(data: bytes, media: str, name: str, ending: str) -> Response:
    """Return a file to keep, under a name that is a name on every system."""
    stem = re.sub(r"[^\w.-]+", "-", re.sub(r"\.[A-Za-z]{2,5}$", "", name.split("!")[-1])).strip("-.") or "document"
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.") or "document"
    disposition = f"attachment; filename=\"{plain}{ending}\"; filename*=UTF-8''{quote(stem + ending)}"
    return Response(data, media_type=media, headers={"content-disposition": disposition})


# ---- shared clauses, language, token ----


async def groups(request: Request) -> Response:
    """The clauses that several documents share, each with one decision."""
    desk = _desk(request)
    found = await run_in_threadpool(desk.store.groups)
    decisions = await run_in_threadpool(desk.store.decisions, [row[0] for row in found])
    rows = [
        {
            "id": id_, "grade": grade, "quote": safe(text), "count": count, "documents": desk.store.documents_of(id_),
            "decision": decisions.get(id_),
        }
        for id_, grade, text, count in found[:_GROUPS]
    ]
    return desk.page(request, "groups.html", groups=rows, verdicts=VERDICTS, reviewer=_reviewer(request))


async def choose_language(request: Request) -> Response:
    """Change the language of the pages."""
    form = await _form(request)
    back = str(form.get("back") or "/")
    answer = RedirectResponse(back if re.fullmatch(r"/[\w/]*", back) else "/", 303)
    answer.set_cookie(LANGUAGE_COOKIE, "en" if language_of(request) == "zh" else "zh", samesite="strict", max_age=31_536_000)
    return answer


async def enter(request: Request) -> Response:
    """Ask for the token, once for each browser."""
    desk = _desk(request)
    if request.method == "GET":
        return desk.page(request, "enter.html", wrong=False)
    form = await _form(request)
    answer = RedirectResponse("/", 303)
    return answer if desk.guard.enter(str(form.get("token") or ""), answer) else desk.page(request, "enter.html", 403, wrong=True)


async def _failed(request: Request, error: Exception) -> Response:
    """One sentence for what cannot be done; a page for people, JSON for scripts."""
    status = error.status_code if isinstance(error, HTTPException) else 422 if isinstance(error, (UsageError, ReadError)) else 500
    known = isinstance(error, (HTTPException, ClausescanError))
    sentence = str(error.detail) if isinstance(error, HTTPException) else str(error) if known else f"{type(error).__name__}"
    if status == 404 and sentence == "Not Found":
        sentence = words(language_of(request))["gone"]
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": sentence}, status)
    if not hasattr(request.state, "guard"):
        request.state.guard = ""
    return _desk(request).page(request, "failed.html", status, sentence=sentence)


def application(store: DeskStore, jobs: Jobs, guard: Guard, *, settings: Settings, runs: tuple[str, ...] = ()) -> Starlette:
    """Return the application. It starts the workers with itself and ends them."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        jobs.start()
        yield
        jobs.close()
        store.close()

    number = "/documents/{number:int}"
    app = Starlette(
        routes=[
            Route("/", documents),
            Route("/state", state),
            Route("/documents", posted(upload), methods=["POST"]),
            Route("/paste", posted(paste), methods=["POST"]),
            Route("/runs", posted(open_run), methods=["POST"]),
            Route(number, document),
            Route(f"{number}/original", original),
            Route(f"{number}/decide", posted(decide), methods=["POST"]),
            Route(f"{number}/remove", posted(remove), methods=["POST"]),
            Route(f"{number}/export/{{kind}}", export),
            Route(f"{number}/compare", compare),
            Route("/shared", groups),
            Route("/language", posted(choose_language), methods=["POST"]),
            Route("/enter", posted(enter), methods=["GET", "POST"]),
            Mount("/static", StaticFiles(packages=[("clausescan.web", "static")])),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)],
        exception_handlers={HTTPException: _failed, ClausescanError: _failed, 500: _failed},
        lifespan=lifespan,
    )
    app.state.desk = Desk(store, jobs, guard, settings)
    app.state.runs = runs
    return app


def new_token() -> str:
    """Return a token for a desk that others can reach."""
    return secrets.token_urlsafe(18)
