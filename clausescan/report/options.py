"""What a writer may be told, and the one rule for the language of a report."""

from __future__ import annotations

from dataclasses import dataclass

from clausescan.types import Language, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of all writers; each uses those that mean something to it.

    `language` is that of the report's sentences (None: that of the document). `colour` asks for terminal
    colours, `why_not` for the steps of the judge and the clauses that were one step from a finding. `bom` puts a
    byte order mark before CSV, by which Excel knows UTF-8. `carried` names the columns carried through from an input
    list, in their order; empty means those of the first record. `several` is False for the one report of one document, which
    JSON writes as an object.
    """

    language: Language | None = None
    colour: bool = False
    why_not: bool = False
    width: int = 80
    bom: bool = False
    carried: tuple[str, ...] = ()
    several: bool = True


DEFAULT = Options()


def report_language(report: Report, language: Language | None = None) -> Language:
    """Return the language to write in: the one asked for, else that of the document, else English."""
    return language or report.document.language or "en"
