"""Opens a DOCX container safely: bytes in, the XML parts that matter out.

The ZIP is checked against the limits of Settings before anything is inflated, a DOCTYPE is refused in
every part, and only the parts named in `_CHECKED` and `_KINDS` are ever opened. The relationships are
followed here and not by python-docx: it parses each part into objects of its own, and refuses packages
that are sound ZIP and XML (.docm, .dotx, a dangling relationship).
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from clausescan.errors import ReadError, problem
from clausescan.readers.expansion import expansion
from clausescan.settings import Settings
from clausescan.types import Problem

Element = etree._Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# ISO 29500 Strict uses other namespaces for the same vocabulary.
STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)
_STYLE, _STYLE_END, _LATENT, _LATENT_END = b"<w:style", b"</w:style>", b"<w:latentStyles", b"</w:latentStyles>"
_DECLARATION = re.compile(r"\A\s*+<\?xml[^>]{0,400}\?>")

# Content types of parts that are checked even where nothing of them is read: a DOCTYPE in one is a sign of an attack.
_CHECKED = ("styles+xml", "numbering+xml", "settings+xml", "header+xml", "footer+xml", "comments+xml", "core-properties+xml")
# Relationships of the main part that the reader follows.
_KINDS = ("styles", "numbering", "footnotes", "endnotes", "header", "footer", "diagramData")
_ZIP_FAILS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, IndexError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that the main document refers to: `kind` is the last word of the relationship type ("header")."""

    kind: str
    name: str
    root: Element


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPackage:
    """What is left of the container: parsed parts, the title of the core properties, names of what stays unread."""

    main: str
    document: Element
    parts: tuple[Part, ...]
    title: str | None
    embedded: tuple[str, ...]
    targets: dict[str, str]
    problems: tuple[Problem, ...]

    def part(self, kind: str) -> Element | None:
        """Return the root of the first part of `kind`, or None."""
        return next((part.root for part in self.parts if part.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    id: str
    kind: str
    target: str


def open_package(data: bytes, settings: Settings, *, verbatim: bool = False) -> WordPackage:
    """Return the parsed parts of the DOCX in `data`. Raises ReadError (R004, R006, R007, R008, R011).

    `verbatim` keeps the white space between the elements of the main part, for who writes it back.
    """
    container = Container(data, settings)
    types = _ContentTypes(container)
    main = _main_name(container, types)
    if main is None:
        raise ReadError(problem("R006_unsupported", detail="a ZIP archive without a Word document"))
    _check_parts(container, types, main)
    document = parse_part(container.xml(main), main, _VERBATIM) if verbatim else container.root(main)
    relations = list(_relations(container, main)) or _conventional(container, main)
    if document.tag != f"{W}document":
        raise ReadError(problem("R006_unsupported", where=main, detail="a package whose main part is not a Word document"))
    parts, problems = _parts(container, relations)
    return WordPackage(
        main=main,
        document=document,
        parts=tuple(parts),
        title=_core_title(container, types),
        embedded=tuple(name for name in container.names if "/embeddings/" in name.lower()),
        targets={relation.id: relation.target for relation in relations},
        problems=tuple(problems),
    )


def unpacked(data: bytes, names: Sequence[str]) -> dict[str, bytes]:
    """Return entries of a package that was opened before, and so lies within the limits; those that are damaged are left out."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = {_normal(info.filename).lower(): info for info in archive.infolist()}
        for name in names:
            with suppress(*_ZIP_FAILS, KeyError, RuntimeError):
                found[name] = archive.read(infos[name.lower()])
    return found


class Container:
    """The ZIP file, checked against the limits; parts are inflated one by one when asked for."""

    def __init__(self, data: bytes, settings: Settings) -> None:
        """Check `data`. Raises ReadError for what is no sound, open, moderate ZIP file."""
        self._settings = settings
        self._cache: dict[str, bytes] = {}
        _check_kind(data, settings)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except _ZIP_FAILS as error:
            raise ReadError(problem("R007_damaged", detail=f"ZIP: {error}")) from error
        _check_entries(infos, len(data), settings)
        self.names = tuple(_normal(info.filename) for info in infos)
        self._infos = {name.lower(): info for name, info in zip(self.names, infos, strict=True)}
        if len(self._infos) < len(infos):
            twice = next(name for name in self.names if sum(other.lower() == name.lower() for other in self.names) > 1)
            raise ReadError(problem("R011_container", detail=f"duplicate entry {twice}"))

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._infos

    def xml(self, name: str) -> bytes:
        """Return the checked XML of a part, Strict names mapped. Raises KeyError if missing, ReadError if refused."""
        key = name.lower()
        if key not in self._cache:
            self._cache[key] = _checked(self._inflate(self._infos[key]), name)
        return self._cache[key]

    def root(self, name: str, kind: str = "") -> Element:
        """Return the parsed part. Raises KeyError if missing, ReadError if refused or damaged."""
        blob = self.xml(name)
        return parse_part(_trimmed(blob) if kind == "styles" else blob, name, _PARSER)

    def _inflate(self, info: zipfile.ZipInfo) -> bytes:
        if info.file_size > self._settings.xml_max_bytes:
            detail = f"{info.filename} has {info.file_size} bytes, limit {self._settings.xml_max_bytes}"
            raise ReadError(problem("R011_container", detail=detail))
        if info.flag_bits & 1:
            raise ReadError(problem("R008_encrypted"))
        try:
            return self._zip.read(info)
        except (*_ZIP_FAILS, RuntimeError) as error:
            raise ReadError(problem("R007_damaged", where=info.filename, detail=f"{info.filename}: {error}")) from error


def _check_kind(data: bytes, settings: Settings) -> None:
    if not data:
        raise ReadError(problem("R004_empty"))
    if data.startswith(_OLE):
        # Word wraps an encrypted package in an OLE container with a stream of this name.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadError(problem("R008_encrypted"))
        raise ReadError(problem("R006_unsupported", detail="an old Office document (OLE container)"))
    if not data.startswith(b"PK"):
        raise ReadError(problem("R007_damaged", detail="no ZIP container"))
    # zipfile builds an object for every entry before it can be asked for their number.
    if data.count(b"PK\x01\x02") > settings.zip_max_entries * 10:
        raise ReadError(problem("R011_container", detail=f"more than {settings.zip_max_entries} entries"))


def _check_entries(infos: list[zipfile.ZipInfo], size: int, settings: Settings) -> None:
    if len(infos) > settings.zip_max_entries:
        raise ReadError(problem("R011_container", detail=f"{len(infos)} entries, limit {settings.zip_max_entries}"))
    total = sum(info.file_size for info in infos)
    if total > settings.zip_max_bytes:
        raise ReadError(problem("R011_container", detail=f"{total} bytes unpacked, limit {settings.zip_max_bytes}"))
    for name, unpacked, packed in [("all entries", total, size), *((i.filename, i.file_size, i.compress_size) for i in infos)]:
        fold = expansion(unpacked, packed, settings.zip_max_ratio)
        if fold is not None:
            raise ReadError(problem("R011_container", detail=f"{name} unpacks {fold} fold"))


def _normal(name: str) -> str:
    # Some producers write backslashes or a leading slash.
    return name.replace("\\", "/").lstrip("/")


def _checked(blob: bytes, name: str) -> bytes:
    blob = _as_utf8(blob, name)
    if _has(blob, b"!", b"<!DOCTYPE"):
        raise ReadError(problem("R011_container", where=name, detail=f"{name} declares a DOCTYPE"))
    if b"http://purl.oclc.org/ooxml/" in blob:
        for strict, transitional in STRICT:
            blob = blob.replace(strict, transitional)
    return blob


def _has(blob: bytes, rare: bytes, sought: bytes) -> bool:
    """Tell whether `sought` is in `blob`; `rare` is a character of it that hardly occurs in XML and is found far faster."""
    return rare in blob and sought in blob


def _as_utf8(blob: bytes, name: str) -> bytes:
    """Return UTF-16 XML as UTF-8, so that the checks on bytes see its markup."""
    if blob[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif blob[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        encoding = "utf-16-le" if blob[0] else "utf-16-be"
    else:
        return blob
    try:
        return _DECLARATION.sub("", blob.decode(encoding), count=1).encode()
    except UnicodeDecodeError as error:
        raise ReadError(problem("R007_damaged", where=name, detail=f"{name}: {error}")) from error


def _trimmed(blob: bytes) -> bytes:
    """Return a styles part without its table styles and its latent styles, of which nothing is read.

    They are nine tenths of the part that python-docx and old versions of Word write, and parsing them takes longer
    than all the rest of a document. Cut is only what the bytes show to be one whole element.
    """
    if _has(blob, b"!", b"<!--") or _has(blob, b"!", b"<![CDATA[") or (blob.count(b"?") > 2 and blob.count(b"<?") > 1):
        return blob  # comments, CDATA and instructions may hold what looks like a tag
    return _without_latent_styles(_without_table_styles(blob))


def _without_table_styles(blob: bytes) -> bytes:
    kept: list[bytes] = []
    done, start = 0, blob.find(_STYLE)
    while start >= 0:
        inside = blob.find(b">", start) + 1
        named = blob.find(b"w:style", inside)
        if not inside or named < 0:
            break
        # When what has this name next is an end tag, it is that of this style.
        end = named - len(b"</")
        opening = blob[start:inside]
        if b' w:type="table"' in opening and not opening.endswith(b"/>") and blob.startswith(_STYLE_END, end):
            kept.append(blob[done:start])
            done = end + len(_STYLE_END)
        start = blob.find(_STYLE, named - 1)
    return b"".join((*kept, blob[done:]))


def _without_latent_styles(blob: bytes) -> bytes:
    start, end = blob.find(_LATENT), blob.find(_LATENT_END)
    opening = blob[start : blob.find(b">", start)]
    if 0 <= start < end and not opening.endswith(b"/") and blob.count(_LATENT) == 1:
        return blob[:start] + blob[end + len(_LATENT_END) :]
    return blob


# White space between elements means nothing; white space inside a w:t stays, since it is all that is in there.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=True)
_VERBATIM = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def parse_part(blob: bytes, name: str, parser: etree.XMLParser = _VERBATIM) -> Element:
    """Return the root of the XML in `blob`. Raises ReadError (R007, R011) for a part that is damaged or declares a DOCTYPE."""
    try:
        root = etree.fromstring(blob, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(problem("R007_damaged", where=name, detail=f"{name}: {error}")) from error
    # A DOCTYPE in an encoding that hid it from the check on bytes.
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(problem("R011_container", where=name, detail=f"{name} declares a DOCTYPE"))
    return root


class _ContentTypes:
    """The types that [Content_Types].xml gives to parts; empty when the part is missing or damaged."""

    def __init__(self, container: Container) -> None:
        self._overrides: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        for item in _children(container, "[Content_Types].xml"):
            kind = item.get("ContentType", "")
            if item.tag == f"{_TYPES}Override":
                self._overrides[_normal(item.get("PartName", "")).lower()] = kind
            else:
                self._defaults[item.get("Extension", "").lower()] = kind

    def of(self, name: str) -> str:
        """Return the content type of the part, "" if it has none."""
        key = name.lower()
        return self._overrides.get(key) or self._defaults.get(key.rpartition(".")[2], "")


def _children(container: Container, name: str) -> list[Element]:
    """Return the child elements of an administrative part, none when it is missing or damaged."""
    try:
        return list(container.root(name).iterchildren(etree.Element))
    except KeyError:
        return []
    except ReadError as error:
        if error.problem.code != "R007_damaged":
            raise
        return []


def _relations(container: Container, source: str) -> Iterator[_Relation]:
    """Yield the internal relationships of `source` ("" for the package) with targets as names in the container."""
    folder, name = posixpath.split(source)
    for item in _children(container, posixpath.join(folder, "_rels", f"{name}.rels")):
        if item.tag == f"{_RELS}Relationship" and item.get("TargetMode") != "External":
            target = _normal(posixpath.normpath(posixpath.join("/" + folder, item.get("Target", "").replace("\\", "/"))))
            yield _Relation(id=item.get("Id", ""), kind=item.get("Type", "").rpartition("/")[2], target=target)


def _main_name(container: Container, types: _ContentTypes) -> str | None:
    named = (relation.target for relation in _relations(container, "") if relation.kind == "officeDocument")
    typed = (name for name in container.names if "word" in types.of(name) and types.of(name).endswith("main+xml"))
    return next((name for name in chain(named, typed, ("word/document.xml",)) if name in container), None)


def _check_parts(container: Container, types: _ContentTypes, main: str) -> None:
    """Inflate and check the main part and those beside it. Raises ReadError for one that is refused."""
    folder, name = posixpath.split(main)
    administrative = {key.lower() for key in ("[Content_Types].xml", "_rels/.rels", posixpath.join(folder, "_rels", f"{name}.rels"))}
    container.xml(main)
    for entry in container.names:
        if entry.lower() in administrative or types.of(entry).endswith(_CHECKED):
            container.xml(entry)


def _conventional(container: Container, main: str) -> list[_Relation]:
    """Return relationships guessed from the usual names, for a package that lost its .rels part."""
    folder = posixpath.dirname(main)
    found = ((name, re.fullmatch(r"([a-z]+)\d*\.xml", posixpath.basename(name).lower())) for name in container.names)
    return [
        _Relation(id="", kind=match[1], target=name)
        for name, match in found
        if match and match[1] in _KINDS and posixpath.dirname(name) == folder
    ]


def _parts(container: Container, relations: list[_Relation]) -> tuple[list[Part], list[Problem]]:
    """Return the parts to read; a damaged one becomes a problem, since the main text is still there."""
    parts: dict[str, Part] = {}
    problems: list[Problem] = []
    for relation in relations:
        name = relation.target
        if relation.kind not in _KINDS or name in parts or name not in container:
            continue
        try:
            parts[name] = Part(kind=relation.kind, name=name, root=container.root(name, relation.kind))
        except ReadError as error:
            if error.problem.code != "R007_damaged":
                raise
            problems.append(problem("R025_truncated", where=name, detail=f"{name} is damaged"))
    return list(parts.values()), problems


def _core_title(container: Container, types: _ContentTypes) -> str | None:
    names = [name for name in container.names if types.of(name).endswith("core-properties+xml")]
    for item in (child for name in names[:1] for child in _children(container, name)):
        if item.tag == _TITLE and item.text and item.text.strip():
            return " ".join(item.text.split())
    return None
