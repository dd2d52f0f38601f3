"""Corpus to models: a logistic regression over n-grams for each head, and one that joins it with the rules.

The text model learns from every training clause. The fusion learns only from clauses on which no rule and no word of the
lexicon was developed: elsewhere the rules look better than they are. What the text model says about a clause while the fusion
is trained comes from a model that has not seen its author (cross-fitting), because in use the author is always a new one.
The same corpus and versions give the same bytes.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, precision_recall_curve

from clausescan import api, models
from clausescan.analyse import wording
from clausescan.analyse.facts import Analyser, clause_facts
from clausescan.errors import UsageError
from clausescan.evaluate import Unit, load, placed
from clausescan.folding import fold
from clausescan.judge import fusion
from clausescan.nlp import make_doc
from clausescan.types import ATTRIBUTES, ClauseFacts, Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

Gram = tuple[str, ...]
HEADS = ("flag", "candidate", "strong", *ATTRIBUTES)
SETTINGS: dict[str, float] = {"text_c": 4.0, "fusion_c": 0.3, "min_df": 3}
# From which probability on a unit counts: where a rule found something, where only the wording speaks of a face ("alone"), and
# where it does not even name one or a rule knows better ("far"). Chosen for few false alarms in real documents, of which thousands
# are read for each clause that is meant. "added" is the limit for an attribute beside those that a rule found.
LIMITS: dict[str, float] = {
    "flag": 0.3, "flag_weak": 0.1, "flag_plain": 0.25, "flag_alone": 0.55, "flag_far": 0.95,
    "candidate": 0.35, "candidate_plain": 0.004, "candidate_alone": 0.65, "added": 0.85,
}  # fmt: skip
_BINS, _FEWEST, _MARGIN = 10, 50, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Which authors are for training, for choosing and for testing, and on whose clauses the rules were developed."""

    part: dict[str, str]
    developed_on: frozenset[str]

    def of(self, unit: Unit) -> str:
        """Return "train", "dev" or "test"; clauses of an unknown author are for training."""
        return self.part.get(str(unit.raw.get("author", "")), "train")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A labelled clause with what the models see of it."""

    unit: Unit
    author: str
    grams: list[Gram]
    facts: tuple[ClauseFacts, ...]
    honest: bool
    labels: tuple[bool, ...]
    segments: list[list[Gram]]
    segment_labels: list[tuple[bool, ...]]


def load_split(path: Path) -> Split:
    """Return the stored split. Raises UsageError when the file is not one."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Split(part=dict(table["authors"]), developed_on=frozenset(table["developed_on"]))
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(f"{path}: not a split of a corpus ({error})") from error


def examples(units: Iterable[Unit], split: Split, language: Language) -> list[Example]:
    """Return the examples of one language."""
    pipeline = api.load(language)
    analyser = Analyser(pipeline, "train", model="describe")
    return [_example(unit, split, language, pipeline, analyser) for unit in units if (unit.language or language) == language]


def _example(unit: Unit, split: Split, language: Language, pipeline: Any, analyser: Analyser) -> Example:
    text, start, end = placed(unit)
    doc = make_doc(api.text_document(text, language=language))
    facts = clause_facts(analyser(pipeline.get_pipe("clausescan_clauses")(doc)))
    author = str(unit.raw.get("author", ""))
    words = fold(unit.text).text
    parts = list(wording.segments(words))
    return Example(
        unit=unit, author=author, grams=wording.grams(words, language),
        facts=tuple(item for item in facts if item.start < end and item.end > start), honest=author not in split.developed_on,
        labels=labels(unit), segments=[wording.grams(words[first:last], language) for first, last in parts],
        segment_labels=[segment_labels(unit, words, first, last) for first, last in parts],
    )  # fmt: skip


def segment_labels(unit: Unit, words: str, start: int, end: int) -> tuple[bool, ...]:
    """Return for each attribute whether its evidence stands in [start, end) of the folded text, at least a third of either."""
    evidence = unit.raw.get("evidence") or {}
    found = []
    for name in ATTRIBUTES:
        quoted = fold(evidence.get(name, "")).text if unit.grade != "none" and name in unit.attributes else ""
        place = words.find(quoted) if quoted else -1
        overlap = min(end, place + len(quoted)) - max(start, place)
        found.append(place >= 0 and overlap > 0 and 3 * overlap >= min(end - start, len(quoted)))
    return tuple(found)


def labels(unit: Unit) -> tuple[bool, ...]:
    """Return what each head has to say about a unit."""
    flagged = unit.grade != "none"
    strengths = unit.raw.get("attribute_strength") or {}
    return (
        flagged, unit.grade == "candidate", flagged and "strong" in strengths.values(),
        *(flagged and name in unit.attributes for name in ATTRIBUTES),
    )  # fmt: skip


