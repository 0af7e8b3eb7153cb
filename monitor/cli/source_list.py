"""List how each source and each host stands: the two accounts by which the crawl paces itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.options import CONFIG
from monitor.cli.speech import say
from monitor.config.settings import load_settings
from monitor.core.beijing import short
from monitor.core.errors import N_
from monitor.core.hosts import HostState
from monitor.core.source_health import SourceTrouble, trouble_of
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.service import open_parts
from monitor.store import briefing_facts, hosts, sources
from monitor.store.sources import SourceState
from responders.documents.briefing_health import TROUBLE
from responders.labels import label


@click.command("list", help=say(N_("List the sources: how each stands, how often it is asked now, which hosts fail.")))
@CONFIG
@click.option("--json", "as_json", is_flag=True, help=say(N_("One JSON object a line.")))
def list_(config: Path | None, *, as_json: bool) -> None:
    """List the sources and the hosts that fail."""
    now = datetime.now(UTC)
    with open_parts(load_settings(config, secrets=False)) as parts, parts.database.read() as connection:
        states = sources.states(connection)
        facts = briefing_facts.source_facts(connection, parts.sources.keys(), now)
        unwell = {one.id: found for one in facts if (found := trouble_of(one, now, parts.works)) is not None}
        failing = [state for state, _ in hosts.scores(connection).values() if state.fails]
        known = list(parts.sources.values())
    if as_json:
        table.as_json(_values(one, states.get(one.id), unwell.get(one.id)) for one in known)
        return
    head = [N_("Source"), N_("State"), N_("Failures"), N_("Every"), N_("Last"), N_("Next")]
    rows = [_row(one, states.get(one.id), unwell.get(one.id)) for one in known]
    table.show(sorted(rows, key=lambda row: row[0]), [say(name) for name in head])
    if failing:
        click.echo()
        head = [N_("Host"), N_("Failures"), N_("Failing since"), N_("Asked again"), N_("Why")]
        table.show([_host_row(one) for one in failing], [say(name) for name in head])


def _row(source: Source, state: SourceState | None, unwell: SourceTrouble | None) -> list[str]:
    fetched = state is not None and source.kind is not SourceKind.PUSH
    return [
        source.id,
        say(N_("in order") if unwell is None else TROUBLE[unwell.trouble][0]),
        "" if state is None else f"{state.failure_score:g}",
        _length(_pace(source, state)) if fetched else "",
        short(state.last_fetch_at) if state is not None and state.last_fetch_at is not None else "",
        short(state.next_at) if fetched and state is not None else "",
    ]


def _values(source: Source, state: SourceState | None, unwell: SourceTrouble | None) -> dict[str, object]:
    fetched = state is not None and source.kind is not SourceKind.PUSH
    return {
        "id": source.id,
        "trouble": None if unwell is None else unwell.trouble,
        "since": None if unwell is None else unwell.since,
        "host": None if unwell is None or not unwell.host else unwell.host,
        "score": None if state is None else state.failure_score,
        "interval_s": source.interval.total_seconds(),
        "every_s": _pace(source, state).total_seconds() if fetched else None,
        "last_fetch_at": None if state is None else state.last_fetch_at,
        "next_at": state.next_at if fetched and state is not None else None,
    }


def _pace(source: Source, state: SourceState | None) -> timedelta:
    """Return how often a source is asked now."""
    return source.interval * (1.0 if state is None else state.tempo)


def _host_row(state: HostState) -> list[str]:
    reason = next((kind for kind in FailureKind if kind.value == state.reason), None)
    return [
        state.host,
        f"{state.score:g}",
        "" if state.since is None else short(state.since),
        "" if state.resume_at is None else short(state.resume_at),
        state.reason if reason is None else say(label(reason), detail=state.detail),
    ]


def _length(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds}s" if seconds < 120 else f"{seconds / 60:.3g}m" if seconds < 7200 else f"{seconds / 3600:.3g}h"
