"""The second reader: pdfplumber in a process of its own, asked only when PDFium gives nothing or nonsense.

pdfminer can hang or take gigabytes on files of a few hundred bytes, so the child has a time limit and, where the
system knows them, a memory limit. It reads the PDF from stdin and writes JSON: one object per page.
"""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from typing import Any

TIME_LIMIT = 20.0
MEMORY_LIMIT = 1 << 30
_KEYS = ("x0", "y1", "x1", "y0")


def second_reading(data: bytes, pages: list[int] | None, max_pages: int) -> list[dict[str, Any]]:
    """Return what pdfplumber reads of the pages (from 1; None for all up to `max_pages`); empty when it fails or runs over its limits.

    Each page is a dict: number, width, height, rotation, text, boxes (left, top, right, bottom of each character,
    y upwards), sizes, bold and angles (degrees clockwise).
    """
    # -P: the folder of this file must not come first on the path, its html.py would hide the standard one.
    command = [sys.executable, "-P", __file__, json.dumps({"pages": pages, "max_pages": max_pages})]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=TIME_LIMIT, check=True)
        pages_read = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    return pages_read if isinstance(pages_read, list) else []


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _page(page: Any) -> dict[str, Any]:
    # The page as stored: pdfminer would turn the characters by /Rotate.
    page.page_obj.rotate = 0
    left, bottom, right, top = map(float, page.page_obj.mediabox)
    chars = page.chars
    return {
        "number": page.page_number,
        "width": abs(right - left),
        "height": abs(top - bottom),
        "rotation": page.rotation,
        # One item per character: a ligature or "(cid:7)" counts as one.
        "text": ["\ufffd" if char["text"].startswith("(cid:") else char["text"] for char in chars],
        "boxes": [round(float(char[key]), 3) for char in chars for key in _KEYS],
        "sizes": [float(char["size"]) for char in chars],
        "bold": ["bold" in char["fontname"].lower() for char in chars],
        "angles": [round(-math.degrees(math.atan2(char["matrix"][1], char["matrix"][0]))) % 360 for char in chars],
    }


def main() -> None:
    """Read stdin, write JSON to stdout."""
    import pdfplumber

    _limit_memory()
    wish = json.loads(sys.argv[1])
    with pdfplumber.open(io.BytesIO(sys.stdin.buffer.read()), pages=wish["pages"]) as document:
        pages = [_page(page) for page in document.pages[: wish["max_pages"]]]
    sys.stdout.write(json.dumps(pages))


if __name__ == "__main__":
    main()