class TextModels:
    """The two text models while they are trained: of clauses, and of segments with the evidence as their label."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self.clause = _Linear([row.grams for row in rows], [row.labels for row in rows])
        self.span = _Linear([part for row in rows for part in row.segments], [label for row in rows for label in row.segment_labels])

    def scores(self, rows: Sequence[Example]) -> list[dict[str, float]]:
        """Return the scores of each row, as `clausescan.analyse.wording` gives them in a scan."""
        whole = self.clause.logits([row.grams for row in rows])
        parts = self.span.logits([part for row in rows for part in row.segments])
        found = []
        place = 0
        for row, logits in zip(rows, whole, strict=True):
            mine = parts[place : place + len(row.segments)]
            place += len(row.segments)
            scores = dict(zip(HEADS, map(float, logits), strict=True))
            for column, name in enumerate(ATTRIBUTES):
                scores |= wording.span_scores(name, sorted(map(float, mine[:, column]), reverse=True))
            found.append(scores)
        return found


class _Linear:
    """Tf-idf of n-grams and a logistic regression for each column of labels."""

    def __init__(self, grams: Sequence[list[Gram]], labels: Sequence[Sequence[bool]]) -> None:
        self.vectorizer = TfidfVectorizer(analyzer=_as_is, sublinear_tf=True, min_df=int(SETTINGS["min_df"]), dtype=np.float64)
        features = self.vectorizer.fit_transform(grams)
        gold = np.array(labels)
        self.columns = [_logistic(SETTINGS["text_c"], "balanced").fit(features, gold[:, column]) for column in range(gold.shape[1])]

    def logits(self, grams: Sequence[list[Gram]]) -> NDArray[np.float64]:
        """Return the logits, shape (texts, columns)."""
        features = self.vectorizer.transform(grams)
        return np.column_stack([column.decision_function(features) for column in self.columns])

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays to ship."""
        weights = np.column_stack([column.coef_[0] for column in self.columns])
        bias = np.array([column.intercept_[0] for column in self.columns])
        vocabulary = self.vectorizer.vocabulary_
        return models.pack_linear(name, sorted(vocabulary, key=vocabulary.__getitem__), self.vectorizer.idf_, weights, bias)


def _as_is(grams: list[Gram]) -> list[Gram]:
    return grams


def _logistic(c: float, weight: str | None = None) -> LogisticRegression:
    return LogisticRegression(C=c, class_weight=weight, solver="liblinear", max_iter=1000, random_state=0)


def crossed(rows: Sequence[Example]) -> list[dict[str, float]]:
    """Return the scores of each honest row from text models that saw none of its author's clauses; nothing for the others."""
    result: list[dict[str, float]] = [{} for _ in rows]
    for author in sorted({row.author for row in rows if row.honest}):
        mine = [index for index, row in enumerate(rows) if row.author == author]
        fitted = TextModels([row for row in rows if row.author != author])
        for index, scores in zip(mine, fitted.scores([rows[index] for index in mine]), strict=True):
            result[index] = scores
    return result


def fusion_features(row: Example, scores: dict[str, float]) -> dict[str, float]:
    """Return the features of the fusion for an example, as `clausescan.judge.fusion` makes them in a scan."""
    by_rules = fusion.by_rules(row.facts)
    return fusion.features(row.facts, by_rules, scores)


class Fusion:
    """The fusion while it is trained."""

    def __init__(self, rows: Sequence[Example], scores: Sequence[dict[str, float]]) -> None:
        self.vectorizer = DictVectorizer(dtype=np.float64, sparse=False)
        features = self.vectorizer.fit_transform(list(map(fusion_features, rows, scores)))
        gold = np.array([row.labels for row in rows])
        self.outputs = [_logistic(SETTINGS["fusion_c"]).fit(features, gold[:, column]) for column in range(len(HEADS))]

    def probabilities(self, rows: Sequence[Example], scores: Sequence[dict[str, float]]) -> NDArray[np.float64]:
        """Return the probabilities, shape (rows, outputs)."""
        features = self.vectorizer.transform(list(map(fusion_features, rows, scores)))
        return np.column_stack([output.predict_proba(features)[:, 1] for output in self.outputs])


def held_out(rows: Sequence[Example], scores: Sequence[dict[str, float]]) -> NDArray[np.float64]:
    """Return the probabilities of each row from a fusion that saw none of its author's clauses."""
    result = np.zeros((len(rows), len(HEADS)))
    for author in sorted({row.author for row in rows}):
        inside = [index for index, row in enumerate(rows) if row.author == author]
        outside = [index for index, row in enumerate(rows) if row.author != author]
        fitted = Fusion([rows[index] for index in outside], [scores[index] for index in outside])
        result[inside] = fitted.probabilities([rows[index] for index in inside], [scores[index] for index in inside])
    return result


