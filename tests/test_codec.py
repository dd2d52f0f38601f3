"""Reports as bytes and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from clausescan import codec
from clausescan.types import Problem, Report

Make = Callable[..., Report]


def test_everything_but_the_layout_comes_back(make_report: Make, unread: Problem):
    report = make_report(problems=(unread,), carried=(("app", "某某"), ("version", "7.1")))
    bare = replace(report, document=replace(report.document, blocks=(), pages=(), lines=()))
    assert codec.loads(codec.dumps(report)) == bare
    assert bare.to_dict() == report.to_dict()


def test_odd_names_come_back(make_report: Make):
    assert codec.loads(codec.dumps(make_report("x\n", "sur\udcffrogate\n.txt"))).document.name == "sur\udcffrogate\n.txt"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no",
        zlib.compress(b"no"),
        zlib.compress(b"[1]"),
        zlib.compress(json.dumps({"versions": [], "more": 1}).encode()),
        zlib.compress(json.dumps({"versions": [["a"]]}).encode()),
    ],
)
def test_what_is_no_report_is_refused(data: bytes):
    with pytest.raises(ValueError, match=r"not a report of this version"):
        codec.loads(data)
