"""`clausescan serve`: the desk, a web application on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from clausescan.cli.common import say
from clausescan.errors import UsageError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; one that others reach needs --token.")
@click.option("--port", default=8497, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A further name under which browsers may reach the desk.")
@click.option("--token", metavar="TEXT", help='Ask every browser for this token once; "new" makes one and prints it.')
@click.option(
    "--desk", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder of documents and decisions [default: yours]."
)
@click.option("--run", "runs", multiple=True, metavar="NAME|FILE.db", help="A bulk run to offer, beside those that have a name.")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes [default: the processors but one].")
@click.option("--timeout", type=click.FloatRange(min=1), help="Seconds that a document may take [default: 30, and 1 for each 100 kB].")
def serve(
    host: str, port: int, names: tuple[str, ...], token: str | None, folder: Path | None, runs: tuple[str, ...], jobs: int | None,
    timeout: float | None,
) -> None:  # fmt: skip
    """Start the desk: read contracts in the browser, decide findings, hand them on.

    Open the address that is printed, drop contracts into the page, check each finding against the document, confirm or
    dismiss it with a reason, and export the annotated original, the memo or tables. Documents and decisions stay in a
    folder of yours; nothing leaves this machine. Ctrl-C ends the desk, and the next start goes on where it was.
    """
    try:
        import uvicorn

        from clausescan.web.app import application, new_token
    except ImportError as error:
        raise UsageError(f"the desk needs more libraries ({error.name}); install them with: pip install 'clausescan[web]'") from error
    from clausescan.bulk.limits import Limits
    from clausescan.settings import DEFAULT
    from clausescan.web.guard import LOOPBACK, Guard
    from clausescan.web.jobs import Jobs
    from clausescan.web.store import DeskStore

    if host not in ("127.0.0.1", "localhost", "::1") and token is None:
        raise UsageError(
            f"{host} can be reached by others: every person on that network could read the contracts on this desk and decide about them. "
            "If that is meant, say so with --token new (and put TLS before it), or leave --host away"
        )
    token = new_token() if token == "new" else token
    store = DeskStore(folder or _folder())
    made = Jobs(store, jobs=jobs or max(1, (os.cpu_count() or 2) - 1), limits=Limits(seconds=timeout), settings=DEFAULT)
    guard = Guard((*LOOPBACK, host.lower(), *(name.lower() for name in names)), token, store.secret())
    app = application(store, made, guard, settings=DEFAULT, runs=runs)
    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False))
    sock = server.config.bind_socket()
    shown = "[::1]" if host == "::1" else host
    say(f"The desk is open at http://{shown}:{sock.getsockname()[1]}/ – its folder is {store.folder}. Ctrl-C ends it.")
    if token is not None:
        say(f"Token: {token}. Whoever has it reads every document on the desk; without TLS it can be overheard.")
    server.run(sockets=[sock])


def _folder() -> Path:
    from platformdirs import user_data_path

    given = os.environ.get("CLAUSESCAN_DESK")
    return Path(given) if given else user_data_path("clausescan", appauthor=False) / "desk"
