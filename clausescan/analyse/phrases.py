"""The one phrase matcher: many patterns over many ranges of a text, with a filter that loses nothing.

Of each pattern the literals are derived of which at least one must occur in every match (as Hyperscan and
Google Code Search do). One pass over the text, in C, finds their rarest pairs or trigrams; a pattern runs only on
the ranges that hold one of them. A pattern without such literals runs everywhere, so the filter never loses a match.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clausescan.folding import fold
from clausescan.lexicon import Entry, Part, background
from clausescan.types import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

try:  # the parser of `re` has no public name; without it every pattern runs everywhere: slower, same result
    from re import _parser as _sre  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    _sre = None

MAX_LITERALS = 400
_LOOKED_FOR = 2  # sets of literals that are looked for in the words of a range


class Hit(NamedTuple):
    """A match of a lexicon entry: half-open offsets into the folded text."""

    start: int
    end: int
    entry: Entry


class _Literals:
    """Derives literals from parsed patterns; what a macro needs is derived once."""

    def __init__(self, macros: Mapping[str, str], sample: str) -> None:
        self.macros = macros
        self.sample = sample
        self.known: dict[str, frozenset[str] | None] = {}

    def alternatives(self, pattern: str) -> list[list[frozenset[str]]]:
        """Return, for each alternative of a pattern, sets of literals, rarest first: its matches hold one of each set.

        >>> [[sorted(literals) for literals in sets] for sets in _Literals({}, "").alternatives("不(?:得|可)撤[回销]|永久")]
        [[['不'], ['撤'], ['可', '得'], ['回', '销']], [['永久']]]
        """
        if _sre is None:  # pragma: no cover
            return [[]]
        items = list(_sre.parse(pattern))
        branches = items[0][1][1] if len(items) == 1 and str(items[0][0]) == "BRANCH" else [items]
        return [sorted(self.choices(branch), key=self.rarity) for branch in branches]

    def rarity(self, literals: frozenset[str]) -> tuple[int, int, int]:
        """Return a key that sorts sets of literals: how often they stand in ordinary text, how short and how many they are."""
        return sum(_count(literal, self.sample) for literal in literals), -min(map(len, literals)), len(literals)

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
        """Return the rarest set of a sequence."""
        return min(self.choices(parsed), key=self.rarity, default=None)

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


class _OneOf:
    """Literals of which one must occur. Many patterns need the same ones, so what a range holds of them is looked up once."""

    __slots__ = ("literals",)

    def __init__(self, literals: frozenset[str]) -> None:
        self.literals = tuple(sorted(literals))


class _Need(NamedTuple):
    """What one alternative of a pattern needs: all of `must`, and one of each of `some`; of each of `grams` a number."""

    trial: _Trial
    grams: tuple[frozenset[int], ...]
    must: tuple[str, ...]
    some: tuple[_OneOf, ...]


class _Call(NamedTuple):
    """An alternative of a pattern before its grams have numbers: those that call it, and sets of which it needs one each."""

    callers: frozenset[str]
    grams: tuple[frozenset[str], ...]
    need: _Need


class _Trial:
    """One pattern of an entry; `find` yields its matches in a range of a text."""

    __slots__ = ("entry", "find", "part")

    def __init__(self, entry: Entry, part: Part) -> None:
        self.entry = entry
        self.part = part
        self.find: Callable[[str, int, int], Iterator[re.Match[str]]] = self._first

    def _first(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        self.find = self.part.pattern.finditer  # most patterns are never needed, so each is compiled when it is
        return self.find(text, start, end)


class _Patterns:
    """Patterns of one language, found by the rarest pairs or trigrams of their literals."""

    def __init__(self, entries: Iterable[Entry], language: Language) -> None:
        # Pairs of Chinese characters are about as rare as English trigrams.
        self._longest = 2 if language == "zh" else 3
        self._sample = fold(background(language)).text
        self.everywhere: list[_Need] = []
        calls: list[_Call] = []
        derivers: dict[int, _Literals] = {}
        for entry in entries:
            for part in entry.parts:
                derive = derivers.setdefault(id(part.macros), _Literals(part.macros, self._sample))
                trial = _Trial(entry, part)
                for required in derive.alternatives(part.outline):
                    if required:
                        calls.append(self._call(trial, required))
                    else:
                        self.everywhere.append(_Need(trial, (), (), ()))
        numbers = self._compile(sorted({gram for call in calls for grams in (call.callers, *call.grams) for gram in grams}))
        self.owners: list[list[_Need]] = [[] for _ in range(len(numbers) + 1)]
        for call in calls:
            grams = tuple(frozenset(map(numbers.__getitem__, grams)) for grams in call.grams)
            for caller in sorted(call.callers):
                must = tuple(literal for literal in call.need.must if literal != caller)
                self.owners[numbers[caller]].append(call.need._replace(grams=grams, must=must))
        self._note_callers()
        self._only: dict[frozenset[str], _Patterns] = {}

    def _call(self, trial: _Trial, required: list[frozenset[str]]) -> _Call:
        """Return what calls a trial and what it needs. The rarest set calls: 使用 and 同意 stand in every other clause."""
        must = tuple(dict.fromkeys(literal for literals in required if len(literals) == 1 for literal in literals))
        others = [literals for literals in required[1:] if len(literals) > 1]
        # of short literals the grams are too common to tell anything; those of Chinese would make tables that no cache holds
        apart = self._longest > 2
        grams = [frozenset(map(self._gram, literals)) for literals in others if apart and min(map(len, literals)) >= self._longest]
        need = _Need(trial, (), must, tuple(_any_of(literals) for literals in others[:_LOOKED_FOR]))
        return _Call(frozenset(map(self._gram, required[0])), tuple(grams), need)

    def _note_callers(self) -> None:
        """Note which owners have a need."""
        self.calling = np.array([bool(needs) for needs in self.owners])
        self.callers = frozenset(self.calling.nonzero()[0].tolist())

    def _gram(self, literal: str) -> str:
        """Return the rarest pair or trigram of a literal, or the literal when it is shorter."""
        grams = [literal[place : place + self._longest] for place in range(max(1, len(literal) - self._longest + 1))]
        return min(grams, key=lambda gram: _count(gram, self._sample))

    def _compile(self, grams: list[str]) -> dict[str, int]:
        """Number the characters and the grams, and make for each length of gram a table from the former to the latter."""
        characters = sorted({character for gram in grams for character in gram})
        self._base = len(characters) + 1
        self._numbers = np.zeros(0x10000, dtype=np.intp)
        self._numbers[[ord(character) for character in characters]] = range(1, self._base)
        self._tables: dict[int, NDArray[np.uint16]] = {}
        numbers = {gram: number for number, gram in enumerate(grams, 1)}
        for gram, number in numbers.items():
            table = self._tables.setdefault(len(gram), np.zeros(self._base ** len(gram), dtype=np.uint16))
            place = 0
            for character in gram:
                place = place * self._base + int(self._numbers[ord(character)])
            table[place] = number
        return numbers

    def only(self, wanted: frozenset[str]) -> _Patterns:
        """Return these patterns without those of entries that are not `wanted`; the numbers of the owners stay."""
        known = self._only.get(wanted)
        if known is None:
            known = self._only[wanted] = self._chosen(wanted)
        return known

    def _chosen(self, wanted: frozenset[str]) -> _Patterns:
        other = copy(self)
        other.everywhere = [need for need in self.everywhere if need.trial.entry.id in wanted]
        other.owners = [[need for need in needs if need.trial.entry.id in wanted] for needs in self.owners]
        other._note_callers()
        return other

    def spots(self, text: str) -> _Spots:
        """Return where grams stand in the text."""
        numbers = self._numbers.take(_codes(text))
        found = []
        for size, table in self._tables.items():
            places = numbers[: max(0, len(numbers) - size + 1)]
            for offset in range(1, size):
                places = places * self._base
                places += numbers[offset : len(numbers) - size + 1 + offset]
            owners = table.take(places)
            where = owners.nonzero()[0]
            found.append((where, owners.take(where)))
        return _Spots(found)


@lru_cache(maxsize=2)  # every table looks through the same text
def _codes(text: str) -> NDArray[np.intp]:
    """Return the code points of a text, those beyond the first plane as 0xFFFF."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.minimum(codes, 0xFFFF).astype(np.intp)


