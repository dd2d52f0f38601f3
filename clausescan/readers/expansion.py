"""When what a container unpacks to is an attack: one measure for office documents and archives."""

from __future__ import annotations

# small files may compress very well; above this many bytes a high ratio is an attack
FLOOR = 10_000_000


def expansion(unpacked: int, packed: int, ratio: int) -> int | None:
    """Return how many times `packed` bytes grow when that is more than `ratio` times and too much, else None."""
    most = max(packed, 1)
    return unpacked // most if unpacked > max(FLOOR, ratio * most) else None
