"""The one phrase matcher: many patterns over many ranges of a text, with a filter that loses nothing.

Of each pattern the literals are derived of which at least one must occur in every match (as Hyperscan and
Google Code Search do). One pass over the text finds them; a pattern runs only on the ranges that hold
one of its literals. A pattern without such literals runs everywhere, so the filter never loses a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from clausescan.folding import fold
from clausescan.lexicon import Entry, Part, background

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


def required_literals(pattern: str, macros: Mapping[str, str] | None = None) -> list[frozenset[str]]:
    """Return sets of literals, most selective first: every match of `pattern` holds at least one of each set.

    `macros` maps a character that stands for a pattern to that pattern.

    >>> [sorted(literals) for literals in required_literals("不(?:得|可)撤[回销]")]
    [['不'], ['可', '得'], ['撤'], ['回', '销']]
    """
    if _sre is None:  # pragma: no cover
        return []
    return sorted(_Literals(macros or {}).choices(_sre.parse(pattern)), key=_selectivity, reverse=True)


def _selectivity(literals: frozenset[str]) -> tuple[int, int]:
    """The longest shortest literal is the most selective; of equals the smaller set."""
    return min(map(len, literals)), -len(literals)


class _Literals:
    """Derives literals from parsed patterns; what a macro needs is derived once."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        self.macros = macros
        self.known: dict[str, frozenset[str] | None] = {}

    def choices(self, parsed: Any) -> list[frozenset[str]]:
        """Return the sets that a sequence needs, in its order."""
        found: list[frozenset[str] | None] = []
        run = ""
        for operator, argument in parsed:
            name = str(operator)
            if name == "LITERAL" and chr(argument) not in self.macros:
                run += chr(argument)
                continue
            found.append(frozenset([run]) if run else None)
            run = ""
            found.append(self.of_macro(chr(argument)) if name == "LITERAL" else self.of_item(name, argument))
        found.append(frozenset([run]) if run else None)
        return [literals for literals in found if literals]

    def of_sequence(self, parsed: Any) -> frozenset[str] | None:
        """Return the most selective set of a sequence."""
        return max(self.choices(parsed), key=_selectivity, default=None)

    def of_macro(self, sign: str) -> frozenset[str] | None:
        """Return what the pattern behind `sign` needs."""
        if sign not in self.known:
            self.known[sign] = self.of_sequence(_sre.parse(self.macros[sign]))
        return self.known[sign]

    def of_item(self, name: str, argument: Any) -> frozenset[str] | None:
        """Return what one item of a sequence needs, None when it may be empty or anything."""
        if name == "SUBPATTERN":
            return self.of_sequence(argument[3])
        if name == "ATOMIC_GROUP":
            return self.of_sequence(argument)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self.of_sequence(argument[2]) if argument[0] > 0 else None
        if name == "BRANCH":
            return self._union([self.of_sequence(branch) for branch in argument[1]])
        if name == "IN" and all(str(operator) == "LITERAL" for operator, _ in argument):
            # The parser turns an alternation of single characters into a set, also one of macro signs.
            return self._union(
                [self.of_macro(sign) if sign in self.macros else frozenset([sign]) for sign in (chr(value) for _, value in argument)]
            )
        return None

    @staticmethod
    def _union(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
        if any(part is None for part in parts):
            return None
        union = frozenset().union(*(part for part in parts if part is not None))
        return union if len(union) <= MAX_LITERALS else None


class _Trial:
    """One pattern of an entry in a table: `also` are literal sets that a range must hold before the pattern is tried."""

    __slots__ = ("also", "entry", "filters", "part")

    def __init__(self, entry: Entry, part: Part, also: list[frozenset[str]]) -> None:
        self.entry = entry
        self.part = part
        self.also = also
        self.filters: list[re.Pattern[str]] | None = None

    def find(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Return the matches in [start, end)."""
        if self.filters is None:
            self.filters = [_any_of(literals) for literals in self.also]
        for needed in self.filters:
            if needed.search(text, start, end) is None:
                return iter(())
        return self.part.pattern.finditer(text, start, end)


class PhraseTable:
    """Entries compiled for matching over many ranges of one text; what a mask covers does not count."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.trials: list[_Trial] = []
        self.everywhere: list[int] = []
        self.masks: list[int] = []
        owners: dict[str, set[int]] = {}
        derivers: dict[int, _Literals] = {}
        sample = "\n".join(fold(background(language)).text for language in sorted({entry.language for entry in self.entries}))
        for entry in self.entries:
            for part in entry.parts:
                derive = derivers.setdefault(id(part.macros), _Literals(part.macros))
                required = derive.choices(_sre.parse(part.outline)) if _sre is not None else []
                self._add(entry, part, required, sample, owners)
        # A longer literal hides the shorter ones that begin it, so it speaks for their owners too.
        self.owners = {
            literal: frozenset().union(*(owners[literal[:size]] for size in range(1, len(literal) + 1) if literal[:size] in owners))
            for literal in owners
        }
        # The first character stands in front because the scanner of `re` skips by it; what follows looks from there,
        # and one character is consumed, so that literals may overlap.
        first = "".join(sorted({re.escape(literal[0]) for literal in owners}))
        self.trigger = re.compile(f"[{first}](?<=(?=({_trie(sorted(owners))})).)") if owners else None

    def _add(self, entry: Entry, part: Part, required: list[frozenset[str]], sample: str, owners: dict[str, set[int]]) -> None:
        # The set that is rarest in ordinary text is the trigger: 使用 and 同意 stand in every other clause.
        ordered = sorted(required, key=lambda literals: _rate(literals, sample))
        index = len(self.trials)
        self.trials.append(_Trial(entry, part, ordered[1:3]))
        if entry.role == "mask":
            self.masks.append(index)
        elif not ordered:
            self.everywhere.append(index)
        else:
            for literal in ordered[0]:
                owners.setdefault(literal, set()).add(index)

    def scan(self, text: str, start: int, end: int) -> list[Hit]:
        """Return the hits in [start, end) by start, without what a mask covers."""
        wanted = set(self.everywhere)
        if self.trigger is not None:
            literals = {match[1] for match in self.trigger.finditer(text, start, end)}
            wanted.update(*(self.owners[literal] for literal in literals))
        found = self.run(text, start, end, wanted)
        return unmask(found, self.run(text, start, end, self.masks)) if found else found

    def run(self, text: str, start: int, end: int, indices: Iterable[int]) -> list[Hit]:
        """Return the hits of the trials `indices` in [start, end), by start, the longest first."""
        found: list[Hit] = []
        for index in indices:
            trial = self.trials[index]
            entry = trial.entry
            for match in trial.find(text, start, end):
                first, last = match.span()
                if last > first and not (entry.not_after and text[max(start, first - 6) : first].endswith(entry.not_after)):
                    found.append(Hit(first, last, entry))
        if len(found) < 2:
            return found
        # Two patterns of an entry may find the same words.
        return sorted(dict.fromkeys(found), key=lambda hit: (hit.start, -hit.end, hit.entry.id))


def _rate(literals: frozenset[str], sample: str) -> tuple[int, int]:
    return sum(_count(literal, sample) for literal in literals), len(literals)


@lru_cache(maxsize=20_000)
def _count(literal: str, sample: str) -> int:
    return sample.count(literal)


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
