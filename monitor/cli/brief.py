"""Show a day's briefing, or send it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from monitor.cli import table
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.settings import ConsoleSetting
from monitor.core.beijing import day_of, local, shown
from monitor.core.briefing import WrittenBriefing
from monitor.core.errors import N_, Mistake
from monitor.loops.brief import Brief, Sent
from monitor.service import Parts, open_parts
from monitor.service.briefing import UnknownOffice, brief_of, readers_of, subscriptions_of
from responders.documents.messages import Composer


class BadDay(Mistake):
    """A text is no day."""

    message = N_("{value} is not a day. Write it like 2026-07-09.")


@click.command(help=say(COMMAND_HELP["brief"]))
@click.option("--date", "day", help=say(N_("The day, like 2026-07-09; without it, what can be told up to now.")))
@click.option("--send", is_flag=True, help=say(N_("Store it and send it to the recipients of the settings.")))
@click.option("--readers", is_flag=True, help=say(N_("List who gets it, what he is told, and who has left the list.")))
@click.option("--subscribe", metavar="ADDRESS", help=say(N_("Put one who has left the list on it again.")))
def command(day: str | None, send: bool, readers: bool, subscribe: str | None) -> None:
    """Show or send a briefing, or tell who gets it."""
    now = datetime.now(UTC)
    wanted = None if day is None else _day(day)
    with open_parts() as parts:
        if subscribe is not None:
            _subscribe(parts, subscribe)
        brief = brief_of(parts, _composer(parts))
        _warn(parts)
        if readers or subscribe is not None:
            _readers(parts, brief)
            return
        briefing = brief.current(now) if wanted is None else brief.of_day(wanted, now)
        sent = brief.send(briefing, now) if send else None
        _show(briefing)
        if sent is not None:
            _tell(sent, brief, now)


def _subscribe(parts: Parts, address: str) -> None:
    again = subscriptions_of(parts).restore(address.strip())
    click.echo(
        say(N_("{address} gets the briefing again.") if again else N_("{address} had not left."), address=address)
    )


def _warn(parts: Parts) -> None:
    """Say which reader gets more than he should, for his office is none."""
    try:
        readers_of(parts, parts.language)
    except UnknownOffice as fault:
        click.echo(say.mistake(fault), err=True)


def _readers(parts: Parts, brief: Brief) -> None:
    """List who gets the briefing, a line each."""
    readers = {reader.address: reader for reader in brief.readers}
    for one in subscriptions_of(parts).listed():
        edition = readers[one.address].edition
        scope = [parts.names.division(edition.region) if edition.region else "", edition.office]
        told = [say(N_("everything")) if not edition.is_part else ", ".join(part for part in scope if part)]
        told += [edition.language or brief.composer.words.language]
        if one.left is not None:
            told.append(say(N_("left {at}, by {by}"), at=shown(one.left.at), by=one.left.by))
        click.echo(table.line(f"{one.address}: {', '.join(told)}"))
    click.echo(
        say(N_("Sent daily at {moment}."), moment=local(brief.moment(day_of(datetime.now(UTC)))).strftime("%H:%M:%S"))
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise BadDay(value=text) from None
    # At either end of the calendar the day before or after cannot be reckoned.
    if not date.min.year < day.year < date.max.year:
        raise BadDay(value=text)
    return day


def _address(console: ConsoleSetting) -> str:
    """Return where the service's console is opened; nothing where its port is only known while it runs."""
    host = f"[{console.host}]" if ":" in console.host else console.host
    return f"http://{host}:{console.port}" if console.port else ""


def _composer(parts: Parts) -> Composer:
    return Composer(parts.words, parts.names, _address(parts.settings.form.console), parts.region)


def _show(briefing: WrittenBriefing) -> None:
    click.echo(table.line(briefing.title))
    for line in briefing.text.splitlines():
        click.echo(table.line(line))


def _tell(sent: Sent, brief: Brief, now: datetime) -> None:
    """Say what became of it, and what will not come any more because of it."""
    day = sent.briefing.day
    click.echo()
    click.echo(
        say(
            N_(
                "Stored as the briefing of {day} and put into the outbox for {n} recipient(s); the service delivers it."
            ),
            day=day,
            n=sent.readers,
        )
    )
    if sent.times > 1:
        click.echo(say(N_("It was sent before: this is number {n} of that day and goes out once more."), n=sent.times))
    moment = brief.moment(day)
    if day == day_of(now) and now < moment:
        click.echo(say(N_("No other briefing will be compiled at {moment}."), moment=shown(moment)))
