"""The one road from a file, bytes or a text to a report."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import clausescan
from clausescan.errors import ReadError, UsageError
from clausescan.settings import Settings
from clausescan.types import Evidence, Report

ROOT = Path(__file__).parents[1]
SAMPLES = sorted(path for path in (ROOT / "corpus" / "samples").iterdir() if path.suffix != ".toml")

ZH = "第六条 住客授权酒店永久、不可撤销地使用其面部图像。\n第七条 酒店不会向任何第三方出售面部图像。\n"
EN = (
    "6. Guests irrevocably authorise the hotel to use their face images in perpetuity.\n"
    "7. The hotel will never sell face images to any third party.\n"
)


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


def dump(report: Report) -> bytes:
    return json.dumps(report.to_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize(("text", "language"), [(ZH, "zh"), (EN, "en")])
def test_a_text_in_both_languages(text: str, language: str):
    report = clausescan.scan_text(text)
    assert report.document.language == language
    assert report.grade == "candidate"
    assert [{fact.name for fact in finding.attributes} for finding in report.findings] == [{"unlimited_duration", "irrevocable"}]
    assert [miss.gate for miss in report.near_misses] == ["G4"]
    assert not report.inconclusive


def test_a_text_with_clauses_in_both_languages():
    report = clausescan.scan_text(ZH + EN)
    assert [(finding.clause.number, finding.grade) for finding in report.findings] == [("第六条", "candidate"), ("6.", "candidate")]


@pytest.mark.parametrize(
    ("tag", "language"), [("zh", "zh"), ("zh-Hant", "zh"), ("zh_CN", "zh"), ("ZH-hk", "zh"), ("en", "en"), ("en-GB", "en"), (None, "zh")]
)
def test_a_language_tag(tag: str | None, language: str):
    assert clausescan.scan_text(ZH, language=tag).document.language == language


@pytest.mark.parametrize(
    "text",
    [
        "Vous accordez à la société une licence perpétuelle et irrévocable sur les images de votre visage. " * 8,
        "Sie räumen dem Anbieter ein unwiderrufliches Recht an Aufnahmen Ihres Gesichts ein, in allen Medien. " * 8,
        "当社はお客様の顔画像を永久に使用することができます。" * 8,
        "회사는 회원의 얼굴 이미지를 영구적으로 이용할 수 있습니다. " * 8,
        "Вы предоставляете нам бессрочное право использовать изображения вашего лица. " * 8,
    ],
)
def test_another_language_is_not_nothing_found(text: str):
    report = clausescan.scan_text(text)
    assert (codes(report), report.inconclusive) == (["R041_language"], True)
    assert codes(clausescan.scan_text(text, language="en")) == []
    assert codes(clausescan.scan_text(ZH * 8 + text[:60])) == []


@pytest.mark.parametrize("tag", ["fr", "ja-JP", "", "chinese"])
def test_an_unknown_language_names_the_known_ones(tag: str):
    with pytest.raises(UsageError, match="known are 'zh' and 'en'"):
        clausescan.scan_text(ZH, language=tag)
    with pytest.raises(UsageError, match="known are 'zh' and 'en'"):
        clausescan.load(tag)


@pytest.mark.parametrize("language", ["zh", "en", "zh-Hant"])
def test_load_gives_a_pipeline_of_spacy(language: str):
    from spacy.language import Language

    nlp = clausescan.load(language)
    assert isinstance(nlp, Language)
    assert nlp.lang == language[:2]
    assert [fact["right"] for fact in nlp(ZH)._.clausescan_facts][:1] == ["grant"]


def test_a_file_and_its_bytes_say_the_same(tmp_path: Path):
    path = tmp_path / "hotel.txt"
    path.write_text(ZH, encoding="utf-8")
    from_path, from_str, from_bytes = clausescan.scan(path), clausescan.scan(str(path)), clausescan.scan(ZH.encode(), name="hotel.txt")
    assert dump(from_path) == dump(from_str) == dump(from_bytes)
    assert from_path.document.name == "hotel.txt"
    assert from_path.grade == "candidate"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("missing.txt", None, "R001_missing"), ("empty.txt", b"", "R004_empty"), ("song.txt", b"\x00\x01\x02\xff" * 400, "R010_binary")],
)
def test_a_file_that_cannot_be_read_is_a_report_with_a_problem(tmp_path: Path, name: str, content: bytes | None, code: str):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    report = clausescan.scan(path)
    assert codes(report) == [code]
    assert (report.inconclusive, report.findings, report.near_misses, report.clauses) == (True, (), (), 0)
    assert report.document.name == name
    with pytest.raises(ReadError):
        clausescan.read(path)


def test_a_directory_is_no_file(tmp_path: Path):
    assert codes(clausescan.scan(tmp_path)) == ["R002_not_a_file"]


def test_bytes_that_are_no_text():
    assert clausescan.scan(b"\x89PNG\r\n\x1a\n" + bytes(200), name="scan.png").inconclusive
    assert codes(clausescan.scan(b"")) == ["R004_empty"]


def test_a_file_above_the_limit():
    report = clausescan.scan(ZH.encode() * 20, settings=Settings(max_bytes=1000))
    assert report.inconclusive
    assert codes(report)


def test_nothing_to_find_is_not_inconclusive():
    report = clausescan.scan_text("第一条 游泳馆每日开放。\n")
    assert (report.findings, report.near_misses, report.grade, report.inconclusive, report.clauses) == ((), (), "none", False, 1)


@pytest.mark.parametrize("text", ["", " \n", "。", "\u200b", "第一条"])
def test_a_text_of_almost_nothing(text: str):
    assert clausescan.scan_text(text).findings == ()


def evidence(report: Report) -> list[Evidence]:
    found = [item for finding in report.findings for item in finding.evidence]
    found += [item for finding in report.findings for fact in finding.attributes for item in fact.evidence]
    return found + [item for miss in report.near_misses for item in miss.evidence]


NOISY = "第六条 住客授權酒店永\u200b久、不可撤\u00ad銷地使用其⾯部圖像🙂。\n\n物品 | 用途 | 期限\n人脸图像 | 开门 | 永久\n"


@pytest.mark.parametrize("source", [*SAMPLES, ZH, EN, NOISY, ZH + NOISY], ids=lambda source: getattr(source, "name", None))
def test_every_offset_leads_to_the_words_it_names(source: Path | str):
    report = clausescan.scan_text(source) if isinstance(source, str) else clausescan.scan(source)
    text = report.document.text
    for item in (*report.findings, *report.near_misses):
        assert text[item.place.start : item.place.end] == item.quote
        assert item.place.line == text.count("\n", 0, item.place.start) + 1
    for words in evidence(report):
        assert text[words.start : words.end] == words.text != ""
        assert words.place is not None
        assert (words.place.start, words.place.end) == (words.start, words.end)
    for finding in report.findings:
        assert {item.role for item in finding.evidence} >= {fact.name for fact in finding.attributes}
        assert {"subject", "heading"} & {item.role for item in finding.evidence}
    ids = [item.id for item in (*report.findings, *report.near_misses)]
    assert len(ids) == len(set(ids))


def test_noise_is_seen_through_and_quoted_as_it_stands():
    first, second = clausescan.scan_text(NOISY).findings
    assert first.quote == NOISY.split("\n")[0]
    assert {item.text for item in first.evidence} >= {"永\u200b久", "不可撤\u00ad銷"}
    assert (second.grade, second.clause.kind) == ("review", "table_row")


@pytest.mark.parametrize("path", SAMPLES[:4], ids=lambda path: path.name)
def test_two_runs_say_the_same(path: Path):
    assert dump(clausescan.scan(path)) == dump(clausescan.scan(path))


def test_another_process_says_the_same():
    code = (
        "import json, sys, clausescan\n"
        "sys.stdout.buffer.write(json.dumps(clausescan.scan_text(sys.argv[1]).to_dict(), ensure_ascii=False).encode())"
    )
    run = [sys.executable, "-c", code, ZH]
    outputs = {subprocess.run(run, capture_output=True, check=True, cwd=ROOT, env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")}
    assert outputs == {dump(clausescan.scan_text(ZH))}


def test_importing_clausescan_loads_nothing_heavy():
    heavy = "{'spacy', 'sklearn', 'pdfplumber', 'docx', 'numpy'}"
    code = f"import sys, clausescan, clausescan.types, clausescan.cli; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, text=True).stdout.strip() == "[]"


def test_the_public_names():
    assert set(clausescan.__all__) >= {"Document", "Finding", "Report", "Settings", "load", "read", "scan", "scan_text"}
    assert all(getattr(clausescan, name) for name in clausescan.__all__)
    assert set(clausescan.__all__) <= set(dir(clausescan))
    with pytest.raises(AttributeError, match="no attribute 'scann'"):
        clausescan.scann  # noqa: B018


def test_there_is_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert clausescan.__version__ == project
    assert dict(clausescan.scan_text(ZH).versions)["clausescan"] == project
