"""What goes by on its way to a writer: the exit code, and the talk on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clausescan.cli.common import RANK, Output, say

if TYPE_CHECKING:
    from clausescan.types import Language, Report


@dataclass(slots=True, kw_only=True)
class Tally:
    """Watches reports go by. `quiet` keeps it from talking."""

    min_grade: str
    fail_on: str
    quiet: bool = False
    hidden: int = 0
    findings: bool = False
    inconclusive: bool = False

    def watch(self, reports: Iterable[Report], language: Language | None) -> Iterator[Report]:
        """Yield the reports without findings below --min-grade, and say on standard error what could not be read."""
        for report in reports:
            self.inconclusive |= report.inconclusive
            self.findings |= RANK.get(report.grade, 0) >= RANK[self.fail_on]
            for found in report.problems:
                message = found.message_zh if language == "zh" else found.message
                self.say(f"{report.document.name}: {found.code}: {message}")
            kept = tuple(finding for finding in report.findings if RANK.get(finding.grade, 0) >= RANK[self.min_grade])
            self.hidden += len(report.findings) - len(kept)
            yield report if len(kept) == len(report.findings) else replace(report, findings=kept)

    def say(self, text: str) -> None:
        """Say something on standard error, unless --quiet was given."""
        if not self.quiet:
            say(text)

    def close(self, reports: Iterator[Report]) -> None:
        """Finish the reports and say what they left unsaid."""
        for _ in reports:  # a writer of one report stops before the source has said its last word
            pass
        if self.hidden:
            self.say(f"{count(self.hidden, 'finding')} below --min-grade {self.min_grade} not shown.")

    @property
    def exit_code(self) -> int:
        """1 for findings that count, 3 when something could not be read, else 0."""
        if self.findings:
            return 1
        return 3 if self.inconclusive else 0


def count(number: int, noun: str) -> str:
    """Return "1 file", "2 files"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def write(reports: Iterable[Report], tally: Tally, *, one: bool, format: str, output: Path | None, **options: Any) -> None:
    """Write the reports as they come, `one` as itself and several as a whole. Raises OSError when the output does."""
    from clausescan.report import writer
    from clausescan.report.options import Options

    watched = tally.watch(reports, options["report_lang"])
    with Output(output) as out:
        shown = Options(language=options["report_lang"], colour=out.colour, why_not=options["why_not"])
        writer(format).write(next(watched) if one else watched, out.stream, shown)
        tally.close(watched)
