"""What a scan past one machine reads, and how it is cut."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from clausescan.engine.plan import Part, Plan, rows_of
from clausescan.errors import UsageError

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
arrow = pytest.importorskip("pyarrow")


def table(path: Path, columns: dict[str, list[Any]], rows_in_a_group: int = 3) -> str:
    parquet.write_table(arrow.table(columns), path, row_group_size=rows_in_a_group)
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "sub/c.txt", "sub/.hidden", "old/d.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(name, encoding="utf-8")
    return tmp_path / "in"


def test_a_folder_is_cut_in_the_order_of_its_names(folder: Path):
    plan = Plan(paths=[str(folder)], exclude=("old",), size=2)
    assert [[item.name for item in part.items] for part in plan] == [["a.txt", "b.txt"], ["sub/c.txt"]]
    assert (plan.sources.hidden, plan.sources.excluded) == (1, 1)


def test_a_part_has_another_name_when_a_document_in_it_changes(folder: Path):
    def names(key: str = "k") -> list[str]:
        return [part.name(key) for part in Plan(paths=[str(folder)], size=2)]

    before = names()
    assert names() == before
    os.utime(folder / "sub" / "c.txt", ns=(1, 1))
    assert [one == other for one, other in zip(before, names(), strict=True)] == [True, False]
    assert set(names("other rules")).isdisjoint(before)


@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_the_rows_of_a_table_are_each_read_once(tmp_path: Path, size: int):
    path = table(tmp_path / "t.parquet", {"name": [f"{n}.txt" for n in range(8)], "text": [f"text {n}" for n in range(8)], "app": [1, None] * 4})
    parts = list(Plan(paths=[path], size=size))
    found = [row for part in parts if part.rows for row in rows_of(part.rows)]
    assert [(name, data) for name, data, _ in found] == [(f"{n}.txt", f"text {n}".encode()) for n in range(8)]
    assert [dict(carried) for *_, carried in found][:2] == [{"app": "1"}, {"app": ""}]
    assert sum(part.documents for part in parts) == 8


def test_bytes_go_before_text(tmp_path: Path):
    path = table(tmp_path / "t.parquet", {"name": ["a", "b"], "bytes": [b"\x00\xff", None], "text": ["x", "人脸"]})
    (part,) = Plan(paths=[path])
    assert part.rows is not None
    assert [data for _, data, _ in rows_of(part.rows)] == [b"\x00\xff", "人脸".encode()]


def test_a_list_names_files_and_addresses(folder: Path):
    (folder / "apps.csv").write_text("app,path\nx,a.txt\ny,s3://bucket/b.html\n", encoding="utf-8")
    (part,) = Plan(lists=[folder / "apps.csv"])
    assert [(item.name, "url" in item.source, item.carried) for item in part.items] == [
        ("a.txt", False, (("app", "x"),)),
        ("s3://bucket/b.html", True, (("app", "y"),)),
    ]
    assert part.columns == ("app",)


def test_a_folder_behind_an_address_is_listed():
    files = pytest.importorskip("fsspec", reason="fsspec is not installed").filesystem("memory")
    for name in ("b.txt", "a.txt", "sub/.c.txt"):
        files.pipe_file(f"/plan/{name}", b"x")
    plan = Plan(paths=["memory://plan"])
    (part,) = plan
    assert [(item.name, item.source) for item in part.items] == [(name, {"url": f"memory://plan/{name}"}) for name in ("a.txt", "b.txt")]
    assert plan.sources.hidden == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("-", "standard input"),
        ("nothing", "no such file or folder"),
        ("other.parquet", "a column name and one of bytes or text; this has url"),
        ("broken.parquet", "not a Parquet file"),
        ("nothing://x/y", "nothing"),
        ("https://example.com/a.html", "by the engine local, with --fetch"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, words: str):
    monkeypatch.chdir(tmp_path)
    table(tmp_path / "other.parquet", {"url": ["x"]})
    (tmp_path / "broken.parquet").write_bytes(b"no table")
    with pytest.raises(UsageError, match=words):
        list(Plan(paths=[path]))


def test_parts_are_plain_values():
    assert hash(Part(number=1)) == hash(Part(number=1))
