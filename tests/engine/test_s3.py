"""`clausescan scan --engine ray` with input and output behind s3://, against an emulator of S3 on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NEEDED = ("ray", "s3fs", "moto", "flask")
missing = [name for name in NEEDED if find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)} (pip install s3fs 'moto[server]')")
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "corpus" / "samples"
BUCKET = "policies"


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """Start the emulator in a process of its own, on 127.0.0.1 alone."""
    code = (
        "from moto.server import ThreadedMotoServer as Server; import sys\n"
        "server = Server(ip_address='127.0.0.1', port=0, verbose=False); server.start()\n"
        "print(server.get_host_and_port()[1], flush=True); sys.stdin.read(); server.stop()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"


@pytest.fixture
def store(emulator: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An s3fs as the command itself finds it: where S3 is and who asks comes from the environment."""
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": emulator, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    system = s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)
    if system.exists(BUCKET):
        system.rm(BUCKET, recursive=True)
    system.mkdir(BUCKET)
    return system


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    (made / "sub").mkdir(parents=True)
    for number, path in enumerate(sorted(path for path in SAMPLES.iterdir() if path.is_file())[:9]):
        shutil.copy(path, made / "sub" / path.name if number % 3 == 0 else made)
    (made / "cut.docx").write_bytes(b"PK\x03\x04 cut off")
    (made / "picture.bin").write_bytes(bytes(range(256)) * 10)
    return made


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clausescan", "scan", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=240, check=False, env=dict(os.environ))


def parts(store: Any, name: str) -> list[str]:
    return sorted(path for path in store.ls(f"{BUCKET}/{name}", refresh=True) if path.endswith((".jsonl", ".parquet")))


def lines(store: Any, name: str) -> list[Any]:
    return [json.loads(line) for path in parts(store, name) for line in store.cat_file(path).decode().splitlines()]


def test_a_folder_is_read_from_and_parts_written_to_s3_and_only_missing_ones_again(store: Any, folder: Path, tmp_path: Path):
    store.put(f"{folder}/", f"{BUCKET}/in/", recursive=True)
    words = (f"s3://{BUCKET}/in", "--engine", "ray", "--jobs", "2", "--parts", f"s3://{BUCKET}/out", "--part-size", "3")
    done = run(*words)
    assert done.returncode == 1, done.stderr
    assert "1 file of other kinds left out." in done.stderr
    assert run(folder, "-o", tmp_path / "local.jsonl", "--quiet").returncode == 1
    expected = [json.loads(line) for line in (tmp_path / "local.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines(store, "out") == expected

    first, *others = parts(store, "out")
    before = {path: store.info(path, refresh=True)["LastModified"] for path in others}
    store.rm_file(first)
    again = run(*words)
    assert f"{len(others) + 1} parts, {len(others)} of them there already" in again.stderr, again.stderr
    assert {path: store.info(path, refresh=True)["LastModified"] for path in others} == before
    assert lines(store, "out") == expected

    store.pipe_file(f"{BUCKET}/in/cut.docx", b"PK\x03\x04 another end")  # one document changed: its part alone is read again
    changed = run(*words)
    assert f"{len(others) + 1} parts, {len(others)} of them there already" in changed.stderr, changed.stderr
    assert len(parts(store, "out")) == len(others) + 1


def test_a_table_behind_s3_and_a_list_with_an_address_that_is_not_there(store: Any, folder: Path, tmp_path: Path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".docx", ".pdf"))
    parquet.write_table(arrow.table({"name": [path.name for path in files], "bytes": [path.read_bytes() for path in files]}), tmp_path / "t.parquet")
    store.put_file(str(tmp_path / "t.parquet"), f"{BUCKET}/t.parquet")
    done = run(
        f"s3://{BUCKET}/t.parquet", "--engine", "ray", "--jobs", "2", "--parts", f"s3://{BUCKET}/table", "--part-size", "4", "--format", "parquet"
    )
    assert done.returncode == 1, done.stderr
    with_paths = [store.open(path) for path in parts(store, "table")]
    rows = [row for stream in with_paths for row in parquet.read_table(stream).to_pylist()]
    assert {row["document"] for row in rows} == {path.name for path in files}

    (tmp_path / "list.csv").write_text(f"path\ns3://{BUCKET}/t.parquet.txt\n{files[0]}\n", encoding="utf-8")
    done = run("--from-list", tmp_path / "list.csv", "--engine", "ray", "--jobs", "2", "--parts", f"s3://{BUCKET}/list")
    assert done.returncode in (0, 1, 3), done.stderr
    gone, there = lines(store, "list")
    assert [found["code"] for found in gone["problems"]] == ["R001_missing"]
    assert there["problems"] == [] or there["document"]["name"].endswith(files[0].name)
