"""What the doctor says of the watch over ourselves: processes and clocks, deadlines, ways to people, the switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.cli.speech import say
from monitor.core.beijing import shown
from monitor.core.engine import LATE, LEFT_LYING, seconds
from monitor.core.errors import N_
from monitor.core.paths import PathOutcome
from monitor.core.timekeeping import SLACK
from monitor.gate import GateFailure
from monitor.service import Parts
from monitor.store import drills, duties, engine, paths
from monitor.store.engine import Process
from responders.labels import label


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined."""

    name: str
    well: bool
    said: str


def engine_findings(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Examine what the database tells of the engine."""
    yield from _processes(connection, now)
    yield _deadlines(connection, now)
    yield from _paths(connection)
    drill = drills.running(connection)
    if drill is not None:
        told = say(
            N_("drill {id} runs since {at}: {title}"), id=drill.id, at=shown(drill.started_at), title=drill.title
        )
        yield Finding(say(N_("Drill")), well=True, said=told)


def deadman(parts: Parts) -> Finding:
    """Say whether the dead-man's switch has an address that may be called; it is not told anything."""
    name = say(N_("Dead-man's switch"))
    setting = parts.settings.form.deadman
    if setting is None:
        return Finding(name, well=True, said=say(N_("off: nobody outside notices when this machine is down")))
    try:
        parts.gate.check(setting.url.get_secret_value())
    except GateFailure as failure:
        # Its detail would show the address, which is a secret.
        return Finding(name, well=False, said=say(label(failure.kind), detail="—"))
    return Finding(name, well=True, said=say(N_("told every {seconds} s"), seconds=int(setting.every.total_seconds())))


def _processes(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Tell each process that runs, with its clocks."""
    for process in engine.processes(connection, now):
        yield Finding(say(N_("Process {name}"), name=process.name), well=_keeps_time(process), said=_process(process))


def _keeps_time(process: Process) -> bool:
    return max(abs(process.wall_off), abs(process.database_off or timedelta(0))) <= SLACK


def _process(process: Process) -> str:
    told = say(N_("since {at}"), at=shown(process.started_at)) + f" ({', '.join(process.roles)})"
    wall = say(N_("the machine's clock is off by {seconds} s"), seconds=seconds(process.wall_off))
    if process.database_off is None:
        return f"{told}; {wall}"
    off = say(N_("the database's by {seconds} s"), seconds=seconds(process.database_off))
    return f"{told}; {wall}, {off}"


def _deadlines(connection: Connection, now: datetime) -> Finding:
    name, following = say(N_("Deadlines")), duties.next_check(connection)
    forgotten, left = engine.forgotten(connection), engine.left_lying(connection, now - LEFT_LYING)
    if forgotten:
        told = say(N_("{count} open deadline(s) are not being watched"), count=forgotten)
        return Finding(name, well=False, said=told)
    if left:
        told = say(N_("{count} alert(s) past their use were left lying"), count=left)
        return Finding(name, well=False, said=told)
    if following is None:
        return Finding(name, well=True, said=say(N_("none to be looked at")))
    told = say(N_("the next is looked at {at}"), at=shown(following))
    return Finding(name, well=now - following <= LATE, said=told)


def _paths(connection: Connection) -> Iterator[Finding]:
    """Tell how the last silent drill found each way to people."""
    for check in paths.latest_day(connection):
        told = f"{check.day} {say(label(check.outcome))}" if check.outcome else str(check.day)
        said = " ".join(part for part in (told, check.said, say(check.remedy)) if part)
        name = say(N_("Way over {name}"), name=check.channel)
        yield Finding(name, well=check.outcome is not PathOutcome.FAILED, said=said)
