"""The database of a run."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from clausescan import codec, store
from clausescan.errors import StoreError
from clausescan.store import Listed, Outcome, Run, Store, facts, run_path
from clausescan.types import Problem, Report

Make = Callable[..., Report]


def listed(*names: str, **changes: Any) -> list[Listed]:
    return [Listed(**({"key": f"/x/{name}", "name": name, "source": {"path": f"/x/{name}"}} | changes)) for name in names]


def put(opened: Store, run: Run, report: Report, document: int, versions: str = "v") -> None:
    opened.record(run, Outcome(document=document, facts=facts(report), body=codec.dumps(report), versions=versions, size=9, seconds=0.1))


def scan(opened: Store, names: Iterable[str], make_report: Make) -> Run:
    run = opened.begin(["a"])
    opened.list_documents(run, listed(*names))
    for pending in list(opened.pending(run)):
        put(opened, run, make_report(name="as read"), pending.id)
    opened.finish(run, {"clausescan": "0.1.0"})
    return run


def test_reports_come_in_the_order_of_the_documents_whatever_finished_first(tmp_path: Path, make_report: Make):
    with Store(tmp_path / "a.db") as opened:
        run = opened.begin(["a"])
        opened.list_documents(run, listed("b", "a", "c"))
        for pending in reversed(list(opened.pending(run))):
            put(opened, run, make_report(name="as read"), pending.id)
        assert [report.document.name for report in opened.reports(run)] == ["b", "a", "c"]
        assert [report.findings for report in opened.reports(run)] == [make_report().findings] * 3
        assert opened.summary(run) == store.Summary(documents=3, done=3, findings=3, documents_with_findings=3)


def test_findings_and_problems_can_be_asked_for_in_sql(tmp_path: Path, make_report: Make, unread: Problem):
    with Store(tmp_path / "a.db") as opened:
        run = opened.begin(["a"])
        opened.list_documents(run, listed("a"))
        put(opened, run, make_report(problems=(unread,)), 1)
        put(opened, run, make_report(problems=(unread,)), 1)  # a later result takes the place of the earlier one
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("SELECT id, grade, attributes, page FROM findings").fetchall() == [
            ("ART11-0123456789ab", "candidate", "unlimited_duration irrevocable", 1)
        ]
        assert connection.execute("SELECT code, place FROM problems").fetchall() == [("R020_no_text", "page 1")]
        assert connection.execute("SELECT attempts, sha256 <> '' FROM documents").fetchall() == [(2, 1)]
    connection.close()


@pytest.mark.parametrize("name", ["sur\udcffrogate", "\ud800 from a list", "new\nline", "'; DROP TABLE runs; --", "空 格"])
def test_any_name_is_a_name(tmp_path: Path, make_report: Make, name: str):
    with Store(tmp_path / "a.db") as opened:
        run = scan(opened, [name, "other"], make_report)
        shown = [report.document.name for report in opened.reports(run)]
        assert shown[1] == "other"
        assert shown[0] == name or "\ud800" in name


def test_asked_for_twice_is_answered_twice_and_columns_go_through(tmp_path: Path, make_report: Make):
    with Store(tmp_path / "a.db") as opened:
        for _ in range(2):  # the second call must find the same documents, not new ones
            run = opened.begin(["a"])
            opened.list_documents(run, [*listed("a", carried=(("app", "一"),)), *listed("a", carried=(("app", "二"), ("more", ""))), *listed("a")])
            for pending in list(opened.pending(run)):
                put(opened, run, make_report(), pending.id)
        assert [report.carried for report in opened.reports(run)] == [(("app", "一"),), (("app", "二"), ("more", "")), ()]
        assert opened.carried_columns(run) == ("app", "more")


def test_a_stopped_call_goes_on_only_with_the_same_words(tmp_path: Path):
    with Store(tmp_path / "a.db") as opened:
        first = opened.begin(["a"])
        second = opened.begin(["a"])
        third = opened.begin(["a", "b"])
        assert (second.resumes, third.resumes) == (first.id, third.id)
        opened.finish(third, {})
        assert opened.begin(["a", "b"]).resumes == third.id + 1


def test_old_results_stay_until_newer_ones_come(tmp_path: Path, make_report: Make):
    with Store(tmp_path / "a.db") as opened:
        scan(opened, ["a", "b"], make_report)
        run = opened.begin(["a"])
        opened.list_documents(run, listed("b", "new"))
        assert [report.document.name for report in opened.reports(run)] == ["b"]
        assert [(pending.name, pending.versions, bool(pending.sha256)) for pending in opened.pending(run)] == [("b", "v", True), ("new", None, False)]
        opened.keep(run, next(opened.pending(run)).id)
        assert [pending.name for pending in opened.pending(run)] == ["new"]


def test_thousands_of_documents_are_paged(tmp_path: Path):
    with Store(tmp_path / "a.db") as opened:
        run = opened.begin(["a"])
        names = [f"{number:05}" for number in range(1203)]
        assert opened.list_documents(run, listed(*names)) == len(names)
        assert [pending.name for pending in opened.pending(run)] == names


def test_a_database_of_an_older_version_is_brought_up_to_date(tmp_path: Path, make_report: Make, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(store, "MIGRATIONS", store.MIGRATIONS[:1])
        with Store(tmp_path / "a.db") as opened:
            scan(opened, ["a"], make_report)
    with Store(tmp_path / "a.db") as opened:
        assert [report.document.name for report in opened.reports(opened.last_run())] == ["a"]
    connection = sqlite3.connect(tmp_path / "a.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (len(store.MIGRATIONS),)
    assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (0,)
    connection.close()


def test_what_is_no_database_of_ours_is_refused_in_one_sentence(tmp_path: Path):
    (tmp_path / "text.db").write_text("this is not a database, but it is long enough to look like one\n" * 100)
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    Store(tmp_path / "newer.db").close()
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    for name, words in (("text", "not a database"), ("foreign", "not one of clausescan"), ("newer", "a newer clausescan"), ("no/such", "unable to open")):
        with pytest.raises(StoreError, match=words):
            Store(tmp_path / f"{name}.db")
    with pytest.raises(StoreError, match="there is no such run"):
        Store(tmp_path / "missing.db", create=False)
    assert not (tmp_path / "missing.db").exists()
    with Store(tmp_path / "empty.db") as opened, pytest.raises(StoreError, match="nothing has been scanned"):
        opened.last_run()


def test_two_scans_of_one_run_do_not_mix(tmp_path: Path):
    with Store(tmp_path / "a.db") as first, Store(tmp_path / "a.db") as second:
        first.lock()
        with pytest.raises(StoreError, match="another clausescan is scanning"):
            second.lock()
        assert second.begin(["reads and writes of others are not locked out"]).id == 1
        first.close()
        second.lock()


_WRITER = """
import sys
from pathlib import Path
from clausescan.store import Listed, Store
who = sys.argv[2]
with Store(Path(sys.argv[1])) as opened:
    for number in range(40):
        run = opened.begin([who])
        opened.list_documents(run, [Listed(key=f"{who}/{number}", name=who, source={})])
