"""The rules: one TOML file each, found by being there, with its manual, its sentences and its proof inside.

    id = "ART11"
    title = { en, zh }        law = [codes of clausescan.law]
    [manual]                  en, zh: what `clausescan explain` prints
    [disclaimer]              en, zh
    [summary.<case>]          en, zh: a sentence with {subject} and {attributes}; cases: see SUMMARIES
    [names.<group>]           words for subject, attribute, strength and grade
    [[basis]]                 codes, when
    [[counter_argument]]      code, en, zh, when
    [[missing_fact]]          code, en, zh, when
    [[flag]]                  language, text, context?, grade, attributes: must be found
    [[pass]]                  language, text, context?, gate?: must not be found

`when` holds keys of `Case` (or `always = true`); every key must fit, a list fits when one of its values does.
Unknown keys are refused. The related findings RF-01 to RF-17 stand in `related/`: see `related_rules`.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from clausescan import law
from clausescan.errors import DataError, UsageError
from clausescan.rules import related_rules, tables
from clausescan.rules.related_rules import Related
from clausescan.rules.tables import Words
from clausescan.types import ATTRIBUTES, ContractStatus, Counterparty, Era, Grade, Language, LegalBasis, Note, Right, SubjectTier

DocumentKind = Literal[
    "user_agreement", "privacy_policy", "face_consent_form", "notice", "employment", "property", "school", "b2b", "unknown"
]
GoverningLaw = Literal["prc", "foreign", "unknown"]
SUMMARIES = ("candidate", "review", "nothing", "inconclusive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known about a clause and its document, for choosing the notes that fit."""

    grade: Grade
    kind: str = "unknown"
    subject: SubjectTier = "none"
    attribute: tuple[str, ...] = ()
    strong_attribute: tuple[str, ...] = ()
    right: Right = "grant"
    counterparty: Counterparty = "unknown"
    ambiguous_reference: bool = False
    date: Era = "unknown"
    governing_law: GoverningLaw = "unknown"
    contract_status: ContractStatus = "unknown"
    denies_standard_term: bool = False

    def values(self, key: str) -> Collection[object]:
        """Return the values of a `when` key. Raises KeyError for a key that WHEN does not know."""
        derived: dict[str, Collection[object]] = {
            "always": (True,),
            "weak_attribute": [name for name in self.attribute if name not in self.strong_attribute],
            "strong": (bool(self.strong_attribute),),
            "attributes_of_three": (len(set(self.attribute) & set(ATTRIBUTES[:3])),),
        }
        if key in derived:
            return derived[key]
        value = getattr(self, key)
        return value if isinstance(value, tuple) else (value,)


