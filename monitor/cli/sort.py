"""What people decide about single items from a terminal: each undoes the other."""

from __future__ import annotations

import click

from monitor.cli.acts import moment, tell, who, why
from monitor.cli.numbers import NUMBER
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_
from monitor.core.model import Decoy
from monitor.service import open_parts


@click.command(help=say(COMMAND_HELP["report"]))
@click.argument("item", type=NUMBER)
@who
@why(needed=False)
def report(item: int, by: str, reason: str) -> None:
    """Count an item as a report."""
    with open_parts() as parts:
        tell(parts, parts.sorting.report(item, by=by, now=moment(), reason=reason))


@click.command("set-aside", help=say(COMMAND_HELP["set-aside"]))
@click.argument("item", type=NUMBER)
@click.option(
    "--as", "class_name", type=click.Choice([d.value for d in Decoy]), required=True, help=say(N_("The decoy class."))
)
@who
@why(needed=False)
def set_aside(item: int, class_name: str, by: str, reason: str) -> None:
    """Set an item aside."""
    with open_parts() as parts:
        tell(parts, parts.sorting.set_aside(item, Decoy(class_name), by=by, now=moment(), reason=reason))