"""


def test_four_writers_at_once_lose_nothing(tmp_path: Path):
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path / "a.db"), str(number)]) for number in range(4)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0, 0]
    connection = sqlite3.connect(tmp_path / "a.db")
    assert connection.execute("SELECT count(*), count(DISTINCT key) FROM documents").fetchone() == (160, 160)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


_FILLER = """
import resource, sys
from pathlib import Path
from clausescan.errors import StoreError
from clausescan.store import Listed, Store
opened = Store(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
count = 0
try:
    while True:
        opened.list_documents(opened.begin(["x"]), [Listed(key=f"{count}", name="x" * 5000, source={})])
        count += 1
except StoreError as error:
    print(count, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_full_disk_is_one_sentence_and_what_was_written_stays(tmp_path: Path):
    result = subprocess.run([sys.executable, "-c", _FILLER, str(tmp_path / "a.db")], capture_output=True, text=True, timeout=120, check=True)
    count, words = result.stdout.split(maxsplit=1)
    assert words.startswith(f"{tmp_path / 'a.db'}: ")
    connection = sqlite3.connect(tmp_path / "a.db")
    assert connection.execute("SELECT count(*) FROM documents").fetchone() == (int(count),)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_name_is_kept_with_the_others_and_a_path_is_a_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CLAUSESCAN_RUNS", str(tmp_path))
    assert run_path("may") == tmp_path / "may.db"
    assert run_path("./may") == Path("may")
    assert run_path("may.db") == Path("may.db")
    monkeypatch.delenv("CLAUSESCAN_RUNS")
    assert run_path("may").parts[-3:-1] == ("clausescan", "runs")
