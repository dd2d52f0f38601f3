"""One document: the original, the findings, decisions, exports."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from clausescan.bulk.pool import Done
from clausescan.readers.sniffing import PDF
from clausescan.report.phrases import Phrases
from clausescan.types import Language, Report
from clausescan.web import export, layout, shown
from clausescan.web.desk import ConflictError, Desk, Held
from clausescan.web.intake import download_name
from clausescan.web.passages import passages
from clausescan.web.review import Review, decide, find, pointed
from clausescan.web.site import PageError, Site, back, fragment, language_of, page, refuse, reviewer_of, site_of, wants_json
from clausescan.web.words import say

_LAYOUT_SECONDS, _EXPORT_SECONDS = 8.0, 120.0
_BLOCK = 1 << 20
_LARGEST = 2**63 - 1  # what SQLite counts to
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _held(desk: Desk, request: Request) -> Held:
    number = int(request.path_params["document"])
    held = desk.held(number) if number <= _LARGEST else None
    if held is None:
        raise PageError(404, "not_found")
    return held


def _read(desk: Desk, held: Held) -> tuple[Report, Review]:
    report = desk.report(held.item.id)
    if report is None:
        raise PageError(409, "not_read")
    report = export.named(report, held.item.name)
    return report, Review(report, desk.history(held.item.work))


# ---- the page ----


def document(request: Request) -> Response:
    """The original beside its findings."""
    site, language = site_of(request), language_of(request)
    with site.desk() as desk:
        held = _held(desk, request)
        report = desk.report(held.item.id)
        if report is None:
            return page(request, "waiting.html", desk, held=held, item=held.item)
        report, review = _read(desk, held)
        laid = desk.layout(held.item.id) or _ask_layout(site, desk, held, report)
        findings, related, near = shown.cards(report, review, language)
        pages = held.item.media_type == PDF and _is_there(desk, held) and bool(laid and laid.pages)
        text_view = not pages or request.query_params.get("view") == "text"
        kept = laid or layout.from_text(report.document.text)
        return page(
            request, "document.html", desk, held=held, item=held.item, findings=findings, related=related, near=near,
            progress=review.progress(), outline=shown.outline(report, kept, [*findings, *related, *near]), layout=kept,
            passages=passages(report.document.text, kept, shown.marks(report)) if text_view else [], has_pages=pages,
            text_view=text_view, is_laid=laid is not None, has_original=_is_there(desk, held), report=report,
            conclusion=Phrases(language).conclusion(report), problems=_problems(report, language), numbers=_numbers(held),
        )  # fmt: skip


def _problems(report: Report, language: Language) -> list[tuple[str, str, str]]:
    return [(found.code, found.severity, found.message_zh if language == "zh" else found.message) for found in report.problems]


def _numbers(held: Held) -> dict[int, int]:
    """Return the number of each version by its document."""
    return {item.id: item.version for item in held.versions}


def _ask_layout(site: Site, desk: Desk, held: Held, report: Report) -> layout.Layout | None:
    """Have a worker find out how a document is laid out that was read by a scan, when its bytes are still the same."""
    path = desk.path_of(held.source)
    if path is None or not path.is_file() or not held.sha256 or not report.document.text:
        return None
    message = {"layout": {"path": str(path)}, "known": held.sha256, "name": Path(held.item.name).name}
    try:
        done = site.analysis.submit(message, size=path.stat().st_size).result(timeout=_LAYOUT_SECONDS)
    except FutureTimeoutError:
        return None
    values = done.message.get("layout")
    if not values:
        return None
    desk.keep_layout(held.item.id, held.sha256, values)
    return desk.layout(held.item.id)


def boxes(request: Request) -> Response:
    """Where findings and their evidence stand on the pages."""
    with site_of(request).desk() as desk:
        report, _ = _read(desk, _held(desk, request))
        return JSONResponse({"findings": shown.boxes(report)})


def state(request: Request) -> Response:
    """The number of the decision that holds for each finding: how a page learns what others decide."""
    with site_of(request).desk() as desk:
        held = _held(desk, request)
        if desk.report(held.item.id) is None:
            return JSONResponse({"read": False, "findings": {}})
        report, review = _read(desk, held)
        every = {found.id: review.of(found).seen for found in pointed(report)}
        return JSONResponse({"read": True, "findings": every, "newer": held.versions[-1].id != held.item.id})


def panel(request: Request) -> Response:
    """The decision about one finding, as a piece of the page."""
    with site_of(request).desk() as desk:
        held = _held(desk, request)
        report, review = _read(desk, held)
        found = find(report, request.query_params.get("finding", ""))
        if found is None:
            raise PageError(404, "not_found")
        return JSONResponse(_panel(request, held, review, found.id, review.of(found)))


def _panel(request: Request, held: Held, review: Review, finding: str, standing: Any) -> dict[str, Any]:
    progress = review.progress()
    html = fragment(request, "decision.html", item=held.item, finding=finding, standing=standing, numbers=_numbers(held))
    last = standing.last
    return {
        "finding": finding, "html": html, "decision": standing.decision, "seen": standing.seen, "settled": progress.settled,
        "findings": progress.findings, "unsure": progress.unsure, "finished": progress.finished, "reviewer": last.reviewer if last else "",
    }  # fmt: skip


# ---- what changes something ----


def make_decision(request: Request, form: FormData) -> Response:
    """Record a decision; 409 with what somebody else decided in the meantime."""
    given = {key: str(form.get(key) or "") for key in ("finding", "decision", "note", "seen")}
    with site_of(request).desk() as desk:
        held = _held(desk, request)
        report, review = _read(desk, held)
        found = find(report, given["finding"])
        if found is None:
            raise PageError(404, "not_found")
        reviewer = reviewer_of(request, desk)
        if reviewer is None:
            raise PageError(422, "reviewer_needed")
        seen = int(given["seen"]) if given["seen"].isdigit() and len(given["seen"]) < 16 else 0
        try:
            decide(desk, held, found, decision=given["decision"], note=given["note"], reviewer=reviewer, seen=seen)
        except ConflictError as error:
            return _conflict(request, desk, held, found.id, error)
        report, review = _read(desk, held)
        answer = _panel(request, held, review, found.id, review.of(found))
    return back(request, f"/documents/{held.item.id}#f-{quote(found.id)}", **answer)


def _conflict(request: Request, desk: Desk, held: Held, finding: str, error: ConflictError) -> Response:
    language, theirs = language_of(request), error.theirs
    words = say(language, "conflict_open")
    if theirs is not None:
        decision = say(language, "undecided" if theirs.decision == "open" else theirs.decision)
        words = say(language, "conflict", reviewer=theirs.reviewer, decision=decision)
    if not wants_json(request):
        return refuse(request, 409, words)
    report, review = _read(desk, held)
    found = find(report, finding)
    assert found is not None
    values = _panel(request, held, review, finding, review.of(found))
    plain = {"decision": theirs.decision, "note": theirs.note, "reviewer": theirs.reviewer, "decided": theirs.decided} if theirs else None
    return JSONResponse({"error": words, "code": "conflict", "theirs": plain, **values}, 409)


def read_again(request: Request, form: FormData) -> Response:
    """Put a document back into the queue."""
    site = site_of(request)
    with site.desk() as desk:
        held = _held(desk, request)
        desk.read_again(held.item.id)
    site.analysis.wake()
    return back(request, f"/documents/{held.item.id}")


def remove(request: Request, form: FormData) -> Response:
    """Take a document off the desk."""
    with site_of(request).desk() as desk:
        desk.remove(_held(desk, request).item.id)
    return back(request, "/")


# ---- files ----


def _path(desk: Desk, held: Held) -> Path:
    """Return where the original is. Raises PageError when it is gone or others stand in its place."""
    path = desk.path_of(held.source)
    if path is None or not path.is_file():
        raise PageError(404, "gone")
    if "file" not in held.source and _digest(path) != held.sha256:
        raise PageError(404, "gone")
    return path


def _is_there(desk: Desk, held: Held) -> bool:
    path = desk.path_of(held.source)
    return path is not None and path.is_file()


def _digest(path: Path) -> str:
    seen = sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            seen.update(block)
    return seen.hexdigest()


def file(request: Request) -> Response:
    """The bytes of a PDF for the page that draws it; nothing else is served as what it says it is."""
    with site_of(request).desk() as desk:
        held = _held(desk, request)
        if held.item.media_type != PDF:
            raise PageError(404, "not_found")
        return FileResponse(_path(desk, held), media_type=PDF, headers={"Content-Disposition": "inline"})


def original(request: Request) -> Response:
    """The original as a download."""
    with site_of(request).desk() as desk:
        held = _held(desk, request)
        return _attached(FileResponse(_path(desk, held), media_type="application/octet-stream"), download_name(held.item.name))


def _attached(response: Response, name: str) -> Response:
    """Return a response that a browser saves under a name that every system takes."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return response


