"""Work in a forked child: what it answers, and what stands for it when it hangs, eats memory, falls or is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from clausescan import patience
from clausescan.bulk import single
from clausescan.bulk.limits import Limits
from clausescan.bulk.single import Answer, isolated
from clausescan.errors import ReadError, UsageError, problem

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the work is a function inside the test, which only a fork knows")


@pytest.fixture(params=["fork", "fresh"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The two ways to start the child; that of systems without fork works on all."""
    if request.param == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork")
    monkeypatch.setattr(single, "FORKS", request.param == "fork")
    # a fresh interpreter finds the work by the name of this module
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(__file__).parents[2])])
    return str(request.param)


QUICK = Limits(seconds=0.5)


def hang() -> Answer:
    time.sleep(60)
    return {}, b""


def eat() -> Answer:
    parts = []
    while True:
        parts.append(b"x" * 50_000_000)


def fall() -> Answer:
    os.kill(os.getpid(), signal.SIGABRT)
    return {}, b""


def leave() -> Answer:
    os._exit(3)


def refuse() -> Answer:
    raise ReadError(problem("R008_encrypted"))


def fail() -> Answer:
    raise LookupError("nothing there")


def chatter() -> Answer:
    os.write(1, b"noise of a library")
    print("more noise")
    return {"said": "你好"}, b"x" * 3_000_000


def test_the_answer_comes_back_whole_and_what_libraries_print_is_no_part_of_it(capfd: pytest.CaptureFixture[str], kind: str):
    assert isolated(chatter, limits=Limits()) == ({"said": "你好"}, b"x" * 3_000_000)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("work", "code"),
    [(hang, "R050_timeout"), (eat, "R051_memory"), (fall, "R052_crashed"), (leave, "R052_crashed"), (refuse, "R008_encrypted"), (fail, "R040_internal")],
)
def test_what_does_not_end_well_is_a_problem(work, code: str, kind: str):
    limits = Limits(seconds=0.5 if work is hang else 60, memory=300_000_000 + psutil.Process().memory_info().rss)
    with pytest.raises(ReadError) as caught:
        isolated(work, limits=limits)
    assert caught.value.problem.code == code


@needs_fork
def test_errors_of_the_caller_stay_what_they_are(tmp_path: Path):
    def wrong() -> Answer:
        raise UsageError("no such thing")

    def missing() -> Answer:
        (tmp_path / "none").read_bytes()
        return {}, b""

    with pytest.raises(UsageError, match="no such thing"):
        isolated(wrong, limits=QUICK)
    with pytest.raises(FileNotFoundError, match="none"):
        isolated(missing, limits=QUICK)


@needs_fork
def test_what_the_work_started_ends_with_it(tmp_path: Path):
    def start() -> Answer:
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        child = subprocess.Popen(command, start_new_session=True)
        (tmp_path / "pid").write_text(str(child.pid))
        child.wait()
        return {}, b""

    with pytest.raises(ReadError):
        isolated(start, limits=Limits(seconds=1.5))
    number = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE


@needs_fork
def test_who_asks_gets_more_time_unless_the_user_named_a_limit(monkeypatch: pytest.MonkeyPatch):
    def slow() -> Answer:
        patience.ask(60)
        time.sleep(1)
        return {"done": True}, b""

    monkeypatch.setattr(Limits, "seconds_for", lambda self, _: self.seconds or 0.3)
    assert isolated(slow, limits=Limits())[0] == {"done": True}
    with pytest.raises(ReadError):
        isolated(slow, limits=Limits(seconds=0.3))


@needs_fork
def test_ctrl_c_ends_the_child_too(tmp_path: Path):
    code = (
        "import os, sys, time, pathlib\nfrom clausescan.bulk.limits import Limits\nfrom clausescan.bulk.single import isolated\n"
        "def hang():\n pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n time.sleep(60)\n"
        "try: isolated(hang, limits=Limits())\nexcept KeyboardInterrupt: sys.exit(130)\n"
    )
    note = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", code, str(note)])
    while not note.exists() or not note.read_text():
        time.sleep(0.02)
    parent.send_signal(signal.SIGINT)
    assert parent.wait(10) == 130
    assert not psutil.pid_exists(int(note.read_text()))


def more() -> Answer:
    patience.ask(60)
    time.sleep(1)
    return {"done": True}, b""


def test_a_fresh_interpreter_may_ask_for_more_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(single, "FORKS", False)
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(__file__).parents[2])])
    monkeypatch.setattr(Limits, "seconds_for", lambda self, _: self.seconds or 0.3)
    assert isolated(more, limits=Limits())[0] == {"done": True}


@pytest.mark.parametrize("command", [("scan",), ("annotate", "-o", "out.docx"), ("facesheet",), ("memo", "-o", "memo.docx"), ("compare", "b.txt")])
def test_commands_do_without_fork(tmp_path: Path, command: tuple[str, ...]):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("您授予我们永久使用您的人脸信息的权利，且不可撤销。", encoding="utf-8")
    name, *rest = command
    code = (
        "import sys\nfrom clausescan.bulk import single\nfrom clausescan.cli import main\n"
        "if __name__ == '__main__':\n    single.FORKS = False\n    main(sys.argv[1:], prog_name='clausescan')\n"
    )
    (tmp_path / "run.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "run.py", name, "a.txt", *rest], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(single.__file__).parents[2])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1), done.stderr
