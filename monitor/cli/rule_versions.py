"""The commands about running deadlines whose rule has changed since they opened."""

from __future__ import annotations

from typing import Any

import click

from monitor.cli import table
from monitor.cli.acts import moment, who, why
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.people import go_on_without
from monitor.cli.rules import difference_plain, group
from monitor.cli.speech import say
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.service import open_parts
from responders.documents.rule_changes import difference_said
from responders.labels import label
from responders.versions import Outdated


@group.command("outdated", help=say(N_("List running deadlines whose rule has changed since they opened.")))
@JSON
def outdated(*, as_json: bool) -> None:
    """List deadlines under older versions of their rules."""
    with open_parts(without_people=go_on_without) as parts:
        found = parts.versions.outdated()
        if as_json:
            table.as_json(map(_plain, found))
            return
        for one in found:
            name = parts.names.obligation(one.deadline.obligation_id)
            due = say(
                N_("due {due}, under the rule in use {would}"),
                due=shown(one.deadline.due_at), would=shown(one.would_be_due),
            )  # fmt: skip
            click.echo(table.line(f"{one.deadline.id}  #{one.deadline.matter_id} {name}: {due}"))
            for difference in one.differences:
                click.echo(f"    {table.line(difference_said(difference, say))}")
        if not found:
            click.echo(say(N_("Every running deadline goes by the rule in use.")))


@group.command("adopt", help=say(N_("Put a running deadline under the rule in use; the log keeps who and why.")))
@click.argument("deadline", type=NUMBER)
@who
@why(needed=True)
def adopt(deadline: int, by: str, reason: str) -> None:
    """Put a deadline under the rule in use."""
    with open_parts() as parts:
        after = parts.versions.adopt(deadline, by=by, now=moment(), reason=reason)
        name = parts.names.obligation(after.obligation_id)
        click.echo(f"{name}: {say(label(after.state))} ({say(N_('due'))} {shown(after.due_at)})")


def _plain(one: Outdated) -> dict[str, Any]:
    return {
        "deadline": one.deadline.id,
        "matter_id": one.deadline.matter_id,
        "obligation_id": one.deadline.obligation_id,
        "due_at": one.deadline.due_at,
        "would_be_due": one.would_be_due,
        "differences": list(map(difference_plain, one.differences)),
    }