class _Spots:
    """Where grams stand in a text: the places, in order for each length of gram, and the numbers of their owners."""

    __slots__ = ("arrays", "lists")

    def __init__(self, arrays: list[tuple[NDArray[np.intp], NDArray[np.uint16]]]) -> None:
        self.arrays = arrays
        self.lists = [(places.tolist(), numbers.tolist()) for places, numbers in arrays]

    def owners(self, start: int, end: int) -> set[int]:
        """Return the numbers of the owners of the grams that begin in [start, end)."""
        found: set[int] = set()
        for places, numbers in self.lists:
            first = bisect_left(places, start)
            found.update(numbers[first : bisect_left(places, end, first)])
        return found


class PhraseTable:
    """Entries of one language, compiled for matching; `over` applies them to a text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        language = self.entries[0].language
        self.phrases = _Patterns((entry for entry in self.entries if entry.role != "mask"), language)
        self.masks = _Patterns((entry for entry in self.entries if entry.role == "mask"), language)

    def over(self, text: str) -> Matcher:
        """Return the matcher of this table over a text."""
        return Matcher(self, text)


class Matcher:
    """A table over one text."""

    __slots__ = ("_mask_spots", "_spots", "_table", "text")

    def __init__(self, table: PhraseTable, text: str) -> None:
        self.text = text
        self._table = table
        self._spots = table.phrases.spots(text)
        self._mask_spots: _Spots | None = None

    def called(self, starts: Sequence[int], ends: Sequence[int], wanted: frozenset[str] | None = None) -> list[bool]:
        """Return, for each range [start, end), whether `scan` could find anything in it: one step for all ranges."""
        patterns = self._table.phrases if wanted is None else self._table.phrases.only(wanted)
        found = np.full(len(starts), bool(patterns.everywhere))
        for places, numbers in self._spots.arrays:
            calling = places[patterns.calling[numbers]]
            found |= calling.searchsorted(starts) < calling.searchsorted(ends)
        return list(found.tolist())

    def scan(self, start: int, end: int, wanted: frozenset[str] | None = None) -> list[Hit]:
        """Return the hits in [start, end) by start, the longest first, without what a mask covers; of `wanted` entries only."""
        patterns = self._table.phrases
        found = self._run(patterns if wanted is None else patterns.only(wanted), self._spots, start, end)
        if not found:
            return found
        if len(found) > 1:
            # Two patterns of an entry may find the same words.
            found = sorted(dict.fromkeys(found), key=_by_place)
        if self._mask_spots is None:
            self._mask_spots = self._table.masks.spots(self.text)
        masks = self._run(self._table.masks, self._mask_spots, start, end)
        return unmask(found, masks) if masks else found

    def _run(self, patterns: _Patterns, spots: _Spots, start: int, end: int) -> list[Hit]:
        """Return the hits of `patterns` in [start, end)."""
        owners = spots.owners(start, end)
        if not owners and not patterns.everywhere:
            return []
        text = self.text
        found: list[Hit] = []
        for trial in _possible(patterns, owners, text[start:end]):
            entry = trial.entry
            for match in trial.find(text, start, end):
                first, last = match.span()
                if last > first and not (entry.not_after and text[max(start, first - 6) : first].endswith(entry.not_after)):
                    found.append(_new_hit(Hit, (first, last, entry)))
        return found


def _by_place(hit: Hit) -> tuple[int, int, str]:
    return hit[0], -hit[1], hit[2].id


_new_hit = tuple.__new__  # what Hit(...) calls, at a third of the time: hits are made by the ten thousand


def _possible(patterns: _Patterns, owners: set[int], words: str) -> dict[_Trial, None]:
    """Return the trials that `owners` call, without those for which `words` lack a literal."""
    trials = dict.fromkeys(need.trial for need in patterns.everywhere)
    known: dict[_OneOf, bool] = {}
    needs = patterns.owners
    for number in owners & patterns.callers:
        for trial, grams, must, some in needs[number]:
            if trial in trials:
                continue
            for one in grams:
                if owners.isdisjoint(one):
                    break
            else:
                for literal in must:
                    if literal not in words:
                        break
                else:
                    for needed in some:
                        holds = known.get(needed)
                        if holds is None:
                            holds = known[needed] = any(map(words.__contains__, needed.literals))
                        if not holds:
                            break
                    else:
                        trials[trial] = None
    return trials


@lru_cache(maxsize=40_000)
def _count(literal: str, sample: str) -> int:
    return sample.count(literal)


@cache
def _any_of(literals: frozenset[str]) -> _OneOf:
    return _OneOf(literals)


def unmask(hits: list[Hit], masks: list[Hit]) -> list[Hit]:
    """Return `hits` without what one of `masks` covers."""
    kept = []
    for hit in hits:
        for mask in masks:
            if mask.start <= hit.start and hit.end <= mask.end and not mask.entry.masks.isdisjoint(hit.entry.names):
                break
        else:
            kept.append(hit)
    return kept
