"""`clausescan train`: labelled clauses to models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clausescan.cli.common import LANGUAGES, OLD_FILE, say

if TYPE_CHECKING:
    from clausescan.train import Split
    from clausescan.types import Language


@click.command()
@click.argument("corpus", metavar="CORPUS", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="Write the models into this folder.")
@click.option("--data", multiple=True, type=OLD_FILE, help="Labelled clauses of your own (JSONL), added to the training part.")
@click.option("--lang", type=LANGUAGES, help="Train this language only.")
@click.option("--curve", is_flag=True, help="Draw the learning curve beside the models too (some minutes).")
def train(corpus: Path, output: Path, data: tuple[Path, ...], lang: Language | None, curve: bool) -> None:
    """Train the models from a folder of labelled clauses with a stored split, such as corpus/clauses.

    The same clauses and versions give the same bytes. Exit code 2: the clauses are too few or wrong; each bad line is named.
    """
    from clausescan import api
    from clausescan import train as training
    from clausescan.studies import chart

    split = training.load_split(corpus / "split.toml")
    for language in [lang] if lang else list(api.LANGUAGES):
        card = training.train_language(corpus, data, split, language, output)
        measured = card["measured"]["flag"]
        clauses = sum(card["trained_on"].values())
        say(f"{language}: {clauses} clauses; on held-out authors F1 {measured['f1']:.3f}, Brier {measured['brier']:.3f}")
        reliability = {name: [(said, held) for said, held, _ in card["measured"][name]["reliability"]] for name in ("flag", "candidate")}
        picture = chart.lines(f"Calibration ({language}), authors kept out", reliability, x="said", y="held", diagonal=True)
        (output / f"{language}-calibration.svg").write_text(picture, encoding="utf-8")
        if curve:
            _draw_curve(corpus, split, language, output)


def _draw_curve(corpus: Path, split: Split, language: Language, output: Path) -> None:
    from clausescan.studies import chart, curve

    points = curve.learning_curve(corpus, split, language)
    for name, line in points.items():
        _say_points(name, line)
    picture = chart.lines(f"Learning curve ({language}), test authors", points, x="training clauses", y="flag F1")
    (output / f"{language}-learning.svg").write_text(picture, encoding="utf-8")


def _say_points(name: str, points: list[tuple[int, float]]) -> None:
    say(f"  {name}: " + ", ".join(f"{number} -> {f1:.3f}" for number, f1 in points))
