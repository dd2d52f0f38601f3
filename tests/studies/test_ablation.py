from __future__ import annotations

import json
from pathlib import Path

import pytest

from clausescan.errors import UsageError
from clausescan.evaluate import Unit
from clausescan.studies.ablation import ablation, to_text

CORPUS = Path(__file__).parents[2] / "corpus" / "clauses"
UNITS = [
    Unit(id="1", language="zh", grade="candidate", text="用户同意公司永久使用其人脸图像，且不得撤回该授权。"),
    Unit(id="2", language="zh", grade="none", text="本公司不会永久保存用户的人脸图像，用户可以随时撤回同意。"),
    Unit(id="3", language="zh", grade="none", text="配送时间以页面显示为准，逾期可申请退款。"),
]


def test_every_system_is_measured_on_the_same_units():
    table = ablation(UNITS, CORPUS)
    assert list(table) == ["keywords", "tf-idf + linear SVM", "rules", "models", "rules + models"]
    assert table["rules"]["flag_f1"] == 1
    assert table["keywords"]["flag_p"] == 0.5, "words alone take a denial for a grant"
    assert len(to_text(table).splitlines()) == 6


def test_a_corpus_without_clauses_is_refused(tmp_path: Path):
    (tmp_path / "zh").mkdir()
    (tmp_path / "split.toml").write_text("developed_on = []\n[authors]\n", encoding="utf-8")
    (tmp_path / "zh" / "a.jsonl").write_text(json.dumps({"id": "1", "text": "x", "grade": "none"}), encoding="utf-8")
    with pytest.raises(UsageError, match="too few"):
        ablation(UNITS, tmp_path)
