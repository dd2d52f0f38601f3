"""From the glyphs of a page to its lines and tables in reading order.

All coordinates are those of a frame (see `pdf_glyphs`): u grows along the line, v from line to line.
A page is read as bands: full-width lines, and between them columns, each from top to bottom. Columns are seen from
the gaps between pieces of text that stand side by side, so it does not matter in which order the file draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import Any

from clausescan.readers import pdf_words as words
from clausescan.readers.pdf_glyphs import Bounds, Frame, Glyphs, Run, turn_bounds

_MAX_CROSSINGS = 1_500


@dataclass(slots=True)
class TextLine:
    """A printed line: its text and the `len(text) + 1` edges of its characters, with the facts that layout rules ask for."""

    text: str
    edges: list[float]
    u0: float
    u1: float
    v0: float
    v1: float
    base: float
    size: float
    page: int
    angle: int
    bold_first: bool
    bold_last: bool
    bold: bool
    hidden: bool
    left: float = 0.0
    right: float = 0.0


@dataclass(slots=True)
class Cell:
    """A cell of a table: its box in the frame and its lines."""

    box: Bounds
    lines: list[TextLine] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A ruled table: rows of cells. A cell that another one spans is left out of its row."""

    box: Bounds
    rows: list[list[Cell]]
    columns: int
    page: int


@dataclass(slots=True)
class _Item:
    """A thing to be put in order: pieces of text side by side without a wide gap, or a table."""

    u0: float
    u1: float
    v0: float
    v1: float
    base: float
    size: float
    order: int
    runs: list[Run]
    table: Table | None = None


Element = TextLine | Table


@dataclass(slots=True)
class Row:
    """The runs of a page that share a baseline, over its whole width."""

    runs: list[Run]
    base: float
    size: float


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """Return the runs grouped by baseline, from top to bottom; a raised or lowered figure stays with its line."""
    rows: list[Row] = []
    for run in sorted(runs, key=attrgetter("base", "u0")):
        row = rows[-1] if rows else None
        if row is not None and (run.base == row.base or run.base - row.base < _reach(run.size, row.size)):
            row.runs.append(run)
            if run.size > row.size:
                row.base, row.size = run.base, run.size
        else:
            rows.append(Row([run], run.base, run.size))
    for row in rows:
        if len(row.runs) > 1:
            row.runs.sort(key=attrgetter("u0"))
    return rows


def _reach(one: float, other: float) -> float:
    """Return how far two baselines of one line may be apart: more between large and small type (raised figures)."""
    return max(one, other) * (0.55 if min(one, other) < 0.8 * max(one, other) else 0.4)


def elements(frame: Frame, glyphs: Glyphs, runs: list[Run]) -> list[Element]:
    """Return the lines and tables that `runs` of the frame make up, in reading order."""
    tables, rest = _tables(frame, glyphs, runs)
    rows = rows_of(rest)
    items = _items(rows)
    items += [_Item(*table.box, table.box[3], 0.0, 0, [], table) for table in tables]
    found: list[Element] = []
    for region in _regions(items, 0):
        # The region of all items has the rows of the page.
        within = rows if len(region) == len(items) else rows_of([run for item in region for run in item.runs])
        found.extend(_region_elements(region, within, frame, glyphs))
    return found


# Items and reading order.


def _items(rows: Sequence[Row]) -> list[_Item]:
    items: list[_Item] = []
    for row in rows:
        last: _Item | None = None
        for run in row.runs:
            if last is not None and run.u0 - last.u1 < 0.9 * max(run.size, last.size):
                last.runs.append(run)
                last.u1, last.v0, last.v1 = max(last.u1, run.u1), min(last.v0, run.v0), max(last.v1, run.v1)
                last.size, last.order = max(last.size, run.size), min(last.order, run.start)
            else:
                last = _Item(run.u0, run.u1, run.v0, run.v1, row.base, run.size, run.start, [run])
                items.append(last)
    return items


def _regions(items: list[_Item], depth: int) -> Iterator[list[_Item]]:
    """Yield groups of items that are read line by line, the groups in reading order."""
    gutter = _gutter(items) if depth < 4 else None
    if gutter is None:
        if items:
            yield items
        return
    for band in _bands(items, gutter):
        left = [item for item in band if item.u1 <= gutter + 1]
        right = [item for item in band if item.u0 >= gutter - 1]
        if len(left) + len(right) == len(band) and _are_columns(left, right, items):
            yield from _regions(left, depth + 1)
            yield from _regions(right, depth + 1)
        else:
            yield band


