"""`clausescan verify`: does a report reproduce from its sources?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from clausescan.cli.common import OLD_FILE, limit_options, line, standard_output


@click.command("verify")
@click.argument("report", type=OLD_FILE)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=OLD_FILE)
@limit_options
@click.pass_context
def verify_report(
    ctx: click.Context, /, report: Path, files: tuple[Path, ...], timeout: float | None, max_memory: int | None
) -> None:
    """Compute hashes, quotes, offsets and pages of a JSON report again from the source files.

    Exit code 0: everything reproduces; 1: each entry that does not is named; 2: the command could not be carried out.
    """
    from clausescan import verify
    from clausescan.cli.isolated import limits_of, value_under_limits

    work = partial(_verified, verify.load(report), files)
    result = value_under_limits(verify.Result, work, limits_of(timeout, max_memory), *files)
    standard_output()
    for failure in result.failures:
        click.echo(line(failure))
    click.echo(f"{result.entries - len(result.failures)} of {result.entries} entries reproduce ({result.reports} report(s)).", err=True)
    ctx.exit(1 if result.failures else 0)


def _verified(reports: Sequence[dict[str, Any]], files: tuple[Path, ...]) -> Any:
    from clausescan import api, verify

    return verify.verify(reports, files, lambda path, settings: api.read(path, settings=settings))
