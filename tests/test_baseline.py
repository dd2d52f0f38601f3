"""What is known stays quiet, what is new or changed speaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main

GRANT = "第一条 您永久且不可撤销地授权本公司使用您的人脸信息。\n"
OTHER = "第二条 您同意本公司将您的人脸图像任意转授权给任何第三方，且授权不可撤回。\n"
PLAIN = "第三条 本协议一式两份，双方各执一份，具有同等效力。\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, args)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text(GRANT + PLAIN, encoding="utf-8")
    return tmp_path / "docs"


@pytest.fixture
def known(folder: Path, tmp_path: Path) -> Path:
    file = tmp_path / "baseline.json"
    assert run("baseline", "update", file, folder).exit_code == 0
    return file


def entries(file: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(file.read_text(encoding="utf-8"))["findings"]
    return found


def test_what_is_known_is_not_reported_and_the_report_says_so(folder: Path, known: Path):
    result = run("scan", folder, "--baseline", known, "--format", "json")
    (report,) = json.loads(result.stdout)
    assert (result.exit_code, report["findings"]) == (0, [])
    assert [problem["code"] for problem in report["problems"]] == ["B001_known"]


def test_renumbered_moved_and_renamed_is_still_known(folder: Path, known: Path):
    (folder / "a.txt").unlink()
    (folder / "b.txt").write_text(PLAIN + GRANT.replace("第一条", "第九条"), encoding="utf-8")
    assert run("scan", folder, "--baseline", known).exit_code == 0


@pytest.mark.parametrize(
    "text", [GRANT + OTHER, GRANT.replace("本公司", "本公司及其合作伙伴")], ids=["another clause", "the clause with other words"]
)
def test_what_is_new_is_reported_alone(folder: Path, known: Path, text: str):
    (folder / "a.txt").write_text(text, encoding="utf-8")
    result = run("scan", folder, "--baseline", known, "--format", "json")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)[0]["findings"]) == 1


def test_a_dismissal_has_reason_person_and_day(folder: Path, known: Path):
    fingerprint = str(entries(known)[0]["fingerprint"])
    assert run("baseline", "dismiss", known, fingerprint[:6], "--reason", "已限于服务期间", "--by", "李伟", "--date", "2026-03-02").exit_code == 0
    (entry,) = entries(known)
    assert (entry["state"], entry["reason"], entry["by"], entry["on"]) == ("dismissed", "已限于服务期间", "李伟", "2026-03-02")
    shown = run("baseline", "show", known)
    assert "2026-03-02 李伟: 已限于服务期间" in shown.stdout
    assert "0 known and not reviewed, 1 dismissed" in shown.stderr


@pytest.mark.parametrize(
    ("text", "code", "state"),
    [
        (GRANT.replace("第一条", "第二条"), 0, "dismissed"),
        (GRANT.replace("永久且", "永久，且"), 1, "known"),
    ],
    ids=["renumbered", "another comma"],
)
def test_a_dismissal_holds_until_the_text_changes(folder: Path, known: Path, text: str, code: int, state: str):
    run("baseline", "dismiss", known, str(entries(known)[0]["fingerprint"]), "--reason", "seen")
    (folder / "a.txt").write_text(text, encoding="utf-8")
    assert run("scan", folder, "--baseline", known).exit_code == code
    run("baseline", "update", known, folder)
    assert [entry["state"] for entry in entries(known)] == [state]


def test_update_forgets_what_is_gone_but_not_what_was_decided_or_not_looked_at(folder: Path, known: Path):
    (folder / "b.txt").write_text(OTHER, encoding="utf-8")
    run("baseline", "update", known, folder)
    (folder / "a.txt").write_text(PLAIN, encoding="utf-8")
    run("baseline", "update", known, folder / "b.txt")
    assert len(entries(known)) == 2, "a.txt was not looked at"
    run("baseline", "update", known, folder)
    assert [entry["documents"] for entry in entries(known)] == [["b.txt"]]
    run("baseline", "dismiss", known, str(entries(known)[0]["fingerprint"]), "--reason", "seen")
    (folder / "b.txt").write_text(PLAIN, encoding="utf-8")
    run("baseline", "update", known, folder)
    assert [(entry["state"], entry["documents"]) for entry in entries(known)] == [("dismissed", [])]
    run("baseline", "update", "--prune", known, folder)
    assert entries(known) == []


def test_results_of_a_scan_do_as_well_and_the_file_is_the_same(folder: Path, known: Path, tmp_path: Path):
    run("scan", folder, "--format", "json", "-o", tmp_path / "run.json")
    run("baseline", "update", tmp_path / "second.json", tmp_path / "run.json")
    assert (tmp_path / "second.json").read_bytes() == known.read_bytes()


def test_reopened_is_known_again(known: Path):
    before = known.read_bytes()
    fingerprint = str(entries(known)[0]["fingerprint"])
    run("baseline", "dismiss", known, fingerprint, "--reason", "seen")
    run("baseline", "reopen", known, fingerprint)
    assert known.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "dismissed", "reason": " "}, "is dismissed without a reason"),
        ({"state": "accepted"}, "neither known nor dismissed"),
        ({"why": "x"}, "must have the keys"),
        ({"documents": "a.txt"}, "documents is a list"),
    ],
)
def test_a_baseline_that_is_wrong_is_named(folder: Path, known: Path, change: dict[str, object], sentence: str):
    plain = json.loads(known.read_text(encoding="utf-8"))
    plain["findings"][0] |= change
    known.write_text(json.dumps(plain), encoding="utf-8")
    result = run("scan", folder, "--baseline", known)
    assert result.exit_code == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(("args", "sentence"), [(["ffff", "--reason", "x"], "no entry"), (["", "--reason", "x"], "no entry"), (["{id}", "--reason", " "], "needs a reason")])
def test_a_dismissal_that_cannot_be_made(known: Path, args: list[str], sentence: str):
    fingerprint = str(entries(known)[0]["fingerprint"])
    result = run("baseline", "dismiss", known, *(arg.format(id=fingerprint) for arg in args))
    assert result.exit_code == 2
    assert sentence in result.stderr
