"""One frozen Settings, made by the command line or the caller and passed down; there is no global state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from clausescan.types import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits and views of one run. Sizes in bytes; defaults follow measurements on real and hostile files."""

    language: Language | None = None
    # the day by which the law is told as in force or not; None: only the date of the document counts
    today: date | None = None
    # False: the rules alone decide, without the text models
    models: bool = True
    # prefixes of the rules to report ("ART11", "RF-0"), empty for all, and of those to leave out
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
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


def settings_to_plain(settings: Settings) -> dict[str, Any]:
    """Return the settings as values of JSON: how they travel to a worker process, and what a stored result depends on."""
    plain = asdict(settings)
    return plain | {"today": settings.today.isoformat() if settings.today else None}


def settings_from_plain(plain: Mapping[str, Any]) -> Settings:
    """Return the settings of `settings_to_plain`."""
    today = date.fromisoformat(plain["today"]) if plain["today"] else None
    return Settings(**{**plain, "today": today, "select": tuple(plain["select"]), "ignore": tuple(plain["ignore"])})
