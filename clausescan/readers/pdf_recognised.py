"""What OCR tells of a page beside its characters: how sure it is of each line, and by how much the sheet lies askew."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clausescan.errors import problem
from clausescan.types import Line, Problem

# a choice, not yet a calibration: our own degraded samples all stay above 0.98 (tests/ocr_quality.py)
UNCERTAIN = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A page read by OCR. `lines` are (left, top, right, bottom, certainty) in points from the top left corner, y downwards.

    `skew` is the slope of the lines in radians, clockwise: characters were placed as if the sheet lay straight.
    """

    width: float
    height: float
    skew: float
    characters: int
    confidence: float
    lines: tuple[tuple[float, float, float, float, float], ...]

    @classmethod
    def of(cls, page: Mapping[str, Any]) -> Recognised:
        """Return what a page of `ocr` tells."""
        left, _, _, top = page["bounds"]
        lines = tuple((x0 - left, top - y0, x1 - left, top - y1, score) for x0, y0, x1, y1, score in page["lines"])
        weights = [max(x1 - x0, y1 - y0) for x0, y0, x1, y1, _ in lines]
        total = sum(weights)
        sure = sum(weight * line[4] for weight, line in zip(weights, lines, strict=True)) / total if total else 0.0
        return cls(
            width=page["width"], height=page["height"], skew=page["skew"], characters=len(page["text"]), confidence=sure, lines=lines
        )


def ocr_problems(recognised: Mapping[int, Recognised], total: int) -> Iterator[Problem]:
    """Yield what a reader must know of pages read by OCR; `total` is the number of characters of all pages."""
    if not recognised:
        return
    share = min(1.0, sum(page.characters for page in recognised.values()) / max(total, 1))
    weights = sum(page.characters for page in recognised.values())
    sure = sum(page.characters * page.confidence for page in recognised.values()) / max(weights, 1)
    yield problem("R046_ocr", pages=listed(sorted(recognised)), share=f"{share:.0%}", certainty=f"{sure:.0%}")
    if doubtful := sorted(number for number, page in recognised.items() if page.confidence < UNCERTAIN):
        yield problem("R047_ocr_uncertain", pages=listed(doubtful))


def recognised_lines(lines: Iterable[Line], recognised: Mapping[int, Recognised]) -> Iterator[Line]:
    """Yield the lines; those of pages read by OCR with its certainty, and moved to where they stand on the sheet as it lies."""
    for line in lines:
        page = recognised.get(line.page)
        yield _placed(line, page) if page is not None and line.edges else line


def _placed(line: Line, page: Recognised) -> Line:
    start, end = min(line.edges), max(line.edges)
    along, across = (start + end) / 2, (line.low + line.high) / 2
    upright = line.angle in (0, 180)
    x, y = (along, across) if upright else (across, along)
    line = replace(line, ocr_confidence=_certainty(x, y, page))
    if abs(page.skew) < 0.002:
        return line
    cx, cy, cos, sin = page.width / 2, page.height / 2, math.cos(page.skew), math.sin(page.skew)
    moved_x, moved_y = (x - cx) * cos - (y - cy) * sin + cx, (x - cx) * sin + (y - cy) * cos + cy
    shift, rise = (moved_x - x, moved_y - y) if upright else (moved_y - y, moved_x - x)
    # a box has straight sides: it grows by what the line climbs, up to half a line
    grown = min(abs(math.sin(page.skew)) * (end - start) / 2, (line.high - line.low) / 2)
    return replace(line, edges=tuple([edge + shift for edge in line.edges]), low=line.low + rise - grown, high=line.high + rise + grown)


def _certainty(x: float, y: float, page: Recognised) -> float:
    """Return the certainty of the recognised line at a point, of the nearest one where none is."""
    def distance(line: tuple[float, float, float, float, float]) -> float:
        left, top, right, bottom, _ = line
        return max(left - x, x - right, 0.0) + 3 * max(top - y, y - bottom, 0.0)

    return min(page.lines, key=distance)[4] if page.lines else page.confidence


def listed(pages: Sequence[int]) -> str:
    """Return page numbers as "1-3, 7", shortened when there are many ranges."""
    ranges: list[list[int]] = []
    for number in pages:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [f"{first}-{last}" if last > first else str(first) for first, last in ranges[:20]]
    return ", ".join(shown) + (" ..." if len(ranges) > 20 else "")
