"""The two commands that hand a document on."""

from __future__ import annotations

import os
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from clausescan.cli import main
from clausescan.readers import ocr

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "corpus" / "samples" / "face-app-agreement.zh.docx"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(("source", "target"), [("docx", "a.docx"), ("pdf", "a.pdf"), ("txt", "a.docx")])
def test_annotate_writes_a_copy_and_says_how_exact_it_is(source: str, target: str, tmp_path: Path):
    original = SAMPLE.with_suffix(f".{source}")
    before = original.read_bytes()
    done = run("annotate", original, "-o", tmp_path / target, "--date", "2026-01-02")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "findings: 3; notes exactly on their words: " in done.stderr
    assert original.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [target]
    again = run("annotate", original, "-o", tmp_path / f"again-{target}", "--date", "2026-01-02")
    assert again.exit_code == 0
    assert (tmp_path / f"again-{target}").read_bytes() == (tmp_path / target).read_bytes()


def test_the_language_of_the_notes_can_be_chosen(tmp_path: Path):
    run("annotate", SAMPLE, "-o", tmp_path / "a.docx", "--report-lang", "en", "--min-grade", "candidate")
    notes = [comment.text for comment in docx.Document(str(tmp_path / "a.docx")).comments]
    assert notes[0].startswith("2 for a lawyer to review: 2 candidate, 0 review")
    assert any("Civil Code art. 497(3)" in note for note in notes)


@pytest.mark.parametrize("command", ["annotate", "memo"])
def test_the_original_is_never_overwritten(command: str, tmp_path: Path):
    original = tmp_path / "contract.docx"
    original.write_bytes(SAMPLE.read_bytes())
    os.link(original, tmp_path / "link.docx")
    for target in (original, tmp_path / "link.docx", tmp_path / "." / "contract.docx"):
        done = run(command, original, "-o", target)
        assert done.exit_code == 2
        assert "never overwritten" in done.stderr
    assert original.read_bytes() == SAMPLE.read_bytes()


@pytest.mark.parametrize(
    ("command", "source", "target", "sentence"),
    [
        ("annotate", "corpus/samples/face-app-agreement.zh.docx", "a.pdf", "must end in .docx"),
        ("annotate", "corpus/samples/face-app-agreement.zh.pdf", "a.docx", "must end in .pdf"),
        ("annotate", "tests/files/docx/macro.docm", "a.docx", "must end in .docm"),
        ("annotate", "tests/files/pdf/encrypted.pdf", "a.pdf", "protected by a password"),
        ("annotate", "tests/files/docx/encrypted.docx", "a.docx", "protected by a password"),
        ("annotate", "tests/files/docx/truncated.docx", "a.docx", "damaged or cut off"),
        ("annotate", "corpus/samples/face-app-agreement.zh.pdf", "no/such/a.pdf", "No such file or directory"),
        ("memo", "corpus/samples/face-app-agreement.zh.pdf", "a.pdf", "must end in .docx or .html"),
        ("memo", "tests/files/pdf/encrypted.pdf", "a.docx", "protected by a password"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_nothing(command: str, source: str, target: str, sentence: str, tmp_path: Path):
    done = run(command, ROOT / source, "-o", tmp_path / target)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "target"), [("annotate", "a.pdf"), ("memo", "a.docx")])
def test_a_document_without_text_is_inconclusive(command: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    done = run(command, ROOT / "tests/files/pdf/scan.pdf", "-o", tmp_path / target, "--report-lang", "zh")
    assert done.exit_code == 3
    assert "R020_no_text: 未读取到文字" in done.stderr
    assert (tmp_path / target).is_file()


@pytest.mark.parametrize("suffix", ["docx", "pdf"])
def test_a_copy_can_be_annotated_again(suffix: str, tmp_path: Path):
    first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
    once = run("annotate", SAMPLE.with_suffix(f".{suffix}"), "-o", first)
    again = run("annotate", first, "-o", second)
    assert again.exit_code == 0
    assert again.stderr.partition(": ")[2] == once.stderr.partition(": ")[2], "our own notes are no part of the document"
