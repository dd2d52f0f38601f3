"""Corpus to scores: how well the findings agree with labelled clauses.

A unit is put after its `context` and before its `context_after` in one text, as paragraphs. The ART11 finding that
overlaps the unit (at least half of the shorter of the two, or with a piece of its evidence) is what clausescan says
about it; none means grade "none". A baseline that flags every unit with a face word and an attribute word stands beside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score, precision_recall_curve, precision_recall_fscore_support

from clausescan.errors import UsageError
from clausescan.types import ATTRIBUTES, GRADE_RANK, Language, Report

Scan = Callable[[str, Language | None], Report]
GRADES = tuple(GRADE_RANK)
SUBJECTS = ("none", "likeness", "biometric", "by_definition", "face_direct")
INTERVALS = ("grade_macro_f1", "candidate_f1", "flag_f1", "kappa")
_LOWER_IS_BETTER = frozenset({"serious", "traps"})
_RESAMPLES, _SEED, _NAMED = 1000, 7, 20

_FACE = re.compile(r"人脸|面部|脸部|刷脸|换脸|面容|生物识别|肖像|faces?\b|facial|biometric|likeness|selfie", re.IGNORECASE)
_ATTRIBUTE_WORDS: Mapping[str, re.Pattern[str]] = {
    "unlimited_duration": re.compile(r"永久|无限期|不设期限|长期|perpetual|perpetuity|indefinite|forever|permanent", re.IGNORECASE),
    "irrevocable": re.compile(r"不可撤[销回]|不得撤[销回]|放弃撤回|irrevocabl|cannot be (?:withdrawn|revoked)|waive", re.IGNORECASE),
    "sublicensable": re.compile(r"转授权|再许可|分许可|任何第三方|转让|sub-?licen[sc]|transferable|any third part|assigns", re.IGNORECASE),
    "other_unlimited": re.compile(r"任何目的|任何方式|所有权归|放弃肖像权|any purpose|any media|our property", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A labelled clause. `optional` attributes are counted neither way; `raw` is the line it came from."""

    id: str
    text: str
    grade: str
    language: Language | None = None
    context: tuple[str, ...] = ()
    context_after: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What was said about a unit, and why: the judge's steps, or the reason of the near miss."""

    grade: str = "none"
    attributes: frozenset[str] = frozenset()
    why: tuple[str, ...] = ()
    subject: str = "none"
    # how likely a finding is, 0 to 1: units are ranked by it
    likelihood: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A unit with both predictions."""

    unit: Unit
    said: Prediction
    baseline: Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The metrics of the tool and of the baseline, 95 % intervals of some, and the rows they come from."""

    metrics: Mapping[str, float]
    baseline: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    rows: tuple[Row, ...]


def load(paths: Iterable[Path]) -> list[Unit]:
    """Return the units of JSONL files. Raises UsageError that names file and line of everything that is not one."""
    units: list[Unit] = []
    wrong: list[str] = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: the file cannot be read ({error})") from error
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                units.append(_unit(f"{path}:{number}", line))
            except UsageError as error:
                wrong.append(str(error))
    if wrong:
        more = f"; and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise UsageError("; ".join(wrong[:_NAMED]) + more)
    if not units:
        raise UsageError("the files hold no labelled clauses")
    return units


def _unit(where: str, line: str) -> Unit:
    try:
        raw = json.loads(line)
        missing = [key for key in ("id", "text", "grade") if not isinstance(raw.get(key), str)]
    except (json.JSONDecodeError, AttributeError) as error:
        raise UsageError(f"{where}: not a JSON object ({error})") from error
    if missing or raw["grade"] not in GRADE_RANK:
        raise UsageError(f"{where}: a unit needs id, text and grade (one of {', '.join(GRADES)})")
    unknown = sorted({*(raw.get("attributes") or ())} - {*ATTRIBUTES})
    if unknown:
        raise UsageError(f"{where}: unknown attribute {', '.join(unknown)}; known are {', '.join(ATTRIBUTES)}")
    return Unit(
        id=raw["id"],
        text=raw["text"],
        grade=raw["grade"],
        language=_language(where, raw.get("lang")),
        context=tuple(raw.get("context") or ()),
        context_after=tuple(raw.get("context_after") or ()),
        attributes=frozenset(raw.get("attributes") or ()),
        optional=frozenset(raw.get("attr_optional") or ()),
        raw=raw,
    )


