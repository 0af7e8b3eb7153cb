"""The rumour watch for people and, with --json, for programs."""

from __future__ import annotations

from dataclasses import asdict

import click
from sqlalchemy import Connection

from monitor.cli import table
from monitor.cli.lists import common
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.incidents.rumours import Spread, spread_of
from monitor.core.views import IncidentView, RumourView
from monitor.service import open_parts
from monitor.store import hearings, views, whispers
from responders.labels import label

HEAD = (N_("State"), N_("Since"), N_("Incident"), N_("Unverified"), N_("Denied"))


@click.command(help=say(COMMAND_HELP["rumours"]))
@common
def command(as_json: bool, limit: int) -> None:
    """List rumours, and what was denied without a known incident."""
    with open_parts() as parts, parts.database.read() as connection:
        found = _rumours(connection, limit)
        denied = whispers.listed(connection, limit=limit)
        if as_json:
            table.as_json(
                {**asdict(rumour), "title": incident.title, "standing": incident.standing, "spread": asdict(spread)}
                for rumour, incident, spread in found
            )
            table.as_json({**asdict(one), "state": "denied", "matter_id": None} for one in denied)
            return
        rows = [
            [
                say(label(rumour.state)),
                shown(rumour.since),
                f"#{incident.id} {spread.first.title if spread.first else incident.title}",
                say(N_("{items} from {sources} source(s)"), items=spread.items, sources=len(spread.sources)),
                parts.names.source(spread.denials[0].source) if spread.denials else "",
            ]
            for rumour, incident, spread in found
        ]
        rows += [
            [
                say(N_("denied, no incident known")),
                shown(one.first_at),
                one.title,
                "",
                say(N_("{items} from {sources} source(s)"), items=one.items, sources=one.sources),
            ]
            for one in denied
        ]
        table.show(rows, [say(name) for name in HEAD])


def _rumours(connection: Connection, limit: int) -> list[tuple[RumourView, IncidentView, Spread]]:
    listed = hearings.rumours(connection, limit=limit)
    known = {i.id: i for i in views.incidents(connection, ids=[r.matter_id for r in listed], limit=limit)}
    return [
        (rumour, known[rumour.matter_id], spread_of(hearings.voices_of(connection, rumour.matter_id)))
        for rumour in listed
        if rumour.matter_id in known
    ]
