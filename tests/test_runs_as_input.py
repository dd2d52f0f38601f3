"""The database of a run is as good as its JSON for every command that takes results, and as the documents for those that read them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main

SAMPLES = Path(__file__).parents[1] / "corpus" / "samples"
NAMES = ("face-app-agreement.zh.pdf", "face-app-agreement.en.html", "clean-policy.zh.txt")


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [*map(str, args)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents in it, a run of them, and the same run as JSON Lines."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "in").mkdir()
    for name in NAMES:
        shutil.copy(SAMPLES / name, folder / "in")
    done = call("scan", folder / "in", "--run", folder / "r.db", "--quiet", "-o", folder / "r.jsonl")
    assert done.exit_code == 1, done.output
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["cluster", "{run}", "--min-documents", "1", "--format", "json"],
        ["compare", "{run}", "{same}", "--format", "json"],
        ["baseline", "update", "{new}", "{run}"],
    ],
)
def test_a_run_gives_what_its_json_gives(made: Path, tmp_path: Path, command: list[str]):
    told = []
    for run in ("r.db", "r.jsonl"):
        new = tmp_path / f"{run}.json"
        done = call(*(word.format(run=made / run, same=made / "r.jsonl" if run == "r.jsonl" else made / "r.db", new=new) for word in command))
        assert done.exit_code == 0, done.output
        told.append(new.read_text(encoding="utf-8") if new.exists() else done.stdout)
    assert told[0] == told[1]
    assert "candidate" in told[0]


@pytest.mark.parametrize("options", [["facesheet", "--format", "json"], ["cluster", "--of", "clauses", "--min-documents", "1", "--format", "json"]])
def test_the_documents_of_a_run_are_read_again(made: Path, options: list[str]):
    command, *more = options
    assert call(command, made / "r.db", *more).stdout == call(command, made / "in", *more).stdout


def test_documents_that_are_gone_are_read_from_the_run(made: Path, tmp_path: Path):
    shutil.copy(made / "r.db", tmp_path)
    shutil.copytree(made / "in", tmp_path / "in")
    call("scan", tmp_path / "in", "--run", tmp_path / "r.db", "--quiet")
    before = call("facesheet", tmp_path / "r.db", "--format", "text")
    (tmp_path / "in" / NAMES[0]).unlink()
    after = call("facesheet", tmp_path / "r.db", "--format", "text")
    assert "1 document not found as scanned" in after.stderr
    assert "not found as scanned" not in before.stderr
    assert before.stdout.count("•") == after.stdout.count("•") > 5


def test_the_name_of_a_run_stands_for_its_database(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLAUSESCAN_RUNS", str(made))
    monkeypatch.chdir(tmp_path)
    assert "share this clause" in call("cluster", "r", "--min-documents", "1").stdout
    assert call("compare", "r", "r").exit_code == 0
    assert call("compare", "r", "nothing").exit_code == 2


def test_what_is_no_run_is_said_in_one_sentence(tmp_path: Path):
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)
    done = call("cluster", tmp_path / "x.db")
    assert (done.exit_code, "x.db: file is not a database" in done.stderr, "Traceback" in done.output) == (2, True, False)


def test_archives_are_read_as_scan_reads_them(made: Path, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in NAMES:
            archive.write(made / "in" / name, f"policies/{name}")
    done = call("facesheet", tmp_path / "a.zip", "--format", "text")
    assert done.exit_code == 0, done.output
    assert f"a.zip!policies/{NAMES[0]}" in done.stdout
