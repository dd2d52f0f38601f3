"""Clauses that many documents share."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main
from clausescan.cluster import Cluster, Clusters, Occurrence, clusters_of_records

TEMPLATE = "您同意授予我们在全球范围内免费、永久且不可撤销地收集、存储、加工和使用您的人脸信息的权利，我们可以将该等权利再许可给任何第三方行使。"
VARIANT = TEMPLATE.replace("全球范围内", "世界各地")
OTHER = "因您将账号借给他人使用而产生的后果，由您自行承担，我们不承担任何责任，法律另有规定的除外。"
ENGLISH = "We may keep the photographs of your face for as long as we like and license them to any third party."


def occurrence(document: str, text: str) -> Occurrence:
    return Occurrence(document=document, text=text, number="", page=None, line=1)


def clustered(*given: tuple[str, str], least: int = 2) -> list[Cluster]:
    with Clusters() as found:
        for document, text in given:
            found.add([occurrence(document, text)])
        return list(found.clusters(least=least))


def told(found: list[Cluster]) -> list[tuple[int, list[int]]]:
    return [(one.documents, [wording.documents for wording in one.wordings]) for one in found]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("a", "4.3 " + TEMPLATE), ("b", "第九条 " + TEMPLATE)], [(2, [2])]),
        ([("a", TEMPLATE), ("b", TEMPLATE), ("c", VARIANT)], [(3, [2, 1])]),
        ([("a", TEMPLATE), ("a", TEMPLATE), ("b", TEMPLATE)], [(2, [2])]),
        ([("a", TEMPLATE), ("a", VARIANT)], []),
        ([("a", TEMPLATE), ("b", OTHER)], []),
        ([("a", ENGLISH), ("b", ENGLISH.upper() + " ")], [(2, [2])]),
        ([("a", "第三条 定义"), ("b", "第三条 释义")], []),
        ([("a", "——"), ("b", "——")], []),
    ],
    ids=["numbers", "near", "twice in one", "one document", "different", "case", "short", "no words"],
)
def test_same_and_nearly_the_same(given: list[tuple[str, str]], expected: list[tuple[int, list[int]]]):
    assert told(clustered(*given)) == expected


def test_opposites_may_share_a_cluster_but_never_a_wording():
    given = "我们不会将您的人脸照片出售或者出租给任何第三方，也不会将其用于训练模型、投放广告或者其他任何商业目的。"
    (one,) = clustered(("a", given), ("b", given.replace("不会将您", "会将您")))
    assert [wording.documents for wording in one.wordings] == [1, 1]


def test_the_order_of_documents_changes_nothing():
    given = [(f"{number}", text) for number, text in enumerate([TEMPLATE] * 5 + [VARIANT] * 4 + [OTHER] * 3 + [TEMPLATE.replace("免费", "无偿")] * 2)]
    expected = clustered(*given)
    for seed in range(3):
        shuffled = given[:]
        random.Random(seed).shuffle(shuffled)
        assert clustered(*shuffled) == expected
    assert told(expected) == [(11, [5, 4, 2]), (3, [3])]


def test_the_id_stays_when_documents_are_added():
    before = clustered(("a", TEMPLATE), ("b", TEMPLATE), ("c", VARIANT))
    after = clustered(("a", TEMPLATE), ("b", TEMPLATE), ("c", VARIANT), ("d", OTHER), ("e", VARIANT[:-1] + "！"))
    assert before[0].id == after[0].id


def test_a_wording_that_differs_in_one_word_of_twenty_is_found():
    """LSH may miss a pair; at this likeness it must not miss many."""
    base = [f"第 {number} 号条款规定{OTHER}" for number in range(40)]
    found = [clustered(("a", text), ("b", text.replace("借给他人", "交给他人"))) for text in base]
    assert sum(len(one) == 1 for one in found) >= 38


def test_findings_of_records_in_any_number():
    record = {"document": {"name": "a"}, "findings": [{"id": "f1", "grade": "review", "quote": TEMPLATE, "clause": {"number": "4.3"}, "place": {"page": 2, "line": 7}}]}
    (one,) = clusters_of_records([record, {**record, "document": {"name": "b"}}])
    member = one.wordings[0].members[1]
    assert (one.documents, one.grade, one.quote) == (2, "review", TEMPLATE)
    assert (member.document, member.number, member.page, member.finding) == ("b", "4.3", 2, "f1")


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["cluster", *map(str, args)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"a.txt": f"4.1 {TEMPLATE}\n4.2 {OTHER}\n", "b.txt": f"4.2 {OTHER}\n4.3 {TEMPLATE}\n", "c.txt": f"4.9 {OTHER}\n"}.items():
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    return tmp_path / "docs"


def test_command_on_a_folder(folder: Path):
    result = run(folder)
    assert result.exit_code == 0
    assert "2 documents share this clause" in result.stdout
    assert "in a.txt 4.1, b.txt 4.3" in result.stdout
    assert "3 documents read." in result.stderr


def test_command_on_all_clauses(folder: Path):
    found = json.loads(run(folder, "--of", "clauses", "--format", "json").stdout)["clusters"]
    assert [(one["documents"], one["grade"]) for one in found] == [(3, ""), (2, "")]


def test_results_give_the_same_as_the_documents(folder: Path, tmp_path: Path):
    CliRunner().invoke(main, ["scan", str(folder), "--format", "json", "-o", str(tmp_path / "run.json")])
    assert run(tmp_path / "run.json", "--format", "json").stdout == run(folder, "--format", "json").stdout


def test_csv_has_a_row_for_each_member_and_no_formulas(folder: Path):
    (folder / "d.txt").write_text("=1+1 以下内容由双方在自愿、平等的基础上协商一致后订立，以资共同遵守执行。\n" * 1, encoding="utf-8")
    (folder / "e.txt").write_text("=1+1 以下内容由双方在自愿、平等的基础上协商一致后订立，以资共同遵守执行。\n" * 1, encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run(folder, "--of", "clauses", "--format", "csv").stdout)))
    assert len(rows) == 7
    assert not [row for row in rows if row["quote"].startswith("=")]


def test_results_do_not_hold_all_clauses(tmp_path: Path):
    (tmp_path / "run.json").write_text("[]", encoding="utf-8")
    assert run(tmp_path / "run.json", "--of", "clauses").exit_code == 2
    assert run(tmp_path / "run.json").exit_code == 0
    assert run(tmp_path / "nowhere").exit_code == 2
