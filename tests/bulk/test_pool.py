"""Workers that hang, explode, crash and talk: each costs its own document and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Done, Pool, Task
from clausescan.errors import ClausescanError

COMMAND = (sys.executable, str(Path(__file__).with_name("misbehaving.py")))
LIMITS = Limits(seconds=2.0, memory=300_000_000)


def pool(jobs: int = 2, limits: Limits = LIMITS, **hello: Any) -> Pool:
    return Pool(jobs=jobs, hello={"limits": {"seconds": limits.seconds, "memory": limits.memory}} | hello, limits=limits, command=COMMAND)


def tasks(*what: str, **more: Any) -> list[Task]:
    return [Task(message={"do": one, "name": number} | more, subject=number) for number, one in enumerate(what)]


def answers(done: list[Done]) -> dict[int, str]:
    return {one.task.subject: one.problem.code if one.problem else "well" for one in done}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("hang", "R050_timeout"),
        ("spin", "R050_timeout"),
        ("eat", "R051_memory"),
        pytest.param("gulp", "R051_memory", marks=pytest.mark.skipif(sys.platform != "linux", reason="no such limit there")),
        ("abort", "R052_crashed"),
        ("leave", "R052_crashed"),
        ("crash", "R052_crashed"),
        ("chatter", "well"),
        pytest.param("child", "R052_crashed", marks=pytest.mark.skipif(sys.platform == "win32", reason="no fork there")),
    ],
)
def test_one_bad_document_costs_nothing_but_itself(bad: str, code: str):
    with pool() as opened:
        done = list(opened.run(tasks("well", bad, "well", "well")))
    assert answers(done) == {0: "well", 1: code, 2: "well", 3: "well"}
    assert len(done) == 4


def test_all_of_them_at_once_and_each_answered_once():
    what = ["well", "hang", "abort", "eat", "leave", "well", "crash"] * 2
    with pool(jobs=3) as opened:
        done = list(opened.run(tasks(*what)))
        assert opened.started > 8
    assert sorted(one.task.subject for one in done) == list(range(len(what)))
    assert [answers(done)[number] == "well" for number in range(len(what))] == [one == "well" for one in what]


def test_what_the_problem_says():
    with pool() as opened:
        found = {one.task.message["do"]: one.problem.message for one in opened.run(tasks("hang", "eat", "leave")) if one.problem}
    assert "longer than 2 seconds" in found["hang"]
    assert "more memory than 300 MB" in found["eat"]
    assert "exit code 7" in found["leave"]


def test_a_crash_is_tried_once_more(tmp_path: Path):
    with pool() as opened:
        (done,) = opened.run(tasks("once", mark=str(tmp_path / "mark")))
    assert done.problem is None
    assert done.task.attempt == 2


def test_workers_are_used_again_and_large_answers_pass():
    with pool(jobs=1) as opened:
        done = list(opened.run(tasks(*["well"] * 20, bytes=3_000_000)))
    assert len({one.message["pid"] for one in done}) == 1
    assert {len(one.body) for one in done} == {3_000_000}


def test_tasks_are_taken_only_when_a_worker_is_free():
    taken: list[int] = []

    def endless() -> Iterator[Task]:
        for task in tasks(*["well"] * 1000):
            taken.append(task.subject)
            yield task

    with pool() as opened:
        running = opened.run(endless())
        for _ in range(10):
            next(running)
        assert len(taken) < 20


def test_a_worker_that_cannot_start_is_one_sentence():
    with pool(broken=True) as opened, pytest.raises(ClausescanError, match="no module named pipeline"):
        list(opened.run(tasks("well")))
    with Pool(jobs=1, hello={}, limits=LIMITS, command=(sys.executable, "-c", "")) as opened, pytest.raises(ClausescanError, match="did not start"):
        list(opened.run(tasks("well")))


def test_closing_ends_all_workers():
    opened = pool()
    running = opened.run(tasks("well", "well", "hang", "hang"))
    pids = {next(running).message["pid"] for _ in range(2)}
    opened.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)


_PARENT = f"""
import sys
from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Pool, Task
pool = Pool(jobs=1, hello={{"limits": {{"memory": 1_000_000_000}}}}, limits=Limits(), command={COMMAND!r})
for done in pool.run([Task(message={{"do": what, "name": 1}}) for what in ("well", sys.argv[1])]):
    print(done.message["pid"], flush=True)
"""


@pytest.mark.parametrize("doing", ["hang", "spin"])
def test_no_worker_outlives_a_parent_that_is_killed(doing: str):
    with subprocess.Popen([sys.executable, "-c", _PARENT, doing], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 30
    while psutil.pid_exists(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(("limits", "size", "seconds"), [(Limits(), None, 30), (Limits(), 1_000_000, 40), (Limits(), 50_000_000, 300), (Limits(seconds=5), 50_000_000, 5)])
def test_time_grows_with_the_document_unless_it_is_given(limits: Limits, size: int | None, seconds: float):
    assert limits.seconds_for(size) == seconds
