"""`python -m clausescan` is the command line."""

from clausescan.cli import main

main(prog_name="clausescan")
