from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

import clausescan
from clausescan import api
from clausescan.cli import main
from clausescan.types import Problem, Report

Make = Callable[..., Report]
FLAGGED = "第一条 授权\n会员在此不可撤回地许可本公司永久使用其刷脸支付时采集的面部特征，本公司还可将此项许可再许可给他人。\n"
CLEAN = "第一条 核验\n人脸特征仅用于本次开户核验，核验结束后七日内删除。\n"


def run(*words: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


def start(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """The real thing, in a process of its own."""
    command = [sys.executable, "-m", "clausescan", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False, **options)


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch, make_report: Make, unread: Problem) -> list[Any]:
    """Replaces the pipeline: what a file says decides what its report holds. Gives what was asked for."""
    asked: list[Any] = []

    def scan(source: Path | bytes, *, name: str | None = None, settings: Any) -> Report:
        asked.append((source, settings))
        text = source.decode() if isinstance(source, bytes) else source.read_text(encoding="utf-8")
        shown = name or Path(str(source)).name
        if "crash" in text:
            raise RuntimeError("boom")
        if "foreign" in text:
            unsupported = Problem(code="R006_unsupported", severity="error", message="No.", message_zh="否。")
            return make_report("x\n", shown, problems=(unsupported,))
        if "unread" in text:
            return make_report("x\n", shown, problems=(unread,))
        report = make_report(name=shown)
        if "review" in text:
            return replace(report, findings=(replace(report.findings[0], grade="review"),))
        return report if "flag" in text else make_report("x\n", shown)

    fake = ModuleType("clausescan.api")
    fake.scan, fake.unread, fake.versions = scan, api.unread, api.versions  # type: ignore[attr-defined]
    monkeypatch.setenv("CLAUSESCAN_JOBS", "0")  # a worker process would not know the fake
    monkeypatch.setitem(sys.modules, "clausescan.api", fake)
    monkeypatch.setattr(clausescan, "api", fake, raising=False)
    return asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "b.txt": "flag",
        "a.txt": "nothing",
        "sub/c.txt": "unread",
        ".hidden/x.txt": "flag",
        ".y.txt": "flag",
        "z.mp4": "foreign",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("words", [("--help",), ("scan", "--help"), ("verify", "-h"), ("evaluate", "--help")])
def test_help_says_what_the_exit_codes_mean(words: tuple[str, ...]):
    result = run(*words)
    assert result.exit_code == 0
    assert "xit code" in result.output


def test_help_is_instant_and_does_not_load_the_pipeline():
    code = "import sys; from clausescan.cli import main\ntry: main(['scan', '--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in ('spacy', 'sklearn', 'numpy', 'lxml', 'pdfplumber', 'clausescan.api') if name in sys.modules])"
    begin = time.perf_counter()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.endswith("[]\n")
    assert time.perf_counter() - begin < 1  # 0.1 s on an idle machine


def test_version():
    assert run("--version").output.startswith("clausescan 0.")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("scan",),
        ("scan", "-", "-"),
        ("scan", "--format", "xml", "."),
        ("scan", "--nonsense", "."),
        ("explain", "ART12"),
        ("frobnicate",),
        ("verify", "no-such-report.json", "x"),
    ],
)
def test_a_command_that_makes_no_sense_is_exit_code_2(words: tuple[str, ...]):
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("nothing", (), 0),
        ("flag", (), 1),
        ("review", (), 1),
        ("review", ("--fail-on", "candidate"), 0),
        ("flag", ("--fail-on", "candidate"), 1),
        ("flag", ("--fail-on", "never"), 0),
        ("unread", (), 3),
        ("unread", ("--fail-on", "never"), 3),
    ],
)
def test_exit_codes(scanned: list[Any], tmp_path: Path, text: str, options: tuple[str, ...], code: int):
    (tmp_path / "a.txt").write_text(text)
    assert run("scan", tmp_path / "a.txt", *options).exit_code == code


def test_a_finding_outweighs_what_was_not_read(scanned: list[Any], folder: Path):
    result = run("scan", folder, "--format", "json")
    assert result.exit_code == 1
    assert [(one["conclusion"], one["inconclusive"]) for one in json.loads(result.stdout)] == [
        ("nothing_found", False),
        ("findings", False),
        ("inconclusive", True),
    ]


def test_a_directory_is_walked_in_order(scanned: list[Any], folder: Path):
    result = run("scan", folder, "--format", "json")
    assert [one["document"]["name"] for one in json.loads(result.stdout)] == ["a.txt", "b.txt", "sub/c.txt"]
    assert "sub/c.txt: R020_no_text: No text." in result.stderr
    assert "1 file of other kinds left out." in result.stderr


def test_a_file_that_was_asked_for_is_never_left_out(scanned: list[Any], folder: Path):
    result = run("scan", folder / "z.mp4", "--format", "json")
    assert json.loads(result.stdout)["problems"][0]["code"] == "R006_unsupported"
    assert result.exit_code == 3


