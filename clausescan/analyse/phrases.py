"""The one phrase matcher: many patterns over many ranges of a text, with a filter that loses nothing.

Of each pattern the literals are derived of which at least one must occur in every match (as Hyperscan and
Google Code Search do). One pass over the text finds them; a pattern runs only on the ranges that hold
one of its literals. A pattern without such literals runs everywhere, so the filter never loses a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from clausescan.folding import fold
from clausescan.lexicon import Entry

try:  # the parser of `re` has no public name; without it every pattern runs everywhere: slower, same result
    from re import _parser as _sre  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    _sre = None

MAX_LITERALS = 400


class Hit(NamedTuple):
    """A match of a lexicon entry: half-open offsets into the folded text."""

    start: int
    end: int
    entry: Entry


def required_literals(pattern: str) -> list[frozenset[str]]:
    """Return sets of literals, most selective first: every match of `pattern` holds at least one of each set.

    >>> [sorted(literals) for literals in required_literals("不(?:得|可)撤[回销]")]
    [['不'], ['可', '得'], ['撤'], ['回', '销']]
    """
    if _sre is None:  # pragma: no cover
        return []
    return sorted(_choices(_sre.parse(pattern)), key=_selectivity, reverse=True)


def _selectivity(literals: frozenset[str]) -> tuple[int, int]:
    """The longest shortest literal is the most selective; of equals the smaller set."""
    return min(map(len, literals)), -len(literals)


def _of_sequence(parsed: Any) -> frozenset[str] | None:
    return max(_choices(parsed), key=_selectivity, default=None)


def _choices(parsed: Any) -> list[frozenset[str]]:
    choices: list[frozenset[str]] = []
    run = ""
    for operator, argument in parsed:
        name = str(operator)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if run:
            choices.append(frozenset([run]))
            run = ""
        found = _of_item(name, argument)
        if found:
            choices.append(found)
    if run:
        choices.append(frozenset([run]))
    return choices


def _of_item(name: str, argument: Any) -> frozenset[str] | None:
    if name == "SUBPATTERN":
        return _of_sequence(argument[3])
    if name == "ATOMIC_GROUP":
        return _of_sequence(argument)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return _of_sequence(argument[2]) if argument[0] > 0 else None
    if name == "BRANCH":
        parts = [_of_sequence(branch) for branch in argument[1]]
        if any(part is None for part in parts):
            return None
        union = frozenset().union(*(part for part in parts if part is not None))
        return union if len(union) <= MAX_LITERALS else None
    if name == "IN":
        if all(str(operator) == "LITERAL" for operator, _ in argument):
            return frozenset(chr(value) for _, value in argument)
        return None
    return None


class _Part(NamedTuple):
    """One pattern of an entry, with the literal sets that a range must hold before the pattern is tried."""

    entry: Entry
    pattern: re.Pattern[str]
    also: tuple[re.Pattern[str], ...]


class PhraseTable:
    """Entries compiled for matching over many ranges of one text; what a mask covers does not count."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.parts: list[_Part] = []
        self.everywhere: list[int] = []
        self.masks: list[int] = []
        owners: dict[str, set[int]] = {}
        sample = fold("\n".join(text for entry in self.entries for text in (*entry.flag, *entry.passes))).text
        for entry in self.entries:
            for pattern in entry.parts:
                self._add(entry, pattern, sample, owners)
        # A longer literal hides the shorter ones that begin it, so it speaks for their owners too.
        self.owners = {
            literal: frozenset().union(*(owners[literal[:size]] for size in range(1, len(literal) + 1) if literal[:size] in owners))
            for literal in owners
        }
        # The first character stands in front because the scanner of `re` skips by it; what follows looks from there,
        # and one character is consumed, so that literals may overlap.
        first = "".join(sorted({re.escape(literal[0]) for literal in owners}))
        self.trigger = re.compile(f"[{first}](?<=(?=({_trie(sorted(owners))})).)") if owners else None

    def _add(self, entry: Entry, pattern: re.Pattern[str], sample: str, owners: dict[str, set[int]]) -> None:
        # The set that is rarest in the examples of the lexicon is the trigger: 使用 and 同意 stand in every other clause.
        required = sorted(required_literals(pattern.pattern), key=lambda literals: _rate(literals, sample))
        index = len(self.parts)
        self.parts.append(_Part(entry, pattern, tuple(_any_of(literals) for literals in required[1:3])))
        if entry.role == "mask":
            self.masks.append(index)
        elif not required:
            self.everywhere.append(index)
        else:
            for literal in required[0]:
                owners.setdefault(literal, set()).add(index)

    def scan(self, text: str, start: int, end: int) -> list[Hit]:
        """Return the hits in [start, end) by start, without what a mask covers."""
        if self.trigger is None:
            return []
        literals = {match[1] for match in self.trigger.finditer(text, start, end)}
        wanted = set(self.everywhere).union(*(self.owners[literal] for literal in literals))
        found = self.run(text, start, end, wanted)
        return unmask(found, self.run(text, start, end, self.masks)) if found else found

    def run(self, text: str, start: int, end: int, indices: Iterable[int]) -> list[Hit]:
        """Return the hits of the parts `indices` in [start, end), by start, the longest first."""
        found: list[Hit] = []
        for index in indices:
            entry, pattern, also = self.parts[index]
            for other in also:
                if other.search(text, start, end) is None:
                    break
            else:
                for match in pattern.finditer(text, start, end):
                    first, last = match.span()
                    if last > first and not (entry.not_after and text[max(start, first - 6) : first].endswith(entry.not_after)):
                        found.append(Hit(first, last, entry))
        if len(found) < 2:
            return found
        # Two parts of an entry may find the same words.
        return sorted(dict.fromkeys(found), key=lambda hit: (hit.start, -hit.end, hit.entry.id))


def _rate(literals: frozenset[str], sample: str) -> tuple[int, int]:
    return sum(sample.count(literal) for literal in literals), len(literals)


@cache
def _any_of(literals: frozenset[str]) -> re.Pattern[str]:
    return re.compile(_trie(sorted(literals)))


def _trie(words: Sequence[str]) -> str:
    """Return a pattern that matches the longest of `words` at a place, as a trie."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}

    def render(node: dict[str, Any]) -> str:
        ends = "" in node
        parts = [re.escape(character) + render(child) for character, child in sorted(node.items()) if character]
        if not parts:
            return ""
        body = parts[0] if len(parts) == 1 and not ends else "(?:" + "|".join(parts) + ")"
        return body + "?" if ends else body

    return render(root)


def unmask(hits: list[Hit], masks: list[Hit]) -> list[Hit]:
    """Return `hits` without what one of `masks` covers."""
    if not masks:
        return hits

    def masked(hit: Hit) -> bool:
        names = {hit.entry.role, hit.entry.attribute, hit.entry.tier, hit.entry.id} - {""}
        return any(mask.start <= hit.start and hit.end <= mask.end and names & set(mask.entry.masks) for mask in masks)

    return [hit for hit in hits if not masked(hit)]
