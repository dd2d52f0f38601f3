"""What PDFium knows about a page: its characters with their boxes, its ruling lines, its fields and annotations.

Coordinates here are those of PDFium (points, y upwards, /Rotate not applied). A *frame* turns the page so that the
text of one direction runs from left to right: `left`, `right` and `run.u0` grow along the line, `run.v0` downwards.
PDFium is not thread-safe: read in processes, never in threads.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import math
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from clausescan.readers import lines as rules
from clausescan.readers.attachments import Attachment
from clausescan.readers.beside import sentence

Bounds = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
# Left, top, right and bottom of every character of a page.
Arrays = tuple[Floats, Floats, Floats, Floats]

MAX_OBJECTS = 5_000
MAX_EDGES = 2_000
_MAX_SEGMENTS = 400
_MAX_STRING = 32_767
_BLANKS = frozenset(" \t\r\n\x0b\x0c\x00\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd\x01-\x08\x0e-\x1f]")
# By code, up to one beyond the last blank, which stands for all higher codes.
_IS_BLANK = np.array([chr(code) in _BLANKS for code in range(max(map(ord, _BLANKS)) + 2)])
_BOLD_NAME = re.compile(r"bold|heavy|black|demi|medium,?bold|simhei|heiti|黑体", re.IGNORECASE)


def _fast(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Return the PDFium function `name` taking plain addresses: the generated binding checks types at every call.

    The interpreter lock is kept: these calls take less time than giving it up and taking it back.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(getattr(raw, name), ctypes.c_void_p).value)  # type: ignore[arg-type]


def _call(function: Callable[..., Any], *columns: Iterable[Any]) -> None:
    """Call a function that writes to addresses, once for each item of the columns."""
    deque(map(function, *columns), maxlen=0)


_MAX_READY = 8_192
_ready: list[ctypes.c_int] = []


def _indexes(count: int) -> Iterable[Any]:
    """Return 0 to count - 1 ready to be passed on: converting a number takes a quarter of the time of a call."""
    _ready.extend(map(ctypes.c_int, range(len(_ready), min(count, _MAX_READY))))
    return itertools.chain(_ready[:count], range(_MAX_READY, count))


def _addresses(rows: npt.NDArray[Any]) -> range:
    """Return the addresses of the rows of an array."""
    start, step = rows.ctypes.data, rows.strides[0] or 1
    return range(start, start + step * len(rows), step)


_P, _I, _U, _D, _F = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_double, ctypes.c_float
_count_chars = _fast("FPDFText_CountChars", _I, _P)
_get_text = _fast("FPDFText_GetText", _I, _P, _I, _I, _P)
_get_unicode = _fast("FPDFText_GetUnicode", _U, _P, _I)
_loose_box = _fast("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
_origin = _fast("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
_matrix = _fast("FPDFText_GetMatrix", _I, _P, _I, _P)
_font_size = _fast("FPDFText_GetFontSize", _D, _P, _I)
_font_info = _fast("FPDFText_GetFontInfo", ctypes.c_ulong, _P, _I, _P, ctypes.c_ulong, _P)
_fill_colour = _fast("FPDFText_GetFillColor", _I, _P, _I, _P, _P, _P, _P)
_map_error = _fast("FPDFText_HasUnicodeMapError", _I, _P, _I)
_text_object = _fast("FPDFText_GetTextObject", ctypes.c_size_t, _P, _I)
_font = _fast("FPDFTextObj_GetFont", _P, _P)
_render_mode = _fast("FPDFTextObj_GetTextRenderMode", _I, _P)
_count_objects = _fast("FPDFPage_CountObjects", _I, _P)
_get_object = _fast("FPDFPage_GetObject", _P, _P, _I)
_object_type = _fast("FPDFPageObj_GetType", _I, _P)
_object_bounds = _fast("FPDFPageObj_GetBounds", _I, _P, _P, _P, _P, _P)
_object_matrix = _fast("FPDFPageObj_GetMatrix", _I, _P, _P)
_form_count = _fast("FPDFFormObj_CountObjects", _I, _P)
_form_object = _fast("FPDFFormObj_GetObject", _P, _P, ctypes.c_ulong)
_object_colour = _fast("FPDFPageObj_GetFillColor", _I, _P, _P, _P, _P, _P)
_draw_mode = _fast("FPDFPath_GetDrawMode", _I, _P, _P, _P)
_count_segments = _fast("FPDFPath_CountSegments", _I, _P)
_get_segment = _fast("FPDFPath_GetPathSegment", _P, _P, _I)
_segment_point = _fast("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
_segment_type = _fast("FPDFPathSegment_GetType", _I, _P)


@dataclass(slots=True)
class Run:
    """Characters [start, end) of a page drawn one after another on one line, in the frame of their angle."""

    start: int
    end: int
    u0: float
    u1: float
    v0: float
    v1: float
    base: float
    size: float
    bold: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Styles:
    """How some characters are drawn, an item for each: direction, point on the baseline, size, weight, visibility.

    `angle` is in degrees clockwise: a multiple of 90, or SLANTED.
    """

    angle: Indexes
    x: Floats
    y: Floats
    size: Floats
    bold: Flags
    hidden: Flags


SLANTED = -1
# Says how the characters at some indexes are drawn.
StylesOf = Callable[[Indexes], Styles]


@dataclass(slots=True)
class Marks:
    """What a page holds besides text: ruling lines, painted areas and how much of it images cover."""

    edges: list[Bounds] = field(default_factory=list)
    areas: list[Bounds] = field(default_factory=list)
    image_share: float = 0.0
    images: int = 0
    paths: int = 0
    texts: int = 0


@dataclass(slots=True)
class Note:
    """A form field or an annotation: its words and its rectangle on the page."""

    text: str
    bounds: Bounds
    field: bool
    printed: bool


@dataclass(slots=True)
class Frame:
    """The characters of a page turned by `angle`: lists over the whole page and the runs that read in that direction."""

    angle: int
    left: list[float]
    right: list[float]
    runs: list[Run]


@dataclass(slots=True)
class Glyphs:
    """A page as its glyphs. `frames` starts with the direction that holds the most characters.

    `characters` counts those that are not blank, `unreadable` those without a meaning, `angled` those left out because
    they stand slanted, `slanted` their words; `cut` is True when a string is longer than PDFium reads.
    """

    number: int
    bounds: Bounds
    rotation: int
    text: str
    frames: list[Frame]
    marks: Marks
    notes: list[Note]
    characters: int = 0
    unreadable: int = 0
    angled: int = 0
    slanted: str = ""
    cut: bool = False
    files: list[Attachment] = field(default_factory=list)


class Sheet:
    """Access to one loaded page; use as `with Sheet(...)`."""

    def __init__(self, document: pdfium.PdfDocument, index: int) -> None:
        self.page = document[index]
        self.text_page = self.page.get_textpage()
        self.handle = ctypes.cast(self.page.raw, _P).value
        self.text_handle = ctypes.cast(self.text_page.raw, _P).value

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self.text_page.close()
        self.page.close()

    def characters(self, limit: int) -> str:
        """Return the text, one item per character index of PDFium (surrogates are not joined yet)."""
        count = min(_count_chars(self.text_handle), limit)
        if count <= 0:
            return ""
        buffer = np.zeros(count + 1, dtype=np.uint16)
        written = _get_text(self.text_handle, 0, count, buffer.ctypes.data)
        text = buffer[: max(written - 1, 0)].tobytes().decode("utf-16-le", "surrogatepass")
        if len(text) == count:
            return text
        # The bulk call leaves characters out (no mapping) or joins surrogates; then the index must be kept by hand.
        return "".join(map(chr, map(_scalar, map(_get_unicode, repeat(self.text_handle), range(count)))))

    def boxes(self, count: int) -> Arrays:
        """Return left, top, right and bottom of every character."""
        boxes = np.zeros((count, 4), dtype=np.float32)
        _call(_loose_box, repeat(self.text_handle), _indexes(count), _addresses(boxes))
        # Wider than PDFium's floats: sums of them must not be rounded once more.
        left, top, right, bottom = boxes.T.astype(np.float64)
        return left, top, right, bottom

    def styles(self, indexes: Indexes) -> Styles:
        """Return how the characters at `indexes` are drawn."""
        handle, places = repeat(self.text_handle), indexes.tolist()
        owners = np.fromiter(map(_text_object, handle, places), dtype=np.int64, count=len(places))
        # All characters of a text object are drawn alike; those that PDFium makes up belong to none.
        _, firsts, kinds = np.unique(np.where(owners == 0, -1 - indexes, owners), return_index=True, return_inverse=True)
        angle, size, bold, hidden = self._drawn(owners[firsts].tolist(), indexes[firsts].tolist())
        x, y = np.zeros(len(places)), np.zeros(len(places))
        _call(_origin, handle, places, _addresses(x), _addresses(y))
        return Styles(angle[kinds], x, y, size[kinds], bold[kinds], hidden[kinds])

    def is_cut(self, count: int) -> bool:
        """Return True when a drawn string has the greatest length that PDFium reads: the rest of it is lost."""
        if count < _MAX_STRING:
            return False
        lengths = Counter(map(_text_object, repeat(self.text_handle), range(count)))
        return any(length >= _MAX_STRING for item, length in lengths.items() if item)

    def map_errors(self, runs: Sequence[Run]) -> int:
        """Return how many characters of the runs have no known meaning; looks at two of a run before it counts."""
        handle = self.text_handle
        first = map(_map_error, repeat(handle), [run.start for run in runs])
        middle = map(_map_error, repeat(handle), [(run.start + run.end) // 2 for run in runs])
        doubtful = [run for run, one, other in zip(runs, first, middle, strict=True) if one == 1 or other == 1]
        return sum(_map_error(handle, index) == 1 for run in doubtful for index in range(run.start, run.end))

    def _drawn(self, items: list[int], places: list[int]) -> tuple[Indexes, Floats, Flags, Flags]:
        """Return angle, size, weight and visibility of text objects, asked of one character of each."""
        handle = repeat(self.text_handle)
        matrices = np.zeros((len(places), 6), dtype=np.float32)
        _call(_matrix, handle, places, _addresses(matrices))
        a, b, c, d = matrices[:, :4].T.astype(np.float64)
        modes = np.array(list(map(_render_mode, items)))
        with np.errstate(invalid="ignore", over="ignore"):
            size = abs(np.array(list(map(_font_size, handle, places)))) * np.sqrt(abs(a * d - b * c))
            turned = (b != 0) | (a < 0)
            angle = quarters(np.where(turned, -np.degrees(np.arctan2(b, a)), 0.0)) if turned.any() else np.zeros(len(places), dtype=np.intp)
        # Stroking the outline as well is how word processors fake bold.
        bold = (modes == 2) | np.array(self._are_bold(items, places))
        return angle, size, bold, (modes == 3) | (size < 2) | self._are_white(places)

    def _are_bold(self, items: list[int], places: list[int]) -> list[bool]:
        fonts = list(map(_font, items))
        known = {font: self._is_bold(place) for font, place in dict(zip(fonts, places, strict=True)).items()}
        return [known[font] for font in fonts]

    def _is_bold(self, place: int) -> bool:
        name = ctypes.create_string_buffer(256)
        length = _font_info(self.text_handle, place, name, 256, 0)
        return bool(_BOLD_NAME.search(name.raw[: min(length, 256)].decode("utf-8", "replace")))

    def _are_white(self, places: list[int]) -> Flags:
        colours = np.zeros((4, len(places)), dtype=np.uint32)
        known = list(map(_fill_colour, repeat(self.text_handle), places, *map(_addresses, colours)))
        red, green, blue, alpha = colours
        white: Flags = (alpha == 0) | (np.minimum(np.minimum(red, green), blue) > 250)
        return white & np.array(known, dtype=np.bool_)


def _scalar(code: int) -> int:
    return code if code < 0x110000 else 0xFFFD


def read_page(document: pdfium.PdfDocument, index: int, limit: int) -> Glyphs:
    """Return page `index` (from 0) with at most `limit` characters. Raises PdfiumError when it cannot be loaded."""
    with Sheet(document, index) as sheet:
        bounds = _page_bounds(sheet.page)
        text = sheet.characters(limit)
        marks = _marks(sheet.handle, bounds, not _BLANKS.issuperset(text))
        notes, files = _notes(document, sheet.page)
        glyphs = Glyphs(index + 1, bounds, sheet.page.get_rotation(), text, [], marks, notes, files=files)
        set_frames(glyphs, sheet.boxes(len(text)), sheet.styles)
        unmapped = sum(sheet.map_errors(frame.runs) for frame in glyphs.frames)
        glyphs.cut = sheet.is_cut(len(text))
        glyphs.unreadable = max(len(_UNREADABLE.findall(text)), unmapped)
        return glyphs


def _slanted(text: str, runs: list[tuple[int, int, int]]) -> str:
    """Return the words that stand slanted, in the order of the file; a line that comes again, as watermarks do, once."""
    parts, last = [], -1
    for start, end, angle in runs:
        if angle == SLANTED:
            between = text[last:start] if 0 <= last <= start <= last + 2 else "\n"
            parts += [between, text[start:end]]
            last = end
    lines = filter(None, (" ".join(line.split()) for line in "".join(parts).splitlines()))
    return functools.reduce(lambda left, right: left + rules.glue(left, right) + right, dict.fromkeys(lines), "")


def _page_bounds(page: pdfium.PdfPage) -> Bounds:
    box = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page, box):
        return (0.0, 0.0, page.get_width(), page.get_height())
    return (box.left, box.bottom, box.right, box.top)


# Frames: from loose characters to runs that read from left to right.

def set_frames(glyphs: Glyphs, arrays: Arrays, styles_of: StylesOf) -> None:
    """Fill `glyphs.frames`; count the characters, and those that stand at an angle (watermarks) in `glyphs.angled`.

    `arrays` are the left, top, right and bottom of every character.
    """
    codes = np.frombuffer(glyphs.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    places = np.flatnonzero(~_IS_BLANK.take(codes, mode="clip"))
    glyphs.characters = len(places)
    if not glyphs.characters:
        return
    spans = _spans(places, arrays)
    styles = styles_of(spans[0])
    if not styles.angle.any():
        glyphs.frames = [_frame(0, arrays, spans, styles, glyphs)]
        return
    weights: dict[int, int] = {}
    for angle, length in zip(styles.angle.tolist(), (spans[1] - spans[0]).tolist(), strict=True):
        weights[angle] = weights.get(angle, 0) + length
    glyphs.angled = weights.pop(SLANTED, 0)
    if glyphs.angled:
        glyphs.slanted = _slanted(glyphs.text, [*zip(spans[0].tolist(), spans[1].tolist(), styles.angle.tolist(), strict=True)])
    # A character is turned like the span in which it stands.
    angles = np.repeat(styles.angle, np.diff(spans[0], append=len(codes)))[places - places[0]]
    for angle in sorted(weights, key=lambda one: -weights[one]):
        turned = _turn(arrays, angle)
        parts = _spans(places[angles == angle], turned)
        glyphs.frames.append(_frame(angle, turned, parts, styles_of(parts[0]), glyphs))


def quarters(angles: Floats) -> Indexes:
    """Return the multiple of 90 degrees (0 to 270) that each angle stands for, SLANTED without one (a skewed scan may be 4 degrees off)."""
    nearest = np.round(angles / 90) * 90
    return np.where(abs(angles - nearest) <= 4, nearest % 360, SLANTED).astype(np.intp)


def _turn(arrays: Arrays, angle: int) -> Arrays:
    left, top, right, bottom = arrays
    if angle == 90:
        return -top, right, -bottom, left
    if angle == 180:
        return -right, -bottom, -left, -top
    if angle == 270:
        return bottom, -left, top, -right
    return arrays


def _spans(places: Indexes, arrays: Arrays) -> tuple[Indexes, Indexes]:
    """Return where the characters at `places` that follow one another on a line without a wide gap start and end."""
    left, top, right, bottom = (values[places] for values in arrays)
    # Damaged files have boxes at infinity: what is not known to follow starts anew.
    with np.errstate(invalid="ignore", over="ignore"):
        heights = top - bottom
        # Fonts without metrics have tight boxes: a dot must not count as a small letter far from its neighbours.
        sample = np.sort(heights[::8])
        usual = 0.9 * sample[int(0.8 * len(sample))]
        height = np.where(heights[1:] > usual, heights[1:], usual)
        gap, rise = left[1:] - right[:-1], bottom[1:] - bottom[:-1]
        follows = (-0.5 * height < gap) & (gap < 0.65 * height) & (-0.3 * height < rise) & (rise < 0.3 * height)
    cuts = np.flatnonzero(~follows)
    return places[np.concatenate(([0], cuts + 1))], places[np.concatenate((cuts, [len(places) - 1]))] + 1


def _frame(angle: int, arrays: Arrays, spans: tuple[Indexes, Indexes], styles: Styles, glyphs: Glyphs) -> Frame:
    left, top, right, bottom = arrays
    starts, ends = spans
    u0, u1, v0, v1 = left[starts], right[ends - 1], -top[starts], -bottom[starts]
    base = {0: -styles.y, 90: -styles.x, 180: styles.y, 270: styles.x}[angle]
    page = turn_bounds(glyphs.bounds, angle)
    is_sound = (u0 > -1e6) & (u0 <= u1) & (u1 < 1e6) & (v0 > -1e6) & (v0 <= v1) & (v1 < 1e6) & (abs(base) < 1e6)
    is_usual = is_sound & (u1 >= page[0]) & (u0 <= page[2]) & (v1 >= page[1]) & (v0 <= page[3])
    with np.errstate(invalid="ignore"):
        is_usual &= (styles.size > 0) & (styles.size < math.inf)
    runs: list[Run] = []
    columns = (starts, ends, u0, u1, v0, v1, base, styles.size, styles.bold, styles.hidden, is_usual)
    for *values, usual in zip(*(column.tolist() for column in columns), strict=True):
        run = Run(*values)
        size = run.size
        if not usual:
            _mend(run)
        if run.hidden:
            run.hidden = size < 2 or not _has_ground(run, angle, glyphs.marks)
        if not usual and (run.u1 < page[0] or run.u0 > page[2] or run.v1 < page[1] or run.v0 > page[3]):
            run.hidden = True
        runs.append(run)
    return Frame(angle, left.tolist(), right.tolist(), list(_drawn_once(runs, glyphs.text)))


def _mend(run: Run) -> None:
    """Give a run numbers to reckon with: finite, in order, of some size."""
    if not (-1e6 < run.u0 <= run.u1 < 1e6 and -1e6 < run.v0 <= run.v1 < 1e6 and -1e6 < run.base < 1e6):
        run.u0, run.u1 = sorted((_finite(run.u0), _finite(run.u1)))
        run.v0, run.v1 = sorted((_finite(run.v0), _finite(run.v1)))
        run.base = _finite(run.base)
    if run.size <= 0 or not math.isfinite(run.size):
        run.size = max(run.v1 - run.v0, 1.0)


def _finite(value: float) -> float:
    return min(max(value, -1e6), 1e6) if value == value else 0.0


def _has_ground(run: Run, angle: int, marks: Marks) -> bool:
    """Return True when an image or a filled area lies under the run: white text on a dark bar, the text layer of a scan."""
    u, v = (run.u0 + run.u1) / 2, (run.v0 + run.v1) / 2
    return any(x0 <= u <= x1 and top <= v <= bottom for x0, top, x1, bottom in (turn_bounds(area, angle) for area in marks.areas))


def _drawn_once(runs: list[Run], text: str) -> Iterator[Run]:
    """Yield the runs without those drawn a second time on the same place (fake bold, shadows)."""
    # Text on the same place stands in the same or the next band, whatever its size up to the largest.
    band_height = 0.2 * max(run.size for run in runs)
    places: dict[str, dict[int, list[tuple[float, float]]]] = {}
    for run in runs:
        band, words = int(run.base // band_height), text[run.start : run.end]
        bands = places.get(words)
        if bands is None:
            places[words] = {band: [(run.u0, run.base)]}
        elif any(_is_near(run, bands[near]) for near in (band, band - 1, band + 1) if near in bands):
            continue
        elif band in bands:
            bands[band].append((run.u0, run.base))
        else:
            bands[band] = [(run.u0, run.base)]
        yield run


def _is_near(run: Run, places: list[tuple[float, float]]) -> bool:
    reach, u0, base = 0.2 * run.size, run.u0, run.base
    return any(abs(u - u0) < reach and abs(v - base) < reach for u, v in places[-50:])


def turn_bounds(bounds: Bounds, angle: int) -> Bounds:
    """Return (u0, v0, u1, v1) of (left, bottom, right, top) in the frame of `angle`."""
    left, bottom, right, top = bounds
    if angle == 0:
        return left, -top, right, -bottom
    if angle == 90:
        return -top, -right, -bottom, -left
    if angle == 180:
        return -right, bottom, -left, top
    return bottom, left, top, right


# Marks: paths and images.


def _marks(page: int | None, bounds: Bounds, has_text: bool) -> Marks:
    """Return the marks of a page; ruling lines and areas only when there is text that they could matter for."""
    marks = Marks()
    paths: list[tuple[int, _Matrix]] = []
    count = min(_count_objects(page), MAX_OBJECTS)
    _collect(marks, paths, list(map(_get_object, repeat(page), _indexes(count))), _IDENTITY, 0, [MAX_OBJECTS])
    marks.paths = len(paths)
    # Text objects without text are what the second reader tries. A page of outlines has thousands of paths and neither.
    if has_text or marks.texts:
        for item, matrix in paths:
            _add_path(marks, item, matrix)
    left, bottom, right, top = bounds
    area = max((right - left) * (top - bottom), 1.0)
    marks.image_share = min(marks.image_share / area, 1.0)
    return marks


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _collect(
    marks: Marks, paths: list[tuple[int, _Matrix]], objects: list[int | None], matrix: _Matrix, depth: int, budget: list[int]
) -> None:
    """Count texts and images of the objects, put their paths into `paths`, and do the same for forms inside them."""
    for item, kind in zip(objects, map(_object_type, objects), strict=True):
        budget[0] -= 1
        if budget[0] < 0:
            return
        if item is None:
            continue
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            # Blanks alone have no extent.
            marks.texts += marks.texts < 3 and _has_extent(_bounds(item))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            paths.append((item, matrix))
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            area = _mapped(_bounds(item), matrix)
            marks.images += 1
            marks.areas.append(area)
            marks.image_share += (area[2] - area[0]) * (area[3] - area[1])
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 4:
            inner = list(map(_form_object, repeat(item), range(min(_form_count(item), MAX_OBJECTS))))
            _collect(marks, paths, inner, _product(_matrix_of(item), matrix), depth + 1, budget)


def _has_extent(box: Bounds) -> bool:
    return box[2] > box[0] or box[3] > box[1]


def _bounds(item: int) -> Bounds:
    buffer = (_F * 4)()
    start = ctypes.addressof(buffer)
    if not _object_bounds(item, start, start + 4, start + 8, start + 12):
        return (0.0, 0.0, 0.0, 0.0)
    left, bottom, right, top = map(_finite, buffer)
    return (left, bottom, right, top)


def _matrix_of(item: int) -> _Matrix:
    buffer = (_F * 6)()
    if not _object_matrix(item, buffer):
        return _IDENTITY
    a, b, c, d, e, f = map(_finite, buffer)
    return (a, b, c, d, e, f)


def _product(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _mapped(bounds: Bounds, matrix: _Matrix) -> Bounds:
    if matrix == _IDENTITY:
        return bounds
    corners = [_point(x, y, matrix) for x in (bounds[0], bounds[2]) for y in (bounds[1], bounds[3])]
    xs, ys = zip(*corners, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def _point(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _add_path(marks: Marks, item: int, matrix: _Matrix) -> None:
    """Add the ruling lines of a path: a thin path is one line, a rectangle four, a longer path is walked."""
    segments = _count_segments(item)
    left, bottom, right, top = box = _mapped(_bounds(item), matrix)
    wide, tall = right - left, top - bottom
    if wide > 4 and tall > 4 and _is_filled(item):
        marks.areas.append(box)
    if len(marks.edges) >= MAX_EDGES or segments < 2:
        return
    if min(wide, tall) < 3:
        if max(wide, tall) > 6:
            middle = ((left + right) / 2, (bottom + top) / 2)
            marks.edges.append((left, middle[1], right, middle[1]) if wide > tall else (middle[0], bottom, middle[0], top))
    elif segments > 3 and segments <= _MAX_SEGMENTS:
        marks.edges.extend(_sides(box) if segments <= 6 else _walked(item, segments, _product(_matrix_of(item), matrix)))


def _is_filled(item: int) -> bool:
    """Return True when the path paints an area in another colour than white."""
    numbers = (_U * 4)()
    start = ctypes.addressof(numbers)
    if not _draw_mode(item, start, start + 4) or not numbers[0]:
        return False
    return not _object_colour(item, start, start + 4, start + 8, start + 12) or min(numbers[:3]) <= 250


def _sides(box: Bounds) -> list[Bounds]:
    left, bottom, right, top = box
    return [(left, bottom, right, bottom), (left, top, right, top), (left, bottom, left, top), (right, bottom, right, top)]


def _walked(item: int, count: int, matrix: _Matrix) -> Iterator[Bounds]:
    """Yield the horizontal and vertical pieces of a path of several strokes or rectangles (a whole grid in one path)."""
    segments = list(map(_get_segment, repeat(item), range(count)))
    xs, ys = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
    known = list(map(_segment_point, segments, _addresses(xs), _addresses(ys)))
    last: tuple[float, float] | None = None
    for segment, is_known, x, y in zip(segments, known, xs.tolist(), ys.tolist(), strict=True):
        if not is_known:
            continue
        point = _point(_finite(x), _finite(y), matrix)
        if last is not None:
            (x0, y0), (x1, y1) = last, point
            is_straight = min(abs(x1 - x0), abs(y1 - y0)) < 1 and max(abs(x1 - x0), abs(y1 - y0)) > 6
            if is_straight and _segment_type(segment) == raw.FPDF_SEGMENT_LINETO:
                yield (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        last = point


# Notes: fields and annotations.

_SILENT = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)
# how the names of the notes begin that an earlier run put on the document: they are no part of it
OWN_NOTE = "clausescan-"
_MAX_NOTES = 5_000
_MAX_FILE = 50_000_000


def _notes(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> tuple[list[Note], list[Attachment]]:
    count = min(raw.FPDFPage_GetAnnotCount(page), _MAX_NOTES)
    notes: list[Note] = []
    files: list[Attachment] = []
    for index in range(count):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        with closing(_Handle(annotation)):
            note = _note(document, annotation)
            if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_FILEATTACHMENT:
                clip = raw.FPDFAnnot_GetFileAttachment(annotation)
                files += [attachment_of(clip)] if clip else []
        if note is not None:
            notes.append(note)
    return notes, files


def attachment_of(found: Any) -> Attachment:
    """Return a file inside the PDF; without data when it cannot be had."""
    name = _words(lambda buffer, size: raw.FPDFAttachment_GetName(found, buffer, size)) or "file"
    size = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(found, None, 0, size) or not 0 < size.value < _MAX_FILE:
        return Attachment(name=name, data=b"")
    buffer = ctypes.create_string_buffer(size.value)
    raw.FPDFAttachment_GetFile(found, buffer, size.value, size)
    return Attachment(name=name, data=buffer.raw)


class _Handle:
    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation

    def close(self) -> None:
        raw.FPDFPage_CloseAnnot(self.annotation)


def _note(document: pdfium.PdfDocument, annotation: Any) -> Note | None:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    left, bottom, right, top = _finite(box.left), _finite(box.bottom), _finite(box.right), _finite(box.top)
    bounds = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))  # a file may name any two corners
    if kind == raw.FPDF_ANNOT_WIDGET:
        text = _field_text(document, annotation)
        return Note(text, bounds, True, True) if text else None
    if kind in _SILENT:
        return None
    text = _entry(annotation, b"Contents")
    if kind in (raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_TEXT) and _entry(annotation, b"NM").startswith(OWN_NOTE):
        return None
    printed = kind in (raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP)
    return Note(text, bounds, False, printed) if text else None


def _entry(annotation: Any, key: bytes) -> str:
    return _words(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, key, buffer, size))


def _field_text(document: pdfium.PdfDocument, annotation: Any) -> str:
    """Return "name: value" of a form field; when nothing is filled in or ticked the name alone if it is a sentence, else nothing."""
    if not document.formenv:
        return ""
    form = document.formenv
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        if not raw.FPDFAnnot_IsChecked(form, annotation):
            return sentence(_field_name(form, annotation))
        value = _words(lambda buffer, size: raw.FPDFAnnot_GetFormFieldExportValue(form, annotation, buffer, size)) or "✓"
    else:
        value = _words(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
    name = _field_name(form, annotation)
    if not value:
        return sentence(name)
    return f"{name}: {value}" if name else value


def _field_name(form: Any, annotation: Any) -> str:
    """Return the name that a person is shown, else that of the file."""
    return _words(lambda buffer, size: raw.FPDFAnnot_GetFormFieldAlternateName(form, annotation, buffer, size)) or _words(
        lambda buffer, size: raw.FPDFAnnot_GetFormFieldName(form, annotation, buffer, size)
    )


def _words(call: Callable[[Any, int], int]) -> str:
    """Return the UTF-16 string that a PDFium getter writes, on one line and without control characters."""
    size = call(None, 0)
    if not 2 < size < 2_000_000:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(buffer, size)
    text = bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
    return " ".join("".join(character if character >= " " else " " for character in text).split())
