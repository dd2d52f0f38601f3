"""The law that findings rest on, with its dates: one TOML file per instrument, one table per provision.

    [instrument]              its code is the name of the file in capitals
    en = "..."                name in English
    zh = "..."                name in Chinese
    short = { en, zh }        what lawyers call it; used where a full name stands nearby
    kind = "statute"          or judicial_interpretation, regulation, rule, standard
    issuer = { en, zh }
    document_number = "法释〔2021〕15号"
    adopted, published        optional dates
    in_force = 2021-08-01     from this day on the articles below have effect
    repealed = 2021-01-01     optional: from this day on they have none
    replaced_by = ["CC"]      optional: instruments
    verified = true           false: the text was not read in a statute collection, or its dates were not compared; needs a note
    note = { en, zh }         optional: what a reader must know
    [[instrument.version]]    optional: adopted and in_force of the texts of an amended instrument, oldest first

    [provision.FRJI-11]       the code that rules and findings use
    article = "11"            "497(2)" is article 497, item 2
    article_zh = "第十一条"
    summary = { en, zh }      in our own words
    operative = "..."         a few words of the Chinese text; empty where the text was not read
    since, until              optional: dates of this article, where they differ from those of the instrument
    replaces = ["CTL-40"]     optional: provisions that said it before
    supports = ["CC-497-3"]   optional: provisions to which it lends weight
    note = { en, zh }         optional

Unknown keys are refused. Every `operative` quote was compared with a copy of the statute when it was written. Dates are days
given by the caller: nothing here asks for the day of today.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from clausescan.errors import DataError
from clausescan.types import Force, LegalBasis

Kind = Literal["statute", "judicial_interpretation", "regulation", "rule", "standard"]
_INSTRUMENT: dict[str, type] = {
    "en": str, "zh": str, "short": dict, "kind": str, "issuer": dict, "document_number": str, "adopted": date, "published": date,
    "in_force": date, "repealed": date, "replaced_by": list, "verified": bool, "note": dict, "version": list,
}  # fmt: skip
_PROVISION: dict[str, type] = {
    "article": str, "article_zh": str, "summary": dict, "operative": str, "since": date, "until": date, "replaces": list,
    "supports": list, "note": dict,
}  # fmt: skip
_OPTIONAL = frozenset({"adopted", "published", "repealed", "replaced_by", "note", "version", "since", "until", "replaces", "supports"})
_BOTH: dict[str, type] = {"en": str, "zh": str}
_VERSION: dict[str, type] = {"adopted": date, "in_force": date}


class Version(NamedTuple):
    """One text of an amended instrument."""

    adopted: date
    in_force: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A statute, interpretation, regulation, rule or standard. It has effect on the days from `in_force` to before `repealed`."""

    code: str
    en: str
    zh: str
    short: str
    short_zh: str
    kind: Kind
    issuer: str
    issuer_zh: str
    document_number: str
    in_force: date
    verified: bool
    adopted: date | None = None
    published: date | None = None
    repealed: date | None = None
    replaced_by: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    note: str = ""
    note_zh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One provision of law. `operative` is a short quote of the Chinese text, empty where the text was not read.

    `note` is its own note and, where the instrument is not verified, that of the instrument; `until` is None while it has effect.
    """

    code: str
    of: Instrument
    article: str
    article_zh: str
    summary: str
    summary_zh: str
    operative: str
    in_force: date
    until: date | None = None
    replaces: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    note: str = ""
    note_zh: str = ""

    @property
    def verified(self) -> bool:
        """False when the text or its dates were not compared with a statute collection."""
        return self.of.verified

    def force(self, day: date) -> Force:
        """Return whether the provision had effect on a day."""
        if day < self.in_force:
            return "not_yet"
        return "in_force" if self.until is None or day < self.until else "repealed"


def basis(code: str, tentative: bool = False) -> LegalBasis:
    """Return the LegalBasis of `code` ("CC-497-2"; "FRJI-11?" is tentative). Raises DataError for an unknown code."""
    return _basis(code.removesuffix("?"), tentative or code.endswith("?"))


def provision(code: str) -> Provision:
    """Return the provision of `code`. Raises DataError for an unknown code."""
    known = provisions()
    if code not in known:
        raise DataError(f"law: unknown code {code}; known codes are {sorted(known)}")
    return known[code]


def matching(code: str) -> tuple[Provision, ...]:
    """Return the provision of `code`, or those of its article ("CC-497") or instrument ("cc"). Raises DataError without any."""
    wanted = code.upper()
    found = [item for name, item in provisions().items() if name == wanted or name.startswith(wanted + "-")]
    if not found:
        raise DataError(f"law: unknown code {code}; known instruments are {', '.join(instruments())} (see `clausescan law`)")
    return tuple(found)


def in_force(code: str, day: date) -> bool:
    """Return whether the provision had effect on a day. Raises DataError for an unknown code."""
    return provision(code).force(day) == "in_force"


def on(code: str, day: date) -> tuple[Provision, ...]:
    """Return what said this on a day: the provision itself, what it replaced, or what replaced it; empty when nothing known did."""
    found = provision(code)
    force = found.force(day)
    if force == "in_force":
        return (found,)
    others = found.replaces if force == "not_yet" else replaced_by(code)
    return tuple(item for other in others for item in on(other, day) if item.force(day) == "in_force")


def replaced_by(code: str) -> tuple[str, ...]:
    """Return the codes of the provisions that replaced this one."""
    return tuple(item.code for item in provisions().values() if code in item.replaces)


def supported_by(code: str) -> tuple[str, ...]:
    """Return the codes of the provisions that lend weight to this one."""
    return tuple(item.code for item in provisions().values() if code in item.supports)


def day_of(text: str | None) -> date | None:
    """Return the day of an ISO date, the first of the month for YYYY-MM, None for None and for a day that no calendar has."""
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def dated(items: tuple[LegalBasis, ...], document: str | None, today: date | None) -> tuple[LegalBasis, ...]:
    """Return the provisions with what was in force on the date (ISO) of the document, and on `today` where that is given."""
    return tuple(_dated(item, day_of(document), today) for item in items)


def _dated(item: LegalBasis, document: date | None, today: date | None) -> LegalBasis:
    found = provision(item.code)
    then: Force = found.force(document) if document else "unknown"
    before = on(item.code, document) if document and then != "in_force" else ()
    return replace(
        item,
        on_document_date=then,
        instead=tuple(other.code for other in before),
        on_today=found.force(today) if today else None,
    )


@cache
def provisions() -> Mapping[str, Provision]:
    """Return all provisions by code, in the order of the files. Raises DataError when a file is wrong."""
    found: dict[str, Provision] = {}
    for source in _sources():
        for item in parse(source.name, source.read_text(encoding="utf-8")):
            if item.code in found:
                raise DataError(f"{source.name}: {item.code} is defined twice")
            found[item.code] = item
    _related(found)
    return MappingProxyType(found)


@cache
def instruments() -> Mapping[str, Instrument]:
    """Return all instruments by code, in the order of the files."""
    return MappingProxyType({item.of.code: item.of for item in provisions().values()})


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
    instrument = _instrument(name, table["instrument"])
    return tuple(_provision(name, code, raw, instrument) for code, raw in table["provision"].items())


def _instrument(name: str, raw: dict[str, Any]) -> Instrument:
    where = f"{name}: instrument"
    _check(where, raw, _INSTRUMENT)
    for key in ("short", "issuer", "note"):
        if key in raw:
            _check(f"{where} {key}", raw[key], _BOTH)
    for version in raw.get("version", ()):
        _check(f"{where} version", version, _VERSION)
    if raw["kind"] not in get_args(Kind):
        raise DataError(f"{where}: kind must be one of {list(get_args(Kind))}")
    if not raw["verified"] and "note" not in raw:
        raise DataError(f"{where}: what is not verified needs a note that says what was not compared")
    _ordered(where, raw.get("adopted"), raw.get("published"), raw["in_force"], raw.get("repealed"))
    note = raw.get("note", {})
    return Instrument(
        code=name.removesuffix(".toml").upper(), en=raw["en"], zh=raw["zh"], short=raw["short"]["en"], short_zh=raw["short"]["zh"],
        kind=raw["kind"], issuer=raw["issuer"]["en"], issuer_zh=raw["issuer"]["zh"], document_number=raw["document_number"],
        in_force=raw["in_force"], verified=raw["verified"], adopted=raw.get("adopted"), published=raw.get("published"),
        repealed=raw.get("repealed"), replaced_by=tuple(raw.get("replaced_by", ())),
        versions=tuple(Version(version["adopted"], version["in_force"]) for version in raw.get("version", ())),
        note=note.get("en", ""), note_zh=note.get("zh", ""),
    )  # fmt: skip


def _provision(name: str, code: str, raw: dict[str, Any], instrument: Instrument) -> Provision:
    where = f"{name}: {code}"
    _check(where, raw, _PROVISION)
    for key in ("summary", "note"):
        if key in raw:
            _check(f"{where}: {key}", raw[key], _BOTH)
    since, until = raw.get("since", instrument.in_force), raw.get("until", instrument.repealed)
    _ordered(where, since, until)
    note = raw.get("note", {"en": "", "zh": ""})
    unread = {"en": "", "zh": ""} if instrument.verified else {"en": instrument.note, "zh": instrument.note_zh}
    return Provision(
        code=code, of=instrument, article=raw["article"], article_zh=raw["article_zh"], summary=raw["summary"]["en"],
        summary_zh=raw["summary"]["zh"], operative=raw["operative"], in_force=since, until=until,
        replaces=tuple(raw.get("replaces", ())), supports=tuple(raw.get("supports", ())),
        note=" ".join(filter(None, (note["en"], unread["en"]))), note_zh="".join(filter(None, (note["zh"], unread["zh"]))),
    )  # fmt: skip


def _check(where: str, table: dict[str, Any], known: dict[str, type], optional: Set[str] = _OPTIONAL) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise DataError(f"{where}: unknown keys {unknown}; known keys are {sorted(known)}")
    missing = sorted(set(known) - set(table) - optional)
    if missing:
        raise DataError(f"{where}: keys {missing} are missing; known keys are {sorted(known)}")
    for key, value in table.items():
        if not isinstance(value, known[key]):
            raise DataError(f"{where}: {key} must be a {known[key].__name__}, not {type(value).__name__}")


def _ordered(where: str, *days: date | None) -> None:
    known = [day for day in days if day]
    if known != sorted(known):
        raise DataError(f"{where}: the dates {[str(day) for day in known]} are not in order")


def _related(found: Mapping[str, Provision]) -> None:
    """Refuse relations that lead nowhere."""
    codes = {item.of.code for item in found.values()}
    for item in found.values():
        lost = [other for other in (*item.replaces, *item.supports) if other not in found]
        lost += [other for other in item.of.replaced_by if other not in codes]
        if lost:
            raise DataError(f"law: {item.code} names {lost}, which no file defines")


@cache
def _basis(code: str, tentative: bool) -> LegalBasis:
    found = provision(code)
    return LegalBasis(
        code=code,
        instrument=found.of.en,
        instrument_zh=found.of.zh,
        document_number=found.of.document_number,
        article=found.article,
        article_zh=found.article_zh,
        in_force=found.in_force.isoformat(),
        summary=found.summary,
        summary_zh=found.summary_zh,
        tentative=tentative,
        verified=found.verified,
        note=found.note,
        note_zh=found.note_zh,
    )


def _sources() -> Iterable[Traversable]:
    folder = files("clausescan.law")
    return sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
