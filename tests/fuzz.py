"""Coverage-guided fuzzing of the readers: `python -m tests.fuzz READER [SECONDS]`, for a bounded time, with a corpus of our own.

    pip install atheris                  Linux, Python up to 3.13; not a dependency of anything else
    python -m tests.fuzz html 300
    python -m tests.fuzz all 60          each reader for a minute

What is allowed is a Document or a ReadError of any code but R040. Anything else ends the run, and the input that did it is written
to tests/files/hostile, where `python -m tests.robustness` reads it from then on. The seeds are our samples and the test files.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from clausescan.errors import ReadError

TESTS = Path(__file__).parent
HOSTILE = TESTS / "files" / "hostile"
# reader: endings of its seeds
SEEDS = {
    "text": ("txt",), "markdown": ("md",), "html": ("html",), "mhtml": ("mhtml",), "pdf": ("pdf",), "docx": ("docx", "docm", "dotx"),
    "rtf": ("rtf",), "opendocument": ("odt", "epub"), "mail": ("eml",), "msg": ("msg",), "json_strings": ("json",),
}  # fmt: skip
_LARGEST = 65_536


def seeds(reader: str) -> Iterator[bytes]:
    """Yield the files that a run begins with."""
    from tests.robustness import CLAUSE, damaged

    for folder in (TESTS.parent / "corpus" / "samples", TESTS / "files"):
        yield from (path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix[1:] in SEEDS[reader] and path.stat().st_size < _LARGEST)
    yield from (data for _, name, data in damaged(3) if name.rpartition(".")[2] in SEEDS[reader])
    yield CLAUSE.encode()


def read(reader: str, data: bytes) -> None:
    """Read the data as a file of that kind. Raises whatever is not allowed."""
    from clausescan import api
    from clausescan.settings import Settings

    name = f"a.{SEEDS[reader][0]}"
    try:
        api.scan_document(api.read(data, name=name, settings=Settings(ocr=False, max_characters=20_000)))
    except ReadError as error:
        if error.problem.code == "R040_internal":
            raise RuntimeError(error.problem.message) from error


def _child(reader: str, seconds: int, corpus: str) -> None:
    """Fuzz one reader in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["clausescan"]):
        import clausescan.api
        import clausescan.readers  # noqa: F401

    def once(data: bytes) -> None:
        try:
            read(reader, data)
        except Exception:
            name = f"fuzz-{reader}-{hashlib.sha256(data).hexdigest()[:8]}.{SEEDS[reader][0]}"
            (HOSTILE / name).write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], corpus, f"-max_total_time={seconds}", f"-max_len={_LARGEST}", "-timeout=60", "-rss_limit_mb=2000"], once)
    atheris.Fuzz()


def main() -> None:
    """Fuzz the readers that are named; exit code 1 when one fell."""
    if find_spec("atheris") is None:
        sys.exit("atheris is not installed: pip install atheris")
    chosen = sys.argv[1] if len(sys.argv) > 1 else "all"
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    if len(sys.argv) > 3:
        _child(chosen, seconds, sys.argv[3])
        return
    fell = []
    for reader in SEEDS if chosen == "all" else (chosen,):
        with tempfile.TemporaryDirectory() as folder:
            for number, data in enumerate(seeds(reader)):
                Path(folder, str(number)).write_bytes(data)
            command = [sys.executable, "-m", "tests.fuzz", reader, str(seconds), folder]
            ended = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        rounds = [line for line in ended.stderr.splitlines() if line.startswith(("#", "Done"))][-1:]
        print(f"{reader:<14}{'fell' if ended.returncode else 'stood'}  {rounds[0] if rounds else ended.stderr[-300:]}", flush=True)
        fell += [reader] if ended.returncode else []
    sys.exit(1 if fell else 0)


if __name__ == "__main__":
    main()
