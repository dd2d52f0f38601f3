"""`python -m clausescan` is the command line."""

from clausescan.cli import main

if __name__ == "__main__":  # a child that starts afresh imports this file again
    main(prog_name="clausescan")
