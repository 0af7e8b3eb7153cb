"""Print sections of reasons in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

import click

from monitor.cli import table
from responders.documents.reasons import Mark, Section

SIGNS = {Mark.FOR: "+", Mark.AGAINST: "-", Mark.OTHERWISE: "?", Mark.PLAIN: " "}


def show(sections: Iterable[Section], head: str = "") -> None:
    """Print a head and its sections; what a text says cannot steer the terminal."""
    if head:
        click.echo(table.line(head))
    for section in sections:
        click.echo(f"\n{table.line(section.title)}")
        for entry in section.entries:
            note = f" ({entry.note})" if entry.note else ""
            click.echo(f"{SIGNS[entry.mark]} {table.line(entry.text + note)}")
            if entry.quote:
                click.echo(f"    | {table.line(entry.quote)}")
