"""`clausescan baseline`: what is known already, and what was dismissed and why."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

import click

from clausescan.cli.common import (
    NEW_FILE,
    OLD_FILE,
    PATH_OR_RUN,
    date_option,
    format_option,
    limit_options,
    line,
    say,
    standard_output,
    write_file,
)


@click.group("baseline")
def baseline() -> None:
    """Keep a file of findings that are known, so that `scan --baseline FILE` reports only what is new.

    Known is not accepted. A dismissed finding has a reason and comes back when its text changes.
    """


@baseline.command("update")
@click.argument("file", type=NEW_FILE)
@click.argument("paths", metavar="RESULTS|RUN|PATH...", nargs=-1, required=True, type=PATH_OR_RUN)
@click.option("--prune", is_flag=True, help="Forget dismissed findings too that are found no more.")
@limit_options
def update(file: Path, paths: tuple[Path, ...], prune: bool, timeout: float | None, max_memory: int | None) -> None:
    """Put what is found into FILE: runs (NAME or FILE.db), JSON results of `scan`, or documents and folders that are scanned now."""
    from clausescan import baseline as baselines
    from clausescan.cli.documents import records_of
    from clausescan.cli.isolated import limits_of
    from clausescan.settings import DEFAULT

    old = baselines.load(file) if file.exists() else baselines.Baseline({})
    new, changes = old.updated(records_of(paths, DEFAULT, limits_of(timeout, max_memory)), prune=prune)
    write_file(file, baselines.dumps(new).encode("utf-8", "replace"))
    again = f", {changes.reopened} of them open again because the text changed" if changes.reopened else ""
    say(f"{file}: {changes.added} added, {changes.kept} kept{again}, {changes.dropped} dropped.")


@baseline.command("dismiss")
@click.argument("file", type=OLD_FILE)
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why nobody has to look at it again.")
@click.option("--by", default=getpass.getuser, show_default="the user of this machine", help="Who decided.")
@date_option
def dismiss(file: Path, fingerprint: str, reason: str, by: str, date: datetime) -> None:
    """Dismiss the finding whose FINGERPRINT (or the beginning of it) `show` prints."""
    from clausescan import baseline as baselines

    on = date.date().isoformat()
    new = baselines.load(file).dismissed(fingerprint, reason=reason, by=by, on=on)
    write_file(file, baselines.dumps(new).encode("utf-8", "replace"))


@baseline.command("reopen")
@click.argument("file", type=OLD_FILE)
@click.argument("fingerprint")
def reopen(file: Path, fingerprint: str) -> None:
    """Take a dismissal back."""
    from clausescan import baseline as baselines

    write_file(file, baselines.dumps(baselines.load(file).reopened(fingerprint)).encode("utf-8", "replace"))


@baseline.command("show")
@click.argument("file", type=OLD_FILE)
@format_option
def show(file: Path, format: str) -> None:
    """List what FILE holds: fingerprint, state, quote, reason."""
    from clausescan import baseline as baselines

    found = baselines.load(file)
    out = standard_output()
    if format == "json":
        out.write(baselines.dumps(found))
        return
    for entry in found.entries.values():
        more = f" (+{len(entry.documents) - 1})" if len(entry.documents) > 1 else ""
        places = entry.documents[0] + more if entry.documents else "nowhere now"
        click.echo(line(f"{entry.fingerprint}  {entry.state:<9}  {entry.grade:<9}  {places}"))
        click.echo(line(f"    {entry.quote}"))
        if entry.state == "dismissed":
            click.echo(line(f"    {entry.on} {entry.by}: {entry.reason}"))
    dismissed = sum(entry.state == "dismissed" for entry in found.entries.values())
    say(f"{len(found.entries)} findings: {len(found.entries) - dismissed} known and not reviewed, {dismissed} dismissed with a reason.")
