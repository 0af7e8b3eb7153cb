"""Read back what a source still shows of the past."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.numbers import NUMBER
from monitor.cli.options import SOURCES
from monitor.cli.source_known import known_source
from monitor.cli.speech import say
from monitor.core.errors import N_
from monitor.core.sources import SourceKind
from monitor.loops.ingest.backfill import MOST_PAGES, Backfill
from monitor.loops.ingest.manners import Manners
from monitor.service import open_parts
from responders.labels import label
from responders.previews import Listened, NotFetched


@click.command("backfill", help=say(N_("Take in what a source still shows of the past; what is old starts no clock.")))
@click.argument("source_id", metavar="ID")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help=say(N_("From this day in Beijing on.")))
@click.option("--no-alert", is_flag=True, help=say(N_("Only what is old, and wake nobody for it.")))
@click.option("--pages", type=NUMBER, default=MOST_PAGES, show_default=True, help=say(N_("How many pages at most.")))
@SOURCES
def backfill(source_id: str, since: datetime, no_alert: bool, pages: int, sources: Path | None) -> None:
    """Read a source back."""
    source = known_source(source_id, sources)
    if source.kind is SourceKind.PUSH:
        raise NotFetched(id=source.id)
    if source.stream_rule is not None:
        raise Listened(id=source.id)
    with open_parts() as parts:
        manners = Manners(parts.gate, parts.database)
        work = Backfill(parts.intake, parts.gate, lambda: datetime.now(UTC), time.sleep, manners)
        done = work.run(source, since.date(), quiet=no_alert, most_pages=pages)
    if done.failed is not None and done.failed.reason is not None:
        click.echo(say(label(done.failed.reason), detail=done.failed.detail), err=True)
        sys.exit(1)
    told = N_(
        "{pages} page(s) with {seen} entries: {new} taken in, {known} known before, {too_old} older than asked for."
    )
    counts = {"pages": done.pages, "seen": done.seen, "new": done.new, "known": done.known, "too_old": done.too_old}
    click.echo(say(told, **counts))
    if done.left:
        click.echo(say(N_("{left} are recent or undated, and were left to the running service."), left=done.left))
