"""Running headers, footers and page numbers: rows at the top and bottom edge that come back page after page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from clausescan.readers import pdf_words as words
from clausescan.readers.pdf_glyphs import Glyphs, turn_bounds
from clausescan.readers.pdf_layout import Element, Row, TextLine, make_line, rows_of

_DEPTH = 5
_ZONE = 0.2
_PAGE_NUMBER = re.compile(
    r"[-–—~·\[(（|]*(?:第?\d{1,4}页?(?:[/／共,，|of]+第?\d{1,4}页?)?|第[一二三四五六七八九十百]+页(?:共.+页)?|[Pp]age\d{1,4}(?:of\d{1,4})?)[-–—~·\])）|]*"
)
_BARE_NUMBER = re.compile(r"\d+")
_COUNTED = re.compile(r"\d+|\b[ivxl]+\b")


@dataclass(slots=True)
class Margin:
    """A row taken out of the text of a page."""

    line: TextLine
    top: bool


@dataclass(slots=True)
class _Edge:
    """A row near an edge of the page with its text without digits and its distance from that edge."""

    row: Row
    key: str
    text: str
    distance: float


def take_margins(pages: list[Glyphs]) -> list[list[Margin]]:
    """Take the running rows out of the frames of the pages and return them page by page."""
    candidates = [[_edge_rows(glyphs, top) for top in (True, False)] for glyphs in pages]
    usual = [_usual(candidates, side, len(pages)) for side in (0, 1)]
    found: list[list[Margin]] = []
    for glyphs, sides in zip(pages, candidates, strict=True):
        margins: list[Margin] = []
        for side, edges in enumerate(sides):
            for edge in _running(edges, usual[side], len(pages)):
                margins.append(Margin(make_line(edge.row.runs, glyphs.frames[0], glyphs), side == 0))
                gone = set(map(id, edge.row.runs))
                glyphs.frames[0].runs = [run for run in glyphs.frames[0].runs if id(run) not in gone]
        found.append(margins)
    return found


def _edge_rows(glyphs: Glyphs, top: bool) -> list[_Edge]:
    """Return the outermost rows, from the edge inwards."""
    if not glyphs.frames:
        return []
    frame = glyphs.frames[0]
    _, start, _, end = turn_bounds(glyphs.bounds, frame.angle)
    zone = _ZONE * (end - start)
    near = [run for run in frame.runs if (run.base - start < zone if top else end - run.base < zone)]
    rows = rows_of(near)
    edges: list[_Edge] = []
    rules = [(u0, v0, v1) for u0, v0, u1, v1 in (turn_bounds(edge, frame.angle) for edge in glyphs.marks.edges) if u1 - u0 < 1]
    for row in rows[:_DEPTH] if top else rows[: -_DEPTH - 1 : -1]:
        if _in_table(row, rules):
            break
        text = "".join("".join(glyphs.text[run.start : run.end] for run in row.runs).split())
        edges.append(_Edge(row, _COUNTED.sub("#", text), text, row.base - start if top else end - row.base))
    return edges


def _in_table(row: Row, rules: list[tuple[float, float, float]]) -> bool:
    """Return True when upright rules (u, top, bottom) stand between the words of the row: the head of a table that goes on."""
    middle = row.base - 0.3 * row.size
    return len({round(u / 4) for u, top, bottom in rules if top <= middle <= bottom}) >= 3


def _usual(candidates: list[list[list[_Edge]]], side: int, pages: int) -> dict[str, float]:
    """Return the usual distance from the edge of each text that comes back on enough pages."""
    distances: dict[str, list[float]] = {}
    for sides in candidates:
        for key, distance in {edge.key: edge.distance for edge in sides[side]}.items():
            distances.setdefault(key, []).append(distance)
    # Left and right pages may differ, and a header may change with the chapter.
    least = max(2, min(3, round(0.3 * pages)))
    return {key: median(values) for key, values in distances.items() if len(values) >= least}


def _running(edges: list[_Edge], usual: dict[str, float], pages: int) -> Iterator[_Edge]:
    """Yield rows from the edge inwards until one does not come back."""
    for edge in edges:
        back = edge.key in usual and abs(usual[edge.key] - edge.distance) < 8
        number = _PAGE_NUMBER.fullmatch(edge.text) is not None and not (pages == 1 and _BARE_NUMBER.fullmatch(edge.text))
        if not back and not number:
            return
        yield edge


def take_stamps(pages: list[Glyphs], body: float) -> list[list[Margin]]:
    """Take large words out that stand on the same place of at least half of the pages: watermarks drawn upright."""
    large = [_large_runs(glyphs, body) for glyphs in pages]
    counts = Counter(key for keys in large for key in set(keys.values()))
    least = max(2, len(pages) / 2)
    found: list[list[Margin]] = []
    for glyphs, keys in zip(pages, large, strict=True):
        stamps = [run for frame in glyphs.frames[:1] for run in frame.runs if id(run) in keys and counts[keys[id(run)]] >= least]
        found.append([Margin(make_line([run], glyphs.frames[0], glyphs), True) for run in stamps])
        if not stamps:
            continue
        gone = set(map(id, stamps))
        for frame in glyphs.frames[:1]:
            frame.runs = [run for run in frame.runs if id(run) not in gone]
    return found


_Spot = tuple[str, int, int]


def _large_runs(glyphs: Glyphs, body: float) -> dict[int, _Spot]:
    """Return text and rough place of the large runs of a page by their id."""
    runs = [run for frame in glyphs.frames[:1] for run in frame.runs if run.size > 1.8 * body]
    return {id(run): (glyphs.text[run.start : run.end], round(run.u0 / 10), round(run.base / 10)) for run in runs}


def take_interruptions(flows: list[list[Element]]) -> list[Margin]:
    """Take page numbers and footers out that stand in the middle of a sentence: traces of an older page layout."""
    running = _running_keys(flows)
    stream = [element for flow in flows for element in flow]
    gone: dict[int, TextLine] = {}
    index = 1
    while index < len(stream):
        lines = _interruption(stream, index, running)
        gone.update((id(line), line) for line in lines)
        index += len(lines) + 1
    for flow in flows:
        flow[:] = [element for element in flow if id(element) not in gone]
    return [Margin(line, False) for line in gone.values()]


def _running_keys(flows: list[list[Element]]) -> set[str]:
    """Return what short lines say that come back on many pages."""
    least = max(3, round(0.3 * len(flows)))
    if len(flows) < least:
        return set()
    counts: Counter[str] = Counter()
    for flow in flows:
        counts.update({_key(element) for element in flow if isinstance(element, TextLine) and len(element.text) <= 40})
    return {key for key, count in counts.items() if count >= least}


def _key(line: TextLine) -> str:
    return _COUNTED.sub("#", "".join(line.text.split()))


def _interruption(stream: list[Element], index: int, running: set[str]) -> list[TextLine]:
    """Return the lines from `index` on that stand between two halves of a sentence, at most three."""
    last, first = stream[index - 1], stream[index]
    if not isinstance(last, TextLine) or not isinstance(first, TextLine):
        return []
    # Nearly all lines end here: the next one stands right below.
    if (first.page == last.page and first.base - last.base < 1.8 * last.size) or words.ends_sentence(last.text):
        return []
    found: list[TextLine] = []
    for line in stream[index : index + 4]:
        if not isinstance(line, TextLine):
            return []
        bare = "".join(line.text.split())
        if len(bare) > 40 or words.ends_sentence(line.text) or not (_key(line) in running or _PAGE_NUMBER.fullmatch(bare)):
            goes_on = words.starts_lower(line.text) or (words.is_cjk(line.text[0]) and not words.starts_provision(line.text))
            return found if goes_on and abs(line.size - last.size) < 0.5 else []
        found.append(line)
    return []
