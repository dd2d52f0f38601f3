"""Reads a DOCX: bytes in, a Document whose text is what Word shows, automatic numbers included.

python-docx opens the package (see `ooxml`); its `.text` loses tracked insertions, content controls, text
boxes, notes and every automatic number, so the XML is walked here (see `docx_story`). Headers and footers
stand at the end of the text as "margin". Anchors name the paragraph by its place among all w:p of its part:
"body/p[12]" is `list(root.iter(w:p))[11]` of the main part, "table[2]/row[3]/p[40]" a row by its first
paragraph, "footnotes/p[3]" and "header1/p[1]" paragraphs of other parts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from clausescan.errors import ReadError, first_characters, problem, revision_view
from clausescan.readers.assemble import assemble
from clausescan.readers.attachments import Attachment, with_attachments
from clausescan.readers.beside import sentence
from clausescan.readers.docx_numbering import Numbering
from clausescan.readers.docx_story import (
    ALTERNATE,
    DEL,
    DEL_TEXT,
    INS,
    MOVE_FROM,
    MOVE_TO,
    REVISIONS,
    TR,
    A,
    Counts,
    Draft,
    Shared,
    Story,
    T,
    branch,
    text_of,
    visible,
)
from clausescan.readers.docx_styles import Styles
from clausescan.readers.docx_trace import Trace, traced
from clausescan.readers.lines import ends_sentence
from clausescan.readers.ooxml import Element, Part, W, WordPackage, open_package, unpacked
from clausescan.settings import Settings
from clausescan.types import Coverage, Document, Origin, Problem

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# Below this share of the characters in the file, something was lost on the way.
_ENOUGH = 0.95
# Above this share of characters without a meaning, the text cannot be trusted.
_UNREADABLE = 0.1
_MEANINGLESS = re.compile("[\ue000-\uf8ff\ufffd]")
_CAPITAL, _SMALL = re.compile("[A-Z]"), re.compile("[a-z]")


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of the DOCX in `data`. Raises ReadError (R004, R006, R007, R008, R011)."""
    package = open_package(data, settings)
    try:
        shared, drafts = _drafts(package, settings)
    except RecursionError as error:
        raise ReadError(problem("R007_damaged", detail="elements nested too deeply")) from error
    drafts, cut = _limit(drafts, settings.max_characters)
    for draft in drafts:
        draft.emphasis = _emphasis(draft)
    facts = _Facts(package=package, drafts=drafts, counts=shared.counts, settings=settings, cut=cut)
    document = assemble(
        drafts,
        data=data,
        name=name,
        media_type=MEDIA_TYPE,
        title=package.title or next((draft.text for draft in drafts if draft.kind == "title"), None),
        problems=list(_problems(facts)),
        coverage=_coverage(facts),
    )
    return _with_embedded(document, package, shared.counts.chunks, data, settings)


def _with_embedded(document: Document, package: WordPackage, chunks: list[str], data: bytes, settings: Settings) -> Document:
    """Return the document with the documents inside it behind its text: embedded ones, and imported parts, which Word shows as text."""
    imported = [package.targets.get(key, key) for key in chunks]
    names = list(dict.fromkeys([*imported, *package.embedded]))
    if not names:
        return document
    found = unpacked(data, names)
    attachments = [Attachment(name=posixpath.basename(name), data=found.get(name, b""), shown=name in imported) for name in names]
    return with_attachments(document, attachments, settings, lenient=True)


def trace(data: bytes, settings: Settings) -> Trace:
    """Return where each character of the text that `read` gives stands in the XML of the main part, parsed to be written back.

    Raises ReadError as `read` does.
    """
    package = open_package(data, settings, verbatim=True)
    _, drafts = _drafts(package, settings, traced=True)
    drafts, _ = _limit(drafts, settings.max_characters)
    return traced(package, drafts)