# every key of `when` and the values that it may hold
WHEN: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "always": (True,),
        "grade": get_args(Grade),
        "kind": get_args(DocumentKind),
        "subject": get_args(SubjectTier),
        "attribute": ATTRIBUTES,
        "strong_attribute": ATTRIBUTES,
        "weak_attribute": ATTRIBUTES,
        "strong": (True, False),
        "attributes_of_three": (0, 1, 2, 3),
        "right": get_args(Right),
        "counterparty": get_args(Counterparty),
        "ambiguous_reference": (True, False),
        "date": get_args(Era),
        "governing_law": get_args(GoverningLaw),
        "contract_status": get_args(ContractStatus),
        "denies_standard_term": (True, False),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A condition: every key must hold one of its values."""

    keys: tuple[tuple[str, tuple[object, ...]], ...]

    def fits(self, case: Case) -> bool:
        """Return True when every key fits the case."""
        return all(any(value in allowed for value in case.values(key)) for key, allowed in self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalNote:
    """A note and the case it is for."""

    note: Note
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalBasis:
    """Codes of law ("FRJI-11?" is tentative) and the case they are for."""

    codes: tuple[str, ...]
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence with what a scan must say about it. `grade` is "none" for one that must not be found."""

    language: Language
    text: str
    context: tuple[str, ...] = ()
    grade: Grade = "none"
    attributes: tuple[str, ...] = ()
    gate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `names` holds words by group and key, `summaries` sentences by case."""

    id: str
    title: Words
    law: tuple[str, ...]
    manual: Words
    disclaimer: Words
    summaries: Mapping[str, Words]
    names: Mapping[str, Mapping[str, Words]]
    basis: tuple[ConditionalBasis, ...]
    counter_arguments: tuple[ConditionalNote, ...]
    missing_facts: tuple[ConditionalNote, ...]
    flag: tuple[Example, ...]
    passes: tuple[Example, ...]

    def legal_basis(self, case: Case) -> tuple[LegalBasis, ...]:
        """Return the provisions for a case, each once, in the order of the rule."""
        codes = dict.fromkeys(code for item in self.basis if item.when.fits(case) for code in item.codes)
        return tuple(law.basis(code) for code in codes)

    def summary(self, case: Case) -> Note:
        """Return the sentence for a finding. Raises KeyError for grade "none"."""
        template = self.summaries[case.grade]
        return Note(code=case.grade, text=self._fill(template.en, case, "en"), text_zh=self._fill(template.zh, case, "zh"))

    def _fill(self, template: str, case: Case, language: Language) -> str:
        names = [self.names["attribute"][name][language] for name in ATTRIBUTES if name in case.attribute]
        attributes = "、".join(names) if language == "zh" else _and(names)
        return template.format(subject=self.names["subject"][case.subject][language], attributes=attributes)


def rule(id: str) -> Rule:
    """Return the rule of that id, in capitals or not. Raises DataError and names the known ones."""
    known = rules()
    found = known.get(id) or known.get(id.upper())
    if found is None:
        raise DataError(f"There is no rule {id}. Known rules: {', '.join(sorted(known))}.")
    return found


@cache
def rules() -> Mapping[str, Rule]:
    """Return all rules by id. Raises DataError when a file is wrong."""
    found: dict[str, Rule] = {}
    for source in _sources():
        item = parse(source.name, source.read_text(encoding="utf-8"))
        if item.id in found:
            raise DataError(f"{source.name}: rule {item.id} is defined twice")
        found[item.id] = item
    return MappingProxyType(found)


def related() -> Mapping[str, Related]:
    """Return the related findings by code (RF-01 ...). Raises DataError when a file is wrong."""
    return related_rules.related()


def codes() -> tuple[str, ...]:
    """Return what can be selected: the ids of the rules and the codes of the related findings."""
    return (*rules(), *related())


def prefixes(words: Iterable[str]) -> tuple[str, ...]:
    """Return the prefixes of codes in "ART11,RF-0", in capitals. Raises UsageError for one that begins no code."""
    given = tuple(part.strip().upper() for word in words for part in word.split(",") if part.strip())
    unknown = [prefix for prefix in given if not any(code.startswith(prefix) for code in codes())]
    if unknown:
        raise UsageError(f"no rule begins with {', '.join(unknown)}; known rules are {', '.join(codes())}")
    return given


def selected(code: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Return True for a code to report: one of `select` begins it (none given: all do), and no prefix in `ignore` is as long."""
    chosen = max((len(prefix) for prefix in select if code.startswith(prefix)), default=-1 if select else 0)
    return chosen > max((len(prefix) for prefix in ignore if code.startswith(prefix)), default=-1)


@cache
def version() -> str:
    """Return a short hash of all rule files."""
    return sha256(b"".join(source.read_bytes() for source in (*_sources(), *related_rules.sources()))).hexdigest()[:12]


def applicable(notes: tuple[ConditionalNote, ...], case: Case) -> tuple[Note, ...]:
    """Return the notes that fit the case, in their order."""
    return tuple(item.note for item in notes if item.when.fits(case))


class Told(NamedTuple):
    """What a rule says about a case."""

    legal_basis: tuple[LegalBasis, ...]
    counter_arguments: tuple[Note, ...]
    missing_facts: tuple[Note, ...]
    summary: Note


@lru_cache(maxsize=1024)
def told(id: str, case: Case) -> Told:
    """Return what rule `id` says about a case. The clauses of one document share few cases, so they are remembered."""
    found = rule(id)
    return Told(
        found.legal_basis(case), applicable(found.counter_arguments, case), applicable(found.missing_facts, case), found.summary(case)
    )


_KEYS = {"id", "title", "law", "manual", "disclaimer", "summary", "names", "basis", "counter_argument", "missing_fact", "flag", "pass"}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "subject": get_args(SubjectTier),
    "attribute": ATTRIBUTES,
    "strength": ("strong", "weak"),
    "grade": get_args(Grade),
}


