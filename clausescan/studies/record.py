"""The recorded figures on the test authors of the corpus: `python -m clausescan.studies.record corpus/clauses models/metrics.json`.

A test compares them with what is measured now, so that no change makes the result worse unseen.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from clausescan.evaluate import evaluate, load
from clausescan.train import load_split

NAMES = ("flag_p", "flag_r", "flag_f1", "candidate_f1", "grade_macro_f1", "unlimited_duration_f1", "irrevocable_f1", "sublicensable_f1")


def measured(corpus: Path) -> dict[str, dict[str, float]]:
    """Return the metrics of NAMES on the clauses of the test authors, by language."""
    split = load_split(corpus / "split.toml")
    found = {}
    for language in ("zh", "en"):
        units = [unit for unit in load(sorted((corpus / language).glob("*.jsonl"))) if split.of(unit) == "test"]
        metrics = evaluate(units, intervals=False).metrics
        found[language] = {"units": float(len(units))} | {name: round(metrics[name], 4) for name in NAMES}
    return found


def main(corpus: str, path: str) -> None:
    """Measure and write the record."""
    Path(path).write_text(json.dumps(measured(Path(corpus)), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