def _bands(items: list[_Item], gutter: float) -> Iterator[list[_Item]]:
    """Yield from top to bottom the runs of items that cross the gutter and of those that do not."""
    band: list[_Item] = []
    crossing = False
    for item in sorted(items, key=attrgetter("base", "u0")):
        crosses = item.u0 < gutter - 1 and item.u1 > gutter + 1
        if band and crosses != crossing:
            yield band
            band = []
        crossing = crosses
        band.append(item)
    if band:
        yield band


def _gutter(items: list[_Item]) -> float | None:
    """Return the position of the gap that the most side-by-side pieces share, or None."""
    if len(items) < 6:
        return None
    left, right = min(item.u0 for item in items), max(item.u1 for item in items)
    width = right - left
    if not 100 < width < 20_000 or sum(item.u0 > left + 0.2 * width and item.u1 - item.u0 > 0.1 * width for item in items) < 3:
        return None
    step = max(2.0, width / 1_000)
    votes = [0] * (int(width / step) + 2)
    for gap_left, gap_right in _gaps(items):
        votes[int((gap_left - left) / step) + 1] += 1
        votes[int((gap_right - left) / step) + 1] -= 1
    best, place, total = 0, 0, 0
    spans: list[int] = []
    for index, change in enumerate(votes):
        total += change
        spans.append(total)
        if total > best and 0.15 < index * step / width < 0.85:
            best, place = total, index
    if best < 3:
        return None
    end = place
    while end + 1 < len(spans) and spans[end + 1] == best:
        end += 1
    return left + (place + end) / 2 * step


def _gaps(items: list[_Item]) -> Iterator[tuple[float, float]]:
    """Yield the gap between each piece and the next one to its right on about the same height."""
    texts = sorted((item for item in items if item.table is None), key=attrgetter("v0"))
    for index, item in enumerate(texts):
        reach = 0.6 * (item.v1 - item.v0)
        nearest: _Item | None = None
        for other in (*reversed(texts[max(0, index - 6) : index]), *texts[index + 1 : index + 7]):
            if abs(other.v0 - item.v0) < reach and other.u0 > item.u1 and (nearest is None or other.u0 < nearest.u0):
                nearest = other
        if nearest is not None:
            yield item.u1, nearest.u0


def _are_columns(left: list[_Item], right: list[_Item], page: list[_Item]) -> bool:
    """Return True when both sides read like running text; False for labels, tables without rules and signatures."""
    if len(left) < 3 or len(right) < 3:
        return False
    full = max(item.u1 for item in page) - min(item.u0 for item in page)
    fills, widths, counts = zip(*(_fill(side) for side in (left, right)), strict=True)
    if min(widths) < 0.2 * full:
        return False
    # Pieces drawn column after column are columns; drawn line by line across, only full lines on both sides say so.
    sides = sorted([(item.order, 0) for item in left] + [(item.order, 1) for item in right])
    turns = sum(one[1] != other[1] for one, other in pairwise(sides))
    if turns <= max(1, 0.15 * len(sides)):
        return bool(min(fills) > 0.25)
    return bool(min(fills) > 0.6 and min(counts) >= 4)


def _fill(side: list[_Item]) -> tuple[float, float, int]:
    lows, highs = min(item.u0 for item in side), max(item.u1 for item in side)
    extents: list[list[float]] = []
    for item in sorted(side, key=attrgetter("base", "u0")):
        if extents and item.base - extents[-1][0] < 0.4 * item.size:
            extents[-1][1], extents[-1][2] = min(extents[-1][1], item.u0), max(extents[-1][2], item.u1)
        else:
            extents.append([item.base, item.u0, item.u1])
    width = max(highs - lows, 1.0)
    return median((u1 - u0) / width for _, u0, u1 in extents), width, len(extents)


def _region_elements(region: list[_Item], rows: list[Row], frame: Frame, glyphs: Glyphs) -> list[Element]:
    """Return the lines and tables of a region with its rows from top to bottom; every line knows the edges of its region."""
    found: list[tuple[float, Element]] = [(item.table.box[1], item.table) for item in region if item.table is not None]
    lines = [line for row in rows if (line := make_line(row.runs, frame, glyphs)).text]
    left, right = _margins_of(lines)
    for line in lines:
        line.left, line.right = left, right
        found.append((line.base, line))
    found.sort(key=lambda pair: pair[0])
    return [element for _, element in found]


def _margins_of(lines: list[TextLine]) -> tuple[float, float]:
    """Return where the lines of a region begin and end; a single line that runs out (a long address) does not count."""
    if not lines:
        return 0.0, 0.0
    ends = sorted(line.u1 for line in lines)
    usual = ends[int(0.9 * (len(ends) - 1))] if len(ends) > 3 else ends[-1]
    return min(line.u0 for line in lines), ends[-1] if ends[-1] - usual < 3 * lines[0].size else usual


# Lines.


