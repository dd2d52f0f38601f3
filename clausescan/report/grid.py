"""A table in plain values, for the formats that draw one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading and its width in centimetres."""

    title: str
    width: float
    centred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of plain cells below the headings of the columns; a line feed in a cell begins a paragraph."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
