"""What people can do from a terminal; the same acts as in the console."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.kinds import of_its_kind, particulars_of
from monitor.cli.numbers import NUMBER
from monitor.cli.speech import COMMAND_HELP, say
from monitor.cli.texts import text_of
from monitor.core.beijing import read
from monitor.core.errors import N_
from monitor.core.model import LEVEL_OF_NAME, MatterState, ResponseKind
from monitor.core.views import Done
from monitor.service import Parts, open_parts
from monitor.store import duties
from responders.documents.due import said_due
from responders.labels import label

Command = Callable[..., Any]
NOT_ENOUGH = N_("Paging goes on until {needed} different people of the duty file have acknowledged.")


def who(function: Command) -> Command:
    """Add the option that says who acts."""
    return click.option("--by", default=_login, show_default=False, help=say(N_("Who acts; your login name.")))(
        function
    )


def _login() -> str:
    """Return the login name; some containers run without one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise click.UsageError(say(N_("This account has no login name. Say who acts with --by NAME."))) from None


def why(*, needed: bool) -> Callable[[Command], Command]:
    """Add the option that says why."""
    told = say(N_("Why; it is kept."))
    return (
        click.option("--reason", required=True, help=told)
        if needed
        else click.option("--reason", default="", help=told)
    )


@click.command(help=say(COMMAND_HELP["confirm"]))
@click.argument("incident", type=NUMBER)
@who
@why(needed=False)
def confirm(incident: int, by: str, reason: str) -> None:
    """Confirm an incident."""
    with open_parts() as parts:
        tell(parts, parts.desk.confirm(incident, by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["dismiss"]))
@click.argument("incident", type=NUMBER)
@who
@why(needed=True)
def dismiss(incident: int, by: str, reason: str) -> None:
    """Dismiss an incident."""
    with open_parts() as parts:
        tell(parts, parts.desk.dismiss(incident, by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["ack"]))
@click.argument("incident", type=NUMBER)
@who
def ack(incident: int, by: str) -> None:
    """Acknowledge an incident."""
    with open_parts() as parts:
        tell(parts, parts.desk.acknowledge(incident, by=by, now=moment()))


@click.command(help=say(COMMAND_HELP["merge"]))
@click.argument("incident", type=NUMBER)
@click.argument("into", type=NUMBER)
@who
@why(needed=False)
def merge(incident: int, into: int, by: str, reason: str) -> None:
    """Merge one incident into another."""
    with open_parts() as parts:
        tell(parts, parts.desk.merge(incident, into, by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["split"]))
@click.argument("incident", type=NUMBER)
@click.argument("items", type=NUMBER, nargs=-1, required=True)
@who
@why(needed=False)
def split(incident: int, items: tuple[int, ...], by: str, reason: str) -> None:
    """Split items off an incident."""
    with open_parts() as parts:
        tell(parts, parts.desk.split(incident, items, by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["respond"]))
@click.argument("incident", type=NUMBER)
@click.option("--kind", type=click.Choice([k.value for k in ResponseKind]), required=True, help=say(N_("What it is.")))
@click.option("--title", required=True, help=say(N_("The title of what was published.")))
@click.option("--url", default="", help=say(N_("Where it was published.")))
@click.option(
    "--published-at", required=True, help=say(N_("When it was published, like 2026-07-09T20:30; Beijing time."))
)
@click.option(
    "--level", type=click.Choice(list(LEVEL_OF_NAME)), help=say(N_("Whom a report to a higher level reached."))
)
@click.option(
    "--text", type=click.Path(path_type=Path, allow_dash=True), help=say(N_("A file with its text, which is checked."))
)
@of_its_kind
@who
def respond(
    incident: int,
    kind: str,
    title: str,
    url: str,
    published_at: str,
    level: str | None,
    text: Path | None,
    by: str,
    **beside: Any,
) -> None:
    """Log a response."""
    at = read(published_at)
    wording = "" if text is None else text_of(text)
    said = particulars_of(**beside)
    with open_parts() as parts:
        done = parts.desk.respond(
            incident,
            ResponseKind(kind),
            title=title,
            url=url,
            published_at=at,
            by=by,
            now=moment(),
            level=LEVEL_OF_NAME[level] if level else None,
            text=wording,
            particulars=said,
        )
        tell(parts, done)


@click.command(help=say(COMMAND_HELP["waive"]))
@click.argument("deadline", type=NUMBER)
@who
@why(needed=True)
def waive(deadline: int, by: str, reason: str) -> None:
    """Waive a deadline."""
    with open_parts() as parts:
        tell(parts, parts.desk.waive(deadline, by=by, now=moment(), reason=reason))


def moment() -> datetime:
    """Return the moment at which a person acts."""
    return datetime.now(UTC)


def tell(parts: Parts, done: Done) -> None:
    """Print how the incident and its deadlines stand now."""
    incident = done.incident
    click.echo(f"#{incident.id} {table.line(incident.title)} ({say(label(incident.state))})")
    for deadline in done.deadlines:
        name = parts.names.obligation(deadline.obligation_id)
        state = say(N_("paused")) if deadline.rests else say(label(deadline.state))
        click.echo(f"  {name}: {state} ({say(N_('due'))} {said_due(deadline, say)})")
    with parts.database.read() as connection:
        needed = duties.people_needed(connection, incident.id, datetime.now(UTC))
    if needed and incident.state is MatterState.OPEN:
        click.echo(say(NOT_ENOUGH, needed=needed))
