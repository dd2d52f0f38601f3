"""`clausescan memo`: the review memo about a document, or about each document of a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clausescan.cli.common import EXIT_CODES, LANGUAGES, choice, date_option, ending, limit_options, not_over, say, say_problem, write_file
from clausescan.errors import ReadError, UsageError

if TYPE_CHECKING:
    from clausescan.types import Language, Report

_ENDINGS = (".docx", ".html", ".htm")
_TELL = 100  # memos between two notes on standard error


@click.command(epilog=EXIT_CODES)
@click.argument("source", metavar="FILE|RUN")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True,
    help="The memo: NAME.docx, or NAME.html for print. For a run with several documents a folder.",
)  # fmt: skip
@choice("--lang", ["auto", "zh", "en"], "Language of the document.")
@click.option("--report-lang", type=LANGUAGES, help="Language of the memo [default: that of the document].")
@choice("--revisions", ["final", "original"], "Which text of tracked changes to read.")
@click.option("--document", "documents", multiple=True, help="Of a run: only documents whose name ends so. Several are allowed.")
@choice("--format", ["docx", "html"], "Kind of the memos in a folder.")
@date_option
@limit_options
@click.pass_context
def memo(
    ctx: click.Context, /, source: str, output: Path, lang: str, report_lang: Language | None, revisions: str,
    documents: tuple[str, ...], format: str, date: datetime, timeout: float | None, max_memory: int | None,
) -> None:  # fmt: skip
    """Write a review memo about FILE as DOCX or HTML, or one about each document of RUN that has findings.

    It states the conclusion, a table of the findings, each finding with the elements of Article 11 and what the other
    side may say, the law, what was read, the hash of the file and the versions of tool and rules. RUN is the database
    of an earlier scan (NAME or FILE.db): nothing is scanned again. Into a folder an index.html goes as well. The exit
    code is 3 when a part of the file could not be read.
    """
    if Path(source).is_file() and not source.endswith(".db"):
        if documents:
            raise UsageError("--document chooses among the documents of a run; this is one file")
        report = _scanned(Path(source), output, lang, revisions, timeout, max_memory)
        _one(report, output, report_lang, date)
        ctx.exit(3 if report.inconclusive else 0)
    _of_run(source, output, documents, format, report_lang, date)


def _scanned(file: Path, output: Path, lang: str, revisions: str, timeout: float | None, max_memory: int | None) -> Report:
    """Return the report of a file, read within the limits. Raises ReadError when nothing of it can be read."""
    from clausescan.cli import isolated
    from clausescan.settings import Settings

    ending(output, _ENDINGS)
    not_over(file, output)
    settings = Settings(language=None if lang == "auto" else lang, revisions=revisions)  # type: ignore[arg-type]
    report = isolated.scan(file, name=file.name, settings=settings, limits=isolated.limits_of(timeout, max_memory))
    if failed := next((found for found in report.problems if found.severity == "error"), None):
        raise ReadError(failed)
    return report


def _one(report: Report, output: Path, report_lang: Language | None, date: datetime) -> None:
    from clausescan.report.options import report_language

    _write(report, output, report_lang, date)
    for found in report.problems:
        say_problem(report.document.name, found, report_language(report, report_lang))
    say(f"{output}: findings: {len(report.findings)}.")


def _write(report: Report, output: Path, report_lang: Language | None, date: datetime) -> None:
    from clausescan.memo import content, docx, html
    from clausescan.report.options import report_language

    told = content.memo(report, report_language(report, report_lang), date)
    is_word = output.suffix.lower() == ".docx"
    write_file(output, docx.write(told, date) if is_word else html.write(told).encode("utf-8"))


def _of_run(source: str, output: Path, documents: tuple[str, ...], format: str, report_lang: Language | None, date: datetime) -> None:
    from clausescan.store import Store, run_path

    path = run_path(source)
    if not path.exists():
        raise UsageError(f"{source}: there is no such file, and no run of that name; `clausescan runs` lists the runs")
    with Store(path, create=False) as store:
        last = store.last_run()
        chosen = _chosen(store.reports(last), documents)
        if output.suffix.lower() in _ENDINGS:
            _single(list(_at_most(chosen, 2)), source, output, report_lang, date)
            return
        _folder(chosen, store.summary(last).documents, output, f".{format}", report_lang, date)


def _chosen(reports: Iterator[Report], documents: tuple[str, ...]) -> Iterator[Report]:
    """Yield the documents that have findings; those that were named have their memo in any case."""
    for report in reports:
        if report.document.name.endswith(documents) if documents else report.findings:
            yield report


def _at_most(reports: Iterator[Report], number: int) -> Iterator[Report]:
    yield from (report for report, _ in zip(reports, range(number), strict=False))


def _single(reports: list[Report], source: str, output: Path, report_lang: Language | None, date: datetime) -> None:
    if not reports:
        raise UsageError(f"{source}: no document of the run has a finding or is named so; there is nothing to write a memo about")
    if len(reports) > 1:
        raise UsageError(f"{source}: several documents are meant; name a folder with -o, or one of them with --document")
    _one(reports[0], output, report_lang, date)


def _folder(reports: Iterator[Report], total: int, folder: Path, suffix: str, report_lang: Language | None, date: datetime) -> None:
    from clausescan.memo import index
    from clausescan.report.options import report_language
    from clausescan.report.shared import Shared

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; several memos go into a folder")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[index.Entry] = []
    with Shared() as shared:
        for number, report in enumerate(reports, 1):
            name = index.file_name(number, len(str(total)), report.document.name, suffix)
            _write(report, folder / name, report_lang, date)
            if number % _TELL == 0:
                say(f"{number:,} memos are written.")
            written.append(index.entry(name, report, report_language(report, report_lang)))
            shared.add(report.to_dict())
        if not written:
            raise UsageError("no document of the run has a finding or is named so; there is nothing to write a memo about")
        language = report_lang or ("zh" if any(not one.conclusion.isascii() for one in written) else "en")
        write_file(folder / "index.html", index.write(written, total - len(written), language, shared).encode("utf-8"))
    say(f"{folder}: {len(written)} memos, and index.html.")