def _drafts(package: WordPackage, settings: Settings, *, traced: bool = False) -> tuple[Shared, list[Draft]]:
    """Return what the stories share and the drafts of the body with its notes, then those of the margins."""
    styles = Styles(package.part("styles"))
    shared = Shared(view=settings.revisions, styles=styles, numbering=Numbering(package.part("numbering"), styles), traced=traced)
    shared.notes = _Notes(package, shared).read
    body = package.document.find(f"{W}body")
    drafts = Story(package.document, shared, name="body").read(body) if body is not None else []
    return shared, [*drafts, *_diagrams(package), *_margins(package, shared)]


def _diagrams(package: WordPackage) -> Iterator[Draft]:
    """Yield the sentences of SmartArt, which stand in a part of their own."""
    for part in package.parts:
        if part.kind == "diagramData":
            for place, point in enumerate(part.root.iter(f"{A}p"), 1):
                text = sentence("".join(item.text or "" for item in point.iter(f"{A}t")))
                if text:
                    yield Draft(kind="text_box", text=text, anchor=f"{_stem(part)}/p[{place}]", added=visible(text), paragraph=False)


class _Notes:
    """The footnotes and endnotes, each read once, when the first reference to it is met."""

    def __init__(self, package: WordPackage, shared: Shared) -> None:
        self._shared = shared
        self._stories: dict[str, Story] = {}
        self._notes: dict[tuple[str, str], Element] = {}
        for kind in ("footnotes", "endnotes"):
            root = package.part(kind)
            if root is not None:
                self._stories[kind] = Story(root, shared, name=kind)
                self._notes.update({(kind, note.get(f"{W}id", "")): note for note in root if isinstance(note.tag, str)})

    def read(self, kind: str, note_id: str) -> list[Draft]:
        """Return the drafts of a note, none for one that is missing or has been read."""
        note = self._notes.pop((kind, note_id), None)
        if note is None:
            return []
        drafts = self._stories[kind].read(note)
        self._shared.counts.footnotes += bool(drafts)
        for draft in drafts:
            draft.kind = "table_row" if draft.kind == "table_row" else "footnote"
        return drafts


def _margins(package: WordPackage, shared: Shared) -> Iterator[Draft]:
    """Yield the headers and footers, each text once: first, even and other pages mostly say the same."""
    seen: set[tuple[str, str]] = set()
    for part in package.parts:
        if part.kind not in ("header", "footer"):
            continue
        for draft in Story(part.root, shared, name=_stem(part)).read(part.root):
            origin: Origin = "header" if part.kind == "header" else "footer"
            if (origin, draft.text) not in seen:
                seen.add((origin, draft.text))
                # "机密", "第 1 页" are no part of the text; a sentence is, wherever Word shows it
                if not (sentence(draft.text) and ends_sentence(draft.text)):
                    draft.kind = "margin"
                draft.origin = "hidden" if draft.origin == "hidden" else origin
                yield draft


def _stem(part: Part) -> str:
    return posixpath.basename(part.name).partition(".")[0]


def _limit(drafts: list[Draft], limit: int) -> tuple[list[Draft], bool]:
    """Return the drafts that fit into `limit` characters and whether some were left out."""
    size = 0
    for index, draft in enumerate(drafts):
        size += len(draft.text) + 1
        if size > limit:
            return drafts[:index], True
    return drafts, False


def _emphasis(draft: Draft) -> tuple[str, ...]:
    """Return the looks that at least half of a block's characters have."""
    weights = draft.weights
    counts = (("bold", weights.bold), ("underline", weights.underline), ("colour", weights.colour), ("caps", weights.caps))
    found = [name for name, count in counts if count and count * 2 >= weights.total]
    if "caps" not in found and _is_upper(draft.text):
        found.append("caps")
    return tuple(found)