def _language(where: str, tag: str | None) -> Language | None:
    """Return the language of a tag such as "zh-Hant". Raises UsageError with the place for one that is not read."""
    from clausescan import api

    try:
        return api.primary_language(tag)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


def evaluate(units: Sequence[Unit], scan: Scan | None = None, *, intervals: bool = True) -> Scores:
    """Return the scores of `scan` (default: `clausescan.api.scan_text`) on the units."""
    say = _say if scan is None else partial(predict, scan=scan)
    rows = tuple(Row(unit=unit, said=say(unit), baseline=keywords(unit)) for unit in units)
    said = [(row.unit, row.said) for row in rows]
    return Scores(
        metrics=measure(said),
        baseline=measure([(row.unit, row.baseline) for row in rows]),
        intervals=_intervals(said) if intervals else {},
        rows=rows,
    )


def _say(unit: Unit) -> Prediction:
    """Return what clausescan says about the unit, with the probability of the fusion."""
    from clausescan import api
    from clausescan.judge import likelihoods

    text, start, end = placed(unit)
    document = api.text_document(text, language=unit.language)
    facts, clauses = api.clause_facts_of(document)
    said = predict(unit, lambda *_: api.judge_facts(document, facts, clauses))
    likely = max((share for first, last, share in likelihoods(facts) if first < end and last > start), default=0.0)
    return replace(said, likelihood=likely)


def placed(unit: Unit) -> tuple[str, int, int]:
    """Return the text to scan and the range of the unit in it."""
    before = "".join(part.strip() + "\n\n" for part in unit.context)
    after = "".join("\n\n" + part.strip() for part in unit.context_after)
    return before + unit.text + after, len(before), len(before) + len(unit.text)


def predict(unit: Unit, scan: Scan) -> Prediction:
    """Return what `scan` says about the unit."""
    text, start, end = placed(unit)
    report = scan(text, unit.language)
    mine = [finding for finding in report.findings if finding.rule == "ART11" and _is_mine(finding, start, end)]
    if not mine:
        near = [miss for miss in report.near_misses if miss.place.start < end and miss.place.end > start]
        return Prediction(why=tuple(f"{miss.gate}: {miss.reason.text}" for miss in near))
    return Prediction(
        grade=max((finding.grade for finding in mine), key=lambda grade: GRADE_RANK[grade]),
        attributes=frozenset(fact.name for finding in mine for fact in finding.attributes),
        subject=max((finding.subject for finding in mine), key=SUBJECTS.index),
        likelihood=1.0,
        why=tuple(f"{step.name} -> {step.grade}: {step.reason}" for finding in mine for step in finding.steps),
    )


def _is_mine(finding: Any, start: int, end: int) -> bool:
    place = finding.place
    overlap = min(place.end, end) - max(place.start, start)
    if overlap <= 0:
        return False
    if overlap >= 0.5 * min(place.end - place.start, end - start):
        return True
    return any(min(item.end, end) > max(item.start, start) for item in finding.evidence)


def keywords(unit: Unit) -> Prediction:
    """Return what plain co-occurrence says: a face word and an attribute word in the unit make a candidate."""
    attributes = frozenset(name for name, words in _ATTRIBUTE_WORDS.items() if words.search(unit.text))
    if attributes and _FACE.search(unit.text):
        return Prediction(grade="candidate", attributes=attributes)
    return Prediction()


