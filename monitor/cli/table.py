"""Tables for a terminal, with the double width of Chinese characters reckoned in; no fetched text can steer it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from monitor.core.plain import json_line, plain

__all__ = ["as_json", "json_line", "line", "lines", "plain", "show", "width"]
WIDEST = 60
MARKS = ("Mn", "Me")


def show(rows: Sequence[Sequence[str]], head: Sequence[str]) -> None:
    """Print rows under their heads, columns aligned."""
    lines = [[_cut(line(cell)) for cell in row] for row in [head, *rows]]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    for cells in lines:
        padded = (cell + " " * (size - width(cell)) for cell, size in zip(cells, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str) -> str:
    """Return a text that takes at most WIDEST columns; hostile titles may be very long."""
    kept = text[: WIDEST * 4]
    if len(kept) == len(text) and width(text) <= WIDEST:
        return text
    taken = 0
    for n, char in enumerate(kept):
        taken += _columns(char)
        if taken > WIDEST - 1:
            return kept[:n] + "…"
    return kept + "…"


def line(text: str) -> str:
    """Return a text as one line that cannot steer the terminal or turn the direction of writing."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in text)


def lines(text: str) -> str:
    """Return a text of several lines, none of which can steer the terminal."""
    return "\n".join(map(line, text.split("\n")))


def as_json(values: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON object a line."""
    for value in values:
        click.echo(json_line(plain(value)))
