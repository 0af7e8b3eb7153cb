"""What was kept of published pages: list, show, export as files, examine such files. The last needs no database."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from monitor.cli import sections, table
from monitor.cli.lists import common
from monitor.cli.numbers import NUMBER
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake, UnknownResponse
from monitor.service import open_parts
from monitor.store import evidence_views, views
from responders.documents.evidence import looked, state_of
from responders.documents.evidence_sheet import evidence_sections, said_examined, title_of
from responders.evidence.bundle import examine, write
from responders.evidence.stamping import certificates_in

HEAD = (N_("Response"), N_("Incident"), N_("State"), N_("Last look"), N_("What came of it"), N_("Looks"))


class NothingKept(Mistake):
    """A person wanted files of which there are none."""

    message = N_("Nothing has been kept of response {id} so far. `huiying evidence show {id}` says why.")


class NoCertificate(Mistake):
    """A file that should hold certificates does not."""

    message = N_("{name} holds no certificate that can be read.")


@click.group(help=say(COMMAND_HELP["evidence"]))
def group() -> None:
    """Hold the commands about evidence together."""


@group.command("list", help=say(N_("List how the published pages of responses stand, the latest first.")))
@common
def list_all(as_json: bool, limit: int) -> None:
    """List the evidence of responses."""
    with open_parts() as parts, parts.database.read() as connection:
        found = evidence_views.listed(connection, limit=limit)
    if as_json:
        table.as_json(asdict(one) for one in found)
        return
    rows = [
        [
            str(one.response_id),
            f"#{one.matter_id}",
            state_of(one, say),
            shown(one.last.at) if one.last else "",
            looked(one.last, say) if one.last else "",
            str(len(one.captures)),
        ]
        for one in found
    ]
    table.show(rows, [say(h) for h in HEAD])


@group.command("show", help=say(N_("Show what was kept of the page of a response, and what every look found.")))
@click.argument("response", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help=say(N_("One JSON object a line.")))
def show(response: int, as_json: bool) -> None:
    """Show the evidence of a response."""
    with open_parts() as parts, parts.database.read() as connection:
        logged = views.response(connection, response)
        found = evidence_views.one(connection, response)
    if logged is None:
        raise UnknownResponse(id=response)
    if as_json:
        table.as_json([asdict(logged) | {"evidence": None if found is None else asdict(found)}])
        return
    sections.show(evidence_sections(logged, found, say), title_of(logged, say))


@group.command("export", help=say(N_("Write everything that was kept of the page of a response into a new folder.")))
@click.argument("response", type=NUMBER)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help=say(N_("The folder to be made."))
)
def export(response: int, out: Path) -> None:
    """Write a bundle."""
    with open_parts() as parts, parts.database.read() as connection:
        if views.response(connection, response) is None:
            raise UnknownResponse(id=response)
        kept = evidence_views.kept(connection, response)
    if not kept:
        raise NothingKept(id=response)
    count = write(kept, out)
    text = N_("{n} files written to {name}. Examine them anywhere with: `huiying evidence verify`")
    click.echo(say(text, n=count, name=out))


@group.command(
    "verify", help=say(N_("Examine an exported folder; needs no database and no network. Ends with 1 on any flaw."))
)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--ca",
    "ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=say(N_("Certificates (PEM) of the outside authority, got from elsewhere than this folder.")),
)
def verify(folder: Path, ca: Path | None) -> None:
    """Examine a bundle."""
    found = examine(folder, _certificates(ca) if ca is not None else ())
    for line in said_examined(found, say):
        click.echo(table.line(line), err=not found.good)
    if not found.good:
        sys.exit(1)


def _certificates(file: Path) -> list[str]:
    try:
        found = certificates_in(file.read_text(encoding="ascii", errors="replace"))
    except (OSError, ValueError):
        found = []
    if not found:
        raise NoCertificate(name=file)
    return found