def measure(pairs: Sequence[tuple[Unit, Prediction]]) -> dict[str, float]:
    """Return all metrics by name."""
    gold = [unit.grade for unit, _ in pairs]
    said = [prediction.grade for _, prediction in pairs]
    metrics: dict[str, float] = {}
    per_grade = precision_recall_fscore_support(gold, said, labels=list(GRADES), zero_division=0.0)
    for number, grade in enumerate(GRADES):
        metrics |= {f"{grade}_{name}": float(per_grade[part][number]) for part, name in enumerate(("p", "r", "f1"))}
    metrics["grade_macro_f1"] = float(np.mean(per_grade[2]))
    metrics["accuracy"] = float(accuracy_score(gold, said))
    metrics["kappa"] = _finite(cohen_kappa_score(gold, said, labels=list(GRADES))) if len({*gold, *said}) > 1 else 1.0
    metrics |= _binary("flag", [grade != "none" for grade in gold], [grade != "none" for grade in said])
    metrics["flag_p_at_r95"] = _precision_at([grade != "none" for grade in gold], [prediction.likelihood for _, prediction in pairs])
    for name in ATTRIBUTES:
        counted = [(unit, prediction) for unit, prediction in pairs if name not in unit.optional]
        metrics |= _binary(
            name,
            [name in unit.attributes and unit.grade != "none" for unit, _ in counted],
            [name in prediction.attributes and prediction.grade != "none" for _, prediction in counted],
        )
    both = [(unit.raw.get("subject"), said) for unit, said in pairs if unit.grade != "none" != said.grade]
    told = [(str(subject), said.subject) for subject, said in both if subject]
    metrics["subject_f1"] = _macro_f1([one for one, _ in told], [other for _, other in told])
    metrics["serious"] = sum({one, other} == {"none", "candidate"} for one, other in zip(gold, said, strict=True)) / len(pairs)
    return metrics


def _binary(name: str, gold: list[bool], said: list[bool]) -> dict[str, float]:
    if not gold:
        return {f"{name}_{part}": 0.0 for part in ("p", "r", "f1")}
    found = precision_recall_fscore_support(gold, said, average="binary", pos_label=True, zero_division=0.0)
    return {f"{name}_{part}": float(value) for part, value in zip(("p", "r", "f1"), found[:3], strict=True)}


def _precision_at(gold: list[bool], likelihood: list[float], recall: float = 0.95) -> float:
    """Return the precision of the likeliest units that hold `recall` of the flagged ones; 0 when no unit is flagged."""
    if not any(gold):
        return 0.0
    precision, reached, _ = precision_recall_curve(gold, likelihood)
    return float(precision[reached >= recall].max())


def _macro_f1(gold: list[str], said: list[str]) -> float:
    """Return the mean F1 over the classes that occur in `gold`, 0 when there is none."""
    classes = sorted({*gold})
    return float(f1_score(gold, said, labels=classes, average="macro", zero_division=0.0)) if classes else 0.0


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else 1.0


def _intervals(pairs: Sequence[tuple[Unit, Prediction]]) -> dict[str, tuple[float, float]]:
    """Return the 2.5 % and 97.5 % points over resampled units: one confusion matrix per sample."""
    cells = np.array([GRADE_RANK[unit.grade] * 3 + GRADE_RANK[prediction.grade] for unit, prediction in pairs])
    random = np.random.default_rng(_SEED)
    samples = [from_matrix(np.bincount(random.choice(cells, len(cells)), minlength=9).reshape(3, 3)) for _ in range(_RESAMPLES)]
    return {name: (float(low), float(high)) for name in INTERVALS for low, high in [np.percentile([s[name] for s in samples], (2.5, 97.5))]}


def from_matrix(matrix: Any) -> dict[str, float]:
    """Return the metrics of INTERVALS from a confusion matrix of grades (rows: gold). Equal to `measure` on the same units."""
    gold, said, right, total = matrix.sum(axis=1), matrix.sum(axis=0), np.diag(matrix), matrix.sum()
    f1 = np.divide(2 * right, gold + said, out=np.zeros(3), where=gold + said > 0)
    hits = matrix[1:, 1:].sum()
    flagged = gold[1:].sum() + said[1:].sum()
    chance = float((gold * said).sum()) / total**2
    return {
        "grade_macro_f1": float(f1.mean()),
        "candidate_f1": float(f1[2]),
        "flag_f1": float(2 * hits / flagged) if flagged else 0.0,
        "kappa": float((right.sum() / total - chance) / (1 - chance)) if chance < 1 else 1.0,
    }


