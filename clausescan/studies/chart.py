"""Charts as SVG, written without a library: lines over an axis, and bars with intervals. The same values give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Points = Sequence[tuple[float, float]]
_COLOURS = ("#1b6ca8", "#c0392b", "#2e7d32", "#8e44ad", "#b9770e", "#455a64")
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 640, 400, 60, 40, 150, 50
_FONT = "font-family='system-ui, sans-serif'"


def lines(title: str, series: Mapping[str, Points], *, x: str, y: str, diagonal: bool = False) -> str:
    """Return a chart of lines with y from 0 to 1 and x from 0 to the largest value; `diagonal` draws where they would be equal."""
    top = max((value for points in series.values() for value, _ in points), default=1.0) or 1.0
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return _LEFT + width * point[0] / top, _TOP + height * (1 - point[1])

    parts = [_axes(title, x, y, top)]
    if diagonal:
        parts.append(f"<path d='{_path([place((0, 0)), place((top, top))])}' stroke='#999' stroke-dasharray='4 4' fill='none'/>")
    for number, (name, points) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        placed = [place(point) for point in points]
        parts.append(f"<path d='{_path(placed)}' stroke='{colour}' stroke-width='2' fill='none'/>")
        parts += [f"<circle cx='{at:.1f}' cy='{down:.1f}' r='3.5' fill='{colour}'/>" for at, down in placed]
        parts.append(_text(_WIDTH - _RIGHT + 12, _TOP + 14 + 18 * number, name, colour=colour))
    return _svg(_WIDTH, _HEIGHT, parts)


def bars(title: str, values: Mapping[str, float], intervals: Mapping[str, tuple[float, float]] | None = None) -> str:
    """Return a chart of horizontal bars from 0 to 1, with a line from the lower to the upper end of an interval."""
    left, row = 190, 26
    width = _WIDTH - left - 70
    parts = [_text(12, 24, title, size=15)]
    for number, (name, value) in enumerate(values.items()):
        down = _TOP + row * number
        parts.append(_text(left - 8, down + 14, name, anchor="end"))
        parts.append(f"<rect x='{left}' y='{down + 2}' width='{width * value:.1f}' height='{row - 9}' fill='{_COLOURS[0]}'/>")
        parts.append(_text(left + width + 10, down + 14, f"{value:.3f}"))
        if intervals and name in intervals:
            low, high = intervals[name]
            middle = down + 2 + (row - 9) / 2
            whisker = _path([(left + width * low, middle), (left + width * high, middle)])
            parts.append(f"<path d='{whisker}' stroke='#111' stroke-width='2'/>")
    return _svg(_WIDTH, _TOP + row * len(values) + 12, parts)


def _axes(title: str, x: str, y: str, top: float) -> str:
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    parts = [_text(12, 24, title, size=15)]
    for step in range(6):
        down = _TOP + height * (1 - step / 5)
        along = _LEFT + width * step / 5
        label = f"{top * step / 5:.1f}" if top <= 1 else f"{top * step / 5:,.0f}"
        parts.append(f"<path d='M{_LEFT} {down:.1f}H{_LEFT + width}' stroke='#ddd'/>")
        parts.append(_text(_LEFT - 8, down + 4, f"{step / 5:.1f}", anchor="end"))
        parts.append(_text(along, _TOP + height + 18, label, anchor="middle"))
    parts.append(_text(_LEFT + width / 2, _HEIGHT - 10, x, anchor="middle"))
    parts.append(f"<g transform='rotate(-90 16 {_TOP + height / 2})'>{_text(16, _TOP + height / 2, y, anchor='middle')}</g>")
    return "".join(parts)


def _path(points: Points) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, colour: str = "#222") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}' fill='{colour}' {_FONT}>{escape(text)}</text>"


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' role='img'>"
    return head + "<rect width='100%' height='100%' fill='#fff'/>" + "\n".join(parts) + "</svg>\n"
