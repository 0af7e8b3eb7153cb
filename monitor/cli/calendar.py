"""The days of a year that are not what their weekday says, and how far days are announced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import click

from monitor.cli import table
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.calendars import CN
from monitor.core.duties.calendar import Calendar, DayKind
from monitor.core.errors import N_
from monitor.service import open_parts

HEAD = (N_("Day"), N_("Weekday"), N_("Is"), N_("Why"))
KINDS = {DayKind.FREE: N_("free"), DayKind.WORKING: N_("working day made up")}
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
OCTOBER = 10


@click.command(help=say(COMMAND_HELP["calendar"]))
@click.argument("year", type=click.IntRange(1900, 2100), required=False)
@JSON
def command(year: int | None, as_json: bool) -> None:
    """List the holidays and the working days made up in a year."""
    with open_parts() as parts:
        calendar = parts.calendars()[CN]
    chosen = year or calendar.day_of(datetime.now(UTC)).year
    days = list(calendar.exceptions(chosen))
    if as_json:
        table.as_json(
            {"date": day.isoformat(), "is": stated.kind.value, "note": stated.note, "calendar": calendar.name}
            for day, stated in days
        )
        return
    if days:
        rows = [[day.isoformat(), say(WEEKDAYS[day.weekday()]), say(KINDS[one.kind]), one.note] for day, one in days]
        table.show(rows, [say(head) for head in HEAD])
    if calendar.years is not None and chosen not in calendar.years:
        click.echo(say(N_("The days of {year} are not announced: dates in it are estimates."), year=chosen))
    click.echo(said_coverage(calendar, say))


def said_coverage(calendar: Calendar, words: Callable[..., str]) -> str:
    """Say which years are announced, and whose announcements these are."""
    if not calendar.years:
        return words(N_("no year announced"))
    last = first = min(calendar.years)
    while last + 1 in calendar.years:
        last += 1
    facts: dict[str, Any] = {"first": first, "last": last, "data": calendar.data or "—"}
    return words(N_("announced from {first} to {last} (data {data})"), **facts)


def awaits_notice(calendar: Calendar, today: date) -> bool:
    """Tell whether days are missing that should be known by now: this year's, or from October on the next year's."""
    years = calendar.years
    if years is None:
        return False
    return today.year not in years or (today.month >= OCTOBER and today.year + 1 not in years)
