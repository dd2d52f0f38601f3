"""`clausescan report` and `clausescan runs`: what earlier scans have put into their databases."""

from __future__ import annotations

from typing import Any

import click

from clausescan.cli.common import (
    EXIT_CODES,
    fail_on_option,
    min_grade_option,
    report_lang_option,
    why_not_option,
)
from clausescan.cli.outputs import result_options
from clausescan.cli.tally import Tally, count, write


@click.command(epilog=EXIT_CODES)
@click.argument("run", metavar="NAME|FILE.db")
@result_options
@report_lang_option
@min_grade_option
@fail_on_option
@why_not_option
@click.option("--quiet", is_flag=True, help="No notes on standard error.")
@click.pass_context
def report(ctx: click.Context, /, run: str, **options: Any) -> None:
    """Write the results of a run again, without reading the documents.

    The output is that of the scan which made the run, in the same order, and so is the exit code. A run that was
    stopped gives the results that it has.
    """
    from clausescan.store import Store, run_path

    tally = Tally(min_grade=options.pop("min_grade"), fail_on=options.pop("fail_on"), quiet=options.pop("quiet"))
    with Store(run_path(run), create=False) as store:
        last = store.last_run()
        if last.finished is None:
            summary = store.summary(last)
            tally.say(f"This run is not finished: {summary.done:,} of {count(summary.documents, 'document')}; call its scan again.")
        write(store.reports(last), tally, several=True, carried=store.carried_columns(last), **options)
    ctx.exit(tally.exit_code)


@click.command()
def runs() -> None:
    """List the runs that have a name: latest scan, documents, findings."""
    from clausescan.errors import StoreError
    from clausescan.store import Store, runs_folder

    for path in sorted(runs_folder().glob("*.db")):
        try:
            with Store(path, create=False) as store:
                last = store.last_run()
                summary = store.summary(last)
        except StoreError as error:
            click.echo(f"{path.stem:24} {error}")
            continue
        state = "" if last.finished else f"  stopped after {summary.done:,}"
        numbers = f"{count(summary.documents - summary.left_out, 'document')}, {count(summary.findings, 'finding')}"
        click.echo(f"{path.stem:24} {last.started}  {numbers}{state}")
