"""The commands about matters that no report opens: a data breach, a penalty, a citizen's post."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from monitor.cli import table
from monitor.cli.acts import moment, who, why
from monitor.cli.incident import plain_deadline, read_hands
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON, LIMIT
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import read, shown
from monitor.core.errors import N_
from monitor.core.model import Anchor, ResponseKind
from monitor.core.views import DeadlineView, MatterView
from monitor.service import Parts, open_parts
from monitor.store import matters, views
from responders.labels import label
from responders.matters import UnknownMatter

HEAD = (N_("No."), N_("Opened"), N_("Kind"), N_("Title"), N_("State"))
ANCHORS = click.option(
    "--anchor",
    "anchors",
    multiple=True,
    help=say(N_("A moment it counts from, like aware=2026-07-09T20:00; Beijing time where no zone is said.")),
)


@click.group(help=say(COMMAND_HELP["matter"]))
def group() -> None:
    """Hold the commands about matters together."""


@group.command("open", help=say(N_("Open a matter; its deadlines begin at once.")))
@click.argument("kind")
@click.option("--title", required=True, help=say(N_("What it is about, in a few words.")))
@ANCHORS
@who
@why(needed=False)
def opened(kind: str, title: str, anchors: tuple[str, ...], by: str, reason: str) -> None:
    """Open a matter."""
    stated = _moments(anchors)
    with open_parts() as parts:
        _tell(parts, *parts.matters.open(kind, title=title, anchors=stated, by=by, now=moment(), reason=reason))


@group.command("anchor", help=say(N_("State a further moment of a matter.")))
@click.argument("matter", type=NUMBER)
@click.argument("anchors", nargs=-1, required=True)
@who
@why(needed=False)
def stated(matter: int, anchors: tuple[str, ...], by: str, reason: str) -> None:
    """State a moment."""
    known = _moments(anchors)
    with open_parts() as parts:
        _tell(parts, *parts.matters.state(matter, known, by=by, now=moment(), reason=reason))


@group.command("respond", help=say(N_("Log what was done about a matter.")))
@click.argument("matter", type=NUMBER)
@click.option("--kind", type=click.Choice([k.value for k in ResponseKind]), required=True, help=say(N_("What it is.")))
@click.option("--title", required=True, help=say(N_("The title of what was published.")))
@click.option("--url", default="", help=say(N_("Where it was published.")))
@click.option("--published-at", required=True, help=say(N_("When it was done, like 2026-07-09T20:30; Beijing time.")))
@who
def responded(matter: int, kind: str, title: str, url: str, published_at: str, by: str) -> None:
    """Log a response."""
    at = read(published_at)
    with open_parts() as parts:
        done = parts.matters.respond(
            matter, ResponseKind(kind), title=title, url=url, published_at=at, by=by, now=moment()
        )
        _tell(parts, *done)


@group.command("ack", help=say(N_("Note that somebody acts: the nagging stops, the deadlines run on.")))
@click.argument("matter", type=NUMBER)
@who
def acknowledged(matter: int, by: str) -> None:
    """Acknowledge a matter."""
    with open_parts() as parts:
        _tell(parts, *parts.matters.acknowledge(matter, by=by, now=moment()))


@group.command("close", help=say(N_("Close a matter with a reason.")))
@click.argument("matter", type=NUMBER)
@who
@why(needed=True)
def closed(matter: int, by: str, reason: str) -> None:
    """Close a matter."""
    with open_parts() as parts:
        _tell(parts, *parts.matters.close(matter, by=by, now=moment(), reason=reason))


@group.command("list", help=say(N_("List the matters that people opened.")))
@click.option("--kind", help=say(N_("Only of this kind.")))
@LIMIT
@JSON
def listed(kind: str | None, limit: int, *, as_json: bool) -> None:
    """List matters."""
    with open_parts() as parts, parts.database.read() as connection:
        found = matters.matters(connection, kind=kind, limit=limit)
        if as_json:
            table.as_json(asdict(one) for one in found)
            return
        rows = [[str(m.id), shown(m.opened_at), m.kind, m.title, say(label(m.state))] for m in found]
        table.show(rows, [say(head) for head in HEAD])


@group.command("show", help=say(N_("Show a matter and its deadlines.")))
@click.argument("matter", type=NUMBER)
@JSON
def shown_whole(matter: int, *, as_json: bool) -> None:
    """Show a matter."""
    with open_parts() as parts, parts.database.read() as connection:
        found = matters.matter(connection, matter)
        if found is None or found.kind == matters.INCIDENT:
            raise UnknownMatter(id=matter)
        deadlines = tuple(views.deadlines(connection, matter_id=matter))
        if as_json:
            anchors = matters.stated_anchors(connection, matter)
            hands = read_hands(connection, [matter])
            told = {"anchors": anchors, "deadlines": [plain_deadline(d, parts.names, hands) for d in deadlines]}
            table.as_json([asdict(found) | told])
            return
        _tell(parts, found, deadlines)


def _moments(written: tuple[str, ...]) -> dict[Anchor, datetime]:
    """Read moments such as aware=2026-07-09T20:00."""
    found: dict[Anchor, datetime] = {}
    for text in written:
        name, _, at = text.partition("=")
        if name not in list(Anchor) or not at:
            known = ", ".join(anchor.value for anchor in Anchor)
            raise click.UsageError(say(N_("Write NAME=MOMENT, with one of these names: {known}"), known=known))
        found[Anchor(name)] = read(at)
    return found


def _tell(parts: Parts, matter: MatterView, deadlines: tuple[DeadlineView, ...]) -> None:
    click.echo(f"#{matter.id} {table.line(matter.title)} ({matter.kind}, {say(label(matter.state))})")
    for deadline in deadlines:
        name = parts.names.obligation(deadline.obligation_id)
        click.echo(f"  {name}: {say(label(deadline.state))} ({say(N_('due'))} {shown(deadline.due_at)})")
