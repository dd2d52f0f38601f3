"""Several formats and files at once, from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main
from clausescan.cli.outputs import pair
from clausescan.errors import UsageError

FLAGGED = "第一条 授权\n会员在此不可撤回地许可本公司永久使用其刷脸支付时采集的面部特征，本公司还可将此项许可再许可给他人。\n"
TARGETS = Path("a.xlsx"), Path("b.sarif")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "flagged.txt"
    path.write_text(FLAGGED, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("formats", "outputs", "expected"),
    [
        ((), (), [("text", None)]),
        (("json",), (), [("json", None)]),
        ((), TARGETS, [("xlsx", TARGETS[0]), ("sarif", TARGETS[1])]),
        (("csv", "json"), TARGETS, [("csv", TARGETS[0]), ("json", TARGETS[1])]),
        (("jsonl", "html"), (Path("-"), Path("x")), [("jsonl", None), ("html", Path("x"))]),
        ((), (Path("/dev/null"),), [("text", Path("/dev/null"))]),
    ],
)
def test_formats_and_files_are_paired(formats: tuple[str, ...], outputs: tuple[Path, ...], expected: list[tuple[str, Path | None]]):
    assert pair(formats, outputs) == expected


@pytest.mark.parametrize(
    ("formats", "outputs", "words"),
    [
        (("json", "csv"), (), "a file each"),
        (("json",), TARGETS, "1 times and -o 2 times"),
        ((), (Path("a.csv"), Path("./a.csv")), "more than once"),
        ((), (Path("a.doc"),), "the name tells no format"),
    ],
)
def test_what_does_not_fit_is_one_sentence(formats: tuple[str, ...], outputs: tuple[Path, ...], words: str):
    with pytest.raises(UsageError, match=words):
        pair(formats, outputs)


def test_every_format_at_once(document: Path, tmp_path: Path):
    names = [f"out.{ending}" for ending in ("json", "jsonl", "csv", "xlsx", "sarif", "parquet", "html", "txt")]
    result = run("scan", document, "--bom", *[word for name in names for word in ("-o", tmp_path / name)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "flagged.txt"])
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["conclusion"] == "findings"
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "out.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == run("scan", document).stdout


def test_bytes_go_into_a_pipe_and_never_to_a_terminal(document: Path):
    piped = subprocess.run([sys.executable, "-m", "clausescan", "scan", document, "--format", "xlsx"], capture_output=True, check=False)
    assert (piped.returncode, piped.stdout[:2]) == (1, b"PK")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_is_not_sent_bytes(document: Path):
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "clausescan", "scan", document, "--format", "parquet"]
    result = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    os.close(ours)
    assert result.returncode == 2
    assert result.stderr == "Error: parquet is not for a terminal; write it to a file with -o FILE or into a pipe\n"


def test_a_missing_library_is_one_sentence_and_leaves_nothing(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("scan", document, "-o", tmp_path / "a.xlsx", "-o", tmp_path / "a.parquet")
    assert result.exit_code == 2
    assert "pip install 'clausescan[parquet]'" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["flagged.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("name", ["xlsx", "parquet", "sarif", "html", "csv", "jsonl"])
def test_a_full_disk_is_one_sentence(document: Path, name: str):
    result = run("scan", document, "--format", name, "-o", "/dev/full")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert result.stderr.count("\n") == 1


def test_outputs_are_not_read_as_documents(document: Path, tmp_path: Path):
    words = ("scan", tmp_path, "-o", tmp_path / "out.html", "-o", tmp_path / "out.csv")
    run(*words)
    first = (tmp_path / "out.html").read_bytes(), (tmp_path / "out.csv").read_bytes()
    run(*words)
    assert ((tmp_path / "out.html").read_bytes(), (tmp_path / "out.csv").read_bytes()) == first
    assert run("scan", document, "--format", "csv", "-o", document).exit_code == 2