def parse_bars(bars: Iterable[str]) -> dict[str, float]:
    """Return the limits of "metric=value" words. Raises UsageError for a word that is not one."""
    limits: dict[str, float] = {}
    for bar in bars:
        name, _, value = bar.partition("=")
        try:
            limits[name] = float(value)
        except ValueError as error:
            raise UsageError(f"--bar takes METRIC=VALUE, not {bar}") from error
    return limits


def below(metrics: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """Return a sentence for each limit that is missed. Raises UsageError for an unknown metric."""
    missed = []
    for name, limit in limits.items():
        if name not in metrics:
            raise UsageError(f"unknown metric {name}; known metrics are {', '.join(metrics)}")
        value = metrics[name]
        if value > limit if name in _LOWER_IS_BETTER else value < limit:
            missed.append(f"{name} {value:.3f} misses {limit}")
    return missed


def by(scores: Scores, key: str) -> dict[str, dict[str, float]]:
    """Return the metrics for each value of a label of the units, such as "gate" or "difficulty", with their number as "units".

    Raises UsageError when no unit has the label.
    """
    if not any(key in row.unit.raw for row in scores.rows):
        known = sorted({name for row in scores.rows for name, value in row.unit.raw.items() if not isinstance(value, (dict, list))})
        raise UsageError(f"no unit has the label {key}; known labels are {', '.join(known)}")
    groups: dict[str, list[tuple[Unit, Prediction]]] = {}
    for row in scores.rows:
        value = row.unit.raw.get(key)
        groups.setdefault("-" if value is None else str(value), []).append((row.unit, row.said))
    return {value: measure(pairs) | {"units": float(len(pairs))} for value, pairs in sorted(groups.items())}


def by_text(groups: Mapping[str, Mapping[str, float]], key: str) -> str:
    """Return a table of some metrics for each value of a label."""
    names = ("flag_p", "flag_r", "flag_f1", "candidate_f1", "grade_macro_f1", "serious")
    lines = [f"{'by ' + key:26s} {'units':>6s} " + " ".join(f"{name:>14s}" for name in names)]
    for value, metrics in groups.items():
        lines.append(f"{value:26s} {metrics['units']:6.0f} " + " ".join(f"{metrics[name]:14.3f}" for name in names))
    return "\n".join(lines)


def to_text(scores: Scores) -> str:
    """Return a table: metric, clausescan with its interval, baseline."""
    lines = [f"{len(scores.rows)} units", f"{'metric':26s} {'clausescan':>10s}  {'95 % interval':16s} {'keywords':>8s}"]
    for name, value in scores.metrics.items():
        low_high = "[{:.3f}, {:.3f}]".format(*scores.intervals[name]) if name in scores.intervals else ""
        lines.append(f"{name:26s} {value:10.3f}  {low_high:16s} {scores.baseline[name]:8.3f}")
    return "\n".join(lines)


def to_json(scores: Scores, groups: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None) -> str:
    """Return metrics, intervals, baseline and the metrics by label as JSON."""
    value: dict[str, Any] = {
        "units": len(scores.rows),
        "metrics": {name: round(number, 4) for name, number in scores.metrics.items()},
        "intervals": {name: [round(low, 4), round(high, 4)] for name, (low, high) in scores.intervals.items()},
        "baseline": {name: round(number, 4) for name, number in scores.baseline.items()},
    }
    for key, rows in (groups or {}).items():
        value[f"by_{key}"] = {name: {metric: round(number, 4) for metric, number in row.items()} for name, row in rows.items()}
    return json.dumps(value, ensure_ascii=False, indent=2)


def write_errors(scores: Scores, out: TextIO) -> None:
    """Write one JSON line for each unit whose grade is wrong, with the reasons that were given."""
    for row in scores.rows:
        if row.unit.grade == row.said.grade:
            continue
        line = {
            "id": row.unit.id,
            "gold": row.unit.grade,
            "said": row.said.grade,
            "gold_attributes": sorted(row.unit.attributes),
            "attributes": sorted(row.said.attributes),
            "why": list(row.said.why),
            "gate": row.unit.raw.get("gate"),
            "gold_why": row.unit.raw.get("why"),
            "text": row.unit.text,
            "context": list(row.unit.context),
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
