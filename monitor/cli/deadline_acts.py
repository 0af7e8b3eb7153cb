"""What people can do to a running deadline and to what is logged, from a terminal; the same acts as in the console."""

from __future__ import annotations

from datetime import datetime

import click

from monitor.cli.acts import Command, moment, tell, who, why
from monitor.cli.numbers import NUMBER
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import read
from monitor.core.errors import N_
from monitor.core.model import FOUND_BY_PEOPLE, Fault
from monitor.service import open_parts


def when(*, needed: bool) -> Command:
    """Add the option that says at which moment something happened."""
    told = say(N_("When it happened, like 2026-07-09T20:30; Beijing time.")) + (
        "" if needed else " " + say(N_("Now, where it is left out."))
    )
    return click.option("--at", "at", required=needed, default=None, help=told)


def ground(function: Command) -> Command:
    """Add the option that names the rule's own ground."""
    return click.option("--ground", required=True, help=say(N_("On which ground; the rule names those it allows.")))(
        function
    )


def _at(text: str | None) -> datetime | None:
    return None if text is None else read(text)


@click.command(help=say(COMMAND_HELP["extend"]))
@click.argument("deadline", type=NUMBER)
@click.option(
    "--span", "span", default="", help=say(N_("By how much, like 30d; as far as the rule allows without it."))
)
@click.option("--approver", default="", help=say(N_("Who approved it.")))
@click.option("--notice", default="", help=say(N_("How those concerned were told: a text or an address.")))
@who
@why(needed=True)
def extend(deadline: int, span: str, approver: str, notice: str, by: str, reason: str) -> None:
    """Extend a deadline."""
    with open_parts() as parts:
        done = parts.desk.extend(
            deadline, span=span, approver=approver, notice=notice, by=by, now=moment(), reason=reason
        )
        tell(parts, done)


@click.command(help=say(COMMAND_HELP["pause"]))
@click.argument("deadline", type=NUMBER)
@ground
@when(needed=False)
@who
@why(needed=False)
def pause(deadline: int, ground: str, at: str | None, by: str, reason: str) -> None:
    """Let the time of a deadline stand still."""
    with open_parts() as parts:
        tell(parts, parts.desk.pause(deadline, ground=ground, at=_at(at), by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["resume"]))
@click.argument("deadline", type=NUMBER)
@when(needed=False)
@who
@why(needed=False)
def resume(deadline: int, at: str | None, by: str, reason: str) -> None:
    """Let the time of a deadline run again."""
    with open_parts() as parts:
        tell(parts, parts.desk.resume(deadline, at=_at(at), by=by, now=moment(), reason=reason))


@click.command("reset-deadline", help=say(COMMAND_HELP["reset-deadline"]))
@click.argument("deadline", type=NUMBER)
@ground
@when(needed=False)
@who
@why(needed=False)
def reset(deadline: int, ground: str, at: str | None, by: str, reason: str) -> None:
    """Let the time of a deadline begin anew."""
    with open_parts() as parts:
        tell(parts, parts.desk.reset(deadline, ground=ground, at=_at(at), by=by, now=moment(), reason=reason))


@click.command("set-anchor", help=say(COMMAND_HELP["set-anchor"]))
@click.argument("deadline", type=NUMBER)
@when(needed=True)
@who
@why(needed=True)
def set_anchor(deadline: int, at: str, by: str, reason: str) -> None:
    """State from when a deadline counts."""
    with open_parts() as parts:
        tell(parts, parts.desk.set_anchor(deadline, at=read(at), by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["reopen"]))
@click.argument("deadline", type=NUMBER)
@who
@why(needed=True)
def reopen(deadline: int, by: str, reason: str) -> None:
    """Take a waiver back."""
    with open_parts() as parts:
        tell(parts, parts.desk.reopen(deadline, by=by, now=moment(), reason=reason))


@click.command(help=say(COMMAND_HELP["retract"]))
@click.argument("response", type=NUMBER)
@when(needed=False)
@who
@why(needed=True)
def retract(response: int, at: str | None, by: str, reason: str) -> None:
    """Log that a response was withdrawn."""
    with open_parts() as parts:
        tell(parts, parts.desk.retract(response, at=_at(at), by=by, now=moment(), reason=reason))


@click.command("hand-back", help=say(COMMAND_HELP["hand-back"]))
@click.argument("incident", type=NUMBER)
@who
@why(needed=False)
def hand_back(incident: int, by: str, reason: str) -> None:
    """Take an acknowledgement back."""
    with open_parts() as parts:
        tell(parts, parts.desk.hand_back(incident, by=by, now=moment(), reason=reason))


@click.command("find-fault", help=say(COMMAND_HELP["find-fault"]))
@click.argument("incident", type=NUMBER)
@click.option(
    "--fault",
    type=click.Choice([fault.value for fault in FOUND_BY_PEOPLE]),
    required=True,
    help=say(N_("What was found: left out, told untruly, or hidden.")),
)
@click.option("--deadline", type=NUMBER, help=say(N_("The deadline that it is about; without it the whole incident.")))
@click.option("--evidence", required=True, help=say(N_("What shows it: a document, its number or its address.")))
@who
@why(needed=True)
def find_fault(incident: int, fault: str, deadline: int | None, evidence: str, by: str, reason: str) -> None:
    """Keep a fault that a person found."""
    with open_parts() as parts:
        done = parts.desk.find_fault(
            incident, Fault(fault), deadline_id=deadline, evidence=evidence, by=by, now=moment(), reason=reason
        )
        tell(parts, done)
