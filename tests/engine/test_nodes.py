"""`clausescan scan --engine ray --address` on a Ray of several nodes: every field of every row is that of the local engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed (pip install 'clausescan[cluster]')"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has 127.0.0.2 and so on without being told"),
]
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "corpus" / "samples"
TROUBLE = ROOT / "tests" / "files" / "docx"


class Nodes:
    """A Ray cluster in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.address = self._says()

    def _says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill_one(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("kill\n")
        self._process.stdin.flush()
        assert self._says() == "killed"


@contextmanager
def cluster(nodes: int) -> Iterator[Nodes]:
    words = [sys.executable, str(Path(__file__).with_name("nodes.py")), str(nodes)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as process:
        yield Nodes(process)


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[str]:
    with cluster(2) as nodes:
        yield nodes.address


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path | str]]:
    """The same documents as a folder, a list and a table: all kinds, one damaged, one empty, one of a kind that nobody reads."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    base = tmp_path_factory.mktemp("inputs")
    folder = base / "in"
    folder.mkdir()
    for path in sorted(SAMPLES.iterdir())[:9] + sorted(TROUBLE.iterdir())[:3]:
        if path.is_file():
            shutil.copy(path, folder)
    (folder / "cut.docx").write_bytes(b"PK\x03\x04 cut off")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.bin").write_bytes(bytes(range(256)) * 10)
    files = sorted(folder.iterdir())
    listed = "".join(f"示例 {n},in/{path.name}\n" for n, path in enumerate(files))
    (base / "list.csv").write_text(f"app,path\n{listed}示例 x,in/not-there.pdf\n", encoding="utf-8")
    columns = {
        "name": [path.name for path in files], "bytes": [path.read_bytes() for path in files],
        "app": [f"示例 {n}" for n in range(len(files))],
    }  # fmt: skip
    parquet.write_table(arrow.table(columns), base / "t.parquet", row_group_size=5)
    return {"folder": [folder], "list": ["--from-list", base / "list.csv"], "table": [base / "t.parquet"]}


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clausescan", "scan", *map(str, words), "--quiet"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=240, check=False)


def local(tmp_path: Path, words: list[Path | str], form: str) -> list[Any]:
    done = run(*words, "-o", tmp_path / f"local.{form}")
    assert done.returncode in (0, 1, 3), done.stderr
    return rows([tmp_path / f"local.{form}"])


def rows(paths: list[Path]) -> list[Any]:
    if paths[0].suffix == ".jsonl":
        return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    parquet = pytest.importorskip("pyarrow.parquet")
    return [row for path in paths for row in parquet.read_table(path).to_pylist()]


def parts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("kind", ["folder", "list", "table"])
def test_every_field_of_every_row_is_that_of_the_local_engine(
    two_nodes: str, inputs: dict[str, list[Path | str]], tmp_path: Path, kind: str, form: str
):
    words = inputs[kind]
    done = run(*words, "--engine", "ray", "--address", two_nodes, "--parts", tmp_path / "out", "--part-size", "4", "--format", form)
    assert done.returncode == 1, done.stderr
    expected = local(tmp_path, inputs["list"] if kind == "table" else words, form)
    if kind == "table":  # the local engine reads no tables: its list of the same files has their paths as names, and one more
        expected = [_named_alone(row) for row in expected if "not-there" not in json.dumps(row, default=str)]
    found = rows(parts(tmp_path / "out"))
    assert len(found) == len(expected) > 12
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == theirs
    assert {"cut.docx", "empty.txt"} <= {Path(_name(row)).name for row in found}  # documents that could not be read are rows too


def _name(row: dict[str, Any]) -> str:
    return str(row["document"] if isinstance(row["document"], str) else row["document"]["name"])


def _named_alone(row: dict[str, Any]) -> dict[str, Any]:
    document, name = row["document"], Path(_name(row)).name
    return {**row, "document": name if isinstance(document, str) else {**document, "name": name}}


def test_a_node_that_is_lost_takes_no_document_with_it(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(60):
        shutil.copy(SAMPLES / "face-app-agreement.zh.pdf", folder / f"copy-{number:02}.pdf")
    out = tmp_path / "out"
    words = [folder, "--engine", "ray", "--parts", out, "--part-size", "5", "--quiet"]
    with cluster(3) as nodes:
        command = [sys.executable, "-m", "clausescan", "scan", *map(str, words), "--address", nodes.address]
        with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
            _until(lambda: out.is_dir() and len(list(out.glob("part-*"))) >= 2)
            nodes.kill_one()
            assert process.poll() is None, "the scan was over before the node was lost"
            _, said = process.communicate(timeout=240)
        assert process.returncode == 1, said
        found = rows(parts(out))
        assert [row["document"]["name"] for row in found] == sorted(path.name for path in folder.iterdir())
        assert found == local(tmp_path, [folder], "jsonl")


def test_more_workers_than_cpus_are_asked_for(two_nodes: str, inputs: dict[str, list[Path | str]], tmp_path: Path):
    out = tmp_path / "out"
    done = run(*inputs["folder"], "--engine", "ray", "--address", two_nodes, "--jobs", "5", "--parts", out, "--part-size", "2")
    assert done.returncode == 1, done.stderr
    assert rows(parts(out)) == local(tmp_path, inputs["folder"], "jsonl")


def test_without_an_address_the_scan_starts_a_ray_of_its_own_beside_another(two_nodes: str, inputs: dict[str, list[Path | str]], tmp_path: Path):
    done = run(*inputs["folder"], "--engine", "ray", "--jobs", "1", "--parts", tmp_path / "out")
    assert done.returncode == 1, done.stderr


def _until(true: Any) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "nothing happened in two minutes"
        time.sleep(0.05)
