from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clausescan.api import unread as unread_report
from clausescan.errors import ReadError, UsageError
from clausescan.settings import Settings
from clausescan.types import Document, Problem, Report
from clausescan.verify import load, verify

Make = Callable[..., Report]


@pytest.fixture
def case(full_report: Report, tmp_path: Path) -> tuple[dict[str, Any], Path, Document]:
    report = full_report
    path = tmp_path / "agreement.pdf"
    path.write_bytes(report.document.text.encode())
    return report.to_dict(), path, report.document


def test_what_was_written_reproduces(case: tuple[dict[str, Any], Path, Document]):
    report, path, document = case
    asked: list[Settings] = []

    def read(_: Path, settings: Settings) -> Document:
        asked.append(settings)
        return document

    result = verify([report], [path], read)
    assert result.failures == ()
    assert result.entries == 30
    assert asked == [Settings(revisions="final")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda r: r["findings"][0].update(quote="别的话"),
            "agreement.pdf: findings[1] ART11-0123456789ab quote: was '别的话', is '用户在此",
        ),
        (lambda r: r["findings"][0]["place"].update(page=2), "place: page was 2, is 1"),
        (lambda r: r["findings"][0]["place"].update(line=9), "place: line was 9, is 3"),
        (lambda r: r["findings"][0]["place"]["boxes"].clear(), "place: boxes was []"),
        (lambda r: r["findings"][0]["clause"].update(end=9999), "clause: the range lies outside the text"),
        (lambda r: r["findings"][0]["evidence"][0].update(start=0), "evidence[1]: was '人脸图像'"),
        (
            lambda r: r["findings"][0]["attributes"][1]["evidence"][0].update(text="可撤回"),
            "attribute irrevocable evidence[1]: was '可撤回'",
        ),
        (lambda r: r["findings"][0]["severable"][0].update(text="永久"), "severable[1]: was '永久', is '不可撤回地'"),
        (lambda r: r["findings"][0]["elements"][0]["evidence"][0].update(start=0), "element E6 evidence[1]: was '人脸图像'"),
        (lambda r: r["context"]["evidence"][0].update(end=1), "context evidence[1]: was '协议'"),
        (lambda r: r["related"][0].update(quote="别"), "related[1] related-1 quote: was '别'"),
        (lambda r: r["near_misses"][0].update(quote=""), "near_misses[1] near-1 quote: was ''"),
        (lambda r: r["document"].update(sha256="0" * 64), "agreement.pdf: sha256: was '0000"),
    ],
)
def test_each_entry_that_does_not_is_named(case: tuple[dict[str, Any], Path, Document], change: Callable[[Any], None], message: str):
    report, path, document = case
    changed = copy.deepcopy(report)
    change(changed)
    (failure,) = verify([changed], [path], lambda *_: document).failures
    assert message in failure


def test_a_change_far_inside_a_quote_is_shown(case: tuple[dict[str, Any], Path, Document]):
    report, path, document = case
    long = replace(document, text="甲" * 200 + "乙" + "丙" * 200)
    report["findings"], report["related"], report["context"]["evidence"] = [], [], []
    report["near_misses"][0] |= {"quote": long.text.replace("乙", "丁"), "evidence": []}
    report["near_misses"][0]["place"] |= {"start": 0, "end": len(long.text)}
    failure = next(each for each in verify([report], [path], lambda *_: long).failures if "quote" in each)
    was, now = failure.split(", is ")
    assert ("丁" in was, "乙" in now, len(failure) < 250) == (True, True, True)


def test_a_changed_source_fails_with_its_hash(case: tuple[dict[str, Any], Path, Document]):
    report, path, document = case
    path.write_bytes(b"something else")
    failures = verify([report], [path], lambda *_: replace(document, text="x" + document.text)).failures
    assert "sha256" in failures[0]
    assert len(failures) > 4


def test_a_report_without_its_file(case: tuple[dict[str, Any], Path, Document], tmp_path: Path):
    report, _, document = case
    other = tmp_path / "other.txt"
    other.write_text("x")
    assert verify([report], [other], lambda *_: document).failures == ("agreement.pdf: no file with this hash or name was given",)


def test_a_file_that_could_not_be_read_then_or_now(case: tuple[dict[str, Any], Path, Document]):
    report, path, _ = case
    damaged = Problem(code="R007_damaged", severity="error", message="Damaged.", message_zh="损坏。")

    def read(*_: object) -> Document:
        raise ReadError(damaged)

    assert "cannot be read any more (R007_damaged)" in verify([report], [path], read).failures[0]
    assert verify([report | {"problems": [{"code": "R007_damaged"}]}], [path], read).failures == ()


def test_a_file_without_a_hash_was_not_read(case: tuple[dict[str, Any], Path, Document]):
    _, path, document = case
    problem = Problem(code="R007_damaged", severity="error", message="Damaged.", message_zh="损坏。")
    unread = unread_report("agreement.pdf", problem).to_dict()

    def read(*_: object) -> Document:
        raise ReadError(problem)

    assert verify([unread], [path], read).failures == ()
    assert verify([unread], [path], lambda *_: document).failures == ("agreement.pdf: the file could not be read then and can be read now",)
    missing = unread | {"document": unread["document"] | {"name": "missing.pdf"}}
    assert verify([missing], [path], read).failures == ()


def test_of_files_with_one_name_the_right_folder_is_taken(case: tuple[dict[str, Any], Path, Document], tmp_path: Path):
    _, path, document = case
    other = tmp_path / "b" / "agreement.pdf"
    other.parent.mkdir()
    other.write_text("x")
    problem = Problem(code="R007_damaged", severity="error", message="Damaged.", message_zh="损坏。")

    def read(found: Path, _: Settings) -> Document:
        if found == other:
            raise ReadError(problem)
        return document

    assert verify([unread_report("b/agreement.pdf", problem).to_dict()], [path, other], read).failures == ()


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"schema": "other/1"}', '[{"schema": "clausescan-report/1"}, 2]'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="report"):
        load(path)


def test_an_incomplete_report_is_refused(case: tuple[dict[str, Any], Path, Document]):
    report, path, document = case
    del report["findings"][0]["place"]
    with pytest.raises(UsageError, match="not complete"):
        verify([report], [path], lambda *_: document)


def test_one_report_or_many(case: tuple[dict[str, Any], Path, Document], tmp_path: Path):
    report, _, _ = case
    one, many = tmp_path / "one.json", tmp_path / "many.json"
    one.write_text(json.dumps(report))
    many.write_text(json.dumps([report, report]))
    assert (len(load(one)), len(load(many))) == (1, 2)
