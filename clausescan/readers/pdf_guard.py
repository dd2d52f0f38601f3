"""Refuses PDFs whose forms draw themselves, or each other thousands of times: PDFium follows them without a limit. Also those
that are compressed twice, or say to hold more objects than they have room for.

A form (a part of a page that is drawn by name) may name itself in the resources that it shares with the page without ever
drawing itself; so its content is looked at, but only where the resources lead back or three levels deep.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from io import BytesIO
from typing import Any

import pikepdf

from clausescan.errors import ReadError, problem

_MAX_DRAWN = 100_000
_MAX_CONTENT = 4_000_000
_DEEP = 3
_DRAWS = re.compile(rb"/([^\s/\[\]<>()]+)\s+Do\b")
_MOST_OBJECTS = 1_000_000
_TABLE = re.compile(rb"/(?:Size|Index)\s{0,9}\[?((?:\s{0,9}\d{1,19}){1,40})")
_TWICE = re.compile(rb"\[\s{0,9}/Fl(?:ateDecode)?\s{0,9}/Fl(?:ateDecode)?\b")
_TELLS = re.compile(rb"/Subtype\s*/Form\b|/ObjStm\b")
Key = tuple[int, int]


def check(data: bytes) -> None:
    """Raise ReadError (R011) for a PDF that draws more forms than any page holds; what cannot be opened is left to the reader."""
    _check_table(data)
    if _TWICE.search(data):
        twice = ("a part of it is compressed twice, as bombs are", "其中部分内容被两次压缩，与压缩炸弹相同")
        raise ReadError(problem("R011_container", detail=twice))
    if _TELLS.search(data) is None:
        return
    try:
        with pikepdf.open(BytesIO(data)) as document:
            forms = {item.objgen: item for item in document.objects if _is_form(item)}
            named = {key: _named(form) for key, form in forms.items()}
            suspects = {key for key in forms if _depth(key, named, ()) >= _DEEP}
            drawn = {key: _drawn(forms[key], named[key]) for key in suspects}
            worst = max((_total(key, drawn, {}, frozenset()) for key in suspects), default=0)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, RecursionError):
        return
    if worst > _MAX_DRAWN:
        raise ReadError(problem("R011_container", detail=("its forms draw each other without end", "表单对象互相嵌套绘制，没有止境")))


def _check_table(data: bytes) -> None:
    """Refuse a table of objects that says to hold many more than the file has room for: readers make room for all of them."""
    room = max(_MOST_OBJECTS, len(data))
    if any(int(number) > room for match in _TABLE.finditer(data) for number in match.group(1).split()):
        said = ("it says to hold more objects than it has room for", "声称的对象数量超出文件所能容纳")
        raise ReadError(problem("R011_container", detail=said))


def _is_form(item: Any) -> bool:
    return isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"


def _named(form: Any) -> dict[str, Key]:
    """Return the objects that a form can draw, by name."""
    resources = form.get("/Resources")
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    return {name: item.objgen for name, item in objects.items()} if isinstance(objects, pikepdf.Dictionary) else {}


def _depth(key: Key, named: dict[Key, dict[str, Key]], above: tuple[Key, ...]) -> int:
    """Return how many levels of forms lie below, itself included; _DEEP at most, which a form that leads back to itself has."""
    if key not in named:
        return 0
    if key in above or len(above) + 1 >= _DEEP:
        return _DEEP
    return 1 + max((_depth(other, named, (*above, key)) for other in set(named[key].values())), default=0)


def _drawn(form: Any, named: dict[str, Key]) -> Counter[Key]:
    """Return how often a form draws each other one."""
    content = form.read_raw_bytes()
    if form.get("/Filter") is not None:
        try:
            content = zlib.decompressobj().decompress(content, _MAX_CONTENT)
        except zlib.error:
            return Counter(named.values())
    names = Counter(_DRAWS.findall(content[:_MAX_CONTENT]))
    return Counter({named[f"/{name.decode('latin-1')}"]: count for name, count in names.items() if f"/{name.decode('latin-1')}" in named})


def _total(key: Key, drawn: dict[Key, Counter[Key]], known: dict[Key, int], above: frozenset[Key]) -> int:
    """Return how many forms are drawn for one, more than _MAX_DRAWN for one that leads back to itself."""
    if key in above:
        return _MAX_DRAWN + 1
    if key not in known:
        inner = ((count, _total(other, drawn, known, above | {key})) for other, count in drawn.get(key, Counter()).items())
        known[key] = min(1 + sum(count * total for count, total in inner), _MAX_DRAWN + 1)
    return known[key]
