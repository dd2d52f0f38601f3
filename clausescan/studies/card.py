"""The figures of the corpus card, counted from the corpus itself.

`python -m clausescan.studies.card corpus/clauses corpus/README.md` writes them between the marks of the card.

    | | zh | en |
    |---|--:|--:|
    | units | 4,304 | 2,987 |
"""

from __future__ import annotations

import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from clausescan.errors import UsageError
from clausescan.evaluate import Unit, keywords, load
from clausescan.types import ATTRIBUTES

MARKS = ("<!-- counts -->", "<!-- /counts -->")
LANGUAGES = ("zh", "en")
GATES = {
    "G1": "heading, quotation, example",
    "G2": "not about a face",
    "G3": "from the processor to the person",
    "G4": "promise, prohibition, denied",
    "G5": "a business over its own material",
    "G6": "face data taken out",
    "G7": "on the device, anonymised",
    "G8": "another object",
    "G9": "bounded",
    "G10": "the person's own right",
}
_SUBJECTS = ("face_direct", "by_definition", "biometric", "likeness", "none")
_SIMILAR, _LOOSELY = 0.7, 0.3


def counts(folder: Path) -> str:
    """Return the tables of counts of a folder with zh/*.jsonl and en/*.jsonl."""
    units = {language: load(sorted((folder / language).glob("*.jsonl"))) for language in LANGUAGES}

    def row(name: str, count: Callable[[Sequence[Unit]], str | int]) -> str:
        cells = (count(units[language]) for language in LANGUAGES)
        return f"| {name} | " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"

    def of(key: str, value: object) -> Callable[[Sequence[Unit]], int]:
        return lambda some: sum(unit.raw.get(key) == value for unit in some)

    rows = ["| | zh | en |", "|---|--:|--:|", row("units", len)]
    rows += [row(grade, of("grade", grade)) for grade in ("candidate", "review", "none")]
    rows += [row(f"subject {subject}", of("subject", subject)) for subject in _SUBJECTS]
    rows.append(row("right grant / practice / none", lambda some: _several(some, "right", ("grant", "practice", "none"))))
    rows.append(row("counterparty is a business", of("counterparty", "business")))
    rows.append(row("with context", lambda some: sum(bool(unit.context or unit.context_after) for unit in some)))
    rows.append(row("easy / medium / hard", lambda some: _several(some, "difficulty", ("easy", "medium", "hard"))))
    rows.append(row("length: median (shortest, longest)", _lengths))
    rows += ["", "| attribute | zh strong | zh weak | en strong | en weak |", "|---|--:|--:|--:|--:|"]
    for name in ATTRIBUTES:
        cells = (_strength(units[language], name, strength) for language in LANGUAGES for strength in ("strong", "weak"))
        rows.append(f"| {name} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    rows += ["", "| gate of units that are not flagged | zh | en |", "|---|--:|--:|"]
    rows += [row(f"{gate} {name}", of("gate", gate)) for gate, name in GATES.items()]
    rows.append(row("none of them: nothing is granted", _without_gate))
    codes = sorted({code for some in units.values() for unit in some for code in unit.raw.get("related") or ()})
    rows += ["", "| related finding | zh | en |", "|---|--:|--:|"]
    rows += [row(code, lambda some, code=code: sum(code in (unit.raw.get("related") or ()) for unit in some)) for code in codes]  # type: ignore[misc]
    rows += ["", "| how hard it is | zh | en |", "|---|--:|--:|"]
    rows.append(row("hard negatives: share of `none` with a face word and a standard attribute word", _hard))
    rows.append(row("flagged units that hold a standard attribute word", _standard))
    rows.append(row("distinct 8-grams of characters / 4-grams of words", _distinct))
    rows.append(row(f"near duplicates (Jaccard over 5-grams above {_SIMILAR})", lambda some: _near(some)[0]))
    rows.append(row(f"the same above {_LOOSELY}", lambda some: _near(some)[1]))
    return "\n".join(rows)


def _without_gate(units: Iterable[Unit]) -> int:
    return sum(unit.grade == "none" and not unit.raw.get("gate") for unit in units)


def _several(units: Iterable[Unit], key: str, values: Sequence[str]) -> str:
    found = Counter(unit.raw.get(key) for unit in units)
    return " / ".join(f"{found[value]:,}" for value in values)


def _lengths(units: Sequence[Unit]) -> str:
    words = units[0].language == "en"
    lengths = sorted(len(unit.text.split()) if words else len(unit.text) for unit in units)
    return f"{statistics.median_low(lengths)} {'words' if words else 'characters'} ({lengths[0]}, {lengths[-1]})"


def _strength(units: Iterable[Unit], name: str, strength: str) -> int:
    return sum((unit.raw.get("attribute_strength") or {}).get(name) == strength for unit in units if unit.grade != "none")


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / max(1, whole):.0%})".replace("%", " %")


def _hard(units: Iterable[Unit]) -> str:
    plain = [unit for unit in units if unit.grade == "none"]
    return _share(sum(keywords(unit).grade != "none" for unit in plain), len(plain))


def _standard(units: Iterable[Unit]) -> str:
    flagged = [unit for unit in units if unit.grade != "none"]
    return _share(sum(keywords(unit).grade != "none" for unit in flagged), len(flagged))


def _tokens(unit: Unit) -> Sequence[str]:
    return re.findall(r"\w+", unit.text.lower()) if unit.language == "en" else re.sub(r"\s+", "", unit.text)


def _grams(unit: Unit, size: int) -> list[tuple[str, ...]]:
    tokens = _tokens(unit)
    return [tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1)]


def _distinct(units: Sequence[Unit]) -> str:
    size = 4 if units[0].language == "en" else 8
    grams = [gram for unit in units for gram in _grams(unit, size)]
    return f"{len({*grams}) / len(grams):.1%}".replace("%", " %")


def _near(units: Sequence[Unit]) -> tuple[int, int]:
    """Return the pairs of units that are near duplicates, and those that are loosely alike: only pairs that share a 5-gram are compared."""
    sets = [frozenset(_grams(unit, 5)) for unit in units]
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, grams in enumerate(sets):
        for gram in grams:
            holders.setdefault(gram, []).append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        shared.update((one, other) for place, one in enumerate(numbers) for other in numbers[place + 1 :])
    alike = [common / (len(sets[one]) + len(sets[other]) - common) for (one, other), common in shared.items()]
    return sum(value > _SIMILAR for value in alike), sum(value > _LOOSELY for value in alike)


def between_marks(card: str, tables: str) -> str:
    """Return the text of a card with `tables` between its marks. Raises UsageError when it has none."""
    before, start, rest = card.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not end:
        raise UsageError(f"the card has no marks {MARKS[0]} and {MARKS[1]}")
    return f"{before}{start}\n{tables}\n{end}{after}"


def main(folder: str, card: str) -> None:
    """Write the counts of a folder of labelled clauses into a card."""
    path = Path(card)
    path.write_text(between_marks(path.read_text(encoding="utf-8"), counts(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
