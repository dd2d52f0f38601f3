"""`clausescan serve`: the lawyer's desk, a web application on this machine."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path

import click

from clausescan.cli.common import OLD_FILE, Size, choice, say
from clausescan.errors import UsageError

_LEAST_TOKEN = 12
_EXIT_CODES = """\b
Exit codes:
  0    the server was stopped
  2    the command could not be carried out
  130  stopped by the user"""


@click.command(epilog=_EXIT_CODES)
@click.argument("runs", metavar="[RUN.db...]", nargs=-1, type=OLD_FILE)
@click.option(
    "--run", default="desk", show_default=True, metavar="NAME|FILE.db",
    help="The database of the desk: uploads, results, decisions. That of a bulk scan may be used as it is.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0 for any that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; any but that of this machine needs --token.")
@click.option(
    "--token", metavar="WORDS", envvar="CLAUSESCAN_TOKEN", help="Ask for this token first; 'new' makes one and prints it.",
)  # fmt: skip
@click.option("--name", "names", multiple=True, metavar="HOST", help="A host name under which the desk may be opened.")
@choice("--lang", ["auto", "zh", "en"], "Language of the documents.")
@click.option(
    "--jobs", type=click.IntRange(min=1), envvar="CLAUSESCAN_JOBS", metavar="N", help="Worker processes [default: one for each CPU]."
)
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Time for one document, as for scan.")
@click.option("--max-memory", type=Size(256_000_000), metavar="SIZE", help="Memory of a worker [default: 1G].")
@click.option("--max-size", type=Size(), metavar="SIZE", help="Size of one file [default: 50M].")
def serve(
    runs: tuple[Path, ...], run: str, port: int, host: str, token: str | None, names: tuple[str, ...], lang: str, jobs: int | None,
    timeout: float | None, max_memory: int | None, max_size: int | None,
) -> None:  # fmt: skip
    """Open the lawyer's desk in the browser: drop contracts in, read findings beside the original, decide, export.

    It listens on this machine only, and nothing it reads leaves it. What is decided is kept in a database and holds for
    the same words in every later version of a document. RUN.db are databases of bulk scans that can be opened on the desk
    beside those with a name. Stop it with Ctrl-C; it goes on where it was.
    """
    try:
        import uvicorn

        from clausescan.web.app import create_app
        from clausescan.web.intake import Limits as Uploads
    except ModuleNotFoundError as error:
        raise UsageError(f"the desk needs {error.name}; pip install 'clausescan[web]'") from error
    from clausescan.bulk.limits import Limits
    from clausescan.settings import Settings
    from clausescan.store import run_path

    token = _token(host, token)
    given = Settings(language=None if lang == "auto" else lang)  # type: ignore[arg-type]
    settings = Settings(language=given.language, max_bytes=max_size, max_text_bytes=max_size) if max_size else given
    limits = Limits(seconds=timeout, memory=max_memory) if max_memory else Limits(seconds=timeout)
    path = run_path(run)
    app = create_app(
        path, settings=settings, limits=limits, jobs=jobs or max(1, os.cpu_count() or 1), token=token, names=(*names, *_named(host)),
        runs=tuple(runs), uploads=Uploads(file=settings.max_bytes),
    )  # fmt: skip
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
    listening = config.bind_socket()
    shown = f"[{host}]" if ":" in host else host
    say(f"The desk is open at http://{shown}:{listening.getsockname()[1]}/  (database {path}; Ctrl-C to stop)")
    _warn(host, token)
    uvicorn.Server(config).run(sockets=[listening])


def _token(host: str, token: str | None) -> str | None:
    """Return the token to ask for, None for none. Raises UsageError when one is needed."""
    if token == "new":
        return secrets.token_urlsafe(18)
    if token is None and not _is_here(host):
        raise UsageError(
            f"{host} can be reached by other machines: start with --token WORDS (or --token new), which every browser must show first."
            " The traffic is not encrypted; put a proxy with TLS before it where others may listen."
        )
    if token is not None and len(token) < _LEAST_TOKEN:
        raise UsageError(f"a token of fewer than {_LEAST_TOKEN} characters can be guessed; --token new makes one")
    return token


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _named(host: str) -> tuple[str, ...]:
    """Return the host when it is a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return (host,)
    return ()


def _warn(host: str, token: str | None) -> None:
    if token is not None:
        say(f"Token: {token}")
    if not _is_here(host):
        say(
            "Whoever can reach this address and knows the token can read every document, decide, and delete. The traffic is not encrypted:"
            " use it in a network you trust, or behind a proxy with TLS."
        )
