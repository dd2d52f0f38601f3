"""The one phrase matcher: many patterns over many ranges of a text, with a filter that loses nothing.

Of each pattern the literals are derived of which at least one must occur in every match (as Hyperscan and
Google Code Search do). One pass over the text finds them; a pattern runs only on the ranges that hold
one of its literals. A pattern without such literals runs everywhere, so the filter never loses a match.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

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


def required_literals(pattern: str) -> frozenset[str] | None:
    """Return literals of which every match of `pattern` holds at least one, or None when none can be named.

    >>> sorted(required_literals("不(?:得|可)撤[回销]") or ())
    ['不', '得', ...]  # doctest: +SKIP
    """
    if _sre is None:  # pragma: no cover
        return None
    return _of_sequence(_sre.parse(pattern))


def _of_sequence(parsed: Any) -> frozenset[str] | None:
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
    # The longest shortest literal is the most selective; of equals the smaller set.
    return max(choices, key=lambda literals: (min(map(len, literals)), -len(literals)), default=None)


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


class PhraseTable:
    """Entries compiled for matching over many ranges of one text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.everywhere: list[int] = []
        owners: dict[str, set[int]] = {}
        for index, entry in enumerate(self.entries):
            literals = required_literals(entry.pattern.pattern)
            if literals is None:
                self.everywhere.append(index)
                continue
            for literal in literals:
                owners.setdefault(literal, set()).add(index)
        # A longer literal hides the shorter ones that begin it, so it speaks for their owners too.
        self.owners = {
            literal: frozenset().union(*(owners[literal[:size]] for size in range(1, len(literal) + 1) if literal[:size] in owners))
            for literal in owners
        }
        ordered = sorted(owners, key=lambda literal: (-len(literal), literal))
        self.trigger = re.compile("(?=(" + _trie(ordered) + "))") if ordered else None

    def scan(self, text: str, ranges: Sequence[tuple[int, int]]) -> list[list[Hit]]:
        """Return the hits in each of `ranges` (sorted, not overlapping), each list by start."""
        wanted: list[set[int]] = [set() for _ in ranges]
        starts = [start for start, _ in ranges]
        if self.trigger is not None and ranges:
            for match in self.trigger.finditer(text, ranges[0][0], ranges[-1][1]):
                index = bisect_right(starts, match.start()) - 1
                if index >= 0 and match.start() < ranges[index][1]:
                    wanted[index] |= self.owners[match[1]]
        return [self.run(text, start, end, wanted[index]) for index, (start, end) in enumerate(ranges)]

    def run(self, text: str, start: int, end: int, indices: Iterable[int] | None = None) -> list[Hit]:
        """Return the hits of the entries `indices` (default all) in [start, end)."""
        chosen = range(len(self.entries)) if indices is None else [*indices, *self.everywhere]
        found = [
            Hit(match.start(), match.end(), self.entries[index])
            for index in chosen
            for match in self.entries[index].pattern.finditer(text, start, end)
            if match.end() > match.start()
        ]
        found.sort(key=lambda hit: (hit.start, -hit.end, hit.entry.id))
        return found


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


def unmask(hits: list[Hit]) -> list[Hit]:
    """Return `hits` without the masks and without what a mask covers."""
    masks = [hit for hit in hits if hit.entry.role == "mask"]
    if not masks:
        return hits

    def masked(hit: Hit) -> bool:
        names = {hit.entry.role, hit.entry.attribute, hit.entry.tier, hit.entry.id} - {""}
        return any(mask.start <= hit.start and hit.end <= mask.end and names & set(mask.entry.masks) for mask in masks)

    return [hit for hit in hits if hit.entry.role != "mask" and not masked(hit)]
