"""The lexicon: words and phrases as data, one folder per language, each entry with its own proof.

A file holds `[macros]` (name = alternatives, usable as <NAME> in every pattern of that language) and
`[[entry]]` tables. Patterns are regular expressions over the folded text (`clausescan.folding`): lower case,
simplified characters, half-width punctuation. `<6>` stands for at most six characters inside one sentence,
`<6,>` for at most six that may not cross a comma, `<6!>` and `<6,!>` for the same without a negation in them.

    [[entry]]
    id = "irrevocable.no_way_back"     unique within the language
    role = "attribute"                 see ROLES
    attribute = "irrevocable"          with role attribute: which one, and its strength and kind
    strength = "strong"
    kind = "bar"
    pattern = ["..."]
    not_after = ["..."]                optional: no match right after these words
    flag = ["a sentence that must match"]
    pass = ["a sentence that must not"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from clausescan.errors import DataError
from clausescan.types import ATTRIBUTES, Language

ROLES = frozenset(
    {
        "subject",  # tier: face_direct, biometric, likeness, generic
        "mask",  # hits of the roles or attributes in `masks` inside it are dropped (homonyms, the negative of a word)
        "object",  # something else that attribute words may belong to
        "attribute",
        "grant",  # the person gives, agrees, waives
        "power",  # the processor claims
        "practice",  # bare description of storing
        "person",  # words for the natural person
        "processor",
        "business",  # words for a business counterparty
        "to_user",  # the right runs to the person
        "own_right",  # the person's own right is restated
        "negation",  # promise or prohibition: what follows is denied
        "reference",  # points back; kind: explicit, pronoun, data, consent
        "carve_out",  # takes face data out of a grant
        "limit",  # cures; kind names what it does
        "quote",  # not operative: quotation, law, question and answer, example, heading
        "on_device",
        "anonymised",
        "face_process",  # likeness goes into face processing
        "procure",  # a business must get the right from natural persons
        "scope_general",  # speaks of all rights or licences under the document
        "definition",
        "not_face_document",
        "cue",  # of a related finding: its patterns stand with the rules
    }
)
KINDS = frozenset(
    {
        "",
        "adj",
        "bar",
        "provide",
        "survive",
        "own",
        "retain",
        "discretion",
        "purpose",
        "withdraw_hard",
        "general_survival",
        "explicit",
        "pronoun",
        "data",
        "consent",
        "forward",
        "backward",
        "withdraw",
        "delete",
        "period",
        "shortest",
        "term",
        "consent_first",
        "named",
        "same_duties",
        "necessary",
        "legal_duty",
        "authority",
        "outer",
        "content",
    }
)


# what the macros stand for, the sign of each, and the outline of each by its sign
Macros = tuple[dict[str, str], dict[str, str], dict[str, str]]


class Part:
    """One pattern of an entry, compiled when it is first used: a document needs a tenth of them.

    `text` is the regular expression; `outline` the same with one private-use character for each macro, and `macros` has
    the outline of each macro by that character.
    """

    __slots__ = ("_compiled", "macros", "name", "outline", "text")

    def __init__(self, name: str, text: str, outline: str, macros: dict[str, str]) -> None:
        self.name = name
        self.macros = macros
        self.text = text
        self.outline = outline
        self._compiled: re.Pattern[str] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern. Raises DataError when it does not compile."""
        if self._compiled is None:
            try:
                self._compiled = re.compile(self.text)
            except re.error as error:
                raise DataError(f"{self.name}: a pattern does not compile: {error}") from error
        return self._compiled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """One entry of the lexicon. `parts` are its patterns, each on its own: any of them is a match."""

    id: str
    language: Language
    role: str
    parts: tuple[Part, ...]
    attribute: str = ""
    strength: str = ""
    kind: str = ""
    tier: str = ""
    masks: frozenset[str] = frozenset()
    not_after: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    note: str = ""
    # what a mask may call it: its role, attribute, tier and id
    names: frozenset[str] = frozenset()

    def search(self, text: str) -> re.Match[str] | None:
        """Return a match of one of the patterns in folded text, or None."""
        return next((found for part in self.parts if (found := part.pattern.search(text))), None)

    @property
    def standard(self) -> bool:
        """True for the standard words of contracts: perpetual, irrevocable, sub-licensable."""
        return self.id.endswith(".explicit")

    @property
    def source(self) -> str:
        """The name that evidence carries."""
        return f"lexicon/{self.language}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All entries of one language. Patterns compile when they are used; `compile_all` proves that each does."""

    language: Language
    entries: tuple[Entry, ...]
    macros: Macros = ({}, {}, {})

    def compile_all(self) -> None:
        """Compile every pattern. Raises DataError when one does not compile."""
        for entry in self.entries:
            for part in entry.parts:
                _ = part.pattern

    def by_role(self, *roles: str) -> tuple[Entry, ...]:
        """Return the entries that play one of `roles`."""
        return tuple(entry for entry in self.entries if entry.role in roles)


