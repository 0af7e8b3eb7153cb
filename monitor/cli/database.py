"""Carry the database to another one: to outgrow one machine, to try something out, or as a backup."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from monitor.cli import table
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.settings import load_settings
from monitor.core.errors import N_, Mistake
from monitor.service import open_parts
from monitor.store.database import Database
from monitor.store.editions import take_back
from monitor.store.moving import carry


class VariableUnset(Mistake):
    """An address is to be read from a variable that is not set."""

    message = N_("The environment variable {name} is not set. Put the address of the new database into it.")


@click.group(help=say(COMMAND_HELP["database"]))
def group() -> None:
    """Hold the commands about the database together."""


@group.command("move", help=say(N_("Carry everything to an empty database and close this one; deadlines run on.")))
@click.argument("address", metavar="ADDRESS")
def move(address: str) -> None:
    """Carry everything and mark the old database as moved."""
    name = _carry(address, move=True)
    click.echo(say(N_("From now on: set HUIYING_DATABASE_URL to the new address and start the service.")))
    click.echo(say(N_("The service will not start on the old database any more; {name} holds everything."), name=name))


@group.command("copy", help=say(N_("Carry everything to an empty database and go on with this one.")))
@click.argument("address", metavar="ADDRESS")
def copy(address: str) -> None:
    """Carry everything and leave the old database in use."""
    _carry(address, move=False)


@group.command(
    "take-back", help=say(N_("Use a database again that was moved; what the new one got since is not in it."))
)
def back() -> None:
    """Let a moved database be the one in use again."""
    database = Database(load_settings(secrets=False).database_url)
    try:
        with database.write() as connection:
            take_back(connection)
    finally:
        database.close()
    click.echo(say(N_("{name} is the database in use again."), name=database.name))


def _carry(address: str, *, move: bool) -> str:
    """Carry everything, say how many rows of what, return the new database's name without its password."""
    target = Database(_address(address))
    try:
        with open_parts() as parts:
            counts = carry(parts.database, target, datetime.now(UTC), move=move)
    finally:
        target.close()
    rows = [[name, str(count)] for name, count in sorted(counts.items()) if count]
    table.show(rows, [say(N_("Table")), say(N_("Rows"))])
    said = N_("{rows} rows were carried to {name}, read back and compared.")
    click.echo(say(said, rows=sum(counts.values()), name=target.name))
    return target.name


def _address(text: str) -> str:
    """Return the address itself, or what the variable holds that env:NAME names: a password does not belong here."""
    if not text.startswith("env:"):
        return text
    name = text.removeprefix("env:").strip()
    found = os.environ.get(name, "").strip()
    if not found:
        raise VariableUnset(name=name)
    return found
