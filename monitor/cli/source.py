"""Try one source: fetch it once and show everything that was read and thought."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.doctor_streams import UNASKED
from monitor.cli.numbers import NUMBER
from monitor.cli.options import SOURCES
from monitor.cli.source_add import add
from monitor.cli.source_backfill import backfill
from monitor.cli.source_drops import drops
from monitor.cli.source_known import known_source
from monitor.cli.source_list import list_
from monitor.cli.source_missed import missed
from monitor.cli.source_opml import export, import_
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.fetched import Fetched, Outcome
from monitor.core.sources import Source
from monitor.crawl.hub_ways import hub_flaw
from monitor.service import Parts, open_parts
from monitor.service.streaming import takes_calls
from responders.labels import label
from responders.previews import Looked, preview


@click.group(help=say(COMMAND_HELP["source"]))
def group() -> None:
    """Hold the commands about sources together."""


group.add_command(add)
group.add_command(backfill)
group.add_command(drops)
group.add_command(missed)
group.add_command(import_)
group.add_command(export)
group.add_command(list_)


@group.command("test", help=say(N_("Fetch a source once and show what was read, without storing anything.")))
@click.argument("source_id", metavar="ID")
@SOURCES
@click.option("--limit", type=NUMBER, default=20, show_default=True, help=say(N_("How many at most.")))
def test(source_id: str, sources: Path | None, limit: int) -> None:
    """Test a source."""
    with open_parts() as parts:
        source, now = known_source(source_id, sources), datetime.now(UTC)
        if source.permission is not None:
            given = source.permission
            told = N_("Permission of {by}, {on}: {reference}")
            click.echo(say(told, by=given.by, on=given.on, reference=given.reference))
        found = preview(parts.gate, parts.reader, source, now, limit=limit, pages=limit)
        fetched = found.fetched
        _tell(source, fetched)
        if fetched.hub:
            click.echo(_hub(parts, source, fetched))
        for looked in found.looked:
            _entry(parts, looked)
        for dropped in fetched.dropped[:limit]:
            click.echo(f"- {say(label(dropped.reason))}: {table.line(dropped.title)} {table.line(dropped.detail)}")
        if fetched.outcome is Outcome.FAILED:
            sys.exit(1)


def _tell(source: Source, fetched: Fetched) -> None:
    click.echo(f"{source.id} {source.name} {source.url}")
    facts = {
        say(N_("Outcome")): say(label(fetched.outcome)),
        say(N_("Status")): fetched.status or "",
        say(N_("Bytes")): fetched.bytes,
        say(N_("Characters")): f"{fetched.charset} ({fetched.charset_rule.value})",
        say(N_("Items")): len(fetched.entries),
        say(N_("Discarded")): len(fetched.dropped),
    }
    click.echo("  ".join(f"{name}: {value}" for name, value in facts.items() if value != ""))
    if fetched.reason is not None:
        click.echo(table.line(say(label(fetched.reason), detail=fetched.detail)))


def _hub(parts: Parts, source: Source, fetched: Fetched) -> str:
    """Say which hub would tell what is new, and whether it can."""
    flaw = hub_flaw(fetched.hub, source.url, parts.gate.settings.allow)
    if flaw is not None:
        return say(UNASKED[flaw], hub=table.line(fetched.hub))
    if takes_calls(parts):
        return say(N_("Hub: {hub} is asked to tell what is new"), hub=table.line(fetched.hub))
    return say(N_("Hub: {hub}, not used: console has no public_url or websub is off"), hub=table.line(fetched.hub))


def _entry(parts: Parts, looked: Looked) -> None:
    entry, assessment = looked.entry, looked.assessment
    when = shown(entry.published_at) if entry.published_at else say(label(entry.time_note))
    click.echo(f"* {when}  {table.line(entry.title)}")
    if assessment.decoy is not None:
        click.echo(f"    {say(label(assessment.decoy))}")
    if assessment.is_incident:
        grade = assessment.severity or assessment.likely
        told = [parts.names.kind(assessment.kind), parts.names.place(assessment.place), grade.zh if grade else ""]
        click.echo("    " + "  ".join(part for part in told if part))
        for reason in assessment.because:
            click.echo(f"    - {say(label(reason.why))}: {table.line(reason.detail)} | {table.line(reason.sentence)}")