def parse(name: str, text: str) -> Rule:
    """Return the rule of one file. Raises DataError with the file, the place and the known keys."""
    table = tables.load(name, text)
    tables.check(name, table, _KEYS)
    return Rule(
        id=table["id"],
        title=tables.words(f"{name}: title", table["title"]),
        law=tables.codes(f"{name}: law", table["law"]),
        manual=tables.words(f"{name}: manual", table["manual"]),
        disclaimer=tables.words(f"{name}: disclaimer", table["disclaimer"]),
        summaries=_summaries(f"{name}: summary", table["summary"]),
        names=_names(f"{name}: names", table["names"]),
        basis=tuple(_basis(f"{name}: basis", raw) for raw in table["basis"]),
        counter_arguments=_notes(f"{name}: counter_argument", table["counter_argument"]),
        missing_facts=_notes(f"{name}: missing_fact", table["missing_fact"]),
        flag=tuple(_flag(f"{name}: flag", raw) for raw in table["flag"]),
        passes=tuple(_pass(f"{name}: pass", raw) for raw in table["pass"]),
    )


def _summaries(where: str, raw: dict[str, Any]) -> Mapping[str, Words]:
    tables.check(where, raw, SUMMARIES)
    found = {case: tables.words(f"{where}.{case}", value) for case, value in raw.items()}
    for case, words in found.items():
        used = {field for text in (words.en, words.zh) for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        if used - {"subject", "attributes"}:
            raise DataError(f"{where}.{case}: unknown fields {sorted(used)}; known fields are ['attributes', 'subject']")
    return MappingProxyType(found)


def _names(where: str, raw: dict[str, Any]) -> Mapping[str, Mapping[str, Words]]:
    tables.check(where, raw, _NAMES)
    for group, keys in _NAMES.items():
        tables.check(f"{where}.{group}", raw[group], keys)
    return MappingProxyType({group: _group(f"{where}.{group}", table) for group, table in raw.items()})


def _group(where: str, table: dict[str, Any]) -> Mapping[str, Words]:
    return MappingProxyType({key: tables.words(f"{where}.{key}", value) for key, value in table.items()})


def _when(where: str, raw: Any) -> When:
    if not isinstance(raw, dict) or not raw:
        raise DataError(f"{where}: `when` needs at least one of {sorted(WHEN)}")
    tables.check(where, raw, WHEN, optional=WHEN)
    keys: list[tuple[str, tuple[object, ...]]] = []
    for key, value in raw.items():
        values = tuple(value) if isinstance(value, list) else (value,)
        wrong = [item for item in values if item not in WHEN[key]]
        if wrong:
            raise DataError(f"{where}: {key} cannot be {wrong}; it can be {list(WHEN[key])}")
        keys.append((key, values))
    return When(keys=tuple(keys))


def _basis(where: str, raw: dict[str, Any]) -> ConditionalBasis:
    tables.check(where, raw, ("codes", "when"))
    return ConditionalBasis(codes=tables.codes(where, raw["codes"]), when=_when(where, raw["when"]))


def _notes(where: str, raw: list[dict[str, Any]]) -> tuple[ConditionalNote, ...]:
    found = tuple(_note(f"{where} {item.get('code', '?')}", item) for item in raw)
    codes = [item.note.code for item in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise DataError(f"{where}: codes {twice} are used twice")
    return found


def _note(where: str, raw: dict[str, Any]) -> ConditionalNote:
    tables.check(where, raw, ("code", "en", "zh", "when"))
    return ConditionalNote(note=Note(code=raw["code"], text=raw["en"], text_zh=raw["zh"]), when=_when(where, raw["when"]))


def _flag(where: str, raw: dict[str, Any]) -> Example:
    tables.check(where, raw, ("language", "text", "context", "grade", "attributes"), optional=("context",))
    wrong = set(raw["attributes"]) - set(ATTRIBUTES)
    if raw["grade"] not in ("review", "candidate") or wrong:
        raise DataError(f"{where}: grade must be review or candidate and attributes some of {list(ATTRIBUTES)}: {raw['text'][:40]}")
    return _example(where, raw)


def _pass(where: str, raw: dict[str, Any]) -> Example:
    tables.check(where, raw, ("language", "text", "context", "gate"), optional=("context", "gate"))
    return _example(where, raw)


def _example(where: str, raw: dict[str, Any]) -> Example:
    if raw["language"] not in get_args(Language):
        raise DataError(f"{where}: language must be one of {list(get_args(Language))}")
    return Example(
        language=raw["language"],
        text=raw["text"],
        context=tuple(raw.get("context", ())),
        grade=raw.get("grade", "none"),
        attributes=tuple(raw.get("attributes", ())),
        gate=raw.get("gate"),
    )


def _and(names: list[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return names[0] if len(names) == 1 else " and ".join((", ".join(names[:-1]), names[-1])) if names else ""


def _sources() -> list[Traversable]:
    folder = files("clausescan.rules")
    return sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