def test_one_file_is_an_object_and_several_are_an_array(scanned: list[Any], folder: Path):
    assert json.loads(run("scan", folder / "a.txt", "--format", "json").stdout)["document"]["name"] == "a.txt"
    both = json.loads(run("scan", folder / "b.txt", folder / "a.txt", "--format", "json").stdout)
    assert [Path(one["document"]["name"]).name for one in both] == ["b.txt", "a.txt"]


def test_an_empty_directory_is_not_a_clean_one(scanned: list[Any], tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("nothing")
    for paths in (tmp_path / "empty",), (tmp_path / "empty", tmp_path / "a.txt"):
        result = run("scan", *paths, "--format", "json")
        first, *rest = json.loads(result.stdout)
        assert (result.exit_code, first["problems"][0]["code"], len(rest)) == (3, "R009_no_files", len(paths) - 1)
        assert f"{tmp_path / 'empty'}: R009_no_files: " in result.stderr


def test_a_directory_that_cannot_be_opened_does_not_end_the_run(scanned: list[Any], folder: Path, monkeypatch: pytest.MonkeyPatch):
    listed = Path.iterdir

    def iterdir(self: Path) -> Any:
        if self.name == "sub":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    result = run("scan", folder, "--format", "json")
    assert [one["document"]["name"] for one in json.loads(result.stdout)] == ["a.txt", "b.txt", "sub"]
    assert "sub: R003_no_permission: The file cannot be opened: Permission denied." in result.stderr


def test_a_report_never_replaces_or_reads_itself(scanned: list[Any], folder: Path):
    assert run("scan", folder / "a.txt", "-o", folder / "a.txt").exit_code == 2
    assert (folder / "a.txt").read_text() == "nothing"
    run("scan", folder, "--format", "json", "-o", folder / "all.json")
    first = (folder / "all.json").read_bytes()
    run("scan", folder, "--format", "json", "-o", folder / "all.json")
    assert (folder / "all.json").read_bytes() == first


@pytest.mark.skipif(sys.platform != "linux", reason="such names cannot be made there")
def test_names_cannot_steer_the_terminal(scanned: list[Any], tmp_path: Path):
    path = tmp_path / "a\n\x1b[31m\u202e\udcff.txt"
    path.write_text("unread")
    result = run("scan", path)
    assert result.stderr == "a [31m.txt: R020_no_text: No text.\n"
    assert "\x1b" not in result.stdout + run("verify", path, path).stderr
    assert result.stdout.startswith("a [31m.txt")


def test_standard_input(scanned: list[Any]):
    result = run("scan", "-", "--format", "json", stdin=b"flag")
    assert json.loads(result.stdout)["document"]["name"] == "standard input"
    assert scanned[0][0] == b"flag"


def test_options_reach_the_reader(scanned: list[Any], folder: Path):
    run("scan", folder / "a.txt", "--lang", "zh", "--revisions", "original")
    run("scan", folder / "a.txt")
    assert [(settings.language, settings.revisions) for _, settings in scanned] == [("zh", "original"), (None, "final")]


def test_weaker_findings_are_left_out_and_counted(scanned: list[Any], tmp_path: Path):
    (tmp_path / "a.txt").write_text("review")
    result = run("scan", tmp_path / "a.txt", "--min-grade", "candidate", "--format", "json")
    assert json.loads(result.stdout)["findings"] == []
    assert "1 finding below --min-grade candidate not shown." in result.stderr
    assert result.exit_code == 1


def test_talk_is_in_the_language_of_the_report(scanned: list[Any], folder: Path):
    assert "没有文字。" in run("scan", folder, "--report-lang", "zh").stderr


def test_output_file_appears_complete_or_not_at_all(scanned: list[Any], tmp_path: Path):
    source, target = tmp_path / "a.txt", tmp_path / "out.json"
    source.write_text("flag")
    assert run("scan", source, "--format", "json", "-o", target).stdout == ""
    first = target.read_bytes()
    assert run("scan", source, "--format", "json", "-o", target).exit_code == 1
    assert target.read_bytes() == first
    source.write_text("crash")
    result = run("scan", source, "--format", "json", "-o", target)
    assert result.exit_code == 2
    assert "RuntimeError: boom" in result.stderr
    assert target.read_bytes() == first
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.txt", "out.json"]


def test_output_that_cannot_be_written_is_one_sentence(scanned: list[Any], folder: Path):
    result = run("scan", folder / "a.txt", "-o", folder / "no" / "out.txt")
    assert result.exit_code == 2
    assert result.stderr == f"Error: {folder / 'no' / 'out.txt'}: No such file or directory\n"
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_sentence(scanned: list[Any], folder: Path):
    result = run("scan", folder / "b.txt", "-o", "/dev/full")
    assert result.exit_code == 2
    assert os.strerror(errno.ENOSPC) in result.stderr
    assert Path("/dev/full").is_char_device()


def test_rules_and_manual():
    assert "FRJI-11" in run("rules").stdout
    listed = json.loads(run("rules", "--format", "json").stdout)
    assert [item["id"] for item in listed["rules"]] == ["ART11"]
    assert {code for item in listed["related"] for code in item["law"]} <= {item["code"] for item in listed["law"]}
    assert "WHAT IS NEVER CLAIMED" in run("explain", "ART11").stdout
    assert "从不主张" in run("explain", "ART11", "--report-lang", "zh").stdout


# ---- the real pipeline ----


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    (folder / "flagged.txt").write_text(FLAGGED, encoding="utf-8")
    (folder / "clean.txt").write_text(CLEAN, encoding="utf-8")
    (folder / "empty.txt").write_text("", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("name", "code"), [("flagged.txt", 1), ("clean.txt", 0), ("empty.txt", 3), ("missing.txt", 3)])
def test_exit_codes_for_real(real: Path, name: str, code: int):
    result = start("scan", real / name)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_file_is_a_problem_and_the_others_go_on(real: Path, tmp_path: Path):
    report = tmp_path / "report.json"
    result = start("scan", real / "missing.txt", "", real / "clean.txt", "--format", "json", "-o", report)
    assert result.returncode == 3
    assert "missing.txt: R001_missing: The file does not exist; check the path." in result.stderr
    assert [one["conclusion"] for one in json.loads(report.read_text(encoding="utf-8"))] == ["inconclusive", "inconclusive", "nothing_found"]
    assert start("verify", report, real / "clean.txt").returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize(("closed", "words"), [(">&-", "standard output is closed"), ("<&-", "standard input is closed")])
def test_a_closed_stream_is_one_sentence(real: Path, closed: str, words: str):
    path = real / "clean.txt" if ">" in closed else "-"
    result = subprocess.run(["bash", "-c", f"{sys.executable} -m clausescan scan {path} {closed}"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_two_runs_give_the_same_bytes(real: Path):
    first, second = (start("scan", real, "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout
    assert [one["conclusion"] for one in json.loads(first.stdout)] == ["nothing_found", "inconclusive", "findings"]


def test_a_report_is_verified_against_its_source(real: Path, tmp_path: Path):
    report = tmp_path / "report.json"
    start("scan", real / "flagged.txt", "--format", "json", "-o", report)
    assert start("verify", report, real / "flagged.txt").returncode == 0
    changed = tmp_path / "flagged.txt"
    changed.write_text("第一条 导言\n" + FLAGGED, encoding="utf-8")
    result = start("verify", report, changed)
    assert result.returncode == 1
    assert "flagged.txt: sha256: was" in result.stdout
    assert "findings[1]" in result.stdout
    assert "quote: was '会员" in result.stdout


def test_a_reader_that_goes_away_is_no_finding(real: Path):
    command = f"{sys.executable} -m clausescan scan {real}/flagged.txt --format json | true; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=True)
    assert result.stdout.strip() in {"1", "2"}  # 1 when the pipe took it all before it closed
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


NOTICE = "业主须知\n小区单元门只认脸，门禁卡停用。\n"


@pytest.mark.parametrize(
    ("options", "code", "found"),
    [
        ((), 0, {"RF-03"}),
        (("--select", "ART11"), 0, set()),
        (("--select", "ART11,RF-0", "--ignore", "rf-06"), 1, {"RF-03"}),
        (("--select", "RF-03", "--fail-on", "never"), 0, {"RF-03"}),
        (("--ignore", "RF-03", "--ignore", "RF-1"), 0, set()),
    ],
)
def test_related_findings_count_only_when_select_names_them(tmp_path: Path, options: tuple[str, ...], code: int, found: set[str]):
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    result = run("scan", tmp_path / "notice.txt", "--format", "json", *options)
    assert result.exit_code == code
    assert {item["rule"] for item in json.loads(result.stdout)["related"] if not item["document_level"]} == found


def test_an_unknown_prefix_names_the_known_rules(tmp_path: Path):
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    result = run("scan", tmp_path / "notice.txt", "--select", "ART11,XY")
    assert result.exit_code == 2
    assert "no rule begins with XY; known rules are ART11, RF-01, " in result.stderr


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["face recognition as the only way in", "FOUND, for example", "FRJI-10"]), ("zh", ["人脸识别为唯一验证方式", "例：不提示"])]
)
def test_the_manual_of_a_related_finding(language: str, words: list[str]):
    shown = run("explain", "rf-03", "--report-lang", language)
    assert shown.exit_code == 0
    assert [word for word in words if word not in shown.stdout] == []
    assert "known rules" in run("explain", "RF-99").stderr.lower()
