"""Examine what the service stands on and say what is unwell."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import text

from monitor.cli import table
from monitor.cli.calendar import awaits_notice, said_coverage
from monitor.cli.doctor_briefing import readers_finding
from monitor.cli.doctor_engine import Finding, deadman, engine_findings
from monitor.cli.doctor_slack import slack_findings
from monitor.cli.doctor_sources import silent_findings
from monitor.cli.doctor_streams import hub_findings
from monitor.cli.options import CONFIG
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.calendars import CN
from monitor.config.settings import Settings, SettingsFile, load_settings
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.fetched import Outcome
from monitor.core.second.opinion import RequestOutcome
from monitor.core.second.support import made_up
from monitor.core.source_alerts import MANY
from monitor.service import Parts, open_parts
from monitor.service.outlets import outlets_of
from monitor.store import heartbeats, outbox, sources
from monitor.store.database import Database
from responders.documents import charts
from responders.labels import label

DECEMBER = 12
ENOUGH_DISK = 1_000_000_000
SKEW = timedelta(seconds=2)
NAMED = 5
# Every leg beats at least once a minute; one that is at a long piece of work is not yet stopped.
# The form of the answer, the bound on it and the temperature may each have to be asked for in another way.
MOST_FORMS = 9
STOPPED = timedelta(minutes=2)


@click.command(help=say(COMMAND_HELP["doctor"]))
@CONFIG
def command(config: Path | None) -> None:
    """Examine the installation."""
    faults = 0
    for finding in _all(config):
        faults += not finding.well
        click.echo(f"{'✓' if finding.well else '✗'} {finding.name}: {table.lines(finding.said)}")
    if faults:
        sys.exit(1)


def _all(config: Path | None) -> Iterator[Finding]:
    """Examine one thing after another; where the settings cannot be used, the rest is examined without them."""
    try:
        settings = load_settings(config)
        said = str(settings.file) if settings.file else say(N_("defaults"))
        yield Finding(say(N_("Settings")), well=True, said=said)
    except Mistake as mistake:
        settings = Settings(SettingsFile(), None)
        yield Finding(say(N_("Settings")), well=False, said=say.mistake(mistake))
    with open_parts(settings) as parts:
        yield from _findings(parts)


def _findings(parts: Parts) -> Iterator[Finding]:
    try:
        yield from _database(parts.database)
    except Mistake as mistake:
        yield Finding(say(N_("Database")), well=False, said=say.mistake(mistake))
    yield _sources(parts)
    yield from silent_findings(parts)
    yield from hub_findings(parts)
    yield _calendar(parts)
    yield _disk(parts.settings)
    yield _channels(parts)
    yield readers_finding(parts)
    yield from slack_findings(parts)
    yield deadman(parts)
    yield _second_reader(parts)
    yield _fonts()
    yield _charts()


def _database(database: Database) -> Iterator[Finding]:
    now = datetime.now(UTC)
    with database.read() as connection:
        yield Finding(say(N_("Database")), well=True, said=database.name)
        if not database.is_sqlite:
            there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            skew = abs(there - now)
            said = say(N_("the database's clock differs by {seconds} s"), seconds=round(skew.total_seconds(), 1))
            yield Finding(say(N_("Clock")), well=skew <= SKEW, said=said)
        beats = heartbeats.last(connection)
        oldest = outbox.oldest_unsent(connection)
    for loop, (at, fault) in sorted(beats.items()):
        ran = say(N_("last ran {at}"), at=shown(at))
        yield Finding(loop, well=now - at < STOPPED and not fault, said=f"{ran}: {fault}" if fault else ran)
    if not beats:
        yield Finding(say(N_("Service")), well=True, said=say(N_("has not run yet")))
    waiting = say(N_("none")) if oldest is None else say(N_("since {at}"), at=shown(oldest))
    late = oldest is not None and now - oldest > timedelta(minutes=5)
    yield Finding(say(N_("Unsent alerts")), well=not late, said=waiting)
    with database.read() as connection:
        yield from engine_findings(connection, now)


def _sources(parts: Parts) -> Finding:
    try:
        watched = parts.sources
    except Mistake as mistake:
        return Finding(say(N_("Sources")), well=False, said=say.mistake(mistake))
    failing = _failing(parts)
    if not failing:
        return Finding(say(N_("Sources")), well=True, said=str(len(watched)))
    said = say(N_("{failing} of {all} are failing: {ids}"), failing=len(failing), all=len(watched), ids=_some(failing))
    return Finding(say(N_("Sources")), well=len(failing) < MANY * len(watched), said=said)


def _failing(parts: Parts) -> list[str]:
    """Return the sources whose last fetch failed; none where the database cannot be read, which is told above."""
    try:
        with parts.database.read() as connection:
            states = sources.states(connection)
    except Mistake:
        return []
    return [name for name, state in states.items() if name in parts.sources and state.last_outcome == Outcome.FAILED]


def _some(names: list[str]) -> str:
    return ", ".join(sorted(names)[:NAMED]) + (" …" if len(names) > NAMED else "")


def _calendar(parts: Parts) -> Finding:
    """Look how far days are announced; the next year's notice comes in autumn, by December it is missing."""
    name = say(N_("Calendar"))
    try:
        calendar = parts.calendars()[CN]
    except Mistake as mistake:
        return Finding(name, well=False, said=say.mistake(mistake))
    today = calendar.day_of(datetime.now(UTC))
    said = said_coverage(calendar, say)
    if not awaits_notice(calendar, today):
        return Finding(name, well=True, said=said)
    awaited = say(
        N_("The days of {year} are not announced here yet: dates in it are estimates. Update, or enter the notice."),
        year=today.year + (calendar.years is not None and today.year in calendar.years),
    )
    late = today.month == DECEMBER or (calendar.years is not None and today.year not in calendar.years)
    return Finding(name, well=not late, said=f"{said}; {awaited}")


