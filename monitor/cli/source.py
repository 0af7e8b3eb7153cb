"""Try one source: fetch it once and show everything that was read and thought."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.options import SOURCES
from monitor.cli.source_drops import drops
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.sources import load_sources
from monitor.config.wording import nearest
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.fetched import Fetched, Outcome, Validators
from monitor.core.robots import Refusal, refusal_of
from monitor.core.sources import Source
from monitor.crawl.completion import complete, wants_page
from monitor.crawl.fetch import crawl
from monitor.gate import GateFailure
from monitor.gate.robots import ask_robots, is_free, site_and_path
from monitor.loops.ingest.take import item_of
from monitor.service import Parts, open_parts
from responders.labels import label


class UnknownSource(Mistake):
    """A source was named that sources.yaml does not hold."""

    message = N_("There is no source {id}. Did you mean {near}?")


class NoSources(Mistake):
    """A source was named, but the file holds none at all."""

    message = N_("There is no source {id}. The sources file names none.")


@click.group(help=say(COMMAND_HELP["source"]))
def group() -> None:
    """Hold the commands about sources together."""


@group.command("test", help=say(N_("Fetch a source once and show what was read, without storing anything.")))
@click.argument("source_id", metavar="ID")
@SOURCES
@click.option("--limit", type=NUMBER, default=20, show_default=True, help=say(N_("How many at most.")))
def test(source_id: str, sources: Path | None, limit: int) -> None:
    """Test a source."""
    with open_parts() as parts:
        named = sources or (Path(parts.settings.form.sources) if parts.settings.form.sources else None)
        known = {source.id: source for source in load_sources(named)}
        source = known.get(source_id)
        if source is None:
            raise _unknown(source_id, list(known))
        now = datetime.now(UTC)
        refused = _robots(parts, source, now)
        if refused:
            sys.exit(1)
        fetched = crawl(parts.gate, source, Validators(), now)
        _tell(source, fetched)
        _entries(parts, source, fetched, now, limit)
        for dropped in fetched.dropped[:limit]:
            click.echo(f"- {say(label(dropped.reason))}: {table.line(dropped.title)} {table.line(dropped.detail)}")
        if fetched.outcome is Outcome.FAILED:
            sys.exit(1)


def _robots(parts: Parts, source: Source, now: datetime) -> bool:
    """Tell what the site's robots.txt says of the source; return whether it keeps us from fetching it."""
    if source.permission is not None:
        given = source.permission
        click.echo(
            say(N_("Permission of {by}, {on}: {reference}"), by=given.by, on=given.on, reference=given.reference)
        )
    if is_free(source):
        return False
    try:
        site, path = site_and_path(source.url)
    except GateFailure as failure:
        refused: Refusal | None = Refusal(failure.kind, failure.detail)
    else:
        refused = refusal_of(ask_robots(parts.gate, site, None, now, source.tls), path, now)
    if refused is not None:
        click.echo(table.line(say(label(refused.reason), detail=refused.detail)))
    return refused is not None


def _unknown(source_id: str, known: list[str]) -> Mistake:
    if not known:
        return NoSources(id=source_id)
    return UnknownSource(id=source_id, near=nearest(source_id, known) or known[0])


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


def _entries(parts: Parts, source: Source, fetched: Fetched, now: datetime, limit: int) -> None:
    for entry in fetched.entries[:limit]:
        whole = complete(parts.gate, source, entry, now).entry if wants_page(source, entry) else entry
        assessment = parts.reader.assess(item_of(source, whole, now))
        when = shown(whole.published_at) if whole.published_at else say(label(whole.time_note))
        click.echo(f"* {when}  {table.line(whole.title)}")
        if assessment.decoy is not None:
            click.echo(f"    {say(label(assessment.decoy))}")
        if assessment.is_incident:
            grade = assessment.severity or assessment.likely
            told = [parts.names.kind(assessment.kind), parts.names.place(assessment.place), grade.zh if grade else ""]
            click.echo("    " + "  ".join(part for part in told if part))
            for reason in assessment.because:
                click.echo(
                    f"    - {say(label(reason.why))}: {table.line(reason.detail)} | {table.line(reason.sentence)}"
                )


group.add_command(drops)
