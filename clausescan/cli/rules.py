"""`clausescan rules` and `clausescan explain`: what is looked for, and under which law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from clausescan.cli.common import LANGUAGES, format_option, standard_output

if TYPE_CHECKING:
    from clausescan.types import Language


@click.command("rules")
@format_option
@click.option("--report-lang", type=LANGUAGES, default="en", show_default=True, help="Language of the list.")
def list_rules(format: str, report_lang: Language) -> None:
    """List the rules with the law they rest on."""
    from clausescan import manual

    standard_output()
    click.echo(manual.rules_json() if format == "json" else manual.rules_text(report_lang))


@click.command()
@click.argument("rule")
@click.option("--report-lang", type=LANGUAGES, default="en", show_default=True, help="Language of the manual.")
def explain(rule: str, report_lang: Language) -> None:
    """Print the manual of a rule: what it flags, when, under which law, and what it never claims."""
    from clausescan import manual

    standard_output()
    click.echo(manual.explain(rule, report_lang))