def _is_upper(text: str) -> bool:
    # Capitals typed by hand; short words (GDPR, PDF) are no emphasis.
    capitals = len(_CAPITAL.findall(text))
    return capitals >= 8 and len(_SMALL.findall(text)) * 9 <= capitals and capitals * 2 >= visible(text)


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """All that problems and coverage are told from."""

    package: WordPackage
    drafts: list[Draft]
    counts: Counts
    settings: Settings
    cut: bool

    @cached_property
    def revisions(self) -> int:
        """The number of tracked insertions, deletions and moves in the body and the notes."""
        roots = [self.package.document, *(part.root for part in self.package.parts if part.kind in ("footnotes", "endnotes"))]
        tags = [element.tag for root in roots for element in root.iter(*REVISIONS)]
        # A move has two ends.
        return tags.count(INS) + tags.count(DEL) + max(tags.count(MOVE_FROM), tags.count(MOVE_TO))

    @cached_property
    def unreadable(self) -> float:
        """The share of characters without a meaning."""
        return len(_MEANINGLESS.findall("".join([draft.text for draft in self.drafts]))) / max(self.size, 1)

    @property
    def size(self) -> int:
        """The number of characters in all drafts."""
        return sum([len(draft.text) for draft in self.drafts])

    @property
    def hidden(self) -> int:
        """The number of hidden passages."""
        return sum(draft.passages for draft in self.drafts)


def _problems(facts: _Facts) -> Iterator[Problem]:
    yield from facts.package.problems
    if not any(draft.kind != "margin" for draft in facts.drafts):
        yield problem("R020_no_text")
    if facts.unreadable > _UNREADABLE:
        yield problem("R022_garbled", share=f"{facts.unreadable:.0%}")
    if facts.cut:
        yield problem("R025_truncated", detail=first_characters(facts.size))
    else:
        yield from _cross_check(facts)
    if facts.counts.pictures:
        yield problem("R055_pictures", count=facts.counts.pictures, places=("in the body", "正文中"))
    if facts.revisions:
        yield problem("R031_tracked_changes", count=facts.revisions, view=revision_view(facts.settings.revisions))
    if facts.hidden:
        yield problem("R032_hidden_text", count=facts.hidden)


def _cross_check(facts: _Facts) -> Iterator[Problem]:
    """Yield a problem when fewer characters were read than stand in the main part for this view."""
    expected = _expected(facts.package.document, facts.settings.revisions) - facts.counts.skipped
    main = [draft for draft in facts.drafts if draft.main]
    found = visible("".join([draft.text for draft in main])) - sum([draft.added for draft in main])
    if found < expected * _ENOUGH:
        yield problem("R025_truncated", detail=(f"{found} of {expected} characters of the body", f"正文 {expected} 个字符中的 {found} 个"))


def _expected(root: Element, view: str) -> int:
    """Return how many visible characters the text elements of the main part hold for a view of the revisions."""
    tags = (INS, MOVE_TO) if view == "original" else (DEL, MOVE_FROM)
    dropped: set[Element] = set()
    for mark in root.iter(*tags):
        parent = mark.getparent()
        row = parent is not None and parent.tag == f"{W}trPr"
        owner = parent.getparent() if row and parent is not None else mark
        dropped.update((owner if owner is not None and (not row or owner.tag == TR) else mark).iter(T, DEL_TEXT))
    for choice in root.iter(ALTERNATE):
        chosen = branch(choice)
        for other in choice:
            if other is not chosen:
                dropped.update(other.iter(T, DEL_TEXT))
    texts: Iterable[Element] = root.iter(T, DEL_TEXT) if view == "original" else root.iter(T)
    if dropped:
        texts = (text for text in texts if text not in dropped)
    return visible("".join(map(text_of, texts)))


def _coverage(facts: _Facts) -> Coverage:
    counts = facts.counts
    return Coverage(
        tables=counts.tables,
        footnotes=counts.footnotes,
        text_boxes=counts.text_boxes,
        form_fields=counts.form_fields,
        annotations=sum(1 for _ in facts.package.document.iter(f"{W}commentReference")),
        hidden_blocks=sum(draft.origin == "hidden" for draft in facts.drafts),
        tracked_changes=facts.revisions,
        revisions=facts.settings.revisions if facts.revisions else None,
        unreadable_share=facts.unreadable,
    )