_KEYS = {field.name for field in fields(Entry)} - {"language", "passes", "parts", "names"} | {"pass", "pattern"}
_MACRO = re.compile(r"<([A-Z][A-Z_0-9]*)>")
_NUMBER = re.compile(r"(\\d|\[[一二两三四五六七八九十百千零〇半\\d]+\])\+")
_WORD = re.compile(r"\\w([*+])")
_GROUPS = re.compile(r"(?<!\\)\)([*+])")
_GAP = re.compile(r"<(\d+)(,?)(!?)>")
# What a gap with "!" may not cross: after it the words mean the opposite.
_NEGATIONS: dict[str, str] = {
    "zh": "不|未|无|非|没|勿|禁止|严禁",
    "en": r"\bnot\b|n't\b|\bno\b|\bnever\b|\bnor\b|\bwithout\b|\bneither\b|\bnone\b",
}


@cache
def load(language: Language) -> Lexicon:
    """Return the lexicon of `language`. Raises DataError when a file is wrong."""
    tables = [(item.name, _read(item)) for item in _sources(language)]
    macros, signs, outlines = words = _macros(tables, language)
    entries = tuple(_entry(name, raw, language, macros, signs, outlines) for name, table in tables for raw in table.get("entry", []))
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise DataError(f"lexicon/{language}: two entries are called {entry.id}")
        seen.add(entry.id)
    return Lexicon(language=language, entries=entries, macros=words)


def phrases(language: Language, patterns: Mapping[str, Sequence[str]]) -> tuple[Entry, ...]:
    """Return entries (role "cue") of patterns that stand outside the lexicon, by their id. Raises DataError when one is wrong."""
    macros, signs, outlines = load(language).macros
    return tuple(
        _entry("cue", {"id": name, "role": "cue", "pattern": list(items)}, language, macros, signs, outlines)
        for name, items in patterns.items()
    )


def _macros(tables: list[tuple[str, dict[str, Any]]], language: Language) -> Macros:
    """Return the macros of a language: what they stand for, the sign of each, and the outline of each by its sign."""
    macros: dict[str, str] = {}
    for name, table in tables:
        _check(name, table, {"macros", "entry"})
        for macro, value in table.get("macros", {}).items():
            if macro in macros:
                raise DataError(f"{name}: macro {macro} is defined twice")
            macros[macro] = "|".join(value) if isinstance(value, list) else value
    signs = {name: chr(0xE000 + number) for number, name in enumerate(macros)}
    outlines = {signs[name]: _outline(name, value, signs, language) for name, value in macros.items()}
    return _expand_macros(macros), signs, outlines


@cache
def background(language: Language) -> str:
    """Return some ordinary text of `language`: by it the matcher judges how rare a word is."""
    return (files("clausescan.lexicon") / language / "background.txt").read_text(encoding="utf-8")


@cache
def version(language: Language) -> str:
    """Return a short hash of the files of `language`, without compiling them."""
    return sha256(b"".join(item.read_bytes() for item in _sources(language))).hexdigest()[:12]


