"""`clausescan evaluate`: how good it is, on labelled clauses and on whole documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clausescan.cli.common import NEW_FILE, OLD_FILE, Output, format_option, standard_output
from clausescan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clausescan.evaluate import Scores, Unit

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="[FILE.jsonl...]", nargs=-1, type=OLD_FILE)
@click.option("--bar", "bars", metavar="METRIC=VALUE", multiple=True, help="Exit with 1 when a metric is below its bar (serious: above).")
@click.option("--by", "keys", metavar="LABEL", multiple=True, help="Metrics for each value of a label too: gate, difficulty, author ...")
@click.option("--errors", type=NEW_FILE, help="Write the wrongly graded units to this JSONL file.")
@click.option("--chart", type=NEW_FILE, help="Draw the metrics with their intervals into this SVG file.")
@click.option("--quick", is_flag=True, help="Leave the intervals out.")
@click.option("--ablation", metavar="CORPUS", type=_FOLDER, help="Compare keywords, an SVM trained on CORPUS, rules, models, and both.")
@click.option("--second", type=OLD_FILE, help="A second labelling of the units: print how far the two agree.")
@click.option("--documents", type=_FOLDER, help="Whole documents: a folder with MANIFEST.jsonl and gold.jsonl.")
@format_option
@click.pass_context
def evaluate(
    ctx: click.Context, /, files: tuple[Path, ...], bars: tuple[str, ...], keys: tuple[str, ...], errors: Path | None, chart: Path | None,
    quick: bool, ablation: Path | None, second: Path | None, documents: Path | None, format: str,
) -> None:  # fmt: skip
    """Score clausescan on labelled clauses, beside a baseline of keywords, or on whole documents with gold quotes.

    Exit code 0: every bar holds; 1: one is missed; 2: the command could not be carried out.
    """
    from clausescan import evaluate as scores

    if bool(files) == bool(documents):
        raise UsageError("name either files of labelled clauses or --documents DIR")
    limits = scores.parse_bars(bars)
    if documents is not None:
        ctx.exit(_documents(documents, limits, format))
    units = scores.load(files)
    if ablation is not None or second is not None:
        _study(units, ablation, second, format)
        return
    result = scores.evaluate(units, intervals=not quick)
    groups = {key: scores.by(result, key) for key in keys}
    standard_output()
    if format == "json":
        click.echo(scores.to_json(result, groups))
    else:
        click.echo(scores.to_text(result))
        for key, rows in groups.items():
            click.echo("\n" + scores.by_text(rows, key))
    if errors:
        with Output(errors) as out:
            scores.write_errors(result, out.stream)
    if chart:
        _draw(result, chart)
    ctx.exit(_told(scores.below(result.metrics, limits)))


def _told(missed: Sequence[str]) -> int:
    """Say which bars are missed and return the exit code."""
    for sentence in missed:
        click.echo(sentence, err=True)
    return 1 if missed else 0


def _documents(folder: Path, limits: dict[str, float], format: str) -> int:
    from clausescan import evaluate as scores
    from clausescan.studies import documents

    found = documents.evaluate_documents(folder)
    standard_output()
    click.echo(documents.to_json(found) if format == "json" else documents.to_text(found))
    return _told(scores.below(documents.summary(found), limits))


def _study(units: list[Unit], corpus: Path | None, second: Path | None, format: str) -> None:
    import json

    from clausescan.studies import ablation, agreement

    standard_output()
    if corpus is not None:
        table = ablation.ablation(units, corpus)
        click.echo(ablation.to_json(table) if format == "json" else ablation.to_text(table))
    if second is not None:
        figures: dict[str, Any] = agreement.agreement(units, agreement.labels(second))
        click.echo(json.dumps(figures, indent=2) if format == "json" else agreement.to_text(figures))


def _draw(result: Scores, path: Path) -> None:
    from clausescan.studies import chart

    shown = {name: value for name, value in result.metrics.items() if name.endswith("f1") or name == "kappa"}
    with Output(path) as out:
        out.stream.write(chart.bars(f"{len(result.rows)} labelled clauses", shown, result.intervals))
