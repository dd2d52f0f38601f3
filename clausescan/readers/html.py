"""HTML to readable text: every block of the page in order, numbers that browsers draw included, hidden text marked.

<ol><li>人脸 becomes "1. 人脸", a table row "a | b", <b>人</b>脸 stays one word. Anchors name the element: "p[12]",
"table[2]/row[3]". The bytes are decoded here and handed to the parser as UTF-8, because a parser that believes a wrong
<meta charset> cuts the text without an error.
"""

from __future__ import annotations

import html.parser
import re
from typing import Any, cast

from lxml import etree

from clausescan.errors import first_characters, problem, revision_view
from clausescan.readers.assemble import Draft, assemble
from clausescan.readers.decoding import decode
from clausescan.readers.html_page import Page
from clausescan.settings import Settings
from clausescan.types import Coverage, Document, Problem

MEDIA_TYPE = "text/html"
_META = re.compile(rb"<(?:meta\b[^>]*?charset|\?xml\b[^>]*?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 8_192
_FRAME = re.compile(r"<iframe\b[^>]{0,400}?\ssrcdoc\s{0,9}=", re.IGNORECASE)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_CLOSED_BY = {
    "li": ("li",), "p": ("p",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr",), "td": ("td", "th"), "th": ("td", "th"),
    "option": ("option",),
}  # fmt: skip
_BARRIERS = frozenset(("ul", "ol", "menu", "table", "td", "th", "dl", "select", "body", "html"))
_FATAL = 3
_LITTLE_TEXT, _MUCH_SCRIPT = 400, 2_000
_REPEATED_WITHIN = 12
_HIDDEN_MIN = 10  # characters: shorter hidden texts are icons and counters


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of an HTML page. Raises ReadError (R010) when the bytes are no text."""
    declared = _META.search(data[:_META_WITHIN])
    text, encoding, problems = decode(data, declared=declared.group(1).decode("ascii") if declared else None)
    page = _walk(text, settings)
    title = " ".join(page.title.split()) or None
    drafts = page.drafts
    hidden = page.hidden + sum(draft.origin == "hidden" and len(draft.text or "".join(draft.cells)) >= _HIDDEN_MIN for draft in drafts)
    problems += _problems(page, hidden, settings)
    if _FRAME.search(text):
        problems.append(problem("R053_attachment_unread", detail=("frames inside the page (srcdoc)", "网页内嵌框架（srcdoc）")))
    if title is None:
        title = next((draft.text for draft in drafts if draft.kind == "heading" and draft.level == 1), None)
    elif not _is_repeated(title, drafts):
        drafts.insert(0, Draft(kind="title", text=title, anchor="title"))
    coverage = Coverage(
        encoding=encoding,
        tables=page.tables,
        form_fields=page.fields,
        hidden_blocks=hidden,
        tracked_changes=page.changes,
        revisions=settings.revisions if page.changes else None,
    )
    return assemble(drafts, data=data, name=name, media_type=MEDIA_TYPE, title=title, problems=problems, coverage=coverage)


def _walk(text: str, settings: Settings) -> Page:
    """Walk the page with lxml, or with the slower parser of the standard library where libxml2 gives up."""
    page = _page(settings)
    parser = etree.HTMLParser(target=cast(Any, page), encoding="utf-8", huge_tree=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
        if not any(entry.level >= _FATAL for entry in parser.error_log):
            return page
    except etree.LxmlError:
        pass
    fallback = _Fallback(_page(settings))
    fallback.feed(text)
    fallback.close()
    return fallback.page.close()


def _page(settings: Settings) -> Page:
    return Page(original=settings.revisions == "original", limit=settings.max_characters)


def _problems(page: Page, hidden: int, settings: Settings) -> list[Problem]:
    problems = []
    shown = sum(len(draft.text or "".join(draft.cells)) for draft in page.drafts)
    if shown < _LITTLE_TEXT and page.script_size > max(_MUCH_SCRIPT, 4 * shown):
        problems.append(problem("R027_script_page"))
    if page.is_cut:
        problems.append(problem("R025_truncated", detail=first_characters(settings.max_characters)))
    if page.changes:
        problems.append(problem("R031_tracked_changes", count=page.changes, view=revision_view(settings.revisions)))
    if hidden:
        problems.append(problem("R032_hidden_text", count=hidden))
    return problems


def _is_repeated(title: str, drafts: list[Draft]) -> bool:
    """Tell whether the page shows its title: as a heading, or among its first blocks."""
    first = [draft.text for draft in drafts[:_REPEATED_WITHIN]]
    first += [draft.text for draft in drafts if draft.kind == "heading" and draft.level == 1]
    return any(text == title or (len(text) > 3 and title.startswith(text)) for text in first)


class _Fallback(html.parser.HTMLParser):
    """Feeds a Page from the standard library's parser, which has no limits, and closes what HTML lets authors leave open."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element; close its sibling that was left open."""
        closes = _CLOSED_BY.get(tag, ())
        for depth in range(len(self._open) - 1, -1, -1) if closes else ():
            if self._open[depth] in closes:
                self._close_to(depth)
                break
            if self._open[depth] in _BARRIERS:
                break
        self.page.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.page.end(tag)
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element and those left open inside it; an end without a start is ignored."""
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - 1_000), -1):
            if self._open[depth] == tag:
                self._close_to(depth)
                return

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.page.data(data)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self.page.end(self._open.pop())
