"""`clausescan train`: labelled clauses to models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clausescan.cli.common import LANGUAGES, OLD_FILE, say

if TYPE_CHECKING:
    from clausescan.types import Language


@click.command()
@click.argument("corpus", metavar="CORPUS", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="Write the models into this folder.")
@click.option("--data", multiple=True, type=OLD_FILE, help="Labelled clauses of your own (JSONL), added to the training part.")
@click.option("--lang", type=LANGUAGES, help="Train this language only.")
def train(corpus: Path, output: Path, data: tuple[Path, ...], lang: Language | None) -> None:
    """Train the models from a folder of labelled clauses with a stored split, such as corpus/clauses.

    The same clauses and versions give the same bytes. Exit code 2: the clauses are too few or wrong; each bad line is named.
    """
    from clausescan import api
    from clausescan import train as training

    split = training.load_split(corpus / "split.toml")
    for language in [lang] if lang else list(api.LANGUAGES):
        card = training.train_language(corpus, data, split, language, output)
        measured = card["measured"]["flag"]
        clauses = sum(card["trained_on"].values())
        say(f"{language}: {clauses} clauses; on held-out authors F1 {measured['f1']:.3f}, Brier {measured['brier']:.3f}")
