"""The part of `clausescan scan` that reads documents on a Ray cluster, in parts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clausescan.bulk import Tick, hello, progress
from clausescan.bulk.limits import Limits
from clausescan.bulk.worker import Handler
from clausescan.cli.common import RANK, say
from clausescan.cli.tally import count
from clausescan.errors import UsageError

if TYPE_CHECKING:
    from clausescan.engine.on_ray import Summary
    from clausescan.settings import Settings

# options of `scan` that mean nothing where every part is a file of its own
_LOCAL = {
    "run": "--run", "outputs": "--output", "baseline": "--baseline", "fetch": "--fetch", "why_not": "--why-not", "bom": "--bom",
}  # fmt: skip
FORMATS = ("jsonl", "parquet")


def scan_on_ray(settings: Settings, options: dict[str, Any]) -> int:
    """Scan into parts; return the exit code."""
    from clausescan.engine.on_ray import require, scan_parts
    from clausescan.engine.plan import Plan
    from clausescan.engine.scanner import Job

    _check(options)
    require()
    limits = {"seconds": options["timeout"], "memory": options["max_memory"]}
    first = hello(settings, Limits(**{name: value for name, value in limits.items() if value is not None}), Path())
    job = Job(
        hello=first, key=Handler(first).key(), format=options["formats"][0] if options["formats"] else FORMATS[0],
        output=options["parts"], language=options["report_lang"], select=settings.select,
    )  # fmt: skip
    plan = Plan(
        paths=options["paths"], lists=options["from_list"], exclude=options["exclude"], size=options["part_size"],
        max_bytes=settings.max_bytes,
    )  # fmt: skip
    begin = time.monotonic()
    with progress.shown(say, quiet=options["quiet"]) as watch:
        summary = scan_parts(plan, job, address=options["address"], jobs=options["jobs"] or None, watch=lambda far: watch(_tick(far)))
    if not options["quiet"]:
        _sum_up(summary, plan, options["parts"], time.monotonic() - begin)
    return _exit_code(summary, options["fail_on"])


def _check(options: dict[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    for name, written in _LOCAL.items():
        if options[name]:
            raise UsageError(f"{written} is for the engine local; --engine ray writes files into the folder of --parts")
    if options["min_grade"] != "review":
        raise UsageError("--min-grade is for the engine local; parts hold every finding with its grade")
    if not options["parts"]:
        raise UsageError("--engine ray needs --parts FOLDER, a folder or an address (s3://bucket/out), for what it writes")
    if len(options["formats"]) > 1 or not set(options["formats"]) <= set(FORMATS):
        raise UsageError(f"--engine ray writes one of {', '.join(FORMATS)}; `clausescan report` and others are made from these")


def _tick(summary: Summary) -> Tick:
    done = summary["documents"] + summary["left_out"]
    return Tick(total=summary.planned, done=done, findings=summary["findings"], unread=summary["unread"])


def _sum_up(summary: Summary, plan: Any, output: str, seconds: float) -> None:
    for number, what in (
        (summary["left_out"], "file{s} of other kinds left out."),
        (plan.sources.hidden, "hidden file{s} or folder{s} left out."),
        (plan.sources.excluded, "file{s} or folder{s} left out by --exclude."),
        (plan.sources.links, "link{s} to folders not followed."),
    ):
        if number:
            say(f"{number} {what.format(s='' if number == 1 else 's')}")
    kept = f", {summary.kept} of them there already" if summary.kept else ""
    numbers = f"{count(summary['documents'], 'document')}, {count(summary['findings'], 'finding')}, {summary['unread']} not read in full"
    say(f"{output}: {count(summary.parts, 'part')}{kept}; {numbers}, in {seconds:.1f} s.")


def _exit_code(summary: Summary, fail_on: str) -> int:
    graded = sum(summary[grade] for grade in ("review", "candidate") if RANK[grade] >= RANK[fail_on])
    if graded or (fail_on != "never" and summary["selected"]):
        return 1
    return 3 if summary["unread"] else 0
