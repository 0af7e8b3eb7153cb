"""A period's statistics in a terminal, as JSON, or as a workbook."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.reckoned import Table
from monitor.service import open_parts
from responders.documents.messages import Composer
from responders.documents.statistics import COLUMNS, TITLES, head_said, period_said, statistic_said, write_workbook
from responders.statistics import Statistics, period

WRITTEN = N_("Written to {file}.")
BOUND = "YYYY[-MM[-DD]]"


@click.command(help=say(COMMAND_HELP["statistics"]))
@click.option("--from", "first", default="", metavar=BOUND, help=say(N_("From this day, month or year on.")))
@click.option("--to", "last", default="", metavar=BOUND, help=say(N_("Up to the end of this day, month or year.")))
@click.option("--region", default="", metavar="CODE", help=say(N_("Another division's code; 000000 is everywhere.")))
@click.option("--office", default="", metavar="ID", help=say(N_("Only what is assigned to this office.")))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=say(N_("Write a workbook (xlsx).")))
@JSON
def command(first: str, last: str, region: str, office: str, out: Path | None, *, as_json: bool) -> None:
    """Show statistics."""
    now = datetime.now(UTC)
    since, until = period(first, last, now)
    with open_parts() as parts:
        composer = Composer(say, parts.names, region=parts.region)
        asked = Asked(since=since, until=until, region=region or parts.region, office=office, home=parts.region)
        reckoner = Statistics(parts.database, parts.desk.conferences.rules)
        found = reckoner.tables(asked)
        named = reckoner.offices().get(office, office)
    if out is not None:
        with out.open("wb") as stream:
            write_workbook(found, asked, named, composer, stream, now)
        click.echo(say(WRITTEN, file=out))
    elif as_json:
        table.as_json([{"table": one.name.value, "lines": _plain(one)} for one in found])
    else:
        click.echo(period_said(asked, named, composer))
        for one in found:
            _show(one, composer)


def _plain(one: Table) -> dict[str, dict[str, Any]]:
    """Return a table for programs: by line and column, durations in seconds, shares from 0 to 1, with their rows."""
    return {
        line.head: {
            column.value: {"value": statistic.value, "unit": statistic.unit.value, "rows": list(statistic.ids)}
            for column, statistic in zip(one.columns, line.statistics, strict=True)
        }
        for line in one.lines
    }


def _show(one: Table, composer: Composer) -> None:
    title, head, _about = map(say, TITLES[one.name])
    click.echo(f"\n{title}")
    if not one.lines:
        click.echo(say(N_("None in this period: 0.")))
        return
    rows = [
        [
            head_said(one.name, line.head, composer),
            *(statistic_said(statistic, composer) for statistic in line.statistics),
        ]
        for line in one.lines
    ]
    table.show(rows, [head, *(say(COLUMNS[column]) for column in one.columns)])
