"""Which clause of the old version is which clause of the new one: plain texts in, pairs with a kind out.

1. Equal texts (folded, without number): first those that occur once on both sides, then their equal neighbours outwards (Heckel,
   "A technique for isolating differences between files", 1978), then what is left in its order.
2. One clause that became several, and several that became one: the parts are contained in the whole and cover it.
3. Similar texts: shared pairs of neighbouring words (of Han characters), rare ones weighing more, over an index, so that the work
   grows with what is shared and not with old times new. Between two pairs that frame both clauses less likeness is enough.
4. What is paired but out of the longest common order has moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Literal

from clausescan.identity import bare, words

Kind = Literal["same", "renumbered", "moved", "changed", "split", "merged", "new", "gone"]
KINDS: tuple[Kind, ...] = ("new", "gone", "changed", "split", "merged", "moved", "renumbered", "same")

ALIKE = 0.5  # share of common weight from which two clauses are one that was changed
FRAMED = 0.25  # the same where the clauses before and after are paired already
CONTAINED, COVERED = 0.75, 0.7  # a part must stand in the whole to this share, all parts together must cover this much of it
_WHOLE = 0.85  # two clauses this much alike are one with a change, even if a scrap of it stands elsewhere
_PART = 3  # words below which a clause is no part of another
_COMMON = 40  # pairs of words that stand in more clauses than this do not propose candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A clause as alignment sees it: the number as printed and the text."""

    number: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Clauses that belong together, as indices into the two lists; a clause that is new or gone stands alone.

    `similarity` is the share (0 to 1) of common weight. `moved` and `renumbered` may be true of every kind with both sides.
    """

    kind: Kind
    old: tuple[int, ...]
    new: tuple[int, ...]
    similarity: float
    moved: bool = False
    renumbered: bool = False

    @property
    def same_text(self) -> bool:
        """True when the folded text is the same, number aside: what was decided about the one holds for the other."""
        return self.kind in ("same", "renumbered", "moved")


def align(old: Sequence[Entry], new: Sequence[Entry], *, framed: float = FRAMED) -> list[Pair]:
    """Return the pairs in the order of the new version; what is gone stands where it stood. Each clause is in exactly one pair.

    `framed` is the likeness that is enough between two pairs; ALIKE where neighbours in the list are no neighbours in the text.
    """
    return _Alignment(old, new, framed).pairs()


class _Alignment:
    def __init__(self, old: Sequence[Entry], new: Sequence[Entry], framed: float) -> None:
        self.old, self.new, self.framed = old, new, framed
        self.texts = [bare(entry.text) for entry in old], [bare(entry.text) for entry in new]
        self.to_new: dict[int, int] = {}
        self.to_old: dict[int, int] = {}
        self.likeness: dict[int, float] = {}
        self.split: dict[int, tuple[int, ...]] = {}
        self.merged: dict[int, tuple[int, ...]] = {}

    def pairs(self) -> list[Pair]:
        self._equal()
        self._pair_the_changed()
        return self._ordered()

    def _pair(self, i: int, j: int, similarity: float = 1.0) -> None:
        self.to_new[i], self.to_old[j], self.likeness[i] = j, i, similarity

    # --- equal texts ---

    def _equal(self) -> None:
        where = _places(self.texts[0]), _places(self.texts[1])
        for text, places in where[0].items():
            if len(places) == 1 and len(where[1].get(text, ())) == 1:
                self._pair(places[0], where[1][text][0])
        self._spread(1)
        self._spread(-1)
        for text, places in where[0].items():
            left = [i for i in places if i not in self.to_new]
            for i, j in zip(left, (j for j in where[1].get(text, ()) if j not in self.to_old), strict=False):
                self._pair(i, j)

    def _spread(self, step: int) -> None:
        """Pair equal neighbours of what is paired."""
        for i in sorted(self.to_new, reverse=step < 0):
            j = self.to_new[i]
            while True:
                i, j = i + step, j + step
                inside = 0 <= i < len(self.old) and 0 <= j < len(self.new)
                if not inside or i in self.to_new or j in self.to_old or self.texts[0][i] != self.texts[1][j]:
                    break
                self._pair(i, j)

    # --- texts that are alike ---

    def _pair_the_changed(self) -> None:
        left = [i for i in range(len(self.old)) if i not in self.to_new], [j for j in range(len(self.new)) if j not in self.to_old]
        if not left[0] or not left[1]:
            return
        grams = [[_grams(text) for text in texts] for texts in self.texts]
        weights = _weights(grams[0], grams[1])
        found = _Shared([(i, grams[0][i]) for i in left[0]], [(j, grams[1][j]) for j in left[1]], weights)
        self._divided(found)
        for similarity, _, i, j in sorted((-found.dice(i, j), abs(i - j), i, j) for i, j in found.pairs):
            free = i not in self.to_new and j not in self.to_old and i not in self.split and j not in self.merged
            if free and -similarity >= (self.framed if self._framed(i, j) else ALIKE) and not self._is_part(i, j):
                self._pair(i, j, -similarity)

    def _is_part(self, i: int, j: int) -> bool:
        return any(j in parts for parts in self.split.values()) or any(i in parts for parts in self.merged.values())

    def _framed(self, i: int, j: int) -> bool:
        """True when the clauses before, or those after, are paired with each other and the numbers or both neighbours agree."""
        before = i > 0 and j > 0 and self.to_new.get(i - 1) == j - 1
        before |= i == j == 0
        after = self.to_new.get(i + 1) == j + 1 or (i == len(self.old) - 1 and j == len(self.new) - 1)
        return (before and after) or ((before or after) and self.old[i].number == self.new[j].number)

    def _divided(self, found: _Shared) -> None:
        """Find the clauses that became several, and those that several became."""
        of_old: dict[int, list[int]] = defaultdict(list)
        of_new: dict[int, list[int]] = defaultdict(list)
        for i, j in found.pairs:
            if found.inside_old(i, j) >= CONTAINED:
                of_old[i].append(j)
            if found.inside_new(i, j) >= CONTAINED:
                of_new[j].append(i)
        for i, parts in of_old.items():
            free = {j: found.new[j] for j in parts if not self._is_part(-1, j)}
            chosen = found.cover(found.old[i], free)
            if chosen and _divides(chosen, max(found.dice(i, j) for j in parts)):
                self.split[i] = chosen
        taken = {part for chosen in self.split.values() for part in chosen}
        for j, parts in of_new.items():
            free = {i: found.old[i] for i in parts if i not in self.split and not self._is_part(i, -1)}
            chosen = found.cover(found.new[j], free) if j not in taken else ()
            if chosen and _divides(chosen, max(found.dice(i, j) for i in parts)):
                self.merged[j] = chosen

    # --- the result ---

    def _ordered(self) -> list[Pair]:
        divided = [*((i, parts[0]) for i, parts in self.split.items()), *((parts[0], j) for j, parts in self.merged.items())]
        links = sorted([*self.to_new.items(), *divided])
        in_place = _longest_rise([j for _, j in links])
        moved = {i for index, (i, _) in enumerate(links) if index not in in_place}
        given = [self._of(i, j, i in moved) for i, j in self.to_new.items()]
        given += [Pair(kind="split", old=(i,), new=parts, similarity=1.0, moved=i in moved) for i, parts in self.split.items()]
        given += [Pair(kind="merged", old=parts, new=(j,), similarity=1.0, moved=parts[0] in moved) for j, parts in self.merged.items()]
        seen_old = {i for pair in given for i in pair.old}
        seen_new = {j for pair in given for j in pair.new}
        given += [Pair(kind="new", old=(), new=(j,), similarity=0.0) for j in range(len(self.new)) if j not in seen_new]
        gone = [Pair(kind="gone", old=(i,), new=(), similarity=0.0) for i in range(len(self.old)) if i not in seen_old]
        return list(_with_the_gone(sorted(given, key=lambda pair: pair.new[0]), gone))

    def _of(self, i: int, j: int, moved: bool) -> Pair:
        renumbered = self.old[i].number != self.new[j].number
        same = self.texts[0][i] == self.texts[1][j]
        kind: Kind = "changed" if not same else "moved" if moved else "renumbered" if renumbered else "same"
        return Pair(kind=kind, old=(i,), new=(j,), similarity=self.likeness[i], moved=moved, renumbered=renumbered)


class _Shared:
    """The clauses that are left on both sides, and how much those that share a rare pair of words have in common."""

    def __init__(self, old: list[tuple[int, Counter[str]]], new: list[tuple[int, Counter[str]]], weights: dict[str, float]) -> None:
        self.old, self.new, self.weights = dict(old), dict(new), weights
        self.size_old = {i: self.weight(grams) for i, grams in old}
        self.size_new = {j: self.weight(grams) for j, grams in new}
        index: dict[str, list[int]] = defaultdict(list)
        for j, grams in new:
            for gram in grams:
                index[gram].append(j)
        self.pairs: dict[tuple[int, int], float] = {}
        for i, grams in old:
            for j in {j for gram in grams if len(index[gram]) <= _COMMON for j in index[gram]}:
                self.pairs[i, j] = self.weight(grams & self.new[j])

    def weight(self, grams: Counter[str]) -> float:
        return sum(self.weights[gram] * count for gram, count in grams.items())

    def dice(self, i: int, j: int) -> float:
        return 2 * self.pairs[i, j] / ((self.size_old[i] + self.size_new[j]) or 1.0)

    def inside_old(self, i: int, j: int) -> float:
        """Return the share of new clause j that stands in old clause i."""
        return self.pairs[i, j] / (self.size_new[j] or 1.0) if len(self.new[j]) >= _PART else 0.0

    def inside_new(self, i: int, j: int) -> float:
        """Return the share of old clause i that stands in new clause j."""
        return self.pairs[i, j] / (self.size_old[i] or 1.0) if len(self.old[i]) >= _PART else 0.0

    def cover(self, whole: Counter[str], parts: dict[int, Counter[str]]) -> tuple[int, ...]:
        """Return at least two parts that cover the whole, in their order; nothing when they do not. A part must say what no other says."""
        left, size, chosen = Counter(whole), self.weight(whole), list[int]()
        for part in sorted(parts, key=lambda part: (-self.weight(parts[part]), part)):
            common = left & parts[part]
            if self.weight(common) >= CONTAINED * 0.8 * self.weight(parts[part]):
                chosen.append(part)
                left -= common
        covered = 1 - self.weight(left) / (size or 1.0)
        return tuple(sorted(chosen)) if len(chosen) > 1 and covered >= COVERED else ()


def _divides(parts: tuple[int, ...], likeness: float) -> bool:
    """True when parts stand for a division, and not for a change beside a clause that repeats a scrap of it."""
    return likeness < _WHOLE or parts[-1] - parts[0] == len(parts) - 1


def _places(texts: Iterable[str]) -> dict[str, list[int]]:
    where: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        where[text].append(index)
    return where


def _grams(text: str) -> Counter[str]:
    """Return the pairs of neighbouring words of a folded text with their counts; the words of a text of one or two."""
    found = words(text)
    return Counter(f"{first} {second}" for first, second in pairwise(found)) if len(found) > 2 else Counter(found)


def _weights(*sides: Iterable[Counter[str]]) -> dict[str, float]:
    """Return the weight of each pair of words: what stands in many clauses says little about which clause it is."""
    total, holders = 0, Counter[str]()
    for side in sides:
        for grams in side:
            total += 1
            holders.update(grams.keys())
    return {gram: log(1 + total / count) for gram, count in holders.items()}


def _longest_rise(values: Sequence[int]) -> set[int]:
    """Return the indices of a longest increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        at = bisect_left(tails, value)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [value]
        ends[at : at + 1] = [index]
    found, index = set[int](), ends[-1] if ends else -1
    while index >= 0:
        found.add(index)
        index = before[index]
    return found


def _with_the_gone(given: list[Pair], gone: list[Pair]) -> Iterator[Pair]:
    """Yield the pairs, each clause that is gone after the pair of the clause that stood before it."""
    homes = sorted(i for pair in given for i in pair.old)
    after: dict[int, list[Pair]] = defaultdict(list)
    for pair in gone:
        at = bisect_left(homes, pair.old[0])
        after[homes[at - 1] if at else -1].append(pair)
    yield from after.pop(-1, [])
    for pair in given:
        yield pair
        for i in pair.old:
            yield from after.get(i, ())
