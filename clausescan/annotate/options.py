"""What an annotator may be told, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clausescan.settings import DEFAULT, Settings
from clausescan.types import Language, Problem

AUTHOR, INITIALS = "clausescan", "CS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of all annotators.

    `language` is that of the notes, `date` the time that they carry. `anchors` is "all" for a note on every piece of
    evidence, "main" for one on the decisive words of each finding. `suggest` adds narrowing wording as tracked changes
    (DOCX only). `settings` must be those with which the report was made.
    """

    language: Language
    date: datetime
    anchors: Literal["all", "main"] = "all"
    suggest: bool = False
    settings: Settings = DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """An annotated file: its bytes, how many findings are marked in it, and what a person must know about it.

    `of_text` is True for a DOCX of the text, in which automatic numbers are text like any other.
    """

    data: bytes
    media_type: str
    findings: int
    problems: tuple[Problem, ...] = ()
    of_text: bool = False
