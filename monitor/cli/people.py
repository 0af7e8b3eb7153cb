"""What a command says that needs nobody of the duty file, where that is broken."""

from __future__ import annotations

import click

from monitor.cli import table
from monitor.cli.speech import say
from monitor.core.errors import N_, Mistake


def go_on_without(fault: Mistake) -> None:
    """Warn on the error stream that the duty file is broken and that the command goes on without it."""
    warning = N_("Warning: the duty file is broken, so this goes on as if it named nobody. Mend it: huiying check")
    click.echo(table.lines(f"{say(warning)}\n{say.mistake(fault)}"), err=True)
