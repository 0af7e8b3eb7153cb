"""Show the ways out, and try one: what its provider answers to a real message."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.acts import who
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.channel_limits import load_limits
from monitor.config.settings import load_settings
from monitor.core.beijing import shown
from monitor.core.duties.pacing import Limits
from monitor.core.errors import N_
from monitor.core.views import DeliveryView
from monitor.service import open_parts
from monitor.service.outlets import outlets_of
from monitor.service.ways import ways_of, ways_out
from monitor.store import armed, deliveries
from responders.channel_tests import ChannelTests, Way, said_of
from responders.documents.rates import rate_said
from responders.labels import label

CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help=say(N_("The settings file instead of huiying.yaml."))
)


@click.group(help=say(COMMAND_HELP["channel"]))
def group() -> None:
    """Hold the commands about channels together."""


@group.command("list", help=say(N_("List the channels, how fast each may be used, and what came of its last message.")))
@CONFIG
@JSON
def list_(config: Path | None, as_json: bool) -> None:
    """List the channels."""
    now = datetime.now(UTC)
    with open_parts(load_settings(config, secrets=False)) as parts:
        limits, ways = load_limits(), list(ways_of(parts.settings.form))
        with parts.database.read() as connection:
            last = {way.name: deliveries.last_attempt(connection, way.name) for way in ways}
            held = {way.name: armed.count(connection, way.name, now) for way in ways if way.armed}
    if as_json:
        table.as_json(_object(way, limits[way.kind], last[way.name], held.get(way.name)) for way in ways)
        return
    head = [say(N_("Channel")), say(N_("Kind")), say(N_("Rate")), say(N_("Last message")), say(N_("Armed"))]
    rows = [
        [way.name, way.kind, rate_said(limits[way.kind].pace, say), _end(last[way.name]), str(held.get(way.name, ""))]
        for way in ways
    ]
    table.show(rows, head)


@group.command("test", help=say(N_("Send one real test message and say what the provider answered.")))
@click.argument("name")
@CONFIG
@who
def test(name: str, config: Path | None, by: str) -> None:
    """Test a channel."""
    with open_parts(load_settings(config)) as parts:
        outlets = outlets_of(parts.settings.form, lambda: parts.gate, say)
        ended = ChannelTests(parts.database, ways_out(parts.settings.form, outlets), say).test(
            name, by=by, now=datetime.now(UTC)
        )
        click.echo(table.line(said_of(ended, say)))
    if not ended.well:
        sys.exit(1)


@group.command("renew-links", help=say(N_("Make all acknowledge links that are out worth nothing.")))
def renew_links() -> None:
    """Renew the key of the acknowledge links."""
    with open_parts() as parts:
        parts.links.renew(datetime.now(UTC))
    click.echo(say(N_("The links in messages sent so far are worth nothing now; new messages carry new ones.")))


def _object(way: Way, limits: Limits, last: DeliveryView | None, held: int | None) -> Mapping[str, object]:
    pace = limits.pace
    return {
        "channel": way.name,
        "kind": way.kind,
        "per_second": pace.per_second,
        "per_minute": pace.per_minute,
        "reserve": pace.reserve,
        "source": limits.source,
        "verified": limits.verified,
        "last": None if last is None else {"state": last.state, "at": last.started_at, "said": last.said},
        "armed": held,
    }


def _end(last: DeliveryView | None) -> str:
    if last is None:
        return say(N_("none"))
    return " ".join(part for part in (shown(last.started_at), say(label(last.state)), last.said) if part)
