"""Optical character recognition: rapidocr in a process of its own, for pages and pictures without a text (extra `clausescan[ocr]`).

The models are part of the rapidocr package, nothing is downloaded. The child has a time limit and, where the system knows
them, a memory limit; what it has read before it is stopped counts. It takes the file from stdin and writes one line of JSON
for each page, in the shape of `pdf_plumber.second_reading` with `lines` (bounds and certainty, 0 to 1) and `skew` (radians).
"""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

START_LIMIT, PAGE_LIMIT = 60.0, 30.0  # a page takes about 5 s on two idle cores
MEMORY_LIMIT = 6 << 30
MAX_PIXELS = 120_000_000
_DPI = 200
_LONGEST = 3_600  # pixels; larger photographs hold nothing more that can be read
_A4_WIDTH = 595.0
_GOOD = 0.86
# blanks that recognition drops: after a provision number and after a mark between two Latin words
_NO_BLANK = re.compile(
    r"(?<=^\d\.\d)(?=[A-Z])|(?<=^\d\.\d\d)(?=[A-Z])|(?<=^\d\.)(?=[A-Z])|(?<=^\([a-z]\))(?=[A-Za-z])|(?<=[a-z][.;,:])(?=[A-Z])"
)


def is_available() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def recognise_pages(data: bytes, pages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is recognised on pages of a PDF, each named by `number` (from 1), `rotation` and `bounds`; empty when it fails."""
    return _ask(data, {"pages": list(pages)}, len(pages))


def recognise_picture(data: bytes, max_frames: int) -> list[dict[str, Any]]:
    """Return what is recognised in a picture, a page for each frame of a TIFF; empty when it cannot be opened."""
    return _ask(data, {"frames": max_frames}, max_frames)


def _ask(data: bytes, wish: dict[str, Any], pages: int) -> list[dict[str, Any]]:
    # -P: the folder of this file must not come first on the path, its html.py would hide the standard one.
    command = [sys.executable, "-P", __file__, json.dumps(wish)]
    from clausescan import patience  # the child needs nothing of the package

    limit = START_LIMIT + PAGE_LIMIT * pages
    patience.ask(limit)
    try:
        output = subprocess.run(command, input=data, capture_output=True, timeout=limit, check=False).stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    except OSError:
        return []
    return [_mended(json.loads(line)) for line in output.split(b"\n")[:-1]]  # the last line, if cut, has no end


def _mended(page: dict[str, Any]) -> dict[str, Any]:
    """Return the page with confusions put right; characters are one each in `text`."""
    from clausescan.readers.ocr_confusions import mended

    if all(len(char) == 1 for char in page["text"]):
        page["text"] = list(mended("".join(page["text"])))
    return page


# The child.


def main() -> None:
    """Read stdin, write a line of JSON for each page to stdout."""
    from rapidocr import RapidOCR

    wish, data = json.loads(sys.argv[1]), sys.stdin.buffer.read()
    _limit_memory()
    settings = {"Global.log_level": "critical", "Global.use_cls": False, "Global.max_side_len": 2_400, "Global.text_score": 0.4}
    engine = RapidOCR(params=settings)
    for number, image, scale, turn, bounds in _rendered(data, wish["pages"]) if "pages" in wish else _frames(data, wish["frames"]):
        page = _page(engine, image, scale, turn, bounds)
        sys.stdout.write(json.dumps({"number": number, **page}) + "\n")
        sys.stdout.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _rendered(data: bytes, pages: Sequence[dict[str, Any]]) -> Iterator[tuple[int, Any, float, int, list[float]]]:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(data)
    for wish in pages:
        page = document[wish["number"] - 1]
        scale = min(_DPI / 72, _LONGEST / max(page.get_width(), page.get_height(), 1))
        # as stored: the page may be turned otherwise than its text
        image = page.render(scale=scale, rotation=-wish["rotation"] % 360).to_numpy()[:, :, :3].copy()
        yield wish["number"], image, scale, wish["rotation"], wish["bounds"]


def _frames(data: bytes, limit: int) -> Iterator[tuple[int, Any, float, int, list[float]]]:
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    if find_spec("pillow_heif"):
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow refuses twice as many
    with Image.open(io.BytesIO(data)) as picture:
        for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
            if number > limit:
                return
            upright = ImageOps.exif_transpose(frame).convert("RGB")
            dots = float(picture.info.get("dpi", (0,))[0] or 0)
            upright.thumbnail((_LONGEST, _LONGEST))
            shorter = min(upright.size)
            # what a scanner says of its resolution; a camera says nothing of use, and then the sheet is taken for A4
            scale = dots * shorter / max(min(frame.size), 1) / 72 if 100 <= dots <= 1200 else shorter / _A4_WIDTH
            width, height = upright.size
            yield number, np.asarray(upright)[:, :, ::-1].copy(), scale, 0, [0.0, 0.0, width / scale, height / scale]


Found = list[tuple[Any, str, float]]


def _page(engine: Any, image: Any, scale: float, turn: int, bounds: list[float]) -> dict[str, Any]:
    """Return the page in its own points; the picture is turned until its lines read well."""
    found, turn = _upright(engine, image, turn)
    upright = _turned_size(image, turn)
    skew = _skew(found)
    lines = _straightened(found, skew, upright)
    left, _, _, top = bounds
    page: dict[str, Any] = {
        "width": bounds[2] - left, "height": top - bounds[1], "bounds": bounds, "rotation": 0, "skew": skew, "text": [],
        "boxes": [], "sizes": [], "bold": [], "angles": [], "lines": [],
    }  # fmt: skip
    back = _back(image, turn)
    for x0, y0, x1, y1, text, score in lines:
        place = _points(back, (x0, y0, x1, y1), scale, left, top)
        page["lines"].append([*place, round(score, 4)])
        for char, start, end in _characters(text, x0, x1):
            page["text"].append(char)
            page["boxes"] += _points(back, (start, y0, end, y1), scale, left, top)
            page["sizes"].append((y1 - y0) / scale)
            page["bold"].append(False)
            page["angles"].append(-turn % 360)
    return page


def _upright(engine: Any, image: Any, turn: int) -> tuple[Found, int]:
    """Return what is recognised and by how many degrees clockwise the picture was turned for it."""
    found = _recognised(engine, image, turn)
    tries = {turn: found}
    if _is_sideways(found):
        # the engine turns lines that stand upright, so that they read well one by one, but in the wrong order
        tries = {angle: _recognised(engine, image, angle) for angle in ((turn + 90) % 360, (turn + 270) % 360)}
    elif _quality(found) < _GOOD:
        tries[(turn + 180) % 360] = _recognised(engine, image, (turn + 180) % 360)
    best = max(tries, key=lambda angle: sum(len(text) * max(score - 0.5, 0.0) for _, text, score in tries[angle]))
    return tries[best], best


def _recognised(engine: Any, image: Any, turn: int) -> Found:
    import numpy as np

    result = engine(np.ascontiguousarray(np.rot90(image, -(turn // 90))))
    if result.boxes is None or result.txts is None:
        return []
    lines = zip(result.boxes, result.txts, result.scores, strict=True)
    return [(box.tolist(), _NO_BLANK.sub(" ", text), float(score)) for box, text, score in lines if text.strip()]


def _quality(found: Found) -> float:
    size = sum(len(text) for _, text, _ in found)
    return sum(len(text) * score for _, text, score in found) / size if size else 0.0


def _is_sideways(found: Found) -> bool:
    tall = sum(len(text) for box, text, _ in found if math.dist(box[0], box[3]) > 1.5 * math.dist(box[0], box[1]))
    return tall > 0.5 * sum(len(text) for _, text, _ in found)


def _turned_size(image: Any, turn: int) -> tuple[int, int]:
    height, width = image.shape[:2]
    return (height, width) if turn % 180 else (width, height)


def _skew(found: Found) -> float:
    """Return the slope of the long lines in radians, the median of them."""
    slopes = sorted(
        math.atan2(box[1][1] - box[0][1], box[1][0] - box[0][0]) for box, text, _ in found if len(text) >= 8 and box[1][0] > box[0][0]
    )
    return round(float(slopes[len(slopes) // 2]), 5) if slopes else 0.0


def _straightened(found: Found, skew: float, size: tuple[int, int]) -> list[tuple[float, float, float, float, str, float]]:
    """Return (x0, y0, x1, y1, text, score) of the lines on the straightened picture, from top to bottom, all usual lines equally high."""
    cx, cy, cos, sin = size[0] / 2, size[1] / 2, math.cos(-skew), math.sin(-skew)
    lines: list[list[Any]] = []
    for box, text, score in found:
        points = [((x - cx) * cos - (y - cy) * sin + cx, (x - cx) * sin + (y - cy) * cos + cy) for x, y in box]
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
        # the detector leaves a margin around the letters
        height = 0.75 * (math.dist(points[0], points[3]) + math.dist(points[1], points[2])) / 2
        lines.append([(x0 + x3) / 2, (y0 + y1 + y2 + y3) / 4, (x1 + x2) / 2, height, text, score])
    heights = sorted(line[3] for line in lines)
    usual = heights[len(heights) // 2] if heights else 0.0
    for line in lines:
        if abs(line[3] - usual) < 0.2 * usual:
            line[3] = usual
    rows: list[list[list[Any]]] = []
    for line in sorted(lines, key=lambda each: each[1]):
        if rows and line[1] - rows[-1][0][1] < 0.5 * min(line[3], rows[-1][0][3]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [
        (x0, row[0][1] - height / 2, x1, row[0][1] + height / 2, text, score)
        for row in rows
        for x0, _, x1, height, text, score in sorted(row)
    ]


def _characters(text: str, x0: float, x1: float) -> Iterator[tuple[str, float, float]]:
    """Yield each character with its place on the line: wide ones take twice the room of narrow ones."""
    widths = [2.0 if char >= "\u2e80" else 0.6 if char in " .,;:'il|!()[]" else 1.1 for char in text]
    step = (x1 - x0) / sum(widths)
    for char, width in zip(text, widths, strict=True):
        yield char, x0, x0 + step * width
        x0 += step * width


def _back(image: Any, turn: int) -> Any:
    """Return the way from a point of the turned picture to the picture as stored."""
    height, width = image.shape[:2]
    ways = {
        0: lambda x, y: (x, y),
        90: lambda x, y: (y, height - x),
        180: lambda x, y: (width - x, height - y),
        270: lambda x, y: (width - y, x),
    }
    return ways[turn % 360]


def _points(back: Any, box: tuple[float, float, float, float], scale: float, left: float, top: float) -> list[float]:
    """Return left, top, right and bottom in points, y upwards."""
    (xa, ya), (xb, yb) = back(box[0], box[1]), back(box[2], box[3])
    x0, x1, y0, y1 = min(xa, xb), max(xa, xb), min(ya, yb), max(ya, yb)
    return [round(left + x0 / scale, 2), round(top - y0 / scale, 2), round(left + x1 / scale, 2), round(top - y1 / scale, 2)]


if __name__ == "__main__":
    main()
