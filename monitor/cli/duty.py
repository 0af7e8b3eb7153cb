"""The commands about duty as a whole: who is on duty now, and who is told in what order."""

from __future__ import annotations

from datetime import timedelta

import click

from monitor.cli import table
from monitor.cli.acts import moment
from monitor.cli.duty_route import routed
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import hours_and_minutes, shown
from monitor.core.errors import N_
from monitor.core.people.duty import Duty
from monitor.core.people.policies import Policy, Whom, WhomKind
from monitor.core.people.rota import shift_at
from monitor.service import open_parts
from monitor.store import people
from responders.rota import LONGEST


@click.group(help=say(COMMAND_HELP["duty"]))
def group() -> None:
    """Hold the commands about duty together."""


@group.command("now", help=say(N_("Say who is on duty now, in each rota, and until when.")))
@JSON
def now(as_json: bool) -> None:
    """Say who is on duty."""
    with open_parts() as parts, parts.database.read() as connection:
        at = moment()
        changes = people.changes(connection, since=at - LONGEST)
        found = [(rota, shift_at(rota, changes, at)) for rota in parts.duty.rotas.values()]
        if as_json:
            table.as_json(
                {"rota": rota.id, "contact": shift.contact, "until": shift.end, "layer": shift.layer}
                for rota, shift in found
            )
        elif not found:
            click.echo(say(N_("There is no rota. Name a duty file in the settings.")))
        else:
            rows = [[rota.name, _who(parts.duty, shift.contact), shown(shift.end)] for rota, shift in found]
            table.show(rows, [say(N_("Rota")), say(N_("On duty")), say(N_("Until"))])


@group.command("policies", help=say(N_("Show who is told after how long, for which deadlines.")))
def policies() -> None:
    """Show the policies."""
    with open_parts() as parts:
        for policy in parts.duty.policies:
            click.echo(table.line(f"{policy.id}: {_meant_for(policy)}"))
            for rung in policy.rungs:
                whom = say(N_(", ")).join(_said(whom, parts.duty) for whom in rung.whom)
                click.echo(table.line(f"  {_after(rung.after)}  {whom}"))


def _who(duty: Duty, contact: str | None) -> str:
    return say(N_("nobody")) if contact is None else duty.name(contact)


def _meant_for(policy: Policy) -> str:
    if policy.for_everything:
        return say(N_("all deadlines"))
    grade = say(N_("{grade} and graver"), grade=policy.at_least) if policy.at_least is not None else ""
    return say(N_(", ")).join(part for part in (grade, *sorted(policy.obligations)) if part)


def _after(span: timedelta) -> str:
    return say(N_("at once")) if not span else hours_and_minutes(span)


def _said(whom: Whom, duty: Duty) -> str:
    if whom.kind is WhomKind.ROTA and whom.id in duty.rotas:
        return duty.rotas[whom.id].name
    if whom.kind is WhomKind.OFFICE and whom.id in duty.offices:
        return duty.offices[whom.id].name
    return duty.name(whom.id)


group.add_command(routed)
