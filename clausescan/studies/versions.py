"""How well `compare` finds its way: versions made from real documents by known edits, and the share of clauses classed right.

    python -m clausescan.studies.versions FOLDER... [--documents 40] [--seed 1]

Each document is written one clause a line, and a second version is made of it: an eighth of its clauses each renumbered, moved (by
eight lines or more), split at the end of a sentence, merged with the next, reworded (every fourth to eighth word), deleted, and as
many from another document inserted. What was done to a clause is the truth; a clause of the new version counts once, a clause that
is gone once. Edits that leave no trace (the moved clause stands twice in the document) are not made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click

from clausescan import api
from clausescan.compare.align import Entry, Kind, align
from clausescan.errors import ClausescanError
from clausescan.identity import bare, words
from clausescan.segment.numbering import parse
from clausescan.types import Document

_END = re.compile(r"(?<=[。；;!！?？])|(?<=\.)\s+(?=[A-Z])")
_DIGITS = re.compile(r"\d+")
_HAN = "一二三四五六七八九"
_OTHER_WORDS = {"zh": ("相应", "有关", "", "届时", "依约"), "en": ("applicable", "relevant", "", "such", "hereunder")}
_MOVE, _SHORT = 8, 12


@dataclass(slots=True, kw_only=True)
class Unit:
    """A clause of the new version, the clauses of the old one it came from, and what was done."""

    text: str
    old: tuple[int, ...]
    kind: Kind


def versions(lines: Sequence[str], foreign: Sequence[str], random: Random) -> tuple[list[Unit], set[int]]:
    """Return the clauses of a second version of `lines`, and which of the old ones are gone."""
    units = [Unit(text=line, old=(index,), kind="same") for index, line in enumerate(lines)]
    counts = Counter(map(bare, lines))
    usable = [index for index, line in enumerate(lines) if counts[bare(line)] == 1 and len(words(bare(line))) >= _SHORT]
    random.shuffle(usable)
    share = max(1, len(usable) // 8)
    gone: set[int] = set()
    used: set[int] = set()
    for kind in ("split", "merged", "renumbered", "changed", "gone", "moved"):
        done = 0
        for index in usable:
            if done == share or index in used or not _edit(kind, index, units, used, gone, counts, random):
                continue
            done += 1
    kept = [unit for unit in units if unit.text and not (unit.old and unit.old[0] in gone)]
    kept = _move(kept, random)
    fresh = [line for line in foreign if len(words(bare(line))) >= _SHORT and bare(line) not in counts]
    for line in random.sample(fresh, min(share, len(fresh))):
        kept.insert(random.randrange(len(kept) + 1), Unit(text=line, old=(), kind="new"))
    return kept, gone


def _edit(kind: str, index: int, units: list[Unit], used: set[int], gone: set[int], counts: Counter[str], random: Random) -> bool:
    """Change the unit of old clause `index` in place. Returns False when this clause does not lend itself to it."""
    at = next(position for position, unit in enumerate(units) if index in unit.old)
    text = units[at].text
    if kind == "split":
        parts = _halves(text)
        if len(parts) < 2:
            return False
        units[at : at + 1] = [Unit(text=part, old=(index,), kind="split") for part in parts]
    elif kind == "merged":
        following = index + 1
        if at + 1 >= len(units) or units[at + 1].old != (following,) or following in used or units[at + 1].kind != "same":
            return False
        if len(words(bare(units[at + 1].text))) < _SHORT or counts[bare(units[at + 1].text)] > 1:
            return False
        used.add(following)
        units[at : at + 2] = [Unit(text=f"{text} {_bare_line(units[at + 1].text)}", old=(index, following), kind="merged")]
    elif kind == "renumbered":
        new = _renumbered(text)
        if new is None:
            return False
        units[at] = Unit(text=new, old=(index,), kind="renumbered")
    elif kind == "changed":
        units[at] = Unit(text=_reworded(text, random), old=(index,), kind="changed")
    elif kind == "gone":
        gone.add(index)
    else:
        units[at].kind = "moved"
    used.add(index)
    return True


def _halves(text: str) -> list[str]:
    parts = [part for part in _END.split(text) if part.strip()]
    middle = len(parts) // 2
    halves = ["".join(parts[:middle]).strip(), "".join(parts[middle:]).strip()] if len(parts) > 1 else []
    return halves if all(len(words(bare(half))) >= _SHORT // 2 for half in halves) else []


def _bare_line(text: str) -> str:
    number = parse(text, 0)
    return text[text.index(number.text) + len(number.text) :].strip() if number else text


def _renumbered(text: str) -> str | None:
    number = parse(text, 0)
    if number is None:
        return None
    printed = number.text
    digits = list(_DIGITS.finditer(printed))
    if digits:
        last = digits[-1]
        new = printed[: last.start()] + str(int(last.group()) + 1) + printed[last.end() :]
    else:
        at = max((printed.rfind(char) for char in _HAN[:-1]), default=-1)
        if at < 0:
            return None
        new = printed[:at] + _HAN[_HAN.index(printed[at]) + 1] + printed[at + 1 :]
    return text.replace(printed, new, 1)


def _reworded(text: str, random: Random) -> str:
    """Return the text with every fourth to eighth word (every eighth to sixteenth Han character) dropped or said otherwise."""
    number = parse(text, 0)
    head = text[: text.index(number.text) + len(number.text)] if number else ""
    pieces = re.findall(r"[\u3400-\u9fff]{1,2}|[^\S\n]+|\w+|.", text[len(head) :])
    step = random.randint(4, 8)
    spots = [index for index, piece in enumerate(pieces) if re.match(r"\w", piece)][random.randrange(2) :: step]
    for spot in spots:
        chinese = "\u3400" <= pieces[spot][0] <= "\u9fff"
        pieces[spot] = random.choice(_OTHER_WORDS["zh" if chinese else "en"])
    return head + "".join(pieces)


def _move(units: list[Unit], random: Random) -> list[Unit]:
    kept = [unit for unit in units if unit.kind != "moved"]
    for at, unit in [(at, unit) for at, unit in enumerate(units) if unit.kind == "moved"]:
        places = [place for place in range(len(kept) + 1) if abs(place - at) >= _MOVE]
        if places:
            kept.insert(random.choice(places), unit)
        else:
            unit.kind = "same"
            kept.insert(min(at, len(kept)), unit)
    return kept


def score(lines: Sequence[str], units: Sequence[Unit], gone: set[int]) -> Iterator[tuple[Kind, Kind, str]]:
    """Yield truth, answer and text for each clause of the new version and each one that is gone."""
    old, new = [_document(lines), _document([unit.text for unit in units])]
    pairs = align([entry for _, entry in old], [entry for _, entry in new])
    answers: dict[int, tuple[Kind, set[int]]] = {}
    for pair in pairs:
        for j in pair.new:
            answers[j] = (pair.kind, {old[i][0] for i in pair.old})
    for j, (line, entry) in enumerate(new):
        kind, came_from = answers[j]
        right = kind == units[line].kind and came_from == set(units[line].old)
        yield units[line].kind, kind if right or kind != units[line].kind else "new", entry.text
    vanished = {old[pair.old[0]][0]: pair.kind for pair in pairs if pair.kind == "gone"}
    for index in sorted(gone):
        yield "gone", vanished.get(index, "changed"), lines[index]


def _document(lines: Sequence[str]) -> list[tuple[int, Entry]]:
    """Return each clause of the text of `lines` as (line, Entry); only where a clause is one line."""
    document = api.text_document("\n".join(lines) + "\n")
    starts: dict[int, int] = {}
    position = 0
    for index, line in enumerate(lines):
        starts[position] = index
        position += len(line) + 1
    return [
        (starts[clause.start], Entry(number=clause.number, text=document.text[clause.start : clause.end]))
        for clause in api.clauses_in(document)
        if clause.start in starts
    ]


def lines_of(document: Document) -> list[str]:
    """Return the clauses of a document as lines that are read as one clause each."""
    lines = [" ".join(document.text[clause.start : clause.end].split()) for clause in api.clauses_in(document)]
    lines = [line for line in lines if line and "|" not in line]
    again = api.text_document("\n".join(lines) + "\n")
    ranges = {(clause.start, clause.end) for clause in api.clauses_in(again)}
    kept, position = [], 0
    for line in lines:
        if (position, position + len(line)) in ranges:
            kept.append(line)
        position += len(line) + 1
    return kept


def measure(paths: Iterable[Path], seed: int = 1) -> tuple[Counter[tuple[Kind, Kind]], list[tuple[Kind, Kind, str]]]:
    """Return the counts by truth and answer over versions of the files, and what was classed wrong."""
    random = Random(seed)
    counts: Counter[tuple[Kind, Kind]] = Counter()
    wrong: list[tuple[Kind, Kind, str]] = []
    foreign: list[str] = []
    for path in paths:
        try:
            lines = lines_of(api.read(path))
        except ClausescanError:
            continue
        if len(lines) >= 2 * _MOVE:
            if foreign:
                for truth, answer, text in score(lines, *versions(lines, foreign, random)):
                    counts[truth, answer] += 1
                    if truth != answer:
                        wrong.append((truth, answer, text))
            foreign = lines
    return counts, wrong


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--documents", default=40, show_default=True, help="How many documents, evenly over the names.")
@click.option("--seed", default=1, show_default=True)
@click.option("--wrong", "shown", default=0, help="Show so many clauses that were classed wrong.")
def main(folders: tuple[Path, ...], documents: int, seed: int, shown: int) -> None:
    """Measure on documents of the folders and print the share of clauses classed right, by kind of change."""
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in (".txt", ".md", ".html", ".docx", ".pdf"))
    counts, wrong = measure(files[:: max(1, len(files) // documents)], seed)
    for truth in sorted({truth for truth, _ in counts}):
        row = {answer: count for (given, answer), count in counts.items() if given == truth}
        others = ", ".join(f"{answer} {count}" for answer, count in sorted(row.items()) if answer != truth)
        click.echo(f"{truth:<11}{row.get(truth, 0):>6} of {sum(row.values()):<6}{row.get(truth, 0) / sum(row.values()):.3f}   {others}")
    right = sum(count for (truth, answer), count in counts.items() if truth == answer)
    click.echo(f"{'all':<11}{right:>6} of {counts.total():<6}{right / max(1, counts.total()):.3f}")
    for truth, answer, text in wrong[:shown]:
        click.echo(f"{truth} -> {answer}: {text[:150]}", err=True)


if __name__ == "__main__":
    main()
