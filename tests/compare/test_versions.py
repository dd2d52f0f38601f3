"""The share of clauses that are classed right, on versions made from the samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from clausescan.studies.versions import measure

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
FILES = [SAMPLES / name for name in ("face-app-agreement.zh.txt", "face-app-agreement.en.txt", "property-face-access.zh.txt")]


@pytest.mark.parametrize("seed", [1, 2])
def test_at_least_95_in_100_clauses_are_classed_right(seed: int):
    counts, wrong = measure([*FILES, FILES[0]], seed)
    right = sum(count for (truth, answer), count in counts.items() if truth == answer)
    assert counts.total() > 120
    assert right >= 0.95 * counts.total(), wrong
    assert {truth for truth, _ in counts} == {"same", "renumbered", "moved", "changed", "split", "merged", "new", "gone"}
