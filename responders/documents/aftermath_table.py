"""The tables of which a review is made: finished texts, which each form writes in its own way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A row of finished texts; `path` leads to what it tells of, a `minor` one stands in the whole list only."""

    cells: tuple[str, ...]
    path: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title and what it counts; `none` is said where it has no rows."""

    name: str
    title: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    none: str
    widths: tuple[float, ...] = ()

    @property
    def main(self) -> tuple[Row, ...]:
        """The rows without the minor ones."""
        return tuple(row for row in self.rows if not row.minor)