def train_language(corpus: Path, data: Sequence[Path], split: Split, language: Language, folder: Path) -> dict[str, Any]:
    """Train the models of a language from CORPUS/<language>/*.jsonl and files of one's own; return the card."""
    own = load(data) if data else []
    units = [unit for unit in load(sorted((corpus / language).glob("*.jsonl"))) if split.of(unit) == "train"]
    rows = examples([*units, *(unit for unit in own if unit.language == language)], split, language)
    return train(rows, language, folder, f"{len(rows)} clauses of {len({row.author for row in rows})} authors")


def train(rows: Sequence[Example], language: Language, folder: Path, corpus: str) -> dict[str, Any]:
    """Train the models on `rows`, write them to `folder` and return the card. Raises UsageError when there is too little."""
    honest = [index for index, row in enumerate(rows) if row.honest]
    if len(honest) < _FEWEST or len({rows[index].author for index in honest}) < 2:
        raise UsageError(f"training needs at least {_FEWEST} clauses of two authors on whose clauses the rules were not developed")
    scores = crossed(rows)
    mine, values = [rows[index] for index in honest], [scores[index] for index in honest]
    probabilities = held_out(mine, values)
    gold = np.array([row.labels for row in mine])
    chosen = {name: _threshold(gold[:, column], probabilities[:, column]) for column, name in enumerate(HEADS)}
    limits = chosen | LIMITS
    measured = {name: _measured(gold[:, column], probabilities[:, column]) for column, name in enumerate(HEADS)}
    measured["alone"] = _alone(mine, gold, probabilities)
    floor = _floor(mine, values, probabilities)
    card = {"thresholds": limits, "floor": floor, "measured": measured, "trained_on": _counts(rows), "corpus": corpus}
    return write(language, TextModels(rows), Fusion(mine, values), folder, card)


def _floor(rows: Sequence[Example], scores: Sequence[dict[str, float]], probabilities: NDArray[np.float64]) -> float:
    """Return the logit of the text model below which no clause became a finding by its wording alone, with a margin."""
    logits = [
        said["flag"]
        for row, said, likely in zip(rows, scores, probabilities, strict=True)
        if likely[0] >= LIMITS["flag_alone"] and fusion.by_rules(row.facts) == "none"
    ]
    return round(min([*logits, 0.0]) - _MARGIN, 2)


def _alone(rows: Sequence[Example], gold: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return how precise the wording is where no rule found anything."""
    silent = np.array([fusion.by_rules(row.facts) == "none" for row in rows])
    found = {}
    for column, name in ((0, "flag"), (1, "candidate")):
        said = silent & (probabilities[:, column] >= LIMITS[f"{name}_alone"])
        found[f"{name}_precision"] = round(float(gold[said, column].mean()), 4) if said.any() else 0.0
        found[f"{name}_count"] = int(said.sum())
    return found


def _threshold(gold: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> float:
    """Return the probability with the best F1, as round as the data allow."""
    grid = np.arange(0.3, 0.71, 0.02)
    return round(float(max(grid, key=lambda limit: (round(f1_score(gold, probabilities >= limit), 3), -abs(limit - 0.5)))), 2)


def _measured(gold: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> dict[str, Any]:
    """Return Brier score, F1, precision at recall 0.95, and the reliability curve of an output on authors it was not trained on."""
    precision, recall, _ = precision_recall_curve(gold, probabilities)
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    curve = [
        [round(float(probabilities[bins == number].mean()), 4), round(float(gold[bins == number].mean()), 4), int((bins == number).sum())]
        for number in range(_BINS)
        if (bins == number).any()
    ]
    return {
        "brier": round(float(brier_score_loss(gold, probabilities)), 4),
        "f1": round(float(f1_score(gold, probabilities >= 0.5, zero_division=0.0)), 4),
        "precision_at_recall_95": round(float(precision[recall >= 0.95].max()), 4),
        "reliability": curve,
    }


def _counts(rows: Sequence[Example]) -> dict[str, int]:
    return {author: sum(row.author == author for row in rows) for author in sorted({row.author for row in rows})}


def write(language: Language, text: TextModels, joined: Fusion, folder: Path, card: dict[str, Any]) -> dict[str, Any]:
    """Write arrays and card of a language and return the card."""
    arrays = text.clause.arrays("clause") | text.span.arrays("span")
    arrays |= {
        "fusion_weights": np.round(np.column_stack([output.coef_[0] for output in joined.outputs]), 5).astype(np.float32),
        "fusion_bias": np.round([output.intercept_[0] for output in joined.outputs], 5).astype(np.float32),
    }
    data = models.pack(arrays)
    whole = {
        "schema": models.SCHEMA, "language": language, "heads": list(HEADS), "span_heads": list(ATTRIBUTES), "outputs": list(HEADS),
        "features": list(joined.vectorizer.get_feature_names_out()), "settings": SETTINGS,
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "scipy")} | dict(api.data_versions()),
        **card, "sha256": sha256(data).hexdigest(),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{language}.npz").write_bytes(data)
    (folder / f"{language}.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return whole
