"""`clausescan scan` over folders full of trouble: real processes, real files, the real pipeline."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).parents[1] / "files"
FLAGGED = "第一条 授权\n会员在此不可撤回地许可本公司永久使用其刷脸支付时采集的面部特征，本公司还可将此项许可再许可给他人。\n"
CLEAN = "第一条 核验\n人脸特征仅用于本次开户核验，核验结束后七日内删除。\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="such files and signals are not there")


@pytest.fixture(autouse=True)
def _runs(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("CLAUSESCAN_RUNS", str(tmp_path_factory.mktemp("runs")))


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "clausescan", *map(str, words)]


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, encoding="utf-8", errors="surrogateescape", timeout=240, check=False, **options)


def results(*words: str | Path) -> dict[str, tuple[str, list[str]]]:
    """What a scan or a report says of each document: conclusion and codes of problems."""
    found = run(*words, "--format", "json", "--fail-on", "never")
    assert found.returncode in (0, 3), found.stderr
    return {one["document"]["name"]: (one["conclusion"], [each["code"] for each in one["problems"]]) for one in json.loads(found.stdout)}


def rows(path: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:03}.txt").write_text(f"协议第{number}号\n" + (FLAGGED if number % 3 else CLEAN) * 8, encoding="utf-8")
    return folder


@posix
def test_a_folder_full_of_trouble(tmp_path: Path):
    folder = tmp_path / "bad"
    (folder / "sub").mkdir(parents=True)
    (folder / "ok.txt").write_text(FLAGGED, encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / "cut.pdf").write_bytes((FILES / "pdf" / "english.pdf").read_bytes()[:700])
    shutil.copy(FILES / "docx" / "truncated.docx", folder / "cut.docx")
    shutil.copy(FILES / "pdf" / "encrypted.pdf", folder / "locked.pdf")
    shutil.copy(FILES / "docx" / "bomb.docx", folder / "bomb.docx")
    shutil.copy(FILES / "pdf" / "english.pdf", folder / "wrong.docx")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 40)
    (folder / "slow.txt").write_text(("，".join(["会员许可本公司永久使用其面部特征且不可撤回"] * 20) + "。\n") * 8000, encoding="utf-8")
    (folder / os.fsdecode(b"sur\xffrogate.txt")).write_text(CLEAN, encoding="utf-8")
    (folder / "a'b\"c;$(x)\n空 格\u202e.txt").write_text(CLEAN, encoding="utf-8")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.txt").symlink_to("/no/such/file")
    os.mkfifo(folder / "pipe.txt")
    with zipfile.ZipFile(folder / "sub" / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shop/条款.txt", FLAGGED)
        archive.writestr("big.txt", "0" * 60_000_000)
    with tarfile.open(folder / "sub" / "pack.tgz", "w:gz") as tar:
        tar.add(folder / "ok.txt", "inside.txt")
    (folder / "sub" / "cut.zip").write_bytes((folder / "sub" / "pack.zip").read_bytes()[:200])
    done = run("scan", folder, "--run", "bad", "--timeout", "5", "--jobs", "2")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "1 file of other kinds left out." in done.stderr
    assert "1 link to folders not followed." in done.stderr
    found = results("report", "bad")
    assert {name: codes for name, (_, codes) in found.items()} == {
        "a'b\"c;$(x)\n空 格\u202e.txt": [],
        "bomb.docx": ["R011_container"],
        "cut.docx": ["R007_damaged"],
        "cut.pdf": ["R007_damaged"],
        "empty.txt": ["R004_empty"],
        "locked.pdf": ["R008_encrypted"],
        "nowhere.txt": ["R001_missing"],
        "ok.txt": [],
        "pipe.txt": ["R002_not_a_file"],
        "slow.txt": ["R050_timeout"],
        "sub/cut.zip": ["R007_damaged"],
        "sub/pack.tgz!inside.txt": [],
        "sub/pack.zip!big.txt": ["R005_too_large"],
        "sub/pack.zip!shop/条款.txt": [],
        "sur\ufffdrogate.txt": [],
        "wrong.docx": ["R030_extension"],
    }
    assert [name for name, (conclusion, _) in found.items() if conclusion == "findings"] == [
        "ok.txt",
        "sub/pack.tgz!inside.txt",
        "sub/pack.zip!shop/条款.txt",
        "wrong.docx",
    ]


def test_order_and_bytes_do_not_depend_on_the_jobs_and_report_writes_them_again(many: Path, tmp_path: Path):
    for jobs in ("0", "1", "3"):
        assert run("scan", many, "--jobs", jobs, "--run", tmp_path / f"{jobs}.db", "--format", "json", "-o", tmp_path / f"{jobs}.json").returncode == 1
    first = (tmp_path / "0.json").read_bytes()
    assert [(tmp_path / f"{jobs}.json").read_bytes() == first for jobs in ("1", "3")] == [True, True]
    again = run("report", tmp_path / "3.db", "--format", "json", "-o", tmp_path / "again.json", "-o", tmp_path / "x.csv", "--format", "csv")
    assert again.returncode == 1, again.stderr
    assert (tmp_path / "again.json").read_bytes() == first
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").count("ART11") >= 40


@posix
def test_killed_at_any_moment_and_called_again_every_document_is_read_once(many: Path, tmp_path: Path):
    path = tmp_path / "k.db"
    words = command("scan", many, "--jobs", "2", "--run", path, "--quiet")
    kills, least = 0, 0
    for least in (1, 15, 30, 45):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            _wait(lambda least=least: _done(path) >= least or running.poll() is not None)  # type: ignore[misc]
            kills += running.poll() is None
            running.kill()
    assert kills
    assert run("scan", many, "--jobs", "2", "--run", path, "--quiet").returncode == 1
    assert rows(path, "SELECT count(*), count(DISTINCT key), sum(attempts) FROM documents WHERE state = 'done'") == [(60, 60, 60)]
    assert rows(path, "SELECT count(*) FROM reports") == [(60,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def _done(path: Path) -> int:
    try:
        return int(rows(path, "SELECT count(*) FROM documents WHERE state = 'done'")[0][0])
    except sqlite3.Error:
        return 0


def _wait(reached: Any) -> None:
    end = time.monotonic() + 120
    while not reached() and time.monotonic() < end:
        time.sleep(0.01)


@posix
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_order_it_says_how_to_go_on(many: Path, tmp_path: Path, by: signal.Signals):
    path = tmp_path / "s.db"
    words = command("scan", many, "--jobs", "2", "--run", path, "--format", "json", "-o", tmp_path / "out.json")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        _wait(lambda: _done(path) >= 3)
        running.send_signal(by)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert "of 60 documents; the same command goes on from there." in err
    assert not [item.name for item in tmp_path.iterdir() if "out.json" in item.name]
    stopped = run("report", path, "--format", "json")
    assert "This run is not finished: " in stopped.stderr
    assert len(json.loads(stopped.stdout)) >= 3


def test_only_what_is_new_or_changed_is_read(many: Path, tmp_path: Path):
    path = tmp_path / "a.db"
    run("scan", many, "--run", path)
    (many / "000.txt").write_text(FLAGGED, encoding="utf-8")
    (many / "new.txt").write_text(CLEAN, encoding="utf-8")
    (many / "001.txt").unlink()
    found = results("scan", many, "--run", path)
    assert (len(found), found["000.txt"][0], "001.txt" in found, "new.txt" in found) == (60, "findings", False, True)
    attempts = dict(rows(path, "SELECT CAST(name AS TEXT), attempts FROM documents"))
    assert {name for name, count in attempts.items() if count == 2} == {"000.txt"}
    run("scan", many, "--run", path, "--lang", "zh")  # other settings, other results
    assert dict(rows(path, "SELECT CAST(name AS TEXT), attempts FROM documents"))["002.txt"] == 2


def test_what_took_too_long_is_tried_again_only_with_other_limits(tmp_path: Path):
    slow, path = tmp_path / "slow.txt", tmp_path / "a.db"
    slow.write_text(("，".join(["会员许可本公司永久使用其面部特征且不可撤回"] * 20) + "。\n") * 4000, encoding="utf-8")
    for limit, attempts in (("0.5", 1), ("0.5", 1), ("0.6", 2)):
        assert results("scan", slow, "--run", path, "--timeout", limit) == {"slow.txt": ("inconclusive", ["R050_timeout"])}
        assert rows(path, "SELECT attempts FROM documents") == [(attempts,)]


def test_columns_of_a_list_go_through_to_every_form(tmp_path: Path):
    (tmp_path / "a.txt").write_text(FLAGGED, encoding="utf-8")
    (tmp_path / "apps.csv").write_text("app,package,path\n某某,com.example.a,a.txt\n缺失,com.example.b,b.txt\n", encoding="utf-8")
    found = run("scan", "--from-list", tmp_path / "apps.csv", "--format", "jsonl", "-o", "-", "--format", "csv", "-o", tmp_path / "x.csv")
    assert found.returncode == 1, found.stderr
    assert [json.loads(one)["carried"] for one in found.stdout.splitlines()] == [
        {"app": "某某", "package": "com.example.a"},
        {"app": "缺失", "package": "com.example.b"},
    ]
    assert "com.example.b" in (tmp_path / "x.csv").read_text(encoding="utf-8")
    assert "b.txt: R001_missing" in found.stderr


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A run into which another process is scanning."""
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    code = f"from pathlib import Path; from clausescan.store import Store; s = Store(Path({str(tmp_path / 'a.db')!r})); s.lock(); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        yield tmp_path / "a.db"
        other.kill()


