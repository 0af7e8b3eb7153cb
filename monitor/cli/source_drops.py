"""List what was left out, by source and reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.options import CONFIG
from monitor.cli.speech import say
from monitor.config.settings import load_settings
from monitor.core.beijing import short
from monitor.core.errors import N_
from monitor.core.fetched import DropReason
from monitor.service import open_parts
from monitor.store.drops import Dropped, dropped
from responders.labels import label


@click.command("drops", help=say(N_("List the entries that were left out, with the number for each reason.")))
@click.argument("source_id", metavar="[ID]", required=False)
@click.option("--days", type=NUMBER, default=7, show_default=True, help=say(N_("How many days to look back.")))
@CONFIG
def drops(source_id: str | None, days: int, config: Path | None) -> None:
    """List what was left out."""
    since = datetime.now(UTC) - timedelta(days=min(days, 36500))
    with open_parts(load_settings(config)) as parts, parts.database.read() as connection:
        found = list(dropped(connection, since, source_id))
    if not found:
        click.echo(say(N_("Nothing was left out.")))
        return
    head = [N_("Source"), N_("Reason"), N_("Entries"), N_("Times met"), N_("Last"), N_("For example")]
    table.show([_row(one) for one in found], [say(name) for name in head])


def _row(one: Dropped) -> list[str]:
    example = one.title or one.detail
    return [one.source_id, _reason(one.reason), str(one.entries), str(one.times), short(one.last_at), example]


def _reason(stored: str) -> str:
    known = next((reason for reason in DropReason if reason.value == stored), None)
    return stored if known is None else say(label(known))
