"""`clausescan evaluate`: how good it is, on labelled clauses."""

from __future__ import annotations

from pathlib import Path

import click

from clausescan.cli.common import NEW_FILE, OLD_FILE, Output, format_option, standard_output


@click.command()
@click.argument("files", metavar="FILE.jsonl...", nargs=-1, required=True, type=OLD_FILE)
@click.option("--bar", "bars", metavar="METRIC=VALUE", multiple=True, help="Exit with 1 when a metric is below its bar (serious: above).")
@click.option("--errors", type=NEW_FILE, help="Write the wrongly graded units to this JSONL file.")
@click.option("--quick", is_flag=True, help="Leave the intervals out.")
@format_option
@click.pass_context
def evaluate(ctx: click.Context, /, files: tuple[Path, ...], bars: tuple[str, ...], errors: Path | None, quick: bool, format: str) -> None:
    """Score clausescan on labelled clauses, beside a baseline of keywords.

    Exit code 0: every bar holds; 1: one is missed; 2: the command could not be carried out.
    """
    from clausescan import evaluate as scores

    limits = scores.parse_bars(bars)
    result = scores.evaluate(scores.load(files), intervals=not quick)
    standard_output()
    click.echo(scores.to_json(result) if format == "json" else scores.to_text(result))
    if errors:
        with Output(errors) as out:
            scores.write_errors(result, out.stream)
    short = scores.below(result, limits)
    for sentence in short:
        click.echo(sentence, err=True)
    ctx.exit(1 if short else 0)