def _sources(language: Language) -> list[Traversable]:
    folder = files("clausescan.lexicon") / language
    return sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)


def _read(item: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(item.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{item.name}: {error}") from error


def _check(where: str, table: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise DataError(f"{where}: unknown keys {unknown}; known keys are {sorted(known)}")


def _expand_macros(macros: dict[str, str]) -> dict[str, str]:
    """Return the macros with the macros inside them replaced. Raises DataError when one refers to itself."""
    for _ in range(8):
        if not any(_MACRO.search(value) for value in macros.values()):
            return macros
        macros = {name: _substitute(name, value, macros) for name, value in macros.items()}
    raise DataError("lexicon: macros refer to each other in a circle")


def _substitute(where: str, text: str, macros: dict[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise DataError(f"{where}: unknown macro <{match[1]}>; known macros are {sorted(macros)}")
        return f"(?:{macros[match[1]]})"

    return _MACRO.sub(one, text)


def _outline(where: str, text: str, signs: dict[str, str], language: Language) -> str:
    """Return `text` with a sign for each macro and its gaps written out."""

    def one(match: re.Match[str]) -> str:
        if match[1] not in signs:
            raise DataError(f"{where}: unknown macro <{match[1]}>; known macros are {sorted(signs)}")
        return signs[match[1]]

    return _written_out(_MACRO.sub(one, text), language)


def _written_out(pattern: str, language: Language) -> str:
    """Return the pattern with its gaps written out and its repeats bounded: numbers of eight digits, words of 40
    letters, groups of words six times.

    In a run of digits, or of "the any such any the ...", without end every one would start a search to that end.
    """
    written = _NUMBER.sub(r"\1{1,8}", _GAP.sub(lambda match: _gap(match, language), pattern))
    written = _WORD.sub(lambda match: f"\\w{{{int(match[1] == '+')},40}}", written)
    return _GROUPS.sub(lambda match: f"){{{int(match[1] == '+')},6}}", written)


def _gap(match: re.Match[str], language: Language) -> str:
    stop = r"。;!?\n|" + ("," if match[2] else "")
    if match[3]:
        return rf"(?:(?!{_NEGATIONS[language]})[^{stop}]){{0,{match[1]}}}?"
    return rf"[^{stop}]{{0,{match[1]}}}?"


def _entry(
    where: str, raw: dict[str, Any], language: Language, macros: dict[str, str], signs: dict[str, str], outlines: dict[str, str]
) -> Entry:
    name = f"{language}/{where}: {raw.get('id', '?')}"
    _check(name, raw, _KEYS)
    if raw.get("role") not in ROLES or not raw.get("pattern") or not raw.get("id"):
        raise DataError(f"{name}: id, pattern and a role of {sorted(ROLES)} are needed")
    if raw.get("kind", "") not in KINDS:
        raise DataError(f"{name}: unknown kind {raw['kind']}; known kinds are {sorted(KINDS)}")
    if raw["role"] == "attribute" and (raw.get("attribute") not in ATTRIBUTES or raw.get("strength") not in ("strong", "weak")):
        raise DataError(f"{name}: an attribute entry needs attribute (one of {list(ATTRIBUTES)}) and strength (strong or weak)")
    parts = tuple(
        Part(
            name,
            _written_out(_substitute(name, pattern, macros), language),
            _outline(name, pattern, signs, language),
            outlines,
        )
        for pattern in raw["pattern"]
    )
    plain = {key: raw[key] for key in ("id", "role", "attribute", "strength", "kind", "tier", "note") if key in raw}
    return Entry(
        language=language,
        parts=parts,
        masks=frozenset(raw.get("masks", ())),
        names=frozenset(raw[key] for key in ("role", "attribute", "tier", "id") if raw.get(key)),
        not_after=tuple(raw.get("not_after", ())),
        flag=tuple(raw.get("flag", ())),
        passes=tuple(raw.get("pass", ())),
        **plain,
    )
