"""`clausescan scan --engine ray` on a Ray of this machine with two workers: real processes, row by row what the local engine says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "corpus" / "samples"
TROUBLE = ROOT / "tests" / "files" / "docx"
ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed (pip install 'clausescan[cluster]')")
posix = pytest.mark.skipif(sys.platform == "win32", reason="such signals are not there")


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "clausescan", "scan", *map(str, words)]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, encoding="utf-8", timeout=240, check=False)


def lines(*paths: Path) -> list[Any]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def parts(folder: Path, ending: str = "jsonl") -> list[Path]:
    return sorted(folder.glob(f"part-*.{ending}"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents of every kind, one that is damaged, one of a kind that is left out."""
    made = tmp_path / "in"
    made.mkdir()
    for path in sorted(SAMPLES.iterdir())[:9] + sorted(TROUBLE.iterdir())[:3]:
        if path.is_file():
            shutil.copy(path, made)
    (made / "cut.docx").write_bytes(b"PK\x03\x04 cut off")
    (made / "picture.bin").write_bytes(bytes(range(256)) * 10)
    return made


def local(tmp_path: Path, *words: object) -> list[Any]:
    done = run(*words, "-o", tmp_path / "local.jsonl", "--quiet")
    assert done.returncode in (0, 1, 3), done.stderr
    return lines(tmp_path / "local.jsonl")


@ray
def test_rows_are_those_of_the_local_engine_and_only_missing_parts_are_read_again(folder: Path, tmp_path: Path):
    out = tmp_path / "out"
    words = (folder, "--engine", "ray", "--jobs", "2", "--parts", out, "--part-size", "4")
    done = run(*words)
    assert done.returncode == 1, done.stderr
    assert "1 file of other kinds left out." in done.stderr
    assert lines(*parts(out)) == local(tmp_path, folder)
    cut = next(row for row in lines(*parts(out)) if row["document"]["name"] == "cut.docx")
    assert [found["code"] for found in cut["problems"]] == ["R007_damaged"]

    first, *others = parts(out)
    before = {path: path.stat().st_mtime_ns for path in others}
    first.unlink()
    again = run(*words)
    assert f"{len(others) + 1} parts, {len(others)} of them there already" in again.stderr
    assert (again.returncode, {path: path.stat().st_mtime_ns for path in others}) == (1, before)
    assert first.exists()

    (folder / "cut.docx").unlink()
    assert run(*words).returncode == 1
    assert lines(*parts(out)) == local(tmp_path, folder)  # parts of documents that are gone went with them


@ray
def test_a_table_of_documents_is_read_and_one_of_findings_written(folder: Path, tmp_path: Path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    (folder / "picture.bin").unlink()
    files = sorted(folder.iterdir())
    columns = {"name": [path.name for path in files], "bytes": [path.read_bytes() for path in files], "app": ["示例"] * len(files)}
    parquet.write_table(arrow.table(columns), tmp_path / "t.parquet", row_group_size=5)
    (tmp_path / "list.csv").write_text("app,path\n" + "".join(f"示例,in/{path.name}\n" for path in files), encoding="utf-8")
    expected = local(tmp_path, "--from-list", tmp_path / "list.csv")
    for row in expected:
        row["document"]["name"] = Path(row["document"]["name"]).name

    out = tmp_path / "out"
    assert run(tmp_path / "t.parquet", "--engine", "ray", "--jobs", "2", "--parts", out, "--part-size", "4").returncode == 1
    assert lines(*parts(out)) == expected

    table = tmp_path / "table"
    addresses = ((tmp_path / "t.parquet").as_uri(), "--engine", "ray", "--jobs", "2", "--parts", table.as_uri())  # through fsspec
    assert run(*addresses, "--format", "parquet").returncode == 1
    rows = [row for path in parts(table, "parquet") for row in parquet.read_table(path).to_pylist()]
    assert {row["document"] for row in rows} == {path.name for path in files}
    assert {row["app"] for row in rows} == {"示例"}
    assert sum(row["row"] == "finding" for row in rows) == sum(len(row["findings"]) for row in expected)


@ray
@posix
def test_a_worker_that_is_killed_is_replaced(folder: Path, tmp_path: Path):
    for number in range(40):
        shutil.copy(SAMPLES / "face-app-agreement.zh.pdf", folder / f"copy-{number:02}.pdf")
    out = tmp_path / "out"
    words = (folder, "--engine", "ray", "--jobs", "2", "--parts", out, "--part-size", "8")
    with subprocess.Popen(command(*words), stderr=subprocess.PIPE, encoding="utf-8") as process:
        os.kill(_actor(psutil.Process(process.pid)), signal.SIGKILL)
        _, said = process.communicate(timeout=240)
    assert process.returncode == 1, said
    assert lines(*parts(out)) == local(tmp_path, folder)


def _actor(driver: psutil.Process) -> int:
    """Wait until an actor has its worker, which then reads documents, and return its process."""
    end = time.monotonic() + 100
    while time.monotonic() < end:
        for found in driver.children(recursive=True):
            try:
                if "clausescan.bulk.worker" in found.cmdline():
                    time.sleep(1)
                    return int(found.ppid())
            except psutil.Error:
                continue
        time.sleep(0.05)
    pytest.fail("no worker was started")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--parts", "out"], "pip install 'clausescan[cluster]'"),
        ([], "needs --parts FOLDER"),
        (["--parts", "out", "-o", "x.json"], "--output is for the engine local"),
        (["--parts", "out", "--format", "xlsx"], "writes one of jsonl, parquet"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str):
    from click.testing import CliRunner

    from clausescan.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "ray", None)  # as where it is not installed
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    done = CliRunner().invoke(main, ["scan", "a.txt", "--engine", "ray", *words])
    assert (done.exit_code, said in done.stderr, "Traceback" in done.output) == (2, True, False)
    assert not (tmp_path / "out").exists()
