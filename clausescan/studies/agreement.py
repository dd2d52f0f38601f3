"""How far two labellings of the same units agree: Cohen's kappa of the grade, F1 of each attribute, agreement on the subject.

Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960). F1 is symmetric: it
does not matter which labelling is taken for the truth (Hripcsak and Rothschild, JAMIA 12, 2005).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from clausescan.errors import UsageError
from clausescan.evaluate import Prediction, Unit, measure
from clausescan.types import ATTRIBUTES


def labels(path: Path) -> list[Unit]:
    """Return the labels of a second labelling: lines of JSON with id, grade, attributes and subject; the text may be left out.

    Raises UsageError with file and line for what is not one.
    """
    units = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            units.append(Unit(id=raw["id"], text="", grade=raw["grade"], attributes=frozenset(raw.get("attributes") or ()), raw=raw))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number}: a label needs id and grade ({error})") from error
    return units


def agreement(first: Iterable[Unit], second: Iterable[Unit]) -> dict[str, float]:
    """Return the figures over the units that both labellings hold. Raises UsageError when they share none."""
    other = {unit.id: unit for unit in second}
    pairs = [(unit, other[unit.id]) for unit in first if unit.id in other]
    if not pairs:
        raise UsageError("the two labellings share no unit id")
    metrics = measure([(one, Prediction(grade=two.grade, attributes=two.attributes)) for one, two in pairs])
    return {
        "units": float(len(pairs)),
        "kappa_grade": metrics["kappa"],
        "kappa_flag": _kappa(pairs, "flag"),
        "kappa_subject": _kappa(pairs, "subject"),
        "same_grade": metrics["accuracy"],
        "serious": metrics["serious"],
        **{f"{name}_f1": metrics[f"{name}_f1"] for name in ATTRIBUTES},
    }


def _kappa(pairs: Sequence[tuple[Unit, Unit]], what: str) -> float:
    def value(unit: Unit) -> str:
        return str(unit.grade != "none") if what == "flag" else str(unit.raw.get(what))

    one, two = [value(first) for first, _ in pairs], [value(second) for _, second in pairs]
    return float(cohen_kappa_score(one, two)) if len({*one, *two}) > 1 else 1.0


def to_text(figures: Mapping[str, float]) -> str:
    """Return a line for each figure."""
    return "\n".join(f"{name:24s} {value:10.3f}" for name, value in figures.items())
