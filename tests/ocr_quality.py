"""How well pictures of paper are read: `python -m tests.ocr_quality` renders our samples as bad copies and reads them again.

For each degradation: character error rate against the text of the PDF (white space and reading order left aside), the
share of its findings that are found again, and the seconds for a page. Needs the extra `clausescan[ocr]`.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageFilter

from clausescan import api
from clausescan.folding import fold
from clausescan.readers import ocr

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
NAMES = ("face-app-agreement.zh.pdf", "face-app-agreement.en.pdf")
_RANDOM = np.random.default_rng(7)


def _noisy(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8))).astype(np.float32) + _RANDOM.normal(0, 18, (*image.size[::-1], 3))
    spots = _RANDOM.random(image.size[::-1])
    pixels[spots < 0.002], pixels[spots > 0.998] = 0, 255
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _fax(image: Image.Image) -> Image.Image:
    """Return the page in black and white at 204 x 98 dots per inch, as a plain fax sends it."""
    width, height = image.size
    grey = image.convert("L")
    return grey.resize((width, height // 2)).point(lambda value: 255 * (value > 150)).resize((width, height)).convert("RGB")


def _perspective(image: Image.Image) -> Image.Image:
    """Return the page as a telephone sees it from below and from one side, on a grey table."""
    width, height = image.size
    corners = [(0.05, 0.04), (0.95, 0.0), (1.0, 1.0), (0.0, 0.96)]
    target = [(x * width, y * height) for x, y in corners]
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    numbers = np.linalg.solve(np.array(rows, dtype=float), np.array(source, dtype=float).reshape(8))
    return image.transform(image.size, Image.Transform.PERSPECTIVE, numbers.tolist(), Image.Resampling.BICUBIC, fillcolor=(120, 120, 118))


def _rotated(degrees: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))


DEGRADED: dict[str, tuple[int, Callable[[Image.Image], Image.Image]]] = {
    "200 dpi": (200, lambda image: image),
    "150 dpi": (150, lambda image: image),
    "100 dpi": (100, lambda image: image),
    "askew 2 degrees": (200, _rotated(2)),
    "turned 90 degrees": (200, _rotated(90)),
    "upside down": (200, _rotated(180)),
    "noise and blur": (200, _noisy),
    "fax": (204, _fax),
    "telephone": (200, _perspective),
}


def degraded(name: str, how: str, pages: int = 2) -> bytes:
    """Return a PDF of pictures: the first pages of a sample, degraded."""
    dots, change = DEGRADED[how]
    document = pdfium.PdfDocument(SAMPLES / name)
    images = [change(document[index].render(scale=dots / 72).to_pil().convert("RGB")) for index in range(min(pages, len(document)))]
    stream = io.BytesIO()
    images[0].save(stream, "PDF", save_all=True, append_images=images[1:], resolution=dots)
    return stream.getvalue()


def first_pages(name: str, pages: int = 2) -> bytes:
    """Return the first pages of a sample as a PDF with text."""
    source, target = pdfium.PdfDocument(SAMPLES / name), pdfium.PdfDocument.new()
    target.import_pages(source, list(range(min(pages, len(source)))))
    stream = io.BytesIO()
    target.save(stream)
    return stream.getvalue()


def error_rate(read: str, true: str) -> float:
    """Return the share of characters that are missing or too many, each line for itself: a bag of characters, order left aside."""
    one, other = (Counter("".join(fold(text).text.split())) for text in (read, true))
    return sum(((one - other) | (other - one)).values()) / max(sum(other.values()), 1)


def main() -> None:
    """Print a row for each degradation and sample."""
    if not ocr.is_available():
        sys.exit("OCR is not installed: pip install 'clausescan[ocr]'")
    chosen = sys.argv[1:] or list(DEGRADED)
    print(f"{'degradation':<20}{'sample':<28}{'CER':>7}{'recall':>9}{'certainty':>11}{'s/page':>8}")
    for how in chosen:
        for name in NAMES:
            true = api.scan(first_pages(name), name="true.pdf")
            start = time.perf_counter()
            report = api.scan(degraded(name, how), name="scan.pdf")
            seconds = (time.perf_counter() - start) / max(len(report.document.pages), 1)
            wanted = Counter(finding.clause.number.strip() for finding in true.findings)
            found = sum((wanted & Counter(finding.clause.number.strip() for finding in report.findings)).values())
            certain = [page.ocr_confidence or 0.0 for page in report.document.pages]
            rate = error_rate(report.document.text, true.document.text)
            sure = sum(certain) / max(len(certain), 1)
            print(f"{how:<20}{name:<28}{rate:>7.1%}{f'{found}/{wanted.total()}':>9}{sure:>11.2f}{seconds:>8.1f}", flush=True)


if __name__ == "__main__":
    main()
