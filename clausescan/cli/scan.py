"""`clausescan scan`: files, directories, archives, lists, addresses or standard input to reports."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from clausescan.cli.common import (
    EXIT_CODES,
    OLD_FILE,
    Sections,
    Size,
    as_of_option,
    choice,
    fail_on_option,
    limit_options,
    min_grade_option,
    report_lang_option,
    why_not_option,
)
from clausescan.cli.outputs import result_options
from clausescan.cli.tally import Tally, write
from clausescan.errors import UsageError

if TYPE_CHECKING:
    from clausescan.settings import Settings
    from clausescan.types import Report

SECTIONS: dict[str, tuple[str, ...]] = {
    "What to read": ("from_list", "exclude", "lang", "revisions", "fetch", "allow_private"),
    "What to write": (
        "formats", "outputs", "bom", "report_lang", "baseline", "select", "ignore", "as_of", "min_grade", "fail_on", "why_not", "quiet",
    ),
    "Many documents": ("run", "jobs"),
    "Past one machine": ("engine", "address", "parts", "part_size"),
    "Limits for each document": ("timeout", "max_memory", "max_pages", "max_size"),
}
# one document with any of these goes the way of many
FOR_MANY = ("run", "jobs", "from_list")


@click.command(cls=Sections, sections=SECTIONS, epilog=EXIT_CODES)
@click.argument("paths", metavar="[PATH...]", nargs=-1, type=click.Path(allow_dash=True))
@click.option(
    "--from-list", type=OLD_FILE, multiple=True, metavar="FILE",
    help="Read what a CSV, TSV or JSONL file names in its column path or url; its other columns go through to the results.",
)  # fmt: skip
@click.option(
    "--exclude", multiple=True, metavar="PATTERN",
    help="Leave out what matches below a directory or in an archive: a path (drafts/*.html) or any part of one (old).",
)  # fmt: skip
@choice("--lang", ["auto", "zh", "en"], "Language of the documents.")
@click.option("--baseline", type=OLD_FILE, help="Report only what this baseline does not know; the exit code counts only that.")
@click.option("--select", multiple=True, metavar="RULES", help="Report these rules only: prefixes (ART11,RF-0).")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out: prefixes (RF-11).")
@as_of_option("Also say which law is in force on this day: YYYY-MM-DD, or today.")
@choice("--revisions", ["final", "original"], "Which text of tracked changes to read.")
@click.option("--fetch", is_flag=True, help="Read addresses (https://...) too; nothing is fetched without this.")
@click.option("--allow-private", is_flag=True, help="With --fetch: allow addresses of private networks and of this machine.")
@result_options
@report_lang_option
@min_grade_option
@fail_on_option
@why_not_option
@click.option("--quiet", is_flag=True, help="No progress and no notes on standard error.")
@click.option(
    "--run", metavar="NAME|FILE.db",
    help="Keep results in a database: called again, the scan goes on where it stopped and reads only what is new or changed.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=0), envvar="CLAUSESCAN_JOBS", metavar="N",
    help="Worker processes [default: one for each CPU]. 0: none, and no limits either.",
)  # fmt: skip
@choice("--engine", ["local", "ray"], "Where documents are read: here, or on a Ray cluster (pip install 'clausescan[cluster]').")
@click.option("--address", metavar="ADDRESS", help="Ray cluster to use: auto, host:port [default: one on this machine with --jobs CPUs].")
@click.option("--parts", metavar="FOLDER|URL", help="With --engine ray: where the parts of the output go; s3:// and the like by fsspec.")
@click.option("--part-size", type=click.IntRange(min=1), default=200, show_default=True, metavar="N", help="Documents in one part.")
@limit_options
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Pages to read of a document [default: 2000].")
@click.option("--max-size", type=Size(), metavar="SIZE", help="Size of a file or of a member of an archive [default: 50M; text 20M].")
@click.pass_context
def scan(ctx: click.Context, /, **options: Any) -> None:
    """Scan files, directories, archives, addresses or standard input (-).

    Related findings (RF-01 to RF-17) are reported beside those of Article 11. They do not count for the exit code, unless --select
    names them.

    A directory is read with all below it, in the order of names; hidden files and the output file are left out and
    files of other kinds are counted. Members of ZIP and TAR archives are named archive.zip!member; a pattern in quotes
    ('policies/**/*.html') is expanded. One file gives one JSON object, anything else an array. The name of an output
    file tells its form: -o all.xlsx -o all.sarif -o all.html writes three in one pass.

    Each document is read in a process that can be killed: one that hangs or takes too much becomes a problem of its own,
    and the others go on. With --run and neither --format nor --output nothing is written but a
    summary: clausescan report writes the results in any format, as often as you like.
    """
    from clausescan.baseline import load as load_baseline

    paths: tuple[str, ...] = options["paths"]
    _check(paths, options)
    settings = _settings(options)
    if options["engine"] == "ray":
        from clausescan.cli.on_ray import scan_on_ray

        ctx.exit(scan_on_ray(settings, options))
    known = load_baseline(options["baseline"]) if options["baseline"] else None
    tally = Tally(
        min_grade=options["min_grade"], fail_on=options["fail_on"], quiet=options["quiet"], named=settings.select, baseline=known
    )  # fmt: skip
    one = len(paths) == 1 and not options["from_list"] and not options["run"] and _is_one(paths[0])
    if one and not any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in FOR_MANY):
        write(_scan_one(paths[0], settings, options), tally, several=False, **_shown(options))
    else:
        from clausescan.cli.bulk import scan_many

        written = bool(not options["run"] or options["outputs"] or options["formats"])
        scan_many(ctx, settings, tally, several=not one, written=written, shown=_shown(options), **options)
    ctx.exit(tally.exit_code)


def _check(paths: tuple[str, ...], options: dict[str, Any]) -> None:
    """Raise UsageError for what makes no sense."""
    if not paths and not options["from_list"]:
        raise click.UsageError("Missing argument 'PATH...' or option '--from-list'.")
    if paths.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    if options["engine"] == "local" and (options["address"] or options["parts"]):
        raise UsageError("--address and --parts mean something only with --engine ray")
    if options["allow_private"] and not options["fetch"]:
        raise UsageError("--allow-private means something only with --fetch")


def _settings(options: dict[str, Any]) -> Settings:
    from clausescan import rules
    from clausescan.settings import Settings

    limits = {"max_pages": options["max_pages"], "max_bytes": options["max_size"], "max_text_bytes": options["max_size"]}
    given = {name: value for name, value in limits.items() if value is not None}
    return Settings(
        language=None if options["lang"] == "auto" else options["lang"], revisions=options["revisions"], today=options["as_of"],
        select=rules.prefixes(options["select"]), ignore=rules.prefixes(options["ignore"]), **given,
    )  # fmt: skip


def _shown(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("formats", "outputs", "bom", "report_lang", "why_not")}


def _is_one(given: str) -> bool:
    """Return True for a single file or standard input, also a file that is missing."""
    from clausescan.bulk.archives import is_archive
    from clausescan.bulk.sources import is_url

    if is_url(given) or os.path.isdir(given) or (is_archive(given) and os.path.isfile(given)):
        return False
    return os.path.lexists(given) or not glob.has_magic(given)


def _scan_one(given: str, settings: Settings, options: dict[str, Any]) -> Iterator[Report]:
    """Yield the report of a file or of standard input."""
    from clausescan.cli import isolated

    limits = None if options["jobs"] == 0 else isolated.limits_of(options["timeout"], options["max_memory"])
    if given == "-":
        yield isolated.scan(_standard_input(settings.max_bytes), name="standard input", settings=settings, limits=limits)
        return
    path = Path(given)
    if path.is_file() and any(output.is_file() and path.samefile(output) for output in options["outputs"]):
        raise UsageError(f"{path}: the output would replace a document that is to be read")
    yield isolated.scan(path, name=path.name or str(path), settings=settings, limits=limits)


def _standard_input(limit: int) -> bytes:
    """Return what stands on standard input, one byte over `limit` at most: the reader refuses that."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer.read(limit + 1)
