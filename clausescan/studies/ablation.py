"""What each part contributes: keywords, a linear SVM over whole clauses, the rules, the models, and rules and models together.

The SVM over tf-idf n-grams is the classic approach to unfair terms (Lippi et al., "CLAUDETTE", Artificial Intelligence and Law 2019);
it is trained on the training part of the corpus, as the models are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from clausescan import api, models
from clausescan.analyse import wording
from clausescan.errors import UsageError
from clausescan.evaluate import Prediction, Unit, keywords, load, measure, predict
from clausescan.folding import fold
from clausescan.settings import Settings
from clausescan.train import load_split
from clausescan.types import ATTRIBUTES, Language

Say = Callable[[Unit], Prediction]
_SHOWN = ("flag_p", "flag_r", "flag_f1", "candidate_f1", "grade_macro_f1", "serious")
_RULES = Settings(models=False)


def ablation(units: Sequence[Unit], corpus: Path) -> dict[str, dict[str, float]]:
    """Return the metrics of each system on the units. Raises UsageError when `corpus` holds no training clauses."""
    systems: dict[str, Say] = {
        "keywords": keywords,
        "tf-idf + linear SVM": linear_svm(units, corpus),
        "rules": lambda unit: predict(unit, lambda text, language: api.scan_text(text, language=language, settings=_RULES)),
        "models": wording_alone,
        "rules + models": lambda unit: predict(unit, lambda text, language: api.scan_text(text, language=language)),
    }
    return {name: measure([(unit, say(unit)) for unit in units]) for name, say in systems.items()}


def linear_svm(units: Sequence[Unit], corpus: Path) -> Say:
    """Return a classifier of whole clauses into grades, one for each language of the units."""
    split = load_split(corpus / "split.toml")
    classifiers = {}
    for language in sorted({unit.language or "zh" for unit in units}):
        known = [unit for unit in load(sorted((corpus / language).glob("*.jsonl"))) if split.of(unit) == "train"]
        if len({unit.grade for unit in known}) < 2:
            raise UsageError(f"{corpus}/{language}: too few clauses to train on")
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3) if language == "zh" else (2, 5), sublinear_tf=True, min_df=2)
        fitted = make_pipeline(grams, LinearSVC(class_weight="balanced", random_state=0))
        classifiers[language] = fitted.fit([unit.text for unit in known], [unit.grade for unit in known])
    return lambda unit: Prediction(grade=str(classifiers[unit.language or "zh"].predict([unit.text])[0]))


def wording_alone(unit: Unit) -> Prediction:
    """Return what the text model of clauses says without any rule: a head counts from a probability of one half on."""
    language: Language = unit.language or "zh"
    model = models.load(language)
    if model is None:
        return Prediction()
    said = wording.weigh([fold(unit.text).text], [-inf], language, model)[0]
    if said is None or said.scores["flag"] < 0:
        return Prediction()
    likely = frozenset(name for name in ATTRIBUTES if said.scores[name] >= 0)
    return Prediction(grade="candidate" if said.scores["candidate"] >= 0 else "review", attributes=likely)


def to_text(table: Mapping[str, Mapping[str, float]]) -> str:
    """Return a table with a row for each system."""
    names = (*_SHOWN, *(f"{name}_f1" for name in ATTRIBUTES))
    short = {f"{name}_f1": name.split("_")[0][:12] for name in ATTRIBUTES}
    lines = [f"{'system':22s}" + "".join(f"{short.get(name, name):>15s}" for name in names)]
    lines += [f"{system:22s}" + "".join(f"{metrics[name]:15.3f}" for name in names) for system, metrics in table.items()]
    return "\n".join(lines)


def to_json(table: Mapping[str, Mapping[str, float]]) -> str:
    """Return all metrics of each system as JSON."""
    rounded = {system: {name: round(value, 4) for name, value in metrics.items()} for system, metrics in table.items()}
    return json.dumps(rounded, ensure_ascii=False, indent=2)
