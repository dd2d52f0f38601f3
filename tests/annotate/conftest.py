"""Reports whose findings stand where a test wants them, and what is left of a Word document without our marks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from clausescan import api
from clausescan.annotate.options import Options
from clausescan.settings import Settings
from clausescan.types import AttributeFact, Evidence, Report

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DATE = datetime(2026, 1, 2, 3, 4, 5)


@pytest.fixture
def options() -> Callable[..., Options]:
    return lambda language="zh", **changes: Options(language=language, date=DATE, **changes)


@pytest.fixture
def report_on() -> Callable[..., Report]:
    """A function that scans bytes and returns the report with one finding for each range: on these words, in its block."""
    template = api.scan_text("您同意我们永久使用您的人脸图像。").findings[0]

    def make(data: bytes, ranges: Iterable[tuple[int, int]], settings: Settings | None = None, name: str = "file") -> Report:
        report = api.scan(data, name=name, settings=settings or Settings(ocr=False))
        document = report.document
        findings = []
        for start, end in ranges:
            block = next(block for block in document.blocks if block.start <= start < block.end)
            place = document.place(start, end)
            item = Evidence(role="irrevocable", start=start, end=end, text=document.text[start:end], source="test", place=place)
            fact = AttributeFact(name="irrevocable", strength="strong", evidence=(item,))
            clause = replace(template.clause, start=block.start, end=block.end)
            finding = replace(template, id=f"t{start}", quote=document.text[block.start : block.end], clause=clause, evidence=(),
                              place=document.place(block.start, block.end), attributes=(fact,))  # fmt: skip
            findings.append(finding)
        return replace(report, findings=tuple(findings))

    return make


@pytest.fixture
def middles() -> Callable[[Report], list[tuple[int, int]]]:
    """A function that returns the middle of every block: words that begin and end inside runs."""

    def make(report: Report) -> list[tuple[int, int]]:
        found = []
        for block in report.document.blocks:
            size = block.end - block.start
            start, end = block.start + size // 3, block.end - size // 3
            words = report.document.text[start:end]
            if words.strip():
                found.append((start + len(words) - len(words.lstrip()), start + len(words.rstrip())))
        return found

    return make


@pytest.fixture
def without_marks() -> Callable[[bytes], list[Any]]:
    """A function that returns all that a Word document holds, character by character with its look, without what we add.

    Runs that were cut are the same as before: each character has its formatting and the elements around it. Ids of tracked
    changes of formatting are left out, since both halves of a run have one of their own.
    """
    return _contents


def _contents(data: bytes) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        root = etree.fromstring(package.read("word/document.xml"))
        comments = etree.fromstring(package.read("word/comments.xml")) if "word/comments.xml" in names else ()
    ours = {item.get(f"{W}id") for item in comments if item.get(f"{W}author") == "clausescan"}
    for change in root.iter(f"{W}rPrChange"):
        change.attrib.pop(f"{W}id", None)
    return list(_walk(root, (), ours))


def _walk(element: Any, path: tuple[str, ...], ours: set[str]) -> Iterable[Any]:
    for child in element:
        own = child.get(f"{W}author") == "clausescan"
        if child.get(f"{W}id") in ours and child.tag in (f"{W}commentRangeStart", f"{W}commentRangeEnd"):
            continue
        if child.tag == f"{W}r":
            if not any(mark.get(f"{W}id") in ours for mark in child.iter(f"{W}commentReference")):
                yield from _run(child, path)
        elif child.tag == f"{W}del" and own:
            yield from _walk(child, path, ours)
        elif not (child.tag == f"{W}ins" and own):
            yield child.tag, path, tuple(sorted(child.attrib.items())), (child.text or "").strip()
            yield from _walk(child, (*path, child.tag), ours)


def _run(run: Any, path: tuple[str, ...]) -> Iterable[Any]:
    look = b"".join(etree.tostring(child, method="c14n", with_tail=False) for child in run if child.tag == f"{W}rPr")
    for child in run:
        if child.tag in (f"{W}t", f"{W}delText"):
            yield from ((path, look, char) for char in child.text or "")
        elif child.tag != f"{W}rPr":
            yield path, look, etree.tostring(child, method="c14n", with_tail=False)
