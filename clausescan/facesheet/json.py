"""Sheets as JSON: an array with an object for each document.

    {
      "schema": "clausescan-facesheet/1",
      "document": {"name": "app.txt", "sha256": "..."},
      "mentions": 7,
      "inconclusive": false,
      "problem": "",
      "answers": {
        "collected": [{"text": "...", "number": "4.2", "heading": ["..."], "subject": "face", "place": {"start": 812, "end": 845, ...}}],
        "shared": []
      }
    }

An empty list means not found. `subject` is face, definition, reference, heading or biometric: how the sentence speaks of face data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from clausescan.facesheet.sheet import Passage, Sheet
from clausescan.report.json import place_to_dict
from clausescan.report.surrogates import without_surrogates

SCHEMA = "clausescan-facesheet/1"


def sheet_to_dict(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet as plain values."""
    plain: dict[str, Any] = without_surrogates(
        {
            "schema": SCHEMA,
            "document": {"name": sheet.name, "sha256": sheet.sha256},
            "mentions": sheet.mentions,
            "inconclusive": sheet.inconclusive,
            "problem": sheet.problem,
            "answers": {question: [_passage(passage) for passage in found] for question, found in sheet.answers.items()},
        }
    )
    return plain


def write(sheets: Iterable[Sheet], out: TextIO) -> None:
    """Write the array, one sheet at a time."""
    opened = False
    for sheet in sheets:
        text = json.dumps(sheet_to_dict(sheet), ensure_ascii=False, indent=2)
        out.write((",\n  " if opened else "[\n  ") + text.replace("\n", "\n  "))
        opened = True
    out.write("\n]\n" if opened else "[]\n")


def _passage(passage: Passage) -> dict[str, Any]:
    place = place_to_dict(passage.place)
    return {"text": passage.text, "number": passage.number, "heading": list(passage.heading), "subject": passage.subject, "place": place}
