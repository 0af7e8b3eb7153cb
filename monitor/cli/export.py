"""Write a list to a file: for a spreadsheet, or for programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_
from monitor.core.listed import Listed
from monitor.service import open_parts
from monitor.store.listing import Bounds
from responders.documents.messages import Composer
from responders.documents.sheet_files import Form
from responders.exports import Exports, days

WRITTEN = N_("{rows} rows written to {file}.")
DAY = "YYYY-MM-DD"


@click.command(help=say(COMMAND_HELP["export"]))
@click.argument("listed", metavar="LIST", type=click.Choice([one.value for one in Listed]))
@click.option("--format", "form", type=click.Choice([one.value for one in Form]), help=say(N_("In which form.")))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(N_("The file to write; its ending says the form. Without it the list is printed, as CSV.")),
)
@click.option("--from", "first", default="", metavar=DAY, help=say(N_("From this day on.")))
@click.option("--to", "last", default="", metavar=DAY, help=say(N_("Up to the end of this day.")))
def command(listed: str, form: str | None, out: Path | None, first: str, last: str) -> None:
    """Export a list."""
    ending = out.suffix.removeprefix(".").lower() if out is not None else ""
    chosen = Form(form or (ending if ending in set(Form) else Form.CSV))
    since, until = days(first, last)
    bounds = Bounds(since=since, until=until)
    with open_parts() as parts:
        exports = Exports(parts.database, Composer(say, parts.names, region=parts.region))
        if out is None:
            exports.write(Listed(listed), chosen, sys.stdout.buffer, bounds)
            return
        with out.open("wb") as stream:
            rows = exports.write(Listed(listed), chosen, stream, bounds)
    click.echo(say(WRITTEN, rows=rows, file=out))
