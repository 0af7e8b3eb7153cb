"""Say what one group of sources had of the last days and another had not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.options import CONFIG
from monitor.cli.speech import say
from monitor.config.settings import load_settings
from monitor.core.beijing import day_of, instant
from monitor.core.errors import N_
from monitor.core.missed.report import missed_of
from monitor.service import open_parts
from monitor.service.missed import beside_of
from monitor.store.missed_facts import missed_facts
from responders.documents import missed as told
from responders.documents.messages import Composer

MOST_DAYS = 366


@click.command(
    "missed", help=say(N_("Say what some sources told of and others did not, what came late or was left out."))
)
@click.option("--days", type=NUMBER, default=1, show_default=True, help=say(N_("How many whole days to look back.")))
@click.option("--late", type=NUMBER, default=2, show_default=True, help=say(N_("From how many hours on it is late.")))
@click.option("--most", type=NUMBER, default=20, show_default=True, help=say(N_("How many rows of each list at most.")))
@CONFIG
def missed(days: int, late: int, most: int, config: Path | None) -> None:
    """Compare the groups of sources over the last whole Beijing days."""
    now = datetime.now(UTC)
    today: date = day_of(now)
    since, until = (instant(day, time.min) for day in (today - timedelta(days=min(days, MOST_DAYS)), today))
    with open_parts(load_settings(config)) as parts:
        with parts.database.read() as connection:
            facts = missed_facts(
                connection, beside_of(parts), since, until, now, late_after=timedelta(hours=min(late, 24 * MOST_DAYS))
            )
        found = missed_of(facts)
        composer = Composer(parts.words, parts.names, region=parts.region)
        for line in told.lines(found, composer):
            click.echo(table.line(f"{line.label}: {line.value}"))
        for name, rows in told.lists(found, composer):
            if rows:
                click.echo()
                click.echo(table.line(f"{name} ({len(rows)})"))
            for row, _ in rows[:most]:
                click.echo(table.line(f"* {row.mark} · {row.title}"))
                for note in row.notes:
                    click.echo(table.line(f"  {note}"))
            if len(rows) > most:
                click.echo(say(N_("… and {n} more."), n=len(rows) - most))
