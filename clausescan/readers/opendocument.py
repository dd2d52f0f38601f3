"""OpenDocument texts (.odt) and EPUB books: the XML inside, read as blocks. Automatic numbers of .odt are not drawn."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from clausescan.errors import ReadError, problem
from clausescan.readers import html
from clausescan.readers.assemble import Draft, assemble
from clausescan.readers.beside import sentence
from clausescan.readers.lines import ends_sentence
from clausescan.readers.sniffing import EPUB, ODT, sniff
from clausescan.settings import Settings
from clausescan.types import Document, Origin

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_SILENT = frozenset((f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note-citation", f"{_OFFICE}forms"))
_SAID = (f"{_SVG}title", f"{_SVG}desc")
_MARGINS: tuple[tuple[str, Origin], ...] = (("header", "header"), ("footer", "footer"))
_CHAPTER = "application/xhtml+xml"


def read(data: bytes, *, name: str, settings: Settings) -> Document:
    """Return the Document of an .odt or .epub. Raises ReadError: R007 damaged, R008 encrypted, R011 a container over the limits."""
    kind = sniff(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _Parts(archive, settings)
            return _odt(parts, data, name) if kind == ODT else _epub(parts, data, name, settings)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, etree.XMLSyntaxError) as error:
        raise ReadError(problem("R007_damaged", detail=str(error)[:200] or type(error).__name__)) from error


class _Parts:
    """The parts of the archive, inflated one at a time within the limits."""

    def __init__(self, archive: zipfile.ZipFile, settings: Settings) -> None:
        entries = archive.infolist()
        if len(entries) > settings.zip_max_entries:
            raise ReadError(problem("R011_container", detail=(f"{len(entries)} entries", f"含 {len(entries)} 个条目")))
        if any(entry.flag_bits & 1 for entry in entries):
            raise ReadError(problem("R008_encrypted"))
        self.names = [entry.filename for entry in entries]
        self._archive, self._left = archive, settings.zip_max_bytes

    def bytes(self, name: str) -> bytes:
        """Return a part. Raises KeyError without it, ReadError when all parts together are too large."""
        with self._archive.open(name) as part:  # the size that an archive states is not believed
            data = part.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ReadError(problem("R011_container", detail=("it inflates beyond the limit", "解压后超出上限")))
        return data

    def xml(self, name: str) -> Any:
        """Return the root of a part, without entities and external references."""
        data = self.bytes(name)
        if b"<!DOCTYPE" in data[:4_096] and b"<!ENTITY" in data:
            raise ReadError(problem("R011_container", detail=(f"{name} declares entities", f"{name} 声明了实体")))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(data, parser)


def _odt(parts: _Parts, data: bytes, name: str) -> Document:
    if "META-INF/manifest.xml" in parts.names and b"encryption-data" in parts.bytes("META-INF/manifest.xml"):
        raise ReadError(problem("R008_encrypted"))
    drafts = list(_blocks(parts.xml("content.xml")))
    if "styles.xml" in parts.names:
        drafts += _margins(parts.xml("styles.xml"), {draft.text for draft in drafts})
    title = next((draft.text for draft in drafts if draft.kind == "heading" and draft.level == 1), None)
    return assemble(drafts, data=data, name=name, media_type=ODT, title=title)


def _margins(root: Any, known: set[str]) -> Iterator[Draft]:
    """Yield the sentences of headers and footers, each once; names and page numbers are no part of the text."""
    for place, origin in _MARGINS:
        for name in (place, f"{place}-left", f"{place}-first"):
            for margin in root.iter(f"{_STYLE}{name}"):
                for draft in _blocks(margin):
                    if draft.text not in known and sentence(draft.text) and ends_sentence(draft.text):
                        known.add(draft.text)
                        yield replace(draft, origin=origin, anchor=place)


def _blocks(root: Any) -> Iterator[Draft]:
    """Yield the paragraphs, headings and table rows in order."""
    rows = 0
    stack = [root]
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag in _SILENT or not isinstance(tag, str):
            continue
        if tag == f"{_TABLE}table-row":
            rows += 1
            cells = [" ".join(filter(None, map(_words, cell.iter(f"{_TEXT}p", f"{_TEXT}h")))) for cell in element if "cell" in cell.tag]
            if any(cells):
                yield Draft(kind="table_row", cells=tuple(cells), anchor=f"row[{rows}]")
            continue
        if tag in (f"{_TEXT}p", f"{_TEXT}h"):
            text = _words(element)
            if text:
                level = element.get(f"{_TEXT}outline-level", "0")
                heading = tag.endswith("h")
                item = any(parent.tag == f"{_TEXT}list-item" for parent in element.iterancestors())
                yield Draft(
                    kind="heading" if heading else "list_item" if item else "paragraph", text=text,
                    level=int(level) if heading and level.isdecimal() else 0, anchor=f"line {element.sourceline}",
                )  # fmt: skip
            for said in filter(None, (sentence(item.text) for item in element.iter(*_SAID))):
                yield Draft(kind="paragraph", text=said, anchor=f"line {element.sourceline}", origin="annotation")
            continue
        stack.extend(reversed(element))


def _words(element: Any) -> str:
    """Return the text of a paragraph; comments and what says something about pictures are no part of it."""
    parts: list[str] = []
    silent: Any = None
    for event, item in etree.iterwalk(element, events=("start", "end")):
        if silent is not None:
            if event == "end" and item is silent:
                silent = None
                parts.append(item.tail or "")
        elif event == "start" and item is not element and (item.tag in _SILENT or item.tag in _SAID):
            silent = item
        elif event == "start":
            if item.tag in (f"{_TEXT}tab", f"{_TEXT}line-break", f"{_TEXT}s"):
                parts.append(" ")
            parts.append(item.text or "")
        elif item is not element:
            parts.append(item.tail or "")
    return " ".join("".join(parts).split())


def _epub(parts: _Parts, data: bytes, name: str, settings: Settings) -> Document:
    """Return the chapters in the order of the spine, as one page."""
    container = parts.xml("META-INF/container.xml")
    package = next(item.get("full-path") for item in container.iter("{*}rootfile"))
    root = parts.xml(package)
    items = {item.get("id"): item.get("href") for item in root.iter("{*}item")}
    hrefs = [items.get(reference.get("idref")) for reference in root.iter("{*}itemref")]
    names = [posixpath.normpath(posixpath.join(posixpath.dirname(package), href)) for href in hrefs if href]
    # pages that the reading order leaves out are still there for whoever follows a link
    beside = [item.get("href") for item in root.iter("{*}item") if item.get("media-type") == _CHAPTER and item.get("properties") != "nav"]
    names += [posixpath.normpath(posixpath.join(posixpath.dirname(package), href)) for href in beside if href]
    pages = [parts.bytes(part) for part in dict.fromkeys(names) if part in parts.names]
    if not pages:
        raise ReadError(problem("R007_damaged", detail=("the book has no chapters", "电子书没有章节")))
    bodies = [page.decode("utf-8", "replace").partition("?>")[2] if page.startswith(b"<?xml") else page.decode("utf-8", "replace") for page in pages]  # fmt: skip # noqa: E501
    document = html.read("\n".join(bodies).encode(), name=name, settings=settings)
    return replace(document, media_type=EPUB, sha256=hashlib.sha256(data).hexdigest())
