"""The examples inside a rule file are its proof: each runs through the whole tool."""

from __future__ import annotations

import pytest

from clausescan import rules, scan_text
from clausescan.rules import Example
from clausescan.types import GRADE_RANK, Finding, NearMiss

RULES = rules.rules().values()
FLAG = [
    pytest.param(example, id=f"{rule.id}-{example.language}-{n}")
    for rule in RULES
    for n, example in enumerate(rule.flag)
]
PASS = [
    pytest.param(example, id=f"{rule.id}-{example.language}-{n}")
    for rule in RULES
    for n, example in enumerate(rule.passes)
]


def scanned(example: Example) -> tuple[list[Finding], list[NearMiss]]:
    """Return what is said about the text of an example, not about its context."""
    before = "".join(f"{paragraph}\n\n" for paragraph in example.context)
    report = scan_text(before + example.text, language=example.language)
    findings = [finding for finding in report.findings if finding.place.end > len(before)]
    return findings, [miss for miss in report.near_misses if miss.place.end > len(before)]


@pytest.mark.parametrize("example", FLAG)
def test_what_must_be_flagged(example: Example):
    findings, _ = scanned(example)
    assert max((finding.grade for finding in findings), key=GRADE_RANK.__getitem__, default="none") == example.grade
    assert {fact.name for finding in findings for fact in finding.attributes} == set(example.attributes)


@pytest.mark.parametrize("example", PASS)
def test_what_must_not_be_flagged(example: Example):
    findings, near = scanned(example)
    assert findings == []
    if example.gate:
        assert {miss.gate for miss in near} <= {example.gate}
