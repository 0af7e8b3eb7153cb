"""Print an incident as a message of the Common Alerting Protocol."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from monitor.cli.numbers import NUMBER
from monitor.cli.speech import COMMAND_HELP, say
from monitor.service import open_parts
from responders.cap_export import cap_of
from responders.documents.messages import Composer


@click.command(help=say(COMMAND_HELP["cap"]))
@click.argument("incident", type=NUMBER)
def command(incident: int) -> None:
    """Export an incident."""
    with open_parts() as parts:
        composer = Composer(say, parts.names, parts.settings.form.console.public_url, parts.region)
        sys.stdout.buffer.write(cap_of(parts.database, composer, incident, datetime.now(UTC)) + b"\n")