def _disk(settings: Settings) -> Finding:
    """Look at the disk that holds the embedded database; for a server's, at the one that we work on."""
    _, embedded, file = settings.database_url.partition("sqlite:///")
    folder = Path(file.removeprefix("file:").partition("?")[0]).parent if embedded else Path()
    free = shutil.disk_usage(folder if folder.is_dir() else Path()).free
    said = say(N_("{megabytes} MB free"), megabytes=free // 1_000_000)
    return Finding(say(N_("Disk")), well=free >= ENOUGH_DISK, said=said)


def _channels(parts: Parts) -> Finding:
    try:
        outlets = outlets_of(parts.settings.form, lambda: parts.gate, say)
    except Mistake as mistake:
        return Finding(say(N_("Channels")), well=False, said=say.mistake(mistake))
    return Finding(say(N_("Channels")), well=True, said=", ".join(outlet.name for outlet in outlets))


def _second_reader(parts: Parts) -> Finding:
    """Ask the second reader about a made-up item; where it does not know the form, again in a simpler one."""
    name = say(N_("Second reader"))
    try:
        endpoint = parts.endpoint
    except Mistake as mistake:
        return Finding(name, well=False, said=say.mistake(mistake))
    if endpoint is None:
        return Finding(name, well=True, said=say(N_("off")))
    for _ in range(MOST_FORMS):
        reply = endpoint.ask(endpoint.prompt.sample, datetime.now(UTC))
        if reply.outcome is not RequestOutcome.FORM_UNKNOWN:
            break
    who = say(N_("{model} at {host}"), model=endpoint.model, host=endpoint.host)
    if reply.opinion is None:
        return Finding(name, well=False, said=f"{who}: {say(label(reply.outcome))} {reply.said}".rstrip())
    seconds = round(reply.elapsed.total_seconds(), 1)
    wrong = made_up(reply.opinion, endpoint.prompt.sample.whole)
    if wrong or not reply.opinion.reports:
        said = say(N_("it answers in {seconds} s, but misreads a plain report"), seconds=seconds)
        return Finding(name, well=False, said=f"{who}: {said}")
    said = say(N_("it reads a plain report rightly in {seconds} s"), seconds=seconds)
    return Finding(name, well=True, said=f"{who}: {said}")


def _fonts() -> Finding:
    """Look for a font with Chinese characters; pictures and documents made on this machine need one."""
    lister = shutil.which("fc-list")
    if lister is None:
        return Finding(say(N_("Fonts")), well=True, said=say(N_("not examined: fontconfig is not installed")))
    asked = [lister, ":lang=zh", "family"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - a fixed command
    first = next((line.strip() for line in found.splitlines() if line.strip()), "")
    return Finding(say(N_("Fonts")), well=bool(first), said=first or say(N_("no Chinese font; install one")))


def _charts() -> Finding:
    """Draw two characters: what draws the charts looks for its fonts itself."""
    well = charts.can_write_chinese()
    names = charts.FONTS.removesuffix(", sans-serif")
    said = (
        say(N_("they can be drawn"))
        if well
        else say(N_("documents have no charts, for none of these fonts is here: {names}. Install one."), names=names)
    )
    return Finding(say(N_("Charts")), well=well, said=said)