def test_two_scans_into_one_run(held: Path):
    result = run("scan", held.with_name("a.txt"), "--run", held)
    assert result.returncode == 2
    assert result.stderr == f"Error: {held}: another clausescan is scanning into this run; wait for it or choose another --run\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "json", "-o", "no/such/x.json"), "no/such/x.json: No such file or directory"),
        (("--run", "no/such/a.db"), "no/such/a.db: unable to open database file"),
        (("--run", "a.txt.db", "--max-memory", "1M"), "1M is too small"),
        (("--max-size", "huge"), "huge is not a size"),
        (("https://example.com/p",), "read only with --fetch"),
        (("--allow-private",), "only with --fetch"),
        (("--from-list", "a.txt"), "a list needs a column named path or url"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(tmp_path: Path, words: tuple[str, ...], said: str):
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    result = run("scan", "a.txt", "a.txt", *words, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_the_output_leaves_the_results_in_the_run(many: Path, tmp_path: Path):
    result = run("scan", many, "--run", tmp_path / "a.db", "--format", "json", "-o", "/dev/full")
    assert result.returncode == 2
    assert "No space left on device" in result.stderr
    assert len(results("report", tmp_path / "a.db")) == 60


_FULL = """
import resource, sys
from clausescan.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
main(sys.argv[1:])
"""


@posix
def test_a_full_disk_under_the_database_is_one_sentence_and_the_run_can_go_on(many: Path, tmp_path: Path):
    path = tmp_path / "a.db"
    words = ["scan", str(many), "--run", str(path), "--jobs", "2"]
    result = subprocess.run([sys.executable, "-c", _FULL, *words], capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith(f"Error: {path}: ")
    assert result.stderr.count("\n") == 1
    assert run(*words).returncode == 1
    assert rows(path, "SELECT count(*), sum(attempts) FROM documents WHERE state = 'done'") == [(60, 60)]


def test_runs_are_listed(tmp_path: Path):
    (tmp_path / "a.txt").write_text(FLAGGED, encoding="utf-8")
    summed = run("scan", tmp_path, "--run", "may")
    assert (summed.returncode, summed.stdout) == (1, "")
    assert "Run may: 1 document, 1 with findings, 0 not read in full.\nclausescan report may --format json -o FILE" in summed.stderr
    assert "1 document, 1 finding" in run("runs").stdout
    assert run("scan", tmp_path, "--run", "may", "--quiet").stderr == ""
    assert run("report", "june").stderr.endswith("june.db: there is no such run\n")