# ---- exports ----

Export = Callable[[Report, Review, Language], bytes]
# kind: ending of the name, media type, writer
_EXPORTS: dict[str, tuple[str, str, Export]] = {
    "memo": (".memo.docx", _DOCX, lambda report, review, language: export.to_memo(report, review, language, _now())),
    "memo-html": (".memo.html", "text/html", lambda report, review, language: export.to_memo(report, review, language, _now(), html=True)),
    "xlsx": (".xlsx", _XLSX, export.to_xlsx),
    "json": (".json", "application/json", export.to_json),
    "clauses": (".jsonl", "application/jsonl", lambda report, review, _: export.to_jsonl(export.labels(report, review))),
}


def exported(request: Request) -> Response:
    """What leaves the desk: annotated original, memo, workbook, JSON, labelled clauses."""
    site, language, kind = site_of(request), language_of(request), request.path_params["kind"]
    with site.desk() as desk:
        held = _held(desk, request)
        report, review = _read(desk, held)
        if kind in ("annotated", "suggested"):
            return _annotated(site, desk, held, report, review, language, suggest=kind == "suggested")
        if kind not in _EXPORTS:
            raise PageError(404, "not_found")
        ending, media_type, write = _EXPORTS[kind]
        return _attached(Response(write(report, review, language), media_type=media_type), download_name(held.item.name, ending))


