"""The command line: parse, call, show. Every command is a module of its own, and the pipeline is imported inside the commands, so
that --help is instant.

Data goes to standard output, talk to standard error. Exit codes: see EXIT_CODES.
"""

from __future__ import annotations

import click

from clausescan.cli.common import EXIT_CODES, Commands

# name: "module:attribute", in the order of the help
COMMANDS = {
    "scan": "clausescan.cli.scan:scan",
    "report": "clausescan.cli.report:report",
    "runs": "clausescan.cli.report:runs",
    "annotate": "clausescan.cli.annotate:annotate",
    "memo": "clausescan.cli.memo:memo",
    "rules": "clausescan.cli.rules:list_rules",
    "explain": "clausescan.cli.rules:explain",
    "law": "clausescan.cli.law:show_law",
    "verify": "clausescan.cli.verify:verify_report",
    "compare": "clausescan.cli.compare:compare",
    "baseline": "clausescan.cli.baseline:baseline",
    "cluster": "clausescan.cli.cluster:cluster",
    "facesheet": "clausescan.cli.facesheet:facesheet",
    "serve": "clausescan.cli.serve:serve",
    "evaluate": "clausescan.cli.evaluate:evaluate",
    "train": "clausescan.cli.train:train",
}


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from clausescan import __version__

        click.echo(f"clausescan {__version__}")
        ctx.exit()


@click.group(cls=Commands, modules=COMMANDS, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit.")
def main() -> None:
    """Find terms that grant unlimited, irrevocable or freely sub-licensable rights over face information.

    clausescan reads Chinese and English privacy policies, agreements and consent forms, points at clauses that a
    lawyer should review under Article 11 of Fa Shi [2021] No. 15 and Civil Code art. 497, quotes them and says why.
    Only a court declares a term void. Nothing leaves your machine.
    """
