"""`clausescan compare` on files, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main

OLD = (Path(__file__).parents[2] / "corpus" / "samples" / "face-app-agreement.zh.txt").read_text(encoding="utf-8")
NEW = (
    OLD.replace("二十四小时内自动删除", "三十日内删除")
    .replace("4.2 您提交反馈的", "4.2 您上传的人脸视频，我们可以永久保存。\n4.3 您提交反馈的")
    .replace("4.3 为使本服务", "4.4 为使本服务")
    .replace("4.4 您应当确保", "4.5 您应当确保")
    .replace("5.4 我们不会出售您的人脸照片，也不会要求您放弃要求删除的权利。\n", "")
)


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, args)])


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "v1.txt", tmp_path / "v2.txt"
    for path, text in zip(paths, (OLD, NEW), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_text_shows_findings_and_changes(versions: tuple[Path, Path]):
    result = run(*versions, "--report-lang", "en")
    assert result.exit_code == 1
    assert "Findings: 1 new, 3 persists" in result.stdout
    assert "Clauses: 1 new, 1 gone, 1 changed, 3 renumbered" in result.stdout
    assert "4.3 → 4.4" in result.stdout
    assert "{+三十日内+}" in result.stdout


def test_json_says_what_a_decision_may_be_carried_over_to(versions: tuple[Path, Path]):
    found = json.loads(run(*versions, "--format", "json").stdout)
    assert found["finding_counts"] == {"new": 1, "changed": 0, "gone": 0, "persists": 3}
    assert [change["same_text"] for change in found["findings"] if change["status"] == "persists"] == [True] * 3
    assert found["clauses"][0]["kind"] == "same"
    changed = next(change for change in found["clauses"] if change["kind"] == "changed")
    assert "".join(text for op, text in changed["diff"] if op != "new") == changed["old"][0]["text"]


def test_html_is_one_file_with_both_sides(versions: tuple[Path, Path], tmp_path: Path):
    page = tmp_path / "out.html"
    assert run(*versions, "--format", "html", "-o", page).exit_code == 1
    text = page.read_text(encoding="utf-8")
    assert "<ins>4.2 您上传的人脸视频，我们可以永久保存。</ins>" in text
    assert "<del>5.4 我们不会出售您的人脸照片" in text
    assert "http" not in text
    assert "<script" not in text


@pytest.mark.parametrize(("fail_on", "code"), [("review", 1), ("never", 0)])
def test_exit_code(versions: tuple[Path, Path], fail_on: str, code: int):
    assert run(*versions, "--fail-on", fail_on).exit_code == code


def test_a_finding_that_went_away_is_no_reason_to_fail(versions: tuple[Path, Path]):
    result = run(versions[1], versions[0], "--report-lang", "en")
    assert result.exit_code == 0
    assert "Findings: 1 gone, 3 persists" in result.stdout


def test_a_document_is_equal_to_itself(versions: tuple[Path, Path]):
    result = run(versions[0], versions[0], "--format", "json")
    assert result.exit_code == 0
    assert {change["kind"] for change in json.loads(result.stdout)["clauses"]} == {"same"}


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs over folders: a.txt changed, b.txt was renamed to c.txt, d.txt is new."""
    other = "第一条 授权\n您永久且不可撤销地授权本公司使用您的人脸信息。\n"
    contents = {"old": {"a.txt": OLD, "b.txt": other}, "new": {"a.txt": NEW, "c.txt": other, "d.txt": "第一条 一般规定\n本协议一式两份。\n"}}
    for side, files in contents.items():
        (tmp_path / side).mkdir()
        for name, text in files.items():
            (tmp_path / side / name).write_text(text, encoding="utf-8")
        CliRunner().invoke(main, ["scan", str(tmp_path / side), "--format", "json", "-o", str(tmp_path / f"{side}.json")])
    return tmp_path / "old.json", tmp_path / "new.json"


def test_runs_are_compared_document_by_document(runs: tuple[Path, Path]):
    result = run(*runs, "--format", "json")
    found = {(one["old"] or {}).get("name"): one for one in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert found["a.txt"]["finding_counts"]["new"] == 1
    assert found["b.txt"]["new"]["name"] == "c.txt"
    assert found["b.txt"]["status"] == "same"
    assert found[None]["new"]["name"] == "d.txt"


def test_of_several_documents_the_same_ones_are_only_counted(runs: tuple[Path, Path]):
    result = run(*runs, "--report-lang", "en")
    assert "Documents: 1 same" in result.stdout
    assert "c.txt" not in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.json", '[{"schema": "else"}]', "is not a report of schema"),
        ("x.json", "[{", "is not a JSON report of clausescan"),
        ("x.json", "[]", None),
    ],
)
def test_bad_results_are_one_sentence(tmp_path: Path, name: str, content: str, sentence: str | None):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    result = run(path, path)
    assert result.exit_code == (2 if sentence else 0)
    assert (sentence or "") in result.stderr


def test_a_document_and_a_report_do_not_go_together(versions: tuple[Path, Path], tmp_path: Path):
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")
    assert "not one of each" in run(versions[0], tmp_path / "x.json").stderr
