"""The law that findings rest on: one TOML file per instrument, one table per provision.

    [instrument]
    en = "..."            name in English
    zh = "..."            name in Chinese
    short = { en, zh }    what lawyers call it; used where a full name stands nearby
    document_number = "法释〔2021〕15号"
    in_force = 2021-08-01

    [provision.FRJI-11]   the code that rules and findings use
    article = "11"        "497(2)" is article 497, item 2
    article_zh = "第十一条"
    summary = { en = "...", zh = "..." }   in our own words
    operative = "..."     a few words of the Chinese text; empty where only secondary sources were read
    note = "..."          optional: what a reader must know about this entry

Unknown keys are refused. Every `operative` quote was compared with a copy of the statute when it was written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from clausescan.errors import DataError
from clausescan.types import LegalBasis

_INSTRUMENT: dict[str, type] = {"en": str, "zh": str, "short": dict, "document_number": str, "in_force": date}
_PROVISION: dict[str, type] = {"article": str, "article_zh": str, "summary": dict, "operative": str, "note": str}
_BOTH: dict[str, type] = {"en": str, "zh": str}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One provision of law. `operative` is a short quote of the Chinese text, empty where the text was not read."""

    code: str
    instrument: str
    instrument_zh: str
    short: str
    short_zh: str
    document_number: str
    in_force: date
    article: str
    article_zh: str
    summary: str
    summary_zh: str
    operative: str
    note: str = ""


def basis(code: str, tentative: bool = False) -> LegalBasis:
    """Return the LegalBasis of `code` ("CC-497-2"; "FRJI-11?" is tentative). Raises DataError for an unknown code."""
    return _basis(code.removesuffix("?"), tentative or code.endswith("?"))


def provision(code: str) -> Provision:
    """Return the provision of `code`. Raises DataError for an unknown code."""
    known = provisions()
    if code not in known:
        raise DataError(f"law: unknown code {code}; known codes are {sorted(known)}")
    return known[code]


@cache
def provisions() -> Mapping[str, Provision]:
    """Return all provisions by code, in the order of the files. Raises DataError when a file is wrong."""
    found: dict[str, Provision] = {}
    for source in _sources():
        for item in parse(source.name, source.read_text(encoding="utf-8")):
            if item.code in found:
                raise DataError(f"{source.name}: {item.code} is defined twice")
            found[item.code] = item
    return MappingProxyType(found)


@cache
def version() -> str:
    """Return a short hash of all law files; it changes when any of them does."""
    return sha256(b"".join(source.read_bytes() for source in _sources())).hexdigest()[:12]


def parse(name: str, text: str) -> tuple[Provision, ...]:
    """Return the provisions of one law file. Raises DataError with the file, the place and the known keys."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: {error}") from error
    _check(name, table, {"instrument": dict, "provision": dict})
    instrument = table["instrument"]
    _check(f"{name}: instrument", instrument, _INSTRUMENT)
    _check(f"{name}: instrument short", instrument["short"], _BOTH)
    return tuple(_provision(name, code, raw, instrument) for code, raw in table["provision"].items())


def _provision(name: str, code: str, raw: dict[str, Any], instrument: dict[str, Any]) -> Provision:
    where = f"{name}: {code}"
    _check(where, raw, _PROVISION, optional={"note"})
    _check(f"{where}: summary", raw["summary"], _BOTH)
    return Provision(
        code=code,
        instrument=instrument["en"],
        instrument_zh=instrument["zh"],
        short=instrument["short"]["en"],
        short_zh=instrument["short"]["zh"],
        document_number=instrument["document_number"],
        in_force=instrument["in_force"],
        article=raw["article"],
        article_zh=raw["article_zh"],
        summary=raw["summary"]["en"],
        summary_zh=raw["summary"]["zh"],
        operative=raw["operative"],
        note=raw.get("note", ""),
    )


def _check(where: str, table: dict[str, Any], known: dict[str, type], optional: Set[str] = frozenset()) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise DataError(f"{where}: unknown keys {unknown}; known keys are {sorted(known)}")
    missing = sorted(set(known) - set(table) - optional)
    if missing:
        raise DataError(f"{where}: keys {missing} are missing; known keys are {sorted(known)}")
    for key, value in table.items():
        if not isinstance(value, known[key]):
            raise DataError(f"{where}: {key} must be a {known[key].__name__}, not {type(value).__name__}")


@cache
def _basis(code: str, tentative: bool) -> LegalBasis:
    found = provision(code)
    return LegalBasis(
        code=code,
        instrument=found.instrument,
        instrument_zh=found.instrument_zh,
        document_number=found.document_number,
        article=found.article,
        article_zh=found.article_zh,
        in_force=found.in_force.isoformat(),
        summary=found.summary,
        summary_zh=found.summary_zh,
        tentative=tentative,
    )


def _sources() -> list[Traversable]:
    folder = files("clausescan.law")
    return sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
