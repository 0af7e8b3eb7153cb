"""The commands about one rota: who is on duty, and what people change about that."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from monitor.cli import table
from monitor.cli.acts import moment, who, why
from monitor.cli.duty import now as duty_now
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import read, shown
from monitor.core.errors import N_
from monitor.core.people.duty import Duty
from monitor.core.people.rota import Change, Stretch, stretches
from monitor.service import open_parts
from monitor.store import people
from responders.labels import label

FORTNIGHT = 14


@click.group(help=say(COMMAND_HELP["rota"]))
def group() -> None:
    """Hold the commands about rotas together."""


group.add_command(duty_now, "now")


@group.command("show", help=say(N_("Show who is on duty in the next days, with gaps and with what was changed.")))
@click.argument("rota", required=False)
@click.option("--days", default=FORTNIGHT, type=click.IntRange(1, 92), help=say(N_("How many days.")))
@JSON
def show(rota: str | None, days: int, as_json: bool) -> None:
    """Show a rota."""
    with open_parts() as parts, parts.database.read() as connection:
        now, duty = moment(), parts.duty
        chosen = [duty.rotas[parts.rota_desk.named(rota).id]] if rota else list(duty.rotas.values())
        for one in chosen:
            changes = people.changes(connection, since=now, rota=one.id)
            found = stretches(one, changes, now, now + timedelta(days=days))
            if as_json:
                table.as_json(_plain(one.id, stretch) for stretch in found)
            else:
                click.echo(table.line(one.name))
                table.show([_row(stretch, duty) for stretch in found], [say(text) for text in HEAD])


HEAD = (N_("From"), N_("Until"), N_("On duty"), N_("Because of"), N_("Change"))


@group.command("override", help=say(N_("Put somebody on duty for a time, whoever was to be.")))
@click.argument("rota")
@click.argument("contact")
@click.option("--from", "begins", default="", help=say(N_("From when, like 2026-07-09T20:30; now where left out.")))
@click.option("--until", "ends", required=True, help=say(N_("Until when, like 2026-07-10T08:30; Beijing time.")))
@who
@why(needed=False)
def override(rota: str, contact: str, begins: str, ends: str, by: str, reason: str) -> None:
    """Put somebody on duty."""
    with open_parts() as parts:
        now = moment()
        start = read(begins) if begins else now
        _tell(
            parts.rota_desk.override(rota, contact, begins=start, ends=read(ends), by=by, now=now, reason=reason),
            parts.duty,
        )


@group.command("take", help=say(N_("Take over duty from now on, until the present shift ends or until a time.")))
@click.argument("rota")
@click.argument("contact")
@click.option("--until", "ends", default="", help=say(N_("Until when, like 2026-07-10T08:30; Beijing time.")))
@who
@why(needed=False)
def take(rota: str, contact: str, ends: str, by: str, reason: str) -> None:
    """Take over."""
    until: datetime | None = read(ends) if ends else None
    with open_parts() as parts:
        _tell(parts.rota_desk.take(rota, contact, ends=until, by=by, now=moment(), reason=reason), parts.duty)


@group.command("swap", help=say(N_("Let two people take each other's shift; give a moment in each of the two.")))
@click.argument("rota")
@click.argument("one")
@click.argument("other")
@who
@why(needed=False)
def swap(rota: str, one: str, other: str, by: str, reason: str) -> None:
    """Swap two shifts."""
    with open_parts() as parts:
        for half in parts.rota_desk.swap(rota, read(one), read(other), by=by, now=moment(), reason=reason):
            _tell(half, parts.duty)


@group.command("cancel", help=say(N_("Take back a change that still holds, by its number; a swap as a whole.")))
@click.argument("change", type=NUMBER)
@who
def cancel(change: int, by: str) -> None:
    """Take a change back."""
    with open_parts() as parts:
        made = parts.rota_desk.cancel(change, by=by, now=moment())
        click.echo(say(N_("Change {id} is taken back."), id=made.id))


def _tell(made: Change, duty: Duty) -> None:
    name = duty.name(made.contact)
    told = say(
        N_("Change {id}: {name} is on duty from {begins} until {ends}."),
        id=made.id,
        name=name,
        begins=shown(made.begins),
        ends=shown(made.ends),
    )
    click.echo(table.line(told))


def _row(stretch: Stretch, duty: Duty) -> list[str]:
    contact = say(N_("nobody")) if stretch.contact is None else duty.name(stretch.contact)
    change = stretch.change
    because = say(label(change.kind)) if change is not None else stretch.layer
    return [shown(stretch.begin), shown(stretch.end), contact, because, str(change.id) if change else ""]


def _plain(rota: str, stretch: Stretch) -> dict[str, object]:
    change = stretch.change
    return {
        "rota": rota,
        "from": stretch.begin,
        "until": stretch.end,
        "contact": stretch.contact,
        "layer": stretch.layer,
        "change": None if change is None else change.id,
        "kind": None if change is None else change.kind,
    }
