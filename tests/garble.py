"""How well garbled text is told from clean text: `python -m tests.garble [FOLDER]` prints the score over both.

Clean are our samples and the text files of a folder; garbled are the same texts made unreadable in the ways that files are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from clausescan import api
from clausescan.errors import ReadError
from clausescan.readers import _UNREADABLE_MAX
from clausescan.readers.garble import garbled_share

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
_LENGTH = 4_000


def _shifted(text: str) -> str:
    return "".join(chr(ord(char) + 7) if "\u4e00" <= char <= "\u9f00" else char for char in text)


def _private(text: str) -> str:
    return "".join(chr(0xE000 + ord(char) % 0x1900) if char > "\x7f" else char for char in text)


WAYS: dict[str, Callable[[str], str]] = {
    "private use": _private,
    "CID numbers": lambda text: "".join(f"(cid:{ord(char)})" for char in text if not char.isspace()),
    "shifted font": _shifted,
    "escaped twice": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "UTF-8 as Windows-1252": lambda text: text.encode().decode("cp1252", "replace"),
    "UTF-8 as GBK": lambda text: text.encode().decode("gb18030", "ignore"),
    "GBK as Latin-1": lambda text: text.encode("gb18030").decode("latin-1"),
    "GBK as Big5": lambda text: text.encode("gb18030").decode("big5hkscs", "ignore"),
    "GBK as Shift-JIS": lambda text: text.encode("gb18030").decode("shift_jis", "ignore"),
    "half private use": lambda text: text[: len(text) // 2] + _private(text[len(text) // 2 :]),
}


def chinese_texts(folder: Path) -> Iterator[str]:
    """Yield the Chinese texts below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".txt", ".html", ".md"):
            try:
                document = api.read(path)
            except ReadError:
                continue
            if document.language == "zh" and len(document.text) > 500:
                yield document.text[:_LENGTH]


def main() -> None:
    """Print least, median and most of the score for clean texts and each way to garble them; exit code 1 when one is on the wrong side."""
    texts = [text for folder in (SAMPLES, *map(Path, sys.argv[1:])) for text in chinese_texts(folder)]
    wrong = 0
    print(f"{'texts':<24}{'number':>8}{'least':>8}{'median':>8}{'most':>8}   over {_UNREADABLE_MAX}")
    for name, way in {"clean": str, **WAYS}.items():
        scores = sorted(garbled_share(way(text)) for text in texts)
        over = sum(score > _UNREADABLE_MAX for score in scores)
        wrong += over if name == "clean" else len(scores) - over
        print(f"{name:<24}{len(scores):>8}{scores[0]:>8.3f}{scores[len(scores) // 2]:>8.3f}{scores[-1]:>8.3f}{over:>8}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
