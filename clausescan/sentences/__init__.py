"""The sentences that stand around a finding, as data in both languages: elements, context, suggestions, the bilingual check.

Each TOML file is a tree whose leaves are `{ en, zh }` pairs (`Note` material), lists of words, or plain sentences of one
language; `table(name)` returns it, and `pair(name, *path)` a pair. A leaf without one of its languages is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from clausescan.errors import DataError
from clausescan.types import Note

_PAIR = {"en", "zh"}


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the tree of `name`.toml. Raises DataError when the file is wrong."""
    source = files("clausescan.sentences") / f"{name}.toml"
    return parse(f"{name}.toml", source.read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Mapping[str, Any]:
    """Return the tree of a file. Raises DataError with the file and the place of a leaf that is neither pair, list nor sentence."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: {error}") from error
    _check(name, tree)
    return tree


@cache
def pair(name: str, *path: str) -> tuple[str, str]:
    """Return the English and the Chinese sentence at a place. Raises DataError when there is none."""
    place: Any = table(name)
    for key in path:
        if not isinstance(place, dict) or key not in place:
            raise DataError(f"{name}.toml: {'.'.join(path)} is missing; there are {sorted(place)}")
        place = place[key]
    return place["en"], place["zh"]


@lru_cache(maxsize=1024)  # the findings of a document share most of them
def note(code: str, name: str, *path: str, **values: tuple[str, str]) -> Note:
    """Return the pair at a place as a Note; each value is filled in by language, English first."""
    english, chinese = pair(name, *path)
    return Note(
        code=code,
        text=english.format(**{key: value[0] for key, value in values.items()}),
        text_zh=chinese.format(**{key: value[1] for key, value in values.items()}),
    )


@cache
def version() -> str:
    """Return a short hash of all files; it changes when any of them does."""
    return sha256(b"".join(source.read_bytes() for source in _sources())).hexdigest()[:12]


def _check(where: str, value: Any) -> None:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return
    if not isinstance(value, dict):
        raise DataError(f"{where}: a table, a list of words or a sentence is needed, not {type(value).__name__}")
    if all(isinstance(item, str) for item in value.values()) and value.keys() & _PAIR and value.keys() != _PAIR:
        raise DataError(f"{where}: a pair needs exactly {sorted(_PAIR)}, not {sorted(value)}")
    for key, item in value.items():
        _check(f"{where}: {key}", item)


def _sources() -> list[Traversable]:
    folder = files("clausescan.sentences")
    return sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
