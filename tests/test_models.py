"""The models: what is computed without scikit-learn is what scikit-learn computes, and files that do not fit are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import clausescan
from clausescan import evaluate, models, train
from clausescan.analyse import wording
from clausescan.errors import DataError, UsageError
from clausescan.folding import fold
from clausescan.settings import Settings
from clausescan.studies import record
from clausescan.types import Language

CLAUSES = Path(__file__).parents[1] / "corpus" / "clauses"
SPLIT = train.load_split(CLAUSES / "split.toml")


@pytest.fixture(scope="module")
def rows() -> list[train.Example]:
    units = [unit for name in ("g1", "g3") for unit in evaluate.load([CLAUSES / "zh" / f"{name}.jsonl"])[:120]]
    return train.examples(units, SPLIT, "zh")


def test_plain_arrays_give_what_scikit_learn_gives(rows: list[train.Example], tmp_path: Path):
    train.train(rows, "zh", tmp_path, "test")
    model = models.load("zh", tmp_path)
    assert model is not None
    fitted = train.TextModels(rows)
    expected = fitted.clause.logits([row.grams for row in rows[:40]])
    tokens = [wording.tokens(fold(row.unit.text).text, "zh") for row in rows[:40]]
    np.testing.assert_allclose(model.clause.logits(tokens), expected, atol=2e-3)
    scores = train.crossed(rows)
    joined = train.Fusion(rows, scores).probabilities(rows, scores)
    said = [list(model.fuse(train.fusion_features(row, score)).values()) for row, score in zip(rows, scores, strict=True)]
    np.testing.assert_allclose(said, joined, atol=2e-3)


def test_the_same_corpus_gives_the_same_bytes(rows: list[train.Example], tmp_path: Path):
    for name in ("one", "two"):
        train.train(rows, "zh", tmp_path / name, "test")
    for file in ("zh.npz", "zh.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "zh.npz").write_bytes(b"PK"), "hash differs"),
        (lambda folder: (folder / "zh.npz").unlink(), "cannot be read"),
        (lambda folder: (folder / "zh.json").write_text('{"schema": "clausescan-model/0"}'), "clausescan-model/0"),
        (lambda folder: (folder / "zh.json").write_text("{"), "cannot be read"),
    ],
)
def test_files_that_do_not_fit_are_refused_with_advice(change, words: str, tmp_path: Path):
    for name in ("zh.npz", "zh.json"):
        (tmp_path / name).write_bytes((models.shipped() / name).read_bytes())
    assert models.load("zh", tmp_path) is not None
    models.load.cache_clear()
    change(tmp_path)
    with pytest.raises(DataError, match=f"(?s)models/zh.*{words}.*clausescan train"):
        models.load("zh", tmp_path)


def test_too_little_to_train_on_is_said(rows: list[train.Example], tmp_path: Path):
    with pytest.raises(UsageError, match="two authors"):
        train.train(rows[:100], "zh", tmp_path, "test")


def test_the_shipped_cards_name_data_versions_and_measures():
    for language in ("zh", "en"):
        card = json.loads((models.shipped() / f"{language}.json").read_text("utf-8"))
        assert card["measured"]["flag"]["reliability"]
        assert 0 < card["measured"]["flag"]["brier"] < 0.2
        assert card["versions"]["scikit-learn"]
        assert sum(card["trained_on"].values()) > 2000
        assert not set(card["trained_on"]) & {author for author, part in SPLIT.part.items() if part == "test"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "住户搬离后，当初录入的那张脸物业照旧可以拿来开发新系统，住户不用再过问。"),
        ("en", "Once you hand us your face scan it stays ours to use whatever you later decide."),
    ],
)
def test_what_the_wording_adds_says_so(language: Language, text: str):
    found = clausescan.scan_text(text, language).findings
    assert found
    assert any(step.name == "wording" for step in found[0].steps)
    alone = clausescan.scan_text(text, language, settings=Settings(models=False)).findings
    assert not any(step.name == "wording" for finding in alone for step in finding.steps)


@pytest.mark.parametrize(
    "text",
    [
        "住客授权酒店永久、不可撤销地使用其面部图像。",
        "会员同意俱乐部永久保存和使用其面部特征信息。",
        "本人授权贵公司永久性地使用本人面部视频。",
        "业主不可撤销地授权物业公司使用其人脸照片。",
        "您同意我们可将您的人脸信息提供给任何第三方使用，并可转授权。",
        "You grant us a perpetual, irrevocable licence to use your face images.",
        "The member agrees that the club may keep and use the face template forever.",
        "You irrevocably consent to our use of your face scan.",
        "You allow us to share your face data with any third party and to sublicense it.",
    ],
)
def test_the_words_of_the_textbook_stay_a_candidate(text: str):
    assert [finding.grade for finding in clausescan.scan_text(text).findings] == ["candidate"]


def test_segments_are_quoted_from_the_text():
    text = "您同意我们使用人脸,期限不限;其余从略。"
    assert [text[start:end] for start, end in wording.segments(text)] == ["您同意我们使用人脸", "期限不限", "其余从略"]


def test_a_scan_does_not_import_scikit_learn():
    code = "import sys, clausescan; clausescan.scan_text('您同意我们永久使用您的人脸图像。'); sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_figure_on_the_test_authors_is_a_point_below_the_recorded_one():
    recorded = json.loads((models.shipped() / "metrics.json").read_text("utf-8"))
    now = record.measured(CLAUSES)
    lower = {(language, name) for language, values in recorded.items() for name, value in values.items() if now[language][name] < value - 0.01}
    assert lower == set()