def make_line(runs: Sequence[Run], frame: Frame, glyphs: Glyphs) -> TextLine:
    """Return the line of runs that stand side by side, sorted by u0."""
    first, final = runs[0], runs[-1]
    if len(runs) == 1 and words.is_plain(glyphs.text[first.start : first.end]):
        text, edges = glyphs.text[first.start : first.end], frame.left[first.start : first.end]
    else:
        spaced = _runs_are_spaced(runs, glyphs.text)
        if any(after.u0 < run.u1 - 0.3 * run.size for run, after in pairwise(runs)):
            runs = _characters(runs, frame, glyphs.text)
        text, edges, last = _joined(runs, frame, glyphs.text, spaced)
        first, final = runs[0], last or runs[-1]
    edges.append(max(final.u1, edges[-1]) if edges else final.u1)
    biggest = max(runs, key=lambda run: run.end - run.start) if len(runs) > 1 else first
    return TextLine(
        text=text,
        edges=edges,
        u0=first.u0,
        u1=final.u1,
        v0=min(map(attrgetter("v0"), runs)),
        v1=max(map(attrgetter("v1"), runs)),
        base=biggest.base,
        size=biggest.size,
        page=glyphs.number,
        angle=frame.angle,
        bold_first=first.bold,
        bold_last=final.bold,
        bold=all(map(attrgetter("bold"), runs)),
        hidden=all(map(attrgetter("hidden"), runs)),
    )


def _joined(runs: Sequence[Run], frame: Frame, source: str, spaced: bool) -> tuple[str, list[float], Run | None]:
    """Return the text of the runs with the blanks that belong between them, the left edges, and the last run that has text."""
    left, right = frame.left, frame.right
    parts: list[str] = []
    edges: list[float] = []
    last: Run | None = None
    for run in runs:
        piece, places = source[run.start : run.end], left[run.start : run.end]
        if not words.is_plain(piece):
            ends = right[run.start : run.end]
            piece, places = words.clean(piece, places, ends, run.size, words.spacing(piece, places, ends))
        if not piece:
            continue
        if last is not None and (blank := _blank_between(last, run, parts[-1], piece, "" if spaced else source)):
            parts.append(blank)
            edges.append(last.u1)
        parts.append(piece)
        edges += places
        last = run
    return "".join(parts), edges, last


def _characters(runs: Sequence[Run], frame: Frame, source: str) -> list[Run]:
    """Return the runs cut into characters by position: some programs draw the marks of another font after the line."""
    single = [_part(run, index, index + 1, frame) for run in runs for index in range(run.start, run.end) if not source[index].isspace()]
    return sorted(single, key=attrgetter("u0"))


def _runs_are_spaced(runs: Sequence[Run], source: str) -> bool:
    """Return True for a line whose characters are drawn one by one with equal room between them."""
    if len(runs) <= 4:
        return False
    single = [run for run in runs if run.end - run.start == 1 and words.is_cjk(source[run.start])]
    return len(single) > 0.7 * len(runs)


def _blank_between(last: Run, run: Run, before: str, after: str, source: str) -> str:
    """Return the blank that stands between two runs of a line: none, a space or an ideographic space."""
    gap = run.u0 - last.u1
    size = min(last.size, run.size)
    between = source[last.end : run.start]
    scripts = words.is_cjk(before[-1]) + words.is_cjk(after[0])
    if scripts:
        if "\u3000" in between:
            return "\u3000"
        return " " if gap > (1.6 if scripts == 2 else 0.6) * size else ""
    return " " if gap > 0.2 * size or (gap > 0.05 * size and between.isspace()) else ""


# Tables.


def _tables(frame: Frame, glyphs: Glyphs, runs: list[Run]) -> tuple[list[Table], list[Run]]:
    """Return the ruled tables that hold text, and the runs outside of them."""
    edges = [_edge(turn_bounds(edge, frame.angle)) for edge in glyphs.marks.edges]
    # Two columns take three upright rules; underlined words have none.
    if len(edges) < 6 or sum(edge["orientation"] == "v" for edge in edges) < 3:
        return [], runs
    tables: list[Table] = []
    for cells in _cell_groups(edges + _closing(edges)):
        table, runs = _fill_table(cells, frame, glyphs, runs)
        if table is not None:
            tables.append(table)
    return tables, runs


def _edge(bounds: Bounds) -> dict[str, Any]:
    u0, v0, u1, v1 = bounds
    orientation = "h" if u1 - u0 > v1 - v0 else "v"
    return {"x0": u0, "top": v0, "x1": u1, "bottom": v1, "width": u1 - u0, "height": v1 - v0, "doctop": v0, "orientation": orientation}


