"""Clauses that several documents share: one decision with its reason for all that have the same words, recorded for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from clausescan.cluster import Clusters, Occurrence
from clausescan.errors import UsageError
from clausescan.report.saying import name
from clausescan.types import GRADE_RANK, Language
from clausescan.web.desk import SETTLED, Desk, Shared
from clausescan.web.review import checked
from clausescan.web.site import PageError, back, language_of, page, reviewer_of, site_of

_MOST = 5_000  # findings that one page looks at: two seconds of work at most
_SHOWN, _MEMBERS = 50, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWording:
    """The same words in several documents: how many are open, how many were decided and how, and the batches that can be taken back."""

    rule: str
    text: str
    quote: str
    members: tuple[Shared, ...]
    documents: int
    open: int
    decisions: tuple[tuple[str, int], ...]
    batches: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedClause:
    """Wordings that are the same or nearly the same, that in most documents first."""

    id: str
    quote: str
    grade: str
    grade_name: str
    documents: int
    wordings: tuple[SharedWording, ...]


def clusters(request: Request) -> Response:
    """The clauses that several documents share."""
    with site_of(request).desk() as desk:
        every = desk.shared(_MOST)
        found = shared_clauses(every, language_of(request))
        done, undone = (request.query_params.get(key, "") for key in ("done", "undone"))
        return page(
            request, "clusters.html", desk, clauses=found[:_SHOWN], most=_MOST if len(every) == _MOST else 0, shown=_MEMBERS,
            done=done if done.isdigit() else "", undone=undone if undone.isdigit() else "",
        )  # fmt: skip


def shared_clauses(every: Sequence[Shared], language: Language) -> list[SharedClause]:
    """Return the clauses that stand in at least two documents, those in most documents first."""
    by_text: dict[str, list[Shared]] = {}
    with Clusters() as found:
        for one in every:
            by_text.setdefault(one.text, []).append(one)
            place: dict[str, Any] = {"number": one.number, "page": one.page, "line": one.line, "finding": one.finding, "grade": one.grade}
            found.add([Occurrence(document=str(one.work), text=one.quote, **place)])
        result = []
        for cluster in found.clusters(least=2):
            wordings = [_wording(by_text[wording.id]) for wording in cluster.wordings]
            grade = max((one.grade for wording in wordings for one in wording.members), key=lambda grade: GRADE_RANK.get(grade, 0))
            result.append(
                SharedClause(
                    id=cluster.id, quote=cluster.quote, grade=grade, grade_name=name("grade", grade, language),
                    documents=cluster.documents, wordings=tuple(wordings),
                )
            )  # fmt: skip
    return result


def _wording(members: Sequence[Shared]) -> SharedWording:
    works = {one.work: one for one in members}
    batches = Counter(one.batch for one in works.values() if one.batch is not None)
    return SharedWording(
        rule=members[0].rule, text=members[0].text, quote=members[0].quote, members=tuple(members), documents=len(works),
        open=sum(one.decision == "open" for one in works.values()),
        decisions=tuple(Counter(one.decision for one in works.values() if one.decision != "open").items()),
        batches=tuple(batches.items()),
    )  # fmt: skip


def decide_all(request: Request, form: FormData) -> Response:
    """Record a decision for every document that has these words and is open."""
    given = {key: str(form.get(key) or "") for key in ("rule", "text", "decision", "note")}
    with site_of(request).desk() as desk:
        reviewer = _reviewer(request, desk)
        note = checked(given["decision"], given["note"])
        if given["decision"] not in SETTLED:
            raise UsageError("decision_unknown")
        batch, count = desk.decide_all(given["rule"], given["text"], decision=given["decision"], note=note, reviewer=reviewer)
    return back(request, f"/clusters?done={count}#w-{given['text']}", documents=count, batch=batch)


def take_back(request: Request, form: FormData) -> Response:
    """Open again what was decided together."""
    batch = str(form.get("batch") or "")
    if not batch.isdigit() or len(batch) > 15:
        raise PageError(404, "not_found")
    with site_of(request).desk() as desk:
        count = desk.take_back(int(batch), reviewer=_reviewer(request, desk))
    return back(request, f"/clusters?undone={count}", documents=count)


def _reviewer(request: Request, desk: Desk) -> str:
    reviewer = reviewer_of(request, desk)
    if reviewer is None:
        raise PageError(422, "reviewer_needed")
    return reviewer
