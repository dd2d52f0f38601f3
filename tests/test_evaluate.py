from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clausescan.errors import UsageError
from clausescan.evaluate import (
    INTERVALS,
    Prediction,
    Unit,
    below,
    evaluate,
    from_matrix,
    keywords,
    load,
    measure,
    parse_bars,
    placed,
    predict,
    to_json,
    to_text,
    write_errors,
)
from clausescan.types import Report

Make = Callable[..., Report]
QUOTE = "用户在此不可撤回地许可本公司永久使用其人脸图像。"


def unit(number: int, grade: str, text: str = QUOTE, **values: Any) -> Unit:
    return Unit(id=str(number), text=text, grade=grade, **values)


def test_a_unit_stands_between_its_contexts():
    text, start, end = placed(unit(1, "none", "正文。", context=(" 定义。 ",), context_after=("后文。",)))
    assert text == "定义。\n\n正文。\n\n后文。"
    assert text[start:end] == "正文。"


def test_the_finding_that_overlaps_the_unit_counts(make_report: Make):
    report = make_report()
    before = report.document.text.index(QUOTE)
    after = report.document.text[before + len(QUOTE) :]
    here = unit(1, "candidate", context=("示例刷脸协议\n第一条 授",))
    found = predict(replace(here, text=QUOTE), lambda *_: shifted(report, len("示例刷脸协议\n第一条 授\n\n") - before))
    assert found.grade == "candidate"
    assert found.attributes == {"unlimited_duration", "irrevocable"}
    assert found.why == ("matrix -> candidate: A strong attribute is granted.",)
    elsewhere = unit(1, "none", after, context=(report.document.text[:before] + QUOTE,))
    assert predict(elsewhere, lambda *_: report).grade == "none"


def shifted(report: Report, by: int) -> Report:
    finding = report.findings[0]
    place = replace(finding.place, start=finding.place.start + by, end=finding.place.end + by)
    return replace(report, findings=(replace(finding, place=place, evidence=()),))


def test_a_near_miss_gives_its_reason(make_report: Make):
    report = replace(make_report(), findings=())
    text = report.document.text
    assert predict(unit(1, "none", text), lambda *_: report).why == ("G4: The clause is a promise of the processor.",)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("永久使用您的人脸图像", "candidate"),
        ("永久使用您的评论", "none"),
        ("perpetual licence to your face data", "candidate"),
        ("we face claims", "none"),
    ],
)
def test_the_baseline_counts_words(text: str, grade: str):
    assert keywords(unit(1, "none", text)).grade == grade


def test_the_metrics_by_hand():
    pairs = [
        (unit(1, "candidate", attributes=frozenset({"irrevocable"})), Prediction(grade="candidate", attributes=frozenset({"irrevocable"}))),
        (unit(2, "candidate", attributes=frozenset({"irrevocable"})), Prediction()),
        (unit(3, "review", attributes=frozenset({"sublicensable"}), optional=frozenset({"irrevocable"})), Prediction(grade="candidate")),
        (unit(4, "none"), Prediction(grade="candidate", attributes=frozenset({"irrevocable"}))),
        (unit(5, "none"), Prediction()),
    ]
    found = measure(pairs)
    assert found["candidate_p"] == pytest.approx(1 / 3)
    assert found["candidate_r"] == pytest.approx(1 / 2)
    assert found["flag_f1"] == pytest.approx(2 / 3)
    assert found["grade_macro_f1"] == pytest.approx((0.4 + 0 + 0.5) / 3)
    assert found["irrevocable_p"] == pytest.approx(1 / 2)
    assert found["sublicensable_r"] == 0
    assert found["serious"] == pytest.approx(2 / 5)


def test_intervals_measure_the_same_thing():
    random = np.random.default_rng(1)
    grades = ("none", "review", "candidate")
    pairs = [(unit(i, grades[a]), Prediction(grade=grades[b])) for i, (a, b) in enumerate(random.integers(0, 3, (60, 2)))]  # type: ignore[arg-type]
    matrix = np.zeros((3, 3), dtype=int)
    for one, said in pairs:
        matrix[grades.index(one.grade), grades.index(said.grade)] += 1
    expected = measure(pairs)
    assert from_matrix(matrix) == pytest.approx({name: expected[name] for name in INTERVALS})


def test_agreement_is_kappa_1_and_the_same_every_time(make_report: Make):
    units = [unit(1, "none", "a" * 80), unit(2, "none", "b" * 80)]
    empty = make_report("x\n")
    first, second = (evaluate(units, lambda *_: empty) for _ in range(2))
    assert first == second
    assert first.metrics["kappa"] == 1
    assert first.intervals["kappa"] == (1, 1)
    assert "2 units" in to_text(first)
    assert json.loads(to_json(first))["metrics"]["accuracy"] == 1


def test_errors_carry_the_reasons(make_report: Make):
    report = make_report()
    wrong = unit(1, "none", report.document.text, raw={"gate": "G4"})
    out = io.StringIO()
    write_errors(evaluate([wrong], lambda *_: report, intervals=False), out)
    (line,) = map(json.loads, out.getvalue().splitlines())
    assert (line["gold"], line["said"], line["gate"]) == ("none", "candidate", "G4")
    assert line["why"] == ["matrix -> candidate: A strong attribute is granted."]


def test_bars():
    assert parse_bars(["flag_f1=.9", "serious=0.1"]) == {"flag_f1": 0.9, "serious": 0.1}
    with pytest.raises(UsageError, match="METRIC=VALUE"):
        parse_bars(["flag_f1"])


def test_a_missed_bar_is_a_sentence(make_report: Make):
    report = make_report("x\n")
    scores = evaluate([unit(1, "candidate", "a" * 80)], lambda *_: report, intervals=False)
    assert below(scores.metrics, {"flag_f1": 0.9, "serious": 0.5, "none_p": 0.0}) == ["flag_f1 0.000 misses 0.9", "serious 1.000 misses 0.5"]
    with pytest.raises(UsageError, match="unknown metric f1; known metrics are none_p"):
        below(scores.metrics, {"f1": 1})


def test_loading(tmp_path: Path):
    path = tmp_path / "units.jsonl"
    path.write_text('{"id": "1", "text": "a\u2028b", "grade": "none", "lang": "en", "context": null}\n\n', encoding="utf-8")
    (one,) = load([path])
    assert (one.text, one.language, one.context) == ("a\u2028b", "en", ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "units.jsonl:1: not a JSON object"),
        ("[]", "not a JSON object"),
        ('{"id": "1", "text": "a", "grade": "void"}', "one of none, review, candidate"),
        ("", "no labelled"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str):
    path = tmp_path / "units.jsonl"
    path.write_text(line)
    with pytest.raises(UsageError, match=message):
        load([path])


def test_every_bad_line_is_named(tmp_path: Path):
    path = tmp_path / "mine.jsonl"
    good = {"id": "1", "text": "x", "grade": "none"}
    lines = [good, {"id": "2"}, good | {"attributes": ["forever"]}, good | {"lang": "fr"}]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n{", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load([path])
    said = str(caught.value)
    assert [number for number in range(1, 6) if f"mine.jsonl:{number}:" in said] == [2, 3, 4, 5]
    assert "unknown attribute forever" in said