def _annotated(
    site: Site, desk: Desk, held: Held, report: Report, review: Review, language: Language, *, suggest: bool
) -> Response:
    """Have a worker write the annotated copy: it reads the file again, so limits hold."""
    path = _path(desk, held)
    message = {
        "annotate": {"path": str(path)}, "known": held.sha256, "name": Path(held.item.name).name, "language": language,
        "kept": [found.id for found in export.outgoing(report, review).findings], "date": _now().isoformat(), "suggest": suggest,
    }  # fmt: skip
    try:
        done: Done = site.analysis.submit(message, size=path.stat().st_size).result(timeout=_EXPORT_SECONDS)
    except FutureTimeoutError as error:
        raise PageError(503, "slow") from error
    refused = done.problem or done.message.get("problem")
    if done.message.get("refused") == "gone":
        raise PageError(404, "gone")
    if refused is not None or done.message.get("refused"):
        raise PageError(422, _words(refused, done, language))
    ending = ".annotated.pdf" if done.message["media_type"] == PDF else ".annotated.docx"
    return _attached(Response(done.body, media_type=done.message["media_type"]), download_name(held.item.name, ending))


def _words(refused: Any, done: Done, language: Language) -> str:
    if refused is None:
        return str(done.message.get("words") or "unexpected")
    if isinstance(refused, dict):
        return str(refused["message_zh" if language == "zh" else "message"])
    return str(refused.message_zh if language == "zh" else refused.message)


def all_labels(request: Request) -> Response:
    """The labelled clauses of every document."""
    with site_of(request).desk() as desk:
        rows: list[dict[str, Any]] = []
        for number in desk.decided_documents():
            held = desk.held(number)
            if held is not None:
                rows += export.labels(*_read(desk, held))
        once = {row["id"]: row for row in rows}
        return _attached(Response(export.to_jsonl(once.values()), media_type="application/jsonl"), "clauses.jsonl")


def _now() -> datetime:
    return datetime.now(UTC)
