"""The commands about one incident: show it, link it with another."""

from __future__ import annotations

import click

from monitor.cli import table
from monitor.cli.acts import moment, tell, who, why
from monitor.cli.incident import as_plain, read_whole, show
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_
from monitor.core.incidents.chains import Tie
from monitor.service import open_parts


@click.group(help=say(COMMAND_HELP["incident"]))
def group() -> None:
    """Hold the commands about one incident together."""


@group.command("show", help=say(N_("Show one incident: deadlines, who says what, reports, links.")))
@click.argument("incident", type=NUMBER)
@JSON
def shown(incident: int, as_json: bool) -> None:
    """Show one incident."""
    with open_parts() as parts, parts.database.read() as connection:
        whole = read_whole(connection, incident, moment())
        if as_json:
            table.as_json([as_plain(whole, parts.names, parts.region)])
        else:
            show(whole, parts.names, parts.region)


@group.command("link", help=say(N_("Keep what an incident is to another: its cause, its effect, or related.")))
@click.argument("incident", type=NUMBER)
@click.argument("other", type=NUMBER)
@click.option(
    "--as",
    "tie",
    type=click.Choice([tie.value for tie in Tie]),
    required=True,
    help=say(N_("What the first is to the second.")),
)
@who
@why(needed=False)
def link(incident: int, other: int, tie: str, by: str, reason: str) -> None:
    """Link two incidents."""
    with open_parts() as parts:
        tell(parts, parts.desk.link(incident, other, Tie(tie), by=by, now=moment(), reason=reason))


@group.command("unlink", help=say(N_("Take back that two incidents are linked.")))
@click.argument("incident", type=NUMBER)
@click.argument("other", type=NUMBER)
@who
@why(needed=False)
def unlink(incident: int, other: int, by: str, reason: str) -> None:
    """Take a link back."""
    with open_parts() as parts:
        tell(parts, parts.desk.unlink(incident, other, by=by, now=moment(), reason=reason))
