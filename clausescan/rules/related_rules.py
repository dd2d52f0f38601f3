"""The related findings RF-01 to RF-17 and the situations of article 5: one TOML file each in `rules/related`.

    id = "RF-03"
    title = { en, zh }        law = [codes of clausescan.law]        advice = { en, zh }
    about = "face"            what a unit must be about: see ABOUT
    [manual]                  en, zh: what `clausescan explain` prints
    [cue.<name>]              zh, en: patterns as in the lexicon (folded text, macros <PERSON>, gaps <6>)
    [[way]]                   one way in which a text shows the finding:
    name = "only_way"         all = [cues], any = [cues]       within = "sentence" (default) or "unit"
    unless = [cues]           not when one of them stands in the unit; unless_here: in the same sentence
    about = "near"            optional: instead of that of the rule
    attribute = [...]         and strength, subject, source: an Article 11 finding of the unit has them. A subject "likeness" is any
                              picture of a person, "processed_likeness" only one that goes into face processing
    without = [attributes]    not when the finding has one of them
    by = "bilingual"          instead of cues and ways: the module that finds it
    [absent]                  document level: where = [cues] stand, and none of unless = [cues] in the whole document

`common.toml` holds cues that every file may use; a cue of the same name in the file comes first. The sentences that prove a
file, which must and must not be found, stand in `related/examples/<id>.toml`: a scan need not read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Literal, get_args

from clausescan.errors import DataError
from clausescan.rules import tables
from clausescan.rules.tables import Words
from clausescan.types import ATTRIBUTES, Language, SubjectTier

# face: its own words name a face or a face is read; near: as face, or close to such a unit, or under such a heading;
# personal: personal information of any kind; document: anywhere in a document that is about faces
About = Literal["face", "near", "personal", "document"]
ABOUT: tuple[About, ...] = get_args(About)
LANGUAGES: tuple[Language, ...] = get_args(Language)
# a likeness whose pictures go into face processing (ruling 29 of the labelling guideline)
PROCESSED = "processed_likeness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in which a text shows a related finding. Cues are full names ("RF-03.only", "common.other_way")."""

    name: str
    about: About
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    within: Literal["sentence", "unit"] = "sentence"
    unless: tuple[str, ...] = ()
    unless_here: tuple[str, ...] = ()
    attribute: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def of_a_finding(self) -> bool:
        """True when the way asks for an Article 11 finding in the unit."""
        return bool(self.attribute or self.strength or self.subject or self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A finding about a whole document: one of `where` stands in it, and none of `unless`."""

    where: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A related finding: reported beside a finding, never part of its grade."""

    code: str
    title: Words
    law: tuple[str, ...]
    advice: Words
    manual: Words
    ways: tuple[Way, ...]
    absent: Absent | None = None
    # the module that finds it, where no cue could
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A situation of article 5: what the processor may plead, with {words} for the words that show it."""

    code: str
    law: tuple[str, ...]
    plea: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The sentences of a file: those that must be found and those that must not; `document` ones for the absence."""

    flag: Mapping[Language, tuple[str, ...]]
    passes: Mapping[Language, tuple[str, ...]]
    document_flag: Mapping[Language, tuple[str, ...]]
    document_pass: Mapping[Language, tuple[str, ...]]


_KEYS = {"id", "title", "law", "advice", "manual", "about", "cue", "way", "absent", "by"}
_WAY = {"name", "about", "all", "any", "within", "unless", "unless_here", "attribute", "strength", "subject", "source", "without"}
_MAY: Mapping[str, tuple[str, ...]] = {
    "attribute": ATTRIBUTES,
    "strength": ("strong", "weak"),
    "subject": (*get_args(SubjectTier), PROCESSED),
    "without": ATTRIBUTES,
}


@cache
def related() -> Mapping[str, Related]:
    """Return the related findings by code, in the order of their codes. Raises DataError when a file is wrong."""
    common = set(_common())
    found = [parse(source.name, source.read_text(encoding="utf-8"), common) for source in sources() if source.name.startswith("RF-")]
    return MappingProxyType({item.code: item for item in found})


@cache
def situations() -> Mapping[str, Situation]:
    """Return the situations of article 5 by code. Raises DataError when the file is wrong."""
    table = _table("situations.toml")
    found = {}
    for code, raw in table.items():
        where = f"situations.toml: {code}"
        tables.check(where, raw, ("law", "plea", "zh", "en"))
        found[code] = Situation(code=code, law=tables.codes(where, raw["law"]), plea=tables.words(where, raw["plea"]))
    return MappingProxyType(found)


@cache
def cues(language: Language) -> Mapping[str, tuple[str, ...]]:
    """Return the patterns of every cue of a language by its full name ("RF-03.only", "common.face", "situation.emergency")."""
    found = {name: tuple(raw[language]) for name, raw in _common().items()}
    for source in sources():
        if source.name.startswith("RF-"):
            table = _table(source.name)
            found |= {f"{table['id']}.{name}": tuple(raw[language]) for name, raw in table.get("cue", {}).items()}
    found |= {f"situation.{code}": tuple(raw[language]) for code, raw in _table("situations.toml").items()}
    return MappingProxyType({name: patterns for name, patterns in found.items() if patterns})


@cache
def proof(code: str) -> Proof:
    """Return the examples of a file. Raises DataError when they are wrong."""
    name = f"examples/{code}.toml"
    table = tables.load(name, (_folder() / "examples" / f"{code}.toml").read_text(encoding="utf-8"))
    parts = ("flag", "pass", "document_flag", "document_pass")
    tables.check(name, table, parts, optional=parts[2:])
    found = {part: _sentences(f"{name}: {part}", table.get(part, {"zh": [], "en": []})) for part in parts}
    return Proof(
        flag=found["flag"], passes=found["pass"], document_flag=found["document_flag"], document_pass=found["document_pass"]
    )  # fmt: skip


def parse(name: str, text: str, common: set[str] | frozenset[str] = frozenset()) -> Related:
    """Return the related finding of one file; `common` are the shared cues. Raises DataError with the file and the place."""
    table = tables.load(name, text)
    tables.check(name, table, _KEYS, optional=("absent", "by", *(("cue", "way") if "by" in table else ())))
    code = table["id"]
    own = {cue: f"{code}.{cue}" for cue in table.get("cue", {})}
    for cue, raw in table.get("cue", {}).items():
        _check_cue(f"{name}: cue {cue}", raw)
    known = {shared.removeprefix("common."): shared for shared in common} | own
    ways = tuple(_way(f"{name}: way {raw.get('name', '?')}", raw, table["about"], known) for raw in table.get("way", ()))
    used = {cue for way in ways for cue in (*way.all, *way.any, *way.unless, *way.unless_here)}
    absent = None
    if "absent" in table:
        tables.check(f"{name}: absent", table["absent"], ("where", "unless"))
        absent = Absent(**{key: _names(f"{name}: absent", table["absent"][key], known) for key in ("where", "unless")})
        used |= {*absent.where, *absent.unless}
    if set(own.values()) - used:
        raise DataError(f"{name}: no way uses the cues {sorted(set(own.values()) - used)}")
    return Related(
        code=code, title=tables.words(f"{name}: title", table["title"]), law=tables.codes(f"{name}: law", table["law"]),
        advice=tables.words(f"{name}: advice", table["advice"]), manual=tables.words(f"{name}: manual", table["manual"]),
        ways=ways, absent=absent, by=table.get("by"),
    )  # fmt: skip


def sources() -> list[Traversable]:
    """Return the files of the related findings without their examples, by name."""
    return sorted((item for item in _folder().iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)


def _folder() -> Traversable:
    return files("clausescan.rules") / "related"


@cache
def _table(name: str) -> dict[str, Any]:
    return tables.load(name, (_folder() / name).read_text(encoding="utf-8"))


@cache
def _common() -> Mapping[str, Any]:
    table = _table("common.toml")
    tables.check("common.toml", table, ("cue",))
    for cue, raw in table["cue"].items():
        _check_cue(f"common.toml: cue {cue}", raw)
    return {f"common.{cue}": raw for cue, raw in table["cue"].items()}


def _check_cue(where: str, raw: Any) -> None:
    tables.check(where, raw, LANGUAGES)
    if not all(isinstance(patterns, list) for patterns in raw.values()):
        raise DataError(f"{where}: zh and en must be lists of patterns")


def _way(where: str, raw: dict[str, Any], about: str, known: Mapping[str, str]) -> Way:
    tables.check(where, raw, _WAY, optional=_WAY - {"name"})
    if raw.get("about", about) not in ABOUT or raw.get("within", "sentence") not in ("sentence", "unit"):
        raise DataError(f"{where}: about must be one of {list(ABOUT)} and within sentence or unit")
    for key, values in _MAY.items():
        if set(raw.get(key, ())) - set(values):
            raise DataError(f"{where}: {key} can be {list(values)}")
    way = Way(
        name=raw["name"], about=raw.get("about", about), within=raw.get("within", "sentence"),
        **{key: _names(where, raw.get(key, ()), known) for key in ("all", "any", "unless", "unless_here")},
        **{key: tuple(raw.get(key, ())) for key in ("attribute", "strength", "subject", "source", "without")},
    )  # fmt: skip
    if not (way.all or way.any or way.of_a_finding):
        raise DataError(f"{where}: a way needs cues or an Article 11 finding")
    return way


def _names(where: str, raw: Sequence[str], known: Mapping[str, str]) -> tuple[str, ...]:
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise DataError(f"{where}: unknown cues {unknown}; known cues are {sorted(known)}")
    return tuple(known[name] for name in raw)


def _sentences(where: str, raw: Any) -> Mapping[Language, tuple[str, ...]]:
    tables.check(where, raw, LANGUAGES)
    return MappingProxyType({language: tuple(raw[language]) for language in LANGUAGES})
