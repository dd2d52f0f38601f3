"""The worker of the desk: one of `clausescan.bulk.worker` that also keeps layouts and writes annotated copies.

    {"layout": {"path": "/a/b.pdf"}, "known": "<sha256>"}                    how a document is laid out, when it is still the same
    {"annotate": {"path": ...}, "known": "...", "kept": ["<id>"], ...}       the annotated copy as bytes
    {"warm": true}                                                          nothing: the pipeline is loaded
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from clausescan.bulk.frames import Message
from clausescan.bulk.worker import Answer, Handler, serve
from clausescan.codec import to_plain
from clausescan.errors import ReadError, UsageError
from clausescan.types import Report
from clausescan.web import layout


class DeskHandler(Handler):
    """Does the tasks of the desk."""

    def __call__(self, task: Mapping[str, Any]) -> Answer:
        """Return the answer to a task."""
        if "warm" in task:
            return {}, b""
        if "layout" in task:
            return {"layout": self._layout(self._same(task["layout"], task["known"]), task)}, b""
        if "annotate" in task:
            return self._annotate(task)
        return super().__call__(task)

    def beside(self, report: Report) -> Message:
        """Return the layout of a document that was just scanned."""
        from clausescan import api

        if not report.document.text and not report.document.pages:
            return {"layout": None}
        return {"layout": layout.plain(layout.layout_of(report.document, api.clauses_in(report.document)))}

    def _same(self, source: Mapping[str, Any], known: str) -> bytes | None:
        """Return the bytes of a document, None when they are gone or are others."""
        try:
            data, _ = self.bytes_of(source)
        except ReadError:
            return None
        return data if sha256(data).hexdigest() == known else None

    def _layout(self, data: bytes | None, task: Mapping[str, Any]) -> Any:
        from clausescan import api

        if data is None:
            return None
        try:
            document = api.read(data, name=task["name"], settings=self.settings)
        except ReadError:
            return None
        return layout.plain(layout.layout_of(document, api.clauses_in(document)))

    def _annotate(self, task: Mapping[str, Any]) -> Answer:
        """Return the annotated copy, with the findings that were kept only."""
        from clausescan import api
        from clausescan.annotate import annotate_file
        from clausescan.annotate.options import Options

        data = self._same(task["annotate"], task["known"])
        if data is None:
            return {"refused": "gone"}, b""
        report = api.scan(data, name=task["name"], settings=self.settings)
        kept = set(task["kept"])
        report = replace(report, findings=tuple(found for found in report.findings if found.id in kept))
        options = Options(
            language=task["language"], date=datetime.fromisoformat(task["date"]), suggest=bool(task.get("suggest")), settings=self.settings
        )
        try:
            annotated = annotate_file(data, report, options)
        except ReadError as error:
            return {"refused": "problem", "problem": to_plain(error.problem)}, b""
        except UsageError as error:
            return {"refused": "words", "words": str(error)}, b""
        return {"media_type": annotated.media_type, "problems": [to_plain(found) for found in annotated.problems]}, annotated.data


if __name__ == "__main__":
    serve(DeskHandler)