def _closing(edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rules that close a table where a page break left it open: three vertical rules end at the same height."""
    ends: dict[tuple[int, bool], list[dict[str, Any]]] = {}
    for edge in edges:
        if edge["orientation"] == "v":
            ends.setdefault((round(edge["bottom"] / 3), False), []).append(edge)
            ends.setdefault((round(edge["top"] / 3), True), []).append(edge)
    found = []
    for (_, top), group in ends.items():
        places = sorted({round(edge["x0"] / 3) for edge in group})
        if len(places) < 3:
            continue
        left, right = min(edge["x0"] for edge in group), max(edge["x0"] for edge in group)
        v = group[0]["top" if top else "bottom"]
        closed = any(edge["orientation"] == "h" and abs(edge["top"] - v) < 4 and edge["x0"] < right and edge["x1"] > left for edge in edges)
        if not closed:
            found.append(_edge((left, v, right, v)))
    return found


def _cell_groups(edges: list[dict[str, Any]]) -> list[list[Bounds]]:
    """Return the cells of each ruled table, found by pdfplumber from the given edges."""
    # Imported here: it costs 0.1 s and most documents have no ruled table.
    from pdfplumber import table as plumber

    merged = plumber.merge_edges(edges, 3, 3, 3, 3)
    crossings = plumber.edges_to_intersections(merged, 3, 3) if len(merged) <= 600 else {}
    # The search for cells is quadratic; beyond this it is a drawing.
    if not 6 <= len(crossings) <= _MAX_CROSSINGS:
        return []
    groups = plumber.cells_to_tables(plumber.intersections_to_cells(crossings))
    return [[(float(a), float(b), float(c), float(d)) for a, b, c, d in cells] for cells in groups]


def _fill_table(boxes: list[Bounds], frame: Frame, glyphs: Glyphs, runs: list[Run]) -> tuple[Table | None, list[Run]]:
    """Return the table of the cells with its text, and the runs that remain; no table when it has one column only."""
    columns = len({box[0] for box in boxes})
    bounds = (min(box[0] for box in boxes), min(box[1] for box in boxes), max(box[2] for box in boxes), max(box[3] for box in boxes))
    if columns < 2:
        return None, runs
    tops = sorted({box[1] for box in boxes})
    cells = {box: Cell(box) for box in boxes}
    held: dict[Bounds, list[Run]] = {}
    rest: list[Run] = []
    for run in runs:
        v = (run.v0 + run.v1) / 2
        if not (bounds[1] <= v <= bounds[3] and run.u1 > bounds[0] and run.u0 < bounds[2]):
            rest.append(run)
            continue
        near = [box for box in boxes if box[1] <= v <= box[3]]
        for part, box in _split(run, near, frame):
            (held.setdefault(box, []) if box is not None else rest).append(part)
    if len(held) < 2 or _is_frame(held, cells):
        return None, runs
    for box, inside in held.items():
        cells[box].lines = [line for row in rows_of(inside) if (line := make_line(row.runs, frame, glyphs)).text]
        for line in cells[box].lines:
            line.left, line.right = box[0], box[2]
    rows = [sorted((cells[box] for box in boxes if box[1] == top), key=lambda cell: cell.box[0]) for top in tops]
    rows = [row for row in rows if any(cell.lines for cell in row)]
    return Table(bounds, rows, columns, glyphs.number), rest


def _is_frame(held: dict[Bounds, list[Run]], cells: dict[Bounds, Cell]) -> bool:
    """Return True when the lines only frame running text: nearly all of it stands in one cell."""
    sizes = [sum(run.end - run.start for run in inside) for inside in held.values()]
    return len(cells) <= 4 and max(sizes) > 400 and max(sizes) > 0.9 * sum(sizes)


def _split(run: Run, boxes: list[Bounds], frame: Frame) -> Iterator[tuple[Run, Bounds | None]]:
    """Yield the parts of the run with the cell in which each stands; a run may be drawn across several cells."""
    whole = next((box for box in boxes if box[0] - 2 <= run.u0 and run.u1 <= box[2] + 2), None)
    if whole is not None:
        yield run, whole
        return
    left, right = frame.left, frame.right
    start, current = run.start, _cell_at(boxes, (left[run.start] + right[run.start]) / 2)
    for index in range(run.start + 1, run.end):
        if right[index] <= left[index]:
            continue
        box = _cell_at(boxes, (left[index] + right[index]) / 2)
        if box != current:
            yield _part(run, start, index, frame), current
            start, current = index, box
    yield _part(run, start, run.end, frame), current


def _cell_at(boxes: list[Bounds], u: float) -> Bounds | None:
    return next((box for box in boxes if box[0] <= u < box[2]), None)


def _part(run: Run, start: int, end: int, frame: Frame) -> Run:
    return Run(start, end, frame.left[start], frame.right[end - 1], run.v0, run.v1, run.base, run.size, run.bold, run.hidden)
