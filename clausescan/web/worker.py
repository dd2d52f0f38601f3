"""The worker of the desk: reads a document and makes what is exported of it, in a process that may be killed at any time.

    {"look": {"path": "<original>", "name": "a.pdf"}}                        report as bytes, layout of the text
    {"export": "annotated", "look": {...}, "kept": [ids], "language": "zh"}   the annotated original or the memo as bytes
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from clausescan import codec
from clausescan.bulk.frames import Message
from clausescan.bulk.worker import Answer, Handler, serve
from clausescan.compare.result import ClauseChange
from clausescan.errors import ReadError
from clausescan.types import Clause, Document, Report


class DeskHandler(Handler):
    """Does the tasks of the desk."""

    def __call__(self, task: Mapping[str, Any]) -> Answer:
        """Return the answer to a task."""
        if "unpack" in task:
            return super().__call__(task)
        if "compare" in task:
            return self._compare(*task["compare"])
        look = task["look"]
        document, report = self._look(Path(look["path"]), look["name"])
        if "export" in task:
            return self._export(task, Path(look["path"]), report)
        return {"layout": layout(document) if document is not None else {}}, codec.dumps(report)

    def _look(self, path: Path, name: str) -> tuple[Document | None, Report]:
        from clausescan import api

        data = path.read_bytes()
        try:
            document = api.read(data, name=name, settings=self.settings)
        except ReadError as error:
            return None, api.unread(name, error.problem, data)
        return document, api.scan_document(document, settings=self.settings)

    def _compare(self, old: Mapping[str, str], new: Mapping[str, str]) -> Answer:
        """Return two versions clause by clause: kind, ids of the clauses, and the parts of both texts, in the order of the new one."""
        from clausescan import api
        from clausescan.compare.result import compare_clauses

        sides = [self._look(Path(side["path"]), side["name"])[0] for side in (old, new)]
        read = [(document, api.clauses_in(document)) for document in sides if document is not None]
        changes = compare_clauses(*read) if len(read) == 2 else ()
        return {}, json.dumps([_change(change) for change in changes]).encode("ascii")

    def _export(self, task: Mapping[str, Any], path: Path, report: Report) -> Answer:
        kept = frozenset(task["kept"])
        report = replace(report, findings=tuple(found for found in report.findings if found.id in kept))
        made = datetime.fromisoformat(task["date"])
        if task["export"] == "memo":
            from clausescan.memo import content, docx

            return {}, docx.write(content.memo(report, task["language"], made, task["status"]), made)
        from clausescan.annotate import annotate_file
        from clausescan.annotate.options import Options

        done = annotate_file(path.read_bytes(), report, Options(language=task["language"], date=made, settings=self.settings))
        return {"media_type": done.media_type}, done.data


def layout(document: Document) -> Message:
    """Return how a document is built, as plain values: blocks, pages, clauses."""
    from clausescan import api

    blocks = [[it.kind, it.start, it.end, it.level, it.origin, [list(cell) for cell in it.cells]] for it in document.blocks]
    pages = [[it.number, it.width, it.height, it.rotation] for it in document.pages]
    clauses = [_clause(it) for it in api.clauses_in(document) if it.number or it.kind == "heading"]
    return {"blocks": blocks, "pages": pages, "clauses": clauses}


def _clause(clause: Clause) -> list[Any]:
    return [clause.number, clause.kind, clause.level, clause.start, clause.end]


def _change(change: ClauseChange) -> Message:
    from clausescan.compare.text import changed_parts

    if change.kind in ("changed", "split", "merged"):
        parts = list(changed_parts(change))
        old, new = ([[part.op, part.text] for part in parts if part.op != other] for other in ("new", "gone"))
    else:
        both = bool(change.old and change.new)
        old, new = ([["same" if both else op, it.text] for it in side] for op, side in (("gone", change.old), ("new", change.new)))
    return {
        "kind": change.kind, "moved": change.moved, "number": (change.new or change.old)[0].number, "old": old, "new": new,
        "ids": [it.id for it in change.new],
    }  # fmt: skip


def digest(data: bytes) -> str:
    """Return the hash by which an original is kept."""
    return sha256(data).hexdigest()


if __name__ == "__main__":
    serve(DeskHandler)
