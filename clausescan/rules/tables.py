"""What the loaders of rule files share: reading a table, refusing unknown keys, words in both languages, codes of law."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from clausescan import law
from clausescan.errors import DataError
from clausescan.types import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same words in both languages."""

    en: str
    zh: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def load(name: str, text: str) -> dict[str, Any]:
    """Return the table of a TOML text. Raises DataError with the name of the file."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: {error}") from error


def check(where: str, table: Any, known: Collection[str], optional: Collection[str] = ()) -> None:
    """Raise DataError when `table` is none, has a key that is not in `known`, or lacks one that is not in `optional`."""
    if not isinstance(table, dict):
        raise DataError(f"{where}: a table with the keys {sorted(known)} is needed")
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise DataError(f"{where}: unknown keys {unknown}; known keys are {sorted(known)}")
    missing = sorted(set(known) - set(table) - set(optional))
    if missing:
        raise DataError(f"{where}: keys {missing} are missing; known keys are {sorted(known)}")


def words(where: str, raw: Any) -> Words:
    """Return the words of a table with en and zh. Raises DataError when one is missing or empty."""
    check(where, raw, ("en", "zh"))
    if not all(isinstance(value, str) and value.strip() for value in raw.values()):
        raise DataError(f"{where}: en and zh must be sentences")
    return Words(en=raw["en"].strip("\n"), zh=raw["zh"].strip("\n"))


def codes(where: str, raw: list[str]) -> tuple[str, ...]:
    """Return codes of law. Raises DataError for one that the law data do not hold."""
    for code in raw:
        try:
            law.basis(code)
        except DataError as error:
            raise DataError(f"{where}: {error}") from error
    return tuple(raw)
