"""What one document may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may take. `seconds` None: 30, and one more for each 100 kB of it, at most 300. Memory of a worker in bytes."""

    seconds: float | None = None
    memory: int = 1_000_000_000

    def seconds_for(self, size: int | None) -> float:
        """Return the seconds that a document of `size` bytes may take."""
        return self.seconds if self.seconds is not None else min(300.0, 30.0 + (size or 0) / 100_000)

    def key(self, versions: str) -> str:
        """Return the key of a result that holds only under these limits."""
        return f"{versions}/{self.seconds}/{self.memory}"
