"""The commands about one incident: show it, link it with another, assign it to an office and sign for it."""

from __future__ import annotations

import click

from monitor.cli import review, table
from monitor.cli.acts import moment, tell, who, why
from monitor.cli.incident import as_plain, read_whole, said_offices, show
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_
from monitor.core.incidents.chains import Tie
from monitor.core.views import Done
from monitor.service import Parts, open_parts
from monitor.store import assignments


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


group.add_command(review.command)


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


@group.command("assign", help=say(N_("Assign an incident to the office responsible; it is told and asked to sign.")))
@click.argument("incident", type=NUMBER)
@click.option("--lead", required=True, help=say(N_("The office responsible, by its id in the duty file.")))
@click.option("--with", "helps", multiple=True, help=say(N_("An office that assists; may be given several times.")))
@click.option("--note", default="", help=say(N_("What the offices are to know; it is kept.")))
@who
def assign(incident: int, lead: str, helps: tuple[str, ...], note: str, by: str) -> None:
    """Assign an incident."""
    with open_parts() as parts:
        _told(parts, parts.desk.assignments.assign(incident, lead, helps, by=by, now=moment(), note=note))


@group.command("receipt", help=say(N_("Sign for one's own office that it has taken an incident over.")))
@click.argument("incident", type=NUMBER)
@click.option("--office", required=True, help=say(N_("The office, by its id in the duty file.")))
@who
def receipt(incident: int, office: str, by: str) -> None:
    """Sign for an office."""
    with open_parts() as parts:
        _told(parts, parts.desk.assignments.sign(incident, office, by=by, now=moment()))


def _told(parts: Parts, done: Done) -> None:
    """Print how the incident stands now, and who is responsible."""
    tell(parts, done)
    with parts.database.read() as connection:
        (found,) = assignments.attached(connection, [done.incident])
    for line in said_offices(found, moment()):
        click.echo(f"  {table.line(line)}")
