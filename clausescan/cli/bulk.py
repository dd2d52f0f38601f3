"""The part of `clausescan scan` that reads many documents: a store, workers, progress, and what to say when it is stopped."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clausescan.bulk import Arguments, Bulk, hello, progress
from clausescan.bulk.limits import Limits
from clausescan.bulk.pool import Here, Pool, Runner
from clausescan.cli.common import say
from clausescan.cli.tally import Tally, count, try_outputs, write
from clausescan.errors import UsageError
from clausescan.store import Run, Store, run_path

if TYPE_CHECKING:
    from clausescan.settings import Settings


def scan_many(
    ctx: click.Context, settings: Settings, tally: Tally, *, several: bool, written: bool, shown: dict[str, Any], **options: Any
) -> None:
    """Scan into a database, that of --run or one for the moment, and write its reports."""
    if options["fetch"] and find_spec("httpx") is None:
        raise UsageError("--fetch needs httpx: pip install 'clausescan[fetch]'")
    arguments = _arguments(options)
    if written:
        try_outputs(**shown)
    with ExitStack() as stack:
        store = stack.enter_context(_store(options["run"]))
        with _stoppable(ctx, store, options["run"]):
            run = _scan(store, settings, arguments, options)
            if written:
                write(store.reports(run), tally, several=several, carried=store.carried_columns(run), **shown)
            else:
                for _ in tally.watch(store.reports(run), options["report_lang"]):
                    pass
        _sum_up(store, run, tally, options["run"])


def _arguments(options: dict[str, Any]) -> Arguments:
    lists = tuple(map(str, options["from_list"]))
    words = (*options["paths"], "--from-list", *lists, "--exclude", *options["exclude"])
    return Arguments(
        paths=options["paths"], lists=options["from_list"], exclude=options["exclude"], fetch=options["fetch"],
        outputs=options["outputs"], command=words,
    )  # fmt: skip


@contextmanager
def _store(name: str | None) -> Iterator[Store]:
    """Open the database of a run, or one that goes when the command ends."""
    with ExitStack() as stack:
        if name is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="clausescan-", ignore_cleanup_errors=True))
            path = Path(folder) / "run.db"
        else:
            path = run_path(name)
            if path.name == name + ".db":
                path.parent.mkdir(parents=True, exist_ok=True)
        yield stack.enter_context(Store(path))


def _scan(store: Store, settings: Settings, arguments: Arguments, options: dict[str, Any]) -> Run:
    given = {"seconds": options["timeout"], "memory": options["max_memory"]}
    limits = Limits(**{name: value for name, value in given.items() if value is not None})
    first = hello(settings, limits, store.files, allow_private=options["allow_private"])
    jobs = _processors() if options["jobs"] is None else options["jobs"]
    runner: Runner = Pool(jobs=jobs, hello=first, limits=limits) if jobs else Here(first)
    try:
        with progress.shown(say, quiet=options["quiet"]) as watch:
            return Bulk(store=store, runner=runner, settings=settings, limits=limits, watch=watch).scan(arguments)
    finally:
        runner.close()


def _processors() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _stoppable(ctx: click.Context, store: Store, name: str | None) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the scan in order, and say how to go on."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        if name is None:
            say("Stopped. With --run NAME a scan that was stopped can go on.")
        else:
            summary = store.summary(store.last_run())
            say(f"Stopped after {summary.done:,} of {count(summary.documents, 'document')}; the same command goes on from there.")
        ctx.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)


def _sum_up(store: Store, run: Run, tally: Tally, name: str | None) -> None:
    """Say what was left out and, for a run that stays, how to get at its results."""
    summary = store.summary(run)
    for number, what in (
        (summary.left_out, "file{s} of other kinds left out."),
        (run.hidden, "hidden file{s} or folder{s} left out."),
        (run.excluded, "file{s} or folder{s} left out by --exclude."),
        (run.links, "link{s} to folders not followed."),
    ):
        if number:
            tally.say(f"{number} {what.format(s='' if number == 1 else 's')}")
    if name is not None:
        shown = count(summary.documents - summary.left_out, "document")
        tally.say(f"Run {name}: {shown}, {summary.documents_with_findings} with findings, {summary.unread} not read in full.")
        tally.say(f"clausescan report {name} --format json -o FILE writes the results.")
