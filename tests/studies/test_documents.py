from __future__ import annotations

import json
from pathlib import Path

import pytest

from clausescan.errors import UsageError
from clausescan.studies.documents import evaluate_documents, summary, to_json, to_text

GRANT = "用户同意公司永久使用其人脸图像，且不得撤回该授权。"
TRAP = "公司不会永久保存用户的人脸图像，用户可以随时撤回同意。"
PLAIN = "第一条 定义\n本协议由用户与公司订立。\n"


def folder(path: Path, gold: list[dict[str, object]], text: str = f"人脸服务协议\n{PLAIN}第二条 {GRANT}\n第三条 {TRAP}\n") -> Path:
    (path / "a.txt").write_text(text, encoding="utf-8")
    (path / "MANIFEST.jsonl").write_text(json.dumps({"id": "A", "files": [{"file": "a.txt", "format": "txt"}]}), encoding="utf-8")
    (path / "gold.jsonl").write_text("\n".join(json.dumps(item, ensure_ascii=False) for item in gold), encoding="utf-8")
    return path


def unit(gid: str, kind: str, *segments: str, **values: object) -> dict[str, object]:
    return {"doc": "A", "gid": gid, "kind": kind, "segments": segments, "grade": "candidate", **values}


def test_what_is_found_missed_and_sprung_is_told_for_each_document(tmp_path: Path):
    gold = [unit("g1", "gold", "同意公司永久使用其 人脸图像"), unit("g2", "gold", "本句在文件里并不存在也没有人写过它"), unit("t1", "trap", TRAP)]
    scores = evaluate_documents(folder(tmp_path, gold))
    assert [(len(item.found), len(item.missed), len(item.false), item.traps, len(item.sprung)) for item in scores] == [(1, 1, 0, 1, 0)]
    assert summary(scores) == {"files": 1, "gold": 2, "recall": 0.5, "precision": 1, "traps": 0, "graded": 1}
    assert "missed g2" in to_text(scores)
    assert json.loads(to_json(scores))["files"][0]["missed"] == ["g2"]


def test_a_finding_on_a_trap_is_counted_and_quoted(tmp_path: Path):
    scores = evaluate_documents(folder(tmp_path, [unit("t1", "trap", GRANT)]))
    assert [item.id for item in scores[0].sprung] == ["t1"]
    assert [finding.quote for finding in scores[0].false] == [f"第二条 {GRANT}"]
    assert "false candidate" in to_text(scores)


def test_units_of_other_formats_do_not_count(tmp_path: Path):
    gold = [unit("g1", "gold", GRANT), unit("g2", "gold", "只在 PDF 里出现的一句话而已", formats=["pdf"])]
    assert summary(evaluate_documents(folder(tmp_path, gold)))["gold"] == 1


@pytest.mark.parametrize(("name", "content"), [("gold.jsonl", "{"), ("gold.jsonl", '{"doc": "A"}'), ("MANIFEST.jsonl", "nothing")])
def test_a_wrong_folder_is_named(name: str, content: str, tmp_path: Path):
    folder(tmp_path, [unit("g1", "gold", GRANT)])
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=name):
        evaluate_documents(tmp_path)
