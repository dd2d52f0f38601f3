"""The matcher: what its filter of literals lets through is what the patterns find."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clausescan import lexicon
from clausescan.analyse.view import attribute_table, role_table, subject_table
from clausescan.folding import fold
from clausescan.types import Language

CORPUS = Path(__file__).parents[2] / "corpus" / "clauses"
TABLES = {"subject": subject_table, "attribute": attribute_table, "role": role_table}


def texts(language: Language) -> list[str]:
    """Return the examples of the lexicon and a third of the labelled clauses, folded."""
    units = [
        json.loads(line)["text"] for path in sorted((CORPUS / language).glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]
    examples = [words for entry in lexicon.load(language).entries for words in (*entry.flag, *entry.passes)]
    return [fold(text).text for text in (*examples, *units[::3])]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", TABLES)
def test_the_filter_loses_nothing(name: str, language: Language):
    table = TABLES[name](language)
    masks = [entry for entry in table.entries if entry.role == "mask"]
    lost, invented = [], []
    for text in texts(language):
        found = {hit.entry for hit in table.over(text).scan(0, len(text))}
        covering = {covered for mask in masks if mask.search(text) for covered in mask.masks}
        for entry in table.entries:
            match = None if entry.role == "mask" else entry.search(text)
            if entry in found and match is None:
                invented.append((entry.id, text))
            hidden = entry.not_after or covering & {entry.role, entry.attribute, entry.tier, entry.id}
            if match is not None and match[0] and entry not in found and not hidden:
                lost.append((entry.id, match[0]))
    assert invented == []
    assert lost == []


@pytest.mark.parametrize(
    ("language", "text"), [("zh", "不得撤回人脸图像的授权。"), ("en", "the irrevocable and perpetual right to face images.")]
)
def test_hits_stand_in_the_range_and_in_order(language: Language, text: str):
    for make in TABLES.values():
        found = make(language).over(text * 3).scan(len(text), 2 * len(text))
        assert all(len(text) <= hit.start < hit.end <= 2 * len(text) for hit in found)
        assert found == sorted(found, key=lambda hit: (hit.start, -hit.end, hit.entry.id))
    assert attribute_table(language).over(text * 3).scan(len(text), 2 * len(text))
