"""What was set aside: how many by class, and the newest items of one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from monitor.cli import table
from monitor.cli.lists import common
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.item_views import DecoyCount
from monitor.core.model import Decoy
from monitor.service import open_parts
from monitor.store import decoys
from responders.labels import label

NOTHING = "none"
CLASSES = (*[decoy.value for decoy in Decoy], NOTHING)
A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)


@click.command(help=say(COMMAND_HELP["decoys"]))
@click.argument("class_name", metavar="[CLASS]", type=click.Choice(CLASSES), required=False)
@common
def command(class_name: str | None, as_json: bool, limit: int) -> None:
    """Count or list what was set aside."""
    now = datetime.now(UTC)
    with open_parts() as parts, parts.database.read() as connection:
        if class_name is None:
            counts = decoys.counts(connection, now - A_DAY, now - A_MONTH)
            if as_json:
                table.as_json(asdict(count) for count in counts)
            else:
                _show(counts)
            return
        decoy = None if class_name == NOTHING else Decoy(class_name)
        found = decoys.newest(connection, decoy, limit=limit)
        if as_json:
            table.as_json(asdict(one) for one in found)
            return
        rows = [
            [str(one.id), shown(one.first_seen_at), parts.names.source(one.source), one.word, one.title, one.decided_by]
            for one in found
        ]
        head = (N_("No."), N_("First seen"), N_("Source"), N_("Word"), N_("Title"), N_("By"))
        table.show(rows, [say(name) for name in head])


def _show(counts: list[DecoyCount]) -> None:
    rows = [
        [
            count.decoy.value if count.decoy else NOTHING,
            say(label(count.decoy)) if count.decoy else say(N_("nothing speaks of an incident")),
            str(count.day),
            str(count.month),
            str(count.put_right),
            str(count.by_people),
        ]
        for count in counts
    ]
    head = (N_("Class"), N_("Name"), N_("24 hours"), N_("30 days"), N_("Put right"), N_("Set aside by people"))
    table.show(rows, [say(name) for name in head])
