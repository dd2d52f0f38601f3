"""Patterns over documents: what `python -m tests.patterns` measures, and the rule that keeps those of the data files linear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from clausescan import lexicon
from tests.patterns import Pattern, attacks


def unbounded_groups(parsed: Any) -> Iterator[Any]:
    """Yield the repeats without an end whose body is more than one character."""
    for op, value in parsed:
        if op in (c.MAX_REPEAT, c.MIN_REPEAT) and value[1] is c.MAXREPEAT and (len(value[2]) > 1 or value[2][0][0] in (c.SUBPATTERN, c.BRANCH)):
            yield value
        for part in value if isinstance(value, tuple) else ():
            for inner in part if isinstance(part, list) else (part,):
                if hasattr(inner, "data"):
                    yield from unbounded_groups(inner)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_pattern_of_the_lexicon_repeats_groups_without_end(language: str):
    patterns = [part.text for entry in lexicon.load(language).entries for part in entry.parts]
    assert len(patterns) > 200
    assert [text for text in patterns if next(unbounded_groups(_parser.parse(text)), None)] == []


def test_the_check_sees_what_it_looks_for():
    assert list(unbounded_groups(_parser.parse(r"x(?:ab|c)*y")))
    assert list(unbounded_groups(_parser.parse(r"(?:x(?:ab)+|y){0,3}")))
    assert not list(unbounded_groups(_parser.parse(r"a+(?:bc){0,6}[de]*")))


@pytest.mark.parametrize(("pattern", "attack"), [(r"a+b", ("", "a")), (r"第\d+条", ("第", "1")), (r"x(?:ab)*c", ("x", "ab")), (r"[。;]\s*$", ("。", " "))])
def test_a_pattern_is_attacked_with_what_it_repeats(pattern: str, attack: tuple[str, str]):
    found = list(attacks(Pattern(pattern, 0, "")))
    assert attack in found or (attack[0], attack[1].replace(" ", "\t")) in found
    for prefix, pump in found:
        assert re.search(r".", prefix + pump * 3, re.DOTALL)
