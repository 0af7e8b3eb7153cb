"""Claims from a terminal: what is only claimed of an incident, and what was found of it."""

from __future__ import annotations

import click

from monitor.cli import table
from monitor.cli.acts import moment, who
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.incidents.claims import CheckResult
from monitor.service import open_parts
from monitor.store.claims import read_claims
from responders.desk.particulars import claim_of
from responders.labels import label


@click.group(help=say(COMMAND_HELP["claim"]))
def group() -> None:
    """Hold the commands together."""


@group.command("list", help=say(N_("List what is only claimed of an incident, the open claims first.")))
@click.argument("incident", type=NUMBER)
@JSON
def listed(incident: int, *, as_json: bool) -> None:
    """List claims."""
    with open_parts() as parts:
        with parts.database.read() as connection:
            sheet = read_claims(connection, incident)
        if as_json:
            table.as_json(
                {
                    "claim": row.claimed.claim.name,
                    "title": row.claimed.title,
                    "stage": row.stage.value,
                    "checks": [
                        {"result": one.result.value, "basis": one.basis, "at": one.at.isoformat(), "by": one.by}
                        for one in row.checks
                    ],
                    "clarified_by": [one.id for one in row.cleared],
                }
                for row in sheet.rows
            )
            return
        for row in sheet.rows:
            told = f"{row.claimed.claim.name}  {say(label(row.stage))}  {row.claimed.title}"
            click.echo(table.line(told))
            for one in row.checks:
                click.echo(table.line(f"  {shown(one.at)} {say(label(one.result))}, {one.by}: {one.basis}"))
            for response in row.cleared:
                click.echo(table.line(f"  {shown(response.published_at)} {response.title}"))


@group.command(help=say(N_("Keep what was found of a claim, or of all that is claimed.")))
@click.argument("incident", type=NUMBER)
@click.option("--claim", default="", help=say(N_("The claim, as the list names it, like item:12.")))
@click.option(
    "--result", type=click.Choice([one.value for one in CheckResult]), required=True, help=say(N_("What came of it."))
)
@click.option("--basis", required=True, help=say(N_("With whom or by what it was verified; it is kept.")))
@who
def check(incident: int, claim: str, result: str, basis: str, by: str) -> None:
    """Keep a check."""
    named = claim_of(claim) if claim else None
    with open_parts() as parts:
        parts.desk.claims.check(incident, named, CheckResult(result), basis=basis, by=by, now=moment())
        click.echo(say(N_("Kept: what was found of the claim. What is false still has to be clarified in public.")))
