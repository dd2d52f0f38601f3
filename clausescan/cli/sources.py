"""What the arguments of a scan stand for: files, the files below a directory, standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clausescan.errors import UsageError, problem

if TYPE_CHECKING:
    from clausescan.types import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read (None: standard input), the name to show for it, and whether it comes from a directory.

    `problem` says why there is nothing to read.
    """

    path: Path | None
    name: str
    walked: bool = False
    problem: Problem | None = None


def sources_of(given: str, outputs: Sequence[Path]) -> Iterator[Source]:
    """Yield what `given` stands for, without the output files. Raises UsageError when it is one of them."""
    path = Path(given)
    if given == "-":
        yield Source(path=None, name="standard input")
    elif given and os.path.isdir(path):
        yield from (source for source in _walk(path, path) if source.path is None or not _same(source.path, outputs))
    elif _same(path, outputs):
        raise UsageError(f"{path}: the output would replace a document that is to be read")
    else:
        yield Source(path=path, name=path.as_posix())


def _same(path: Path, outputs: Sequence[Path]) -> bool:
    return path.is_file() and any(output.is_file() and path.samefile(output) for output in outputs)


def _walk(folder: Path, root: Path) -> Iterator[Source]:
    """Yield the regular files below `folder` in the order of their names, hidden ones left out, links to folders not followed.

    Names are shown from `root` on. A folder that cannot be opened is yielded with its problem.
    """
    try:
        items = sorted(folder.iterdir(), key=lambda item: item.name)
    except OSError as error:
        found = problem("R003_no_permission", detail=error.strerror or str(error))
        yield Source(path=None, name=folder.relative_to(root).as_posix(), walked=True, problem=found)
        return
    for item in items:
        if item.name.startswith("."):
            continue
        if item.is_dir() and not item.is_symlink():
            yield from _walk(item, root)
        elif item.is_file():
            yield Source(path=item, name=item.relative_to(root).as_posix(), walked=True)
