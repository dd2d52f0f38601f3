"""Memos about the documents of a run: one each, a list that leads to them, nothing scanned again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main
from clausescan.memo.index import file_name

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
Memo = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    names = ("face-app-agreement.zh.pdf", "face-app-agreement.en.txt", "clean-policy.zh.txt")
    (folder / "in").mkdir()
    for name in names:
        (folder / "in" / name).write_bytes((SAMPLES / name).read_bytes())
    done = CliRunner().invoke(main, ["scan", str(folder / "in"), "--run", str(folder / "r.db"), "--quiet", "-o", str(folder / "r.jsonl")])
    assert done.exit_code == 1, done.output
    for name in names:  # the memo is written from the run alone
        (folder / "in" / name).unlink()
    return folder / "r.db"


@pytest.fixture
def memo(run: Path) -> Memo:
    return lambda *options: CliRunner().invoke(main, ["memo", str(run), *map(str, options)])


def test_each_document_with_findings_has_its_memo_and_the_list_leads_to_it(memo: Memo, tmp_path: Path):
    done = memo("-o", tmp_path / "memos")
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "memos").iterdir())
    assert names == ["1-face-app-agreement.en.docx", "2-face-app-agreement.zh.docx", "index.html"]
    page = (tmp_path / "memos" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"href='([^']+)'", page) == names[:2]
    assert "1 份" in page  # the document without a finding is counted, not forgotten
    words = "\n".join(paragraph.text for paragraph in docx.Document(str(tmp_path / "memos" / names[1])).paragraphs)
    assert "人脸信息条款审查备忘录" in words
    assert "第 1 项：4.3" in words


def test_one_document_goes_into_one_file(memo: Memo, tmp_path: Path):
    done = memo("-o", tmp_path / "m.html", "--document", "agreement.zh.pdf", "--report-lang", "en")
    assert done.exit_code == 0, done.output
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert "Review memorandum" in page
    assert "（第 2 页" not in page
    assert "page 2" in page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "m.docx"], "several documents are meant; name a folder"),
        (["-o", "m.docx", "--document", "nothing.pdf"], "there is nothing to write a memo about"),
        (["-o", "memos", "--document", "nothing.pdf"], "there is nothing to write a memo about"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_sentence(
    memo: Memo, options: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    done = memo(*options)
    assert (done.exit_code, words in done.output, "Traceback" in done.output) == (2, True, False)


def test_a_run_that_does_not_exist_is_told_from_a_file(tmp_path: Path):
    done = CliRunner().invoke(main, ["memo", "no-such-run", "-o", str(tmp_path / "m.docx")])
    assert done.exit_code == 2
    assert "no run of that name" in done.output


@pytest.mark.parametrize(
    ("document", "name"),
    [("a.zip!../../etc/passwd", "passwd"), ("dir\\evil<b>.html", "evil-b"), ("合同（终稿）.docx", "合同-终稿"), ("...", "document"), ("x" * 300, "x" * 80)],
)
def test_names_of_documents_make_harmless_names_of_files(document: str, name: str):
    assert file_name(3, 2, document, ".docx") == f"03-{name}.docx"


def test_the_list_begins_with_the_clauses_that_several_documents_share(tmp_path: Path):
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_bytes((SAMPLES / "face-app-agreement.zh.txt").read_bytes())
    CliRunner().invoke(main, ["scan", str(tmp_path / "in"), "--run", str(tmp_path / "r.db"), "--quiet"])
    assert CliRunner().invoke(main, ["memo", str(tmp_path / "r.db"), "-o", str(tmp_path / "memos"), "--format", "html"]).exit_code == 0
    page = (tmp_path / "memos" / "index.html").read_text(encoding="utf-8")
    first, second = page.split("<table>")[1:]
    assert first.count("2 份文件共用本条（") == 3
    assert re.findall(r"href='([^']+)'", first)[:2] == re.findall(r"href='([^']+)'", second) == ["1-a.html", "2-b.html"]
