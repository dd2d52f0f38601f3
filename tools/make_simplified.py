"""Write clausescan/simplified.py: one-to-one pairs from traditional to simplified characters, taken from OpenCC.

Run by hand when OpenCC changes; needs `pip install opencc`, which the package itself never imports.
"""

from __future__ import annotations

from pathlib import Path

import opencc  # type: ignore[import-not-found,import-untyped,unused-ignore]

HEADER = '''"""One-to-one pairs "traditional, simplified", read by `folding`. Written by tools/make_simplified.py: do not edit.

The pairs are derived from the character tables of OpenCC 1.4 (https://github.com/BYVoid/OpenCC, Apache License 2.0):
`t2s` whole, `tw2s` and `hk2s` where the traditional form is not itself in use in simplified text (GB 2312), as 著 is.
"""

PAIRS = (
'''
BASIC = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))
PAIRS_PER_LINE = 30


def pairs() -> dict[str, str]:
    """Return the mapping; both sides are single characters of the basic plane."""
    found: dict[str, str] = {}
    for name in ("hk2s", "tw2s", "t2s"):
        convert = opencc.OpenCC(name).convert
        for char in map(chr, BASIC):
            simple = convert(char)
            if simple != char and len(simple) == 1 and ord(simple) < 0x10000 and (name == "t2s" or not char.encode("gb2312", "ignore")):
                found[char] = simple
    return dict(sorted(found.items()))


def main() -> None:
    flat = ["".join(pair) for pair in pairs().items()]
    rows = ["".join(flat[i : i + PAIRS_PER_LINE]) for i in range(0, len(flat), PAIRS_PER_LINE)]
    body = "".join(f'    "{row}"\n' for row in rows)
    target = Path(__file__).parents[1] / "clausescan" / "simplified.py"
    target.write_text(HEADER + body + ")\n", encoding="utf-8")


if __name__ == "__main__":
    main()
