"""Start the service."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from monitor.cli.options import CONFIG
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.settings import load_settings
from monitor.core.errors import N_, Mistake
from monitor.service import open_parts
from monitor.service.running import ROLES, Service


class UnknownRole(Mistake):
    """A role was named that does not exist."""

    message = N_("{role} is no role. Choose from: {roles}.")


class NoRole(Mistake):
    """A process without a role would run and do nothing."""

    message = N_("--only names no role. Choose from: {roles}.")


@click.command(help=say(COMMAND_HELP["run"]))
@CONFIG
@click.option("--only", default=",".join(ROLES), help=say(N_("The roles of this process, separated by commas.")))
def command(config: Path | None, only: str) -> None:
    """Run the service."""
    roles = [role.strip() for role in only.split(",") if role.strip()]
    if not roles:
        raise NoRole(roles=", ".join(ROLES))
    for role in roles:
        if role not in ROLES:
            raise UnknownRole(role=role, roles=", ".join(ROLES))
    logging.getLogger().setLevel(logging.INFO)
    for loud in ("apscheduler", "alembic", "httpcore", "httpx"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    with open_parts(load_settings(config)) as parts:
        service = Service(parts, roles)
        click.echo(say(N_("Database: {name}"), name=parts.database.name))
        click.echo(say(N_("Sources: {count}"), count=len(parts.sources)))
        service.run(lambda address: click.echo(say(N_("Console: {address}"), address=address)))
        click.echo(say(N_("Stopped.")))
