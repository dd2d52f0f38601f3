"""clausescan: finds clauses that grant unlimited, irrevocable or freely sub-licensable rights over face information.

    import clausescan
    report = clausescan.scan("agreement.docx")
    report = clausescan.scan_text("您同意……", language="zh")
    nlp = clausescan.load("zh")

The names are loaded when they are first used, so that `import clausescan` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clausescan.api import load, read, scan, scan_text
    from clausescan.errors import ClausescanError, ReadError, UsageError
    from clausescan.settings import Settings
    from clausescan.types import Document, Finding, Report

__version__ = "0.1.0"
__all__ = ["ClausescanError", "Document", "Finding", "ReadError", "Report", "Settings", "UsageError", "load", "read", "scan", "scan_text"]

_HOMES = {
    "ClausescanError": "clausescan.errors",
    "ReadError": "clausescan.errors",
    "UsageError": "clausescan.errors",
    "Document": "clausescan.types",
    "Finding": "clausescan.types",
    "Report": "clausescan.types",
    "Settings": "clausescan.settings",
    "load": "clausescan.api",
    "read": "clausescan.api",
    "scan": "clausescan.api",
    "scan_text": "clausescan.api",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'clausescan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
