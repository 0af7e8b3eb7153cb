"""Press conferences from a terminal: plan one, tick off what is prepared, count those of a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from monitor.cli import table
from monitor.cli.acts import moment, who, why
from monitor.cli.kinds import of_a_conference
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import local, read, shown
from monitor.core.conferences.plan import Arrangement, Plan, task_rows
from monitor.core.conferences.tally import Tally, tally
from monitor.core.errors import N_, UnknownIncident
from monitor.core.particulars import Conference
from monitor.service import Parts, open_parts
from monitor.store import conference_plans, particulars, views
from responders.desk.conferences import UnknownPlan
from responders.labels import label

FIELDS = ("place", "speaker", "rank", "inviter", "live", "materials")


@click.group(help=say(COMMAND_HELP["conference"]))
def group() -> None:
    """Hold the commands together."""


@group.command(help=say(N_("Plan the conference of an incident, or change its plan; what is left out stays.")))
@click.argument("incident", type=NUMBER)
@click.option("--at", default="", help=say(N_("When it is held, like 2026-07-10T15:00; Beijing time.")))
@click.option("--place", help=say(N_("Where it is held.")))
@click.option("--speaker", help=say(N_("Who speaks, with office.")))
@click.option("--rank", help=say(N_("The rank of the highest speaker.")))
@click.option("--inviter", help=say(N_("Who invites the media.")))
@click.option("--live", help=say(N_("Where it can be followed live.")))
@click.option("--materials", help=say(N_("What is handed out.")))
@who
def plan(incident: int, at: str, by: str, **said: str | None) -> None:
    """Plan a conference."""
    with open_parts() as parts:
        with parts.database.read() as connection:
            found = conference_plans.of_matter(connection, incident)
        standing = next((one for one in found if one.open), None)
        if standing is None and not at:
            raise click.UsageError(say(N_("Say when the conference is held with --at.")))
        arranged = standing.arranged if standing else Arrangement(at=read(at))
        changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        changes |= {"at": read(at)} if at else {}
        seen = standing.version if standing else 0
        made = parts.desk.conferences.plan(incident, replace(arranged, **changes), by=by, now=moment(), seen=seen)
        _tell(parts, made, moment())


@group.command(help=say(N_("Show the plans of an incident's conferences.")))
@click.argument("incident", type=NUMBER)
@JSON
def show(incident: int, *, as_json: bool) -> None:
    """Show plans."""
    now = moment()
    with open_parts() as parts:
        with parts.database.read() as connection:
            if views.incident(connection, incident) is None:
                raise UnknownIncident(id=incident)
            found = conference_plans.of_matter(connection, incident)
        if as_json:
            table.as_json([_plain(parts, one, now) for one in found])
            return
        for one in found:
            _tell(parts, one, now)


@group.command(help=say(N_("Keep that something is prepared.")))
@click.argument("incident", type=NUMBER)
@click.argument("task")
@click.option("--open", "undone", is_flag=True, help=say(N_("It is open again.")))
@who
def tick(incident: int, task: str, *, undone: bool, by: str) -> None:
    """Tick off a task."""
    with open_parts() as parts:
        number = _open_plan(parts, incident)
        made = parts.desk.conferences.tick(incident, number, task, done=not undone, by=by, now=moment())
        _tell(parts, made, moment())


@group.command(help=say(N_("Give the conference of an incident up.")))
@click.argument("incident", type=NUMBER)
@who
@why(needed=True)
def drop(incident: int, by: str, reason: str) -> None:
    """Give a conference up."""
    with open_parts() as parts:
        number = _open_plan(parts, incident)
        _tell(parts, parts.desk.conferences.drop(incident, number, by=by, now=moment(), reason=reason), moment())


@group.command(help=say(N_("Keep a routine conference, which was held for no incident.")))
@click.option("--title", required=True, help=say(N_("What it was about.")))
@click.option("--held-at", required=True, help=say(N_("When it was held, like 2026-07-09T10:00; Beijing time.")))
@of_a_conference
@who
def add(title: str, held_at: str, by: str, **held: Any) -> None:
    """Keep a routine conference."""
    with open_parts() as parts:
        said = Conference(**held)
        number = parts.desk.conferences.add_routine(said, held_at=read(held_at), title=title, by=by, now=moment())
        click.echo(say(N_("Routine conference {id} is kept."), id=number))


@group.command(help=say(N_("Count the conferences of a year by rank, beside what 4·2·1+N asks.")))
@click.argument("year", type=click.IntRange(2000, 2999), required=False)
@JSON
def year(year: int | None, *, as_json: bool) -> None:
    """Count the conferences of a year."""
    with open_parts() as parts:
        rules = parts.conferences
        with parts.database.read() as connection:
            counted = tally(particulars.held(connection), year or local(moment()).year, rules)
        if as_json:
            table.as_json([_counted(counted)])
            return
        names = [(rank.id, parts.names.rank(rank.id)) for rank in rules.ranks] + [("", say(N_("not said")))]
        rows = [[name, str(counted.routine.get(rank, 0)), str(counted.incidents.get(rank, 0))] for rank, name in names]
        table.show(rows, [say(N_("Rank")), say(N_("Routine")), say(N_("For incidents (N)"))])
        for row in counted.quotas:
            part = say(label(row.quota.period), n=row.part)
            name = row.quota.zh if say.language == "zh" else row.quota.en
            told = (
                N_("{name}, {part}: {count} of {least}") if row.reached else N_("{name}, {part}: {count} of {least} !")
            )
            click.echo(say(told, name=name, part=part, count=row.count, least=row.quota.least))


def _counted(counted: Tally) -> dict[str, Any]:
    return {
        "year": counted.year,
        "total": counted.total,
        "routine": dict(counted.routine),
        "incidents": dict(counted.incidents),
        "quotas": [
            {
                "id": row.quota.id,
                "part": row.part,
                "count": row.count,
                "least": row.quota.least,
                "reached": row.reached,
            }
            for row in counted.quotas
        ],
    }


def _open_plan(parts: Parts, incident: int) -> int:
    with parts.database.read() as connection:
        found = conference_plans.of_matter(connection, incident)
    standing = next((one for one in found if one.open), None)
    if standing is None:
        raise UnknownPlan(id="—")
    return standing.id


def _plain(parts: Parts, one: Plan, now: datetime) -> dict[str, Any]:
    arranged = one.arranged
    return {
        "id": one.id,
        "incident": one.matter_id,
        "state": one.state.value,
        "at": local(arranged.at).isoformat(),
        **{name: getattr(arranged, name) for name in FIELDS},
        "response": one.response_id,
        "flaws": [flaw.value for flaw in _flaws(parts, one, now)],
        "tasks": [
            {
                "id": row.task.id,
                "due": local(row.due).isoformat(),
                "done_at": local(row.tick.at).isoformat() if row.tick else None,
                "by": row.tick.by if row.tick else "",
                "overdue": row.overdue,
            }
            for row in task_rows(one, parts.conferences, now)
        ],
    }


def _flaws(parts: Parts, one: Plan, now: datetime) -> tuple[Any, ...]:
    with parts.database.read() as connection:
        incident = views.incident(connection, one.matter_id)
        if incident is None or not one.open:
            return ()
        return parts.desk.conferences.flaws(connection, incident, one.arranged, now)


def _tell(parts: Parts, one: Plan, now: datetime) -> None:
    """Print how a plan stands, what is wrong with it and what is open."""
    arranged = one.arranged
    named = [arranged.place, arranged.speaker, parts.names.rank(arranged.rank)]
    told = say(N_("Plan {id} ({state}): {at}"), id=one.id, state=say(label(one.state)), at=shown(arranged.at))
    click.echo(table.line(" ".join(part for part in (told, *named) if part)))
    for flaw in _flaws(parts, one, now):
        click.echo(f"  ! {say(label(flaw))}")
    for row in task_rows(one, parts.conferences, now) if one.open else ():
        mark = "✓" if row.tick else "!" if row.overdue else "·"
        click.echo(table.line(f"  {mark} {shown(row.due)} {row.task.id}: {parts.names.task(row.task.id)}"))
