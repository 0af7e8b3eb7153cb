"""Tables for a terminal, with the double width of Chinese characters reckoned in; no fetched text can steer it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

import click

from monitor.core.model import Severity

WIDEST = 60


def show(rows: Sequence[Sequence[str]], head: Sequence[str]) -> None:
    """Print rows under their heads, columns aligned."""
    lines = [[_cut(_tame(cell)) for cell in row] for row in [head, *rows]]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _cut(text: str) -> str:
    while width(text) > WIDEST:
        text = text[:-2] + "…"
    return text


def _tame(text: str) -> str:
    """Replace what would steer the terminal or turn the direction of writing."""
    return "".join(c if c.isprintable() else "·" for c in text)


def as_json(values: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON object a line."""
    for value in values:
        click.echo(json.dumps(value, ensure_ascii=False, default=plain))


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: instants with offset, severities by their statutory name."""
    if isinstance(value, Severity):
        return value.zh
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(plain(k)): v for k, v in value.items()}
    raise TypeError(f"{type(value).__name__} is no JSON value")


def text(value: Any) -> str:
    """Return a value as one line for people."""
    if isinstance(value, str):
        return _tame(value)
    return _tame(json.dumps(value, ensure_ascii=False, default=plain))
