"""Writes a Word package again with other main, comments and administrative parts; every other member keeps its bytes."""

from __future__ import annotations

import io
import posixpath
import zipfile

from lxml import etree

from clausescan.readers.ooxml import STRICT, Element, parse_part

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TYPES_NAME = "[Content_Types].xml"


class Package:
    """The members of a package and what is to stand in their place."""

    def __init__(self, data: bytes, main: str) -> None:
        """Open the package whose main part is `main`; the reader has checked it."""
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._names = {_normal(info.filename).lower(): info.filename for info in self._zip.infolist()}
        self._changed: dict[str, bytes] = {}
        self.main = main
        self._strict = STRICT[0][0] in self._zip.read(self._names[main.lower()])
        folder, name = posixpath.split(main)
        self._rels = posixpath.join(folder, "_rels", f"{name}.rels")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    @property
    def members(self) -> list[str]:
        """The names of the members of the original, in its order."""
        return [_normal(info.filename) for info in self._zip.infolist()]

    def root(self, name: str) -> Element:
        """Return the parsed part, Strict names mapped. Raises KeyError when it is missing, ReadError when it is damaged."""
        blob = self._zip.read(self._names[name.lower()])
        for strict, transitional in STRICT:
            blob = blob.replace(strict, transitional)
        return parse_part(blob, name)

    def put(self, name: str, root: Element) -> None:
        """Write `root` in the place of the part `name`, or as a new part."""
        blob = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
        if self._strict:
            for strict, transitional in STRICT:
                blob = blob.replace(transitional, strict)
        self._changed[self._names.get(name.lower(), name)] = blob

    def related(self, kind: str) -> str | None:
        """Return the name of the part to which the main part has a relationship of `kind` ("comments"), or None."""
        if self._rels not in self:
            return None
        folder = posixpath.dirname(self.main)
        for item in self.root(self._rels):
            if item.get("Type", "").rpartition("/")[2] == kind and item.get("TargetMode") != "External":
                return _normal(posixpath.normpath(posixpath.join("/" + folder, item.get("Target", "").replace("\\", "/"))))
        return None

    def add_comments_part(self) -> str:
        """Add a relationship and a content type for comments; return the name of their part, which is to be put."""
        name = posixpath.join(posixpath.dirname(self.main), "comments.xml")
        number = 1
        while name in self:
            number += 1
            name = posixpath.join(posixpath.dirname(self.main), f"comments{number}.xml")
        self._relate(name)
        types = self.root(_TYPES_NAME) if _TYPES_NAME in self else _empty("Types", _TYPES)
        if self._rels not in self:
            etree.SubElement(types, f"{{{_TYPES}}}Default", Extension="rels", ContentType=_RELS_TYPE)
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=_COMMENTS_TYPE)
        self.put(_TYPES_NAME, types)
        return name

    def _relate(self, name: str) -> None:
        rels = self.root(self._rels) if self._rels in self else _empty("Relationships", _RELS)
        known = {item.get("Id") for item in rels}
        number = len(known) + 1
        while f"rId{number}" in known:
            number += 1
        etree.SubElement(rels, f"{{{_RELS}}}Relationship", Id=f"rId{number}", Type=f"{_OFFICE}/comments", Target=posixpath.basename(name))
        self.put(self._rels, rels)

    def bytes(self) -> bytes:
        """Return the package: members in their order, new ones at the end."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in self._zip.infolist():
                changed = self._changed.pop(info.filename, None)
                target.writestr(_header(info), self._zip.read(info) if changed is None else changed)
            for name, blob in self._changed.items():
                new = zipfile.ZipInfo(name, _EPOCH)
                new.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(new, blob)
        return out.getvalue()


def _header(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return what the archive says of a member, without its place in the old one."""
    header = zipfile.ZipInfo(info.filename, info.date_time)
    header.compress_type = info.compress_type if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else zipfile.ZIP_DEFLATED
    header.external_attr, header.create_system, header.comment = info.external_attr, info.create_system, info.comment
    return header


def _empty(name: str, namespace: str) -> Element:
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>')


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")
