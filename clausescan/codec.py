"""Reports as bytes and back: how they travel from a worker process and rest in a database.

    {"versions": [["clausescan", "0.1.0"], ...], "document": {"name": "a.pdf", "text": "...", ...}, "findings": [...]}

JSON, compressed; nothing in it can execute code. Fields that have their default are left out. Of the document the layout is
left out too (blocks, pages, lines: many times the text), so places that findings need are in the findings themselves.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from clausescan.types import Report

_LEVEL = 3  # level 6 saves 5 % more bytes and takes twice the time


def dumps(report: Report) -> bytes:
    """Return the report without the layout of its document as compressed bytes."""
    bare = replace(report, document=replace(report.document, blocks=(), pages=(), lines=()))
    return zlib.compress(json.dumps(to_plain(bare), separators=(",", ":")).encode("ascii"), _LEVEL)


def loads(data: bytes) -> Report:
    """Return the report of bytes. Raises ValueError when they are not those of a report of this version."""
    try:
        report: Report = from_plain(Report, json.loads(zlib.decompress(data)))
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a report of this version ({error})") from error
    return report


def to_plain(value: Any) -> Any:
    """Return a frozen value (of `types`, or like them) as dicts, lists, strings and numbers."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or isinstance(value, (tuple, list)):
        return [item if type(item) in _PLAIN else to_plain(item) for item in value]
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {name: to_plain(item) for name, item in value.items()}
    plain = {}
    for name, default in _defaults(kind):
        item = getattr(value, name)
        if item is not default and item != default:
            plain[name] = item if type(item) in _PLAIN else to_plain(item)
    return plain


def from_plain(kind: Any, value: Any) -> Any:
    """Return the value of type `kind` that `to_plain` made plain. Raises TypeError, KeyError or AttributeError for another shape."""
    return _maker(kind)(value)


_PLAIN = frozenset({str, int, float, bool, NoneType})


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


@cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """Return the function that makes a value of type `kind` from plain values."""
    if is_dataclass(kind):
        return _maker_of_class(kind)
    arguments = get_args(kind)
    if get_origin(kind) is tuple:
        if arguments[-1] is Ellipsis:
            one = _maker(arguments[0])
            return lambda value: tuple([one(item) for item in value])
        each = [_maker(argument) for argument in arguments]
        return lambda value: tuple([make(item) for make, item in zip(each, value, strict=True)])
    if get_origin(kind) is Mapping:
        item = _maker(arguments[1])
        return lambda value: {name: item(each) for name, each in value.items()}
    if get_origin(kind) in (Union, UnionType):
        (other,) = (argument for argument in arguments if argument is not NoneType)
        make = _maker(other)
        return lambda value: None if value is None else make(value)
    return lambda value: value


def _maker_of_class(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    makers = {field.name: _maker(hints[field.name]) for field in fields(kind)}
    return lambda value: kind(**{name: makers[name](item) for name, item in value.items()})
