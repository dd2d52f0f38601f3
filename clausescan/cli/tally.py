"""What goes by on its way to a writer: the exit code, and the talk on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clausescan.cli.common import RANK, say
from clausescan.cli.outputs import Results, pair

if TYPE_CHECKING:
    from clausescan.baseline import Baseline
    from clausescan.types import Language, Report


@dataclass(slots=True, kw_only=True)
class Tally:
    """Watches reports go by. `quiet` keeps it from talking."""

    min_grade: str
    fail_on: str
    quiet: bool = False
    # prefixes that --select named: with them a related finding counts, at whatever grade --fail-on stands
    named: tuple[str, ...] = ()
    # what is known already: only the rest is reported and counts
    baseline: Baseline | None = None
    hidden: int = 0
    findings: bool = False
    inconclusive: bool = False

    def watch(self, reports: Iterable[Report], language: Language | None) -> Iterator[Report]:
        """Yield the reports without findings below --min-grade, and say on standard error what could not be read."""
        for report in reports:
            if self.baseline is not None:
                report = self.baseline.new_only(report)
            self.inconclusive |= report.inconclusive
            self.findings |= RANK.get(report.grade, 0) >= RANK[self.fail_on]
            self.findings |= self.fail_on != "never" and any(item.rule.startswith(self.named) for item in report.related if self.named)
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

    def close(self) -> None:
        """Say what the reports left unsaid."""
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


class _TrialError(Exception):
    """Ends the trial of the outputs."""


def try_outputs(**options: Any) -> None:
    """Raise what `write` would raise for its outputs, before an hour of scanning: a folder that is missing, a library, a mistake."""
    from clausescan.report.options import Options

    targets = pair(options["formats"], options["outputs"])
    plain = [(name, path) for name, path in targets if path is None or not path.exists() or path.is_file()]
    with suppress(_TrialError), Results(plain, Options()):
        raise _TrialError


def write(reports: Iterable[Report], tally: Tally, *, several: bool, carried: tuple[str, ...] = (), **options: Any) -> None:
    """Write the reports in all forms that are asked for, as they come. Raises OSError when an output cannot be written."""
    from clausescan.report.options import Options

    targets = pair(options["formats"], options["outputs"])
    language: Language | None = options["report_lang"]
    shown = Options(language=language, why_not=options["why_not"], bom=options["bom"], several=several, carried=carried)
    with Results(targets, shown) as results:
        for report in tally.watch(reports, language):
            results.add(report)
        tally.close()
