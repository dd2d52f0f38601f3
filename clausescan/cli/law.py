"""`clausescan law`: the provisions that findings rest on, with their dates and relations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from clausescan.cli.common import LANGUAGES, as_of_option, format_option, standard_output

if TYPE_CHECKING:
    from clausescan.types import Language


@click.command("law")
@click.argument("code", required=False)
@as_of_option("Show what was in force on this day: YYYY-MM-DD, or today.")
@format_option
@click.option("--report-lang", type=LANGUAGES, default="en", show_default=True, help="Language of the list.")
def show_law(code: str | None, as_of: date | None, format: str, report_lang: Language) -> None:
    """List the law, or show a provision (CC-497-3), an article (CC-497) or an instrument (PIPL) with its relations."""
    from clausescan import lawbook

    standard_output()
    click.echo(lawbook.to_json(code, as_of) if format == "json" else lawbook.text(code, report_lang, as_of))
