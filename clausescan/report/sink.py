"""A writer that is fed one record at a time."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import IO, Any, Self

from clausescan.report.options import DEFAULT, Options
from clausescan.report.surrogates import without_surrogates
from clausescan.types import Language

Record = dict[str, Any]


class Sink(ABC):
    """A writer that is fed one record at a time, keeps a bounded state, and finishes what it wrote when its block ends well.

    `out` is a text stream, for binary formats a binary one; it is never closed. `language` and `carried` hold what the file as a
    whole uses, from `begin` on. Raises OSError when `out` does.
    """

    def __init__(self, out: IO[Any], options: Options = DEFAULT) -> None:
        self.out = out
        self.options = options
        self.language: Language = options.language or "en"
        self.carried: tuple[str, ...] = options.carried
        self._begun = False

    def add(self, record: Record) -> None:
        """Write one record."""
        clean = _encodable(record)
        if not self._begun:
            self.language = self.options.language or clean["document"]["language"] or "en"
            self.carried = self.carried or tuple(clean.get("carried", ()))
            self._begin()
        self.put(clean)

    def _begin(self) -> None:
        self._begun = True
        self.begin()

    def begin(self) -> None:  # noqa: B027 - not every format has any
        """Write what stands before the first record."""

    @abstractmethod
    def put(self, record: Record) -> None:
        """Write one record, of which every string can be encoded."""

    def finish(self) -> None:  # noqa: B027 - not every format has any
        """Write what stands after the last record."""

    def discard(self) -> None:  # noqa: B027 - not every format has any
        """Give up temporary files. Called at the end in any case."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                if not self._begun:
                    self._begin()
                self.finish()
        finally:
            self.discard()


def _encodable(record: Record) -> Record:
    """Return the record, rebuilt only when it holds a string that cannot be encoded: looking is much cheaper than rebuilding."""
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        clean: Record = without_surrogates(record)
        return clean
    return record


def drain(records: Iterable[Record], sink: Sink) -> None:
    """Write all records."""
    with sink:
        for record in records:
            sink.add(record)
