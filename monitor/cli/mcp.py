"""Answer a language model on standard input and output; it can read, and change nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import click

from monitor.cli.speech import COMMAND_HELP, say
from monitor.service import open_parts
from responders.documents.messages import Composer
from responders.mcp_door.protocol import answers
from responders.mcp_door.tools import ReadOnlyTools


@click.command(help=say(COMMAND_HELP["mcp"]))
def command() -> None:
    """Serve the Model Context Protocol."""
    try:
        mine = version("huiying")
    except PackageNotFoundError:
        mine = ""
    with open_parts() as parts:
        composer = Composer(say, parts.names, region=parts.region)
        tools = ReadOnlyTools(parts.database, composer, lambda: datetime.now(UTC))
        for line in answers(sys.stdin, tools, mine):
            click.echo(line)
