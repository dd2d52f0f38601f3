"""How far two labellings of the same units agree: Cohen's kappa of the grade, F1 of each attribute, agreement on the subject.

Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960). F1 is symmetric: it
does not matter which labelling is taken for the truth (Hripcsak and Rothschild, JAMIA 12, 2005).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sklearn.metrics import cohen_kappa_score

from clausescan.errors import UsageError
from clausescan.evaluate import Prediction, Unit, measure
from clausescan.types import ATTRIBUTES


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
