"""The learning curve: F1 on authors that are kept out of training, over the number of training clauses.

Two curves tell what would help: clauses taken from every author evenly ("more clauses") and whole authors one after another
("more authors"). Where the second is steeper, variety counts more than number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from sklearn.metrics import f1_score

from clausescan import train
from clausescan.evaluate import load
from clausescan.train import Example, Split
from clausescan.types import Language

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
_SEED = 7


def learning_curve(corpus: Path, split: Split, language: Language) -> dict[str, list[tuple[int, float]]]:
    """Return for each way of growing the corpus the points (training clauses, flag F1 of text model and fusion on test authors)."""
    rows = train.examples(load(sorted((corpus / language).glob("*.jsonl"))), split, language)
    known = [row for row in rows if split.of(row.unit) == "train"]
    unseen = [row for row in rows if split.of(row.unit) == "test"]
    return {"more clauses": list(_points(_evenly(known), unseen)), "more authors": list(_points(_authors(known), unseen))}


def _points(parts: Iterator[list[Example]], unseen: Sequence[Example]) -> Iterator[tuple[int, float]]:
    gold = [row.labels[0] for row in unseen]
    for part in parts:
        honest = [index for index, row in enumerate(part) if row.honest]
        if len({part[index].author for index in honest}) < 2:
            continue
        scores = train.crossed(part)
        fused = train.Fusion([part[index] for index in honest], [scores[index] for index in honest])
        said = fused.probabilities(unseen, train.TextModels(part).scores(unseen))[:, 0] >= 0.5
        yield len(part), round(float(f1_score(gold, said)), 4)


def _evenly(rows: Sequence[Example]) -> Iterator[list[Example]]:
    """Yield growing parts with the same share of every author."""
    shuffled = random.Random(_SEED).sample(range(len(rows)), len(rows))
    of_author: dict[str, list[int]] = {}
    for index in shuffled:
        of_author.setdefault(rows[index].author, []).append(index)
    for share in SHARES:
        kept = {index for mine in of_author.values() for index in mine[: max(1, round(share * len(mine)))]}
        yield [row for index, row in enumerate(rows) if index in kept]


def _authors(rows: Sequence[Example]) -> Iterator[list[Example]]:
    """Yield growing parts with one honest author more each; the others are all there from the start."""
    honest = sorted({row.author for row in rows if row.honest})
    random.Random(_SEED).shuffle(honest)
    for number in range(2, len(honest) + 1):
        kept = {*honest[:number]}
        yield [row for row in rows if not row.honest or row.author in kept]
