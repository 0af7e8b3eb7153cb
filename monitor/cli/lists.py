"""Lists for people and, with --json, for programs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from monitor.cli import table
from monitor.cli.incident import as_plain, plain_deadline, plain_incident, read_hands, read_whole, said_kind, show
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON, LIMIT
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import hours_and_minutes, shown
from monitor.core.errors import N_
from monitor.core.views import DeadlineView, IncidentView
from monitor.service import Parts, open_parts
from monitor.store import assignments, drills, views
from responders.documents.due import said_due
from responders.documents.messages import DRILL, IN_DAYS, Composer
from responders.documents.particulars import said_particulars
from responders.labels import label

Command = Callable[..., Any]
INCIDENT_HEAD = (
    N_("No."), N_("Opened"), N_("Grade"), N_("Public talk"), N_("Vouched for"), N_("Place"), N_("Title"), N_("State"),
)  # fmt: skip
DEADLINE_HEAD = (N_("No."), N_("Duty"), N_("Due"), N_("Left"), N_("State"), N_("Incident"))


def common(function: Command) -> Command:
    """Add the options that every list has."""
    return JSON(LIMIT(function))


@click.command(help=say(COMMAND_HELP["incidents"]))
@click.option("--id", "incident_id", type=NUMBER, help=say(N_("One incident with its items and deadlines.")))
@common
def incidents(incident_id: int | None, as_json: bool, limit: int) -> None:
    """List incidents."""
    with open_parts() as parts, parts.database.read() as connection:
        if incident_id is not None:
            whole = read_whole(connection, incident_id, datetime.now(UTC))
            if as_json:
                table.as_json([as_plain(whole, parts.names, parts.region)])
            else:
                show(whole, parts.names, parts.region)
            return
        listed = assignments.attached(connection, views.incidents(connection, limit=limit))
        if as_json:
            table.as_json(plain_incident(incident, parts.names, parts.region) for incident in listed)
            return
        head = [say(h) for h in INCIDENT_HEAD]
        table.show([_row(parts, incident) for incident in listed], head)


def _row(parts: Parts, incident: IncidentView) -> list[str]:
    presumed = incident.presumed
    grade = "" if presumed is None else say(label(presumed))
    if presumed is not None and presumed != incident.severity and not incident.confirmed:
        grade += "?"
    place = parts.names.place(incident.place)
    wave = "" if incident.wave is None else say(label(incident.wave))
    vouched = Composer(say, parts.names).standing(incident)
    opened, state = shown(incident.opened_at), say(label(incident.state))
    return [str(incident.id), opened, grade, wave, vouched, place, incident.title, state]


@click.command(help=say(COMMAND_HELP["deadlines"]))
@click.option("--all", "everything", is_flag=True, help=say(N_("Settled ones as well.")))
@common
def deadlines(everything: bool, as_json: bool, limit: int) -> None:
    """List deadlines."""
    now = datetime.now(UTC)
    with open_parts() as parts, parts.database.read() as connection:
        listed = views.deadlines(connection, live=not everything, limit=limit)
        if as_json:
            practised = drills.practised(connection)
            hands = read_hands(connection, {d.matter_id for d in listed})
            plain = ((deadline, plain_deadline(deadline, parts.names, hands)) for deadline in listed)
            table.as_json(told | {"drill": deadline.matter_id in practised} for deadline, told in plain)
            return
        titles = {i.id: i.title for i in views.incidents(connection, ids={d.matter_id for d in listed}, limit=limit)}
        rows = [
            [
                str(d.id),
                parts.names.obligation(d.obligation_id),
                said_due(d, say),
                _left(d, now),
                (say(N_("paused")) if d.rests else say(label(d.state)))
                + (say(N_(" (provisional)")) if d.provisional else ""),
                f"#{d.matter_id} {titles.get(d.matter_id, '')}",
            ]
            for d in listed
        ]
        table.show(rows, [say(h) for h in DEADLINE_HEAD])


def _left(deadline: DeadlineView, now: datetime) -> str:
    if not deadline.live or deadline.rests:
        return ""
    span = deadline.due_at - now
    if abs(span) >= IN_DAYS:
        return say(N_("{days} d"), days=("-" if span < timedelta(0) else "") + str(abs(span).days))
    return ("-" if span < timedelta(0) else "") + hours_and_minutes(span)


@click.command(help=say(COMMAND_HELP["alerts"]))
@click.option("--incident", type=NUMBER, help=say(N_("Only of this incident.")))
@common
def alerts(incident: int | None, as_json: bool, limit: int) -> None:
    """List alerts."""
    with open_parts() as parts, parts.database.read() as connection:
        listed = views.alerts(connection, matter_id=incident, limit=limit)
        practised = drills.practised(connection)
        if as_json:
            table.as_json(asdict(alert) | {"drill": alert.matter_id in practised} for alert in listed)
            return
        rows = [
            [
                str(a.id),
                shown(a.created_at),
                say(label(a.reason)),
                a.point,
                _numbered(a.matter_id, practised),
                say(label(a.state)),
                ", ".join(f"{d.channel}: {say(label(d.state))}" for d in a.deliveries),
            ]
            for a in listed
        ]
        table.show(
            rows,
            [
                say(h)
                for h in (N_("No."), N_("Made"), N_("Reason"), N_("Point"), N_("Incident"), N_("State"), N_("Channels"))
            ],
        )


def _numbered(matter_id: int | None, practised: Collection[int]) -> str:
    """Write an incident's number; that of a drill is marked."""
    number = "" if matter_id is None else f"#{matter_id}"
    return say(DRILL, title=number) if matter_id in practised else number


@click.command(help=say(COMMAND_HELP["responses"]))
@click.option("--incident", type=NUMBER, help=say(N_("Only of this incident.")))
@common
def responses(incident: int | None, as_json: bool, limit: int) -> None:
    """List responses."""
    with open_parts() as parts, parts.database.read() as connection:
        listed = views.responses(connection, matter_id=incident, limit=limit)
        practised = drills.practised(connection)
        if as_json:
            table.as_json(asdict(response) | {"drill": response.matter_id in practised} for response in listed)
            return
        rows = [
            [
                str(r.id),
                shown(r.published_at),
                said_kind(r),
                _numbered(r.matter_id, practised),
                " · ".join(
                    [
                        r.title,
                        *(f"{name}: {told}" for name, told in said_particulars(r.particulars, say, parts.names.ranks)),
                    ]
                ),
                r.url,
                r.by,
            ]
            for r in listed
        ]
        table.show(
            rows,
            [
                say(h)
                for h in (N_("No."), N_("Published"), N_("Kind"), N_("Incident"), N_("Title"), N_("Address"), N_("By"))
            ],
        )
