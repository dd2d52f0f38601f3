"""One frozen Settings, made by the command line or the caller and passed down; there is no global state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clausescan.types import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits and views of one run. Sizes in bytes; defaults follow measurements on real and hostile files."""

    language: Language | None = None
    # False: the rules alone decide, without the text models
    models: bool = True
    # False: pages without a text are not read even when the extra `clausescan[ocr]` is there
    ocr: bool = True
    max_ocr_pages: int = 100
    revisions: Literal["final", "original"] = "final"
    max_bytes: int = 50_000_000
    max_text_bytes: int = 20_000_000
    max_pages: int = 2_000
    max_characters: int = 5_000_000
    zip_max_entries: int = 2_000
    zip_max_bytes: int = 200_000_000
    zip_max_ratio: int = 100
    xml_max_bytes: int = 50_000_000


DEFAULT = Settings()
